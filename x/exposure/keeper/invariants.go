package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/exposure/types"
)

// Invariants checks what must hold in every state, whatever messages led there: that it could be a genesis, so that every sum
// is that of the submissions, and that queue, scopes and duties have what follows from the rounds and nothing else. It walks
// the whole state: for tests and simulations.
func (k *Keeper) Invariants(ctx context.Context) error {
	gs, err := k.ExportGenesis(ctx)
	if err != nil {
		return err
	}
	if err := k.checkGenesis(gs); err != nil {
		return types.ErrBroken.Wrap(err.Error())
	}
	rounds := make(map[types.ID]types.Round, len(gs.Rounds)) // asked for single rounds, never walked
	queue := make([]collections.Pair[time.Time, types.ID], len(gs.Rounds))
	scopes := make([]scopeKey, len(gs.Rounds))
	for i, round := range gs.Rounds {
		id := types.ID(round.Id)
		rounds[id] = round
		queue[i] = collections.Join(round.Due(), id)
		scopes[i] = collections.Join3(uint32(round.Kind), round.Scope(), id)
	}
	if err := checkIndex(ctx, "queue", k.queue, queue); err != nil {
		return err
	}
	if err := checkIndex(ctx, "scopes", k.scopes, scopes); err != nil {
		return err
	}
	return k.checkDuties(ctx, gs, rounds)
}

func (k *Keeper) checkDuties(ctx context.Context, gs *types.GenesisState, rounds map[types.ID]types.Round) error {
	want := 0
	for _, part := range gs.Parts {
		member, err := k.parseActor("member", part.Member)
		if err != nil {
			return err
		}
		id := types.ID(part.RoundId)
		has, err := k.duties.Has(ctx, collections.Join(member.addr, id))
		if err != nil {
			return err
		}
		awaited := rounds[id].Awaits(part)
		if has != awaited {
			return types.ErrBroken.Wrapf("duties: of %s in round %s: %t, not %t", part.Member, id, has, awaited)
		}
		if awaited {
			want++
		}
	}
	count := 0
	err := k.duties.Walk(ctx, nil, func(collections.Pair[sdk.AccAddress, types.ID], uint32) (bool, error) {
		count++
		return false, nil
	})
	if err == nil && count != want {
		err = types.ErrBroken.Wrapf("duties: %d, not %d", count, want)
	}
	return err
}

// checkIndex compares a key set with the keys that it should have, each once.
func checkIndex[K any](ctx context.Context, name string, set collections.KeySet[K], want []K) error {
	for _, key := range want {
		has, err := set.Has(ctx, key)
		if err != nil {
			return err
		}
		if !has {
			return types.ErrBroken.Wrapf("%s: %v is missing", name, key)
		}
	}
	count := 0
	err := set.Walk(ctx, nil, func(K) (bool, error) {
		count++
		return false, nil
	})
	if err == nil && count != len(want) {
		err = types.ErrBroken.Wrapf("%s: %d keys, not %d", name, count, len(want))
	}
	return err
}
