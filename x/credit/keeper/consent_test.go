package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const day = 24 * time.Hour

func (f *fixture) consent(id []byte) types.Consent {
	f.t.Helper()
	consent, err := f.k.GetConsent(f.ctx, types.ID(subject), types.ID(id))
	require.NoError(f.t, err)
	return consent
}

func TestGrantConsent(t *testing.T) {
	f := controlled(t)
	f.store.Writes = 0
	id := must(f, f.msg.GrantConsent, f.grant()).Id
	require.Equal(t, 4, f.store.Writes, "consent, queue, both trails")
	require.Equal(t, types.ConsentID(subject, lender, f.grant().Nonce).Bytes(), id)
	now := f.ctx.BlockTime()
	require.Equal(t, types.Consent{
		Id: id, Subject: subject, Grantee: lender.String(), Purpose: types.PURPOSE_CREDIT_APPLICATION,
		SchemaIds: [][]byte{f.schema}, Mode: types.CONSENT_MODE_VIEW, UsesLeft: 2, ValidFrom: now, ValidUntil: now.Add(10 * day),
		Status: types.CONSENT_STATUS_LIVE, StatusSince: now, Fetch: types.CONSENT_FETCH_ONE_TIME,
	}, f.consent(id))
	f.requireEvent(types.NewEventConsentGranted(types.ID(id), types.ID(subject), lender.String(), types.PURPOSE_CREDIT_APPLICATION))
	f.requireTrails(lender, types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_CONSENT_GRANTED, Actor: alice.String(), Ref: id, Purpose: types.PURPOSE_CREDIT_APPLICATION,
	})
	_, err := send(f, f.msg.GrantConsent, f.grant())
	require.ErrorIs(t, err, types.ErrDuplicateConsent)
}

func TestGrantConsentBounds(t *testing.T) {
	f := controlled(t)
	now := f.ctx.BlockTime()
	longest := types.DefaultParams().MaxConsentValidity
	for i, change := range []func(*types.MsgGrantConsent){
		func(m *types.MsgGrantConsent) { m.Uses = types.MaxUses },
		func(m *types.MsgGrantConsent) { m.ValidUntil = now.Add(longest) },
		func(m *types.MsgGrantConsent) { m.ValidFrom, m.ValidUntil = now.Add(longest), now.Add(2*longest) },
		func(m *types.MsgGrantConsent) { m.ValidFrom, m.ValidUntil = now.Add(-day), now.Add(1) },
	} {
		msg := f.grant()
		msg.Nonce[0] = byte(i)
		change(msg)
		must(f, f.msg.GrantConsent, msg)
	}
}

