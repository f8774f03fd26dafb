package keeper

import (
	"bytes"
	"context"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// answerDispute is the furnisher's answer, in time, late, or to a mediator's order. A licence is needed, as for every
// statement about a subject: one who lost it stays silent, and its record is hidden.
func (k *Keeper) answerDispute(ctx context.Context, by actor, msg *types.MsgAnswerDispute) error {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_FURNISHER); err != nil {
		return err
	}
	id, err := types.IDFromBytes("id", msg.Id)
	if err != nil {
		return err
	}
	if err := requireCommitment("evidence", msg.Evidence); err != nil {
		return err
	}
	dispute, err := k.currentDispute(ctx, id)
	if err != nil {
		return err
	}
	if err := requireDisputeFurnisher(by, dispute); err != nil {
		return err
	}
	if err := requireAnswer(by, dispute, msg); err != nil {
		return err
	}
	tradeline, err := k.answeredRecord(ctx, by, dispute, msg)
	if err != nil {
		return err
	}
	dispute.Outcome, dispute.Evidence = msg.Outcome, msg.Evidence
	tradeline.Compliance = types.COMPLIANCE_CODE_XH
	err = k.recordWith(ctx, by.addr, types.ID(dispute.Subject), types.TRAIL_KIND_DISPUTE_ANSWERED, by.addr, id, types.PURPOSE_UNSPECIFIED)
	if err != nil {
		return err
	}
	if err := emit(ctx, &types.EventDisputeAnswered{DisputeId: id.String(), Outcome: msg.Outcome}); err != nil {
		return err
	}
	if err := k.tellOutcome(ctx, dispute); err != nil {
		return err
	}
	if msg.Outcome == types.DISPUTE_OUTCOME_DELETED {
		return k.closeDispute(ctx, &dispute, &tradeline, by.addr)
	}
	if err := k.awaitEscalation(ctx, &dispute); err != nil {
		return err
	}
	return k.followDispute(ctx, &tradeline, dispute, by.addr)
}

// requireAnswer says whether this outcome is an answer to the dispute as it stands. FRIVOLOUS is for disputes in which the
// subject brought nothing forward, and comes in time (FCRA s. 611(a)(3)).
func requireAnswer(by actor, dispute types.Dispute, msg *types.MsgAnswerDispute) error {
	switch dispute.Status {
	case types.DISPUTE_STATUS_OPEN, types.DISPUTE_STATUS_SILENT, types.DISPUTE_STATUS_ORDERED:
	default:
		return types.ErrDisputeState.Wrapf("dispute %x is %s since %s: it waits for no answer", dispute.Id, dispute.Status, rfc3339(dispute.StatusSince))
	}
	switch msg.Outcome {
	case types.DISPUTE_OUTCOME_MODIFIED:
		return requireReportOf(by, dispute, msg)
	case types.DISPUTE_OUTCOME_DELETED:
	case types.DISPUTE_OUTCOME_VERIFIED:
		if dispute.Status == types.DISPUTE_STATUS_ORDERED {
			return types.ErrInvalidOutcome.Wrapf("the mediator asked for a correction: answer %s with the corrected record, or %s",
				types.DISPUTE_OUTCOME_MODIFIED, types.DISPUTE_OUTCOME_DELETED)
		}
	case types.DISPUTE_OUTCOME_FRIVOLOUS:
		switch {
		case dispute.Status != types.DISPUTE_STATUS_OPEN:
			return types.ErrInvalidOutcome.Wrapf("%s is an answer to an open dispute alone: this one is %s", msg.Outcome, dispute.Status)
		case len(dispute.Facts) != 0:
			return types.ErrInvalidOutcome.Wrap("the subject brought facts forward: look into them and answer VERIFIED, MODIFIED or DELETED")
		}
	default:
		return types.ErrInvalidOutcome.Wrapf("%s: answer VERIFIED, MODIFIED, DELETED or FRIVOLOUS", msg.Outcome)
	}
	if msg.Report != nil || len(msg.SchemaId) != 0 {
		return types.ErrInvalidOutcome.Wrapf("report and schema_id go with MODIFIED: leave them out with %s", msg.Outcome)
	}
	return nil
}

// requireReportOf checks that the corrected record is a version of the one in dispute.
func requireReportOf(by actor, dispute types.Dispute, msg *types.MsgAnswerDispute) error {
	if msg.Report == nil {
		return types.ErrInvalidReport.Wrap("MODIFIED needs the corrected record in report and its schema in schema_id")
	}
	if _, err := types.IDFromBytes("schema_id", msg.SchemaId); err != nil {
		return err
	}
	item, err := readReport(by, msg.SchemaId, *msg.Report)
	if err != nil {
		return err
	}
	if !bytes.Equal(item.report.Subject, dispute.Subject) || item.tradeline != types.ID(dispute.TradelineId) {
		return types.ErrInvalidReport.Wrapf("it is about tradeline %s: the dispute is about %x", item.tradeline, dispute.TradelineId)
	}
	return nil
}

// answeredRecord returns the record as the answer leaves it, still in its state: with a new version when that is the answer.
func (k *Keeper) answeredRecord(ctx context.Context, by actor, dispute types.Dispute, msg *types.MsgAnswerDispute) (types.Tradeline, error) {
	if msg.Outcome == types.DISPUTE_OUTCOME_MODIFIED {
		return k.newVersion(ctx, by, msg.SchemaId, *msg.Report, types.CORRECTION_REASON_DISPUTE)
	}
	return k.GetTradeline(ctx, types.ID(dispute.Subject), types.ID(dispute.TradelineId))
}
