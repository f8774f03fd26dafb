// Package keys holds the keys of a vault: what they are for, how they are derived and where they rest.
//
//	custodian (passphrase, hardware token, key service) --wraps--> wrapping key of an epoch, in the key bag
//	wrapping key + key of the tradeline (key bag) --AES-256-GCM--> data keys, in the store
//	wrapping key --AES-256-GCM--> root secret, HPKE private keys, in the store
//	root secret --HKDF--> account blinding key, digest key
//
// The root secret is random and only wrapped, so that a new passphrase or a new wrapping key changes nobody's identifiers on the
// chain. The key bag is one small file outside the store (docs/vault-erasure.md): what is destroyed in it is destroyed in every
// copy of the store.
package keys

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
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
	// ErrErased: the key of the tradeline was destroyed ('creditd vault shred'). It is not coming back.
	ErrErased = errors.New("the tradeline was erased: its key is destroyed")
	// ErrRotatedOut: a data key is wrapped under a wrapping key that the vault no longer has.
	ErrRotatedOut = errors.New("it is wrapped under a key that was destroyed when the vault's keys were rotated: restore a newer backup of the store")
	// ErrRotated: the wrapping key was replaced while this process did not look.
	ErrRotated = errors.New("the vault's keys were rotated: start this program again with the present passphrase")
	// ErrOldBag: the key bag is an older copy than the store knows of.
	ErrOldBag = errors.New("the key bag is an older copy: put the present one in its place, or, if that one is lost, run 'creditd vault shred --again' to destroy anew what was erased since")
)

// Provider wraps data keys. Ring is the one there is: what differs between institutions is who keeps the wrapping key (Custodian).
type Provider interface {
	// Wrap encrypts the data key of a record of a tradeline for one place. It fails with ErrErased if the tradeline was erased.
	Wrap(key []byte, tradeline [32]byte, place []byte) ([]byte, error)
	// Unwrap decrypts it; it fails with ErrTampered at any other place.
	Unwrap(wrapped []byte, tradeline [32]byte, place []byte) ([]byte, error)
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
	settingVault      = "keys.vault"      // random name of the vault, which the bag has too
	settingGeneration = "keys.generation" // of the newest bag that was written
	settingRoot       = "keys.root"
	settingHPKE       = "keys.hpke"
	settingOldKDF     = "keys.kdf" // of vaults made before there were key bags
)

// Domain strings; none may ever change.
const (
	infoDataKey  = "creditd/vault/data-key/v1"
	infoSetting  = "creditd/vault/setting/v1"
	infoTree     = "creditd/vault/keybag-tree/v1"
	infoBeside   = "creditd/vault/keybag-beside/v1"
	infoEpoch    = "creditd/vault/wrapping-key/v2"
	infoVerifier = "creditd/vault/verifier/v2"
	infoMaster   = "creditd/vault/passphrase-key/v2"
	infoAccount  = "creditd/vault/account/v1"
	infoDigest   = "creditd/vault/digest/v1"
)

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

// seal returns nonce || ciphertext || tag. Nonces are random, which is safe for 2^32 calls under one key (NIST SP 800-38D s.8.3).
func seal(key, plaintext, place []byte) ([]byte, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	nonce := random(aead.NonceSize())
	return aead.Seal(nonce, nonce, plaintext, place), nil
}

func open(key, sealed, place []byte) ([]byte, error) {
	aead, err := newAEAD(key)
	if err != nil {
		return nil, err
	}
	if len(sealed) < aead.NonceSize() {
		return nil, ErrTampered
	}
	plaintext, err := aead.Open(nil, sealed[:aead.NonceSize()], sealed[aead.NonceSize():], place)
	if err != nil {
		return nil, ErrTampered
	}
	return plaintext, nil
}
