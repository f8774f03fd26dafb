package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/pseudonym/types"
)

// What simulations pick their messages by.

// CanAct says whether the operator may act in one of the roles.
func (k *Keeper) CanAct(ctx context.Context, operator sdk.AccAddress, roles ...institutiontypes.Role) bool {
	_, err := k.institutions.RequireRole(ctx, operator, roles...)
	return err == nil
}

// CanMatch says whether the operator may open and accept matches.
func (k *Keeper) CanMatch(ctx context.Context, operator sdk.AccAddress) bool {
	return k.CanAct(ctx, operator, matchers...)
}

// Serving returns the key epoch in use, if a committee serves its key, and whether an operator may ask for so many evaluations now.
func (k *Keeper) Serving(ctx context.Context, operator sdk.AccAddress, count uint32) (uint64, bool) {
	epoch, adopted, err := k.lastEpoch(ctx)
	if err != nil || !adopted || !k.CanAct(ctx, operator, evaluators...) {
		return 0, false
	}
	if _, err := k.servingCommittee(ctx, epoch); err != nil {
		return 0, false
	}
	cached, _ := sdk.UnwrapSDKContext(ctx).CacheContext()
	params, err := k.GetParams(ctx)
	if err != nil {
		return 0, false
	}
	_, err = k.countEvaluations(cached, actor{addr: operator}, params, count)
	return epoch.Epoch, err == nil
}

// CanOpen says whether a client may have so many items matched by a server now.
func (k *Keeper) CanOpen(ctx context.Context, client, server sdk.AccAddress, count uint32) bool {
	params, err := k.GetParams(ctx)
	if err != nil {
		return false
	}
	cached, _ := sdk.UnwrapSDKContext(ctx).CacheContext()
	return k.countItems(cached, actor{addr: client}, actor{addr: server}, params, count) == nil
}

// Adoptable returns a committee whose key may be adopted.
func (k *Keeper) Adoptable(ctx context.Context, id uint64) bool {
	cached, _ := sdk.UnwrapSDKContext(ctx).CacheContext()
	_, err := k.adoptKey(cached, id)
	return err == nil
}

// Epoch in use; 0 if there is none.
func (k *Keeper) Epoch(ctx context.Context) uint64 {
	epoch, _, err := k.lastEpoch(ctx)
	if err != nil {
		return 0
	}
	return epoch.Epoch
}

// WalkSubjects visits subjects from a pseudonym on, with who may link them.
func (k *Keeper) WalkSubjects(ctx context.Context, from types.ID, visit func(types.ID, []sdk.AccAddress) (bool, error)) error {
	return k.credit.WalkSubjects(ctx, from, func(subject credittypes.Subject) (bool, error) {
		id := types.ID(subject.Pseudonym)
		known, err := k.credit.KnownBy(ctx, id, maxKnown)
		if err != nil {
			return true, err
		}
		return visit(id, known)
	})
}

// CanLink says whether a link would be taken now.
func (k *Keeper) CanLink(ctx context.Context, by sdk.AccAddress, text string, epoch uint64, link types.Link) bool {
	params, err := k.GetParams(ctx)
	if err != nil {
		return false
	}
	cached, _ := sdk.UnwrapSDKContext(ctx).CacheContext()
	_, err = k.approveLink(cached, actor{by, text}, params, epoch, link)
	return err == nil
}
