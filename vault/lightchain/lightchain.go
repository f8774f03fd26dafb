// Package lightchain is the chain as it is proven and not as a node tells it: every entry that is read comes with a proof
// under an app hash (ICS-23), and every app hash is that of a header which the validators' signatures lead to from a header
// that the vault's operator trusts. A node can be slow, or refuse to answer; it cannot invent a consent, hide its withdrawal,
// forge a licence, leave out a tradeline, or show the state of last week.
//
// Heights: the header of height h+1 has the app hash of the state that block h left, so what is committed in a block can be
// proven one block later.
package lightchain

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/cosmos/cosmos-sdk/codec"

	"github.com/creditd/creditd/proof"
)

// The refusals. ErrAway is not one of them: a node that is away told no lie.
var (
	// ErrUntrusted: the node's headers do not follow from the trusted one, or are of another chain.
	ErrUntrusted = errors.New("the node's headers do not follow from the one that this vault trusts")
	// ErrUnproven: the node's answer is not what the state has.
	ErrUnproven = errors.New("the node's answer is not proven by the chain's state")
	// ErrStale: the newest header that the node gives is too old, so that a withdrawal or a revocation may be missing.
	ErrStale = errors.New("the node's state is too old to rely on")
	// ErrAway: the node did not answer.
	ErrAway = errors.New("the node does not answer")
)

const (
	// DefaultMaxAge is how old the newest header may be, beyond the drift of clocks.
	DefaultMaxAge = 30 * time.Second
	// DefaultRecheck is how long a view is used before the node is asked for a newer one.
	DefaultRecheck = 100 * time.Millisecond
	// settleTimeout bounds the wait for the header that proves what a block has just brought.
	settleTimeout = 5 * time.Second
	// settlePoll between questions whether it is there.
	settlePoll = 10 * time.Millisecond
	// appearTimeout bounds the wait for an inquiry that the node's newest block does not bring: on a chain without
	// empty blocks there may be no next one for long.
	appearTimeout = 2 * time.Second
	// maxAppear heights are waited for then: a view may be two blocks old, and the inquiry in the next.
	maxAppear = 3
	// saveInterval between writes of the last trusted header. It need not be the last: signatures lead on from any.
	saveInterval = time.Minute
)

// Config of a Chain.
type Config struct {
	ChainID string
	Node    proof.Node       // CometBFT's RPC of any node
	Codec   codec.Codec      // client.NewCodec: reads accounts
	Store   Store            // keeps the trust; nil keeps it in memory
	Log     *slog.Logger     // told of trust on first use; nil for none
	Now     func() time.Time // time.Now if nil
	// MaxAge of the newest header; DefaultMaxAge if 0. Clocks may differ by proof.DefaultMaxClockDrift on top.
	MaxAge time.Duration
	// Recheck is how long a view is used before the node is asked for a newer one; DefaultRecheck if 0, negative for
	// every time.
	Recheck time.Duration
	// Again asks for all that was ever asked for once more when an inquiry is found, for who reads the same before and after
	// it is there, as a report does.
	Again bool
	// TrustingPeriod as in proof.Options.
	TrustingPeriod time.Duration
}

// Chain reads the chain's state with proofs. It is safe for concurrent use.
type Chain struct {
	config Config

	mu      sync.Mutex // of what follows
	current *view
	checked time.Time    // when the node was last asked for a newer header
	running *refresh     // under way
	last    trustedBlock // the trusted header
	saved   time.Time    // when it was last saved
	asked   map[question]struct{}

	asking chan struct{} // has a place for each question under way

	kept kept
}

// refresh is one question for a newer header that many wait for.
type refresh struct {
	done chan struct{}
	view *view
	err  error
}

