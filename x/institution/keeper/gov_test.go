package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/math"

	sdk "github.com/cosmos/cosmos-sdk/types"
	gov "github.com/cosmos/cosmos-sdk/x/gov"
	govkeeper "github.com/cosmos/cosmos-sdk/x/gov/keeper"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"

	"github.com/creditd/creditd/x/institution/keeper"
	"github.com/creditd/creditd/x/institution/types"
)

// propose submits messages as institution n, without a deposit.
func (f *fixture) propose(n int, msgs ...sdk.Msg) (uint64, error) {
	msg, err := govv1.NewMsgSubmitProposal(msgs, nil, operator(n).String(), "", "title", "summary", false)
	require.NoError(f.t, err)
	answer, err := govkeeper.NewMsgServerImpl(f.gov).SubmitProposal(f.ctx, msg)
	if err != nil {
		return 0, err
	}
	return answer.ProposalId, nil
}

func (f *fixture) vote(n int, proposal uint64, option govv1.VoteOption) error {
	_, err := govkeeper.NewMsgServerImpl(f.gov).Vote(f.ctx, govv1.NewMsgVote(operator(n), proposal, option, ""))
	return err
}

// endWithGov ends a block as the application does: x/gov first.
func (f *fixture) endWithGov() {
	require.NoError(f.t, gov.EndBlocker(f.ctx, f.gov))
	f.end()
}

func (f *fixture) proposal(id uint64) govv1.Proposal {
	proposal, err := f.gov.Proposals.Get(f.ctx, id)
	require.NoError(f.t, err)
	return proposal
}

func (f *fixture) suspendMsg(n int) sdk.Msg {
	return &types.MsgSuspend{Authority: f.k.Authority(), Operator: operator(n).String(), Reason: types.REASON_BREACH}
}

const votingPeriod = 49 * 3600

func TestVoteSuspendsWithoutDepositOrTimelock(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 1000)
	f.begin(5)
	id, err := f.propose(0, f.suspendMsg(3))
	require.NoError(t, err)
	require.Equal(t, govv1.StatusVotingPeriod, f.proposal(id).Status)
	require.Empty(t, f.proposal(id).TotalDeposit)
	for _, n := range []int{0, 1, 2} {
		require.NoError(t, f.vote(n, id, govv1.OptionYes))
	}
	require.NoError(t, f.vote(3, id, govv1.OptionNoWithVeto), "power does not count: one of four is less than a third")
	f.endWithGov()
	f.begin(votingPeriod)
	f.endWithGov()
	require.Equal(t, govv1.StatusPassed, f.proposal(id).Status, f.proposal(id).FailedReason)
	require.Equal(t, types.LICENCE_STATUS_SUSPENDED, f.institution(3).Status)
	require.Less(t, f.power(3), int64(1000), "it begins to leave in the same block")
	has, err := f.gov.Votes.Has(f.ctx, joinVote(id, 0))
	require.NoError(t, err)
	require.False(t, has, "votes are removed")
}

func TestOnlyActiveInstitutionsProposeAndVote(t *testing.T) {
	f := withPowers(t, 10, 10, 0)
	f.begin(5)
	_, err := f.propose(9, f.suspendMsg(1))
	require.ErrorIs(t, err, types.ErrUnknownInstitution)
	id, err := f.propose(2, f.suspendMsg(1))
	require.NoError(t, err, "every institution may propose")
	require.NoError(t, f.suspend(2))
	_, err = f.propose(2, f.suspendMsg(1))
	require.ErrorIs(t, err, types.ErrNotLicensed)
	require.ErrorIs(t, f.vote(2, id, govv1.OptionYes), types.ErrNotLicensed)
	require.ErrorIs(t, f.vote(9, id, govv1.OptionYes), types.ErrUnknownInstitution)
}

func TestTallyCountsOneVotePerActiveInstitution(t *testing.T) {
	f := withPowers(t, 10, 1000, 0, 0, 0)
	f.begin(5)
	id, err := f.propose(0, f.suspendMsg(1))
	require.NoError(t, err)
	require.NoError(t, f.vote(0, id, govv1.OptionYes))
	require.NoError(t, f.vote(1, id, govv1.OptionNo))
	require.NoError(t, f.vote(2, id, govv1.OptionAbstain))
	require.NoError(t, f.vote(4, id, govv1.OptionYes))
	_, err = govkeeper.NewMsgServerImpl(f.gov).VoteWeighted(f.ctx, govv1.NewMsgVoteWeighted(operator(3), id, govv1.WeightedVoteOptions{
		{Option: govv1.OptionYes, Weight: "0.7"}, {Option: govv1.OptionNoWithVeto, Weight: "0.3"},
	}, ""))
	require.NoError(t, err)
	require.NoError(t, f.suspend(4), "its vote counts no more")

	voted, members, results, err := f.k.Tally(f.ctx, *f.gov, f.proposal(id))
	require.NoError(t, err)
	require.Equal(t, math.NewInt(4), members)
	require.Equal(t, math.LegacyNewDec(4), voted)
	require.Equal(t, math.LegacyMustNewDecFromStr("1.7"), results[govv1.OptionYes])
	require.Equal(t, math.LegacyMustNewDecFromStr("0.3"), results[govv1.OptionNoWithVeto])
	require.Equal(t, math.LegacyOneDec(), results[govv1.OptionNo])
	require.Equal(t, math.LegacyOneDec(), results[govv1.OptionAbstain])
}

