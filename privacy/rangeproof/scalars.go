package rangeproof

import (
	"encoding/binary"

	"github.com/gtank/ristretto255"
)

func unsigned(value uint64) *ristretto255.Scalar {
	var bz [32]byte
	binary.LittleEndian.PutUint64(bz[:], value)
	scalar, _ := ristretto255.NewScalar().SetCanonicalBytes(bz[:]) // 64 bits are below the order
	return scalar
}

func add(a, b *ristretto255.Scalar) *ristretto255.Scalar { return ristretto255.NewScalar().Add(a, b) }

func sub(a, b *ristretto255.Scalar) *ristretto255.Scalar {
	return ristretto255.NewScalar().Subtract(a, b)
}

func mul(a, b *ristretto255.Scalar) *ristretto255.Scalar {
	return ristretto255.NewScalar().Multiply(a, b)
}

func negate(a *ristretto255.Scalar) *ristretto255.Scalar { return ristretto255.NewScalar().Negate(a) }

func inverse(a *ristretto255.Scalar) *ristretto255.Scalar { return ristretto255.NewScalar().Invert(a) }

func isZero(a *ristretto255.Scalar) bool { return a.Equal(ristretto255.NewScalar()) == 1 }

// inner is the inner product of two vectors of one length.
func inner(a, b []*ristretto255.Scalar) *ristretto255.Scalar {
	sum := ristretto255.NewScalar()
	for i := range a {
		sum.Add(sum, mul(a[i], b[i]))
	}
	return sum
}
