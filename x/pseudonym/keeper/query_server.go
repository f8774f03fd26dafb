package keeper

import (
	"context"
	"time"

	"cosmossdk.io/collections"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/pseudonym/types"
)

type queryServer struct{ *Keeper }

var _ types.QueryServer = queryServer{}

// NewQueryServer serves the module's queries.
func NewQueryServer(k *Keeper) types.QueryServer { return queryServer{k} }

// KeyEpochs implements types.QueryServer.
func (s queryServer) KeyEpochs(ctx context.Context, req *types.QueryKeyEpochsRequest) (*types.QueryKeyEpochsResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.epochs, page, func(number uint64, epoch types.KeyEpoch) (types.KeyEpoch, error) {
		epoch.Epoch = number
		return epoch, nil
	})
	return &types.QueryKeyEpochsResponse{Epochs: list, Pagination: next}, err
}

// Evaluation implements types.QueryServer.
func (s queryServer) Evaluation(ctx context.Context, req *types.QueryEvaluationRequest) (*types.QueryEvaluationResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	evaluation, err := s.GetEvaluation(ctx, id)
	return &types.QueryEvaluationResponse{Evaluation: evaluation}, err
}

// Usages implements types.QueryServer.
func (s queryServer) Usages(ctx context.Context, req *types.QueryUsagesRequest) (*types.QueryUsagesResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	var filter []func(*query.CollectionsPaginateOptions[windowOf])
	if req.GetInstitution() != "" {
		institution, err := s.parseActor("institution", req.Institution)
		if err != nil {
			return nil, err
		}
		filter = append(filter, query.WithCollectionPaginationPairPrefix[sdk.AccAddress, time.Time](institution.addr))
	}
	list, next, err := query.CollectionPaginate(ctx, s.usages, page, s.fullUsage, filter...)
	return &types.QueryUsagesResponse{Usages: list, Pagination: next}, err
}

// Match implements types.QueryServer.
func (s queryServer) Match(ctx context.Context, req *types.QueryMatchRequest) (*types.QueryMatchResponse, error) {
	id, err := types.ParseID("id", req.GetId())
	if err != nil {
		return nil, err
	}
	match, err := s.GetMatch(ctx, id)
	return &types.QueryMatchResponse{Match: match}, err
}

// Matches implements types.QueryServer.
func (s queryServer) Matches(ctx context.Context, req *types.QueryMatchesRequest) (*types.QueryMatchesResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	if req.GetInstitution() != "" {
		of, err := s.parseActor("institution", req.Institution)
		if err != nil {
			return nil, err
		}
		list, next, err := query.CollectionPaginate(ctx, s.liveMatches, page,
			func(key matchOf, _ collections.NoValue) (types.Match, error) { return s.GetMatch(ctx, key.K2()) },
			query.WithCollectionPaginationPairPrefix[sdk.AccAddress, types.ID](of.addr))
		return &types.QueryMatchesResponse{Matches: list, Pagination: next}, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.matches, page, func(id types.ID, match types.Match) (types.Match, error) {
		match.Id = id.Bytes()
		return match, nil
	})
	return &types.QueryMatchesResponse{Matches: list, Pagination: next}, err
}

// MatchUsages implements types.QueryServer.
func (s queryServer) MatchUsages(ctx context.Context, req *types.QueryMatchUsagesRequest) (*types.QueryMatchUsagesResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	var filter []func(*query.CollectionsPaginateOptions[pairWindow])
	if req.GetClient() != "" {
		client, err := s.parseActor("client", req.Client)
		if err != nil {
			return nil, err
		}
		prefix := collections.TriplePrefix[sdk.AccAddress, sdk.AccAddress, time.Time](client.addr)
		filter = append(filter, func(o *query.CollectionsPaginateOptions[pairWindow]) { o.Prefix = &prefix })
	}
	list, next, err := query.CollectionPaginate(ctx, s.matchUsages, page, s.fullMatchUsage, filter...)
	return &types.QueryMatchUsagesResponse{Usages: list, Pagination: next}, err
}

// Migration implements types.QueryServer.
func (s queryServer) Migration(ctx context.Context, req *types.QueryMigrationRequest) (*types.QueryMigrationResponse, error) {
	old, err := types.ParseID("old", req.GetOld())
	if err != nil {
		return nil, err
	}
	migration, err := s.GetMigration(ctx, old)
	return &types.QueryMigrationResponse{Migration: migration}, err
}

// Migrations implements types.QueryServer.
func (s queryServer) Migrations(ctx context.Context, req *types.QueryMigrationsRequest) (*types.QueryMigrationsResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.migrations, page, func(old types.ID, migration types.Migration) (types.Migration, error) {
		migration.Old = old.Bytes()
		return migration, nil
	})
	return &types.QueryMigrationsResponse{Migrations: list, Pagination: next}, err
}

// Params implements types.QueryServer.
func (s queryServer) Params(ctx context.Context, _ *types.QueryParamsRequest) (*types.QueryParamsResponse, error) {
	params, err := s.GetParams(ctx)
	return &types.QueryParamsResponse{Params: params}, err
}

func (k *Keeper) fullUsage(key windowOf, usage types.Usage) (types.Usage, error) {
	institution, err := k.addresses.BytesToString(key.K1())
	usage.Institution, usage.Window = institution, key.K2()
	return usage, err
}

func (k *Keeper) fullMatchUsage(key pairWindow, items uint64) (types.MatchUsage, error) {
	client, err := k.addresses.BytesToString(key.K1())
	if err != nil {
		return types.MatchUsage{}, err
	}
	server, err := k.addresses.BytesToString(key.K2())
	return types.MatchUsage{Client: client, Server: server, Window: key.K3(), Items: items}, err
}
