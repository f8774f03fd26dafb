package keys

import (
	"crypto/hkdf"
	"crypto/sha256"
)

const infoSeal = "creditd/vault/secret/v1"

// SealSecret encrypts a secret for one place, under a key of its scope that is destroyed with Erase, as a tradeline's is. The
// key also needs the vault's root secret, which a rotation does not change, so that secrets need not be sealed again.
func (r *Ring) SealSecret(value []byte, scope [32]byte, place []byte) (sealed []byte, err error) {
	err = r.withSecretKey(scope, func(key []byte) error {
		sealed, err = seal(key, value, place)
		return err
	})
	return sealed, err
}

// OpenSecret decrypts it; it fails with ErrTampered at any other place and with ErrErased if the scope was erased.
func (r *Ring) OpenSecret(sealed []byte, scope [32]byte, place []byte) (value []byte, err error) {
	err = r.withSecretKey(scope, func(key []byte) error {
		value, err = open(key, sealed, place)
		return err
	})
	return value, err
}

func (r *Ring) withSecretKey(scope [32]byte, f func(key []byte) error) error {
	return r.with(scope, func(line []byte) error {
		key, err := hkdf.Key(sha256.New, line, r.secret, infoSeal, Size)
		if err != nil {
			return err
		}
		defer clear(key)
		return f(key)
	})
}
