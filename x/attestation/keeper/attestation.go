package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// gasPerStatement pays for hashing and encoding, which the store does not meter.
const gasPerStatement = 200

// GetAttestation returns the attestation of that id.
func (k *Keeper) GetAttestation(ctx context.Context, attestationID []byte) (types.Attestation, error) {
	id, err := types.IDFromBytes(attestationID)
	if err != nil {
		return types.Attestation{}, err
	}
	attestation, err := k.attestations.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Attestation{}, types.ErrUnknownAttestation.Wrapf("%s: check the id and that its transaction is committed", id)
	}
	attestation.Id = id.Bytes()
	return attestation, err
}

// Attest states the statements under one schema, all or none, and returns their ids in the same order.
// The licence and the schema are read once, however many statements there are; their number is bounded
// by the caller's parameters.
func (k *Keeper) Attest(
	ctx context.Context, issuer sdk.AccAddress, schemaID []byte, statements []types.Statement,
) ([][]byte, error) {
	if len(statements) == 0 {
		return nil, types.ErrBatchSize.Wrap("no statements: give at least one")
	}
	schema, err := k.GetSchema(ctx, schemaID)
	if err != nil {
		return nil, err
	}
	if err := k.requireIssuer(ctx, issuer, schema); err != nil {
		return nil, err
	}
	issuerText, err := k.addressCodec.BytesToString(issuer)
	if err != nil {
		return nil, types.ErrInvalidAddress.Wrapf("issuer: %s", err)
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	ids := make([][]byte, len(statements))
	for i, statement := range statements {
		sdkCtx.GasMeter().ConsumeGas(gasPerStatement, "attestation: statement")
		attestation, err := newAttestation(sdkCtx.BlockTime(), schema.Id, issuer, issuerText, statement)
		if err == nil {
			err = k.create(ctx, attestation)
		}
		if err != nil {
			return nil, errorsmod.Wrapf(err, "statement %d", i)
		}
		ids[i] = attestation.Id
	}
	if len(ids) == 1 {
		return ids, emit(ctx, types.NewEventAttested(types.ID(ids[0]), types.ID(schema.Id), issuerText))
	}
	return ids, emit(ctx, types.NewEventBatchAttested(types.ID(schema.Id), issuerText, uint32(len(ids))))
}

// newAttestation checks a statement and gives it its id.
func newAttestation(
	now time.Time, schemaID []byte, issuer sdk.AccAddress, issuerText string, statement types.Statement,
) (types.Attestation, error) {
	if _, err := types.IDFromBytes(statement.Subject); err != nil {
		return types.Attestation{}, types.ErrInvalidStatement.Wrapf("subject: %s", err)
	}
	if _, err := types.IDFromBytes(statement.Commitment); err != nil {
		return types.Attestation{}, types.ErrInvalidStatement.Wrapf("commitment: %s", err)
	}
	if statement.ExpiresAt != nil && !statement.ExpiresAt.After(now) {
		return types.Attestation{}, types.ErrInvalidStatement.Wrapf("expires_at %s is not after the block time %s: choose a later one or leave it out",
			statement.ExpiresAt.UTC().Format(time.RFC3339), now.UTC().Format(time.RFC3339))
	}
	return types.Attestation{
		Id:         types.AttestationID(schemaID, issuer, statement.Subject, statement.Commitment).Bytes(),
		SchemaId:   schemaID,
		Issuer:     issuerText,
		Subject:    statement.Subject,
		Commitment: statement.Commitment,
		Status:     types.STATUS_ACTIVE,
		IssuedAt:   now,
		ExpiresAt:  statement.ExpiresAt,
	}, nil
}

// create writes a new attestation and its index entry: two writes.
func (k *Keeper) create(ctx context.Context, attestation types.Attestation) error {
	id := types.ID(attestation.Id)
	exists, err := k.attestations.Has(ctx, id)
	if err != nil {
		return err
	}
	if exists {
		return types.ErrDuplicate.Wrapf("%s: it needs no sending again; a new statement needs a commitment with a fresh salt", id)
	}
	if err := k.setAttestation(ctx, attestation); err != nil {
		return err
	}
	return k.bySubject.Set(ctx, collections.Join(types.ID(attestation.Subject), id))
}

// setAttestation writes the attestation; its id is the key and not repeated in the value.
func (k *Keeper) setAttestation(ctx context.Context, attestation types.Attestation) error {
	id := types.ID(attestation.Id)
	attestation.Id = nil
	return k.attestations.Set(ctx, id, attestation)
}

// Revoke takes back the issuer's own attestation. The licence must be active, in whatever role.
func (k *Keeper) Revoke(ctx context.Context, issuer sdk.AccAddress, attestationID []byte, reason types.RevocationReason) error {
	if _, known := types.RevocationReason_name[int32(reason)]; !known || reason == types.REVOCATION_REASON_UNSPECIFIED {
		return types.ErrInvalidReason.Wrapf("reason %d: choose one of RevocationReason", reason)
	}
	attestation, err := k.own(ctx, issuer, attestationID)
	if err != nil {
		return err
	}
	if err := k.requireMember(ctx, issuer); err != nil {
		return err
	}
	schema, err := k.GetSchema(ctx, attestation.SchemaId)
	if err != nil {
		return err
	}
	if !schema.Revocable {
		return types.ErrNotRevocable.Wrapf("schema %s version %d: state a new attestation instead", schema.Name, schema.Version)
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	attestation.Status = types.STATUS_REVOKED
	attestation.StatusSince = &now
	attestation.Reason = reason
	if err := k.setAttestation(ctx, attestation); err != nil {
		return err
	}
	return emit(ctx, types.NewEventRevoked(types.ID(attestation.Id), reason))
}

// Supersede marks an issuer's attestation as replaced by its newer one about the same subject. The licence
// is not checked again: the caller attested the newer one just now.
func (k *Keeper) Supersede(ctx context.Context, issuer sdk.AccAddress, oldID, newID []byte) error {
	older, err := k.own(ctx, issuer, oldID)
	if err != nil {
		return err
	}
	newer, err := k.own(ctx, issuer, newID)
	if err != nil {
		return err
	}
	if !newer.MayReplace(older) {
		return types.ErrInvalidSupersede.Wrapf("%s by %s: they must be two attestations about one subject",
			types.ID(older.Id), types.ID(newer.Id))
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	older.Status = types.STATUS_SUPERSEDED
	older.StatusSince = &now
	older.SupersededBy = newer.Id
	if err := k.setAttestation(ctx, older); err != nil {
		return err
	}
	return emit(ctx, types.NewEventSuperseded(types.ID(older.Id), types.ID(newer.Id)))
}

// own returns an active attestation of that issuer.
func (k *Keeper) own(ctx context.Context, issuer sdk.AccAddress, attestationID []byte) (types.Attestation, error) {
	attestation, err := k.GetAttestation(ctx, attestationID)
	if err != nil {
		return attestation, err
	}
	if err := k.requireOwn(issuer, attestation); err != nil {
		return attestation, err
	}
	if attestation.Status != types.STATUS_ACTIVE {
		return attestation, types.ErrNotActive.Wrapf("%s is %s since %s", types.ID(attestation.Id), attestation.Status,
			attestation.StatusSince.UTC().Format(time.RFC3339))
	}
	return attestation, nil
}
