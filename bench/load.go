package bench

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	errorsmod "cosmossdk.io/errors"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"golang.org/x/sync/errgroup"

	sdkclient "github.com/cosmos/cosmos-sdk/client"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"

	"github.com/creditd/creditd/app"
)

// ErrFailed: the chain refused transactions that were to succeed, so the figures would be of something else.
var ErrFailed = errors.New("transactions failed")

// maxUnanswered submissions of one transaction in a row.
const maxUnanswered = 5

// submitter is what is used of a node that transactions are sent to.
type submitter interface {
	BroadcastTxSync(ctx context.Context, tx cmttypes.Tx) (*ctypes.ResultBroadcastTx, error)
}

// generator submits transactions and sees them committed.
type generator struct {
	nodes       []submitter // taken in turn by the connections
	follower    *follower
	connections int
}

// burst is one stretch of load.
type burst struct {
	txs         []*transaction
	outstanding int           // at most as many are submitted and not yet committed
	every       time.Duration // pause between two submissions; 0 for none
	limit       time.Duration // for all of it
}

// outcome of a burst.
type outcome struct {
	elapsed   time.Duration // from the first submission until the other node had the last
	latencies []time.Duration
	blocks    int
	sentAgain int64
}

// run submits a burst and returns when every transaction is committed. A transaction that fails does not end it
// but makes it fail in the end, with the number and the first reason.
func (g *generator) run(ctx context.Context, b burst) (outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, b.limit)
	defer cancel()
	var (
		slots     = make(chan struct{}, b.outstanding)
		all       = make(chan struct{})
		left      = len(b.txs)
		failures  failures
		sentAgain atomic.Int64
	)
	g.follower.expect(b.txs, func(*transaction) { // under the follower's lock
		<-slots
		if left--; left == 0 {
			close(all)
		}
	})
	group, sending := errgroup.WithContext(ctx)
	work := make(chan *transaction)
	group.Go(func() error { return feed(sending, b, slots, work) })
	for n := range g.connections {
		group.Go(func() error {
			for tx := range work {
				again, err := g.submit(sending, g.nodes[n%len(g.nodes)], tx)
				sentAgain.Add(again)
				if errors.Is(err, ErrFailed) {
					failures.add(err)
					g.follower.giveUp(tx)
				} else if err != nil {
					return err
				}
			}
			return nil
		})
	}
	group.Go(func() error { return g.follower.await(sending, all) })
	if err := group.Wait(); err != nil {
		return outcome{}, g.explain(b, err)
	}
	o, err := g.results(ctx, b.txs, &failures)
	o.sentAgain = sentAgain.Load()
	return o, err
}

// feed hands the transactions out one by one, as there is room for them.
func feed(ctx context.Context, b burst, slots chan<- struct{}, work chan<- *transaction) error {
	defer close(work)
	start := time.Now()
	for i, tx := range b.txs {
		select {
		case slots <- struct{}{}:
		case <-ctx.Done():
			return ctx.Err()
		}
		if pause := time.Until(start.Add(time.Duration(i) * b.every)); b.every > 0 && pause > 0 {
			select {
			case <-time.After(pause):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		select {
		case work <- tx:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// submit until the node takes the transaction. What it refuses for the present block only is sent again after the
// next, and so is what it gave no answer to: a node that executes a large block answers nobody for so long that its
// server gives up. The time that this takes is part of the latency.
func (g *generator) submit(ctx context.Context, node submitter, tx *transaction) (again int64, err error) {
	tx.submitted = time.Now()
	for unanswered := 0; ; again++ {
		answer, err := node.BroadcastTxSync(ctx, tx.bytes)
		switch {
		case err == nil && answer.Code == 0, is(err, tx, sdkerrors.ErrTxInMempoolCache):
			return again, nil
		case err == nil && overBudget(answer), is(err, tx, sdkerrors.ErrMempoolIsFull):
		case err == nil && unanswered > 0:
			return again, nil // refused perhaps because a block has it already: the blocks will tell
		case err == nil:
			return again, fmt.Errorf("%w: %s (%s/%d)", ErrFailed, answer.Log, answer.Codespace, answer.Code)
		case unanswered == maxUnanswered || ctx.Err() != nil:
			return again, fmt.Errorf("submitting: %w", err)
		default:
			unanswered++
		}
		if err := g.follower.await(ctx, nil); err != nil {
			return again, err
		}
	}
}

// is tells whether an error of the RPC says what the SDK has an error for.
func is(err error, tx *transaction, what *errorsmod.Error) bool {
	known := sdkclient.CheckCometError(err, tx.bytes)
	return known != nil && known.Codespace == what.Codespace() && known.Code == what.ABCICode()
}

func overBudget(answer *ctypes.ResultBroadcastTx) bool {
	return answer.Codespace == app.ErrGasBudget.Codespace() && answer.Code == app.ErrGasBudget.ABCICode()
}

// explain what was still awaited when a burst was broken off.
func (g *generator) explain(b burst, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	g.follower.mu.Lock()
	defer g.follower.mu.Unlock()
	return fmt.Errorf("%d of %d transactions are in no block after %s: give fewer --txs or --batches, or a longer --round-limit: %w",
		len(g.follower.expected), len(b.txs), b.limit, err)
}

// results reads how the transactions ended; only now, since a block's results are large.
func (g *generator) results(ctx context.Context, txs []*transaction, failed *failures) (outcome, error) {
	byHeight := map[int64][]*transaction{}
	var o outcome
	first, last := txs[0].submitted, txs[0].committed
	for _, tx := range txs {
		if tx.height == 0 {
			continue // refused, and counted
		}
		byHeight[tx.height] = append(byHeight[tx.height], tx)
		o.latencies = append(o.latencies, tx.committed.Sub(tx.submitted))
		if tx.submitted.Before(first) {
			first = tx.submitted
		}
		if tx.committed.After(last) {
			last = tx.committed
		}
	}
	o.elapsed, o.blocks = last.Sub(first), len(byHeight)
	for height, committed := range byHeight {
		results, err := g.follower.node.BlockResults(ctx, &height)
		if err != nil {
			return o, fmt.Errorf("results of block %d: %w", height, err)
		}
		for _, tx := range committed {
			if tx.index >= len(results.TxsResults) {
				return o, fmt.Errorf("block %d has %d results, none for transaction %d", height, len(results.TxsResults), tx.index)
			}
			if r := results.TxsResults[tx.index]; r.Code != 0 {
				failed.add(fmt.Errorf("%w: %s (%s/%d, block %d)", ErrFailed, r.Log, r.Codespace, r.Code, height))
			}
		}
	}
	return o, failed.err(len(txs))
}

// failures counts, and keeps the first.
type failures struct {
	mu    sync.Mutex
	count int
	first error
}

func (f *failures) add(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.count++; f.first == nil {
		f.first = err
	}
}

func (f *failures) err(of int) error {
	if f.count == 0 {
		return nil
	}
	return fmt.Errorf("%d of %d: %w", f.count, of, f.first)
}
