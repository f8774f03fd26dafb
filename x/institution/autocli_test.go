package institution_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/dynamicpb"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
	"cosmossdk.io/client/v2/autocli"
	"cosmossdk.io/client/v2/autocli/flag"
	"cosmossdk.io/core/appmodule"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"

	"github.com/creditd/creditd/x/institution"
	"github.com/creditd/creditd/x/institution/testutil"
	"github.com/creditd/creditd/x/institution/types"
)

// newRoot is the binary's command line with this module alone.
func newRoot(t *testing.T) (*cobra.Command, client.Context) {
	t.Helper()
	_, k := testutil.NewKeeper(t)
	cdc := testutil.Codec()
	govv1.RegisterInterfaces(cdc.InterfaceRegistry())
	keys := keyring.NewInMemory(cdc)
	for _, name := range []string{"bank1", "bank2"} {
		_, _, err := keys.NewMnemonic(name, keyring.English, "m/44'/118'/0'/0/0", "", hd.Secp256k1)
		require.NoError(t, err)
	}
	clientCtx := client.Context{}.WithCodec(cdc).WithInterfaceRegistry(cdc.InterfaceRegistry()).WithKeyring(keys).WithViper("").
		WithTxConfig(authtx.NewTxConfig(cdc, authtx.DefaultSignModes)).WithAccountRetriever(client.MockAccountRetriever{}).WithChainID("test")
	root := &cobra.Command{Use: "creditd", SilenceUsage: true, SilenceErrors: true}
	files, err := proto.MergedRegistry()
	require.NoError(t, err)
	// The builder of the SDK resolves an Any among the types of the pulsar API alone, which knows no ML-DSA key.
	builder := &autocli.Builder{
		Builder: flag.Builder{
			TypeResolver: dynamicpb.NewTypes(files), FileResolver: files,
			AddressCodec:          address.NewBech32Codec(testutil.Prefix),
			ValidatorAddressCodec: address.NewBech32Codec(testutil.Prefix + "valoper"),
			ConsensusAddressCodec: address.NewBech32Codec(testutil.Prefix + "valcons"),
		},
		AddQueryConnFlags: func(cmd *cobra.Command) { flags.AddQueryFlagsToCmd(cmd) },
		AddTxConnFlags:    flags.AddTxFlagsToCmd,
	}
	require.NoError(t, autocli.AppOptions{
		Modules:   map[string]appmodule.AppModule{types.ModuleName: institution.NewAppModule(cdc, k)},
		ClientCtx: clientCtx,
	}.EnhanceRootCommandWithBuilder(root, builder))
	return root, clientCtx
}

// TestExamplesMakeTransactions pastes every example of a transaction, without sending it.
func TestExamplesMakeTransactions(t *testing.T) {
	for _, command := range (institution.AppModule{}).AutoCLIOptions().Tx.RpcCommandOptions {
		t.Run(command.RpcMethod, func(t *testing.T) {
			root, clientCtx := newRoot(t)
			out := &bytes.Buffer{}
			root.SetOut(out)
			root.SetErr(out)
			args := append(words(t, command.Example)[1:], "--generate-only", "--gas", "200000")
			root.SetArgs(args)
			ctx := context.WithValue(context.Background(), client.ClientContextKey, &clientCtx)
			require.NoError(t, root.ExecuteContext(ctx), out.String())
			tx, err := clientCtx.TxConfig.TxJSONDecoder()(out.Bytes())
			require.NoError(t, err, out.String())
			checkMessage(t, command, tx.GetMsgs()[0])
		})
	}
}

func checkMessage(t *testing.T, command *autocliv1.RpcCommandOptions, msg any) {
	t.Helper()
	if !command.GovProposal {
		require.Contains(t, typeOf(msg), "Msg"+command.RpcMethod)
		return
	}
	proposal, ok := msg.(*govv1.MsgSubmitProposal)
	require.True(t, ok)
	require.Empty(t, proposal.InitialDeposit)
	inner, err := proposal.GetMsgs()
	require.NoError(t, err)
	require.Contains(t, typeOf(inner[0]), "Msg"+command.RpcMethod)
	if register, ok := inner[0].(*types.MsgRegister); ok {
		_, err := types.UnpackConsensusKey(register.ConsensusPubkey)
		require.NoError(t, err)
		require.Equal(t, []types.Role{types.ROLE_FURNISHER, types.ROLE_VALIDATOR}, register.Roles)
		require.Equal(t, "First Bank", register.Name)
	}
}

func typeOf(msg any) string { return fmt.Sprintf("%T", msg) }

// words splits a line as a shell does, for the quotes that examples use.
func words(t *testing.T, line string) []string {
	t.Helper()
	var list []string
	var word strings.Builder
	quote, open := rune(0), false
	for _, r := range line {
		switch {
		case quote != 0 && r == quote:
			quote = 0
		case quote != 0:
			word.WriteRune(r)
		case r == '"' || r == '\'':
			quote, open = r, true
		case r == ' ':
			if open || word.Len() > 0 {
				list = append(list, word.String())
			}
			word.Reset()
			open = false
		default:
			word.WriteRune(r)
		}
	}
	require.Zero(t, quote, "an open quote")
	return append(list, word.String())
}
