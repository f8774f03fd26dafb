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
