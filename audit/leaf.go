package audit

import (
	"bytes"
	"errors"
	"fmt"

	ics23 "github.com/cosmos/ics23/go"

	"github.com/creditd/creditd/proof"
)

// verifyLeaf reads a leaf and proves it under the root of the store.
func verifyLeaf(encoded, root []byte) (leaf *ics23.ExistenceProof, err error) {
	defer noCrash(&err)
	leaf = new(ics23.ExistenceProof)
	if err := proof.Decode("proof", encoded, leaf); err != nil {
		return nil, err
	}
	if len(leaf.Key) == 0 || len(leaf.Value) == 0 {
		return nil, errors.New("a leaf without a key or a value")
	}
	return leaf, leaf.Verify(ics23.IavlSpec, root, leaf.Key, leaf.Value)
}

// nothingBetween proves that no key is between two leaves that are proven, left of the first (no left one) or right of the
// last (no right one). It is what a proof of non-existence proves of any key between them (ICS-23).
func nothingBetween(left, right *ics23.ExistenceProof) (err error) {
	defer noCrash(&err)
	spec := ics23.IavlSpec.InnerSpec
	switch {
	case left == nil && right == nil:
		return errors.New("a store without any entry")
	case left == nil:
		if !ics23.IsLeftMost(spec, right.Path) {
			return fmt.Errorf("%x is not the first key of the store: what is left of it is missing", right.Key)
		}
	case right == nil:
		if !ics23.IsRightMost(spec, left.Path) {
			return fmt.Errorf("%x is not the last key of the store: what is right of it is missing", left.Key)
		}
	case bytes.Compare(left.Key, right.Key) >= 0:
		return fmt.Errorf("%x is not left of %x", left.Key, right.Key)
	case !ics23.IsLeftNeighbor(spec, left.Path, right.Path):
		return fmt.Errorf("%x and %x are not neighbours: what is between them is missing", left.Key, right.Key)
	}
	return nil
}

// noCrash turns a panic into an error: ics23 indexes paths without looking at their length.
func noCrash(err *error) {
	if failure := recover(); failure != nil {
		*err = fmt.Errorf("malformed proof: %v", failure)
	}
}
