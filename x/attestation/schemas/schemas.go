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
	"github.com/creditd/creditd/x/attestation/jsonschema"
)

// Names of the built-in schemas.
const (
	Licence         = "creditd.licence"
	Score           = "creditd.score"
	TaxStanding     = "creditd.tax.standing"
	TradelineFirm   = "creditd.tradeline.firm"
	TradelinePerson = "creditd.tradeline.person"
	UtilityPayment  = "creditd.utility.payment"
)

// Sizes that a definition keeps to.
const (
	MaxNameBytes = 64      // bytes in a schema's name, a resolver's, a role or a unit
	MaxRoles     = 16      // roles that may issue
	MaxIssuers   = 64      // institutions that may issue
	maxAddress   = 255     // bytes in an account's address, in any Cosmos chain
	maxFileBytes = 1 << 16 // bytes in a definition's JSON
)

// ErrJSONSchema is what is wrong when all but the definition's JSON Schema is in order.
var ErrJSONSchema = errors.New("json_schema")

// Field is one leaf of a schema.
type Field struct {
	Name        string          `json:"name"`
	Kind        commitment.Kind `json:"kind"`
	Unit        string          `json:"unit"`        // unit of measure or code list, "" where the kind says all
	Disclosable bool            `json:"disclosable"` // whether it may be opened alone, without the rest of the record
	Circuit     bool            `json:"circuit"`     // whether it is also in the circuit commitment, for predicate proofs
	Summed      bool            `json:"summed"`      // whether it has an amount commitment of its own, for sums
}

// Definition is one schema. Its fields are in leaf order, which is part of its identity. Who may issue is said by
// exactly one of IssuerRoles, Accredited and Issuers.
type Definition struct {
	Name        string   `json:"name"`
	Version     uint32   `json:"version"` // from 1
	Revocable   bool     `json:"revocable"`
	IssuerRoles []string `json:"issuer_roles"` // any one of them may issue
	Accredited  bool     `json:"accredited"`   // who holds an accreditation for it may issue
	Listed      bool     `json:"listed"`       // whether what is stated under it is found by subject
	Resolver    string   `json:"resolver"`     // hook of the chain, "" for none
	Fields      []Field  `json:"fields"`
	JSONSchema  string   `json:"-"` // of the payload, see x/attestation/jsonschema; "" for none

	// What built-in schemas have not.
	Creator  []byte   `json:"-"` // address of the institution that put it on the chain
	Issuers  [][]byte `json:"-"` // addresses of those that may issue, ascending
	Previous []byte   `json:"-"` // id of the version before it
}

// ID returns the id of a schema: commitment.ID in the domain "creditd/schema/v2" over these parts, numbers
// big-endian and booleans one byte:
//
//	creator, name, u32(version), previous, u8(revocable), u8(accredited), u8(listed), resolver, json_schema,
//	u16(number of roles), each role in ascending byte order, u16(number of issuers), each issuer's address,
//	u16(number of fields), then for each field in leaf order:
//	name, u8(kind), unit, u8(disclosable), u8(circuit), u8(summed)
//
// The creator is part of it, so that nobody can take the id of another's schema. It hashes whatever it is given;
// Validate says what a schema may be.
func (d Definition) ID() [32]byte {
	parts := [][]byte{
		d.Creator, []byte(d.Name), binary.BigEndian.AppendUint32(nil, d.Version), d.Previous,
		bit(d.Revocable), bit(d.Accredited), bit(d.Listed), []byte(d.Resolver), []byte(d.JSONSchema),
		count(len(d.IssuerRoles)),
	}
	for _, role := range slices.Sorted(slices.Values(d.IssuerRoles)) {
		parts = append(parts, []byte(role))
	}
	parts = append(append(parts, count(len(d.Issuers))), d.Issuers...)
	parts = append(parts, count(len(d.Fields)))
	for _, field := range d.Fields {
		parts = append(parts, []byte(field.Name), []byte{byte(field.Kind)}, []byte(field.Unit),
			bit(field.Disclosable), bit(field.Circuit), bit(field.Summed))
	}
	return commitment.ID("creditd/schema/v2", parts...)
}

func count(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }

func bit(b bool) []byte {
	if b {
		return []byte{1}
	}
	return []byte{0}
}

// Layout returns what commitments under this schema are made with.
func (d Definition) Layout() commitment.Layout {
	return commitment.Layout{SchemaID: d.ID(), Fields: d.fields()}
}

func (d Definition) fields() []commitment.Field {
	fields := make([]commitment.Field, len(d.Fields))
	for i, field := range d.Fields {
		fields[i] = commitment.Field{Name: field.Name, Kind: field.Kind, Circuit: field.Circuit, Summed: field.Summed}
	}
	return fields
}

