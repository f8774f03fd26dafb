package desk

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestListensOnThisMachineAlone(t *testing.T) {
	for _, address := range []string{"0.0.0.0:0", ":0", "[::]:0", "192.0.2.1:0", "desk.example:0", "nonsense"} {
		_, err := Listen(context.Background(), address, "", "")
		require.ErrorContains(t, err, "--listen", address)
	}
	l, err := Listen(context.Background(), "127.0.0.1:0", "", "")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(l.Base, "http://127.0.0.1:"))
	require.True(t, l.Hosts(l.Addr().String()))
	require.False(t, l.Hosts("127.0.0.1:1"))
	require.NoError(t, l.Close())
}

func TestListensElsewhereWithACertificateAlone(t *testing.T) {
	certificate, key := certificateFor(t, "desk.example")
	_, err := Listen(context.Background(), "0.0.0.0:0", certificate, "")
	require.ErrorContains(t, err, "belong together")
	_, err = Listen(context.Background(), "0.0.0.0:0", key, certificate)
	require.Error(t, err)
	l, err := Listen(context.Background(), "0.0.0.0:0", certificate, key)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(l.Base, "https://desk.example:"), l.Base)
	require.True(t, l.Hosts("desk.example:443"))
	require.False(t, l.Hosts("evil.example:443"))
	require.False(t, l.Hosts("127.0.0.1:443"), "it is not for that name")
	require.NoError(t, l.Close())
}

func TestServeEndsWithItsContext(t *testing.T) {
	f := newFixture(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- Serve(ctx, l, f.desk) }()
	cancel()
	require.NoError(t, <-ended)
}

func certificateFor(t *testing.T, name string) (certificateFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	require.NoError(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(t, err)
	write := func(file, kind string, bytes []byte) string {
		path := filepath.Join(t.TempDir(), file)
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: bytes}), 0o600))
		return path
	}
	return write("cert.pem", "CERTIFICATE", der), write("key.pem", "PRIVATE KEY", private)
}
