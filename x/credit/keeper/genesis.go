package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// InitGenesis checks the state of a genesis file and writes it, with the indexes and queues that follow
// from it. x/attestation has its genesis before, since tradelines name attestations.
func (k *Keeper) InitGenesis(ctx context.Context, gs *types.GenesisState) error {
	if err := gs.Validate(); err != nil {
		return err
	}
	if err := k.checkAddresses(gs); err != nil {
		return types.ErrInvalidGenesis.Wrap(err.Error())
	}
	if err := k.checkAttestations(ctx, gs); err != nil {
		return types.ErrInvalidGenesis.Wrap(err.Error())
	}
	if err := k.params.Set(ctx, gs.Params); err != nil {
		return err
	}
	for _, profile := range gs.Profiles {
		if err := k.setProfile(ctx, profile); err != nil {
			return err
		}
	}
	for _, table := range k.tables() {
		if err := table.write(ctx, gs); err != nil {
			return types.ErrInvalidGenesis.Wrapf("%s: %s", table.name, err)
		}
	}
	indexes, err := k.indexes(gs)
	if err != nil {
		return err
	}
	for _, index := range indexes {
		if err := index.write(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis returns the state, each list in the order of its keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	gs := &types.GenesisState{Params: params}
	err = k.profiles.Walk(ctx, nil, func(code string, profile types.Profile) (bool, error) {
		profile.Code = code
		gs.Profiles = append(gs.Profiles, profile)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	for _, table := range k.tables() {
		if err := table.read(ctx, gs); err != nil {
			return nil, err
		}
	}
	return gs, nil
}

// table is a collection of records and the list of the genesis file that holds the same.
type table struct {
	name  string
	read  func(context.Context, *types.GenesisState) error
	write func(context.Context, *types.GenesisState) error
}

// tableOf pairs a collection with a list. full puts into a record what its key holds; split takes it out.
func tableOf[K, V any](
	name string, records collections.Map[K, V], list func(*types.GenesisState) *[]V, full func(K, V) (V, error), split func(V) (K, V, error),
) table {
	return table{
		name: name,
		read: func(ctx context.Context, gs *types.GenesisState) error {
			return records.Walk(ctx, nil, func(key K, record V) (bool, error) {
				whole, err := full(key, record)
				*list(gs) = append(*list(gs), whole)
				return false, err
			})
		},
		write: func(ctx context.Context, gs *types.GenesisState) error {
			for _, record := range *list(gs) {
				key, value, err := split(record)
				if err != nil {
					return err
				}
				if err := records.Set(ctx, key, value); err != nil {
					return err
				}
			}
			return nil
		},
	}
}

// always is a function that cannot fail as one that could.
func always[K, V any](full func(K, V) V) func(K, V) (V, error) {
	return func(key K, record V) (V, error) { return full(key, record), nil }
}

// canonical reads an address that is in the one spelling that the state has.
func (k *Keeper) canonical(field, text string) (sdk.AccAddress, error) {
	read, err := k.parseActor(field, text)
	if err == nil && read.text != text {
		err = types.ErrInvalidAddress.Wrapf("%s: write %s as %s", field, text, read.text)
	}
	return read.addr, err
}
