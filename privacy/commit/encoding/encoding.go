// Package encoding says whether 32 bytes are a commitment in its one encoding. It is what the state machine asks, so
// it is total, deterministic and links no proving system.
package encoding

import (
	"bytes"
	"errors"

	"github.com/gtank/ristretto255"
)

// modulus of the scalar field of BN254, big-endian.
var modulus = [32]byte{
	0x30, 0x64, 0x4e, 0x72, 0xe1, 0x31, 0xa0, 0x29, 0xb8, 0x50, 0x45, 0xb6, 0x81, 0x81, 0x58, 0x5d,
	0x28, 0x33, 0xe8, 0x48, 0x79, 0xb9, 0x70, 0x91, 0x43, 0xe1, 0xf5, 0x93, 0xf0, 0x00, 0x00, 0x01,
}

// CheckElement refuses what is not a canonical, non-zero element of the scalar field of BN254 in 32 bytes, big-endian.
func CheckElement(bz []byte) error {
	switch {
	case len(bz) != len(modulus):
		return errors.New("not 32 bytes")
	case bytes.Compare(bz, modulus[:]) >= 0:
		return errors.New("not below the modulus of the scalar field of BN254")
	case [32]byte(bz) == [32]byte{}:
		return errors.New("zero")
	}
	return nil
}

// CheckPoint refuses what is not a canonical encoding of an element of ristretto255 (RFC 9496) other than the identity.
func CheckPoint(bz []byte) error {
	if len(bz) != 32 {
		return errors.New("not 32 bytes")
	}
	point, err := ristretto255.NewIdentityElement().SetCanonicalBytes(bz)
	if err != nil {
		return errors.New("not a canonical encoding of ristretto255")
	}
	if point.Equal(ristretto255.NewIdentityElement()) == 1 {
		return errors.New("the identity")
	}
	return nil
}
