package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Erasure is the furnisher's to do: it destroys payload, salts and keys (crypto-shredding) and attests that it did. The chain
// keeps ids, times, states and trails, and commitments that mean nothing any more; it cannot forget them, and takes nothing
// back: the attestation of the last version stays as it was stated.

// requestErasure asks the furnisher to destroy one tradeline, and returns until when.
func (k *Keeper) requestErasure(ctx context.Context, by actor, subjectID, tradelineID []byte) (time.Time, error) {
	pseudonym, err := types.IDFromBytes("subject", subjectID)
	if err != nil {
		return time.Time{}, err
	}
	id, err := types.IDFromBytes("tradeline_id", tradelineID)
	if err != nil {
		return time.Time{}, err
	}
	subject, err := k.requireControllerOf(ctx, by, pseudonym)
	if err != nil {
		return time.Time{}, err
	}
	tradeline, err := k.GetTradeline(ctx, pseudonym, id)
	if err != nil {
		return time.Time{}, err
	}
	if err := k.requireErasable(ctx, subject, tradeline); err != nil {
		return time.Time{}, err
	}
	if err := k.requireUnasked(ctx, id); err != nil {
		return time.Time{}, err
	}
	furnisher, err := k.parseActor("furnisher", tradeline.Furnisher)
	if err != nil {
		return time.Time{}, err
	}
	due, err := k.erasureDue(ctx, furnisher)
	if err != nil {
		return time.Time{}, err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	erasure := types.Erasure{
		TradelineId: id.Bytes(), Subject: pseudonym.Bytes(), Status: types.ERASURE_STATUS_REQUESTED, RequestedAt: &now, DueAt: &due,
	}
	if err := k.erasureQueue.Set(ctx, erasureKey(erasure)); err != nil {
		return due, err
	}
	if err := k.setErasure(ctx, erasure); err != nil {
		return due, err
	}
	err = k.recordWith(ctx, furnisher.addr, pseudonym, types.TRAIL_KIND_ERASURE_REQUESTED, by.addr, id, types.PURPOSE_UNSPECIFIED)
	if err != nil {
		return due, err
	}
	return due, emit(ctx, &types.EventErasureRequested{TradelineId: id.String(), Furnisher: furnisher.text, DueAt: rfc3339(due)})
}

// erasureDue is when the furnisher has to have answered. It has to whatever has become of its licence.
func (k *Keeper) erasureDue(ctx context.Context, furnisher actor) (time.Time, error) {
	institution, err := k.institutions.GetInstitution(ctx, furnisher.addr)
	if err != nil {
		return time.Time{}, err
	}
	profile, err := k.profileOf(ctx, institution)
	if err != nil {
		return time.Time{}, err
	}
	return sdk.UnwrapSDKContext(ctx).BlockTime().Add(days(profile.ErasureDays)), nil
}

// requireErasable refuses to erase what is evidence in a dispute or held by an order, and what is erased.
func (k *Keeper) requireErasable(ctx context.Context, subject types.Subject, tradeline types.Tradeline) error {
	if tradeline.State == types.RECORD_STATE_ERASED {
		return types.ErrNotDestructible.Wrapf("tradeline %x is destroyed", tradeline.Id)
	}
	disputed, err := k.inDispute(ctx, tradeline)
	if err != nil {
		return err
	}
	if disputed {
		return types.ErrErasureHeld.Wrapf("tradeline %x is disputed: wait until dispute %x is over", tradeline.Id, tradeline.DisputeId)
	}
	return k.requireNotHeld(ctx, subject, tradeline)
}

// inDispute says whether somebody has to answer or decide a dispute of the tradeline.
func (k *Keeper) inDispute(ctx context.Context, tradeline types.Tradeline) (bool, error) {
	if tradeline.State == types.RECORD_STATE_DISPUTED {
		return true, nil
	}
	if len(tradeline.DisputeId) == 0 {
		return false, nil
	}
	dispute, err := k.disputes.Get(ctx, types.ID(tradeline.DisputeId))
	if errors.Is(err, collections.ErrNotFound) {
		return false, types.ErrInvariant.Wrapf("tradeline %x: dispute %x is not there", tradeline.Id, tradeline.DisputeId)
	}
	if err != nil {
		return false, err
	}
	switch dispute.Status {
	case types.DISPUTE_STATUS_OPEN, types.DISPUTE_STATUS_SILENT, types.DISPUTE_STATUS_ESCALATED, types.DISPUTE_STATUS_ORDERED:
		return true, nil
	default:
		return false, nil
	}
}

// requireUnasked refuses a second request while the first waits for its answer. After a refusal the subject may ask again:
// a ground can cease.
func (k *Keeper) requireUnasked(ctx context.Context, tradeline types.ID) error {
	erasure, err := k.GetErasure(ctx, tradeline)
	switch {
	case errors.Is(err, types.ErrUnknownErasure):
		return nil
	case err != nil:
		return err
	case erasure.Status == types.ERASURE_STATUS_REQUESTED || erasure.Status == types.ERASURE_STATUS_SILENT:
		return types.ErrErasureExists.Wrapf("tradeline %s: it is %s", tradeline, erasure.Status)
	}
	return nil
}

// refuseErasure keeps the furnisher's ground not to erase. A record that its silence suppressed is shown again.
func (k *Keeper) refuseErasure(ctx context.Context, by actor, msg *types.MsgRefuseErasure) error {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_FURNISHER); err != nil {
		return err
	}
	id, err := types.IDFromBytes("tradeline_id", msg.TradelineId)
	if err != nil {
		return err
	}
	erasure, err := k.GetErasure(ctx, id)
	if err != nil {
		return err
	}
	tradeline, err := k.tradelineOf(ctx, by, erasure.Subject, msg.TradelineId)
	if err != nil {
		return err
	}
	if _, known := types.ErasureGround_name[int32(msg.Ground)]; !known || msg.Ground == types.ERASURE_GROUND_UNSPECIFIED {
		return types.ErrInvalidGround.Wrapf("ground %d: choose one of ErasureGround", msg.Ground)
	}
	if err := requireCommitment("evidence", msg.Evidence); err != nil {
		return err
	}
	waiting := erasure.Status == types.ERASURE_STATUS_REQUESTED || erasure.Status == types.ERASURE_STATUS_SILENT
	if !waiting {
		return types.ErrErasureState.Wrapf("the request about tradeline %s is %s: there is nothing to answer", id, erasure.Status)
	}
	if err := k.answerErasure(ctx, erasure, types.ERASURE_STATUS_REFUSED, msg.Ground, msg.Evidence); err != nil {
		return err
	}
	subject := types.ID(erasure.Subject)
	err = k.recordWith(ctx, by.addr, subject, types.TRAIL_KIND_ERASURE_REFUSED, by.addr, id, types.PURPOSE_UNSPECIFIED)
	if err != nil {
		return err
	}
	if err := k.endSilence(ctx, by, erasure, tradeline); err != nil {
		return err
	}
	return emit(ctx, &types.EventErasureRefused{TradelineId: id.String(), Ground: msg.Ground})
}

