package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// The law of the data user decides for what it may look, whether it needs a consent, and how much the look tells.
func TestInquiryPurposes(t *testing.T) {
	f := controlled(t)
	for i, each := range []struct {
		jurisdiction string
		purpose      types.Purpose
		want         error
		kind         types.InquiryKind
	}{
		{"US", types.PURPOSE_CREDIT_APPLICATION, types.ErrNoConsent, 0},
		{"US", types.PURPOSE_ACCOUNT_REVIEW, nil, types.INQUIRY_KIND_SOFT},
		{"US", types.PURPOSE_COLLECTION, nil, types.INQUIRY_KIND_SOFT},
		{"US", types.PURPOSE_EMPLOYMENT, types.ErrNoConsent, 0},
		{"US", types.PURPOSE_LEGAL_ORDER, nil, types.INQUIRY_KIND_SOFT},
		{"US", types.PURPOSE_SUPERVISION, institutiontypes.ErrWrongRole, 0},
		{"CN", types.PURPOSE_ACCOUNT_REVIEW, types.ErrNoConsent, 0},
		{"CN", types.PURPOSE_COLLECTION, types.ErrNoConsent, 0},
		{"DE", types.PURPOSE_EMPLOYMENT, types.ErrPurposeNotAllowed, 0},
		{"DE", types.PURPOSE_LEGAL_ORDER, nil, types.INQUIRY_KIND_SOFT},
		{"ZZ", types.PURPOSE_LEGAL_ORDER, types.ErrNoProfile, 0},
	} {
		f.relocate(lender, each.jurisdiction)
		msg := lookFor(lender, each.purpose, "purpose")
		msg.Nonce[0] = byte(i)
		res, err := send(f, f.msg.OpenInquiry, msg)
		require.ErrorIs(t, err, each.want, "%s %s", each.jurisdiction, each.purpose)
		if each.want == nil {
			require.Equal(t, each.kind, f.inquiry(res.Id).Kind)
			require.Equal(t, each.purpose, f.inquiry(res.Id).Purpose)
		}
	}
}

// A supervisor looks for supervision and for nothing else, unless its licence says that it is a data user too.
func TestInquiryOfSupervisor(t *testing.T) {
	f := controlled(t)
	f.institutions.License(inspector, institutiontypes.ROLE_SUPERVISOR)
	id := must(f, f.msg.OpenInquiry, lookFor(inspector, types.PURPOSE_SUPERVISION, "1")).Id
	require.Equal(t, types.INQUIRY_KIND_SOFT, f.inquiry(id).Kind)
	f.requireTrails(inspector, types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_INQUIRY_OPENED, Actor: inspector.String(), Ref: id, Purpose: types.PURPOSE_SUPERVISION,
	})
	for purpose := types.PURPOSE_CREDIT_APPLICATION; purpose < types.PURPOSE_SUPERVISION; purpose++ {
		if purpose == types.PURPOSE_OWN_REQUEST {
			continue
		}
		_, err := send(f, f.msg.OpenInquiry, lookFor(inspector, purpose, "2"))
		require.ErrorIs(t, err, institutiontypes.ErrWrongRole, purpose)
	}
	must(f, f.msg.LeaveReceipt, receipt(inspector, id))
	require.Equal(t, types.INQUIRY_STATUS_FULFILLED, f.inquiry(id).Status)

	f.institutions.License(inspector, institutiontypes.ROLE_SUPERVISOR, institutiontypes.ROLE_DATA_USER)
	must(f, f.msg.OpenInquiry, lookFor(inspector, types.PURPOSE_LEGAL_ORDER, "3"))
	_, err := send(f, f.msg.RecordAdverseAction, declaration(inspector, id))
	require.NoError(t, err, "as a data user it may decide")
}

func TestInquiryScope(t *testing.T) {
	f := controlled(t)
	other, found := attestationtypes.BuiltinSchema(schemas.TradelinePerson)
	require.True(t, found)
	consent := must(f, f.msg.GrantConsent, f.grant()).Id
	msg := inquiry(consent, "1")
	msg.SchemaIds = [][]byte{other.Id}
	_, err := send(f, f.msg.OpenInquiry, msg)
	require.ErrorIs(t, err, types.ErrOutOfScope, "known, and not agreed to")
	require.Equal(t, uint32(2), f.consent(consent).UsesLeft)
	msg.SchemaIds = [][]byte{f.schema}
	id := must(f, f.msg.OpenInquiry, msg).Id
	require.Equal(t, [][]byte{f.schema}, f.inquiry(id).SchemaIds)
	exempt := lookFor(lender, types.PURPOSE_LEGAL_ORDER, "2")
	exempt.SchemaIds = [][]byte{other.Id}
	id = must(f, f.msg.OpenInquiry, exempt).Id
	require.Equal(t, [][]byte{other.Id}, f.inquiry(id).SchemaIds)
}

func TestInquiryPeriodic(t *testing.T) {
	f := controlled(t)
	grant := f.grant()
	grant.Fetch, grant.Frequency, grant.Uses = types.CONSENT_FETCH_PERIODIC, 2*time.Hour, 3
	consent := must(f, f.msg.GrantConsent, grant).Id
	must(f, f.msg.OpenInquiry, inquiry(consent, "1"))
	_, err := send(f, f.msg.OpenInquiry, inquiry(consent, "2"))
	require.ErrorIs(t, err, types.ErrTooSoon, "in the same block")
	f.next(2*time.Hour - 1)
	_, err = send(f, f.msg.OpenInquiry, inquiry(consent, "2"))
	require.ErrorIs(t, err, types.ErrTooSoon, "a nanosecond too early")
	require.Equal(t, uint32(2), f.consent(consent).UsesLeft)
	f.next(1)
	must(f, f.msg.OpenInquiry, inquiry(consent, "2"))
	f.next(2*time.Hour + 1)
	must(f, f.msg.OpenInquiry, inquiry(consent, "3"))
	require.Equal(t, types.CONSENT_STATUS_USED_UP, f.consent(consent).Status)
}

