package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// maxHoldYears that an order may be given for; a longer one is placed again.
const maxHoldYears = 10

// placeHold forbids to erase a tradeline, or all of a subject.
func (k *Keeper) placeHold(ctx context.Context, by actor, msg *types.MsgPlaceHold) (types.ID, error) {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_SUPERVISOR); err != nil {
		return types.ID{}, err
	}
	hold, err := k.readHold(ctx, by, msg)
	if err != nil {
		return types.ID{}, err
	}
	id, subject := types.ID(hold.Id), types.ID(hold.Subject)
	key := collections.Join(subject, id)
	exists, err := k.holds.Has(ctx, key)
	if err != nil {
		return id, err
	}
	if exists {
		return id, types.ErrHoldExists.Wrapf("%s: it needs no sending again; another hold needs another nonce", id)
	}
	if err := k.holdQueue.Set(ctx, holdKey(hold)); err != nil {
		return id, err
	}
	if err := k.setHold(ctx, hold); err != nil {
		return id, err
	}
	if err := k.recordHold(ctx, by.addr, types.TRAIL_KIND_HOLD_PLACED, hold); err != nil {
		return id, err
	}
	return id, emit(ctx, &types.EventHoldPlaced{Id: id.String(), Subject: subject.String()})
}

// readHold checks what a supervisor asks to hold. A merged subject's records can be held: they are still under its pseudonym.
func (k *Keeper) readHold(ctx context.Context, by actor, msg *types.MsgPlaceHold) (types.LegalHold, error) {
	subject, err := types.IDFromBytes("subject", msg.Subject)
	if err != nil {
		return types.LegalHold{}, err
	}
	if err := k.requireSubject(ctx, subject); err != nil {
		return types.LegalHold{}, err
	}
	if len(msg.TradelineId) != 0 {
		id, err := types.IDFromBytes("tradeline_id", msg.TradelineId)
		if err != nil {
			return types.LegalHold{}, err
		}
		if _, err := k.GetTradeline(ctx, subject, id); err != nil {
			return types.LegalHold{}, err
		}
	}
	if err := requireCommitment("order", msg.Order); err != nil {
		return types.LegalHold{}, err
	}
	if err := requireNonce(msg.Nonce); err != nil {
		return types.LegalHold{}, err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	if latest := now.AddDate(maxHoldYears, 0, 0); !msg.Until.After(now) || msg.Until.After(latest) {
		return types.LegalHold{}, types.ErrInvalidHold.Wrapf("until %s: choose a time after now and until %s", rfc3339(msg.Until), rfc3339(latest))
	}
	return types.LegalHold{
		Id: types.HoldID(by.addr, msg.Subject, msg.Nonce).Bytes(), Subject: subject.Bytes(), TradelineId: msg.TradelineId,
		PlacedBy: by.text, Order: msg.Order, Until: msg.Until,
	}, nil
}

// liftHold ends a hold before its time. Any supervisor may: the one that placed it may be there no more.
func (k *Keeper) liftHold(ctx context.Context, by actor, subjectID, holdID []byte) error {
	if err := k.requireRole(ctx, by, institutiontypes.ROLE_SUPERVISOR); err != nil {
		return err
	}
	subject, err := types.IDFromBytes("subject", subjectID)
	if err != nil {
		return err
	}
	id, err := types.IDFromBytes("id", holdID)
	if err != nil {
		return err
	}
	hold, err := k.GetHold(ctx, subject, id)
	if err != nil {
		return err
	}
	if err := k.holdQueue.Remove(ctx, holdKey(hold)); err != nil {
		return err
	}
	return k.endHold(ctx, by.addr, hold)
}

// endHolds ends the holds whose time is over.
func (k *Keeper) endHolds(ctx sdk.Context, limit int) error {
	return queue[deadlineOf]{
		name: holdQueue, keys: k.holdQueue, id: deadlineOf.K3, work: k.expireHold, due: dueOf(ctx),
	}.drain(ctx, limit)
}

// expireHold ends a hold in the name of who placed it.
func (k *Keeper) expireHold(ctx sdk.Context, key deadlineOf) error {
	hold, err := k.GetHold(ctx, key.K2(), key.K3())
	if err != nil {
		return err
	}
	placer, err := k.parseActor("placed_by", hold.PlacedBy)
	if err != nil {
		return err
	}
	return k.endHold(ctx, placer.addr, hold)
}

func (k *Keeper) endHold(ctx context.Context, by sdk.AccAddress, hold types.LegalHold) error {
	id, subject := types.ID(hold.Id), types.ID(hold.Subject)
	if err := k.holds.Remove(ctx, collections.Join(subject, id)); err != nil {
		return err
	}
	if err := k.recordHold(ctx, by, types.TRAIL_KIND_HOLD_LIFTED, hold); err != nil {
		return err
	}
	return emit(ctx, &types.EventHoldEnded{Id: id.String(), Subject: subject.String()})
}

// recordHold adds the line to the trails of the subject and the supervisor, and to that of the furnisher of the one tradeline
// that is held.
func (k *Keeper) recordHold(ctx context.Context, by sdk.AccAddress, kind types.TrailKind, hold types.LegalHold) error {
	id, subject := types.ID(hold.Id), types.ID(hold.Subject)
	if err := k.recordWith(ctx, by, subject, kind, by, id, types.PURPOSE_UNSPECIFIED); err != nil {
		return err
	}
	if len(hold.TradelineId) == 0 {
		return nil
	}
	tradeline, err := k.GetTradeline(ctx, subject, types.ID(hold.TradelineId))
	if err != nil {
		return err
	}
	furnisher, err := k.parseActor("furnisher", tradeline.Furnisher)
	if err != nil {
		return err
	}
	return k.recordOf(ctx, furnisher.addr, subject, kind, id, types.PURPOSE_UNSPECIFIED)
}

// requireNotHeld refuses to erase what an authority ordered to keep. An order about a whole subject reaches the records under
// its aliases.
func (k *Keeper) requireNotHeld(ctx context.Context, subject types.Subject, tradeline types.Tradeline) error {
	pseudonyms := []types.ID{types.ID(subject.Pseudonym)}
	if len(subject.MergedInto) != 0 {
		pseudonyms = append(pseudonyms, types.ID(subject.MergedInto))
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	for _, pseudonym := range pseudonyms {
		err := k.holds.Walk(ctx, collections.NewPrefixedPairRange[types.ID, types.ID](pseudonym),
			func(key ofSubject, hold types.LegalHold) (bool, error) {
				whole := len(hold.TradelineId) == 0
				if now.Before(hold.Until) && (whole || string(hold.TradelineId) == string(tradeline.Id)) {
					return true, types.ErrErasureHeld.Wrapf("order %s of %s keeps it until %s", key.K2(), hold.PlacedBy, rfc3339(hold.Until))
				}
				return false, nil
			})
		if err != nil {
			return err
		}
	}
	return nil
}

// GetHold returns a hold on a subject's records.
func (k *Keeper) GetHold(ctx context.Context, subject, id types.ID) (types.LegalHold, error) {
	key := collections.Join(subject, id)
	hold, err := k.holds.Get(ctx, key)
	if errors.Is(err, collections.ErrNotFound) {
		return hold, types.ErrUnknownHold.Wrapf("%s on subject %s: list those that there are with `creditd query credit holds`", id, subject)
	}
	return fullHold(key, hold), err
}

func fullHold(key ofSubject, hold types.LegalHold) types.LegalHold {
	hold.Subject, hold.Id = key.K1().Bytes(), key.K2().Bytes()
	return hold
}

func (k *Keeper) setHold(ctx context.Context, hold types.LegalHold) error {
	key := collections.Join(types.ID(hold.Subject), types.ID(hold.Id))
	hold.Subject, hold.Id = nil, nil
	return k.holds.Set(ctx, key, hold)
}

func holdKey(hold types.LegalHold) deadlineOf {
	return collections.Join3(hold.Until, types.ID(hold.Subject), types.ID(hold.Id))
}