// endSilence shows a record again that was suppressed for want of this answer, and not of one to a dispute.
func (k *Keeper) endSilence(ctx context.Context, by actor, erasure types.Erasure, tradeline types.Tradeline) error {
	silenced := tradeline.State == types.RECORD_STATE_SUPPRESSED && tradeline.StateReason == types.STATE_REASON_SILENCE
	if erasure.Status != types.ERASURE_STATUS_SILENT || !silenced {
		return nil
	}
	if disputed, err := k.inDispute(ctx, tradeline); err != nil || disputed {
		return err
	}
	return k.changeState(ctx, &tradeline, types.RECORD_STATE_ACTIVE, types.STATE_REASON_SILENCE, by.addr)
}

// answerErasure writes the answer and takes the request out of the queue, where it is until it is due.
func (k *Keeper) answerErasure(
	ctx context.Context, erasure types.Erasure, status types.ErasureStatus, ground types.ErasureGround, evidence []byte,
) error {
	if erasure.Status == types.ERASURE_STATUS_REQUESTED {
		if err := k.erasureQueue.Remove(ctx, erasureKey(erasure)); err != nil {
			return err
		}
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	erasure.Status, erasure.Ground, erasure.Evidence, erasure.AnsweredAt = status, ground, evidence, &now
	return k.setErasure(ctx, erasure)
}

// attestDestruction keeps the furnisher's word that payload and keys are destroyed: since the subject asked for it, even if it
// was refused at first, or since the retention ended.
func (k *Keeper) attestDestruction(ctx context.Context, by actor, msg *types.MsgAttestDestruction) error {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_FURNISHER); err != nil {
		return err
	}
	tradeline, err := k.tradelineOf(ctx, by, msg.Subject, msg.TradelineId)
	if err != nil {
		return err
	}
	if err := requireCommitment("evidence", msg.Evidence); err != nil {
		return err
	}
	subject, err := k.GetSubject(ctx, types.ID(tradeline.Subject))
	if err != nil {
		return err
	}
	if err := k.requireErasable(ctx, subject, tradeline); err != nil {
		return err
	}
	id := types.ID(tradeline.Id)
	erasure, err := k.GetErasure(ctx, id)
	switch {
	case errors.Is(err, types.ErrUnknownErasure):
		if tradeline.State != types.RECORD_STATE_EXPIRED {
			return types.ErrNotDestructible.Wrapf("tradeline %s: its subject has not asked for it, and its retention ends at %s",
				id, rfc3339(tradeline.ShowUntil))
		}
		erasure = types.Erasure{TradelineId: id.Bytes(), Subject: tradeline.Subject}
	case err != nil:
		return err
	}
	if err := k.answerErasure(ctx, erasure, types.ERASURE_STATUS_DONE, types.ERASURE_GROUND_UNSPECIFIED, msg.Evidence); err != nil {
		return err
	}
	if err := k.erase(ctx, by, tradeline); err != nil {
		return err
	}
	return emit(ctx, &types.EventDestructionAttested{TradelineId: id.String(), Furnisher: by.text})
}

