package threshold

import (
	"errors"
	"fmt"

	"github.com/gtank/ristretto255"
)

// Polynomial is a secret polynomial in public: its coefficients times the generator, the constant first (Feldman 1987).
type Polynomial []*ristretto255.Element

// At returns the public share at an index: the value there of the secret polynomial, times the generator.
func (p Polynomial) At(index uint32) *ristretto255.Element {
	sum := ristretto255.NewIdentityElement()
	for i := len(p) - 1; i >= 0; i-- { // Horner
		sum = times(sum, index)
		sum.Add(sum, p[i])
	}
	return sum
}

// times is n*p by doubling and adding: indices are small and public, so it is ten times faster than a multiplication by
// any scalar.
func times(p *ristretto255.Element, n uint32) *ristretto255.Element {
	product := ristretto255.NewIdentityElement()
	for bit := 31; bit >= 0; bit-- {
		product.Add(product, product)
		if n>>bit&1 == 1 {
			product.Add(product, p)
		}
	}
	return product
}

// NewKey returns the polynomial of a new key from those of all qualified dealers: their sum. Its constant is the public key.
func NewKey(dealt []Polynomial) (Polynomial, error) {
	return combine(dealt, func(points []*ristretto255.Element) *ristretto255.Element {
		sum := ristretto255.NewIdentityElement()
		for _, p := range points {
			sum.Add(sum, p)
		}
		return sum
	})
}

// KeptKey returns the polynomial of a key that is kept: the dealers at those indices, ascending and at least the old
// threshold of them, each dealt its own old share, which the caller has checked (Desmedt and Jajodia 1997).
func KeptKey(dealers []uint32, dealt []Polynomial) (Polynomial, error) {
	factors, err := Lagrange(dealers)
	if err != nil {
		return nil, err
	}
	if len(factors) != len(dealt) {
		return nil, fmt.Errorf("%d dealings of %d dealers", len(dealt), len(factors))
	}
	return combine(dealt, func(points []*ristretto255.Element) *ristretto255.Element {
		return ristretto255.NewIdentityElement().VarTimeMultiScalarMult(factors, points)
	})
}

// combine the polynomials, coefficient by coefficient.
func combine(dealt []Polynomial, add func([]*ristretto255.Element) *ristretto255.Element) (Polynomial, error) {
	if len(dealt) == 0 || len(dealt) > MaxParties {
		return nil, fmt.Errorf("1 to %d dealings are combined, not %d", MaxParties, len(dealt))
	}
	sum := make(Polynomial, len(dealt[0]))
	for k := range sum {
		points := make([]*ristretto255.Element, len(dealt))
		for i, p := range dealt {
			if len(p) != len(sum) {
				return nil, errors.New("the dealings have different thresholds")
			}
			points[i] = p[k]
		}
		sum[k] = add(points)
	}
	if len(sum) == 0 || isIdentity(sum[0]) {
		return nil, errors.New("the public key would be the identity")
	}
	return sum, nil
}

// NewShare is a member's share of a new key from what each qualified dealer gave it.
func NewShare(index uint32, parts []*ristretto255.Scalar) Share {
	sum := ristretto255.NewScalar()
	for _, part := range parts {
		sum.Add(sum, part)
	}
	return Share{index, sum}
}

// KeptShare is a member's share of a key that is kept, from what the dealers at those indices gave it.
func KeptShare(index uint32, dealers []uint32, parts []*ristretto255.Scalar) (Share, error) {
	factors, err := Lagrange(dealers)
	if err != nil {
		return Share{}, err
	}
	if len(parts) != len(factors) {
		return Share{}, fmt.Errorf("%d parts from %d dealers", len(parts), len(factors))
	}
	sum := ristretto255.NewScalar()
	for i, part := range parts {
		sum.Add(sum, factors[i].Multiply(factors[i], part))
	}
	return Share{index, sum}, nil
}
