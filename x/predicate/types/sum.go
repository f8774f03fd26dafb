package types

import (
	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/rangeproof"
	"github.com/creditd/creditd/privacy/transcript"
)

// SumDomain begins the transcript of a sum's proof.
const SumDomain = "creditd/predicate/sum/v1"

// SumStatement is all that the proof of a SUM states. The keeper fills it from its state alone.
type SumStatement struct {
	ChainID string
	// Inquiry that asks, place of the predicate in its ask, and the address of the data user that asks.
	Inquiry   ID
	Predicate uint32
	Verifier  []byte
	// Expiry of the inquiry in seconds since 1970-01-01T00:00:00Z.
	Expiry int64
	// Schema, Subject and Field (leaf order) that it is about.
	Schema, Subject ID
	Field           uint32
	// Upper bound.
	Upper int64
	// Attestations whose amounts are added up, in the order of their tradelines' ids, and their commitments.
	Attestations []ID
	Commitments  [][]byte
}

// transcript absorbs the whole statement, so that a proof is good for it alone (weak Fiat-Shamir: ePrint 2016/771).
func (s SumStatement) transcript() *transcript.Transcript {
	t := transcript.New(SumDomain)
	t.Append("chain", []byte(s.ChainID))
	t.Append("inquiry", s.Inquiry[:])
	t.AppendUint64("predicate", uint64(s.Predicate))
	t.Append("verifier", s.Verifier)
	t.AppendUint64("expiry", uint64(s.Expiry)) //nolint:gosec // all its bits are taken as they are
	t.Append("schema", s.Schema[:])
	t.Append("subject", s.Subject[:])
	t.AppendUint64("field", uint64(s.Field))
	t.AppendUint64("records", uint64(len(s.Commitments)))
	for i := range s.Commitments {
		t.Append("attestation", s.Attestations[i][:])
		t.Append("commitment", s.Commitments[i])
	}
	return t
}

// total is the commitment to the sum. It may be the identity when the blindings cancel out, which nobody can bring about who
// does not know them all; the range proof refuses it.
func (s SumStatement) total() ([]byte, error) {
	sum, term := ristretto255.NewIdentityElement(), ristretto255.NewIdentityElement()
	for i, commitment := range s.Commitments {
		if _, err := term.SetCanonicalBytes(commitment); err != nil {
			return nil, ErrInvariant.Wrapf("attestation %s: its amount commitment is no point", s.Attestations[i])
		}
		sum.Add(sum, term)
	}
	return sum.Bytes(), nil
}

// ProveSum proves that the amounts add up to at most the bound, to who knows their sum and the sum of their blindings.
func ProveSum(s SumStatement, sum int64, blinding commit.Blinding) ([]byte, error) {
	proof, err := rangeproof.ProveAtMost(s.Upper, sum, blinding, s.transcript())
	if err != nil {
		return nil, ErrInvalidProof.Wrap(err.Error())
	}
	return proof, nil
}

// Verify checks the proof of a sum. Who owes nothing owes at most the bound if that is not negative: there is nothing to
// prove then, and no proof is taken.
func (s SumStatement) Verify(proof []byte) error {
	if len(s.Commitments) == 0 {
		switch {
		case len(proof) != 0:
			return ErrInvalidProof.Wrap("there are no records to add up: leave the proof out")
		case s.Upper < 0:
			return ErrInvalidProof.Wrap("no records add up to zero, which is above the bound")
		}
		return nil
	}
	total, err := s.total()
	if err != nil {
		return err
	}
	if err := rangeproof.VerifyAtMost(s.Upper, total, proof, s.transcript()); err != nil {
		return ErrInvalidProof.Wrap(err.Error())
	}
	return nil
}
