package predicate_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"math"
	"os"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/predicate"
)

var update = flag.Bool("update", false, "write the vectors anew")

func id(n byte) [32]byte { return [32]byte{0: n, 31: n + 1} }

func element(n byte) [32]byte { return [32]byte{1: n, 31: n} }

// statements that are whole, one of each kind.
func statements(t testing.TB) map[string]predicate.Statement {
	t.Helper()
	code := func(text string) commit.CircuitField {
		f, err := commit.CodeField(text)
		require.NoError(t, err)
		return f
	}
	out := map[string]predicate.Statement{}
	for name, terms := range map[string]predicate.Terms{
		"range-1":          {Tag: predicate.TagInteger, Lower: 650, Upper: math.MaxInt64},
		"range-6-hidden":   {Field: 2, Tag: predicate.TagAmount, Lower: math.MinInt64, Upper: 50_000},
		"ratio-6":          {Field: 2, Tag: predicate.TagAmount, Other: 1, OtherTag: predicate.TagAmount, P: 2, Q: 5},
		"ratio-1x2":        {Tag: predicate.TagAmount, OtherTag: predicate.TagInteger, P: math.MaxUint32, Q: 1},
		"member-2":         {Tag: predicate.TagCode, Set: []commit.CircuitField{code("GOOD"), code("PLAN")}},
		"history-6-hidden": {Field: 4, Tag: predicate.TagCode, Months: 24, Level: 2, Reported: 12},
		"count-1x3":        {Tag: predicate.TagInteger, Lower: 600, Upper: 900, AtLeast: 2},
	} {
		c, err := predicate.ParseCircuit(name)
		require.NoError(t, err)
		s := predicate.Statement{
			ChainID: "creditd-1", Circuit: c, Schema: id(1), Subject: id(2), Terms: terms,
			Inquiry: []byte("inquiry"), Verifier: []byte{1, 2, 3}, Expiry: 1_800_000_000,
		}
		if c.Hidden {
			s.Root, s.Issuers, s.Session, s.Nullifier = element(1), element(2), element(3), element(4)
		} else {
			for i := range c.Attestations {
				s.Commitments = append(s.Commitments, element(10+i))
			}
		}
		if name == "ratio-1x2" {
			s.Other = id(3)
		}
		out[name] = s
	}
	return out
}

func TestPublic(t *testing.T) {
	for name, s := range statements(t) {
		public, err := s.Public()
		require.NoError(t, err, name)
		require.Len(t, public, s.Circuit.Public(), name)
	}
}

// TestEverythingIsBound: the context differs when anything does.
func TestEverythingIsBound(t *testing.T) {
	for name, s := range statements(t) {
		before, err := s.Public()
		require.NoError(t, err)
		for what, change := range map[string]func(*predicate.Statement){
			"chain":    func(s *predicate.Statement) { s.ChainID += "x" },
			"schema":   func(s *predicate.Statement) { s.Schema[5]++ },
			"subject":  func(s *predicate.Statement) { s.Subject[5]++ },
			"inquiry":  func(s *predicate.Statement) { s.Inquiry = append(bytes.Clone(s.Inquiry), 1) },
			"verifier": func(s *predicate.Statement) { s.Verifier = append(bytes.Clone(s.Verifier), 1) },
			"shifted": func(s *predicate.Statement) {
				s.Verifier = append([]byte{s.Inquiry[6]}, s.Verifier...)
				s.Inquiry = s.Inquiry[:6]
			},
			"expiry": func(s *predicate.Statement) { s.Expiry++ },
			"rests on": func(s *predicate.Statement) {
				if s.Circuit.Hidden {
					s.Nullifier[31]++
				} else {
					s.Commitments = append([][32]byte{element(99)}, s.Commitments[1:]...)
				}
			},
		} {
			other := s
			change(&other)
			after, err := other.Public()
			require.NoError(t, err, "%s: %s", name, what)
			require.NotEqual(t, before[0], after[0], "%s: %s", name, what)
		}
	}
}

