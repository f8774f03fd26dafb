package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/exposure/types"
)

// What simulations choose their messages by; no message uses it.

// WalkDuties visits what rounds wait for, until visit says stop.
func (k *Keeper) WalkDuties(ctx context.Context, visit func(types.Duty) (bool, error)) error {
	return k.duties.Walk(ctx, nil, func(key dutyKey, index uint32) (bool, error) {
		round, err := k.GetRound(ctx, key.K2())
		if err != nil {
			return true, err
		}
		at := collections.Join(key.K2(), index)
		part, err := k.parts.Get(ctx, at)
		if err != nil {
			return true, err
		}
		return visit(types.Duty{Round: round, Part: fullPart(at, part)})
	})
}

// SomeLook returns a live inquiry of a data user.
func (k *Keeper) SomeLook(ctx context.Context, dataUser sdk.AccAddress) ([]byte, error) {
	var found []byte
	looked := 0
	err := k.credit.WalkInquiries(ctx, types.ID{}, func(inquiry credittypes.Inquiry) (bool, error) {
		looked++
		if look, err := k.credit.GetLook(ctx, inquiry.Id); err == nil && look.DataUser.Equals(dataUser) {
			found = inquiry.Id
		}
		return found != nil || looked == 200, nil
	})
	if err == nil && found == nil {
		err = credittypes.ErrUnknownInquiry
	}
	return found, err
}

// MayOpen says whether a round could be opened now. What it would write is thrown away.
func (k *Keeper) MayOpen(ctx context.Context, msg *types.MsgOpenRound) error {
	cached, _ := sdk.UnwrapSDKContext(ctx).CacheContext()
	asker, err := k.parseActor("asker", msg.Asker)
	if err != nil {
		return err
	}
	_, err = k.openRound(cached, asker, msg)
	return err
}

// MayAnswer says whether the member of a duty may act on it now.
func (k *Keeper) MayAnswer(ctx context.Context, duty types.Duty) error {
	by, err := k.parseActor("member", duty.Part.Member)
	if err != nil {
		return err
	}
	_, _, err = k.waiting(ctx, by, duty.Round.Id, duty.Round.Status)
	return err
}
