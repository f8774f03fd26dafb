package oprf

import (
	"errors"
	"fmt"
	"slices"

	"github.com/cloudflare/circl/group"
)

// MaxShares bounds the number of institutions that share a key.
const MaxShares = 128

// Quorum is what the chain says of a shared key.
type Quorum struct {
	// Threshold is how many shares make an evaluation.
	Threshold int
	// Public half of the whole key.
	Public Element
	// Shares are the public halves of the shares by index, from 1: the value of the sharing polynomial at the index, times the
	// generator.
	Shares map[uint32]Element
}

// Part is what the holder of one share answered.
type Part struct {
	Index     uint32
	Evaluated []Element
	Proofs    []Proof
}

// WrongShareError says whose answer was wrong, and how. Proof and public share are evidence for anybody.
type WrongShareError struct {
	Index uint32
	Err   error
}

func (e *WrongShareError) Error() string { return fmt.Sprintf("share %d: %s", e.Index, e.Err) }
func (e *WrongShareError) Unwrap() error { return e.Err }

// ErrTooFew is wrapped when fewer right answers than the threshold are there.
var ErrTooFew = errors.New("oprf: too few right answers")

// Check says why a part is wrong, as a *WrongShareError; nil if it is right.
func (q Quorum) Check(blinded []Element, part Part) error {
	public, known := q.Shares[part.Index]
	if !known {
		return &WrongShareError{part.Index, fmt.Errorf("%w: nobody holds a share of this index", ErrInput)}
	}
	if err := Verify(public, blinded, part.Evaluated, part.Proofs); err != nil {
		return &WrongShareError{part.Index, err}
	}
	return nil
}

// Combine checks parts in their order until enough are right, and returns the evaluations under the whole key. Wrong ones are
// passed over and returned, whether or not there were enough others.
func (q Quorum) Combine(blinded []Element, parts []Part) (evaluated []Element, wrong []*WrongShareError, err error) {
	if q.Threshold < 1 || q.Threshold > len(q.Shares) || len(q.Shares) > MaxShares {
		return nil, nil, fmt.Errorf("%w: %d of %d shares", ErrInput, q.Threshold, len(q.Shares))
	}
	var right []Part
	for _, part := range parts {
		if len(right) == q.Threshold || slices.ContainsFunc(right, func(p Part) bool { return p.Index == part.Index }) {
			continue
		}
		if err := q.Check(blinded, part); err != nil {
			var named *WrongShareError
			if !errors.As(err, &named) {
				return nil, wrong, err
			}
			wrong = append(wrong, named)
			continue
		}
		right = append(right, part)
	}
	if len(right) < q.Threshold {
		return nil, wrong, fmt.Errorf("%w: %d of %d", ErrTooFew, len(right), q.Threshold)
	}
	evaluated, err = q.Interpolate(right)
	return evaluated, wrong, err
}

// Interpolate is Lagrange's formula at 0, in the exponent, of parts that Check found right. That the public shares themselves give the public key is checked
// first, so that a chain with shares of another key is noticed.
func (q Quorum) Interpolate(parts []Part) ([]Element, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("%w: none", ErrTooFew)
	}
	factors, err := lagrange(parts)
	if err != nil {
		return nil, err
	}
	shares := make([]Element, len(parts))
	for i, part := range parts {
		shares[i] = q.Shares[part.Index]
	}
	public, err := weigh(factors, shares)
	if err != nil {
		return nil, err
	}
	if public != q.Public {
		return nil, fmt.Errorf("%w: the public shares are not those of the public key %x", ErrProof, q.Public)
	}
	evaluated := make([]Element, len(parts[0].Evaluated))
	return evaluated, each(len(evaluated), func(e int) (err error) {
		of := make([]Element, len(parts))
		for i, part := range parts {
			of[i] = part.Evaluated[e]
		}
		evaluated[e], err = weigh(factors, of)
		return err
	})
}

// weigh is the sum of elements, each times its factor.
func weigh(factors []group.Scalar, elements []Element) (Element, error) {
	sum := ristretto.Identity()
	for i, element := range elements {
		point, err := decodeElement(element)
		if err != nil {
			return Element{}, err
		}
		sum.Add(sum, point.Mul(point, factors[i]))
	}
	return encodeElement(sum), nil
}

// lagrange are the factors with which values of a polynomial at the parts' indices give its value at 0.
func lagrange(parts []Part) ([]group.Scalar, error) {
	factors := make([]group.Scalar, len(parts))
	for i, part := range parts {
		over, under := ristretto.NewScalar().SetUint64(1), ristretto.NewScalar().SetUint64(1)
		for j, other := range parts {
			if i == j {
				continue
			}
			x := ristretto.NewScalar().SetUint64(uint64(other.Index))
			over.Mul(over, x)
			under.Mul(under, ristretto.NewScalar().Sub(x, ristretto.NewScalar().SetUint64(uint64(part.Index))))
		}
		if part.Index == 0 || under.IsZero() {
			return nil, fmt.Errorf("%w: an index is above 0 and given once", ErrInput)
		}
		factors[i] = over.Mul(over, under.Inv(under))
	}
	return factors, nil
}
