package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/types/query"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/predicate/types"
)

type queryServer struct{ *Keeper }

var _ types.QueryServer = queryServer{}

// NewQueryServer serves the module's queries.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

// Setup implements types.QueryServer.
func (s queryServer) Setup(ctx context.Context, _ *types.QuerySetupRequest) (*types.QuerySetupResponse, error) {
	setup, err := s.GetSetup(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QuerySetupResponse{Setup: setup}, nil
}

// Circuit implements types.QueryServer.
func (s queryServer) Circuit(ctx context.Context, req *types.QueryCircuitRequest) (*types.QueryCircuitResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	circuit, err := s.GetCircuit(ctx, id)
	if err != nil {
		return nil, err
	}
	return &types.QueryCircuitResponse{Circuit: circuit}, nil
}

// Circuits implements types.QueryServer.
func (s queryServer) Circuits(ctx context.Context, req *types.QueryCircuitsRequest) (*types.QueryCircuitsResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.circuits, page, func(id types.ID, circuit types.Circuit) (types.Circuit, error) {
		circuit.Id = id.Bytes()
		return circuit, nil
	})
	if err != nil {
		return nil, err
	}
	return &types.QueryCircuitsResponse{Circuits: list, Pagination: next}, nil
}

// Ask implements types.QueryServer.
func (s queryServer) Ask(ctx context.Context, req *types.QueryAskRequest) (*types.QueryAskResponse, error) {
	id, err := types.ParseID("inquiry_id", req.GetInquiryId())
	if err != nil {
		return nil, err
	}
	ask, err := s.GetAsk(ctx, id)
	if err != nil {
		return nil, err
	}
	return &types.QueryAskResponse{Ask: ask}, nil
}

// Answers implements types.QueryServer.
func (s queryServer) Answers(ctx context.Context, req *types.QueryAnswersRequest) (*types.QueryAnswersResponse, error) {
	id, err := types.ParseID("inquiry_id", req.GetInquiryId())
	if err != nil {
		return nil, err
	}
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.answers, page, func(key answerKey, answer types.Answer) (types.Answer, error) {
		return fullAnswer(key, answer), nil
	}, query.WithCollectionPaginationPairPrefix[types.ID, uint32](id))
	if err != nil {
		return nil, err
	}
	return &types.QueryAnswersResponse{Answers: list, Pagination: next}, nil
}

// AnswersOfSubject implements types.QueryServer.
func (s queryServer) AnswersOfSubject(
	ctx context.Context, req *types.QueryAnswersOfSubjectRequest,
) (*types.QueryAnswersOfSubjectResponse, error) {
	id, err := types.ParseID("subject", req.GetSubject())
	if err != nil {
		return nil, err
	}
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	type entry = collections.Triple[types.ID, types.ID, uint32]
	list, next, err := query.CollectionPaginate(ctx, s.answersBySubject, page, func(key entry, _ collections.NoValue) (types.Answer, error) {
		at := collections.Join(key.K2(), key.K3())
		answer, err := s.answers.Get(ctx, at)
		return fullAnswer(at, answer), err
	}, func(options *query.CollectionsPaginateOptions[entry]) {
		prefix := collections.TriplePrefix[types.ID, types.ID, uint32](id)
		options.Prefix = &prefix
	})
	if err != nil {
		return nil, err
	}
	return &types.QueryAnswersOfSubjectResponse{Answers: list, Pagination: next}, nil
}

// Budget implements types.QueryServer.
func (s queryServer) Budget(ctx context.Context, req *types.QueryBudgetRequest) (*types.QueryBudgetResponse, error) {
	subject, err := types.ParseID("subject", req.GetSubject())
	if err != nil {
		return nil, err
	}
	schema, err := types.ParseID("schema_id", req.GetSchemaId())
	if err != nil {
		return nil, err
	}
	dataUser, err := s.parseActor("data_user", req.GetDataUser())
	if err != nil {
		return nil, err
	}
	params, err := s.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	budget, err := s.budget(ctx, params, subject, types.AskedField{Schema: schema, Field: req.GetField()})
	if err != nil {
		return nil, err
	}
	return &types.QueryBudgetResponse{Left: left(params, budget, dataUser.text)}, nil
}

// Params implements types.QueryServer.
func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}
