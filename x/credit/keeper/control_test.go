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

var alicesPhone = testutil.Address("alice's phone") // another account of hers

func (f *fixture) subject(pseudonym []byte) types.Subject {
	f.t.Helper()
	got, err := f.k.GetSubject(f.ctx, types.ID(pseudonym))
	require.NoError(f.t, err)
	return got
}

// inControl has alice in control of her pseudonym, and no records.
func inControl(t testing.TB) *fixture {
	f := enrolled(t)
	must(f, f.msg.OfferControl, offer())
	must(f, f.msg.ClaimControl, claim())
	f.next(time.Second)
	return f
}

func rotation() *types.MsgRotateControl {
	return &types.MsgRotateControl{Controller: alice.String(), Subject: subject, NewController: alicesPhone.String()}
}

func claimBy(account sdk.AccAddress) *types.MsgClaimControl {
	return &types.MsgClaimControl{Controller: account.String(), Subject: subject}
}

func (f *fixture) requireInstitutionTrail(institution sdk.AccAddress, want types.TrailEntry) {
	f.t.Helper()
	want.Height, want.Time = f.ctx.BlockHeight(), f.ctx.BlockTime()
	for _, line := range f.export().InstitutionTrail {
		got := line.Entry
		got.Actor = want.Actor // the counterpart; the key names the subject
		if line.Institution == institution.String() && got.Kind == want.Kind && string(got.Ref) == string(want.Ref) {
			want.Subject = got.Subject
			require.Equal(f.t, want, got)
			return
		}
	}
	require.Failf(f.t, "no such line", "%s in the trail of %s", want.Kind, institution)
}

func TestRotateControl(t *testing.T) {
	f, consent := consented(t)
	wrong := rotation()
	wrong.NewController = mallory.String()
	must(f, f.msg.RotateControl, wrong) // mistyped
	require.True(t, f.mayPay(mallory))
	must(f, f.msg.RotateControl, rotation())
	require.False(t, f.mayPay(mallory), "a new offer replaces the old one")
	require.True(t, f.mayPay(alicesPhone))
	require.NotNil(t, f.accounts.GetAccount(f.ctx, alicesPhone), "an account that cannot sign cannot claim")
	f.requireEvent(&types.EventControlRotated{Subject: types.ID(subject).String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_CONTROL_ROTATED, Actor: alice.String(), Ref: subject})

	got := f.subject(subject)
	require.Equal(t, alice.String(), got.Controller, "until the claim nothing changes")
	require.Equal(t, alicesPhone.String(), got.OfferedTo)
	require.True(t, f.mayPay(alice))
	_, err := send(f, f.msg.ClaimControl, claimBy(mallory))
	require.ErrorIs(t, err, types.ErrNotOffered)
	_, err = send(f, f.msg.ClaimControl, claimBy(alice))
	require.ErrorIs(t, err, types.ErrNotOffered)
	_, err = send(f, f.msg.WithdrawConsent, &types.MsgWithdrawConsent{Controller: alicesPhone.String(), Subject: subject, Id: consent})
	require.ErrorIs(t, err, types.ErrNotController)
	f.requireInvariants()

	f.next(time.Second)
	must(f, f.msg.ClaimControl, claimBy(alicesPhone))
	got = f.subject(subject)
	require.Equal(t, alicesPhone.String(), got.Controller)
	require.Empty(t, got.OfferedTo)
	require.False(t, f.mayPay(alice), "who gave control away pays no more")
	require.True(t, f.mayPay(alicesPhone))
	f.requireEvent(&types.EventControlClaimed{Subject: types.ID(subject).String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_CONTROL_CLAIMED, Actor: alicesPhone.String(), Ref: subject})

	require.Equal(t, types.CONSENT_STATUS_LIVE, f.consent(consent).Status, "consents stay as they are")
	_, err = send(f, f.msg.WithdrawConsent, withdrawal(consent))
	require.ErrorIs(t, err, types.ErrNotController, "the old controller is out")
	_, err = send(f, f.msg.RotateControl, rotation())
	require.ErrorIs(t, err, types.ErrNotController)
	must(f, f.msg.WithdrawConsent, &types.MsgWithdrawConsent{Controller: alicesPhone.String(), Subject: subject, Id: consent})
}

func TestRotateControlRefuses(t *testing.T) {
	f := inControl(t)
	must(f, f.msg.EnrolSubjects, &types.MsgEnrolSubjects{
		Institution: bank.String(), Subjects: []types.Enrolment{{Pseudonym: testutil.Bytes("other"), Kind: types.SUBJECT_KIND_LEGAL_ENTITY}},
	})
	type msg = types.MsgRotateControl
	refuse(f, f.msg.RotateControl, rotation, []refusal[*msg]{
		{"bad controller", func(m *msg) { m.Controller = "" }, types.ErrInvalidAddress},
		{"bad new controller", func(m *msg) { m.NewController = "" }, types.ErrInvalidAddress},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"without controller", func(m *msg) { m.Subject = testutil.Bytes("other") }, types.ErrNotController},
		{"another's", func(m *msg) { m.Controller = mallory.String() }, types.ErrNotController},
		{"the enroller's", func(m *msg) { m.Controller = bank.String() }, types.ErrNotController},
		{"the new one's", func(m *msg) { m.Controller = alicesPhone.String() }, types.ErrNotController},
		{"to itself", func(m *msg) { m.NewController = alice.String() }, types.ErrInvalidController},
		{"to the enroller", func(m *msg) { m.NewController = bank.String() }, types.ErrInvalidController},
	})
}

// An offer by the enroller is in its trail too.
func TestOfferIsInInstitutionsTrail(t *testing.T) {
	f := enrolled(t)
	f.requireInstitutionTrail(bank, types.TrailEntry{Kind: types.TRAIL_KIND_ENROLLED, Ref: subject})
	must(f, f.msg.OfferControl, offer())
	f.requireInstitutionTrail(bank, types.TrailEntry{Kind: types.TRAIL_KIND_CONTROL_OFFERED, Ref: subject})
	f.institutions.Amend(bank, func(i *institutiontypes.Institution) { i.ValidUntil = f.ctx.BlockTime() })
	_, err := send(f, f.msg.OfferControl, offer())
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
}
