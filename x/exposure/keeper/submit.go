package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/exposure"
	"github.com/creditd/creditd/x/exposure/types"
)

// submit adds a member's encrypted number to the sum. When it is the last that the round waits for, the sum is fixed in the
// same block.
func (k *Keeper) submit(ctx context.Context, by actor, msg *types.MsgSubmit) (types.Round, error) {
	round, part, err := k.waiting(ctx, by, msg.RoundId, types.STATUS_SUBMITTING)
	if err != nil {
		return round, err
	}
	if size := exposure.Kind(round.Kind).SubmissionSize(); len(msg.Submission) != size {
		return round, types.ErrInvalidSubmission.Wrapf("%d bytes: one for %s has %d", len(msg.Submission), round.Kind, size)
	}
	asker, err := k.parseActor("asker", round.Asker)
	if err != nil {
		return round, err
	}
	chargeGas(ctx, types.GasSubmission(round.Kind), "submission")
	statement := round.Statement(sdk.UnwrapSDKContext(ctx).ChainID(), asker.addr)
	ciphertext, err := exposure.Verify(statement, by.addr, part.AttestedOf(round.Kind), msg.Submission)
	if err != nil {
		return round, types.ErrInvalidSubmission.Wrap(err.Error())
	}
	sum, err := exposure.Add(round.Sum, ciphertext[:])
	if err != nil {
		return round, types.ErrBroken.Wrapf("sum of round %s: %s", types.ID(round.Id), err)
	}
	before := round
	part.Ciphertext = ciphertext[:]
	round.Sum = sum[:]
	round.Submitted++
	if by.text != round.Asker {
		round.SubmittedOthers++
	}
	if err := k.duties.Remove(ctx, collections.Join(by.addr, types.ID(round.Id))); err != nil {
		return round, err
	}
	if err := k.setPart(ctx, part); err != nil {
		return round, err
	}
	if err := emit(ctx, &types.EventSubmitted{Id: types.ID(round.Id).String(), Member: by.text}); err != nil {
		return round, err
	}
	if round.Submitted < round.Members {
		return round, k.setRound(ctx, round)
	}
	return k.fix(ctx, before, round)
}

// waiting returns a round in that phase with the part that it waits for of the signer, if both still may act.
func (k *Keeper) waiting(ctx context.Context, by actor, roundID []byte, phase types.Status) (types.Round, types.Part, error) {
	id, err := types.IDFromBytes("round_id", roundID)
	if err != nil {
		return types.Round{}, types.Part{}, err
	}
	round, err := k.GetRound(ctx, id)
	if err != nil {
		return types.Round{}, types.Part{}, err
	}
	if round.Status != phase {
		return round, types.Part{}, types.ErrWrongPhase.Wrapf("round %s is %s", id, round.Status)
	}
	if !blockTime(ctx).Before(round.Due()) {
		return round, types.Part{}, types.ErrWrongPhase.Wrapf("this phase of round %s ended at %s", id, rfc3339(round.Due()))
	}
	part, err := k.partOf(ctx, round, by)
	if err != nil {
		return round, types.Part{}, err
	}
	if err := k.requireMember(ctx, by, round); err != nil {
		return round, types.Part{}, err
	}
	_, err = k.requireLive(ctx, round)
	return round, part, err
}

// fix ends submissions: nothing is added from now on, and members give their shares of this sum alone.
func (k *Keeper) fix(ctx context.Context, before, round types.Round) (types.Round, error) {
	parts, err := k.getParts(ctx, types.ID(round.Id))
	if err != nil {
		return round, err
	}
	round.Status = types.STATUS_OPENING
	if err := k.addDuties(ctx, parts, func(types.Part) bool { return true }); err != nil {
		return round, err
	}
	return round, k.moveRound(ctx, before, round)
}
