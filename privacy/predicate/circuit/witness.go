package circuit

import (
	"errors"
	"fmt"
	"io"

	"github.com/consensys/gnark/frontend"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/poseidon"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/tree"
)

// Witness is what only the prover knows.
type Witness struct {
	// Openings of the statement's attestations in its order. One that is nil is not opened: only a Count leaves any out.
	Openings []*Opening
	// Hidden leads to the public roots, if the attestation is hidden.
	Hidden *Hidden
}

// Format keeps a witness out of every log line and error message, whatever the verb.
func (Witness) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "Witness(redacted)") }

// Opening of a circuit commitment.
type Opening struct {
	Fields []commit.CircuitField
	Salt   commit.CircuitSalt
}

// Format keeps an opening out of every log line and error message, whatever the verb.
func (Opening) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "Opening(redacted)") }

// Hidden is where a hidden attestation and its issuer are.
type Hidden struct {
	// Issuer's leaf (predicate.Issuer) and when the attestation expires, as in its leaf (predicate.Active).
	Issuer  [32]byte
	Expires int64
	// Indices and paths in the tree of active attestations and in that of accredited issuers.
	ActiveIndex, IssuerIndex uint64
	ActivePath, IssuerPath   []tree.Node
	// Secret of the session (predicate.Session).
	Secret [32]byte
}

// Format keeps it out of every log line and error message, whatever the verb.
func (Hidden) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "Hidden(redacted)") }

// assign the variables of a statement's circuit.
func assign(s predicate.Statement, w Witness) (*definition, error) {
	public, err := s.Public()
	if err != nil {
		return nil, err
	}
	if len(w.Openings) != int(s.Circuit.Attestations) {
		return nil, fmt.Errorf("%d openings for %d attestations", len(w.Openings), s.Circuit.Attestations)
	}
	d := newDefinition(s.Circuit)
	for i := range public {
		d.Public[i] = public[i]
	}
	for i, o := range w.Openings {
		if err := d.assignOpening(i, s, o); err != nil {
			return nil, err
		}
	}
	if s.Circuit.Hidden {
		if w.Hidden == nil {
			return nil, errors.New("a hidden attestation needs its places under the roots")
		}
		if err := d.Hidden[0].assign(s, w.Hidden, w.Openings[0]); err != nil {
			return nil, err
		}
	}
	if s.Circuit.Kind == predicate.History {
		return d, d.assignMonths(w.Openings[0].Fields[s.Terms.Field])
	}
	return d, nil
}

// assignOpening of zeros where there is none: it opens nothing.
func (d *definition) assignOpening(i int, s predicate.Statement, o *Opening) error {
	into := &d.Openings[i]
	into.Salt = 0
	for j := range into.Tags {
		into.Tags[j], into.Values[j] = 0, 0
	}
	if o == nil {
		if s.Circuit.Kind != predicate.Count {
			return fmt.Errorf("attestation %d is not opened", i)
		}
		return nil
	}
	if len(o.Fields) != len(into.Tags) {
		return fmt.Errorf("%w: it has %d circuit fields instead of %d", ErrNotTheRecord, len(o.Fields), len(into.Tags))
	}
	if !s.Circuit.Hidden {
		schema := s.Schema
		if s.Circuit.Kind == predicate.Ratio && i == 1 {
			schema = s.Other
		}
		if c, err := commit.Circuit(schema, s.Subject, o.Fields, o.Salt); err != nil || c != s.Commitments[i] {
			return fmt.Errorf("attestation %d: %w", i, ErrNotTheRecord)
		}
	}
	for j := range o.Fields {
		tag, value := o.Fields[j].Parts()
		into.Tags[j], into.Values[j] = tag, value[:]
	}
	salt := o.Salt.Bytes()
	into.Salt = salt[:]
	return nil
}

func (x *hidden) assign(s predicate.Statement, w *Hidden, o *Opening) error {
	commitment, err := commit.Circuit(s.Schema, s.Subject, o.Fields, o.Salt)
	if err != nil {
		return err
	}
	leaf, err := predicate.Active(commitment, w.Issuer, w.Expires)
	if err != nil {
		return err
	}
	switch {
	case !under(s.Root, leaf, w.ActiveIndex, w.ActivePath, predicate.ActiveDepth):
		return ErrNotActive
	case !under(s.Issuers, w.Issuer, w.IssuerIndex, w.IssuerPath, predicate.IssuerDepth):
		return ErrNotAccredited
	case w.Expires < s.Expiry:
		return ErrExpires
	}
	x.Issuer, x.Expires = w.Issuer[:], w.Expires
	x.ActiveIndex, x.IssuerIndex = w.ActiveIndex, w.IssuerIndex
	assignPath(x.ActivePath, w.ActivePath)
	assignPath(x.IssuerPath, w.IssuerPath)
	x.Secret = w.Secret[:]
	return nil
}

func under(root, leaf [32]byte, index uint64, path []tree.Node, depth int) bool {
	if len(path) != depth {
		return false
	}
	got, err := tree.RootOf(leaf, index, path)
	return err == nil && got == root
}

func assignPath(into []frontend.Variable, path []tree.Node) {
	for i := range path {
		into[i] = path[i][:]
	}
}

// assignMonths gives the bits of a code of 24 characters: the low 144 of its number.
func (d *definition) assignMonths(field commit.CircuitField) error {
	tag, value := field.Parts()
	if predicate.Tag(tag) != predicate.TagCode {
		return ErrFalse
	}
	e, err := poseidon.Parse(value[:])
	if err != nil {
		return err
	}
	bits := e.Bits() // four words of 64 bits, the lowest first
	for i := range d.Months {
		at := len(d.Months) - 1 - i
		d.Months[i] = bits[at/64] >> (at % 64) & 1
	}
	return nil
}
