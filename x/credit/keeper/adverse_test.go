package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func declaration(by sdk.AccAddress, inquiry []byte) *types.MsgRecordAdverseAction {
	return &types.MsgRecordAdverseAction{DataUser: by.String(), InquiryId: inquiry}
}

func adverseNotice(by sdk.AccAddress, inquiry []byte) *types.MsgRecordAdverseAction {
	msg := declaration(by, inquiry)
	msg.Notice = testutil.Bytes("notice")
	return msg
}

// decided has an inquiry of lender whose data it got.
func decided(t testing.TB) (*fixture, []byte) {
	f, id := inquired(t)
	must(f, f.msg.LeaveReceipt, receipt(bank, id))
	must(f, f.msg.LeaveReceipt, receipt(lender, id))
	return f, id
}

func (f *fixture) adverse(id []byte) types.AdverseAction {
	f.t.Helper()
	res, err := f.query.AdverseAction(f.ctx, &types.QueryAdverseActionRequest{Id: types.ID(id).String()})
	require.NoError(f.t, err)
	return res.AdverseAction
}

func (f *fixture) requireAdverseLine(kind types.TrailKind, id []byte) {
	f.t.Helper()
	f.requireTrails(lender, types.TrailEntry{
		Subject: subject, Kind: kind, Actor: lender.String(), Ref: id, Purpose: types.PURPOSE_CREDIT_APPLICATION,
	})
}

func TestAdverseAction(t *testing.T) {
	f, id := decided(t)
	now := f.ctx.BlockTime()
	due := now.AddDate(0, 0, 30)
	f.store.Writes = 0
	require.Equal(t, due, must(f, f.msg.RecordAdverseAction, declaration(lender, id)).DueAt)
	require.Equal(t, 4, f.store.Writes, "action, queue, both trails")
	require.Equal(t, types.AdverseAction{InquiryId: id, DeclaredAt: now, DueAt: due}, f.adverse(id))
	f.requireAdverseLine(types.TRAIL_KIND_ADVERSE_ACTION, id)
	f.requireEvent(&types.EventAdverseActionDeclared{InquiryId: types.ID(id).String(), DataUser: lender.String(), DueAt: due.Format(time.RFC3339)})
	_, err := send(f, f.msg.RecordAdverseAction, declaration(lender, id))
	require.ErrorIs(t, err, types.ErrAdverseExists)

	f.next(due.Sub(now) - 1)
	f.store.Writes = 0
	require.Equal(t, due, must(f, f.msg.RecordAdverseAction, adverseNotice(lender, id)).DueAt)
	require.Equal(t, 4, f.store.Writes, "action, queue, both trails")
	given := f.ctx.BlockTime()
	want := types.AdverseAction{InquiryId: id, DeclaredAt: now, DueAt: due, Notice: testutil.Bytes("notice"), GivenAt: &given}
	require.Equal(t, want, f.adverse(id))
	f.requireAdverseLine(types.TRAIL_KIND_ADVERSE_NOTICE, id)
	f.requireEvent(&types.EventAdverseNoticeGiven{InquiryId: types.ID(id).String(), DataUser: lender.String()})
	_, err = send(f, f.msg.RecordAdverseAction, adverseNotice(lender, id))
	require.ErrorIs(t, err, types.ErrAdverseExists)
	f.next(1)
	f.next(0)
	require.Equal(t, want, f.adverse(id), "in time is in time")
	require.Empty(t, f.silences())
}

func TestAdverseActionAtOnce(t *testing.T) {
	f, id := decided(t)
	now := f.ctx.BlockTime()
	must(f, f.msg.RecordAdverseAction, adverseNotice(lender, id))
	want := types.AdverseAction{InquiryId: id, DeclaredAt: now, DueAt: now.AddDate(0, 0, 30), Notice: testutil.Bytes("notice"), GivenAt: &now}
	require.Equal(t, want, f.adverse(id))
	f.requireAdverseLine(types.TRAIL_KIND_ADVERSE_ACTION, id)
	f.requireAdverseLine(types.TRAIL_KIND_ADVERSE_NOTICE, id)
	_, err := send(f, f.msg.RecordAdverseAction, declaration(lender, id))
	require.ErrorIs(t, err, types.ErrAdverseExists)
	f.next(40 * day)
	f.next(0)
	require.Equal(t, want, f.adverse(id))
}