// All purposes share the budget of a data user's day, exempt ones too; the day is that of UTC.
func TestInquiryBudget(t *testing.T) {
	f, consent := consented(t)
	f.amendProfile(func(p *types.Profile) { p.InquiryBudget = 2 })
	must(f, f.msg.OpenInquiry, inquiry(consent, "1"))
	must(f, f.msg.OpenInquiry, lookFor(lender, types.PURPOSE_LEGAL_ORDER, "2"))
	_, err := send(f, f.msg.OpenInquiry, inquiry(consent, "3"))
	require.ErrorIs(t, err, types.ErrBudgetSpent)
	require.Equal(t, uint32(1), f.consent(consent).UsesLeft)
	must(f, f.msg.OpenInquiry, lookFor(rival, types.PURPOSE_LEGAL_ORDER, "3"))

	midnight := testutil.Now.Truncate(day).Add(day)
	f.next(midnight.Sub(f.ctx.BlockTime()) - 1)
	_, err = send(f, f.msg.OpenInquiry, inquiry(consent, "3"))
	require.ErrorIs(t, err, types.ErrBudgetSpent)
	f.next(1)
	must(f, f.msg.OpenInquiry, inquiry(consent, "3"))

	today := uint32(midnight.Unix() / 86400)
	days, _ := f.daysOf(lender, 0, nil)
	require.Equal(t, []types.InstitutionDay{
		{Institution: lender.String(), Day: today - 1, Inquiries: []types.PurposeCount{
			{Purpose: types.PURPOSE_CREDIT_APPLICATION, Count: 1}, {Purpose: types.PURPOSE_LEGAL_ORDER, Count: 1},
		}},
		{Institution: lender.String(), Day: today, Inquiries: []types.PurposeCount{{Purpose: types.PURPOSE_CREDIT_APPLICATION, Count: 1}}},
	}, days)
}

func ownInquiry(nonce string) *types.MsgOpenOwnInquiry {
	return &types.MsgOpenOwnInquiry{Controller: alice.String(), Subject: subject, Nonce: testutil.Bytes("%s", nonce)[:types.NonceSize]}
}

func TestOpenOwnInquiry(t *testing.T) {
	f := controlled(t)
	must(f, f.msg.Freeze, freezeMsg())
	must(f, f.msg.PlaceFraudAlert, alertMsg())
	f.store.Writes = 0
	id := must(f, f.msg.OpenOwnInquiry, ownInquiry("1")).Id
	require.Equal(t, 4, f.store.Writes, "inquiry, queue, day, the subject's trail")
	now := f.ctx.BlockTime()
	require.Equal(t, types.Inquiry{
		Id: id, DataUser: alice.String(), Subject: subject, Purpose: types.PURPOSE_OWN_REQUEST, Kind: types.INQUIRY_KIND_OWN,
		Status: types.INQUIRY_STATUS_OPEN, OpenedAt: now, ExpiresAt: now.Add(day),
	}, f.inquiry(id), "neither freeze nor alert concerns the subject itself")
	f.requireEvent(types.NewEventInquiryOpened(types.ID(id), alice.String(), types.ID(subject), types.PURPOSE_OWN_REQUEST))
	f.requireTrail(types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_INQUIRY_OPENED, Actor: alice.String(), Ref: id, Purpose: types.PURPOSE_OWN_REQUEST,
	})
	require.Empty(t, f.institutionTrail(alice))
	must(f, f.msg.LeaveReceipt, receipt(bank, id))
	must(f, f.msg.LeaveReceipt, receipt(alice, id))
	require.Equal(t, types.INQUIRY_STATUS_FULFILLED, f.inquiry(id).Status)
	f.requireTrail(types.TrailEntry{
		Subject: subject, Kind: types.TRAIL_KIND_DATA_GOT, Actor: alice.String(), Ref: id, Purpose: types.PURPOSE_OWN_REQUEST,
	})
	require.Empty(t, f.institutionTrail(alice))
}

func TestOpenOwnInquiryRefuses(t *testing.T) {
	f := controlled(t)
	f.aliasOf(testutil.Bytes("alias"), subject)
	type msg = types.MsgOpenOwnInquiry
	refuse(f, f.msg.OpenOwnInquiry, func() *msg { return ownInquiry("1") }, []refusal[*msg]{
		{"bad controller", func(m *msg) { m.Controller = "" }, types.ErrInvalidAddress},
		{"not the controller", func(m *msg) { m.Controller = mallory.String() }, types.ErrNotController},
		{"the enroller", func(m *msg) { m.Controller = bank.String() }, types.ErrNotController},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"merged", func(m *msg) { m.Subject = testutil.Bytes("alias") }, types.ErrMerged},
		{"no nonce", func(m *msg) { m.Nonce = nil }, types.ErrInvalidNonce},
	})
	params := types.DefaultParams()
	params.OwnInquiriesPerDay = 2
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	must(f, f.msg.OpenOwnInquiry, ownInquiry("1"))
	_, err := send(f, f.msg.OpenOwnInquiry, ownInquiry("1"))
	require.ErrorIs(t, err, types.ErrDuplicateInquiry)
	must(f, f.msg.OpenOwnInquiry, ownInquiry("2"))
	_, err = send(f, f.msg.OpenOwnInquiry, ownInquiry("3"))
	require.ErrorIs(t, err, types.ErrBudgetSpent)
	f.next(day)
	must(f, f.msg.OpenOwnInquiry, ownInquiry("3"))
}
