package keeper

import (
	"bytes"
	"context"
	"errors"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// revision is why tradelines get new versions, and what the trail says of it.
type revision struct {
	reason       types.CorrectionReason
	kind         types.TrailKind
	answersOrder bool // it is the correction that a mediator asked for
}

// correct gives one tradeline a new version, for a reason that the furnisher gives. A mediator's order is not answered by it:
// that is for the answer to the dispute, which has evidence.
func (k *Keeper) correct(
	ctx context.Context, by actor, schemaID []byte, report types.Report, reason types.CorrectionReason,
) (types.Tradeline, error) {
	if _, known := types.CorrectionReason_name[int32(reason)]; !known || reason == types.CORRECTION_REASON_UNSPECIFIED {
		return types.Tradeline{}, types.ErrInvalidReason.Wrapf("reason %d: choose one of CorrectionReason", reason)
	}
	return k.correctOne(ctx, by, schemaID, report, revision{reason: reason, kind: types.TRAIL_KIND_CORRECTED})
}

// newVersion gives one tradeline the version that a dispute led to. It also ends a suppression by a mediator's order; whatever
// else the dispute changes is up to the caller, who goes on with the tradeline returned.
func (k *Keeper) newVersion(
	ctx context.Context, by actor, schemaID []byte, report types.Report, reason types.CorrectionReason,
) (types.Tradeline, error) {
	return k.correctOne(ctx, by, schemaID, report, revision{
		reason: reason, kind: types.TRAIL_KIND_CORRECTED, answersOrder: reason == types.CORRECTION_REASON_DISPUTE,
	})
}

func (k *Keeper) correctOne(ctx context.Context, by actor, schemaID []byte, report types.Report, why revision) (types.Tradeline, error) {
	tradelines, err := k.newVersions(ctx, by, schemaID, []types.Report{report}, why)
	if err != nil {
		return types.Tradeline{}, err
	}
	tradeline := tradelines[0]
	return tradeline, emit(ctx, types.NewEventCorrected(
		types.ID(tradeline.Id), types.ID(tradeline.AttestationId), tradeline.Version, why.reason))
}

// updateBatch is the monthly update of tradelines under one schema, all or none.
func (k *Keeper) updateBatch(ctx context.Context, by actor, schemaID []byte, reports []types.Report) error {
	if err := k.requireBatch(ctx, "reports", len(reports)); err != nil {
		return err
	}
	why := revision{reason: types.CORRECTION_REASON_UPDATE, kind: types.TRAIL_KIND_UPDATED}
	updated, err := k.newVersions(ctx, by, schemaID, reports, why)
	if err != nil {
		return err
	}
	return emit(ctx, &types.EventBatchUpdated{
		Furnisher: by.text, SchemaId: types.ID(schemaID).String(), Count: uint32(len(updated)),
	})
}

// newVersions gives the furnisher's tradelines new versions under one schema. The id of a tradeline contains its furnisher,
// so nobody can name another's. A merged subject's tradelines go on under its old pseudonym.
func (k *Keeper) newVersions(
	ctx context.Context, by actor, schemaID []byte, reports []types.Report, why revision,
) ([]types.Tradeline, error) {
	profile, err := k.furnisherProfile(ctx, by)
	if err != nil {
		return nil, err
	}
	items, err := k.readReports(ctx, by, schemaID, reports, func(item *reported) error {
		return k.requireCorrectable(ctx, profile, item)
	})
	if err != nil {
		return nil, err
	}
	tradelines := make([]types.Tradeline, len(items))
	for i, item := range items {
		if tradelines[i], err = k.replaceVersion(ctx, by, item, why); err != nil {
			return nil, errorsmod.Wrapf(err, "report %d", i)
		}
	}
	return tradelines, k.recordReports(ctx, by, types.ID(schemaID), why.kind, items)
}

// requireCorrectable refuses a new version of what is not there, over, the same, or reported with clocks that are not in
// order. A record is over at its time, whether or not the queue is behind.
func (k *Keeper) requireCorrectable(ctx context.Context, profile types.Profile, item *reported) (err error) {
	subject := types.ID(item.report.Subject)
	if item.before, err = k.GetTradeline(ctx, subject, item.tradeline); err != nil {
		return err
	}
	if item.subject, err = k.GetSubject(ctx, subject); err != nil {
		return err
	}
	if bytes.Equal(item.before.AttestationId, item.attestation[:]) {
		return types.ErrAlreadyFurnished.Wrapf("this very record is version %d of tradeline %s: it needs no sending again",
			item.before.Version, item.tradeline)
	}
	switch item.before.State {
	case types.RECORD_STATE_ACTIVE, types.RECORD_STATE_DISPUTED, types.RECORD_STATE_SUPPRESSED:
	default:
		return types.ErrNotCorrectable.Wrapf("tradeline %s is %s: report a new account", item.tradeline, item.before.State)
	}
	if !sdk.UnwrapSDKContext(ctx).BlockTime().Before(item.before.ShowUntil) {
		return types.ErrNotCorrectable.Wrapf("tradeline %s: its retention ended at %s: report a new account",
			item.tradeline, rfc3339(item.before.ShowUntil))
	}
	return k.requireClocks(ctx, profile, item.subject, item.tradeline, &item.before, item.report)
}

// replaceVersion writes a new version and keeps what the old one committed to, so that who may open both sees whether a date
// moved. An update costs six writes: the new attestation, status and bits of the old one, version, tradeline and trail; two
// more when show_until changes, for the queue. The message costs one, the line in the furnisher's trail.
func (k *Keeper) replaceVersion(ctx context.Context, by actor, item reported, why revision) (types.Tradeline, error) {
	before, tradeline := item.before, item.before
	if err := k.supersede(ctx, by, before.AttestationId, item.attestation); err != nil {
		return tradeline, err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	err := k.versions.Set(ctx, collections.Join(item.tradeline, before.Version), types.TradelineVersion{
		AttestationId: before.AttestationId, Reason: before.Reason, Delinquency: before.Delinquency, ShowUntil: before.ShowUntil,
		SupersededAt: now,
	})
	if err != nil {
		return tradeline, err
	}
	tradeline.AttestationId = item.attestation.Bytes()
	tradeline.Version++
	tradeline.UpdatedAt = &now
	tradeline.Reason = why.reason
	if !bytes.Equal(before.Delinquency, item.report.Delinquency) {
		tradeline.Delinquency, tradeline.DelinquencySince = item.report.Delinquency, now
	}
	tradeline.ShowUntil = item.report.ShowUntil
	if err := k.moveRetention(ctx, before, tradeline); err != nil {
		return tradeline, err
	}
	if err := k.writeVersion(ctx, by, &tradeline, why); err != nil {
		return tradeline, err
	}
	_, err = k.runContracts(ctx, contractEvent{
		trigger: types.CONTRACT_TRIGGER_UPDATE, ref: item.tradeline, subject: item.subject, institution: by, tradeline: &tradeline,
	})
	return tradeline, err
}

// writeVersion writes the tradeline, in the state that it has from this version on, and the line in its subject's trail.
func (k *Keeper) writeVersion(ctx context.Context, by actor, tradeline *types.Tradeline, why revision) error {
	id, subject := types.ID(tradeline.Id), types.ID(tradeline.Subject)
	if err := k.record(ctx, subject, why.kind, by.addr, id, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	if !answers(*tradeline, why) {
		return k.setTradeline(ctx, *tradeline)
	}
	if tradeline.StateReason == types.STATE_REASON_CONTRACT && len(tradeline.DisputeId) != 0 {
		return k.returnToDispute(ctx, tradeline, by.addr)
	}
	to := types.RECORD_STATE_ACTIVE
	if tradeline.Compliance == types.COMPLIANCE_CODE_XB {
		to = types.RECORD_STATE_DISPUTED // the suppression came while it was disputed, and it still is
	}
	return k.changeState(ctx, tradeline, to, tradeline.StateReason, by.addr)
}

// answers says whether a new version is what the tradeline was suppressed for until it came.
func answers(tradeline types.Tradeline, why revision) bool {
	if tradeline.State != types.RECORD_STATE_SUPPRESSED {
		return false
	}
	switch tradeline.StateReason {
	case types.STATE_REASON_CONTRACT:
		return true
	case types.STATE_REASON_MEDIATION:
		return why.answersOrder
	default:
		return false
	}
}

// supersede marks the attestation of the old version as replaced.
func (k *Keeper) supersede(ctx context.Context, by actor, older []byte, newer types.ID) error {
	err := k.attestations.Supersede(ctx, by.addr, older, newer.Bytes())
	if errors.Is(err, attestationtypes.ErrNotActive) {
		return nil // the furnisher revoked the old version itself: its word stays as it is
	}
	return err
}

func fullVersion(key collections.Pair[types.ID, uint32], version types.TradelineVersion) types.TradelineVersion {
	version.TradelineId, version.Version = key.K1().Bytes(), key.K2()
	return version
}
