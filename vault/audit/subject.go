package audit

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// subjectCheck compares what the vault and the chain have about one subject.
type subjectCheck struct {
	*auditor
	subject  [32]byte
	records  []store.Record
	current  map[[32]byte]credittypes.Tradeline // of this furnisher, by id
	findings []Finding
	flagged  map[[32]byte]bool // attestations of the vault with a finding
}

func (c *subjectCheck) find(problem Problem, tradeline, attestation [32]byte, detail string) {
	c.findings = append(c.findings, Finding{
		Problem: problem, Tradeline: fmt.Sprintf("%x", tradeline), Attestation: fmt.Sprintf("%x", attestation), Detail: detail,
	})
}

func (c *subjectCheck) flag(problem Problem, r *store.Record, detail string) {
	c.flagged[r.Attestation] = true
	c.find(problem, r.Tradeline, r.Attestation, detail)
}

func (c *subjectCheck) run(ctx context.Context) error {
	// The chain first: what it has was in the store before.
	tradelines, err := c.chain.Tradelines(ctx, c.subject)
	if err != nil && !errors.Is(err, client.ErrNotFound) {
		return err
	}
	if c.records, err = c.store.OfSubject(ctx, c.subject, maxOfSubject); err != nil {
		return err
	}
	c.current = map[[32]byte]credittypes.Tradeline{}
	for _, t := range tradelines {
		if t.Furnisher == c.furnisher && len(t.Id) == 32 && len(t.AttestationId) == 32 {
			c.current[[32]byte(t.Id)] = t
		}
	}
	for i := range c.records {
		if err := c.record(ctx, &c.records[i]); err != nil {
			return err
		}
	}
	ids := make([][32]byte, 0, len(c.current))
	for id := range c.current {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(x, y [32]byte) int { return bytes.Compare(x[:], y[:]) })
	for _, id := range ids {
		if err := c.tradeline(ctx, id); err != nil {
			return err
		}
	}
	return nil
}

// record checks one record of the vault.
func (c *subjectCheck) record(ctx context.Context, r *store.Record) error {
	counts, known := c.current[r.Tradeline]
	if known && counts.State == credittypes.RECORD_STATE_ERASED {
		c.flag(Erased, r, "its destruction is attested on the chain, and the vault has it: run 'creditd vault shred' for it")
		return nil
	}
	attestation, err := c.chain.GetAttestation(ctx, r.Attestation)
	if errors.Is(err, client.ErrNotFound) {
		if r.State == store.Staged {
			c.flag(Unsettled, r, "the chain does not have it yet: run the import again")
			return nil
		}
		c.flag(Foreign, r, "the chain does not have it: is this the store of another chain?")
		return nil
	}
	if err != nil {
		return err
	}
	clock, problem, detail := c.compare(r, &attestation)
	counted := known && bytes.Equal(counts.AttestationId, r.Attestation[:])
	switch {
	case problem != "":
		c.flag(problem, r, detail)
	case !known:
		c.flag(Foreign, r, "the chain has the attestation and no tradeline for it")
	case !counted && attestation.Status == attestationtypes.STATUS_ACTIVE:
		c.flag(Stale, r, "the chain counts another version and yet has not marked this one")
	case counted && !opens(clock, counts.Delinquency):
		c.flag(Altered, r, "it does not open the commitment to its date of first delinquency on the chain")
	}
	return nil
}

// opens tells whether a clock is what the chain has.
func opens(clock records.Clock, delinquency []byte) bool {
	said, err := clock.Commitment()
	return err == nil && bytes.Equal(said.Bytes(), delinquency)
}

// compare opens the record, computes its commitment again and returns its clock.
func (c *subjectCheck) compare(r *store.Record, attestation *attestationtypes.Attestation) (records.Clock, Problem, string) {
	plain, err := records.Open(c.provider, r)
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
	case attestation.Issuer != c.furnisher:
		return plain.Clock, Foreign, "it was furnished by " + attestation.Issuer
	case !bytes.Equal(attestation.Subject, r.Subject[:]) || !bytes.Equal(attestation.SchemaId, r.Schema[:]):
		return plain.Clock, Altered, "its subject or schema is not that on the chain"
	}
	return plain.Clock, "", ""
}

// tradeline checks that the vault has every version that the chain has of one.
func (c *subjectCheck) tradeline(ctx context.Context, id [32]byte) error {
	t := c.current[id]
	if t.State == credittypes.RECORD_STATE_ERASED {
		return nil
	}
	const restore = "restore the store from a backup, or import the book again"
	attestation := [32]byte(t.AttestationId)
	if !c.has(attestation) {
		last := c.latest(id)
		if last == nil {
			c.find(Missing, id, attestation, fmt.Sprintf("the chain has it as version %d, and the vault has no version: %s", t.Version, restore))
			return nil
		}
		detail := fmt.Sprintf("the chain has version %d of the tradeline, attestation %x, and this is the vault's latest: %s", t.Version, attestation, restore)
		if c.flagged[last.Attestation] {
			c.find(Missing, id, attestation, "the chain has it and the vault does not: "+restore)
		} else {
			c.flag(Stale, last, detail)
		}
	}
	if t.Version < 2 {
		return nil
	}
	earlier, err := c.chain.Versions(ctx, c.subject, id)
	if err != nil {
		return err
	}
	for _, v := range earlier {
		if len(v.AttestationId) == 32 && !c.has([32]byte(v.AttestationId)) {
			c.find(Missing, id, [32]byte(v.AttestationId), fmt.Sprintf("the chain has it as version %d, which a later one replaced, "+
				"and the vault does not: reports cannot show that the record was not re-aged", v.Version))
		}
	}
	return nil
}

func (c *subjectCheck) has(attestation [32]byte) bool {
	return slices.ContainsFunc(c.records, func(r store.Record) bool { return r.Attestation == attestation })
}

// latest version that the vault has of a tradeline.
func (c *subjectCheck) latest(tradeline [32]byte) (last *store.Record) {
	for i := range c.records {
		if r := &c.records[i]; r.Tradeline == tradeline && (last == nil || r.Version > last.Version) {
			last = r
		}
	}
	return last
}
