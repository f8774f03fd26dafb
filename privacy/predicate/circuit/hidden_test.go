package circuit

import (
	"math/big"
	"testing"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/tree"
)

func hiddenScore(t testing.TB, value int64) (predicate.Statement, Witness) {
	t.Helper()
	s, w := about(t, "range-1", predicate.Terms{Tag: predicate.TagInteger, Lower: 650, Upper: 900}, score(value, 1))
	return hide(t, s, w, never)
}

func TestHidden(t *testing.T) {
	s, w := hiddenScore(t, 700)
	require.True(t, solved(t, s, w))
	low, lowWitness := hiddenScore(t, 649)
	require.False(t, solved(t, low, lowWitness), "a false statement")
}

func TestHiddenRefusesBeforeProving(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*predicate.Statement, *Witness)
		err    error
	}{
		"another root":          {func(s *predicate.Statement, _ *Witness) { s.Root[31] ^= 1 }, ErrNotActive},
		"another issuers' root": {func(s *predicate.Statement, _ *Witness) { s.Issuers[31] ^= 1 }, ErrNotAccredited},
		"another place":         {func(_ *predicate.Statement, w *Witness) { w.Hidden.ActiveIndex++ }, ErrNotActive},
		"a longer path": {func(_ *predicate.Statement, w *Witness) {
			w.Hidden.ActivePath = append(w.Hidden.ActivePath, tree.Node{})
		}, ErrNotActive},
		"another issuer":             {func(_ *predicate.Statement, w *Witness) { w.Hidden.Issuer = predicate.Issuer([]byte("x")) }, ErrNotActive},
		"another expiry in its leaf": {func(_ *predicate.Statement, w *Witness) { w.Hidden.Expires-- }, ErrNotActive},
		"another subject":            {func(s *predicate.Statement, _ *Witness) { s.Subject[0]++ }, ErrNotActive},
		"another schema":             {func(s *predicate.Statement, _ *Witness) { s.Schema[0]++ }, ErrNotActive},
	} {
		s, w := hiddenScore(t, 700)
		hidden := *w.Hidden
		w.Hidden = &hidden
		c.change(&s, &w)
		_, err := assign(s, w)
		require.ErrorIs(t, err, c.err, name)
	}
	s, w := about(t, "range-1", predicate.Terms{Tag: predicate.TagInteger, Lower: 650, Upper: 900}, score(700, 1))
	s, w = hide(t, s, w, s.Expiry-1)
	_, err := assign(s, w)
	require.ErrorIs(t, err, ErrExpires)
	w.Hidden = nil
	_, err = assign(s, w)
	require.ErrorContains(t, err, "places under the roots")
}

// TestEveryInputIsBound: a witness does not hold with any public input changed, but for the context, which is bound as
// the statement that it is of. (Bounds can be changed so that another true statement results; these are not.)
func TestEveryInputIsBound(t *testing.T) {
	type made struct {
		s predicate.Statement
		w Witness
	}
	rangeHidden, rangeWitness := hiddenScore(t, 650)
	count, countWitness := about(t, "count-1x2", predicate.Terms{Tag: predicate.TagInteger, Lower: 5, Upper: 6, AtLeast: 2}, score(5, 1), score(6, 2))
	ratio, ratioWitness := about(t, "ratio-1x2", predicate.Terms{Tag: predicate.TagInteger, OtherTag: predicate.TagInteger, P: 2, Q: 5}, score(400, 1), score(1000, 2))
	for name, m := range map[string]made{"range": {rangeHidden, rangeWitness}, "count": {count, countWitness}, "ratio": {ratio, ratioWitness}} {
		for i := range m.s.Circuit.Public() {
			d, err := assign(m.s, m.w)
			require.NoError(t, err)
			require.True(t, satisfied(t, m.s.Circuit, d), name)
			if i == 0 {
				continue
			}
			d.Public[i] = new(big.Int).Sub(ecc.BN254.ScalarField(), big.NewInt(int64(1_000+i)))
			switch {
			case name == "ratio" && i == 10: // a negative q would make the ratio negative
				d.Public[i] = big.NewInt(6)
			case name == "range" && i == 9, name == "count" && i == 6: // a lower bound below all numbers would be a true statement
				d.Public[i] = new(big.Int).SetUint64(701 + 1<<63)
			}
			require.False(t, satisfied(t, m.s.Circuit, d), "%s: input %d", name, i)
		}
	}
}

// TestValuesThatWrap: a field's value beyond 64 bits is in no range, though its differences modulo the field could be.
func TestValuesThatWrap(t *testing.T) {
	r := ecc.BN254.ScalarField()
	for name, value := range map[string]*big.Int{
		"just below zero": new(big.Int).Sub(r, big.NewInt(1)),
		"2^64":            new(big.Int).Lsh(big.NewInt(1), 64),
		"half":            new(big.Int).Rsh(r, 1),
	} {
		s, w := about(t, "range-1", predicate.Terms{Tag: predicate.TagInteger, Lower: -1 << 63, Upper: 1<<63 - 1}, score(5, 1))
		d, err := assign(s, w)
		require.NoError(t, err)
		d.Openings[0].Values[0] = value
		d.Public[2] = hashWith(t, value)
		require.False(t, satisfied(t, s.Circuit, d), name)
	}
}

func TestOpeningsThatDoNotFit(t *testing.T) {
	terms := predicate.Terms{Tag: predicate.TagInteger, Lower: 1, Upper: 9}
	s, w := about(t, "range-1", terms, score(5, 1))
	for name, o := range map[string]*Opening{
		"another value": score(6, 1),
		"another salt":  score(5, 2),
		"another size":  {Fields: append(score(5, 1).Fields, commit.AbsentField())},
	} {
		_, err := assign(s, Witness{Openings: []*Opening{o}})
		require.ErrorIs(t, err, ErrNotTheRecord, name)
	}
	_, err := assign(s, Witness{})
	require.ErrorContains(t, err, "0 openings for 1 attestations")
	_, err = assign(s, Witness{Openings: []*Opening{nil}})
	require.ErrorContains(t, err, "not opened")
	s.Subject[3]++
	_, err = assign(s, w)
	require.ErrorIs(t, err, ErrNotTheRecord, "another's")
}
