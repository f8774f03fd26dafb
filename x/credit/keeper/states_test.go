package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/credit/types"
)

// Every state to every state: those named are lawful and nothing else is, whoever asks.
func TestTransitions(t *testing.T) {
	lawful := map[types.RecordState]map[types.RecordState]types.TrailKind{
		types.RECORD_STATE_UNSPECIFIED: {},
		types.RECORD_STATE_ACTIVE: {
			types.RECORD_STATE_DISPUTED: 0, types.RECORD_STATE_SUPPRESSED: types.TRAIL_KIND_RECORD_SUPPRESSED,
			types.RECORD_STATE_EXPIRED: types.TRAIL_KIND_RECORD_EXPIRED, types.RECORD_STATE_ERASED: types.TRAIL_KIND_RECORD_DESTROYED,
		},
		types.RECORD_STATE_DISPUTED: {
			types.RECORD_STATE_ACTIVE: types.TRAIL_KIND_RECORD_RESTORED, types.RECORD_STATE_SUPPRESSED: types.TRAIL_KIND_RECORD_SUPPRESSED,
			types.RECORD_STATE_EXPIRED: types.TRAIL_KIND_RECORD_EXPIRED,
		},
		types.RECORD_STATE_SUPPRESSED: {
			types.RECORD_STATE_ACTIVE: types.TRAIL_KIND_RECORD_RESTORED, types.RECORD_STATE_DISPUTED: 0,
			types.RECORD_STATE_EXPIRED: types.TRAIL_KIND_RECORD_EXPIRED, types.RECORD_STATE_ERASED: types.TRAIL_KIND_RECORD_DESTROYED,
		},
		types.RECORD_STATE_SUPERSEDED: {},
		types.RECORD_STATE_EXPIRED:    {types.RECORD_STATE_ERASED: types.TRAIL_KIND_RECORD_DESTROYED},
		types.RECORD_STATE_ERASED:     {},
	}
	require.Len(t, lawful, len(types.RecordState_name))
	f := enrolled(t)
	res := must(f, f.msg.Furnish, f.furnishMsg())
	before := f.tradeline("account")
	for from, allowed := range lawful {
		for code, name := range types.RecordState_name {
			to := types.RecordState(code)
			ctx, _ := f.ctx.CacheContext()
			tradeline := before
			tradeline.State = from
			require.NoError(t, f.k.PutTradeline(ctx, tradeline))
			err := f.k.ChangeState(ctx, &tradeline, to, types.STATE_REASON_CONTRACT, utility)
			got, getErr := f.k.GetTradeline(ctx, types.ID(subject), types.ID(res.TradelineId))
			require.NoError(t, getErr)
			kind, ok := allowed[to]
			if !ok {
				require.ErrorIs(t, err, types.ErrUnlawfulTransition, "%s to %s", from, name)
				require.Equal(t, from, got.State)
				continue
			}
			require.NoError(t, err, "%s to %s", from, name)
			require.Equal(t, to, got.State)
			require.Equal(t, types.STATE_REASON_CONTRACT, got.StateReason)
			trail, err := f.query.Trail(ctx, &types.QueryTrailRequest{Subject: types.ID(subject).String()})
			require.NoError(t, err)
			last := map[types.TrailKind]string{}
			for _, entry := range trail.Entries {
				last[entry.Kind] = entry.Actor
			}
			if kind != 0 {
				require.Equal(t, utility.String(), last[kind], "%s to %s", from, name)
			}
		}
	}
}
