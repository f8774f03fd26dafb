// Package keys holds the keys of a vault: what they are for, how they are derived and where they rest.
//
//	passphrase --Argon2id--> wrapping key --AES-256-GCM--> root secret, HPKE private key, data keys
//	root secret --HKDF--> account blinding key, digest key
//
// The root secret is random and only wrapped by the passphrase's key, so that a new passphrase re-wraps and
// changes nobody's identifiers on the chain.
package keys

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// Size of every symmetric key in bytes.
const Size = 32

var (
	// ErrWrongPassphrase: the passphrase is not that of this vault.
	ErrWrongPassphrase = errors.New("the passphrase is not that of this vault: pass the right --passphrase-file")
	// ErrNotInitialised: there are no keys yet.
	ErrNotInitialised = errors.New("the vault has no keys yet: run 'creditd vault init' first")
	// ErrInitialised: there are keys already, and new ones would make every record unreadable.
	ErrInitialised = errors.New("the vault has keys already: use it as it is, or choose another --home")
	// ErrTampered: a ciphertext is not what was encrypted under that key and for that place.
	ErrTampered = errors.New("the ciphertext was changed, moved or belongs to another key: restore the store from a backup")
)

// Provider wraps data keys under the institution's wrapping key. A hardware module or a cloud's key service
// is another implementation: the wrapping key need not be known to this process.
type Provider interface {
	Wrap(key, place []byte) ([]byte, error)
	Unwrap(wrapped, place []byte) ([]byte, error)
}

// Settings is where the wrapped keys rest, a part of the vault's store.
type Settings interface {
	// Setting returns nil if there is none of that name.
	Setting(ctx context.Context, name string) ([]byte, error)
	// SetSettings writes all or none.
	SetSettings(ctx context.Context, values map[string][]byte) error
}

// Names of the settings.
const (
	settingKDF      = "keys.kdf"
	settingVerifier = "keys.verifier"
	settingRoot     = "keys.root"
	settingHPKE     = "keys.hpke"
)

// Domain strings; none may ever change.
const (
	infoWrap     = "creditd/vault/wrapping-key/v1"
	infoVerifier = "creditd/vault/verifier/v1"
	infoAccount  = "creditd/vault/account/v1"
	infoDigest   = "creditd/vault/digest/v1"
)

// Ring is the open key ring of one vault.
type Ring struct {
	wrap    cipher.AEAD
	account []byte
	digest  []byte
	hpke    hpke.PrivateKey
}

var _ Provider = (*Ring)(nil)

// Format keeps keys out of every log line.
func (*Ring) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "keys.Ring(redacted)") }

// Create makes the keys of a new vault. It refuses a vault that has keys.
func Create(ctx context.Context, settings Settings, passphrase []byte, cost Cost) (*Ring, error) {
	present, err := settings.Setting(ctx, settingKDF)
	if err != nil {
		return nil, err
	}
	if present != nil {
		return nil, ErrInitialised
	}
	kdf := newKDF(cost)
	master, err := kdf.derive(passphrase)
	if err != nil {
		return nil, err
	}
	wrap, verifier, err := split(master)
	if err != nil {
		return nil, err
	}
	private, err := hpke.MLKEM768X25519().GenerateKey()
	if err != nil {
		return nil, fmt.Errorf("HPKE key: %w", err)
	}
	secret, err := private.Bytes()
	if err != nil {
		return nil, fmt.Errorf("HPKE key: %w", err)
	}
	encodedKDF, err := json.Marshal(kdf)
	if err != nil {
		return nil, err
	}
	root := random(Size)
	values := map[string][]byte{
		settingKDF:      encodedKDF,
		settingVerifier: verifier,
		settingRoot:     seal(wrap, root, []byte(settingRoot)),
		settingHPKE:     seal(wrap, secret, []byte(settingHPKE)),
	}
	if err := settings.SetSettings(ctx, values); err != nil {
		return nil, err
	}
	return newRing(wrap, root, private)
}

