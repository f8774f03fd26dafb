package keeper

import (
	"bytes"
	"context"
	"slices"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/x/committee/types"
)

// call is what a cohort is called for.
type call struct {
	purpose     types.Purpose
	members     []sdk.AccAddress // in any order
	threshold   uint32           // 0: a majority
	predecessor *types.Committee // whose key is kept; nil for a new key
	attempt     uint32
	byVote      bool
}

// formByVote calls the cohort that the members voted for, or all who enlisted.
func (k *Keeper) formByVote(ctx context.Context, msg *types.MsgFormCommittee) (uint64, error) {
	if err := msg.Purpose.Validate(); err != nil {
		return 0, err
	}
	params, policy, err := k.policy(ctx, msg.Purpose)
	if err != nil {
		return 0, err
	}
	if len(msg.Members) > int(params.MaxMembers) {
		return 0, errorsmod.Wrapf(types.ErrInvalidCohort, "%d members; max_members is %d", len(msg.Members), params.MaxMembers)
	}
	c := call{purpose: msg.Purpose, threshold: msg.Threshold, attempt: 1, byVote: true}
	for _, member := range msg.Members {
		operator, err := k.operatorOf(member)
		if err != nil {
			return 0, err
		}
		if err := k.requireEligible(ctx, policy, operator); err != nil {
			return 0, err
		}
		c.members = append(c.members, operator)
	}
	if len(c.members) == 0 {
		if c.members, err = k.pool(ctx, params, policy); err != nil {
			return 0, err
		}
	}
	if msg.KeepKey {
		if !msg.Purpose.KeepsKey() {
			return 0, errorsmod.Wrapf(types.ErrInvalidField, "keep_key: each committee of %s has a key of its own, so that old ones can be destroyed", msg.Purpose)
		}
		active, err := k.Active(ctx, msg.Purpose)
		if err != nil {
			return 0, err
		}
		c.predecessor = &active
	}
	return k.form(ctx, params, c)
}

// form calls a cohort: it becomes the forming committee of its purpose.
func (k *Keeper) form(ctx context.Context, params types.Params, want call) (uint64, error) {
	state, err := k.purposeState(ctx, want.purpose)
	if err != nil {
		return 0, err
	}
	if state.Forming != 0 {
		return 0, errorsmod.Wrapf(types.ErrForming, "committee %d of %s is being formed; wait until it is over, or end it by vote", state.Forming, want.purpose)
	}
	c := types.Committee{
		Purpose: want.purpose, Epoch: state.Epoch + 1, Attempt: want.attempt, ByVote: want.byVote,
		FormedHeight: sdk.UnwrapSDKContext(ctx).BlockHeight(), FormedAt: blockTime(ctx), Deadline: blockTime(ctx),
	}
	if c.Members, err = k.cohort(params, want.members); err != nil {
		return 0, err
	}
	if c.Threshold, err = thresholdOf(want.threshold, len(c.Members)); err != nil {
		return 0, err
	}
	if want.predecessor != nil {
		c.Predecessor, c.Epoch = want.predecessor.Id, want.predecessor.Epoch
		for _, holder := range want.predecessor.Holders() {
			c.Dealers = append(c.Dealers, types.Dealer{Operator: holder.Operator, Index: holder.Index, State: types.DEALER_STATE_EXPECTED})
		}
	}
	if c.Id, err = k.nextID(ctx); err != nil {
		return 0, err
	}
	state.Forming = c.Id
	if err := k.setPurpose(ctx, state); err != nil {
		return 0, err
	}
	if err := k.enter(ctx, &c, types.STATUS_JOINING, blockTime(ctx).Add(params.PhaseDuration)); err != nil {
		return 0, err
	}
	return c.Id, k.setDuties(ctx, &c)
}

// cohort sorts the members and numbers them.
func (k *Keeper) cohort(params types.Params, operators []sdk.AccAddress) ([]types.Member, error) {
	if len(operators) < types.MinMembers || len(operators) > int(params.MaxMembers) {
		return nil, errorsmod.Wrapf(types.ErrInvalidCohort, "%d members; a committee has %d to %d", len(operators), types.MinMembers, params.MaxMembers)
	}
	sorted := slices.Clone(operators)
	slices.SortFunc(sorted, func(a, b sdk.AccAddress) int { return bytes.Compare(a, b) })
	members := make([]types.Member, len(sorted))
	for i, operator := range sorted {
		if i > 0 && operator.Equals(sorted[i-1]) {
			return nil, errorsmod.Wrapf(types.ErrInvalidCohort, "%s is in it twice", k.addressText(operator))
		}
		text, err := k.addresses.BytesToString(operator)
		if err != nil {
			return nil, errorsmod.Wrap(types.ErrInvalidAddress, err.Error())
		}
		members[i] = types.Member{Operator: text, Index: uint32(i) + 1, State: types.MEMBER_STATE_CALLED}
	}
	return members, nil
}

// thresholdOf checks the threshold that was asked for: more than half, so that no two groups of members without a common
// one can both use the key.
func thresholdOf(asked uint32, n int) (uint32, error) {
	least := uint32(threshold.Majority(n))
	if asked == 0 {
		return least, nil
	}
	if asked < least || asked > uint32(n) {
		return 0, errorsmod.Wrapf(types.ErrInvalidCohort, "threshold %d of %d members; give %d to %d, more than half", asked, n, least, n)
	}
	return asked, nil
}

// pool are those who enlisted and may be members now, in the order of addresses, at most max_members. It drops others
// from the list: an agent enlists again when it may.
func (k *Keeper) pool(ctx context.Context, params types.Params, policy types.Policy) ([]sdk.AccAddress, error) {
	var enlisted []sdk.AccAddress
	err := k.Enlistments.Walk(ctx, collections.NewPrefixedPairRange[uint32, sdk.AccAddress](uint32(policy.Purpose)),
		func(key collections.Pair[uint32, sdk.AccAddress]) (bool, error) {
			enlisted = append(enlisted, key.K2())
			return len(enlisted) >= types.MaxEnlisted, nil
		})
	if err != nil {
		return nil, err
	}
	var ready []sdk.AccAddress
	for _, operator := range enlisted {
		ok, err := k.eligible(ctx, policy, operator)
		if err != nil {
			return nil, err
		}
		if !ok {
			if err := k.strike(ctx, policy.Purpose, operator); err != nil {
				return nil, err
			}
			continue
		}
		if len(ready) < int(params.MaxMembers) {
			ready = append(ready, operator)
		}
	}
	return ready, nil
}
