package circuit

import (
	"math/big"
	"testing"
	"time"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark/frontend"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/poseidon"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/tree"
)

// Places of the circuit fields of the tradeline that tests prove about.
const (
	opened = iota
	original
	balance
	status
	history
	firstDelinquency
)

const never = 1<<63 - 1

var (
	schema  = [32]byte{1, 31: 0xff}
	subject = [32]byte{0xee, 31: 2}
)

func code(t testing.TB, text string) commit.CircuitField {
	t.Helper()
	f, err := commit.CodeField(text)
	require.NoError(t, err)
	return f
}

func day(t testing.TB, year int) commit.CircuitField {
	t.Helper()
	f, err := commit.DateField(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC))
	require.NoError(t, err)
	return f
}

func dayNumber(year int) int64 {
	return int64(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Sub(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)).Hours()/24) + 719162
}

// tradeline is a record with that payment history and balance, under a salt of its own.
func tradeline(t testing.TB, months string, owed int64, seed byte) *Opening {
	t.Helper()
	return &Opening{
		Fields: []commit.CircuitField{
			day(t, 2015), commit.AmountField(2_000_000), commit.AmountField(owed), code(t, "11"), code(t, months), commit.AbsentField(),
		},
		Salt: commit.DeriveCircuitSalt([32]byte{seed}),
	}
}

func score(v int64, seed byte) *Opening {
	return &Opening{Fields: []commit.CircuitField{commit.IntegerField(v)}, Salt: commit.DeriveCircuitSalt([32]byte{seed})}
}

func commitment(t testing.TB, o *Opening) [32]byte {
	t.Helper()
	c, err := commit.Circuit(schema, subject, o.Fields, o.Salt)
	require.NoError(t, err)
	return c
}

// about is a statement in the circuit about the openings, all of them given.
func about(t testing.TB, circuit string, terms predicate.Terms, openings ...*Opening) (predicate.Statement, Witness) {
	t.Helper()
	c, err := predicate.ParseCircuit(circuit)
	require.NoError(t, err)
	s := predicate.Statement{
		ChainID: "creditd-test", Circuit: c, Schema: schema, Subject: subject, Terms: terms,
		Inquiry: []byte("inquiry"), Verifier: []byte("lender"), Expiry: 1_800_000_000,
	}
	if c.Kind == predicate.Ratio && c.Attestations == 2 {
		s.Other = schema
	}
	for _, o := range openings {
		s.Commitments = append(s.Commitments, commitment(t, o))
	}
	return s, Witness{Openings: openings}
}

// hide makes a statement about a given attestation one about a hidden one, among others of other issuers.
func hide(t testing.TB, s predicate.Statement, w Witness, expires int64) (predicate.Statement, Witness) {
	t.Helper()
	active, err := tree.New(tree.Memory{}, predicate.ActiveDepth)
	require.NoError(t, err)
	issuers, err := tree.New(tree.Memory{}, predicate.IssuerDepth)
	require.NoError(t, err)
	x := &Hidden{Issuer: predicate.Issuer([]byte("bank-b")), Expires: expires, ActiveIndex: 77_777, IssuerIndex: 5, Secret: [32]byte{31: 9}}
	leaf, err := predicate.Active(s.Commitments[0], x.Issuer, expires)
	require.NoError(t, err)
	for index, l := range map[uint64]tree.Node{x.ActiveIndex: leaf, x.ActiveIndex ^ 1: {31: 1}, 12: {31: 2}} {
		_, err = active.Set(index, l)
		require.NoError(t, err)
	}
	for index, l := range map[uint64]tree.Node{x.IssuerIndex: x.Issuer, 4: predicate.Issuer([]byte("bank-a"))} {
		_, err = issuers.Set(index, l)
		require.NoError(t, err)
	}
	s.Root, err = active.Root()
	require.NoError(t, err)
	s.Issuers, err = issuers.Root()
	require.NoError(t, err)
	x.ActivePath, err = active.Path(x.ActiveIndex)
	require.NoError(t, err)
	x.IssuerPath, err = issuers.Path(x.IssuerIndex)
	require.NoError(t, err)
	s.Session, err = predicate.Session(x.Secret)
	require.NoError(t, err)
	s.Nullifier, err = predicate.NullifierOf(x.Secret, s.Commitments[0])
	require.NoError(t, err)
	s.Circuit.Hidden, s.Commitments = true, nil
	w.Hidden = x
	return s, w
}

var compiledCircuits = map[predicate.Circuit]*Compiled{}

func compiled(t testing.TB, c predicate.Circuit) *Compiled {
	t.Helper()
	if compiledCircuits[c] == nil {
		made, err := Compile(c)
		require.NoError(t, err)
		compiledCircuits[c] = made
	}
	return compiledCircuits[c]
}

// solved tells whether the constraints hold for a statement and a witness: what a proof is of.
func solved(t testing.TB, s predicate.Statement, w Witness) bool {
	t.Helper()
	d, err := assign(s, w)
	require.NoError(t, err)
	return satisfied(t, s.Circuit, d)
}

func satisfied(t testing.TB, c predicate.Circuit, d *definition) bool {
	t.Helper()
	witness, err := frontend.NewWitness(d, ecc.BN254.ScalarField())
	require.NoError(t, err)
	return compiled(t, c).system.IsSolved(witness) == nil
}

// hashWith is the commitment of the score 5 under seed 1 with another value in its place, be it in 64 bits or not.
func hashWith(t testing.TB, value *big.Int) *big.Int {
	t.Helper()
	salt := commit.DeriveCircuitSalt([32]byte{1}).Bytes()
	s, err := poseidon.Parse(salt[:])
	require.NoError(t, err)
	var v, tag poseidon.Element
	v.SetBigInt(value)
	tag.SetUint64(uint64(predicate.TagInteger))
	out := poseidon.Absorb(predicate.Start(1, schema, subject), tag, v, s)
	return out.BigInt(new(big.Int))
}
