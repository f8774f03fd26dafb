package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var contractID = types.ID(testutil.Bytes("contract"))

// waiting has an inquiry of lender for which a data contract asked a second approval.
func waiting(t testing.TB) (*fixture, []byte) {
	f, id := inquired(t)
	require.NoError(t, f.k.AskApproval(f.ctx, types.ID(id), contractID))
	return f, id
}

func approval(id []byte) *types.MsgApproveInquiry {
	return &types.MsgApproveInquiry{Institution: bureau.String(), InquiryId: id}
}

func TestApproveInquiry(t *testing.T) {
	f, id := waiting(t)
	require.Equal(t, types.INQUIRY_STATUS_PENDING, f.inquiry(id).Status)
	f.requireEvent(types.NewEventInquiryPending(types.ID(id), contractID))
	for _, by := range []*types.MsgLeaveReceipt{receipt(bank, id), receipt(lender, id)} {
		_, err := send(f, f.msg.LeaveReceipt, by)
		require.ErrorIs(t, err, types.ErrInquiryPending)
	}
	f.next(time.Minute)
	f.store.Writes = 0
	must(f, f.msg.ApproveInquiry, approval(id))
	require.Equal(t, 4, f.store.Writes, "inquiry, three trails")
	got := f.inquiry(id)
	require.Equal(t, types.INQUIRY_STATUS_OPEN, got.Status)
	require.Equal(t, bureau.String(), got.ApprovedBy)
	require.Equal(t, got.OpenedAt.Add(day), got.ExpiresAt, "its time is not longer by it")
	entry := types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_INQUIRY_APPROVED, Actor: bureau.String(), Ref: id, Purpose: types.PURPOSE_CREDIT_APPLICATION,
	}
	f.requireTrails(lender, entry)
	f.requireTrails(bureau, entry)
	f.requireEvent(types.NewEventInquiryApproved(types.ID(id), bureau.String()))
	must(f, f.msg.LeaveReceipt, receipt(bank, id))
}

func TestApproveInquiryRefuses(t *testing.T) {
	f, id := waiting(t)
	f.institutions.License(inspector, institutiontypes.ROLE_SUPERVISOR)
	type msg = types.MsgApproveInquiry
	refuse(f, f.msg.ApproveInquiry, func() *msg { return approval(id) }, []refusal[*msg]{
		{"bad institution", func(m *msg) { m.Institution = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.Institution = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"furnisher", func(m *msg) { m.Institution = bank.String() }, institutiontypes.ErrWrongRole},
		{"the data user itself", func(m *msg) { m.Institution = lender.String() }, types.ErrSameInstitution},
		{"bad inquiry", func(m *msg) { m.InquiryId = nil }, types.ErrInvalidID},
		{"unknown inquiry", func(m *msg) { m.InquiryId = testutil.Bytes("x") }, types.ErrUnknownInquiry},
	})
	for _, by := range []string{rival.String(), inspector.String()} {
		ctx, _ := f.ctx.CacheContext()
		_, err := f.msg.ApproveInquiry(ctx, &msg{Institution: by, InquiryId: id})
		require.NoError(t, err)
	}
	open := must(f, f.msg.OpenInquiry, lookFor(lender, types.PURPOSE_LEGAL_ORDER, "open")).Id
	_, err := send(f, f.msg.ApproveInquiry, approval(open))
	require.ErrorIs(t, err, types.ErrInquiryNotPending)

	f.ctx = f.ctx.WithBlockTime(f.inquiry(id).ExpiresAt.Add(-1))
	ctx, _ := f.ctx.CacheContext()
	_, err = f.msg.ApproveInquiry(ctx, approval(id))
	require.NoError(t, err, "a nanosecond before its end")
	f.ctx = f.ctx.WithBlockTime(f.inquiry(id).ExpiresAt)
	_, err = send(f, f.msg.ApproveInquiry, approval(id))
	require.ErrorIs(t, err, types.ErrInquiryExpired)
}

// What could not be opened now is not opened by an approval either.
func TestApproveInquiryNoLonger(t *testing.T) {
	for name, each := range map[string]struct {
		change func(*fixture, []byte)
		want   error
	}{
		"consent withdrawn":   {func(f *fixture, id []byte) { must(f, f.msg.WithdrawConsent, withdrawal(id)) }, types.ErrConsentWithdrawn},
		"consent renewed":     {func(f *fixture, id []byte) { must(f, f.msg.GrantConsent, f.renewal(id)) }, types.ErrConsentReplaced},
		"consent used up":     {func(f *fixture, id []byte) { must(f, f.msg.OpenInquiry, inquiry(id, "last use")) }, nil},
		"file frozen":         {func(f *fixture, _ []byte) { must(f, f.msg.Freeze, freezeMsg()) }, types.ErrFrozen},
		"subject merged":      {func(f *fixture, _ []byte) { f.mergeAlice() }, types.ErrMerged},
		"data user suspended": {func(f *fixture, _ []byte) { f.institutions.Suspend(lender) }, institutiontypes.ErrNotLicensed},
		"purpose forbidden": {
			func(f *fixture, _ []byte) {
				f.amendProfile(func(p *types.Profile) { p.Purposes = p.Purposes[1:] })
			}, types.ErrPurposeNotAllowed,
		},
		"no profile": {func(f *fixture, _ []byte) { f.relocate(lender, "ZZ") }, types.ErrNoProfile},
	} {
		t.Run(name, func(t *testing.T) {
			f, id := waiting(t)
			each.change(f, f.inquiry(id).ConsentId)
			before := f.export()
			_, err := send(f, f.msg.ApproveInquiry, approval(id))
			require.ErrorIs(t, err, each.want)
			if each.want != nil {
				require.Equal(t, before, f.export())
			}
		})
	}
}

// mergeAlice merges alice's pseudonym into another.
func (f *fixture) mergeAlice() {
	f.t.Helper()
	stays := testutil.Bytes("stays")
	f.putSubject(types.Subject{Pseudonym: stays, Kind: types.SUBJECT_KIND_NATURAL_PERSON, EnrolledBy: bank.String(), EnrolledAt: testutil.Now})
	f.aliasOf(subject, stays)
}
