package books

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// maxDepth of the objects in a line. Deeper values are refused: no record needs them.
const maxDepth = 8

// rowColumn is the one column of the rejects file of a book that has no columns of its own.
const rowColumn = "row"

var (
	errNotObject = errors.New("is not one JSON object")
	errTwice     = errors.New("has a key twice")
	errTooDeep   = fmt.Errorf("has values more than %d deep", maxDepth)
)

// jsonlBook is a file with one JSON object a line. A column is a key, or keys joined by dots for objects in it. What is
// absent or null is blank; numbers are taken as they are written.
type jsonlBook struct {
	lines  *lineReader
	at     map[string]int
	fields []string
	filled []bool
}

func newJSONL(r io.Reader, p *program) *jsonlBook {
	b := &jsonlBook{lines: newLineReader(r), at: map[string]int{}}
	all := p.all()
	for i, column := range all {
		if _, known := b.at[column]; !known {
			b.at[column] = i
		}
	}
	b.fields, b.filled = make([]string, len(all)), make([]bool, len(all))
	return b
}

func (b *jsonlBook) columns() []string { return []string{rowColumn} }

func (b *jsonlBook) next() (int, []string, []string, error) {
	line, err := b.lines.next()
	number := b.lines.number
	if errors.Is(err, errLineTooLong) {
		return number, nil, nil, &Reject{Line: number, Reason: err.Error(), Raw: []string{line}}
	}
	if err != nil {
		return number, nil, nil, err
	}
	clear(b.fields)
	clear(b.filled)
	if number == 1 {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	if err := b.object(line); err != nil {
		return number, nil, nil, &Reject{Line: number, Reason: err.Error(), Raw: []string{line}}
	}
	return number, b.fields, []string{line}, nil
}

// object takes one line apart. encoding/json would take the last of two values of a key, and which one is meant nobody knows.
func (b *jsonlBook) object(line string) error {
	decoder := json.NewDecoder(strings.NewReader(line))
	decoder.UseNumber()
	token, err := decoder.Token()
	if err != nil || token != json.Delim('{') {
		return errNotObject
	}
	if err := b.members(decoder, "", 1); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errNotObject
	}
	return nil
}

// members of an object whose opening brace was read.
func (b *jsonlBook) members(decoder *json.Decoder, prefix string, depth int) error {
	if depth > maxDepth {
		return errTooDeep
	}
	for decoder.More() {
		token, err := decoder.Token()
		key, isKey := token.(string)
		if err != nil || !isKey {
			return errNotObject
		}
		if err := b.value(decoder, prefix+key, depth); err != nil {
			return err
		}
	}
	if _, err := decoder.Token(); err != nil {
		return errNotObject
	}
	return nil
}

func (b *jsonlBook) value(decoder *json.Decoder, name string, depth int) error {
	token, err := decoder.Token()
	if err != nil {
		return errNotObject
	}
	var text string
	switch value := token.(type) {
	case json.Delim:
		if value == '[' {
			return b.skip(decoder, name, depth+1)
		}
		return b.members(decoder, name+".", depth+1)
	case string:
		text = value
	case json.Number:
		text = value.String()
	case bool:
		text = fmt.Sprint(value)
	}
	at, wanted := b.at[name]
	if !wanted {
		return nil
	}
	if b.filled[at] {
		return errTwice
	}
	b.fields[at], b.filled[at] = text, true
	return nil
}

// skip passes over a list, which no mapping can read.
func (b *jsonlBook) skip(decoder *json.Decoder, name string, depth int) error {
	if _, wanted := b.at[name]; wanted {
		return errors.New("has a list where the mapping reads one value")
	}
	for open := 1; open > 0; {
		token, err := decoder.Token()
		if err != nil {
			return errNotObject
		}
		switch token {
		case json.Delim('['), json.Delim('{'):
			open++
		case json.Delim(']'), json.Delim('}'):
			open--
		}
		if depth+open > maxDepth+1 {
			return errTooDeep
		}
	}
	return nil
}
