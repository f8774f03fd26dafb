package keeper

import (
	"context"
	"errors"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

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

// gasPerJSONByte pays for reading a JSON Schema before it is read: about what the store asks for writing it.
const gasPerJSONByte = 30

// createSchema puts a schema on the chain and returns its id; the caller checked who its creator is.
func (k *Keeper) createSchema(ctx context.Context, schema types.Schema) (types.ID, error) {
	if size := len(schema.JsonSchema); size <= types.MaxJSONSchemaBytes { // a larger one is refused unread
		sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(uint64(size)*gasPerJSONByte, "attestation: JSON schema")
	}
	if err := schema.Validate(); err != nil {
		return types.ID{}, err
	}
	if err := k.checkSchema(ctx, &schema); err != nil {
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

// checkSchema checks what only the chain knows of a valid schema, and gives its addresses their one spelling.
func (k *Keeper) checkSchema(ctx context.Context, schema *types.Schema) error {
	if _, known := k.resolvers[schema.Resolver]; schema.Resolver != "" && !known {
		return types.ErrUnknownResolver.Wrapf("%q: this chain has no hook of that name: leave it out", schema.Resolver)
	}
	issuers := make([]string, len(schema.Issuers))
	for i, text := range schema.Issuers {
		issuer, err := k.parseAddress("issuers", text)
		if err != nil {
			return err
		}
		if issuers[i], err = k.addressText("issuers", issuer); err != nil {
			return err
		}
	}
	if len(issuers) > 0 {
		schema.Issuers = issuers
	}
	if len(schema.Previous) == 0 {
		return nil
	}
	previous, err := k.GetSchema(ctx, schema.Previous)
	if err != nil {
		return errorsmod.Wrap(err, "previous")
	}
	if previous.Creator != schema.Creator || previous.Name != schema.Name || schema.Version-1 != previous.Version {
		return types.ErrInvalidSchema.Wrapf("previous: %s is %s version %d: name one by the same creator, of the same name, and of the version before",
			types.ID(previous.Id), previous.Name, previous.Version)
	}
	return nil
}

// setSchema writes the schema and its place among the versions; its id is the key and not repeated in the value.
func (k *Keeper) setSchema(ctx context.Context, schema types.Schema) error {
	id := types.ID(schema.Id)
	schema.Id = nil
	if err := k.schemas.Set(ctx, id, schema); err != nil {
		return err
	}
	return k.schemaVersions.Set(ctx, collections.Join3(schema.Name, schema.Version, id))
}

// deprecateSchema ends the use of a schema for new statements. What was stated under it stays as it is.
func (k *Keeper) deprecateSchema(ctx context.Context, signer sdk.AccAddress, msg *types.MsgDeprecateSchema) error {
	schema, err := k.GetSchema(ctx, msg.Id)
	if err != nil {
		return err
	}
	if err := k.requireCreator(ctx, signer, schema); err != nil {
		return err
	}
	if schema.DeprecatedAt != nil {
		return types.ErrSchemaDeprecated.Wrapf("%s version %d since %s: it needs no doing again", schema.Name, schema.Version,
			schema.DeprecatedAt.UTC().Format(time.RFC3339))
	}
	if len(msg.ReplacedBy) > 0 {
		replacement, err := k.GetSchema(ctx, msg.ReplacedBy)
		switch {
		case err != nil:
			return errorsmod.Wrap(err, "replaced_by")
		case string(replacement.Id) == string(schema.Id):
			return types.ErrInvalidSchema.Wrap("replaced_by: the schema itself: name another one or none")
		case replacement.DeprecatedAt != nil:
			return types.ErrSchemaDeprecated.Wrapf("replaced_by: %s", useInstead(replacement))
		}
		schema.ReplacedBy = replacement.Id
	}
	now := blockTime(ctx)
	schema.DeprecatedAt = &now
	if err := k.setSchema(ctx, schema); err != nil {
		return err
	}
	return emit(ctx, types.NewEventSchemaDeprecated(schema))
}
