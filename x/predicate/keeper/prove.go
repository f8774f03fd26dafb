package keeper

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// Gas of a proof, three times what it costs beside a check of a signature, for which x/auth asks 1,000
// (tests/gas, README): it is taken before a byte of the proof is decoded.
const (
	gasPerProof    = 120_000
	gasPerSumProof = 90_000
	// gasPerSumTerm decodes a point and adds it.
	gasPerSumTerm = 400
)

// question is a predicate that was asked, with whatever of the state its proof may rest on.
type question struct {
	inquiry   types.ID
	place     uint32
	ask       types.Ask
	predicate types.Predicate
	look      credittypes.Look
	prover    actor
	params    types.Params
}

func (q question) subject() types.ID { return types.ID(q.look.Inquiry.Subject) }

// prove checks a proof that a predicate is true and records the answer. What is proven comes from the state alone; of the
// message only the proof, and what nobody but the prover can know, is taken.
func (k *Keeper) prove(ctx context.Context, by actor, msg *types.MsgProve) error {
	if err := msg.CheckSizes(); err != nil {
		return err
	}
	q, err := k.question(ctx, by, msg)
	if err != nil {
		return err
	}
	gas := uint64(gasPerProof)
	if q.predicate.Kind == types.PREDICATE_KIND_SUM {
		gas = gasPerSumProof
	}
	sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gas, "predicate: proof")
	if err := k.countProof(ctx, q.params); err != nil {
		return err
	}
	if q.look, err = k.credit.GetLook(ctx, msg.InquiryId); err != nil {
		return err
	}
	for _, schema := range q.predicate.Schemas() {
		if !q.look.Covers(schema) { // the scope of an inquiry does not change: nor should this ever happen
			return types.ErrOutOfScope.Wrapf("schema %x", schema)
		}
	}
	answer, err := k.check(ctx, q, msg)
	if err != nil {
		return err
	}
	return k.record(ctx, q, answer)
}

// question finds what was asked and is not answered yet.
func (k *Keeper) question(ctx context.Context, by actor, msg *types.MsgProve) (question, error) {
	q := question{inquiry: types.ID(msg.InquiryId), place: msg.Predicate, prover: by}
	var err error
	if q.params, err = k.GetParams(ctx); err != nil {
		return q, err
	}
	if q.ask, err = k.GetAsk(ctx, q.inquiry); err != nil {
		return q, err
	}
	if int(q.place) >= len(q.ask.Predicates) {
		return q, types.ErrUnasked.Wrapf("predicate %d: %d were asked under inquiry %s", q.place, len(q.ask.Predicates), q.inquiry)
	}
	q.predicate = q.ask.Predicates[q.place]
	answered, err := k.answers.Has(ctx, collections.Join(q.inquiry, q.place))
	if err == nil && answered {
		err = types.ErrAnswered.Wrapf("predicate %d of inquiry %s: it needs no proving again", q.place, q.inquiry)
	}
	return q, err
}

// check verifies the proof of a question by its kind.
func (k *Keeper) check(ctx context.Context, q question, msg *types.MsgProve) (types.Answer, error) {
	if q.predicate.Kind == types.PREDICATE_KIND_SUM {
		return k.checkSum(ctx, q, msg)
	}
	use, err := k.useCircuit(ctx, q.predicate.CircuitId)
	if err != nil {
		return types.Answer{}, err
	}
	if use.circuit.Hidden {
		return k.checkHidden(ctx, q, use, msg)
	}
	return k.checkGiven(ctx, q, use, msg)
}

// record keeps the answer, with a line in the trails.
func (k *Keeper) record(ctx context.Context, q question, answer types.Answer) error {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	answer.InquiryId, answer.Predicate, answer.Subject = q.inquiry.Bytes(), q.place, q.subject().Bytes()
	answer.Prover, answer.Height, answer.Time = q.prover.text, sdkCtx.BlockHeight(), sdkCtx.BlockTime()
	if err := k.addAnswer(ctx, answer); err != nil {
		return err
	}
	if err := k.credit.RecordQuestion(ctx, q.look, credittypes.TRAIL_KIND_QUESTION_ANSWERED, q.prover.addr); err != nil {
		return err
	}
	return emit(ctx, &types.EventAnswered{
		InquiryId: q.inquiry.String(), Predicate: q.place, Kind: q.predicate.Kind, Subject: q.subject().String(), Disputed: answer.Disputed,
	})
}

func (k *Keeper) addAnswer(ctx context.Context, answer types.Answer) error {
	inquiry, place, subject := types.ID(answer.InquiryId), answer.Predicate, types.ID(answer.Subject)
	if err := k.answersBySubject.Set(ctx, collections.Join3(subject, inquiry, place)); err != nil {
		return err
	}
	answer.InquiryId, answer.Predicate = nil, 0
	return k.answers.Set(ctx, collections.Join(inquiry, place), answer)
}

func fullAnswer(key answerKey, answer types.Answer) types.Answer {
	answer.InquiryId, answer.Predicate = key.K1().Bytes(), key.K2()
	return answer
}

// answersOf an inquiry, at most as many as it asks.
func (k *Keeper) answersOf(ctx context.Context, inquiry types.ID) (list []types.Answer, err error) {
	err = k.answers.Walk(ctx, collections.NewPrefixedPairRange[types.ID, uint32](inquiry), func(key answerKey, answer types.Answer) (bool, error) {
		list = append(list, fullAnswer(key, answer))
		return false, nil
	})
	return list, err
}

// countProof takes one from the proofs of this block. A transaction that fails gives its own back: what fails is bounded by
// its gas, and what succeeds by this, whatever gas a block may have.
func (k *Keeper) countProof(ctx context.Context, params types.Params) error {
	height := uint64(sdk.UnwrapSDKContext(ctx).BlockHeight()) //nolint:gosec // heights are not negative
	bz, err := k.proofsInBlock.Get(ctx)
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return err
	}
	here, count := binary.BigEndian.AppendUint64(nil, height), uint32(0)
	if len(bz) == 12 && bytes.Equal(bz[:8], here) {
		count = binary.BigEndian.Uint32(bz[8:])
	}
	if count >= params.MaxProofsPerBlock {
		return types.ErrBlockFull.Wrapf("%d proofs are in this block: send it again in the next", count)
	}
	return k.proofsInBlock.Set(ctx, binary.BigEndian.AppendUint32(here, count+1))
}
