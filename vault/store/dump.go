package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Sink takes the content of a store, table by table.
type Sink interface {
	// Table begins a table, which has that many rows.
	Table(name string, columns []string, rows int64) error
	// Row of the table begun last: int64, string or []byte for each column, valid until the call returns.
	Row(values []any) error
}

// kind of a column.
type kind byte

const (
	integer kind = iota
	text
	blob
	id32 // a blob of 32 bytes
)

type column struct {
	name string
	kind kind
}

// table as it is dumped. A column that is added later has a default, so that older backups can be loaded.
type table struct {
	name    string
	columns []column
	order   string
}

// tables are all but migrations.
var tables = []table{
	{"settings", []column{{"name", text}, {"value", blob}}, "name"},
	{"records", []column{
		{"id", integer},
		{"attestation", id32},
		{"tradeline", id32},
		{"version", integer},
		{"schema", id32},
		{"subject", id32},
		{"digest", id32},
		{"import", integer},
		{"wrapped_key", blob},
		{"nonce", blob},
		{"ciphertext", blob},
	}, "id"},
	{"staged", []column{{"id", integer}}, "id"},
	{"imports", []column{
		{"id", integer},
		{"book", id32},
		{"format", text},
		{"started", integer},
		{"finished", integer},
		{"position", integer},
		{"rows", integer},
		{"furnished", integer},
		{"corrected", integer},
		{"unchanged", integer},
		{"rejected", integer},
	}, "id"},
	{"nonces", []column{{"requester", text}, {"nonce", blob}, {"until", integer}}, "requester, nonce"},
	{"accesses", []column{
		{"seq", integer},
		{"time", integer},
		{"requester", text},
		{"inquiry", id32},
		{"outcome", text},
		{"records", integer},
		{"digest", id32},
		{"previous", id32},
		{"hash", id32},
	}, "seq"},
	{"shreds", []column{
		{"seq", integer}, {"time", integer}, {"tradeline", id32}, {"subject", id32}, {"versions", integer}, {"previous", id32}, {"hash", id32},
	}, "seq"},
	{"receipts", []column{{"id", integer}, {"inquiry", id32}, {"digest", id32}, {"records", integer}}, "id"},
}

func (t table) names() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

// Dump implements Store.
func (s *SQL) Dump(ctx context.Context, sink Sink) error {
	begun, err := s.db.BeginTx(ctx, &s.engine.snapshot)
	if err != nil {
		return s.explain(err)
	}
	t := &tx{Tx: begun, numbered: s.engine.numbered}
	defer func() { _ = t.Rollback() }() // it only reads
	for _, table := range tables {
		if err := s.dumpTable(ctx, t, table, sink); err != nil {
			return err
		}
	}
	return nil
}

func (s *SQL) dumpTable(ctx context.Context, tx *tx, table table, sink Sink) (err error) {
	var count int64
	if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM `+table.name).Scan(&count); err != nil {
		return s.explain(err)
	}
	if err := sink.Table(table.name, table.names(), count); err != nil {
		return err
	}
	rows, err := tx.QueryContext(ctx, `SELECT `+strings.Join(table.names(), ", ")+` FROM `+table.name+` ORDER BY `+table.order)
	if err != nil {
		return s.explain(err)
	}
	defer func() { err = errors.Join(err, s.closeRows(rows)) }()
	into := make([]any, len(table.columns))
	integers, texts, blobs := make([]int64, len(into)), make([]string, len(into)), make([]sql.RawBytes, len(into))
	values := make([]any, len(into))
	for i, c := range table.columns {
		into[i] = map[kind]any{integer: &integers[i], text: &texts[i], blob: &blobs[i], id32: &blobs[i]}[c.kind]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return s.explain(err)
		}
		for i, c := range table.columns {
			switch c.kind {
			case integer:
				values[i] = integers[i]
			case text:
				values[i] = texts[i]
			default:
				values[i] = []byte(blobs[i])
			}
		}
		if err := sink.Row(values); err != nil {
			return err
		}
	}
	return s.explain(rows.Err())
}

// Load implements Store.
func (s *SQL) Load(ctx context.Context, fill func(Sink) error) error {
	return s.write(ctx, func(tx *tx) error {
		for _, table := range tables {
			var one int
			err := tx.QueryRowContext(ctx, `SELECT 1 FROM `+table.name+` LIMIT 1`).Scan(&one)
			if err == nil {
				return ErrNotEmpty
			}
			if !errors.Is(err, sql.ErrNoRows) {
				return err
			}
		}
		l := &loader{ctx: ctx, tx: tx}
		if err := fill(l); err != nil {
			return err
		}
		return l.flush()
	})
}

// loader is the sink that fills a store. What it is given may be from a file that anybody wrote.
type loader struct {
	ctx     context.Context
	tx      *tx
	rows    *inserter
	columns []column
	done    []string
}

func (l *loader) flush() error {
	if l.rows == nil {
		return nil
	}
	return l.rows.flush(l.ctx)
}

// Table implements Sink.
func (l *loader) Table(name string, columns []string, _ int64) error {
	if err := l.flush(); err != nil {
		return err
	}
	i := slices.IndexFunc(tables, func(t table) bool { return t.name == name })
	if i < 0 || slices.Contains(l.done, name) {
		return fmt.Errorf("%w: table %q: use the program that wrote the backup, or a later one", ErrUnknownContent, name)
	}
	l.done, l.columns = append(l.done, name), nil
	for _, wanted := range columns {
		j := slices.IndexFunc(tables[i].columns, func(c column) bool { return c.name == wanted })
		if j < 0 || slices.Contains(l.columns, tables[i].columns[j]) {
			return fmt.Errorf("%w: column %q of %s: use the program that wrote the backup, or a later one", ErrUnknownContent, wanted, name)
		}
		l.columns = append(l.columns, tables[i].columns[j])
	}
	if len(columns) == 0 {
		return fmt.Errorf("%w: table %s without columns", ErrUnknownContent, name)
	}
	l.rows = newInserter(l.tx, name, strings.Join(columns, ", "))
	return nil
}

// Row implements Sink.
func (l *loader) Row(values []any) error {
	if l.rows == nil || len(values) != len(l.columns) {
		return fmt.Errorf("%w: a row of another width than its table", ErrUnknownContent)
	}
	kept := make([]any, len(values)) // the inserter keeps them beyond this call
	for i, value := range values {
		switch v := value.(type) {
		case int64:
			if l.columns[i].kind != integer {
				return l.wrongType(i)
			}
			kept[i] = v
		case string:
			if l.columns[i].kind != text {
				return l.wrongType(i)
			}
			kept[i] = v
		case []byte:
			if k := l.columns[i].kind; k != blob && (k != id32 || len(v) != 32) {
				return l.wrongType(i)
			}
			kept[i] = append([]byte{}, v...)
		default:
			return l.wrongType(i)
		}
	}
	return l.rows.add(l.ctx, kept...)
}

func (l *loader) wrongType(i int) error {
	return fmt.Errorf("%w: a value of column %s has another type", ErrUnknownContent, l.columns[i].name)
}
