package exchange

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hpke"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// FuzzOrder: whatever a stranger sends, it is read without a crash, and what passes for an order is its one encoding.
func FuzzOrder(f *testing.F) {
	signer := client.NewSigner(secp256k1.GenPrivKeyFromSecret([]byte("fuzz")))
	fetcher := &Fetcher{ChainID: "test-1", Signer: signer, Now: func() time.Time { return now }}
	_, good, err := fetcher.order(Opened{}, signer.Address().String())
	require.NoError(f, err)
	f.Add(good.Order)
	f.Add([]byte{})
	f.Add(append(bytes.Clone(good.Order), 0x7a, 1, 0))
	server := NewServer(Config{ChainID: "test-1", Signer: signer, Now: func() time.Time { return now }})
	f.Fuzz(func(t *testing.T, encoded []byte) {
		order, err := server.readOrder(&types.FetchRequest{Order: encoded})
		if err != nil {
			require.NotEmpty(t, ReasonOf(err), "each refusal has its reason: %v", err)
			return
		}
		again, err := order.Marshal()
		require.NoError(t, err)
		require.Equal(t, encoded, again)
		require.LessOrEqual(t, len(encoded), maxOrderBytes)
	})
}

// FuzzResponse: whatever a vault sends as header, key and ciphertext, signed or not, a requester opens it or says why not.
func FuzzResponse(f *testing.F) {
	signer := client.NewSigner(secp256k1.GenPrivKeyFromSecret([]byte("fuzz")))
	kem, _, _ := suite()
	key, err := kem.DeriveKeyPair(bytes.Repeat([]byte{7}, 32))
	require.NoError(f, err)
	inquiry := credittypes.Inquiry{Id: make([]byte, 32), ExpiresAt: now}
	server := NewServer(Config{ChainID: "test-1", Signer: signer})
	want := header("test-1", server.self, server.self, &inquiry, make([]byte, nonceSize), 0, 0)
	g := grant{order: types.Order{Requester: server.self, Nonce: make([]byte, nonceSize)}, inquiry: inquiry, recipient: key.PublicKey()}
	good, err := server.seal(g, types.Parcel{Records: []types.Record{{Seed: make([]byte, 32)}}}, 0, 1)
	require.NoError(f, err)
	f.Add(good.Header, good.EncapsulatedKey, good.Ciphertext)
	f.Add([]byte{}, []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, head, encapsulated, ciphertext []byte) {
		response := &types.FetchResponse{Header: head, EncapsulatedKey: encapsulated, Ciphertext: ciphertext}
		digest := envelopeDigest(response)
		response.Signature, err = signer.Sign(digest[:])
		require.NoError(t, err)
		if _, parts, err := open(key, signer.PubKey(), want, response); err == nil {
			require.Equal(t, good.Header, head, "only what was ordered")
			require.Equal(t, uint32(1), parts)
		}
	})
}

// FuzzParcel: whatever a vault seals for us, its content is read without a crash.
func FuzzParcel(f *testing.F) {
	parcel := types.Parcel{Records: []types.Record{{Seed: make([]byte, 32), Values: []types.Value{{Name: "a", Text: "b"}}, Earlier: []types.Opening{{Salt: make([]byte, 16), First: "2026-01-01"}}}}}
	good, err := parcel.Marshal()
	require.NoError(f, err)
	f.Add(good)
	kem, kdf, aead := suite()
	key, err := kem.DeriveKeyPair(bytes.Repeat([]byte{7}, 32))
	require.NoError(f, err)
	signer := client.NewSigner(secp256k1.GenPrivKeyFromSecret([]byte("fuzz")))
	inquiry := credittypes.Inquiry{Id: make([]byte, 32), ExpiresAt: now}
	self := signer.Address().String()
	want := header("test-1", self, self, &inquiry, make([]byte, nonceSize), 0, 1)
	info, err := want.Marshal()
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, content []byte) {
		encapsulated, sender, err := hpke.NewSender(key.PublicKey(), kdf, aead, info)
		require.NoError(t, err)
		ciphertext, err := sender.Seal(nil, content)
		require.NoError(t, err)
		response := &types.FetchResponse{Header: info, EncapsulatedKey: encapsulated, Ciphertext: ciphertext}
		digest := envelopeDigest(response)
		response.Signature, err = signer.Sign(digest[:])
		require.NoError(t, err)
		got, _, err := open(key, signer.PubKey(), want, response)
		if err == nil {
			_, err = got.Marshal()
			require.NoError(t, err)
		}
	})
}

// FuzzCertificate: whatever certificate a peer shows, it is read without a crash.
func FuzzCertificate(f *testing.F) {
	signer := client.NewSigner(secp256k1.GenPrivKeyFromSecret([]byte("fuzz")))
	good, err := newCertificate("test-1", signer, now, certificateLife)
	require.NoError(f, err)
	f.Add(good.Certificate[0])
	f.Add([]byte{0x30, 0})
	f.Fuzz(func(t *testing.T, raw []byte) {
		claimed, err := readCertificate(raw, "test-1", now)
		if err == nil {
			require.NotEmpty(t, claimed.account)
			require.LessOrEqual(t, len(raw), maxCertificateBytes)
		}
	})
}

// FuzzBinding: whatever the extension of a certificate that is sound otherwise holds, it is read without a crash.
func FuzzBinding(f *testing.F) {
	signer := client.NewSigner(secp256k1.GenPrivKeyFromSecret([]byte("fuzz")))
	good, err := newCertificate("test-1", signer, now, certificateLife)
	require.NoError(f, err)
	parsed, err := x509.ParseCertificate(good.Certificate[0])
	require.NoError(f, err)
	for _, e := range parsed.Extensions {
		if e.Id.Equal(bindingOID) {
			f.Add(e.Value)
		}
	}
	f.Add([]byte{0x30, 0x80})
	public, private, err := ed25519.GenerateKey(rand.Reader)
	require.NoError(f, err)
	f.Fuzz(func(t *testing.T, value []byte) {
		template := &x509.Certificate{
			SerialNumber: big.NewInt(1), NotBefore: now, NotAfter: now.Add(time.Hour), ExtraExtensions: []pkix.Extension{{Id: bindingOID, Value: value}},
		}
		raw, err := x509.CreateCertificate(rand.Reader, template, template, public, private)
		require.NoError(t, err)
		claimed, err := readCertificate(raw, "test-1", now)
		if err == nil {
			require.LessOrEqual(t, len(claimed.account), maxOperatorBytes)
			require.LessOrEqual(t, len(claimed.signature), maxSignatureBytes)
		}
	})
}
