package keeper

import (
	"context"
	"errors"
	"math"
	"time"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/predicate"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// GetListing returns an attestation's place in the tree of active ones.
func (k *Keeper) GetListing(ctx context.Context, id types.ID) (types.Listing, error) {
	listing, err := k.listings.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return listing, types.ErrNotListed.Wrapf("%s: its issuer or its subject lists it with `creditd tx predicate list`", id)
	}
	listing.AttestationId = id.Bytes()
	return listing, err
}

// list puts an attestation that holds into the tree of active ones, and its issuer into that of its schema. It is a choice:
// everybody sees that it is there, and nobody which of all that are there a proof is about.
func (k *Keeper) list(ctx context.Context, by actor, attestationID []byte) (types.Listing, error) {
	id, err := types.IDFromBytes("attestation_id", attestationID)
	if err != nil {
		return types.Listing{}, err
	}
	attestation, err := k.attestations.RequireHolds(ctx, attestationID)
	if err != nil {
		return types.Listing{}, err
	}
	if err := k.requireLister(ctx, by, attestation); err != nil {
		return types.Listing{}, err
	}
	listed, err := k.listings.Has(ctx, id)
	if err != nil {
		return types.Listing{}, err
	}
	if listed {
		return types.Listing{}, types.ErrListed.Wrapf("%s: it needs no listing again", id)
	}
	until, err := k.listedUntil(ctx, attestation)
	if err != nil {
		return types.Listing{}, err
	}
	issuer, err := k.parseActor("issuer", attestation.Issuer)
	if err != nil {
		return types.Listing{}, err
	}
	if err := k.listIssuer(ctx, issuer, attestation); err != nil {
		return types.Listing{}, err
	}
	leaf, err := activeLeaf(issuer.addr, attestation, until)
	if err != nil {
		return types.Listing{}, err
	}
	place, err := k.insert(ctx, types.ActiveTree, leaf)
	if err != nil {
		return types.Listing{}, err
	}
	listing := types.Listing{AttestationId: id.Bytes(), Place: place, Leaf: leaf[:], Until: until}
	if err := k.addListing(ctx, listing); err != nil {
		return listing, err
	}
	return listing, emit(ctx, &types.EventListed{AttestationId: id.String(), Place: place})
}

// listedUntil is when an attestation's time in the tree is over: at its expiry, or when its record's retention ends.
func (k *Keeper) listedUntil(ctx context.Context, attestation attestationtypes.Attestation) (*time.Time, error) {
	if len(attestation.CircuitCommitment) != 32 {
		return nil, types.ErrNotListable.Wrapf("%x has no circuit commitment: nothing can be proven about it", attestation.Id)
	}
	record, found, err := k.credit.RequireShown(ctx, types.ID(attestation.Subject), attestation.Id)
	if err != nil && !errors.Is(err, credittypes.ErrUnknownSubject) { // who is not enrolled has no records
		return nil, errorsmod.Wrapf(err, "subject %x", attestation.Subject)
	}
	if !found {
		if err := k.requireNoTradelines(ctx, attestation, types.ErrNotListable); err != nil {
			return nil, err
		}
	}
	until := attestation.ExpiresAt
	if found && (until == nil || record.ShowUntil.Before(*until)) {
		until = &record.ShowUntil
	}
	return until, nil
}

// CanList says whether an attestation that holds could be listed. The simulation picks by it.
func (k *Keeper) CanList(ctx context.Context, attestation attestationtypes.Attestation) bool {
	_, err := k.listedUntil(ctx, attestation)
	return err == nil
}

// activeLeaf is what stands in the tree for an attestation.
func activeLeaf(issuer sdk.AccAddress, attestation attestationtypes.Attestation, until *time.Time) ([32]byte, error) {
	expires := int64(math.MaxInt64)
	if until != nil {
		expires = until.Unix()
	}
	leaf, err := predicate.Active([32]byte(attestation.CircuitCommitment), issuerLeaf(types.ID(attestation.SchemaId), issuer), expires)
	if err != nil {
		return leaf, types.ErrNotListable.Wrapf("%x: %s", attestation.Id, err)
	}
	return leaf, nil
}

func (k *Keeper) addListing(ctx context.Context, listing types.Listing) error {
	id := types.ID(listing.AttestationId)
	if listing.Until != nil {
		if err := k.listingQueue.Set(ctx, collections.Join(*listing.Until, id)); err != nil {
			return err
		}
	}
	listing.AttestationId = nil
	return k.listings.Set(ctx, id, listing)
}

// delist takes an attestation out of the tree.
func (k *Keeper) delist(ctx context.Context, listing types.Listing) error {
	id := types.ID(listing.AttestationId)
	if listing.Until != nil {
		if err := k.listingQueue.Remove(ctx, collections.Join(*listing.Until, id)); err != nil {
			return err
		}
	}
	if err := k.listings.Remove(ctx, id); err != nil {
		return err
	}
	if err := k.remove(ctx, types.ActiveTree, listing.Place); err != nil {
		return err
	}
	return emit(ctx, &types.EventDelisted{AttestationId: id.String(), Place: listing.Place})
}

// delistBy takes out what its issuer or its subject lists no more.
func (k *Keeper) delistBy(ctx context.Context, by actor, attestationID []byte) error {
	id, err := types.IDFromBytes("attestation_id", attestationID)
	if err != nil {
		return err
	}
	listing, err := k.GetListing(ctx, id)
	if err != nil {
		return err
	}
	attestation, err := k.attestations.GetAttestation(ctx, attestationID)
	if err != nil {
		return err
	}
	if err := k.requireLister(ctx, by, attestation); err != nil {
		return err
	}
	return k.delist(ctx, listing)
}

// delistIfListed follows what becomes of an attestation elsewhere.
func (k *Keeper) delistIfListed(ctx context.Context, attestationID []byte) error {
	listing, err := k.GetListing(ctx, types.ID(attestationID))
	if errors.Is(err, types.ErrNotListed) {
		return nil
	}
	if err != nil {
		return err
	}
	return k.delist(ctx, listing)
}
