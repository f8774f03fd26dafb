package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func TestLeaveReceipt(t *testing.T) {
	f, id := inquired(t)
	f.next(time.Minute)
	f.store.Writes = 0
	must(f, f.msg.LeaveReceipt, receipt(bank, id))
	require.Equal(t, 3, f.store.Writes, "receipt, both trails")
	require.Equal(t, types.INQUIRY_STATUS_OPEN, f.inquiry(id).Status)
	f.requireEvent(types.NewEventReceiptLeft(types.ID(id), bank.String(), 3))
	entry := types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_DATA_GIVEN, Actor: bank.String(), Ref: id, Purpose: types.PURPOSE_CREDIT_APPLICATION,
	}
	f.requireTrails(bank, entry)

	f.store.Writes = 0
	must(f, f.msg.LeaveReceipt, receipt(lender, id))
	require.Equal(t, 4, f.store.Writes, "receipt, inquiry, both trails")
	got := f.inquiry(id)
	require.Equal(t, types.INQUIRY_STATUS_FULFILLED, got.Status)
	require.Equal(t, f.ctx.BlockTime(), *got.ClosedAt)
	f.requireTrails(lender, types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_DATA_GOT, Actor: lender.String(), Ref: id, Purpose: types.PURPOSE_CREDIT_APPLICATION,
	})

	// A furnisher may still say what it gave, in the same block as another too.
	msg := f.furnishMsg()
	msg.Furnisher = utility.String()
	must(f, f.msg.Furnish, msg)
	must(f, f.msg.LeaveReceipt, receipt(utility, id))
	f.requireTrail(entry)
	entry.Actor = utility.String()
	f.requireTrail(entry)

	for _, by := range []*types.MsgLeaveReceipt{receipt(bank, id), receipt(lender, id), receipt(utility, id)} {
		_, err := send(f, f.msg.LeaveReceipt, by)
		require.ErrorIs(t, err, types.ErrDuplicateReceipt)
	}
	res, err := f.query.Inquiry(f.ctx, &types.QueryInquiryRequest{Id: types.ID(id).String()})
	require.NoError(t, err)
	require.Len(t, res.Receipts, 3)
	for _, got := range res.Receipts {
		require.Equal(t, types.Receipt{
			InquiryId: id, Institution: got.Institution, Digest: testutil.Bytes("digest"), Records: 3, Time: f.ctx.BlockTime(),
		}, got)
	}
	f.next(2 * day)
	f.next(0)
	require.Equal(t, types.INQUIRY_STATUS_FULFILLED, f.inquiry(id).Status, "it stays so")
	require.Empty(t, f.silences(), "who answered is not silent")
}

func TestLeaveReceiptRefuses(t *testing.T) {
	f, id := inquired(t)
	type msg = types.MsgLeaveReceipt
	refuse(f, f.msg.LeaveReceipt, func() *msg { return receipt(bank, id) }, []refusal[*msg]{
		{"bad institution", func(m *msg) { m.Institution = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.Institution = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"another data user", func(m *msg) { m.Institution = rival.String() }, institutiontypes.ErrWrongRole},
		{"furnisher of nothing", func(m *msg) { m.Institution = utility.String() }, types.ErrNotParty},
		{"bad inquiry", func(m *msg) { m.InquiryId = nil }, types.ErrInvalidID},
		{"unknown inquiry", func(m *msg) { m.InquiryId = testutil.Bytes("x") }, types.ErrUnknownInquiry},
		{"no digest", func(m *msg) { m.Digest = nil }, types.ErrInvalidReceipt},
		{"long digest", func(m *msg) { m.Digest = make([]byte, 33) }, types.ErrInvalidReceipt},
	})
	f.institutions.Suspend(bank)
	_, err := send(f, f.msg.LeaveReceipt, receipt(bank, id))
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
	f.institutions.Suspend(lender)
	_, err = send(f, f.msg.LeaveReceipt, receipt(lender, id))
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
	f.license()

	f.next(day) // its time is over, and the queue has not closed it yet
	require.Equal(t, types.INQUIRY_STATUS_OPEN, f.inquiry(id).Status)
	for _, by := range []*msg{receipt(bank, id), receipt(lender, id)} {
		_, err = send(f, f.msg.LeaveReceipt, by)
		require.ErrorIs(t, err, types.ErrInquiryExpired)
	}
	f.next(0)
	require.Equal(t, types.INQUIRY_STATUS_EXPIRED, f.inquiry(id).Status)
	_, err = send(f, f.msg.LeaveReceipt, receipt(bank, id))
	require.ErrorIs(t, err, types.ErrInquiryExpired)
}

// A furnisher under a pseudonym that was merged into the subject's may answer too.
func TestLeaveReceiptOfAlias(t *testing.T) {
	f, id := inquired(t)
	alias := testutil.Bytes("alias")
	f.putSubject(types.Subject{Pseudonym: alias, Kind: types.SUBJECT_KIND_NATURAL_PERSON, EnrolledBy: bank.String(), EnrolledAt: testutil.Now})
	f.furnishOf(utility, alias)
	_, err := send(f, f.msg.LeaveReceipt, receipt(utility, id))
	require.ErrorIs(t, err, types.ErrNotParty)
	f.aliasOf(alias, subject)
	must(f, f.msg.LeaveReceipt, receipt(utility, id))
	f.requireTrails(utility, types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_DATA_GIVEN, Actor: utility.String(), Ref: id, Purpose: types.PURPOSE_CREDIT_APPLICATION,
	})
}
