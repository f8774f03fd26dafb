package commitment

import (
	"fmt"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Sizes that the format allows. They bound all work before anything is hashed.
const (
	MaxFields      = 64   // fields in a layout
	MaxNameBytes   = 64   // bytes in a field's name
	MaxStringBytes = 1024 // bytes in a String value
	MaxCodeBytes   = 32   // bytes in a Code value
)

// Kind says what a field's text means and which texts are canonical. The values are part of the leaf
// and never change; 0 is no kind.
type Kind uint8

const (
	String  Kind = 1 // UTF-8 in Unicode Normalization Form C, no control characters, at most MaxStringBytes
	Integer Kind = 2 // decimal in the range of int64
	Date    Kind = 3 // YYYY-MM-DD, a day of the proleptic Gregorian calendar
	Boolean Kind = 4 // true or false
	Code    Kind = 5 // a value of a code list: 1 to MaxCodeBytes of A-Z 0-9 _ . -
	Amount  Kind = 6 // decimal in the range of int64, in minor units (cents) of the currency in another field
)

var kindNames = [...]string{
	String: "string", Integer: "integer", Date: "date", Boolean: "boolean", Code: "code", Amount: "amount",
}

// Valid tells whether k is one of the kinds above.
func (k Kind) Valid() bool { return k >= String && k <= Amount }

// String returns the kind's name in JSON and in schema definitions, or "kind(n)" if it has none.
func (k Kind) String() string {
	if !k.Valid() {
		return fmt.Sprintf("kind(%d)", uint8(k))
	}
	return kindNames[k]
}

// MarshalText writes the kind's name; it fails for a value that is no kind.
func (k Kind) MarshalText() ([]byte, error) {
	if !k.Valid() {
		return nil, fmt.Errorf("%s is not a kind of field", k)
	}
	return []byte(kindNames[k]), nil
}

// UnmarshalText reads a kind's name, exactly as MarshalText writes it.
func (k *Kind) UnmarshalText(text []byte) error {
	for i := String; i <= Amount; i++ {
		if kindNames[i] == string(text) {
			*k = i
			return nil
		}
	}
	return fmt.Errorf("%q is not a kind of field", text)
}

// Field is one leaf of a layout.
type Field struct {
	Name string // [a-z][a-z0-9_]*, at most MaxNameBytes
	Kind Kind

	// Which commitments the field's value is in beside the Merkle root. They change nothing of that.
	Circuit bool // in the circuit commitment
	Summed  bool // has an amount commitment of its own; Amount and Integer alone
}

// Layout is what of a schema the commitment depends on: its id and its fields in leaf order.
type Layout struct {
	SchemaID [32]byte
	Fields   []Field
}

// Validate refuses a layout without fields, with more than MaxFields, with a name that is malformed or
// appears twice, with a kind that does not exist, or with a summed field of which there are no sums.
func (l Layout) Validate() error {
	if len(l.Fields) == 0 || len(l.Fields) > MaxFields {
		return fmt.Errorf("a layout has 1 to %d fields, not %d", MaxFields, len(l.Fields))
	}
	for i, field := range l.Fields {
		if !validName(field.Name) {
			return fmt.Errorf("field %d: name %q is not [a-z][a-z0-9_]* of at most %d bytes", i, field.Name, MaxNameBytes)
		}
		if !field.Kind.Valid() {
			return fmt.Errorf("field %q: %s is not a kind of field", field.Name, field.Kind)
		}
		if field.Summed && field.Kind != Amount && field.Kind != Integer {
			return fmt.Errorf("field %q: kind %s cannot be summed, only amount and integer can", field.Name, field.Kind)
		}
		if l.index(field.Name) != i {
			return fmt.Errorf("field %q appears twice", field.Name)
		}
	}
	return nil
}

// index returns the leaf index of the first field of that name, or -1. A scan beats a map at these sizes.
func (l Layout) index(name string) int {
	for i := range l.Fields {
		if l.Fields[i].Name == name {
			return i
		}
	}
	return -1
}

func validName(name string) bool {
	if len(name) == 0 || len(name) > MaxNameBytes || name[0] < 'a' || name[0] > 'z' {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// Canonical returns nil if text is the one canonical text of its value, and otherwise says what is
// wrong. A value that could be written in two ways would have two commitments. The error never quotes
// the text: it may be personal data.
func Canonical(kind Kind, text string) error {
	switch kind {
	case String:
		return canonicalString(text)
	case Integer, Amount:
		// FormatInt is the definition: no plus sign, no leading zeros, no "-0".
		if n, err := strconv.ParseInt(text, 10, 64); err != nil || strconv.FormatInt(n, 10) != text {
			return fmt.Errorf("not a canonical decimal number of 64 bits")
		}
	case Date:
		// time.Parse knows a year 0000, which the calendar does not have.
		if _, err := time.Parse(time.DateOnly, text); err != nil || text[:4] == "0000" {
			return fmt.Errorf("not a calendar day written YYYY-MM-DD")
		}
	case Boolean:
		if text != "true" && text != "false" {
			return fmt.Errorf("not true or false")
		}
	case Code:
		return canonicalCode(text)
	default:
		return fmt.Errorf("%s is not a kind of field", kind)
	}
	return nil
}

func canonicalCode(text string) error {
	if len(text) == 0 || len(text) > MaxCodeBytes {
		return fmt.Errorf("a code has 1 to %d characters", MaxCodeBytes)
	}
	for i := range len(text) {
		c := text[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' {
			return fmt.Errorf("a code has only A-Z, 0-9, '_', '.' and '-'")
		}
	}
	return nil
}

func canonicalString(text string) error {
	if len(text) > MaxStringBytes {
		return fmt.Errorf("longer than %d bytes", MaxStringBytes)
	}
	if !utf8.ValidString(text) {
		return fmt.Errorf("not UTF-8")
	}
	for _, r := range text {
		// Line separators break a line like the control characters do; bidirectional controls make a
		// text read differently from what it says.
		if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return fmt.Errorf("has control character U+%04X", r)
		}
	}
	if !norm.NFC.IsNormalString(text) {
		return fmt.Errorf("not in Unicode Normalization Form C")
	}
	return nil
}
