// Package full makes every commitment of a record from its one seed: the Merkle root that fields are disclosed against
// and, where the schema asks for them, the circuit commitment and the amount commitments (docs/commitment-format.md).
//
// It is for furnishers and their clients. It is apart from package commitment because that is linked into the state
// machine, which needs no Poseidon2.
package full

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/x/attestation/commitment"
)

// Commitments of one record: what a statement about it carries.
type Commitments struct {
	Root    [32]byte // see commitment.Commit
	Circuit []byte   // 32 bytes, none when the layout has no circuit field
	Amounts [][]byte // one for each summed field in leaf order, 32 bytes each
}

// Record is one to commit to.
type Record struct {
	Subject [32]byte
	Values  commitment.Record
	Seed    commitment.Seed
}

// CommitAll returns all commitments to a record about the subject. It fails for what commitment.Commit fails for.
//
// A summed field that the record has no value for is committed to as zero, so that sums do not show who has one.
func CommitAll(layout commitment.Layout, subject [32]byte, record commitment.Record, seed commitment.Seed) (Commitments, error) {
	all, failed := CommitMany(layout, []Record{{subject, record, seed}})
	return all[0], failed[0]
}

// CommitMany is CommitAll for many records of one schema, and faster: their circuit commitments are made together. What fails has an error at
// its place, and no commitments.
func CommitMany(layout commitment.Layout, records []Record) ([]Commitments, []error) {
	all, failed := make([]Commitments, len(records)), make([]error, len(records))
	inputs, places := make([]commit.CircuitInput, 0, len(records)), make([]int, 0, len(records))
	for i, r := range records {
		var fields []commit.CircuitField
		if all[i], fields, failed[i] = commitApart(layout, r); failed[i] != nil || len(fields) == 0 {
			continue
		}
		inputs = append(inputs, commit.CircuitInput{SchemaID: layout.SchemaID, Subject: r.Subject, Fields: fields, Salt: commit.DeriveCircuitSalt(r.Seed)})
		places = append(places, i)
	}
	circuits, err := commit.Circuits(inputs)
	for n, i := range places {
		if err != nil { // all have the schema's fields, so all have too many of them
			all[i], failed[i] = Commitments{}, err
			continue
		}
		all[i].Circuit = circuits[n][:]
	}
	return all, failed
}

// commitApart makes the commitments that are made one by one, and the fields of the other.
func commitApart(layout commitment.Layout, r Record) (Commitments, []commit.CircuitField, error) {
	root, err := commitment.Commit(layout, r.Values, r.Seed)
	if err != nil {
		return Commitments{}, nil, err
	}
	out := Commitments{Root: root}
	fields, err := circuitFields(layout, r.Values)
	if err != nil {
		return Commitments{}, nil, err
	}
	for i, field := range layout.Fields {
		if field.Summed {
			amount, err := number(field, r.Values)
			if err != nil {
				return Commitments{}, nil, fmt.Errorf("field %q: %w", field.Name, err)
			}
			point := commit.Amount(amount, commit.DeriveBlinding(r.Seed, uint16(i)))
			out.Amounts = append(out.Amounts, point[:])
		}
	}
	return out, fields, nil
}

// Opening is what opens one amount commitment; commit.VerifyAmount checks it.
type Opening struct {
	Place    int // in Commitments.Amounts
	Value    int64
	Blinding commit.Blinding
}

// OpenAmount returns the opening of the named summed field.
func OpenAmount(layout commitment.Layout, record commitment.Record, seed commitment.Seed, name string) (Opening, error) {
	if err := record.Check(layout); err != nil {
		return Opening{}, err
	}
	place := 0
	for i, field := range layout.Fields {
		if field.Summed && field.Name == name {
			value, err := number(field, record)
			return Opening{Place: place, Value: value, Blinding: commit.DeriveBlinding(seed, uint16(i))}, err
		}
		if field.Summed {
			place++
		}
	}
	return Opening{}, fmt.Errorf("%.64q is not a summed field of the schema", name)
}

// number of a field of kind Amount or Integer; 0 where the record has none.
func number(field commitment.Field, record commitment.Record) (int64, error) {
	text, present := record[field.Name]
	if !present {
		return 0, nil
	}
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, errors.New("not a decimal number of 64 bits") // strconv's own error quotes the text
	}
	return value, nil
}

// CircuitFields are what a record's circuit commitment is of, in leaf order: what a prover opens it with. It fails for what
// commitment.Commit fails for.
func CircuitFields(layout commitment.Layout, record commitment.Record) ([]commit.CircuitField, error) {
	if err := record.Check(layout); err != nil {
		return nil, err
	}
	return circuitFields(layout, record)
}

func circuitFields(layout commitment.Layout, record commitment.Record) ([]commit.CircuitField, error) {
	var fields []commit.CircuitField
	for _, field := range layout.Fields {
		if !field.Circuit {
			continue
		}
		made, err := circuitField(field, record)
		if err != nil {
			return nil, fmt.Errorf("field %q: %w", field.Name, err)
		}
		fields = append(fields, made)
	}
	return fields, nil
}

func circuitField(field commitment.Field, record commitment.Record) (commit.CircuitField, error) {
	text, present := record[field.Name]
	if !present {
		return commit.AbsentField(), nil
	}
	switch field.Kind {
	case commitment.String:
		return commit.StringField(text), nil
	case commitment.Integer:
		value, err := number(field, record)
		return commit.IntegerField(value), err
	case commitment.Amount:
		value, err := number(field, record)
		return commit.AmountField(value), err
	case commitment.Date:
		day, err := time.Parse(time.DateOnly, text)
		if err != nil {
			return commit.CircuitField{}, errors.New("not a calendar day") // time's own error quotes the text
		}
		return commit.DateField(day)
	case commitment.Boolean:
		return commit.BooleanField(text == "true"), nil
	case commitment.Code:
		return commit.CodeField(text)
	default:
		return commit.CircuitField{}, fmt.Errorf("%s is not a kind of field", field.Kind)
	}
}