func TestStatementRefuses(t *testing.T) {
	all := statements(t)
	for what, c := range map[string]struct {
		of     string
		change func(*predicate.Statement)
	}{
		"no chain":             {"range-1", func(s *predicate.Statement) { s.ChainID = "" }},
		"a giant chain id":     {"range-1", func(s *predicate.Statement) { s.ChainID = string(make([]byte, 129)) }},
		"no inquiry":           {"range-1", func(s *predicate.Statement) { s.Inquiry = nil }},
		"a giant inquiry":      {"range-1", func(s *predicate.Statement) { s.Inquiry = make([]byte, 65) }},
		"no verifier":          {"range-1", func(s *predicate.Statement) { s.Verifier = nil }},
		"no expiry":            {"range-1", func(s *predicate.Statement) { s.Expiry = 0 }},
		"no commitment":        {"range-1", func(s *predicate.Statement) { s.Commitments = nil }},
		"a zero commitment":    {"range-1", func(s *predicate.Statement) { s.Commitments = [][32]byte{{}} }},
		"an aliased one":       {"range-1", func(s *predicate.Statement) { s.Commitments = [][32]byte{alias(s.Commitments[0])} }},
		"two commitments":      {"range-1", func(s *predicate.Statement) { s.Commitments = append(s.Commitments, element(9)) }},
		"a root":               {"range-1", func(s *predicate.Statement) { s.Root = element(1) }},
		"a nullifier":          {"range-1", func(s *predicate.Statement) { s.Nullifier = element(1) }},
		"another schema":       {"range-1", func(s *predicate.Statement) { s.Other = id(9) }},
		"no other schema":      {"ratio-1x2", func(s *predicate.Statement) { s.Other = [32]byte{} }},
		"hidden and given":     {"range-6-hidden", func(s *predicate.Statement) { s.Commitments = [][32]byte{element(1)} }},
		"no root":              {"range-6-hidden", func(s *predicate.Statement) { s.Root = [32]byte{} }},
		"no issuers":           {"range-6-hidden", func(s *predicate.Statement) { s.Issuers = [32]byte{} }},
		"no nullifier":         {"range-6-hidden", func(s *predicate.Statement) { s.Nullifier = [32]byte{} }},
		"an aliased nullifier": {"range-6-hidden", func(s *predicate.Statement) { s.Nullifier = alias(s.Nullifier) }},
		"counted twice":        {"count-1x3", func(s *predicate.Statement) { s.Commitments[1] = s.Commitments[0] }},
	} {
		s := all[c.of]
		s.Commitments = append([][32]byte{}, s.Commitments...)
		if s.Circuit.Hidden {
			s.Commitments = nil
		}
		c.change(&s)
		_, err := s.Public()
		require.Error(t, err, what)
	}
}

// alias is the same element in other bytes.
func alias(e [32]byte) (out [32]byte) {
	var sum [33]byte
	modulus := fr.Modulus().FillBytes(make([]byte, 32))
	carry := 0
	for i := 31; i >= 0; i-- {
		carry += int(e[i]) + int(modulus[i])
		sum[i+1], carry = byte(carry), carry>>8
	}
	copy(out[:], sum[1:])
	return out
}

