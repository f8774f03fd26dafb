// Package poseidon is Poseidon2 (ePrint 2023/323) over the scalar field of BN254, with gnark's parameters, as trees and
// statements use it outside circuits: one step, and the Merkle-Damgard chain of it that docs/commitment-format.md
// section 7 describes.
package poseidon

import (
	"errors"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr/poseidon2"
)

// Element of the scalar field of BN254.
type Element = fr.Element

// Size of an encoded element in bytes.
const Size = fr.Bytes

var permutation = poseidon2.NewDefaultPermutation()

// Compress is P(left, right)[1] + right: a node of a tree over its children, and one step of the chain.
func Compress(left, right Element) Element {
	state := [2]Element{left, right}
	_ = permutation.Permutation(state[:]) // fails for another width than 2 alone
	state[1].Add(&state[1], &right)
	return state[1]
}

// Absorb goes on with a chain: the state after the elements in turn. A chain begins with the zero element, and its first
// element says what it is for.
func Absorb(state Element, elements ...Element) Element {
	for _, e := range elements {
		state = Compress(state, e)
	}
	return state
}

// Parse reads an element in its one encoding: 32 bytes, big-endian, below the modulus.
func Parse(bz []byte) (Element, error) {
	var e Element
	if len(bz) != Size {
		return e, errors.New("an element of BN254's scalar field has 32 bytes")
	}
	if err := e.SetBytesCanonical(bz); err != nil {
		return Element{}, errors.New("not below the modulus of BN254's scalar field")
	}
	return e, nil
}

// Halves are 32 bytes as two numbers, the first 16 bytes and the last, big-endian: an id has more bits than an element,
// and is never reduced.
func Halves(id [32]byte) (high, low Element) {
	high.SetBytes(id[:16])
	low.SetBytes(id[16:])
	return high, low
}
