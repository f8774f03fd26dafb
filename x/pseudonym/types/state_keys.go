package types

import (
	"encoding/binary"
	"slices"
)

// Where things are in the state, for who asks for proofs of them (package proof). A test in keeper/ compares these with the
// collections'.

// EpochStateKey is where a key epoch is.
func EpochStateKey(epoch uint64) []byte {
	return binary.BigEndian.AppendUint64(EpochsPrefix.Bytes(), epoch)
}

// EvaluationStateKey is where a request is.
func EvaluationStateKey(id [32]byte) []byte { return slices.Concat(EvaluationsPrefix.Bytes(), id[:]) }

// MatchStateKey is where a match is.
func MatchStateKey(id [32]byte) []byte { return slices.Concat(MatchesPrefix.Bytes(), id[:]) }
