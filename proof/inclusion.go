package proof

import (
	"bytes"
	"errors"
	"slices"
	"sync"

	ics23 "github.com/cosmos/ics23/go"
)

const (
	// hashBytes of a node of a store's tree.
	hashBytes = 32
	// childBytes are a child in its parent's encoding: a length and the hash (IAVL: writeHashBytes).
	childBytes = 1 + hashBytes
	// maxPlaces that a Tree learns; then it knows enough.
	maxPlaces = 100_000
)

// Inclusion is a proof that a store has an entry, kept to be renewed when the store has another root. Nobody writes to it.
type Inclusion struct{ exist *ics23.ExistenceProof }

// ParseInclusion reads what VerifyEntry takes; nil if it is a proof of absence. Nothing is verified.
func ParseInclusion(encoded []byte) (*Inclusion, error) {
	decoded, err := DecodeProof(encoded)
	if err != nil {
		return nil, err
	}
	exist := decoded.GetExist()
	if exist == nil {
		return nil, nil
	}
	if exist.Leaf == nil || slices.Contains(exist.Path, nil) {
		return nil, errors.New("a proof without steps")
	}
	exist.Leaf.Prefix = slices.Clip(exist.Leaf.Prefix) // Apply appends to prefixes, and several may at once
	for _, op := range exist.Path {
		op.Prefix = slices.Clip(op.Prefix)
	}
	return &Inclusion{exist}, nil
}

// Tree is what is known of the tree of a store under one root, from the proofs that were verified under it: the nodes on their paths and
// beside them, and how the root follows from each.
//
// A block changes few entries of a store, and with them the paths from these to the root. The subtrees beside are what they were. So the proof
// of an entry under an earlier root is one under this root too as soon as one of the nodes on its path is known here: its lower part
// up to that node, and then the way from there. What Renew returns is verified like a proof that a node gave, under this root and no other;
// that an earlier root had the entry counts for nothing.
type Tree struct {
	root []byte

	mu     sync.Mutex
	places map[[hashBytes]byte]place
}

// place is the way from a node to the root: a step to its parent, and the steps from there.
type place struct {
	step *ics23.InnerOp // nil: the node is on a proof's path, and rest is the way
	rest []*ics23.InnerOp
}

func (p place) way() []*ics23.InnerOp {
	if p.step == nil {
		return p.rest
	}
	return append([]*ics23.InnerOp{p.step}, p.rest...)
}

// NewTree knows nothing yet of the tree with that root.
func NewTree(root []byte) *Tree { return &Tree{root: root, places: map[[hashBytes]byte]place{}} }

// Learn takes a proof that was verified under the tree's root.
func (t *Tree) Learn(of *Inclusion) {
	nodes, err := of.nodes()
	if err != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.places)+2*len(nodes) > maxPlaces {
		return
	}
	for i, node := range nodes {
		way := of.exist.Path[i:]
		t.places[node] = place{rest: way}
		if len(way) == 0 {
			break
		}
		if sibling, step, ok := beside(way[0], node); ok {
			if _, known := t.places[sibling]; !known {
				t.places[sibling] = place{step, way[1:]}
			}
		}
	}
}

// Renew proves an entry of which there is a proof under an earlier root under this one, if enough is known for that.
func (t *Tree) Renew(earlier *Inclusion) (renewed *Inclusion, value []byte, ok bool) {
	nodes, err := earlier.nodes()
	if err != nil {
		return nil, nil, false
	}
	path, ok := t.join(earlier.exist.Path, nodes)
	if !ok {
		return nil, nil, false
	}
	exist := &ics23.ExistenceProof{Key: earlier.exist.Key, Value: earlier.exist.Value, Leaf: earlier.exist.Leaf, Path: path}
	if len(exist.Value) == 0 || verifyExists(exist, t.root, exist.Key) != nil {
		return nil, nil, false
	}
	return &Inclusion{exist}, exist.Value, true
}

// Key of the entry.
func (i *Inclusion) Key() []byte { return i.exist.Key }

// join finds the lowest node of a path that is known.
func (t *Tree) join(path []*ics23.InnerOp, nodes [][hashBytes]byte) ([]*ics23.InnerOp, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for i, node := range nodes {
		if there, known := t.places[node]; known {
			return slices.Concat(path[:i], there.way()), true
		}
	}
	return nil, false
}

// nodes on the path of the proof, from the leaf to the root.
func (i *Inclusion) nodes() ([][hashBytes]byte, error) {
	node, err := i.exist.Leaf.Apply(i.exist.Key, i.exist.Value)
	if err != nil {
		return nil, err
	}
	nodes := make([][hashBytes]byte, 0, len(i.exist.Path)+1)
	for at := 0; ; at++ {
		if len(node) != hashBytes {
			return nil, errors.New("a node is no SHA-256 hash")
		}
		nodes = append(nodes, [hashBytes]byte(node))
		if at == len(i.exist.Path) {
			return nodes, nil
		}
		if node, err = i.exist.Path[at].Apply(node); err != nil {
			return nil, err
		}
	}
}

// beside is the other child of a node's parent, and the step from that to the parent. In IAVL's encoding a parent is a header and its
// children, left and right: the left one has its sibling behind it, the right one before it.
func beside(step *ics23.InnerOp, node [hashBytes]byte) (sibling [hashBytes]byte, other *ics23.InnerOp, ok bool) {
	encoded := append([]byte{hashBytes}, node[:]...)
	switch {
	case len(step.Suffix) == childBytes && step.Suffix[0] == hashBytes: // prefix: header, length of the left child
		prefix := slices.Concat(step.Prefix, node[:], step.Suffix[:1])
		return [hashBytes]byte(step.Suffix[1:]), &ics23.InnerOp{Hash: step.Hash, Prefix: slices.Clip(prefix)}, true
	case len(step.Suffix) == 0 && len(step.Prefix) > childBytes && step.Prefix[len(step.Prefix)-1] == hashBytes: // and the left child, length of the right
		left := len(step.Prefix) - childBytes
		prefix := bytes.Clone(step.Prefix[:left])
		return [hashBytes]byte(step.Prefix[left : left+hashBytes]), &ics23.InnerOp{Hash: step.Hash, Prefix: slices.Clip(prefix), Suffix: encoded}, true
	}
	return sibling, nil, false
}

// verifyExists is the verification of a proof of existence. ics23 indexes paths without looking at their length: see VerifyEntry.
func verifyExists(exist *ics23.ExistenceProof, root, key []byte) (err error) {
	defer func() {
		if failure := recover(); failure != nil {
			err = errors.New("malformed proof")
		}
	}()
	return exist.Verify(ics23.IavlSpec, root, key, exist.Value)
}
