package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/creditd/creditd/internal/postgres"
)

// SQL is a store in a database: one SQLite file, or one schema of a PostgreSQL database. Tables and queries are the
// same; what differs is in an engine.
type SQL struct {
	db     db
	where  string // file or database, without a password
	engine engine
	group  group
}

var _ Store = (*SQL)(nil)

// Embedded is the name that SQL had when there was one engine.
type Embedded = SQL

// engine is what the databases do not have in common.
type engine struct {
	insert    string                 // how rows are inserted by a transaction that ends if one fails
	numbered  bool                   // placeholders are $1, $2, ... and not ?
	lock      string                 // begins a writing transaction where BEGIN does not take the lock of the writer; empty for none
	snapshot  sql.TxOptions          // of a transaction that reads the state of one moment
	migration func(migration) string // the text for this engine
	explain   func(where string, err error) error
	scrub     func(context.Context, *SQL) error
}

// Options of a store.
type Options struct {
	// MaxPages of 4 KiB that a file may grow to; 0 is no bound but the disk. PostgreSQL has no such bound.
	MaxPages int
}

// Open opens the store at a place and brings it to the present version: a file, which it creates if there is none, or
// the URL of a PostgreSQL database (postgres://user@host:5432/database?search_path=SCHEMA&sslmode=verify-full).
func Open(ctx context.Context, where string, options Options) (*SQL, error) {
	if IsURL(where) {
		return openPostgres(ctx, where)
	}
	return openSQLite(ctx, where, options)
}

// IsURL tells the URL of a database from the path of a file.
func IsURL(where string) bool { return postgres.IsURL(where) }

// Where is the file or the database, without a password.
func (s *SQL) Where() string { return s.where }

// Close closes the store.
func (s *SQL) Close() error { return s.db.Close() }

// explain turns a database's errors into what the operator can act on.
func (s *SQL) explain(err error) error {
	if err == nil {
		return nil
	}
	return s.engine.explain(s.where, err)
}

// write runs f in a transaction that holds the writer's lock from its start. There is one writer at a time on either
// engine, so that ids are in the order in which records became visible, and the access log is one chain.
func (s *SQL) write(ctx context.Context, f func(*tx) error) error {
	begun, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.explain(err)
	}
	t := &tx{begun, s.engine.numbered, s.engine.insert}
	if s.engine.lock != "" {
		_, err = t.ExecContext(ctx, s.engine.lock)
	}
	if err == nil {
		err = f(t)
	}
	if err != nil {
		_ = t.Rollback() // the error to report is f's; a rollback that fails leaves nothing either
		return s.explain(err)
	}
	return s.explain(t.Commit())
}

func (s *SQL) migrate(ctx context.Context, prepare func(*tx) error) error {
	return s.write(ctx, func(tx *tx) error {
		if prepare != nil {
			if err := prepare(tx); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, applied BIGINT NOT NULL)`); err != nil {
			return err
		}
		var version int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM migrations`).Scan(&version); err != nil {
			return err
		}
		if version > len(migrations) {
			return fmt.Errorf("%s is of version %d and this program knows %d: use the program that wrote it, or a later one", s.where, version, len(migrations))
		}
		for ; version < len(migrations); version++ {
			if text := s.engine.migration(migrations[version]); text != "" {
				if _, err := tx.ExecContext(ctx, text); err != nil {
					return fmt.Errorf("migration %d: %w", version+1, err)
				}
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO migrations VALUES (?, ?)`, version+1, time.Now().Unix()); err != nil {
				return err
			}
		}
		return nil
	})
}

// db and tx take queries with the placeholder ? to either engine.
type db struct {
	*sql.DB
	numbered bool
}

func (d db) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return d.DB.ExecContext(ctx, rebind(d.numbered, query), args...)
}

func (d db) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return d.DB.QueryContext(ctx, rebind(d.numbered, query), args...)
}

func (d db) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return d.DB.QueryRowContext(ctx, rebind(d.numbered, query), args...)
}

type tx struct {
	*sql.Tx
	numbered bool
	insert   string
}

func (t *tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.Tx.ExecContext(ctx, rebind(t.numbered, query), args...)
}

func (t *tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.Tx.QueryContext(ctx, rebind(t.numbered, query), args...)
}

func (t *tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	return t.Tx.QueryRowContext(ctx, rebind(t.numbered, query), args...)
}

var rebound sync.Map // query -> query with numbered placeholders; the queries of this package, which are few

// rebind numbers the placeholders. No query of this package has a question mark that is none.
func rebind(numbered bool, query string) string {
	if !numbered || !strings.Contains(query, "?") {
		return query
	}
	if known, ok := rebound.Load(query); ok {
		if text, ok := known.(string); ok {
			return text
		}
	}
	var out strings.Builder
	for i, part := range strings.Split(query, "?") {
		if i > 0 {
			out.WriteString("$" + strconv.Itoa(i))
		}
		out.WriteString(part)
	}
	rebound.Store(query, out.String())
	return out.String()
}

// inList is the text and the arguments of IN (...) for ids. Its length is a power of two, filled up with the last id, so
// that there are few different queries to prepare.
func inList(ids [][32]byte) (string, []any) {
	size := 1
	for size < len(ids) {
		size *= 2
	}
	args := make([]any, size)
	for i := range args {
		args[i] = ids[min(i, len(ids)-1)][:]
	}
	return "IN (?" + strings.Repeat(", ?", size-1) + ")", args
}

// Setting implements Store.
func (s *SQL) Setting(ctx context.Context, name string) ([]byte, error) {
	var value []byte
	err := s.db.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = ?`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return value, s.explain(err)
}

// SetSettings implements Store.
func (s *SQL) SetSettings(ctx context.Context, values map[string][]byte) error {
	return s.write(ctx, func(tx *tx) error {
		for name, value := range values {
			if _, err := tx.ExecContext(ctx, `INSERT INTO settings VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value); err != nil {
				return err
			}
		}
		return nil
	})
}

func bytes32(from []byte) ([32]byte, error) {
	if len(from) != 32 {
		return [32]byte{}, ErrBroken
	}
	return [32]byte(from), nil
}
