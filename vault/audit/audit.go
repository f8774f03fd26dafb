// Package audit compares a vault with the chain, record by record.
package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Chain is what an audit asks the chain.
type Chain interface {
	Tradelines(ctx context.Context, subject [32]byte) ([]credittypes.Tradeline, error)
	GetAttestation(ctx context.Context, id [32]byte) (attestationtypes.Attestation, error)
}

// Store is the part of a store that an audit reads.
type Store interface {
	Records(ctx context.Context, after *[32]byte, limit int) ([]store.Record, error)
}

// Problem names what is wrong with one record.
type Problem string

// The problems.
const (
	Unreadable Problem = "unreadable" // a bit was changed, or the key is another
	Altered    Problem = "altered"    // it does not hash to the commitment on the chain
	Foreign    Problem = "foreign"    // the chain does not have it
	Stale      Problem = "stale"      // the chain has a later version
	Missing    Problem = "missing"    // the chain has a version that the vault does not
	Unsettled  Problem = "unsettled"  // staged; the next import settles it
)

// Finding is one problem.
type Finding struct {
	Problem     Problem `json:"problem"`
	Tradeline   string  `json:"tradeline"`
	Attestation string  `json:"attestation"`
	Detail      string  `json:"detail"`
}

// Result of an audit.
type Result struct {
	Records  int       `json:"records"`
	Sound    int       `json:"sound"`
	Findings []Finding `json:"findings"`
}

const page = 200

// Run checks every record of a vault whose owner is furnisher. It returns an error only if it could not go
// through to the end; what is wrong with records is in the result.
func Run(ctx context.Context, s Store, provider keys.Provider, chain Chain, furnisher string) (Result, error) {
	a := auditor{
		provider: provider, chain: chain, furnisher: furnisher,
		subjects: map[[32]byte]map[[32]byte]version{}, owned: map[[32]byte]bool{},
	}
	a.result.Findings = []Finding{}
	var after *[32]byte
	for {
		batch, err := s.Records(ctx, after, page)
		if err != nil {
			return a.result, err
		}
		for i := range batch {
			if err := a.check(ctx, &batch[i]); err != nil {
				return a.result, err
			}
		}
		if len(batch) < page {
			a.missing()
			return a.result, nil
		}
		after = &batch[len(batch)-1].Attestation
	}
}

type auditor struct {
	provider  keys.Provider
	chain     Chain
	furnisher string
	subjects  map[[32]byte]map[[32]byte]version // subject -> tradeline -> version that counts, as the chain has it
	owned     map[[32]byte]bool                 // attestations in the vault
	order     [][32]byte                        // subjects in the order in which they came
	result    Result
}

// version that counts of a tradeline.
type version struct {
	attestation [32]byte
	delinquency []byte
}

func (a *auditor) find(problem Problem, r *store.Record, detail string) {
	a.result.Findings = append(a.result.Findings, Finding{
		Problem: problem, Tradeline: fmt.Sprintf("%x", r.Tradeline), Attestation: fmt.Sprintf("%x", r.Attestation), Detail: detail,
	})
}

func (a *auditor) check(ctx context.Context, r *store.Record) error {
	a.result.Records++
	a.owned[r.Attestation] = true
	attestation, err := a.chain.GetAttestation(ctx, r.Attestation)
	if errors.Is(err, client.ErrNotFound) {
		if r.State == store.Staged {
			a.find(Unsettled, r, "the chain does not have it yet: run the import again")
			return nil
		}
		a.find(Foreign, r, "the chain does not have it: is this the store of another chain?")
		return nil
	}
	if err != nil {
		return err
	}
	clock, problem, detail := a.compare(r, &attestation)
	if problem != "" {
		a.find(problem, r, detail)
		return nil
	}
	current, err := a.current(ctx, r.Subject)
	if err != nil {
		return err
	}
	counts, ok := current[r.Tradeline]
	switch {
	case !ok:
		a.find(Foreign, r, "the chain has the attestation and no tradeline for it")
	case counts.attestation != r.Attestation && attestation.Status == attestationtypes.STATUS_ACTIVE:
		a.find(Stale, r, "the chain counts another version and yet has not marked this one")
	case counts.attestation == r.Attestation && !opens(clock, counts.delinquency):
		a.find(Altered, r, "it does not open the commitment to its date of first delinquency on the chain")
	default:
		a.result.Sound++ // the version that counts, or one that a later one replaced
	}
	return nil
}

// opens tells whether a clock is what the chain has.
func opens(clock records.Clock, delinquency []byte) bool {
	said, err := clock.Commitment()
	return err == nil && bytes.Equal(said.Bytes(), delinquency)
}

// compare opens the record, computes its commitment again and returns its clock.
func (a *auditor) compare(r *store.Record, attestation *attestationtypes.Attestation) (records.Clock, Problem, string) {
	plain, err := records.Open(a.provider, r)
	if err != nil {
		return records.Clock{}, Unreadable, err.Error()
	}
	layout, err := records.Layout(r.Schema)
	if err != nil {
		return records.Clock{}, Unreadable, err.Error()
	}
	commit, err := commitment.Commit(layout, plain.Values, plain.Seed)
	if err != nil {
		return plain.Clock, Altered, err.Error()
	}
	switch {
	case !bytes.Equal(commit[:], attestation.Commitment):
		return plain.Clock, Altered, "it does not hash to the commitment on the chain"
	case attestation.Issuer != a.furnisher:
		return plain.Clock, Foreign, "it was furnished by " + attestation.Issuer
	case !bytes.Equal(attestation.Subject, r.Subject[:]) || !bytes.Equal(attestation.SchemaId, r.Schema[:]):
		return plain.Clock, Altered, "its subject or schema is not that on the chain"
	}
	return plain.Clock, "", ""
}

// current asks once for each subject which versions count.
func (a *auditor) current(ctx context.Context, subject [32]byte) (map[[32]byte]version, error) {
	if known, ok := a.subjects[subject]; ok {
		return known, nil
	}
	tradelines, err := a.chain.Tradelines(ctx, subject)
	if err != nil && !errors.Is(err, client.ErrNotFound) {
		return nil, err
	}
	current := map[[32]byte]version{}
	for _, t := range tradelines {
		if t.Furnisher == a.furnisher && len(t.Id) == 32 && len(t.AttestationId) == 32 {
			current[[32]byte(t.Id)] = version{[32]byte(t.AttestationId), t.Delinquency}
		}
	}
	a.subjects[subject] = current
	a.order = append(a.order, subject)
	return current, nil
}

// missing reports what the chain has about the vault's subjects and the vault has not.
func (a *auditor) missing() {
	for _, subject := range a.order {
		current := a.subjects[subject]
		for _, tradeline := range slices.SortedFunc(maps.Keys(current), func(x, y [32]byte) int { return bytes.Compare(x[:], y[:]) }) {
			if attestation := current[tradeline].attestation; !a.owned[attestation] {
				a.find(Missing, &store.Record{Tradeline: tradeline, Attestation: attestation},
					"the chain has it and the vault does not: restore the store from a backup, or import the book again")
			}
		}
	}
}
