package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// contractRun is what the log keeps of a run, but for its outcome.
type contractRun struct {
	contract types.Contract
	ref      types.ID
	subject  types.ID
	cost     uint64
	check    bool
}

// logRun keeps a run that acted or scheduled, and says so. Runs of one contract on one thing in one block are one line: the last.
func (k *Keeper) logRun(ctx context.Context, run contractRun, outcome types.RunOutcome) error {
	return k.writeRun(ctx, run, outcome, "")
}

// logFailed keeps a run that failed; the message that it was part of, or the block, goes on.
func (k *Keeper) logFailed(ctx context.Context, run contractRun, failure string) error {
	return k.writeRun(ctx, run, types.RUN_OUTCOME_FAILED, failure)
}

func (k *Keeper) writeRun(ctx context.Context, run contractRun, outcome types.RunOutcome, failure string) error {
	sdkCtx := sdk.UnwrapSDKContext(ctx)
	id := types.ID(run.contract.Id)
	key := collections.Join3(id, uint64(sdkCtx.BlockHeight()), run.ref) //nolint:gosec // heights are not negative
	err := k.contractRuns.Set(ctx, key, types.ContractRun{
		Time: sdkCtx.BlockTime(), Subject: run.subject.Bytes(), Outcome: outcome, Cost: run.cost, Check: run.check, Error: failure,
	})
	if err != nil {
		return err
	}
	event := &types.EventContractRan{ContractId: id.String(), Ref: run.ref.String(), Outcome: outcome}
	if outcome == types.RUN_OUTCOME_ACTED {
		event.Action = run.contract.Code.Action
	}
	return emit(ctx, event)
}

// fullRun puts what the key holds back into a line of the log.
func fullRun(key collections.Triple[types.ID, uint64, types.ID], run types.ContractRun) types.ContractRun {
	run.ContractId, run.Ref = key.K1().Bytes(), key.K3().Bytes()
	run.Height = int64(key.K2()) //nolint:gosec // it was one
	return run
}
