package backup

import (
	"context"
	"io"
	"slices"

	"github.com/creditd/creditd/vault/store"
)

// The tables and columns that leaving out shredded records looks at.
const (
	tableRecords = "records"
	tableStaged  = "staged"
	tableShreds  = "shreds"
	columnID     = "id"
	columnLine   = "tradeline"
)

// Shredded is the shred log of a backup: what must not come back from an older one.
type Shredded struct {
	columns    []string
	rows       [][]any
	tradelines map[string]bool
}

// ReadShredded reads the log out of a backup, which it checks to its last byte.
func ReadShredded(ctx context.Context, from io.Reader) (*Shredded, error) {
	s := &shredReader{Shredded: Shredded{tradelines: map[string]bool{}}}
	if _, err := Read(ctx, from, s, nil); err != nil {
		return nil, err
	}
	return &s.Shredded, nil
}

type shredReader struct {
	Shredded
	within bool
	line   int
}

func (s *shredReader) Table(name string, columns []string, _ int64) error {
	if s.within = name == tableShreds; s.within {
		s.columns, s.line = slices.Clone(columns), slices.Index(columns, columnLine)
	}
	return nil
}

func (s *shredReader) Row(values []any) error {
	if !s.within {
		return nil
	}
	kept := keep(values)
	s.rows = append(s.rows, kept)
	if s.line >= 0 {
		if id, ok := kept[s.line].([]byte); ok {
			s.tradelines[string(id)] = true
		}
	}
	return nil
}

// keep copies a row, which is valid until the call returns.
func keep(values []any) []any {
	kept := slices.Clone(values)
	for i, value := range kept {
		if b, ok := value.([]byte); ok {
			kept[i] = append([]byte{}, b...)
		}
	}
	return kept
}

// Without leaves out the records that were shredded since an older backup was taken, and puts the newer log in the place
// of its own. It counts them.
func (s *Shredded) Without(to store.Sink) *Filter {
	return &Filter{shredded: s, to: to, ids: map[int64]bool{}}
}

// Filter is a sink before another one.
type Filter struct {
	LeftOut  int64
	shredded *Shredded
	to       store.Sink
	table    string
	id, line int
	ids      map[int64]bool // of records that are left out and may be staged
}

// Table implements store.Sink. The number of rows is the backup's: fewer may come.
func (f *Filter) Table(name string, columns []string, rows int64) error {
	f.table, f.id, f.line = name, slices.Index(columns, columnID), slices.Index(columns, columnLine)
	if name != tableShreds {
		return f.to.Table(name, columns, rows)
	}
	if err := f.to.Table(name, f.shredded.columns, int64(len(f.shredded.rows))); err != nil {
		return err
	}
	for _, row := range f.shredded.rows {
		if err := f.to.Row(row); err != nil {
			return err
		}
	}
	return nil
}

// Row implements store.Sink.
func (f *Filter) Row(values []any) error {
	switch f.table {
	case tableShreds:
		return nil // the newer log is there
	case tableRecords:
		if f.line >= 0 && f.line < len(values) && f.id >= 0 && f.id < len(values) {
			line, _ := values[f.line].([]byte)
			if f.shredded.tradelines[string(line)] {
				f.LeftOut++
				if id, ok := values[f.id].(int64); ok {
					f.ids[id] = true
				}
				return nil
			}
		}
	case tableStaged:
		if f.id >= 0 && f.id < len(values) {
			if id, ok := values[f.id].(int64); ok && f.ids[id] {
				return nil
			}
		}
	}
	return f.to.Row(values)
}
