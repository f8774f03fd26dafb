package jsonschema

import (
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of a text. They are checked before or while it is read, never after.
const (
	MaxBytes   = 16 << 10 // of a schema
	MaxPayload = 64 << 10 // of a payload: 64 fields of the longest text
	maxDepth   = 16       // arrays and objects in one another
	maxValues  = 4096     // values in a text
	maxMembers = 256      // in one array or object
	maxInteger = 1<<53 - 1
)

type kind uint8

const (
	kindNull kind = iota
	kindBoolean
	kindInteger
	kindString
	kindArray
	kindObject
)

// value is a JSON value. An object's members are in the order of the text.
type value struct {
	kind    kind
	boolean bool
	integer int64
	text    string
	names   []string // of an object's members
	values  []value  // of an array's elements or an object's members
}

// member returns the object's member of that name.
func (v value) member(name string) (value, bool) {
	for i := range v.names {
		if v.names[i] == name {
			return v.values[i], true
		}
	}
	return value{}, false
}

// parse reads a JSON text (RFC 8259) strictly: one value and nothing after it, within the bounds above, UTF-8, each
// member name once in its object, and only integers that every JSON library reads alike (RFC 7493 s.2). Strings hold
// no character that cannot be seen or that turns the order of the others around. Errors never quote the text: a
// payload is personal data.
func parse(text string, maxBytes int) (value, error) {
	if len(text) > maxBytes {
		return value{}, fmt.Errorf("%d bytes: at most %d", len(text), maxBytes)
	}
	if !utf8.ValidString(text) {
		return value{}, fmt.Errorf("not UTF-8")
	}
	p := &parser{text: text}
	p.space()
	v, err := p.value(0)
	if err != nil {
		return value{}, err
	}
	p.space()
	if p.at < len(text) {
		return value{}, p.fail("text after the value")
	}
	return v, nil
}

type parser struct {
	text  string
	at    int
	count int // values so far
}

func (p *parser) fail(format string, args ...any) error {
	return fmt.Errorf("byte %d: %s", p.at, fmt.Sprintf(format, args...))
}

// peek returns the next byte, 0 at the end; a NUL in the text is refused wherever 0 is.
func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) space() {
	for c := p.peek(); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = p.peek() {
		p.at++
	}
}

// take goes over the byte if it is the next.
func (p *parser) take(c byte) bool {
	if p.peek() != c {
		return false
	}
	p.at++
	return true
}

func (p *parser) value(depth int) (value, error) {
	if p.count++; p.count > maxValues {
		return value{}, p.fail("more than %d values", maxValues)
	}
	switch c := p.peek(); {
	case c == '{' || c == '[':
		if depth == maxDepth {
			return value{}, p.fail("nested more than %d deep", maxDepth)
		}
		return p.composite(c, depth+1)
	case c == '"':
		text, err := p.string()
		return value{kind: kindString, text: text}, err
	case c == '-' || c >= '0' && c <= '9':
		integer, err := p.integer()
		return value{kind: kindInteger, integer: integer}, err
	}
	for _, word := range []struct {
		text string
		is   value
	}{{"true", value{kind: kindBoolean, boolean: true}}, {"false", value{kind: kindBoolean}}, {"null", value{}}} {
		if len(p.text)-p.at >= len(word.text) && p.text[p.at:p.at+len(word.text)] == word.text {
			p.at += len(word.text)
			return word.is, nil
		}
	}
	return value{}, p.fail("a value is expected")
}

// composite reads an array or an object.
func (p *parser) composite(open byte, depth int) (value, error) {
	v, end := value{kind: kindArray}, byte(']')
	if open == '{' {
		v.kind, end = kindObject, '}'
	}
	p.at++
	p.space()
	if p.take(end) {
		return v, nil
	}
	for {
		if len(v.values) == maxMembers {
			return v, p.fail("more than %d in one array or object", maxMembers)
		}
		if v.kind == kindObject {
			if err := p.name(&v); err != nil {
				return v, err
			}
		}
		each, err := p.value(depth)
		if err != nil {
			return v, err
		}
		v.values = append(v.values, each)
		p.space()
		if p.take(end) {
			return v, nil
		}
		if !p.take(',') {
			return v, p.fail("',' or '%c' is expected", end)
		}
		p.space()
	}
}

