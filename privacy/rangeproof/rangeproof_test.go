package rangeproof_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/commit/encoding"
	"github.com/creditd/creditd/privacy/rangeproof"
	"github.com/creditd/creditd/privacy/transcript"
)

// commitUnsigned is commit.Amount for all 64 bits.
func commitUnsigned(t testing.TB, value uint64, blinding commit.Blinding) []byte {
	t.Helper()
	low, high := commit.Amount(int64(value&math.MaxInt64), blinding), value>>63
	if high == 0 {
		return low[:]
	}
	point, err := ristretto255.NewIdentityElement().SetCanonicalBytes(low[:])
	require.NoError(t, err)
	two63 := commit.Amount(math.MinInt64, blinding) // -2^63*G + blinding*H
	other, err := ristretto255.NewIdentityElement().SetCanonicalBytes(two63[:])
	require.NoError(t, err)
	zero := commit.Amount(0, blinding)
	base, err := ristretto255.NewIdentityElement().SetCanonicalBytes(zero[:])
	require.NoError(t, err)
	return point.Add(point, base.Subtract(base, other)).Bytes()
}

func context() *transcript.Transcript {
	t := transcript.New(rangeproof.Domain)
	t.Append("for", []byte("a test"))
	return t
}

func prove(t testing.TB, value uint64, bits int) (commitment, proof []byte) {
	t.Helper()
	blinding := commit.DeriveBlinding([32]byte{byte(bits)}, 1)
	proof, err := rangeproof.Prove(value, blinding, bits, context())
	require.NoError(t, err)
	return commitUnsigned(t, value, blinding), proof
}

func TestValuesAtTheEnds(t *testing.T) {
	sizes := map[int]int{1: 288, 32: 608, 40: 672, 64: 672}
	for bits, size := range sizes {
		top := uint64(math.MaxUint64) >> (64 - bits)
		for _, value := range []uint64{0, 1, top - top/2, top} {
			commitment, proof := prove(t, value, bits)
			require.Len(t, proof, size)
			require.Equal(t, size, rangeproof.Size(bits))
			require.NoError(t, rangeproof.Verify(commitment, bits, proof, context()), "%d of %d bits", value, bits)
		}
		if bits < 64 {
			_, err := rangeproof.Prove(top+1, commit.DeriveBlinding([32]byte{}, 0), bits, context())
			require.ErrorIs(t, err, rangeproof.ErrOutOfRange)
			require.NotContains(t, err.Error(), fmt.Sprint(top+1), "an error quotes no value")
		}
	}
}

func TestRefusals(t *testing.T) {
	commitment, proof := prove(t, 5, 32)
	other, otherProof := prove(t, 6, 32)
	_, wide := prove(t, 5, 64)
	again := context()
	again.Append("for", []byte("somebody else"))
	for name, err := range map[string]error{
		"another commitment":     rangeproof.Verify(other, 32, proof, context()),
		"another's proof":        rangeproof.Verify(commitment, 32, otherProof, context()),
		"another transcript":     rangeproof.Verify(commitment, 32, proof, again),
		"another range":          rangeproof.Verify(commitment, 64, proof, context()),
		"40 bits for 64":         rangeproof.Verify(commitment, 40, wide, context()),
		"a range there is not":   rangeproof.Verify(commitment, 33, proof, context()),
		"no proof":               rangeproof.Verify(commitment, 32, nil, context()),
		"a byte more":            rangeproof.Verify(commitment, 32, append(proof[:len(proof):len(proof)], 0), context()),
		"a byte less":            rangeproof.Verify(commitment, 32, proof[:len(proof)-1], context()),
		"no commitment":          rangeproof.Verify(nil, 32, proof, context()),
		"the identity":           rangeproof.Verify(make([]byte, 32), 32, proof, context()),
		"zeros":                  rangeproof.Verify(commitment, 32, make([]byte, len(proof)), context()),
		"a commitment off curve": rangeproof.Verify(append([]byte{0xff}, commitment[1:]...), 32, proof, context()),
	} {
		require.ErrorIs(t, err, rangeproof.ErrInvalid, name)
	}
	require.NoError(t, rangeproof.Verify(commitment, 32, proof, context()))
	require.Zero(t, rangeproof.Size(33))
	_, err := rangeproof.Prove(0, commit.DeriveBlinding([32]byte{}, 0), 33, context())
	require.ErrorIs(t, err, rangeproof.ErrInvalid)
}

