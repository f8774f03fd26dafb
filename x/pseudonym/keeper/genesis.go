package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/pseudonym/types"
)

// InitGenesis checks the state of a genesis file and writes it. Queues are made again.
func (k *Keeper) InitGenesis(ctx context.Context, gs *types.GenesisState) error {
	if err := gs.Validate(k.addresses); err != nil {
		return err
	}
	if err := k.params.Set(ctx, gs.Params); err != nil {
		return err
	}
	for _, epoch := range gs.Epochs {
		if err := k.setEpoch(ctx, epoch); err != nil {
			return err
		}
	}
	for _, evaluation := range gs.Evaluations {
		if err := k.setEvaluation(ctx, evaluation); err != nil {
			return err
		}
	}
	for _, match := range gs.Matches {
		if err := k.addMatch(ctx, match); err != nil {
			return err
		}
	}
	for _, migration := range gs.Migrations {
		if err := k.setMigration(ctx, migration); err != nil {
			return err
		}
	}
	return k.writeUsages(ctx, gs)
}

func (k *Keeper) writeUsages(ctx context.Context, gs *types.GenesisState) error {
	for _, usage := range gs.Usages {
		institution, err := k.parseActor("institution", usage.Institution)
		if err != nil {
			return err
		}
		key := collections.Join(institution.addr, usage.Window.UTC())
		usage.Institution, usage.Window = "", time.Time{}
		if err := k.usages.Set(ctx, key, usage); err != nil {
			return err
		}
	}
	for _, usage := range gs.MatchUsages {
		client, err := k.parseActor("client", usage.Client)
		if err != nil {
			return err
		}
		server, err := k.parseActor("server", usage.Server)
		if err != nil {
			return err
		}
		if err := k.matchUsages.Set(ctx, collections.Join3(client.addr, server.addr, usage.Window.UTC()), usage.Items); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis reads the whole state.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	gs := &types.GenesisState{Params: params}
	for _, read := range []func() error{
		func() error {
			return k.epochs.Walk(ctx, nil, func(number uint64, epoch types.KeyEpoch) (bool, error) {
				epoch.Epoch = number
				gs.Epochs = append(gs.Epochs, epoch)
				return false, nil
			})
		},
		func() error {
			return k.evaluations.Walk(ctx, nil, func(id types.ID, evaluation types.Evaluation) (bool, error) {
				evaluation.Id = id.Bytes()
				gs.Evaluations = append(gs.Evaluations, evaluation)
				return false, nil
			})
		},
		func() error {
			return k.WalkMatches(ctx, types.ID{}, func(match types.Match) (bool, error) {
				gs.Matches = append(gs.Matches, match)
				return false, nil
			})
		},
		func() error {
			return k.WalkMigrations(ctx, types.ID{}, func(migration types.Migration) (bool, error) {
				gs.Migrations = append(gs.Migrations, migration)
				return false, nil
			})
		},
		func() error {
			return k.usages.Walk(ctx, nil, func(key windowOf, usage types.Usage) (bool, error) {
				usage, err := k.fullUsage(key, usage)
				gs.Usages = append(gs.Usages, usage)
				return false, err
			})
		},
		func() error {
			return k.matchUsages.Walk(ctx, nil, func(key pairWindow, items uint64) (bool, error) {
				usage, err := k.fullMatchUsage(key, items)
				gs.MatchUsages = append(gs.MatchUsages, usage)
				return false, err
			})
		},
	} {
		if err := read(); err != nil {
			return nil, err
		}
	}
	return gs, nil
}

// WalkMatches from an id on, in their order, until the function says stop.
func (k *Keeper) WalkMatches(ctx context.Context, from types.ID, do func(types.Match) (bool, error)) error {
	return k.matches.Walk(ctx, new(collections.Range[types.ID]).StartInclusive(from), func(id types.ID, match types.Match) (bool, error) {
		match.Id = id.Bytes()
		return do(match)
	})
}

// WalkMigrations from an old pseudonym on, in their order, until the function says stop.
func (k *Keeper) WalkMigrations(ctx context.Context, from types.ID, do func(types.Migration) (bool, error)) error {
	return k.migrations.Walk(ctx, new(collections.Range[types.ID]).StartInclusive(from), func(old types.ID, migration types.Migration) (bool, error) {
		migration.Old = old.Bytes()
		return do(migration)
	})
}
