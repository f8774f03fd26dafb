// Package importer brings a furnisher's loan book into its vault and onto the chain.
//
// Each row becomes a record with a seed of its own, is staged in the store, encrypted, and only then sent.
// What was staged keeps its seed, so its ids are the same however often it is sent, and the chain refuses
// what it has: an import that is killed at any point goes on where it was, and nothing is there twice.
package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
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

// Keys are those of the vault.
type Keys interface {
	keys.Provider
	Account(lender, number string) [32]byte
	Digest(parts ...[]byte) [32]byte
}

// Pseudonyms turns identity numbers into handles.
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
	Now        func() time.Time    // time.Now if nil
	// Progress is told after every batch; it must not block.
	Progress func(Progress)
}

// Progress of a running import.
type Progress struct {
	store.ImportCounts
	Line      int // of the book, read so far
	Committed int // records that the chain has, of Furnished and Corrected and of what was left from before
	Resumed   int // records that an earlier run had staged
	Elapsed   time.Duration
}

// Summary of an import that went through the whole book.
type Summary struct {
	store.ImportCounts
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
	run     store.Import
	seen    map[[16]byte]struct{} // accounts in this book, by the start of their tradeline's id
	slots   chan struct{}
	flights sync.WaitGroup

	mu        sync.Mutex // guards what the flights write
	failure   error
	committed int
	shown     Progress // of the reader, for report; run is the reader's own
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
	return &Importer{
		config: config, seen: map[[16]byte]struct{}{}, slots: make(chan struct{}, config.InFlight),
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
	if err := im.resume(ctx); err != nil {
		return im.result(), errors.Join(err, im.land())
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

// savedEvery is after how many batches the position of a run is written down, for the operator to see.
const savedEvery = 50

func (im *Importer) read(ctx context.Context, book Book, rejects Rejects) error {
	var rows []prepared
	for batches := 0; ; {
		row, err := book.Next()
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return fmt.Errorf("book after line %d: %w", im.run.Position, err)
		}
		if !end {
			if err := ctx.Err(); err != nil {
				return fmt.Errorf("interrupted: run the same command again to go on: %w", err)
			}
			if rows, err = im.take(rows, row, rejects); err != nil {
				return err
			}
		}
		if len(rows) < im.config.BatchSize && !end {
			continue
		}
		if err := im.launch(ctx, rows, rejects); err != nil {
			return err
		}
		rows = rows[:0]
		if end {
			return nil
		}
		if batches++; batches%savedEvery == 0 {
			if _, err := im.config.Store.SaveImport(ctx, im.run); err != nil {
				return err
			}
		}
	}
}

// take adds a row to those that wait, or sets it aside.
func (im *Importer) take(rows []prepared, row books.Row, rejects Rejects) ([]prepared, error) {
	im.run.Counts.Rows++
	im.run.Position = row.Line
	if row.Reject != nil {
		return rows, im.reject(row.Reject, rejects)
	}
	next, err := im.prepare(row)
	if err != nil {
		return rows, im.reject(&books.Reject{Line: row.Line, Reason: err.Error(), Raw: row.Raw}, rejects)
	}
	return append(rows, next), nil
}

func (im *Importer) reject(reject *books.Reject, rejects Rejects) error {
	im.run.Counts.Rejected++
	if err := rejects.Write(reject); err != nil {
		return fmt.Errorf("rejects file: %w", err)
	}
	return nil
}

// launch stages what is new of the rows and sends it, without waiting for its block.
func (im *Importer) launch(ctx context.Context, rows []prepared, rejects Rejects) error {
	items, err := im.changed(ctx, rows, rejects)
	if err != nil {
		return err
	}
	if len(items) > 0 {
		staged := make([]store.Record, len(items))
		for i := range items {
			staged[i] = items[i].record
		}
		if err := im.config.Store.Stage(ctx, staged); err != nil {
			return err
		}
		for i := range items {
			if items[i].correct {
				im.run.Counts.Corrected++
			} else {
				im.run.Counts.Furnished++
			}
		}
		if err := im.fly(ctx, items); err != nil {
			return err
		}
	}
	im.mu.Lock()
	im.shown.ImportCounts, im.shown.Line = im.run.Counts, im.run.Position
	im.mu.Unlock()
	im.report()
	return im.failed()
}

// fly settles a batch in the background once there is room.
func (im *Importer) fly(ctx context.Context, items []item) error {
	select {
	case im.slots <- struct{}{}:
	case <-ctx.Done():
		return fmt.Errorf("interrupted: run the same command again to go on: %w", ctx.Err())
	}
	im.flights.Go(func() {
		defer func() { <-im.slots }()
		if err := im.settle(ctx, items); err != nil {
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
	summary.ImportCounts = im.run.Counts
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
