package facade

import (
	"context"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
	mint "github.com/cosmos/cosmos-sdk/x/mint/types"
)

// Mint answers cosmos.mint.v1beta1.Query: nothing is minted.
type Mint struct{}

var _ mint.QueryServer = Mint{}

// blocksPerYear is what explorers divide by, at a block a second.
const blocksPerYear = 365 * 24 * 60 * 60

// Params implements mint.QueryServer.
func (Mint) Params(context.Context, *mint.QueryParamsRequest) (*mint.QueryParamsResponse, error) {
	none := math.LegacyZeroDec()
	return &mint.QueryParamsResponse{Params: mint.Params{
		MintDenom: sdk.DefaultBondDenom, InflationRateChange: none, InflationMax: none, InflationMin: none, GoalBonded: math.LegacyOneDec(),
		BlocksPerYear: blocksPerYear, MaxSupply: math.ZeroInt(),
	}}, nil
}

// Inflation implements mint.QueryServer.
func (Mint) Inflation(context.Context, *mint.QueryInflationRequest) (*mint.QueryInflationResponse, error) {
	return &mint.QueryInflationResponse{Inflation: math.LegacyZeroDec()}, nil
}

// AnnualProvisions implements mint.QueryServer.
func (Mint) AnnualProvisions(context.Context, *mint.QueryAnnualProvisionsRequest) (*mint.QueryAnnualProvisionsResponse, error) {
	return &mint.QueryAnnualProvisionsResponse{AnnualProvisions: math.LegacyZeroDec()}, nil
}
