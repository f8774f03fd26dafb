package keeper

import (
	"context"

	"github.com/cosmos/cosmos-sdk/types/query"

	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
)

// Profiles implements types.QueryServer.
func (s queryServer) Profiles(ctx context.Context, req *types.QueryProfilesRequest) (*types.QueryProfilesResponse, error) {
	page, err := attestationtypes.BoundPage(req.GetPagination())
	if err != nil {
		return nil, err
	}
	list, next, err := query.CollectionPaginate(ctx, s.profiles, page,
		func(code string, profile types.Profile) (types.Profile, error) {
			profile.Code = code
			return profile, nil
		})
	if err != nil {
		return nil, err
	}
	return &types.QueryProfilesResponse{Profiles: list, Pagination: next}, nil
}
