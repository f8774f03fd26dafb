package keeper

import (
	"context"
	"errors"
	"slices"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/types"
)

// What was stated never changes; what happened to it since stands beside it. An attestation that nothing happened
// to has no entry, so that its status costs nothing until there is something to say.

// getStatus returns the status of an attestation that exists.
func (k *Keeper) getStatus(ctx context.Context, id types.ID) (types.StatusEntry, error) {
	entry, err := k.statuses.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) {
		return types.StatusEntry{Status: types.STATUS_ACTIVE}, nil
	}
	return entry, err
}

// own returns the issuer's attestation when it has one of these statuses. The licence must be active, in whatever
// role: taking back is allowed to who may no longer state.
func (k *Keeper) own(ctx context.Context, issuer sdk.AccAddress, attestationID []byte, among ...types.Status) (item, error) {
	id, err := types.IDFromBytes(attestationID)
	if err != nil {
		return item{}, err
	}
	it, err := k.getItem(ctx, id)
	if err != nil {
		return item{}, err
	}
	if err := k.requireOwn(ctx, issuer, it.issuer); err != nil {
		return item{}, err
	}
	entry, err := k.getStatus(ctx, id)
	if err != nil {
		return item{}, err
	}
	if slices.Contains(among, entry.Status) {
		return it, nil
	}
	if slices.Contains(among, types.STATUS_ACTIVE) {
		return item{}, types.ErrNotActive.Wrapf("%s is %s since %s", id, entry.Status, entry.Since.UTC().Format(time.RFC3339))
	}
	return item{}, types.ErrNotSuspended.Wrapf("%s is %s", id, entry.Status)
}

// changeStatus writes a status under a revocable schema: the entry and the two bits of the list.
func (k *Keeper) changeStatus(ctx context.Context, it item, entry types.StatusEntry) error {
	schema, err := k.GetSchema(ctx, it.schemaID)
	if err != nil {
		return err
	}
	if !schema.Revocable {
		return types.ErrNotRevocable.Wrapf("schema %s version %d: state a new attestation instead", schema.Name, schema.Version)
	}
	entry.Since = blockTime(ctx)
	if schema.Resolver != "" {
		resolver, err := k.resolver(schema.Resolver)
		if err != nil {
			return err
		}
		before, err := k.getStatus(ctx, it.id)
		if err != nil {
			return err
		}
		if err := resolver.BeforeStatus(ctx, schema, it.view(before), entry); err != nil {
			return types.ErrRefused.Wrapf("%s: %s", schema.Resolver, err)
		}
	}
	countStatus(ctx, entry.Status)
	if err := k.setStatus(ctx, it.id, entry); err != nil {
		return err
	}
	for _, hook := range k.statusHooks {
		if err := hook.AfterStatus(ctx, it.view(entry)); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) setStatus(ctx context.Context, id types.ID, entry types.StatusEntry) error {
	if err := k.statuses.Set(ctx, id, entry); err != nil {
		return err
	}
	container, index := id.Container()
	return k.setBits(ctx, container, index, byte(entry.Status-types.STATUS_ACTIVE))
}
