package merkle

import "math/bits"

// MaxPath is the most hashes that a valid path has, whatever the sizes: a consistency path has one more than the tree
// has levels of inner nodes. A decoder refuses a longer one before it reads on.
const MaxPath = 65

// RootFromPath computes the root of a tree of size leaves from one leaf hash, its index and its inclusion path, by
// RFC 9162 s.2.1.3.2. ok is false if index is not below size or the path has not exactly the length that both call
// for. It says nothing of the leaf until the caller has compared the root.
func RootFromPath(leaf [Size]byte, index, size uint64, path [][Size]byte) (root [Size]byte, ok bool) {
	if index >= size {
		return root, false
	}
	root = leaf
	// fn and sn are the places of the node and of the last node in the level that is worked on.
	fn, sn := index, size-1
	for _, sibling := range path {
		if sn == 0 {
			return [Size]byte{}, false
		}
		if fn&1 == 1 || fn == sn {
			root = HashNode(sibling, root)
			// A last node without a sibling goes up unhashed until it is a right child.
			up := bits.TrailingZeros64(fn)
			fn, sn = fn>>up, sn>>up
		} else {
			root = HashNode(root, sibling)
		}
		fn, sn = fn>>1, sn>>1
	}
	if sn != 0 {
		return [Size]byte{}, false
	}
	return root, true
}

// VerifyConsistency tells, by RFC 9162 s.2.1.4.2, whether the path shows that the tree of first leaves with firstRoot
// is the beginning of the tree of second leaves with secondRoot. Beside the RFC's 0 < first < second it knows
// first == second, which needs equal roots and an empty path. A tree of no leaves is the beginning of none here.
func VerifyConsistency(first, second uint64, firstRoot, secondRoot [Size]byte, path [][Size]byte) bool {
	if first == 0 || first > second || len(path) > MaxPath {
		return false
	}
	if first == second {
		return len(path) == 0 && firstRoot == secondRoot
	}
	fn, sn := first-1, second-1
	up := bits.TrailingZeros64(^fn) // fn is below 2^64-1: not all ones
	fn, sn = fn>>up, sn>>up
	start := firstRoot // the first tree is full, and so a node of the second
	if fn != 0 {
		if len(path) == 0 {
			return false
		}
		start, path = path[0], path[1:]
	}
	fr, sr := start, start
	for _, node := range path {
		if sn == 0 {
			return false
		}
		if fn&1 == 1 || fn == sn {
			fr, sr = HashNode(node, fr), HashNode(node, sr)
			up := bits.TrailingZeros64(fn)
			fn, sn = fn>>up, sn>>up
		} else {
			sr = HashNode(sr, node)
		}
		fn, sn = fn>>1, sn>>1
	}
	return sn == 0 && fr == firstRoot && sr == secondRoot
}
