// Package books reads the loan books of data furnishers and normalises each row into a record of a
// built-in schema, as a mapping file says (docs/vault-import.md); those of the built-in formats are in mappings.
//
// A book is read as it is found: every row is either a record that commits under its schema or a reject
// with line, column and reason. No row is dropped in silence. A reject means that the row cannot be
// furnished truthfully; dirt in a column that is not used is no reason.
//
// What is read here is personal data. It stays in the vault, rejects file included.
package books

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// Format names a mapping that is built in.
type Format string

const (
	FormatSBA  Format = "sba"  // loans to firms guaranteed by the US Small Business Administration
	FormatCard Format = "card" // credit card accounts of natural persons (UCI, Taiwan)

	FormatMetro2 Format = "metro2" // base segments in the 426-character format
)

// SubjectKind says what a row's borrower is.
type SubjectKind uint8

const (
	LegalEntity   SubjectKind = 1
	NaturalPerson SubjectKind = 2
)

// String returns the term of the glossary.
func (k SubjectKind) String() string {
	switch k {
	case LegalEntity:
		return "legal entity"
	case NaturalPerson:
		return "natural person"
	default:
		return fmt.Sprintf("subject kind %d", uint8(k))
	}
}

// Options select what is read from a book.
type Options struct {
	// Lenders keeps only the rows of these lenders, compared without case and outer spaces; empty keeps all.
	// Only a book with a lender column can be filtered.
	Lenders []string
	// AsOf is the day on which the book was drawn, YYYY-MM-DD; "" is the day of the public file of that format
	// (sba 2014-12-31, card 2005-09-30). It becomes reported_as_of, no date of the book may be after it, and
	// years of two digits are read as the latest such year that is not after it.
	AsOf string
}

// Row is one row of a book: a record to furnish, or a reject.
type Row struct {
	Line        int               // line in the file, from 1; the header is line 1
	Account     string            // the lender's number of the account, unique within the lender
	Subject     string            // the borrower's identity number in the clear: it never leaves the vault
	SubjectKind SubjectKind       // what Subject identifies
	Lender      string            // the furnisher; in a reject "" where the row does not tell
	Schema      string            // name of the built-in schema that Record is under
	Record      commitment.Record // commits under Schema
	Notice      *Notice           // that the borrower was given before; nil where the book says of none
	Repaired    []string          // columns that were not UTF-8 and were read as Windows-1252
	Raw         []string          // the row's values as found, for a later reject
	Reject      *Reject           // if not nil, only Line and Lender are set beside it
}

// Stats counts what Next has gone through. Rows = Records + Rejects + OtherLenders.
type Stats struct {
	Rows         int // rows below the header; empty lines are no rows
	Records      int
	Rejects      int
	OtherLenders int // left out by Options.Lenders
}

// Reader reads one book row by row, in memory that does not grow with the book.
type Reader struct {
	rows    source
	program *program
	cells   cells
	lenders map[string]bool // folded names to keep, nil for all
	stats   Stats
}

// NewReader reads the header of a book in one of the built-in formats. It fails if the format is not known, an option does not
// fit it, or the header lacks a column that the format needs; the error says what to do.
func NewReader(r io.Reader, format Format, options Options) (*Reader, error) {
	mapping, err := BuiltIn(format)
	if err != nil {
		return nil, err
	}
	return NewMappedReader(r, mapping, options)
}

// NewMappedReader is NewReader for a book that a mapping describes.
func NewMappedReader(r io.Reader, mapping *Mapping, options Options) (*Reader, error) {
	program, err := compile(mapping)
	if err != nil {
		return nil, err
	}
	reader := &Reader{program: program}
	if err := reader.choose(options); err != nil {
		return nil, err
	}
	reader.cells = cells{names: program.all(), asOf: options.AsOf, values: make([]string, len(program.slots))}
	switch mapping.Layout {
	case layoutJSONL:
		reader.rows = newJSONL(r, program)
	case layoutMetro2:
		reader.rows, err = reader.metro2(r)
	default:
		reader.rows, err = newCSV(r, program)
	}
	if err != nil {
		return nil, err
	}
	return reader, reader.date(first(options.AsOf, mapping.AsOf))
}

