package commitment

import (
	"crypto/sha256"
	"math/bits"
)

// The Merkle tree of RFC 9162: leaves and inner nodes are hashed with different prefixes, so that no
// inner node can be passed off as a leaf.

// hashLeaf is SHA-256(0x00 || data).
func hashLeaf(data []byte) [32]byte {
	h := sha256.New()
	h.Write([]byte{0x00})
	h.Write(data)
	return [32]byte(h.Sum(nil))
}

// hashNode is SHA-256(0x01 || left || right).
func hashNode(left, right [32]byte) [32]byte {
	var data [65]byte
	data[0] = 0x01
	copy(data[1:], left[:])
	copy(data[33:], right[:])
	return sha256.Sum256(data[:])
}

// treeRoot is MTH of RFC 9162 s.2.1.1 over one or more leaf hashes.
func treeRoot(leaves [][32]byte) [32]byte {
	if len(leaves) == 1 {
		return leaves[0]
	}
	k := split(len(leaves))
	return hashNode(treeRoot(leaves[:k]), treeRoot(leaves[k:]))
}

// inclusionPath is PATH of RFC 9162 s.2.1.3.1: the siblings from leaf index up to the root.
func inclusionPath(leaves [][32]byte, index int) [][32]byte {
	if len(leaves) == 1 {
		return [][32]byte{}
	}
	k := split(len(leaves))
	if index < k {
		return append(inclusionPath(leaves[:k], index), treeRoot(leaves[k:]))
	}
	return append(inclusionPath(leaves[k:], index-k), treeRoot(leaves[:k]))
}

// rootFromPath recomputes the root of a tree of size leaves (size > index) from one leaf and its path. It
// follows the recursion of inclusionPath, which gives the same answers as the loop of RFC 9162 s.2.1.3.2.
// ok is false if the path has not exactly the length that index and size call for.
func rootFromPath(leaf [32]byte, index, size int, path [][32]byte) (root [32]byte, ok bool) {
	if size == 1 {
		return leaf, len(path) == 0
	}
	if len(path) == 0 {
		return root, false
	}
	k, sibling, below := split(size), path[len(path)-1], path[:len(path)-1]
	if index < k {
		root, ok = rootFromPath(leaf, index, k, below)
		return hashNode(root, sibling), ok
	}
	root, ok = rootFromPath(leaf, index-k, size-k, below)
	return hashNode(sibling, root), ok
}

// split is the k of RFC 9162 s.2.1.1: the largest power of two smaller than n, for n > 1.
func split(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }
