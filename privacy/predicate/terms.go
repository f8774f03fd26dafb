package predicate

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/poseidon"
)

// Tag of a field: the number of its kind in docs/commitment-format.md section 7.
type Tag uint8

const (
	// TagString and the others are in the order of the format.
	TagString Tag = iota + 1
	TagInteger
	TagDate
	TagBoolean
	TagCode
	TagAmount
)

// Terms of a predicate: what is asked. Those that its kind does not use are zero.
type Terms struct {
	// Field asked about: its place among the schema's circuit fields, from 0, and the tag it must have. An absent field
	// fulfils nothing.
	Field uint8
	Tag   Tag
	// Lower and Upper of a Range and a Count, both included: of an integer or an amount its value, of a date the days since
	// 0001-01-01.
	Lower, Upper int64
	// Other field of a Ratio and its tag; in the second attestation if there are two. Field * Q <= Other * P, and Other
	// is above zero.
	Other    uint8
	OtherTag Tag
	P, Q     uint32
	// Set of a Member: 1 to SetSize values of the field's tag.
	Set []commit.CircuitField
	// Months of a History that count, 1 to Months, newest first. At most AtMost of them are at Level or worse: 1 is 30 to 59
	// days late, 2 is 60 or more, and so on to 6; collections, foreclosure, surrender, repossession and charge-off are worse
	// than 6. At least Reported of them are neither 'B' (before the account) nor 'D' (not reported).
	Months, Level, AtMost, Reported uint8
	// AtLeast is how many of the attestations of a Count fulfil it.
	AtLeast uint8
}

// Validate refuses terms that the circuit cannot state, or not sensibly.
func (t Terms) Validate(c Circuit) error {
	if err := c.Validate(); err != nil {
		return err
	}
	if t.Field >= c.Fields {
		return fmt.Errorf("there is no circuit field %d among %d", t.Field, c.Fields)
	}
	if err := t.validateKind(c); err != nil {
		return err
	}
	if !bytes.Equal(t.only(c.Kind).Encode(), t.Encode()) {
		return fmt.Errorf("terms that a predicate of kind %s does not have", c.Kind)
	}
	return nil
}

func (t Terms) validateKind(c Circuit) error {
	switch c.Kind {
	case Range:
		return t.validateBounds()
	case Ratio:
		return t.validateRatio(c)
	case Member:
		return t.validateSet()
	case History:
		return t.validateHistory()
	default:
		if t.AtLeast == 0 || t.AtLeast > c.Attestations {
			return fmt.Errorf("at least 1 to %d of the attestations are asked for, not %d", c.Attestations, t.AtLeast)
		}
		return t.validateBounds()
	}
}

func (t Terms) validateBounds() error {
	if t.Tag != TagInteger && t.Tag != TagAmount && t.Tag != TagDate {
		return errors.New("a range is of an integer, an amount or a date")
	}
	if t.Lower > t.Upper {
		return errors.New("the lower bound is above the upper one")
	}
	if t.Tag == TagDate && t.Lower < 0 {
		return errors.New("a date is in days since 0001-01-01, which is day 0")
	}
	return nil
}

func (t Terms) validateRatio(c Circuit) error {
	number := func(tag Tag) bool { return tag == TagInteger || tag == TagAmount }
	switch {
	case !number(t.Tag) || !number(t.OtherTag):
		return errors.New("a ratio is of integers or amounts")
	case t.Other >= c.Fields:
		return fmt.Errorf("there is no circuit field %d among %d", t.Other, c.Fields)
	case c.Attestations == 1 && t.Other == t.Field:
		return errors.New("a ratio of a field to itself")
	case t.Q == 0:
		return errors.New("a ratio with zero below")
	}
	return nil
}

func (t Terms) validateSet() error {
	if t.Tag < TagString || t.Tag > TagAmount {
		return fmt.Errorf("no field has tag %d", t.Tag)
	}
	if len(t.Set) == 0 || len(t.Set) > SetSize {
		return fmt.Errorf("a set has 1 to %d members, not %d", SetSize, len(t.Set))
	}
	for i := range t.Set {
		if tag, _ := t.Set[i].Parts(); Tag(tag) != t.Tag {
			return errors.New("a member of the set is of another kind than the field")
		}
	}
	return nil
}

