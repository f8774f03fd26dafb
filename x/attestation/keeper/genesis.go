package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// InitGenesis checks the state of a genesis file and writes it. Indexes and status lists are made again.
func (k *Keeper) InitGenesis(ctx context.Context, gs *types.GenesisState) error {
	if err := k.checkGenesis(gs); err != nil {
		return err
	}
	if err := k.params.Set(ctx, gs.Params); err != nil {
		return err
	}
	for _, write := range []func(context.Context, *types.GenesisState) error{
		k.writeSchemas, k.writeBatches, k.writeAnchors, k.writeRights,
	} {
		if err := write(ctx, gs); err != nil {
			return err
		}
	}
	for _, status := range gs.Statuses {
		if err := k.setStatus(ctx, types.ID(status.Id), status.Entry); err != nil {
			return err
		}
	}
	for _, expiry := range gs.Expiries {
		if err := k.expiries.Set(ctx, collections.Join(expiry.At.UTC(), types.ContainerID(expiry.BatchId))); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) writeSchemas(ctx context.Context, gs *types.GenesisState) error {
	for _, schema := range gs.Schemas {
		if err := k.setSchema(ctx, schema); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) writeBatches(ctx context.Context, gs *types.GenesisState) error {
	schemas := make(map[types.ID]types.Schema, len(gs.Schemas))
	for _, schema := range gs.Schemas {
		schemas[types.ID(schema.Id)] = schema
	}
	for _, batch := range gs.Batches {
		if err := k.setBatch(ctx, batch); err != nil {
			return err
		}
		if err := k.listBatch(ctx, schemas[types.ID(batch.SchemaId)], batch); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) writeAnchors(ctx context.Context, gs *types.GenesisState) error {
	for _, anchor := range gs.Anchors {
		issuer, err := k.parseAddress("issuer", anchor.Issuer)
		if err != nil {
			return err
		}
		if err := k.anchorsByIssuer.Set(ctx, collections.Join(issuer, types.ContainerID(anchor.Id))); err != nil {
			return err
		}
		if err := k.setAnchor(ctx, anchor); err != nil {
			return err
		}
	}
	for _, checkpoint := range gs.Checkpoints {
		if err := k.setCheckpoint(ctx, checkpoint); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) writeRights(ctx context.Context, gs *types.GenesisState) error {
	for _, accreditation := range gs.Accreditations {
		grantee, err := k.parseAddress("grantee", accreditation.Grantee)
		if err != nil {
			return err
		}
		if err := k.addAccreditation(ctx, accreditation, grantee); err != nil {
			return err
		}
	}
	for _, key := range gs.CredentialKeys {
		issuer, err := k.parseAddress("issuer", key.Issuer)
		if err != nil {
			return err
		}
		place := collections.Join(issuer, types.ID(key.Kid))
		key.Issuer, key.Kid = "", nil
		if err := k.credentialKeys.Set(ctx, place, key); err != nil {
			return err
		}
	}
	for _, used := range gs.UsedNonces {
		issuer, err := k.parseAddress("issuer", used.Issuer)
		if err != nil {
			return err
		}
		if err := k.usedNonces.Set(ctx, collections.Join3(used.Deadline.UTC(), issuer, used.Nonce)); err != nil {
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
	for _, read := range []func(context.Context, *types.GenesisState) error{k.readItems, k.readAnchors, k.readRights} {
		if err := read(ctx, gs); err != nil {
			return nil, err
		}
	}
	return gs, nil
}

func (k *Keeper) readItems(ctx context.Context, gs *types.GenesisState) error {
	err := k.WalkSchemas(ctx, types.ID{}, func(schema types.Schema) (bool, error) {
		gs.Schemas = append(gs.Schemas, schema)
		return false, nil
	})
	if err != nil {
		return err
	}
	err = k.WalkBatches(ctx, types.ContainerID{}, func(batch types.Batch) (bool, error) {
		gs.Batches = append(gs.Batches, batch)
		return false, nil
	})
	if err != nil {
		return err
	}
	err = k.statuses.Walk(ctx, nil, func(id types.ID, entry types.StatusEntry) (bool, error) {
		gs.Statuses = append(gs.Statuses, types.GenesisStatus{Id: id.Bytes(), Entry: entry})
		return false, nil
	})
	if err != nil {
		return err
	}
	return k.expiries.Walk(ctx, nil, func(key collections.Pair[time.Time, types.ContainerID]) (bool, error) {
		gs.Expiries = append(gs.Expiries, types.Expiry{At: key.K1(), BatchId: key.K2().Bytes()})
		return false, nil
	})
}

func (k *Keeper) readAnchors(ctx context.Context, gs *types.GenesisState) error {
	err := k.WalkAnchors(ctx, types.ContainerID{}, func(anchor types.Anchor) (bool, error) {
		gs.Anchors = append(gs.Anchors, anchor)
		return false, nil
	})
	if err != nil {
		return err
	}
	return k.checkpoints.Walk(ctx, nil, func(key collections.Pair[types.ContainerID, uint32], checkpoint types.Checkpoint) (bool, error) {
		gs.Checkpoints = append(gs.Checkpoints, whole(key, checkpoint))
		return false, nil
	})
}

func (k *Keeper) readRights(ctx context.Context, gs *types.GenesisState) error {
	err := k.WalkAccreditations(ctx, types.ID{}, func(accreditation types.Accreditation) (bool, error) {
		gs.Accreditations = append(gs.Accreditations, accreditation)
		return false, nil
	})
	if err != nil {
		return err
	}
	err = k.WalkCredentialKeys(ctx, func(key types.CredentialKey) (bool, error) {
		gs.CredentialKeys = append(gs.CredentialKeys, key)
		return false, nil
	})
	if err != nil {
		return err
	}
	return k.usedNonces.Walk(ctx, nil, func(key collections.Triple[time.Time, sdk.AccAddress, []byte]) (bool, error) {
		issuer, err := k.addressText("issuer", key.K2())
		gs.UsedNonces = append(gs.UsedNonces, types.UsedNonce{Deadline: key.K1(), Issuer: issuer, Nonce: key.K3()})
		return false, err
	})
}

// WalkSchemas calls visit with each schema from that id on, until it says stop.
func (k *Keeper) WalkSchemas(ctx context.Context, from types.ID, visit func(types.Schema) (stop bool, err error)) error {
	start := new(collections.Range[types.ID]).StartInclusive(from)
	return k.schemas.Walk(ctx, start, func(id types.ID, schema types.Schema) (bool, error) {
		schema.Id = id.Bytes()
		return visit(schema)
	})
}

// WalkBatches calls visit with each batch from that id on, until it says stop.
func (k *Keeper) WalkBatches(ctx context.Context, from types.ContainerID, visit func(types.Batch) (stop bool, err error)) error {
	start := new(collections.Range[types.ContainerID]).StartInclusive(from)
	return k.batches.Walk(ctx, start, func(id types.ContainerID, batch types.Batch) (bool, error) {
		batch.Id = id.Bytes()
		return visit(batch)
	})
}

// WalkAnchors calls visit with each anchor from that id on, until it says stop.
func (k *Keeper) WalkAnchors(ctx context.Context, from types.ContainerID, visit func(types.Anchor) (stop bool, err error)) error {
	start := new(collections.Range[types.ContainerID]).StartInclusive(from)
	return k.anchors.Walk(ctx, start, func(id types.ContainerID, anchor types.Anchor) (bool, error) {
		anchor.Id = id.Bytes()
		return visit(anchor)
	})
}

// WalkAccreditations calls visit with each accreditation from that id on, until it says stop.
func (k *Keeper) WalkAccreditations(ctx context.Context, from types.ID, visit func(types.Accreditation) (stop bool, err error)) error {
	start := new(collections.Range[types.ID]).StartInclusive(from)
	return k.accreditations.Walk(ctx, start, func(id types.ID, accreditation types.Accreditation) (bool, error) {
		accreditation.Id = id.Bytes()
		return visit(accreditation)
	})
}

// WalkCredentialKeys calls visit with each credential key by issuer and kid, until it says stop.
func (k *Keeper) WalkCredentialKeys(ctx context.Context, visit func(types.CredentialKey) (stop bool, err error)) error {
	return k.credentialKeys.Walk(ctx, nil, func(place collections.Pair[sdk.AccAddress, types.ID], key types.CredentialKey) (bool, error) {
		issuer, err := k.addressText("issuer", place.K1())
		if err != nil {
			return true, err
		}
		key.Issuer, key.Kid = issuer, place.K2().Bytes()
		return visit(key)
	})
}

// WalkStatuses calls visit with the status of each attestation that has changed, from that id on, until it says stop.
func (k *Keeper) WalkStatuses(ctx context.Context, from types.ID, visit func(types.ID, types.StatusEntry) (stop bool, err error)) error {
	return k.statuses.Walk(ctx, new(collections.Range[types.ID]).StartInclusive(from), visit)
}
