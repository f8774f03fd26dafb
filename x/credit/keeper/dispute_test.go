package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var underInvestigation = standing{
	status: types.DISPUTE_STATUS_OPEN, state: types.RECORD_STATE_DISPUTED, reason: types.STATE_REASON_DISPUTE,
	compliance: types.COMPLIANCE_CODE_XB, named: true,
}

func TestOpenDispute(t *testing.T) {
	f := disputable(t, "US")
	facts := testutil.Bytes("facts")
	res := must(f, f.msg.OpenDispute, openingOf("first", facts))
	require.Equal(t, types.DisputeID(subject, accountID(), openingOf("first", nil).Nonce).Bytes(), res.Id)
	require.Equal(t, f.ctx.BlockTime().Add(30*day), res.DueAt)
	want := types.Dispute{
		Id: res.Id, Subject: subject, TradelineId: accountID(), Furnisher: bank.String(), Reason: types.DISPUTE_REASON_AMOUNT,
		Status: types.DISPUTE_STATUS_OPEN, OpenedAt: f.ctx.BlockTime(), DueAt: res.DueAt, StatusSince: f.ctx.BlockTime(),
		Facts: facts, Profile: "US", Version: 1,
	}
	require.Equal(t, want, f.disputeNow(res.Id))
	f.requireStanding(res.Id, underInvestigation, "in the same block")
	f.requireEvent(&types.EventDisputeOpened{
		DisputeId: types.ID(res.Id).String(), Subject: types.ID(subject).String(), TradelineId: types.ID(accountID()).String(),
		Furnisher: bank.String(), Reason: types.DISPUTE_REASON_AMOUNT, DueAt: res.DueAt.Format(time.RFC3339),
	})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_DISPUTE_OPENED, Actor: alice.String(), Ref: res.Id})
	require.True(t, f.institutionLine(bank, types.TRAIL_KIND_DISPUTE_OPENED, res.Id))
	list, err := f.query.Disputes(f.ctx, &types.QueryDisputesRequest{Subject: types.ID(subject).String()})
	require.NoError(t, err)
	require.Equal(t, []types.Dispute{want}, list.Disputes)
}

func TestOpenDisputeRefuses(t *testing.T) {
	f, _ := disputed(t, "US")
	other := f.furnishMsg()
	other.Report = report("other", "o1")
	must(f, f.msg.Furnish, other)
	valid := func() *types.MsgOpenDispute {
		msg := openingOf("second", nil)
		msg.TradelineId = types.TradelineID(bank, subject, testutil.Bytes("other")).Bytes()
		return msg
	}
	type msg = types.MsgOpenDispute
	refuse(f, f.msg.OpenDispute, valid, []refusal[*msg]{
		{"bad controller", func(m *msg) { m.Controller = "x" }, types.ErrInvalidAddress},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"somebody else", func(m *msg) { m.Controller = mallory.String() }, types.ErrNotController},
		{"the furnisher", func(m *msg) { m.Controller = bank.String() }, types.ErrNotController},
		{"bad tradeline", func(m *msg) { m.TradelineId = nil }, types.ErrInvalidID},
		{"unknown tradeline", func(m *msg) { m.TradelineId = testutil.Bytes("x") }, types.ErrUnknownTradeline},
		{"no reason", func(m *msg) { m.Reason = types.DISPUTE_REASON_UNSPECIFIED }, types.ErrInvalidDispute},
		{"unknown reason", func(m *msg) { m.Reason = 99 }, types.ErrInvalidDispute},
		{"bad facts", func(m *msg) { m.Facts = []byte{1} }, types.ErrInvalidCommitment},
		{"no nonce", func(m *msg) { m.Nonce = nil }, types.ErrInvalidNonce},
		{"retry", func(m *msg) { *m = *openingOf("first", nil) }, types.ErrDisputeExists},
		{"another of the record", func(m *msg) { *m = *openingOf("second", nil) }, types.ErrDisputeExists},
	})
	f.institutions.Amend(bank, func(i *institutiontypes.Institution) { i.Jurisdiction = "XX" })
	refuse(f, f.msg.OpenDispute, valid, []refusal[*msg]{{"no profile", func(*msg) {}, types.ErrNoProfile}})
}

