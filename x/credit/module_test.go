package credit_test

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/client/v2/autocli"
	"cosmossdk.io/core/appmodule"

	"github.com/cosmos/cosmos-sdk/client"
	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit"
	"github.com/creditd/creditd/x/credit/types"
)

func TestGenesisJSON(t *testing.T) {
	cdc := testutil.Codec(types.RegisterInterfaces)
	am := credit.NewAppModule(cdc, nil)
	require.NoError(t, am.ValidateGenesis(cdc, nil, am.DefaultGenesis(cdc)))
	for _, bad := range []string{`{`, `{"params":{}}`, `{"people":[]}`} {
		require.ErrorContains(t, am.ValidateGenesis(cdc, nil, []byte(bad)), "invalid", bad)
	}
}

// commands builds the command line of both modules, as the binary does.
func commands(t *testing.T) *cobra.Command {
	t.Helper()
	root := &cobra.Command{Use: "creditd"}
	options := autocli.AppOptions{
		Modules: map[string]appmodule.AppModule{
			"credit": credit.AppModule{},
		},
		AddressCodec:          addresscodec.NewBech32Codec("cosmos"),
		ValidatorAddressCodec: addresscodec.NewBech32Codec("cosmosvaloper"),
		ConsensusAddressCodec: addresscodec.NewBech32Codec("cosmosvalcons"),
		ClientCtx:             client.Context{},
	}
	require.NoError(t, options.EnhanceRootCommand(root))
	return root
}

// Every message and query has a command with a description; each example parses as it stands.
func TestCommands(t *testing.T) {
	root := commands(t)
	for path, count := range map[string]int{
		"tx credit": 10, "query credit": 8,
	} {
		parent, rest, err := root.Find(strings.Fields(path))
		require.NoError(t, err)
		require.Empty(t, rest)
		require.Len(t, parent.Commands(), count, path)
		for _, command := range parent.Commands() {
			require.NotEmpty(t, command.Short, command.CommandPath())
			if strings.HasPrefix(path, "tx") {
				require.NotEmpty(t, command.Example, command.CommandPath())
			}
			if command.Example != "" {
				checkExample(t, root, command)
			}
		}
	}
}

func checkExample(t *testing.T, root, command *cobra.Command) {
	t.Helper()
	id := strings.Repeat("ab", 32)
	example := strings.NewReplacer(
		"BASE64", "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=", "SCHEMA_ID", id, "ATTESTATION_ID", id, "ACCREDITATION_ID", id,
		"PUBLIC_KEY", id, "KID", id, "ROOT", id, "HASH", id, "ANCHOR_ID", id[:56], "NONCE", id[:32], "SIGNATURE", id+id, "CONSENT_ID", id,
		"INQUIRY_ID", id, "PSEUDONYM", id, "DIGEST", id, "DATA_USER", testutil.Address("lender").String(),
		"ADDRESS", testutil.Address("alice").String(), "$(openssl rand -hex 16)", strings.Repeat("cd", 16), "'", "",
	).Replace(command.Example)
	words := strings.Fields(example) // no example has a space inside quotes
	require.Equal(t, "creditd", words[0], example)
	found, args, err := root.Find(words[1:])
	require.NoError(t, err, example)
	require.Equal(t, command.CommandPath(), found.CommandPath(), example)
	require.NoError(t, found.ParseFlags(args), example)
	require.NoError(t, found.ValidateArgs(found.Flags().Args()), example)
}