// Open begins at the trust that the store keeps. Without any, it trusts the node's newest header on first use, and warns.
func Open(ctx context.Context, config Config) (*Chain, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Store == nil {
		config.Store = new(memory)
	}
	if config.MaxAge == 0 {
		config.MaxAge = DefaultMaxAge
	}
	if config.Recheck == 0 {
		config.Recheck = DefaultRecheck
	}
	c := &Chain{config: config, asked: map[question]struct{}{}, asking: make(chan struct{}, maxAsking), kept: newKept()}
	if err := c.loadTrust(ctx); err != nil {
		return nil, err
	}
	_, err := c.view(ctx)
	return c, err
}

// Close saves the last trusted header.
func (c *Chain) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.saveTrust(context.Background())
}

// ChainID is the chain that it is on.
func (c *Chain) ChainID() string { return c.config.ChainID }

// Height of the state that is read now, and the time of the header that proves it.
func (c *Chain) Height(ctx context.Context) (int64, time.Time, error) {
	v, err := c.view(ctx)
	if err != nil {
		return 0, time.Time{}, err
	}
	return v.height, v.time, nil
}

// WaitFor waits until the state of a height is proven, which is one block after it is committed.
func (c *Chain) WaitFor(ctx context.Context, height int64) error {
	_, err := c.waitFor(ctx, height)
	return err
}

func (c *Chain) waitFor(ctx context.Context, height int64) (*view, error) {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	ticker := time.NewTicker(settlePoll)
	defer ticker.Stop()
	for {
		v, err := c.refresh(ctx)
		if err != nil || v.height >= height {
			return v, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w: it has no header of height %d: %w", ErrAway, height+1, ctx.Err())
		case <-ticker.C:
		}
	}
}

// view is the state to read now: the newest that is proven, asked for no more often than Recheck says.
func (c *Chain) view(ctx context.Context) (*view, error) {
	now := c.config.Now()
	c.mu.Lock()
	v, recent := c.current, now.Sub(c.checked) < c.config.Recheck
	c.mu.Unlock()
	if v != nil && recent && c.fresh(v, now) == nil {
		return v, nil
	}
	return c.refresh(ctx)
}

// fresh refuses a state in which what was withdrawn since is still there.
func (c *Chain) fresh(v *view, now time.Time) error {
	if age := now.Sub(v.time); age > c.config.MaxAge+proof.DefaultMaxClockDrift {
		return fmt.Errorf("%w: its header of height %d is %s old and %s is allowed: check that the node keeps up, and this machine's clock",
			ErrStale, v.height+1, age.Round(time.Second), c.config.MaxAge)
	}
	return nil
}

// refresh asks the node for a newer header; all who come meanwhile wait for the same answer.
func (c *Chain) refresh(ctx context.Context) (*view, error) {
	c.mu.Lock()
	r := c.running
	if r == nil {
		r = &refresh{done: make(chan struct{})}
		c.running = r
		go func() { // it must not end with the first who asks
			within, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTimeout)
			defer cancel()
			r.view, r.err = c.advance(within)
			c.mu.Lock()
			c.running = nil
			c.mu.Unlock()
			close(r.done)
		}()
	}
	c.mu.Unlock()
	select {
	case <-r.done:
		return r.view, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("%w: %w", ErrAway, ctx.Err())
	}
}

// advance verifies the node's newest header, if there is one that is newer. Only one runs at a time.
func (c *Chain) advance(ctx context.Context) (*view, error) {
	status, err := c.config.Node.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrAway, err)
	}
	target := status.SyncInfo.LatestBlockHeight
	c.mu.Lock()
	v, last := c.current, c.last
	c.mu.Unlock()
	if v == nil || target > v.height+1 {
		if last, v, err = c.follow(ctx, last, target, v); err != nil {
			return nil, err
		}
	}
	now := c.config.Now()
	if err := c.fresh(v, now); err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.current, c.last, c.checked = v, last, now
	if now.Sub(c.saved) >= saveInterval {
		if err := c.saveTrust(ctx); err != nil { // a later run begins at an earlier header
			c.config.Log.Warn("the last trusted header is not kept", "error", err)
		}
	}
	return v, nil
}
