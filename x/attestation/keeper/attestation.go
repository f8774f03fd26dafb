package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// item is one attestation as it was stated, in a batch or under an anchor.
type item struct {
	id              types.ID
	schemaID        []byte
	issuer          string
	accreditationID []byte
	issuedAt        time.Time
	statement       *types.Statement // nil for an anchored one
}

// getItem finds the attestation of that id.
func (k *Keeper) getItem(ctx context.Context, id types.ID) (item, error) {
	container, index := id.Container()
	batch, err := k.batches.Get(ctx, container)
	switch {
	case errors.Is(err, collections.ErrNotFound):
		return k.anchorItem(ctx, container, index)
	case err != nil:
		return item{}, err
	case int64(index) >= int64(len(batch.Statements)):
		return item{}, types.ErrUnknownAttestation.Wrapf("%s: its batch has %d attestations", id, len(batch.Statements))
	}
	return item{
		id: id, schemaID: batch.SchemaId, issuer: batch.Issuer, accreditationID: batch.AccreditationId,
		issuedAt: batch.IssuedAt, statement: &batch.Statements[index],
	}, nil
}

// view is the attestation as it is read.
func (it item) view(entry types.StatusEntry) types.Attestation {
	attestation := types.Attestation{
		Id: it.id.Bytes(), SchemaId: it.schemaID, Issuer: it.issuer, AccreditationId: it.accreditationID,
		IssuedAt: it.issuedAt, Status: entry.Status, Reason: entry.Reason, SupersededBy: entry.SupersededBy,
		Anchored: it.statement == nil,
	}
	if !entry.Since.IsZero() {
		since := entry.Since
		attestation.StatusSince = &since
	}
	if s := it.statement; s != nil {
		attestation.Subject, attestation.Commitment = s.Subject, s.Commitment
		attestation.ExpiresAt, attestation.ValidFrom = s.ExpiresAt, s.ValidFrom
		attestation.CircuitCommitment, attestation.AmountCommitments = s.CircuitCommitment, s.AmountCommitments
		attestation.Reference = s.Reference
	}
	return attestation
}

// GetAttestation returns the attestation of that id.
func (k *Keeper) GetAttestation(ctx context.Context, attestationID []byte) (types.Attestation, error) {
	id, err := types.IDFromBytes(attestationID)
	if err != nil {
		return types.Attestation{}, err
	}
	it, err := k.getItem(ctx, id)
	if err != nil {
		return types.Attestation{}, err
	}
	entry, err := k.getStatus(ctx, id)
	return it.view(entry), err
}

// Revoke takes back the issuer's own attestation for good.
func (k *Keeper) Revoke(ctx context.Context, issuer sdk.AccAddress, attestationID []byte, reason types.RevocationReason) error {
	if err := checkReason(reason); err != nil {
		return err
	}
	it, err := k.own(ctx, issuer, attestationID, types.STATUS_ACTIVE, types.STATUS_SUSPENDED)
	if err != nil {
		return err
	}
	if err := k.changeStatus(ctx, it, types.StatusEntry{Status: types.STATUS_REVOKED, Reason: reason}); err != nil {
		return err
	}
	return emit(ctx, types.NewEventRevoked(it.id, reason))
}

// suspend takes it back until it is reinstated.
func (k *Keeper) suspend(ctx context.Context, issuer sdk.AccAddress, attestationID []byte, reason types.RevocationReason) error {
	if err := checkReason(reason); err != nil {
		return err
	}
	it, err := k.own(ctx, issuer, attestationID, types.STATUS_ACTIVE)
	if err != nil {
		return err
	}
	if err := k.changeStatus(ctx, it, types.StatusEntry{Status: types.STATUS_SUSPENDED, Reason: reason}); err != nil {
		return err
	}
	return emit(ctx, &types.EventSuspended{Id: it.id.String(), Reason: reason})
}

// reinstate ends a suspension.
func (k *Keeper) reinstate(ctx context.Context, issuer sdk.AccAddress, attestationID []byte) error {
	it, err := k.own(ctx, issuer, attestationID, types.STATUS_SUSPENDED)
	if err != nil {
		return err
	}
	if err := k.changeStatus(ctx, it, types.StatusEntry{Status: types.STATUS_ACTIVE}); err != nil {
		return err
	}
	return emit(ctx, &types.EventReinstated{Id: it.id.String()})
}

// Supersede marks an issuer's attestation as replaced by another active one of its own, about the same subject
// where the chain knows both. A suspended one can be replaced: it is never reinstated then.
func (k *Keeper) Supersede(ctx context.Context, issuer sdk.AccAddress, oldID, newID []byte) error {
	older, err := k.own(ctx, issuer, oldID, types.STATUS_ACTIVE, types.STATUS_SUSPENDED)
	if err != nil {
		return err
	}
	newer, err := k.own(ctx, issuer, newID, types.STATUS_ACTIVE)
	if err != nil {
		return err
	}
	if !newer.mayReplace(older) {
		return types.ErrInvalidSupersede.Wrapf("%s by %s: they must be two attestations about one subject", older.id, newer.id)
	}
	entry := types.StatusEntry{Status: types.STATUS_SUPERSEDED, SupersededBy: newer.id.Bytes()}
	if err := k.changeStatus(ctx, older, entry); err != nil {
		return err
	}
	return emit(ctx, types.NewEventSuperseded(older.id, newer.id))
}

// mayReplace says whether it can supersede the other: same issuer, same subject, not itself. Whom an anchored item
// is about is not on the chain, so there the issuer's word stands.
func (it item) mayReplace(other item) bool {
	if it.id == other.id || it.issuer != other.issuer {
		return false
	}
	return it.statement == nil || other.statement == nil || string(it.statement.Subject) == string(other.statement.Subject)
}

func checkReason(reason types.RevocationReason) error {
	if _, known := types.RevocationReason_name[int32(reason)]; !known || reason == types.REVOCATION_REASON_UNSPECIFIED {
		return types.ErrInvalidReason.Wrapf("reason %d: choose one of RevocationReason", reason)
	}
	return nil
}
