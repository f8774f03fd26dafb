package importer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/store"
)

// DefaultStageSize is how many rows are staged in one step, unless a transaction takes more: the disk is waited for once for all
// of them, and they take a few megabytes.
const DefaultStageSize = 1000

// DefaultInFlight transactions of 100 records fill the blocks that an institution's gas budget allows, several at once.
const DefaultInFlight = 32

// GCPercent for a process that imports: what is in memory at once is small and soon garbage. At 50 the
// whole of sba_loans.csv took a tenth longer.
const GCPercent = 150

// savedEvery is after how many groups the position of a run is written down, for the operator to see.
const savedEvery = 5

// scanned is a group of rows as read, and why there are no more after it, if so: io.EOF is the end of the book.
type scanned struct {
	rows []books.Row
	err  error
}

// sealed is a group ready to be staged.
type sealed struct {
	items []item
	run   store.Import // counts up to and with this group
	shown Progress
}

// read brings the book to its end. The group that is decided on and the one that is staged are two, so that processors and disk
// work at the same time.
func (im *Importer) read(ctx context.Context, book Book, rejects Rejects) error {
	scanning, stop := context.WithCancel(ctx)
	groups, ready, staged := make(chan scanned), make(chan sealed), make(chan struct{})
	var others sync.WaitGroup
	others.Go(func() { im.scan(scanning, book, groups) })
	others.Go(func() {
		defer close(staged)
		if err := im.stageAll(ctx, ready); err != nil {
			im.fail(err)
		}
	})
	err := im.decideAll(ctx, groups, ready, staged, rejects)
	close(ready)
	stop()
	others.Wait()
	return err
}

// scan reads rows ahead, a group at a time.
func (im *Importer) scan(ctx context.Context, book Book, groups chan<- scanned) {
	for {
		var group scanned
		for len(group.rows) < im.config.StageSize && group.err == nil {
			if err := ctx.Err(); err != nil {
				group.err = interrupted(err)
				break
			}
			row, err := book.Next()
			if err != nil {
				group.err = err
				break
			}
			group.rows = append(group.rows, row)
		}
		select {
		case groups <- group:
		case <-ctx.Done():
			return
		}
		if group.err != nil {
			return
		}
	}
}

func interrupted(err error) error {
	return fmt.Errorf("interrupted: run the same command again to go on: %w", err)
}

// decideAll decides on one group after the other and hands it over to be staged.
func (im *Importer) decideAll(ctx context.Context, groups <-chan scanned, ready chan<- sealed, staged <-chan struct{}, rejects Rejects) error {
	for {
		var group scanned
		select {
		case group = <-groups:
		case <-staged: // it failed, and land says why
			return nil
		case <-ctx.Done():
			return interrupted(ctx.Err())
		}
		im.group = make(map[[32]byte][32]byte, len(group.rows))
		items, err := im.decide(ctx, group.rows, rejects)
		if err != nil {
			return err
		}
		shown := Progress{ImportCounts: im.run.Counts, Line: im.run.Position, Expired: im.expired}
		select {
		case ready <- sealed{items, im.run, shown}:
		case <-staged:
			return nil
		}
		im.staging = im.group
		switch {
		case errors.Is(group.err, io.EOF):
			return nil
		case errors.Is(group.err, context.Canceled), errors.Is(group.err, context.DeadlineExceeded):
			return group.err
		case group.err != nil:
			return fmt.Errorf("book after line %d: %w", im.run.Position, group.err)
		}
	}
}

// stageAll makes each group durable and then sends it, without waiting for its block.
func (im *Importer) stageAll(ctx context.Context, ready <-chan sealed) error {
	for groups := 1; ; groups++ {
		group, more := <-ready
		if !more {
			return nil
		}
		if err := im.stage(ctx, group); err != nil {
			return err
		}
		if groups%savedEvery == 0 {
			if _, err := im.config.Store.SaveImport(ctx, group.run); err != nil {
				return err
			}
		}
		if im.failed() != nil {
			return nil
		}
	}
}

func (im *Importer) stage(ctx context.Context, group sealed) error {
	if len(group.items) > 0 {
		all := make([]store.Record, len(group.items))
		for i := range group.items {
			all[i] = group.items[i].record
		}
		if err := im.config.Store.Stage(ctx, all); err != nil {
			return err
		}
	}
	im.mu.Lock()
	im.shown = group.shown
	im.mu.Unlock()
	im.report()
	for rest := group.items; len(rest) > 0; {
		batch := rest[:min(len(rest), im.config.BatchSize)]
		rest = rest[len(batch):]
		if err := im.fly(ctx, func() error { return im.settle(ctx, batch) }); err != nil {
			return err
		}
		if im.failed() != nil {
			return nil
		}
	}
	return nil
}

func (im *Importer) reject(reject *books.Reject, rejects Rejects) error {
	im.run.Counts.Rejected++
	if err := rejects.Write(reject); err != nil {
		return fmt.Errorf("rejects file: %w", err)
	}
	return nil
}

// parallel calls f for 0 to n-1 on all processors.
func parallel(n int, f func(i int)) {
	var next atomic.Int64
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		workers.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				f(i)
			}
		})
	}
	workers.Wait()
}
