package keeper

import (
	"context"

	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/committee/types"
)

// fail ends key generation without a key. The states of members and dealers say who failed. It is tried again with the
// same cohort, without those who were proven to lie and with the same threshold, as often as the parameters allow.
func (k *Keeper) fail(ctx context.Context, params types.Params, c *types.Committee, failure types.Failure) error {
	c.Failure = failure
	if err := k.finish(ctx, c, types.STATUS_FAILED); err != nil {
		return err
	}
	policy, err := params.Policy(c.Purpose)
	if err != nil {
		return err
	}
	again, err := k.again(ctx, policy, c)
	if err != nil {
		return err
	}
	possible := len(again.members) >= types.MinMembers && uint32(len(again.members)) >= c.Threshold
	if failure == types.FAILURE_WITHDRAWN || c.Attempt >= params.MaxAttempts || !possible {
		return k.setReview(ctx, c.Purpose, blockTime(ctx).Add(policy.Lead)) // do not begin anew at once what has just failed
	}
	_, err = k.form(ctx, params, again)
	return err
}

// again is the call for the next attempt.
func (k *Keeper) again(ctx context.Context, policy types.Policy, c *types.Committee) (call, error) {
	next := call{purpose: c.Purpose, threshold: c.Threshold, attempt: c.Attempt + 1, byVote: c.ByVote}
	for _, m := range c.Members {
		if m.Fault != types.FAULT_UNSPECIFIED {
			continue
		}
		operator, err := k.operatorOf(m.Operator)
		if err != nil {
			return next, err
		}
		ok, err := k.eligible(ctx, policy, operator)
		if err != nil {
			return next, err
		}
		if ok {
			next.members = append(next.members, operator)
		}
	}
	if c.Predecessor == 0 {
		return next, nil
	}
	before, err := k.Get(ctx, c.Predecessor)
	if err != nil {
		return next, err
	}
	if before.Status != types.STATUS_ACTIVE {
		next.members = nil // there is no key to keep any more
	}
	next.predecessor = &before
	return next, nil
}

// review looks at the licences of the active committee's members, and forms a new committee where the policy says so.
func (k *Keeper) review(ctx context.Context, params types.Params, purpose types.Purpose) error {
	policy, err := params.Policy(purpose)
	if err != nil {
		return err
	}
	state, err := k.purposeState(ctx, purpose)
	if err != nil {
		return err
	}
	var active *types.Committee
	if state.Active != 0 {
		c, err := k.Get(ctx, state.Active)
		if err != nil {
			return err
		}
		alive, err := k.reviewMembers(ctx, policy, &c)
		if err != nil {
			return err
		}
		if alive {
			active = &c
		}
	}
	if err := k.setReview(ctx, purpose, blockTime(ctx).Add(params.ReviewInterval)); err != nil {
		return err
	}
	if !policy.Automatic || state.Forming != 0 {
		return nil
	}
	ready, err := k.pool(ctx, params, policy)
	if err != nil || len(ready) < int(policy.MinMembers) {
		return err
	}
	want := call{purpose: purpose, members: ready, attempt: 1}
	if active != nil && purpose.KeepsKey() {
		want.predecessor = active
	}
	if !k.due(ctx, policy, state, active, ready) {
		return nil
	}
	_, err = k.form(ctx, params, want)
	return err
}

// due tells whether the policy wants a new committee now.
func (k *Keeper) due(ctx context.Context, policy types.Policy, state types.PurposeState, active *types.Committee, ready []sdk.AccAddress) bool {
	if active == nil {
		// A key that was to be kept and is lost changes every pseudonym: what then is the members' to decide.
		return state.Epoch == 0 || !policy.Purpose.KeepsKey()
	}
	if !blockTime(ctx).Before(active.Deadline.Add(-policy.Lead)) || active.Waits(types.MEMBER_STATE_LEFT) {
		return true
	}
	// Newcomers get a share of a key that is kept; of any other, in the next epoch: a cohort stays the same for its epoch.
	if !policy.Purpose.KeepsKey() {
		return false
	}
	for _, operator := range ready {
		if _, ok := active.Member(k.addressText(operator)); !ok {
			return true
		}
	}
	return false
}

