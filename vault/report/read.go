package report

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/exchange"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// file is what the chain has about a subject.
type file struct {
	subject  credittypes.Subject
	found    []evidence // in scope
	outside  int        // tradelines that are not
	trail    []credittypes.TrailEntry
	since    *time.Time // the trail is complete since then; nil: it was not read
	disputes []credittypes.Dispute
	names    map[string]institutiontypes.InstitutionView // of who appears in it
	kinds    map[string]credittypes.Profile              // profile of each data user
}

const (
	maxAliases = 64 // more than the chain merges
	// inquiryDays: looks of a year are shown; older ones tell nothing.
	inquiryDays = 365
	maxTrail    = 1000
)

// Survivor follows merges to the pseudonym that stands for a subject now.
func Survivor(ctx context.Context, chain Chain, pseudonym [32]byte) ([32]byte, error) {
	for range maxAliases {
		subject, err := chain.Subject(ctx, pseudonym)
		if errors.Is(err, client.ErrNotFound) {
			return pseudonym, nil // the chain refuses the inquiry and says so
		}
		if err != nil {
			return pseudonym, err
		}
		if len(subject.MergedInto) == 0 {
			return pseudonym, nil
		}
		if len(subject.MergedInto) != 32 {
			break
		}
		pseudonym = [32]byte(subject.MergedInto)
	}
	return pseudonym, errors.New("the node's answer about merged subjects makes no sense: use another node")
}

// plan reads what the report will need while the inquiry waits for its block, so that vaults can be asked at once. What is
// judged is read again afterwards; a failure here costs that time and nothing else.
func (g *Getter) plan(ctx context.Context, request Request) <-chan *file {
	planned := make(chan *file, 1)
	if request.Inquiry != nil {
		planned <- nil
		return planned
	}
	inquiry := credittypes.Inquiry{Subject: request.Subject[:]}
	if request.Consent != nil {
		inquiry.ConsentId = request.Consent[:]
	}
	go func() {
		f, err := g.readTradelines(ctx, inquiry)
		if err != nil {
			f = nil
		} else {
			g.connect(f)
		}
		planned <- f
	}()
	return planned
}

// connect to the vaults that will be asked, where Vaults can.
func (g *Getter) connect(f *file) {
	to, ok := g.Vaults.(interface {
		Connect(furnisher, endpoint string)
	})
	if !ok {
		return
	}
	for i := range f.found {
		if vault := f.found[i].issuer.Vault; vault != nil && f.found[i].displayed(g.Now()) {
			to.Connect(f.found[i].tradeline.Furnisher, vault.Endpoint)
		}
	}
}

