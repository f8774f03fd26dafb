package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func reinsertion() *types.MsgReinsert {
	return &types.MsgReinsert{Furnisher: bank.String(), Subject: subject, TradelineId: accountID(), Evidence: testutil.Bytes("after all")}
}

// giveReinsertionNotice puts a notice where MsgGiveNotices does.
func (f *fixture) giveReinsertionNotice() {
	f.t.Helper()
	f.requireStored(join([]byte{12}, accountID(), []byte{0x80, 0, 0, byte(types.NOTICE_KIND_REINSERTION)}),
		&types.Notice{Commitment: testutil.Bytes("notice"), GivenAt: f.ctx.BlockTime()})
}

func TestReinsert(t *testing.T) {
	f, id := answered(t, types.DISPUTE_OUTCOME_DELETED)
	f.giveReinsertionNotice()
	_, err := send(f, f.msg.Reinsert, reinsertion())
	require.ErrorIs(t, err, types.ErrNoNotice, "a notice of the block of the deletion may be older than it")
	f.next(time.Second)
	f.giveReinsertionNotice()
	f.next(5*day - 1)
	_, err = send(f, f.msg.Reinsert, reinsertion())
	require.ErrorIs(t, err, types.ErrNotReinsertable, "one nanosecond before")
	f.next(1)
	must(f, f.msg.Reinsert, reinsertion())
	f.requireStanding(id, standing{
		types.DISPUTE_STATUS_CLOSED, types.DISPUTE_OUTCOME_REINSERTED, types.RECORD_STATE_ACTIVE, types.STATE_REASON_REINSERTED,
		types.COMPLIANCE_CODE_XH, false,
	})
	require.Equal(t, testutil.Bytes("after all"), f.disputeNow(id).Evidence)
	f.requireEvent(&types.EventRecordStateChanged{
		Subject: types.ID(subject).String(), TradelineId: types.ID(accountID()).String(),
		State: types.RECORD_STATE_ACTIVE, Reason: types.STATE_REASON_REINSERTED,
	})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_RECORD_REINSERTED, Actor: bank.String(), Ref: accountID()})
	require.True(t, f.institutionLine(bank, types.TRAIL_KIND_RECORD_REINSERTED, accountID()))
	must(f, f.msg.AddStatement, &types.MsgAddStatement{Controller: alice.String(), Id: id, Statement: testutil.Bytes("words")})

	second := must(f, f.msg.OpenDispute, openingOf("second", nil)).Id
	must(f, f.msg.AnswerDispute, answering(second, types.DISPUTE_OUTCOME_DELETED))
	f.next(100 * day)
	_, err = send(f, f.msg.Reinsert, reinsertion())
	require.ErrorIs(t, err, types.ErrNoNotice, "the notice was of the earlier deletion")
}

func TestReinsertRefuses(t *testing.T) {
	f, _ := answered(t, types.DISPUTE_OUTCOME_DELETED)
	f.next(time.Second)
	f.giveReinsertionNotice()
	f.next(5 * day)
	type msg = types.MsgReinsert
	refuse(f, f.msg.Reinsert, reinsertion, []refusal[*msg]{
		{"bad furnisher", func(m *msg) { m.Furnisher = "x" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.Furnisher = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"another role", func(m *msg) { m.Furnisher = lender.String() }, institutiontypes.ErrWrongRole},
		{"another furnisher", func(m *msg) { m.Furnisher = utility.String() }, types.ErrNotFurnisher},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"bad tradeline", func(m *msg) { m.TradelineId = nil }, types.ErrInvalidID},
		{"unknown tradeline", func(m *msg) { m.TradelineId = testutil.Bytes("x") }, types.ErrUnknownTradeline},
		{"no evidence", func(m *msg) { m.Evidence = nil }, types.ErrInvalidCommitment},
	})
	must(f, f.msg.Reinsert, reinsertion())
	refuse(f, f.msg.Reinsert, reinsertion, []refusal[*msg]{{"shown", func(*msg) {}, types.ErrNotReinsertable}})

	f, _ = silent(t)
	f.giveReinsertionNotice()
	f.later(100 * day)
	refuse(f, f.msg.Reinsert, reinsertion, []refusal[*msg]{{"suppressed by silence", func(*msg) {}, types.ErrNotReinsertable}})
	f, _ = answered(t, types.DISPUTE_OUTCOME_DELETED)
	f.later(100 * day)
	refuse(f, f.msg.Reinsert, reinsertion, []refusal[*msg]{{"no notice", func(*msg) {}, types.ErrNoNotice}})
}

func TestAddStatement(t *testing.T) {
	for _, outcome := range []types.DisputeOutcome{types.DISPUTE_OUTCOME_VERIFIED, types.DISPUTE_OUTCOME_FRIVOLOUS} {
		f, id := answered(t, outcome)
		words := func() *types.MsgAddStatement {
			return &types.MsgAddStatement{Controller: alice.String(), Id: id, Statement: testutil.Bytes("words")}
		}
		type msg = types.MsgAddStatement
		refuse(f, f.msg.AddStatement, words, []refusal[*msg]{
			{"bad controller", func(m *msg) { m.Controller = "x" }, types.ErrInvalidAddress},
			{"somebody else", func(m *msg) { m.Controller = bank.String() }, types.ErrNotController},
			{"bad id", func(m *msg) { m.Id = nil }, types.ErrInvalidID},
			{"unknown", func(m *msg) { m.Id = testutil.Bytes("x") }, types.ErrUnknownDispute},
			{"no statement", func(m *msg) { m.Statement = nil }, types.ErrInvalidCommitment},
		})
		must(f, f.msg.AddStatement, words())
		want := resolved(outcome)
		want.compliance = types.COMPLIANCE_CODE_XC
		f.requireStanding(id, want)
		require.Equal(t, testutil.Bytes("words"), f.disputeNow(id).Statement)
		f.requireEvent(&types.EventStatementAdded{DisputeId: types.ID(id).String()})
		f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_STATEMENT_ADDED, Actor: alice.String(), Ref: id})
		require.True(t, f.institutionLine(bank, types.TRAIL_KIND_STATEMENT_ADDED, id))

		f.next(60 * day)
		f.next(time.Second)
		require.Equal(t, types.DISPUTE_STATUS_CLOSED, f.disputeNow(id).Status)
		later := words()
		later.Statement = testutil.Bytes("better words")
		must(f, f.msg.AddStatement, later)
		require.Equal(t, later.Statement, f.disputeNow(id).Statement, "the later replaces the earlier, also when it is closed")

		second := must(f, f.msg.OpenDispute, openingOf("second", nil)).Id
		must(f, f.msg.AddStatement, words())
		require.Equal(t, types.COMPLIANCE_CODE_XB, f.accountNow().Compliance, "a new investigation is what counts")
		_, err := send(f, f.msg.AddStatement, &types.MsgAddStatement{Controller: alice.String(), Id: second, Statement: testutil.Bytes("x")})
		require.ErrorIs(t, err, types.ErrDisputeState, "nothing is verified yet")
	}
	f, id := answered(t, types.DISPUTE_OUTCOME_DELETED)
	_, err := send(f, f.msg.AddStatement, &types.MsgAddStatement{Controller: alice.String(), Id: id, Statement: testutil.Bytes("x")})
	require.ErrorIs(t, err, types.ErrDisputeState)
}
