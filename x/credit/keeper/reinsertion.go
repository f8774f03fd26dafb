package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// reinsert shows a record again that a dispute deleted, after the notice that the profile asks for (FCRA s. 611(a)(5)(B)).
func (k *Keeper) reinsert(ctx context.Context, by actor, msg *types.MsgReinsert) error {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_FURNISHER); err != nil {
		return err
	}
	subject, err := types.IDFromBytes("subject", msg.Subject)
	if err != nil {
		return err
	}
	id, err := types.IDFromBytes("tradeline_id", msg.TradelineId)
	if err != nil {
		return err
	}
	if err := requireCommitment("evidence", msg.Evidence); err != nil {
		return err
	}
	tradeline, err := k.GetTradeline(ctx, subject, id)
	if err != nil {
		return err
	}
	if tradeline.Furnisher != by.text {
		return types.ErrNotFurnisher.Wrapf("%s furnishes tradeline %s", tradeline.Furnisher, id)
	}
	dispute, err := k.requireReinsertable(ctx, tradeline)
	if err != nil {
		return err
	}
	dispute.Outcome, dispute.Evidence = types.DISPUTE_OUTCOME_REINSERTED, msg.Evidence
	if err := k.moveDispute(ctx, &dispute, types.DISPUTE_STATUS_CLOSED, noDeadline); err != nil {
		return err
	}
	tradeline.DisputeId = nil
	if err := k.changeState(ctx, &tradeline, types.RECORD_STATE_ACTIVE, types.STATE_REASON_REINSERTED, by.addr); err != nil {
		return err
	}
	if err := k.recordWith(ctx, by.addr, subject, types.TRAIL_KIND_RECORD_REINSERTED, by.addr, id, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	return k.tellOutcome(ctx, dispute)
}

// requireReinsertable returns the dispute that deleted the record, when notice was given since and long enough ago. A notice
// of an earlier deletion does not count.
func (k *Keeper) requireReinsertable(ctx context.Context, tradeline types.Tradeline) (types.Dispute, error) {
	switch {
	case tradeline.State != types.RECORD_STATE_SUPPRESSED || tradeline.StateReason != types.STATE_REASON_DELETED:
		return types.Dispute{}, types.ErrNotReinsertable.Wrapf("it is %s (%s): only what a dispute deleted comes back so",
			tradeline.State, tradeline.StateReason)
	case tradeline.RepairPolicy != "":
		return types.Dispute{}, types.ErrNotReinsertable.Wrapf("repair policy %s suppresses it", tradeline.RepairPolicy)
	}
	id, err := types.IDFromBytes("dispute_id", tradeline.DisputeId)
	if err != nil {
		return types.Dispute{}, types.ErrInvariant.Wrap(err.Error())
	}
	dispute, err := k.GetDispute(ctx, id)
	if err != nil {
		return dispute, err
	}
	profile, err := k.GetProfile(ctx, dispute.Profile)
	if err != nil {
		return dispute, err
	}
	notice, err := k.notices.Get(ctx, collections.Join(types.ID(tradeline.Id), int32(types.NOTICE_KIND_REINSERTION)))
	if errors.Is(err, collections.ErrNotFound) || (err == nil && !notice.GivenAt.After(dispute.StatusSince)) {
		return dispute, types.ErrNoNotice.Wrapf("give a notice of kind %s first: the record was deleted at %s",
			types.NOTICE_KIND_REINSERTION, rfc3339(dispute.StatusSince))
	}
	if err != nil {
		return dispute, err
	}
	if from := daysAfter(notice.GivenAt, profile.ReinsertionNoticeDays); sdk.UnwrapSDKContext(ctx).BlockTime().Before(from) {
		return dispute, types.ErrNotReinsertable.Wrapf("notice was given at %s: come back at %s", rfc3339(notice.GivenAt), rfc3339(from))
	}
	return dispute, nil
}
