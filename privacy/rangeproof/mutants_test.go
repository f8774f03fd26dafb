package rangeproof_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/rangeproof"
)

// mutate damages a good encoding of 32-byte items, of which those named are points. One in a hundred is damaged in a way that
// may decode; the others are malformed for sure, so that they cost little.
func mutate(r *rand.Rand, i int, good []byte, points []int) []byte {
	bz := bytes.Clone(good)
	item := r.IntN(len(bz) / 32)
	point := points[r.IntN(len(points))]
	switch {
	case i%100 == 0:
		bz[r.IntN(len(bz))] ^= 1 << r.IntN(8)
	case i%7 == 0:
		return bz[:r.IntN(len(bz))]
	case i%7 == 1:
		return append(bz, make([]byte, 1+r.IntN(64))...)
	case i%7 == 2:
		bz[32*item+31] |= 0x80 // above both the field and the order
	case i%7 == 3:
		bz[32*point] ^= 1 // a negative number, RFC 9496 s.4.3.1
	case i%7 == 4:
		clear(bz[32*point : 32*point+32]) // the identity
	case i%7 == 5:
		copy(bz[32*item:], bytes.Repeat([]byte{0xff}, 32))
	default:
		return slices.Concat(bz, bz)
	}
	return bz
}

// TestMutants: no mutant of a proof is taken, and none panics.
func TestMutants(t *testing.T) {
	commitment, proof := prove(t, 5, 40)
	points := []int{0, 1, 2, 3, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18}
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 20_000 {
		mutant := mutate(r, i, proof, points)
		require.ErrorIs(t, rangeproof.Verify(commitment, 40, mutant, context()), rangeproof.ErrInvalid)
	}
	require.NoError(t, rangeproof.Verify(commitment, 40, proof, context()))
}

// FuzzVerify: nothing but the one proof that is known to be good may be taken.
func FuzzVerify(f *testing.F) {
	// The same proof in every process that takes part.
	blinding := commit.DeriveBlinding([32]byte{1}, 1)
	good, err := rangeproof.ProveFrom(rand.NewChaCha8([32]byte{}), 1, blinding, 1, context())
	require.NoError(f, err)
	commitment := commitUnsigned(f, 1, blinding)
	f.Add(good)
	f.Add(good[:32])
	f.Fuzz(func(t *testing.T, bz []byte) {
		if err := rangeproof.Verify(commitment, 1, bz, context()); err == nil && !bytes.Equal(bz, good) {
			t.Fatal("a proof was taken that was never made")
		}
	})
}
