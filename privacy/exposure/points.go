package exposure

import (
	"encoding/binary"
	"fmt"

	"github.com/gtank/ristretto255"
)

// reader takes 32 bytes at a time off input whose length was checked, and keeps the first refusal.
type reader struct {
	rest []byte
	err  error
}

func (r *reader) next() []byte {
	bz := r.rest[:32]
	r.rest = r.rest[32:]
	return bz
}

// point is an element in its one encoding (RFC 9496 s.4.3.1), not the identity.
func (r *reader) point() *ristretto255.Element {
	element, err := parsePoint(r.next())
	if r.err == nil {
		r.err = err
	}
	return element
}

// scalar is a number below the order of the group.
func (r *reader) scalar() *ristretto255.Scalar {
	scalar, err := ristretto255.NewScalar().SetCanonicalBytes(r.next())
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("%w: a number is not below the order of the group", ErrInvalid)
	}
	return scalar
}

func parsePoint(bz []byte) (*ristretto255.Element, error) {
	element, err := parseSum(bz)
	if err == nil && element.Equal(ristretto255.NewIdentityElement()) == 1 {
		err = fmt.Errorf("%w: a point is the identity", ErrInvalid)
	}
	return element, err
}

// parseSum is an element that may be the identity, as sums may.
func parseSum(bz []byte) (*ristretto255.Element, error) {
	element, err := ristretto255.NewIdentityElement().SetCanonicalBytes(bz)
	if err != nil {
		return nil, fmt.Errorf("%w: a point is not in its canonical encoding", ErrInvalid)
	}
	return element, nil
}

func join(size int, parts ...[]byte) []byte {
	out := make([]byte, 0, size)
	for _, part := range parts {
		out = append(out, part...)
	}
	return out
}

func unsigned(value uint64) *ristretto255.Scalar {
	var bz [32]byte
	binary.LittleEndian.PutUint64(bz[:], value)
	scalar, _ := ristretto255.NewScalar().SetCanonicalBytes(bz[:]) // 64 bits are below the order
	return scalar
}

func mulBase(s *ristretto255.Scalar) *ristretto255.Element {
	return ristretto255.NewIdentityElement().ScalarBaseMult(s)
}

func mul(s *ristretto255.Scalar, p *ristretto255.Element) *ristretto255.Element {
	return ristretto255.NewIdentityElement().ScalarMult(s, p)
}

func add(p, q *ristretto255.Element) *ristretto255.Element {
	return ristretto255.NewIdentityElement().Add(p, q)
}

// respond is nonce + challenge*secret.
func respond(nonce, challenge, secret *ristretto255.Scalar) *ristretto255.Scalar {
	s := ristretto255.NewScalar().Multiply(challenge, secret)
	return s.Add(s, nonce)
}

// term of a linear combination.
type term struct {
	scalar *ristretto255.Scalar
	point  *ristretto255.Element
}

// announced is what a prover must have announced for its responses to fit: sum of the terms minus challenge*image. All of it
// is public.
func announced(challenge *ristretto255.Scalar, image *ristretto255.Element, terms ...term) *ristretto255.Element {
	scalars := []*ristretto255.Scalar{ristretto255.NewScalar().Negate(challenge)}
	points := []*ristretto255.Element{image}
	for _, each := range terms {
		scalars, points = append(scalars, each.scalar), append(points, each.point)
	}
	return ristretto255.NewIdentityElement().VarTimeMultiScalarMult(scalars, points)
}
