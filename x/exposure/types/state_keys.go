package types

import (
	"encoding/binary"
	"slices"
)

// Where things are in the state, for who asks for proofs of them (package vault/lightchain). A test in keeper/ compares these
// with the collections'.

// RoundStateKey is where a round is, without its id.
func RoundStateKey(id [32]byte) []byte { return slices.Concat(RoundsPrefix.Bytes(), id[:]) }

// PartStateKey is where a part of a round is, without round and index.
func PartStateKey(round [32]byte, index uint32) []byte {
	return binary.BigEndian.AppendUint32(slices.Concat(PartsPrefix.Bytes(), round[:]), index)
}