// TestBitsAboveTheRangeAreOfNoWeight: a value of 41 bits is not shown to be of 40, though the vectors have 64 entries.
func TestWrappedValues(t *testing.T) {
	blinding := commit.DeriveBlinding([32]byte{9}, 0)
	negative := commit.Amount(-1, blinding)
	for _, bits := range []int{1, 32, 40, 64} {
		proof, err := rangeproof.Prove(1, blinding, bits, context())
		require.NoError(t, err)
		require.ErrorIs(t, rangeproof.Verify(negative[:], bits, proof, context()), rangeproof.ErrInvalid)
		large := commitUnsigned(t, 1+1<<40, blinding)
		require.ErrorIs(t, rangeproof.Verify(large, bits, proof, context()), rangeproof.ErrInvalid)
	}
}

func TestAtMost(t *testing.T) {
	blinding := commit.DeriveBlinding([32]byte{1}, 0).Add(commit.DeriveBlinding([32]byte{2}, 0))
	for _, c := range []struct{ bound, first, second int64 }{
		{500, 200, 300}, {500, 0, 0}, {math.MaxInt64, -4, -5}, {math.MaxInt64, math.MinInt64, 0}, {-7, -4, -5}, {0, 0, 0},
	} {
		one := commit.Amount(c.first, commit.DeriveBlinding([32]byte{1}, 0))
		two := commit.Amount(c.second, commit.DeriveBlinding([32]byte{2}, 0))
		sum, err := commit.Add(one[:], two[:])
		require.NoError(t, err)
		proof, err := rangeproof.ProveAtMost(c.bound, c.first+c.second, blinding, context())
		require.NoError(t, err)
		require.NoError(t, rangeproof.VerifyAtMost(c.bound, sum[:], proof, context()))
		require.ErrorIs(t, rangeproof.VerifyAtMost(c.bound-1, sum[:], proof, context()), rangeproof.ErrInvalid)
		require.ErrorIs(t, rangeproof.VerifyAtMost(c.bound, one[:], proof, context()), rangeproof.ErrInvalid)
		require.ErrorIs(t, rangeproof.VerifyAtMost(c.bound, make([]byte, 32), proof, context()), rangeproof.ErrInvalid)
		require.ErrorIs(t, rangeproof.VerifyAtMost(c.bound, sum[:31], proof, context()), rangeproof.ErrInvalid)
		if c.first+c.second > math.MinInt64 {
			_, err = rangeproof.ProveAtMost(c.first+c.second-1, c.first+c.second, blinding, context())
			require.ErrorIs(t, err, rangeproof.ErrOutOfRange)
		}
	}
}

func TestCommitmentsAreThoseOfTheChain(t *testing.T) {
	commitment, _ := prove(t, math.MaxUint64, 64)
	require.NoError(t, encoding.CheckPoint(commitment))
}

func BenchmarkProve(b *testing.B) {
	for _, bits := range []int{1, 32, 40, 64} {
		b.Run(fmt.Sprint(bits), func(b *testing.B) {
			for b.Loop() {
				_, err := rangeproof.Prove(1, commit.DeriveBlinding([32]byte{}, 0), bits, context())
				require.NoError(b, err)
			}
		})
	}
}

func BenchmarkVerify(b *testing.B) {
	for _, bits := range []int{1, 32, 40, 64} {
		b.Run(fmt.Sprint(bits), func(b *testing.B) {
			commitment, proof := prove(b, 1, bits)
			for b.Loop() {
				require.NoError(b, rangeproof.Verify(commitment, bits, proof, context()))
			}
		})
	}
}
