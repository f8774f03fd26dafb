package pseudonym_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/dynamicpb"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"
	"cosmossdk.io/client/v2/autocli"
	"cosmossdk.io/client/v2/autocli/flag"
	"cosmossdk.io/core/appmodule"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/codec/address"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	authtx "github.com/cosmos/cosmos-sdk/x/auth/tx"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/pseudonym"
	"github.com/creditd/creditd/x/pseudonym/types"
)

// newRoot is the binary's command line with this module alone.
func newRoot(t *testing.T) (*cobra.Command, client.Context) {
	t.Helper()
	cdc := testutil.Codec(types.RegisterInterfaces, govv1.RegisterInterfaces, cryptocodec.RegisterInterfaces)
	keys := keyring.NewInMemory(cdc)
	for _, name := range []string{"bank1", "alice"} {
		_, _, err := keys.NewMnemonic(name, keyring.English, "m/44'/118'/0'/0/0", "", hd.Secp256k1)
		require.NoError(t, err)
	}
	clientCtx := client.Context{}.WithCodec(cdc).WithInterfaceRegistry(cdc.InterfaceRegistry()).WithKeyring(keys).WithViper("").
		WithTxConfig(authtx.NewTxConfig(cdc, authtx.DefaultSignModes)).WithAccountRetriever(client.MockAccountRetriever{}).WithChainID("test")
	root := &cobra.Command{Use: "creditd", SilenceUsage: true, SilenceErrors: true}
	files, err := proto.MergedRegistry()
	require.NoError(t, err)
	builder := &autocli.Builder{
		Builder: flag.Builder{
			TypeResolver: dynamicpb.NewTypes(files), FileResolver: files,
			AddressCodec:          address.NewBech32Codec("credit"),
			ValidatorAddressCodec: address.NewBech32Codec("creditvaloper"),
			ConsensusAddressCodec: address.NewBech32Codec("creditvalcons"),
		},
		AddQueryConnFlags: func(cmd *cobra.Command) { flags.AddQueryFlagsToCmd(cmd) },
		AddTxConnFlags:    flags.AddTxFlagsToCmd,
	}
	require.NoError(t, autocli.AppOptions{
		Modules:   map[string]appmodule.AppModule{types.ModuleName: pseudonym.AppModule{}},
		ClientCtx: clientCtx,
	}.EnhanceRootCommandWithBuilder(root, builder))
	return root, clientCtx
}

// TestExamplesMakeTransactions pastes every example of a transaction, without sending it.
func TestExamplesMakeTransactions(t *testing.T) {
	for _, command := range (pseudonym.AppModule{}).AutoCLIOptions().Tx.RpcCommandOptions {
		if command.Skip {
			continue // by vote
		}
		t.Run(command.RpcMethod, func(t *testing.T) {
			root, clientCtx := newRoot(t)
			out := &bytes.Buffer{}
			root.SetOut(out)
			root.SetErr(out)
			root.SetArgs(append(words(t, command.Example)[1:], "--generate-only", "--gas", "200000"))
			ctx := context.WithValue(context.Background(), client.ClientContextKey, &clientCtx)
			require.NoError(t, root.ExecuteContext(ctx), out.String())
			tx, err := clientCtx.TxConfig.TxJSONDecoder()(out.Bytes())
			require.NoError(t, err, out.String())
			var msg any = tx.GetMsgs()[0]
			if command.GovProposal {
				inner, err := msg.(*govv1.MsgSubmitProposal).GetMsgs()
				require.NoError(t, err)
				msg = inner[0]
			}
			require.Equal(t, "*types.Msg"+command.RpcMethod, fmt.Sprintf("%T", msg))
			checkExample(t, msg)
		})
	}
}

// checkExample looks at what the words of an example became.
func checkExample(t *testing.T, msg any) {
	t.Helper()
	switch msg := msg.(type) {
	case *types.MsgRequestEvaluations:
		require.Len(t, msg.Hash, 32)
		require.EqualValues(t, 100, msg.Count)
	case *types.MsgOpenMatch:
		require.Len(t, msg.Nonce, types.NonceSize)
		require.Len(t, msg.Root, 32)
	case *types.MsgAcceptMatch:
		require.NoError(t, types.ValidateKey("server_key", msg.ServerKey))
	case *types.MsgCloseMatch:
		require.Len(t, msg.Transcript, 32)
	case *types.MsgMigrate:
		require.Len(t, msg.Links, 1)
		require.Len(t, msg.Links[0].New, 32)
	case *types.MsgStopMigration:
		require.Len(t, msg.Old, 32)
	}
}

// TestEveryMethodHasACommand: each with an example that starts as a user types it.
func TestEveryMethodHasACommand(t *testing.T) {
	options := pseudonym.AppModule{}.AutoCLIOptions()
	for prefix, service := range map[string]*autocliv1.ServiceCommandDescriptor{
		"creditd query pseudonym ": options.Query, "creditd tx pseudonym ": options.Tx,
	} {
		descriptor, err := proto.HybridResolver.FindDescriptorByName(protoreflect.FullName(service.Service))
		require.NoError(t, err)
		methods := descriptor.(protoreflect.ServiceDescriptor).Methods()
		commands := map[string]*autocliv1.RpcCommandOptions{}
		for _, command := range service.RpcCommandOptions {
			commands[command.RpcMethod] = command
		}
		require.Len(t, service.RpcCommandOptions, methods.Len())
		for i := range methods.Len() {
			method := methods.Get(i)
			command := commands[string(method.Name())]
			require.NotNil(t, command, method.Name())
			if command.Skip {
				continue // by vote
			}
			require.True(t, strings.HasPrefix(command.Example, prefix+strings.Fields(command.Use)[0]), command.Example)
			require.NotEmpty(t, command.Short)
			for _, arg := range command.PositionalArgs {
				require.NotNil(t, method.Input().Fields().ByName(protoreflect.Name(arg.ProtoField)), arg.ProtoField)
			}
		}
	}
}

// words splits a line as a shell does, for the quotes that examples use.
func words(t *testing.T, line string) (list []string) {
	t.Helper()
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
