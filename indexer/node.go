package indexer

import (
	"context"
	"fmt"
	"sync"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"

	"github.com/creditd/creditd/proof"
)

// Node is what is asked of CometBFT's RPC. Nothing that it answers is believed.
type Node interface {
	proof.Node
	Block(ctx context.Context, height *int64) (*ctypes.ResultBlock, error)
	BlockResults(ctx context.Context, height *int64) (*ctypes.ResultBlockResults, error)
}

// rpcSeconds bounds one question: a block of some thousand transactions is large.
const rpcSeconds = 30

// Dial makes a Node of the address of a node's RPC.
func Dial(rpc string) (Node, error) {
	node, err := rpchttp.NewWithTimeout(rpc, "/websocket", rpcSeconds)
	if err != nil {
		return nil, fmt.Errorf("node address %q: %w: write it like tcp://127.0.0.1:26657", rpc, err)
	}
	return node, nil
}

// fetched is a block with its results, nothing of it verified yet.
type fetched struct {
	*ctypes.ResultBlock
	results *ctypes.ResultBlockResults
}

// fetch asks for all blocks from first to last, some at a time.
func fetch(ctx context.Context, node Node, first, last int64) ([]fetched, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	blocks := make([]fetched, last-first+1)
	places := make(chan struct{}, fetchers)
	var group sync.WaitGroup
	for i := range blocks {
		select {
		case places <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		group.Go(func() {
			defer func() { <-places }()
			var err error
			if blocks[i], err = fetchOne(ctx, node, first+int64(i)); err != nil {
				cancel(err)
			}
		})
	}
	group.Wait()
	return blocks, context.Cause(ctx)
}

func fetchOne(ctx context.Context, node Node, height int64) (fetched, error) {
	block, err := node.Block(ctx, &height)
	if err == nil && (block.Block == nil || block.Block.Height != height) {
		err = fmt.Errorf("it has another block there")
	}
	if err != nil {
		return fetched{}, fmt.Errorf("%w: block %d: ask a node that keeps all blocks (pruning of its block store is off), or begin with --from: %w", ErrNode, height, err)
	}
	results, err := node.BlockResults(ctx, &height)
	if err == nil && results.Height != height {
		err = fmt.Errorf("it has another height's there")
	}
	if err != nil {
		return fetched{}, fmt.Errorf("%w: results of block %d: they are kept with discard_abci_responses = false in its config.toml: %w", ErrNode, height, err)
	}
	return fetched{block, results}, nil
}
