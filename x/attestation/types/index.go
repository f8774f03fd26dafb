package types

import (
	"fmt"

	"cosmossdk.io/collections"
	collcodec "cosmossdk.io/collections/codec"
)

// NewIndex is a set of keys whose entries have the value 01. Those of collections.NewKeySet are empty, and ICS-23 knows
// no proof of an empty value: whatever stood beside such an entry could not be proven to be absent.
func NewIndex[K any](
	schema *collections.SchemaBuilder, prefix collections.Prefix, name string, keys collcodec.KeyCodec[K],
) collections.KeySet[K] {
	return collections.KeySet[K](collections.NewMap(schema, prefix, name, keys, collcodec.ValueCodec[collections.NoValue](mark{})))
}

// mark encodes that there is an entry.
type mark struct{ collections.NoValue }

func (mark) Encode(collections.NoValue) ([]byte, error) { return []byte{1}, nil }

func (mark) Decode(bz []byte) (collections.NoValue, error) {
	if len(bz) != 1 || bz[0] != 1 {
		return collections.NoValue{}, fmt.Errorf("%w: %x is not 01", collections.ErrEncoding, bz)
	}
	return collections.NoValue{}, nil
}
