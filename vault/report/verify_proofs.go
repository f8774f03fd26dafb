package report

import (
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// VerifyProofs checks a file with proofs against a header that is trusted, without asking anybody, and returns the report as it
// was at the height of its state. Its error wraps proof.ErrInvalid and says what is wrong: then nothing is proven. Without
// one, each line says what it is, good or not.
func VerifyProofs(encoded []byte, trusted proof.Trusted, o proof.Options) (*Report, error) {
	p, err := ParseProofs(encoded)
	if err != nil {
		return nil, err
	}
	r, err := p.verify(trusted, o)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", proof.ErrInvalid, err)
	}
	return r, nil
}

func (p *Proofs) verify(trusted proof.Trusted, o proof.Options) (*Report, error) {
	path, err := proof.Follow(p.Blocks, trusted, o)
	if err != nil {
		return nil, err
	}
	s := kept(p, path)
	c, err := collect(s, credittypes.ID(p.Inquiry), p.operators(), path.Time)
	if err == nil {
		err = s.done()
	}
	if err != nil {
		return nil, fmt.Errorf("state at height %d: %w", path.Height-1, err)
	}
	at := path.Time.UTC()
	i := c.inquiry
	r := &Report{
		ChainID: path.ChainID, DataUser: i.DataUser, Subject: hex.EncodeToString(i.Subject), Inquiry: hex.EncodeToString(i.Id),
		Consent: hex.EncodeToString(i.ConsentId), Purpose: i.Purpose.String(), CreatedAt: at, Own: i.Kind == credittypes.INQUIRY_KIND_OWN,
		OutOfScope: c.outside, Hidden: c.hidden, Inquiries: []Look{}, Steps: []Step{},
		Proven: &Proven{Height: path.Height - 1, TrustedHeight: path.Trusted, Headers: path.Headers, Text: fmt.Sprintf(
			"the state of %s at height %d, of %s, is proven, %s", path.ChainID, path.Height-1, at.Format(time.RFC3339), path.How)},
	}
	c.names = c.views
	(&Getter{Own: r.Own, Now: func() time.Time { return at }}).describe(r, &c.file)
	r.InquiriesFrom = nil // they are not in the file: 'creditd audit export' proves them
	if err := p.answered(r, c, at); err != nil {
		return nil, err
	}
	if err := p.fill(r, c, at); err != nil {
		return nil, err
	}
	r.conclude(nil, at)
	return r, nil
}

// answered lists the furnishers, and checks what they signed against their keys and their receipts on the chain.
func (p *Proofs) answered(r *Report, c *collected, at time.Time) error {
	signed := map[string][32]byte{}
	var parts []exchange.Part
	for _, answer := range p.Answers {
		list := make([]exchange.SignedPart, len(answer.Parts))
		for i, part := range answer.Parts {
			list[i] = exchange.SignedPart{Digest: part.Digest, Signature: part.Signature}
		}
		digest, err := exchange.VerifyParts(c.keys[answer.Furnisher], list)
		if err != nil {
			return fmt.Errorf("answer of %s: %w", answer.Furnisher, err)
		}
		signed[answer.Furnisher] = digest
		parts = append(parts, exchange.Part{Furnisher: answer.Furnisher, Digest: digest})
	}
	r.Furnishers = make([]Furnisher, 0, len(c.keys))
	for _, operator := range slices.Sorted(maps.Keys(c.keys)) {
		institution := c.views[operator].Institution
		f := Furnisher{Operator: operator, Name: institution.Name, Licensed: licensed(institution, at)}
		if digest, ok := signed[operator]; ok {
			f.Answered, f.Digest = true, hex.EncodeToString(digest[:])
			if receipt, left := c.receipts[operator]; left && string(receipt.Digest) != string(digest[:]) {
				r.Notes = append(r.Notes, fmt.Sprintf("the receipt of %s on the chain is of another answer than the one in the file", operator))
			}
		} else {
			f.Error = "the file has no signed answer of it"
			if _, left := c.receipts[operator]; left {
				f.Error = "the file has no signed answer of it, and the chain has its receipt for one: whoever made the file left it out"
			}
		}
		r.Furnishers = append(r.Furnishers, f)
	}
	own, left := c.receipts[r.DataUser]
	if !left {
		r.Notes = append(r.Notes, "the data user had left no receipt at that height")
		return nil
	}
	if digest := exchange.ReportDigest(parts); string(own.Digest) != string(digest[:]) {
		r.Notes = append(r.Notes, "the data user's receipt on the chain is of other answers than those in the file")
		return nil
	}
	r.Receipt = &Receipt{Digest: hex.EncodeToString(own.Digest)}
	return nil
}

