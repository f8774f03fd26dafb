// Package facade answers the queries of cosmos.staking, cosmos.slashing, cosmos.mint and cosmos.distribution (v1beta1) from
// licences and the validator set, read-only, for explorers and monitors that expect every Cosmos chain to have stake. There
// is none: tokens are voting power times 10^6, there are no delegations, nothing is slashed, minted or distributed.
package facade

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/address"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"
	staking "github.com/cosmos/cosmos-sdk/x/staking/types"

	"github.com/creditd/creditd/x/institution/keeper"
	"github.com/creditd/creditd/x/institution/types"
)

const (
	// TokensPerPower is what explorers divide by to show power (the SDK's default power reduction).
	TokensPerPower = 1_000_000
	// Denom of tokens in answers. No such coin exists.
	Denom = "upower"
	// maxValidators in Params: nothing limits the set but the members' vote.
	maxValidators = 1000
)

// Staking answers cosmos.staking.v1beta1.Query.
type Staking struct {
	keeper *keeper.Keeper
	// valoper encodes operators.
	valoper address.Codec
}

var _ staking.QueryServer = Staking{}

// NewStaking with the codecs of validator and consensus addresses; of the latter these answers hold none.
func NewStaking(k *keeper.Keeper, valCodec, _ address.Codec) Staking {
	return Staking{keeper: k, valoper: valCodec}
}

// Validators implements staking.QueryServer.
func (s Staking) Validators(ctx context.Context, req *staking.QueryValidatorsRequest) (*staking.QueryValidatorsResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	if err := checkStatus(req.Status); err != nil {
		return nil, err
	}
	validators, page, err := query.CollectionFilteredPaginate(ctx, s.keeper.Validators, keeper.BoundPage(req.Pagination),
		func(operator sdk.AccAddress, _ types.Validator) (bool, error) {
			if req.Status == "" {
				return true, nil
			}
			bonded, err := s.keeper.SetMembers.Has(ctx, operator)
			return bondStatus(bonded).String() == req.Status, err
		},
		func(operator sdk.AccAddress, validator types.Validator) (staking.Validator, error) {
			return s.validator(ctx, operator, validator)
		})
	if err != nil {
		return nil, err
	}
	return &staking.QueryValidatorsResponse{Validators: validators, Pagination: page}, nil
}

func checkStatus(text string) error {
	switch text {
	case "", staking.Bonded.String(), staking.Unbonding.String(), staking.Unbonded.String():
		return nil
	default:
		return status.Errorf(codes.InvalidArgument, "status %.64q; give %s, %s or nothing", text, staking.Bonded, staking.Unbonded)
	}
}

// Validator implements staking.QueryServer.
func (s Staking) Validator(ctx context.Context, req *staking.QueryValidatorRequest) (*staking.QueryValidatorResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	operator, err := s.valoper.StringToBytes(req.ValidatorAddr)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "validator address: %s", err)
	}
	validator, err := s.keeper.GetValidator(ctx, operator)
	if err != nil {
		return nil, err
	}
	answer, err := s.validator(ctx, operator, validator)
	if err != nil {
		return nil, err
	}
	return &staking.QueryValidatorResponse{Validator: answer}, nil
}

// validator shows a member with the key and power that CometBFT knows, and others with those that they were granted.
func (s Staking) validator(ctx context.Context, operator sdk.AccAddress, validator types.Validator) (staking.Validator, error) {
	institution, err := s.keeper.GetInstitution(ctx, operator)
	if err != nil {
		return staking.Validator{}, err
	}
	valoper, err := s.valoper.BytesToString(operator)
	if err != nil {
		return staking.Validator{}, err
	}
	key, power := validator.ConsensusPubkey, validator.Power
	member, err := s.keeper.SetMembers.Get(ctx, operator)
	bonded := err == nil
	if err != nil && !errors.Is(err, collections.ErrNotFound) {
		return staking.Validator{}, err
	}
	if bonded {
		key, power = member.ConsensusPubkey, member.Power
	}
	tokens := math.NewInt(power).MulRaw(TokensPerPower)
	none := math.LegacyZeroDec()
	return staking.Validator{
		OperatorAddress:   valoper,
		ConsensusPubkey:   key,
		Jailed:            validator.Jailed,
		Status:            bondStatus(bonded),
		Tokens:            tokens,
		DelegatorShares:   math.LegacyNewDecFromInt(tokens),
		Description:       staking.Description{Moniker: institution.Name},
		UnbondingTime:     types.MinTime,
		Commission:        staking.NewCommissionWithTime(none, none, none, institution.ValidFrom),
		MinSelfDelegation: math.ZeroInt(),
	}, nil
}

