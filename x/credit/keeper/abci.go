package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// Names of the queues, in state and in events.
const (
	consentQueue   = "consent_expiry"
	inquiryQueue   = "inquiry_expiry"
	retentionQueue = "retention"
	disputeQueue   = "dispute_deadlines"
	outcomeQueue   = "outcomes_to_tell"
	changeQueue    = "subject_changes"
	orderQueue     = "used_orders"
	adverseQueue   = "adverse_actions_due"
	holdQueue      = "hold_ends"
	erasureQueue   = "erasure_deadlines"
	checkQueue     = "contract_checks"
)

// EndBlock works off what is due, at most queue_cap entries of each queue. Rights end on time whether or not a queue is
// behind: every message checks the clock itself.
func (k *Keeper) EndBlock(ctx context.Context) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	for _, work := range []func(sdk.Context, int) error{
		k.endConsents, k.endInquiries, k.endRetention, k.endDisputeClocks, k.tellOutcomes, k.endChanges, k.endOrders, k.endAdverse,
		k.endHolds, k.endErasures, k.runChecks,
	} {
		if err := work(sdkCtx, int(params.QueueCap)); err != nil {
			return err
		}
	}
	return nil
}

// queue is a time-ordered set of deadlines, and what to do when one is due.
type queue[K any] struct {
	name string
	keys collections.KeySet[K]
	due  collections.Ranger[K]
	id   func(K) types.ID
	work func(sdk.Context, K) error
	// units of work that an entry is; nil when each is one.
	units func(sdk.Context, K) int
}

// drain works off due entries of up to limit units. An entry of more units than that waits for a block in which it is the first,
// so that a block never does more than the limit or one entry. An entry leaves the queue whatever comes of it, and one that
// fails changes nothing else: it is reported by an event and the block goes on.
func (q queue[K]) drain(ctx sdk.Context, limit int) error {
	due, err := q.first(ctx, limit)
	if err != nil {
		return err
	}
	done, worked, failed := 0, 0, 0
	defer func() { countDrained(ctx, q.name, worked, failed, len(due) >= limit || worked < len(due)) }()
	for _, key := range due {
		units := 1
		if q.units != nil {
			units = q.units(ctx, key)
		}
		if done > 0 && done+units > limit {
			return nil
		}
		done += units
		worked++
		if err := q.keys.Remove(ctx, key); err != nil {
			return err
		}
		cached, write := ctx.CacheContext()
		if err := q.work(cached, key); err != nil {
			failed++
			if err := emit(ctx, types.NewEventQueueEntryFailed(q.name, q.id(key), err)); err != nil {
				return err
			}
			continue
		}
		write()
	}
	return nil
}

// first returns the first due entries; nothing is written while the iterator is open.
func (q queue[K]) first(ctx context.Context, limit int) ([]K, error) {
	var due []K
	err := q.keys.Walk(ctx, q.due, func(key K) (bool, error) {
		due = append(due, key)
		return len(due) >= limit, nil
	})
	return due, err
}
