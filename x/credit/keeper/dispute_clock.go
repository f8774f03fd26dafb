package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// noDeadline is the due_at of a status that does not end by itself.
var noDeadline time.Time

func (k *Keeper) endDisputeClocks(ctx sdk.Context, limit int) error {
	return queue[deadline]{
		name: disputeQueue, keys: k.disputeQueue, id: deadline.K2, work: k.disputeDue,
		due: collections.NewPrefixUntilPairRange[time.Time, types.ID](ctx.BlockTime()),
	}.drain(ctx, limit)
}

func (k *Keeper) disputeDue(ctx sdk.Context, key deadline) error {
	dispute, err := k.GetDispute(ctx, key.K2())
	if err != nil {
		return err
	}
	if !dispute.DueAt.Equal(key.K1()) {
		return types.ErrInvariant.Wrapf("dispute %s is due at %s and was in the queue for %s", key.K2(), rfc3339(dispute.DueAt), rfc3339(key.K1()))
	}
	return k.endDisputeStatus(ctx, &dispute)
}

// endDisputeStatus does what the clock of a dispute does at due_at; its entry has left the queue.
func (k *Keeper) endDisputeStatus(ctx context.Context, dispute *types.Dispute) error {
	dispute.DueAt = noDeadline
	tradeline, err := k.GetTradeline(ctx, types.ID(dispute.Subject), types.ID(dispute.TradelineId))
	if err != nil {
		return err
	}
	furnisher, err := k.parseActor("furnisher", dispute.Furnisher)
	if err != nil {
		return err
	}
	if err := k.silence(ctx, *dispute, furnisher); err != nil {
		return err
	}
	answered := dispute.Outcome != types.DISPUTE_OUTCOME_UNSPECIFIED
	switch {
	case dispute.Status == types.DISPUTE_STATUS_ANSWERED:
		return k.closeDispute(ctx, dispute, &tradeline, furnisher.addr)
	case dispute.Status == types.DISPUTE_STATUS_ESCALATED && answered:
		err = k.awaitEscalation(ctx, dispute)
	default:
		err = k.moveDispute(ctx, dispute, types.DISPUTE_STATUS_SILENT, noDeadline)
	}
	if err != nil {
		return err
	}
	return k.followDispute(ctx, &tradeline, *dispute, furnisher.addr)
}

// silence records who left the dispute unanswered: the furnisher while it was open, the mediator after.
func (k *Keeper) silence(ctx context.Context, dispute types.Dispute, furnisher actor) error {
	silent := furnisher
	switch dispute.Status {
	case types.DISPUTE_STATUS_OPEN:
	case types.DISPUTE_STATUS_ESCALATED:
		mediator, err := k.parseActor("mediator", dispute.Mediator)
		if err != nil {
			return err
		}
		silent = mediator
	case types.DISPUTE_STATUS_ANSWERED:
		return nil
	default:
		return types.ErrInvariant.Wrapf("dispute %x is %s and was still in the queue", dispute.Id, dispute.Status)
	}
	return k.recordSilence(ctx, silent.addr, types.ID(dispute.Subject), types.ID(dispute.Id), types.PURPOSE_UNSPECIFIED)
}

// awaitEscalation opens the time in which the subject may ask a mediator.
func (k *Keeper) awaitEscalation(ctx context.Context, dispute *types.Dispute) error {
	profile, err := k.GetProfile(ctx, dispute.Profile)
	if err != nil {
		return err
	}
	until := daysAfter(sdk.UnwrapSDKContext(ctx).BlockTime(), profile.EscalationDays)
	return k.moveDispute(ctx, dispute, types.DISPUTE_STATUS_ANSWERED, until)
}
