package exchange

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"io"
	"math/big"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// certificate made like newCertificate's, with something wrong with it.
type forged struct {
	chainID, account string
	signer           client.Signer
	from, until      time.Time
	extensions       func(e []pkix.Extension) []pkix.Extension
	key              []byte // of the account, as the binding says
}

func (f forged) make(t testing.TB) tls.Certificate {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(t, err)
	encoded, err := x509.MarshalPKIXPublicKey(public)
	require.NoError(t, err)
	digest := certificateDigest(f.chainID, f.account, encoded, f.until)
	signature, err := f.signer.Sign(digest[:])
	require.NoError(t, err)
	value, err := asn1.Marshal(binding{f.account, signature, f.key})
	require.NoError(t, err)
	extensions := []pkix.Extension{{Id: bindingOID, Value: value}}
	if f.extensions != nil {
		extensions = f.extensions(extensions)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: f.from, NotAfter: f.until, ExtraExtensions: extensions}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	require.NoError(t, err)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: private}
}

func (s *scene) valid() forged {
	return forged{chainID: "test-1", account: s.lender.Operator(), signer: s.lender.Signer, from: now.Add(-time.Minute), until: now.Add(time.Hour)}
}

// use makes the lender connect with this certificate.
func (s *scene) use(c tls.Certificate) {
	s.fetcher.identity = &identity{certificate: &c, renew: now.Add(time.Hour), now: s.fetcher.now, chainID: "test-1", signer: s.lender.Signer}
}

func TestCertificatesOfClients(t *testing.T) {
	stranger := client.NewSigner(secp256k1.GenPrivKey())
	for name, test := range map[string]struct {
		change func(s *scene, f *forged)
		fine   bool
	}{
		"valid":   {func(*scene, *forged) {}, true},
		"expired": {func(_ *scene, f *forged) { f.until = now.Add(-time.Second) }, false},
		"not valid yet": {func(_ *scene, f *forged) {
			f.from = now.Add(time.Minute)
		}, false},
		"valid for long": {func(_ *scene, f *forged) { f.until = now.Add(maxCertificateLife + time.Hour) }, false},
		"signed by another": {func(_ *scene, f *forged) {
			f.signer = stranger
		}, false},
		"of another chain":                {func(_ *scene, f *forged) { f.chainID = "other-1" }, false},
		"of an unknown":                   {func(_ *scene, f *forged) { f.signer, f.account = stranger, stranger.Address().String() }, false},
		"with the key that the chain has": {func(s *scene, f *forged) { f.key = s.lender.Signer.PubKey().Bytes() }, true},
		"with another's key":              {func(_ *scene, f *forged) { f.key = stranger.PubKey().Bytes() }, false},
		"with half a key":                 {func(s *scene, f *forged) { f.key = s.lender.Signer.PubKey().Bytes()[:16] }, false},
		"of an unknown with its key": {func(_ *scene, f *forged) {
			f.signer, f.account, f.key = stranger, stranger.Address().String(), stranger.PubKey().Bytes()
		}, false},
		"signed by another that shows its own key": {func(_ *scene, f *forged) {
			f.signer, f.key = stranger, stranger.PubKey().Bytes()
		}, false},
		"of no account":   {func(_ *scene, f *forged) { f.account = "lender" }, false},
		"bound to nobody": {func(_ *scene, f *forged) { f.extensions = func([]pkix.Extension) []pkix.Extension { return nil } }, false},
		"bound twice": {func(_ *scene, f *forged) {
			f.extensions = func(e []pkix.Extension) []pkix.Extension { return append(e, e...) }
		}, false},
		"bound with garbage": {func(_ *scene, f *forged) {
			f.extensions = func(e []pkix.Extension) []pkix.Extension { e[0].Value = append(e[0].Value, 0); return e }
		}, false},
		"of a revoked licence": {func(s *scene, _ *forged) {
			s.changeLender(func(v *institutiontypes.InstitutionView) {
				v.Institution.Status = institutiontypes.LICENCE_STATUS_REVOKED
			})
		}, false},
		"of a licence that ended": {func(s *scene, _ *forged) {
			s.changeLender(func(v *institutiontypes.InstitutionView) { v.Institution.ValidUntil = now })
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.fetcher.Attempts = 1
			f := s.valid()
			test.change(s, &f)
			s.use(f.make(t))
			_, err := s.fetch()
			if test.fine {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			require.Empty(t, ReasonOf(err), "no order was read")
			require.Empty(t, s.accesses())
		})
	}
}

// A certificate stands for the key that its account signed for: one that is taken over with another key is refused.
func TestStolenBinding(t *testing.T) {
	s := newScene(t)
	s.fetcher.Attempts = 1
	good, err := x509.ParseCertificate(s.valid().make(t).Certificate[0])
	require.NoError(t, err)
	stolen := s.valid()
	stolen.extensions = func([]pkix.Extension) []pkix.Extension {
		for _, e := range good.Extensions {
			if e.Id.Equal(bindingOID) {
				return []pkix.Extension{e}
			}
		}
		return nil
	}
	s.use(stolen.make(t))
	_, err = s.fetch()
	require.Error(t, err)
	require.Empty(t, s.accesses())
}

func TestCertificatesOfVaults(t *testing.T) {
	for name, test := range map[string]struct {
		change func(s *scene)
		says   string
	}{
		"of another institution": {func(s *scene) {
			s.fetcher.links = nil
			other := testvault.New(s.t, s.chain, "Other")
			_, err := s.fetcher.Fetch(s.t.Context(), Known(&s.inquiry), other.Operator(), s.bank.Listener.Addr().String())
			require.ErrorIs(s.t, err, ErrPeer)
			require.ErrorContains(s.t, err, "another institution's")
		}, ""},
		"of a suspended licence": {func(s *scene) {
			v := s.chain.State().Institutions[s.bank.Operator()]
			v.Institution.Status = institutiontypes.LICENCE_STATUS_SUSPENDED
			s.chain.State().Institutions[s.bank.Operator()] = v
		}, "licence"},
		"without a licence": {func(s *scene) { delete(s.chain.State().Institutions, s.bank.Operator()) }, "no licence"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			test.change(s)
			if test.says == "" {
				return
			}
			_, err := s.fetch()
			require.ErrorIs(t, err, ErrPeer)
			require.ErrorContains(t, err, test.says)
			require.Empty(t, s.accesses())
		})
	}
}

