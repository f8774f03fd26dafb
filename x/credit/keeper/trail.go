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
