package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	postgresConnections = 8
	postgresIdle        = 5 * time.Minute
	connectTimeout      = 10 * time.Second
	oldestPostgres      = 150000 // server_version_num
	defaultSchema       = "creditd_vault"
	// lockClass tells the vault's advisory locks from those of other programs in the same database.
	lockClass = 0x63726476 // "crdv"
)

// schemaName is what needs no quotes, so that it is the same to psql as here.
var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// openPostgres opens the store in a schema of its own.
//
// Durability: synchronous_commit is on for this session whatever the server's default, and a server with fsync off is
// refused. One advisory lock per schema makes one writer of all processes, as in SQLite; migrations take it too.
func openPostgres(ctx context.Context, where string) (*SQL, error) {
	config, schema, err := parsePostgres(where)
	if err != nil {
		return nil, err
	}
	handle := stdlib.OpenDB(*config)
	handle.SetMaxOpenConns(postgresConnections)
	handle.SetMaxIdleConns(postgresConnections)
	handle.SetConnMaxIdleTime(postgresIdle)
	s := &SQL{db: db{handle, true}, where: shown(config, schema), engine: engine{
		insert: "INSERT INTO", numbered: true,
		// The schema's name has no quote in it, see schemaName.
		lock:      fmt.Sprintf(`SELECT pg_advisory_xact_lock(%d, hashtext('%s'))`, lockClass, schema),
		snapshot:  sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true},
		migration: forPostgres, explain: explainPostgres, scrub: scrubPostgres,
	}}
	if err = s.checkServer(ctx); err == nil {
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

// checkServer refuses one that is too old, or that does not keep what it confirmed.
func (s *SQL) checkServer(ctx context.Context) error {
	var version, fsync string
	if err := s.db.QueryRowContext(ctx, `SELECT current_setting('server_version_num'), current_setting('fsync')`).Scan(&version, &fsync); err != nil {
		return s.explain(err)
	}
	if n, err := strconv.Atoi(version); err != nil || n < oldestPostgres {
		return fmt.Errorf("%w: %s runs PostgreSQL of version number %s: it must be 15 or later", ErrRefused, s.where, version)
	}
	if fsync != "on" {
		return fmt.Errorf("%w: fsync is off at %s, so that a loss of power loses records whose commitments are on the chain: "+
			"set fsync = on in its postgresql.conf", ErrRefused, s.where)
	}
	return nil
}

// parsePostgres reads the URL, and what it leaves out from the environment as libpq does (PGPASSFILE, PGSSLROOTCERT...).
func parsePostgres(where string) (*pgx.ConnConfig, string, error) {
	const how = "write it like postgres://user@host:5432/database?sslmode=verify-full&sslrootcert=ca.pem"
	config, err := pgx.ParseConfig(where)
	if err != nil {
		// The reason may repeat what was parsed. It is told only where there is no password in it.
		var parse *pgconn.ParseConfigError
		if u, bad := url.Parse(where); bad == nil && !hasPassword(u) && errors.As(err, &parse) && errors.Unwrap(parse) != nil {
			return nil, "", fmt.Errorf("the URL of the store cannot be used: %w: %s", errors.Unwrap(parse), how)
		}
		return nil, "", errors.New("the URL of the store cannot be read: " + how)
	}
	schema, given := config.RuntimeParams["search_path"]
	if !given {
		schema = defaultSchema
	}
	if !schemaName.MatchString(schema) {
		return nil, "", errors.New("search_path in the URL of the store must be one name of lower-case letters, digits and _: " +
			"the vault has a schema of its own")
	}
	if err := requireTLS(config); err != nil {
		return nil, "", err
	}
	config.RuntimeParams["search_path"] = schema
	config.RuntimeParams["application_name"] = "creditd vault"
	config.RuntimeParams["synchronous_commit"] = "on"
	config.RuntimeParams["lock_timeout"] = strconv.Itoa(busyTimeoutMillis)
	if u, err := url.Parse(where); err != nil || !u.Query().Has("connect_timeout") {
		config.ConnectTimeout = connectTimeout
	}
	return config, schema, nil
}

// requireTLS refuses what would, or could, send records and password in the clear to another machine.
func requireTLS(config *pgx.ConnConfig) error {
	ways := []*pgconn.FallbackConfig{{Host: config.Host, TLSConfig: config.TLSConfig}}
	for _, way := range append(ways, config.Fallbacks...) {
		if way.TLSConfig == nil && !local(way.Host) {
			return fmt.Errorf("%w: without TLS, %s can be read and changed on the way: put sslmode=verify-full&sslrootcert=FILE into its URL "+
				"(the modes disable, allow and prefer are for this machine only)", ErrRefused, way.Host)
		}
	}
	return nil
}

// local tells this machine, by a socket or by loopback.
func local(host string) bool {
	if strings.HasPrefix(host, "/") || strings.HasPrefix(host, "@") || host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

func hasPassword(u *url.URL) bool {
	_, user := u.User.Password()
	return user || u.Query().Has("password") || u.Query().Has("sslpassword")
}

// CheckNoPassword refuses a URL with a password, which others would see in the list of processes and in files.
func CheckNoPassword(where string) error {
	u, err := url.Parse(where)
	if err != nil {
		return errors.New("the URL of the store cannot be read") // the cause would repeat it
	}
	if hasPassword(u) {
		return errors.New("the URL of the store has a password in it, which the list of processes would show: leave it out and put it " +
			"into a file that PGPASSFILE names (host:port:database:user:password, chmod 600)")
	}
	return nil
}

// shown names a database without a password.
func shown(config *pgx.ConnConfig, schema string) string {
	u := url.URL{Scheme: "postgres", User: url.User(config.User), Path: "/" + config.Database}
	query := url.Values{"search_path": {schema}}
	if strings.HasPrefix(config.Host, "/") {
		query.Set("host", config.Host)
	} else {
		u.Host = fmt.Sprintf("%s:%d", config.Host, config.Port)
	}
	u.RawQuery = strings.ReplaceAll(query.Encode(), "%2F", "/")
	return u.String()
}
