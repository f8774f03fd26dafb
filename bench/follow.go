package bench

import (
	"context"
	"fmt"
	"sync"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
)

const (
	// eventBacklog of blocks that may wait while one is read.
	eventBacklog = 1024
	// blockTries of reading a block that its own node announced.
	blockTries = 5
	blockPause = 50 * time.Millisecond
)

// reader is what is used of the node that blocks are read from.
type reader interface {
	Block(ctx context.Context, height *int64) (*ctypes.ResultBlock, error)
	BlockResults(ctx context.Context, height *int64) (*ctypes.ResultBlockResults, error)
}

// announcement of a block that a node has committed, and when it was heard.
type announcement struct {
	height int64
	at     time.Time
}

// announcements of a node, from now on. A node announces a block after its application has committed it. The time
// is taken at once, whatever the reading of earlier blocks is busy with.
func announcements(ctx context.Context, node *rpchttp.HTTP) (<-chan announcement, error) {
	const query = "tm.event='NewBlockHeader'"
	if err := node.Start(); err != nil {
		return nil, fmt.Errorf("events of %s: %w", node.Remote(), err)
	}
	events, err := node.Subscribe(ctx, "creditd-bench", query, eventBacklog)
	if err != nil {
		return nil, fmt.Errorf("events of %s: %w", node.Remote(), err)
	}
	heard := make(chan announcement, eventBacklog)
	go func() {
		defer close(heard)
		for {
			select {
			case event := <-events:
				now := time.Now()
				if block, ok := event.Data.(cmttypes.EventDataNewBlockHeader); ok {
					heard <- announcement{block.Header.Height, now}
				}
			case <-ctx.Done():
				_ = node.Stop() // the connection ends with the program at the latest
				return
			}
		}
	}()
	return heard, nil
}

// follower reads every block of one node and notes which of the expected transactions are in it.
type follower struct {
	node reader

	mu       sync.Mutex
	expected map[[32]byte]*transaction
	settled  func(*transaction) // called for each, in the order of blocks
	next     chan struct{}      // closed when a block was read
	err      error              // why it follows no more
}

func newFollower(node reader) *follower {
	return &follower{node: node, next: make(chan struct{})}
}

// follow until there are no more announcements. Blocks whose announcement was lost count as heard with the next.
func (f *follower) follow(ctx context.Context, heard <-chan announcement) {
	last := int64(0)
	for block := range heard {
		if last == 0 {
			last = block.height - 1
		}
		for ; last < block.height; last++ {
			if err := f.read(ctx, last+1, block.at); err != nil {
				f.stop(err)
				return
			}
		}
	}
	f.stop(context.Cause(ctx))
}

func (f *follower) read(ctx context.Context, height int64, at time.Time) error {
	var block *ctypes.ResultBlock
	var err error
	for range blockTries {
		if block, err = f.node.Block(ctx, &height); err == nil && block.Block != nil {
			break
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(blockPause):
		}
	}
	if err != nil || block.Block == nil {
		return fmt.Errorf("block %d was announced but cannot be read: %w", height, err)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, bytes := range block.Block.Txs {
		if tx, ours := f.expected[[32]byte(bytes.Hash())]; ours {
			tx.committed, tx.height, tx.index = at, height, i
			f.settle(tx)
		}
	}
	close(f.next)
	f.next = make(chan struct{})
	return nil
}

func (f *follower) settle(tx *transaction) {
	delete(f.expected, tx.hash)
	f.settled(tx)
}

func (f *follower) stop(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = fmt.Errorf("the node that is read from: %w", err)
	close(f.next)
}

// expect the transactions before they are submitted; settled is called for each when it is committed or given up.
func (f *follower) expect(txs []*transaction, settled func(*transaction)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.expected = make(map[[32]byte]*transaction, len(txs))
	f.settled = settled
	for _, tx := range txs {
		f.expected[tx.hash] = tx
	}
}

// giveUp a transaction that no block will have.
func (f *follower) giveUp(tx *transaction) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, waiting := f.expected[tx.hash]; waiting {
		f.settle(tx)
	}
}

// await something, looking after each block whether the node can still be read. Without anything to await it
// returns after the next block.
func (f *follower) await(ctx context.Context, something <-chan struct{}) error {
	for {
		f.mu.Lock()
		next, err := f.next, f.err
		f.mu.Unlock()
		select {
		case <-something:
			return nil
		default:
		}
		if err != nil {
			return err
		}
		select {
		case <-something:
			return nil
		case <-next:
			if something == nil {
				return nil
			}
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
