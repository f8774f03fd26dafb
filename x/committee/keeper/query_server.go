package keeper

import (
	"context"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/committee/types"
)

type queryServer struct{ k *Keeper }

var _ types.QueryServer = queryServer{}

// NewQueryServer answers the queries of the module.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

func emptyRequest() error { return errorsmod.Wrap(types.ErrInvalidField, "the request is empty") }

// Committee implements types.QueryServer.
func (q queryServer) Committee(ctx context.Context, req *types.QueryCommitteeRequest) (*types.QueryCommitteeResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	c, err := q.k.Get(ctx, req.Id)
	if err != nil {
		return nil, err
	}
	return &types.QueryCommitteeResponse{Committee: c}, nil
}

// Committees implements types.QueryServer.
func (q queryServer) Committees(ctx context.Context, req *types.QueryCommitteesRequest) (*types.QueryCommitteesResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	page, err := attestationtypes.BoundPage(req.Pagination)
	if err != nil {
		return nil, err
	}
	committees, next, err := query.CollectionPaginate(ctx, q.k.Committees, page, func(_ uint64, c types.Committee) (types.Committee, error) { return c, nil })
	if err != nil {
		return nil, err
	}
	return &types.QueryCommitteesResponse{Committees: committees, Pagination: next}, nil
}

// Active implements types.QueryServer.
func (q queryServer) Active(ctx context.Context, req *types.QueryActiveRequest) (*types.QueryActiveResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	c, err := q.k.Active(ctx, req.Purpose)
	if err != nil {
		return nil, err
	}
	return &types.QueryActiveResponse{Committee: c}, nil
}

// Dealings implements types.QueryServer.
func (q queryServer) Dealings(ctx context.Context, req *types.QueryDealingsRequest) (*types.QueryDealingsResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	if _, err := q.k.Get(ctx, req.Id); err != nil {
		return nil, err
	}
	res := &types.QueryDealingsResponse{}
	err := q.k.Dealings.Walk(ctx, collections.NewPrefixedPairRange[uint64, uint32](req.Id),
		func(_ collections.Pair[uint64, uint32], d types.Dealing) (bool, error) {
			res.Dealings = append(res.Dealings, d)
			return false, nil
		})
	return res, err
}

// Duties implements types.QueryServer.
func (q queryServer) Duties(ctx context.Context, req *types.QueryDutiesRequest) (*types.QueryDutiesResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	operator, err := q.k.operatorOf(req.Operator)
	if err != nil {
		return nil, err
	}
	page, err := attestationtypes.BoundPage(req.Pagination)
	if err != nil {
		return nil, err
	}
	committees, next, err := query.CollectionPaginate(ctx, q.k.Duties, page,
		func(key collections.Pair[sdk.AccAddress, uint64], _ collections.NoValue) (types.Committee, error) {
			return q.k.Get(ctx, key.K2())
		}, query.WithCollectionPaginationPairPrefix[sdk.AccAddress, uint64](operator))
	if err != nil {
		return nil, err
	}
	return &types.QueryDutiesResponse{Committees: committees, Pagination: next}, nil
}

// Enlistments implements types.QueryServer.
func (q queryServer) Enlistments(ctx context.Context, req *types.QueryEnlistmentsRequest) (*types.QueryEnlistmentsResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	if err := req.Purpose.Validate(); err != nil {
		return nil, err
	}
	page, err := attestationtypes.BoundPage(req.Pagination)
	if err != nil {
		return nil, err
	}
	enlistments, next, err := query.CollectionPaginate(ctx, q.k.Enlistments, page,
		func(key collections.Pair[uint32, sdk.AccAddress], _ collections.NoValue) (types.Enlistment, error) {
			return types.Enlistment{Purpose: types.Purpose(key.K1()), Operator: q.k.addressText(key.K2())}, nil
		}, query.WithCollectionPaginationPairPrefix[uint32, sdk.AccAddress](uint32(req.Purpose)))
	if err != nil {
		return nil, err
	}
	return &types.QueryEnlistmentsResponse{Enlistments: enlistments, Pagination: next}, nil
}

// Params implements types.QueryServer.
func (q queryServer) Params(ctx context.Context, req *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	params, err := q.k.Params.Get(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}