func TestGrantConsentRefuses(t *testing.T) {
	f := controlled(t)
	must(f, f.msg.EnrolSubjects, &types.MsgEnrolSubjects{
		Institution: bank.String(), Subjects: []types.Enrolment{{Pseudonym: testutil.Bytes("other"), Kind: types.SUBJECT_KIND_LEGAL_ENTITY}},
	})
	f.aliasOf(testutil.Bytes("alias"), subject)
	now := f.ctx.BlockTime()
	before := now.Add(-1)
	longest := types.DefaultParams().MaxConsentValidity
	ids := func(n int) (list [][]byte) {
		for i := range n {
			list = append(list, testutil.Bytes("%02d", i))
		}
		return list
	}
	type msg = types.MsgGrantConsent
	refuse(f, f.msg.GrantConsent, f.grant, []refusal[*msg]{
		{"bad controller", func(m *msg) { m.Controller = "" }, types.ErrInvalidAddress},
		{"not the controller", func(m *msg) { m.Controller = mallory.String() }, types.ErrNotController},
		{"the enroller", func(m *msg) { m.Controller = bank.String() }, types.ErrNotController},
		{"the grantee", func(m *msg) { m.Controller = lender.String() }, types.ErrNotController},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"without controller", func(m *msg) { m.Subject = testutil.Bytes("other") }, types.ErrNotController},
		{"merged", func(m *msg) { m.Subject = testutil.Bytes("alias") }, types.ErrMerged},
		{"bad grantee", func(m *msg) { m.Grantee = "" }, types.ErrInvalidAddress},
		{"grantee without licence", func(m *msg) { m.Grantee = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"grantee is no data user", func(m *msg) { m.Grantee = bank.String() }, institutiontypes.ErrWrongRole},
		{"no purpose", func(m *msg) { m.Purpose = 0 }, types.ErrInvalidPurpose},
		{"own request", func(m *msg) { m.Purpose = types.PURPOSE_OWN_REQUEST }, types.ErrInvalidPurpose},
		{"unknown purpose", func(m *msg) { m.Purpose = 99 }, types.ErrInvalidPurpose},
		{"no mode", func(m *msg) { m.Mode = 0 }, types.ErrInvalidConsentMode},
		{"unknown mode", func(m *msg) { m.Mode = 9 }, types.ErrInvalidConsentMode},
		{"no uses", func(m *msg) { m.Uses = 0 }, types.ErrInvalidConsent},
		{"too many uses", func(m *msg) { m.Uses = types.MaxUses + 1 }, types.ErrInvalidConsent},
		{"no end", func(m *msg) { m.ValidUntil = time.Time{} }, types.ErrInvalidConsent},
		{"ends now", func(m *msg) { m.ValidUntil = now }, types.ErrInvalidConsent},
		{"ends before it begins", func(m *msg) { m.ValidFrom, m.ValidUntil = now.Add(2*day), now.Add(day) }, types.ErrInvalidConsent},
		{"too long", func(m *msg) { m.ValidUntil = now.Add(longest + 1) }, types.ErrInvalidConsent},
		{"began too long ago", func(m *msg) { m.ValidFrom = time.Unix(0, 0) }, types.ErrInvalidConsent},
		{"begins too late", func(m *msg) { m.ValidFrom, m.ValidUntil = now.Add(longest+1), now.Add(longest+day) }, types.ErrInvalidConsent},
		{"year 9999", func(m *msg) { m.ValidUntil = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC) }, types.ErrInvalidConsent},
		{"no schemas", func(m *msg) { m.SchemaIds = nil }, types.ErrInvalidConsent},
		{"too many schemas", func(m *msg) { m.SchemaIds = ids(17) }, types.ErrInvalidConsent},
		{"bad schema", func(m *msg) { m.SchemaIds = [][]byte{{1}} }, types.ErrInvalidID},
		{"unknown schema", func(m *msg) { m.SchemaIds = ids(1) }, types.ErrUnknownSchema},
		{"schema twice", func(m *msg) { m.SchemaIds = [][]byte{f.schema, f.schema} }, types.ErrInvalidConsent},
		{"schemas unordered", func(m *msg) { m.SchemaIds = [][]byte{ids(2)[1], ids(2)[0]} }, types.ErrInvalidConsent},
		{"no nonce", func(m *msg) { m.Nonce = nil }, types.ErrInvalidNonce},
		{"long nonce", func(m *msg) { m.Nonce = make([]byte, 17) }, types.ErrInvalidNonce},
		{"no fetch", func(m *msg) { m.Fetch = 0 }, types.ErrInvalidFetch},
		{"unknown fetch", func(m *msg) { m.Fetch = 9 }, types.ErrInvalidFetch},
		{"frequency without period", func(m *msg) { m.Frequency = time.Hour }, types.ErrInvalidFetch},
		{"period without frequency", func(m *msg) { m.Fetch = types.CONSENT_FETCH_PERIODIC }, types.ErrInvalidFetch},
		{"too frequent", func(m *msg) { m.Fetch, m.Frequency = types.CONSENT_FETCH_PERIODIC, time.Hour-1 }, types.ErrInvalidFetch},
		{"too rare", func(m *msg) { m.Fetch, m.Frequency = types.CONSENT_FETCH_PERIODIC, types.MaxConsentValidity+1 }, types.ErrInvalidFetch},
		{"data life without store", func(m *msg) { m.DataLife = time.Hour }, types.ErrInvalidFetch},
		{"store without data life", func(m *msg) { m.Mode = types.CONSENT_MODE_STORE }, types.ErrInvalidFetch},
		{"negative data life", func(m *msg) { m.Mode, m.DataLife = types.CONSENT_MODE_STORE, -1 }, types.ErrInvalidFetch},
		{"data life too long", func(m *msg) { m.Mode, m.DataLife = types.CONSENT_MODE_STORE, types.MaxConsentValidity+1 }, types.ErrInvalidFetch},
		{"no record in scope", func(m *msg) { m.RecordsFrom, m.RecordsUntil = &now, &before }, types.ErrInvalidConsent},
	})
}

