package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// GetDispute returns the dispute of that id.
func (k *Keeper) GetDispute(ctx context.Context, id types.ID) (types.Dispute, error) {
	dispute, err := k.disputes.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return dispute, types.ErrUnknownDispute.Wrapf("%s: list those of a subject with `creditd query credit disputes`", id)
	}
	dispute.Id = id.Bytes()
	return dispute, err
}

func (k *Keeper) setDispute(ctx context.Context, dispute types.Dispute) error {
	id := types.ID(dispute.Id)
	dispute.Id = nil
	return k.disputes.Set(ctx, id, dispute)
}

// currentDispute returns a dispute as it is at the block time: when its clock has struck and the queue has not come to it,
// what the clock does is done now. So nobody gains or loses by a queue that is behind.
func (k *Keeper) currentDispute(ctx context.Context, id types.ID) (types.Dispute, error) {
	dispute, err := k.GetDispute(ctx, id)
	if err != nil || dispute.DueAt.IsZero() || sdk.UnwrapSDKContext(ctx).BlockTime().Before(dispute.DueAt) {
		return dispute, err
	}
	if err := k.disputeQueue.Remove(ctx, collections.Join(dispute.DueAt, id)); err != nil {
		return dispute, err
	}
	return dispute, k.endDisputeStatus(ctx, &dispute)
}

// moveDispute brings a dispute into a status and writes it; dueAt is when that ends by itself, zero when it does not.
func (k *Keeper) moveDispute(ctx context.Context, dispute *types.Dispute, to types.DisputeStatus, dueAt time.Time) error {
	id := types.ID(dispute.Id)
	if !dispute.DueAt.IsZero() {
		if err := k.disputeQueue.Remove(ctx, collections.Join(dispute.DueAt, id)); err != nil {
			return err
		}
	}
	if !dueAt.IsZero() {
		if err := k.disputeQueue.Set(ctx, collections.Join(dueAt, id)); err != nil {
			return err
		}
	}
	dispute.Status, dispute.DueAt, dispute.StatusSince = to, dueAt, sdk.UnwrapSDKContext(ctx).BlockTime()
	return k.setDispute(ctx, *dispute)
}

// requireDisputeStatus lets a message through that the status allows. over are the statuses which mean that it comes too late.
func requireDisputeStatus(dispute types.Dispute, allowed types.DisputeStatus, over ...types.DisputeStatus) error {
	if dispute.Status == allowed {
		return nil
	}
	for _, late := range over {
		if dispute.Status == late {
			return types.ErrDisputeDeadline.Wrapf("dispute %x is %s since %s", dispute.Id, dispute.Status, rfc3339(dispute.StatusSince))
		}
	}
	return types.ErrDisputeState.Wrapf("dispute %x is %s since %s, this needs %s", dispute.Id, dispute.Status, rfc3339(dispute.StatusSince), allowed)
}

// openDispute annotates a record in the block in which its subject says that it is wrong, and starts the clock of the
// furnisher's profile.
func (k *Keeper) openDispute(ctx context.Context, by actor, msg *types.MsgOpenDispute) (types.Dispute, error) {
	dispute, err := newDispute(msg)
	if err != nil {
		return dispute, err
	}
	subject, err := k.requireControllerOf(ctx, by, types.ID(dispute.Subject))
	if err != nil {
		return dispute, err
	}
	tradeline, err := k.requireDisputable(ctx, dispute)
	if err != nil {
		return dispute, err
	}
	furnisher, err := k.parseActor("furnisher", tradeline.Furnisher)
	if err != nil {
		return dispute, err
	}
	if err := k.startDispute(ctx, &dispute, tradeline, furnisher); err != nil {
		return dispute, err
	}
	tradeline.DisputeId, tradeline.Compliance = dispute.Id, types.COMPLIANCE_CODE_XB
	if err := k.followDispute(ctx, &tradeline, dispute, by.addr); err != nil {
		return dispute, err
	}
	id := types.ID(dispute.Id)
	err = k.recordWith(ctx, furnisher.addr, types.ID(dispute.Subject), types.TRAIL_KIND_DISPUTE_OPENED, by.addr, id, types.PURPOSE_UNSPECIFIED)
	if err != nil {
		return dispute, err
	}
	err = emit(ctx, &types.EventDisputeOpened{
		DisputeId: id.String(), Subject: types.ID(dispute.Subject).String(), TradelineId: types.ID(dispute.TradelineId).String(),
		Furnisher: furnisher.text, Reason: dispute.Reason, DueAt: rfc3339(dispute.DueAt),
	})
	if err != nil {
		return dispute, err
	}
	_, err = k.runContracts(ctx, contractEvent{
		trigger: types.CONTRACT_TRIGGER_DISPUTE, ref: id, subject: subject, institution: furnisher, tradeline: &tradeline, dispute: &dispute,
	})
	return dispute, err
}

// newDispute checks the shape of the message.
func newDispute(msg *types.MsgOpenDispute) (types.Dispute, error) {
	if _, err := types.IDFromBytes("subject", msg.Subject); err != nil {
		return types.Dispute{}, err
	}
	if _, err := types.IDFromBytes("tradeline_id", msg.TradelineId); err != nil {
		return types.Dispute{}, err
	}
	if err := requireNonce(msg.Nonce); err != nil {
		return types.Dispute{}, err
	}
	if _, known := types.DisputeReason_name[int32(msg.Reason)]; !known || msg.Reason == types.DISPUTE_REASON_UNSPECIFIED {
		return types.Dispute{}, types.ErrInvalidDispute.Wrapf("reason %d: choose one of DisputeReason", msg.Reason)
	}
	if len(msg.Facts) != 0 {
		if err := requireCommitment("facts", msg.Facts); err != nil {
			return types.Dispute{}, err
		}
	}
	return types.Dispute{
		Id:          types.DisputeID(msg.Subject, msg.TradelineId, msg.Nonce).Bytes(),
		Subject:     msg.Subject,
		TradelineId: msg.TradelineId,
		Reason:      msg.Reason,
		Facts:       msg.Facts,
	}, nil
}

