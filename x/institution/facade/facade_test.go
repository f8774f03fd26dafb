package facade_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"cosmossdk.io/math"

	"github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"
	distribution "github.com/cosmos/cosmos-sdk/x/distribution/types"
	mint "github.com/cosmos/cosmos-sdk/x/mint/types"
	slashing "github.com/cosmos/cosmos-sdk/x/slashing/types"
	staking "github.com/cosmos/cosmos-sdk/x/staking/types"

	"github.com/creditd/creditd/x/institution/facade"
	"github.com/creditd/creditd/x/institution/keeper"
	"github.com/creditd/creditd/x/institution/testutil"
	"github.com/creditd/creditd/x/institution/types"
)

type fixture struct {
	t        *testing.T
	ctx      sdk.Context
	k        *keeper.Keeper
	staking  facade.Staking
	slashing facade.Slashing
	valoper  address.Bech32Codec
	valcons  address.Bech32Codec
}

func newFixture(t *testing.T, powers ...int64) *fixture {
	ctx, k := testutil.NewKeeper(t)
	_, err := k.InitGenesis(ctx, testutil.Genesis(powers...))
	require.NoError(t, err)
	valoper, valcons := address.Bech32Codec{Bech32Prefix: "creditvaloper"}, address.Bech32Codec{Bech32Prefix: "creditvalcons"}
	return &fixture{t, ctx, k, facade.NewStaking(k, valoper, valcons), facade.NewSlashing(k, valoper, valcons), valoper, valcons}
}

func (f *fixture) valoperOf(n int) string {
	text, err := f.valoper.BytesToString(testutil.Operator(n))
	require.NoError(f.t, err)
	return text
}

func (f *fixture) valconsOf(n int) string {
	consAddress, err := types.ConsensusAddress(testutil.KeyOf(n))
	require.NoError(f.t, err)
	text, err := f.valcons.BytesToString(consAddress)
	require.NoError(f.t, err)
	return text
}

// suspend institution n and end the block.
func (f *fixture) suspend(n int) {
	_, err := keeper.NewMsgServer(f.k).Suspend(f.ctx, &types.MsgSuspend{
		Authority: f.k.Authority(), Operator: testutil.Operator(n).String(), Reason: types.REASON_BREACH,
	})
	require.NoError(f.t, err)
	_, err = f.k.EndBlock(f.ctx)
	require.NoError(f.t, err)
}

func TestValidators(t *testing.T) {
	f := newFixture(t, 10, 20, 30, 0)
	f.suspend(0)
	all, err := f.staking.Validators(f.ctx, &staking.QueryValidatorsRequest{})
	require.NoError(t, err)
	require.Len(t, all.Validators, 3)
	bonded, err := f.staking.Validators(f.ctx, &staking.QueryValidatorsRequest{Status: "BOND_STATUS_BONDED"})
	require.NoError(t, err)
	require.Len(t, bonded.Validators, 2)
	unbonded, err := f.staking.Validators(f.ctx, &staking.QueryValidatorsRequest{Status: "BOND_STATUS_UNBONDED"})
	require.NoError(t, err)
	require.Len(t, unbonded.Validators, 1)
	require.Equal(t, math.NewInt(10_000_000), unbonded.Validators[0].Tokens)
	_, err = f.staking.Validators(f.ctx, &staking.QueryValidatorsRequest{Status: "bonded"})
	require.Equal(t, codes.InvalidArgument, status.Code(err))

	one, err := f.staking.Validator(f.ctx, &staking.QueryValidatorRequest{ValidatorAddr: f.valoperOf(2)})
	require.NoError(t, err)
	require.Equal(t, "Bank 2", one.Validator.Description.Moniker)
	require.Equal(t, staking.Bonded, one.Validator.Status)
	consAddress, err := one.Validator.GetConsAddr()
	require.NoError(t, err, "the key is unpacked")
	text, err := f.valcons.BytesToString(consAddress)
	require.NoError(t, err)
	require.Equal(t, f.valconsOf(2), text)
	bz, err := testutil.Codec().MarshalJSON(all)
	require.NoError(t, err)
	require.Contains(t, string(bz), "/cosmos.crypto.ed25519.PubKey")

	_, err = f.staking.Validator(f.ctx, &staking.QueryValidatorRequest{ValidatorAddr: f.valoperOf(3)})
	require.Equal(t, codes.NotFound, status.Code(err), "a furnisher only")
	_, err = f.staking.Validator(f.ctx, &staking.QueryValidatorRequest{ValidatorAddr: testutil.Operator(0).String()})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
}

