package keeper

import (
	"context"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/x/committee/types"
)

// advance does what is due at the end of a phase or of an epoch.
func (k *Keeper) advance(ctx context.Context, params types.Params, c *types.Committee) error {
	switch c.Status {
	case types.STATUS_JOINING:
		return k.endJoining(ctx, params, c)
	case types.STATUS_DEALING:
		return k.endDealing(ctx, params, c)
	case types.STATUS_CONFIRMING:
		return k.endConfirming(ctx, params, c)
	case types.STATUS_ACTIVE:
		return k.endEpoch(ctx, params, c)
	case types.STATUS_RETIRING:
		return k.finish(ctx, c, types.STATUS_ENDED)
	default:
		return errorsmod.Wrapf(types.ErrBroken, "committee %d is %s and has a deadline", c.Id, c.Status)
	}
}

// missing marks those who did not do their part.
func missing(c *types.Committee, state types.MemberState) {
	for i := range c.Members {
		if c.Members[i].State == state {
			c.Members[i].State = types.MEMBER_STATE_ABSENT
		}
	}
}

// endJoining: who joined deals, and gets a share. The threshold is that of the whole cohort: whoever keeps members from
// joining does not lower it.
func (k *Keeper) endJoining(ctx context.Context, params types.Params, c *types.Committee) error {
	missing(c, types.MEMBER_STATE_CALLED)
	joined := c.Joined()
	if uint32(len(joined)) < c.Threshold {
		return k.fail(ctx, params, c, types.FAILURE_TOO_FEW_JOINED)
	}
	if c.Predecessor == 0 {
		for _, m := range joined {
			c.Dealers = append(c.Dealers, types.Dealer{Operator: m.Operator, Index: m.Index, State: types.DEALER_STATE_EXPECTED})
		}
	}
	return k.enter(ctx, c, types.STATUS_DEALING, blockTime(ctx).Add(params.PhaseDuration))
}

func (k *Keeper) endDealing(ctx context.Context, params types.Params, c *types.Committee) error {
	for i := range c.Dealers {
		if c.Dealers[i].State == types.DEALER_STATE_EXPECTED {
			c.Dealers[i].State = types.DEALER_STATE_ABSENT
		}
	}
	enough, err := k.enoughDealers(ctx, c)
	if err != nil {
		return err
	}
	if !enough {
		return k.fail(ctx, params, c, types.FAILURE_TOO_FEW_DEALERS)
	}
	return k.enter(ctx, c, types.STATUS_CONFIRMING, blockTime(ctx).Add(params.PhaseDuration))
}

// enoughDealers: a new key needs threshold of them, so that one at least is honest if fewer than that conspire; a kept one
// as many as it takes to use it.
func (k *Keeper) enoughDealers(ctx context.Context, c *types.Committee) (bool, error) {
	need := c.Threshold
	if c.Predecessor != 0 {
		before, err := k.Get(ctx, c.Predecessor)
		if err != nil {
			return false, err
		}
		need = before.Threshold
	}
	return uint32(len(c.Qualified())) >= need, nil
}

func (k *Keeper) endConfirming(ctx context.Context, params types.Params, c *types.Committee) error {
	missing(c, types.MEMBER_STATE_JOINED)
	enough, err := k.enoughDealers(ctx, c)
	switch {
	case err != nil:
		return err
	case !enough:
		return k.fail(ctx, params, c, types.FAILURE_TOO_FEW_DEALERS)
	case uint32(len(c.Confirmed())) < c.Threshold:
		return k.fail(ctx, params, c, types.FAILURE_TOO_FEW_CONFIRMED)
	}
	key, err := k.key(ctx, c)
	if err != nil {
		return err
	}
	if key == nil || !setShares(c, key) {
		return k.fail(ctx, params, c, types.FAILURE_KEY)
	}
	return k.activate(ctx, params, c)
}

