package keeper

import (
	"context"
	"math"

	abci "github.com/cometbft/cometbft/abci/types"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/institution/types"
)

// Licences say who has a right to which power; the set is what CometBFT was last told. This file moves the set
// towards the rights, at most a third of the set's power out and a third in per block, so that light clients
// (CometBFT's default trust level) and liveness survive any vote. Rights themselves end at once, elsewhere.

// seat is one pending operator: its place in the set and the place that it has a right to.
type seat struct {
	operator sdk.AccAddress
	// member is what CometBFT was last told; zero with inSet false.
	member types.SetMember
	inSet  bool
	// want is the power that it has a right to, with the key; 0 without a right.
	want int64
	key  *codectypes.Any
	// touched: it had its one change of this block.
	touched bool
}

// reconciliation is the work of one block.
type reconciliation struct {
	*Keeper
	// removable and addable are the powers that may still leave and join in this block.
	removable, addable int64
	// seated counts the members, so that the last one stays.
	seated  int
	updates []abci.ValidatorUpdate
}

// reconcile looks at every pending operator, removals before additions before swaps of keys, each in the order of
// operators, and returns the updates for CometBFT. What does not fit stays pending.
func (k *Keeper) reconcile(ctx context.Context) ([]abci.ValidatorUpdate, error) {
	seats, err := k.pendingSeats(ctx)
	if err != nil || len(seats) == 0 {
		return nil, err
	}
	r, err := k.newReconciliation(ctx)
	if err != nil {
		return nil, err
	}
	for _, step := range []func(context.Context, *seat) error{r.shrink, r.grow, r.swap} {
		for i := range seats {
			if seats[i].touched {
				continue
			}
			if err := step(ctx, &seats[i]); err != nil {
				return nil, err
			}
		}
	}
	for i := range seats {
		if !seats[i].settled() {
			continue
		}
		if err := k.Pending.Remove(ctx, seats[i].operator); err != nil {
			return nil, err
		}
	}
	return r.updates, nil
}

