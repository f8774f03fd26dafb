package simulation

import (
	"errors"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"

	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// MsgGiveNoticesFactory gives notice before a report, or before a deleted record comes back.
func MsgGiveNoticesFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgGiveNotices] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgGiveNotices) {
		if e.r.Bool() {
			by, subject := e.institution(institutiontypes.ROLE_FURNISHER), e.subject()
			return by, &types.MsgGiveNotices{Furnisher: by.AddressBech32, Kind: types.NOTICE_KIND_NEGATIVE_REPORTING, Notices: []types.GivenNotice{
				{Subject: subject, Account: accountOf(subject, e.r.Intn(accountsPerSubject)), Commitment: e.randomID().Bytes()},
			}}
		}
		tradeline := pick(e, "deleted tradeline", k.WalkTradelines, func(t types.Tradeline) bool {
			return t.StateReason == types.STATE_REASON_DELETED && e.can(t.Furnisher, institutiontypes.ROLE_FURNISHER) && e.accountOfLine(t) != nil
		})
		return e.account(tradeline.Furnisher), &types.MsgGiveNotices{
			Furnisher: tradeline.Furnisher, Kind: types.NOTICE_KIND_REINSERTION, Notices: []types.GivenNotice{
				{Subject: tradeline.Subject, Account: e.accountOfLine(tradeline), Commitment: e.randomID().Bytes()},
			},
		}
	})
}

// MsgUpdateBatchFactory updates a tradeline.
func MsgUpdateBatchFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgUpdateBatch] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgUpdateBatch) {
		tradeline, account := e.lineToCorrect()
		return e.account(tradeline.Furnisher), &types.MsgUpdateBatch{
			Furnisher: tradeline.Furnisher, SchemaId: e.schema(), Reports: []types.Report{e.newVersion(tradeline, account)},
		}
	})
}

// MsgDeclareRepaidFactory applies the repair policy of the simulation to a tradeline.
func MsgDeclareRepaidFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgDeclareRepaid] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgDeclareRepaid) {
		tradeline := pick(e, "tradeline to repair", k.WalkTradelines, func(t types.Tradeline) bool {
			return t.State == types.RECORD_STATE_ACTIVE && e.now().Before(t.ShowUntil) && e.can(t.Furnisher, institutiontypes.ROLE_FURNISHER)
		})
		return e.account(tradeline.Furnisher), &types.MsgDeclareRepaid{Furnisher: tradeline.Furnisher, Policy: policyName, Repaid: []types.Repaid{{
			Subject: tradeline.Subject, TradelineId: tradeline.Id, RepaidAt: e.now(), AmountClass: types.AmountClass(1 + e.r.Intn(3)),
		}}}
	})
}

// MsgOpenOwnInquiryFactory looks at one's own file.
func MsgOpenOwnInquiryFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgOpenOwnInquiry] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgOpenOwnInquiry) {
		subject := e.controlled()
		return e.account(subject.Controller), &types.MsgOpenOwnInquiry{Controller: subject.Controller, Subject: subject.Pseudonym, Nonce: e.nonce()}
	})
}

// MsgApproveInquiryFactory approves an inquiry that a data contract lets wait.
func MsgApproveInquiryFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgApproveInquiry] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgApproveInquiry) {
		by := e.institution(institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_SUPERVISOR)
		inquiry := pick(e, "inquiry that waits", k.WalkInquiries, func(i types.Inquiry) bool {
			return i.Status == types.INQUIRY_STATUS_PENDING && e.now().Before(i.ExpiresAt) && i.DataUser != by.AddressBech32 && k.MayApprove(e.ctx, i)
		})
		return by, &types.MsgApproveInquiry{Institution: by.AddressBech32, InquiryId: inquiry.Id}
	})
}