func TestProposalsEndAndAreCancelledWithAnEmptyDeposit(t *testing.T) {
	for name, burn := range map[string]bool{"refund": false, "burn": true} {
		t.Run(name, func(t *testing.T) {
			f := withPowers(t, 10, 10)
			params, err := f.gov.Params.Get(f.ctx)
			require.NoError(t, err)
			params.BurnVoteQuorum, params.BurnVoteVeto, params.BurnProposalDepositPrevote = burn, burn, burn
			require.NoError(t, f.gov.Params.Set(f.ctx, params))
			f.begin(5)
			unheard, err := f.propose(0, f.suspendMsg(1))
			require.NoError(t, err)
			vetoed, err := f.propose(0, f.suspendMsg(1))
			require.NoError(t, err)
			require.NoError(t, f.vote(0, vetoed, govv1.OptionNoWithVeto))
			cancelled, err := f.propose(0, f.suspendMsg(1))
			require.NoError(t, err)
			require.NoError(t, f.vote(0, cancelled, govv1.OptionYes))
			_, err = govkeeper.NewMsgServerImpl(f.gov).CancelProposal(f.ctx, govv1.NewMsgCancelProposal(cancelled, operator(0).String()))
			require.NoError(t, err)
			f.endWithGov()
			f.begin(votingPeriod)
			f.endWithGov()
			require.Equal(t, govv1.StatusRejected, f.proposal(unheard).Status)
			require.Equal(t, govv1.StatusRejected, f.proposal(vetoed).Status)
			_, err = f.gov.Proposals.Get(f.ctx, cancelled)
			require.Error(t, err)
			require.Equal(t, types.LICENCE_STATUS_ACTIVE, f.institution(1).Status)
		})
	}
}

// withTimelock starts three institutions with a timelock of an hour.
func withTimelock(t testing.TB) *fixture {
	f := newFixture(t)
	state := types.DefaultGenesis()
	state.Params.Timelock = time.Hour
	for n := range 4 {
		state.Institutions = append(state.Institutions, genesisInstitution(n, 10))
	}
	f.init(state)
	return f
}

// pass lets the members vote for messages and ends the voting period.
func (f *fixture) pass(msgs ...sdk.Msg) uint64 {
	f.begin(5)
	id, err := f.propose(0, msgs...)
	require.NoError(f.t, err)
	for n := range 3 {
		require.NoError(f.t, f.vote(n, id, govv1.OptionYes))
	}
	f.endWithGov()
	f.begin(votingPeriod)
	f.endWithGov()
	require.Equal(f.t, govv1.StatusPassed, f.proposal(id).Status, f.proposal(id).FailedReason)
	return id
}

func (f *fixture) scheduled() []types.ScheduledChange {
	answer, err := f.query.ScheduledChanges(f.ctx, &types.QueryScheduledChangesRequest{})
	require.NoError(f.t, err)
	return answer.Changes
}

func TestPassedVoteWaitsOutTheTimelock(t *testing.T) {
	f := withTimelock(t)
	msg := f.registration(9, 0)
	msg.ValidUntil = start.AddDate(1, 0, 0)
	f.pass(msg)
	require.Equal(t, 1, f.events(&types.EventChangeScheduled{}))
	_, err := f.k.GetInstitution(f.ctx, operator(9))
	require.ErrorIs(t, err, types.ErrUnknownInstitution)
	changes := f.scheduled()
	require.Len(t, changes, 1)
	require.EqualValues(t, 1, changes[0].Id)
	require.Equal(t, f.ctx.BlockTime().Add(time.Hour), changes[0].ExecuteAt)

	f.begin(3599)
	f.endWithGov()
	require.Len(t, f.scheduled(), 1)
	f.begin(1)
	f.endWithGov()
	require.Empty(t, f.scheduled())
	require.Equal(t, 1, f.events(&types.EventChangeExecuted{}))
	require.Equal(t, 1, f.events(&types.EventLicenceChanged{}), "events of the change are those of the block")
	require.Equal(t, "Bank 9", f.institution(9).Name)
}