// key puts together the public polynomial of the key from the qualified dealings; nil if there is no key to have.
func (k *Keeper) key(ctx context.Context, c *types.Committee) (threshold.Polynomial, error) {
	var dealt []threshold.Polynomial
	qualified := c.Qualified()
	for _, index := range qualified {
		stored, err := k.Dealings.Get(ctx, collections.Join(c.Id, index))
		if err != nil {
			return nil, err
		}
		dealing, err := threshold.ParseDealing(stored.Content)
		if err != nil {
			return nil, errorsmod.Wrapf(types.ErrBroken, "dealing %d of committee %d: %s", index, c.Id, err)
		}
		dealt = append(dealt, dealing.Polynomial)
	}
	if c.Predecessor == 0 {
		key, _ := threshold.NewKey(dealt) // an error is that there is no key
		return key, nil
	}
	before, err := k.Get(ctx, c.Predecessor)
	if err != nil {
		return nil, err
	}
	key, err := threshold.KeptKey(qualified, dealt)
	if err != nil || string(key[0].Bytes()) != string(before.PublicKey) {
		return nil, nil //nolint:nilnil // says that there is no key
	}
	return key, nil
}

// setShares makes those who confirmed holders. It says no if a public share were the identity, which nobody can bring
// about on purpose without knowing the key.
func setShares(c *types.Committee, key threshold.Polynomial) bool {
	c.PublicKey = key[0].Bytes()
	for i := range c.Members {
		if c.Members[i].State != types.MEMBER_STATE_CONFIRMED {
			continue
		}
		share := key.At(c.Members[i].Index).Bytes()
		if _, err := threshold.ParsePoint(share); err != nil {
			return false
		}
		c.Members[i].State, c.Members[i].PublicShare = types.MEMBER_STATE_HOLDER, share
	}
	return true
}

// activate puts the committee in use, and its predecessor out of it.
func (k *Keeper) activate(ctx context.Context, params types.Params, c *types.Committee) error {
	policy, err := params.Policy(c.Purpose)
	if err != nil {
		return err
	}
	state, err := k.purposeState(ctx, c.Purpose)
	if err != nil {
		return err
	}
	if state.Active != 0 {
		if err := k.retire(ctx, params, policy, state.Active, c); err != nil {
			return err
		}
	}
	state.Active, state.Forming, state.Epoch = c.Id, 0, c.Epoch
	if err := k.setPurpose(ctx, state); err != nil {
		return err
	}
	c.ActiveHeight = sdk.UnwrapSDKContext(ctx).BlockHeight()
	if err := k.enter(ctx, c, types.STATUS_ACTIVE, blockTime(ctx).Add(policy.EpochDuration)); err != nil {
		return err
	}
	return k.setDuties(ctx, c)
}

// retire lets what was begun under the old committee end. Old shares of a key that is kept are as good as new ones, so they
// are destroyed soon.
func (k *Keeper) retire(ctx context.Context, params types.Params, policy types.Policy, id uint64, successor *types.Committee) error {
	old, err := k.Get(ctx, id)
	if err != nil {
		return err
	}
	overlap := policy.Overlap
	if successor.Predecessor == id {
		overlap = params.PhaseDuration
	}
	old.Successor = successor.Id
	return k.enter(ctx, &old, types.STATUS_RETIRING, blockTime(ctx).Add(overlap))
}

// endEpoch: a key that is kept outlives its epoch until it is shared out anew; any other ends with it.
func (k *Keeper) endEpoch(ctx context.Context, params types.Params, c *types.Committee) error {
	policy, err := params.Policy(c.Purpose)
	if err != nil {
		return err
	}
	if c.Purpose.KeepsKey() {
		if err := k.setDeadline(ctx, c, blockTime(ctx).Add(policy.Lead)); err != nil {
			return err
		}
		return k.save(ctx, c)
	}
	return k.finish(ctx, c, types.STATUS_ENDED)
}

// finish takes a committee out of everything that serves; its members destroy what they have of it.
func (k *Keeper) finish(ctx context.Context, c *types.Committee, status types.Status) error {
	state, err := k.purposeState(ctx, c.Purpose)
	if err != nil {
		return err
	}
	if state.Active == c.Id {
		state.Active = 0
	}
	if state.Forming == c.Id {
		state.Forming = 0
	}
	if err := k.setPurpose(ctx, state); err != nil {
		return err
	}
	if err := k.removeDealings(ctx, c); err != nil {
		return err
	}
	if err := k.enter(ctx, c, status, blockTime(ctx)); err != nil {
		return err
	}
	return k.setDuties(ctx, c)
}
