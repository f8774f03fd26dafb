package keeper_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
)

// stubServer answers some messages.
type stubServer struct {
	*types.UnimplementedMsgServer
	err error
}

func (s stubServer) OpenInquiry(context.Context, *types.MsgOpenInquiry) (*types.MsgOpenInquiryResponse, error) {
	return &types.MsgOpenInquiryResponse{Id: []byte{1}}, s.err
}

func (s stubServer) OpenDispute(context.Context, *types.MsgOpenDispute) (*types.MsgOpenDisputeResponse, error) {
	return &types.MsgOpenDisputeResponse{}, s.err
}

func (s stubServer) SubmitSigned(context.Context, *types.MsgSubmitSigned) (*types.MsgSubmitSignedResponse, error) {
	return &types.MsgSubmitSignedResponse{}, s.err
}

// Counting changes neither answers nor errors; what is counted has the module and code of an error and never its text, nor
// what a stranger made up, and nothing is counted that no block did.
func TestCounted(t *testing.T) {
	reader := sdkmetric.NewManualReader()
	otel.SetMeterProvider(sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)))
	f := setup(t)
	refused := keeper.Counted(stubServer{err: types.ErrFrozen.Wrap("of a pseudonym")})
	inBlock := f.ctx.WithExecMode(sdk.ExecModeFinalize)
	for _, ctx := range []context.Context{inBlock, f.ctx.WithExecMode(sdk.ExecModeCheck), f.ctx.WithExecMode(sdk.ExecModeSimulate)} {
		response, err := refused.OpenInquiry(ctx, &types.MsgOpenInquiry{Purpose: 99})
		require.ErrorIs(t, err, types.ErrFrozen)
		require.Equal(t, []byte{1}, response.Id)
	}
	_, err := refused.SubmitSigned(inBlock, &types.MsgSubmitSigned{})
	require.ErrorIs(t, err, types.ErrFrozen, "without an order in it, too")
	_, err = refused.Freeze(inBlock, &types.MsgFreeze{})
	require.Error(t, err, "what is not counted goes on all the same")
	_, err = keeper.Counted(stubServer{err: errors.New("of a pseudonym")}).OpenDispute(inBlock, &types.MsgOpenDispute{})
	require.Error(t, err)
	_, err = keeper.Counted(stubServer{}).OpenInquiry(inBlock, &types.MsgOpenInquiry{Purpose: types.PURPOSE_COLLECTION})
	require.NoError(t, err)

	var all metricdata.ResourceMetrics
	require.NoError(t, reader.Collect(t.Context(), &all))
	got := map[string]int64{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			for _, point := range m.Data.(metricdata.Sum[int64]).DataPoints {
				name := m.Name
				for _, attribute := range point.Attributes.ToSlice() {
					name += " " + attribute.Value.AsString()
				}
				got[name] = point.Value
			}
		}
	}
	require.Equal(t, map[string]int64{
		"creditd_credit_inquiries credit:116 PURPOSE_UNSPECIFIED":          1,
		"creditd_credit_inquiries ok PURPOSE_COLLECTION":                   1,
		"creditd_credit_orders credit:116 refused":                         1,
		"creditd_credit_disputes opened error DISPUTE_OUTCOME_UNSPECIFIED": 1,
	}, got)
}
