package commitment

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/creditd/creditd/x/attestation/merkle"
)

// MaxDisclosureBytes bounds the JSON of a Disclosure before it is parsed. The largest valid one, of
// MaxFields strings of which every byte is written as an escape like \u003c, has about 450 KiB.
const MaxDisclosureBytes = 512 << 10

// ErrMismatch is wrapped by Verify when a disclosure is well-formed but is not of the commitment: a
// value, a salt or a path was changed, or it belongs to another record.
var ErrMismatch = errors.New("the disclosure is not of this commitment")

// Disclosure opens some fields of a committed record and proves that they belong to it. Whoever holds the
// layout and the commitment checks it with Verify; the other fields stay hidden.
type Disclosure struct {
	SchemaID Hash             `json:"schema"` // id of the schema that the record was committed under
	Size     int              `json:"size"`   // number of fields in the layout
	Fields   []DisclosedField `json:"fields"` // ascending by Index, at least one
}

// DisclosedField is one opened leaf.
type DisclosedField struct {
	Index   int    `json:"index"` // position in the layout, from 0
	Name    string `json:"name"`
	Kind    Kind   `json:"kind"`
	Present bool   `json:"present"` // false: the record has no value here, and Value is empty
	Value   string `json:"value"`   // canonical text, see Canonical
	Salt    Hash   `json:"salt"`
	Path    []Hash `json:"path"` // siblings from the leaf to the root, RFC 9162 s.2.1.3
}

// Hash is 32 bytes, written in JSON as 64 lower-case hexadecimal digits.
type Hash [32]byte

// MarshalText writes the hash in hexadecimal; it never fails.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads 64 hexadecimal digits.
func (h *Hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("a hash has %d hexadecimal digits, not %d", hex.EncodedLen(len(h)), len(text))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// Disclose opens the named fields of a record, in any order. It fails for what Commit fails for, and for a
// name that the layout lacks or that is given twice, or for no name at all. A field that the record has no
// value for can be disclosed: that proves its absence.
func Disclose(layout Layout, record Record, seed Seed, names ...string) (Disclosure, error) {
	if err := record.Check(layout); err != nil {
		return Disclosure{}, err
	}
	if len(names) == 0 {
		return Disclosure{}, errors.New("name at least one field to disclose")
	}
	indexes := make([]int, len(names))
	for i, name := range names {
		if indexes[i] = layout.index(name); indexes[i] < 0 {
			return Disclosure{}, fmt.Errorf("field %q is not in the schema", name)
		}
		if slices.Contains(indexes[:i], indexes[i]) {
			return Disclosure{}, fmt.Errorf("field %q is named twice", name)
		}
	}
	slices.Sort(indexes)

	hashes := leaves(layout, record, seed)
	disclosure := Disclosure{SchemaID: layout.SchemaID, Size: len(layout.Fields)}
	for _, i := range indexes {
		field := layout.Fields[i]
		value, present := record[field.Name]
		disclosed := DisclosedField{
			Index: i, Name: field.Name, Kind: field.Kind, Present: present, Value: value,
			Salt: seed.salt(i), Path: []Hash{},
		}
		for _, sibling := range merkle.InclusionPath(hashes, uint64(i)) {
			disclosed.Path = append(disclosed.Path, sibling)
		}
		disclosure.Fields = append(disclosure.Fields, disclosed)
	}
	return disclosure, nil
}

// Verify checks that every disclosed field is what the record committed to by root says, under the layout
// that the verifier knows: never one taken from the disclosure. It wraps ErrMismatch when the fields fit the
// layout but not the root.
func (d Disclosure) Verify(layout Layout, root [32]byte) error {
	if err := layout.Validate(); err != nil {
		return err
	}
	if d.SchemaID != layout.SchemaID {
		return fmt.Errorf("the disclosure is under schema %x, not %x", d.SchemaID[:], layout.SchemaID[:])
	}
	if d.Size != len(layout.Fields) {
		return fmt.Errorf("the disclosure says %d fields, the schema has %d", d.Size, len(layout.Fields))
	}
	if len(d.Fields) == 0 {
		return errors.New("the disclosure has no field")
	}
	previous := -1
	for _, field := range d.Fields {
		if field.Index <= previous || field.Index >= d.Size {
			return fmt.Errorf("field %q: index %d is out of order or range", field.Name, field.Index)
		}
		previous = field.Index
		if err := field.verify(layout, root); err != nil {
			return fmt.Errorf("field %q: %w", field.Name, err)
		}
	}
	return nil
}

func (f DisclosedField) verify(layout Layout, root [32]byte) error {
	want := layout.Fields[f.Index]
	if f.Name != want.Name || f.Kind != want.Kind {
		return fmt.Errorf("leaf %d is %q of kind %s in the schema, not of kind %s", f.Index, want.Name, want.Kind, f.Kind)
	}
	if !f.Present && f.Value != "" {
		return errors.New("absent, and yet with a value")
	}
	if f.Present {
		if err := Canonical(f.Kind, f.Value); err != nil {
			return err
		}
	}
	path := make([][32]byte, len(f.Path))
	for i, sibling := range f.Path {
		path[i] = sibling
	}
	leaf := merkle.HashLeaf(leafData(f.Salt, f.Index, want, f.Value, f.Present))
	tree, ok := merkle.RootFromPath(leaf, uint64(f.Index), uint64(len(layout.Fields)), path)
	if !ok || bind(layout.SchemaID, len(layout.Fields), tree) != root {
		return ErrMismatch
	}
	return nil
}

// UnmarshalJSON reads what json.Marshal writes for a Disclosure, in any amount of white space and nothing
// else: unknown, missing, repeated or differently cased keys, keys in another order, upper-case
// hexadecimal digits and more than MaxDisclosureBytes are refused. One disclosure has one encoding, so that
// changing any byte of it is noticed.
func (d *Disclosure) UnmarshalJSON(data []byte) error {
	if len(data) > MaxDisclosureBytes {
		return fmt.Errorf("a disclosure has at most %d bytes, not %d", MaxDisclosureBytes, len(data))
	}
	type plain Disclosure // without this method
	var decoded plain
	if err := json.Unmarshal(data, &decoded); err != nil {
		return fmt.Errorf("disclosure: %w", err)
	}
	if len(decoded.Fields) > MaxFields {
		return fmt.Errorf("a disclosure has at most %d fields, not %d", MaxFields, len(decoded.Fields))
	}
	for _, field := range decoded.Fields {
		if field.Path == nil {
			return fmt.Errorf("disclosure: field %q has no path", field.Name)
		}
	}
	encoded, err := json.Marshal(decoded)
	if err != nil {
		return fmt.Errorf("disclosure: %w", err)
	}
	if !bytes.Equal(encoded, compact(data)) {
		return errors.New("disclosure: not in the canonical encoding (keys as written by creditd, each once and in order, lower-case hexadecimal)")
	}
	*d = Disclosure(decoded)
	return nil
}

// compact removes white space and writes <, > and & as json.Marshal does; other JSON writers leave these
// three as they are. The input was parsed before, so that json.Compact cannot fail.
func compact(data []byte) []byte {
	var tight, escaped bytes.Buffer
	_ = json.Compact(&tight, data)
	json.HTMLEscape(&escaped, tight.Bytes())
	return escaped.Bytes()
}
