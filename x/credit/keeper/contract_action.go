package keeper

import (
	"context"
	"errors"
	"slices"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// act does to the tradeline what the contract says, all or nothing, and logs it. What fails leaves no other trace than the log:
// the message, or the block, goes on. An action that would change nothing is none.
func (k *Keeper) act(ctx sdk.Context, run contractRun, tradeline *types.Tradeline) error {
	cached, write := ctx.CacheContext()
	changed := *tradeline
	changed.Annotations = slices.Clone(tradeline.Annotations)
	acted, err := k.actOn(cached, run.contract, &changed)
	if err != nil {
		return k.logFailed(ctx, run, "the action failed")
	}
	if !acted {
		return nil
	}
	write()
	*tradeline = changed
	return k.logRun(ctx, run, types.RUN_OUTCOME_ACTED)
}

// actOn says whether there was anything to do.
func (k *Keeper) actOn(ctx context.Context, data types.Contract, tradeline *types.Tradeline) (bool, error) {
	if tradeline.State == types.RECORD_STATE_EXPIRED || tradeline.State == types.RECORD_STATE_ERASED {
		return false, nil
	}
	author, err := k.parseActor("author", data.Author)
	if err != nil {
		return false, err
	}
	switch data.Code.Action {
	case types.CONTRACT_ACTION_ANNOTATE:
		return k.annotate(ctx, tradeline, data.Code.Annotation, author.addr)
	case types.CONTRACT_ACTION_SUPPRESS:
		// A disputed record is its dispute's, and one that is hidden is hidden: its reason stays.
		if tradeline.State != types.RECORD_STATE_ACTIVE {
			return false, nil
		}
		return true, k.changeState(ctx, tradeline, types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_CONTRACT, author.addr)
	case types.CONTRACT_ACTION_OPEN_NOTICE:
		return k.requestNotice(ctx, tradeline, types.ID(data.Id), author.addr)
	}
	return false, types.ErrInvalidContract.Wrapf("action %s is none on a tradeline", data.Code.Action)
}

// annotate marks a tradeline, once; by is the author of the contract.
func (k *Keeper) annotate(ctx context.Context, tradeline *types.Tradeline, mark types.Annotation, by sdk.AccAddress) (bool, error) {
	place, marked := slices.BinarySearch(tradeline.Annotations, mark)
	if marked {
		return false, nil
	}
	tradeline.Annotations = slices.Insert(tradeline.Annotations, place, mark)
	if err := k.setTradeline(ctx, *tradeline); err != nil {
		return false, err
	}
	return true, k.recordOnTradeline(ctx, tradeline, types.TRAIL_KIND_ANNOTATED, by)
}

// answerStale takes the mark off that a record is stale: a new version has answered it. Other marks stay.
func (k *Keeper) answerStale(ctx context.Context, tradeline *types.Tradeline) error {
	place, marked := slices.BinarySearch(tradeline.Annotations, types.ANNOTATION_STALE)
	if !marked {
		return nil
	}
	tradeline.Annotations = slices.Delete(slices.Clone(tradeline.Annotations), place, place+1)
	return k.setTradeline(ctx, *tradeline)
}

// requestNotice asks the furnisher for a notice before negative reporting: an entry without commitment, which stands for no
// notice until MsgGiveNotices takes its place. When there is an entry, it was given or asked for before.
func (k *Keeper) requestNotice(ctx context.Context, tradeline *types.Tradeline, by types.ID, author sdk.AccAddress) (bool, error) {
	id := types.ID(tradeline.Id)
	key := collections.Join(id, int32(types.NOTICE_KIND_NEGATIVE_REPORTING))
	known, err := k.notices.Has(ctx, key)
	if err != nil || known {
		return false, err
	}
	if err := k.notices.Set(ctx, key, types.Notice{RequestedBy: by.Bytes()}); err != nil {
		return false, err
	}
	if err := k.recordOnTradeline(ctx, tradeline, types.TRAIL_KIND_NOTICE_REQUESTED, author); err != nil {
		return false, err
	}
	return true, emit(ctx, &types.EventNoticeRequested{TradelineId: id.String(), Furnisher: tradeline.Furnisher, ContractId: by.String()})
}

// recordOnTradeline adds a line about a tradeline to the trails of its subject and its furnisher.
func (k *Keeper) recordOnTradeline(ctx context.Context, tradeline *types.Tradeline, kind types.TrailKind, by sdk.AccAddress) error {
	furnisher, err := k.parseActor("furnisher", tradeline.Furnisher)
	if err != nil {
		return err
	}
	return k.recordWith(ctx, furnisher.addr, types.ID(tradeline.Subject), kind, by, types.ID(tradeline.Id), types.PURPOSE_UNSPECIFIED)
}

// noticeAge is the days since the notice before negative reporting, -1 when none was given.
func (k *Keeper) noticeAge(ctx context.Context, tradeline types.ID) (int64, error) {
	notice, err := k.notices.Get(ctx, collections.Join(tradeline, int32(types.NOTICE_KIND_NEGATIVE_REPORTING)))
	switch {
	case errors.Is(err, collections.ErrNotFound) || (err == nil && len(notice.Commitment) == 0):
		return -1, nil
	case err != nil:
		return 0, err
	}
	return wholeDays(notice.GivenAt, sdk.UnwrapSDKContext(ctx).BlockTime()), nil
}