// fill judges each line that may be shown. Every record in the file is one of them, and in their order.
func (p *Proofs) fill(r *Report, c *collected, at time.Time) error {
	next := 0
	given := map[string]int{}
	r.Lines = make([]Line, 0, len(c.found))
	for i := range c.found {
		e := &c.found[i]
		line := e.line(r.Subject)
		line.Proof, line.Reason = Withheld, "the file has no record of it"
		if next < len(p.Records) {
			record := new(types.Record)
			if err := proof.Decode("record", p.Records[next], record); err != nil {
				return err
			}
			if string(record.TradelineId) == string(e.tradeline.Id) {
				if r.silent(e.tradeline.Furnisher) {
					return fmt.Errorf("record %d: its furnisher has no answer that it signed in the file", next)
				}
				if err := e.covers(record); err != nil {
					return fmt.Errorf("record %d: %w", next, err)
				}
				next++
				given[e.tradeline.Furnisher]++
				line.Proof, line.Reason = e.judge(record, at)
				line.fill(record)
			}
		}
		r.Lines = append(r.Lines, line)
	}
	if next != len(p.Records) {
		return fmt.Errorf("record %d is of no line in scope, or not in the order of the lines", next)
	}
	p.blame(r, c, given)
	r.count()
	return nil
}

// covers refuses a record of which a byte could be changed unseen.
func (e *evidence) covers(record *types.Record) error {
	order := fieldOrder(e.attestation.SchemaId)
	for i := range record.Values {
		if i > 0 && order != nil && order[record.Values[i-1].Name] >= order[record.Values[i].Name] {
			return errors.New("its fields are not in the order of the schema")
		}
	}
	for _, opening := range record.Earlier {
		if !e.opens(opening) {
			return errors.New("an opening in it is of no version of the tradeline")
		}
	}
	return nil
}

// fieldOrder of a schema; nil for one that this program does not know, whose records are not verified either.
func fieldOrder(schema []byte) map[string]int {
	if len(schema) != 32 {
		return nil
	}
	layout, err := records.Layout([32]byte(schema))
	if err != nil {
		return nil
	}
	order := make(map[string]int, len(layout.Fields))
	for i, field := range layout.Fields {
		order[field.Name] = i
	}
	return order
}

// blame says of lines without a record whether their furnisher or the file's maker left them out: the furnisher's receipt has
// the number of records that it gave.
func (p *Proofs) blame(r *Report, c *collected, given map[string]int) {
	for i := range r.Furnishers {
		f := &r.Furnishers[i]
		f.Records = given[f.Operator]
		receipt, left := c.receipts[f.Operator]
		if !left || !f.Answered || hex.EncodeToString(receipt.Digest) != f.Digest || int(receipt.Records) <= f.Records {
			continue
		}
		for j := range r.Lines {
			if l := &r.Lines[j]; l.Furnisher == f.Operator && l.Proof == Withheld {
				l.Reason = fmt.Sprintf("the file has no record of it, and the furnisher's receipt says that it gave %d records: whoever made the file may have left this one out",
					receipt.Records)
			}
		}
	}
}
