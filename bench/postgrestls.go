package bench

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/creditd/creditd/internal/pgserver"
)

// certificateLife of the server's certificate: longer than any run.
const certificateLife = 48 * time.Hour

// postgresTLS is a server that is reached as an institution's database is, and a vault: over TCP and TLS 1.3.
type postgresTLS struct {
	port  int
	trust *x509.CertPool
}

// options of the server, with a certificate that is made for it.
func (p *postgresTLS) options(ctx context.Context, bin string) (pgserver.Options, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return pgserver.Options{}, err
	}
	address, ok := listener.Addr().(*net.TCPAddr)
	if err := listener.Close(); err != nil || !ok {
		return pgserver.Options{}, errors.Join(err, errors.New("no TCP port"))
	}
	p.port = address.Port
	certificate, key, err := p.certificate()
	if err != nil {
		return pgserver.Options{}, err
	}
	return pgserver.Options{
		Bin:      bin,
		Settings: []string{"listen_addresses='127.0.0.1'", fmt.Sprintf("port=%d", p.port), "ssl=on", "ssl_min_protocol_version='TLSv1.3'"},
		HBA:      "local all all trust\nhostssl all all 127.0.0.1/32 trust\n",
		Prepare: func(data string) error {
			return errors.Join(
				os.WriteFile(filepath.Join(data, "server.crt"), certificate, 0o600), os.WriteFile(filepath.Join(data, "server.key"), key, 0o600))
		},
	}, nil
}

func (p *postgresTLS) certificate() (certificate, key []byte, err error) {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(certificateLife),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		return nil, nil, err
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, nil, err
	}
	p.trust = x509.NewCertPool()
	p.trust.AddCert(parsed)
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded}), nil
}

// connect makes one connection, and finds out that it is encrypted.
func (p *postgresTLS) connect(ctx context.Context, user string) (*pgx.Conn, error) {
	config, err := pgx.ParseConfig(fmt.Sprintf("postgres://%s@127.0.0.1:%d/postgres?sslmode=require", user, p.port))
	if err != nil {
		return nil, err
	}
	config.TLSConfig = &tls.Config{MinVersion: tls.VersionTLS13, RootCAs: p.trust, ServerName: "127.0.0.1"}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	var encrypted bool
	if err := conn.QueryRow(ctx, `SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()`).Scan(&encrypted); err != nil || !encrypted {
		return nil, errors.Join(err, fmt.Errorf("encrypted: %t", encrypted), conn.Close(ctx))
	}
	return conn, nil
}