// A furnisher whose licence ended still shows what it reported: that can be disputed, and its silence counts.
func TestOpenDisputeWithoutLicence(t *testing.T) {
	f := disputable(t, "US")
	f.institutions.Suspend(bank)
	id := must(f, f.msg.OpenDispute, openingOf("first", nil)).Id
	f.requireStanding(id, underInvestigation)
	_, err := send(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
	f.later(30 * day)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Equal(t, types.RECORD_STATE_SUPPRESSED, f.accountNow().State)
}

// While an answer can still be escalated there is no second dispute; after that there is, and one without facts can be called
// frivolous.
func TestDisputeAgain(t *testing.T) {
	f, first := answered(t, types.DISPUTE_OUTCOME_VERIFIED)
	_, err := send(f, f.msg.OpenDispute, openingOf("second", nil))
	require.ErrorIs(t, err, types.ErrDisputeExists)
	f.later(60 * day) // the queue did not come to it yet: the message does
	second := must(f, f.msg.OpenDispute, openingOf("second", nil)).Id
	require.Equal(t, types.DISPUTE_STATUS_CLOSED, f.disputeNow(first).Status)
	f.requireStanding(second, underInvestigation)
	must(f, f.msg.AnswerDispute, answering(second, types.DISPUTE_OUTCOME_FRIVOLOUS))
	f.next(60 * day)
	f.next(time.Second)
	third := must(f, f.msg.OpenDispute, openingOf("third", testutil.Bytes("new facts"))).Id
	_, err = send(f, f.msg.AnswerDispute, answering(third, types.DISPUTE_OUTCOME_FRIVOLOUS))
	require.ErrorIs(t, err, types.ErrInvalidOutcome)
	list, err := f.query.Disputes(f.ctx, &types.QueryDisputesRequest{Subject: types.ID(subject).String()})
	require.NoError(t, err)
	require.Len(t, list.Disputes, 3)
}

// What is not shown cannot be disputed: it would be shown again.
func TestDisputeOfHiddenRecord(t *testing.T) {
	f := disputable(t, "US")
	for _, reason := range []types.StateReason{types.STATE_REASON_REPAIR, types.STATE_REASON_CONTRACT, types.STATE_REASON_DELETED} {
		record := f.accountNow()
		record.Id, record.Subject, record.State, record.StateReason = nil, nil, types.RECORD_STATE_SUPPRESSED, reason
		kept := f.ctx
		f.ctx, _ = kept.CacheContext()
		f.requireStored(join([]byte{3}, subject, accountID()), &record)
		_, err := send(f, f.msg.OpenDispute, openingOf("first", nil))
		require.ErrorIs(t, err, types.ErrNotDisputable, reason)
		f.ctx = kept
	}
}

func TestExtendDispute(t *testing.T) {
	f, id := disputed(t, "US")
	due := f.disputeNow(id).DueAt
	extension := func() *types.MsgExtendDispute {
		return &types.MsgExtendDispute{Signer: alice.String(), Id: id, Facts: testutil.Bytes("new")}
	}
	type msg = types.MsgExtendDispute
	refuse(f, f.msg.ExtendDispute, extension, []refusal[*msg]{
		{"bad signer", func(m *msg) { m.Signer = "x" }, types.ErrInvalidAddress},
		{"bad id", func(m *msg) { m.Id = nil }, types.ErrInvalidID},
		{"unknown", func(m *msg) { m.Id = testutil.Bytes("x") }, types.ErrUnknownDispute},
		{"furnisher", func(m *msg) { m.Signer = bank.String() }, types.ErrNotController},
		{"somebody else", func(m *msg) { m.Signer = mallory.String() }, types.ErrNotController},
		{"no facts", func(m *msg) { m.Facts = nil }, types.ErrInvalidCommitment},
	})
	f.later(time.Hour)
	must(f, f.msg.ExtendDispute, extension())
	got := f.disputeNow(id)
	require.Equal(t, due.Add(15*day), got.DueAt)
	require.True(t, got.Extended)
	require.Equal(t, testutil.Bytes("new"), got.Facts)
	f.requireStanding(id, underInvestigation)
	require.False(t, f.has(join([]byte{16}, at(due), id)), "the earlier deadline is out of the queue")
	f.requireEvent(&types.EventDisputeExtended{DisputeId: types.ID(id).String(), DueAt: got.DueAt.Format(time.RFC3339)})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_DISPUTE_EXTENDED, Actor: alice.String(), Ref: id})
	require.True(t, f.institutionLine(bank, types.TRAIL_KIND_DISPUTE_EXTENDED, id))
	refuse(f, f.msg.ExtendDispute, extension, []refusal[*msg]{
		{"again", func(m *msg) { m.Facts = testutil.Bytes("newer") }, types.ErrExtensionNotAllowed},
	})
	must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
	refuse(f, f.msg.ExtendDispute, extension, []refusal[*msg]{{"answered", func(*msg) {}, types.ErrDisputeState}})
}

