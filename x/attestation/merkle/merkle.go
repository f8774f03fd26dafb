// Package merkle is the Merkle tree of RFC 9162 (Certificate Transparency 2.0) with SHA-256: roots, inclusion
// paths and consistency paths, and how each is verified.
//
// Leaves and inner nodes are hashed with different prefixes, so that no inner node can be passed off as a leaf.
// The functions of this file need no more than the leaves at hand and suit small trees; Tree keeps what it hashed
// and answers for large ones. RootFromPath and VerifyConsistency (verify.go) are what a chain or a stranger runs.
//
// The package imports nothing but the standard library and does no I/O.
package merkle

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
)

// Size of a hash in bytes.
const Size = sha256.Size

// HashLeaf is the hash of a leaf: SHA-256(0x00 || data).
func HashLeaf(data []byte) [Size]byte {
	var stack [256]byte
	return sha256.Sum256(append(append(stack[:0], 0x00), data...))
}

// HashNode is the hash of an inner node: SHA-256(0x01 || left || right).
func HashNode(left, right [Size]byte) [Size]byte {
	var data [1 + 2*Size]byte
	data[0] = 0x01
	copy(data[1:], left[:])
	copy(data[1+Size:], right[:])
	return sha256.Sum256(data[:])
}

// Root is MTH of RFC 9162 s.2.1.1 over leaf hashes; that of no leaves is the hash of nothing.
func Root(leaves [][Size]byte) [Size]byte {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return leaves[0]
	default:
		k := split(uint64(n))
		return HashNode(Root(leaves[:k]), Root(leaves[k:]))
	}
}

// InclusionPath is PATH of RFC 9162 s.2.1.3.1: the siblings from the leaf at index, which is below len(leaves), up to
// the root. It hashes all leaves: whoever needs many paths builds a Tree.
func InclusionPath(leaves [][Size]byte, index uint64) [][Size]byte {
	n := uint64(len(leaves))
	if index >= n {
		panic(fmt.Sprintf("merkle: leaf %d of %d", index, n))
	}
	if n == 1 {
		return [][Size]byte{}
	}
	k := split(n)
	if index < k {
		return append(InclusionPath(leaves[:k], index), Root(leaves[k:]))
	}
	return append(InclusionPath(leaves[k:], index-k), Root(leaves[:k]))
}

// ConsistencyPath is PROOF of RFC 9162 s.2.1.4.1: what shows that the tree of the first leaves, 1 to len(leaves) of
// them, is the beginning of the tree of all.
func ConsistencyPath(leaves [][Size]byte, first uint64) [][Size]byte {
	if n := uint64(len(leaves)); first == 0 || first > n {
		panic(fmt.Sprintf("merkle: the first %d of %d leaves", first, n))
	}
	return subProof(leaves, first, true)
}

// subProof is SUBPROOF of RFC 9162 s.2.1.4.1. complete says that the leaves begin where the tree begins, so that the
// verifier knows the root of the first m of them.
func subProof(leaves [][Size]byte, m uint64, complete bool) [][Size]byte {
	n := uint64(len(leaves))
	if m == n {
		if complete {
			return [][Size]byte{}
		}
		return [][Size]byte{Root(leaves)}
	}
	k := split(n)
	if m <= k {
		return append(subProof(leaves[:k], m, complete), Root(leaves[k:]))
	}
	return append(subProof(leaves[k:], m-k, false), Root(leaves[:k]))
}

// split is the k of RFC 9162 s.2.1.1: the largest power of two smaller than n, for n > 1.
func split(n uint64) uint64 { return 1 << (bits.Len64(n-1) - 1) }
