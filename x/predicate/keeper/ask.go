package keeper

import (
	"context"
	"errors"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/predicate"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

// gasPerPredicate pays for checking a predicate's terms, which the store does not meter.
const gasPerPredicate = 500

// GetAsk returns what was asked under an inquiry.
func (k *Keeper) GetAsk(ctx context.Context, inquiry types.ID) (types.Ask, error) {
	ask, err := k.asks.Get(ctx, inquiry)
	if errors.Is(err, collections.ErrNotFound) {
		return ask, types.ErrUnasked.Wrapf("nothing is asked under inquiry %s: its data user asks with `creditd tx predicate ask`", inquiry)
	}
	ask.InquiryId = inquiry.Bytes()
	return ask, err
}

func (k *Keeper) setAsk(ctx context.Context, ask types.Ask) error {
	inquiry := types.ID(ask.InquiryId)
	ask.InquiryId = nil
	return k.asks.Set(ctx, inquiry, ask)
}

// ask fixes what is asked under an inquiry, once: who could add questions after the first answers would search for the value.
func (k *Keeper) ask(ctx context.Context, by actor, msg *types.MsgAsk) error {
	params, err := k.GetParams(ctx)
	if err != nil {
		return err
	}
	inquiry, err := types.IDFromBytes("inquiry_id", msg.InquiryId)
	if err != nil {
		return err
	}
	if len(msg.Predicates) == 0 || len(msg.Predicates) > int(params.MaxPredicates) {
		return types.ErrInvalidPredicate.Wrapf("%d predicates: ask 1 to %d", len(msg.Predicates), params.MaxPredicates)
	}
	asked, err := k.asks.Has(ctx, inquiry)
	if err != nil {
		return err
	}
	if asked {
		return types.ErrAsked.Wrapf("%s: an inquiry asks once; open another for another question", inquiry)
	}
	look, err := k.credit.GetLook(ctx, msg.InquiryId)
	if err != nil {
		return err
	}
	if !look.DataUser.Equals(by.addr) {
		return types.ErrNotDataUser.Wrapf("inquiry %s is of %s", inquiry, look.Inquiry.DataUser)
	}
	for i, each := range msg.Predicates {
		if err := k.checkPredicate(ctx, look, msg.Predicates[:i], each); err != nil {
			return errorsmod.Wrapf(err, "predicate %d", i)
		}
		if err := k.spend(ctx, params, look, each); err != nil {
			return errorsmod.Wrapf(err, "predicate %d", i)
		}
	}
	if err := k.setAsk(ctx, types.Ask{InquiryId: msg.InquiryId, Predicates: msg.Predicates, AskedAt: blockTime(ctx)}); err != nil {
		return err
	}
	if err := k.credit.RecordQuestion(ctx, look, credittypes.TRAIL_KIND_QUESTION_ASKED, by.addr); err != nil {
		return err
	}
	return emit(ctx, &types.EventAsked{
		InquiryId: inquiry.String(), DataUser: by.text, Subject: types.ID(look.Inquiry.Subject).String(),
		Predicates: uint32(len(msg.Predicates)),
	})
}

// checkPredicate refuses a question that could not be proven, that the consent does not cover, or that is asked twice. About
// hidden attestations the same may be asked several times: each answer then rests on another one.
func (k *Keeper) checkPredicate(ctx context.Context, look credittypes.Look, before []types.Predicate, asked types.Predicate) error {
	sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(gasPerPredicate, "predicate: terms")
	if err := asked.CheckSizes(); err != nil {
		return err
	}
	for _, schema := range asked.Schemas() {
		if !look.Covers(schema) {
			return types.ErrOutOfScope.Wrapf("schema %x: ask about what the inquiry and its consent name", schema)
		}
	}
	hidden := false
	if asked.Kind == types.PREDICATE_KIND_SUM {
		schema, err := k.attestations.GetSchema(ctx, asked.SchemaId)
		if err != nil {
			return err
		}
		if err := asked.CheckSum(schema); err != nil {
			return err
		}
	} else {
		use, err := k.useCircuit(ctx, asked.CircuitId)
		if err != nil {
			return err
		}
		if _, err := k.terms(ctx, use.circuit, asked); err != nil {
			return err
		}
		hidden = use.circuit.Hidden
	}
	if hidden && (look.RecordsFrom != nil || look.RecordsUntil != nil) {
		return types.ErrOutOfScope.Wrap("the consent bounds the times of records, and of a hidden attestation nobody sees the time: ask about a given one")
	}
	for i := range before {
		if !hidden && before[i].Same(asked) {
			return types.ErrInvalidPredicate.Wrapf("the same as predicate %d: ask it once", i)
		}
	}
	return nil
}

// terms of a predicate in its circuit.
func (k *Keeper) terms(ctx context.Context, circuit predicate.Circuit, asked types.Predicate) (predicate.Terms, error) {
	schema, err := k.attestations.GetSchema(ctx, asked.SchemaId)
	if err != nil {
		return predicate.Terms{}, err
	}
	if len(asked.OtherSchemaId) == 0 {
		return asked.Terms(circuit, schema, nil)
	}
	second, err := k.attestations.GetSchema(ctx, asked.OtherSchemaId)
	if err != nil {
		return predicate.Terms{}, err
	}
	return asked.Terms(circuit, schema, &second)
}
