package keeper

import (
	"bytes"
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// Invariants checks what must hold in every state, whatever messages led there: that it could be a genesis, that the
// indexes have what follows from it and nothing else, and that nothing that will expire is forgotten. It walks the
// whole state: for tests and simulations.
func (k *Keeper) Invariants(ctx context.Context) error {
	gs, err := k.ExportGenesis(ctx)
	if err != nil {
		return err
	}
	if err := k.checkGenesis(gs); err != nil {
		return types.ErrInvariant.Wrap(err.Error())
	}
	for _, check := range []func(context.Context, *types.GenesisState) error{
		k.checkVersions, k.checkSubjects, k.checkStatusLists, k.checkAnchorIndex, k.checkAccreditationIndexes, k.checkQueue,
	} {
		if err := check(ctx, gs); err != nil {
			return err
		}
	}
	return nil
}

// checkIndex compares a key set with the keys that it should have, each once.
func checkIndex[K any](ctx context.Context, name string, set collections.KeySet[K], want []K) error {
	for _, key := range want {
		has, err := set.Has(ctx, key)
		if err != nil {
			return err
		}
		if !has {
			return types.ErrInvariant.Wrapf("%s: %v is missing", name, key)
		}
	}
	count := 0
	err := set.Walk(ctx, nil, func(K) (bool, error) {
		count++
		return false, nil
	})
	if err == nil && count != len(want) {
		err = types.ErrInvariant.Wrapf("%s: %d keys, not %d", name, count, len(want))
	}
	return err
}

func (k *Keeper) checkVersions(ctx context.Context, gs *types.GenesisState) error {
	want := make([]collections.Triple[string, uint32, types.ID], len(gs.Schemas))
	for i, schema := range gs.Schemas {
		want[i] = collections.Join3(schema.Name, schema.Version, types.ID(schema.Id))
	}
	return checkIndex(ctx, "versions of schemas", k.schemaVersions, want)
}

func (k *Keeper) checkSubjects(ctx context.Context, gs *types.GenesisState) error {
	listed := map[types.ID]bool{}
	for _, schema := range gs.Schemas {
		listed[types.ID(schema.Id)] = schema.Listed
	}
	var want []collections.Pair[types.ID, types.ID]
	for _, batch := range gs.Batches {
		if !listed[types.ID(batch.SchemaId)] {
			continue
		}
		for i, statement := range batch.Statements {
			want = append(want, collections.Join(types.ID(statement.Subject), types.ContainerID(batch.Id).Item(uint32(i))))
		}
	}
	return checkIndex(ctx, "attestations by subject", k.bySubject, want)
}

// checkStatusLists compares the chunks with what the statuses, which come in the order of their ids, make of them.
func (k *Keeper) checkStatusLists(ctx context.Context, gs *types.GenesisState) error {
	type place struct {
		container types.ContainerID
		chunk     uint32
	}
	want := map[place][]byte{}
	for _, status := range gs.Statuses {
		bits := byte(status.Entry.Status - types.STATUS_ACTIVE)
		if bits == 0 {
			continue
		}
		container, index := types.ID(status.Id).Container()
		at := place{container, index / itemsPerChunk}
		index %= itemsPerChunk
		want[at] = append(want[at], make([]byte, int(index/itemsPerByte)+1-len(want[at]))...)
		want[at][index/itemsPerByte] |= bits << (6 - 2*(index%itemsPerByte))
	}
	count := 0
	err := k.statusLists.Walk(ctx, nil, func(key collections.Pair[types.ContainerID, uint32], chunk []byte) (bool, error) {
		count++
		if !bytes.Equal(chunk, want[place{key.K1(), key.K2()}]) {
			return true, types.ErrInvariant.Wrapf("status list %s: chunk %d is not what the statuses say", key.K1(), key.K2())
		}
		return false, nil
	})
	if err == nil && count != len(want) {
		err = types.ErrInvariant.Wrapf("status lists: %d chunks, not %d", count, len(want))
	}
	return err
}

func (k *Keeper) checkAnchorIndex(ctx context.Context, gs *types.GenesisState) error {
	want := make([]collections.Pair[sdk.AccAddress, types.ContainerID], len(gs.Anchors))
	for i, anchor := range gs.Anchors {
		issuer, err := k.parseAddress("issuer", anchor.Issuer)
		if err != nil {
			return err
		}
		want[i] = collections.Join(issuer, types.ContainerID(anchor.Id))
	}
	return checkIndex(ctx, "anchors by issuer", k.anchorsByIssuer, want)
}

func (k *Keeper) checkAccreditationIndexes(ctx context.Context, gs *types.GenesisState) error {
	byParent := make([]collections.Pair[types.ID, types.ID], len(gs.Accreditations))
	byGrantee := make([]collections.Pair[sdk.AccAddress, types.ID], len(gs.Accreditations))
	for i, accreditation := range gs.Accreditations {
		grantee, err := k.parseAddress("grantee", accreditation.Grantee)
		if err != nil {
			return err
		}
		byParent[i] = collections.Join(underParent(accreditation.Parent), types.ID(accreditation.Id))
		byGrantee[i] = collections.Join(grantee, types.ID(accreditation.Id))
	}
	if err := checkIndex(ctx, "accreditations by parent", k.accreditationsByParent, byParent); err != nil {
		return err
	}
	return checkIndex(ctx, "accreditations by grantee", k.accreditationsByGrantee, byGrantee)
}

// checkQueue looks for expiries to come that are not queued. Those that have come may be announced or not.
func (k *Keeper) checkQueue(ctx context.Context, gs *types.GenesisState) error {
	now := blockTime(ctx)
	for _, batch := range gs.Batches {
		for _, at := range expiries(batch) {
			if !at.After(now) {
				continue
			}
			queued, err := k.expiries.Has(ctx, collections.Join(at, types.ContainerID(batch.Id)))
			if err != nil {
				return err
			}
			if !queued {
				return types.ErrInvariant.Wrapf("batch %s: its expiry at %s is not queued", types.ContainerID(batch.Id), at)
			}
		}
	}
	return nil
}
