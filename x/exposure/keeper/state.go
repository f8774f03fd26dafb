package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/exposure/types"
)

// The value under a key does not repeat what the key holds: what is read gets it back here, and what is written loses it
// here.

// GetRound returns the round of that id.
func (k *Keeper) GetRound(ctx context.Context, id types.ID) (types.Round, error) {
	round, err := k.rounds.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return round, types.ErrUnknownRound.Wrapf("%s: check the id; a round is forgotten some time after its end", id)
	}
	round.Id = id.Bytes()
	return round, err
}

func (k *Keeper) setRound(ctx context.Context, round types.Round) error {
	id := types.ID(round.Id)
	round.Id = nil
	return k.rounds.Set(ctx, id, round)
}

// moveRound writes a round whose time to come further is another than before.
func (k *Keeper) moveRound(ctx context.Context, before, round types.Round) error {
	id := types.ID(round.Id)
	if err := k.queue.Remove(ctx, collections.Join(before.Due(), id)); err != nil {
		return err
	}
	if err := k.queue.Set(ctx, collections.Join(round.Due(), id)); err != nil {
		return err
	}
	countStatus(ctx, round)
	if err := k.setRound(ctx, round); err != nil {
		return err
	}
	return emit(ctx, types.NewEventStatusChanged(round))
}

func (k *Keeper) setPart(ctx context.Context, part types.Part) error {
	key := collections.Join(types.ID(part.RoundId), part.Index)
	part.RoundId, part.Index = nil, 0
	return k.parts.Set(ctx, key, part)
}

func fullPart(key partKey, part types.Part) types.Part {
	part.RoundId, part.Index = key.K1().Bytes(), key.K2()
	return part
}

// getParts returns the parts of a round by index; there are at most MaxMembers.
func (k *Keeper) getParts(ctx context.Context, id types.ID) ([]types.Part, error) {
	var parts []types.Part
	err := k.parts.Walk(ctx, collections.NewPrefixedPairRange[types.ID, uint32](id),
		func(key partKey, part types.Part) (bool, error) {
			parts = append(parts, fullPart(key, part))
			return false, nil
		})
	return parts, err
}

// partOf returns the part for which the round waits of the member; an error that says why it waits for none.
func (k *Keeper) partOf(ctx context.Context, round types.Round, by actor) (types.Part, error) {
	id := types.ID(round.Id)
	index, err := k.duties.Get(ctx, collections.Join(by.addr, id))
	if errors.Is(err, collections.ErrNotFound) {
		return types.Part{}, k.noDuty(ctx, id, by)
	}
	if err != nil {
		return types.Part{}, err
	}
	part, err := k.parts.Get(ctx, collections.Join(id, index))
	return fullPart(collections.Join(id, index), part), err
}

func (k *Keeper) noDuty(ctx context.Context, id types.ID, by actor) error {
	parts, err := k.getParts(ctx, id)
	if err != nil {
		return err
	}
	for _, part := range parts {
		if part.Member != by.text {
			continue
		}
		if part.WrongShares >= types.MaxWrongShares {
			return types.ErrTooManyWrong.Wrapf("%d shares did not verify: the round goes on without this member", part.WrongShares)
		}
		return types.ErrDoneBefore.Wrapf("round %s waits for other members", id)
	}
	return types.ErrNotMember.Wrapf("%s had no part in the committee when round %s opened", by.text, id)
}

// addConduct adds to what is kept of an institution for good.
func (k *Keeper) addConduct(ctx context.Context, member string, change func(*types.Conduct)) error {
	by, err := k.parseActor("member", member)
	if err != nil {
		return err
	}
	conduct, err := k.conduct.Get(ctx, by.addr)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	change(&conduct)
	conduct.Member = ""
	return k.conduct.Set(ctx, by.addr, conduct)
}

// addDuties says for whom the round waits: all members, or those whom want names.
func (k *Keeper) addDuties(ctx context.Context, parts []types.Part, want func(types.Part) bool) error {
	for _, part := range parts {
		if !want(part) {
			continue
		}
		by, err := k.parseActor("member", part.Member)
		if err != nil {
			return err
		}
		if err := k.duties.Set(ctx, collections.Join(by.addr, types.ID(part.RoundId)), part.Index); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) removeDuties(ctx context.Context, parts []types.Part) error {
	for _, part := range parts {
		by, err := k.parseActor("member", part.Member)
		if err != nil {
			return err
		}
		if err := k.duties.Remove(ctx, collections.Join(by.addr, types.ID(part.RoundId))); err != nil {
			return err
		}
	}
	return nil
}
