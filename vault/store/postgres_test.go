package store

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/internal/pgserver"
	"github.com/creditd/creditd/vault/internal/testpg"
)

// opener gives an empty store, and a way to open the same again.
type opener func(t *testing.T) (s *SQL, reopen func() *SQL)

func openAt(t *testing.T, where string) (*SQL, func() *SQL) {
	open := func() *SQL {
		s, err := Open(t.Context(), where, Options{})
		require.NoError(t, err)
		return s
	}
	current := open()
	t.Cleanup(func() { _ = current.Close() })
	return current, func() *SQL {
		require.NoError(t, current.Close())
		current = open()
		return current
	}
}

func TestSQLite(t *testing.T) {
	testStore(t, func(t *testing.T) (*SQL, func() *SQL) {
		return openAt(t, filepath.Join(t.TempDir(), "vault", "store.db"))
	})
}

func TestPostgres(t *testing.T) {
	server := testpg.Start(t, pgserver.Options{})
	testStore(t, func(t *testing.T) (*SQL, func() *SQL) { return openAt(t, testpg.Store(server)) })

	t.Run("migrates once", func(t *testing.T) { testPostgresMigratesOnce(t, server) })
	t.Run("rights", func(t *testing.T) { testPostgresRights(t, server) })
	t.Run("is killed", func(t *testing.T) { testPostgresIsKilled(t, server) })

	t.Run("each URL has a schema of its own", func(t *testing.T) {
		first, _ := openAt(t, testpg.Store(server))
		second, _ := openAt(t, testpg.Store(server))
		require.NoError(t, first.Stage(t.Context(), []Record{record(1, 1, 1)}))
		records, err := second.Records(t.Context(), nil, 10)
		require.NoError(t, err)
		require.Empty(t, records)
	})

	t.Run("confirmed is durable", func(t *testing.T) {
		s, _ := openAt(t, testpg.Store(server))
		var value string
		require.NoError(t, s.db.QueryRowContext(t.Context(), `SHOW synchronous_commit`).Scan(&value))
		require.Equal(t, "on", value)
	})

	// The server raises the errors that a full or a damaged disk gives, and the call leaves nothing.
	for code, want := range map[string]error{"53100": ErrFull, "XX001": ErrBroken, "55P03": ErrBusy, "57P01": ErrAway} {
		t.Run("error "+code, func(t *testing.T) {
			ctx := t.Context()
			s, _ := openAt(t, testpg.Store(server))
			require.NoError(t, s.Stage(ctx, []Record{record(1, 1, 1)}))
			_, err := s.db.ExecContext(ctx, `CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS
				'BEGIN RAISE EXCEPTION ''as told'' USING ERRCODE = ''`+code+`''; END';
				CREATE TRIGGER fail BEFORE INSERT ON staged FOR EACH STATEMENT EXECUTE FUNCTION fail()`)
			require.NoError(t, err)
			require.ErrorIs(t, s.Stage(ctx, []Record{record(2, 2, 1)}), want)
			records, err := s.Records(ctx, nil, 10)
			require.NoError(t, err)
			require.Equal(t, []Record{record(1, 1, 1)}, records)
		})
	}

	t.Run("a lock that is held too long", func(t *testing.T) {
		ctx := t.Context()
		where := testpg.Store(server)
		s, _ := openAt(t, where)
		other, err := Open(ctx, where, Options{})
		require.NoError(t, err)
		defer func() { require.NoError(t, other.Close()) }()
		err = s.write(ctx, func(*tx) error {
			other.db.SetMaxOpenConns(1)
			if _, err := other.db.ExecContext(ctx, `SET lock_timeout = 50`); err != nil {
				return err
			}
			return other.Stage(ctx, []Record{record(1, 1, 1)})
		})
		require.ErrorIs(t, err, ErrBusy)
	})
}