func TestMemberIsShownWithTheKeyThatCometBFTKnows(t *testing.T) {
	f := newFixture(t, 10, 10, 10)
	_, err := keeper.NewMsgServer(f.k).RotateConsensusKey(f.ctx, &types.MsgRotateConsensusKey{
		Operator: testutil.Operator(0).String(), ConsensusPubkey: testutil.Key("new"),
	})
	require.NoError(t, err)
	before, err := f.staking.Validator(f.ctx, &staking.QueryValidatorRequest{ValidatorAddr: f.valoperOf(0)})
	require.NoError(t, err)
	require.Equal(t, testutil.KeyOf(0).Value, before.Validator.ConsensusPubkey.Value)
	_, err = f.k.EndBlock(f.ctx)
	require.NoError(t, err)
	after, err := f.staking.Validator(f.ctx, &staking.QueryValidatorRequest{ValidatorAddr: f.valoperOf(0)})
	require.NoError(t, err)
	require.Equal(t, testutil.Key("new").Value, after.Validator.ConsensusPubkey.Value)
}

func TestValidatorPagesAreBounded(t *testing.T) {
	powers := make([]int64, 130)
	for n := range powers {
		powers[n] = 1
	}
	f := newFixture(t, powers...)
	page, err := f.staking.Validators(f.ctx, &staking.QueryValidatorsRequest{Pagination: &query.PageRequest{Limit: 300}})
	require.NoError(t, err)
	require.Len(t, page.Validators, 100)
	rest, err := f.staking.Validators(f.ctx, &staking.QueryValidatorsRequest{Pagination: &query.PageRequest{Key: page.Pagination.NextKey}})
	require.NoError(t, err)
	require.Len(t, rest.Validators, 30)
	infos, err := f.slashing.SigningInfos(f.ctx, &slashing.QuerySigningInfosRequest{Pagination: &query.PageRequest{Limit: 300}})
	require.NoError(t, err)
	require.Len(t, infos.Info, 100)
}

func TestPoolParamsAndWhatThereIsNot(t *testing.T) {
	f := newFixture(t, 10, 20)
	pool, err := f.staking.Pool(f.ctx, &staking.QueryPoolRequest{})
	require.NoError(t, err)
	require.Equal(t, math.NewInt(30_000_000), pool.Pool.BondedTokens)
	params, err := f.staking.Params(f.ctx, &staking.QueryParamsRequest{})
	require.NoError(t, err)
	require.Equal(t, facade.Denom, params.Params.BondDenom)
	_, err = testutil.Codec().MarshalJSON(params)
	require.NoError(t, err)

	_, err = f.staking.HistoricalInfo(f.ctx, &staking.QueryHistoricalInfoRequest{Height: 1})
	require.Equal(t, codes.Unimplemented, status.Code(err))
	require.ErrorContains(t, err, "/creditd/institution/v1/validator_set")
	delegations, err := f.staking.DelegatorDelegations(f.ctx, &staking.QueryDelegatorDelegationsRequest{})
	require.NoError(t, err)
	require.Empty(t, delegations.DelegationResponses)
	_, err = f.staking.Delegation(f.ctx, &staking.QueryDelegationRequest{})
	require.Equal(t, codes.NotFound, status.Code(err))

	_, err = f.staking.Validators(f.ctx, nil)
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = f.staking.Validator(f.ctx, nil)
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = f.slashing.SigningInfo(f.ctx, nil)
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = f.slashing.SigningInfos(f.ctx, nil)
	require.Equal(t, codes.InvalidArgument, status.Code(err))
}