// MsgRecordAdverseActionFactory declares a decision, or gives the notice of one.
func MsgRecordAdverseActionFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRecordAdverseAction] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgRecordAdverseAction) {
		declared := false
		inquiry := pick(e, "inquiry that is over", k.WalkInquiries, func(i types.Inquiry) bool {
			action, err := k.GetAdverseAction(e.ctx, types.ID(i.Id))
			declared = err == nil
			open := i.ClosedAt == nil || i.Kind == types.INQUIRY_KIND_OWN || (err != nil && !errors.Is(err, types.ErrUnknownAdverse))
			return !open && len(action.Notice) == 0 && e.can(i.DataUser, institutiontypes.ROLE_DATA_USER)
		})
		msg := &types.MsgRecordAdverseAction{DataUser: inquiry.DataUser, InquiryId: inquiry.Id}
		if declared || e.r.Bool() {
			msg.Notice = e.randomID().Bytes()
		}
		return e.account(inquiry.DataUser), msg
	})
}

// MsgRequestErasureFactory asks to destroy a tradeline.
func MsgRequestErasureFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRequestErasure] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgRequestErasure) {
		tradeline := pick(e, "tradeline to erase", k.WalkTradelines, func(t types.Tradeline) bool {
			return e.controllerOf(t.Subject) != "" && k.MayErase(e.ctx, t) && !waits(e.erasureOf(t))
		})
		by := e.controllerOf(tradeline.Subject)
		return e.account(by), &types.MsgRequestErasure{Controller: by, Subject: tradeline.Subject, TradelineId: tradeline.Id}
	})
}

// MsgRefuseErasureFactory refuses a request.
func MsgRefuseErasureFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRefuseErasure] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgRefuseErasure) {
		tradeline := pick(e, "erasure to refuse", k.WalkTradelines, func(t types.Tradeline) bool {
			return waits(e.erasureOf(t)) && e.can(t.Furnisher, institutiontypes.ROLE_FURNISHER)
		})
		return e.account(tradeline.Furnisher), &types.MsgRefuseErasure{
			Furnisher: tradeline.Furnisher, TradelineId: tradeline.Id, Ground: types.ErasureGround(1 + e.r.Intn(3)), Evidence: e.randomID().Bytes(),
		}
	})
}

// MsgAttestDestructionFactory destroys a tradeline, on request or after its retention.
func MsgAttestDestructionFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAttestDestruction] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgAttestDestruction) {
		tradeline := pick(e, "tradeline to destroy", k.WalkTradelines, func(t types.Tradeline) bool {
			asked := e.erasureOf(t).Status != types.ERASURE_STATUS_UNSPECIFIED || t.State == types.RECORD_STATE_EXPIRED
			return asked && k.MayErase(e.ctx, t) && e.can(t.Furnisher, institutiontypes.ROLE_FURNISHER)
		})
		return e.account(tradeline.Furnisher), &types.MsgAttestDestruction{
			Furnisher: tradeline.Furnisher, Subject: tradeline.Subject, TradelineId: tradeline.Id, Evidence: e.randomID().Bytes(),
		}
	})
}

// MsgPlaceHoldFactory holds a subject's records.
func MsgPlaceHoldFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgPlaceHold] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgPlaceHold) {
		by := e.institution(institutiontypes.ROLE_SUPERVISOR)
		return by, &types.MsgPlaceHold{
			Supervisor: by.AddressBech32, Subject: e.subject(), Order: e.randomID().Bytes(), Until: e.now().AddDate(0, 0, 1+e.r.Intn(30)), Nonce: e.nonce(),
		}
	})
}

// MsgLiftHoldFactory ends a hold.
func MsgLiftHoldFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgLiftHold] {
	return factory(k, func(e env) (simsx.SimAccount, *types.MsgLiftHold) {
		by := e.institution(institutiontypes.ROLE_SUPERVISOR)
		hold := pick(e, "hold", k.WalkHolds, func(types.LegalHold) bool { return true })
		return by, &types.MsgLiftHold{Supervisor: by.AddressBech32, Subject: hold.Subject, Id: hold.Id}
	})
}
