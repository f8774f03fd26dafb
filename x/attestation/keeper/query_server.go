package keeper

import (
	"context"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/types"
)

type queryServer struct{ *Keeper }

var _ types.QueryServer = queryServer{}

// NewQueryServer serves the module's queries.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

// Schema implements types.QueryServer.
func (s queryServer) Schema(ctx context.Context, req *types.QuerySchemaRequest) (*types.QuerySchemaResponse, error) {
	id, err := queryID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	schema, err := s.GetSchema(ctx, id.Bytes())
	if err != nil {
		return nil, err
	}
	return &types.QuerySchemaResponse{Schema: schema}, nil
}

// Schemas implements types.QueryServer.
func (s queryServer) Schemas(ctx context.Context, req *types.QuerySchemasRequest) (*types.QuerySchemasResponse, error) {
	page, err := types.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.schemas, page,
		func(id types.ID, schema types.Schema) (types.Schema, error) {
			schema.Id = id.Bytes()
			return schema, nil
		})
	if err != nil {
		return nil, err
	}
	return &types.QuerySchemasResponse{Schemas: list, Pagination: next}, nil
}

// Attestation implements types.QueryServer.
func (s queryServer) Attestation(ctx context.Context, req *types.QueryAttestationRequest) (*types.QueryAttestationResponse, error) {
	id, err := queryID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	attestation, err := s.GetAttestation(ctx, id.Bytes())
	if err != nil {
		return nil, err
	}
	return &types.QueryAttestationResponse{Attestation: attestation}, nil
}

// AttestationsOfSubject implements types.QueryServer.
func (s queryServer) AttestationsOfSubject(
	ctx context.Context, req *types.QueryAttestationsOfSubjectRequest,
) (*types.QueryAttestationsOfSubjectResponse, error) {
	subject, err := queryID("subject", req.GetSubject())
	if err != nil {
		return nil, err
	}
	page, err := types.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.bySubject, page,
		func(key collections.Pair[types.ID, types.ID], _ collections.NoValue) (types.Attestation, error) {
			return s.GetAttestation(ctx, key.K2().Bytes())
		},
		query.WithCollectionPaginationPairPrefix[types.ID, types.ID](subject))
	if err != nil {
		return nil, err
	}
	return &types.QueryAttestationsOfSubjectResponse{Attestations: list, Pagination: next}, nil
}

// Params implements types.QueryServer.
func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}

// queryID reads the id in a request's field.
func queryID(field, text string) (types.ID, error) {
	id, err := types.ParseID(text)
	if err != nil {
		return id, errorsmod.Wrap(err, field)
	}
	return id, nil
}
