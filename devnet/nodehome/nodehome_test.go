package nodehome

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/spf13/viper"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/api"
	"github.com/creditd/creditd/app"
)

func TestInit(t *testing.T) {
	for _, kind := range []string{Ed25519, MLDSA65} {
		t.Run(kind, func(t *testing.T) {
			home := t.TempDir()
			id, made, err := Init(home, kind)
			require.NoError(t, err)
			require.Equal(t, kind, made.Type())
			read, err := ConsensusPubKey(home)
			require.NoError(t, err)
			require.True(t, made.Equals(read))
			again, err := NodeID(home)
			require.NoError(t, err)
			require.Equal(t, id, again)

			// Two nodes with one key sign two blocks at one height, and one key replaced is lost.
			_, _, err = Init(home, kind)
			require.ErrorContains(t, err, "holds the keys of a node")
			kept, err := ConsensusPubKey(home)
			require.NoError(t, err)
			require.True(t, made.Equals(kept))
		})
	}
	_, _, err := Init(t.TempDir(), "rsa")
	require.ErrorContains(t, err, "use ed25519 or ml_dsa_65")
}

func TestMissingKeysAreExplained(t *testing.T) {
	home := t.TempDir()
	_, err := ConsensusPubKey(home)
	require.ErrorContains(t, err, "creditd init --home")
	_, err = NodeID(home)
	require.ErrorContains(t, err, "creditd init --home")
	require.NoError(t, os.MkdirAll(filepath.Join(home, "config"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(home, "config", "priv_validator_key.json"), []byte("{}"), 0o600))
	_, err = ConsensusPubKey(home)
	require.ErrorContains(t, err, "priv_validator_key.json")
}

func TestWrite(t *testing.T) {
	s := Settings{
		Home: t.TempDir(), Moniker: "node", ChainID: "credit-1", Listen: "127.0.0.1", Ports: PortsFrom(30000),
		Peers: []string{Peer("aa", "127.0.0.1", 30010), Peer("bb", "127.0.0.1", 30020)}, Loopback: true, BlockTime: 300 * time.Millisecond,
	}
	require.NoError(t, Write(s))
	read := func(name string) *viper.Viper {
		v := viper.New()
		v.SetConfigFile(filepath.Join(s.Home, "config", name))
		require.NoError(t, v.ReadInConfig())
		return v
	}
	comet := read("config.toml")
	require.Equal(t, "tcp://127.0.0.1:30000", comet.GetString("p2p.laddr"))
	require.Equal(t, "tcp://127.0.0.1:30001", comet.GetString("rpc.laddr"))
	require.Equal(t, "aa@127.0.0.1:30010,bb@127.0.0.1:30020", comet.GetString("p2p.persistent_peers"))
	require.Equal(t, s.BlockTime, comet.GetDuration("consensus.timeout_commit"))
	require.Empty(t, comet.GetString("rpc.pprof_laddr"))
	require.False(t, comet.GetBool("instrumentation.prometheus"))
	require.False(t, comet.GetBool("consensus.create_empty_blocks"))
	require.Equal(t, DefaultIdle, comet.GetDuration("consensus.create_empty_blocks_interval"), "queues run on the clock of blocks")

	application := read("app.toml")
	require.Equal(t, "0"+app.BaseDenom, application.GetString("minimum-gas-prices"))
	require.False(t, application.GetBool("inter-block-cache"))
	require.Positive(t, application.GetInt("query-gas-limit"))
	require.Equal(t, app.IndexedEvents(), application.GetStringSlice("index-events"), "or every id would be indexed")
	require.Equal(t, "127.0.0.1:30002", application.GetString("grpc.address"))
	require.Equal(t, "tcp://127.0.0.1:30003", application.GetString("api.address"))
	require.True(t, application.GetBool("api.enable"))
	require.Equal(t, "default", application.GetString("pruning"))
	require.False(t, application.GetBool("rest.explorer"), "a validator answers as few strangers as it can")
	require.Equal(t, api.DefaultConfig().MaxConcurrent, application.GetInt("rest.max-concurrent"))

	client := read("client.toml")
	require.Equal(t, "credit-1", client.GetString("chain-id"))
	require.Equal(t, "http://127.0.0.1:30001", client.GetString("node"))
	require.Equal(t, "127.0.0.1:30002", client.GetString("grpc-address"))
	require.Equal(t, "test", client.GetString("keyring-backend"))
}
