package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/committee/types"
)

// maxDue bounds how many committees a block works on; the others follow in the next ones. Each costs at most what a
// committee of 64 does.
const maxDue = 4

// EndBlock works off the deadlines that came, and then the reviews. x/institution must end its block before, so that a
// licence that ended counts.
func (k *Keeper) EndBlock(ctx context.Context) error {
	params, err := k.Params.Get(ctx)
	if err != nil {
		return err
	}
	committees, err := due(ctx, k.Deadlines)
	if err != nil {
		return err
	}
	for _, id := range committees {
		c, err := k.Get(ctx, id)
		if err != nil {
			return err
		}
		if err := k.advance(ctx, params, &c); err != nil {
			return err
		}
	}
	purposes, err := due(ctx, k.Reviews)
	if err != nil {
		return err
	}
	for _, purpose := range purposes {
		if err := k.review(ctx, params, types.Purpose(purpose)); err != nil {
			return err
		}
	}
	return nil
}

// due are the first entries of a queue whose time has come.
func due[K any](ctx context.Context, queue collections.KeySet[collections.Pair[time.Time, K]]) ([]K, error) {
	var ids []K
	err := queue.Walk(ctx, collections.NewPrefixUntilPairRange[time.Time, K](blockTime(ctx)), func(key collections.Pair[time.Time, K]) (bool, error) {
		ids = append(ids, key.K2())
		return len(ids) >= maxDue, nil
	})
	return ids, err
}
