package wallet

import (
	"bytes"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
	"github.com/cosmos/go-bip39"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/credential"
	"github.com/creditd/creditd/wallet/text"
)

const (
	wordsEntropy = 256 // bits: 24 words
	// workFactor of scrypt, as a power of two: age's own choice, about a second.
	workFactor     = 18
	maxSecretBytes = 64 << 10
	minPassphrase  = 12

	credentialsInfo = "creditd/wallet/credentials/v1"
	holderInfo      = "creditd/wallet/holder-key/v1/%d"
)

// Errors of the secret part.
var (
	ErrWords      = errors.New(text.ErrWords)
	ErrPassphrase = errors.New(text.ErrPassphrase)
)

// Secret signs for the subject. All of it but the identity follows from the words.
type Secret struct {
	account     *secp256k1.PrivKey
	credentials []byte // from which the holder keys follow; 32 bytes
	identity    *age.X25519Identity
}

// Format keeps it out of every log line and error, whatever the verb.
func (Secret) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "Secret(redacted)") }

// NewWords draws 24 words (BIP-39, English).
func NewWords() (string, error) {
	entropy, err := bip39.NewEntropy(wordsEntropy)
	if err != nil {
		return "", err
	}
	return bip39.NewMnemonic(entropy)
}

// newSecret derives the keys from words: the account as every wallet of the Cosmos ecosystem does (BIP-39, BIP-32), the seed
// of the holder keys by HKDF (RFC 5869) from the same BIP-39 seed, under a name of its own.
func newSecret(words string) (*Secret, error) {
	words = strings.Join(strings.Fields(strings.ToLower(words)), " ")
	seed, err := bip39.NewSeedWithErrorChecking(words, "")
	if err != nil {
		return nil, ErrWords // the cause would quote the words
	}
	path := hd.CreateHDPath(sdk.CoinType, 0, 0).String()
	account, err := hd.Secp256k1.Derive()(words, "", path)
	if err != nil {
		return nil, ErrWords
	}
	credentials, err := hkdf.Key(sha256.New, seed, nil, credentialsInfo, sha256.Size)
	if err != nil {
		return nil, err
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	return &Secret{account: &secp256k1.PrivKey{Key: account}, credentials: credentials, identity: identity}, nil
}

// Signer of the subject's account.
func (s *Secret) Signer() client.Signer { return client.NewSigner(s.account) }

// HolderKey is the i-th key that credentials are bound to, Ed25519. Each credential should have one of its own: two that
// share a key are seen to be of one holder.
func (s *Secret) HolderKey(i int) (credential.PrivateKey, error) {
	seed, err := hkdf.Key(sha256.New, s.credentials, nil, fmt.Sprintf(holderInfo, i), ed25519.SeedSize)
	if err != nil {
		return credential.PrivateKey{}, err
	}
	public := ed25519.NewKeyFromSeed(seed)[ed25519.SeedSize:]
	jwk, err := json.Marshal(map[string]string{
		"kty": "OKP", "crv": "Ed25519",
		"x": base64.RawURLEncoding.EncodeToString(public), "d": base64.RawURLEncoding.EncodeToString(seed),
	})
	if err != nil {
		return credential.PrivateKey{}, err
	}
	return credential.ParsePrivateJWK(jwk)
}

// kept is what the secret file holds, encrypted.
type kept struct {
	Account     []byte `json:"account"`
	Credentials []byte `json:"credentials"`
	Identity    string `json:"identity"`
}

// lock encrypts the secret with a passphrase (age, scrypt).
func (s *Secret) lock(passphrase []byte, factor int) ([]byte, error) {
	if len(passphrase) < minPassphrase {
		return nil, fmt.Errorf(text.ErrShortPassphrase, minPassphrase)
	}
	recipient, err := age.NewScryptRecipient(string(passphrase))
	if err != nil {
		return nil, err
	}
	recipient.SetWorkFactor(factor)
	plain, err := json.Marshal(kept{Account: s.account.Key, Credentials: s.credentials, Identity: s.identity.String()})
	if err != nil {
		return nil, err
	}
	return encrypt(recipient, plain)
}

func unlock(sealed, passphrase []byte) (*Secret, error) {
	identity, err := age.NewScryptIdentity(string(passphrase))
	if err != nil {
		return nil, ErrPassphrase
	}
	plain, err := decrypt(identity, sealed, maxSecretBytes)
	if err != nil {
		return nil, ErrPassphrase
	}
	var k kept
	if err := json.Unmarshal(plain, &k); err != nil || len(k.Account) != secp256k1.PrivKeySize || len(k.Credentials) != sha256.Size {
		return nil, errors.New(text.ErrBrokenSecret)
	}
	own, err := age.ParseX25519Identity(k.Identity)
	if err != nil {
		return nil, errors.New(text.ErrBrokenSecret)
	}
	return &Secret{account: &secp256k1.PrivKey{Key: k.Account}, credentials: k.Credentials, identity: own}, nil
}

func encrypt(to age.Recipient, plain []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil { // writes the end
		return nil, err
	}
	return out.Bytes(), nil
}

// decrypt bounds what it reads: who can write into the folder must not be able to fill the memory.
func decrypt(with age.Identity, sealed []byte, limit int64) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), with)
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(plain)) > limit {
		err = errors.New(text.ErrTooLong)
	}
	return plain, err
}
