package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/committee/types"
)

// InitGenesis stores a state. Queues and the index of duties follow from it.
func (k *Keeper) InitGenesis(ctx context.Context, state *types.GenesisState) error {
	if err := state.Validate(k.addresses); err != nil {
		return err
	}
	if err := k.Params.Set(ctx, state.Params); err != nil {
		return err
	}
	for i := range state.Committees {
		c := &state.Committees[i]
		if err := k.setDeadline(ctx, c, c.Deadline); err != nil {
			return err
		}
		if err := k.save(ctx, c); err != nil {
			return err
		}
		if err := k.setDuties(ctx, c); err != nil {
			return err
		}
	}
	for _, d := range state.Dealings {
		if err := k.Dealings.Set(ctx, collections.Join(d.CommitteeId, d.Dealer), d); err != nil {
			return err
		}
	}
	for _, e := range state.Enlistments {
		_, key, err := k.enlistmentKey(e.Operator, e.Purpose)
		if err != nil {
			return err
		}
		if err := k.Enlistments.Set(ctx, key); err != nil {
			return err
		}
	}
	for _, p := range state.Purposes {
		if err := k.setPurpose(ctx, p); err != nil {
			return err
		}
		if err := k.Reviews.Set(ctx, collections.Join(p.ReviewAt, uint32(p.Purpose))); err != nil {
			return err
		}
	}
	return nil
}

// ExportGenesis writes all that InitGenesis needs, in the order of keys.
func (k *Keeper) ExportGenesis(ctx context.Context) (*types.GenesisState, error) {
	params, err := k.Params.Get(ctx)
	if err != nil {
		return nil, err
	}
	state := &types.GenesisState{Params: params}
	err = k.Committees.Walk(ctx, nil, func(_ uint64, c types.Committee) (bool, error) {
		state.Committees = append(state.Committees, c)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.Dealings.Walk(ctx, nil, func(_ collections.Pair[uint64, uint32], d types.Dealing) (bool, error) {
		state.Dealings = append(state.Dealings, d)
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	err = k.Enlistments.Walk(ctx, nil, func(key collections.Pair[uint32, sdk.AccAddress]) (bool, error) {
		operator, err := k.addresses.BytesToString(key.K2())
		state.Enlistments = append(state.Enlistments, types.Enlistment{Purpose: types.Purpose(key.K1()), Operator: operator})
		return false, err
	})
	if err != nil {
		return nil, err
	}
	err = k.Purposes.Walk(ctx, nil, func(_ uint32, p types.PurposeState) (bool, error) {
		state.Purposes = append(state.Purposes, p)
		return false, nil
	})
	return state, err
}
