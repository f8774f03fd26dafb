// Package indexer follows the chain into PostgreSQL: blocks, transactions with decoded messages, and what the state holds of
// institutions, schemas, attestations, inquiries, receipts and disputes; and it answers what a node has no index for.
//
// Nothing that the node says goes in unproven, with one exception. Headers follow from a trusted one by validators'
// signatures and by each header's hash in the next; transactions and their results are what those headers commit to; entries of the
// state come with proofs under their app hash. Events are in no header (STATE-COMPATIBILITY.md): they say which entries to
// read again and are counted by the hour, and that is all that they decide.
//
// Every block is one step of the table "progress", written in the transaction that writes its content: a process that is killed
// at any point goes on after the last block that is wholly there.
package indexer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/cosmos/cosmos-sdk/codec"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/proof"
)

var (
	// ErrUntrusted: the node's headers do not follow from the trusted one, or its blocks are not those of its headers.
	ErrUntrusted = errors.New("the node's blocks do not follow from the header that this indexer trusts")
	// ErrUnproven: what the node says of the state is not what the state has.
	ErrUnproven = errors.New("the node's answer is not proven by the chain's state")
	// ErrNode: the node did not answer, or does not have what is asked for.
	ErrNode = errors.New("the node does not answer")
	// ErrDatabase: the database did not answer, or does not let the indexer in.
	ErrDatabase = errors.New("the indexer's database cannot be used")
	// ErrOther: another indexer writes to the same tables.
	ErrOther = errors.New("another indexer writes to this schema of the database: stop one of them, or give it a search_path of its own")
	// ErrNoTrust: nothing says which history is the chain's, and whoever had the keys of validators of long ago can sign another one.
	ErrNoTrust = errors.New("there is no header to trust, and a node alone could show another history than the chain's: ask somebody else " +
		"(curl -s http://ANOTHER_NODE:26657/commit) for a recent height and its hash, and name them with --trust-height and --trust-hash; " +
		"on a network of your own, --trust-node believes the node")
	// ErrWrongChain: the tables are those of another chain.
	ErrWrongChain = errors.New("the tables are those of another chain")
)

const (
	// DefaultBatch and MaxBatch are how many blocks are fetched and written together while the indexer is behind.
	DefaultBatch = 64
	MaxBatch     = 1000
	// fetchers ask the node at once.
	fetchers = 4
	// settleChunk entries of the state are read and written together.
	settleChunk = 500
	// DefaultPoll is how often the node is asked for a new block.
	DefaultPoll = 500 * time.Millisecond
	// retryPause after a node or database that did not answer.
	retryPause = time.Second
)

// Config of an Indexer.
type Config struct {
	Node    Node
	DB      *DB
	Codec   codec.Codec   // of the application: names every message
	Decode  sdk.TxDecoder // of the application
	ChainID string        // empty for the node's, at the first start
	// From is the first block to index, at the first start; 0 for the first that the node has.
	From int64
	// Trust is a header that the operator has from somewhere else. One of it and TrustNode is needed at the first start.
	Trust *proof.Trusted
	// TrustNode believes the node's first header.
	TrustNode bool
	// TrustingPeriod as in proof.Options, between one batch of blocks and the next.
	TrustingPeriod time.Duration
	// Batch of blocks, DefaultBatch if 0. All of them are in memory at once.
	Batch   int64
	Poll    time.Duration
	Metrics *Metrics
	Log     *slog.Logger
	Now     func() time.Time
}

// Indexer follows one chain into one schema of a database.
type Indexer struct {
	config Config
	rate   rate
	at     position
	tip    int64 // newest block that the node said to have
}

// New prepares an indexer; Run does the work.
func New(config Config) (*Indexer, error) {
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.Batch == 0 {
		config.Batch = DefaultBatch
	}
	if config.Poll == 0 {
		config.Poll = DefaultPoll
	}
	if config.Log == nil {
		config.Log = slog.New(slog.DiscardHandler)
	}
	if config.Metrics == nil {
		metrics, err := NewMetrics()
		if err != nil {
			return nil, err
		}
		config.Metrics = metrics
	}
	return &Indexer{config: config}, nil
}

// Run follows the chain until ctx ends, which is no error. A node or a database that does not answer is waited for; a node
// that lies ends it.
func (x *Indexer) Run(ctx context.Context) error {
	return x.run(ctx, func() bool { return false }, true)
}

// CatchUp follows the chain until everything that the node has is in the tables, and returns. It does not wait for a node that is away.
func (x *Indexer) CatchUp(ctx context.Context) error {
	return x.run(ctx, func() bool { return x.at.height >= x.tip-1 && x.at.settled }, false)
}

func (x *Indexer) run(ctx context.Context, enough func() bool, patient bool) error {
	ticker := time.NewTicker(x.config.Poll)
	defer ticker.Stop()
	for {
		more, err := x.step(ctx)
		switch {
		case ctx.Err() != nil:
			return nil // told to stop
		case (patient && errors.Is(err, ErrNode)) || errors.Is(err, errAway):
			x.config.Metrics.failed(ctx, err)
			x.config.Log.Warn("waiting", "error", err)
			x.at = position{} // what is known is read again
			if err := wait(ctx, retryPause); err != nil {
				return nil // told to stop
			}
			continue
		case err != nil:
			x.config.Metrics.failed(ctx, err)
			return err
		case enough():
			return nil
		case more:
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

func wait(ctx context.Context, pause time.Duration) error {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// step does one thing of what is to be done, and says whether there may be more at once: blocks first, then, near the chain's
// end, the entries of the state that they changed. A backfill reads each entry once, as it is now, and needs no old states.
func (x *Indexer) step(ctx context.Context) (more bool, err error) {
	if x.at.chainID == "" {
		if err := x.start(ctx); err != nil {
			return false, err
		}
	}
	status, err := x.config.Node.Status(ctx)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrNode, err)
	}
	x.tip = status.SyncInfo.LatestBlockHeight
	defer x.tell(ctx)
	// A block's results and state are proven by the header after it.
	if behind := x.tip - 1 - x.at.height; behind > 0 {
		if err := x.ingest(ctx, x.at.height+1, x.at.height+min(behind, x.config.Batch)); err != nil {
			return false, err
		}
		if behind > x.config.Batch {
			return true, nil
		}
	}
	if x.at.settled {
		return false, nil
	}
	return true, x.settle(ctx)
}
