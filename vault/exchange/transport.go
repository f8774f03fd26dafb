package exchange

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// handshakeTimeout bounds what a handshake may take of the chain.
const handshakeTimeout = 10 * time.Second

// Registry says whose keys are whose and who is licensed.
type Registry interface {
	AccountKey(ctx context.Context, address string) (cryptotypes.PubKey, error)
	GetInstitution(ctx context.Context, operator string) (institutiontypes.InstitutionView, error)
}

// ErrPeer is wrapped by every refusal of a peer's certificate.
var ErrPeer = errors.New("the peer on the TLS connection is refused")

// tlsConfig is the same for both sides but for whom they expect.
func (i *identity) tlsConfig(verify func(tls.ConnectionState) error) *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS13, // X25519MLKEM768 is what Go offers and takes first
		NextProtos: []string{"h2"},
		// Certificates are self-signed; verify checks what takes the place of an authority: the account's signature.
		InsecureSkipVerify:     true, //nolint:gosec // see above
		SessionTicketsDisabled: true, // a resumed session would outlive the licence that it was begun under
		VerifyConnection:       verify,
		GetCertificate:         func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return i.get() },
		GetClientCertificate:   func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return i.get() },
	}
}

// serverCredentials accept whoever proves an account. Who has no certificate may ask for the health of the vault alone.
func serverCredentials(i *identity, chain Registry) credentials.TransportCredentials {
	config := i.tlsConfig(nil)
	config.ClientAuth = tls.RequestClientCert
	config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		ctx := hello.Context()
		each := i.tlsConfig(func(state tls.ConnectionState) error {
			if len(state.PeerCertificates) == 0 {
				return nil
			}
			_, err := verifyPeer(ctx, chain, i.chainID, i.now(), state)
			return err
		})
		each.ClientAuth = tls.RequestClientCert
		return each, nil
	}
	return credentials.NewTLS(config)
}

// clientCredentials accept one institution alone, while it is licensed. refused is told what is wrong with another, or nil.
func clientCredentials(i *identity, chain Registry, furnisher string, refused func(error) error) credentials.TransportCredentials {
	return credentials.NewTLS(i.tlsConfig(func(state tls.ConnectionState) error {
		return refused(verifyFurnisher(chain, i.chainID, furnisher, i.now(), state))
	}))
}

func verifyFurnisher(chain Registry, chainID, furnisher string, now time.Time, state tls.ConnectionState) error {
	ctx, cancel := context.WithTimeout(context.Background(), handshakeTimeout)
	defer cancel()
	account, err := verifyPeer(ctx, chain, chainID, now, state)
	if err != nil {
		return err
	}
	if account != furnisher {
		return fmt.Errorf("%w: it is %s and not %s: the endpoint on the chain is another institution's", ErrPeer, account, furnisher)
	}
	_, err = chain.GetInstitution(ctx, account)
	if errors.Is(err, client.ErrNotFound) {
		return fmt.Errorf("%w: %s has no licence", ErrPeer, account)
	}
	return err
}

// verifyPeer checks the certificate against the chain and returns the account that it speaks for. An institution must be
// licensed; who is none is a subject, which orders its own records.
func verifyPeer(ctx context.Context, chain Registry, chainID string, now time.Time, state tls.ConnectionState) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, handshakeTimeout)
	defer cancel()
	if state.Version < tls.VersionTLS13 || len(state.PeerCertificates) != 1 {
		return "", fmt.Errorf("%w: it needs TLS 1.3 and one certificate", ErrPeer)
	}
	claimed, err := readCertificate(state.PeerCertificates[0].Raw, chainID, now)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrPeer, err)
	}
	key, err := accountKey(ctx, chain, claimed.account, claimed.key)
	if errors.Is(err, client.ErrNotFound) {
		return "", fmt.Errorf("%w: the chain does not know the key of its account: it must send a transaction first", ErrPeer)
	}
	if err != nil {
		return "", err
	}
	if !key.VerifySignature(claimed.digest[:], claimed.signature) {
		return "", fmt.Errorf("%w: its certificate is not signed by the account that it names, for this chain", ErrPeer)
	}
	view, err := chain.GetInstitution(ctx, claimed.account)
	switch {
	case errors.Is(err, client.ErrNotFound):
	case err != nil:
		return "", err
	case !licensed(view.Institution, now):
		return "", fmt.Errorf("%w: the licence of %s gives no rights now", ErrPeer, claimed.account)
	}
	return claimed.account, nil
}

// accountKey is the key that an account signs with, by the chain. An account that the chain has and that has not signed anything may
// show its key itself: a subject that opens its first inquiry, whose transaction is not proven yet.
func accountKey(ctx context.Context, chain Registry, account string, shown cryptotypes.PubKey) (cryptotypes.PubKey, error) {
	key, err := chain.AccountKey(ctx, account)
	if errors.Is(err, client.ErrNoKey) && shown != nil && sdk.AccAddress(shown.Address()).String() == account {
		return shown, nil
	}
	return key, err
}

// licensed tells whether a licence gives rights; clocks differ, and the chain checks its beginning.
func licensed(i institutiontypes.Institution, now time.Time) bool {
	return i.Status == institutiontypes.LICENCE_STATUS_ACTIVE && !now.Add(OrderLife).Before(i.ValidFrom) && now.Before(i.ValidUntil)
}

// peerAccount is the account that the TLS connection of a call is proven to be of, with the key that it showed; plain says that there
// is no TLS.
func peerAccount(ctx context.Context) (account binding, plain bool, err error) {
	p, ok := peer.FromContext(ctx)
	if !ok {
		return account, false, errors.New("a call without a peer")
	}
	info, ok := p.AuthInfo.(credentials.TLSInfo)
	if !ok {
		return account, true, nil
	}
	if len(info.State.PeerCertificates) != 1 {
		return account, false, refuse(codes.Unauthenticated, NoCertificate, "show a certificate that is bound to your account: use a creditd vault or wallet")
	}
	account, err = readBinding(info.State.PeerCertificates[0]) // verified in the handshake
	return account, false, err
}

// PeerAccount is the account that the TLS connection of a call is proven to be of. Calls without TLS are refused: services beside
// the exchange carry no signature of their own.
func PeerAccount(ctx context.Context) (string, error) {
	account, plain, err := peerAccount(ctx)
	if err == nil && plain {
		err = refuse(codes.Unauthenticated, NoCertificate, "use TLS, with a certificate that is bound to your account")
	}
	return account.Account, err
}

// isLoopback tells whether plain text stays on this machine.
func isLoopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
