package keeper

import (
	"context"
	"time"

	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// lifted says whether a timed lift holds. When its time is over the freeze holds again by itself, without a write.
func lifted(freeze types.Freeze, now time.Time) bool {
	return freeze.LiftedUntil != nil && now.Before(*freeze.LiftedUntil)
}

// ownFile returns the subject whose file its controller changes. A file is that of the pseudonym that stays: freezes and alerts of
// one that is merged into it stop nothing.
func (k *Keeper) ownFile(ctx context.Context, by actor, subject []byte) (types.ID, types.Subject, error) {
	id, err := types.IDFromBytes("subject", subject)
	if err != nil {
		return id, types.Subject{}, err
	}
	file, err := k.GetSubject(ctx, id)
	if err != nil {
		return id, file, err
	}
	if err := k.requireUnmerged(file); err != nil {
		return id, file, err
	}
	return id, file, requireController(by, file)
}

// changeFile writes the subject's file with a line in its trail.
func (k *Keeper) changeFile(ctx context.Context, by actor, file types.Subject, kind types.TrailKind) error {
	if err := k.setSubject(ctx, file); err != nil {
		return err
	}
	id := types.ID(file.Pseudonym)
	return k.record(ctx, id, kind, by.addr, id, types.PURPOSE_UNSPECIFIED)
}

// freeze stops new inquiries for credit, from the next message of this block on; a timed lift ends with it.
func (k *Keeper) freeze(ctx context.Context, by actor, subject []byte) error {
	id, file, err := k.ownFile(ctx, by, subject)
	if err != nil {
		return err
	}
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	if file.Freeze != nil && !lifted(*file.Freeze, now) {
		return types.ErrAlreadyFrozen.Wrapf("since %s: nothing is left to do", rfc3339(file.Freeze.Since))
	}
	file.Freeze = &types.Freeze{Since: now}
	if err := k.changeFile(ctx, by, file, types.TRAIL_KIND_FROZEN); err != nil {
		return err
	}
	return emit(ctx, &types.EventFrozen{Subject: id.String()})
}

// liftFreeze ends a freeze for good, or lifts it until a time, in place of an earlier lift.
func (k *Keeper) liftFreeze(ctx context.Context, by actor, msg *types.MsgLiftFreeze) error {
	id, file, err := k.ownFile(ctx, by, msg.Subject)
	if err != nil {
		return err
	}
	if file.Freeze == nil {
		return types.ErrNotFrozen.Wrap("there is nothing to lift")
	}
	dataUser, err := k.readLift(ctx, msg)
	if err != nil {
		return err
	}
	event := &types.EventFreezeLifted{Subject: id.String()}
	if msg.Until == nil {
		file.Freeze = nil
	} else {
		file.Freeze.LiftedUntil, file.Freeze.LiftedFor = msg.Until, dataUser
		event.Until = rfc3339(*msg.Until)
	}
	if err := k.changeFile(ctx, by, file, types.TRAIL_KIND_FREEZE_LIFTED); err != nil {
		return err
	}
	return emit(ctx, event)
}

// readLift checks until when and for whom a freeze is lifted, and returns for whom.
func (k *Keeper) readLift(ctx context.Context, msg *types.MsgLiftFreeze) (string, error) {
	now := sdk.UnwrapSDKContext(ctx).BlockTime()
	switch {
	case msg.Until == nil && msg.LiftedFor != "":
		return "", types.ErrInvalidLift.Wrap("lifted_for goes with until: say until when it may look")
	case msg.Until != nil && (!msg.Until.After(now) || !types.Orderable(*msg.Until)):
		return "", types.ErrInvalidLift.Wrapf("until %s: choose a time after the block time %s", rfc3339(*msg.Until), rfc3339(now))
	case msg.LiftedFor == "":
		return "", nil
	}
	dataUser, err := k.parseActor("lifted_for", msg.LiftedFor)
	if err != nil {
		return "", err
	}
	return dataUser.text, errorsmod.Wrap(k.requireRole(ctx, dataUser, institutiontypes.ROLE_DATA_USER), "lifted_for")
}
