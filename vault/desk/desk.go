// Package desk is a lender's desk: a small web server on the institution's own machine, with which an officer opens
// inquiries, fetches reports from the furnishers' vaults and reads them in a browser. A browser cannot fetch them itself:
// vaults want the institution's certificate, seal for its key, and their answers are judged with proofs. All of that is in
// vault/report; the desk shows it.
//
// It signs with the institution's key, so who reaches it is guarded as in guard.go, session.go and listen.go. A report is
// held in memory until it is closed. Nothing about a subject is in an address or in a log line.
package desk

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/report"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	// Prefix of all addresses. The session's cookie is for it alone: cookies know no ports, so that without it every other
	// server on the same loopback address would be sent the cookie.
	Prefix = "/desk/"
	// maxHeld is how many reports a desk holds at once.
	maxHeld = 32
	// holdFor is how long a report is held at most: a working day.
	holdFor = 12 * time.Hour
	// fetchBound of one report: vaults have 15 s, blocks take seconds.
	fetchBound = 3 * time.Minute
	// inquiriesShown on the first page.
	inquiriesShown = 25
)

// Chain is what the desk itself asks; *client.Client has it.
type Chain interface {
	report.Consents
	Subject(ctx context.Context, pseudonym [32]byte) (credittypes.Subject, error)
	Inquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, []credittypes.Receipt, error)
	Inquiries(ctx context.Context, institution string, limit int) ([]client.InquiryView, error)
	GetInstitution(ctx context.Context, operator string) (institutiontypes.InstitutionView, error)
}

// Office is the institution whose desk it is.
type Office struct {
	ChainID  string
	Operator string // account
	Chain    Chain
	// Open an inquiry, and return its id. Consent and survivor of merges are found.
	Open func(ctx context.Context, request report.Request) ([32]byte, error)
	// Getter for one report, and what is to be called when its receipt is left.
	Getter func(ctx context.Context) (getter *report.Getter, done func() error, err error)
	// Prove a report that a Getter got.
	Prove func(ctx context.Context, r *report.Report) (*report.Proofs, error)
	// Pseudonym of an identity number; nil where the institution has not the consortium's key.
	Pseudonym func(kind, identity string) ([32]byte, error)
}

// Options of a desk.
type Options struct {
	// Hosts tells whether a request's Host header names this desk, whatever address it came over: a page of elsewhere whose
	// name is made to lead here has another (DNS rebinding).
	Hosts func(host string) bool
	// Base of the desk's addresses, as http://127.0.0.1:27046.
	Base string
	// Explorer's address, as http://127.0.0.1:27003/ui/; empty for none.
	Explorer string
	// NewLink is told each new link, the one-time address that lets one browser in; the one before is used or dead.
	NewLink func(address string)
}

// Desk serves one institution.
type Desk struct {
	office   Office
	options  Options
	sessions *sessions
	handler  http.Handler
	ctx      context.Context // of fetching: it outlives a request
	stop     context.CancelFunc
	running  sync.WaitGroup

	mu   sync.Mutex
	held map[string]*work // by inquiry, 64 hexadecimal digits
}

// New makes a desk, and its first link.
func New(office Office, options Options) (*Desk, error) {
	if office.Chain == nil || office.Open == nil || office.Getter == nil || office.Prove == nil || options.Hosts == nil || options.NewLink == nil {
		return nil, errors.New("a desk needs its institution's office, its host names and somebody who is told the link")
	}
	if err := CheckExplorer(options.Explorer); err != nil {
		return nil, err
	}
	d := &Desk{office: office, options: options, held: map[string]*work{}}
	secure := strings.HasPrefix(options.Base, "https:")
	d.sessions = newSessions(options.Base, secure, func(token string) {
		options.NewLink(options.Base + Prefix + "enter?token=" + token)
	})
	d.ctx, d.stop = context.WithCancel(context.Background())
	d.handler = d.guard(d.routes())
	d.sessions.renew()
	return d, nil
}

// CheckExplorer refuses what is no address of an explorer. An empty one is none.
func CheckExplorer(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(address)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || !strings.HasSuffix(u.Path, "/") {
		return fmt.Errorf("--explorer: write an address like http://127.0.0.1:27003/ui/, with a slash at the end")
	}
	return nil
}

// ServeHTTP answers the officer's browser and nobody else.
func (d *Desk) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// Close stops what is being fetched and forgets all reports.
func (d *Desk) Close() {
	d.stop()
	d.running.Wait()
	d.forgetAll()
}

func (d *Desk) find(id string) *work {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.held[id]
}

var errFull = fmt.Errorf("%d reports are open: close one first", maxHeld)

// begin fetching the report of an inquiry, unless that is under way or done. A failed one is begun anew.
func (d *Desk) begin(id [32]byte) error {
	name := fmt.Sprintf("%x", id)
	d.mu.Lock()
	defer d.mu.Unlock()
	if old := d.held[name]; old != nil {
		if !old.failed() {
			return nil
		}
		old.forget()
	} else if len(d.held) >= maxHeld {
		return errFull
	}
	w := newWork(name)
	d.held[name] = w
	w.ending = time.AfterFunc(holdFor, func() { d.forget(name, w) })
	d.running.Go(func() { d.fetch(w, id) })
	return nil
}

// forget a report. With w only that one, not a newer one of the same inquiry.
func (d *Desk) forget(id string, w *work) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if held := d.held[id]; held != nil && (w == nil || held == w) {
		held.forget()
		delete(d.held, id)
	}
}

func (d *Desk) forgetAll() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, w := range d.held {
		w.forget()
	}
	clear(d.held)
}

// proofs of a report, made once.
func (d *Desk) proofs(ctx context.Context, w *work) ([]byte, proof.Trusted, error) {
	w.proving.Lock()
	defer w.proving.Unlock()
	s := w.snapshot()
	if s.Proofs != nil || s.Report == nil {
		return s.Proofs, s.Start, nil
	}
	p, err := d.office.Prove(ctx, s.Report)
	if err != nil {
		return nil, proof.Trusted{}, err
	}
	encoded, err := p.Encode()
	if err != nil {
		return nil, proof.Trusted{}, err
	}
	start, err := p.Start()
	if err != nil {
		return nil, proof.Trusted{}, err
	}
	w.change(func(s *snapshot) { s.Proofs, s.Start = encoded, start })
	return encoded, start, nil
}
