package simulation

import (
	"github.com/cosmos/cosmos-sdk/testutil/simsx"

	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// MsgOpenDisputeFactory disputes a tradeline that is shown.
func MsgOpenDisputeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgOpenDispute] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgOpenDispute) {
		tradeline := pick(e, "tradeline to dispute", k.WalkTradelines, func(t types.Tradeline) bool {
			return t.State == types.RECORD_STATE_ACTIVE && len(t.DisputeId) == 0 && e.controllerOf(t.Subject) != ""
		})
		by := e.controllerOf(tradeline.Subject)
		return e.account(by), &types.MsgOpenDispute{
			Controller: by, Subject: tradeline.Subject, TradelineId: tradeline.Id, Nonce: e.nonce(),
			Reason: types.DisputeReason(1 + e.r.Intn(len(types.DisputeReason_name)-1)),
		}
	})
}

// MsgExtendDisputeFactory brings new facts forward.
func MsgExtendDisputeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgExtendDispute] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgExtendDispute) {
		dispute := e.dispute("dispute to extend", func(d types.Dispute) bool {
			return !d.Extended && e.controllerOf(d.Subject) != ""
		}, types.DISPUTE_STATUS_OPEN)
		by := e.controllerOf(dispute.Subject)
		return e.account(by), &types.MsgExtendDispute{Signer: by, Id: dispute.Id, Facts: e.randomID().Bytes()}
	})
}

// MsgAnswerDisputeFactory answers a dispute.
func MsgAnswerDisputeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAnswerDispute] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgAnswerDispute) {
		dispute := e.dispute("dispute to answer", func(d types.Dispute) bool {
			return e.can(d.Furnisher, institutiontypes.ROLE_FURNISHER)
		}, types.DISPUTE_STATUS_OPEN, types.DISPUTE_STATUS_SILENT)
		outcome := types.DISPUTE_OUTCOME_VERIFIED
		if e.r.Bool() {
			outcome = types.DISPUTE_OUTCOME_DELETED
		}
		return e.account(dispute.Furnisher), &types.MsgAnswerDispute{
			Furnisher: dispute.Furnisher, Id: dispute.Id, Outcome: outcome, Evidence: e.randomID().Bytes(),
		}
	})
}

// MsgEscalateDisputeFactory asks a mediator.
func MsgEscalateDisputeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgEscalateDispute] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgEscalateDispute) {
		mediator := e.institution(institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_SUPERVISOR)
		dispute := e.dispute("dispute to escalate", func(d types.Dispute) bool {
			return e.controllerOf(d.Subject) != "" && d.Furnisher != mediator.AddressBech32 && d.Mediator != mediator.AddressBech32
		}, types.DISPUTE_STATUS_ANSWERED, types.DISPUTE_STATUS_SILENT)
		by := e.controllerOf(dispute.Subject)
		return e.account(by), &types.MsgEscalateDispute{Controller: by, Id: dispute.Id, Mediator: mediator.AddressBech32}
	})
}

// MsgDecideDisputeFactory decides a dispute.
func MsgDecideDisputeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgDecideDispute] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgDecideDispute) {
		dispute := e.dispute("dispute to decide", func(d types.Dispute) bool {
			return e.can(d.Mediator, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_SUPERVISOR)
		}, types.DISPUTE_STATUS_ESCALATED)
		return e.account(dispute.Mediator), &types.MsgDecideDispute{
			Mediator: dispute.Mediator, Id: dispute.Id, Outcome: types.DisputeOutcome(1 + e.r.Intn(3)), Evidence: e.randomID().Bytes(),
		}
	})
}

// MsgAddStatementFactory puts a statement beside a record that was verified.
func MsgAddStatementFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAddStatement] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgAddStatement) {
		dispute := e.dispute("verified dispute", func(d types.Dispute) bool {
			t, err := k.GetTradeline(e.ctx, types.ID(d.Subject), types.ID(d.TradelineId))
			ended := err != nil || t.State == types.RECORD_STATE_EXPIRED || t.State == types.RECORD_STATE_ERASED
			return d.Outcome == types.DISPUTE_OUTCOME_VERIFIED && !ended && e.controllerOf(d.Subject) != ""
		}, types.DISPUTE_STATUS_ANSWERED, types.DISPUTE_STATUS_CLOSED)
		by := e.controllerOf(dispute.Subject)
		return e.account(by), &types.MsgAddStatement{Controller: by, Id: dispute.Id, Statement: e.randomID().Bytes()}
	})
}

// MsgReinsertFactory shows a deleted tradeline again.
func MsgReinsertFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgReinsert] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgReinsert) {
		tradeline := pick(e, "tradeline to reinsert", k.WalkTradelines, func(t types.Tradeline) bool {
			return k.MayReinsert(e.ctx, t) && e.can(t.Furnisher, institutiontypes.ROLE_FURNISHER)
		})
		return e.account(tradeline.Furnisher), &types.MsgReinsert{
			Furnisher: tradeline.Furnisher, Subject: tradeline.Subject, TradelineId: tradeline.Id, Evidence: e.randomID().Bytes(),
		}
	})
}
