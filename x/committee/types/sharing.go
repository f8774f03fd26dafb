package types

import (
	"encoding/binary"

	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/privacy/threshold"
)

const contextDomain = "creditd/committee/v1"

// Context names one key generation in every proof and every pad of it:
//
//	domain | u32be(length) chain id | u64be(id) | u32be(purpose) | u64be(epoch) | u64be(predecessor) | u32be(attempt)
func (c *Committee) Context(chainID string) []byte {
	context := append([]byte(contextDomain), binary.BigEndian.AppendUint32(nil, uint32(len(chainID)))...)
	context = append(context, chainID...)
	context = binary.BigEndian.AppendUint64(context, c.Id)
	context = binary.BigEndian.AppendUint32(context, uint32(c.Purpose))
	context = binary.BigEndian.AppendUint64(context, c.Epoch)
	context = binary.BigEndian.AppendUint64(context, c.Predecessor)
	return binary.BigEndian.AppendUint32(context, c.Attempt)
}

// TransportContext is Context with the member whose transport key is proven.
func (c *Committee) TransportContext(chainID, operator string) []byte {
	return append(c.Context(chainID), operator...)
}

// Sharing is what all dealings of the committee have in common. Those who joined are its recipients, whatever becomes of
// them.
func (c *Committee) Sharing(chainID string) (*threshold.Sharing, error) {
	s := &threshold.Sharing{Context: c.Context(chainID), Threshold: int(c.Threshold)}
	for _, m := range c.Members {
		if len(m.TransportKey) == 0 {
			continue
		}
		key, err := threshold.ParsePoint(m.TransportKey)
		if err != nil {
			return nil, errorsmod.Wrapf(ErrInvalidKey, "member %d of committee %d: %s", m.Index, c.Id, err)
		}
		s.Recipients = append(s.Recipients, threshold.Recipient{Index: m.Index, Key: key})
	}
	return s, nil
}

// Qualified are the indices of the dealers whose dealings make the key, ascending.
func (c *Committee) Qualified() []uint32 {
	var indices []uint32
	for _, d := range c.Dealers {
		if d.State == DEALER_STATE_DEALT {
			indices = append(indices, d.Index)
		}
	}
	return indices
}

// Owes tells whether the operator has a part to do, or has secrets of the committee of which it has not said that they are
// destroyed.
func (c *Committee) Owes(operator string) bool {
	member, isMember := c.Member(operator)
	dealer, isDealer := c.Dealer(operator)
	if c.Forming() {
		return isMember || isDealer
	}
	if isMember && len(member.TransportKey) > 0 {
		return member.DestroyedAt == nil
	}
	dealt := isDealer && (dealer.State == DEALER_STATE_DEALT || dealer.State == DEALER_STATE_DISQUALIFIED)
	return dealt && dealer.DestroyedAt == nil
}

// MayDestroy tells whether what the operator has of the committee is not needed any more: a member's share when the
// committee is over, what somebody else dealt as soon as the key is there.
func (c *Committee) MayDestroy(operator string) bool {
	if c.Forming() {
		return false
	}
	member, isMember := c.Member(operator)
	return c.Over() || !isMember || len(member.TransportKey) == 0
}
