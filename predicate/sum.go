package predicate

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/x/attestation/commitment/full"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// Records is what a proof of a sum asks of a node beside what Chain has.
type Records interface {
	Chain
	Subject(ctx context.Context, pseudonym [32]byte) (credittypes.Subject, error)
	Tradelines(ctx context.Context, subject [32]byte) ([]credittypes.Tradeline, error)
	Consent(ctx context.Context, subject, id [32]byte) (credittypes.Consent, error)
}

// ProveSum makes the message that proves a SUM: that the amounts of all live tradelines of the subject add up to at most the
// bound. It needs the records of all of them.
func ProveSum(ctx context.Context, chain Records, q Question, records []Record, now time.Time) (types.MsgProve, error) {
	msg := types.MsgProve{InquiryId: q.Inquiry[:], Predicate: q.Place}
	schema, err := chain.Schema(ctx, [32]byte(q.Asked.SchemaId))
	if err != nil {
		return msg, err
	}
	s, terms, err := sumStatement(ctx, chain, q, schema, now)
	if err != nil {
		return msg, err
	}
	if len(terms) == 0 {
		return msg, nil // nothing is owed, and nothing to be proven
	}
	total, blinding, err := addUp(q, schema, records, terms)
	if err != nil {
		return msg, err
	}
	if total > s.Upper {
		return msg, errors.New("the records add up to more than is asked for, so there is nothing to prove")
	}
	msg.Proof, err = types.ProveSum(s, total, blinding)
	return msg, err
}

// sumStatement is what the chain adds up now, in its order: the subject's own tradelines by their ids, then those of each
// pseudonym that is merged into it.
func sumStatement(ctx context.Context, chain Records, q Question, schema attestationtypes.Schema, now time.Time) (types.SumStatement, []attestationtypes.Attestation, error) {
	var s types.SumStatement
	inquiry, err := chain.GetInquiry(ctx, q.Inquiry)
	if err != nil {
		return s, nil, err
	}
	dataUser, err := sdk.AccAddressFromBech32(inquiry.DataUser)
	if err != nil {
		return s, nil, fmt.Errorf("data user of the inquiry: %w", err)
	}
	s = types.SumStatement{
		ChainID: chain.ChainID(), Inquiry: q.Inquiry, Predicate: q.Place, Verifier: dataUser, Expiry: inquiry.ExpiresAt.Unix(),
		Schema: [32]byte(q.Asked.SchemaId), Subject: [32]byte(inquiry.Subject), Field: q.Asked.Field, Upper: q.Asked.Upper,
	}
	place, err := types.SummedPlace(schema, q.Asked.Field)
	if err != nil {
		return s, nil, err
	}
	lines, err := liveLines(ctx, chain, inquiry, now)
	if err != nil {
		return s, nil, err
	}
	var terms []attestationtypes.Attestation
	for _, line := range lines {
		attestation, err := chain.GetAttestation(ctx, [32]byte(line.AttestationId))
		if err != nil {
			return s, nil, err
		}
		live := attestation.Status == attestationtypes.STATUS_ACTIVE && attestation.ValidityAt(now) == attestationtypes.VALIDITY_CURRENT
		if !live || !slices.Equal(attestation.SchemaId, q.Asked.SchemaId) {
			continue
		}
		if place >= len(attestation.AmountCommitments) {
			return s, nil, fmt.Errorf("attestation %x lacks its amount commitment", attestation.Id)
		}
		s.Attestations = append(s.Attestations, types.ID(attestation.Id))
		s.Commitments = append(s.Commitments, attestation.AmountCommitments[place])
		terms = append(terms, attestation)
	}
	return s, terms, nil
}

// liveLines are the tradelines that are shown and that the consent covers.
func liveLines(ctx context.Context, chain Records, inquiry credittypes.Inquiry, now time.Time) (live []credittypes.Tradeline, err error) {
	subject, err := chain.Subject(ctx, [32]byte(inquiry.Subject))
	if err != nil {
		return nil, err
	}
	look := credittypes.Look{Inquiry: inquiry}
	if len(inquiry.ConsentId) == 32 {
		consent, err := chain.Consent(ctx, [32]byte(inquiry.Subject), [32]byte(inquiry.ConsentId))
		if err != nil {
			return nil, err
		}
		look.RecordsFrom, look.RecordsUntil = consent.RecordsFrom, consent.RecordsUntil
	}
	for _, pseudonym := range append([][]byte{subject.Pseudonym}, subject.Aliases...) {
		lines, err := chain.Tradelines(ctx, [32]byte(pseudonym))
		if err != nil {
			return nil, err
		}
		for _, line := range lines {
			if line.ShownAt(now) && look.CoversTime(line.RecordTime()) {
				live = append(live, line)
			}
		}
	}
	return live, nil
}

// addUp the values and the blindings of the terms.
func addUp(q Question, schema attestationtypes.Schema, records []Record, terms []attestationtypes.Attestation) (total int64, sum commit.Blinding, err error) {
	layout := layoutOf(schema)
	name := schema.Fields[q.Asked.Field].Name
	for i, attestation := range terms {
		at := slices.IndexFunc(records, func(r Record) bool { return r.Attestation == [32]byte(attestation.Id) })
		if at < 0 {
			return 0, sum, fmt.Errorf("no record of attestation %x in the file: a sum is of all live tradelines, %d here", attestation.Id, len(terms))
		}
		opening, err := full.OpenAmount(layout, records[at].Values, records[at].Seed, name)
		if err != nil {
			return 0, sum, fmt.Errorf("attestation %x: %w", attestation.Id, err)
		}
		if !commit.VerifyAmount(attestation.AmountCommitments[opening.Place], opening.Value, opening.Blinding) {
			return 0, sum, fmt.Errorf("attestation %x: the record is not the one that was attested", attestation.Id)
		}
		if opening.Value > 0 && total > math.MaxInt64-opening.Value || opening.Value < 0 && total < math.MinInt64-opening.Value {
			return 0, sum, errors.New("the records add up to more than 64 bits hold")
		}
		total += opening.Value
		if i == 0 {
			sum = opening.Blinding
		} else {
			sum = sum.Add(opening.Blinding)
		}
	}
	return total, sum, nil
}
