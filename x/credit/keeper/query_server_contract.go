package keeper

import (
	"context"
	"encoding/json"
	"errors"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/contract"
	"github.com/creditd/creditd/x/credit/types"
)

// Contracts implements types.QueryServer. A page has been through as many contracts as its limit says; those of another status
// than asked for are left out of it.
func (s queryServer) Contracts(ctx context.Context, req *types.QueryContractsRequest) (*types.QueryContractsResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.contracts, page, func(id types.ID, data types.Contract) (types.Contract, error) {
		data.Id = id.Bytes()
		return data, nil
	})
	if err != nil {
		return nil, err
	}
	res := &types.QueryContractsResponse{Pagination: next}
	for _, data := range list {
		if req.Status == types.CONTRACT_STATUS_UNSPECIFIED || data.Status == req.Status {
			res.Contracts = append(res.Contracts, data)
		}
	}
	return res, nil
}

// Contract implements types.QueryServer.
func (s queryServer) Contract(ctx context.Context, req *types.QueryContractRequest) (*types.QueryContractResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	data, err := s.GetContract(ctx, id)
	if err != nil {
		return nil, err
	}
	return &types.QueryContractResponse{Contract: data}, nil
}

// ContractRuns implements types.QueryServer.
func (s queryServer) ContractRuns(ctx context.Context, req *types.QueryContractRunsRequest) (*types.QueryContractRunsResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	type runKey = collections.Triple[types.ID, uint64, types.ID]
	list, next, err := query.CollectionPaginate(ctx, s.contractRuns, page,
		func(key runKey, run types.ContractRun) (types.ContractRun, error) { return fullRun(key, run), nil },
		func(options *query.CollectionsPaginateOptions[runKey]) {
			prefix := collections.TriplePrefix[types.ID, uint64, types.ID](id)
			options.Prefix = &prefix
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryContractRunsResponse{Runs: list, Pagination: next}, nil
}

// DryRun implements types.QueryServer: one run of a contract in any status over the state as it is. What it writes is dropped.
func (s queryServer) DryRun(ctx context.Context, req *types.QueryDryRunRequest) (*types.QueryDryRunResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	subject, err := types.ParseID("subject", req.GetSubject())
	if err != nil {
		return nil, err
	}
	ref, err := types.ParseID("ref", req.GetRef())
	if err != nil {
		return nil, err
	}
	data, err := s.GetContract(ctx, id)
	if err != nil {
		return nil, err
	}
	scope, source := data.Code.Trigger, data.Code.Condition
	if req.Check {
		scope, source = contract.ScopeOfCheck, data.Code.Check
		if source == "" {
			return nil, types.ErrInvalidContract.Wrapf("%s version %d has no check: run its condition", data.Name, data.Version)
		}
	}
	cached, _ := sdk.UnwrapSDKContext(ctx).CacheContext()
	event, err := s.dryEvent(cached, scope, subject, ref)
	if err != nil {
		return nil, err
	}
	return s.dryRun(cached, data, scope, source, event)
}

func (k *Keeper) dryRun(
	ctx sdk.Context, data types.Contract, scope types.ContractTrigger, source string, event contractEvent,
) (*types.QueryDryRunResponse, error) {
	inputs := newContractInputs(k, event)
	result, err := k.evaluate(ctx, scope, source, data.Code.CostLimit, inputs)
	if err != nil {
		return nil, err
	}
	seen, err := json.Marshal(inputs.seen) // in the order of the names
	if err != nil {
		return nil, types.ErrInvariant.Wrap(err.Error())
	}
	res := &types.QueryDryRunResponse{
		Outcome: types.RUN_OUTCOME_PASSED, Cost: result.Cost, Error: string(result.Failure), Inputs: string(seen),
	}
	switch {
	case result.Failure != "":
		res.Outcome = types.RUN_OUTCOME_FAILED
		return res, nil
	case !result.Held:
		return res, nil
	case data.Code.CheckAfterDays > 0 && scope != contract.ScopeOfCheck:
		res.Outcome = types.RUN_OUTCOME_SCHEDULED
		return res, nil
	}
	if contract.ActsOnTradeline(data.Code.Action) {
		acted, err := k.actOn(ctx, data, event.tradeline)
		if err != nil {
			return nil, err
		}
		if !acted {
			return res, nil
		}
	}
	res.Outcome, res.Action = types.RUN_OUTCOME_ACTED, data.Code.Action
	return res, nil
}

// dryEvent is the event that the message of the trigger would raise now about what is in the state.
func (k *Keeper) dryEvent(ctx context.Context, scope types.ContractTrigger, subjectID, ref types.ID) (contractEvent, error) {
	subject, err := k.GetSubject(ctx, subjectID)
	if err != nil {
		return contractEvent{}, err
	}
	event := contractEvent{trigger: scope, ref: ref, subject: subject}
	switch scope {
	case types.CONTRACT_TRIGGER_CONSENT:
		consent, err := k.GetConsent(ctx, subjectID, ref)
		if err != nil {
			return event, err
		}
		event.consent = &consent
		event.institution, err = k.parseActor("grantee", consent.Grantee)
		return event, err
	case types.CONTRACT_TRIGGER_INQUIRY:
		inquiry, err := k.GetInquiry(ctx, ref)
		if err != nil {
			return event, err
		}
		if types.ID(inquiry.Subject) != subjectID {
			return event, types.ErrUnknownInquiry.Wrapf("%s is not about subject %s", ref, subjectID)
		}
		event.inquiry = &inquiry
		event.institution, err = k.parseActor("data_user", inquiry.DataUser)
		return event, err
	}
	return k.dryTradelineEvent(ctx, event)
}

// dryTradelineEvent adds the tradeline, and what the trigger has beside it. What a furnisher declares as repaid is not kept:
// the smallest class is assumed, paid now, and the inputs of the answer say so.
func (k *Keeper) dryTradelineEvent(ctx context.Context, event contractEvent) (contractEvent, error) {
	subjectID, id := types.ID(event.subject.Pseudonym), event.ref
	switch event.trigger {
	case types.CONTRACT_TRIGGER_REPAID:
		event.repaid = &types.Repaid{
			AmountClass: types.AMOUNT_CLASS_SMALL, RepaidAt: sdk.UnwrapSDKContext(ctx).BlockTime(),
		}
	case types.CONTRACT_TRIGGER_DISPUTE:
		dispute, err := k.disputeOf(ctx, subjectID, event.ref)
		if err != nil {
			return event, err
		}
		event.dispute, id = &dispute, types.ID(dispute.TradelineId)
	}
	tradeline, err := k.GetTradeline(ctx, subjectID, id)
	event.tradeline = &tradeline
	return event, err
}

func (k *Keeper) disputeOf(ctx context.Context, subject, id types.ID) (types.Dispute, error) {
	dispute, err := k.disputes.Get(ctx, id)
	if errors.Is(err, collections.ErrNotFound) || (err == nil && types.ID(dispute.Subject) != subject) {
		return dispute, types.ErrUnknownDispute.Wrapf("%s of subject %s", id, subject)
	}
	return dispute, err
}
