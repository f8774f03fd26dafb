package keeper

import (
	"context"

	"github.com/creditd/creditd/x/attestation/types"
)

// What tests need of the inside.

// PutSchema writes a schema past the rules of its creation.
func (k *Keeper) PutSchema(ctx context.Context, schema types.Schema) error {
	return k.setSchema(ctx, schema)
}

// PutStatus writes a status of an attestation that need not exist.
func (k *Keeper) PutStatus(ctx context.Context, id types.ID, entry types.StatusEntry) error {
	return k.setStatus(ctx, id, entry)
}

// Bits of a container of that size.
func (k *Keeper) Bits(ctx context.Context, container types.ContainerID, size uint32) ([]byte, error) {
	return k.statusList(ctx, container, size)
}
