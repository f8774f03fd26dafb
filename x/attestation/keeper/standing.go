package keeper

import (
	"context"
	"time"

	"github.com/creditd/creditd/x/attestation/types"
)

// RequireHolds returns the attestation of that id when it may be relied on now: active, within its validity, and its issuer
// could still state under its schema.
func (k *Keeper) RequireHolds(ctx context.Context, attestationID []byte) (types.Attestation, error) {
	attestation, err := k.GetAttestation(ctx, attestationID)
	if err != nil {
		return attestation, err
	}
	id, now := types.ID(attestation.Id), blockTime(ctx)
	if attestation.Status != types.STATUS_ACTIVE {
		return attestation, types.ErrNotActive.Wrapf("%s is %s since %s", id, attestation.Status, attestation.StatusSince.UTC().Format(time.RFC3339))
	}
	if validity := attestation.ValidityAt(now); validity != types.VALIDITY_CURRENT {
		return attestation, types.ErrNotValid.Wrapf("%s is %s at %s", id, validity, now.UTC().Format(time.RFC3339))
	}
	return attestation, k.RequireStanding(ctx, attestation)
}

// RequireStanding lets an attestation through whose issuer could still state under its schema, by its licence, role and
// accreditation. Of the attestation only issuer, schema and accreditation are looked at.
func (k *Keeper) RequireStanding(ctx context.Context, attestation types.Attestation) error {
	standing, _, err := k.standing(ctx, attestation)
	if err == nil && standing != types.STANDING_GOOD {
		err = types.ErrNotStanding.Wrapf("%s: %s", attestation.Issuer, standing)
	}
	return err
}
