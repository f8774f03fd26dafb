package committee_test

import (
	"strings"
	"testing"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/reflect/protoreflect"

	autocliv1 "cosmossdk.io/api/cosmos/autocli/v1"

	"github.com/creditd/creditd/x/committee"
	_ "github.com/creditd/creditd/x/committee/types" // registers the services
)

// TestEveryMethodHasACommand: each with an example that starts as a user types it.
func TestEveryMethodHasACommand(t *testing.T) {
	options := committee.AppModule{}.AutoCLIOptions()
	for prefix, service := range map[string]*autocliv1.ServiceCommandDescriptor{
		"creditd query committee ": options.Query, "creditd tx committee ": options.Tx,
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
			require.True(t, strings.HasPrefix(command.Example, prefix+strings.Fields(command.Use)[0]), command.Example)
			require.NotEmpty(t, command.Short)
			for _, arg := range command.PositionalArgs {
				require.NotNil(t, method.Input().Fields().ByName(protoreflect.Name(arg.ProtoField)), arg.ProtoField)
			}
		}
	}
}
