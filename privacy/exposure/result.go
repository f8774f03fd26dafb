package exposure

import (
	"fmt"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/threshold"
)

// Given is a verified share with the index of its member.
type Given struct {
	Index uint32
	Share []byte
}

// Combine turns the sum and the shares of at least the threshold of members, by ascending index, into a ciphertext of the
// same total under the asker's key. The shares must have been verified, and be enough: that is up to the caller.
func Combine(sum []byte, given []Given) (result [CiphertextSize]byte, err error) {
	if len(sum) != CiphertextSize {
		return result, fmt.Errorf("%w: a ciphertext has %d bytes", ErrInvalid, CiphertextSize)
	}
	s2, err := parseSum(sum[32:])
	if err != nil {
		return result, err
	}
	indices := make([]uint32, len(given))
	us, ws := make([]*ristretto255.Element, len(given)), make([]*ristretto255.Element, len(given))
	for i, each := range given {
		s, err := parseShare(each.Share)
		if err != nil {
			return result, err
		}
		indices[i], us[i], ws[i] = each.Index, s.u, s.w
	}
	factors, err := threshold.Lagrange(indices)
	if err != nil {
		return result, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	// sum of factor*W is x*S1 + k*L for some k, and sum of factor*U is k*G: (-k*G, S2 - x*S1 - k*L) encrypts to L.
	u := ristretto255.NewIdentityElement().VarTimeMultiScalarMult(factors, us)
	w := ristretto255.NewIdentityElement().VarTimeMultiScalarMult(factors, ws)
	copy(result[:], u.Negate(u).Bytes())
	copy(result[32:], s2.Subtract(s2, w).Bytes())
	return result, nil
}

// Decrypt returns total*G, of which Find finds the total.
func Decrypt(key Key, result []byte) ([32]byte, error) {
	if len(result) != CiphertextSize {
		return [32]byte{}, fmt.Errorf("%w: a ciphertext has %d bytes", ErrInvalid, CiphertextSize)
	}
	k1, err := parseSum(result[:32])
	if err != nil {
		return [32]byte{}, err
	}
	k2, err := parseSum(result[32:])
	if err != nil {
		return [32]byte{}, err
	}
	return [32]byte(k2.Subtract(k2, mul(&key.scalar, k1)).Bytes()), nil
}