func withdrawal(id []byte) *types.MsgWithdrawConsent {
	return &types.MsgWithdrawConsent{Controller: alice.String(), Subject: subject, Id: id}
}

func TestWithdrawConsent(t *testing.T) {
	f, id := consented(t)
	f.next(time.Minute)
	must(f, f.msg.WithdrawConsent, withdrawal(id))
	got := f.consent(id)
	require.Equal(t, types.CONSENT_STATUS_WITHDRAWN, got.Status)
	require.Equal(t, f.ctx.BlockTime(), got.StatusSince)
	f.requireEvent(types.NewEventConsentWithdrawn(types.ID(id), types.ID(subject)))
	f.requireTrails(lender, types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_CONSENT_WITHDRAWN, Actor: alice.String(), Ref: id, Purpose: types.PURPOSE_CREDIT_APPLICATION,
	})
	_, err := send(f, f.msg.WithdrawConsent, withdrawal(id))
	require.ErrorIs(t, err, types.ErrConsentNotLive)
	f.next(20 * day)
	f.next(0)
	require.Equal(t, types.CONSENT_STATUS_WITHDRAWN, f.consent(id).Status, "it is out of the queue")
}

func TestWithdrawConsentRefuses(t *testing.T) {
	f, id := consented(t)
	type msg = types.MsgWithdrawConsent
	refuse(f, f.msg.WithdrawConsent, func() *msg { return withdrawal(id) }, []refusal[*msg]{
		{"bad controller", func(m *msg) { m.Controller = "" }, types.ErrInvalidAddress},
		{"not the controller", func(m *msg) { m.Controller = mallory.String() }, types.ErrNotController},
		{"the grantee", func(m *msg) { m.Controller = lender.String() }, types.ErrNotController},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"bad id", func(m *msg) { m.Id = nil }, types.ErrInvalidID},
		{"unknown id", func(m *msg) { m.Id = testutil.Bytes("x") }, types.ErrUnknownConsent},
	})
}

// Who controls the pseudonym that stays also takes back what was agreed under the other.
func TestWithdrawConsentOfAlias(t *testing.T) {
	f, id := consented(t)
	stays := testutil.Bytes("stays")
	f.putSubject(types.Subject{Pseudonym: stays, Kind: types.SUBJECT_KIND_NATURAL_PERSON, EnrolledBy: bureau.String(), EnrolledAt: testutil.Now})
	f.aliasOf(subject, stays)
	_, err := send(f, f.msg.WithdrawConsent, withdrawal(id))
	require.ErrorIs(t, err, types.ErrNotController, "not who controlled the other")
	f.giveControl(stays, mallory)
	msg := withdrawal(id)
	msg.Controller = mallory.String()
	must(f, f.msg.WithdrawConsent, msg)
	require.Equal(t, types.CONSENT_STATUS_WITHDRAWN, f.consent(id).Status)
}

// The whole artefact is kept as given.
func TestGrantConsentTerms(t *testing.T) {
	f := controlled(t)
	from, until := testutil.Now.AddDate(-2, 0, 0), testutil.Now
	msg := f.grant()
	msg.Fetch, msg.Frequency = types.CONSENT_FETCH_PERIODIC, time.Hour
	msg.Mode, msg.DataLife = types.CONSENT_MODE_STORE, 30*day
	msg.RecordsFrom, msg.RecordsUntil = &from, &until
	got := f.consent(must(f, f.msg.GrantConsent, msg).Id)
	require.Equal(t, types.CONSENT_FETCH_PERIODIC, got.Fetch)
	require.Equal(t, time.Hour, got.Frequency)
	require.Equal(t, 30*day, got.DataLife)
	require.Equal(t, from, *got.RecordsFrom)
	require.Equal(t, until, *got.RecordsUntil)
	require.Nil(t, got.LastUsed)
}

