package types

import "slices"

// Serves tells whether what needs the key may go on: under an active committee, and what was begun under one that retires.
func (c *Committee) Serves() bool {
	return c.Status == STATUS_ACTIVE || c.Status == STATUS_RETIRING
}

// Forming tells whether key generation is under way.
func (c *Committee) Forming() bool {
	return c.Status == STATUS_JOINING || c.Status == STATUS_DEALING || c.Status == STATUS_CONFIRMING
}

// Over tells whether nobody may use the key any more, so that what belongs to it is to be destroyed.
func (c *Committee) Over() bool {
	return c.Status == STATUS_ENDED || c.Status == STATUS_FAILED || c.Status == STATUS_DEAD
}

// Member returns the operator's membership.
func (c *Committee) Member(operator string) (*Member, bool) {
	i := slices.IndexFunc(c.Members, func(m Member) bool { return m.Operator == operator })
	if i < 0 {
		return nil, false
	}
	return &c.Members[i], true
}

// Holder returns the operator's membership if it holds a share of the key and its licence gives rights.
func (c *Committee) Holder(operator string) (*Member, bool) {
	m, ok := c.Member(operator)
	return m, ok && m.State == MEMBER_STATE_HOLDER
}

// Holders are those who can use the key, by index.
func (c *Committee) Holders() []Member { return c.inState(MEMBER_STATE_HOLDER) }

func (c *Committee) inState(states ...MemberState) []Member {
	var members []Member
	for _, m := range c.Members {
		if slices.Contains(states, m.State) {
			members = append(members, m)
		}
	}
	return members
}

// Dealer returns the operator's part as a dealer.
func (c *Committee) Dealer(operator string) (*Dealer, bool) {
	i := slices.IndexFunc(c.Dealers, func(d Dealer) bool { return d.Operator == operator })
	if i < 0 {
		return nil, false
	}
	return &c.Dealers[i], true
}

// DealerAt returns the dealer of an index.
func (c *Committee) DealerAt(index uint32) (*Dealer, bool) {
	i := slices.IndexFunc(c.Dealers, func(d Dealer) bool { return d.Index == index })
	if i < 0 {
		return nil, false
	}
	return &c.Dealers[i], true
}

// Waits tells whether a member is in the state that the phase is to bring it out of.
func (c *Committee) Waits(state MemberState) bool { return len(c.inState(state)) > 0 }

// WaitsForDealers tells whether somebody has not dealt.
func (c *Committee) WaitsForDealers() bool {
	return slices.ContainsFunc(c.Dealers, func(d Dealer) bool { return d.State == DEALER_STATE_EXPECTED })
}

// Confirmed are the members who checked all dealings, by index.
func (c *Committee) Confirmed() []Member { return c.inState(MEMBER_STATE_CONFIRMED) }

// Joined are the members who gave a transport key, as long as the committee waits for more.
func (c *Committee) Joined() []Member { return c.inState(MEMBER_STATE_JOINED) }

// Operators of members and dealers, each once.
func (c *Committee) Operators() []string {
	var operators []string
	for _, m := range c.Members {
		operators = append(operators, m.Operator)
	}
	for _, d := range c.Dealers {
		if _, ok := c.Member(d.Operator); !ok {
			operators = append(operators, d.Operator)
		}
	}
	return operators
}
