package psi

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"

	"github.com/creditd/creditd/privacy/oprf"
)

// Commit to blinded elements in their order: the tree of RFC 9162, s. 2.1.1, over leaves of u32be(position) | element.
func Commit(blinded []oprf.Element) Commitment {
	leaves := make([][32]byte, len(blinded))
	for i := range blinded {
		leaf := append(binary.BigEndian.AppendUint32([]byte{0}, uint32(i)), blinded[i][:]...)
		leaves[i] = sha256.Sum256(leaf)
	}
	return Commitment{Count: uint32(len(blinded)), Root: root(leaves)}
}

func root(nodes [][32]byte) [32]byte {
	switch len(nodes) {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return nodes[0]
	}
	split := 1 << (bits.Len(uint(len(nodes)-1)) - 1)
	left, right := root(nodes[:split]), root(nodes[split:])
	return sha256.Sum256(append(append([]byte{1}, left[:]...), right[:]...))
}
