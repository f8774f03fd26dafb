package institution_test

import (
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/types/module"
	simtypes "github.com/cosmos/cosmos-sdk/types/simulation"

	"github.com/creditd/creditd/x/institution"
	"github.com/creditd/creditd/x/institution/testutil"
	"github.com/creditd/creditd/x/institution/types"
)

func TestGenesisThroughTheModule(t *testing.T) {
	ctx, k := testutil.NewKeeper(t)
	cdc := testutil.Codec()
	am := institution.NewAppModule(cdc, k)
	require.NoError(t, am.ValidateGenesis(cdc, nil, am.DefaultGenesis(cdc)))
	require.ErrorIs(t, am.ValidateGenesis(cdc, nil, []byte(`{"params":1}`)), types.ErrInvalidGenesis)
	require.Panics(t, func() { am.InitGenesis(ctx, cdc, am.DefaultGenesis(cdc)) }, "nobody could make blocks")

	ctx, k = testutil.NewKeeper(t)
	am = institution.NewAppModule(cdc, k)
	updates := am.InitGenesis(ctx, cdc, cdc.MustMarshalJSON(testutil.Genesis(10, 20)))
	require.Len(t, updates, 2)
	exported := am.ExportGenesis(ctx, cdc)
	require.NoError(t, am.ValidateGenesis(cdc, nil, exported))
	require.NoError(t, am.BeginBlock(ctx))
	updates, err := am.EndBlock(ctx)
	require.NoError(t, err)
	require.Empty(t, updates)

	decoders := simtypes.StoreDecoderRegistry{}
	am.RegisterStoreDecoder(decoders)
	require.Contains(t, decoders, types.StoreKey)
}

func TestServicesAreRegistered(t *testing.T) {
	_, k := testutil.NewKeeper(t)
	cdc := testutil.Codec()
	messages, queries := baseapp.NewMsgServiceRouter(), baseapp.NewGRPCQueryRouter()
	messages.SetInterfaceRegistry(cdc.InterfaceRegistry())
	queries.SetInterfaceRegistry(cdc.InterfaceRegistry())
	institution.NewAppModule(cdc, k).RegisterServices(module.NewConfigurator(cdc, messages, queries))
	require.NotNil(t, messages.Handler(&types.MsgUnjail{}))
	require.NotNil(t, queries.Route("/creditd.institution.v1.Query/ValidatorSet"))
}

// TestEveryMethodHasACommand: each with an example that starts as a user types it.
func TestEveryMethodHasACommand(t *testing.T) {
	options := institution.AppModule{}.AutoCLIOptions()
	check := func(service *autocliv1.ServiceCommandDescriptor, prefix string) {
		descriptor, err := proto.HybridResolver.FindDescriptorByName(protoreflect.FullName(service.Service))
		require.NoError(t, err)
		methods := descriptor.(protoreflect.ServiceDescriptor).Methods()
		commands := map[string]*autocliv1.RpcCommandOptions{}
		for _, command := range service.RpcCommandOptions {
			commands[command.RpcMethod] = command
		}
		require.Len(t, commands, methods.Len())
		for i := range methods.Len() {
			method := methods.Get(i)
			command := commands[string(method.Name())]
			require.NotNil(t, command, method.Name())
			require.Regexp(t, "^"+prefix+" [a-z]", command.Example, method.Name())
			for _, arg := range command.PositionalArgs {
				require.NotNil(t, method.Input().Fields().ByName(protoreflect.Name(arg.ProtoField)), arg.ProtoField)
			}
			require.NotEmpty(t, command.Short)
		}
	}
	require.Equal(t, "creditd.institution.v1.Query", options.Query.Service)
	require.Equal(t, "creditd.institution.v1.Msg", options.Tx.Service)
	check(options.Query, "creditd query institution")
	check(options.Tx, "creditd tx institution")
}
