package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/attestation/types"
)

// InitGenesis checks the state of a genesis file and writes it.
func (k *Keeper) InitGenesis(ctx context.Context, gs *types.GenesisState) error {
	if err := gs.Validate(); err != nil {
		return err
	}
	if err := k.params.Set(ctx, gs.Params); err != nil {
		return err
	}
	for i, schema := range gs.Schemas {
		if schema.Creator != "" {
			if err := k.requireCanonical("creator", schema.Creator); err != nil {
				return types.ErrInvalidGenesis.Wrapf("schema %d: %s", i, err)
			}
		}
		if err := k.setSchema(ctx, schema); err != nil {
			return err
		}
	}
	for i, attestation := range gs.Attestations {
		if err := k.requireOwnID(attestation); err != nil {
			return types.ErrInvalidGenesis.Wrapf("attestation %d: %s", i, err)
		}
		if err := k.setAttestation(ctx, attestation); err != nil {
			return err
		}
		if err := k.bySubject.Set(ctx, collections.Join(types.ID(attestation.Subject), types.ID(attestation.Id))); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis returns the state, in the order of its keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	gs := &types.GenesisState{Params: params}
	err = k.WalkSchemas(ctx, types.ID{}, func(schema types.Schema) (bool, error) {
		gs.Schemas = append(gs.Schemas, schema)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.WalkAttestations(ctx, types.ID{}, func(attestation types.Attestation) (bool, error) {
		gs.Attestations = append(gs.Attestations, attestation)
		return false, nil
	})
	return gs, err
}

// WalkSchemas calls visit with each schema from that id on, until it says stop.
func (k *Keeper) WalkSchemas(ctx context.Context, from types.ID, visit func(types.Schema) (stop bool, err error)) error {
	start := new(collections.Range[types.ID]).StartInclusive(from)
	return k.schemas.Walk(ctx, start, func(id types.ID, schema types.Schema) (bool, error) {
		schema.Id = id.Bytes()
		return visit(schema)
	})
}

// WalkAttestations calls visit with each attestation from that id on, until it says stop.
func (k *Keeper) WalkAttestations(ctx context.Context, from types.ID, visit func(types.Attestation) (stop bool, err error)) error {
	start := new(collections.Range[types.ID]).StartInclusive(from)
	return k.attestations.Walk(ctx, start, func(id types.ID, attestation types.Attestation) (bool, error) {
		attestation.Id = id.Bytes()
		return visit(attestation)
	})
}

// requireOwnID checks that the id follows from the content.
func (k *Keeper) requireOwnID(attestation types.Attestation) error {
	if err := k.requireCanonical("issuer", attestation.Issuer); err != nil {
		return err
	}
	issuer, err := k.parseAddress("issuer", attestation.Issuer)
	if err != nil {
		return err
	}
	want := types.AttestationID(attestation.SchemaId, issuer, attestation.Subject, attestation.Commitment)
	if types.ID(attestation.Id) != want {
		return types.ErrInvalidID.Wrapf("the content has the id %s, not %s", want, types.ID(attestation.Id))
	}
	return nil
}

// requireCanonical refuses an address that is not in the one spelling that the state has.
func (k *Keeper) requireCanonical(field, text string) error {
	address, err := k.parseAddress(field, text)
	if err != nil {
		return err
	}
	canonical, err := k.addressCodec.BytesToString(address)
	if err != nil || canonical != text {
		return types.ErrInvalidAddress.Wrapf("%s: write %s as %s", field, text, canonical)
	}
	return nil
}
