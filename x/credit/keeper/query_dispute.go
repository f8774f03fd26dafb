package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// outcomeKey is the institution that is told, the time of the outcome and the dispute.
type outcomeKey = collections.Triple[sdk.AccAddress, time.Time, types.ID]

// Dispute implements types.QueryServer.
func (s queryServer) Dispute(ctx context.Context, req *types.QueryDisputeRequest) (*types.QueryDisputeResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	dispute, err := s.GetDispute(ctx, id)
	if err != nil {
		return nil, err
	}
	return &types.QueryDisputeResponse{Dispute: dispute}, nil
}

// Disputes implements types.QueryServer.
func (s queryServer) Disputes(ctx context.Context, req *types.QueryDisputesRequest) (*types.QueryDisputesResponse, error) {
	subject, err := types.ParseID("subject", req.GetSubject())
	if err != nil {
		return nil, err
	}
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, collections.Map[ofSubject, collections.NoValue](s.subjectDisputes), page,
		func(key ofSubject, _ collections.NoValue) (types.Dispute, error) { return s.GetDispute(ctx, key.K2()) },
		query.WithCollectionPaginationPairPrefix[types.ID, types.ID](subject))
	if err != nil {
		return nil, err
	}
	return &types.QueryDisputesResponse{Disputes: list, Pagination: next}, nil
}

// Outcomes implements types.QueryServer.
func (s queryServer) Outcomes(ctx context.Context, req *types.QueryOutcomesRequest) (*types.QueryOutcomesResponse, error) {
	institution, err := s.parseActor("institution", req.GetInstitution())
	if err != nil {
		return nil, err
	}
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.outcomes, page,
		func(key outcomeKey, note types.OutcomeNote) (types.OutcomeNote, error) {
			note.Institution, note.Time, note.DisputeId = institution.text, key.K2(), key.K3().Bytes()
			return note, nil
		},
		func(o *query.CollectionsPaginateOptions[outcomeKey]) {
			prefix := collections.TriplePrefix[sdk.AccAddress, time.Time, types.ID](institution.addr)
			o.Prefix = &prefix
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryOutcomesResponse{Outcomes: list, Pagination: next}, nil
}
