package bench

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/creditd/creditd/internal/pgserver"
)

// postgres is the database that an institution would use instead of a chain: a server of its own in a temporary
// folder, on a socket there, with the settings it comes with (fsync and synchronous_commit on). One client inserts rows
// of an attestation's content, each in a transaction of its own.
type postgres struct {
	bin  string       // folder of the programs
	tls  *postgresTLS // nil: over the socket in its folder
	rows int          // a round

	server  *pgserver.Server
	conn    *pgx.Conn
	version string
}

func (*postgres) name() string { return Postgres }
func (*postgres) unit() string { return "rows" }
func (p *postgres) about() string {
	return "PostgreSQL " + p.version + ": one client, one durable INSERT after the other, with an index by id and one by subject"
}

func (p *postgres) open(ctx context.Context) (err error) {
	options := pgserver.Options{Bin: p.bin}
	if p.tls != nil {
		if options, err = p.tls.options(ctx, p.bin); err != nil {
			return err
		}
	}
	if p.server, err = pgserver.Start(ctx, options); err != nil {
		return fmt.Errorf("%w: give its folder with --postgres-bin, or leave %s out of --workloads", err, Postgres)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	if p.conn, err = p.connect(ctx); err != nil {
		return err
	}
	return p.prepare(ctx)
}

func (p *postgres) connect(ctx context.Context) (*pgx.Conn, error) {
	if p.tls != nil {
		return p.tls.connect(ctx, p.server.Superuser())
	}
	return pgx.Connect(ctx, p.server.URL(p.server.Superuser(), "postgres"))
}

// prepare makes the table and finds out that what is inserted is durable.
func (p *postgres) prepare(ctx context.Context) error {
	if err := p.conn.QueryRow(ctx, "SHOW server_version").Scan(&p.version); err != nil {
		return err
	}
	for _, setting := range []string{"fsync", "synchronous_commit"} {
		var value string
		if err := p.conn.QueryRow(ctx, "SHOW "+setting).Scan(&value); err != nil {
			return err
		}
		if value != "on" {
			return fmt.Errorf("%s is %s: a comparison with what is not durable says nothing", setting, value)
		}
	}
	_, err := p.conn.Exec(ctx, `CREATE TABLE attestation (
		id bytea PRIMARY KEY, schema_id bytea NOT NULL, issuer text NOT NULL, subject bytea NOT NULL,
		commitment bytea NOT NULL, issued_at timestamptz NOT NULL, valid_from timestamptz, expires_at timestamptz)`)
	if err != nil {
		return err
	}
	_, err = p.conn.Exec(ctx, `CREATE INDEX by_subject ON attestation (subject)`)
	return err
}

func (p *postgres) round(ctx context.Context) (besideSample, error) {
	const (
		insert = `INSERT INTO attestation (id, schema_id, issuer, subject, commitment, issued_at) VALUES ($1, $2, $3, $4, $5, $6)`
		issuer = "credit1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqp9qf0t" // as long as a real one
	)
	content := make([]byte, 96*p.rows)
	_, _ = rand.Read(content) // never fails, see its doc
	start := time.Now()
	for i := range p.rows {
		row := content[96*i:]
		if _, err := p.conn.Exec(ctx, insert, row[:32], unlistedSchema.Id, issuer, row[32:64], row[64:96], time.Now()); err != nil {
			return besideSample{}, err
		}
	}
	return besideSample{count: p.rows, elapsed: time.Since(start)}, nil
}

func (p *postgres) close() error {
	if p.server == nil {
		return nil
	}
	var closed error
	if p.conn != nil {
		closed = p.conn.Close(context.Background()) // also when the run was interrupted
	}
	return errors.Join(closed, p.server.Stop())
}
