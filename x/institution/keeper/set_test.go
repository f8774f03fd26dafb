package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"

	"github.com/creditd/creditd/x/institution/types"
)

func TestFirstSetIsEveryEntitledInstitution(t *testing.T) {
	f := withPowers(t, 10, 1000, 1, 0)
	require.Equal(t, 3, f.set.Size())
	require.EqualValues(t, 1011, f.set.TotalVotingPower())
	f.block()
	require.Empty(t, f.updates)
}

func TestSuspendedValidatorLeavesInTheSameBlock(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 10)
	f.begin(5)
	require.NoError(t, f.suspend(1))
	_, err := f.k.RequireRole(f.ctx, operator(1))
	require.ErrorIs(t, err, types.ErrNotLicensed)
	f.end()
	require.EqualValues(t, 0, f.power(1))
	require.Len(t, f.updates, 1)
	require.Equal(t, 1, f.events(&types.EventValidatorPower{}))
	require.Zero(t, f.validator(1).JoinedHeight)

	f.begin(5)
	require.NoError(t, f.reinstate(1))
	f.end()
	require.EqualValues(t, 10, f.power(1))
	require.Equal(t, f.ctx.BlockHeight(), f.validator(1).JoinedHeight)
}

func TestLargeChangesAreSteppedDownAndUp(t *testing.T) {
	f := withPowers(t, 100, 10, 10, 10)
	f.begin(5)
	require.NoError(t, f.suspend(0))
	f.end()
	require.EqualValues(t, 100-130/3, f.power(0), "a third of 130 leaves")
	f.block()
	require.EqualValues(t, 57-87/3, f.power(0))
	f.blocks(3)
	require.EqualValues(t, 0, f.power(0))

	f.begin(5)
	require.NoError(t, f.reinstate(0))
	f.end()
	require.EqualValues(t, 10, f.power(0), "a third of 30 joins")
	f.blocks(6)
	require.EqualValues(t, 100, f.power(0))
	f.block()
	require.Empty(t, f.updates)
}

func TestRemovalsComeBeforeAdditionsAndBothAreBounded(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 10)
	f.begin(5)
	require.NoError(t, f.suspend(2))
	require.NoError(t, f.suspend(3))
	require.NoError(t, f.register(9, 1000))
	f.end()
	require.EqualValues(t, 0, f.power(2))
	require.EqualValues(t, 7, f.power(3), "13 may leave: 10 and 3")
	require.EqualValues(t, 13, f.power(9))
}

func TestLastValidatorCannotBeVotedOut(t *testing.T) {
	f := withPowers(t, 10, 10, 0)
	f.begin(5)
	require.NoError(t, f.suspend(0))
	f.end()
	f.begin(5)
	require.ErrorIs(t, f.suspend(1), types.ErrLastValidator)
	_, err := f.msg.Revoke(f.ctx, &types.MsgRevoke{Authority: f.k.Authority(), Operator: operator(1).String(), Reason: types.REASON_VOTE})
	require.ErrorIs(t, err, types.ErrLastValidator)
	_, err = f.msg.Amend(f.ctx, &types.MsgAmend{
		Authority: f.k.Authority(), Operator: operator(1).String(), Roles: []types.Role{types.ROLE_FURNISHER}, ValidUntil: start.AddDate(2, 0, 0),
	})
	require.ErrorIs(t, err, types.ErrLastValidator)
	require.Equal(t, types.LICENCE_STATUS_ACTIVE, f.institution(1).Status)
	require.NoError(t, f.suspend(2), "a furnisher is not needed for the set")
	f.end()
}

