package exposure

import (
	"fmt"
)

// Empty is the sum of no ciphertexts.
func Empty() [CiphertextSize]byte { return [CiphertextSize]byte{} }

// Add returns the sum of two ciphertexts, which decrypts to the sum of their numbers.
func Add(a, b []byte) (sum [CiphertextSize]byte, err error) {
	if len(a) != CiphertextSize || len(b) != CiphertextSize {
		return sum, fmt.Errorf("%w: a ciphertext has %d bytes", ErrInvalid, CiphertextSize)
	}
	for at := 0; at < CiphertextSize; at += 32 {
		p, err := parseSum(a[at : at+32])
		if err != nil {
			return sum, err
		}
		q, err := parseSum(b[at : at+32])
		if err != nil {
			return sum, err
		}
		copy(sum[at:], add(p, q).Bytes())
	}
	return sum, nil
}

// AddCommitments returns the sum of commitments, 32 bytes; of none it is the identity, 32 zero bytes. A term that is no
// point or the identity is refused, a sum that is the identity is not: V - P then shows the value to be zero all the same.
func AddCommitments(commitments [][]byte) (sum [32]byte, err error) {
	total, err := parseSum(sum[:])
	if err != nil {
		return sum, err
	}
	for _, bz := range commitments {
		term, err := parsePoint(bz)
		if err != nil {
			return sum, err
		}
		total.Add(total, term)
	}
	return [32]byte(total.Bytes()), nil
}
