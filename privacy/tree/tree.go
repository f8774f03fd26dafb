// Package tree is a Merkle tree of fixed depth over Poseidon2, of which circuits open leaves. It keeps the nodes that
// differ from those of an empty tree, and those alone, in a store that the caller gives: setting a leaf reads and writes
// one path. The package is deterministic and total.
package tree

import (
	"errors"
	"fmt"

	"github.com/creditd/creditd/privacy/poseidon"
)

// MaxDepth of a tree: 2^32 leaves.
const MaxDepth = 32

// Node is a canonical element of BN254's scalar field, 32 bytes big-endian. The zero Node is an empty leaf.
type Node [32]byte

// Store keeps nodes. Level 0 is that of the leaves and level Depth that of the root, of which there is one, index 0.
type Store interface {
	// Node returns the node, false if there is none.
	Node(level uint8, index uint64) (Node, bool, error)
	// SetNode keeps it.
	SetNode(level uint8, index uint64, node Node) error
	// RemoveNode forgets it; that it is not there is no error.
	RemoveNode(level uint8, index uint64) error
}

// Tree of 2^depth leaves.
type Tree struct {
	store Store
	depth uint8
}

// New opens a tree of that depth over what the store has; an empty store is an empty tree.
func New(store Store, depth uint8) (Tree, error) {
	if depth == 0 || depth > MaxDepth {
		return Tree{}, fmt.Errorf("a tree has a depth of 1 to %d, not %d", MaxDepth, depth)
	}
	return Tree{store: store, depth: depth}, nil
}

// Depth of the tree.
func (t Tree) Depth() uint8 { return t.depth }

// Root of the tree.
func (t Tree) Root() (Node, error) { return t.node(t.depth, 0) }

// Leaf at the index; zero when it is empty.
func (t Tree) Leaf(index uint64) (Node, error) {
	if err := t.inside(index); err != nil {
		return Node{}, err
	}
	return t.node(0, index)
}

// Set puts a leaf in its place, or empties it with the zero Node, and returns the new root.
func (t Tree) Set(index uint64, leaf Node) (Node, error) {
	if err := t.inside(index); err != nil {
		return Node{}, err
	}
	element, err := poseidon.Parse(leaf[:])
	if err != nil {
		return Node{}, fmt.Errorf("leaf %d: %w", index, err)
	}
	if err := t.put(0, index, leaf); err != nil {
		return Node{}, err
	}
	for level := uint8(0); level < t.depth; level++ {
		sibling, err := t.element(level, index^1)
		if err != nil {
			return Node{}, err
		}
		element = parent(element, sibling, index)
		index >>= 1
		if err := t.put(level+1, index, element.Bytes()); err != nil {
			return Node{}, err
		}
	}
	return element.Bytes(), nil
}

// Path returns the siblings of a leaf and of the nodes above it, from the leaf's own up: Depth of them.
func (t Tree) Path(index uint64) ([]Node, error) {
	if err := t.inside(index); err != nil {
		return nil, err
	}
	path := make([]Node, t.depth)
	for level := range t.depth {
		sibling, err := t.node(level, index^1)
		if err != nil {
			return nil, err
		}
		path[level] = sibling
		index >>= 1
	}
	return path, nil
}

// RootOf is the root that a leaf at an index has with that path.
func RootOf(leaf Node, index uint64, path []Node) (Node, error) {
	if len(path) == 0 || len(path) > MaxDepth || index>>len(path) != 0 {
		return Node{}, errors.New("the path does not fit the index")
	}
	element, err := poseidon.Parse(leaf[:])
	if err != nil {
		return Node{}, err
	}
	for _, node := range path {
		sibling, err := poseidon.Parse(node[:])
		if err != nil {
			return Node{}, err
		}
		element = parent(element, sibling, index)
		index >>= 1
	}
	return element.Bytes(), nil
}

// EmptyRoot of a tree of that depth, 0 to MaxDepth: 0 is the empty leaf.
func EmptyRoot(depth uint8) Node { return empty[depth] }

// parent of the node at the index and its sibling.
func parent(node, sibling poseidon.Element, index uint64) poseidon.Element {
	if index&1 == 1 {
		return poseidon.Compress(sibling, node)
	}
	return poseidon.Compress(node, sibling)
}

func (t Tree) inside(index uint64) error {
	if index>>t.depth != 0 {
		return fmt.Errorf("there is no leaf %d in a tree of depth %d", index, t.depth)
	}
	return nil
}

func (t Tree) put(level uint8, index uint64, node Node) error {
	if node == empty[level] {
		return t.store.RemoveNode(level, index)
	}
	return t.store.SetNode(level, index, node)
}

func (t Tree) node(level uint8, index uint64) (Node, error) {
	node, found, err := t.store.Node(level, index)
	if err != nil {
		return Node{}, err
	}
	if !found {
		return empty[level], nil
	}
	return node, nil
}

func (t Tree) element(level uint8, index uint64) (poseidon.Element, error) {
	node, err := t.node(level, index)
	if err != nil {
		return poseidon.Element{}, err
	}
	element, err := poseidon.Parse(node[:])
	if err != nil {
		return poseidon.Element{}, fmt.Errorf("node %d of level %d in the store: %w", index, level, err)
	}
	return element, nil
}

// empty are the roots of empty trees by depth.
var empty = func() (roots [MaxDepth + 1]Node) {
	var element poseidon.Element
	for level := range roots {
		roots[level] = element.Bytes()
		element = poseidon.Compress(element, element)
	}
	return roots
}()
