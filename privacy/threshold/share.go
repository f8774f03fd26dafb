// Package threshold shares a secret scalar of ristretto255 (RFC 9496) out to n parties, so that any t of them can use it
// and fewer learn nothing of it: Feldman's verifiable secret sharing, dealings whose shares are encrypted so that anybody
// can decide a complaint, key generation without a dealer, resharing, and use of the shares with proofs.
// The README has the protocol, the adversary, the assumptions and what leaks.
//
// The package is pure Go, imports nothing of the chain and does no I/O but reading crypto/rand.
package threshold

import (
	"errors"
	"fmt"
	"io"

	"github.com/gtank/ristretto255"
)

const (
	// Size of an encoded scalar and of an encoded point.
	Size = 32
	// MaxParties of one sharing. It bounds every loop here.
	MaxParties = 64
	// MinParties: with fewer, a majority is everybody or one.
	MinParties = 3
)

// Errors that callers tell apart. All others say that an input is malformed.
var (
	// ErrShare: a share does not fit the commitments.
	ErrShare = errors.New("the share does not fit its commitments")
	// ErrProof: a proof does not hold.
	ErrProof = errors.New("the proof does not hold")
	// ErrIndex: a set of indices is empty, too large, has zero or a repeat.
	ErrIndex = errors.New("indices must be 1 or more, ascending and at most 64 of them")
)

// Share is the value of a secret polynomial at an index.
type Share struct {
	Index  uint32 // from 1
	Scalar *ristretto255.Scalar
}

// Format keeps a share out of every log line, whatever the verb.
func (Share) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "Share(redacted)") }

// Public is the share times the generator.
func (s Share) Public() *ristretto255.Element {
	return ristretto255.NewIdentityElement().ScalarBaseMult(s.Scalar)
}

// PublicShare is a point at an index: a share times some base.
type PublicShare struct {
	Index uint32
	Point *ristretto255.Element
}

// Majority is the least threshold for n parties: more than half, so that no two disjoint groups can both use the key.
func Majority(n int) int { return n/2 + 1 }

// Lagrange returns for each index the factor with which its share counts in the value at zero of the polynomial of
// degree below len(indices) (Shamir 1979). Indices ascend and are public; no secret decides how long it takes.
func Lagrange(indices []uint32) ([]*ristretto255.Scalar, error) {
	if err := checkIndices(indices); err != nil {
		return nil, err
	}
	factors := make([]*ristretto255.Scalar, len(indices))
	for i, xi := range indices {
		numerator, denominator := scalar(1), scalar(1)
		for j, xj := range indices {
			if i == j {
				continue
			}
			numerator.Multiply(numerator, scalar(xj))
			denominator.Multiply(denominator, ristretto255.NewScalar().Subtract(scalar(xj), scalar(xi)))
		}
		factors[i] = numerator.Multiply(numerator, denominator.Invert(denominator))
	}
	return factors, nil
}

// Combine returns the value at zero of the polynomial through the points: with D_i = s_i*B, the secret times B. The
// points are public and must have been verified (VerifyDLEQ); at least the threshold of them are needed, and the caller
// sees to that. It refuses points whose sum is the identity.
func Combine(points []PublicShare) (*ristretto255.Element, error) {
	indices, elements := make([]uint32, len(points)), make([]*ristretto255.Element, len(points))
	for i, p := range points {
		indices[i], elements[i] = p.Index, p.Point
	}
	factors, err := Lagrange(indices)
	if err != nil {
		return nil, err
	}
	sum := ristretto255.NewIdentityElement().VarTimeMultiScalarMult(factors, elements)
	if isIdentity(sum) {
		return nil, errors.New("the combined point is the identity")
	}
	return sum, nil
}

// CombineShares returns the secret itself. Only tests and resharing, in which the secrets are shares of shares, use it.
func CombineShares(shares []Share) (*ristretto255.Scalar, error) {
	indices := make([]uint32, len(shares))
	for i, s := range shares {
		indices[i] = s.Index
	}
	factors, err := Lagrange(indices)
	if err != nil {
		return nil, err
	}
	sum := ristretto255.NewScalar()
	for i, s := range shares {
		sum.Add(sum, factors[i].Multiply(factors[i], s.Scalar))
	}
	return sum, nil
}

func checkIndices(indices []uint32) error {
	if len(indices) == 0 || len(indices) > MaxParties {
		return ErrIndex
	}
	for i, x := range indices {
		if x == 0 || (i > 0 && x <= indices[i-1]) {
			return ErrIndex
		}
	}
	return nil
}

// scalar of a small number.
func scalar(n uint32) *ristretto255.Scalar {
	var bz [Size]byte
	bz[0], bz[1], bz[2], bz[3] = byte(n), byte(n>>8), byte(n>>16), byte(n>>24)
	s, _ := ristretto255.NewScalar().SetCanonicalBytes(bz[:]) // 32 bits are below the order
	return s
}
