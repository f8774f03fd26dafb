package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/credit/types"
)

// scheduling hides a record that had no new version for ten days.
func scheduling() types.ContractCode {
	return types.ContractCode{
		Trigger: furnishTrigger, Condition: "tradeline.version == 1", CheckAfterDays: 10, Check: "tradeline.updated_days_ago >= 10",
		Action: types.CONTRACT_ACTION_SUPPRESS, CostLimit: 20,
	}
}

func (f *fixture) checks() int {
	f.t.Helper()
	n, err := f.k.ScheduledChecks(f.ctx)
	require.NoError(f.t, err)
	return n
}

// scheduled has a check of the contract in the queue.
func scheduled(t testing.TB, code types.ContractCode) (*fixture, []byte) {
	f, event := watched(t, furnishTrigger)
	f.ctx = f.ctx.WithBlockTime(f.banksLine().FurnishedAt)
	id := f.activate("check", code)
	f.store.Writes = 0
	f.mustRun(event)
	require.Equal(t, 2, f.store.Writes, "queue, log")
	f.requireRun(id, event.Ref, types.RUN_OUTCOME_SCHEDULED, types.CONTRACT_ACTION_UNSPECIFIED)
	require.Equal(t, 1, f.checks())
	return f, id
}

func TestCheck(t *testing.T) {
	f, id := scheduled(t, scheduling())
	f.next(10*day - 1)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Equal(t, 1, f.checks(), "it is not due")
	f.next(1)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Zero(t, f.checks())
	require.Equal(t, types.RECORD_STATE_SUPPRESSED, f.banksLine().State)
	require.Equal(t, types.STATE_REASON_CONTRACT, f.banksLine().StateReason)
	list := f.runs(id)
	require.Len(t, list, 2)
	require.Equal(t, types.RUN_OUTCOME_ACTED, list[1].Outcome)
	require.True(t, list[1].Check)
	f.requireEvent(&types.EventContractRan{
		ContractId: types.ID(id).String(), Ref: types.ID(f.banksLine().Id).String(), Outcome: types.RUN_OUTCOME_ACTED, Action: types.CONTRACT_ACTION_SUPPRESS,
	})
}

func TestCheckThatDoesNotHold(t *testing.T) {
	code := scheduling()
	code.Check = `tradeline.updated_days_ago > 10`
	f, id := scheduled(t, code)
	f.next(10 * day)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Zero(t, f.checks())
	require.Equal(t, types.RECORD_STATE_ACTIVE, f.banksLine().State)
	require.Len(t, f.runs(id), 1)
}

func TestCheckThatFails(t *testing.T) {
	code := scheduling()
	code.Check = `1 / (tradeline.version - 1) == 1`
	f, id := scheduled(t, code)
	f.next(10 * day)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Zero(t, f.checks())
	list := f.runs(id)
	require.Len(t, list, 2)
	require.Equal(t, types.RUN_OUTCOME_FAILED, list[1].Outcome)
	require.Equal(t, "division by zero", list[1].Error)
	require.Equal(t, types.RECORD_STATE_ACTIVE, f.banksLine().State)
}

// The checks of a contract that is paused or retired when they are due pass without effect, and do not come back.
func TestCheckOfStoppedContract(t *testing.T) {
	for _, stop := range []func(*fixture, []byte){
		func(f *fixture, id []byte) { f.pause(id, true) },
		func(f *fixture, id []byte) { f.retire(id) },
	} {
		f, id := scheduled(t, scheduling())
		stop(f, id)
		f.next(10 * day)
		require.NoError(t, f.k.EndBlock(f.ctx))
		require.Zero(t, f.checks())
		require.Equal(t, types.RECORD_STATE_ACTIVE, f.banksLine().State)
		require.Len(t, f.runs(id), 1)
	}
}

// One entry that cannot be worked off is reported, and the others and the block go on.
func TestCheckOfLostContract(t *testing.T) {
	f, id := scheduled(t, scheduling())
	data, err := f.k.GetContract(f.ctx, types.ID(id))
	require.NoError(t, err)
	data.Author = "nobody"
	require.NoError(t, f.k.PutContract(f.ctx, data))
	f.next(10 * day)
	require.NoError(t, f.k.EndBlock(f.ctx))
	list := f.runs(id)
	require.Len(t, list, 2)
	require.Equal(t, "the action failed", list[1].Error)
	data.Author = bank.String()
	require.NoError(t, f.k.PutContract(f.ctx, data))
}

func TestChecksAreCapped(t *testing.T) {
	f := controlled(t)
	params := types.DefaultParams()
	params.QueueCap = 2
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	event := f.event(furnishTrigger)
	names := []string{"a", "b", "c"}
	for _, name := range names {
		f.activate(name, scheduling())
	}
	f.mustRun(event)
	require.Equal(t, 3, f.checks())
	f.next(20 * day)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Equal(t, 1, f.checks())
	require.NoError(t, f.k.EndBlock(f.ctx.WithBlockTime(f.ctx.BlockTime().Add(time.Second))))
	require.Zero(t, f.checks())
}
