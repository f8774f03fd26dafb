package app

import (
	"reflect"
	"strings"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	gogoproto "github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"cosmossdk.io/api/amino"
	"cosmossdk.io/log/v2"

	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	simtypes "github.com/cosmos/cosmos-sdk/types/simulation"
)

// ourMessages are the type URLs of every message of the creditd modules.
func ourMessages(app *Creditd) []string {
	var urls []string
	for _, url := range app.InterfaceRegistry().ListImplementations(sdk.MsgInterfaceProtoName) {
		if strings.HasPrefix(url, "/creditd.") {
			urls = append(urls, url)
		}
	}
	return urls
}

// recorder notes which messages the simulator knows how to make.
type recorder map[string]bool

// Add implements simsx.Registry.
func (r recorder) Add(_ uint32, f simsx.SimMsgFactoryX) { r[sdk.MsgTypeURL(f.MsgType())] = true }

// A message without a handler cannot run, without an amino name a Ledger cannot sign it, without a factory no
// random history contains it.
func TestEveryMessageIsWhole(t *testing.T) {
	app := NewCreditd(log.NewNopLogger(), dbm.NewMemDB(), true, simtestutil.EmptyAppOptions{})
	factories := recorder{}
	weights := simsx.ParamWeightSource(simtypes.AppParams{})
	for _, m := range app.SimulationManager().Modules {
		if m, ok := m.(simsx.HasWeightedOperationsX); ok {
			m.WeightedOperationsX(weights, factories)
		}
		if m, ok := m.(simsx.HasProposalMsgsX); ok {
			m.ProposalMsgsX(weights, factories)
		}
	}
	messages := ourMessages(app)
	require.NotEmpty(t, messages)
	for _, url := range messages {
		t.Run(url, func(t *testing.T) {
			require.NotNil(t, app.MsgServiceRouter().HandlerByTypeURL(url), "handler")
			require.True(t, factories[url], "simulation factory")

			desc, err := gogoproto.HybridResolver.FindDescriptorByName(protoreflect.FullName(url[1:]))
			require.NoError(t, err)
			require.NotEmpty(t, proto.GetExtension(desc.Options(), amino.E_Name), "amino name")

			msg := reflect.New(gogoproto.MessageType(url[1:]).Elem()).Interface().(sdk.Msg)
			_, _, err = app.AppCodec().GetMsgV1Signers(msg)
			require.ErrorContains(t, err, "empty address", "signer field") // named, and empty here
		})
	}
}