// What was confirmed survives a server that is killed; meanwhile the error says what to do, and after it the same
// handle works again.
func testPostgresIsKilled(t *testing.T, server *pgserver.Server) {
	ctx := t.Context()
	s, _ := openAt(t, testpg.Store(server))
	require.NoError(t, s.Stage(ctx, []Record{record(1, 1, 1)}))
	require.NoError(t, server.Halt(ctx))
	err := s.Stage(ctx, []Record{record(2, 2, 1)})
	require.ErrorIs(t, err, ErrAway)
	require.ErrorContains(t, err, "run the same command again")
	_, err = s.Records(ctx, nil, 1)
	require.ErrorIs(t, err, ErrAway)
	require.NoError(t, server.Run(ctx))
	require.NoError(t, s.Stage(ctx, []Record{record(2, 2, 1)}))
	records, err := s.Records(ctx, nil, 10)
	require.NoError(t, err)
	require.Equal(t, []Record{record(1, 1, 1), record(2, 2, 1)}, records)
}

// Two processes open a store that is not there yet, at once.
func testPostgresMigratesOnce(t *testing.T, server *pgserver.Server) {
	where := testpg.Store(server)
	failed := make(chan error)
	for range 6 {
		go func() {
			s, err := Open(context.WithoutCancel(t.Context()), where, Options{})
			if err == nil {
				err = s.Close()
			}
			failed <- err
		}()
	}
	for range 6 {
		require.NoError(t, <-failed)
	}
	s, _ := openAt(t, where)
	_, err := s.db.ExecContext(t.Context(), `INSERT INTO migrations VALUES (99, 0)`)
	require.NoError(t, err)
	_, err = Open(t.Context(), where, Options{})
	require.ErrorContains(t, err, "version 99")
}

// A user who has a schema and no right to make one.
func testPostgresRights(t *testing.T, server *pgserver.Server) {
	ctx := t.Context()
	admin, _ := openAt(t, testpg.Store(server))
	_, err := admin.db.ExecContext(ctx, `CREATE ROLE bank LOGIN; CREATE SCHEMA own AUTHORIZATION bank`)
	require.NoError(t, err)
	s, err := Open(ctx, server.URL("bank", "postgres", "search_path", "own"), Options{})
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = Open(ctx, server.URL("bank", "postgres", "search_path", "other"), Options{})
	require.ErrorIs(t, err, ErrRefused)
	require.ErrorContains(t, err, "GRANT CREATE")
	_, err = Open(ctx, server.URL("bank", "nowhere"), Options{})
	require.ErrorIs(t, err, ErrRefused)
	require.ErrorContains(t, err, "createdb")
}

func TestPostgresWithoutFsync(t *testing.T) {
	server := testpg.Start(t, pgserver.Options{Settings: []string{"fsync=off"}})
	_, err := Open(t.Context(), testpg.Store(server), Options{})
	require.ErrorIs(t, err, ErrRefused)
	require.ErrorContains(t, err, "fsync = on")
}

// A wrong password and a wrong certificate are told, and no error repeats a password.
func TestPostgresOverTLS(t *testing.T) {
	ctx := t.Context()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	port := listener.Addr().(*net.TCPAddr).Port
	require.NoError(t, listener.Close())
	authority, certificate, key := newCertificate(t)
	server := testpg.Start(t, pgserver.Options{
		Settings: []string{"listen_addresses='127.0.0.1'", fmt.Sprintf("port=%d", port), "ssl=on"},
		HBA:      "local all postgres trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n",
		Prepare: func(data string) error {
			if err := os.WriteFile(filepath.Join(data, "server.crt"), certificate, 0o600); err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(data, "server.key"), key, 0o600)
		},
	})
	admin, _ := openAt(t, server.URL(server.Superuser(), "postgres", "search_path", "admin", "port", fmt.Sprint(port)))
	_, err = admin.db.ExecContext(ctx, `CREATE ROLE bank LOGIN PASSWORD 'correct horse'; GRANT CREATE ON DATABASE postgres TO bank`)
	require.NoError(t, err)

	folder := t.TempDir()
	ca, other := filepath.Join(folder, "ca.pem"), filepath.Join(folder, "other.pem")
	require.NoError(t, os.WriteFile(ca, authority, 0o600))
	unrelated, _, _ := newCertificate(t)
	require.NoError(t, os.WriteFile(other, unrelated, 0o600))
	url := func(password, params string) string {
		return fmt.Sprintf("postgres://bank%s@127.0.0.1:%d/postgres?%s", password, port, params)
	}
	verified := "sslmode=verify-full&sslrootcert="

	passfile := filepath.Join(folder, "pgpass")
	require.NoError(t, os.WriteFile(passfile, []byte("127.0.0.1:*:*:bank:correct horse\n"), 0o600))
	t.Setenv("PGPASSFILE", passfile)
	s, err := Open(ctx, url("", verified+ca), Options{})
	require.NoError(t, err)
	var encrypted bool
	require.NoError(t, s.db.QueryRowContext(ctx, `SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`).Scan(&encrypted))
	require.True(t, encrypted)
	require.NoError(t, s.Close())

	for name, test := range map[string]struct{ where, want string }{
		"wrong password":     {url(":wrongpass", verified+ca), "PGPASSFILE"},
		"unknown authority":  {url(":wrongpass", verified+other), "sslrootcert=FILE"},
		"another name":       {strings.Replace(url(":wrongpass", verified+ca), "127.0.0.1", "localhost", 1), "another name"},
		"no such file":       {url("", verified+"/no/such/file"), "/no/such/file"},
		"no such file, with": {url(":wrongpass", verified+"/no/such/file"), "cannot be read"},
		"not encrypted":      {url(":wrongpass", "sslmode=disable"), "pg_hba.conf"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(ctx, test.where, Options{})
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "wrongpass")
		})
	}
}

