package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/predicate/types"
)

// Names of the queues, in state and in figures.
const (
	listingQueueName = "listing_queue"
	rootQueueName    = "root_queue"
)

// BeginBlock takes out of the trees whatever does not hold at the time of this block, before any transaction of it: issuers
// whose right ended, and listings whose time is over, at most queue_cap of them. Behind or not, no answer rests on a listing that
// is over: that it lasts longer than the inquiry is part of every proof.
func (k *Keeper) BeginBlock(ctx context.Context) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	if err := k.sweepIssuers(ctx); err != nil {
		return err
	}
	return k.endListings(ctx, int(params.QueueCap))
}

// EndBlock keeps the roots that trees have now, and forgets those that are too old to be accepted.
func (k *Keeper) EndBlock(ctx context.Context) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	if err := k.keepRoots(ctx); err != nil {
		return err
	}
	return k.forgetRoots(ctx, params)
}

func (k *Keeper) endListings(ctx context.Context, limit int) error {
	type entry = collections.Pair[time.Time, types.ID]
	due, err := first(ctx, k.listingQueue, collections.NewPrefixUntilPairRange[time.Time, types.ID](blockTime(ctx)), limit)
	if err != nil {
		return err
	}
	for _, each := range due {
		if err := k.listingQueue.Remove(ctx, each); err != nil { // whatever there is to take out: a queue never stands still
			return err
		}
		if err := k.delistIfListed(ctx, entry.K2(each).Bytes()); err != nil {
			return err
		}
	}
	count(ctx, endedCounter, len(due))
	return nil
}

func (k *Keeper) forgetRoots(ctx context.Context, params types.Params) error {
	type entry = collections.Triple[time.Time, types.ID, types.ID]
	before := blockTime(ctx).Add(-params.MaxRootAge)
	past := new(collections.Range[entry]).EndExclusive(collections.TriplePrefix[time.Time, types.ID, types.ID](before))
	old, err := first(ctx, k.rootQueue, past, int(params.QueueCap))
	if err != nil {
		return err
	}
	for _, each := range old {
		if err := k.rootQueue.Remove(ctx, each); err != nil {
			return err
		}
		if err := k.roots.Remove(ctx, collections.Join(each.K2(), each.K3())); err != nil {
			return err
		}
	}
	return nil
}

// first returns the first keys of a range; nothing is written while the iterator is open.
func first[K any](ctx context.Context, queue collections.KeySet[K], due collections.Ranger[K], limit int) ([]K, error) {
	var keys []K
	err := queue.Walk(ctx, due, func(key K) (bool, error) {
		keys = append(keys, key)
		return len(keys) >= limit, nil
	})
	return keys, err
}