// name reads a member's name and the colon.
func (p *parser) name(v *value) error {
	if p.peek() != '"' {
		return p.fail("a member's name is expected")
	}
	start := p.at
	name, err := p.string()
	if err != nil {
		return err
	}
	if _, twice := v.member(name); twice {
		p.at = start
		return p.fail("the name is there twice in its object")
	}
	v.names = append(v.names, name)
	p.space()
	if !p.take(':') {
		return p.fail("':' is expected")
	}
	p.space()
	return nil
}

// integer reads a number. Fractions and exponents are refused: no field has such a value.
func (p *parser) integer() (int64, error) {
	start := p.at
	p.take('-')
	digits := p.at
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	text := p.text[start:p.at]
	leading := p.at-digits > 1 && p.text[digits] == '0'
	if c := p.peek(); digits == p.at || leading || text == "-0" || c == '.' || c == 'e' || c == 'E' {
		return 0, p.fail("only integers, written without fraction, exponent, leading zeros or '-0'")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > maxInteger || n < -maxInteger {
		return 0, p.fail("a number beyond 2^53-1, which not every JSON library reads alike: write it as a string")
	}
	return n, nil
}

func (p *parser) string() (string, error) {
	p.at++
	var out []byte
	for {
		if p.at >= len(p.text) {
			return "", p.fail("the string does not end")
		}
		r, size := utf8.DecodeRuneInString(p.text[p.at:])
		switch r {
		case '"':
			p.at++
			return string(out), nil
		case '\\':
			escaped, err := p.escape()
			if err != nil {
				return "", err
			}
			r = escaped
		default:
			p.at += size
		}
		if invisible(r) {
			return "", p.fail("U+%04X is a control character, or one that is not seen", r)
		}
		out = utf8.AppendRune(out, r)
	}
}

func (p *parser) escape() (rune, error) {
	p.at++
	c := p.peek()
	p.at++
	switch c {
	case '"', '\\', '/':
		return rune(c), nil
	case 'b', 'f', 'n', 'r', 't':
		return '\n', nil // a control character, which the caller refuses
	case 'u':
		r, err := p.unit()
		if err != nil || !utf16.IsSurrogate(r) {
			return r, err
		}
		if p.take('\\') && p.take('u') {
			second, err := p.unit()
			if err != nil {
				return 0, err
			}
			if pair := utf16.DecodeRune(r, second); pair != utf8.RuneError {
				return pair, nil
			}
		}
		return 0, p.fail("a surrogate without its other half")
	}
	p.at--
	return 0, p.fail("no such escape")
}

// unit reads the four digits after \u.
func (p *parser) unit() (rune, error) {
	if len(p.text)-p.at < 4 {
		return 0, p.fail("four hexadecimal digits are expected")
	}
	digits := p.text[p.at : p.at+4]
	n, err := strconv.ParseUint(digits, 16, 16)
	if err != nil || digits[0] == '+' {
		return 0, p.fail("four hexadecimal digits are expected")
	}
	p.at += 4
	return rune(n), nil
}

// unseen are the ranges of invisible. They are written out, and not asked from package unicode, whose tables change
// with the toolchain: every version of the program refuses the same texts.
var unseen = [...][2]rune{
	{0x00, 0x1f}, {0x7f, 0x9f}, // control
	{0xad, 0xad},     // soft hyphen
	{0x61c, 0x61c},   // Arabic letter mark
	{0x180e, 0x180e}, // Mongolian vowel separator
	{0x200b, 0x200f}, // zero width, directional marks
	{0x2028, 0x202e}, // line and paragraph separator, directional embeddings and overrides
	{0x2060, 0x206f}, // word joiner, invisible operators, directional isolates, deprecated format characters
	{0xd800, 0xdfff}, // surrogates
	{0xfdd0, 0xfdef}, // noncharacters
	{0xfeff, 0xfeff}, // byte order mark
	{0xfff0, 0xfffb}, // interlinear annotation
	{0xe0000, 0xe0fff},
}

// invisible says whether a character cannot be seen, or changes how others are.
func invisible(r rune) bool {
	if r&0xfffe == 0xfffe { // the last two of every plane are noncharacters
		return true
	}
	for _, each := range unseen {
		if r >= each[0] && r <= each[1] {
			return true
		}
	}
	return false
}
