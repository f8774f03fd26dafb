package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/exposure/types"
)

// EndBlock brings rounds further whose time is over, at most params.max_per_block. No right depends on whether the queue is
// behind: every message checks the clock itself.
func (k *Keeper) EndBlock(ctx context.Context) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	var due []dueKey
	until := collections.NewPrefixUntilPairRange[time.Time, types.ID](blockTime(ctx))
	err = k.queue.Walk(ctx, until, func(key dueKey) (bool, error) {
		due = append(due, key)
		return len(due) >= int(params.MaxPerBlock), nil
	})
	if err != nil {
		return err
	}
	for _, key := range due {
		// One round that cannot go on keeps no other from it, nor the block; it leaves the queue.
		cached, write := sdk.UnwrapSDKContext(ctx).CacheContext()
		if err := k.end(cached, params, key.K2()); err != nil {
			count(ctx, failureCounter, 1)
			sdk.UnwrapSDKContext(ctx).Logger().Error("round left its queue without effect", "module", types.ModuleName, "error", err.Error())
			if err := k.queue.Remove(ctx, key); err != nil {
				return err
			}
			continue
		}
		write()
	}
	return nil
}

// end does what is due: it fixes or fails a round whose submissions end, fails one without enough shares, and forgets one whose
// interval is over.
func (k *Keeper) end(ctx sdk.Context, params types.Params, id types.ID) error {
	round, err := k.GetRound(ctx, id)
	if err != nil {
		return err
	}
	parts, err := k.getParts(ctx, id)
	if err != nil {
		return err
	}
	switch round.Status {
	case types.STATUS_SUBMITTING:
		return k.endSubmissions(ctx, params, round, parts)
	case types.STATUS_OPENING:
		for _, part := range parts {
			if len(part.Share) > 0 {
				continue
			}
			if err := k.addConduct(ctx, part.Member, func(c *types.Conduct) { c.Withheld++ }); err != nil {
				return err
			}
		}
		return k.fail(ctx, round, parts, types.FAILURE_TOO_FEW_SHARES)
	default:
		return k.forget(ctx, round, parts)
	}
}

// endSubmissions names those who were silent. The sum goes on without them if they are few and enough others hide in it:
// its total is then partial, and says so.
func (k *Keeper) endSubmissions(ctx sdk.Context, params types.Params, round types.Round, parts []types.Part) error {
	var silent uint32
	for _, part := range parts {
		if len(part.Ciphertext) > 0 {
			continue
		}
		silent++
		if err := k.addConduct(ctx, part.Member, func(c *types.Conduct) { c.Silent++ }); err != nil {
			return err
		}
		if err := emit(ctx, &types.EventSilent{Id: types.ID(round.Id).String(), Member: part.Member}); err != nil {
			return err
		}
	}
	count(ctx, silentCounter, int(silent))
	if silent > params.MaxSilent || round.SubmittedOthers < params.Others(round.Kind) {
		return k.fail(ctx, round, parts, types.FAILURE_TOO_FEW_SUBMISSIONS)
	}
	_, err := k.fix(ctx, round, round)
	return err
}

func (k *Keeper) fail(ctx sdk.Context, round types.Round, parts []types.Part, failure types.Failure) error {
	before := round
	round.Status, round.Failure, round.EndedHeight = types.STATUS_FAILED, failure, ctx.BlockHeight()
	if err := k.removeDuties(ctx, parts); err != nil {
		return err
	}
	return k.moveRound(ctx, before, round)
}

// forget removes a round with all its ciphertexts. The trails keep that it was; old blocks have what was sent.
func (k *Keeper) forget(ctx sdk.Context, round types.Round, parts []types.Part) error {
	id := types.ID(round.Id)
	for _, part := range parts {
		if err := k.parts.Remove(ctx, collections.Join(id, part.Index)); err != nil {
			return err
		}
	}
	if err := k.scopes.Remove(ctx, collections.Join3(uint32(round.Kind), round.Scope(), id)); err != nil {
		return err
	}
	if err := k.queue.Remove(ctx, collections.Join(round.Due(), id)); err != nil {
		return err
	}
	return k.rounds.Remove(ctx, id)
}
