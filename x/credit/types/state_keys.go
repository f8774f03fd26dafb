package types

import (
	"encoding/binary"
	"slices"
)

// The keys that proofs of a trail are asked for (package audit). They are those of the collections in keeper/keeper.go,
// which cannot be asked without a store; a test there compares both.

// TrailStateKey is what the keys of a subject's trail begin with.
func TrailStateKey(subject ID) []byte { return slices.Concat(TrailPrefix.Bytes(), subject[:]) }

// InstitutionTrailStateKey is what the keys of an institution's trail begin with.
func InstitutionTrailStateKey(institution []byte) []byte {
	return append(binary.AppendUvarint(slices.Clone(InstitutionTrailPrefix.Bytes()), uint64(len(institution))), institution...)
}

// FromHeight is the least key that a line of that height and trail can have.
func FromHeight(trail []byte, height int64) []byte {
	return binary.BigEndian.AppendUint64(slices.Clone(trail), uint64(height)) //nolint:gosec // heights are positive
}
