package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// EndBlock announces what has expired and forgets the nonces of deadlines that have passed, at most
// max_expiries_per_block of each. Neither gives or takes a right: expiry and deadlines are compared with the block
// time wherever they matter, so a queue that is behind is late with news only.
func (k *Keeper) EndBlock(ctx context.Context) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	limit := int(params.MaxExpiriesPerBlock)
	if err := k.announceExpiries(ctx, limit); err != nil {
		return err
	}
	return k.forgetNonces(ctx, limit)
}

func (k *Keeper) announceExpiries(ctx context.Context, limit int) error {
	due := collections.NewPrefixUntilPairRange[time.Time, types.ContainerID](blockTime(ctx))
	entries, err := take(ctx, k.expiries, due, limit)
	if err != nil {
		return err
	}
	for _, each := range entries {
		count(ctx, expiredCounter, 1)
		if err := emit(ctx, types.NewEventExpired(each.K2(), each.K1())); err != nil {
			return err
		}
	}
	return nil
}

// forgetNonces of deadlines before the block time. A message with such a deadline is refused in this block and, since
// block times do not go back, in every later one; a deadline that is the block time is kept, as its message still
// counts.
func (k *Keeper) forgetNonces(ctx context.Context, limit int) error {
	type nonce = collections.Triple[time.Time, sdk.AccAddress, []byte]
	past := new(collections.Range[nonce]).EndExclusive(collections.TriplePrefix[time.Time, sdk.AccAddress, []byte](blockTime(ctx)))
	_, err := take(ctx, k.usedNonces, past, limit)
	return err
}

// take removes the first keys of a range from a queue, at most limit, and returns them.
func take[K any](ctx context.Context, queue collections.KeySet[K], from collections.Ranger[K], limit int) ([]K, error) {
	var taken []K
	err := queue.Walk(ctx, from, func(each K) (bool, error) {
		taken = append(taken, each)
		return len(taken) == limit, nil
	})
	if err != nil {
		return nil, err
	}
	for _, each := range taken { // after the walk: a store is not changed under its iterator
		if err := queue.Remove(ctx, each); err != nil {
			return nil, err
		}
	}
	return taken, nil
}
