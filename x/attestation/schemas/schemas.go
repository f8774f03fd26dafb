// Package schemas holds the schemas that every creditd chain is born with, and the rule by which a
// schema's id follows from its content. The fields are described in this folder's README.
package schemas

import (
	"bytes"
	"embed"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// Names of the built-in schemas.
const (
	TradelineFirm   = "creditd.tradeline.firm"
	TradelinePerson = "creditd.tradeline.person"
)

// Sizes that a definition keeps to.
const (
	MaxNameBytes = 64      // bytes in a schema's name, a role or a unit
	MaxRoles     = 16      // roles that may issue
	maxFileBytes = 1 << 16 // bytes in a definition's JSON
)

// Field is one leaf of a schema.
type Field struct {
	Name        string          `json:"name"`
	Kind        commitment.Kind `json:"kind"`
	Unit        string          `json:"unit"`        // unit of measure or code list, "" where the kind says all
	Disclosable bool            `json:"disclosable"` // whether it may be opened alone, without the rest of the record
}

// Definition is one schema. Its fields are in leaf order, which is part of its identity.
type Definition struct {
	Name        string   `json:"name"`
	Version     uint32   `json:"version"` // from 1
	Revocable   bool     `json:"revocable"`
	IssuerRoles []string `json:"issuer_roles"` // any one of them may issue
	Fields      []Field  `json:"fields"`
}

// ID returns the id of a schema: commitment.ID in the domain "creditd/schema/v1" over these parts, numbers
// big-endian and booleans one byte:
//
//	name, u32(version), u8(revocable), u16(number of roles), each role in ascending byte order,
//	u16(number of fields), then for each field in leaf order: name, u8(kind), unit, u8(disclosable)
//
// It hashes whatever it is given; Definition.Validate says what a schema may be.
func ID(name string, version uint32, revocable bool, roles []string, fields []Field) [32]byte {
	parts := [][]byte{
		[]byte(name),
		binary.BigEndian.AppendUint32(nil, version),
		bit(revocable),
		binary.BigEndian.AppendUint16(nil, uint16(len(roles))),
	}
	for _, role := range slices.Sorted(slices.Values(roles)) {
		parts = append(parts, []byte(role))
	}
	parts = append(parts, binary.BigEndian.AppendUint16(nil, uint16(len(fields))))
	for _, field := range fields {
		parts = append(parts, []byte(field.Name), []byte{byte(field.Kind)}, []byte(field.Unit), bit(field.Disclosable))
	}
	return commitment.ID("creditd/schema/v1", parts...)
}

func bit(b bool) []byte {
	if b {
		return []byte{1}
	}
	return []byte{0}
}

// ID returns the definition's id, see the function ID.
func (d Definition) ID() [32]byte {
	return ID(d.Name, d.Version, d.Revocable, d.IssuerRoles, d.Fields)
}

// Layout returns what commitments under this schema are made with.
func (d Definition) Layout() commitment.Layout {
	layout := commitment.Layout{SchemaID: d.ID(), Fields: make([]commitment.Field, len(d.Fields))}
	for i, field := range d.Fields {
		layout.Fields[i] = commitment.Field{Name: field.Name, Kind: field.Kind}
	}
	return layout
}

// Validate returns the first reason why the definition is no schema.
func (d Definition) Validate() error {
	if err := checkText("name", d.Name); err != nil {
		return err
	}
	if d.Version == 0 {
		return errors.New("version 0: versions count from 1")
	}
	if len(d.IssuerRoles) == 0 || len(d.IssuerRoles) > MaxRoles {
		return fmt.Errorf("a schema has 1 to %d issuer roles, not %d", MaxRoles, len(d.IssuerRoles))
	}
	for i, role := range d.IssuerRoles {
		if err := checkText("issuer role", role); err != nil {
			return err
		}
		if slices.Contains(d.IssuerRoles[:i], role) {
			return fmt.Errorf("issuer role %q appears twice", role)
		}
	}
	for _, field := range d.Fields {
		if field.Unit == "" {
			continue
		}
		if err := checkText("unit", field.Unit); err != nil {
			return fmt.Errorf("field %q: %w", field.Name, err)
		}
	}
	return d.Layout().Validate()
}

// checkText allows printable ASCII without spaces: what is hashed into an id has one spelling.
func checkText(what, text string) error {
	invisible := func(r rune) bool { return r <= ' ' || r >= 0x7f }
	if text == "" || len(text) > MaxNameBytes || strings.ContainsFunc(text, invisible) {
		return fmt.Errorf("%s %q is not 1 to %d printable ASCII characters without spaces", what, text, MaxNameBytes)
	}
	return nil
}

// Parse reads one definition and validates it. Keys that a definition does not have, data after it and
// more than 64 KiB are refused.
func Parse(data []byte) (Definition, error) {
	if len(data) > maxFileBytes {
		return Definition{}, fmt.Errorf("schema: at most %d bytes, not %d", maxFileBytes, len(data))
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var definition Definition
	if err := decoder.Decode(&definition); err != nil {
		return Definition{}, fmt.Errorf("schema: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Definition{}, errors.New("schema: data after the definition")
	}
	if err := definition.Validate(); err != nil {
		return Definition{}, fmt.Errorf("schema: %w", err)
	}
	return definition, nil
}

//go:embed tradeline-*.json
var files embed.FS

// builtin is parsed once. The files are part of the program, so a mistake in one is a bug that the first
// test meets, and no input can cause it.
var builtin = sync.OnceValue(func() []Definition {
	names, err := files.ReadDir(".")
	if err != nil {
		panic(err)
	}
	definitions := make([]Definition, len(names))
	for i, entry := range names {
		data, err := files.ReadFile(entry.Name())
		if err == nil {
			definitions[i], err = Parse(data)
		}
		if err != nil {
			panic(fmt.Errorf("built-in %s: %w", entry.Name(), err))
		}
	}
	return definitions
})

// All returns the built-in definitions in ascending order of their names. They are shared: do not change
// what their slices hold.
func All() []Definition { return slices.Clone(builtin()) }

// ByName returns the built-in definition of that name.
func ByName(name string) (Definition, bool) {
	for _, definition := range builtin() {
		if definition.Name == name {
			return definition, true
		}
	}
	return Definition{}, false
}
