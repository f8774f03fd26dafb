package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/core/comet"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	"github.com/creditd/creditd/x/institution/types"
)

// withWindow starts four validators with a short window.
func withWindow(t testing.TB, window, missed uint64) *fixture {
	f := newFixture(t)
	state := types.DefaultGenesis()
	state.Params.SignedBlocksWindow, state.Params.MaxMissedBlocks, state.Params.Timelock = window, missed, 0
	for n := range 4 {
		state.Institutions = append(state.Institutions, genesisInstitution(n, 10))
	}
	f.init(state)
	return f
}

func (f *fixture) setAbsent(n int, absent bool) {
	f.absent[string(consAddress(f.validator(n).ConsensusPubkey))] = absent
}

func TestMissedBlocksSlideWithTheWindow(t *testing.T) {
	f := withWindow(t, 10, 9)
	f.setAbsent(0, true)
	f.blocks(4)
	require.EqualValues(t, 4, f.validator(0).MissedBlocks)
	f.setAbsent(0, false)
	f.blocks(6)
	require.EqualValues(t, 4, f.validator(0).MissedBlocks)
	f.blocks(3)
	require.EqualValues(t, 1, f.validator(0).MissedBlocks, "the oldest slots are overwritten")
	f.blocks(1)
	require.Zero(t, f.validator(0).MissedBlocks)
	require.Zero(t, f.validator(1).MissedBlocks)
}

func TestDowntimeJailsAndUnjailReturns(t *testing.T) {
	f := withWindow(t, 10, 3)
	require.ErrorIs(t, f.unjail(0), types.ErrNotJailed)
	f.setAbsent(0, true)
	f.blocks(3)
	require.False(t, f.validator(0).Jailed)
	f.block()
	jailed := f.validator(0)
	require.True(t, jailed.Jailed)
	require.Equal(t, f.ctx.BlockTime().Add(10*time.Minute), jailed.JailedUntil)
	require.Zero(t, jailed.MissedBlocks)
	require.EqualValues(t, 0, f.power(0))
	require.Equal(t, 1, f.events(&types.EventJailed{}))

	f.begin(5)
	require.ErrorIs(t, f.unjail(0), types.ErrStillJailed)
	f.end()
	f.begin(600)
	require.ErrorIs(t, f.unjail(9), types.ErrUnknownInstitution)
	require.NoError(t, f.unjail(0))
	require.Equal(t, 1, f.events(&types.EventUnjailed{}))
	f.end()
	require.EqualValues(t, 10, f.power(0))
	require.False(t, f.validator(0).Jailed)
	f.setAbsent(0, false)
	f.blocks(3)
	require.EqualValues(t, 10, f.power(0))
}

func TestUnjailNeedsALicenceAndACleanKey(t *testing.T) {
	f := withWindow(t, 10, 3)
	f.setAbsent(0, true)
	f.blocks(4)
	f.begin(600)
	require.NoError(t, f.suspend(0))
	require.ErrorIs(t, f.unjail(0), types.ErrNotLicensed)
	require.NoError(t, f.reinstate(0))
	f.end()

	f.evidence = []misbehaviour{{comet.DuplicateVote, consAddress(keyOf(0))}}
	f.begin(5)
	require.NoError(t, f.reinstate(0))
	require.ErrorIs(t, f.unjail(0), types.ErrTombstoned)
	require.NoError(t, f.rotate(0, key("clean")))
	require.NoError(t, f.unjail(0))
	f.end()
	require.True(t, f.set.HasAddress(consAddress(key("clean"))))
}

func TestLastValidatorWithPowerIsNeverJailed(t *testing.T) {
	f := withWindow(t, 10, 3)
	for n := range 4 {
		f.setAbsent(n, true)
	}
	f.blocks(30)
	jailed := 0
	for n := range 4 {
		if f.validator(n).Jailed {
			jailed++
		}
	}
	require.Equal(t, 3, jailed)
	require.Equal(t, 1, f.set.Size())
}

func TestVotesAfterLeavingDoNotCount(t *testing.T) {
	f := withWindow(t, 10, 3)
	f.begin(5)
	require.NoError(t, f.suspend(0))
	f.end()
	// CometBFT's set changes two blocks later: the commits of those blocks still list it.
	require.False(t, f.set.HasAddress(consAddress(keyOf(0))))
	f.voteAs(consAddress(keyOf(0)))
	require.Zero(t, f.validator(0).MissedBlocks)
}

// voteAs runs a BeginBlock in which an address that is not in the set is missing from the commit.
func (f *fixture) voteAs(address []byte) {
	f.begin(5)
	f.ctx = f.ctx.WithVoteInfos(absentVote(address))
	require.NoError(f.t, f.k.BeginBlock(f.ctx))
	f.end()
}

func TestAnotherWindowForgetsMisses(t *testing.T) {
	f := withWindow(t, 3000, 2000)
	f.setAbsent(0, true)
	f.blocks(20)
	require.EqualValues(t, 20, f.validator(0).MissedBlocks)
	params, err := f.k.GetParams(f.ctx)
	require.NoError(t, err)
	params.SignedBlocksWindow, params.MaxMissedBlocks = 15, 10
	_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: f.k.Authority(), Params: params})
	require.NoError(t, err)
	f.block()
	require.EqualValues(t, 1, f.validator(0).MissedBlocks)
	require.False(t, f.validator(0).Jailed)
	f.blocks(10)
	require.True(t, f.validator(0).Jailed)
}

