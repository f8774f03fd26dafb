package client

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// pollInterval is how often the node is asked for its height while something is waited for.
const pollInterval = 100 * time.Millisecond

// tracker finds the outcome of transactions by reading every block from before they were sent. It needs no
// transaction index, costs one reading a block whatever the number in flight, and can prove an absence: a
// block later than a transaction's timeout ends its chances. It runs only while something is waited for.
type tracker struct {
	node node
	poll time.Duration

	ctx  context.Context // of the tracker's own goroutine; close ends it
	stop context.CancelFunc

	mu      sync.Mutex
	pending map[[32]byte]*waiting
	blocks  map[chan struct{}]struct{} // waiters for the next block
	height  int64                      // last block that was read
	running bool
}

type waiting struct {
	timeout time.Time
	outcome chan outcome // buffered: the tracker never blocks on a waiter
}

type outcome struct {
	result Result
	err    error
}

func newTracker(n node, poll time.Duration) *tracker {
	ctx, stop := context.WithCancel(context.Background())
	return &tracker{
		node: n, poll: poll, ctx: ctx, stop: stop,
		pending: map[[32]byte]*waiting{}, blocks: map[chan struct{}]struct{}{},
	}
}

func (t *tracker) close() { t.stop() }

// expect must be called before the transaction is broadcast, so that its block is not missed. The caller
// calls forget when it waits no longer.
func (t *tracker) expect(ctx context.Context, tx signedTx) (_ <-chan outcome, forget func(), err error) {
	w := &waiting{timeout: tx.timeout, outcome: make(chan outcome, 1)}
	if err := t.start(ctx, func() { t.pending[tx.hash] = w }); err != nil {
		return nil, nil, err
	}
	return w.outcome, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.pending, tx.hash)
	}, nil
}

// nextBlock waits until a block was committed after the call.
func (t *tracker) nextBlock(ctx context.Context) error {
	block := make(chan struct{})
	if err := t.start(ctx, func() { t.blocks[block] = struct{}{} }); err != nil {
		return err
	}
	defer func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		delete(t.blocks, block)
	}()
	select {
	case <-block:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-t.ctx.Done():
		return fmt.Errorf("the client was closed: %w", t.ctx.Err())
	}
}

// start adds something to wait for and sees to it that the goroutine runs.
func (t *tracker) start(ctx context.Context, add func()) error {
	for {
		t.mu.Lock()
		if t.running {
			add()
			t.mu.Unlock()
			return nil
		}
		t.mu.Unlock()
		info, err := t.node.ABCIInfo(ctx)
		if err != nil {
			return fmt.Errorf("the node does not answer: check that it runs and that --node is right: %w", err)
		}
		t.mu.Lock()
		if !t.running {
			t.running = true
			t.height = info.Response.LastBlockHeight
			go t.run()
		}
		t.mu.Unlock()
	}
}

func (t *tracker) run() {
	timer := time.NewTimer(t.poll)
	defer timer.Stop()
	for {
		// The application's height, not the node's: state is readable as soon as it says so.
		if info, err := t.node.ABCIInfo(t.ctx); err == nil {
			t.readUpTo(info.Response.LastBlockHeight)
		}
		t.mu.Lock()
		if t.ctx.Err() != nil {
			t.fail(fmt.Errorf("%w: the client was closed", ErrOutcomeUnknown))
		}
		if len(t.pending) == 0 && len(t.blocks) == 0 {
			t.running = false
			t.mu.Unlock()
			return
		}
		t.mu.Unlock()
		timer.Reset(t.poll)
		select {
		case <-timer.C:
		case <-t.ctx.Done():
		}
	}
}

// readUpTo reads the blocks up to height. A block that cannot be read now is read again at the next poll.
func (t *tracker) readUpTo(height int64) {
	for t.height < height { // only this goroutine writes height while it runs
		next := t.height + 1
		block, err := t.node.Block(t.ctx, &next)
		if err == nil && block.Block == nil {
			return
		}
		if pruned(err) {
			t.mu.Lock()
			t.height = height
			t.fail(fmt.Errorf("%w: the node no longer has block %d: read the state, or use a node that keeps more blocks", ErrOutcomeUnknown, next))
			t.mu.Unlock()
			return
		}
		if err != nil {
			return
		}
		results, err := t.node.BlockResults(t.ctx, &next)
		if err != nil || len(results.TxsResults) != len(block.Block.Txs) {
			return
		}
		t.mu.Lock()
		for i, tx := range block.Block.Txs {
			t.settle([32]byte(tx.Hash()), next, block.Block.Time, results.TxsResults[i])
		}
		t.expire(block.Block.Time)
		t.height = next
		for waiter := range t.blocks {
			close(waiter)
			delete(t.blocks, waiter)
		}
		t.mu.Unlock()
	}
}

func (t *tracker) settle(hash [32]byte, height int64, at time.Time, result *execResult) {
	w, ok := t.pending[hash]
	if !ok {
		return
	}
	delete(t.pending, hash)
	name := fmt.Sprintf("%X", hash)
	if result.Code != 0 {
		w.outcome <- outcome{err: &TxError{Codespace: result.Codespace, Code: result.Code, Log: result.Log, Hash: name, Height: height}}
		return
	}
	w.outcome <- outcome{result: Result{
		Hash: name, Height: height, Time: at, GasWanted: result.GasWanted, GasUsed: result.GasUsed, data: result.Data,
	}}
}

// expire ends the wait for what can no longer be committed: x/auth refuses a transaction whose timeout is
// before the time of the block.
func (t *tracker) expire(now time.Time) {
	for hash, w := range t.pending {
		if w.timeout.Before(now) {
			delete(t.pending, hash)
			w.outcome <- outcome{err: ErrExpired}
		}
	}
}

func (t *tracker) fail(err error) {
	for hash, w := range t.pending {
		delete(t.pending, hash)
		w.outcome <- outcome{err: err}
	}
}