// erase drops what the record itself still says beside ids, times and commitments.
func (k *Keeper) erase(ctx context.Context, by actor, tradeline types.Tradeline) error {
	if tradeline.State != types.RECORD_STATE_EXPIRED {
		if err := k.retention.Remove(ctx, retentionKey(tradeline)); err != nil {
			return err
		}
	}
	tradeline.Annotations, tradeline.RepairPolicy = nil, "" // changeState ends its dispute
	tradeline.Compliance = types.COMPLIANCE_CODE_UNSPECIFIED
	return k.changeState(ctx, &tradeline, types.RECORD_STATE_ERASED, types.STATE_REASON_DESTROYED, by.addr)
}

// endErasures records the silence of furnishers whose time to answer is over.
func (k *Keeper) endErasures(ctx sdk.Context, limit int) error {
	return queue[deadlineOf]{
		name: erasureQueue, keys: k.erasureQueue, id: deadlineOf.K3, work: k.silenceErasure, due: dueOf(ctx),
	}.drain(ctx, limit)
}

// silenceErasure suppresses a record until its furnisher answers. One that is not shown as it is stays in its state: it is
// disputed, suppressed for another reason or over.
func (k *Keeper) silenceErasure(ctx sdk.Context, key deadlineOf) error {
	id := key.K3()
	erasure, err := k.GetErasure(ctx, id)
	if err != nil {
		return err
	}
	if erasure.Status != types.ERASURE_STATUS_REQUESTED {
		return types.ErrInvariant.Wrapf("the request about tradeline %s is %s and was still in the queue", id, erasure.Status)
	}
	tradeline, err := k.GetTradeline(ctx, key.K2(), id)
	if err != nil {
		return err
	}
	furnisher, err := k.parseActor("furnisher", tradeline.Furnisher)
	if err != nil {
		return err
	}
	erasure.Status = types.ERASURE_STATUS_SILENT
	if err := k.setErasure(ctx, erasure); err != nil {
		return err
	}
	if err := k.recordSilence(ctx, furnisher.addr, key.K2(), id, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	if tradeline.State != types.RECORD_STATE_ACTIVE {
		return nil
	}
	return k.changeState(ctx, &tradeline, types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_SILENCE, furnisher.addr)
}

// GetErasure returns the erasure of a tradeline.
func (k *Keeper) GetErasure(ctx context.Context, tradeline types.ID) (types.Erasure, error) {
	erasure, err := k.erasures.Get(ctx, tradeline)
	if errors.Is(err, collections.ErrNotFound) {
		return erasure, types.ErrUnknownErasure.Wrapf("tradeline %s: nobody asked to erase it, and it is not destroyed", tradeline)
	}
	erasure.TradelineId = tradeline.Bytes()
	return erasure, err
}

func (k *Keeper) setErasure(ctx context.Context, erasure types.Erasure) error {
	id := types.ID(erasure.TradelineId)
	erasure.TradelineId = nil
	return k.erasures.Set(ctx, id, erasure)
}

// erasureKey is the place of a request in the queue.
func erasureKey(erasure types.Erasure) deadlineOf {
	return collections.Join3(*erasure.DueAt, types.ID(erasure.Subject), types.ID(erasure.TradelineId))
}
