package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/predicate"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// The tree of accredited issuers of a schema has the institutions with a listed attestation under it that may still state
// there. Licences, roles and accreditations end in many ways, by the clock too, and each accreditation hangs on those above it;
// so nothing is followed: every block begins by asking of each institution in the trees, max_issuers at most, whether its right
// still stands.

// issuerLeaf is what stands in the tree for an institution.
func issuerLeaf(schema types.ID, issuer sdk.AccAddress) [32]byte {
	return predicate.Issuer(schema.Bytes(), issuer)
}

type issuerKey = collections.Pair[types.ID, sdk.AccAddress]

func (k *Keeper) fullIssuer(key issuerKey, listed types.ListedIssuer) (types.ListedIssuer, error) {
	text, err := k.accounts.AddressCodec().BytesToString(key.K2())
	listed.SchemaId, listed.Issuer = key.K1().Bytes(), text
	return listed, err
}

// listIssuer puts the issuer of an attestation into the tree of its schema, if it is not there.
func (k *Keeper) listIssuer(ctx context.Context, issuer actor, attestation attestationtypes.Attestation) error {
	schema := types.ID(attestation.SchemaId)
	key := collections.Join(schema, issuer.addr)
	there, err := k.issuers.Has(ctx, key)
	if err != nil || there {
		return err
	}
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	others := uint32(0)
	err = k.issuers.Walk(ctx, nil, func(issuerKey, types.ListedIssuer) (bool, error) {
		others++
		return others >= params.MaxIssuers, nil
	})
	if err != nil {
		return err
	}
	if others >= params.MaxIssuers {
		return types.ErrTreeFull.Wrapf("%d issuers are listed, the most there may be: raise max_issuers by a vote", others)
	}
	place, err := k.insert(ctx, schema, issuerLeaf(schema, issuer.addr))
	if err != nil {
		return err
	}
	if err := k.issuers.Set(ctx, key, types.ListedIssuer{Place: place, AccreditationId: attestation.AccreditationId}); err != nil {
		return err
	}
	return emit(ctx, &types.EventIssuerListed{SchemaId: schema.String(), Issuer: issuer.text})
}

// sweepIssuers takes those out of the trees that may not state any more.
func (k *Keeper) sweepIssuers(ctx context.Context) error {
	var listed []types.ListedIssuer
	err := k.issuers.Walk(ctx, nil, func(key issuerKey, each types.ListedIssuer) (bool, error) {
		whole, err := k.fullIssuer(key, each)
		listed = append(listed, whole)
		return len(listed) >= types.MaxIssuersLimit, err
	})
	if err != nil {
		return err
	}
	for _, each := range listed {
		err := k.attestations.RequireStanding(ctx, attestationtypes.Attestation{
			Issuer: each.Issuer, SchemaId: each.SchemaId, AccreditationId: each.AccreditationId,
		})
		if err == nil {
			continue
		}
		if err := k.delistIssuer(ctx, each); err != nil { // whatever the reason that it could not be shown to stand
			return err
		}
	}
	return nil
}

func (k *Keeper) delistIssuer(ctx context.Context, listed types.ListedIssuer) error {
	issuer, err := k.parseActor("issuer", listed.Issuer)
	if err != nil {
		return err
	}
	schema := types.ID(listed.SchemaId)
	if err := k.issuers.Remove(ctx, collections.Join(schema, issuer.addr)); err != nil {
		return err
	}
	if err := k.remove(ctx, schema, listed.Place); err != nil {
		return err
	}
	return emit(ctx, &types.EventIssuerDelisted{SchemaId: schema.String(), Issuer: listed.Issuer})
}

// getIssuer of a listed attestation, if it is in the tree of its schema.
func (k *Keeper) getIssuer(ctx context.Context, attestation attestationtypes.Attestation) (types.ListedIssuer, error) {
	issuer, err := k.parseActor("issuer", attestation.Issuer)
	if err != nil {
		return types.ListedIssuer{}, err
	}
	key := collections.Join(types.ID(attestation.SchemaId), issuer.addr)
	listed, err := k.issuers.Get(ctx, key)
	if errors.Is(err, collections.ErrNotFound) {
		return listed, types.ErrNotListed.Wrapf("issuer %s may not state under schema %x, or could not at some time since it listed", issuer.text, attestation.SchemaId)
	}
	if err != nil {
		return listed, err
	}
	return k.fullIssuer(key, listed)
}
