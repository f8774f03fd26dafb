package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/attestation/types"
)

// Invariants checks what must hold in every state, whatever messages led there. It walks the whole state:
// for tests and simulations.
func (k *Keeper) Invariants(ctx context.Context) error {
	attestations := 0
	err := k.WalkAttestations(ctx, types.ID{}, func(attestation types.Attestation) (bool, error) {
		attestations++
		return false, k.checkAttestation(ctx, attestation)
	})
	if err != nil {
		return err
	}
	// Every attestation is in the index (above), so equal counts mean that nothing else is.
	indexed := 0
	err = k.bySubject.Walk(ctx, nil, func(collections.Pair[types.ID, types.ID]) (bool, error) {
		indexed++
		return false, nil
	})
	if err == nil && indexed != attestations {
		err = types.ErrInvariant.Wrapf("%d attestations and %d index entries", attestations, indexed)
	}
	if err != nil {
		return err
	}
	return k.WalkSchemas(ctx, types.ID{}, func(schema types.Schema) (bool, error) {
		if types.ID(schema.Id) != schema.DeriveID() {
			return true, types.ErrInvariant.Wrapf("schema under %s has the id %s", types.ID(schema.Id), schema.DeriveID())
		}
		return false, schema.Validate()
	})
}

func (k *Keeper) checkAttestation(ctx context.Context, attestation types.Attestation) error {
	id := types.ID(attestation.Id)
	if err := attestation.Validate(); err != nil {
		return types.ErrInvariant.Wrapf("attestation %s: %s", id, err)
	}
	if err := k.requireOwnID(attestation); err != nil {
		return types.ErrInvariant.Wrapf("attestation %s: %s", id, err)
	}
	schema, err := k.GetSchema(ctx, attestation.SchemaId)
	if err != nil {
		return types.ErrInvariant.Wrapf("attestation %s: %s", id, err)
	}
	if attestation.Status == types.STATUS_REVOKED && !schema.Revocable {
		return types.ErrInvariant.Wrapf("attestation %s is revoked under a schema that is not revocable", id)
	}
	indexed, err := k.bySubject.Has(ctx, collections.Join(types.ID(attestation.Subject), id))
	if err != nil {
		return err
	}
	if !indexed {
		return types.ErrInvariant.Wrapf("attestation %s is not in the index of its subject", id)
	}
	if attestation.Status != types.STATUS_SUPERSEDED {
		return nil
	}
	by, err := k.GetAttestation(ctx, attestation.SupersededBy)
	if err != nil || !by.MayReplace(attestation) {
		return types.ErrInvariant.Wrapf("attestation %s: superseded by %X, which cannot replace it (%v)", id, attestation.SupersededBy, err)
	}
	return nil
}
