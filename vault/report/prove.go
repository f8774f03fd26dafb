package report

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// ProveOptions say to whom a report is proven.
type ProveOptions struct {
	// Height of the state; 0 for the latest that a header already commits to, at least that of the receipt.
	Height int64
	// TrustedHeight that the reader has a header of; 0 for the header that commits to the state.
	TrustedHeight int64
}

// forever is a trusting period that ends with nobody's patience: whether a header is too old is the reader's to say.
const forever = 100 * 365 * 24 * time.Hour

// Prove asks a node for the proofs of all that a report says. The report is one that this process got: a saved one has not
// what the furnishers signed. What comes back is verified.
func (r *Report) Prove(ctx context.Context, node proof.Node, o ProveOptions) (*Proofs, error) {
	if r.given.records == nil {
		return nil, fmt.Errorf("only the process that got the report has what the furnishers signed: use 'creditd report get --save-proofs'")
	}
	inquiry, err := id32("inquiry", r.Inquiry)
	if err != nil {
		return nil, err
	}
	height, err := proof.StateHeight(ctx, node, max(o.Height, r.height())) // waits for it
	if err == nil && o.Height == 0 {
		height, err = proof.StateHeight(ctx, node, 0) // furnishers leave their receipts a little later
	}
	if err != nil {
		return nil, err
	}
	p := &Proofs{Format: ProofsFormat, Inquiry: inquiry, Records: [][]byte{}, Answers: r.answers()}
	var path proof.Path
	if p.Blocks, path, err = proof.Lead(ctx, node, height+1, o.TrustedHeight, false); err != nil {
		return nil, err
	}
	s := asked(ctx, node, path)
	c, err := collect(s, inquiry, p.operators(), path.Time)
	if err != nil {
		return nil, fmt.Errorf("state at height %d: %w", height, err)
	}
	p.Entries, p.Stores = s.entries, s.stores
	for i := range c.found {
		e := &c.found[i]
		record := r.given.records[fmt.Sprintf("%x", e.tradeline.Id)]
		if record == nil {
			continue // withheld, and the file says so
		}
		encoded, err := e.trim(record).Marshal()
		if err != nil {
			return nil, err
		}
		p.Records = append(p.Records, encoded)
	}
	encoded, err := p.Encode()
	if err != nil {
		return nil, err
	}
	start, err := p.Start()
	if err != nil {
		return nil, err
	}
	if _, err := VerifyProofs(encoded, start, proof.Options{Now: path.Time, TrustingPeriod: forever}); err != nil {
		return nil, fmt.Errorf("what the node answered does not hold: %w", err)
	}
	return p, nil
}

// height that the proofs must not be older than.
func (r *Report) height() int64 {
	if r.Receipt == nil {
		return 0
	}
	return r.Receipt.Height
}

// answers that furnishers signed.
func (r *Report) answers() []ProvenAnswer {
	answers := []ProvenAnswer{}
	for _, operator := range slices.Sorted(maps.Keys(r.given.parts)) {
		answer := ProvenAnswer{Furnisher: operator}
		for _, part := range r.given.parts[operator] {
			answer.Parts = append(answer.Parts, ProvenPart{Digest: part.Digest, Signature: part.Signature})
		}
		if len(answer.Parts) > 0 {
			answers = append(answers, answer)
		}
	}
	return answers
}

func (p *Proofs) operators() []string {
	operators := make([]string, len(p.Answers))
	for i := range p.Answers {
		operators[i] = p.Answers[i].Furnisher
	}
	return operators
}

// trim leaves out of a record the openings that open no earlier version: nothing would cover their bytes.
func (e *evidence) trim(record *types.Record) *types.Record {
	trimmed := *record
	trimmed.Earlier = nil
	for _, opening := range record.Earlier {
		if e.opens(opening) {
			trimmed.Earlier = append(trimmed.Earlier, opening)
		}
	}
	return &trimmed
}

// opens tells whether an opening is of an earlier version.
func (e *evidence) opens(opening types.Opening) bool {
	return slices.ContainsFunc(e.versions, func(v credittypes.TradelineVersion) bool {
		_, err := opened(opening, v.Delinquency)
		return err == nil
	})
}