func TestTermsRefuse(t *testing.T) {
	set := make([]commit.CircuitField, predicate.SetSize+1)
	for i := range set {
		set[i] = commit.IntegerField(int64(i))
	}
	number := predicate.Terms{Tag: predicate.TagInteger, Upper: 1}
	with := func(of predicate.Terms, change func(*predicate.Terms)) predicate.Terms {
		change(&of)
		return of
	}
	history := predicate.Terms{Tag: predicate.TagCode, Months: 24, Level: 2}
	ratio := predicate.Terms{Tag: predicate.TagInteger, Other: 1, OtherTag: predicate.TagInteger, P: 1, Q: 1}
	for what, c := range map[string]struct {
		circuit string
		terms   predicate.Terms
	}{
		"a field that is not there": {"range-1", with(number, func(t *predicate.Terms) { t.Field = 1 })},
		"crossed bounds":            {"range-1", with(number, func(t *predicate.Terms) { t.Lower = 2 })},
		"a range of codes":          {"range-1", with(number, func(t *predicate.Terms) { t.Tag = predicate.TagCode })},
		"a date before the first":   {"range-1", with(number, func(t *predicate.Terms) { t.Tag, t.Lower = predicate.TagDate, -1 })},
		"terms of another kind":     {"range-1", with(number, func(t *predicate.Terms) { t.Months = 1 })},
		"a set for a range":         {"range-1", with(number, func(t *predicate.Terms) { t.Set = set[:1] })},
		"an empty set":              {"member-1", predicate.Terms{Tag: predicate.TagInteger}},
		"a giant set":               {"member-1", predicate.Terms{Tag: predicate.TagInteger, Set: set}},
		"a set of another kind":     {"member-1", predicate.Terms{Tag: predicate.TagCode, Set: set[:1]}},
		"a set of no kind":          {"member-1", predicate.Terms{Set: []commit.CircuitField{commit.AbsentField()}}},
		"no months":                 {"history-1", with(history, func(t *predicate.Terms) { t.Months = 0 })},
		"25 months":                 {"history-1", with(history, func(t *predicate.Terms) { t.Months = 25 })},
		"level 0":                   {"history-1", with(history, func(t *predicate.Terms) { t.Level = 0 })},
		"level 7":                   {"history-1", with(history, func(t *predicate.Terms) { t.Level = 7 })},
		"all may be late":           {"history-1", with(history, func(t *predicate.Terms) { t.AtMost = 24 })},
		"more reported than months": {"history-1", with(history, func(t *predicate.Terms) { t.Months, t.Reported = 3, 4 })},
		"a history of numbers":      {"history-1", with(history, func(t *predicate.Terms) { t.Tag = predicate.TagInteger })},
		"a ratio to itself":         {"ratio-2", with(ratio, func(t *predicate.Terms) { t.Other = 0 })},
		"zero below":                {"ratio-2", with(ratio, func(t *predicate.Terms) { t.Q = 0 })},
		"a ratio of dates":          {"ratio-2", with(ratio, func(t *predicate.Terms) { t.Tag = predicate.TagDate })},
		"a ratio to nothing":        {"ratio-2", with(ratio, func(t *predicate.Terms) { t.Other = 2 })},
		"none of those given":       {"count-1x2", with(number, func(t *predicate.Terms) { t.AtLeast = 0 })},
		"more than those given":     {"count-1x2", with(number, func(t *predicate.Terms) { t.AtLeast = 3 })},
	} {
		circuit, err := predicate.ParseCircuit(c.circuit)
		require.NoError(t, err)
		require.Error(t, c.terms.Validate(circuit), what)
	}
}

func TestCircuitNames(t *testing.T) {
	ids := map[[32]byte]string{}
	for _, c := range predicate.Standard() {
		require.NoError(t, c.Validate())
		read, err := predicate.ParseCircuit(c.Name())
		require.NoError(t, err)
		require.Equal(t, c, read)
		require.Empty(t, ids[c.ID()])
		ids[c.ID()] = c.Name()
	}
	for _, name := range []string{
		"", "range", "range-", "range-0", "range-9", "range-01", "range-1x2", "range-1x1", "sum-1", "count-6x4", "count-1x9", "count-1-hidden",
		"ratio-1", "ratio-2x2-hidden", "range-1-hidden-hidden", "range-256", "RANGE-1",
	} {
		_, err := predicate.ParseCircuit(name)
		require.Error(t, err, name)
	}
}

func TestActive(t *testing.T) {
	issuer := predicate.Issuer([]byte("schema"), []byte("bank"))
	require.NotEqual(t, issuer, predicate.Issuer([]byte("schemab"), []byte("ank")))
	a, err := predicate.Active(element(1), issuer, 5)
	require.NoError(t, err)
	b, err := predicate.Active(element(1), issuer, 6)
	require.NoError(t, err)
	require.NotEqual(t, a, b)
	_, err = predicate.Active(element(1), issuer, -1)
	require.Error(t, err)
	_, err = predicate.Active(alias(element(1)), issuer, 1)
	require.Error(t, err)
	_, err = predicate.Active(element(1), alias(element(1)), 1)
	require.Error(t, err)
	_, err = predicate.Session(alias(element(1)))
	require.Error(t, err)
}