func (t Terms) validateHistory() error {
	switch {
	case t.Tag != TagCode:
		return errors.New("a payment history is a code")
	case t.Months == 0 || t.Months > Months:
		return fmt.Errorf("a history is of 1 to %d months, not %d", Months, t.Months)
	case t.Level == 0 || t.Level > 6:
		return errors.New("a level of delinquency is 1 to 6")
	case t.AtMost >= t.Months:
		return errors.New("as many months may be late as there are: that asks nothing")
	case t.Reported > t.Months:
		return errors.New("more months are to be reported than there are")
	}
	return nil
}

// only keeps the terms that the kind has.
func (t Terms) only(kind Kind) Terms {
	kept := Terms{Field: t.Field, Tag: t.Tag}
	switch kind {
	case Range:
		kept.Lower, kept.Upper = t.Lower, t.Upper
	case Ratio:
		kept.Other, kept.OtherTag, kept.P, kept.Q = t.Other, t.OtherTag, t.P, t.Q
	case Member:
		kept.Set = t.Set
	case History:
		kept.Months, kept.Level, kept.AtMost, kept.Reported = t.Months, t.Level, t.AtMost, t.Reported
	case Count:
		kept.Lower, kept.Upper, kept.AtLeast = t.Lower, t.Upper, t.AtLeast
	}
	return kept
}

// Encode the terms in fixed places, so that two that differ have different bytes.
func (t Terms) Encode() []byte {
	out := []byte{t.Field, byte(t.Tag)}
	out = binary.BigEndian.AppendUint64(out, uint64(t.Lower))
	out = binary.BigEndian.AppendUint64(out, uint64(t.Upper))
	out = append(out, t.Other, byte(t.OtherTag))
	out = binary.BigEndian.AppendUint32(out, t.P)
	out = binary.BigEndian.AppendUint32(out, t.Q)
	out = append(out, t.Months, t.Level, t.AtMost, t.Reported, t.AtLeast)
	out = binary.BigEndian.AppendUint32(out, uint32(len(t.Set)))
	for i := range t.Set {
		tag, value := t.Set[i].Parts()
		out = append(append(out, tag), value[:]...)
	}
	return out
}

// public inputs that the terms are, in the circuit's order.
func (t Terms) public(kind Kind) []poseidon.Element {
	small := func(n uint8) poseidon.Element { return element(uint64(n)) }
	switch kind {
	case Range:
		return []poseidon.Element{small(t.Field), small(byte(t.Tag)), t.bound(t.Lower), t.bound(t.Upper)}
	case Ratio:
		return []poseidon.Element{
			small(t.Field), small(byte(t.Tag)), small(t.Other), small(byte(t.OtherTag)), element(uint64(t.P)), element(uint64(t.Q)),
		}
	case Member:
		return append([]poseidon.Element{small(t.Field), small(byte(t.Tag))}, t.members()...)
	case History:
		mask := uint64(1)<<t.Months - 1
		return []poseidon.Element{small(t.Field), element(mask), small(t.Level), small(t.AtMost), small(t.Reported)}
	default:
		return []poseidon.Element{small(t.Field), small(byte(t.Tag)), t.bound(t.Lower), t.bound(t.Upper), small(t.AtLeast)}
	}
}

// bound in the form that the field's value has: 64 bits, of the same order.
func (t Terms) bound(v int64) poseidon.Element {
	if t.Tag == TagDate {
		return element(uint64(v))
	}
	return element(uint64(v) ^ 1<<63)
}

// members of the set, the first one again in the places that are left.
func (t Terms) members() []poseidon.Element {
	out := make([]poseidon.Element, SetSize)
	for i := range out {
		from := 0
		if i < len(t.Set) {
			from = i
		}
		_, value := t.Set[from].Parts()
		out[i].SetBytes(value[:]) // canonical: it was made from an element
	}
	return out
}

func element(v uint64) poseidon.Element {
	var e poseidon.Element
	e.SetUint64(v)
	return e
}