func TestSuspendAndCancelDoNotWait(t *testing.T) {
	f := withTimelock(t)
	f.pass(f.suspendMsg(3))
	require.Equal(t, types.LICENCE_STATUS_SUSPENDED, f.institution(3).Status)
	require.Empty(t, f.scheduled())

	params, err := f.k.GetParams(f.ctx)
	require.NoError(t, err)
	params.Timelock = types.MaxTimelock
	f.pass(&types.MsgUpdateParams{Authority: f.k.Authority(), Params: params})
	f.begin(3600)
	f.endWithGov()

	f.pass(&types.MsgReinstate{Authority: f.k.Authority(), Operator: operator(3).String()})
	require.Len(t, f.scheduled(), 1)
	f.pass(&types.MsgCancelChange{Authority: f.k.Authority(), Id: 2})
	require.Empty(t, f.scheduled())
	require.Equal(t, 1, f.events(&types.EventChangeCancelled{}))
	_, err = f.msg.CancelChange(f.ctx, &types.MsgCancelChange{Authority: f.k.Authority(), Id: 2})
	require.ErrorIs(t, err, types.ErrUnknownChange)
	f.begin(31 * 24 * 3600)
	f.endWithGov()
	require.Equal(t, types.LICENCE_STATUS_SUSPENDED, f.institution(3).Status)
}

func TestFailedChangeIsReportedAndGone(t *testing.T) {
	f := withTimelock(t)
	f.pass(&types.MsgReinstate{Authority: f.k.Authority(), Operator: operator(1).String()}) // it is not suspended
	f.begin(3600)
	f.endWithGov()
	require.Empty(t, f.scheduled())
	require.Contains(t, f.executed()[0].Error, types.ErrWrongStatus.Error())
}

// executed changes of this block.
func (f *fixture) executed() []*types.EventChangeExecuted {
	var executed []*types.EventChangeExecuted
	for _, event := range f.ctx.EventManager().Events() {
		if event.Type != "creditd.institution.v1.EventChangeExecuted" {
			continue
		}
		parsed, err := sdk.ParseTypedEvent(sdk.Events{event}.ToABCIEvents()[0])
		require.NoError(f.t, err)
		executed = append(executed, parsed.(*types.EventChangeExecuted))
	}
	return executed
}

func TestTimelockOfZeroRunsAtOnce(t *testing.T) {
	f := withPowers(t, 10, 10, 10)
	msg := f.registration(9, 0)
	f.pass(msg)
	require.Equal(t, "Bank 9", f.institution(9).Name)
	require.Empty(t, f.scheduled())
}

func TestQueueCapBoundsDueChanges(t *testing.T) {
	f := withTimelock(t)
	params, err := f.k.GetParams(f.ctx)
	require.NoError(t, err)
	params.QueueCap = 1
	require.NoError(t, f.k.Params.Set(f.ctx, params))
	f.pass(f.registration(8, 0), f.registration(9, 0))
	f.begin(3600)
	f.endWithGov()
	require.Len(t, f.scheduled(), 1)
	require.Equal(t, "Bank 8", f.institution(8).Name)
	f.begin(5)
	f.endWithGov()
	require.Equal(t, "Bank 9", f.institution(9).Name)
}

func TestTooLargeProposalIsRefusedAtSubmission(t *testing.T) {
	f := withTimelock(t)
	f.begin(5)
	msg := f.registration(9, 0)
	msg.Name = string(make([]byte, types.MaxChangeBytes))
	_, err := f.propose(0, msg)
	require.ErrorIs(t, err, types.ErrMessageTooLarge)
}

func TestPanicsAndOutOfGasDoNotHalt(t *testing.T) {
	f := withTimelock(t)
	for name, handler := range map[string]func(sdk.Context, sdk.Msg) (*sdk.Result, error){
		"its handler panicked": func(sdk.Context, sdk.Msg) (*sdk.Result, error) { panic("boom") },
		"gas; split it": func(ctx sdk.Context, _ sdk.Msg) (*sdk.Result, error) {
			for range 1000 {
				ctx.GasMeter().ConsumeGas(1_000_000, "loop")
			}
			return &sdk.Result{}, nil
		},
		"nil result": func(sdk.Context, sdk.Msg) (*sdk.Result, error) { return nil, nil },
	} {
		k := keeper.NewKeeper(f.cdc, f.storeService(), f.ak, stubRouter{handler}, f.k.Authority())
		f.begin(5)
		_, err := keeper.NewTimelockRouter(f.router, k).Handler(f.suspendMsg(1))(f.ctx, f.suspendMsg(1))
		require.NoError(t, err, "exempt")
		require.NoError(t, f.reinstate(1))
		reinstate := &types.MsgReinstate{Authority: f.k.Authority(), Operator: operator(1).String()}
		_, err = keeper.NewTimelockRouter(f.router, k).Handler(reinstate)(f.ctx, reinstate)
		require.NoError(t, err)
		f.end()
		f.begin(3600)
		_, err = k.EndBlock(f.ctx)
		require.NoError(t, err)
		require.Len(t, f.executed(), 1)
		if name == "nil result" {
			require.Empty(t, f.executed()[0].Error)
		} else {
			require.Contains(t, f.executed()[0].Error, name)
		}
		require.Empty(t, f.scheduled())
	}
}

func TestUnknownMessagesHaveNoHandler(t *testing.T) {
	f := withTimelock(t)
	require.Nil(t, keeper.NewTimelockRouter(f.router, f.k).HandlerByTypeURL("/unknown.Msg"))
}
