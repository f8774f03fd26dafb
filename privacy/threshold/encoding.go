package threshold

import (
	"errors"

	"github.com/gtank/ristretto255"
)

// ParsePoint reads a point in its one encoding; the identity is refused.
func ParsePoint(bz []byte) (*ristretto255.Element, error) {
	if len(bz) != Size {
		return nil, errors.New("a point has 32 bytes")
	}
	point, err := ristretto255.NewIdentityElement().SetCanonicalBytes(bz)
	if err != nil {
		return nil, errors.New("not a canonical encoding of a point of ristretto255")
	}
	if isIdentity(point) {
		return nil, errors.New("the point is the identity")
	}
	return point, nil
}

// ParseScalar reads a scalar in its one encoding: 32 bytes, little-endian, below the order of the group.
func ParseScalar(bz []byte) (*ristretto255.Scalar, error) {
	if len(bz) != Size {
		return nil, errors.New("a scalar has 32 bytes")
	}
	s, err := ristretto255.NewScalar().SetCanonicalBytes(bz)
	if err != nil {
		return nil, errors.New("not a canonical encoding of a scalar of ristretto255")
	}
	return s, nil
}

// ParseSecret reads a scalar that must not be zero.
func ParseSecret(bz []byte) (*ristretto255.Scalar, error) {
	s, err := ParseScalar(bz)
	if err == nil && s.Equal(ristretto255.NewScalar()) == 1 {
		return nil, errors.New("the secret is zero")
	}
	return s, err
}

func isIdentity(p *ristretto255.Element) bool {
	return p.Equal(ristretto255.NewIdentityElement()) == 1
}