func TestLastValidatorIsRetainedWhenItsLicenceExpires(t *testing.T) {
	f := withPowers(t, 10)
	f.begin(370 * 24 * 3600)
	f.end()
	require.Equal(t, types.LICENCE_STATUS_EXPIRED, f.institution(0).Status)
	_, err := f.k.RequireRole(f.ctx, operator(0))
	require.ErrorIs(t, err, types.ErrNotLicensed)
	require.Equal(t, 1, f.events(&types.EventValidatorRetained{}))
	require.EqualValues(t, 10, f.power(0))

	f.block()
	require.Zero(t, f.events(&types.EventValidatorRetained{}), "said once")
	require.Empty(t, f.updates)

	f.begin(5)
	require.NoError(t, f.suspend(0), "it has no right to be a validator any more, so nothing is taken from the set")
	require.NoError(t, f.register(9, 10))
	f.end()
	require.EqualValues(t, 3, f.power(9))
	f.blocks(12)
	require.EqualValues(t, 0, f.power(0))
	require.EqualValues(t, 10, f.power(9))
}

func TestRetainedValidatorThatIsAmendedStays(t *testing.T) {
	f := withPowers(t, 10)
	f.begin(370 * 24 * 3600)
	f.end()
	f.begin(5)
	_, err := f.msg.Amend(f.ctx, &types.MsgAmend{
		Authority: f.k.Authority(), Operator: operator(0).String(), Power: 10,
		Roles: f.institution(0).Roles, ValidUntil: f.ctx.BlockTime().AddDate(1, 0, 0),
	})
	require.NoError(t, err)
	f.end()
	member, err := f.k.SetMembers.Get(f.ctx, operator(0))
	require.NoError(t, err)
	require.False(t, member.Retained)
	require.Empty(t, f.updates)
}

func TestManyExpireAtOnceAndOneStays(t *testing.T) {
	f := withPowers(t, 10, 1, 1, 1)
	f.begin(370 * 24 * 3600)
	f.end()
	f.blocks(20)
	require.Equal(t, 1, f.set.Size())
	member, err := f.k.SetMembers.Get(f.ctx, operator(3))
	require.NoError(t, err)
	require.True(t, member.Retained, "the last in the order of operators")
}

func TestLicenceStartsAtItsTime(t *testing.T) {
	f := withPowers(t, 10, 10, 10)
	f.begin(5)
	msg := f.registration(9, 5)
	msg.ValidFrom = f.ctx.BlockTime().Add(time.Minute)
	_, err := f.msg.Register(f.ctx, msg)
	require.NoError(t, err)
	f.end()
	require.EqualValues(t, 0, f.power(9))
	_, err = f.k.RequireRole(f.ctx, operator(9))
	require.ErrorIs(t, err, types.ErrNotLicensed)
	require.ErrorContains(t, err, "starts at")

	f.begin(60)
	_, err = f.k.RequireRole(f.ctx, operator(9), types.ROLE_FURNISHER)
	require.NoError(t, err)
	f.end()
	require.EqualValues(t, 5, f.power(9))
}

func TestRightsEndBeforeTheQueueIsWorkedOff(t *testing.T) {
	f := newFixture(t)
	state := types.DefaultGenesis()
	state.Params.QueueCap = 1
	for n := range 4 {
		state.Institutions = append(state.Institutions, genesisInstitution(n, 10))
	}
	f.init(state)
	f.blocks(4) // the queue sees each start once
	f.begin(370 * 24 * 3600)
	_, err := f.k.RequireRole(f.ctx, operator(3))
	require.ErrorIs(t, err, types.ErrNotLicensed)
	f.end()
	require.Equal(t, types.LICENCE_STATUS_EXPIRED, f.institution(0).Status)
	require.Equal(t, types.LICENCE_STATUS_ACTIVE, f.institution(1).Status, "one a block")
	f.blocks(3)
	require.Equal(t, types.LICENCE_STATUS_EXPIRED, f.institution(3).Status)
}

func TestRotationSwapsBothKeysInOneBlock(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 10)
	f.begin(5)
	require.NoError(t, f.rotate(0, key("new")))
	require.Equal(t, 1, f.events(&types.EventConsensusKeyRotated{}))
	f.end()
	require.Len(t, f.updates, 2)
	_, old := f.set.GetByAddress(consAddress(keyOf(0)))
	require.Nil(t, old)
	_, replaced := f.set.GetByAddress(consAddress(key("new")))
	require.EqualValues(t, 10, replaced.VotingPower)
}

