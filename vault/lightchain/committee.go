package lightchain

import (
	"context"
	"encoding/binary"
	"fmt"

	committeetypes "github.com/creditd/creditd/x/committee/types"
	exposuretypes "github.com/creditd/creditd/x/exposure/types"
)

// What decides to whom a secret share is encrypted, with which key a number is, and which sum is opened.

// Committee by id.
func (c *Chain) Committee(ctx context.Context, id uint64) (committeetypes.Committee, error) {
	var found committeetypes.Committee
	err := c.readNew(ctx, committeetypes.StoreKey, fmt.Sprintf("committee %d", id), committeetypes.CommitteeStateKey(id), &found)
	found.Id = id
	return found, err
}

// Dealings of a committee, by dealer: that none is left out is proven.
func (c *Chain) Dealings(ctx context.Context, id uint64) ([]committeetypes.Dealing, error) {
	v, err := c.view(ctx)
	if err != nil {
		return nil, err
	}
	pairs, err := c.scan(ctx, v, committeetypes.StoreKey, committeetypes.DealingsStateKey(id))
	if err != nil {
		return nil, err
	}
	all := make([]committeetypes.Dealing, len(pairs))
	for i, p := range pairs {
		if err := decode("dealing", p.value, &all[i]); err != nil {
			return nil, err
		}
		if len(p.key) != 4 {
			return nil, fmt.Errorf("dealing of committee %d: a key of %d bytes: use a newer creditd", id, len(p.key))
		}
		all[i].CommitteeId, all[i].Dealer = id, binary.BigEndian.Uint32(p.key)
	}
	return all, nil
}

// Round of a sum over institutions, by id.
func (c *Chain) Round(ctx context.Context, id [32]byte) (exposuretypes.Round, error) {
	var found exposuretypes.Round
	err := c.readNew(ctx, exposuretypes.StoreKey, fmt.Sprintf("round %x", id), exposuretypes.RoundStateKey(id), &found)
	found.Id = id[:]
	return found, err
}

// Part of a round that the member of an index has.
func (c *Chain) Part(ctx context.Context, round [32]byte, index uint32) (exposuretypes.Part, error) {
	var found exposuretypes.Part
	err := c.readNew(ctx, exposuretypes.StoreKey, fmt.Sprintf("part %d of round %x", index, round), exposuretypes.PartStateKey(round, index), &found)
	found.RoundId, found.Index = round[:], index
	return found, err
}
