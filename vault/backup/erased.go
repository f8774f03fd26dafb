package backup

import (
	"context"
	"slices"

	"github.com/creditd/creditd/vault/store"
)

// askTogether is how many records are asked about at once: few, for they are held meanwhile.
const askTogether = 256

const (
	columnSubject = "subject"
	tableSettings = "settings"
)

// Line is a tradeline, and the subject that it is about.
type Line struct{ Tradeline, Subject [32]byte }

// Erased says of each line whether its destruction is attested on the chain.
type Erased func(ctx context.Context, lines []Line) ([]bool, error)

// ErasedFilter is a sink before another one that leaves out the records which were destroyed since the backup.
type ErasedFilter struct {
	LeftOut int64

	ctx     context.Context //nolint:containedctx // of the one restore that it is made for: a sink gets none
	erased  Erased
	to      store.Sink
	table   string
	id      int
	columns [2]int         // of tradeline and subject
	held    [][]any        // records that are not asked about yet
	ids     map[int64]bool // of records that are left out and may be staged
}

// WithoutErased makes one. Flush is called after the last row.
func WithoutErased(ctx context.Context, to store.Sink, erased Erased) *ErasedFilter {
	return &ErasedFilter{ctx: ctx, erased: erased, to: to, ids: map[int64]bool{}}
}

// Table implements store.Sink. The number of rows is the backup's: fewer may come.
func (f *ErasedFilter) Table(name string, columns []string, rows int64) error {
	if err := f.Flush(); err != nil {
		return err
	}
	f.table, f.id = name, slices.Index(columns, columnID)
	f.columns = [2]int{slices.Index(columns, columnLine), slices.Index(columns, columnSubject)}
	if name == tableRecords && (f.id < 0 || f.columns[0] < 0 || f.columns[1] < 0) {
		return damaged("its records do not say whose they are")
	}
	return f.to.Table(name, columns, rows)
}

// Row implements store.Sink.
func (f *ErasedFilter) Row(values []any) error {
	switch f.table {
	case tableRecords:
		f.held = append(f.held, keep(values))
		if len(f.held) < askTogether {
			return nil
		}
		return f.Flush()
	case tableStaged:
		if f.id >= 0 && f.id < len(values) {
			if id, ok := values[f.id].(int64); ok && f.ids[id] {
				return nil
			}
		}
	}
	return f.to.Row(values)
}

// Flush asks about the records that are held and passes on those that may come back.
func (f *ErasedFilter) Flush() error {
	lines := make([]Line, len(f.held))
	for i, row := range f.held {
		for n, into := range []*[32]byte{&lines[i].Tradeline, &lines[i].Subject} {
			raw, ok := row[f.columns[n]].([]byte)
			if !ok || len(raw) != 32 {
				return damaged("a record that does not say whose it is")
			}
			*into = [32]byte(raw)
		}
	}
	if len(lines) == 0 {
		return nil
	}
	gone, err := f.erased(f.ctx, lines)
	if err != nil {
		return err
	}
	for i, row := range f.held {
		if !gone[i] {
			if err := f.to.Row(row); err != nil {
				return err
			}
			continue
		}
		f.LeftOut++
		if id, ok := row[f.id].(int64); ok {
			f.ids[id] = true
		}
	}
	f.held = f.held[:0]
	return nil
}

// Setting is a sink that finds the value of one setting in a backup.
type Setting struct {
	Name   string
	Value  []byte // nil if there is none
	within bool
}

// Table implements store.Sink.
func (s *Setting) Table(name string, _ []string, _ int64) error {
	s.within = name == tableSettings
	return nil
}

// Row implements store.Sink.
func (s *Setting) Row(values []any) error {
	if !s.within || len(values) != 2 || values[0] != any(s.Name) {
		return nil
	}
	if value, ok := values[1].([]byte); ok {
		s.Value = slices.Clone(value)
	}
	return nil
}