// Validate returns the first reason why the definition is no schema.
func (d Definition) Validate() error {
	if err := checkText("name", d.Name); err != nil {
		return err
	}
	if d.Version == 0 {
		return errors.New("version 0: versions count from 1")
	}
	if d.Resolver != "" {
		if err := checkText("resolver", d.Resolver); err != nil {
			return err
		}
	}
	if err := d.checkIssuers(); err != nil {
		return err
	}
	for _, field := range d.Fields {
		if err := field.check(); err != nil {
			return fmt.Errorf("field %q: %w", field.Name, err)
		}
	}
	layout := d.fields()
	if err := (commitment.Layout{Fields: layout}).Validate(); err != nil {
		return err
	}
	if d.JSONSchema != "" {
		if err := jsonschema.Check(d.JSONSchema, layout); err != nil {
			return fmt.Errorf("%w: %w", ErrJSONSchema, err)
		}
	}
	return nil
}

// checkIssuers checks who may issue.
func (d Definition) checkIssuers() error {
	if len(d.IssuerRoles) > MaxRoles {
		return fmt.Errorf("at most %d issuer roles, not %d", MaxRoles, len(d.IssuerRoles))
	}
	if len(d.Issuers) > MaxIssuers {
		return fmt.Errorf("at most %d issuers, not %d", MaxIssuers, len(d.Issuers))
	}
	ways := 0
	for _, given := range []bool{len(d.IssuerRoles) > 0, d.Accredited, len(d.Issuers) > 0} {
		if given {
			ways++
		}
	}
	if ways != 1 {
		return errors.New("who may issue is said by exactly one of issuer_roles, accredited and issuers")
	}
	for i, role := range d.IssuerRoles {
		if err := checkText("issuer role", role); err != nil {
			return err
		}
		if slices.Contains(d.IssuerRoles[:i], role) {
			return fmt.Errorf("issuer role %q appears twice", role)
		}
	}
	for i, issuer := range d.Issuers {
		if len(issuer) == 0 || len(issuer) > maxAddress {
			return fmt.Errorf("issuer %d: an address of %d bytes", i, len(issuer))
		}
		if i > 0 && bytes.Compare(d.Issuers[i-1], issuer) >= 0 {
			return fmt.Errorf("issuer %d: put them in ascending order of their addresses' bytes, each once", i)
		}
	}
	return nil
}

func (f Field) check() error {
	if f.Unit != "" {
		if err := checkText("unit", f.Unit); err != nil {
			return err
		}
	}
	if f.Summed && f.Kind != commitment.Amount && f.Kind != commitment.Integer {
		return fmt.Errorf("a %s is no number that could be summed", f.Kind)
	}
	return nil
}

// checkText allows printable ASCII without spaces: what is hashed into an id has one spelling.
func checkText(what, text string) error {
	invisible := func(r rune) bool { return r <= ' ' || r >= 0x7f }
	if text == "" || len(text) > MaxNameBytes || strings.ContainsFunc(text, invisible) {
		return fmt.Errorf("%s %q is not 1 to %d printable ASCII characters without spaces", what, text, MaxNameBytes)
	}
	return nil
}

// Parse reads one definition and validates it. Its json_schema is an object, of which the chain keeps the text without
// white space. Keys that a definition does not have, data after it and more than 64 KiB are refused.
func Parse(data []byte) (Definition, error) {
	if len(data) > maxFileBytes {
		return Definition{}, fmt.Errorf("schema: at most %d bytes, not %d", maxFileBytes, len(data))
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	var file struct {
		Definition
		JSONSchema json.RawMessage `json:"json_schema"`
	}
	if err := decoder.Decode(&file); err != nil {
		return Definition{}, fmt.Errorf("schema: %w", err)
	}
	if _, err := decoder.Token(); err != io.EOF {
		return Definition{}, errors.New("schema: data after the definition")
	}
	definition := file.Definition
	if len(file.JSONSchema) > 0 {
		var compact bytes.Buffer
		if err := json.Compact(&compact, file.JSONSchema); err != nil {
			return Definition{}, fmt.Errorf("schema: json_schema: %w", err)
		}
		definition.JSONSchema = compact.String()
	}
	if err := definition.Validate(); err != nil {
		return Definition{}, fmt.Errorf("schema: %w", err)
	}
	return definition, nil
}

//go:embed *.json
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

// layouts of the built-in definitions in their order. Their ids are hashes of all that is in them, so they are made once.
var layouts = sync.OnceValue(func() []commitment.Layout {
	all := make([]commitment.Layout, len(builtin()))
	for i, definition := range builtin() {
		all[i] = definition.Layout()
	}
	return all
})

// LayoutByName returns the layout of the built-in definition of that name. It is shared: do not change its fields.
func LayoutByName(name string) (commitment.Layout, bool) {
	for i, definition := range builtin() {
		if definition.Name == name {
			return layouts()[i], true
		}
	}
	return commitment.Layout{}, false
}

// LayoutByID returns the layout of the built-in definition of that id. It is shared: do not change its fields.
func LayoutByID(id [32]byte) (commitment.Layout, bool) {
	for _, layout := range layouts() {
		if layout.SchemaID == id {
			return layout, true
		}
	}
	return commitment.Layout{}, false
}
