package facade

import (
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/core/address"
	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"
	slashing "github.com/cosmos/cosmos-sdk/x/slashing/types"

	"github.com/creditd/creditd/x/institution/keeper"
	"github.com/creditd/creditd/x/institution/types"
)

// Slashing answers cosmos.slashing.v1beta1.Query.
type Slashing struct {
	keeper *keeper.Keeper
	// valcons encodes consensus addresses.
	valcons address.Codec
}

var _ slashing.QueryServer = Slashing{}

// NewSlashing with the codecs of validator and consensus addresses.
func NewSlashing(k *keeper.Keeper, _, consCodec address.Codec) Slashing {
	return Slashing{keeper: k, valcons: consCodec}
}

// Params implements slashing.QueryServer. Fractions are zero: nothing is slashed.
func (s Slashing) Params(ctx context.Context, _ *slashing.QueryParamsRequest) (*slashing.QueryParamsResponse, error) {
	params, err := s.keeper.GetParams(ctx)
	if err != nil {
		return nil, err
	}
	window, missable := int64(params.SignedBlocksWindow), int64(params.MaxMissedBlocks) //nolint:gosec // both at most 100,000
	toSign := math.LegacyNewDec(window - missable).QuoInt64(window)
	return &slashing.QueryParamsResponse{Params: slashing.NewParams(
		window, toSign, params.DowntimeJailDuration, math.LegacyZeroDec(), math.LegacyZeroDec(),
	)}, nil
}

// SigningInfo implements slashing.QueryServer, for any consensus address ever used.
func (s Slashing) SigningInfo(ctx context.Context, req *slashing.QuerySigningInfoRequest) (*slashing.QuerySigningInfoResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	consAddress, err := s.valcons.StringToBytes(req.ConsAddress)
	if err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "consensus address: %s", err)
	}
	key, err := s.keeper.ValidatorByConsensusAddress(ctx, consAddress)
	if err != nil {
		return nil, err
	}
	operator, err := s.keeper.AddressCodec().StringToBytes(key.Operator)
	if err != nil {
		return nil, err
	}
	info, err := s.info(ctx, operator, key)
	if err != nil {
		return nil, err
	}
	return &slashing.QuerySigningInfoResponse{ValSigningInfo: info}, nil
}

// SigningInfos implements slashing.QueryServer, of the keys in use.
func (s Slashing) SigningInfos(ctx context.Context, req *slashing.QuerySigningInfosRequest) (*slashing.QuerySigningInfosResponse, error) {
	if req == nil {
		return nil, emptyRequest()
	}
	infos, page, err := query.CollectionPaginate(ctx, s.keeper.Validators, keeper.BoundPage(req.Pagination),
		func(operator sdk.AccAddress, validator types.Validator) (slashing.ValidatorSigningInfo, error) {
			consAddress, err := types.ConsensusAddress(validator.ConsensusPubkey)
			if err != nil {
				return slashing.ValidatorSigningInfo{}, err
			}
			key, err := s.keeper.ValidatorByConsensusAddress(ctx, consAddress)
			if err != nil {
				return slashing.ValidatorSigningInfo{}, err
			}
			return s.info(ctx, operator, key)
		})
	if err != nil {
		return nil, err
	}
	return &slashing.QuerySigningInfosResponse{Info: infos, Pagination: page}, nil
}

func (s Slashing) info(ctx context.Context, operator sdk.AccAddress, key types.ConsensusKey) (slashing.ValidatorSigningInfo, error) {
	validator, err := s.keeper.GetValidator(ctx, operator)
	if err != nil {
		return slashing.ValidatorSigningInfo{}, err
	}
	address, err := s.valcons.BytesToString(key.Address)
	if err != nil {
		return slashing.ValidatorSigningInfo{}, err
	}
	info := slashing.ValidatorSigningInfo{
		Address:             address,
		StartHeight:         validator.JoinedHeight,
		JailedUntil:         validator.JailedUntil,
		Tombstoned:          key.Tombstoned,
		MissedBlocksCounter: int64(validator.MissedBlocks), //nolint:gosec // at most the window of 100,000
	}
	if validator.JoinedHeight > 0 {
		info.IndexOffset = sdk.UnwrapSDKContext(ctx).BlockHeight() - validator.JoinedHeight
	}
	return info, nil
}
