package merkle

import (
	"crypto/sha256"
	"fmt"
	"math/bits"
	"runtime"
	"sync"
)

// parallelFrom is the number of nodes of a level from which hashing it on all cores pays.
const parallelFrom = 1 << 12

// Tree keeps every node of a tree of a fixed number of leaves, about 64 bytes a leaf, and answers in O(log n). It is for
// whoever builds anchors: it uses goroutines, and no block executes it. Reading it is safe from many goroutines.
type Tree struct {
	// levels from the leaves up to the root, in one piece of memory. A level's last node that has no sibling is
	// repeated in the level above, so that levels[k][i] is the root over the leaves from i*2^k to (i+1)*2^k, as far as
	// there are any.
	levels [][][Size]byte
}

// NewTree builds the tree over the leaf hashes, of which it keeps a copy.
func NewTree(leaves [][Size]byte) *Tree {
	total := 0
	for n := len(leaves); n > 0; n = above(n) {
		total += n
	}
	nodes := make([][Size]byte, total)
	tree := &Tree{levels: make([][][Size]byte, 0, bits.Len(uint(len(leaves)))+1)}
	for n := len(leaves); n > 0; n = above(n) {
		tree.levels = append(tree.levels, nodes[:n:n])
		nodes = nodes[n:]
	}
	if len(leaves) == 0 {
		return tree
	}
	copy(tree.levels[0], leaves)
	for k := 1; k < len(tree.levels); k++ {
		hashLevel(tree.levels[k], tree.levels[k-1])
	}
	return tree
}

// above is the number of nodes of the level over one of n, 0 over the root.
func above(n int) int {
	if n == 1 {
		return 0
	}
	return (n + 1) / 2
}

// hashLevel fills a level from the one below it.
func hashLevel(level, below [][Size]byte) {
	pairs := len(below) / 2
	if len(level) > pairs {
		level[pairs] = below[len(below)-1]
	}
	if pairs < parallelFrom {
		hashPairs(level[:pairs], below)
		return
	}
	workers := runtime.GOMAXPROCS(0)
	share := (pairs + workers - 1) / workers
	var group sync.WaitGroup
	for from := 0; from < pairs; from += share {
		to := min(from+share, pairs)
		// Trees are built off the chain; besides, the order of hashing changes nothing.
		group.Go(func() { hashPairs(level[from:to], below[2*from:]) }) //determinism:ok trees are built off the chain, and each goroutine has nodes of its own
	}
	group.Wait()
}

func hashPairs(level, below [][Size]byte) {
	for i := range level {
		level[i] = HashNode(below[2*i], below[2*i+1])
	}
}

// Size is the number of leaves.
func (t *Tree) Size() uint64 {
	if len(t.levels) == 0 {
		return 0
	}
	return uint64(len(t.levels[0]))
}

// Root of the tree; that of no leaves is the hash of nothing.
func (t *Tree) Root() [Size]byte {
	if len(t.levels) == 0 {
		return sha256.Sum256(nil)
	}
	return t.levels[len(t.levels)-1][0]
}

// Path is InclusionPath of the leaf at index, which is below Size.
func (t *Tree) Path(index uint64) [][Size]byte {
	return t.AppendPath(make([][Size]byte, 0, len(t.levels)), index)
}

// AppendPath appends what Path returns: for writing many paths without an allocation each.
func (t *Tree) AppendPath(path [][Size]byte, index uint64) [][Size]byte {
	if index >= t.Size() {
		panic(fmt.Sprintf("merkle: leaf %d of %d", index, t.Size()))
	}
	return t.climb(path, 0, index)
}

// Consistency is ConsistencyPath of the first leaves, 1 to Size of them.
func (t *Tree) Consistency(first uint64) [][Size]byte {
	size := t.Size()
	if first == 0 || first > size {
		panic(fmt.Sprintf("merkle: the first %d of %d leaves", first, size))
	}
	path := make([][Size]byte, 0, len(t.levels)+1)
	if first == size {
		return path
	}
	// The largest full subtree that the first leaves end with. If it is all of them, the verifier knows its root.
	level := bits.TrailingZeros64(first)
	index := (first - 1) >> level
	if index != 0 {
		path = append(path, t.levels[level][index])
	}
	return t.climb(path, level, index)
}

// climb appends the siblings from a node up to the root.
func (t *Tree) climb(path [][Size]byte, level int, index uint64) [][Size]byte {
	for _, nodes := range t.levels[level:] {
		if sibling := index ^ 1; sibling < uint64(len(nodes)) {
			path = append(path, nodes[sibling])
		}
		index >>= 1
	}
	return path
}
