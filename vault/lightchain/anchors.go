package lightchain

import (
	"bytes"
	"context"
	"fmt"

	sdk "github.com/cosmos/cosmos-sdk/types"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
)

// Anchors of an issuer under a schema: that none is left out is proven.
func (c *Chain) Anchors(ctx context.Context, issuer string, schema [32]byte) ([]attestationtypes.Anchor, error) {
	address, err := sdk.AccAddressFromBech32(issuer)
	if err != nil {
		return nil, fmt.Errorf("institution %.100q: %w", issuer, err)
	}
	v, err := c.view(ctx)
	if err != nil {
		return nil, err
	}
	ids, err := c.scan(ctx, v, attestationtypes.StoreKey, attestationtypes.AnchorsOfIssuerStateKey(address))
	if err != nil {
		return nil, err
	}
	var found []attestationtypes.Anchor
	for _, p := range ids {
		id, err := attestationtypes.ContainerIDFromBytes(p.key)
		if err != nil {
			return nil, fmt.Errorf("anchors of %s: %w: use a newer creditd", issuer, err)
		}
		value, err := c.get(ctx, v, attestationtypes.StoreKey, attestationtypes.AnchorStateKey(id))
		if err != nil {
			return nil, err
		}
		if value == nil {
			return nil, absent(fmt.Sprintf("anchor %s", id), v)
		}
		var anchor attestationtypes.Anchor
		if err := decode("anchor", value, &anchor); err != nil {
			return nil, err
		}
		if anchor.Id = p.key; bytes.Equal(anchor.SchemaId, schema[:]) {
			found = append(found, anchor)
		}
	}
	return found, nil
}

// HasSchema tells whether the chain has a schema.
func (c *Chain) HasSchema(ctx context.Context, id [32]byte) (bool, error) {
	v, err := c.view(ctx)
	if err != nil {
		return false, err
	}
	value, err := c.get(ctx, v, attestationtypes.StoreKey, attestationtypes.SchemaStateKey(id))
	return value != nil, err
}
