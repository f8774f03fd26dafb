package postgres

import (
	"crypto/tls"
	"crypto/x509"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
)

// Kind of a failure that an operator can do something about.
type Kind int

// The kinds.
const (
	Other   Kind = iota // none of them
	Full                // the server's disk
	Broken              // what is read is not what was written
	Busy                // another holds a lock for too long
	Away                // the server cannot be reached, or was lost on the way
	Refused             // it does not let this program in, or not securely
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

// Explain says of what kind an error of a database is, and in words about the database what to do.
func Explain(where string, err error) (Kind, string) {
	var failure *pgconn.PgError
	if errors.As(err, &failure) {
		return explainCode(where, failure.Code)
	}
	if errors.Is(err, ErrRefused) {
		return Refused, ""
	}
	if reason := refusedTLS(err); reason != "" {
		return Refused, where + ": " + reason
	}
	var network net.Error
	var connect *pgconn.ConnectError
	lost := errors.As(err, &connect) || errors.As(err, &network) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, driver.ErrBadConn) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, net.ErrClosed) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
	if lost {
		return Away, where + ": check that it runs and can be reached, and run the same command again, nothing that was confirmed is lost"
	}
	return Other, ""
}

func explainCode(where, code string) (Kind, string) {
	switch {
	case code == pgDiskFull:
		return Full, "free space on the machine of " + where + " and run the same command again, nothing that was stored is lost"
	case code == pgDataCorrupted || code == pgIndexCorrupted:
		return Broken, where
	case code == pgLockNotAvailable || code == pgDeadlock:
		return Busy, where
	case code == pgTooMany:
		return Away, where + " has no connection left: raise its max_connections, or stop others"
	case code == pgWrongPassword:
		return Refused, where + " refuses the password: put the right one into the file that PGPASSFILE names " +
			"(host:port:database:user:password, chmod 600)"
	case code == pgNoAccess:
		return Refused, where + " does not let this user in from here: see its pg_hba.conf"
	case code == pgNoDatabase:
		return Refused, where + " is not there: make it with createdb"
	case code == pgNoPrivilege:
		return Refused, where + ": the user needs GRANT CREATE ON DATABASE, or a schema of its own"
	case code == pgReadOnly:
		return Refused, where + " only reads: name the primary server"
	case strings.HasPrefix(code, pgShutdownClass) || strings.HasPrefix(code, pgConnectionClass):
		return Away, where + ": check that it runs and run the same command again, nothing that was confirmed is lost"
	}
	return Other, ""
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
