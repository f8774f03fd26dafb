package keeper_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/cosmos/cosmos-sdk/types/bech32"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/institution/types"
)

func TestInstitutionsFilterAndPages(t *testing.T) {
	f := newFixture(t)
	state := types.DefaultGenesis()
	for n := range 250 {
		g := genesisInstitution(n, int64(n%2))
		if n >= 200 {
			g.Institution.Jurisdiction = "US"
		}
		state.Institutions = append(state.Institutions, g)
	}
	f.init(state)
	require.NoError(t, f.suspend(10))
	count := func(req *types.QueryInstitutionsRequest) int {
		total := 0
		for {
			answer, err := f.query.Institutions(f.ctx, req)
			require.NoError(t, err)
			require.LessOrEqual(t, len(answer.Institutions), 100)
			total += len(answer.Institutions)
			if answer.Pagination.NextKey == nil {
				return total
			}
			req.Pagination = &query.PageRequest{Key: answer.Pagination.NextKey, Limit: 1000}
		}
	}
	require.Equal(t, 250, count(&types.QueryInstitutionsRequest{}))
	require.Equal(t, 250, count(&types.QueryInstitutionsRequest{Pagination: &query.PageRequest{Limit: 7}}))
	require.Equal(t, 125, count(&types.QueryInstitutionsRequest{Role: types.ROLE_VALIDATOR}))
	require.Equal(t, 50, count(&types.QueryInstitutionsRequest{Jurisdiction: "US"}))
	require.Equal(t, 1, count(&types.QueryInstitutionsRequest{Status: types.LICENCE_STATUS_SUSPENDED}))
	require.Zero(t, count(&types.QueryInstitutionsRequest{Status: types.LICENCE_STATUS_SUSPENDED, Role: types.ROLE_VALIDATOR}))
	_, err := f.query.Institutions(f.ctx, &types.QueryInstitutionsRequest{Jurisdiction: "us"})
	require.ErrorIs(t, err, types.ErrInvalidField)

	set, err := f.query.ValidatorSet(f.ctx, &types.QueryValidatorSetRequest{Pagination: &query.PageRequest{Limit: 500}})
	require.NoError(t, err)
	require.Len(t, set.Members, 100)
	require.NotNil(t, set.Pagination.NextKey)
}

func TestValidatorByAddress(t *testing.T) {
	f := withPowers(t, 10, 10)
	address := consAddress(keyOf(0))
	text, err := bech32.ConvertAndEncode(prefix+"valcons", address)
	require.NoError(t, err)
	foreign, err := bech32.ConvertAndEncode("cosmosvalcons", address)
	require.NoError(t, err)
	for _, form := range []string{text, hexOf(address), strings.ToUpper(hexOf(address))} {
		answer, err := f.query.Validator(f.ctx, &types.QueryValidatorRequest{ConsensusAddress: form})
		require.NoError(t, err)
		require.Equal(t, "Bank 0", answer.Institution.Name)
		require.True(t, answer.Current)
		_, err = f.cdc.MarshalJSON(answer)
		require.NoError(t, err)
	}
	for _, form := range []string{"", "zz", foreign, operator(0).String(), hexOf(address[1:]), strings.Repeat("a", 200)} {
		_, err := f.query.Validator(f.ctx, &types.QueryValidatorRequest{ConsensusAddress: form})
		require.ErrorIs(t, err, types.ErrInvalidAddress, form)
	}
	_, err = f.query.Validator(f.ctx, &types.QueryValidatorRequest{ConsensusAddress: hexOf(consAddress(key("nobody")))})
	require.ErrorIs(t, err, types.ErrNotValidator)
}

func TestHistoryPages(t *testing.T) {
	f := withPowers(t, 10, 0)
	for range 60 {
		require.NoError(t, f.suspend(1))
		require.NoError(t, f.reinstate(1))
	}
	req := &types.QueryLicenceHistoryRequest{Operator: operator(1).String(), Pagination: &query.PageRequest{Limit: 1000}}
	first, err := f.query.LicenceHistory(f.ctx, req)
	require.NoError(t, err)
	require.Len(t, first.Changes, 100)
	require.Equal(t, types.REASON_GENESIS, first.Changes[0].Reason, "oldest first")
	req.Pagination = &query.PageRequest{Key: first.Pagination.NextKey}
	second, err := f.query.LicenceHistory(f.ctx, req)
	require.NoError(t, err)
	require.Len(t, second.Changes, 21)
	require.Nil(t, second.Pagination.NextKey)
}

func TestQueriesRefuse(t *testing.T) {
	f := withPowers(t, 10)
	_, err := f.query.Institution(f.ctx, &types.QueryInstitutionRequest{Operator: operator(5).String()})
	require.ErrorIs(t, err, types.ErrUnknownInstitution)
	require.Equal(t, codes.NotFound, status.Code(err), "404 over REST")
	_, err = f.query.Institution(f.ctx, &types.QueryInstitutionRequest{Operator: "x"})
	require.ErrorIs(t, err, types.ErrInvalidAddress)
	_, err = f.query.LicenceHistory(f.ctx, &types.QueryLicenceHistoryRequest{Operator: operator(5).String()})
	require.ErrorIs(t, err, types.ErrUnknownInstitution)
	params, err := f.query.Params(f.ctx, &types.QueryParamsRequest{})
	require.NoError(t, err)
	require.EqualValues(t, 600, params.Params.SignedBlocksWindow)

	for name, ask := range map[string]func() error{
		"institution":  func() error { _, err := f.query.Institution(f.ctx, nil); return err },
		"institutions": func() error { _, err := f.query.Institutions(f.ctx, nil); return err },
		"validator":    func() error { _, err := f.query.Validator(f.ctx, nil); return err },
		"set":          func() error { _, err := f.query.ValidatorSet(f.ctx, nil); return err },
		"history":      func() error { _, err := f.query.LicenceHistory(f.ctx, nil); return err },
		"changes":      func() error { _, err := f.query.ScheduledChanges(f.ctx, nil); return err },
		"params":       func() error { _, err := f.query.Params(f.ctx, nil); return err },
	} {
		require.ErrorIs(t, ask(), types.ErrInvalidRequest, name)
	}
}