// reviewMembers notes whose licence ended. Below the threshold nobody can use the key any more, and the committee says so.
func (k *Keeper) reviewMembers(ctx context.Context, policy types.Policy, c *types.Committee) (alive bool, err error) {
	changed := false
	for i := range c.Members {
		m := &c.Members[i]
		if m.State != types.MEMBER_STATE_HOLDER {
			continue
		}
		operator, err := k.operatorOf(m.Operator)
		if err != nil {
			return false, err
		}
		err = k.requireLicence(ctx, policy, operator)
		if err == nil {
			continue
		}
		if !refusal(err) {
			return false, err
		}
		m.State, changed = types.MEMBER_STATE_LEFT, true
		if err := emit(ctx, &types.EventMemberLeft{Id: c.Id, Operator: m.Operator}); err != nil {
			return false, err
		}
	}
	if uint32(len(c.Holders())) < c.Threshold {
		return false, k.finish(ctx, c, types.STATUS_DEAD)
	}
	if changed {
		return true, k.save(ctx, c)
	}
	return true, nil
}

// endByVote ends a committee at once.
func (k *Keeper) endByVote(ctx context.Context, msg *types.MsgEndCommittee) error {
	c, err := k.Get(ctx, msg.Id)
	if err != nil {
		return err
	}
	if c.Over() {
		return errorsmod.Wrapf(types.ErrWrongPhase, "committee %d is %s; there is nothing to end", c.Id, c.Status)
	}
	if !c.Forming() {
		return k.finish(ctx, &c, types.STATUS_ENDED)
	}
	params, err := k.Params.Get(ctx)
	if err != nil {
		return err
	}
	return k.fail(ctx, params, &c, types.FAILURE_WITHDRAWN)
}

// MayAttestDestruction tells whether the operator has something of a committee of which it is to say, and has not said, that it is
// destroyed. Who may not send anything else may send that (docs/adr/0008).
func (k *Keeper) MayAttestDestruction(ctx context.Context, operator string, id uint64) (bool, error) {
	c, err := k.Committees.Get(ctx, id)
	if ok, err := found(err); err != nil || !ok {
		return false, err
	}
	return c.MayDestroy(operator) && c.Owes(operator), nil
}

// attestDestruction notes an institution's word. It needs no licence: whose licence ended has the most to destroy.
func (k *Keeper) attestDestruction(ctx context.Context, msg *types.MsgAttestDestruction) error {
	c, err := k.Get(ctx, msg.Id)
	if err != nil {
		return err
	}
	member, isMember := c.Member(msg.Operator)
	dealer, isDealer := c.Dealer(msg.Operator)
	if !isMember && !isDealer {
		return notMember(&c, msg.Operator)
	}
	if !c.MayDestroy(msg.Operator) {
		return errorsmod.Wrapf(types.ErrWrongPhase, "committee %d is %s and needs what %s has of it; destroy that when it is over", c.Id, c.Status, msg.Operator)
	}
	if !c.Owes(msg.Operator) {
		return errorsmod.Wrapf(types.ErrDoneBefore, "%s has nothing of committee %d left to destroy", msg.Operator, c.Id)
	}
	now := blockTime(ctx)
	if isMember && len(member.TransportKey) > 0 {
		member.DestroyedAt = &now
	} else {
		dealer.DestroyedAt = &now
	}
	if err := k.save(ctx, &c); err != nil {
		return err
	}
	if err := k.setDuty(ctx, &c, msg.Operator); err != nil {
		return err
	}
	return emit(ctx, &types.EventDestroyed{Id: c.Id, Operator: msg.Operator})
}
