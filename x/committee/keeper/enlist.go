package keeper

import (
	"context"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/committee/types"
)

// enlist notes that an institution is ready to be called.
func (k *Keeper) enlist(ctx context.Context, msg *types.MsgEnlist) error {
	operator, key, err := k.enlistmentKey(msg.Operator, msg.Purpose)
	if err != nil {
		return err
	}
	_, policy, err := k.policy(ctx, msg.Purpose)
	if err != nil {
		return err
	}
	if err := k.requireEligible(ctx, policy, operator); err != nil {
		return err
	}
	enlisted, err := k.Enlistments.Has(ctx, key)
	if err != nil {
		return err
	}
	if enlisted {
		return errorsmod.Wrapf(types.ErrEnlisted, "%s is ready for committees of %s already; nothing is to be done", msg.Operator, msg.Purpose)
	}
	if err := k.requireRoom(ctx, msg.Purpose); err != nil {
		return err
	}
	if err := k.Enlistments.Set(ctx, key); err != nil {
		return err
	}
	return emit(ctx, &types.EventEnlisted{Operator: msg.Operator, Purpose: msg.Purpose})
}

// requireRoom bounds the list: a review reads all of it.
func (k *Keeper) requireRoom(ctx context.Context, purpose types.Purpose) error {
	n := 0
	err := k.Enlistments.Walk(ctx, collections.NewPrefixedPairRange[uint32, sdk.AccAddress](uint32(purpose)),
		func(collections.Pair[uint32, sdk.AccAddress]) (bool, error) {
			n++
			return n >= types.MaxEnlisted, nil
		})
	if err == nil && n >= types.MaxEnlisted {
		err = errorsmod.Wrapf(types.ErrFull, "%d institutions are ready for committees of %s; the members call others by vote", n, purpose)
	}
	return err
}

// withdraw ends an enlistment.
func (k *Keeper) withdraw(ctx context.Context, msg *types.MsgWithdraw) error {
	operator, key, err := k.enlistmentKey(msg.Operator, msg.Purpose)
	if err != nil {
		return err
	}
	enlisted, err := k.Enlistments.Has(ctx, key)
	if err != nil {
		return err
	}
	if !enlisted {
		return errorsmod.Wrapf(types.ErrNotEnlisted, "%s is not ready for committees of %s; nothing is to be done", msg.Operator, msg.Purpose)
	}
	return k.strike(ctx, msg.Purpose, operator)
}

// strike takes an institution off the list, if it is on it.
func (k *Keeper) strike(ctx context.Context, purpose types.Purpose, operator sdk.AccAddress) error {
	key := collections.Join(uint32(purpose), operator)
	enlisted, err := k.Enlistments.Has(ctx, key)
	if err != nil || !enlisted {
		return err
	}
	if err := k.Enlistments.Remove(ctx, key); err != nil {
		return err
	}
	return emit(ctx, &types.EventWithdrawn{Operator: k.addressText(operator), Purpose: purpose})
}

func (k *Keeper) enlistmentKey(address string, purpose types.Purpose) (sdk.AccAddress, collections.Pair[uint32, sdk.AccAddress], error) {
	if err := purpose.Validate(); err != nil {
		return nil, collections.Pair[uint32, sdk.AccAddress]{}, err
	}
	operator, err := k.operatorOf(address)
	return operator, collections.Join(uint32(purpose), operator), err
}
