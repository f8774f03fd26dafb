package types

import (
	"bytes"
	"time"

	"cosmossdk.io/core/address"
	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/privacy/threshold"
)

// firstReview of a purpose on a new chain: the first block is later.
var firstReview = time.Unix(0, 0).UTC()

// DefaultGenesis has no committees.
func DefaultGenesis() *GenesisState {
	state := &GenesisState{Params: DefaultParams()}
	for _, purpose := range Purposes() {
		state.Purposes = append(state.Purposes, PurposeState{Purpose: purpose, ReviewAt: firstReview})
	}
	return state
}

func bad(format string, args ...any) error {
	return errorsmod.Wrapf(ErrInvalidGenesis, format, args...)
}

// Validate checks all that InitGenesis relies on.
func (g *GenesisState) Validate(addresses address.Codec) error {
	if err := g.Params.Validate(); err != nil {
		return err
	}
	committees := map[uint64]*Committee{}
	for i := range g.Committees {
		c := &g.Committees[i]
		if c.Id == 0 || (i > 0 && c.Id <= g.Committees[i-1].Id) {
			return bad("committee %d: ids ascend from 1", c.Id)
		}
		if err := c.validate(addresses); err != nil {
			return errorsmod.Wrapf(err, "committee %d", c.Id)
		}
		if c.Predecessor != 0 && (committees[c.Predecessor] == nil || committees[c.Predecessor].Purpose != c.Purpose) {
			return bad("committee %d keeps the key of committee %d, which is not before it", c.Id, c.Predecessor)
		}
		committees[c.Id] = c
	}
	if err := g.validateDealings(committees); err != nil {
		return err
	}
	if err := g.validateEnlistments(addresses); err != nil {
		return err
	}
	return g.validatePurposes(committees)
}

func (g *GenesisState) validateDealings(committees map[uint64]*Committee) error {
	dealt := map[uint64]int{}
	for i, d := range g.Dealings {
		if i > 0 && (d.CommitteeId < g.Dealings[i-1].CommitteeId ||
			(d.CommitteeId == g.Dealings[i-1].CommitteeId && d.Dealer <= g.Dealings[i-1].Dealer)) {
			return bad("dealings ascend by committee and dealer")
		}
		c := committees[d.CommitteeId]
		if c == nil || c.Over() {
			return bad("dealing of committee %d, which is not there or over", d.CommitteeId)
		}
		dealer, ok := c.DealerAt(d.Dealer)
		if !ok || !dealer.hasDealt() {
			return bad("dealer %d of committee %d has dealt nothing", d.Dealer, d.CommitteeId)
		}
		if _, err := threshold.ParseDealing(d.Content); err != nil {
			return bad("dealing %d of committee %d: %s", d.Dealer, d.CommitteeId, err)
		}
		dealt[d.CommitteeId]++
	}
	for i := range g.Committees {
		c, want := &g.Committees[i], 0
		for j := range c.Dealers {
			if !c.Over() && c.Dealers[j].hasDealt() {
				want++
			}
		}
		if dealt[c.Id] != want {
			return bad("committee %d has %d dealings, its dealers say %d", c.Id, dealt[c.Id], want)
		}
	}
	return nil
}

func (g *GenesisState) validateEnlistments(addresses address.Codec) error {
	counts := map[Purpose]int{}
	var before []byte
	for i, e := range g.Enlistments {
		if err := e.Purpose.Validate(); err != nil {
			return err
		}
		operator, err := addresses.StringToBytes(e.Operator)
		if err != nil {
			return bad("enlistment %d: %s", i+1, err)
		}
		same := i > 0 && g.Enlistments[i-1].Purpose == e.Purpose
		if i > 0 && (e.Purpose < g.Enlistments[i-1].Purpose || (same && bytes.Compare(operator, before) <= 0)) {
			return bad("enlistments ascend by purpose and operator")
		}
		before = operator
		if counts[e.Purpose]++; counts[e.Purpose] > MaxEnlisted {
			return bad("more than %d enlistments for %s", MaxEnlisted, e.Purpose)
		}
	}
	return nil
}

