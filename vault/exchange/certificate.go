package exchange

import (
	"bytes"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/binary"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/x/attestation/commitment"
)

// domainTLS of what an account signs about a certificate; it may never change.
const domainTLS = "creditd/vault/tls/v1"

const (
	certificateLife     = time.Hour
	certificateBackdate = 5 * time.Minute // for clocks that are behind
	maxCertificateLife  = 24 * time.Hour  // that a peer may claim
	maxCertificateBytes = 4 << 10
	maxOperatorBytes    = 128
)

// bindingOID of the certificate's extension. It is under the number of RFC 5612, for examples, since only vaults read it;
// one of the project's own takes its place when there is one.
var bindingOID = asn1.ObjectIdentifier{1, 3, 6, 1, 4, 1, 32473, 7, 1}

// binding is the extension, in DER: the account whose certificate it is, its word for it, and its key, which the chain has only
// after the account's first transaction.
type binding struct {
	Account   string `asn1:"utf8"`
	Signature []byte // by the account over certificateDigest
	Key       []byte `asn1:"optional"` // secp256k1, compressed; the account's address is its hash
}

// key that the binding carries; nil if none.
func (b *binding) key() cryptotypes.PubKey {
	if len(b.Key) == 0 {
		return nil
	}
	return &secp256k1.PubKey{Key: b.Key}
}

// certificateDigest is what an account signs: that this key speaks for it on TLS connections until then. Nothing else that it
// signs begins with this domain.
func certificateDigest(chainID, account string, publicKey []byte, notAfter time.Time) [32]byte {
	key := sha256.Sum256(publicKey)
	return commitment.ID(domainTLS, []byte(chainID), []byte(account), key[:], binary.BigEndian.AppendUint64(nil, uint64(notAfter.Unix())))
}

// newCertificate makes a key that is never written anywhere and binds it to the account.
func newCertificate(chainID string, signer client.Signer, now time.Time, life time.Duration) (*tls.Certificate, error) {
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, err
	}
	encoded, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		return nil, err
	}
	account, notAfter := signer.Address().String(), now.Add(life).UTC().Truncate(time.Second)
	digest := certificateDigest(chainID, account, encoded, notAfter)
	signature, err := signer.Sign(digest[:])
	if err != nil {
		return nil, fmt.Errorf("signing the certificate: %w", err)
	}
	bound := binding{Account: account, Signature: signature}
	if key, ok := signer.PubKey().(*secp256k1.PubKey); ok {
		bound.Key = key.Key
	}
	extension, err := asn1.Marshal(bound)
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(digest[:16]), NotBefore: now.Add(-certificateBackdate), NotAfter: notAfter,
		KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		ExtraExtensions: []pkix.Extension{{Id: bindingOID, Value: extension}},
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: private}, nil
}

// identity has a certificate that is always valid for a while.
type identity struct {
	chainID string
	signer  client.Signer
	now     func() time.Time

	mu          sync.Mutex
	certificate *tls.Certificate
	renew       time.Time
}

func (i *identity) get() (*tls.Certificate, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	now := i.now()
	if i.certificate == nil || !now.Before(i.renew) {
		fresh, err := newCertificate(i.chainID, i.signer, now, certificateLife)
		if err != nil {
			return nil, err
		}
		i.certificate, i.renew = fresh, now.Add(certificateLife/2)
	}
	return i.certificate, nil
}

// claim is what a certificate says, with all checked that needs no chain.
type claim struct {
	account   string
	digest    [32]byte
	signature []byte
	key       cryptotypes.PubKey // that the account's address is the hash of; nil if it says none
}

// readCertificate reads the one certificate of a peer. Its errors name no account that is not proven.
func readCertificate(raw []byte, chainID string, now time.Time) (claim, error) {
	if len(raw) > maxCertificateBytes {
		return claim{}, fmt.Errorf("a certificate of %d bytes: at most %d are read", len(raw), maxCertificateBytes)
	}
	certificate, err := x509.ParseCertificate(raw)
	if err != nil {
		return claim{}, fmt.Errorf("the certificate cannot be read: %w", err)
	}
	if _, ok := certificate.PublicKey.(ed25519.PublicKey); !ok {
		return claim{}, errors.New("the certificate's key is not an Ed25519 key")
	}
	// The peer proves in the handshake that it has the key; that it signed its certificate with it makes every field its own.
	if err := certificate.CheckSignature(certificate.SignatureAlgorithm, certificate.RawTBSCertificate, certificate.Signature); err != nil {
		return claim{}, fmt.Errorf("the certificate is not signed with its own key: %w", err)
	}
	switch {
	case now.After(certificate.NotAfter):
		return claim{}, fmt.Errorf("the certificate expired at %s: the peer makes a new one by itself, check the clocks", certificate.NotAfter.UTC().Format(time.RFC3339))
	case now.Before(certificate.NotBefore):
		return claim{}, fmt.Errorf("the certificate is not valid before %s: check the clocks", certificate.NotBefore.UTC().Format(time.RFC3339))
	case certificate.NotAfter.Sub(now) > maxCertificateLife:
		return claim{}, fmt.Errorf("the certificate is valid for more than %s: short ones only", maxCertificateLife)
	}
	bound, err := readBinding(certificate)
	if err != nil {
		return claim{}, err
	}
	digest := certificateDigest(chainID, bound.Account, certificate.RawSubjectPublicKeyInfo, certificate.NotAfter)
	return claim{bound.Account, digest, bound.Signature, bound.key()}, nil
}

// readBinding reads the extension, of which there must be one in its one encoding.
func readBinding(certificate *x509.Certificate) (binding, error) {
	var bound binding
	of := func(e pkix.Extension) bool { return e.Id.Equal(bindingOID) }
	at := slices.IndexFunc(certificate.Extensions, of)
	if at < 0 || slices.ContainsFunc(certificate.Extensions[at+1:], of) {
		return bound, errors.New("the certificate is not bound to one account of the chain: use a creditd vault or wallet")
	}
	rest, err := asn1.Unmarshal(certificate.Extensions[at].Value, &bound)
	if err != nil || len(rest) != 0 || len(bound.Account) > maxOperatorBytes || len(bound.Signature) > maxSignatureBytes {
		return bound, errors.New("the certificate's binding to an account cannot be read")
	}
	address, err := sdk.AccAddressFromBech32(bound.Account)
	if err != nil || address.String() != bound.Account {
		return bound, errors.New("the certificate is bound to what is no account of this chain")
	}
	if len(bound.Key) != 0 && (len(bound.Key) != secp256k1.PubKeySize || !bytes.Equal(bound.key().Address(), address)) {
		return bound, errors.New("the key in the certificate is not that of the account which it is bound to")
	}
	return bound, nil
}
