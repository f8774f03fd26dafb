package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/exposure"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/exposure/types"
)

// giveShare takes a member's part in the opening of the recorded sum, and of no other. One that is well formed and does not
// verify is not taken but put on record, for which the transaction must succeed. The share that makes the threshold full
// ends the round.
func (k *Keeper) giveShare(ctx context.Context, by actor, msg *types.MsgGiveShare) (types.Round, bool, error) {
	round, part, err := k.waiting(ctx, by, msg.RoundId, types.STATUS_OPENING)
	if err != nil {
		return round, false, err
	}
	if len(msg.Share) != exposure.ShareSize {
		return round, false, types.ErrInvalidShare.Wrapf("%d bytes: a share has %d", len(msg.Share), exposure.ShareSize)
	}
	asker, err := k.parseActor("asker", round.Asker)
	if err != nil {
		return round, false, err
	}
	chargeGas(ctx, types.GasShare, "share")
	if err := exposure.CheckShare(msg.Share); err != nil {
		return round, false, types.ErrInvalidShare.Wrap(err.Error())
	}
	statement := round.Statement(sdk.UnwrapSDKContext(ctx).ChainID(), asker.addr)
	if err := exposure.VerifyShare(statement, by.addr, round.Sum, part.PublicShare, msg.Share); err != nil {
		return round, false, k.recordLie(ctx, by, part)
	}
	part.Share = msg.Share
	round.Given++
	if err := k.duties.Remove(ctx, collections.Join(by.addr, types.ID(round.Id))); err != nil {
		return round, false, err
	}
	if err := k.setPart(ctx, part); err != nil {
		return round, false, err
	}
	if err := emit(ctx, &types.EventShareGiven{Id: types.ID(round.Id).String(), Member: by.text}); err != nil {
		return round, false, err
	}
	if round.Given < round.Threshold {
		return round, true, k.setRound(ctx, round)
	}
	round, err = k.answer(ctx, by, round)
	return round, true, err
}

// recordLie keeps that a member gave a share that does not verify; after some, the round takes no more of it.
func (k *Keeper) recordLie(ctx context.Context, by actor, part types.Part) error {
	part.WrongShares++
	if err := k.setPart(ctx, part); err != nil {
		return err
	}
	if part.WrongShares >= types.MaxWrongShares {
		if err := k.duties.Remove(ctx, collections.Join(by.addr, types.ID(part.RoundId))); err != nil {
			return err
		}
	}
	if err := k.addConduct(ctx, by.text, func(c *types.Conduct) { c.WrongShares++ }); err != nil {
		return err
	}
	count(ctx, wrongCounter, 1)
	return emit(ctx, &types.EventWrongShare{Id: types.ID(part.RoundId).String(), Member: by.text})
}

// answer combines the shares into the total under the asker's key.
func (k *Keeper) answer(ctx context.Context, by actor, round types.Round) (types.Round, error) {
	parts, err := k.getParts(ctx, types.ID(round.Id))
	if err != nil {
		return round, err
	}
	var given []exposure.Given
	for _, part := range parts {
		if len(part.Share) > 0 {
			given = append(given, exposure.Given{Index: part.Index, Share: part.Share})
		}
	}
	chargeGas(ctx, types.GasCombine*uint64(len(given)), "combination")
	result, err := exposure.Combine(round.Sum, given)
	if err != nil {
		return round, types.ErrBroken.Wrapf("shares of round %s: %s", types.ID(round.Id), err)
	}
	before := round
	round.Status, round.Result = types.STATUS_OPENED, result[:]
	round.EndedHeight = sdk.UnwrapSDKContext(ctx).BlockHeight()
	if err := k.removeDuties(ctx, parts); err != nil {
		return round, err
	}
	if round.Kind.OfSubject() {
		look, err := k.requireLive(ctx, round)
		if err != nil {
			return round, err
		}
		if err := k.credit.RecordQuestion(ctx, look, credittypes.TRAIL_KIND_QUESTION_ANSWERED, by.addr); err != nil {
			return round, err
		}
	}
	return round, k.moveRound(ctx, before, round)
}
