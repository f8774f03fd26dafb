package store

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
	postgresConnections = 8
	postgresIdle        = 5 * time.Minute
	// lockClass tells the vault's advisory locks from those of other programs in the same database.
	lockClass = 0x63726476 // "crdv"
)

// program is what the vault is to a database.
var program = postgres.Program{
	What: "the store", Who: "the vault", Name: "creditd vault", Schema: "creditd_vault",
	LockTimeout: busyTimeoutMillis * time.Millisecond, Lost: "records whose commitments are on the chain",
}

// openPostgres opens the store in a schema of its own.
//
// Durability: synchronous_commit is on for this session whatever the server's default, and a server with fsync off is
// refused. One advisory lock per schema makes one writer of all processes, as in SQLite; migrations take it too.
func openPostgres(ctx context.Context, where string) (*SQL, error) {
	config, schema, err := program.Parse(where)
	if err != nil {
		return nil, refused(err)
	}
	handle := stdlib.OpenDB(*config)
	handle.SetMaxOpenConns(postgresConnections)
	handle.SetMaxIdleConns(postgresConnections)
	handle.SetConnMaxIdleTime(postgresIdle)
	s := &SQL{db: db{handle, true}, where: postgres.Shown(config, schema), engine: engine{
		insert: "INSERT INTO", numbered: true,
		// The schema's name has no quote in it, see postgres.Program.
		lock:      fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d, hashtext('%s'))`, lockClass, schema),
		snapshot:  sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
		migration: forPostgres, explain: explainPostgres, scrub: scrubPostgres,
	}}
	if err = s.explain(program.CheckServer(ctx, s.db.DB, s.where)); err == nil {
		err = s.migrate(ctx, func(tx *tx) error { return createSchema(ctx, tx, schema) })
	}
	if err != nil {
		return nil, errors.Join(err, handle.Close())
	}
	return s, nil
}

// createSchema asks first: who was given a schema need not have the right to create one.
func createSchema(ctx context.Context, tx *tx, schema string) error {
	var there int
	err := tx.QueryRowContext(ctx, `SELECT count(*) FROM pg_namespace WHERE nspname = ?`, schema).Scan(&there)
	if err == nil && there == 0 {
		_, err = tx.ExecContext(ctx, `CREATE SCHEMA `+schema)
	}
	return err
}

// CheckNoPassword refuses a URL with a password, which others would see in the list of processes and in files.
func CheckNoPassword(where string) error { return program.CheckNoPassword(where) }
