package types

import (
	"encoding/binary"
	"slices"
)

// The keys of what proofs are asked for (package proof). They are those of the collections in keeper/keeper.go, which
// cannot be asked without a store; a test there compares both.

// SchemaStateKey is where a schema is.
func SchemaStateKey(id ID) []byte { return stateKey(SchemasPrefix.Bytes(), id[:]) }

// BatchStateKey is where a batch is.
func BatchStateKey(id ContainerID) []byte { return stateKey(BatchesPrefix.Bytes(), id[:]) }

// StatusStateKey is where the status of an attestation is; there is nothing as long as it is as it was stated.
func StatusStateKey(id ID) []byte { return stateKey(StatusesPrefix.Bytes(), id[:]) }

// AnchorStateKey is where an anchor is.
func AnchorStateKey(id ContainerID) []byte { return stateKey(AnchorsPrefix.Bytes(), id[:]) }

// AnchorsOfIssuerStateKey is where the ids of an issuer's anchors begin; there is nothing else under it.
func AnchorsOfIssuerStateKey(issuer []byte) []byte {
	return stateKey(AnchorsByIssuerPrefix.Bytes(), []byte{byte(len(issuer))}, issuer)
}

// CheckpointStateKey is where the root is that an anchor had at that size.
func CheckpointStateKey(id ContainerID, size uint32) []byte {
	return stateKey(CheckpointsPrefix.Bytes(), id[:], binary.BigEndian.AppendUint32(nil, size))
}

// AccreditationStateKey is where a node of the accreditation tree is.
func AccreditationStateKey(id ID) []byte { return stateKey(AccreditationsPrefix.Bytes(), id[:]) }

func stateKey(parts ...[]byte) []byte { return slices.Concat(parts...) }