func (g *GenesisState) validatePurposes(committees map[uint64]*Committee) error {
	if len(g.Purposes) != len(Purposes()) {
		return bad("%d purposes; there are %d", len(g.Purposes), len(Purposes()))
	}
	serving := 0
	for i, purpose := range Purposes() {
		state := g.Purposes[i]
		if state.Purpose != purpose {
			return bad("purpose %d is %s; give them in the order %v", i+1, state.Purpose, Purposes())
		}
		if state.ReviewAt.Before(firstReview) {
			return bad("review_at of %s is before 1970", purpose)
		}
		if state.Active != 0 {
			c := committees[state.Active]
			if c == nil || c.Purpose != purpose || c.Status != STATUS_ACTIVE || c.Epoch != state.Epoch {
				return bad("committee %d is not the active one of %s", state.Active, purpose)
			}
			serving++
		}
		if state.Forming != 0 {
			c := committees[state.Forming]
			if c == nil || c.Purpose != purpose || !c.Forming() {
				return bad("committee %d of %s is not being formed", state.Forming, purpose)
			}
			serving++
		}
	}
	for _, c := range g.Committees {
		if c.Status == STATUS_ACTIVE || c.Forming() {
			serving--
		}
	}
	if serving != 0 {
		return bad("a committee is active or forming and its purpose does not say so")
	}
	return nil
}

func (d *Dealer) hasDealt() bool {
	return d.State == DEALER_STATE_DEALT || d.State == DEALER_STATE_DISQUALIFIED
}

func (c *Committee) validate(addresses address.Codec) error {
	if err := c.Purpose.Validate(); err != nil {
		return err
	}
	n := len(c.Members)
	switch {
	case Status_name[int32(c.Status)] == "" || c.Status == STATUS_UNSPECIFIED:
		return bad("unknown status %d", c.Status)
	case Failure_name[int32(c.Failure)] == "" || (c.Failure != FAILURE_UNSPECIFIED) != (c.Status == STATUS_FAILED):
		return bad("failure %s in status %s", c.Failure, c.Status)
	case n < MinMembers || n > MaxMembers || len(c.Dealers) > MaxMembers:
		return bad("%d members and %d dealers", n, len(c.Dealers))
	case int(c.Threshold) < threshold.Majority(n) || int(c.Threshold) > n:
		return bad("threshold %d of %d", c.Threshold, n)
	case c.Epoch == 0 || c.Attempt == 0 || c.FormedAt.Before(firstReview) || c.Deadline.Before(firstReview):
		return bad("epoch, attempt, formed_at and deadline are set")
	}
	hadKey := c.ActiveHeight != 0
	if hadKey != (len(c.PublicKey) > 0) || (c.Serves() || c.Status == STATUS_DEAD) && !hadKey || c.Forming() && hadKey {
		return bad("a committee that was active has a key, and no other")
	}
	if hadKey {
		if _, err := threshold.ParsePoint(c.PublicKey); err != nil {
			return bad("public key: %s", err)
		}
	}
	if err := c.validateMembers(addresses); err != nil {
		return err
	}
	for i, d := range c.Dealers {
		if DealerState_name[int32(d.State)] == "" || d.State == DEALER_STATE_UNSPECIFIED || d.Index == 0 || d.Index > MaxMembers ||
			(i > 0 && d.Index <= c.Dealers[i-1].Index) {
			return bad("dealer %d: indices ascend and states are known", d.Index)
		}
		if _, err := addresses.StringToBytes(d.Operator); err != nil {
			return bad("dealer %d: %s", d.Index, err)
		}
	}
	return nil
}

func (c *Committee) validateMembers(addresses address.Codec) error {
	var before []byte
	for i, m := range c.Members {
		operator, err := addresses.StringToBytes(m.Operator)
		if err != nil {
			return bad("member %d: %s", m.Index, err)
		}
		if bytes.Compare(operator, before) <= 0 || int(m.Index) != i+1 {
			return bad("member %d: members ascend by operator, and their indices from 1", m.Index)
		}
		before = operator
		if MemberState_name[int32(m.State)] == "" || m.State == MEMBER_STATE_UNSPECIFIED || Fault_name[int32(m.Fault)] == "" ||
			(m.Fault != FAULT_UNSPECIFIED) != (m.State == MEMBER_STATE_FAULTY) {
			return bad("member %d: state %s with fault %s", m.Index, m.State, m.Fault)
		}
		for _, key := range [][]byte{m.TransportKey, m.PublicShare} {
			if len(key) == 0 {
				continue
			}
			if _, err := threshold.ParsePoint(key); err != nil {
				return bad("member %d: %s", m.Index, err)
			}
		}
		held := m.State == MEMBER_STATE_HOLDER || m.State == MEMBER_STATE_LEFT
		if held != (len(m.PublicShare) > 0) || held && len(m.TransportKey) == 0 {
			return bad("member %d: holders have a public share, and no other", m.Index)
		}
	}
	return nil
}
