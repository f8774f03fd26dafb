package operate

import (
	"context"
	"log/slog"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/creditd/creditd/vault/store"
)

const (
	watchEvery = 10 * time.Second
	// countEvery is how often records are counted: a count reads an index of all of them.
	countEvery = time.Minute
	// countShare of its time is the most that a watcher counts: a large store is counted less often.
	countShare = 50
	// maxOwed receipts are looked at; far more are owed only after days without a node.
	maxOwed = 10_000
)

// Watched is what a Watcher looks at.
type Watched struct {
	Store interface {
		Count(ctx context.Context) (store.Counts, error)
		ReceiptsOwed(ctx context.Context, limit int) ([]store.Receipt, error)
	}
	// Head is the last header that the vault goes by: its height and time.
	Head func(ctx context.Context) (height int64, at time.Time, err error)
	Log  *slog.Logger
}

// Watcher keeps the gauges true.
type Watcher struct {
	metrics *Metrics
	of      Watched
	now     func() time.Time
	seen    map[[32]byte]time.Time // receipts owed, since when known
	counted time.Time              // when records are counted again
	headAt  time.Time              // time of the last header that was read
}

// NewWatcher looks when Run or Look is called.
func NewWatcher(m *Metrics, of Watched) *Watcher {
	return &Watcher{metrics: m, of: of, now: time.Now, seen: map[[32]byte]time.Time{}}
}

// Run looks again and again until ctx ends.
func (w *Watcher) Run(ctx context.Context) {
	again := time.NewTicker(watchEvery)
	defer again.Stop()
	for {
		w.Look(ctx)
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
	}
}

// Look looks once. What cannot be read keeps its last value, except the age of the header, which grows.
func (w *Watcher) Look(ctx context.Context) {
	if err := w.receipts(ctx); err != nil && ctx.Err() == nil {
		w.of.Log.Warn("receipts owed could not be read", "error", err)
	}
	if now := w.now(); !now.Before(w.counted) {
		counts, err := w.of.Store.Count(ctx)
		if err != nil && ctx.Err() == nil {
			w.of.Log.Warn("records could not be counted", "error", err)
		}
		w.counted = w.now().Add(max(countEvery, countShare*w.now().Sub(now)))
		if err == nil {
			w.metrics.records.Record(ctx, float64(counts.Staged), metric.WithAttributes(attribute.String("state", "staged")))
			w.metrics.records.Record(ctx, float64(counts.Committed), metric.WithAttributes(attribute.String("state", "committed")))
		}
	}
	height, at, err := w.of.Head(ctx)
	switch {
	case err == nil:
		w.headAt = at
		w.metrics.height.Record(ctx, float64(height))
	case ctx.Err() == nil:
		w.of.Log.Warn("the chain's last header could not be read", "error", err)
	}
	if !w.headAt.IsZero() {
		w.metrics.headerAge.Record(ctx, w.now().Sub(w.headAt).Seconds())
	}
}

// receipts counts those owed and remembers since when.
func (w *Watcher) receipts(ctx context.Context) error {
	owed, err := w.of.Store.ReceiptsOwed(ctx, maxOwed)
	if err != nil {
		return err
	}
	now := w.now()
	seen, age := make(map[[32]byte]time.Time, len(owed)), time.Duration(0)
	for _, receipt := range owed {
		since, known := w.seen[receipt.Digest]
		if !known {
			since = now
		}
		seen[receipt.Digest] = since
		age = max(age, now.Sub(since))
	}
	w.seen = seen
	w.metrics.owed.Record(ctx, float64(len(owed)))
	w.metrics.owedAge.Record(ctx, age.Seconds())
	return nil
}