func TestRotationOfTheOnlyValidatorIsAllowed(t *testing.T) {
	f := withPowers(t, 10)
	f.begin(5)
	require.NoError(t, f.rotate(0, key("new")))
	f.end()
	require.Equal(t, 1, f.set.Size())
	require.True(t, f.set.HasAddress(consAddress(key("new"))))
}

func TestOneLargeRotationABlock(t *testing.T) {
	f := withPowers(t, 10, 10)
	f.begin(5)
	require.NoError(t, f.rotate(0, key("new 0")))
	require.NoError(t, f.rotate(1, key("new 1")))
	f.end()
	require.True(t, f.set.HasAddress(consAddress(key("new 0"))))
	require.True(t, f.set.HasAddress(consAddress(keyOf(1))), "its turn is the next block")
	f.block()
	require.True(t, f.set.HasAddress(consAddress(key("new 1"))))
}

func TestSwapsShareTheBound(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 10, 10, 10)
	f.begin(5)
	for n := range 3 {
		require.NoError(t, f.rotate(n, key(fmt.Sprintf("new %d", n))))
	}
	f.end()
	require.Len(t, f.updates, 4, "a third of 60 is two swaps")
	f.block()
	require.Len(t, f.updates, 2)
}

func TestLargeRotationWaitsForARemoval(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 10)
	f.begin(5)
	require.NoError(t, f.suspend(3))
	require.NoError(t, f.rotate(0, key("new")))
	f.end()
	require.EqualValues(t, 0, f.power(3))
	require.True(t, f.set.HasAddress(consAddress(keyOf(0))))
	f.block()
	require.True(t, f.set.HasAddress(consAddress(key("new"))))
}

func TestRotationWhileSuspendedTakesEffectOnReinstatement(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 10)
	f.begin(5)
	require.NoError(t, f.suspend(0))
	f.end()
	f.begin(5)
	require.NoError(t, f.rotate(0, key("new")))
	f.end()
	require.Empty(t, f.updates)
	f.begin(5)
	require.NoError(t, f.reinstate(0))
	f.end()
	require.True(t, f.set.HasAddress(consAddress(key("new"))))
}

func TestKeyTypeOutOfTheConsensusParametersGetsNoPower(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 10)
	onlyMlDsa := f.ctx.ConsensusParams()
	onlyMlDsa.Validator = &cmtproto.ValidatorParams{PubKeyTypes: []string{"ml_dsa_65"}}
	f.ctx = f.ctx.WithConsensusParams(onlyMlDsa)
	f.begin(5)
	require.ErrorIs(t, f.register(9, 10), types.ErrInvalidConsensus)
	_, err := f.msg.Amend(f.ctx, &types.MsgAmend{
		Authority: f.k.Authority(), Operator: operator(0).String(), Power: 20,
		Roles: f.institution(0).Roles, ValidUntil: start.AddDate(1, 0, 0),
	})
	require.NoError(t, err)
	f.end()
	require.Empty(t, f.updates, "an update of such a key would halt CometBFT")
	f.begin(5)
	require.NoError(t, f.suspend(1))
	f.end()
	require.EqualValues(t, 0, f.power(1), "but its removal does not")
}

func TestDroppingTheRoleRemovesTheValidator(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 10)
	f.begin(5)
	_, err := f.msg.Amend(f.ctx, &types.MsgAmend{
		Authority: f.k.Authority(), Operator: operator(0).String(), Roles: []types.Role{types.ROLE_FURNISHER}, ValidUntil: start.AddDate(1, 0, 0),
	})
	require.NoError(t, err)
	f.end()
	require.EqualValues(t, 0, f.power(0))
	_, err = f.k.GetValidator(f.ctx, operator(0))
	require.ErrorIs(t, err, types.ErrNotValidator)
	answer, err := f.query.Validator(f.ctx, &types.QueryValidatorRequest{ConsensusAddress: hexOf(consAddress(keyOf(0)))})
	require.NoError(t, err)
	require.Equal(t, operator(0).String(), answer.Validator.Operator)
	require.False(t, answer.Current)
}
