package client

import (
	"context"
	"fmt"
	"time"
)

// Head is the last block that the node has executed: queries read the state after it, or a later one.
func (c *Client) Head(ctx context.Context) (int64, error) {
	info, err := c.node.ABCIInfo(ctx)
	if err != nil {
		return 0, fmt.Errorf("no answer from the node at %s: check that it runs: %w", c.config.RPC, err)
	}
	return info.Response.LastBlockHeight, nil
}

// BlockTime is the time in the header of a block that the node still has.
func (c *Client) BlockTime(ctx context.Context, height int64) (time.Time, error) {
	block, err := c.node.Block(ctx, &height)
	if err != nil {
		return time.Time{}, fmt.Errorf("block %d from the node at %s: %w", height, c.config.RPC, err)
	}
	if block.Block == nil {
		return time.Time{}, fmt.Errorf("block %d: %w", height, ErrNotFound)
	}
	return block.Block.Time, nil
}
