// Package books reads the loan books of data furnishers and normalises each row into a record of a
// built-in schema. The mapping of columns to fields is in this folder's README.
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
	"github.com/creditd/creditd/x/attestation/schemas"
)

// Format names the layout of a book.
type Format string

const (
	FormatSBA  Format = "sba"  // loans to firms guaranteed by the US Small Business Administration
	FormatCard Format = "card" // credit card accounts of natural persons (UCI, Taiwan)
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

// book is what the formats differ in.
type book struct {
	format    Format
	schema    string // built-in schema of the records
	subject   SubjectKind
	asOf      string   // default of Options.AsOf
	lender    string   // column that names the lender, "" if the book has one furnisher
	furnisher string   // the one furnisher, "" if there is a column
	columns   []string // columns that the format needs; others are ignored
	convert   func(c *cells) (account, subject string, record commitment.Record)
}

var formats = []book{sbaBook, cardBook}

// Reader reads one book row by row, in memory that does not grow with the book.
type Reader struct {
	lines   *lineReader
	book    book
	header  []string
	layout  commitment.Layout
	cells   cells
	lenders map[string]bool // folded names to keep, nil for all
	stats   Stats
}

// NewReader reads the header of a book. It fails if the format is not known, an option does not fit it, or
// the header lacks a column that the format needs; the error says what to do.
func NewReader(r io.Reader, format Format, options Options) (*Reader, error) {
	book, err := lookup(format)
	if err != nil {
		return nil, err
	}
	definition, ok := schemas.ByName(book.schema)
	if !ok {
		return nil, fmt.Errorf("books in format %q need schema %q, which this program does not have", format, book.schema)
	}
	reader := &Reader{lines: newLineReader(r), book: book, layout: definition.Layout()}
	if err := reader.apply(options); err != nil {
		return nil, err
	}
	line, err := reader.lines.next()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("the book is empty: it needs a header line with the names of its columns")
	}
	if err != nil {
		return nil, fmt.Errorf("book header: %w", err)
	}
	if reader.header, err = splitHeader(line); err != nil {
		return nil, err
	}
	if reader.cells.at, err = book.locate(reader.header); err != nil {
		return nil, err
	}
	return reader, nil
}

func (r *Reader) apply(options Options) error {
	r.cells.asOf = options.AsOf
	if options.AsOf == "" {
		r.cells.asOf = r.book.asOf
	} else if err := commitment.Canonical(commitment.Date, options.AsOf); err != nil {
		return fmt.Errorf("the book's date %q is %w", options.AsOf, err)
	}
	if len(options.Lenders) > 0 && r.book.lender == "" {
		return fmt.Errorf("a %s book has one furnisher and no lender column: leave the choice of lenders out", r.book.format)
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

// Header returns the names of the file's columns, in its order, for the rejects file.
func (r *Reader) Header() []string { return r.header }

// Stats returns the counts so far.
func (r *Reader) Stats() Stats { return r.stats }

// Next returns the next row: a record or a reject. Rows of lenders that were not asked for are counted and
// passed over. It returns io.EOF after the last row, and any other error only if the file cannot be read on.
func (r *Reader) Next() (Row, error) {
	for {
		line, err := r.lines.next()
		if errors.Is(err, errLineTooLong) {
			return r.reject(r.lines.number, "", &Reject{Reason: err.Error(), Raw: []string{line}}), nil
		}
		if err != nil {
			return Row{}, err
		}
		row, keep := r.row(r.lines.number, line)
		if keep {
			return row, nil
		}
	}
}

// row converts one line; keep is false if it belongs to a lender that was not asked for.
func (r *Reader) row(number int, line string) (row Row, keep bool) {
	fields, err := splitFields(r.cells.fields[:0], line)
	if err != nil {
		return r.reject(number, "", &Reject{Reason: err.Error(), Raw: []string{line}}), true
	}
	if len(fields) != len(r.header) {
		return r.reject(number, "", &Reject{Reason: "has not as many columns as the header", Raw: clone(fields)}), true
	}
	cells := &r.cells
	cells.reset(fields)
	lender := r.book.furnisher
	if r.book.lender != "" {
		lender = cells.name(r.book.lender)
	}
	if cells.reject == nil && r.lenders != nil && !r.lenders[fold(lender)] {
		r.stats.Rows++
		r.stats.OtherLenders++
		return Row{}, false
	}
	account, subject, record := r.book.convert(cells)
	notice := cells.notice()
	if cells.reject == nil {
		if err := record.Check(r.layout); err != nil {
			cells.refuse("", err.Error())
		}
	}
	if cells.reject != nil {
		cells.reject.Raw = clone(fields)
		return r.reject(number, lender, cells.reject), true
	}
	r.stats.Rows++
	r.stats.Records++
	return Row{
		Line: number, Account: account, Subject: subject, SubjectKind: r.book.subject, Lender: lender,
		Schema: r.book.schema, Record: record, Notice: notice, Repaired: clone(cells.repaired), Raw: clone(fields),
	}, true
}

func (r *Reader) reject(line int, lender string, reject *Reject) Row {
	r.stats.Rows++
	r.stats.Rejects++
	reject.Line = line
	return Row{Line: line, Lender: lender, Reject: reject}
}
