package store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// Codes of PostgreSQL's errors (its manual, appendix A) that an operator can do something about.
const (
	pgDiskFull         = "53100"
	pgTooMany          = "53300"
	pgDataCorrupted    = "XX001"
	pgIndexCorrupted   = "XX002"
	pgLockNotAvailable = "55P03"
	pgDeadlock         = "40P01"
	pgNoAccess         = "28000"
	pgWrongPassword    = "28P01"
	pgNoDatabase       = "3D000"
	pgNoPrivilege      = "42501"
	pgReadOnly         = "25006"
	pgShutdownClass    = "57P"
	pgConnectionClass  = "08"
)

func explainPostgres(where string, err error) error {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return explainCode(where, failure.Code, err)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fmt.Errorf("vault store: %w", err)
	}
	if reason := refusedTLS(err); reason != "" {
		return fmt.Errorf("%w: %s: %s: %w", ErrRefused, where, reason, err)
	}
	var network net.Error
	var connect *pgconn.ConnectError
	lost := errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
	if lost {
		return fmt.Errorf("%w: %s: check that it runs and can be reached, and run the same command again, "+
			"nothing that was confirmed is lost: %w", ErrAway, where, err)
	}
	return fmt.Errorf("vault store: %w", err)
}

func explainCode(where, code string, err error) error {
	switch {
	case code == pgDiskFull:
		return fmt.Errorf("%w: free space on the machine of %s and run the same command again, nothing that was stored is lost: %w", ErrFull, where, err)
	case code == pgDataCorrupted || code == pgIndexCorrupted:
		return fmt.Errorf("%w: %s: %w", ErrBroken, where, err)
	case code == pgLockNotAvailable || code == pgDeadlock:
		return fmt.Errorf("%w: %s: %w", ErrBusy, where, err)
	case code == pgTooMany:
		return fmt.Errorf("%w: %s has no connection left: raise its max_connections, or stop others: %w", ErrAway, where, err)
	case code == pgWrongPassword:
		return fmt.Errorf("%w: %s refuses the password: put the right one into the file that PGPASSFILE names "+
			"(host:port:database:user:password, chmod 600): %w", ErrRefused, where, err)
	case code == pgNoAccess:
		return fmt.Errorf("%w: %s does not let this user in from here: see its pg_hba.conf: %w", ErrRefused, where, err)
	case code == pgNoDatabase:
		return fmt.Errorf("%w: %s is not there: make it with createdb: %w", ErrRefused, where, err)
	case code == pgNoPrivilege:
		return fmt.Errorf("%w: %s: the user needs GRANT CREATE ON DATABASE, or a schema of its own: %w", ErrRefused, where, err)
	case code == pgReadOnly:
		return fmt.Errorf("%w: %s only reads: name the primary server: %w", ErrRefused, where, err)
	case strings.HasPrefix(code, pgShutdownClass) || strings.HasPrefix(code, pgConnectionClass):
		return fmt.Errorf("%w: %s: check that it runs and run the same command again, nothing that was confirmed is lost: %w", ErrAway, where, err)
	}
	return fmt.Errorf("vault store: %w", err)
}

// refusedTLS says why a secure connection did not come about, or nothing.
func refusedTLS(err error) string {
	var certificate *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var alert tls.AlertError
	switch {
	case errors.As(err, &unknown):
		return "its certificate is of an authority that is not known here: name that authority's certificate with sslrootcert=FILE"
	case errors.As(err, &name):
		return "its certificate is for another name: use the name in the certificate"
	case errors.As(err, &certificate):
		return "its certificate is not valid"
	case errors.As(err, &alert):
		return "it refused the TLS connection: check sslcert and sslkey"
	case strings.Contains(err.Error(), "server refused TLS connection"):
		return "it has no TLS: switch it on with ssl = on in its postgresql.conf"
	}
	return ""
}