// read all that the chain has about the subject of an inquiry, as much as possible at once.
func (g *Getter) read(ctx context.Context, inquiry credittypes.Inquiry) (*file, error) {
	group, within := errgroup.WithContext(ctx)
	var f *file
	var past *file
	group.Go(func() (err error) {
		f, err = g.readTradelines(within, inquiry)
		return err
	})
	group.Go(func() (err error) {
		past, err = g.readHistory(within, [32]byte(inquiry.Subject))
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	f.trail, f.since, f.disputes, f.names, f.kinds = past.trail, past.since, past.disputes, past.names, past.kinds
	return f, nil
}

// readTradelines of a subject and of those merged into it, with all that they are judged by.
func (g *Getter) readTradelines(ctx context.Context, inquiry credittypes.Inquiry) (*file, error) {
	f := &file{}
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	var own []evidence
	var consent credittypes.Consent
	group.Go(func() (err error) {
		f.subject, err = g.Chain.Subject(within, [32]byte(inquiry.Subject))
		return err
	})
	group.Go(func() (err error) {
		own, err = g.tradelinesOf(within, [32]byte(inquiry.Subject))
		return err
	})
	group.Go(func() (err error) {
		if len(inquiry.ConsentId) == 32 {
			consent, err = g.Chain.Consent(within, [32]byte(inquiry.Subject), [32]byte(inquiry.ConsentId))
		}
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	all := own
	if len(f.subject.Aliases) > maxAliases {
		return nil, errors.New("the node's answer about merged subjects makes no sense: use another node")
	}
	for _, alias := range f.subject.Aliases {
		if len(alias) != 32 {
			return nil, errors.New("the node's answer about merged subjects makes no sense: use another node")
		}
		merged, err := g.tradelinesOf(ctx, [32]byte(alias))
		if err != nil {
			return nil, err
		}
		all = append(all, merged...)
	}
	for i := range all {
		all[i].kind = f.subject.Kind
	}
	if err := g.issuers(ctx, all); err != nil {
		return nil, err
	}
	f.found, f.outside = inScope(inquiry, consent, all)
	return f, nil
}

// tradelinesOf one pseudonym, with their attestations.
func (g *Getter) tradelinesOf(ctx context.Context, subject [32]byte) ([]evidence, error) {
	tradelines, err := g.Chain.Tradelines(ctx, subject)
	if err != nil {
		return nil, err
	}
	found := make([]evidence, len(tradelines))
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, tradeline := range tradelines {
		if len(tradeline.AttestationId) != 32 || len(tradeline.Id) != 32 {
			return nil, errors.New("the node's answer about a tradeline makes no sense: use another node")
		}
		group.Go(func() error {
			found[i] = evidence{subject: subject, tradeline: tradeline}
			return g.evidence(within, &found[i])
		})
	}
	return found, group.Wait()
}

// evidence about a tradeline that was read: its attestation and earlier versions.
func (g *Getter) evidence(ctx context.Context, e *evidence) (err error) {
	if e.attestation, err = g.Chain.GetAttestation(ctx, [32]byte(e.tradeline.AttestationId)); err != nil {
		return err
	}
	if e.tradeline.Version > 1 {
		e.versions, err = g.Chain.Versions(ctx, e.subject, [32]byte(e.tradeline.Id))
	}
	return err
}

// issuers looks up each furnisher, with the profile that it is under, once.
func (g *Getter) issuers(ctx context.Context, found []evidence) error {
	known := map[string]*evidence{}
	for i := range found {
		known[found[i].tradeline.Furnisher] = &evidence{}
	}
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for operator, of := range known {
		group.Go(func() (err error) {
			if of.issuer, err = g.Chain.GetInstitution(within, operator); err == nil {
				of.profile, err = g.Chain.Profile(within, of.issuer.Institution.Jurisdiction)
			}
			if errors.Is(err, client.ErrNotFound) {
				return nil
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i := range found {
		of := known[found[i].tradeline.Furnisher]
		found[i].issuer, found[i].profile = of.issuer, of.profile
	}
	return nil
}

// inScope leaves out what the inquiry or the consent does not name: the vaults will not give it, and rightly.
func inScope(inquiry credittypes.Inquiry, consent credittypes.Consent, all []evidence) (in []evidence, outside int) {
	schemas := consent.SchemaIds
	if len(inquiry.SchemaIds) > 0 {
		schemas = inquiry.SchemaIds
	}
	for _, e := range all {
		named := len(schemas) == 0 || slices.ContainsFunc(schemas, func(id []byte) bool { return string(id) == string(e.attestation.SchemaId) })
		if !named || !exchange.Covers(consent.RecordsFrom, consent.RecordsUntil, &e.tradeline) {
			outside++
			continue
		}
		in = append(in, e)
	}
	return in, outside
}

// readHistory reads looks and disputes, and who they are of.
func (g *Getter) readHistory(ctx context.Context, subject [32]byte) (*file, error) {
	f := &file{names: map[string]institutiontypes.InstitutionView{}, kinds: map[string]credittypes.Profile{}}
	history := g.History
	if history == nil {
		own, ok := g.Chain.(History)
		if !ok {
			return f, nil
		}
		history = own
	}
	view, err := g.Chain.Subject(ctx, subject)
	if err != nil {
		return nil, err
	}
	since := g.Now().UTC().AddDate(0, 0, -inquiryDays)
	for _, pseudonym := range append([][]byte{subject[:]}, view.Aliases...) {
		if len(pseudonym) != 32 {
			return nil, errors.New("the node's answer about merged subjects makes no sense: use another node")
		}
		var disputes []credittypes.Dispute
		var lines []credittypes.TrailEntry
		var more bool
		group, within := errgroup.WithContext(ctx)
		group.Go(func() (err error) {
			lines, more, err = history.Trail(within, [32]byte(pseudonym), since, maxTrail)
			return err
		})
		group.Go(func() (err error) {
			disputes, err = history.Disputes(within, [32]byte(pseudonym))
			return err
		})
		if err := group.Wait(); err != nil {
			return nil, fmt.Errorf("what happened to the file: %w", err)
		}
		if more {
			since = lines[len(lines)-1].Time.UTC()
		}
		f.trail, f.disputes = append(f.trail, lines...), append(f.disputes, disputes...)
	}
	f.since = &since
	return f, g.dataUsers(ctx, f)
}

// dataUsers looks up who looked or is asked in a dispute, with the profile that says how much a look of theirs tells.
func (g *Getter) dataUsers(ctx context.Context, f *file) error {
	wanted := map[string]bool{}
	for _, line := range f.trail {
		if line.Kind == credittypes.TRAIL_KIND_INQUIRY_OPENED && line.Purpose != credittypes.PURPOSE_OWN_REQUEST {
			wanted[line.Actor] = true
		}
	}
	for _, d := range f.disputes {
		wanted[d.Furnisher] = true
	}
	var mu sync.Mutex
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for operator := range wanted {
		group.Go(func() error {
			view, err := g.Chain.GetInstitution(within, operator)
			var profile credittypes.Profile
			if err == nil {
				profile, err = g.Chain.Profile(within, view.Institution.Jurisdiction)
			}
			if err != nil && !errors.Is(err, client.ErrNotFound) {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			f.names[operator], f.kinds[operator] = view, profile
			return nil
		})
	}
	return group.Wait()
}
