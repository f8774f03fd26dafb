package facade

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/core/address"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"
	distribution "github.com/cosmos/cosmos-sdk/x/distribution/types"

	"github.com/creditd/creditd/x/institution/keeper"
)

// Distribution answers cosmos.distribution.v1beta1.Query: there are no rewards, and no pool.
type Distribution struct {
	keeper *keeper.Keeper
	// accounts and valoper encode accounts and operators.
	accounts, valoper address.Codec
}

var _ distribution.QueryServer = Distribution{}

// NewDistribution with the codecs of account and validator addresses.
func NewDistribution(k *keeper.Keeper, accounts, valCodec address.Codec) Distribution {
	return Distribution{keeper: k, accounts: accounts, valoper: valCodec}
}

// Params implements distribution.QueryServer.
func (Distribution) Params(context.Context, *distribution.QueryParamsRequest) (*distribution.QueryParamsResponse, error) {
	none := math.LegacyZeroDec()
	return &distribution.QueryParamsResponse{Params: distribution.Params{
		CommunityTax: none, BaseProposerReward: none, BonusProposerReward: none, //nolint:staticcheck // deprecated, and null in JSON where left out
	}}, nil
}

// ValidatorDistributionInfo implements distribution.QueryServer.
func (d Distribution) ValidatorDistributionInfo(
	ctx context.Context, req *distribution.QueryValidatorDistributionInfoRequest,
) (*distribution.QueryValidatorDistributionInfoResponse, error) {
	operator, err := d.validator(ctx, req.GetValidatorAddress())
	if err != nil {
		return nil, err
	}
	account, err := d.accounts.BytesToString(operator)
	if err != nil {
		return nil, err
	}
	return &distribution.QueryValidatorDistributionInfoResponse{OperatorAddress: account}, nil
}

// ValidatorOutstandingRewards implements distribution.QueryServer.
func (d Distribution) ValidatorOutstandingRewards(
	ctx context.Context, req *distribution.QueryValidatorOutstandingRewardsRequest,
) (*distribution.QueryValidatorOutstandingRewardsResponse, error) {
	_, err := d.validator(ctx, req.GetValidatorAddress())
	return &distribution.QueryValidatorOutstandingRewardsResponse{}, err
}

// ValidatorCommission implements distribution.QueryServer.
func (d Distribution) ValidatorCommission(
	ctx context.Context, req *distribution.QueryValidatorCommissionRequest,
) (*distribution.QueryValidatorCommissionResponse, error) {
	_, err := d.validator(ctx, req.GetValidatorAddress())
	return &distribution.QueryValidatorCommissionResponse{}, err
}

// ValidatorSlashes implements distribution.QueryServer.
func (d Distribution) ValidatorSlashes(
	ctx context.Context, req *distribution.QueryValidatorSlashesRequest,
) (*distribution.QueryValidatorSlashesResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	_, err := d.validator(ctx, req.ValidatorAddress)
	return &distribution.QueryValidatorSlashesResponse{Pagination: &query.PageResponse{}}, err
}

// DelegationRewards implements distribution.QueryServer.
func (Distribution) DelegationRewards(context.Context, *distribution.QueryDelegationRewardsRequest) (*distribution.QueryDelegationRewardsResponse, error) {
	return nil, noDelegation()
}

// DelegationTotalRewards implements distribution.QueryServer.
func (Distribution) DelegationTotalRewards(
	context.Context, *distribution.QueryDelegationTotalRewardsRequest,
) (*distribution.QueryDelegationTotalRewardsResponse, error) {
	return &distribution.QueryDelegationTotalRewardsResponse{}, nil
}

// DelegatorValidators implements distribution.QueryServer.
func (Distribution) DelegatorValidators(
	context.Context, *distribution.QueryDelegatorValidatorsRequest,
) (*distribution.QueryDelegatorValidatorsResponse, error) {
	return &distribution.QueryDelegatorValidatorsResponse{}, nil
}

// DelegatorWithdrawAddress implements distribution.QueryServer: rewards, if there were any, would go to the account itself.
func (d Distribution) DelegatorWithdrawAddress(
	_ context.Context, req *distribution.QueryDelegatorWithdrawAddressRequest,
) (*distribution.QueryDelegatorWithdrawAddressResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	if _, err := d.accounts.StringToBytes(req.DelegatorAddress); err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "delegator address: %s", err)
	}
	return &distribution.QueryDelegatorWithdrawAddressResponse{WithdrawAddress: req.DelegatorAddress}, nil
}

// CommunityPool implements distribution.QueryServer.
func (Distribution) CommunityPool(context.Context, *distribution.QueryCommunityPoolRequest) (*distribution.QueryCommunityPoolResponse, error) {
	return &distribution.QueryCommunityPoolResponse{Pool: sdk.DecCoins{}}, nil
}

// ValidatorHistoricalRewards implements distribution.QueryServer.
func (Distribution) ValidatorHistoricalRewards(
	context.Context, *distribution.QueryValidatorHistoricalRewardsRequest,
) (*distribution.QueryValidatorHistoricalRewardsResponse, error) {
	return nil, noRewards()
}

// ValidatorCurrentRewards implements distribution.QueryServer.
func (Distribution) ValidatorCurrentRewards(
	context.Context, *distribution.QueryValidatorCurrentRewardsRequest,
) (*distribution.QueryValidatorCurrentRewardsResponse, error) {
	return nil, noRewards()
}

// DelegatorStartingInfo implements distribution.QueryServer.
func (Distribution) DelegatorStartingInfo(
	context.Context, *distribution.QueryDelegatorStartingInfoRequest,
) (*distribution.QueryDelegatorStartingInfoResponse, error) {
	return nil, noDelegation()
}

// validator of an address, which has to be one.
func (d Distribution) validator(ctx context.Context, text string) ([]byte, error) {
	operator, err := d.valoper.StringToBytes(text)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "validator address: %s", err)
	}
	_, err = d.keeper.GetValidator(ctx, operator)
	return operator, err
}

func noRewards() error {
	return status.Error(codes.NotFound, "nothing is staked on this chain, so nobody is rewarded")
}
