package simulation

import (
	"errors"
	"time"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func (e env) now() time.Time { return simsx.BlockTime(e.ctx) }

// controlled is a subject that stays, whose controller is one of the simulation's accounts.
func (e env) controlled() types.Subject {
	return pick(e, "subject with a controller", e.k.WalkSubjects, e.ownsFile)
}

func (e env) ownsFile(s types.Subject) bool {
	return len(s.MergedInto) == 0 && e.data.HasAccount(s.Controller)
}

// controllerOf a pseudonym, or of the one that stays; "" when there is none.
func (e env) controllerOf(pseudonym []byte) string {
	subject, err := e.k.GetSubject(e.ctx, types.ID(pseudonym))
	if err == nil && len(subject.MergedInto) != 0 {
		subject, err = e.k.GetSubject(e.ctx, types.ID(subject.MergedInto))
	}
	if err != nil || !e.data.HasAccount(subject.Controller) {
		return ""
	}
	return subject.Controller
}

// accountOfLine is the blinded reference of a tradeline that the simulation reported. It is no part of the state: the
// references that accountOf makes are tried.
func (e env) accountOfLine(t types.Tradeline) []byte {
	furnisher, err := e.data.AddressCodec().StringToBytes(t.Furnisher)
	if err != nil {
		return nil
	}
	for n := range accountsPerSubject {
		account := accountOf(t.Subject, n)
		if types.TradelineID(furnisher, t.Subject, account) == types.ID(t.Id) {
			return account
		}
	}
	return nil
}

// lineToCorrect is a tradeline that its furnisher may give a new version.
func (e env) lineToCorrect() (types.Tradeline, []byte) {
	tradeline := pick(e, "tradeline to correct", e.k.WalkTradelines, func(t types.Tradeline) bool {
		shown := t.State != types.RECORD_STATE_EXPIRED && t.State != types.RECORD_STATE_ERASED && e.now().Before(t.ShowUntil)
		return shown && e.can(t.Furnisher, institutiontypes.ROLE_FURNISHER) && e.accountOfLine(t) != nil
	})
	return tradeline, e.accountOfLine(tradeline)
}

// newVersion of a tradeline, with the clocks that it has.
func (e env) newVersion(t types.Tradeline, account []byte) types.Report {
	return types.Report{
		Subject: t.Subject, Account: account, Commitment: e.randomID().Bytes(), Delinquency: t.Delinquency, ShowUntil: t.ShowUntil,
	}
}

// dispute is one in one of the statuses, whose clock has not struck, and that suits.
func (e env) dispute(what string, suits func(types.Dispute) bool, statuses ...types.DisputeStatus) types.Dispute {
	return pick(e, what, e.k.WalkDisputes, func(d types.Dispute) bool {
		for _, status := range statuses {
			if d.Status == status {
				return (d.DueAt.IsZero() || e.now().Before(d.DueAt)) && suits(d)
			}
		}
		return false
	})
}

// erasureOf a tradeline; its status is unspecified when there is none.
func (e env) erasureOf(t types.Tradeline) types.Erasure {
	erasure, err := e.k.GetErasure(e.ctx, types.ID(t.Id))
	if err != nil && !errors.Is(err, types.ErrUnknownErasure) {
		e.skip("%s", err)
	}
	return erasure
}

func waits(erasure types.Erasure) bool {
	return erasure.Status == types.ERASURE_STATUS_REQUESTED || erasure.Status == types.ERASURE_STATUS_SILENT
}
