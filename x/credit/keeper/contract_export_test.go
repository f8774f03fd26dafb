package keeper

import (
	"context"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
)

// ContractEvent is contractEvent for tests.
type ContractEvent struct {
	Trigger     types.ContractTrigger
	Ref         types.ID
	Subject     types.Subject
	Institution sdk.AccAddress
	Tradeline   *types.Tradeline
	Repaid      *types.Repaid
	Consent     *types.Consent
	Inquiry     *types.Inquiry
	Dispute     *types.Dispute
}

// RunContracts is runContracts for tests; it returns the contract that asks for a second approval.
func (k *Keeper) RunContracts(ctx context.Context, e ContractEvent) (types.ID, error) {
	verdict, err := k.runContracts(ctx, contractEvent{
		trigger: e.Trigger, ref: e.Ref, subject: e.Subject, institution: actor{addr: e.Institution, text: e.Institution.String()},
		tradeline: e.Tradeline, repaid: e.Repaid, consent: e.Consent, inquiry: e.Inquiry, dispute: e.Dispute,
	})
	return verdict.secondApproval, err
}

// ContractInputs of an event, by name, for tests.
func (k *Keeper) ContractInputs(ctx context.Context, e ContractEvent, names []string) (map[string]any, error) {
	return newContractInputs(k, contractEvent{
		trigger: e.Trigger, ref: e.Ref, subject: e.Subject, institution: actor{addr: e.Institution, text: e.Institution.String()},
		tradeline: e.Tradeline, repaid: e.Repaid, consent: e.Consent, inquiry: e.Inquiry, dispute: e.Dispute,
	}).of(ctx, names)
}

// PutContract writes a contract as it is.
func (k *Keeper) PutContract(ctx context.Context, data types.Contract) error {
	return k.setContract(ctx, data)
}

// RecordSilence is recordSilence for tests.
func (k *Keeper) RecordSilence(ctx context.Context, institution sdk.AccAddress, subject, ref types.ID) error {
	return k.recordSilence(ctx, institution, subject, ref, types.PURPOSE_UNSPECIFIED)
}

// ScheduledChecks counts the checks in the queue.
func (k *Keeper) ScheduledChecks(ctx context.Context) (n int, err error) {
	err = k.contractChecks.Walk(ctx, nil, func(deadlineOf, types.ContractCheck) (bool, error) {
		n++
		return false, nil
	})
	return n, err
}

// WholeDays is wholeDays for tests.
var WholeDays = wholeDays
