package indexer

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/stdlib"

	"github.com/creditd/creditd/internal/postgres"
)

const (
	writers     = 2 // one writes, one looks after it
	readers     = 8
	idle        = 5 * time.Minute
	readTimeout = 10 * time.Second
	// lockClass tells the indexer's advisory locks from those of other programs in the same database.
	lockClass = 0x63726469 // "crdi"
)

// errAway is an ErrDatabase that may pass.
var errAway = fmt.Errorf("%w for now", ErrDatabase)

// program is what the indexer is to a database.
var program = postgres.Program{
	What: "the indexer's database", Who: "the indexer", Name: "creditd indexer", Schema: "creditd_indexer",
	LockTimeout: 10 * time.Second, Lost: "blocks that were confirmed as indexed",
}

// DB is the indexer's schema in a database.
type DB struct {
	write *sql.DB
	read  *sql.DB // cannot write, and gives up on what takes long
	where string
}

// CheckURL refuses what is no URL of a database, or has a password in it.
func CheckURL(where string) error {
	if !postgres.IsURL(where) {
		return errors.New("--db is the URL of a PostgreSQL database, as postgres://indexer@127.0.0.1:5432/creditd?search_path=creditd_indexer")
	}
	return program.CheckNoPassword(where)
}

// Open opens the schema that the URL names (search_path; creditd_indexer by default) and brings it to the present version.
func Open(ctx context.Context, where string) (*DB, error) {
	config, schema, err := program.Parse(where)
	if err != nil {
		return nil, err
	}
	config.RuntimeParams["timezone"], config.RuntimeParams["datestyle"] = "UTC", "ISO" // in the keys of pages
	reading := config.Copy()
	reading.RuntimeParams["default_transaction_read_only"] = "on"
	reading.RuntimeParams["statement_timeout"] = fmt.Sprint(readTimeout.Milliseconds())
	d := &DB{write: stdlib.OpenDB(*config), read: stdlib.OpenDB(*reading), where: postgres.Shown(config, schema)}
	d.write.SetMaxOpenConns(writers)
	d.read.SetMaxOpenConns(readers)
	d.read.SetMaxIdleConns(readers)
	d.read.SetConnMaxIdleTime(idle)
	if err = d.explain(program.CheckServer(ctx, d.write, d.where)); err == nil {
		err = d.migrate(ctx, schema)
	}
	if err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

// Where is the database, without a password.
func (d *DB) Where() string { return d.where }

// Close closes the connections.
func (d *DB) Close() error { return errors.Join(d.write.Close(), d.read.Close()) }

// Ping says whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.explain(d.read.PingContext(ctx)) }

// explain turns a database's errors into what the operator can act on.
func (d *DB) explain(err error) error {
	if err == nil || errors.Is(err, ErrDatabase) {
		return err
	}
	kind, advice := postgres.Explain(d.where, err)
	switch kind {
	case postgres.Away, postgres.Busy:
		return fmt.Errorf("%w: %s: %w", errAway, advice, err)
	case postgres.Other:
		return err
	default:
		return fmt.Errorf("%w: %s: %w", ErrDatabase, advice, err)
	}
}

// in runs f in a transaction.
func (d *DB) in(ctx context.Context, f func(*sql.Tx) error) error {
	tx, err := d.write.BeginTx(ctx, nil)
	if err != nil {
		return d.explain(err)
	}
	if err := f(tx); err != nil {
		_ = tx.Rollback() // the error to report is f's; a rollback that fails leaves nothing either
		return d.explain(err)
	}
	return d.explain(tx.Commit())
}

func (d *DB) migrate(ctx context.Context, schema string) error {
	return d.in(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `SELECT pg_advisory_xact_lock($1, hashtext($2))`, lockClass, schema); err != nil {
			return err
		}
		var there int
		// Who was given a schema need not have the right to create one.
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM pg_namespace WHERE nspname = $1`, schema).Scan(&there); err != nil {
			return err
		}
		if there == 0 { // its name has no quote in it, see postgres.Program
			if _, err := tx.ExecContext(ctx, `CREATE SCHEMA `+schema); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY, applied TIMESTAMPTZ NOT NULL DEFAULT now())`); err != nil {
			return err
		}
		var version int
		if err := tx.QueryRowContext(ctx, `SELECT coalesce(max(version), 0) FROM migrations`).Scan(&version); err != nil {
			return err
		}
		if version > len(migrations) {
			return fmt.Errorf("%w: %s is of version %d and this program knows %d: use the program that wrote it, or a later one", ErrDatabase, d.where, version, len(migrations))
		}
		for ; version < len(migrations); version++ {
			if _, err := tx.ExecContext(ctx, migrations[version]); err != nil {
				return fmt.Errorf("migration %d: %w", version+1, err)
			}
			if _, err := tx.ExecContext(ctx, `INSERT INTO migrations (version) VALUES ($1)`, version+1); err != nil {
				return err
			}
		}
		return nil
	})
}
