package keeper

import (
	"context"

	"github.com/creditd/creditd/x/credit/types"
)

// addStatement puts the subject's own words beside a record that stays as it was (FCRA s. 611(b)). The law sets no last day, so
// a closed dispute takes one too, as long as the record is not gone; a later statement replaces the earlier.
func (k *Keeper) addStatement(ctx context.Context, by actor, msg *types.MsgAddStatement) error {
	id, err := types.IDFromBytes("id", msg.Id)
	if err != nil {
		return err
	}
	if err := requireCommitment("statement", msg.Statement); err != nil {
		return err
	}
	dispute, err := k.currentDispute(ctx, id)
	if err != nil {
		return err
	}
	subject := types.ID(dispute.Subject)
	if _, err := k.requireControllerOf(ctx, by, subject); err != nil {
		return err
	}
	tradeline, err := k.GetTradeline(ctx, subject, types.ID(dispute.TradelineId))
	if err != nil {
		return err
	}
	if err := requireStays(dispute, tradeline); err != nil {
		return err
	}
	dispute.Statement = msg.Statement
	if err := k.setDispute(ctx, dispute); err != nil {
		return err
	}
	// While a later dispute is under investigation (XB), that is what the record says.
	if tradeline.Compliance == types.COMPLIANCE_CODE_XH {
		tradeline.Compliance = types.COMPLIANCE_CODE_XC
		if err := k.setTradeline(ctx, tradeline); err != nil {
			return err
		}
	}
	furnisher, err := k.parseActor("furnisher", dispute.Furnisher)
	if err != nil {
		return err
	}
	err = k.recordWith(ctx, furnisher.addr, subject, types.TRAIL_KIND_STATEMENT_ADDED, by.addr, id, types.PURPOSE_UNSPECIFIED)
	if err != nil {
		return err
	}
	return emit(ctx, &types.EventStatementAdded{DisputeId: id.String()})
}

// requireStays says whether the dispute left the record as the furnisher has it: then the subject may disagree.
func requireStays(dispute types.Dispute, tradeline types.Tradeline) error {
	switch dispute.Outcome {
	case types.DISPUTE_OUTCOME_VERIFIED, types.DISPUTE_OUTCOME_FRIVOLOUS, types.DISPUTE_OUTCOME_REINSERTED:
	default:
		return types.ErrDisputeState.Wrapf("outcome of dispute %x is %s: a statement goes beside a record that was verified, or came back",
			dispute.Id, dispute.Outcome)
	}
	if ended(tradeline) {
		return types.ErrDisputeState.Wrapf("tradeline %x is %s: there is nothing to put a statement beside", tradeline.Id, tradeline.State)
	}
	return nil
}