// vector is a statement and what follows from it, for implementations in other languages.
type vector struct {
	Circuit     string   `json:"circuit"`
	CircuitID   string   `json:"circuit_id"`
	ChainID     string   `json:"chain_id"`
	Schema      string   `json:"schema"`
	Subject     string   `json:"subject"`
	Other       string   `json:"other"`
	Root        string   `json:"root"`
	Issuers     string   `json:"issuers"`
	Session     string   `json:"session"`
	Nullifier   string   `json:"nullifier"`
	Commitments []string `json:"commitments"`
	Fields      int      `json:"fields"`
	Terms       string   `json:"terms"` // encoded
	Inquiry     string   `json:"inquiry"`
	Verifier    string   `json:"verifier"`
	Expiry      int64    `json:"expiry"`
	Public      []string `json:"public"`
}

type vectors struct {
	Statements []vector     `json:"statements"`
	Leaf       leafVector   `json:"leaf"`
	Marks      []markVector `json:"marks"`
}

type leafVector struct {
	Commitment string   `json:"commitment"`
	Issuer     []string `json:"issuer"` // the parts that name it
	IssuerLeaf string   `json:"issuer_leaf"`
	Expires    int64    `json:"expires"`
	Leaf       string   `json:"leaf"`
}

type markVector struct {
	Secret     string `json:"secret"`
	Commitment string `json:"commitment"`
	Session    string `json:"session"`
	Nullifier  string `json:"nullifier"`
}

func digits[T [32]byte | fr.Element](v T) string {
	switch v := any(v).(type) {
	case fr.Element:
		bz := v.Bytes()
		return hex.EncodeToString(bz[:])
	case [32]byte:
		return hex.EncodeToString(v[:])
	}
	return ""
}

func compute(t *testing.T) vectors {
	t.Helper()
	var out vectors
	all := statements(t)
	for _, name := range []string{"range-1", "range-6-hidden", "ratio-6", "ratio-1x2", "member-2", "history-6-hidden", "count-1x3"} {
		s := all[name]
		v := vector{
			Circuit: name, CircuitID: digits(s.Circuit.ID()), ChainID: s.ChainID, Schema: digits(s.Schema), Subject: digits(s.Subject),
			Other: digits(s.Other), Root: digits(s.Root), Issuers: digits(s.Issuers), Session: digits(s.Session), Nullifier: digits(s.Nullifier),
			Commitments: []string{}, Fields: int(s.Circuit.Fields), Terms: hex.EncodeToString(s.Terms.Encode()),
			Inquiry: hex.EncodeToString(s.Inquiry), Verifier: hex.EncodeToString(s.Verifier), Expiry: s.Expiry,
		}
		for _, c := range s.Commitments {
			v.Commitments = append(v.Commitments, digits(c))
		}
		public, err := s.Public()
		require.NoError(t, err)
		for _, p := range public {
			v.Public = append(v.Public, digits(p))
		}
		out.Statements = append(out.Statements, v)
	}
	issuer := predicate.Issuer([]byte("schema"), []byte("bank"))
	leaf, err := predicate.Active(element(7), issuer, math.MaxInt64)
	require.NoError(t, err)
	out.Leaf = leafVector{
		Commitment: digits(element(7)), Issuer: []string{hex.EncodeToString([]byte("schema")), hex.EncodeToString([]byte("bank"))},
		IssuerLeaf: digits(issuer), Expires: math.MaxInt64, Leaf: digits(leaf),
	}
	for n := range byte(2) {
		session, err := predicate.Session(element(20 + n))
		require.NoError(t, err)
		nullifier, err := predicate.NullifierOf(element(20+n), element(7))
		require.NoError(t, err)
		out.Marks = append(out.Marks, markVector{digits(element(20 + n)), digits(element(7)), digits(session), digits(nullifier)})
	}
	return out
}

// TestVectors: what clients in other languages compute (clients/interop/predicate).
func TestVectors(t *testing.T) {
	const file = "testdata/statements.json"
	got, err := json.MarshalIndent(compute(t), "", "  ")
	require.NoError(t, err)
	if *update {
		require.NoError(t, os.WriteFile(file, append(got, '\n'), 0o644))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	require.JSONEq(t, string(want), string(got))
}