// requireDisputable returns the record that a new dispute is about. Only one that is shown can be disputed, and by one
// dispute at a time: a dispute of a hidden record would show it again.
func (k *Keeper) requireDisputable(ctx context.Context, dispute types.Dispute) (types.Tradeline, error) {
	id := types.ID(dispute.Id)
	exists, err := k.disputes.Has(ctx, id)
	if err != nil {
		return types.Tradeline{}, err
	}
	if exists {
		return types.Tradeline{}, types.ErrDisputeExists.Wrapf("%s: it needs no sending again; another dispute needs another nonce", id)
	}
	tradeline, err := k.GetTradeline(ctx, types.ID(dispute.Subject), types.ID(dispute.TradelineId))
	if err != nil {
		return tradeline, err
	}
	if len(tradeline.DisputeId) != 0 && tradeline.StateReason != types.STATE_REASON_DELETED {
		under, err := k.currentDispute(ctx, types.ID(tradeline.DisputeId))
		if err != nil {
			return tradeline, err
		}
		if under.Status != types.DISPUTE_STATUS_CLOSED {
			return tradeline, types.ErrDisputeExists.Wrapf("%x of this tradeline is %s: extend it, escalate it or wait for its end", under.Id, under.Status)
		}
		if tradeline, err = k.GetTradeline(ctx, types.ID(dispute.Subject), types.ID(dispute.TradelineId)); err != nil {
			return tradeline, err
		}
	}
	if tradeline.State != types.RECORD_STATE_ACTIVE {
		return tradeline, types.ErrNotDisputable.Wrapf("it is %s (%s) and not shown: dispute it when it is shown again",
			tradeline.State, tradeline.StateReason)
	}
	return tradeline, nil
}

// startDispute writes a dispute with the clock that the furnisher's profile sets. A licence that ended changes nothing: the
// record is still shown.
func (k *Keeper) startDispute(ctx context.Context, dispute *types.Dispute, tradeline types.Tradeline, furnisher actor) error {
	institution, err := k.institutions.GetInstitution(ctx, furnisher.addr)
	if err != nil {
		return err
	}
	profile, err := k.profileOf(ctx, institution)
	if err != nil {
		return err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	dispute.Furnisher, dispute.Version = furnisher.text, tradeline.Version
	dispute.Profile, dispute.OpenedAt = profile.Code, now
	if err := k.subjectDisputes.Set(ctx, collections.Join(types.ID(dispute.Subject), types.ID(dispute.Id))); err != nil {
		return err
	}
	return k.moveDispute(ctx, dispute, types.DISPUTE_STATUS_OPEN, daysAfter(now, profile.DisputeDays))
}

// extendDispute gives the furnisher more time, once, when the party asks that the profile names: the subject by bringing
// forward new facts (FCRA s. 611(a)(1)(B)), or the furnisher (GDPR art. 12(3)).
func (k *Keeper) extendDispute(ctx context.Context, by actor, msg *types.MsgExtendDispute) error {
	id, err := types.IDFromBytes("id", msg.Id)
	if err != nil {
		return err
	}
	dispute, err := k.currentDispute(ctx, id)
	if err != nil {
		return err
	}
	profile, err := k.GetProfile(ctx, dispute.Profile)
	if err != nil {
		return err
	}
	if err := k.requireExtender(ctx, by, dispute, profile); err != nil {
		return err
	}
	if err := requireDisputeStatus(dispute, types.DISPUTE_STATUS_OPEN, types.DISPUTE_STATUS_SILENT); err != nil {
		return err
	}
	if dispute.Extended {
		return types.ErrExtensionNotAllowed.Wrapf("%s was extended and is due at %s: once is all", id, rfc3339(dispute.DueAt))
	}
	if err := takeFacts(&dispute, profile.DisputeExtensionBy, msg.Facts); err != nil {
		return err
	}
	dispute.Extended = true
	if err := k.moveDispute(ctx, &dispute, dispute.Status, daysAfter(dispute.DueAt, profile.DisputeExtensionDays)); err != nil {
		return err
	}
	furnisher, err := k.parseActor("furnisher", dispute.Furnisher)
	if err != nil {
		return err
	}
	err = k.recordWith(ctx, furnisher.addr, types.ID(dispute.Subject), types.TRAIL_KIND_DISPUTE_EXTENDED, by.addr, id, types.PURPOSE_UNSPECIFIED)
	if err != nil {
		return err
	}
	return emit(ctx, &types.EventDisputeExtended{DisputeId: id.String(), DueAt: rfc3339(dispute.DueAt)})
}

// takeFacts checks what an extension rests on: facts of the subject that are not those that it was opened with, and none of
// the furnisher.
func takeFacts(dispute *types.Dispute, party types.DisputeParty, facts []byte) error {
	if party != types.DISPUTE_PARTY_SUBJECT {
		if len(facts) != 0 {
			return types.ErrInvalidDispute.Wrap("facts are the subject's to bring forward: leave them out")
		}
		return nil
	}
	if err := requireCommitment("facts", facts); err != nil {
		return err
	}
	if string(facts) == string(dispute.Facts) {
		return types.ErrInvalidDispute.Wrap("these facts were brought forward before: only new ones extend the time")
	}
	dispute.Facts = facts
	return nil
}

func daysAfter(t time.Time, days uint32) time.Time {
	return t.Add(time.Duration(days) * 24 * time.Hour)
}
