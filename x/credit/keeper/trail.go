package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// record adds a line to the subject's audit trail: one write, no read. What an actor does twice to the
// same thing in one block (two offers, two corrections of a tradeline) is one line: it says that it
// happened in that block.
func (k *Keeper) record(
	ctx context.Context, subject types.ID, kind types.TrailKind, by sdk.AccAddress, ref types.ID, purpose types.Purpose,
) error {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	key := types.TrailKey{Height: sdkCtx.BlockHeight(), Ref: ref, Kind: kind, Actor: by}
	entry := types.TrailEntry{Time: sdkCtx.BlockTime(), Purpose: purpose}
	return k.trail.Set(ctx, collections.Join(subject, key), entry)
}

// recordWith adds the line to the subject's trail and to that of an institution which it concerns: two writes, no read.
func (k *Keeper) recordWith(
	ctx context.Context, institution sdk.AccAddress, subject types.ID, kind types.TrailKind, by sdk.AccAddress, ref types.ID, purpose types.Purpose,
) error {
	if err := k.record(ctx, subject, kind, by, ref, purpose); err != nil {
		return err
	}
	return k.recordOf(ctx, institution, subject, kind, ref, purpose)
}

// recordOf adds a line to an institution's trail alone; of a message about many subjects it is one line, and subject is
// what they have in common (the schema of a batch).
func (k *Keeper) recordOf(
	ctx context.Context, institution sdk.AccAddress, subject types.ID, kind types.TrailKind, ref types.ID, purpose types.Purpose,
) error {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	key := types.TrailKey{Height: sdkCtx.BlockHeight(), Ref: ref, Kind: kind, Actor: subject.Bytes()}
	return k.institutionTrail.Set(ctx, collections.Join(institution, key), types.TrailEntry{Time: sdkCtx.BlockTime(), Purpose: purpose})
}

// trailEntry puts what the key holds back into an entry.
func (k *Keeper) trailEntry(key collections.Pair[types.ID, types.TrailKey], entry types.TrailEntry) (types.TrailEntry, error) {
	by, err := k.accounts.AddressCodec().BytesToString(key.K2().Actor)
	entry.Subject = key.K1().Bytes()
	entry.Height = key.K2().Height
	entry.Ref = key.K2().Ref.Bytes()
	entry.Kind = key.K2().Kind
	entry.Actor = by
	return entry, err
}

// institutionTrailEntry puts what the key holds back into an entry of an institution's trail. Who acted is in the subject's trail,
// where one can tell by height, ref and kind; here the actor is the institution whose trail it is.
func (k *Keeper) institutionTrailEntry(key byInstitution[types.TrailKey], entry types.TrailEntry) (types.TrailEntry, error) {
	institution, err := k.accounts.AddressCodec().BytesToString(key.K1())
	entry.Subject = key.K2().Actor
	entry.Height = key.K2().Height
	entry.Ref = key.K2().Ref.Bytes()
	entry.Kind = key.K2().Kind
	entry.Actor = institution
	return entry, err
}