// A notice that is late is taken and stays late, whether or not the queue came to it first; its silence counts once.
func TestAdverseActionOverdue(t *testing.T) {
	for name, swept := range map[string]bool{"swept": true, "before the queue": false} {
		t.Run(name, func(t *testing.T) {
			f, id := decided(t)
			due := must(f, f.msg.RecordAdverseAction, declaration(lender, id)).DueAt
			f.next(due.Sub(f.ctx.BlockTime()) - 1)
			require.NoError(t, f.k.EndBlock(f.ctx))
			require.False(t, f.adverse(id).Overdue)
			f.next(1)
			if swept {
				require.NoError(t, f.k.EndBlock(f.ctx))
				require.True(t, f.adverse(id).Overdue)
				require.Equal(t, map[string]uint32{"lender": 1}, f.silences())
			}
			must(f, f.msg.RecordAdverseAction, adverseNotice(lender, id))
			f.requireEvent(silence(lender.String(), id))
			f.requireAdverseLine(types.TRAIL_KIND_SILENCE, id)
			f.next(day)
			f.next(0)
			got := f.adverse(id)
			require.True(t, got.Overdue)
			require.Equal(t, due, *got.GivenAt)
			require.Equal(t, map[string]uint32{"lender": 1}, f.silences())
		})
	}
}

func TestAdverseActionRefuses(t *testing.T) {
	f, id := decided(t)
	own := must(f, f.msg.OpenOwnInquiry, ownInquiry("1")).Id
	open := must(f, f.msg.OpenInquiry, lookFor(lender, types.PURPOSE_LEGAL_ORDER, "open")).Id
	waits := must(f, f.msg.OpenInquiry, lookFor(lender, types.PURPOSE_LEGAL_ORDER, "waits")).Id
	require.NoError(t, f.k.AskApproval(f.ctx, types.ID(waits), contractID))
	type msg = types.MsgRecordAdverseAction
	refuse(f, f.msg.RecordAdverseAction, func() *msg { return declaration(lender, id) }, []refusal[*msg]{
		{"bad data user", func(m *msg) { m.DataUser = "" }, types.ErrInvalidAddress},
		{"another data user", func(m *msg) { m.DataUser = rival.String() }, types.ErrNotParty},
		{"a furnisher", func(m *msg) { m.DataUser = bank.String() }, types.ErrNotParty},
		{"own look", func(m *msg) { m.DataUser, m.InquiryId = alice.String(), own }, types.ErrNotParty},
		{"bad inquiry", func(m *msg) { m.InquiryId = nil }, types.ErrInvalidID},
		{"unknown inquiry", func(m *msg) { m.InquiryId = testutil.Bytes("x") }, types.ErrUnknownInquiry},
		{"bad notice", func(m *msg) { m.Notice = []byte{1} }, types.ErrInvalidCommitment},
		{"open", func(m *msg) { m.InquiryId = open }, types.ErrAdverseTooEarly},
		{"waiting", func(m *msg) { m.InquiryId = waits }, types.ErrAdverseTooEarly},
	})
	f.institutions.Suspend(lender)
	_, err := send(f, f.msg.RecordAdverseAction, declaration(lender, id))
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
	f.license()
	f.relocate(lender, "ZZ")
	_, err = send(f, f.msg.RecordAdverseAction, declaration(lender, id))
	require.ErrorIs(t, err, types.ErrNoProfile)
	f.relocate(lender, "US")

	f.ctx = f.ctx.WithBlockTime(f.inquiry(open).ExpiresAt.Add(-1))
	_, err = send(f, f.msg.RecordAdverseAction, declaration(lender, open))
	require.ErrorIs(t, err, types.ErrAdverseTooEarly)
	f.ctx = f.ctx.WithBlockTime(f.inquiry(open).ExpiresAt)
	must(f, f.msg.RecordAdverseAction, declaration(lender, open)) // over, though the queue has not closed it
	_, err = f.query.AdverseAction(f.ctx, &types.QueryAdverseActionRequest{Id: types.ID(id).String()})
	require.ErrorIs(t, err, types.ErrUnknownAdverse)
	_, err = f.query.AdverseAction(f.ctx, &types.QueryAdverseActionRequest{Id: "x"})
	require.ErrorIs(t, err, types.ErrInvalidID)
}
