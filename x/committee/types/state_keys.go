package types

import "encoding/binary"

// Where things are in the state, for who asks for proofs of them (package vault/lightchain). A test in keeper/ compares these
// with the collections'.

// CommitteeStateKey is where a committee is.
func CommitteeStateKey(id uint64) []byte {
	return binary.BigEndian.AppendUint64(CommitteesPrefix.Bytes(), id)
}

// DealingsStateKey is what the keys of a committee's dealings begin with; the dealer's index follows in 4 bytes, big-endian.
func DealingsStateKey(id uint64) []byte {
	return binary.BigEndian.AppendUint64(DealingsPrefix.Bytes(), id)
}
