package books

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// source hands out the rows of one layout of files, cell by cell.
type source interface {
	// columns is what a rejects file has a column for.
	columns() []string
	// next returns the cells of the next row in the order of the mapping's columns, and the row as found. A row that cannot be
	// taken apart is a *Reject; io.EOF ends the book; any other error means that the file cannot be read on.
	next() (line int, fields, raw []string, err error)
}

// csvBook is a file with a header line, then one row a line.
type csvBook struct {
	lines     *lineReader
	separator string
	header    []string
	at        []int // position of each of the mapping's columns; -1 for one that the book does not have
	found     []string
	fields    []string
}

// newCSV reads the header of a book.
func newCSV(r io.Reader, p *program) (*csvBook, error) {
	b := &csvBook{lines: newLineReader(r), separator: p.mapping.Sep}
	line, err := b.lines.next()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the book is empty: it needs a header line with the names of its columns")
	}
	if err != nil {
		return nil, fmt.Errorf("book header: %w", err)
	}
	if b.header, err = splitHeader(line, b.separator); err != nil {
		return nil, err
	}
	if b.at, err = locate(p, b.header); err != nil {
		return nil, err
	}
	b.fields = make([]string, len(b.at))
	return b, nil
}

func (b *csvBook) columns() []string { return b.header }

func (b *csvBook) next() (int, []string, []string, error) {
	line, err := b.lines.next()
	number := b.lines.number
	if errors.Is(err, errLineTooLong) {
		return number, nil, nil, &Reject{Line: number, Reason: err.Error(), Raw: []string{line}}
	}
	if err != nil {
		return number, nil, nil, err
	}
	found, err := splitFields(b.found[:0], line, b.separator)
	if err != nil {
		return number, nil, nil, &Reject{Line: number, Reason: err.Error(), Raw: []string{line}}
	}
	b.found = found
	if len(found) != len(b.header) {
		return number, nil, nil, &Reject{Line: number, Reason: "has not as many columns as the header", Raw: clone(found)}
	}
	for i, at := range b.at {
		b.fields[i] = ""
		if at >= 0 {
			b.fields[i] = found[at]
		}
	}
	return number, b.fields, found, nil
}

// splitHeader returns the trimmed names of the columns. A byte order mark, as spreadsheets write it, is
// taken off; UTF-16, which they offer too, is refused with the way out.
func splitHeader(line, separator string) ([]string, error) {
	if strings.HasPrefix(line, "\xff\xfe") || strings.HasPrefix(line, "\xfe\xff") || strings.ContainsRune(line, 0) {
		return nil, errors.New("the book is not a text file in UTF-8 (it looks like UTF-16): save it as CSV in UTF-8")
	}
	header, err := splitFields(nil, strings.TrimPrefix(line, "\ufeff"), separator)
	if err != nil {
		return nil, fmt.Errorf("book header: it %w", err)
	}
	for i := range header {
		header[i] = strings.TrimSpace(header[i])
	}
	return header, nil
}

// locate returns the position of each column of the mapping. Columns may come in any order and among others.
func locate(p *program, header []string) ([]int, error) {
	var at []int
	for _, column := range p.columns {
		place := slices.Index(header, column)
		if place < 0 {
			return nil, missing(p, column, header)
		}
		if slices.Contains(header[place+1:], column) {
			return nil, fmt.Errorf("book header: column %q appears twice: remove the one that is not meant", column)
		}
		at = append(at, place)
	}
	for _, column := range p.optional {
		at = append(at, slices.Index(header, column))
	}
	return at, nil
}

// missing explains the absence of a column: another format, another separator, or just not there.
func missing(p *program, column string, header []string) error {
	for _, other := range formats {
		if other.Name == p.mapping.Name || other.Layout != layoutCSV {
			continue
		}
		program, err := compile(other)
		if err == nil && !slices.ContainsFunc(program.columns, func(c string) bool { return !slices.Contains(header, c) }) {
			return fmt.Errorf("book header: column %q is missing; this is a book in format %q, read as %q: choose format %q",
				column, other.Name, p.mapping.Name, other.Name)
		}
	}
	if len(header) == 1 && strings.ContainsAny(header[0], ",;\t|") {
		if p.mapping.Sep == "," {
			return fmt.Errorf("book header: column %q is missing, the line has no comma: save the book with commas between the columns", column)
		}
		return fmt.Errorf("book header: column %q is missing, the line has no %q: set separator in the mapping", column, p.mapping.Sep)
	}
	return fmt.Errorf("book header: column %q is missing: add it, or check that this is a book in format %q, whose columns are %s",
		column, p.mapping.Name, strings.Join(p.columns, ", "))
}
