package client

import (
	"context"
	"sync"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Pipeline keeps a bounded number of transactions in flight, so that blocks are full and memory is not.
type Pipeline struct {
	send  func(ctx context.Context, msgs ...sdk.Msg) (Result, error)
	slots chan struct{}
	all   sync.WaitGroup
}

// NewPipeline sends through the sender, at most inFlight transactions at once.
func NewPipeline(sender *Sender, inFlight int) *Pipeline {
	return &Pipeline{send: sender.Send, slots: make(chan struct{}, max(inFlight, 1))}
}

// Future is a transaction that was submitted.
type Future struct {
	done   chan struct{}
	result Result
	err    error
}

// Submit returns as soon as there is room for the transaction. ctx bounds the transaction too.
func (p *Pipeline) Submit(ctx context.Context, msgs ...sdk.Msg) (*Future, error) {
	select {
	case p.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	future := &Future{done: make(chan struct{})}
	p.all.Go(func() {
		future.result, future.err = p.send(ctx, msgs...)
		<-p.slots
		close(future.done)
	})
	return future, nil
}

// Send submits and waits, for a caller that has its own goroutines.
func (p *Pipeline) Send(ctx context.Context, msgs ...sdk.Msg) (Result, error) {
	future, err := p.Submit(ctx, msgs...)
	if err != nil {
		return Result{}, err
	}
	<-future.Done() // Send ends when its context does
	return future.Result()
}

// Wait returns when nothing is in flight. Nothing may be submitted meanwhile.
func (p *Pipeline) Wait() { p.all.Wait() }

// Done is closed when the outcome is known.
func (f *Future) Done() <-chan struct{} { return f.done }

// Result is the outcome, as of Sender.Send, once Done is closed.
func (f *Future) Result() (Result, error) { return f.result, f.err }
