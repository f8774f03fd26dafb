// Package predicate says what a proof about an attestation states: the circuit it is made in, the terms of the question,
// and the statement, from which the verifier builds every public input itself. It does not know how proofs are made:
// that is privacy/predicate/circuit, which links a compiler of circuits and a prover.
package predicate

import (
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
)

// Kind of predicate.
type Kind uint8

const (
	// Range: lower <= field <= upper. A threshold is a range with one bound at the end of the numbers.
	Range Kind = iota + 1
	// Ratio: field / other field <= p / q, the other field above zero.
	Ratio
	// Member: the field is one of a small public set.
	Member
	// History: of the last months of a payment history at most some are at a level of delinquency or worse, and at least
	// some are reported at all.
	History
	// Count: at least k of the given attestations have lower <= field <= upper.
	Count
)

var kinds = [...]string{Range: "range", Ratio: "ratio", Member: "member", History: "history", Count: "count"}

// String is the kind's name.
func (k Kind) String() string {
	if k >= Range && k <= Count {
		return kinds[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

const (
	// MaxFields of an attestation that circuits here open: those of the largest schema that are flagged for circuits.
	MaxFields = 8
	// MaxAttestations that one proof counts over.
	MaxAttestations = 8
	// SetSize is the most members that a set has.
	SetSize = 32
	// Months of a payment history.
	Months = 24
	// ActiveDepth of the tree of active attestations and IssuerDepth of that of accredited issuers.
	ActiveDepth = 20
	IssuerDepth = 10
)

// Circuit names one circuit. Two circuits with the same values are the same circuit; it compiles to the same constraints
// everywhere.
type Circuit struct {
	Kind Kind
	// Fields is the number of circuit fields of the schema, 1 to MaxFields.
	Fields uint8
	// Attestations that are given: 1, of a Ratio up to 2 (one for each of its fields, of schemas of the same number of
	// circuit fields), of a Count up to MaxAttestations.
	Attestations uint8
	// Hidden hides which attestation it is and who issued it: it is one under a root of active attestations, by an issuer
	// under a root of accredited ones. Of one attestation alone.
	Hidden bool
}

// version of the circuits. It is in every id: a circuit that is changed is another circuit.
const version = 1

// Validate refuses a circuit that does not exist.
func (c Circuit) Validate() error {
	if c.Kind < Range || c.Kind > Count {
		return fmt.Errorf("there is no predicate of kind %d", c.Kind)
	}
	if c.Fields == 0 || c.Fields > MaxFields {
		return fmt.Errorf("a circuit opens attestations of 1 to %d circuit fields, not %d", MaxFields, c.Fields)
	}
	most := uint8(1)
	switch c.Kind {
	case Ratio:
		most = 2
	case Count:
		most = MaxAttestations
	}
	if c.Attestations == 0 || c.Attestations > most {
		return fmt.Errorf("a circuit of kind %s is of 1 to %d attestations, not %d", c.Kind, most, c.Attestations)
	}
	if c.Kind == Count && c.Hidden {
		return fmt.Errorf("attestations are counted among given ones, or by one proof each with its nullifier")
	}
	if c.Kind == Count && int(c.Attestations)*(2*int(c.Fields)+1) > maxCountSteps {
		return fmt.Errorf("%d attestations of %d circuit fields do not fit a circuit", c.Attestations, c.Fields)
	}
	if c.Kind == Ratio && c.Attestations == 1 && c.Fields == 1 {
		return fmt.Errorf("a ratio within one attestation needs two circuit fields")
	}
	if c.Hidden && c.Attestations != 1 {
		return fmt.Errorf("a hidden attestation is one attestation")
	}
	return nil
}

// maxCountSteps of the hash that a Count makes: what fits 2^14 rows beside its comparisons.
const maxCountSteps = 42

// ID of the circuit: SHA-256("creditd/predicate/circuit/v1" || version || kind || fields || attestations || hidden).
func (c Circuit) ID() [32]byte {
	hidden := byte(0)
	if c.Hidden {
		hidden = 1
	}
	return sha256.Sum256(append([]byte("creditd/predicate/circuit/v1"), version, byte(c.Kind), c.Fields, c.Attestations, hidden))
}

// Name of the circuit, as ParseCircuit reads it: kind, circuit fields, `x` and attestations if they are not one, and
// `hidden`: "range-6", "count-6x3", "history-6-hidden".
func (c Circuit) Name() string {
	name := c.Kind.String() + "-" + strconv.Itoa(int(c.Fields))
	if c.Attestations != 1 {
		name += "x" + strconv.Itoa(int(c.Attestations))
	}
	if c.Hidden {
		name += "-hidden"
	}
	return name
}

// ParseCircuit reads a name.
func ParseCircuit(name string) (Circuit, error) {
	c := Circuit{Attestations: 1}
	rest, hidden := strings.CutSuffix(name, "-hidden")
	c.Hidden = hidden
	kind, size, _ := strings.Cut(rest, "-")
	for k := Range; k <= Count; k++ {
		if k.String() == kind {
			c.Kind = k
		}
	}
	fields, attestations, several := strings.Cut(size, "x")
	var err error
	if c.Fields, err = number(fields); err == nil && several {
		c.Attestations, err = number(attestations)
	}
	if err == nil {
		err = c.Validate()
	}
	if err != nil || c.Name() != name {
		return Circuit{}, fmt.Errorf("no circuit is called %q: a name is like range-1, ratio-6x2 or history-6-hidden", name)
	}
	return c, nil
}

func number(text string) (uint8, error) {
	n, err := strconv.ParseUint(text, 10, 8)
	return uint8(n), err
}

// Public is the number of public inputs of the circuit.
func (c Circuit) Public() int {
	n := 2 + int(c.Attestations) // context, start, commitments
	if c.Hidden {
		n = 2 + 5 // context, start; roots, expiry, session, nullifier
	}
	switch c.Kind {
	case Range:
		n += 4 // field, tag, lower, upper
	case Ratio:
		n += 6 // field, tag, other field and tag, p, q
		if c.Attestations == 2 {
			n++ // start of the other schema
		}
	case Member:
		n += 2 + SetSize
	case History:
		n += 5 // field, mask of months, level, at most, reported
	case Count:
		n += 5 // field, tag, lower, upper, at least
	}
	return n
}

// Standard is the circuits for the schemas that a chain has from the start: scores have one circuit field, tax standings
// two, tradelines six. Circuits for others are registered by vote just as well.
func Standard() []Circuit {
	list := []Circuit{
		{Kind: Count, Fields: 1, Attestations: 4},
		{Kind: Count, Fields: 6, Attestations: 3},
		{Kind: Ratio, Fields: 6, Attestations: 2},
	}
	for _, c := range []Circuit{
		{Kind: Range, Fields: 1},
		{Kind: Range, Fields: 2},
		{Kind: Range, Fields: 6},
		{Kind: Ratio, Fields: 6},
		{Kind: Member, Fields: 2},
		{Kind: Member, Fields: 6},
		{Kind: History, Fields: 6},
	} {
		c.Attestations = 1
		list = append(list, c)
		c.Hidden = true
		list = append(list, c)
	}
	return list
}
