package types

import (
	"bytes"
	"slices"

	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/predicate"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

const (
	maxMembers     = predicate.SetSize
	maxMemberBytes = 32
)

// CheckSizes bounds a predicate before anything is done with it.
func (p Predicate) CheckSizes() error {
	if _, err := IDFromBytes("schema_id", p.SchemaId); err != nil {
		return err
	}
	if len(p.OtherSchemaId) != 0 {
		if _, err := IDFromBytes("other_schema_id", p.OtherSchemaId); err != nil {
			return err
		}
	}
	if p.Kind == PREDICATE_KIND_SUM {
		if len(p.CircuitId) != 0 {
			return ErrInvalidPredicate.Wrap("circuit_id: a sum is proven without a circuit: leave it out")
		}
	} else if _, err := IDFromBytes("circuit_id", p.CircuitId); err != nil {
		return err
	}
	if len(p.Members) > maxMembers {
		return ErrInvalidPredicate.Wrapf("members: %d: a set has at most %d", len(p.Members), maxMembers)
	}
	for i, member := range p.Members {
		if len(member) == 0 || len(member) > maxMemberBytes {
			return ErrInvalidPredicate.Wrapf("members %d: a code has 1 to %d characters", i, maxMemberBytes)
		}
		if i > 0 && p.Members[i-1] >= member {
			return ErrInvalidPredicate.Wrapf("members %d: put them in ascending order, each once", i)
		}
	}
	return nil
}

// only keeps what predicates of the kind use.
func (p Predicate) only() Predicate {
	kept := Predicate{Kind: p.Kind, CircuitId: p.CircuitId, SchemaId: p.SchemaId, Field: p.Field}
	switch p.Kind {
	case PREDICATE_KIND_RANGE:
		kept.Lower, kept.Upper = p.Lower, p.Upper
	case PREDICATE_KIND_RATIO:
		kept.OtherSchemaId, kept.OtherField, kept.Numerator, kept.Denominator = p.OtherSchemaId, p.OtherField, p.Numerator, p.Denominator
	case PREDICATE_KIND_MEMBERSHIP:
		kept.Members = p.Members
	case PREDICATE_KIND_HISTORY:
		kept.Months, kept.Level, kept.AtMost, kept.Reported = p.Months, p.Level, p.AtMost, p.Reported
	case PREDICATE_KIND_COUNT:
		kept.Lower, kept.Upper, kept.AtLeast = p.Lower, p.Upper, p.AtLeast
	case PREDICATE_KIND_SUM:
		kept.Upper = p.Upper
	}
	return kept
}

// Same says whether two predicates ask the same.
func (p Predicate) Same(other Predicate) bool { return bytes.Equal(encoded(p), encoded(other)) }

// encoded is the one encoding of a predicate: gogoproto writes fields in order, and there are no maps.
func encoded(p Predicate) []byte {
	bz, err := p.Marshal()
	if err != nil {
		return nil // it has no parts that could fail
	}
	return bz
}

// Terms of the predicate for privacy/predicate, when its circuit and schemas fit it. other is the schema of the second
// attestation of a ratio of two, else nil.
func (p Predicate) Terms(circuit predicate.Circuit, schema attestationtypes.Schema, other *attestationtypes.Schema) (predicate.Terms, error) {
	terms, err := p.terms(circuit, schema, other)
	if err != nil {
		return terms, err
	}
	if err := terms.Validate(circuit); err != nil {
		return terms, ErrInvalidPredicate.Wrap(err.Error())
	}
	return terms, nil
}

func (p Predicate) terms(circuit predicate.Circuit, schema attestationtypes.Schema, other *attestationtypes.Schema) (terms predicate.Terms, err error) {
	if predicate.Kind(p.Kind) != circuit.Kind {
		return terms, ErrInvalidPredicate.Wrapf("circuit_id: circuit %s is not for %s", circuit.Name(), p.Kind)
	}
	if !p.Same(p.only()) {
		return terms, ErrInvalidPredicate.Wrapf("a %s has bounds that its kind does not: leave them out", p.Kind)
	}
	if terms.Field, terms.Tag, err = circuitField(circuit, schema, p.Field); err != nil {
		return terms, errorsmod.Wrap(err, "field")
	}
	switch p.Kind {
	case PREDICATE_KIND_RANGE, PREDICATE_KIND_COUNT:
		terms.Lower, terms.Upper = p.Lower, p.Upper
		terms.AtLeast, err = small("at_least", p.AtLeast)
	case PREDICATE_KIND_RATIO:
		terms.P, terms.Q = p.Numerator, p.Denominator
		second := schema
		if (circuit.Attestations == 2) != (other != nil) {
			return terms, ErrInvalidPredicate.Wrap("other_schema_id: name it for a circuit of two attestations, and for no other")
		}
		if other != nil {
			second = *other
		}
		if terms.Other, terms.OtherTag, err = circuitField(circuit, second, p.OtherField); err != nil {
			return terms, errorsmod.Wrap(err, "other_field")
		}
	case PREDICATE_KIND_MEMBERSHIP:
		terms.Set, err = p.set(terms.Tag)
	case PREDICATE_KIND_HISTORY:
		terms.Months, terms.Level, terms.AtMost, terms.Reported, err = p.history()
	}
	return terms, err
}

// set of the members. Codes alone: numbers have ranges, and texts could say more than a set should.
func (p Predicate) set(tag predicate.Tag) ([]commit.CircuitField, error) {
	if tag != predicate.TagCode {
		return nil, ErrInvalidPredicate.Wrap("members: the field is no code")
	}
	set := make([]commit.CircuitField, len(p.Members))
	for i, member := range p.Members {
		field, err := commit.CodeField(member)
		if err != nil {
			return nil, ErrInvalidPredicate.Wrapf("members %d: %s", i, err)
		}
		set[i] = field
	}
	return set, nil
}

func (p Predicate) history() (months, level, atMost, reported uint8, err error) {
	for _, each := range []struct {
		name string
		from uint32
		to   *uint8
	}{{"months", p.Months, &months}, {"level", p.Level, &level}, {"at_most", p.AtMost, &atMost}, {"reported", p.Reported, &reported}} {
		if *each.to, err = small(each.name, each.from); err != nil {
			break
		}
	}
	return months, level, atMost, reported, err
}

func small(name string, n uint32) (uint8, error) {
	if n > 0xff {
		return 0, ErrInvalidPredicate.Wrapf("%s %d: too many", name, n)
	}
	return uint8(n), nil
}

// circuitField is the place of a schema's field among its circuit fields, and its tag.
func circuitField(circuit predicate.Circuit, schema attestationtypes.Schema, leaf uint32) (place uint8, tag predicate.Tag, err error) {
	if int64(leaf) >= int64(len(schema.Fields)) {
		return 0, 0, ErrInvalidPredicate.Wrapf("%d: schema %s version %d has %d fields", leaf, schema.Name, schema.Version, len(schema.Fields))
	}
	field := schema.Fields[leaf]
	if !field.Circuit {
		return 0, 0, ErrInvalidPredicate.Wrapf("%s of schema %s version %d is not committed to for circuits", field.Name, schema.Name, schema.Version)
	}
	all := 0
	for i, each := range schema.Fields {
		if each.Circuit {
			if i == int(leaf) {
				place = uint8(all)
			}
			all++
		}
	}
	if all != int(circuit.Fields) {
		return 0, 0, ErrInvalidPredicate.Wrapf("schema %s version %d has %d circuit fields, circuit %s is for %d",
			schema.Name, schema.Version, all, circuit.Name(), circuit.Fields)
	}
	return place, predicate.Tag(field.Kind), nil
}

// CheckSum checks a sum against its schema.
func (p Predicate) CheckSum(schema attestationtypes.Schema) error {
	if !p.Same(p.only()) {
		return ErrInvalidPredicate.Wrap("a sum has an upper bound and no other: leave the rest out")
	}
	_, err := SummedPlace(schema, p.Field)
	return err
}

// OfTradelines says whether a schema is of credit accounts: amounts under it are added up, and what a SUM adds up are tradelines. Under
// such a schema an answer rests on a tradeline alone, which has the clocks, notices and disputes that the rules of x/credit ask for, and
// not on what its issuer stated past them.
func OfTradelines(schema attestationtypes.Schema) bool {
	return slices.ContainsFunc(schema.Fields, func(f attestationtypes.Field) bool { return f.Summed })
}

// SummedPlace is the place of a field's commitment among the amount commitments of a statement.
func SummedPlace(schema attestationtypes.Schema, leaf uint32) (int, error) {
	if int64(leaf) >= int64(len(schema.Fields)) {
		return 0, ErrInvalidPredicate.Wrapf("field %d: schema %s version %d has %d fields", leaf, schema.Name, schema.Version, len(schema.Fields))
	}
	if !schema.Fields[leaf].Summed {
		return 0, ErrInvalidPredicate.Wrapf("field %s of schema %s version %d is not committed to for sums",
			schema.Fields[leaf].Name, schema.Name, schema.Version)
	}
	place := 0
	for _, field := range schema.Fields[:leaf] {
		if field.Summed {
			place++
		}
	}
	return place, nil
}

// Schemas that the predicate is about.
func (p Predicate) Schemas() [][]byte {
	if len(p.OtherSchemaId) == 0 || bytes.Equal(p.OtherSchemaId, p.SchemaId) {
		return [][]byte{p.SchemaId}
	}
	return [][]byte{p.SchemaId, p.OtherSchemaId}
}

// AskedField is a field of a schema.
type AskedField struct {
	Schema ID
	Field  uint32
}

// Fields that the predicate says something about, each once: what it takes from the budgets of.
func (p Predicate) Fields() []AskedField {
	fields := []AskedField{{Schema: ID(p.SchemaId), Field: p.Field}}
	if p.Kind != PREDICATE_KIND_RATIO {
		return fields
	}
	other := AskedField{Schema: ID(p.SchemaId), Field: p.OtherField}
	if len(p.OtherSchemaId) != 0 {
		other.Schema = ID(p.OtherSchemaId)
	}
	if !slices.Contains(fields, other) {
		fields = append(fields, other)
	}
	return fields
}
