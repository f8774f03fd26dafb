package keeper

import (
	"context"
	"errors"
	"slices"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/contract"
	"github.com/creditd/creditd/x/credit/contract/expr"
	"github.com/creditd/creditd/x/credit/types"
)

const (
	// maxPrograms compiled and kept: more than there are active contracts with their checks.
	maxPrograms = 1024
	// gasPerRun pays for compiling, shared by the runs after it, and for what the store does not meter. It is charged before,
	// also when the program is kept: gas must not depend on what a validator has in memory.
	gasPerRun = 2000
	// gasPerCost of a unit that CEL counted; charged after, when it is known. What runs before it is paid is bounded by the
	// contract's cost limit. A run of 33 units takes some 25 us, for which a check of a signature is charged 140.
	gasPerCost = 1
)

// contractEvent is what a data contract runs on. Who raises it has checked the message and, for tradelines, consents and
// disputes, written the record; an inquiry is written after its contracts ran.
type contractEvent struct {
	trigger     types.ContractTrigger
	ref         types.ID // of the tradeline, inquiry, consent or dispute
	subject     types.Subject
	institution actor            // that acts: furnisher, data user, or grantee of a consent
	tradeline   *types.Tradeline // FURNISH, UPDATE, REPAID, DISPUTE; a contract that acts on it changes it
	repaid      *types.Repaid    // REPAID
	consent     *types.Consent   // CONSENT
	inquiry     *types.Inquiry   // INQUIRY
	dispute     *types.Dispute   // DISPUTE
}

// contractVerdict is what contracts ask of the message that raised the event.
type contractVerdict struct {
	secondApproval types.ID // the contract that asks for a second approval; zero when none does
}

// runContracts runs the active contracts of the trigger, by id, all over the state as the event found it. A refusal is
// ErrRefusedByContract; what else goes wrong in a contract is logged and changes nothing.
func (k *Keeper) runContracts(ctx context.Context, event contractEvent) (contractVerdict, error) {
	var verdict contractVerdict
	if event.trigger == types.CONTRACT_TRIGGER_UPDATE {
		if err := k.answerStale(ctx, event.tradeline); err != nil {
			return verdict, err
		}
	}
	ids, err := k.activeOf(ctx, event.trigger)
	if err != nil || len(ids) == 0 {
		return verdict, err
	}
	inputs := newContractInputs(k, event)
	for _, id := range ids {
		if err := k.runContract(sdk.UnwrapSDKContext(ctx), id, event, inputs, &verdict); err != nil {
			return verdict, err
		}
	}
	return verdict, nil
}

// activeOf returns the contracts of a trigger, at most params.max_contracts.
func (k *Keeper) activeOf(ctx context.Context, trigger types.ContractTrigger) ([]types.ID, error) {
	list, err := k.activeContracts.Get(ctx, int32(trigger))
	if errors.Is(err, collections.ErrNotFound) {
		return nil, nil
	}
	var ids []types.ID
	for id := range slices.Chunk(list, len(types.ID{})) {
		ids = append(ids, types.ID(id))
	}
	return ids, err
}

func (k *Keeper) runContract(ctx sdk.Context, id types.ID, event contractEvent, inputs *contractInputs, verdict *contractVerdict) error {
	data, err := k.GetContract(ctx, id)
	if err != nil {
		return err
	}
	ctx.GasMeter().ConsumeGas(gasPerRun, "credit: data contract")
	result, err := k.evaluate(ctx, event.trigger, data.Code.Condition, data.Code.CostLimit, inputs)
	if err != nil {
		return err
	}
	ctx.GasMeter().ConsumeGas(gasPerCost*result.Cost, "credit: cost of a data contract")
	run := contractRun{contract: data, ref: event.ref, subject: types.ID(event.subject.Pseudonym), cost: result.Cost}
	switch {
	case result.Failure != "":
		return k.logFailed(ctx, run, string(result.Failure))
	case !result.Held:
		return nil
	case data.Code.Action == types.CONTRACT_ACTION_REFUSE:
		return types.ErrRefusedByContract.Wrapf("%s version %d (%s): read it with `creditd query credit contract %s`", data.Name, data.Version, id, id)
	case data.Code.Action == types.CONTRACT_ACTION_SECOND_APPROVAL:
		if verdict.secondApproval == (types.ID{}) {
			verdict.secondApproval = id
		}
		return k.logRun(ctx, run, types.RUN_OUTCOME_ACTED)
	case data.Code.CheckAfterDays > 0:
		if err := k.scheduleCheck(ctx, data, event.tradeline); err != nil {
			return err
		}
		return k.logRun(ctx, run, types.RUN_OUTCOME_SCHEDULED)
	}
	return k.act(ctx, run, event.tradeline)
}

// evaluate runs an expression over its inputs. All that it reads is read before, so that nothing inside touches a store. An
// error is one of the state; what is wrong with the expression is in the result.
func (k *Keeper) evaluate(
	ctx context.Context, scope types.ContractTrigger, source string, limit uint64, inputs *contractInputs,
) (expr.Result, error) {
	language, err := contract.LanguageOf(scope)
	if err != nil {
		return expr.Result{}, err
	}
	program, err := k.programs.Compile(language, source, limit)
	if err != nil { // it compiled when it was proposed: the language has changed since
		return expr.Result{Failure: "it does not compile any more"}, nil //nolint:nilerr // a failure of the contract
	}
	values, err := inputs.of(ctx, program.Inputs())
	if err != nil {
		return expr.Result{}, err
	}
	return program.Run(values), nil
}