// newCertificate makes an authority and a server's certificate for 127.0.0.1.
func newCertificate(t *testing.T) (authority, certificate, key []byte) {
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test CA"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caDER, err := x509.CreateCertificate(rand.Reader, ca, ca, caKey.Public(), caKey)
	require.NoError(t, err)
	serverKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "server"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, ca, serverKey.Public(), caKey)
	require.NoError(t, err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(serverKey)
	require.NoError(t, err)
	block := func(kind string, der []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}) }
	return block("CERTIFICATE", caDER), block("CERTIFICATE", der), block("PRIVATE KEY", keyDER)
}

// What could go over the network in the clear is refused before anything is sent.
func TestPostgresURLs(t *testing.T) {
	for name, test := range map[string]struct{ where, want string }{
		"disable":          {"postgres://bank:secret@db.example/vault?sslmode=disable", "sslmode=verify-full"},
		"allow":            {"postgres://bank:secret@db.example/vault?sslmode=allow", "sslmode=verify-full"},
		"prefer":           {"postgres://bank:secret@db.example/vault?sslmode=prefer", "sslmode=verify-full"},
		"default":          {"postgres://bank:secret@db.example/vault", "sslmode=verify-full"},
		"one host of two":  {"postgres://bank:secret@localhost,db.example/vault?sslmode=disable", "sslmode=verify-full"},
		"an address":       {"postgres://bank:secret@192.0.2.1/vault?sslmode=disable", "sslmode=verify-full"},
		"several schemas":  {"postgres://bank:secret@localhost/vault?search_path=a,b", "search_path"},
		"a quoted schema":  {"postgres://bank:secret@localhost/vault?search_path=%22A%22", "search_path"},
		"no port":          {"postgres://bank:secret@localhost:port/vault", "write it like"},
		"unknown mode":     {"postgres://bank:secret@localhost/vault?sslmode=sometimes", "write it like"},
		"nobody is there":  {"postgres://bank:secret@127.0.0.1:1/vault", "does not answer"},
		"nobody, over TLS": {"postgres://bank:secret@127.0.0.1:1/vault?sslmode=require", "does not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(t.Context(), test.where, Options{})
			require.ErrorContains(t, err, test.want)
			require.NotContains(t, err.Error(), "secret")
		})
	}
	require.NoError(t, CheckNoPassword("postgres://bank@db.example/vault?sslmode=verify-full"))
	for _, with := range []string{"postgres://bank:secret@db/vault", "postgres://bank@db/vault?password=secret", "postgres://bank@db/v?sslpassword=secret"} {
		err := CheckNoPassword(with)
		require.ErrorContains(t, err, "PGPASSFILE")
		require.NotContains(t, err.Error(), "secret")
	}
}
