package credential

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Bounds of JSON, whatever its size: what is deeper or has more values is refused while it is read.
const (
	maxDepth  = 16
	maxValues = 4096
	// maxSafeInteger is the largest number that every JSON reader keeps exact (RFC 8259 s.6, RFC 7493 s.2.2).
	maxSafeInteger = 1<<53 - 1
)

// parseJSON reads one JSON value (RFC 8259) more strictly than encoding/json, which takes the last of two equal keys,
// replaces what is not Unicode and rounds numbers, so that two readers can see two documents in the same bytes. Refused:
// duplicate keys at any depth, invalid UTF-8, lone surrogates in escapes, a byte order mark, numbers that are not
// integers within ±(2^53-1), more than maxDepth levels or maxValues values, anything after the value.
//
// Numbers become int64, objects map[string]any, arrays []any.
func parseJSON(data []byte) (any, error) {
	r := reader{data: data}
	r.space()
	value, err := r.value(0)
	if err != nil {
		return nil, err
	}
	if r.space(); r.at < len(r.data) {
		return nil, r.refuse("data after the value")
	}
	return value, nil
}

// parseObject is parseJSON for where the value is an object.
func parseObject(data []byte) (map[string]any, error) {
	value, err := parseJSON(data)
	if err != nil {
		return nil, err
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("%w: not an object", ErrJSON)
	}
	return object, nil
}

// encodeJSON writes compact JSON with sorted keys and without escapes for HTML: one value has one encoding.
func encodeJSON(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrExport, err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

type reader struct {
	data   []byte
	at     int
	values int
}

func (r *reader) refuse(what string) error {
	return fmt.Errorf("%w: %s at byte %d", ErrJSON, what, r.at)
}

func (r *reader) space() {
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// next takes the byte c if it is next.
func (r *reader) next(c byte) bool {
	if r.at < len(r.data) && r.data[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *reader) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, r.refuse("too deep")
	}
	if r.values++; r.values > maxValues {
		return nil, r.refuse("too many values")
	}
	if r.at == len(r.data) {
		return nil, r.refuse("unexpected end")
	}
	switch c := r.data[r.at]; {
	case c == '{':
		return r.object(depth)
	case c == '[':
		return r.array(depth)
	case c == '"':
		return r.text()
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	}
	for _, word := range []struct {
		text  string
		value any
	}{{"true", true}, {"false", false}, {"null", nil}} {
		if bytes.HasPrefix(r.data[r.at:], []byte(word.text)) {
			r.at += len(word.text)
			return word.value, nil
		}
	}
	return nil, r.refuse("no value")
}

func (r *reader) object(depth int) (any, error) {
	r.at++
	object := map[string]any{}
	if r.space(); r.next('}') {
		return object, nil
	}
	for {
		if r.space(); r.at == len(r.data) || r.data[r.at] != '"' {
			return nil, r.refuse("no key")
		}
		key, err := r.text()
		if err != nil {
			return nil, err
		}
		if _, dup := object[key]; dup {
			return nil, r.refuse("duplicate key")
		}
		if r.space(); !r.next(':') {
			return nil, r.refuse("no colon")
		}
		r.space()
		if object[key], err = r.value(depth + 1); err != nil {
			return nil, err
		}
		if r.space(); r.next('}') {
			return object, nil
		}
		if !r.next(',') {
			return nil, r.refuse("object not closed")
		}
	}
}

func (r *reader) array(depth int) (any, error) {
	r.at++
	array := []any{}
	if r.space(); r.next(']') {
		return array, nil
	}
	for {
		r.space()
		value, err := r.value(depth + 1)
		if err != nil {
			return nil, err
		}
		array = append(array, value)
		if r.space(); r.next(']') {
			return array, nil
		}
		if !r.next(',') {
			return nil, r.refuse("array not closed")
		}
	}
}

func (r *reader) number() (any, error) {
	start := r.at
	r.next('-')
	digits := r.at
	for r.at < len(r.data) && r.data[r.at] >= '0' && r.data[r.at] <= '9' {
		r.at++
	}
	text := string(r.data[start:r.at])
	if r.at == digits || r.data[digits] == '0' && (r.at > digits+1 || digits > start) {
		return nil, r.refuse("number not in its shortest form")
	}
	if r.at < len(r.data) && (r.data[r.at] == '.' || r.data[r.at] == 'e' || r.data[r.at] == 'E') {
		return nil, r.refuse("number that is not written as an integer")
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n > maxSafeInteger || n < -maxSafeInteger {
		return nil, r.refuse("number beyond 2^53-1")
	}
	return n, nil
}

func (r *reader) text() (string, error) {
	r.at++
	var out []byte
	for r.at < len(r.data) {
		switch c := r.data[r.at]; {
		case c == '"':
			r.at++
			return string(out), nil
		case c == '\\':
			decoded, err := r.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, decoded)
		case c < ' ':
			return "", r.refuse("control character in a string")
		default:
			decoded, size := utf8.DecodeRune(r.data[r.at:])
			if decoded == utf8.RuneError && size <= 1 {
				return "", r.refuse("invalid UTF-8")
			}
			out = append(out, r.data[r.at:r.at+size]...)
			r.at += size
		}
	}
	return "", r.refuse("string not closed")
}

var escapes = map[byte]rune{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

func (r *reader) escape() (rune, error) {
	r.at++
	if r.at == len(r.data) {
		return 0, r.refuse("unexpected end")
	}
	c := r.data[r.at]
	r.at++
	if c != 'u' {
		decoded, ok := escapes[c]
		if !ok {
			return 0, r.refuse("unknown escape")
		}
		return decoded, nil
	}
	first, err := r.hex4()
	if err != nil || !utf16.IsSurrogate(first) {
		return first, err
	}
	if !r.next('\\') || !r.next('u') {
		return 0, r.refuse("lone surrogate")
	}
	second, err := r.hex4()
	if err != nil {
		return 0, err
	}
	decoded := utf16.DecodeRune(first, second)
	if decoded == utf8.RuneError {
		return 0, r.refuse("lone surrogate")
	}
	return decoded, nil
}

func (r *reader) hex4() (rune, error) {
	if len(r.data)-r.at < 4 {
		return 0, r.refuse("unexpected end")
	}
	// ParseUint takes no sign and, with a base given, no underscore or prefix.
	n, err := strconv.ParseUint(string(r.data[r.at:r.at+4]), 16, 16)
	if err != nil {
		return 0, r.refuse("unknown escape")
	}
	r.at += 4
	return rune(n), nil
}
