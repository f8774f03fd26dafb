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

	"modernc.org/sqlite"
	sqlitelib "modernc.org/sqlite/lib"
)

const (
	busyTimeoutMillis = 10_000
	sqliteConnections = 4
	// A batch of an import should fit into a connection's cache, or its pages are written more than once.
	cacheKiB = 16 << 10
	// checkpointPages of 4 KiB in the log before they are copied into the file; a page that many batches change is then
	// copied once.
	checkpointPages = 4000
)

// openSQLite opens the store in a file.
//
// Durability: the write-ahead log is synced at every commit (synchronous=FULL), because the seed of a record must not
// be lost once the chain has its commitment. Deleted content is overwritten (secure_delete).
func openSQLite(ctx context.Context, path string, options Options) (*SQL, error) {
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
	// The first folder of a relative path would be the authority of the URL, and SQLite calls that 'out of memory'.
	absolute, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("vault store: %w", err)
	}
	handle, err := sql.Open("sqlite", sqliteName(absolute, options))
	if err != nil {
		return nil, fmt.Errorf("vault store: %w", err)
	}
	handle.SetMaxOpenConns(sqliteConnections)
	handle.SetMaxIdleConns(sqliteConnections)
	s := &SQL{db: db{handle, false}, where: path, engine: engine{
		// Without OR FAIL, each statement keeps a journal to undo itself; here the transaction is undone.
		insert: "INSERT OR FAIL INTO", snapshot: sql.TxOptions{ReadOnly: true}, migration: forSQLite, explain: explainSQLite, scrub: scrubSQLite,
	}}
	if err := s.migrate(ctx, nil); err != nil {
		return nil, errors.Join(err, handle.Close())
	}
	return s, nil
}

// sqliteName is the file, by its absolute path, with the settings of its connections. A writing transaction takes the lock at its
// start.
func sqliteName(path string, options Options) string {
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {
		"busy_timeout(" + strconv.Itoa(busyTimeoutMillis) + ")",
		"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)", "foreign_keys(ON)", "trusted_schema(OFF)",
		"temp_store(MEMORY)", // nothing of a record is in a file that is not the store's
		"cache_size(-" + strconv.Itoa(cacheKiB) + ")", "wal_autocheckpoint(" + strconv.Itoa(checkpointPages) + ")",
	}}
	if options.MaxPages > 0 {
		query.Add("_pragma", "max_page_count("+strconv.Itoa(options.MaxPages)+")")
	}
	return (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
}

func explainSQLite(path string, err error) error {
	var failure *sqlite.Error
	if errors.Is(err, syscall.ENOSPC) || (errors.As(err, &failure) && failure.Code()&0xff == sqlitelib.SQLITE_FULL) {
		return fmt.Errorf("%w: free space beside %s and run the same command again, nothing that was stored is lost: %w", ErrFull, path, err)
	}
	if errors.As(err, &failure) {
		switch failure.Code() & 0xff {
		case sqlitelib.SQLITE_CORRUPT, sqlitelib.SQLITE_NOTADB:
			return fmt.Errorf("%w: %s: %w", ErrBroken, path, err)
		case sqlitelib.SQLITE_BUSY:
			return fmt.Errorf("%w: %s: %w", ErrBusy, path, err)
		}
	}
	return fmt.Errorf("vault store: %w", err)
}
