package books

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
)

// Reject says why a row cannot be furnished.
type Reject struct {
	Line   int      // line in the file, from 1
	Column string   // column at fault, "" if it is the row as a whole
	Reason string   // reads on from the column's name; holds no value of the row, so it can be counted and logged
	Raw    []string // the row's values as found: personal data, for the rejects file only
}

// Error makes a reject readable where an error is wanted: line, column and reason, no value of the row.
func (r *Reject) Error() string {
	if r.Column == "" {
		return fmt.Sprintf("line %d: the row %s", r.Line, r.Reason)
	}
	return fmt.Sprintf("line %d: %s %s", r.Line, r.Column, r.Reason)
}

// RejectWriter writes a rejects file: CSV with the columns line, column and reason before those of the book, so
// that the lender can mend the rows and import them again. The file holds personal data like the book itself.
type RejectWriter struct{ out *csv.Writer }

// NewRejectWriter writes the header of a rejects file; header is that of the book.
func NewRejectWriter(w io.Writer, header []string) (*RejectWriter, error) {
	rejects := &RejectWriter{out: csv.NewWriter(w)}
	return rejects, rejects.out.Write(append([]string{"line", "column", "reason"}, header...))
}

// Write adds one row. It is buffered until Flush.
func (w *RejectWriter) Write(reject *Reject) error {
	return w.out.Write(append([]string{strconv.Itoa(reject.Line), reject.Column, reject.Reason}, reject.Raw...))
}

// Flush writes what is buffered and returns the first error of any write.
func (w *RejectWriter) Flush() error {
	w.out.Flush()
	return w.out.Error()
}
