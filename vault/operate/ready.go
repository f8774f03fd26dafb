package operate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// staleAfter is when an answer about readiness is not believed any more: whoever asks it may hang.
const staleAfter = time.Minute

// Check is one thing that a vault needs before it can answer orders.
type Check struct {
	Name string // what has to answer: node, store
	Ask  func(ctx context.Context) error
}

// Readiness knows whether a vault can answer orders: whether all checks passed when they were last made.
type Readiness struct {
	checks  []Check
	metrics *Metrics
	now     func() time.Time

	mu       sync.Mutex
	asked    time.Time // zero: not yet
	failed   map[string]bool
	stopping bool
}

// NewReadiness makes the checks when Check is called.
func NewReadiness(m *Metrics, checks ...Check) *Readiness {
	return &Readiness{checks: checks, metrics: m, now: time.Now, failed: map[string]bool{}}
}

// Check makes all checks, at once, and returns what failed.
func (r *Readiness) Check(ctx context.Context) error {
	errs := make([]error, len(r.checks))
	var group sync.WaitGroup
	for i, check := range r.checks {
		group.Go(func() {
			if err := check.Ask(ctx); err != nil {
				errs[i] = fmt.Errorf("%s: %w", check.Name, err)
			}
		})
	}
	group.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked = r.now()
	for i, check := range r.checks {
		r.failed[check.Name] = errs[i] != nil
		value := 1.0
		if errs[i] != nil {
			value = 0
		}
		r.metrics.ready.Record(ctx, value, metric.WithAttributes(attribute.String("check", check.Name)))
	}
	return errors.Join(errs...)
}

// Stopping makes the vault not ready for good: a load balancer sends nothing more.
func (r *Readiness) Stopping() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.stopping = true
}

// State is readiness as it is served. Why a check failed is in the log.
type State struct {
	Ready    bool              `json:"ready"`
	Stopping bool              `json:"stopping"`
	Checks   map[string]string `json:"checks"` // ok, failed or unknown
}

// State says what the last checks found. What was not asked, or too long ago, is unknown and not ready.
func (r *Readiness) State() State {
	r.mu.Lock()
	defer r.mu.Unlock()
	state := State{Stopping: r.stopping, Checks: map[string]string{}}
	known := !r.asked.IsZero() && r.now().Sub(r.asked) < staleAfter
	for _, check := range r.checks {
		switch {
		case !known:
			state.Checks[check.Name] = "unknown"
		case r.failed[check.Name]:
			state.Checks[check.Name] = "failed"
		default:
			state.Checks[check.Name] = "ok"
		}
	}
	state.Ready = known && !r.stopping && !slices.Contains(slices.Collect(maps.Values(r.failed)), true)
	return state
}
