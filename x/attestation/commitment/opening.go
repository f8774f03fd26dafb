package commitment

import (
	"fmt"

	"github.com/creditd/creditd/x/attestation/merkle"
)

// Opening is one leaf of a record, and the salt with which the field is opened. Formats that carry all leaf hashes of
// a record, and of some fields the salt, need no paths: see LeafHash and FromLeaves.
type Opening struct {
	Leaf, Salt Hash
}

// Openings returns the leaves of a record in the order of the layout. It fails for what Commit fails for.
func Openings(layout Layout, record Record, seed Seed) ([]Opening, error) {
	if err := record.Check(layout); err != nil {
		return nil, err
	}
	openings, salts := make([]Opening, len(layout.Fields)), newSalter(seed)
	for i, field := range layout.Fields {
		value, present := record[field.Name]
		salt := salts.salt(i)
		openings[i] = Opening{Leaf: LeafHash(i, field, salt, value, present), Salt: salt}
	}
	return openings, nil
}

// LeafHash is the hash of the leaf at index. It checks nothing: Canonical says whether the value is one of its kind.
func LeafHash(index int, field Field, salt Hash, value string, present bool) Hash {
	return merkle.HashLeaf(leafData(salt, index, field, value, present))
}

// FromLeaves is the commitment under the schema to the record that has these leaf hashes, 1 to MaxFields.
func FromLeaves(schemaID Hash, leaves [][32]byte) ([32]byte, error) {
	if len(leaves) == 0 || len(leaves) > MaxFields {
		return [32]byte{}, fmt.Errorf("a record has 1 to %d leaves, not %d", MaxFields, len(leaves))
	}
	return bind(schemaID, len(leaves), merkle.Root(leaves)), nil
}