// Open derives the wrapping key again and unwraps the others.
func Open(ctx context.Context, settings Settings, passphrase []byte) (*Ring, error) {
	values := map[string][]byte{}
	for _, name := range []string{settingKDF, settingVerifier, settingRoot, settingHPKE} {
		value, err := settings.Setting(ctx, name)
		if err != nil {
			return nil, err
		}
		if value == nil {
			return nil, ErrNotInitialised
		}
		values[name] = value
	}
	kdf, err := parseKDF(values[settingKDF])
	if err != nil {
		return nil, err
	}
	master, err := kdf.derive(passphrase)
	if err != nil {
		return nil, err
	}
	wrap, verifier, err := split(master)
	if err != nil {
		return nil, err
	}
	if !hmac.Equal(verifier, values[settingVerifier]) {
		return nil, ErrWrongPassphrase
	}
	root, err := open(wrap, values[settingRoot], []byte(settingRoot))
	if err != nil {
		return nil, fmt.Errorf("root secret: %w", err)
	}
	secret, err := open(wrap, values[settingHPKE], []byte(settingHPKE))
	if err != nil {
		return nil, fmt.Errorf("HPKE key: %w", err)
	}
	private, err := hpke.MLKEM768X25519().NewPrivateKey(secret)
	if err != nil {
		return nil, fmt.Errorf("HPKE key: %w", err)
	}
	return newRing(wrap, root, private)
}

// split makes of the passphrase's key one to wrap with and one to recognise the passphrase by.
func split(master []byte) (wrap cipher.AEAD, verifier []byte, err error) {
	key, err := hkdf.Expand(sha256.New, master, infoWrap, Size)
	if err != nil {
		return nil, nil, err
	}
	if wrap, err = newAEAD(key); err != nil {
		return nil, nil, err
	}
	verifier, err = hkdf.Expand(sha256.New, master, infoVerifier, Size)
	return wrap, verifier, err
}

func newRing(wrap cipher.AEAD, root []byte, private hpke.PrivateKey) (*Ring, error) {
	account, err := hkdf.Expand(sha256.New, root, infoAccount, Size)
	if err != nil {
		return nil, err
	}
	digest, err := hkdf.Expand(sha256.New, root, infoDigest, Size)
	if err != nil {
		return nil, err
	}
	return &Ring{wrap: wrap, account: account, digest: digest, hpke: private}, nil
}

// Wrap encrypts a data key for one place. Nonces are random, which is safe for 2^32 wraps under one
// wrapping key (NIST SP 800-38D s.8.3).
func (r *Ring) Wrap(key, place []byte) ([]byte, error) { return seal(r.wrap, key, place), nil }

// Unwrap decrypts it; it fails with ErrTampered at any other place.
func (r *Ring) Unwrap(wrapped, place []byte) ([]byte, error) { return open(r.wrap, wrapped, place) }

// Account blinds a credit account's number. Nobody without this vault's key can recompute the result or
// tell that two vaults mean the same account.
func (r *Ring) Account(lender, number string) [32]byte {
	return mac(r.account, []byte(lender), []byte(number))
}

// Digest recognises content again without saying what it is.
func (r *Ring) Digest(parts ...[]byte) [32]byte { return mac(r.digest, parts...) }

// HPKE is the private key that reports are sealed to.
func (r *Ring) HPKE() hpke.PrivateKey { return r.hpke }

// mac is HMAC-SHA256 over length-prefixed parts.
func mac(key []byte, parts ...[]byte) [32]byte {
	h := hmac.New(sha256.New, key)
	for _, part := range parts {
		h.Write(binary.BigEndian.AppendUint32(nil, uint32(len(part))))
		h.Write(part)
	}
	return [32]byte(h.Sum(nil))
}

func random(n int) []byte {
	bytes := make([]byte, n)
	_, _ = rand.Read(bytes) // never fails, see the doc of crypto/rand.Read
	return bytes
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// seal returns nonce || ciphertext || tag.
func seal(aead cipher.AEAD, plaintext, place []byte) []byte {
	nonce := random(aead.NonceSize())
	return aead.Seal(nonce, nonce, plaintext, place)
}

func open(aead cipher.AEAD, sealed, place []byte) ([]byte, error) {
	if len(sealed) < aead.NonceSize() {
		return nil, ErrTampered
	}
	plaintext, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], place)
	if err != nil {
		return nil, ErrTampered
	}
	return plaintext, nil
}
