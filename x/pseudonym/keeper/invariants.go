package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/pseudonym/types"
)

// Invariants checks what must hold in every state, whatever messages led there: that it could be a genesis, and that the queues
// have what follows from it and nothing else. It walks the whole state: for tests and simulations.
func (k *Keeper) Invariants(ctx context.Context) error {
	gs, err := k.ExportGenesis(ctx)
	if err != nil {
		return err
	}
	if err := gs.Validate(k.addresses); err != nil {
		return types.ErrInvariant.Wrap(err.Error())
	}
	var evaluations, matches, migrations []deadline
	var live []matchOf
	for _, e := range gs.Evaluations {
		evaluations = append(evaluations, collections.Join(e.ExpiresAt, types.ID(e.Id)))
	}
	for _, m := range gs.Matches {
		if !m.Over() {
			matches = append(matches, collections.Join(m.ExpiresAt, types.ID(m.Id)))
			for _, side := range []string{m.Client, m.Server} {
				of, err := k.parseActor("side", side)
				if err != nil {
					return err
				}
				live = append(live, collections.Join(of.addr, types.ID(m.Id)))
			}
		}
	}
	for _, m := range gs.Migrations {
		migrations = append(migrations, migrationKey(m))
	}
	for _, queue := range []struct {
		name string
		keys collections.KeySet[deadline]
		want []deadline
	}{
		{"evaluations", k.evaluationExpiry, evaluations}, {"matches", k.matchExpiry, matches}, {"migrations", k.migrationDue, migrations},
	} {
		if err := checkKeys(ctx, queue.name, queue.keys, queue.want); err != nil {
			return err
		}
	}
	return checkKeys(ctx, "live matches", k.liveMatches, live)
}

// checkKeys compares an index with the keys that it should have, each once.
func checkKeys[K any](ctx context.Context, name string, keys collections.KeySet[K], want []K) error {
	for _, key := range want {
		has, err := keys.Has(ctx, key)
		if err != nil {
			return err
		}
		if !has {
			return types.ErrInvariant.Wrapf("index of %s: %v is missing", name, key)
		}
	}
	count := 0
	err := keys.Walk(ctx, nil, func(K) (bool, error) {
		count++
		return false, nil
	})
	if err == nil && count != len(want) {
		err = types.ErrInvariant.Wrapf("index of %s: %d keys, not %d", name, count, len(want))
	}
	return err
}