func TestExtendDisputeRests(t *testing.T) {
	extension := func(signer string, id, facts []byte) *types.MsgExtendDispute {
		return &types.MsgExtendDispute{Signer: signer, Id: id, Facts: facts}
	}
	t.Run("known facts", func(t *testing.T) {
		f := disputable(t, "US")
		id := must(f, f.msg.OpenDispute, openingOf("first", testutil.Bytes("facts"))).Id
		_, err := send(f, f.msg.ExtendDispute, extension(alice.String(), id, testutil.Bytes("facts")))
		require.ErrorIs(t, err, types.ErrInvalidDispute)
	})
	t.Run("too late", func(t *testing.T) {
		f, id := silent(t)
		_, err := send(f, f.msg.ExtendDispute, extension(alice.String(), id, testutil.Bytes("facts")))
		require.ErrorIs(t, err, types.ErrDisputeDeadline)
	})
	t.Run("nobody in China", func(t *testing.T) {
		f, id := disputed(t, "CN")
		for _, signer := range []string{alice.String(), bank.String()} {
			_, err := send(f, f.msg.ExtendDispute, extension(signer, id, testutil.Bytes("facts")))
			require.ErrorIs(t, err, types.ErrExtensionNotAllowed)
		}
	})
	t.Run("the furnisher in Europe", func(t *testing.T) {
		f, id := disputed(t, "DE")
		due := f.disputeNow(id).DueAt
		refuse(f, f.msg.ExtendDispute, func() *types.MsgExtendDispute { return extension(bank.String(), id, nil) },
			[]refusal[*types.MsgExtendDispute]{
				{"subject", func(m *types.MsgExtendDispute) { m.Signer = alice.String() }, types.ErrNotFurnisher},
				{"facts", func(m *types.MsgExtendDispute) { m.Facts = testutil.Bytes("x") }, types.ErrInvalidDispute},
			})
		f.institutions.Suspend(bank)
		_, err := send(f, f.msg.ExtendDispute, extension(bank.String(), id, nil))
		require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
		f.institutions.Amend(bank, func(i *institutiontypes.Institution) { i.Status = institutiontypes.LICENCE_STATUS_ACTIVE })
		must(f, f.msg.ExtendDispute, extension(bank.String(), id, nil))
		require.Equal(t, due.Add(60*day), f.disputeNow(id).DueAt)
		require.Empty(t, f.disputeNow(id).Facts)
	})
}

// The controller of the pseudonym that stays has the rights of the one that was merged into it.
func TestDisputeOfAlias(t *testing.T) {
	f := disputable(t, "US")
	f.mergeDisputed(subject, testutil.Bytes("stays"), mallory)
	_, err := send(f, f.msg.OpenDispute, openingOf("first", nil))
	require.ErrorIs(t, err, types.ErrNotController)
	msg := openingOf("first", nil)
	msg.Controller = mallory.String()
	id := must(f, f.msg.OpenDispute, msg).Id
	f.requireStanding(id, underInvestigation)
	must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
	must(f, f.msg.AddStatement, &types.MsgAddStatement{Controller: mallory.String(), Id: id, Statement: testutil.Bytes("words")})
	escalation := escalating(id, bureau)
	escalation.Controller = mallory.String()
	must(f, f.msg.EscalateDispute, escalation)
}
