package cmd

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/viper"
	"github.com/stretchr/testify/require"

	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/devnet/genesis"
)

func testnet(dir string) testnetOptions {
	return testnetOptions{
		validators: 3, consensusKey: "ed25519", outputDir: dir, chainID: "test-1", firstPort: 26656, step: 10,
		blockTime: time.Second, votingPeriod: time.Minute,
	}
}

func peersOf(t *testing.T, home string) (laddr, peers string) {
	t.Helper()
	v := viper.New()
	v.SetConfigFile(filepath.Join(home, "config", "config.toml"))
	require.NoError(t, v.ReadInConfig())
	return v.GetString("p2p.laddr"), v.GetString("p2p.persistent_peers")
}

func TestInitFilesForOneMachine(t *testing.T) {
	o := testnet(t.TempDir())
	homes, sum, err := initFiles(o)
	require.NoError(t, err)
	require.Len(t, homes, 3)
	require.Len(t, sum, 64)
	for n, home := range homes {
		doc, err := genutiltypes.AppGenesisFromFile(filepath.Join(home, "config", "genesis.json"))
		require.NoError(t, err)
		require.NoError(t, genesis.Validate(app.NewEncodingConfig(), doc))
		laddr, peers := peersOf(t, home)
		require.Equal(t, []string{"tcp://127.0.0.1:26656", "tcp://127.0.0.1:26666", "tcp://127.0.0.1:26676"}[n], laddr)
		require.NotContains(t, peers, laddr[len("tcp://"):], "a node is not its own peer")
	}
	_, _, err = initFiles(o)
	require.ErrorContains(t, err, "holds the keys of a node")
}

func TestInitFilesForSeveralMachines(t *testing.T) {
	o := testnet(t.TempDir())
	o.hosts = []string{"10.0.0.1", "10.0.0.2", "10.0.0.3"}
	homes, _, err := initFiles(o)
	require.NoError(t, err)
	laddr, peers := peersOf(t, homes[0])
	require.Equal(t, "tcp://0.0.0.0:26656", laddr)
	require.Contains(t, peers, "@10.0.0.2:26656")
	require.Contains(t, peers, "@10.0.0.3:26656")
	require.NotContains(t, peers, "10.0.0.1")
}

func TestInitFilesRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*testnetOptions)
		says   string
	}{
		"no validators": {func(o *testnetOptions) { o.validators = 0 }, "validators: is 0; give 1 to 100"},
		"too few hosts": {func(o *testnetOptions) { o.hosts = []string{"10.0.0.1"} }, "name one machine per validator"},
		"ports overlap": {func(o *testnetOptions) { o.step = 3 }, "at least 4 apart"},
		"no such ports": {func(o *testnetOptions) { o.firstPort = 65530 }, "first-port"},
		"kind of key":   {func(o *testnetOptions) { o.consensusKey = "rsa" }, "use ed25519 or ml_dsa_65"},
		"no chain id":   {func(o *testnetOptions) { o.chainID = "" }, "chain-id"},
	} {
		t.Run(name, func(t *testing.T) {
			o := testnet(t.TempDir())
			test.change(&o)
			_, _, err := initFiles(o)
			require.ErrorContains(t, err, test.says)
		})
	}
}
