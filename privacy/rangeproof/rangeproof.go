// Package rangeproof proves that what a Pedersen commitment of privacy/commit hides is in [0, 2^n), and shows nothing else:
// the Bulletproof of Bünz, Bootle, Boneh, Poelstra, Wuille and Maxwell (IEEE S&P 2018, ePrint 2017/1066) over ristretto255,
// for one value. There is no trusted setup. README.md has the protocol with its bytes, the argument and what is left open.
//
// Verification is deterministic, takes at most one multi-exponentiation of 148 points, checks sizes before any work and
// never panics on input, so that a chain may do it in consensus.
package rangeproof

import (
	"errors"
	"fmt"

	"github.com/gtank/ristretto255"
)

// Domain is what transcripts of range proofs begin with where the caller has no transcript of its own.
const Domain = "creditd/rangeproof/v1"

// maxVector is the length of the longest vectors: 64 bits.
const maxVector = 64

// ErrInvalid is what every refusal of a proof wraps.
var ErrInvalid = errors.New("range proof refused")

// vector returns the length of the vectors for a range of that many bits, a power of two. 40 bits are proved with vectors
// of 64 whose upper 24 entries are bits of weight zero, since the argument of inner products halves its vectors.
func vector(bits int) (int, error) {
	switch bits {
	case 1, 32, 64:
		return bits, nil
	case 40:
		return maxVector, nil
	}
	return 0, fmt.Errorf("%w: a range is of 1, 32, 40 or 64 bits, not %d", ErrInvalid, bits)
}

// rounds of halving: log2 of the vectors' length.
func rounds(n int) int {
	k := 0
	for ; n > 1; n /= 2 {
		k++
	}
	return k
}

// Size returns the bytes of a proof for a range of that many bits: 288, 608, 672 and 672 for 1, 32, 40 and 64; 0 for others.
func Size(bits int) int {
	n, err := vector(bits)
	if err != nil {
		return 0
	}
	return 32 * (9 + 2*rounds(n))
}

// weights returns what each entry of the bit vector counts: 1, 2, 4 and so on for the bits of the range, 0 above them.
func weights(bits, n int) []*ristretto255.Scalar {
	list := make([]*ristretto255.Scalar, n)
	two := unsigned(2)
	next := unsigned(1)
	for i := range list {
		list[i] = ristretto255.NewScalar()
		if i < bits {
			list[i].Set(next)
			next.Multiply(next, two)
		}
	}
	return list
}

// powers returns 1, x, x^2 up to n of them.
func powers(x *ristretto255.Scalar, n int) []*ristretto255.Scalar {
	list := make([]*ristretto255.Scalar, n)
	next := unsigned(1)
	for i := range list {
		list[i] = ristretto255.NewScalar().Set(next)
		next.Multiply(next, x)
	}
	return list
}
