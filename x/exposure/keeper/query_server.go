package keeper

import (
	"context"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/exposure/types"
)

type queryServer struct{ *Keeper }

var _ types.QueryServer = queryServer{}

// NewQueryServer serves the module's queries.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

// Round implements types.QueryServer.
func (s queryServer) Round(ctx context.Context, req *types.QueryRoundRequest) (*types.QueryRoundResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	round, err := s.GetRound(ctx, id)
	if err != nil {
		return nil, err
	}
	parts, err := s.getParts(ctx, id)
	if err != nil {
		return nil, err
	}
	return &types.QueryRoundResponse{Round: round, Parts: parts}, nil
}

// Rounds implements types.QueryServer.
func (s queryServer) Rounds(ctx context.Context, req *types.QueryRoundsRequest) (*types.QueryRoundsResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.rounds, page,
		func(id types.ID, round types.Round) (types.Round, error) {
			round.Id = id.Bytes()
			return round, nil
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryRoundsResponse{Rounds: list, Pagination: next}, nil
}

// Duties implements types.QueryServer.
func (s queryServer) Duties(ctx context.Context, req *types.QueryDutiesRequest) (*types.QueryDutiesResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	member, err := s.parseActor("member", req.GetMember())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.duties, page,
		func(key dutyKey, index uint32) (types.Duty, error) {
			round, err := s.GetRound(ctx, key.K2())
			if err != nil {
				return types.Duty{}, err
			}
			at := collections.Join(key.K2(), index)
			part, err := s.parts.Get(ctx, at)
			return types.Duty{Round: round, Part: fullPart(at, part)}, err
		},
		query.WithCollectionPaginationPairPrefix[sdk.AccAddress, types.ID](member.addr))
	if err != nil {
		return nil, err
	}
	return &types.QueryDutiesResponse{Duties: list, Pagination: next}, nil
}

// Conduct implements types.QueryServer.
func (s queryServer) Conduct(ctx context.Context, req *types.QueryConductRequest) (*types.QueryConductResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.conduct, page, s.fullConduct)
	if err != nil {
		return nil, err
	}
	return &types.QueryConductResponse{Conduct: list, Pagination: next}, nil
}

// Params implements types.QueryServer.
func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	return &types.QueryParamsResponse{Params: params}, nil
}

func (k *Keeper) fullConduct(key sdk.AccAddress, conduct types.Conduct) (types.Conduct, error) {
	member, err := k.addressCodec.BytesToString(key)
	conduct.Member = member
	return conduct, err
}
