package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

// Embedded is the store in one SQLite file. SQLite is chosen because a record, its place in an import and what
// is owed for it must become durable in one step, and because its file format outlives this program.
type Embedded struct {
	db   *sql.DB
	path string
}

var _ Store = (*Embedded)(nil)

// Options of the embedded store.
type Options struct {
	// MaxPages of 4 KiB that the file may grow to; 0 is no bound but the disk.
	MaxPages int
}

const (
	busyTimeoutMillis = 10_000
	connections       = 4
)

// migrations bring the file from one version to the next. They are never changed once released.
var migrations = []string{
	`CREATE TABLE settings (name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;

	CREATE TABLE records (
		id INTEGER PRIMARY KEY,
		attestation BLOB NOT NULL UNIQUE CHECK (length(attestation) = 32),
		tradeline BLOB NOT NULL CHECK (length(tradeline) = 32),
		version INTEGER NOT NULL CHECK (version > 0),
		schema BLOB NOT NULL CHECK (length(schema) = 32),
		subject BLOB NOT NULL CHECK (length(subject) = 32),
		digest BLOB NOT NULL CHECK (length(digest) = 32),
		state INTEGER NOT NULL CHECK (state IN (0, 1)),
		import INTEGER NOT NULL,
		wrapped_key BLOB NOT NULL,
		nonce BLOB NOT NULL,
		ciphertext BLOB NOT NULL,
		UNIQUE (tradeline, version)
	);
	CREATE INDEX records_subject ON records (subject);
	CREATE INDEX records_staged ON records (id) WHERE state = 0;

	CREATE TABLE imports (
		id INTEGER PRIMARY KEY,
		book BLOB NOT NULL,
		format TEXT NOT NULL,
		started INTEGER NOT NULL,
		finished INTEGER NOT NULL,
		position INTEGER NOT NULL,
		rows INTEGER NOT NULL, furnished INTEGER NOT NULL, corrected INTEGER NOT NULL,
		unchanged INTEGER NOT NULL, rejected INTEGER NOT NULL
	);

	CREATE TABLE nonces (
		requester TEXT NOT NULL, nonce BLOB NOT NULL, until INTEGER NOT NULL,
		PRIMARY KEY (requester, nonce)
	) WITHOUT ROWID;
	CREATE INDEX nonces_until ON nonces (until);

	CREATE TABLE accesses (
		seq INTEGER PRIMARY KEY,
		time INTEGER NOT NULL,
		requester TEXT NOT NULL,
		inquiry BLOB NOT NULL,
		outcome TEXT NOT NULL,
		records INTEGER NOT NULL,
		digest BLOB NOT NULL,
		previous BLOB NOT NULL,
		hash BLOB NOT NULL
	);

	CREATE TABLE receipts (
		id INTEGER PRIMARY KEY,
		inquiry BLOB NOT NULL,
		digest BLOB NOT NULL,
		records INTEGER NOT NULL,
		UNIQUE (inquiry, digest)
	);`,
	keysMigration,
}

// Open opens the store in a file, which it creates if there is none, and brings it to the present version.
//
// Durability: the write-ahead log is synced at every commit (synchronous=FULL), because the seed of a
// record must not be lost once the chain has its commitment. Deleted content is overwritten (secure_delete).
func Open(ctx context.Context, path string, options Options) (*Embedded, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("vault store: %w", err)
	}
	// SQLite gives its log and index the permissions of the file.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names the file
	if err != nil {
		return nil, fmt.Errorf("vault store: %w: check --home and who owns it", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("vault store: %w", err)
	}
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(" + strconv.Itoa(busyTimeoutMillis) + ")",
		"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "foreign_keys(ON)", "trusted_schema(OFF)",
	}}
	if options.MaxPages > 0 {
		query.Add("_pragma", "max_page_count("+strconv.Itoa(options.MaxPages)+")")
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String())
	if err != nil {
		return nil, fmt.Errorf("vault store: %w", err)
	}
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	store := &Embedded{db: db, path: path}
	if err := store.migrate(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return store, nil
}

// Close closes the file.
func (s *Embedded) Close() error { return s.db.Close() }

func (s *Embedded) migrate(ctx context.Context) error {
	return s.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, applied INTEGER NOT NULL)`); err != nil {
			return err
		}
		var version int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM migrations`).Scan(&version); err != nil {
			return err
		}
		if version > len(migrations) {
			return fmt.Errorf("%s is of version %d and this program knows %d: use the program that wrote it, or a later one", s.path, version, len(migrations))
		}
		for ; version < len(migrations); version++ {
			if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
				return fmt.Errorf("migration %d: %w", version+1, err)
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO migrations VALUES (?, ?)`, version+1, time.Now().Unix()); err != nil {
				return err
			}
		}
		return nil
	})
}

// write runs f in a transaction that holds the write lock from its start.
func (s *Embedded) write(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := s.db.BeginTx(ctx, nil)
	if err != nil {
		return s.explain(err)
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the error to report is f's; a rollback that fails leaves nothing either
		return s.explain(err)
	}
	return s.explain(tx.Commit())
}

// explain turns SQLite's errors into what the operator can act on.
func (s *Embedded) explain(err error) error {
	if err == nil {
		return nil
	}
	var failure *sqlite.Error
	if errors.Is(err, syscall.ENOSPC) || (errors.As(err, &failure) && failure.Code()&0xff == sqlitelib.SQLITE_FULL) {
		return fmt.Errorf("%w: free space beside %s and run the same command again, nothing that was stored is lost: %w", ErrFull, s.path, err)
	}
	if errors.As(err, &failure) {
		if failure.Code() == sqlitelib.SQLITE_CONSTRAINT_TRIGGER {
			return ErrStaleKey // there is one trigger, see keysMigration
		}
		switch failure.Code() & 0xff {
		case sqlitelib.SQLITE_CORRUPT, sqlitelib.SQLITE_NOTADB:
			return fmt.Errorf("%w: %s: %w", ErrBroken, s.path, err)
		case sqlitelib.SQLITE_BUSY:
			return fmt.Errorf("the vault store %s is in use by another process for too long: try again: %w", s.path, err)
		}
	}
	return fmt.Errorf("vault store: %w", err)
}

// Setting implements Store.
func (s *Embedded) Setting(ctx context.Context, name string) ([]byte, error) {
	var value []byte
	err := s.db.QueryRowContext(ctx, `SELECT value FROM settings WHERE name = ?`, name).Scan(&value)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return value, s.explain(err)
}

// SetSettings implements Store.
func (s *Embedded) SetSettings(ctx context.Context, values map[string][]byte) error {
	return s.write(ctx, func(tx *sql.Tx) error {
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