func TestWindowLargerThanAChunk(t *testing.T) {
	f := withWindow(t, 5000, 4000)
	f.setAbsent(0, true)
	f.ctx = f.ctx.WithBlockHeight(1020)
	f.blocks(10)
	f.ctx = f.ctx.WithBlockHeight(4990)
	f.blocks(5)
	require.EqualValues(t, 15, f.validator(0).MissedBlocks)
	exported, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Equal(t, []uint64{1020, 1021, 1022, 1023, 1024, 1025, 1026, 1027, 1028, 1029, 4990, 4991, 4992, 4993, 4994}, exported.Institutions[0].Missed)
}

func TestEquivocationSuspendsOnce(t *testing.T) {
	for _, kind := range []comet.MisbehaviorType{comet.DuplicateVote, comet.LightClientAttack} {
		f := withPowers(t, 10, 10, 10, 10)
		f.block()
		evidence := misbehaviour{kind, consAddress(keyOf(0))}
		f.evidence = []misbehaviour{evidence, evidence}
		f.begin(5)
		require.Equal(t, 1, f.events(&types.EventEquivocation{}))
		require.Equal(t, types.LICENCE_STATUS_SUSPENDED, f.institution(0).Status)
		f.end()
		require.EqualValues(t, 0, f.power(0))

		history, err := f.query.LicenceHistory(f.ctx, &types.QueryLicenceHistoryRequest{Operator: operator(0).String()})
		require.NoError(t, err)
		require.Equal(t, types.REASON_EQUIVOCATION, history.Changes[len(history.Changes)-1].Reason)

		f.begin(5)
		require.NoError(t, f.reinstate(0))
		f.end()
		require.EqualValues(t, 0, f.power(0), "a tombstoned key never has power")
		f.evidence = []misbehaviour{evidence}
		f.begin(5)
		require.Equal(t, types.LICENCE_STATUS_ACTIVE, f.institution(0).Status, "punished once")
		require.ErrorIs(t, f.rotate(0, keyOf(0)), types.ErrConsensusKeyUsed)
		require.NoError(t, f.rotate(0, key("clean")))
		f.end()
		require.EqualValues(t, 10, f.power(0))
	}
}

func TestEquivocationWithAnOldKeyFindsItsOwner(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 10)
	f.begin(5)
	require.NoError(t, f.rotate(0, key("new")))
	f.end()
	f.evidence = []misbehaviour{{comet.DuplicateVote, consAddress(keyOf(0))}}
	f.begin(5)
	require.Equal(t, types.LICENCE_STATUS_SUSPENDED, f.institution(0).Status)
	require.NoError(t, f.reinstate(0))
	f.end()
	require.EqualValues(t, 10, f.power(0), "its present key is clean")
	answer, err := f.query.Validator(f.ctx, &types.QueryValidatorRequest{ConsensusAddress: hexOf(consAddress(keyOf(0)))})
	require.NoError(t, err)
	require.True(t, answer.Tombstoned)
	require.False(t, answer.Current)
}

func TestEvidenceOfRevokedUnknownAndOtherKinds(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 10)
	f.begin(5)
	_, err := f.msg.Revoke(f.ctx, &types.MsgRevoke{Authority: f.k.Authority(), Operator: operator(0).String(), Reason: types.REASON_BREACH})
	require.NoError(t, err)
	require.ErrorIs(t, f.rotate(0, key("new")), types.ErrNotLicensed)
	f.end()
	f.evidence = []misbehaviour{
		{comet.DuplicateVote, consAddress(keyOf(0))},
		{comet.DuplicateVote, consAddress(key("unknown"))},
		{comet.Unknown, consAddress(keyOf(1))},
	}
	f.begin(5)
	f.end()
	require.Equal(t, types.LICENCE_STATUS_REVOKED, f.institution(0).Status)
	require.Equal(t, types.LICENCE_STATUS_ACTIVE, f.institution(1).Status)
	stored, err := f.k.ConsensusKeys.Get(f.ctx, consAddress(keyOf(0)))
	require.NoError(t, err)
	require.True(t, stored.Tombstoned)
}

func TestEquivocationOfTheOnlyValidatorRetainsIt(t *testing.T) {
	f := withPowers(t, 10)
	f.evidence = []misbehaviour{{comet.DuplicateVote, consAddress(keyOf(0))}}
	f.block()
	require.Equal(t, types.LICENCE_STATUS_SUSPENDED, f.institution(0).Status)
	require.EqualValues(t, 10, f.power(0))
}

func TestRotateRefuses(t *testing.T) {
	f := withPowers(t, 10, 0)
	require.ErrorIs(t, f.rotate(0, keyOf(0)), types.ErrConsensusKeyUsed)
	require.ErrorIs(t, f.rotate(0, nil), types.ErrInvalidConsensus)
	require.ErrorIs(t, f.rotate(1, key("new")), types.ErrNotValidator)
	require.ErrorIs(t, f.rotate(5, key("new")), types.ErrUnknownInstitution)
	known, err := f.k.ConsensusKeys.Has(f.ctx, consAddress(key("new")))
	require.NoError(t, err)
	require.False(t, known)
}

func TestSigningValidatorsChangeNoState(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 10)
	f.blocks(2)
	before := f.ctx.MultiStore().(storetypes.CommitMultiStore).Commit().Hash
	f.blocks(2)
	require.Equal(t, before, f.ctx.MultiStore().(storetypes.CommitMultiStore).Commit().Hash)
	f.setAbsent(0, true)
	f.block()
	require.NotEqual(t, before, f.ctx.MultiStore().(storetypes.CommitMultiStore).Commit().Hash)
}
