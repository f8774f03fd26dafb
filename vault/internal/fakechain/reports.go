package fakechain

import (
	"bytes"
	"context"
	"maps"
	"slices"

	"github.com/creditd/creditd/client"
)

// WalkReports gives every tradeline of a furnisher as if it had come in a block of its own. Blocks from Pruned on are
// those that the node no longer has.
func (c *Chain) WalkReports(_ context.Context, institution string, visit func(client.Reports) error) error {
	c.mu.Lock()
	down := c.Down
	tradelines := maps.Clone(c.state.Tradelines)
	c.mu.Unlock()
	if down {
		return errAway
	}
	height := int64(0)
	for _, id := range slices.SortedFunc(maps.Keys(tradelines), func(x, y [32]byte) int { return bytes.Compare(x[:], y[:]) }) {
		if t := tradelines[id]; t.Furnisher == institution {
			height++
			reports := client.Reports{Height: height, Pruned: c.Pruned > 0 && height >= c.Pruned}
			if !reports.Pruned {
				reports.Tradelines = []client.Reported{{Subject: [32]byte(t.Subject), Tradeline: id}}
			}
			if err := visit(reports); err != nil {
				return err
			}
		}
	}
	return nil
}
