package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// giveNotices keeps a furnisher's word that it told subjects what it may report. The last notice of each kind about an account
// is kept, whether or not the account was reported yet; it has no other effect.
func (k *Keeper) giveNotices(ctx context.Context, by actor, kind types.NoticeKind, notices []types.GivenNotice) error {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_FURNISHER); err != nil {
		return err
	}
	if _, known := types.NoticeKind_name[int32(kind)]; !known || kind == types.NOTICE_KIND_UNSPECIFIED {
		return types.ErrInvalidNotice.Wrapf("kind %d: choose one of NoticeKind", kind)
	}
	if err := k.requireBatch(ctx, "notices", len(notices)); err != nil {
		return err
	}
	var first types.ID
	seen := make(map[types.ID]struct{}, len(notices)) // asked, never walked
	for i, given := range notices {
		sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerItem, "credit: notice")
		id, err := k.giveNotice(ctx, by, kind, given, seen)
		if err != nil {
			return errorsmod.Wrapf(err, "notice %d", i)
		}
		if i == 0 {
			first = id
		}
	}
	err := k.recordMany(ctx, by, types.TRAIL_KIND_NOTICE_GIVEN, first, types.ID(notices[0].Subject), first, len(notices))
	if err != nil {
		return err
	}
	return emit(ctx, &types.EventNoticesGiven{Furnisher: by.text, Kind: kind, Count: uint32(len(notices))})
}

func (k *Keeper) giveNotice(
	ctx context.Context, by actor, kind types.NoticeKind, given types.GivenNotice, seen map[types.ID]struct{},
) (types.ID, error) {
	subject, err := types.IDFromBytes("subject", given.Subject)
	if err != nil {
		return types.ID{}, types.ErrInvalidNotice.Wrap(err.Error())
	}
	if _, err := types.IDFromBytes("account", given.Account); err != nil {
		return types.ID{}, types.ErrInvalidNotice.Wrap(err.Error())
	}
	if err := requireCommitment("commitment", given.Commitment); err != nil {
		return types.ID{}, err
	}
	if err := k.requireSubject(ctx, subject); err != nil {
		return types.ID{}, err
	}
	id := types.TradelineID(by.addr, given.Subject, given.Account)
	if _, twice := seen[id]; twice {
		return id, types.ErrBatchDuplicate.Wrapf("tradeline %s: send one notice about each account", id)
	}
	seen[id] = struct{}{}
	before, _, err := k.getNotice(ctx, id, kind)
	if err != nil {
		return id, err
	}
	notice := types.Notice{Commitment: given.Commitment, GivenAt: sdk.UnwrapSDKContext(ctx).BlockTime()}
	if len(before.Commitment) == 0 {
		notice.RequestedBy = before.RequestedBy // a data contract asked for it, and this is the answer
	}
	if err := k.notices.Set(ctx, collections.Join(id, int32(kind)), notice); err != nil {
		return id, err
	}
	return id, k.record(ctx, subject, types.TRAIL_KIND_NOTICE_GIVEN, by.addr, id, types.PURPOSE_UNSPECIFIED)
}

// getNotice returns the last notice of that kind about an account; false when there was none.
func (k *Keeper) getNotice(ctx context.Context, tradeline types.ID, kind types.NoticeKind) (types.Notice, bool, error) {
	key := collections.Join(tradeline, int32(kind))
	notice, err := k.notices.Get(ctx, key)
	if errors.Is(err, collections.ErrNotFound) {
		return types.Notice{}, false, nil
	}
	return fullNotice(key, notice), err == nil, err
}

func fullNotice(key collections.Pair[types.ID, int32], notice types.Notice) types.Notice {
	notice.TradelineId, notice.Kind = key.K1().Bytes(), types.NoticeKind(key.K2())
	return notice
}
