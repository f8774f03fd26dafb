package poseidon_test

import (
	"bytes"
	"testing"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/poseidon2"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/poseidon"
)

// TestGnark: the same as gnark's hash over bytes and its compression.
func TestGnark(t *testing.T) {
	list := []poseidon.Element{fr.NewElement(1), fr.NewElement(2), fr.NewElement(3)}
	h := poseidon2.NewMerkleDamgardHasher()
	for i := range list {
		bz := list[i].Bytes()
		_, err := h.Write(bz[:])
		require.NoError(t, err)
	}
	chain := poseidon.Absorb(poseidon.Element{}, list...)
	bz := chain.Bytes()
	require.Equal(t, h.Sum(nil), bz[:])

	left, right := list[1].Bytes(), list[2].Bytes()
	want, err := poseidon2.NewDefaultPermutation().Compress(left[:], right[:])
	require.NoError(t, err)
	got := poseidon.Compress(list[1], list[2])
	bz = got.Bytes()
	require.Equal(t, want, bz[:])
}

func TestParse(t *testing.T) {
	modulus := fr.Modulus().FillBytes(make([]byte, 32))
	for _, bz := range [][]byte{nil, make([]byte, 31), make([]byte, 33), modulus, bytes.Repeat([]byte{0xff}, 32)} {
		_, err := poseidon.Parse(bz)
		require.Error(t, err)
	}
	modulus[31]--
	_, err := poseidon.Parse(modulus)
	require.NoError(t, err)
}
