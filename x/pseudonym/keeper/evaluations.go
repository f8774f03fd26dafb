package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/pseudonym/types"
)

// evaluators are the roles that need pseudonyms: to report, to look, to supervise.
var evaluators = []institutiontypes.Role{
	institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_SUPERVISOR,
}

// requestEvaluations counts what an institution asks the vaults for, and commits it to the elements. Every vault evaluates what is
// on the chain and nothing else, so this limit is the one on trying out identity numbers.
func (k *Keeper) requestEvaluations(ctx context.Context, by actor, msg *types.MsgRequestEvaluations) (types.Evaluation, uint64, error) {
	var none types.Evaluation
	if _, err := k.institutions.RequireRole(ctx, by.addr, evaluators...); err != nil {
		return none, 0, err
	}
	if err := types.ValidateHash("hash", msg.Hash); err != nil {
		return none, 0, err
	}
	params, err := k.GetParams(ctx)
	if err != nil {
		return none, 0, err
	}
	if msg.Count < 1 || msg.Count > params.MaxCount {
		return none, 0, types.ErrCount.Wrapf("%d elements: ask for 1 to %d at once", msg.Count, params.MaxCount)
	}
	epoch, err := k.requireEpoch(ctx, msg.Epoch)
	if err != nil {
		return none, 0, err
	}
	if _, err := k.servingCommittee(ctx, epoch); err != nil {
		return none, 0, err
	}
	id := types.EvaluationID(by.addr, msg.Epoch, msg.Hash)
	if there, err := k.evaluations.Has(ctx, id); err != nil || there {
		if err == nil {
			err = types.ErrDuplicate.Wrapf("request %s is on the chain: ask the vaults", id)
		}
		return none, 0, err
	}
	left, err := k.countEvaluations(ctx, by, params, msg.Count)
	if err != nil {
		return none, 0, err
	}
	now := blockTime(ctx)
	evaluation := types.Evaluation{
		Id: id.Bytes(), Institution: by.text, Epoch: msg.Epoch, Count: msg.Count, Hash: msg.Hash,
		RequestedAt: now, ExpiresAt: now.Add(params.RequestLifetime),
	}
	if err := k.setEvaluation(ctx, evaluation); err != nil {
		return none, 0, err
	}
	return evaluation, left, emit(ctx, types.NewEventEvaluationsRequested(evaluation))
}

// countEvaluations adds to the usage of the window, or refuses, and returns what is left of it.
func (k *Keeper) countEvaluations(ctx context.Context, by actor, params types.Params, count uint32) (uint64, error) {
	window := params.WindowOf(blockTime(ctx))
	usage, err := k.usages.Get(ctx, collections.Join(by.addr, window))
	if err != nil && !notFound(err) {
		return 0, err
	}
	if usage.Evaluations+uint64(count) > params.MaxEvaluations {
		return 0, types.ErrRateLimited.Wrapf("%d of %d since %s, and %d more were asked for: wait until %s",
			usage.Evaluations, params.MaxEvaluations, rfc3339(window), count, rfc3339(window.Add(params.Window)))
	}
	usage.Institution, usage.Window = "", time.Time{}
	usage.Requests++
	usage.Evaluations += uint64(count)
	return params.MaxEvaluations - usage.Evaluations, k.usages.Set(ctx, collections.Join(by.addr, window), usage)
}

func (k *Keeper) setEvaluation(ctx context.Context, evaluation types.Evaluation) error {
	id := types.ID(evaluation.Id)
	if err := k.evaluationExpiry.Set(ctx, collections.Join(evaluation.ExpiresAt, id)); err != nil {
		return err
	}
	evaluation.Id = nil
	return k.evaluations.Set(ctx, id, evaluation)
}

// GetEvaluation returns a request that is not over.
func (k *Keeper) GetEvaluation(ctx context.Context, id types.ID) (types.Evaluation, error) {
	evaluation, err := k.evaluations.Get(ctx, id)
	if notFound(err) {
		return evaluation, types.ErrUnknownEvaluation.Wrapf("%s: check the id; requests are forgotten when their time is over, counts stay", id)
	}
	evaluation.Id = id.Bytes()
	return evaluation, err
}
