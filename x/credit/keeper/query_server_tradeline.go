package keeper

import (
	"context"

	"cosmossdk.io/collections"

	"github.com/cosmos/cosmos-sdk/types/query"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// Versions implements types.QueryServer.
func (s queryServer) Versions(ctx context.Context, req *types.QueryVersionsRequest) (*types.QueryVersionsResponse, error) {
	subject, id, err := queryIDs(req.GetSubject(), req.GetId())
	if err != nil {
		return nil, err
	}
	if _, err := s.GetTradeline(ctx, subject, id); err != nil {
		return nil, err
	}
	list, next, err := pageOf(ctx, s.versions, req.GetId(), req.GetPagination(),
		func(key collections.Pair[types.ID, uint32], version types.TradelineVersion) (types.TradelineVersion, error) {
			return fullVersion(key, version), nil
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryVersionsResponse{Versions: list, Pagination: next}, nil
}

// Notices implements types.QueryServer.
func (s queryServer) Notices(ctx context.Context, req *types.QueryNoticesRequest) (*types.QueryNoticesResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	var notices []types.Notice
	err = s.notices.Walk(ctx, collections.NewPrefixedPairRange[types.ID, int32](id),
		func(key collections.Pair[types.ID, int32], notice types.Notice) (bool, error) {
			notices = append(notices, fullNotice(key, notice))
			return false, nil
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryNoticesResponse{Notices: notices}, nil
}

// Holds implements types.QueryServer.
func (s queryServer) Holds(ctx context.Context, req *types.QueryHoldsRequest) (*types.QueryHoldsResponse, error) {
	list, next, err := pageOf(ctx, s.holds, req.GetSubject(), req.GetPagination(),
		func(key ofSubject, hold types.LegalHold) (types.LegalHold, error) { return fullHold(key, hold), nil })
	if err != nil {
		return nil, err
	}
	return &types.QueryHoldsResponse{Holds: list, Pagination: next}, nil
}

// Erasure implements types.QueryServer.
func (s queryServer) Erasure(ctx context.Context, req *types.QueryErasureRequest) (*types.QueryErasureResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	erasure, err := s.GetErasure(ctx, id)
	if err != nil {
		return nil, err
	}
	return &types.QueryErasureResponse{Erasure: erasure}, nil
}

// RepairPolicies implements types.QueryServer.
func (s queryServer) RepairPolicies(ctx context.Context, req *types.QueryRepairPoliciesRequest) (*types.QueryRepairPoliciesResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.repairPolicies, page,
		func(name string, policy types.RepairPolicy) (types.RepairPolicy, error) {
			policy.Name = name
			return policy, nil
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryRepairPoliciesResponse{Policies: list, Pagination: next}, nil
}
