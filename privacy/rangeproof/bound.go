package rangeproof

import (
	"crypto/rand"
	"fmt"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/transcript"
)

// ProveAtMost shows that the commitments add up to a value of at most the bound, and not how much it is: that bound minus
// the sum is in [0, 2^64). The sum is that of the values, the blinding that of the blindings (commit.Blinding.Add).
func ProveAtMost(bound, sum int64, blinding commit.Blinding, t *transcript.Transcript) ([]byte, error) {
	if sum > bound {
		return nil, fmt.Errorf("%w: the sum is above the bound", ErrOutOfRange)
	}
	bz := blinding.Bytes()
	gamma, err := ristretto255.NewScalar().SetCanonicalBytes(bz[:])
	if err != nil {
		return nil, err
	}
	t.AppendUint64("at most", uint64(bound))
	// Both are of 64 bits, so that the difference fits 64 bits without a sign, and is right modulo 2^64.
	return prove(uint64(bound)-uint64(sum), negate(gamma), 64, t, rand.Reader)
}

// VerifyAtMost checks what ProveAtMost shows of the sum of the commitments, 32 bytes. The sum of no commitments is the
// identity, 32 zero bytes, which hides nothing: it is zero, and a caller that allows it compares the bound with zero itself.
func VerifyAtMost(bound int64, sum []byte, proof []byte, t *transcript.Transcript) error {
	point, err := ristretto255.NewIdentityElement().SetCanonicalBytes(sum)
	if err != nil {
		return fmt.Errorf("%w: the sum of the commitments is not a point in its canonical encoding", ErrInvalid)
	}
	if point.Equal(generators().identity) == 1 {
		return fmt.Errorf("%w: the sum of the commitments is the identity: nothing was committed to", ErrInvalid)
	}
	t.AppendUint64("at most", uint64(bound))
	rest := ristretto255.NewIdentityElement().ScalarBaseMult(signed(bound))
	return verify(rest.Subtract(rest, point), 64, proof, t)
}

// signed is a number modulo the order of the group. It is public: there is a branch on the sign.
func signed(value int64) *ristretto255.Scalar {
	if value < 0 {
		return negate(unsigned(-uint64(value)))
	}
	return unsigned(uint64(value))
}
