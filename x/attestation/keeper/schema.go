package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	"github.com/creditd/creditd/x/attestation/types"
)

// GetSchema returns the schema of that id.
func (k *Keeper) GetSchema(ctx context.Context, schemaID []byte) (types.Schema, error) {
	id, err := types.IDFromBytes(schemaID)
	if err != nil {
		return types.Schema{}, types.ErrUnknownSchema.Wrapf("schema_id: %s", err)
	}
	schema, err := k.schemas.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Schema{}, types.ErrUnknownSchema.Wrapf("%s: list them with `creditd query attestation schemas`", id)
	}
	schema.Id = id.Bytes()
	return schema, err
}

// HasSchema says whether there is a schema of that id.
func (k *Keeper) HasSchema(ctx context.Context, schemaID []byte) (bool, error) {
	id, err := types.IDFromBytes(schemaID)
	if err != nil {
		return false, types.ErrUnknownSchema.Wrapf("schema_id: %s", err)
	}
	return k.schemas.Has(ctx, id)
}

// createSchema puts a schema on the chain and returns its id; the caller checked who its creator is.
func (k *Keeper) createSchema(ctx context.Context, schema types.Schema) (types.ID, error) {
	if err := schema.Validate(); err != nil {
		return types.ID{}, err
	}
	id := schema.DeriveID()
	exists, err := k.schemas.Has(ctx, id)
	if err != nil {
		return id, err
	}
	if exists {
		return id, types.ErrSchemaExists.Wrapf("%s: use it, or raise the version", id)
	}
	schema.Id = id.Bytes()
	if err := k.setSchema(ctx, schema); err != nil {
		return id, err
	}
	return id, emit(ctx, types.NewEventSchemaCreated(schema))
}

// setSchema writes the schema; its id is the key and not repeated in the value.
func (k *Keeper) setSchema(ctx context.Context, schema types.Schema) error {
	id := types.ID(schema.Id)
	schema.Id = nil
	return k.schemas.Set(ctx, id, schema)
}
