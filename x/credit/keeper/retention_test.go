package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/credit/types"
)

func TestRetention(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.Furnish, f.furnishMsg())
	until := f.tradeline("account").ShowUntil
	f.next(until.Sub(f.ctx.BlockTime()) - 1)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Equal(t, types.RECORD_STATE_ACTIVE, f.tradeline("account").State, "not before its time")
	f.next(1)
	require.NoError(t, f.k.EndBlock(f.ctx))
	got := f.tradeline("account")
	require.Equal(t, types.RECORD_STATE_EXPIRED, got.State, "in the first block at its time")
	require.Equal(t, types.STATE_REASON_RETENTION, got.StateReason)
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_RECORD_EXPIRED, Actor: bank.String(), Ref: got.Id})
	f.requireLineOf(bank.String(), types.TRAIL_KIND_RECORD_EXPIRED, subject, got.Id)
	f.requireEvent(&types.EventRecordStateChanged{
		Subject: types.ID(subject).String(), TradelineId: types.ID(got.Id).String(), State: types.RECORD_STATE_EXPIRED,
		Reason: types.STATE_REASON_RETENTION,
	})
	retention, _, _, err := f.k.RecordIndexes(f.ctx)
	require.NoError(t, err)
	require.Zero(t, retention)
	refuse(f, f.msg.Correct, f.correction, []refusal[*types.MsgCorrect]{{"expired", func(m *types.MsgCorrect) {
		m.Report.ShowUntil = f.ctx.BlockTime().AddDate(1, 0, 0)
	}, types.ErrNotCorrectable}})
	again := func() *types.MsgFurnish {
		msg := f.furnishMsg()
		msg.Report.Commitment = report("account", "again").Commitment
		return msg
	}
	refuse(f, f.msg.Furnish, again, []refusal[*types.MsgFurnish]{{"furnish again", func(*types.MsgFurnish) {}, types.ErrTradelineExists}})
}

// A record ends whatever its state, and its dispute with it: there is nothing left to put right.
func TestRetentionOfEveryState(t *testing.T) {
	for name, begin := range map[string]func(*stage){
		"disputed": func(s *stage) { s.opened() },
		"deleted":  func(s *stage) { s.answered(types.DISPUTE_OUTCOME_DELETED) },
		"answered": func(s *stage) { s.answered(types.DISPUTE_OUTCOME_VERIFIED) },
	} {
		f := setup(t)
		begin(&stage{f})
		before := f.tradeline("account")
		f.ctx = f.ctx.WithBlockTime(before.ShowUntil)
		require.NoError(t, f.k.EndBlock(f.ctx))
		got := f.tradeline("account")
		require.Equal(t, types.RECORD_STATE_EXPIRED, got.State, name)
		require.Empty(t, got.DisputeId, name)
		dispute, err := f.k.GetDispute(f.ctx, types.ID(before.DisputeId))
		require.NoError(t, err)
		require.Equal(t, types.DISPUTE_STATUS_CLOSED, dispute.Status, name)
	}
}

// The record moves in the queue with its show_until.
func TestRetentionMoves(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.Furnish, f.furnishMsg())
	msg := f.correction()
	msg.Report.ShowUntil = f.ctx.BlockTime().Add(time.Hour)
	f.store.Writes = 0
	must(f, f.msg.Correct, msg)
	require.Equal(t, 6, f.store.Writes, "version, queue twice, tradeline and two lines")
	f.next(time.Hour)
	f.next(time.Second)
	require.Equal(t, types.RECORD_STATE_EXPIRED, f.tradeline("account").State)
}

// The work of a block is bounded however much ends at one time.
func TestRetentionCap(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.FurnishBatch, f.batch(0, 25))
	params := types.DefaultParams()
	params.QueueCap = 10
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	f.ctx = f.ctx.WithBlockTime(f.tradeline("account 0").ShowUntil)
	for block, want := range []int{10, 20, 25, 25} {
		f.store.Writes = 0
		f.next(0)
		expired := 0
		for i := range 25 {
			if f.tradeline(fmt.Sprintf("account %d", i)).State == types.RECORD_STATE_EXPIRED {
				expired++
			}
		}
		require.Equal(t, want, expired, "block %d", block)
		require.LessOrEqual(t, f.store.Writes, 10*4)
	}
	require.Zero(t, f.store.Writes)
}
