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
	for _, e := range gs.Evaluations {
		evaluations = append(evaluations, collections.Join(e.ExpiresAt, types.ID(e.Id)))
	}
	for _, m := range gs.Matches {
		if !m.Over() {
			matches = append(matches, collections.Join(m.ExpiresAt, types.ID(m.Id)))
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
		if err := checkQueue(ctx, queue.name, queue.keys, queue.want); err != nil {
			return err
		}
	}
	return nil
}

// checkQueue compares a queue with the keys that it should have, each once.
func checkQueue(ctx context.Context, name string, keys collections.KeySet[deadline], want []deadline) error {
	for _, key := range want {
		has, err := keys.Has(ctx, key)
		if err != nil {
			return err
		}
		if !has {
			return types.ErrInvariant.Wrapf("queue of %s: %s is missing", name, key.K2())
		}
	}
	count := 0
	err := keys.Walk(ctx, nil, func(deadline) (bool, error) {
		count++
		return false, nil
	})
	if err == nil && count != len(want) {
		err = types.ErrInvariant.Wrapf("queue of %s: %d keys, not %d", name, count, len(want))
	}
	return err
}
