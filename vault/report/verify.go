package report

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/types"
)

// Verify checks a saved report against the chain as it is now and returns it with the proofs of now. It takes
// nothing from the file on trust but which tradelines to ask about.
func Verify(ctx context.Context, chain Chain, chainID string, saved *Report, now time.Time) (*Report, error) {
	if saved.ChainID != chainID {
		return nil, &client.WrongChainError{Address: "--node", Found: chainID, Wanted: saved.ChainID}
	}
	subject, err := id32("subject", saved.Subject)
	if err != nil {
		return nil, err
	}
	g := &Getter{Chain: chain, Own: saved.Own, Now: func() time.Time { return now }}
	f, err := g.readFile(ctx, subject)
	if err != nil {
		return nil, err
	}
	checked := *saved
	checked.Lines = slices.Clone(saved.Lines)
	for i := range checked.Lines {
		if err := f.verifyLine(ctx, chain, subject, &checked, &checked.Lines[i], now); err != nil {
			return nil, fmt.Errorf("line %d: %w", i+1, err)
		}
	}
	// What the file claims and nobody can check.
	checked.Steps, checked.Millis, checked.Notes, checked.Proven, checked.AskedAs = nil, 0, nil, nil, ""
	g.describe(&checked, f)
	if checked.Receipt, err = receiptOf(ctx, chain, saved); err != nil {
		return nil, err
	}
	checked.count()
	checked.conclude(f, now)
	return &checked, nil
}

// readFile is what the chain has about a subject beside its tradelines; nothing, if it does not know the subject.
func (g *Getter) readFile(ctx context.Context, subject [32]byte) (*file, error) {
	f, err := g.readHistory(ctx, subject)
	if err == nil {
		f.subject, err = g.Chain.Subject(ctx, subject)
	}
	if errors.Is(err, client.ErrNotFound) {
		return &file{}, nil
	}
	return f, err
}

// receiptOf returns the saved report's receipt if the chain has it.
func receiptOf(ctx context.Context, chain Chain, saved *Report) (*Receipt, error) {
	if saved.Receipt == nil {
		return nil, nil //nolint:nilnil // none was left
	}
	inquiry, err := id32("inquiry", saved.Inquiry)
	if err != nil {
		return nil, err
	}
	_, receipts, err := chain.Inquiry(ctx, inquiry)
	if errors.Is(err, client.ErrNotFound) {
		return nil, nil //nolint:nilnil // the chain knows of no such inquiry
	}
	if err != nil {
		return nil, err
	}
	for _, receipt := range receipts {
		if receipt.Institution == saved.DataUser && hex.EncodeToString(receipt.Digest) == saved.Receipt.Digest {
			return saved.Receipt, nil
		}
	}
	return nil, nil //nolint:nilnil // the chain has another one, or none
}

// verifyLine checks one line, which is about the subject or about a pseudonym that is merged into it.
func (f *file) verifyLine(ctx context.Context, chain Chain, subject [32]byte, r *Report, line *Line, now time.Time) error {
	main := r.Subject
	if line.Subject != "" {
		alias, err := id32("subject of the line", line.Subject)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(f.subject.Aliases, func(known []byte) bool { return string(known) == string(alias[:]) }) {
			line.Proof, line.Reason = Mismatch, "the line is about a pseudonym that is not merged into the subject"
			return nil
		}
		subject = alias
	}
	if len(line.Values) == 0 {
		if line.Proof == Verified || line.Proof == Disputed {
			line.Proof, line.Reason = Mismatch, "the file has no record for this line"
		}
		return nil // it was withheld or suppressed: there is nothing to check
	}
	tradeline, err := id32("tradeline", line.Tradeline)
	if err != nil {
		return err
	}
	attestation, err := id32("attestation", line.Attestation)
	if err != nil {
		return err
	}
	e := evidence{subject: subject, kind: f.subject.Kind}
	e.tradeline, err = chain.Tradeline(ctx, subject, tradeline)
	if err == nil {
		e.attestation, err = chain.GetAttestation(ctx, attestation)
	}
	if err == nil {
		e.issuer, err = chain.GetInstitution(ctx, e.tradeline.Furnisher)
	}
	if err == nil {
		e.profile, err = chain.Profile(ctx, e.issuer.Institution.Jurisdiction)
	}
	if err == nil && e.tradeline.Version > 1 {
		e.versions, err = chain.Versions(ctx, subject, tradeline)
	}
	if errors.Is(err, client.ErrNotFound) {
		line.Proof, line.Reason = Mismatch, err.Error()
		return nil
	}
	if err != nil {
		return err
	}
	record, err := line.record()
	if err != nil {
		return err
	}
	// What is shown beside the values is the chain's, so that the file cannot say otherwise.
	fromChain := e.line(main)
	line.Furnisher, line.Name, line.State, line.Version = fromChain.Furnisher, fromChain.Name, fromChain.State, fromChain.Version
	line.StateReason, line.Compliance, line.Annotations = fromChain.StateReason, fromChain.Compliance, fromChain.Annotations
	line.ShowUntil, line.IssuerSince = fromChain.ShowUntil, fromChain.IssuerSince
	line.Schema, line.SchemaName, line.Section = fromChain.Schema, fromChain.SchemaName, fromChain.Section
	line.History = historyOf(line.Values)
	line.Proof, line.Reason = e.judge(record, now)
	if !e.displayed(now) && line.Proof != Mismatch {
		line.Proof, line.Reason = Suppressed, "it may not be shown any more: the chain has it in state "+line.State
		line.Values, line.Seed, line.Delinquency, line.Earlier, line.History = nil, "", nil, nil, nil
	}
	return nil
}

// record is the line as a vault would send it.
func (l *Line) record() (*types.Record, error) {
	tradeline, err := id32("tradeline", l.Tradeline)
	if err != nil {
		return nil, err
	}
	attestation, err := id32("attestation", l.Attestation)
	if err != nil {
		return nil, err
	}
	schema, err := id32("schema", l.Schema)
	if err != nil {
		return nil, err
	}
	seed, err := id32("seed", l.Seed)
	if err != nil {
		return nil, err
	}
	record := &types.Record{TradelineId: tradeline[:], AttestationId: attestation[:], SchemaId: schema[:], Seed: seed[:]}
	if l.Delinquency != nil {
		if record.Delinquency, err = l.Delinquency.decode(); err != nil {
			return nil, err
		}
	}
	for _, earlier := range l.Earlier {
		opening, err := earlier.decode()
		if err != nil {
			return nil, err
		}
		record.Earlier = append(record.Earlier, opening)
	}
	for name, text := range l.Values {
		record.Values = append(record.Values, types.Value{Name: name, Text: text})
	}
	return record, nil
}

func id32(what, text string) ([32]byte, error) {
	bytes, err := hex.DecodeString(text)
	if err != nil || len(bytes) != 32 {
		return [32]byte{}, fmt.Errorf("%s: write its 64 hexadecimal digits", what)
	}
	return [32]byte(bytes), nil
}
