package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// escalateDispute asks a mediator: within the time after an answer, or at any time after silence. The record is annotated again;
// one that silence hid stays hidden.
func (k *Keeper) escalateDispute(ctx context.Context, by actor, msg *types.MsgEscalateDispute) error {
	id, err := types.IDFromBytes("id", msg.Id)
	if err != nil {
		return err
	}
	mediator, err := k.parseActor("mediator", msg.Mediator)
	if err != nil {
		return err
	}
	dispute, err := k.currentDispute(ctx, id)
	if err != nil {
		return err
	}
	if _, err := k.requireControllerOf(ctx, by, types.ID(dispute.Subject)); err != nil {
		return err
	}
	if dispute.Status != types.DISPUTE_STATUS_SILENT {
		if err := requireDisputeStatus(dispute, types.DISPUTE_STATUS_ANSWERED, types.DISPUTE_STATUS_CLOSED); err != nil {
			return err
		}
	}
	if err := k.requireMediator(ctx, mediator, dispute); err != nil {
		return err
	}
	return k.askMediator(ctx, by, dispute, mediator)
}

func (k *Keeper) askMediator(ctx context.Context, by actor, dispute types.Dispute, mediator actor) error {
	id, subject := types.ID(dispute.Id), types.ID(dispute.Subject)
	furnisher, err := k.parseActor("furnisher", dispute.Furnisher)
	if err != nil {
		return err
	}
	tradeline, err := k.GetTradeline(ctx, subject, types.ID(dispute.TradelineId))
	if err != nil {
		return err
	}
	profile, err := k.GetProfile(ctx, dispute.Profile)
	if err != nil {
		return err
	}
	if dispute.Status == types.DISPUTE_STATUS_ANSWERED {
		tradeline.Compliance = types.COMPLIANCE_CODE_XC
	}
	dispute.Mediator = mediator.text
	until := daysAfter(sdk.UnwrapSDKContext(ctx).BlockTime(), profile.MediationDays)
	if err := k.moveDispute(ctx, &dispute, types.DISPUTE_STATUS_ESCALATED, until); err != nil {
		return err
	}
	if err := k.followDispute(ctx, &tradeline, dispute, by.addr); err != nil {
		return err
	}
	err = k.recordWith(ctx, furnisher.addr, subject, types.TRAIL_KIND_DISPUTE_ESCALATED, by.addr, id, types.PURPOSE_UNSPECIFIED)
	if err != nil {
		return err
	}
	if err := k.recordOf(ctx, mediator.addr, subject, types.TRAIL_KIND_DISPUTE_ESCALATED, id, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	return emit(ctx, &types.EventDisputeEscalated{DisputeId: id.String(), Mediator: mediator.text})
}

// decideDispute is the mediator's decision. VERIFIED and DELETED end the dispute; MODIFIED hides the record until the furnisher
// corrects or deletes it.
func (k *Keeper) decideDispute(ctx context.Context, by actor, msg *types.MsgDecideDispute) error {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_SUPERVISOR, institutiontypes.ROLE_BUREAU); err != nil {
		return err
	}
	id, err := types.IDFromBytes("id", msg.Id)
	if err != nil {
		return err
	}
	if err := requireCommitment("evidence", msg.Evidence); err != nil {
		return err
	}
	switch msg.Outcome {
	case types.DISPUTE_OUTCOME_VERIFIED, types.DISPUTE_OUTCOME_MODIFIED, types.DISPUTE_OUTCOME_DELETED:
	default:
		return types.ErrInvalidOutcome.Wrapf("%s: decide VERIFIED, MODIFIED or DELETED", msg.Outcome)
	}
	dispute, err := k.currentDispute(ctx, id)
	if err != nil {
		return err
	}
	if dispute.Mediator != by.text {
		return types.ErrNotMediator.Wrapf("dispute %s: only who was asked last decides", id)
	}
	err = requireDisputeStatus(dispute, types.DISPUTE_STATUS_ESCALATED, types.DISPUTE_STATUS_ANSWERED, types.DISPUTE_STATUS_SILENT)
	if err != nil {
		return err
	}
	dispute.Outcome, dispute.Evidence = msg.Outcome, msg.Evidence
	return k.decide(ctx, by, dispute)
}

func (k *Keeper) decide(ctx context.Context, by actor, dispute types.Dispute) error {
	id, subject := types.ID(dispute.Id), types.ID(dispute.Subject)
	furnisher, err := k.parseActor("furnisher", dispute.Furnisher)
	if err != nil {
		return err
	}
	tradeline, err := k.GetTradeline(ctx, subject, types.ID(dispute.TradelineId))
	if err != nil {
		return err
	}
	if err := k.recordWith(ctx, furnisher.addr, subject, types.TRAIL_KIND_DISPUTE_DECIDED, by.addr, id, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	if err := k.recordOf(ctx, by.addr, subject, types.TRAIL_KIND_DISPUTE_DECIDED, id, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	if err := emit(ctx, &types.EventDisputeDecided{DisputeId: id.String(), Outcome: dispute.Outcome}); err != nil {
		return err
	}
	if err := k.tellOutcome(ctx, dispute); err != nil {
		return err
	}
	if dispute.Outcome == types.DISPUTE_OUTCOME_MODIFIED {
		if err := k.moveDispute(ctx, &dispute, types.DISPUTE_STATUS_ORDERED, noDeadline); err != nil {
			return err
		}
		return k.followDispute(ctx, &tradeline, dispute, by.addr)
	}
	// A subject that escalated an answer disagrees with it (XC), and still does when the mediator does not.
	if dispute.Outcome == types.DISPUTE_OUTCOME_DELETED || tradeline.Compliance == types.COMPLIANCE_CODE_XB {
		tradeline.Compliance = types.COMPLIANCE_CODE_XH
	}
	return k.closeDispute(ctx, &dispute, &tradeline, by.addr)
}
