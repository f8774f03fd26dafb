package desk

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/report"
)

// The stages of a report.
const (
	stageFetching  = "fetching"  // vaults are asked, records are checked
	stageReceipt   = "receipt"   // the report can be read; its receipt is being left on the chain
	stageProving   = "proving"   // the node is asked for the proofs
	stageDone      = "done"      // also where there are no proofs: Trouble says why
	stageFailed    = "failed"    // there is no report
	stageForgotten = "forgotten" // it was closed
)

// How a furnisher fares.
const (
	furnisherAsked    = "asked"
	furnisherAnswered = "answered"
	furnisherSilent   = "silent"
)

// asked is a furnisher whose vault was asked.
type asked struct {
	Operator, Name string
	State          string
	Records        int
	Remark         string // why it is silent
}

// snapshot of a work.
type snapshot struct {
	ID         string
	Stage      string
	Furnishers []asked // in the order in which they were asked
	Report     *report.Report
	Proofs     []byte
	Start      proof.Trusted // header that the proofs lead from
	Trouble    string
}

// Finished: nothing more happens by itself.
func (s snapshot) Finished() bool {
	return s.Stage == stageDone || s.Stage == stageFailed || s.Stage == stageForgotten
}

// work is a report that is being fetched, or is held.
type work struct {
	ending  *time.Timer
	proving sync.Mutex
	cancel  context.CancelFunc
	ctx     context.Context

	mu      sync.Mutex
	now     snapshot
	changed chan struct{} // closed at the next change
}

func newWork(id string) *work {
	w := &work{now: snapshot{ID: id, Stage: stageFetching}, changed: make(chan struct{})}
	w.ctx, w.cancel = context.WithTimeout(context.Background(), fetchBound)
	return w
}

// snapshot is how it is now.
func (w *work) snapshot() snapshot {
	s, _ := w.watch()
	return s
}

// watch returns how it is now, and what is closed when that changes.
func (w *work) watch() (snapshot, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	s := w.now
	s.Furnishers = slices.Clone(s.Furnishers)
	return s, w.changed
}

func (w *work) change(by func(*snapshot)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.now.Stage == stageForgotten {
		return
	}
	by(&w.now)
	close(w.changed)
	w.changed = make(chan struct{})
}

func (w *work) failed() bool { return w.snapshot().Stage == stageFailed }

// forget what is held, and stop what is under way.
func (w *work) forget() {
	w.cancel()
	if w.ending != nil {
		w.ending.Stop()
	}
	w.change(func(s *snapshot) { *s = snapshot{ID: s.ID, Stage: stageForgotten} })
}

// fetch gets the report, leaves its receipt and has it proven. What was got can be read before the rest is done.
func (d *Desk) fetch(w *work, id [32]byte) {
	stop := context.AfterFunc(d.ctx, w.cancel)
	defer stop()
	defer w.cancel()
	r, err := d.look(w, id)
	if err != nil {
		w.change(func(s *snapshot) { s.Trouble = err.Error() })
	}
	if r == nil {
		w.change(func(s *snapshot) { s.Stage = stageFailed })
		return
	}
	if err == nil {
		w.change(func(s *snapshot) { s.Stage = stageProving })
		if _, _, err := d.proofs(w.ctx, w); err != nil {
			w.change(func(s *snapshot) { s.Trouble = "The report is complete, and its proofs are not there: " + err.Error() })
		}
	}
	w.change(func(s *snapshot) { s.Stage = stageDone })
}

// look returns a report also where its receipt could not be left.
func (d *Desk) look(w *work, id [32]byte) (r *report.Report, err error) {
	getter, done, err := d.office.Getter(w.ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if failure := done(); err == nil {
			err = failure
		}
	}()
	getter.Vaults = &watched{Vaults: getter.Vaults, desk: d, work: w}
	got, err := getter.Look(w.ctx, report.Request{Inquiry: &id})
	if err != nil {
		return nil, err
	}
	acknowledged := *got // Acknowledge writes into it, while the other is read
	w.change(func(s *snapshot) { s.Stage, s.Report = stageReceipt, got })
	if err := getter.Acknowledge(w.ctx, &acknowledged); err != nil {
		return got, err
	}
	w.change(func(s *snapshot) { s.Report = &acknowledged })
	return &acknowledged, nil
}

// watched tells how the furnishers fare.
type watched struct {
	report.Vaults
	desk *Desk
	work *work
}

func (v *watched) Fetch(ctx context.Context, inquiry exchange.Opened, furnisher, endpoint string) (exchange.Answer, error) {
	v.note(asked{Operator: furnisher, Name: v.desk.nameOf(ctx, furnisher), State: furnisherAsked})
	answer, err := v.Vaults.Fetch(ctx, inquiry, furnisher, endpoint)
	v.work.change(func(s *snapshot) {
		for i := range s.Furnishers {
			f := &s.Furnishers[i]
			switch {
			case f.Operator != furnisher:
			case err != nil:
				f.State, f.Remark = furnisherSilent, err.Error()
			default:
				f.State, f.Records = furnisherAnswered, len(answer.Records)
			}
		}
	})
	return answer, err
}

func (v *watched) note(f asked) {
	v.work.change(func(s *snapshot) {
		if !slices.ContainsFunc(s.Furnishers, func(known asked) bool { return known.Operator == f.Operator }) {
			s.Furnishers = append(s.Furnishers, f)
		}
	})
}

// Connect and Close reach what is watched, where it has them.
func (v *watched) Connect(furnisher, endpoint string) {
	if vaults, ok := v.Vaults.(interface {
		Connect(furnisher, endpoint string)
	}); ok {
		vaults.Connect(furnisher, endpoint)
	}
}

func (v *watched) Close() error {
	if vaults, ok := v.Vaults.(interface{ Close() error }); ok {
		return vaults.Close()
	}
	return nil
}

// nameOf an institution, or its account where the node does not say.
func (d *Desk) nameOf(ctx context.Context, operator string) string {
	view, err := d.office.Chain.GetInstitution(ctx, operator)
	if err != nil || view.Institution.Name == "" {
		return operator
	}
	return view.Institution.Name
}
