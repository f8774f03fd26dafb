package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func (f *fixture) inquiry(id []byte) types.Inquiry {
	f.t.Helper()
	got, err := f.k.GetInquiry(f.ctx, types.ID(id))
	require.NoError(f.t, err)
	return got
}

func TestOpenInquiry(t *testing.T) {
	f, consent := consented(t)
	f.store.Writes = 0
	id := must(f, f.msg.OpenInquiry, inquiry(consent, "first")).Id
	require.Equal(t, 6, f.store.Writes, "inquiry, queue, consent, day, both trails")
	require.Equal(t, types.InquiryID(lender, subject, inquiry(consent, "first").Nonce).Bytes(), id)
	now := f.ctx.BlockTime()
	require.Equal(t, types.Inquiry{
		Id: id, DataUser: lender.String(), Subject: subject, Purpose: types.PURPOSE_CREDIT_APPLICATION, ConsentId: consent,
		Status: types.INQUIRY_STATUS_OPEN, OpenedAt: now, ExpiresAt: now.Add(day), Kind: types.INQUIRY_KIND_HARD,
	}, f.inquiry(id))
	require.Equal(t, uint32(1), f.consent(consent).UsesLeft)
	require.Equal(t, now, *f.consent(consent).LastUsed)
	f.requireEvent(types.NewEventInquiryOpened(types.ID(id), lender.String(), types.ID(subject), types.PURPOSE_CREDIT_APPLICATION))
	f.requireTrails(lender, types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_INQUIRY_OPENED, Actor: lender.String(), Ref: id, Purpose: types.PURPOSE_CREDIT_APPLICATION,
	})
	_, err := send(f, f.msg.OpenInquiry, inquiry(consent, "first"))
	require.ErrorIs(t, err, types.ErrDuplicateInquiry)

	f.store.Writes = 0
	must(f, f.msg.OpenInquiry, inquiry(consent, "second"))
	require.Equal(t, 7, f.store.Writes, "and the consent leaves its queue")
	got := f.consent(consent)
	require.Equal(t, types.CONSENT_STATUS_USED_UP, got.Status)
	require.Zero(t, got.UsesLeft)
	_, err = send(f, f.msg.OpenInquiry, inquiry(consent, "third"))
	require.ErrorIs(t, err, types.ErrConsentUsedUp)
	_, err = send(f, f.msg.OpenInquiry, inquiry(consent, "second"))
	require.ErrorIs(t, err, types.ErrDuplicateInquiry, "a retry is known as such, also after the last use")
	_, err = send(f, f.msg.WithdrawConsent, withdrawal(consent))
	require.ErrorIs(t, err, types.ErrConsentNotLive)
}

func TestOpenInquiryRefuses(t *testing.T) {
	f, consent := consented(t)
	f.aliasOf(testutil.Bytes("alias"), subject)
	valid := func() *types.MsgOpenInquiry { return inquiry(consent, "first") }
	type msg = types.MsgOpenInquiry
	refuse(f, f.msg.OpenInquiry, valid, []refusal[*msg]{
		{"bad data user", func(m *msg) { m.DataUser = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.DataUser = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"furnisher", func(m *msg) { m.DataUser = bank.String() }, institutiontypes.ErrWrongRole},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"no nonce", func(m *msg) { m.Nonce = nil }, types.ErrInvalidNonce},
		{"long nonce", func(m *msg) { m.Nonce = make([]byte, 17) }, types.ErrInvalidNonce},
		{"no purpose", func(m *msg) { m.Purpose = 0 }, types.ErrInvalidPurpose},
		{"unknown purpose", func(m *msg) { m.Purpose = 99 }, types.ErrInvalidPurpose},
		{"own request", func(m *msg) { m.Purpose = types.PURPOSE_OWN_REQUEST }, types.ErrInvalidPurpose},
		{"no consent", func(m *msg) { m.ConsentId = nil }, types.ErrNoConsent},
		{"unknown consent", func(m *msg) { m.ConsentId = testutil.Bytes("x") }, types.ErrNoConsent},
		{"bad consent", func(m *msg) { m.ConsentId = []byte{1} }, types.ErrInvalidID},
		{"another's consent", func(m *msg) { m.DataUser = rival.String() }, types.ErrConsentOtherGrantee},
		{"another purpose", func(m *msg) { m.Purpose = types.PURPOSE_EMPLOYMENT }, types.ErrConsentOtherPurpose},
		{"supervision", func(m *msg) { m.Purpose = types.PURPOSE_SUPERVISION }, institutiontypes.ErrWrongRole},
		{"merged", func(m *msg) { m.Subject = testutil.Bytes("alias") }, types.ErrMerged},
		{"out of scope", func(m *msg) { m.SchemaIds = [][]byte{testutil.Bytes("x")} }, types.ErrOutOfScope},
		{"schema twice", func(m *msg) { m.SchemaIds = [][]byte{f.schema, f.schema} }, types.ErrInvalidInquiry},
		{"bad schema", func(m *msg) { m.SchemaIds = [][]byte{{1}} }, types.ErrInvalidInquiry},
		{"too many schemas", func(m *msg) { m.SchemaIds = make([][]byte, 17) }, types.ErrInvalidInquiry},
		{"exempt of an unknown schema", func(m *msg) {
			m.Purpose, m.ConsentId, m.SchemaIds = types.PURPOSE_LEGAL_ORDER, nil, [][]byte{testutil.Bytes("x")}
		}, types.ErrUnknownSchema},
		{"exempt with consent", func(m *msg) { m.Purpose = types.PURPOSE_LEGAL_ORDER }, types.ErrConsentNotApplicable},
	})
	// A consent of another subject is none.
	must(f, f.msg.EnrolSubjects, &types.MsgEnrolSubjects{
		Institution: bank.String(), Subjects: []types.Enrolment{{Pseudonym: testutil.Bytes("other"), Kind: types.SUBJECT_KIND_LEGAL_ENTITY}},
	})
	other := valid()
	other.Subject = testutil.Bytes("other")
	_, err := send(f, f.msg.OpenInquiry, other)
	require.ErrorIs(t, err, types.ErrNoConsent)

	f.institutions.Suspend(lender)
	_, err = send(f, f.msg.OpenInquiry, valid())
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
}

