package bench

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// postgresUser runs the server when this program is root, as which PostgreSQL refuses to run.
	postgresUser = "postgres"
	// postgresStart and postgresStop bound how long the server may take to start and stop.
	postgresStart = 30 * time.Second
	postgresStop  = 30 * time.Second
)

// postgres is the database that an institution would use instead of a chain: a server of its own in a temporary
// folder, on a socket there, with the settings it comes with (fsync and synchronous_commit on). One client inserts rows
// of an attestation's content, each in a transaction of its own.
type postgres struct {
	bin  string // folder of the programs
	rows int    // a round

	dir     string
	as      *syscall.Credential // nil for the user of this program
	conn    *pgx.Conn
	version string
}

func (*postgres) name() string { return Postgres }
func (*postgres) unit() string { return "rows" }
func (p *postgres) about() string {
	return "PostgreSQL " + p.version + ": one client, one durable INSERT after the other, with an index by id and one by subject"
}

func (p *postgres) open(ctx context.Context) (err error) {
	if p.bin, err = postgresBin(p.bin); err != nil {
		return err
	}
	if p.as, err = notRoot(); err != nil {
		return err
	}
	if p.dir, err = os.MkdirTemp("", "creditd-bench-pg-"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.close())
		}
	}()
	if p.as != nil {
		if err := os.Chown(p.dir, int(p.as.Uid), int(p.as.Gid)); err != nil {
			return err
		}
	}
	if err := p.command(ctx, "initdb", "-D", p.data(), "-U", postgresUser, "-A", "trust", "-E", "UTF8", "--no-locale"); err != nil {
		return err
	}
	// -k: on a socket in the folder; -h "": on no port.
	err = p.command(ctx, "pg_ctl", "start", "-w", "-t", seconds(postgresStart), "-D", p.data(),
		"-l", filepath.Join(p.dir, "log"), "-o", fmt.Sprintf("-k %s -h ''", p.dir))
	if err != nil {
		return err
	}
	if p.conn, err = pgx.Connect(ctx, fmt.Sprintf("host=%s user=%s dbname=postgres", p.dir, postgresUser)); err != nil {
		return err
	}
	return p.prepare(ctx)
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
	if p.dir == "" {
		return nil
	}
	var errs []error
	ctx, cancel := context.WithTimeout(context.Background(), postgresStop) // also when the run was interrupted
	defer cancel()
	if p.conn != nil {
		errs = append(errs, p.conn.Close(ctx))
	}
	if _, err := os.Stat(filepath.Join(p.data(), "postmaster.pid")); err == nil {
		errs = append(errs, p.command(ctx, "pg_ctl", "stop", "-w", "-m", "fast", "-D", p.data()))
	}
	return errors.Join(append(errs, os.RemoveAll(p.dir))...)
}

func (p *postgres) data() string { return filepath.Join(p.dir, "data") }

// command runs one of PostgreSQL's programs to its end. Its output goes to a file: the server inherits it and would
// keep a pipe open.
func (p *postgres) command(ctx context.Context, program string, args ...string) error {
	output, err := os.CreateTemp(p.dir, program)
	if err != nil {
		return err
	}
	defer output.Close()
	cmd := exec.CommandContext(ctx, filepath.Join(p.bin, program), args...)
	cmd.Dir = p.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	cmd.Stdout, cmd.Stderr = output, output
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: p.as}
	if err := cmd.Run(); err != nil {
		text, _ := os.ReadFile(output.Name())
		return fmt.Errorf("%s: %w: %s", program, err, bytes.TrimSpace(text))
	}
	return nil
}

func seconds(d time.Duration) string { return strconv.Itoa(int(d / time.Second)) }

// postgresBin finds the folder of the server's programs; distributions keep it out of the path.
func postgresBin(given string) (string, error) {
	folders := []string{given}
	if given == "" {
		folders = []string{"/usr/lib/postgresql/15/bin"}
		if out, err := exec.Command("pg_config", "--bindir").Output(); err == nil {
			folders = append(folders, strings.TrimSpace(string(out)))
		}
	}
	for _, folder := range folders {
		if _, err := os.Stat(filepath.Join(folder, "initdb")); err == nil {
			return folder, nil
		}
	}
	return "", fmt.Errorf("no initdb in %s: install PostgreSQL 15 (Debian: apt-get install postgresql-15), "+
		"give its folder with --postgres-bin, or leave %s out of --workloads", strings.Join(folders, ", "), Postgres)
}

// notRoot is whom the server runs as.
func notRoot() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup(postgresUser)
	if err != nil {
		return nil, fmt.Errorf("PostgreSQL does not run as root, and there is no user %q: run this as another user: %w", postgresUser, err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}
