package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/exposure/types"
)

// InitGenesis checks the state of a genesis file and writes it. Queue, scopes and duties are made again.
func (k *Keeper) InitGenesis(ctx context.Context, gs *types.GenesisState) error {
	if err := k.checkGenesis(gs); err != nil {
		return err
	}
	if err := k.params.Set(ctx, gs.Params); err != nil {
		return err
	}
	parts := make(map[types.ID][]types.Part, len(gs.Rounds)) // asked for single rounds, never walked
	for _, part := range gs.Parts {
		parts[types.ID(part.RoundId)] = append(parts[types.ID(part.RoundId)], part)
	}
	for _, round := range gs.Rounds {
		id := types.ID(round.Id)
		if err := k.writeRound(ctx, round, parts[id]); err != nil {
			return err
		}
		if err := k.removeDuties(ctx, parts[id]); err != nil {
			return err
		}
		if err := k.addDuties(ctx, parts[id], round.Awaits); err != nil {
			return err
		}
	}
	for _, conduct := range gs.Conduct {
		if err := k.addConduct(ctx, conduct.Member, func(c *types.Conduct) { *c = conduct }); err != nil {
			return err
		}
	}
	return nil
}

// checkGenesis checks what takes an address codec too.
func (k *Keeper) checkGenesis(gs *types.GenesisState) error {
	if err := gs.Validate(); err != nil {
		return err
	}
	for _, round := range gs.Rounds {
		asker, err := k.parseActor("asker", round.Asker)
		if err != nil {
			return types.ErrInvalidGenesis.Wrap(err.Error())
		}
		id := types.ID(round.Id)
		if types.RoundID(asker.addr, round.Kind, round.About(), round.AskerKey) != id || asker.text != round.Asker {
			return types.ErrInvalidGenesis.Wrapf("round %s: its id is not that of its content", id)
		}
	}
	for _, part := range gs.Parts {
		if err := k.checkMember(part.Member); err != nil {
			return err
		}
	}
	for _, conduct := range gs.Conduct {
		if err := k.checkMember(conduct.Member); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) checkMember(text string) error {
	member, err := k.parseActor("member", text)
	if err != nil {
		return types.ErrInvalidGenesis.Wrap(err.Error())
	}
	if member.text != text {
		return types.ErrInvalidGenesis.Wrapf("member %s: write it as %s", text, member.text)
	}
	return nil
}

// ExportGenesis returns all that the module keeps.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	gs := &types.GenesisState{Params: params}
	err = k.rounds.Walk(ctx, nil, func(id types.ID, round types.Round) (bool, error) {
		round.Id = id.Bytes()
		gs.Rounds = append(gs.Rounds, round)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.parts.Walk(ctx, nil, func(key collections.Pair[types.ID, uint32], part types.Part) (bool, error) {
		gs.Parts = append(gs.Parts, fullPart(key, part))
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.conduct.Walk(ctx, nil, func(key sdk.AccAddress, conduct types.Conduct) (bool, error) {
		full, err := k.fullConduct(key, conduct)
		gs.Conduct = append(gs.Conduct, full)
		return err != nil, err
	})
	return gs, err
}
