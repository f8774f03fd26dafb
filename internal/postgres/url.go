// Package postgres is how our programs reach a PostgreSQL database: its URL, TLS towards other machines, a server that keeps
// what it confirms, and errors that say what to do.
package postgres

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
)

const (
	connectTimeout = 10 * time.Second
	oldestServer   = 150000 // server_version_num
)

// schemaName is what needs no quotes, so that it is the same to psql as here.
var schemaName = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)

// ErrRefused marks what is wrong with a database, or with the way to it, as long as it stays as it is.
var ErrRefused = errors.New("the database cannot be used")

// Program says who opens a database.
type Program struct {
	What        string        // what the database is to it, in errors: "the store"
	Who         string        // in errors: "the vault"
	Name        string        // that the server shows of the connection
	Schema      string        // that it uses where the URL names none
	LockTimeout time.Duration // how long a statement waits for a lock
	Lost        string        // what a server that forgets loses, in an error
}

// Parse reads the URL, and what it leaves out from the environment as libpq does (PGPASSFILE, PGSSLROOTCERT...).
//
// Durability: synchronous_commit is on for each session whatever the server's default.
func (p Program) Parse(where string) (*pgx.ConnConfig, string, error) {
	const how = "write it like postgres://user@host:5432/database?sslmode=verify-full&sslrootcert=ca.pem"
	config, err := pgx.ParseConfig(where)
	if err != nil {
		// The reason may repeat what was parsed. It is told only where there is no password in it.
		var parse *pgconn.ParseConfigError
		if u, bad := url.Parse(where); bad == nil && !hasPassword(u) && errors.As(err, &parse) && errors.Unwrap(parse) != nil {
			return nil, "", fmt.Errorf("the URL of %s cannot be used: %w: %s", p.What, errors.Unwrap(parse), how)
		}
		return nil, "", fmt.Errorf("the URL of %s cannot be read: %s", p.What, how)
	}
	schema, given := config.RuntimeParams["search_path"]
	if !given {
		schema = p.Schema
	}
	if !schemaName.MatchString(schema) {
		return nil, "", fmt.Errorf("search_path in the URL of %s must be one name of lower-case letters, digits and _: "+
			"%s has a schema of its own", p.What, p.Who)
	}
	if err := requireTLS(config); err != nil {
		return nil, "", err
	}
	config.RuntimeParams["search_path"] = schema
	config.RuntimeParams["application_name"] = p.Name
	config.RuntimeParams["synchronous_commit"] = "on"
	config.RuntimeParams["lock_timeout"] = strconv.FormatInt(p.LockTimeout.Milliseconds(), 10)
	if u, err := url.Parse(where); err != nil || !u.Query().Has("connect_timeout") {
		config.ConnectTimeout = connectTimeout
	}
	return config, schema, nil
}

// queryer is a connection or a pool of them.
type queryer interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// CheckServer refuses one that is too old, or that does not keep what it confirmed.
func (p Program) CheckServer(ctx context.Context, db queryer, shown string) error {
	var version, fsync string
	if err := db.QueryRowContext(ctx, `SELECT current_setting('server_version_num'), current_setting('fsync')`).Scan(&version, &fsync); err != nil {
		return err
	}
	if n, err := strconv.Atoi(version); err != nil || n < oldestServer {
		return fmt.Errorf("%w: %s runs PostgreSQL of version number %s: it must be 15 or later", ErrRefused, shown, version)
	}
	if fsync != "on" {
		return fmt.Errorf("%w: fsync is off at %s, so that a loss of power loses %s: set fsync = on in its postgresql.conf", ErrRefused, shown, p.Lost)
	}
	return nil
}

// requireTLS refuses what would, or could, send content and password in the clear to another machine.
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
func (p Program) CheckNoPassword(where string) error {
	u, err := url.Parse(where)
	if err != nil {
		return fmt.Errorf("the URL of %s cannot be read", p.What) // the cause would repeat it
	}
	if hasPassword(u) {
		return fmt.Errorf("the URL of %s has a password in it, which the list of processes would show: leave it out and put it "+
			"into a file that PGPASSFILE names (host:port:database:user:password, chmod 600)", p.What)
	}
	return nil
}

// Shown names a database without a password.
func Shown(config *pgx.ConnConfig, schema string) string {
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

// IsURL tells the URL of a database from other text.
func IsURL(where string) bool {
	return strings.HasPrefix(where, "postgres://") || strings.HasPrefix(where, "postgresql://")
}
