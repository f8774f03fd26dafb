//go:build unsafesetup

package circuit

import (
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/setup"
)

var (
	unsafeSetup = sync.OnceValues(func() (*setup.Setup, error) { return setup.Unsafe(1 << 14) })
	lagrange    = map[int][]bn254.G1Affine{}
)

func prover(t testing.TB, c predicate.Circuit) *Prover {
	t.Helper()
	made := compiled(t, c)
	s, err := unsafeSetup()
	require.NoError(t, err)
	rows := made.Rows()
	if lagrange[rows] == nil {
		lagrange[rows], err = s.Lagrange(rows)
		require.NoError(t, err)
	}
	p, err := NewProver(made, s, lagrange[rows])
	require.NoError(t, err)
	return p
}

func scoreAbove(t testing.TB, value int64) (predicate.Statement, Witness) {
	t.Helper()
	return about(t, "range-1", predicate.Terms{Tag: predicate.TagInteger, Lower: 650, Upper: math.MaxInt64}, score(value, 1))
}

func public(t testing.TB, s predicate.Statement) []plonk.Element {
	t.Helper()
	p, err := s.Public()
	require.NoError(t, err)
	return p
}

func TestProve(t *testing.T) {
	s, w := scoreAbove(t, 700)
	p := prover(t, s.Circuit)
	proof, err := p.Prove(s, w)
	require.NoError(t, err)
	require.Len(t, proof, plonk.ProofSize)
	require.NoError(t, plonk.Verify(p.VerifyingKey(), public(t, s), proof))

	again, err := p.Prove(s, w)
	require.NoError(t, err)
	require.NotEqual(t, proof, again, "two proofs of one statement cannot be linked")

	low, lowWitness := scoreAbove(t, 649)
	_, err = p.Prove(low, lowWitness)
	require.ErrorIs(t, err, ErrFalse)
	_, err = p.Prove(predicate.Statement{Circuit: predicate.Circuit{Kind: predicate.Range, Fields: 2, Attestations: 1}}, w)
	require.ErrorContains(t, err, "a statement for circuit range-2")
}

// TestReplay: a proof holds for the statement it was made of, and for none that differs in anything.
func TestReplay(t *testing.T) {
	s, w := scoreAbove(t, 700)
	p := prover(t, s.Circuit)
	proof, err := p.Prove(s, w)
	require.NoError(t, err)
	for name, change := range map[string]func(*predicate.Statement){
		"chain":       func(s *predicate.Statement) { s.ChainID = "creditd-other" },
		"inquiry":     func(s *predicate.Statement) { s.Inquiry = []byte("inquirx") },
		"verifier":    func(s *predicate.Statement) { s.Verifier = []byte("lendex") },
		"moved":       func(s *predicate.Statement) { s.Inquiry, s.Verifier = []byte("inquir"), []byte("ylender") },
		"expiry":      func(s *predicate.Statement) { s.Expiry++ },
		"schema":      func(s *predicate.Statement) { s.Schema[31]++ },
		"subject":     func(s *predicate.Statement) { s.Subject[31]++ },
		"attestation": func(s *predicate.Statement) { s.Commitments = [][32]byte{commitment(t, score(700, 2))} },
		"lower":       func(s *predicate.Statement) { s.Terms.Lower = 649 },
		"upper":       func(s *predicate.Statement) { s.Terms.Upper-- },
	} {
		other := s
		change(&other)
		require.ErrorIs(t, plonk.Verify(p.VerifyingKey(), public(t, other), proof), plonk.ErrInvalid, name)
	}
	// The key of another circuit with as many public inputs.
	two := prover(t, predicate.Circuit{Kind: predicate.Range, Fields: 2, Attestations: 1})
	require.ErrorIs(t, plonk.Verify(two.VerifyingKey(), public(t, s), proof), plonk.ErrInvalid)
}

func TestProveHidden(t *testing.T) {
	terms := predicate.Terms{Field: history, Tag: predicate.TagCode, Months: 24, Level: 2, Reported: 12}
	s, w := about(t, "history-6", terms, tradeline(t, strings.Repeat("01", 12), 5, 1))
	s, w = hide(t, s, w, never)
	p := prover(t, s.Circuit)
	proof, err := p.Prove(s, w)
	require.NoError(t, err)
	require.NoError(t, plonk.Verify(p.VerifyingKey(), public(t, s), proof))
	for name, change := range map[string]func(*predicate.Statement){
		"an old root":       func(s *predicate.Statement) { s.Root[31] ^= 1 },
		"other issuers":     func(s *predicate.Statement) { s.Issuers[31] ^= 1 },
		"another nullifier": func(s *predicate.Statement) { s.Nullifier[31] ^= 1 },
		"another session":   func(s *predicate.Statement) { s.Session[31] ^= 1 },
		"a later expiry":    func(s *predicate.Statement) { s.Expiry++ },
	} {
		other := s
		change(&other)
		require.ErrorIs(t, plonk.Verify(p.VerifyingKey(), public(t, other), proof), plonk.ErrInvalid, name)
	}
}

// TestKeysAreReproducible: compiling and setting up again gives the same key.
func TestKeysAreReproducible(t *testing.T) {
	c := predicate.Circuit{Kind: predicate.Range, Fields: 1, Attestations: 1}
	first := prover(t, c)
	delete(compiledCircuits, c)
	second := prover(t, c)
	require.Equal(t, first.VerifyingKey().Bytes(), second.VerifyingKey().Bytes())
	require.Equal(t, c.ID(), first.VerifyingKey().Circuit())
	require.Equal(t, first.VerifyingKey().Public(), c.Public())
	s, err := unsafeSetup()
	require.NoError(t, err)
	require.Equal(t, s.Digest(), first.VerifyingKey().Setup())
}

func BenchmarkProveThreshold(b *testing.B) {
	s, w := scoreAbove(b, 700)
	benchmarkProve(b, s, w)
}

func BenchmarkProveHidden(b *testing.B) {
	s, w := hiddenScore(b, 700)
	benchmarkProve(b, s, w)
}

func BenchmarkProveHiddenHistory(b *testing.B) {
	terms := predicate.Terms{Field: history, Tag: predicate.TagCode, Months: 24, Level: 2}
	s, w := about(b, "history-6", terms, tradeline(b, strings.Repeat("0", 24), 5, 1))
	s, w = hide(b, s, w, never)
	benchmarkProve(b, s, w)
}

func benchmarkProve(b *testing.B, s predicate.Statement, w Witness) {
	p := prover(b, s.Circuit)
	for b.Loop() {
		if _, err := p.Prove(s, w); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	s, w := scoreAbove(b, 700)
	p := prover(b, s.Circuit)
	proof, err := p.Prove(s, w)
	require.NoError(b, err)
	inputs := public(b, s)
	for b.Loop() {
		if err := plonk.Verify(p.VerifyingKey(), inputs, proof); err != nil {
			b.Fatal(err)
		}
	}
}
