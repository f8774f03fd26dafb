package keeper

import (
	"bytes"
	"context"
	"errors"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/attestation/types"
)

// The status list of a batch or an anchor is the bit string of W3C Bitstring Status List 1.0 with two bits an item,
// most significant first. It is kept in chunks, so that one change costs the same in a list of a million.

const (
	itemsPerByte  = 4
	chunkBytes    = 512
	itemsPerChunk = chunkBytes * itemsPerByte
)

// setBits writes the two bits of an item.
func (k *Keeper) setBits(ctx context.Context, container types.ContainerID, index uint32, bits byte) error {
	key := collections.Join(container, index/itemsPerChunk)
	stored, err := k.statusLists.Get(ctx, key)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	place := int(index % itemsPerChunk)
	chunk := make([]byte, max(len(stored), place/itemsPerByte+1))
	copy(chunk, stored)
	shift := 6 - 2*(place%itemsPerByte)
	chunk[place/itemsPerByte] = chunk[place/itemsPerByte]&^(0b11<<shift) | bits<<shift
	// Without the zeros at the end there is one encoding of each list, and a short list is short.
	if chunk = bytes.TrimRight(chunk, "\x00"); len(chunk) == 0 {
		return k.statusLists.Remove(ctx, key)
	}
	return k.statusLists.Set(ctx, key, chunk)
}

// statusList returns the bits of all items of a container of that size.
func (k *Keeper) statusList(ctx context.Context, container types.ContainerID, size uint32) ([]byte, error) {
	bits := make([]byte, (size+itemsPerByte-1)/itemsPerByte)
	rng := collections.NewPrefixedPairRange[types.ContainerID, uint32](container)
	err := k.statusLists.Walk(ctx, rng, func(key collections.Pair[types.ContainerID, uint32], chunk []byte) (bool, error) {
		copy(bits[int(key.K2())*chunkBytes:], chunk)
		return false, nil
	})
	return bits, err
}
