package types

import (
	"crypto/ecdh"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"

	"filippo.io/edwards25519"
)

const (
	es256Bytes = 65 // 0x04, then the point's coordinates
	eddsaBytes = 32
)

// CheckCredentialKey refuses what is not a public key of the algorithm in its one encoding.
func CheckCredentialKey(algorithm KeyAlgorithm, publicKey []byte) error {
	switch algorithm {
	case KEY_ALGORITHM_ES256:
		if len(publicKey) != es256Bytes {
			return ErrInvalidKey.Wrapf("public_key of %d bytes: an ES256 key has %d, the uncompressed point", len(publicKey), es256Bytes)
		}
		if _, err := ecdh.P256().NewPublicKey(publicKey); err != nil {
			return ErrInvalidKey.Wrap("public_key: not an uncompressed point of P-256")
		}
	case KEY_ALGORITHM_EDDSA:
		if len(publicKey) != eddsaBytes {
			return ErrInvalidKey.Wrapf("public_key of %d bytes: an Ed25519 key has %d", len(publicKey), eddsaBytes)
		}
		if err := checkEd25519(publicKey); err != nil {
			return ErrInvalidKey.Wrapf("public_key: %s", err)
		}
	default:
		return ErrInvalidKey.Wrapf("algorithm %d: choose KEY_ALGORITHM_ES256 or KEY_ALGORITHM_EDDSA", algorithm)
	}
	return nil
}

// checkEd25519 asks more than RFC 8032 does: an encoding that is not canonical would give one key two thumbprints, and
// under a point of small order some signatures verify for every text.
func checkEd25519(publicKey []byte) error {
	point, err := new(edwards25519.Point).SetBytes(publicKey)
	if err != nil {
		return errors.New("not a point of Ed25519")
	}
	if string(point.Bytes()) != string(publicKey) {
		return errors.New("not the canonical encoding of its point")
	}
	if new(edwards25519.Point).MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) == 1 {
		return errors.New("a point of small order")
	}
	return nil
}

// Thumbprint is the kid of a key that CheckCredentialKey let through: the SHA-256 of its JWK's required members in
// ascending order of their names and without white space (RFC 7638 s.3; for Ed25519 RFC 8037 s.2). base64url has no
// character that JSON escapes, so the text is written as it is.
func Thumbprint(algorithm KeyAlgorithm, publicKey []byte) ID {
	encode := base64.RawURLEncoding.EncodeToString
	if algorithm == KEY_ALGORITHM_ES256 {
		x, y := publicKey[1:33], publicKey[33:]
		return sha256.Sum256([]byte(fmt.Sprintf(`{"crv":"P-256","kty":"EC","x":"%s","y":"%s"}`, encode(x), encode(y))))
	}
	return sha256.Sum256([]byte(fmt.Sprintf(`{"crv":"Ed25519","kty":"OKP","x":"%s"}`, encode(publicKey))))
}

// Validate checks a stored key, but for its issuer's address.
func (key CredentialKey) Validate() error {
	if err := CheckCredentialKey(key.Algorithm, key.PublicKey); err != nil {
		return err
	}
	if kid := Thumbprint(key.Algorithm, key.PublicKey); string(kid[:]) != string(key.Kid) {
		return ErrInvalidKey.Wrapf("kid: the thumbprint of the key is %s", kid)
	}
	if key.RetiredAt != nil && key.RetiredAt.Before(key.RegisteredAt) {
		return ErrInvalidKey.Wrap("retired_at is before registered_at")
	}
	return nil
}
