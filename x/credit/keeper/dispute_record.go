package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// recordUnder says in which state a dispute keeps the record that it is about, and why. It is the whole effect of a dispute on
// what is shown: no status can be reached that leaves the record otherwise.
func recordUnder(dispute types.Dispute) (types.RecordState, types.StateReason) {
	unanswered := dispute.Outcome == types.DISPUTE_OUTCOME_UNSPECIFIED
	switch {
	case dispute.Status == types.DISPUTE_STATUS_OPEN:
		return types.RECORD_STATE_DISPUTED, types.STATE_REASON_DISPUTE
	case dispute.Status == types.DISPUTE_STATUS_SILENT, dispute.Status == types.DISPUTE_STATUS_ESCALATED && unanswered:
		return types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_SILENCE
	case dispute.Status == types.DISPUTE_STATUS_ESCALATED:
		return types.RECORD_STATE_DISPUTED, types.STATE_REASON_DISPUTE
	case dispute.Status == types.DISPUTE_STATUS_ORDERED:
		return types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_MEDIATION
	case dispute.Outcome == types.DISPUTE_OUTCOME_DELETED:
		return types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_DELETED
	}
	return types.RECORD_STATE_ACTIVE, types.STATE_REASON_DISPUTE
}

// followDispute writes a tradeline in the state in which its dispute keeps it. A record that is hidden for another reason stays
// so, unless it is to be deleted. by is who caused it, as in changeState.
func (k *Keeper) followDispute(ctx context.Context, tradeline *types.Tradeline, dispute types.Dispute, by sdk.AccAddress) error {
	state, reason := recordUnder(dispute)
	held, err := k.heldBack(ctx, *tradeline)
	if err != nil {
		return err
	}
	switch {
	case held && reason != types.STATE_REASON_DELETED:
		return k.setTradeline(ctx, *tradeline)
	case tradeline.State != state:
		return k.changeState(ctx, tradeline, state, reason, by)
	case state == types.RECORD_STATE_SUPPRESSED && tradeline.StateReason != reason:
		return k.changeSuppression(ctx, tradeline, reason, by)
	}
	return k.setTradeline(ctx, *tradeline)
}

// heldBack says whether a record is hidden by what no dispute ends: a repair policy, a data contract, or an erasure request
// that met silence.
func (k *Keeper) heldBack(ctx context.Context, tradeline types.Tradeline) (bool, error) {
	if tradeline.State != types.RECORD_STATE_SUPPRESSED {
		return false, nil
	}
	switch tradeline.StateReason {
	case types.STATE_REASON_REPAIR, types.STATE_REASON_CONTRACT:
		return true, nil
	case types.STATE_REASON_SILENCE:
		erasure, err := k.erasures.Get(ctx, types.ID(tradeline.Id))
		if errors.Is(err, collections.ErrNotFound) {
			return false, nil
		}
		return erasure.Status == types.ERASURE_STATUS_SILENT, err
	}
	return false, nil
}

// returnToDispute ends what a data contract hid a record for: it is shown again as far as its dispute lets it be.
func (k *Keeper) returnToDispute(ctx context.Context, tradeline *types.Tradeline, by sdk.AccAddress) error {
	dispute, err := k.GetDispute(ctx, types.ID(tradeline.DisputeId))
	if err != nil {
		return err
	}
	state, reason := recordUnder(dispute)
	switch state {
	case types.RECORD_STATE_SUPPRESSED:
		return k.changeSuppression(ctx, tradeline, reason, by)
	case types.RECORD_STATE_ACTIVE:
		reason = tradeline.StateReason // what it comes back from
	}
	return k.changeState(ctx, tradeline, state, reason, by)
}

// changeSuppression keeps a suppressed record suppressed, for another reason. It is no transition, and disputes alone do it: of
// any other rule it could be the way around a deletion.
func (k *Keeper) changeSuppression(ctx context.Context, tradeline *types.Tradeline, reason types.StateReason, by sdk.AccAddress) error {
	id, subject := types.ID(tradeline.Id), types.ID(tradeline.Subject)
	furnisher, err := k.parseActor("furnisher", tradeline.Furnisher)
	if err != nil {
		return err
	}
	tradeline.StateReason = reason
	if err := k.setTradeline(ctx, *tradeline); err != nil {
		return err
	}
	err = k.recordWith(ctx, furnisher.addr, subject, types.TRAIL_KIND_RECORD_SUPPRESSED, by, id, types.PURPOSE_UNSPECIFIED)
	if err != nil {
		return err
	}
	return emit(ctx, &types.EventRecordStateChanged{Subject: subject.String(), TradelineId: id.String(), State: tradeline.State, Reason: reason})
}

// closeDispute ends a dispute and lets go of its record. One that was deleted keeps the dispute's id: reinsertion goes by it.
func (k *Keeper) closeDispute(ctx context.Context, dispute *types.Dispute, tradeline *types.Tradeline, by sdk.AccAddress) error {
	if err := k.moveDispute(ctx, dispute, types.DISPUTE_STATUS_CLOSED, noDeadline); err != nil {
		return err
	}
	if dispute.Outcome != types.DISPUTE_OUTCOME_DELETED {
		tradeline.DisputeId = nil
	}
	if err := k.followDispute(ctx, tradeline, *dispute, by); err != nil {
		return err
	}
	return emit(ctx, &types.EventDisputeClosed{DisputeId: types.ID(dispute.Id).String(), Outcome: dispute.Outcome})
}

// endDisputeOf closes what dispute there is of a record that becomes EXPIRED or ERASED: there is nothing left to put right. It
// keeps the outcome that it had, or none. The caller writes the tradeline.
func (k *Keeper) endDisputeOf(ctx context.Context, tradeline *types.Tradeline) error {
	if len(tradeline.DisputeId) == 0 {
		return nil
	}
	dispute, err := k.GetDispute(ctx, types.ID(tradeline.DisputeId))
	if errors.Is(err, types.ErrUnknownDispute) {
		return nil // the invariants report it: a record ends all the same
	}
	if err != nil {
		return err
	}
	tradeline.DisputeId = nil
	if dispute.Status == types.DISPUTE_STATUS_CLOSED {
		return nil
	}
	if err := k.moveDispute(ctx, &dispute, types.DISPUTE_STATUS_CLOSED, noDeadline); err != nil {
		return err
	}
	return emit(ctx, &types.EventDisputeClosed{DisputeId: types.ID(dispute.Id).String(), Outcome: dispute.Outcome})
}

// ended says whether a record is gone for good.
func ended(tradeline types.Tradeline) bool {
	return tradeline.State == types.RECORD_STATE_EXPIRED || tradeline.State == types.RECORD_STATE_ERASED
}