// metro2 takes the book's day from its header where nothing else says it.
func (r *Reader) metro2(in io.Reader) (*metro2Book, error) {
	book, err := newMetro2(in, r.program)
	if err != nil || r.cells.asOf != "" || r.program.mapping.AsOf != asOfHeader {
		return book, err
	}
	r.cells.asOf, err = book.activityDate()
	return book, err
}

// date sets the book's day.
func (r *Reader) date(asOf string) error {
	if r.cells.asOf == "" {
		r.cells.asOf = asOf
	}
	if r.cells.asOf == "" {
		return errors.New("the book does not say of which day it is: pass --as-of YYYY-MM-DD, or set as_of in the mapping")
	}
	if err := commitment.Canonical(commitment.Date, r.cells.asOf); err != nil {
		return fmt.Errorf("the book's date %q is %w", r.cells.asOf, err)
	}
	return nil
}

// choose keeps the lenders that were asked for.
func (r *Reader) choose(options Options) error {
	if options.AsOf != "" {
		if err := commitment.Canonical(commitment.Date, options.AsOf); err != nil {
			return fmt.Errorf("the book's date %q is %w", options.AsOf, err)
		}
	}
	if len(options.Lenders) > 0 && r.program.mapping.Lender.Column == "" {
		return fmt.Errorf("a %s book has one furnisher and no lender column: leave the choice of lenders out", r.program.mapping.Name)
	}
	for _, name := range options.Lenders {
		if fold(name) == "" {
			return errors.New("a lender to keep has an empty name")
		}
		if r.lenders == nil {
			r.lenders = map[string]bool{}
		}
		r.lenders[fold(name)] = true
	}
	return nil
}

// fold makes lender names comparable: no case, no outer spaces.
func fold(name string) string { return strings.ToUpper(strings.TrimSpace(name)) }

// Header returns the names of the file's columns, in its order, for the rejects file; for a file without columns it is one, of
// the whole row.
func (r *Reader) Header() []string { return r.rows.columns() }

// Stats returns the counts so far.
func (r *Reader) Stats() Stats { return r.stats }

// Next returns the next row: a record or a reject. Rows of lenders that were not asked for are counted and
// passed over. It returns io.EOF after the last row, and any other error only if the file cannot be read on.
func (r *Reader) Next() (Row, error) {
	for {
		line, fields, raw, err := r.rows.next()
		var broken *Reject
		if errors.As(err, &broken) {
			return r.reject(line, "", broken), nil
		}
		if err != nil {
			return Row{}, err
		}
		if row, keep := r.row(line, fields, raw); keep {
			return row, nil
		}
	}
}

// row converts one; keep is false if it belongs to a lender that was not asked for.
func (r *Reader) row(number int, fields, raw []string) (row Row, keep bool) {
	cells := &r.cells
	cells.reset(fields)
	lender := r.program.lender(cells)
	if cells.reject == nil && r.lenders != nil && !r.lenders[fold(lender)] {
		r.stats.Rows++
		r.stats.OtherLenders++
		return Row{}, false
	}
	row = Row{Line: number, Lender: lender, SubjectKind: r.program.kind, Schema: r.program.mapping.Schema}
	if cells.reject == nil {
		row.Account, row.Subject, row.Record = r.program.convert(cells)
	}
	if cells.reject == nil {
		row.Notice = r.program.readNotice(cells)
	}
	if cells.reject == nil {
		if err := row.Record.Check(r.program.layout); err != nil {
			cells.refuse("", err.Error())
		}
	}
	if cells.reject != nil {
		cells.reject.Raw = clone(raw)
		return r.reject(number, lender, cells.reject), true
	}
	r.stats.Rows++
	r.stats.Records++
	row.Repaired, row.Raw = clone(cells.repaired), clone(raw)
	return row, true
}

func (r *Reader) reject(line int, lender string, reject *Reject) Row {
	r.stats.Rows++
	r.stats.Rejects++
	reject.Line = line
	return Row{Line: line, Lender: lender, Reject: reject}
}
