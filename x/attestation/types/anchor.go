package types

import (
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/merkle"
)

// MaxConsistencyProof is the most hashes of an extension's proof. One between trees of MaxAnchorSize has 21.
const MaxConsistencyProof = 40

// CheckTree refuses a root and a size that no tree of an anchor has.
func CheckTree(root []byte, size uint32) error {
	if _, err := IDFromBytes(root); err != nil {
		return ErrInvalidAnchor.Wrapf("root: %s", err)
	}
	if size < 1 || size > MaxAnchorSize {
		return ErrInvalidAnchor.Wrapf("size %d: a tree has 1 to %d items", size, MaxAnchorSize)
	}
	return nil
}

// ConsistencyProof reads the proof of an extension; nothing of it is hashed before its size is known.
func ConsistencyProof(hashes [][]byte) ([][merkle.Size]byte, error) {
	if len(hashes) > MaxConsistencyProof {
		return nil, ErrInvalidAnchor.Wrapf("proof of %d hashes: at most %d", len(hashes), MaxConsistencyProof)
	}
	path := make([][merkle.Size]byte, len(hashes))
	for i, hash := range hashes {
		if len(hash) != merkle.Size {
			return nil, ErrInvalidAnchor.Wrapf("proof: hash %d of %d bytes: it has %d", i, len(hash), merkle.Size)
		}
		path[i] = [merkle.Size]byte(hash)
	}
	return path, nil
}

// AnchorID derives the id of an anchor from its content and its first tree, which CheckTree passed.
func AnchorID(schemaID []byte, issuer sdk.AccAddress, accreditationID, root []byte, size uint32) ContainerID {
	return commitment.AnchorID([32]byte(schemaID), issuer, accreditationID, [32]byte(root), size)
}
