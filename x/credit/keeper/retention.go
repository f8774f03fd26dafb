package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// endRetention ends what may no longer be shown.
func (k *Keeper) endRetention(ctx sdk.Context, limit int) error {
	return queue[deadlineOf]{
		name: retentionQueue, keys: k.retention, id: deadlineOf.K3, work: k.expireTradeline, due: dueOf(ctx),
	}.drain(ctx, limit)
}

// expireTradeline ends a record in its furnisher's name. An open dispute does not keep it: there is nothing left to dispute
// about what nobody is shown, and its clock closes it.
func (k *Keeper) expireTradeline(ctx sdk.Context, key deadlineOf) error {
	tradeline, err := k.GetTradeline(ctx, key.K2(), key.K3())
	if err != nil {
		return err
	}
	if !tradeline.ShowUntil.Equal(key.K1()) {
		return types.ErrInvariant.Wrapf("tradeline %s is shown until %s and was in the queue for %s",
			key.K3(), rfc3339(tradeline.ShowUntil), rfc3339(key.K1()))
	}
	furnisher, err := k.parseActor("furnisher", tradeline.Furnisher)
	if err != nil {
		return err
	}
	return k.changeState(ctx, &tradeline, types.RECORD_STATE_EXPIRED, types.STATE_REASON_RETENTION, furnisher.addr)
}

// moveRetention puts a tradeline into its new place in the queue, when it has another.
func (k *Keeper) moveRetention(ctx context.Context, before, after types.Tradeline) error {
	if before.ShowUntil.Equal(after.ShowUntil) {
		return nil
	}
	if err := k.retention.Remove(ctx, retentionKey(before)); err != nil {
		return err
	}
	return k.retention.Set(ctx, retentionKey(after))
}

func retentionKey(tradeline types.Tradeline) deadlineOf {
	return collections.Join3(tradeline.ShowUntil, types.ID(tradeline.Subject), types.ID(tradeline.Id))
}

// dueOf is what is due in a queue of deadlines of subjects.
func dueOf(ctx sdk.Context) collections.Ranger[deadlineOf] {
	return collections.NewPrefixUntilTripleRange[time.Time, types.ID, types.ID](ctx.BlockTime())
}
