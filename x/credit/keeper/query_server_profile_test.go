package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/credit/types"
)

// Vaults and readers of reports apply the profile themselves, so they get all of it.
func TestProfilesQuery(t *testing.T) {
	f := setup(t)
	answer, err := f.query.Profiles(f.ctx, &types.QueryProfilesRequest{})
	require.NoError(t, err)
	require.Equal(t, types.DefaultProfiles(), answer.Profiles)
	page, err := f.query.Profiles(f.ctx, &types.QueryProfilesRequest{Pagination: &query.PageRequest{Limit: 2}})
	require.NoError(t, err)
	require.Len(t, page.Profiles, 2)
	rest, err := f.query.Profiles(f.ctx, &types.QueryProfilesRequest{Pagination: &query.PageRequest{Key: page.Pagination.NextKey}})
	require.NoError(t, err)
	require.Equal(t, types.DefaultProfiles()[2:], rest.Profiles)
}
