// Package anchor makes the trees whose roots a chain anchors, and proves and verifies what is in them. It works off the
// chain, on statements in files; docs/commitment-format.md says what is hashed.
//
// Build keeps everything in memory. For a bank's whole book, Write turns a file of statements into a tree file, from
// which Open reads one proof in O(log n) or all of them in turn.
package anchor

import (
	"errors"
	"fmt"
	"math/bits"
	"runtime"
	"sync"

	"github.com/creditd/creditd/privacy/commit/encoding"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/merkle"
	"github.com/creditd/creditd/x/attestation/types"
)

// MaxSize is the most items of an anchor.
const MaxSize = types.MaxAnchorSize

// maxPath is the length of the longest inclusion path.
const maxPath = 20

// Hash is a node of a tree.
type Hash = [merkle.Size]byte

// Tree of statements.
type Tree struct {
	statements []types.Statement
	nodes      *merkle.Tree
}

// Build hashes the statements, 1 to MaxSize of them, on all cores. It keeps them.
func Build(statements []types.Statement) (*Tree, error) {
	if len(statements) < 1 || len(statements) > MaxSize {
		return nil, fmt.Errorf("%d statements: a tree has 1 to %d", len(statements), MaxSize)
	}
	shape := shapeOf(statements[0])
	leaves := make([]Hash, len(statements))
	failures := make([]error, len(statements))
	workers := runtime.GOMAXPROCS(0)
	share := (len(statements) + workers - 1) / workers
	var group sync.WaitGroup
	for from := 0; from < len(statements); from += share {
		group.Go(func() {
			for i := from; i < min(from+share, len(statements)); i++ {
				if failures[i] = shape.check(statements[i]); failures[i] != nil {
					return
				}
				leaves[i] = commitment.AnchorLeaf(statements[i].Digest())
			}
		})
	}
	group.Wait()
	for i, err := range failures {
		if err != nil {
			return nil, fmt.Errorf("statement %d: %w", i, err)
		}
	}
	return &Tree{statements, merkle.NewTree(leaves)}, nil
}

// Root of the tree.
func (t *Tree) Root() Hash { return t.nodes.Root() }

// Size of the tree.
func (t *Tree) Size() uint32 { return uint32(t.nodes.Size()) }

// Proof of the item at index, which is below Size.
func (t *Tree) Proof(anchor types.ContainerID, index uint32) Proof {
	return Proof{
		AnchorID: anchor, Index: index, Size: t.Size(), Statement: t.statements[index], Path: t.nodes.Path(uint64(index)),
	}
}

// Consistency shows that the tree of the first items, 1 to Size of them, is the beginning of this one.
func (t *Tree) Consistency(first uint32) []Hash { return t.nodes.Consistency(uint64(first)) }

// Proof shows that a statement is an item of an anchor.
type Proof struct {
	AnchorID  types.ContainerID
	Index     uint32
	Size      uint32 // of the tree that Path is of
	Statement types.Statement
	Path      []Hash // from the leaf's sibling up
}

// ID of the attestation.
func (p Proof) ID() types.ID { return p.AnchorID.Item(p.Index) }

// Verify compares with one of the anchor's checkpoints, which the caller has from the chain. The size is as much part
// of it as the root: under another size the same path can lead to the same root from another index, and so to the
// status of another attestation.
func (p Proof) Verify(root Hash, size uint32) error {
	if p.Size != size {
		return fmt.Errorf("the proof is of a tree of %d items and not of %d: compare it with the checkpoint of its size", p.Size, size)
	}
	if err := shapeOf(p.Statement).check(p.Statement); err != nil {
		return err
	}
	got, ok := merkle.RootFromPath(commitment.AnchorLeaf(p.Statement.Digest()), uint64(p.Index), uint64(p.Size), p.Path)
	switch {
	case !ok:
		return fmt.Errorf("the path has %d hashes, which is not the length of one from item %d of %d", len(p.Path), p.Index, p.Size)
	case got != root:
		return fmt.Errorf("statement and path give the root %x and not %x: the statement, its place or the path was altered, or the root is another tree's", got, root)
	}
	return nil
}

// shape is what statements under one schema have in common.
type shape struct {
	circuit bool
	amounts int
}

func shapeOf(s types.Statement) shape {
	return shape{len(s.CircuitCommitment) > 0, len(s.AmountCommitments)}
}

// check refuses what the chain would refuse as a statement of its own.
func (sh shape) check(s types.Statement) error {
	if err := s.CheckSizes(); err != nil {
		return err
	}
	if got := shapeOf(s); got.circuit != sh.circuit {
		return errors.New("circuit_commitment: under one schema all statements have one or none has")
	} else if got.amounts != sh.amounts {
		return fmt.Errorf("%d amount_commitments, and the first statement has %d: under one schema all have as many", got.amounts, sh.amounts)
	}
	if sh.circuit {
		if err := encoding.CheckElement(s.CircuitCommitment); err != nil {
			return fmt.Errorf("circuit_commitment: %w", err)
		}
	}
	for i, amount := range s.AmountCommitments {
		if err := encoding.CheckPoint(amount); err != nil {
			return fmt.Errorf("amount_commitments %d: %w", i, err)
		}
	}
	return nil
}

// height is the number of levels of a tree, leaves and root included.
func height(size uint32) int { return bits.Len32(size-1) + 1 }
