package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	"github.com/cosmos/gogoproto/proto"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/committee/types"
)

// emit a typed event.
func emit(ctx context.Context, event proto.Message) error {
	return sdk.UnwrapSDKContext(ctx).EventManager().EmitTypedEvent(event)
}

// save a committee as it is.
func (k *Keeper) save(ctx context.Context, c *types.Committee) error {
	return k.Committees.Set(ctx, c.Id, *c)
}

// setDeadline moves the committee in the queue; a committee that is over is in it no more.
func (k *Keeper) setDeadline(ctx context.Context, c *types.Committee, deadline time.Time) error {
	if err := k.Deadlines.Remove(ctx, collections.Join(c.Deadline, c.Id)); err != nil {
		return err
	}
	c.Deadline = deadline.UTC()
	if c.Over() {
		return nil
	}
	return k.Deadlines.Set(ctx, collections.Join(c.Deadline, c.Id))
}

// enter a status with the deadline of it.
func (k *Keeper) enter(ctx context.Context, c *types.Committee, status types.Status, deadline time.Time) error {
	c.Status = status
	if err := k.setDeadline(ctx, c, deadline); err != nil {
		return err
	}
	if err := k.save(ctx, c); err != nil {
		return err
	}
	return emit(ctx, c.StatusEvent())
}

// hurry makes the phase end in this block if nobody is waited for any more.
func (k *Keeper) hurry(ctx context.Context, c *types.Committee, waited bool) error {
	if !waited {
		if err := k.setDeadline(ctx, c, blockTime(ctx)); err != nil {
			return err
		}
	}
	return k.save(ctx, c)
}

// setDuties brings the index in line with what each member and dealer owes.
func (k *Keeper) setDuties(ctx context.Context, c *types.Committee) error {
	for i := range c.Members {
		if err := k.setDuty(ctx, c, c.Members[i].Operator); err != nil {
			return err
		}
	}
	for i := range c.Dealers {
		if err := k.setDuty(ctx, c, c.Dealers[i].Operator); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) setDuty(ctx context.Context, c *types.Committee, operator string) error {
	address, err := k.operatorOf(operator)
	if err != nil {
		return err
	}
	key := collections.Join(address, c.Id)
	if c.Owes(operator) {
		return k.Duties.Set(ctx, key)
	}
	return k.Duties.Remove(ctx, key)
}

// purposeState of a purpose; genesis wrote one for each.
func (k *Keeper) purposeState(ctx context.Context, purpose types.Purpose) (types.PurposeState, error) {
	return k.Purposes.Get(ctx, uint32(purpose))
}

func (k *Keeper) setPurpose(ctx context.Context, state types.PurposeState) error {
	return k.Purposes.Set(ctx, uint32(state.Purpose), state)
}

// setReview moves a purpose in the queue of reviews.
func (k *Keeper) setReview(ctx context.Context, purpose types.Purpose, at time.Time) error {
	state, err := k.purposeState(ctx, purpose)
	if err != nil {
		return err
	}
	if err := k.Reviews.Remove(ctx, collections.Join(state.ReviewAt, uint32(purpose))); err != nil {
		return err
	}
	state.ReviewAt = at.UTC()
	if err := k.Reviews.Set(ctx, collections.Join(state.ReviewAt, uint32(purpose))); err != nil {
		return err
	}
	return k.setPurpose(ctx, state)
}

// nextID of a committee. They are rare, so to look at the last one is no hot spot.
func (k *Keeper) nextID(ctx context.Context) (uint64, error) {
	iter, err := k.Committees.IterateRaw(ctx, nil, nil, collections.OrderDescending)
	if err != nil {
		return 0, err
	}
	defer iter.Close()
	if !iter.Valid() {
		return 1, nil
	}
	last, err := iter.Key()
	return last + 1, err
}

// removeDealings of a committee that is over; there are at most 64.
func (k *Keeper) removeDealings(ctx context.Context, c *types.Committee) error {
	for i := range c.Dealers {
		if err := k.Dealings.Remove(ctx, collections.Join(c.Id, c.Dealers[i].Index)); err != nil {
			return err
		}
	}
	return nil
}
