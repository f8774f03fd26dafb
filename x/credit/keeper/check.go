package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/contract"
	"github.com/creditd/creditd/x/credit/types"
)

// scheduleCheck lets the contract look at the tradeline again.
func (k *Keeper) scheduleCheck(ctx context.Context, data types.Contract, tradeline *types.Tradeline) error {
	due := sdk.UnwrapSDKContext(ctx).BlockTime().Add(time.Duration(data.Code.CheckAfterDays) * 24 * time.Hour)
	key := collections.Join3(due, types.ID(data.Id), types.ID(tradeline.Id))
	return k.contractChecks.Set(ctx, key, types.ContractCheck{Subject: tradeline.Subject})
}

// runChecks runs the checks that are due, at most limit. A check leaves the queue whatever comes of it, and one that fails
// changes nothing else. It costs no gas: the number of checks and the cost of each are bounded, and who scheduled them paid
// for that. Inputs of checks leave out the walk of the trail.
func (k *Keeper) runChecks(ctx sdk.Context, limit int) error {
	due, err := k.dueChecks(ctx, limit)
	if err != nil {
		return err
	}
	for _, check := range due {
		if err := k.contractChecks.Remove(ctx, check.Key); err != nil {
			return err
		}
		cached, write := ctx.CacheContext()
		if err := k.runCheck(cached, check.Key, check.Value); err != nil {
			if err := emit(ctx, types.NewEventQueueEntryFailed(checkQueue, check.Key.K3(), err)); err != nil {
				return err
			}
			continue
		}
		write()
	}
	return nil
}

// dueChecks reads the first ones; nothing is written while the iterator is open.
func (k *Keeper) dueChecks(ctx sdk.Context, limit int) ([]collections.KeyValue[deadlineOf, types.ContractCheck], error) {
	var due []collections.KeyValue[deadlineOf, types.ContractCheck]
	until := collections.NewPrefixUntilTripleRange[time.Time, types.ID, types.ID](ctx.BlockTime())
	err := k.contractChecks.Walk(ctx, until, func(key deadlineOf, check types.ContractCheck) (bool, error) {
		due = append(due, collections.KeyValue[deadlineOf, types.ContractCheck]{Key: key, Value: check})
		return len(due) >= limit, nil
	})
	return due, err
}

// runCheck of a contract that is still active; of any other it passes without effect.
func (k *Keeper) runCheck(ctx sdk.Context, key deadlineOf, check types.ContractCheck) error {
	data, err := k.GetContract(ctx, key.K2())
	if err != nil || data.Status != types.CONTRACT_STATUS_ACTIVE {
		return err
	}
	event, err := k.checkEvent(ctx, types.ID(check.Subject), key.K3())
	if err != nil {
		return err
	}
	result, err := k.evaluate(ctx, contract.ScopeOfCheck, data.Code.Check, data.Code.CostLimit, newContractInputs(k, event))
	if err != nil {
		return err
	}
	run := contractRun{contract: data, ref: event.ref, subject: types.ID(check.Subject), cost: result.Cost, check: true}
	switch {
	case result.Failure != "":
		return k.logFailed(ctx, run, string(result.Failure))
	case !result.Held:
		return nil
	}
	return k.act(ctx, run, event.tradeline)
}

// checkEvent is what a check runs on: the tradeline as it is now.
func (k *Keeper) checkEvent(ctx context.Context, subjectID, id types.ID) (contractEvent, error) {
	subject, err := k.GetSubject(ctx, subjectID)
	if err != nil {
		return contractEvent{}, err
	}
	tradeline, err := k.GetTradeline(ctx, subjectID, id)
	if err != nil {
		return contractEvent{}, err
	}
	return contractEvent{trigger: contract.ScopeOfCheck, ref: id, subject: subject, tradeline: &tradeline}, nil
}