func (f *fixture) renewal(renews []byte) *types.MsgGrantConsent {
	msg := f.grant()
	msg.Renews, msg.Nonce = renews, testutil.Bytes("renewal")[:types.NonceSize]
	return msg
}

func TestRenewConsent(t *testing.T) {
	f, old := consented(t)
	f.next(time.Minute)
	f.store.Writes = 0
	id := must(f, f.msg.GrantConsent, f.renewal(old)).Id
	require.Equal(t, 8, f.store.Writes, "both consents, the queue twice, two lines in each trail")
	got := f.consent(old)
	require.Equal(t, types.CONSENT_STATUS_REPLACED, got.Status)
	require.Equal(t, id, got.ReplacedBy)
	require.Equal(t, f.ctx.BlockTime(), got.StatusSince)
	require.Equal(t, types.CONSENT_STATUS_LIVE, f.consent(id).Status)
	f.requireEvent(types.NewEventConsentReplaced(types.ID(old), types.ID(subject), types.ID(id)))
	for ref, kind := range map[string]types.TrailKind{string(old): types.TRAIL_KIND_CONSENT_REPLACED, string(id): types.TRAIL_KIND_CONSENT_GRANTED} {
		f.requireTrails(lender, types.TrailEntry{
			Subject: subject, Kind: kind, Actor: alice.String(), Ref: []byte(ref), Purpose: types.PURPOSE_CREDIT_APPLICATION,
		})
	}
	_, err := send(f, f.msg.OpenInquiry, inquiry(old, "late"))
	require.ErrorIs(t, err, types.ErrConsentReplaced)
	_, err = send(f, f.msg.WithdrawConsent, withdrawal(old))
	require.ErrorIs(t, err, types.ErrConsentNotLive)
	must(f, f.msg.OpenInquiry, inquiry(id, "first"))
	f.next(20 * day)
	f.next(0)
	require.Equal(t, types.CONSENT_STATUS_REPLACED, f.consent(old).Status, "it is out of the queue")
	require.Equal(t, types.CONSENT_STATUS_EXPIRED, f.consent(id).Status)
}

func TestRenewConsentRefuses(t *testing.T) {
	f, old := consented(t)
	short, withdrawn := f.grant(), f.grant()
	short.Nonce[0], short.ValidUntil = 1, f.ctx.BlockTime().Add(time.Hour)
	over := must(f, f.msg.GrantConsent, short).Id
	withdrawn.Nonce[0] = 2
	gone := must(f, f.msg.GrantConsent, withdrawn).Id
	must(f, f.msg.WithdrawConsent, withdrawal(gone))
	f.ctx = f.ctx.WithBlockTime(short.ValidUntil) // its time is over, and the queue has not come to it
	type msg = types.MsgGrantConsent
	refuse(f, f.msg.GrantConsent, func() *msg { return f.renewal(old) }, []refusal[*msg]{
		{"bad id", func(m *msg) { m.Renews = []byte{1} }, types.ErrInvalidID},
		{"unknown", func(m *msg) { m.Renews = testutil.Bytes("x") }, types.ErrUnknownConsent},
		{"another data user", func(m *msg) { m.Grantee = rival.String() }, types.ErrInvalidRenewal},
		{"another purpose", func(m *msg) { m.Purpose = types.PURPOSE_EMPLOYMENT }, types.ErrInvalidRenewal},
		{"withdrawn", func(m *msg) { m.Renews = gone }, types.ErrInvalidRenewal},
		{"over", func(m *msg) { m.Renews = over }, types.ErrInvalidRenewal},
		{"invalid terms", func(m *msg) { m.Uses = 0 }, types.ErrInvalidConsent},
	})
	require.Equal(t, types.CONSENT_STATUS_LIVE, f.consent(old).Status)
}