func (k *Keeper) newReconciliation(ctx context.Context) (*reconciliation, error) {
	r := &reconciliation{Keeper: k}
	var total int64
	err := k.SetMembers.Walk(ctx, nil, func(_ sdk.AccAddress, member types.SetMember) (bool, error) {
		total += member.Power
		r.seated++
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	if r.seated == 0 {
		// Only at genesis: there is no set yet whose trust could be lost.
		r.addable = math.MaxInt64
		return r, nil
	}
	bound := max(total/3, 1)
	r.removable, r.addable = bound, bound
	return r, nil
}

func (k *Keeper) pendingSeats(ctx context.Context) ([]seat, error) {
	var seats []seat
	err := k.Pending.Walk(ctx, nil, func(operator sdk.AccAddress) (bool, error) {
		seats = append(seats, seat{operator: operator})
		return false, nil
	})
	if err != nil {
		return nil, err
	}
	for i := range seats {
		if err := k.fillSeat(ctx, &seats[i]); err != nil {
			return nil, err
		}
	}
	return seats, nil
}

func (k *Keeper) fillSeat(ctx context.Context, s *seat) error {
	var err error
	s.member, err = k.SetMembers.Get(ctx, s.operator)
	if s.inSet, err = found(err); err != nil {
		return err
	}
	if s.want, err = k.entitledPower(ctx, s.operator); err != nil || s.want == 0 {
		return err
	}
	validator, err := k.Validators.Get(ctx, s.operator)
	if err != nil {
		return err
	}
	s.key = validator.ConsensusPubkey
	if !s.member.Retained {
		return nil
	}
	// It has a right again; what it missed while it had none does not count.
	s.member.Retained = false
	if err := k.resetMissed(ctx, s.operator); err != nil {
		return err
	}
	return k.SetMembers.Set(ctx, s.operator, s.member)
}

func (s *seat) settled() bool {
	if !s.inSet {
		return s.want == 0
	}
	return s.member.Power == s.want && sameKey(s.member.ConsensusPubkey, s.key)
}

// shrink takes power that the operator has no right to, as much as still fits.
func (r *reconciliation) shrink(ctx context.Context, s *seat) error {
	if !s.inSet || s.want >= s.member.Power {
		return nil
	}
	if s.want == 0 && r.seated == 1 {
		return r.retain(ctx, s)
	}
	usable, err := r.usable(ctx, s.member.ConsensusPubkey)
	if err != nil {
		return err
	}
	step := min(s.member.Power-s.want, r.removable)
	if !usable {
		// The members voted the type of its key out of the consensus parameters. CometBFT halts on any update of
		// such a key but its removal: so it keeps its power or loses all of it, whatever the bound.
		if s.want > 0 {
			return nil
		}
		step = s.member.Power
	}
	if step <= 0 {
		return nil
	}
	r.removable = max(r.removable-step, 0)
	s.member.Power -= step
	if s.member.Power == 0 {
		return r.unseat(ctx, s)
	}
	return r.tell(ctx, s)
}

// retain keeps the last member: an empty set would end the chain. It stays pending until another has power.
func (r *reconciliation) retain(ctx context.Context, s *seat) error {
	if s.member.Retained {
		return nil
	}
	s.member.Retained = true
	if err := r.SetMembers.Set(ctx, s.operator, s.member); err != nil {
		return err
	}
	return emit(ctx, &types.EventValidatorRetained{Operator: s.member.Operator})
}

// unseat removes a member.
func (r *reconciliation) unseat(ctx context.Context, s *seat) error {
	s.inSet = false
	r.seated--
	if err := r.SetMembers.Remove(ctx, s.operator); err != nil {
		return err
	}
	if err := r.joined(ctx, s.operator, 0); err != nil {
		return err
	}
	return r.push(ctx, s, s.member.ConsensusPubkey, 0)
}

// grow gives power that the operator has a right to, as much as still fits.
func (r *reconciliation) grow(ctx context.Context, s *seat) error {
	if s.want <= s.member.Power || s.inSet && !sameKey(s.member.ConsensusPubkey, s.key) {
		return nil
	}
	usable, err := r.usable(ctx, s.key)
	if err != nil || !usable {
		return err
	}
	step := min(s.want-s.member.Power, r.addable)
	if step <= 0 {
		return nil
	}
	r.addable -= step
	if !s.inSet {
		s.inSet = true
		r.seated++
		operator, err := r.addresses.BytesToString(s.operator)
		if err != nil {
			return err
		}
		s.member = types.SetMember{Operator: operator, ConsensusPubkey: s.key}
		if err := r.joined(ctx, s.operator, height(ctx)); err != nil {
			return err
		}
	}
	s.member.Power += step
	return r.tell(ctx, s)
}

// swap replaces a member's key by its new one, at the power that it has. It cannot be done in steps: with its power
// shared between two keys, of which only one signs, neither the old nor the new node may bring a heavy validator's
// part of two thirds, and the chain would stop. So a swap larger than the bound is allowed when it is the only
// change of its block; a smaller one counts against the bound like a removal and an addition.
func (r *reconciliation) swap(ctx context.Context, s *seat) error {
	if !s.inSet || s.want == 0 || sameKey(s.member.ConsensusPubkey, s.key) {
		return nil
	}
	usable, err := r.usable(ctx, s.key)
	if err != nil || !usable {
		return err
	}
	power := s.member.Power
	if fits := power <= r.removable && power <= r.addable; !fits && len(r.updates) > 0 {
		return nil
	}
	r.removable, r.addable = max(r.removable-power, 0), max(r.addable-power, 0)
	if err := r.push(ctx, s, s.member.ConsensusPubkey, 0); err != nil {
		return err
	}
	s.member.ConsensusPubkey = s.key
	return r.tell(ctx, s)
}

// tell stores a member and tells CometBFT.
func (r *reconciliation) tell(ctx context.Context, s *seat) error {
	if err := r.SetMembers.Set(ctx, s.operator, s.member); err != nil {
		return err
	}
	return r.push(ctx, s, s.member.ConsensusPubkey, s.member.Power)
}

func (r *reconciliation) push(ctx context.Context, s *seat, key *codectypes.Any, power int64) error {
	s.touched = true
	update, err := types.ValidatorUpdate(key, power)
	if err != nil {
		return err
	}
	r.updates = append(r.updates, update)
	return r.emitPower(ctx, s.member, key, power)
}

// joined notes where a membership begins (0: it ended) and starts its count of missed blocks anew.
func (r *reconciliation) joined(ctx context.Context, operator sdk.AccAddress, at int64) error {
	if err := r.resetMissed(ctx, operator); err != nil {
		return err
	}
	validator, err := r.Validators.Get(ctx, operator)
	if ok, err := found(err); !ok || err != nil {
		return err
	}
	validator.JoinedHeight = at
	return r.Validators.Set(ctx, operator, validator)
}

// usable says whether CometBFT accepts power for a key.
func (r *reconciliation) usable(ctx context.Context, key *codectypes.Any) (bool, error) {
	pk, err := types.UnpackConsensusKey(key)
	if err != nil {
		return false, err
	}
	return keyTypeAllowed(ctx, pk), nil
}
