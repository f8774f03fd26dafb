package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// An outcome reaches everyone who looked in a set time before (FCRA s. 611(d)). Who that is stands in the subject's trail, which may
// be long: a cursor walks it, newest first, over as many blocks as it takes.

// tellOutcome lets an outcome be told from the end of this block on.
func (k *Keeper) tellOutcome(ctx context.Context, dispute types.Dispute) error {
	profile, err := k.GetProfile(ctx, dispute.Profile)
	if err != nil {
		return err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	cursor := types.OutcomeCursor{Outcome: dispute.Outcome, Since: daysBefore(now, profile.OutcomeLookbackDays)}
	return k.outcomeQueue.Set(ctx, collections.Join(now, types.ID(dispute.Id)), cursor)
}

// tellOutcomes reads at most limit lines of trails, of the oldest outcomes first. One that fails leaves the queue and is reported.
func (k *Keeper) tellOutcomes(ctx sdk.Context, limit int) error {
	for limit > 0 {
		key, cursor, found, err := k.firstOutcome(ctx)
		if err != nil || !found {
			return err
		}
		cached, write := ctx.CacheContext()
		lines, err := k.tellLookers(cached, key, cursor, limit)
		limit -= max(lines, 1)
		if err == nil {
			write()
			continue
		}
		if err := k.outcomeQueue.Remove(ctx, key); err != nil {
			return err
		}
		if err := emit(ctx, types.NewEventQueueEntryFailed(outcomeQueue, key.K2(), err)); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) firstOutcome(ctx context.Context) (key deadline, cursor types.OutcomeCursor, found bool, err error) {
	err = k.outcomeQueue.Walk(ctx, nil, func(first deadline, value types.OutcomeCursor) (bool, error) {
		key, cursor, found = first, value, true
		return true, nil
	})
	return key, cursor, found, err
}

// tellLookers goes on with one outcome and returns how many lines it read.
func (k *Keeper) tellLookers(ctx context.Context, key deadline, cursor types.OutcomeCursor, limit int) (int, error) {
	dispute, err := k.GetDispute(ctx, key.K2())
	if err != nil {
		return 0, err
	}
	page, err := k.lookers(ctx, types.ID(dispute.Subject), key.K1(), cursor, limit)
	if err != nil {
		return 0, err
	}
	for _, institution := range page.institutions {
		if err := k.noteOutcome(ctx, institution, key, dispute, cursor.Outcome); err != nil {
			return 0, err
		}
	}
	if page.next == nil {
		return page.lines, k.outcomeQueue.Remove(ctx, key)
	}
	cursor.Next = page.next
	return page.lines, k.outcomeQueue.Set(ctx, key, cursor)
}

// noteOutcome tells an institution, once however often it looked.
func (k *Keeper) noteOutcome(
	ctx context.Context, institution sdk.AccAddress, key deadline, dispute types.Dispute, outcome types.DisputeOutcome,
) error {
	at := collections.Join3(institution, key.K1(), key.K2())
	told, err := k.outcomes.Has(ctx, at)
	if err != nil || told {
		return err
	}
	note := types.OutcomeNote{Subject: dispute.Subject, TradelineId: dispute.TradelineId, Outcome: outcome}
	if err := k.outcomes.Set(ctx, at, note); err != nil {
		return err
	}
	text, err := k.accounts.AddressCodec().BytesToString(institution)
	if err != nil {
		return err
	}
	return emit(ctx, &types.EventOutcomeTold{Institution: text, DisputeId: key.K2().String(), Outcome: outcome})
}
