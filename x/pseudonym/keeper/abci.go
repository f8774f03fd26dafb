package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/pseudonym/types"
)

// EndBlock forgets requests, ends matches and carries out migrations whose time has come: of each at most params.queue_cap, oldest
// first. No right waits for it: messages and vaults compare with the clock themselves.
func (k *Keeper) EndBlock(ctx context.Context) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	for _, queue := range []struct {
		name string
		keys collections.KeySet[deadline]
		work func(sdk.Context, types.ID) error
	}{
		{"evaluations", k.evaluationExpiry, k.forgetEvaluation},
		{"matches", k.matchExpiry, k.expireMatch},
		{"migrations", k.migrationDue, k.takeMigration},
	} {
		due, err := firstDue(sdkCtx, queue.keys, int(params.QueueCap))
		if err != nil {
			return err
		}
		for _, key := range due {
			if err := queue.keys.Remove(ctx, key); err != nil {
				return err
			}
			cached, write := sdkCtx.CacheContext()
			if err := queue.work(cached, key.K2()); err != nil {
				// It leaves the queue and changes nothing else: the block goes on.
				sdkCtx.Logger().Error("entry of a queue failed", "module", types.ModuleName, "queue", queue.name, "error", err)
				measure(ctx, failedCounter, 1, inQueue(queue.name))
				continue
			}
			write()
			measure(ctx, queueCounter, 1, inQueue(queue.name))
		}
	}
	return nil
}

// firstDue returns entries of a queue that are due; nothing is written while the iterator is open.
func firstDue(ctx sdk.Context, keys collections.KeySet[deadline], limit int) ([]deadline, error) {
	var due []deadline
	err := keys.Walk(ctx, collections.NewPrefixUntilPairRange[time.Time, types.ID](ctx.BlockTime()), func(key deadline) (bool, error) {
		due = append(due, key)
		return len(due) == limit, nil
	})
	return due, err
}

func (k *Keeper) forgetEvaluation(ctx sdk.Context, id types.ID) error {
	return k.evaluations.Remove(ctx, id)
}

func (k *Keeper) expireMatch(ctx sdk.Context, id types.ID) error {
	match, err := k.GetMatch(ctx, id)
	if err != nil {
		return err
	}
	return k.endMatch(ctx, match, types.MATCH_STATUS_EXPIRED)
}

// takeMigration carries out a migration that is ready, and drops one that lapsed or that what happened meanwhile made impossible.
func (k *Keeper) takeMigration(ctx sdk.Context, id types.ID) error {
	migration, err := k.GetMigration(ctx, id)
	if err != nil {
		return err
	}
	if !migration.Ready {
		return k.dropMigration(ctx, migration, types.ReasonLapsed)
	}
	approvals, err := k.approvers(migration)
	if err != nil {
		return err
	}
	cached, write := ctx.CacheContext()
	if err := k.credit.Migrate(cached, id, types.ID(migration.New), approvals); err != nil {
		return k.dropMigration(ctx, migration, types.ReasonFailed)
	}
	write()
	if err := k.removeMigration(ctx, migration); err != nil {
		return err
	}
	return emit(ctx, types.NewEventMigrated(migration))
}
