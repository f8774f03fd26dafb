package types

import (
	"github.com/creditd/creditd/privacy/commit/encoding"
)

const (
	hashSize = 32
	keySize  = 32
)

// ValidateHash says whether a field can be a hash.
func ValidateHash(field string, hash []byte) error {
	if len(hash) != hashSize {
		return ErrInvalidHash.Wrapf("%s has %d bytes: a hash has %d", field, len(hash), hashSize)
	}
	return nil
}

// ValidateKey says whether a field is a public key: an element of ristretto255 in its one encoding, and not the identity.
func ValidateKey(field string, key []byte) error {
	if len(key) != keySize {
		return ErrInvalidKey.Wrapf("%s has %d bytes: a key has %d", field, len(key), keySize)
	}
	if err := encoding.CheckPoint(key); err != nil {
		return ErrInvalidKey.Wrapf("%s: %s", field, err)
	}
	return nil
}

// ValidateNonce says whether a nonce has its length.
func ValidateNonce(nonce []byte) error {
	if len(nonce) != NonceSize {
		return ErrInvalidNonce.Wrapf("it has %d bytes: draw %d random ones", len(nonce), NonceSize)
	}
	return nil
}

// Over says whether the match takes no more transcripts.
func (m *Match) Over() bool {
	return m.Status == MATCH_STATUS_CLOSED || m.Status == MATCH_STATUS_DIFFERS || m.Status == MATCH_STATUS_EXPIRED
}