func TestOpenInquiryInTime(t *testing.T) {
	f := controlled(t)
	grant := f.grant()
	grant.ValidFrom = f.ctx.BlockTime().Add(day)
	grant.ValidUntil = f.ctx.BlockTime().Add(2 * day)
	consent := must(f, f.msg.GrantConsent, grant).Id
	_, err := send(f, f.msg.OpenInquiry, inquiry(consent, "1"))
	require.ErrorIs(t, err, types.ErrConsentNotYetValid)
	f.next(day - 1)
	_, err = send(f, f.msg.OpenInquiry, inquiry(consent, "1"))
	require.ErrorIs(t, err, types.ErrConsentNotYetValid)
	f.next(1)
	first := must(f, f.msg.OpenInquiry, inquiry(consent, "1")).Id
	require.Equal(t, f.ctx.BlockTime().Add(day), f.inquiry(first).ExpiresAt)
	f.next(12 * time.Hour)
	// No inquiry outlives the consent that it rests on.
	ctx, _ := f.ctx.CacheContext()
	second, err := f.msg.OpenInquiry(ctx, inquiry(consent, "2"))
	require.NoError(t, err)
	got, err := f.k.GetInquiry(ctx, types.ID(second.Id))
	require.NoError(t, err)
	require.Equal(t, grant.ValidUntil, got.ExpiresAt)

	f.next(12 * time.Hour) // the queue has not ended it yet, and it is over
	require.Equal(t, types.CONSENT_STATUS_LIVE, f.consent(consent).Status)
	_, err = send(f, f.msg.OpenInquiry, inquiry(consent, "3"))
	require.ErrorIs(t, err, types.ErrConsentExpired)
	f.next(0)
	require.Equal(t, types.CONSENT_STATUS_EXPIRED, f.consent(consent).Status)
	_, err = send(f, f.msg.OpenInquiry, inquiry(consent, "3"))
	require.ErrorIs(t, err, types.ErrConsentExpired)
}

func TestOpenInquiryWithdrawn(t *testing.T) {
	f, consent := consented(t)
	must(f, f.msg.WithdrawConsent, withdrawal(consent))
	_, err := send(f, f.msg.OpenInquiry, inquiry(consent, "first"))
	require.ErrorIs(t, err, types.ErrConsentWithdrawn)
}

func TestOpenInquiryExempt(t *testing.T) {
	f := controlled(t)
	exempt := inquiry(nil, "order")
	exempt.Purpose = types.PURPOSE_LEGAL_ORDER
	f.store.Writes = 0
	id := must(f, f.msg.OpenInquiry, exempt).Id
	require.Equal(t, 5, f.store.Writes, "inquiry, queue, day, both trails")
	require.Empty(t, f.inquiry(id).ConsentId)
	require.Equal(t, types.INQUIRY_KIND_SOFT, f.inquiry(id).Kind)
	f.requireTrails(lender, types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_INQUIRY_OPENED, Actor: lender.String(), Ref: id, Purpose: types.PURPOSE_LEGAL_ORDER,
	})
	profile := types.AmericaProfile()
	profile.Purposes[4].ConsentExempt = false
	must(f, f.msg.SetProfile, &types.MsgSetProfile{Authority: authority.String(), Profile: profile})
	exempt.Nonce[0]++
	_, err := send(f, f.msg.OpenInquiry, exempt)
	require.ErrorIs(t, err, types.ErrNoConsent, "what is exempt is in the profile")
}

func TestUpdateParams(t *testing.T) {
	f := setup(t)
	_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: bank.String(), Params: types.DefaultParams()})
	require.ErrorIs(t, err, types.ErrUnauthorized)
	for name, spoil := range map[string]func(*types.Params){
		"batch 0":        func(p *types.Params) { p.MaxBatch = 0 },
		"batch":          func(p *types.Params) { p.MaxBatch = types.MaxBatchLimit + 1 },
		"queue cap 0":    func(p *types.Params) { p.QueueCap = 0 },
		"queue cap":      func(p *types.Params) { p.QueueCap = types.MaxQueueCap + 1 },
		"lifetime short": func(p *types.Params) { p.InquiryLifetime = types.MinInquiryLifetime - 1 },
		"lifetime long":  func(p *types.Params) { p.InquiryLifetime = types.MaxInquiryLifetime + 1 },
		"validity short": func(p *types.Params) { p.MaxConsentValidity = types.MinConsentValidity - 1 },
		"validity long":  func(p *types.Params) { p.MaxConsentValidity = types.MaxConsentValidity + 1 },
	} {
		params := types.DefaultParams()
		spoil(&params)
		_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
		require.ErrorIs(t, err, types.ErrInvalidParams, name)
	}
	got, err := f.k.GetParams(f.ctx)
	require.NoError(t, err)
	require.Equal(t, types.DefaultParams(), got)

	params := types.DefaultParams()
	params.MaxBatch = 1
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	f.requireEvent(&types.EventParamsUpdated{})
	two := enrolment()
	two.Subjects = append(two.Subjects, two.Subjects[0])
	_, err = send(f, f.msg.EnrolSubjects, two)
	require.ErrorIs(t, err, types.ErrBatchSize)
}
