// Package importer brings a furnisher's loan book into its vault and onto the chain.
//
// Each row becomes a record with a seed of its own, is staged in the store, encrypted, and only then sent.
// What was staged keeps its seed, so its ids are the same however often it is sent, and the chain refuses
// what it has: an import that is killed at any point goes on where it was, and nothing is there twice.
//
// The work is a line of goroutines, each with at most a group of rows at a time, so that memory does not grow with the book:
//
//	scan (read rows) -> decide (ids, what is new, seal) -> stage (one durable step a group) -> flights (send, wait, mark)
package importer

import (
	"context"
	"errors"
	"sync"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Chain is what an import needs of the chain; *client.Client with a pipeline gives it.
type Chain interface {
	// Tradeline returns an error that wraps client.ErrNotFound only if the chain has no such tradeline.
	Tradeline(ctx context.Context, subject, id [32]byte) (credittypes.Tradeline, error)
	// Notices about an account, the last of each kind; none is no error.
	Notices(ctx context.Context, tradeline [32]byte) ([]credittypes.Notice, error)
	// Send returns when the messages are committed, all or none.
	Send(ctx context.Context, msgs ...sdk.Msg) error
}

// Store is the part of a vault's store that an import writes.
type Store interface {
	Stage(ctx context.Context, records []store.Record) error
	Commit(ctx context.Context, attestations [][32]byte) error
	Latest(ctx context.Context, tradelines [][32]byte) (map[[32]byte]store.Record, error)
	Staged(ctx context.Context, after *[32]byte, limit int) ([]store.Record, error)
	SaveImport(ctx context.Context, run store.Import) (int64, error)
}

// Keys are those of the vault. They are used by several goroutines at once.
type Keys interface {
	keys.Provider
	Account(lender, number string) [32]byte
	Digest(parts ...[]byte) [32]byte
}

// Pseudonyms turns identity numbers into handles, for several goroutines at once.
type Pseudonyms interface {
	Pseudonym(kind credittypes.SubjectKind, identity string) ([32]byte, error)
}

// Config of an Importer.
type Config struct {
	Furnisher  sdk.AccAddress
	Chain      Chain
	Store      Store
	Keys       Keys
	Pseudonyms Pseudonyms
	Profile    credittypes.Profile // that the furnisher's jurisdiction selects
	BatchSize  int                 // tradelines in a transaction, at most what the chain allows
	InFlight   int                 // transactions at once
	StageSize  int                 // rows that are staged in one step; DefaultStageSize if 0
	Now        func() time.Time    // time.Now if nil
	// Progress is told after every batch; it must not block.
	Progress func(Progress)
}

// Progress of a running import.
type Progress struct {
	store.ImportCounts
	Expired   int // of the rejected: rows whose retention is over
	Line      int // of the book, read so far
	Committed int // records that the chain has, of Furnished and Corrected and of what was left from before
	Resumed   int // records that an earlier run had staged
	Elapsed   time.Duration
}

// Summary of an import that went through the whole book.
type Summary struct {
	store.ImportCounts
	Expired int `json:"expired"` // of the rejected: rows that the law does not let be shown any more
	Resumed int `json:"resumed"` // records that an earlier run had left staged and that are now on the chain
	Refused int `json:"refused"` // records that the chain refused; they stay staged and the next run tries again
	// Waiting records are not sent before the time between notice and report has passed; they stay staged.
	Waiting int `json:"waiting"`
	// Refusals are the reasons, at most maxRefusals of them.
	Refusals []string `json:"refusals,omitempty"`
}

const maxRefusals = 10

// Importer runs one import. It is not for reuse.
type Importer struct {
	config  Config
	started time.Time
	run     store.Import // of the goroutine that decides; others get copies
	expired int
	seen    seen
	group   map[[32]byte][32]byte // digests by tradeline, of the rows of this group that are new or changed
	staging map[[32]byte][32]byte // of the group before, which may not be in the store yet
	slots   chan struct{}
	flights sync.WaitGroup
	marker  *marker

	mu        sync.Mutex // guards what the flights write
	failure   error
	committed int
	shown     Progress // what was staged last, for report
	summary   Summary
}

// New makes an importer.
func New(config Config) (*Importer, error) {
	if config.BatchSize < 1 || config.InFlight < 1 {
		return nil, errors.New("an import sends at least one record at once: set --batch and --in-flight above 0")
	}
	if config.Now == nil {
		config.Now = time.Now
	}
	if config.StageSize == 0 {
		config.StageSize = max(config.BatchSize, DefaultStageSize)
	}
	return &Importer{
		config: config, seen: seen{}, slots: make(chan struct{}, config.InFlight), marker: newMarker(config.Store),
	}, nil
}

// Book is what is read.
type Book interface {
	Next() (books.Row, error)
}

// Rejects takes the rows that cannot be furnished.
type Rejects interface {
	Write(reject *books.Reject) error
	Flush() error
}

// Run first sees to what an earlier run left, then reads the book to its end. When it returns an error,
// whatever was staged stays, and running it again with the same book goes on.
func (im *Importer) Run(ctx context.Context, format string, digest [32]byte, book Book, rejects Rejects) (Summary, error) {
	im.started = im.config.Now()
	im.run = store.Import{Book: digest, Format: format, Started: im.started}
	if err := errors.Join(im.resume(ctx), im.land()); err != nil {
		return im.result(), err
	}
	id, err := im.config.Store.SaveImport(ctx, im.run)
	if err != nil {
		return im.result(), err
	}
	im.run.ID = id
	err = im.read(ctx, book, rejects)
	err = errors.Join(err, im.land(), rejects.Flush())
	if err != nil {
		return im.result(), err
	}
	im.run.Finished = im.config.Now()
	if _, err := im.config.Store.SaveImport(ctx, im.run); err != nil {
		return im.result(), err
	}
	return im.result(), nil
}

// fly does the work of one batch in the background once there is room.
func (im *Importer) fly(ctx context.Context, work func() error) error {
	select {
	case im.slots <- struct{}{}:
	case <-ctx.Done():
		return interrupted(ctx.Err())
	}
	im.flights.Go(func() {
		defer func() { <-im.slots }()
		if err := work(); err != nil {
			im.fail(err)
		}
		im.report()
	})
	return nil
}

// fail keeps the first failure.
func (im *Importer) fail(err error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.failure == nil {
		im.failure = err
	}
}

// land waits for all that is in flight.
func (im *Importer) land() error {
	im.flights.Wait()
	return im.failed()
}

func (im *Importer) failed() error {
	im.mu.Lock()
	defer im.mu.Unlock()
	return im.failure
}

func (im *Importer) result() Summary {
	im.mu.Lock()
	defer im.mu.Unlock()
	summary := im.summary
	summary.ImportCounts, summary.Expired = im.run.Counts, im.expired
	return summary
}

func (im *Importer) report() {
	if im.config.Progress == nil {
		return
	}
	im.mu.Lock()
	p := im.shown
	p.Committed, p.Resumed, p.Elapsed = im.committed, im.summary.Resumed, im.config.Now().Sub(im.started)
	im.mu.Unlock()
	im.config.Progress(p)
}