func TestNoCertificate(t *testing.T) {
	s := newScene(t)
	conn := dialAs(t, s, &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true})
	stream, err := types.NewExchangeClient(conn).Fetch(t.Context(), s.order())
	require.NoError(t, err)
	_, err = stream.Recv()
	require.Equal(t, NoCertificate, ReasonOf(err))
	require.Equal(t, codes.Unauthenticated, status.Code(err))
	require.Empty(t, s.accesses())
}

// Nothing older than TLS 1.3, and no plain text, gets an answer.
func TestDowngrade(t *testing.T) {
	s := newScene(t)
	address := s.bank.Listener.Addr().String()
	_, err := tls.Dial("tcp", address, &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: tls.VersionTLS12, InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	require.ErrorContains(t, err, "protocol version")

	s.fetcher.PlainText, s.fetcher.Attempts = true, 1
	_, err = s.fetch()
	require.Error(t, err)
	require.Empty(t, ReasonOf(err))
	require.Empty(t, s.accesses())

	s = plainScene(t) // and a client that wants TLS takes none that is plain
	s.fetcher.PlainText, s.fetcher.Attempts = false, 1
	_, err = s.fetch()
	require.Error(t, err)
	require.Empty(t, s.accesses())
}

func TestHybridKeyExchange(t *testing.T) {
	s := newScene(t)
	conn, err := tls.Dial("tcp", s.bank.Listener.Addr().String(), &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true, NextProtos: []string{"h2"}})
	require.NoError(t, err)
	defer conn.Close()
	require.Equal(t, tls.X25519MLKEM768, conn.ConnectionState().CurveID)
}

func TestPlainTextOnLoopbackAlone(t *testing.T) {
	s := plainScene(t)
	_, err := s.fetcher.Fetch(t.Context(), Known(&s.inquiry), s.bank.Operator(), "198.51.100.1:9190")
	require.ErrorContains(t, err, "loopback")
	listener := elsewhere{s.bank.Listener}
	require.ErrorContains(t, Serve(t.Context(), listener, NewServer(Config{Signer: s.bank.Signer}), ServeOptions{PlainText: true}), "loopback")
}

type elsewhere struct{ net.Listener }

func (elsewhere) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(198, 51, 100, 1), Port: 9190} }

// Over its own connection an institution cannot send what another has signed.
func TestOrderOfAnotherThanThePeer(t *testing.T) {
	s := newScene(t)
	request := s.order()
	bank := &Fetcher{ChainID: "test-1", Signer: s.bank.Signer, Codec: s.fetcher.Codec, Keys: s.chain, Now: s.fetcher.Now}
	defer bank.Close()
	to, err := bank.link(s.bank.Operator(), s.bank.Listener.Addr().String())
	require.NoError(t, err)
	stream, err := types.NewExchangeClient(to.conn).Fetch(t.Context(), request)
	require.NoError(t, err)
	_, err = stream.Recv()
	require.Equal(t, OtherPeer, ReasonOf(err))
	require.Empty(t, s.accesses())
}

// A connection that was begun under a licence does not outlive it.
func TestRevokedOnAnOpenConnection(t *testing.T) {
	s := newScene(t)
	_, err := s.fetch()
	require.NoError(t, err)
	s.changeLender(func(v *institutiontypes.InstitutionView) {
		v.Institution.Status = institutiontypes.LICENCE_STATUS_REVOKED
	})
	_, err = s.fetch()
	require.Equal(t, NotLicensed, ReasonOf(err))
}

func TestCertificatesAreRenewed(t *testing.T) {
	at := now
	s := newScene(t)
	i := &identity{chainID: "test-1", signer: s.lender.Signer, now: func() time.Time { return at }}
	first, err := i.get()
	require.NoError(t, err)
	same, err := i.get()
	require.NoError(t, err)
	require.Same(t, first, same)
	at = at.Add(certificateLife/2 + time.Second)
	second, err := i.get()
	require.NoError(t, err)
	require.NotSame(t, first, second)
	require.False(t, bytes.Equal(first.Certificate[0], second.Certificate[0]))
}

// What passes on the wire says nothing of the record, the inquiry or who asks.
func TestWireIsOpaque(t *testing.T) {
	s := newScene(t)
	proxy, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer proxy.Close()
	wire := &lockedBuffer{}
	go func() {
		for {
			in, err := proxy.Accept()
			if err != nil {
				return
			}
			out, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", s.bank.Listener.Addr().String())
			if err != nil {
				return
			}
			go func() { _, _ = io.Copy(out, io.TeeReader(in, wire)); _ = out.Close() }()
			go func() { _, _ = io.Copy(in, io.TeeReader(out, wire)); _ = in.Close() }()
		}
	}()
	_, err = s.fetcher.Fetch(t.Context(), Known(&s.inquiry), s.bank.Operator(), proxy.Addr().String())
	require.NoError(t, err)
	require.NotZero(t, len(wire.String()))
	for _, secret := range []string{s.lender.Operator(), string(s.inquiry.Id), "600000"} {
		require.False(t, strings.Contains(wire.String(), secret))
	}
}
