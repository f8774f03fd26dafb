package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func TestGiveNotices(t *testing.T) {
	f := enrolled(t)
	f.store.Writes = 0
	must(f, f.msg.GiveNotices, notices("a", "b"))
	require.Equal(t, 2*2+1, f.store.Writes, "notice and trail each, and one line in the furnisher's trail")
	f.requireEvent(&types.EventNoticesGiven{Furnisher: bank.String(), Kind: types.NOTICE_KIND_NEGATIVE_REPORTING, Count: 2})
	a := types.TradelineID(bank, subject, testutil.Bytes("a"))
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_NOTICE_GIVEN, Actor: bank.String(), Ref: a.Bytes()})
	f.requireLineOf(bank.String(), types.TRAIL_KIND_NOTICE_GIVEN, a.Bytes(), a.Bytes())
	ask := func() []types.Notice {
		res, err := f.query.Notices(f.ctx, &types.QueryNoticesRequest{Id: a.String()})
		require.NoError(t, err)
		return res.Notices
	}
	first := types.Notice{
		TradelineId: a.Bytes(), Kind: types.NOTICE_KIND_NEGATIVE_REPORTING, Commitment: testutil.Bytes("told of a"), GivenAt: f.ctx.BlockTime(),
	}
	require.Equal(t, []types.Notice{first}, ask())

	// The last of each kind is kept.
	f.next(time.Hour)
	second := notices("a")
	second.Notices[0].Commitment = testutil.Bytes("told again")
	must(f, f.msg.GiveNotices, second)
	f.requireLineOf(bank.String(), types.TRAIL_KIND_NOTICE_GIVEN, subject, a.Bytes())
	third := notices("a")
	third.Kind = types.NOTICE_KIND_REINSERTION
	must(f, f.msg.GiveNotices, third)
	got := ask()
	require.Len(t, got, 2)
	require.Equal(t, testutil.Bytes("told again"), got[0].Commitment)
	require.Equal(t, f.ctx.BlockTime(), got[0].GivenAt)
	require.Equal(t, types.NOTICE_KIND_REINSERTION, got[1].Kind)
	_, err := f.query.Notices(f.ctx, &types.QueryNoticesRequest{Id: "x"})
	require.ErrorIs(t, err, types.ErrInvalidID)
}

func TestGiveNoticesRefuses(t *testing.T) {
	f := enrolled(t)
	many := make([]string, 101)
	for i := range many {
		many[i] = string(rune('a' + i))
	}
	refuse(f, f.msg.GiveNotices, func() *types.MsgGiveNotices { return notices("a", "b") }, []refusal[*types.MsgGiveNotices]{
		{"bad furnisher", func(m *types.MsgGiveNotices) { m.Furnisher = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *types.MsgGiveNotices) { m.Furnisher = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"bureau", func(m *types.MsgGiveNotices) { m.Furnisher = bureau.String() }, institutiontypes.ErrWrongRole},
		{"no kind", func(m *types.MsgGiveNotices) { m.Kind = 0 }, types.ErrInvalidNotice},
		{"unknown kind", func(m *types.MsgGiveNotices) { m.Kind = 99 }, types.ErrInvalidNotice},
		{"none", func(m *types.MsgGiveNotices) { m.Notices = nil }, types.ErrBatchSize},
		{"too many", func(m *types.MsgGiveNotices) { m.Notices = notices(many...).Notices }, types.ErrBatchSize},
		{"bad subject", func(m *types.MsgGiveNotices) { m.Notices[1].Subject = nil }, types.ErrInvalidNotice},
		{"bad account", func(m *types.MsgGiveNotices) { m.Notices[1].Account = nil }, types.ErrInvalidNotice},
		{"bad commitment", func(m *types.MsgGiveNotices) { m.Notices[1].Commitment = nil }, types.ErrInvalidCommitment},
		{"unknown subject", func(m *types.MsgGiveNotices) { m.Notices[1].Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"twice", func(m *types.MsgGiveNotices) { m.Notices[1] = m.Notices[0] }, types.ErrBatchDuplicate},
	})
}

// That a data contract asked for a notice is no notice, and the first one given answers it.
func TestNoticeRequested(t *testing.T) {
	f := enrolled(t)
	f.jurisdiction("CN")
	id := types.TradelineID(bank, subject, testutil.Bytes("account"))
	kind := types.NOTICE_KIND_NEGATIVE_REPORTING
	require.NoError(t, f.k.PutNotice(f.ctx, id, kind, types.Notice{RequestedBy: testutil.Bytes("contract")}))
	refuse(f, f.msg.Furnish, f.furnishMsg, []refusal[*types.MsgFurnish]{{"asked", func(*types.MsgFurnish) {}, types.ErrNoNotice}})
	for _, want := range [][]byte{testutil.Bytes("contract"), nil} {
		must(f, f.msg.GiveNotices, notices("account"))
		res, err := f.query.Notices(f.ctx, &types.QueryNoticesRequest{Id: id.String()})
		require.NoError(t, err)
		require.Equal(t, want, res.Notices[0].RequestedBy)
	}
	must(f, f.msg.Furnish, f.furnishMsg())
}