func TestSigningInfo(t *testing.T) {
	f := newFixture(t, 10, 20)
	params, err := f.slashing.Params(f.ctx, &slashing.QueryParamsRequest{})
	require.NoError(t, err)
	require.EqualValues(t, 600, params.Params.SignedBlocksWindow)
	require.Equal(t, math.LegacyMustNewDecFromStr("0.5"), params.Params.MinSignedPerWindow)
	require.True(t, params.Params.SlashFractionDoubleSign.IsZero())

	f.ctx = f.ctx.WithBlockHeight(11)
	info, err := f.slashing.SigningInfo(f.ctx, &slashing.QuerySigningInfoRequest{ConsAddress: f.valconsOf(1)})
	require.NoError(t, err)
	require.Equal(t, slashing.ValidatorSigningInfo{
		Address: f.valconsOf(1), StartHeight: 1, IndexOffset: 10, JailedUntil: types.MinTime,
	}, info.ValSigningInfo)
	infos, err := f.slashing.SigningInfos(f.ctx, &slashing.QuerySigningInfosRequest{})
	require.NoError(t, err)
	require.Len(t, infos.Info, 2)
	_, err = f.slashing.SigningInfo(f.ctx, &slashing.QuerySigningInfoRequest{ConsAddress: f.valconsOf(5)})
	require.Equal(t, codes.NotFound, status.Code(err))
	_, err = f.slashing.SigningInfo(f.ctx, &slashing.QuerySigningInfoRequest{ConsAddress: "x"})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
}

func TestNothingIsMintedOrDistributed(t *testing.T) {
	f := newFixture(t, 10, 20)
	accounts := address.Bech32Codec{Bech32Prefix: sdk.GetConfig().GetBech32AccountAddrPrefix()}
	d := facade.NewDistribution(f.k, accounts, f.valoper)
	inflation, err := facade.Mint{}.Inflation(f.ctx, &mint.QueryInflationRequest{})
	require.NoError(t, err)
	require.True(t, inflation.Inflation.IsZero())
	provisions, err := facade.Mint{}.AnnualProvisions(f.ctx, &mint.QueryAnnualProvisionsRequest{})
	require.NoError(t, err)
	require.True(t, provisions.AnnualProvisions.IsZero())
	minted, err := facade.Mint{}.Params(f.ctx, &mint.QueryParamsRequest{})
	require.NoError(t, err)
	_, err = testutil.Codec().MarshalJSON(minted)
	require.NoError(t, err, "no amount is missing")
	params, err := d.Params(f.ctx, &distribution.QueryParamsRequest{})
	require.NoError(t, err)
	_, err = testutil.Codec().MarshalJSON(params)
	require.NoError(t, err)
	pool, err := d.CommunityPool(f.ctx, &distribution.QueryCommunityPoolRequest{})
	require.NoError(t, err)
	require.Empty(t, pool.Pool)

	info, err := d.ValidatorDistributionInfo(f.ctx, &distribution.QueryValidatorDistributionInfoRequest{ValidatorAddress: f.valoperOf(1)})
	require.NoError(t, err)
	require.Equal(t, testutil.Operator(1).String(), info.OperatorAddress)
	commission, err := d.ValidatorCommission(f.ctx, &distribution.QueryValidatorCommissionRequest{ValidatorAddress: f.valoperOf(1)})
	require.NoError(t, err)
	require.Empty(t, commission.Commission.Commission)
	_, err = d.ValidatorCommission(f.ctx, &distribution.QueryValidatorCommissionRequest{ValidatorAddress: f.valoperOf(5)})
	require.Equal(t, codes.NotFound, status.Code(err))
	_, err = d.ValidatorOutstandingRewards(f.ctx, nil)
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = d.ValidatorSlashes(f.ctx, nil)
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	withdraw, err := d.DelegatorWithdrawAddress(f.ctx, &distribution.QueryDelegatorWithdrawAddressRequest{DelegatorAddress: testutil.Operator(1).String()})
	require.NoError(t, err)
	require.Equal(t, testutil.Operator(1).String(), withdraw.WithdrawAddress)
	_, err = d.DelegatorWithdrawAddress(f.ctx, &distribution.QueryDelegatorWithdrawAddressRequest{DelegatorAddress: "x"})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
	_, err = d.ValidatorCurrentRewards(f.ctx, &distribution.QueryValidatorCurrentRewardsRequest{})
	require.Equal(t, codes.NotFound, status.Code(err))
}