func bondStatus(bonded bool) staking.BondStatus {
	if bonded {
		return staking.Bonded
	}
	return staking.Unbonded
}

// Pool implements staking.QueryServer.
func (s Staking) Pool(ctx context.Context, _ *staking.QueryPoolRequest) (*staking.QueryPoolResponse, error) {
	members, err := s.keeper.Members(ctx)
	if err != nil {
		return nil, err
	}
	bonded := math.ZeroInt()
	for _, member := range members {
		bonded = bonded.Add(math.NewInt(member.Power).MulRaw(TokensPerPower))
	}
	return &staking.QueryPoolResponse{Pool: staking.NewPool(math.ZeroInt(), bonded)}, nil
}

// Params implements staking.QueryServer.
func (s Staking) Params(context.Context, *staking.QueryParamsRequest) (*staking.QueryParamsResponse, error) {
	return &staking.QueryParamsResponse{Params: staking.Params{
		MaxValidators:     maxValidators,
		BondDenom:         Denom,
		MinCommissionRate: math.LegacyZeroDec(),
		KeyRotationFee:    sdk.NewInt64Coin(Denom, 0),
	}}, nil
}

// HistoricalInfo implements staking.QueryServer.
func (Staking) HistoricalInfo(context.Context, *staking.QueryHistoricalInfoRequest) (*staking.QueryHistoricalInfoResponse, error) {
	return nil, status.Error(codes.Unimplemented, "this chain keeps no staking history; the set of a height is at "+
		"/cosmos/base/tendermint/v1beta1/validatorsets/{height}, the present one with operators at /creditd/institution/v1/validator_set")
}

// ValidatorDelegations implements staking.QueryServer.
func (Staking) ValidatorDelegations(context.Context, *staking.QueryValidatorDelegationsRequest) (*staking.QueryValidatorDelegationsResponse, error) {
	return &staking.QueryValidatorDelegationsResponse{Pagination: &query.PageResponse{}}, nil
}

// ValidatorUnbondingDelegations implements staking.QueryServer.
func (Staking) ValidatorUnbondingDelegations(
	context.Context, *staking.QueryValidatorUnbondingDelegationsRequest,
) (*staking.QueryValidatorUnbondingDelegationsResponse, error) {
	return &staking.QueryValidatorUnbondingDelegationsResponse{Pagination: &query.PageResponse{}}, nil
}

// Delegation implements staking.QueryServer.
func (Staking) Delegation(context.Context, *staking.QueryDelegationRequest) (*staking.QueryDelegationResponse, error) {
	return nil, noDelegation()
}

// UnbondingDelegation implements staking.QueryServer.
func (Staking) UnbondingDelegation(context.Context, *staking.QueryUnbondingDelegationRequest) (*staking.QueryUnbondingDelegationResponse, error) {
	return nil, noDelegation()
}

// DelegatorDelegations implements staking.QueryServer.
func (Staking) DelegatorDelegations(context.Context, *staking.QueryDelegatorDelegationsRequest) (*staking.QueryDelegatorDelegationsResponse, error) {
	return &staking.QueryDelegatorDelegationsResponse{Pagination: &query.PageResponse{}}, nil
}

// DelegatorUnbondingDelegations implements staking.QueryServer.
func (Staking) DelegatorUnbondingDelegations(
	context.Context, *staking.QueryDelegatorUnbondingDelegationsRequest,
) (*staking.QueryDelegatorUnbondingDelegationsResponse, error) {
	return &staking.QueryDelegatorUnbondingDelegationsResponse{Pagination: &query.PageResponse{}}, nil
}

// Redelegations implements staking.QueryServer.
func (Staking) Redelegations(context.Context, *staking.QueryRedelegationsRequest) (*staking.QueryRedelegationsResponse, error) {
	return &staking.QueryRedelegationsResponse{Pagination: &query.PageResponse{}}, nil
}

// DelegatorValidators implements staking.QueryServer.
func (Staking) DelegatorValidators(context.Context, *staking.QueryDelegatorValidatorsRequest) (*staking.QueryDelegatorValidatorsResponse, error) {
	return &staking.QueryDelegatorValidatorsResponse{Pagination: &query.PageResponse{}}, nil
}

// DelegatorValidator implements staking.QueryServer.
func (Staking) DelegatorValidator(context.Context, *staking.QueryDelegatorValidatorRequest) (*staking.QueryDelegatorValidatorResponse, error) {
	return nil, noDelegation()
}

func noDelegation() error {
	return status.Error(codes.NotFound, "there is no delegation on this chain: validators are licensed institutions, see /creditd/institution/v1/institutions")
}

func emptyRequest() error { return status.Error(codes.InvalidArgument, "the request is empty") }
