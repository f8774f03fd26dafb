package keeper

import (
	"context"
	"slices"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// transitions are the lawful ones of a tradeline. Whatever is not here is refused, whoever asks. SUPERSEDED is the state of
// earlier versions and never that of a tradeline; a record that is disputed cannot be destroyed, since it is the evidence.
var transitions = map[types.RecordState][]types.RecordState{
	types.RECORD_STATE_ACTIVE:     {types.RECORD_STATE_DISPUTED, types.RECORD_STATE_SUPPRESSED, types.RECORD_STATE_EXPIRED, types.RECORD_STATE_ERASED},
	types.RECORD_STATE_DISPUTED:   {types.RECORD_STATE_ACTIVE, types.RECORD_STATE_SUPPRESSED, types.RECORD_STATE_EXPIRED},
	types.RECORD_STATE_SUPPRESSED: {types.RECORD_STATE_ACTIVE, types.RECORD_STATE_DISPUTED, types.RECORD_STATE_EXPIRED, types.RECORD_STATE_ERASED},
	types.RECORD_STATE_EXPIRED:    {types.RECORD_STATE_ERASED},
}

// trailOfState is the line that a new state leaves in the trail; that of DISPUTED is the dispute's own.
var trailOfState = map[types.RecordState]types.TrailKind{
	types.RECORD_STATE_ACTIVE:     types.TRAIL_KIND_RECORD_RESTORED,
	types.RECORD_STATE_SUPPRESSED: types.TRAIL_KIND_RECORD_SUPPRESSED,
	types.RECORD_STATE_EXPIRED:    types.TRAIL_KIND_RECORD_EXPIRED,
	types.RECORD_STATE_ERASED:     types.TRAIL_KIND_RECORD_DESTROYED,
}

// changeState brings a tradeline into another state, writes it, and says so in both trails and by event. It is the only way
// from one state to another. by is who caused it: an institution, the controller, or the furnisher where a clock did.
func (k *Keeper) changeState(
	ctx context.Context, tradeline *types.Tradeline, to types.RecordState, reason types.StateReason, by sdk.AccAddress,
) error {
	id, subject := types.ID(tradeline.Id), types.ID(tradeline.Subject)
	if !slices.Contains(transitions[tradeline.State], to) {
		return types.ErrUnlawfulTransition.Wrapf("tradeline %s is %s: it cannot become %s", id, tradeline.State, to)
	}
	tradeline.State, tradeline.StateReason = to, reason
	if ended(*tradeline) {
		if err := k.endDisputeOf(ctx, tradeline); err != nil {
			return err
		}
	}
	if err := k.setTradeline(ctx, *tradeline); err != nil {
		return err
	}
	if kind, said := trailOfState[to]; said {
		furnisher, err := k.parseActor("furnisher", tradeline.Furnisher)
		if err != nil {
			return err
		}
		if err := k.recordWith(ctx, furnisher.addr, subject, kind, by, id, types.PURPOSE_UNSPECIFIED); err != nil {
			return err
		}
	}
	for _, hook := range k.recordHooks {
		if err := hook.AfterRecordState(ctx, *tradeline); err != nil {
			return err
		}
	}
	return emit(ctx, &types.EventRecordStateChanged{Subject: subject.String(), TradelineId: id.String(), State: to, Reason: reason})
}
