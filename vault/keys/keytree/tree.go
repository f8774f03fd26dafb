// Package keytree gives every id a key and can take single keys away for good, while what it keeps stays small and never changes
// for any other id.
//
// It is the puncturable pseudo-random function of Goldreich, Goldwasser and Micali (J. ACM 33, 1986), punctured as in Boneh and
// Waters (Asiacrypt 2013). A binary tree of depth 64 begins with one random seed; the seeds of a node's children are
//
//	SHA-256(seed of the node | "creditd/keytree/v2" | u8(bit))
//
// which is one block of SHA-256, for a key is 64 of these. That SHA-256 of a key and a message, both of fixed length, is a
// pseudo-random function is what hash-based signatures rest on too (XMSS, RFC 8391, section 5.1).
//
// and an id's key is the leaf to which the first 64 bits of the id lead, the highest first. To take an id's key away is to replace
// the seed that leads to it by those of the subtrees beside its path: every other leaf can still be computed, this one cannot,
// since SHA-256 does not run backwards. Ids are hashes; two of n share a leaf with probability n^2 / 2^65, 3e-8 for a million.
package keytree

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"
)

const (
	domain    = "creditd/keytree/v2"
	depth     = 64
	version   = 2
	nodeBytes = 1 + 8 + sha256.Size
	// MaxNodes bounds what Parse takes: some 85,000 ids taken away.
	MaxNodes = 4 << 20
)

// ErrFull: no more ids can be taken away from this tree.
var ErrFull = errors.New("the key tree is full")

// ErrMalformed: not the encoding of a tree.
var ErrMalformed = errors.New("the key tree cannot be read")

// ErrEarlier: a tree of a version that no release had.
var ErrEarlier = errors.New("the vault was made by a creditd from before the first release: make another with 'vault init' and import the book again")

// Seed of a tree or of one of its nodes.
type Seed = [sha256.Size]byte

// Tree is not safe for use by several goroutines while it is punctured.
type Tree struct {
	nodes []node // disjoint, by prefix
}

// node is a subtree whose leaves can all be computed.
type node struct {
	prefix uint64 // first bits of the ids below it; the others are 0
	depth  uint8  // how many bits those are
	seed   Seed
}

// New makes a tree in which every id has a key.
func New(seed Seed) *Tree { return &Tree{nodes: []node{{seed: seed}}} }

func (n *node) covers(leaf uint64) bool { return n.depth == 0 || (leaf^n.prefix)>>(depth-n.depth) == 0 }

func (n *node) child(bit uint64) node {
	return node{prefix: n.prefix | bit<<(depth-1-n.depth), depth: n.depth + 1, seed: derive(&n.seed, byte(bit))}
}

// derive is one step down the tree. Its input is short enough for one block, which has nine bytes of padding.
func derive(seed *Seed, bit byte) Seed {
	var block [sha256.Size + len(domain) + 1]byte
	copy(block[:], seed[:])
	copy(block[sha256.Size:], domain)
	block[len(block)-1] = bit
	return sha256.Sum256(block[:])
}

// at is the index of the node that covers a leaf.
func (t *Tree) at(leaf uint64) (int, bool) {
	i, exact := slices.BinarySearchFunc(t.nodes, leaf, func(n node, leaf uint64) int {
		switch {
		case n.prefix < leaf:
			return -1
		case n.prefix > leaf:
			return 1
		}
		return 0
	})
	if !exact {
		i-- // the last node that begins before the leaf
	}
	return i, i >= 0 && t.nodes[i].covers(leaf)
}

func leafOf(id [32]byte) uint64 { return binary.BigEndian.Uint64(id[:8]) }

// bit of a leaf at a depth, the highest first.
func bit(leaf uint64, at uint8) uint64 { return leaf >> (depth - 1 - at) & 1 }

// Key of an id; false if it was taken away.
func (t *Tree) Key(id [32]byte) (Seed, bool) {
	leaf := leafOf(id)
	i, ok := t.at(leaf)
	if !ok {
		return Seed{}, false
	}
	n := t.nodes[i]
	for n.depth < depth {
		n = n.child(bit(leaf, n.depth))
	}
	return n.seed, true
}

// Puncture takes the key of an id away; false if it was before.
func (t *Tree) Puncture(id [32]byte) (bool, error) {
	leaf := leafOf(id)
	i, ok := t.at(leaf)
	if !ok {
		return false, nil
	}
	if len(t.nodes)+depth > MaxNodes {
		return false, ErrFull
	}
	n := t.nodes[i]
	var beside []node
	for n.depth < depth {
		b := bit(leaf, n.depth)
		beside = append(beside, n.child(1-b))
		n = n.child(b)
	}
	slices.SortFunc(beside, func(x, y node) int {
		if x.prefix < y.prefix {
			return -1
		}
		return 1
	})
	clear(t.nodes[i].seed[:])
	nodes := slices.Replace(slices.Clone(t.nodes), i, i+1, beside...)
	clear(t.nodes)
	t.nodes = nodes
	return true, nil
}

// Clear overwrites the seeds. The tree has no keys after it.
func (t *Tree) Clear() {
	clear(t.nodes)
	t.nodes = nil
}

// Clone makes a copy that is punctured by itself.
func (t *Tree) Clone() *Tree { return &Tree{nodes: slices.Clone(t.nodes)} }

// Nodes is how many seeds the tree has: one at first, at most 64 more for every id taken away.
func (t *Tree) Nodes() int { return len(t.nodes) }

// Marshal encodes the tree: u8(version), then for each node u8(depth), u64be(prefix), seed.
func (t *Tree) Marshal() []byte {
	out := make([]byte, 0, 1+len(t.nodes)*nodeBytes)
	out = append(out, version)
	for i := range t.nodes {
		n := &t.nodes[i]
		out = append(out, n.depth)
		out = binary.BigEndian.AppendUint64(out, n.prefix)
		out = append(out, n.seed[:]...)
	}
	return out
}

// Parse reads what Marshal wrote, and nothing else.
func Parse(data []byte) (*Tree, error) {
	if len(data) > 0 && data[0] < version {
		return nil, ErrEarlier
	}
	if len(data) < 1 || data[0] != version || (len(data)-1)%nodeBytes != 0 || (len(data)-1)/nodeBytes > MaxNodes {
		return nil, ErrMalformed
	}
	t := &Tree{nodes: make([]node, 0, (len(data)-1)/nodeBytes)}
	next, full := uint64(0), false // first leaf that is not before the next node; full: there is none left
	for data = data[1:]; len(data) > 0; data = data[nodeBytes:] {
		n := node{depth: data[0], prefix: binary.BigEndian.Uint64(data[1:9]), seed: Seed(data[9:nodeBytes])}
		if n.depth > depth || full || n.prefix < next {
			return nil, ErrMalformed
		}
		width := uint64(1) << (depth - n.depth) // leaves below it; 0 stands for all 2^64
		if n.prefix&(width-1) != 0 {
			return nil, ErrMalformed
		}
		next = n.prefix + width
		full = next == 0 || n.depth == 0
		t.nodes = append(t.nodes, n)
	}
	return t, nil
}
