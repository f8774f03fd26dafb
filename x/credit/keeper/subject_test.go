package keeper_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func (f *fixture) mayPay(addr sdk.AccAddress) bool {
	f.t.Helper()
	may, err := f.k.MayPay(f.ctx, addr)
	require.NoError(f.t, err)
	return may
}

func TestEnrolSubjects(t *testing.T) {
	f := setup(t)
	f.store.Writes = 0
	msg := enrolment()
	msg.Institution = strings.ToUpper(msg.Institution) // valid bech32; the state has one spelling
	res, err := f.msg.EnrolSubjects(f.ctx, msg)
	require.NoError(t, err)
	require.Equal(t, uint32(1), res.Created)
	require.Equal(t, 3, f.store.Writes, "subject and both trails")
	got, err := f.k.GetSubject(f.ctx, types.ID(subject))
	require.NoError(t, err)
	require.Equal(t, types.Subject{
		Pseudonym: subject, Kind: types.SUBJECT_KIND_NATURAL_PERSON, EnrolledBy: bank.String(), EnrolledAt: testutil.Now,
	}, got)
	f.requireEvent(&types.EventSubjectsEnrolled{Institution: bank.String(), Created: 1})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_ENROLLED, Actor: bank.String(), Ref: subject})

	// Who is there stays as it is, by another institution, and twice in one message too.
	f.next(time.Second)
	again := enrolment()
	again.Institution = bureau.String()
	again.Subjects[0].Kind = types.SUBJECT_KIND_LEGAL_ENTITY
	fresh := types.Enrolment{Pseudonym: testutil.Bytes("other"), Kind: types.SUBJECT_KIND_LEGAL_ENTITY}
	again.Subjects = append(again.Subjects, fresh, fresh)
	require.Equal(t, uint32(1), must(f, f.msg.EnrolSubjects, again).Created)
	unchanged, err := f.k.GetSubject(f.ctx, types.ID(subject))
	require.NoError(t, err)
	require.Equal(t, got, unchanged)
	require.Len(t, f.trail(subject), 1)
}

func TestEnrolSubjectsRefuses(t *testing.T) {
	f := setup(t)
	refuse(f, f.msg.EnrolSubjects, enrolment, []refusal[*types.MsgEnrolSubjects]{
		{"bad address", func(m *types.MsgEnrolSubjects) { m.Institution = "bank" }, types.ErrInvalidAddress},
		{"long address", func(m *types.MsgEnrolSubjects) { m.Institution = strings.Repeat("c", 1e6) }, types.ErrInvalidAddress},
		{"no licence", func(m *types.MsgEnrolSubjects) { m.Institution = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"data user", func(m *types.MsgEnrolSubjects) { m.Institution = lender.String() }, institutiontypes.ErrWrongRole},
		{"none", func(m *types.MsgEnrolSubjects) { m.Subjects = nil }, types.ErrBatchSize},
		{"too many", func(m *types.MsgEnrolSubjects) { m.Subjects = make([]types.Enrolment, 101) }, types.ErrBatchSize},
		{"short", func(m *types.MsgEnrolSubjects) { m.Subjects[0].Pseudonym = subject[1:] }, types.ErrInvalidID},
		{"zero", func(m *types.MsgEnrolSubjects) { m.Subjects[0].Pseudonym = make([]byte, 32) }, types.ErrInvalidID},
		{"no kind", func(m *types.MsgEnrolSubjects) { m.Subjects[0].Kind = 0 }, types.ErrInvalidSubjectKind},
		{"unknown kind", func(m *types.MsgEnrolSubjects) { m.Subjects[0].Kind = 3 }, types.ErrInvalidSubjectKind},
		{"second is bad", func(m *types.MsgEnrolSubjects) { m.Subjects = append(m.Subjects, types.Enrolment{}) }, types.ErrInvalidID},
	})
}

func TestControl(t *testing.T) {
	f := enrolled(t)
	first := offer()
	first.Controller = mallory.String()
	must(f, f.msg.OfferControl, first)
	require.True(t, f.mayPay(mallory), "an offer lets the account pay for its claim")
	require.NotNil(t, f.accounts.GetAccount(f.ctx, mallory), "an account that cannot sign cannot claim")
	f.requireEvent(&types.EventControlOffered{Subject: types.ID(subject).String(), Institution: bank.String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_CONTROL_OFFERED, Actor: bank.String(), Ref: subject})

	must(f, f.msg.OfferControl, offer())
	require.False(t, f.mayPay(mallory), "a new offer replaces the old one")
	require.True(t, f.mayPay(alice))
	require.False(t, f.mayPay(lender))
	_, err := send(f, f.msg.ClaimControl, &types.MsgClaimControl{Controller: mallory.String(), Subject: subject})
	require.ErrorIs(t, err, types.ErrNotOffered)

	must(f, f.msg.ClaimControl, claim())
	require.True(t, f.mayPay(alice))
	got, err := f.k.GetSubject(f.ctx, types.ID(subject))
	require.NoError(t, err)
	require.Equal(t, alice.String(), got.Controller)
	require.Empty(t, got.OfferedTo)
	f.requireEvent(&types.EventControlClaimed{Subject: types.ID(subject).String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_CONTROL_CLAIMED, Actor: alice.String(), Ref: subject})

	_, err = send(f, f.msg.ClaimControl, claim())
	require.ErrorIs(t, err, types.ErrAlreadyControlled)
	_, err = send(f, f.msg.OfferControl, offer())
	require.ErrorIs(t, err, types.ErrAlreadyControlled)
}

// An account that exists keeps its number and sequence.
func TestOfferKeepsAccount(t *testing.T) {
	f := enrolled(t)
	account := f.accounts.NewAccountWithAddress(f.ctx, alice)
	require.NoError(t, account.SetSequence(7))
	f.accounts.SetAccount(f.ctx, account)
	must(f, f.msg.OfferControl, offer())
	require.Equal(t, uint64(7), f.accounts.GetAccount(f.ctx, alice).GetSequence())
}

func TestOfferControlRefuses(t *testing.T) {
	f := enrolled(t)
	refuse(f, f.msg.OfferControl, offer, []refusal[*types.MsgOfferControl]{
		{"bad institution", func(m *types.MsgOfferControl) { m.Institution = "" }, types.ErrInvalidAddress},
		{"bad controller", func(m *types.MsgOfferControl) { m.Controller = "" }, types.ErrInvalidAddress},
		{"bad subject", func(m *types.MsgOfferControl) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *types.MsgOfferControl) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"not the enroller", func(m *types.MsgOfferControl) { m.Institution = utility.String() }, types.ErrNotEnroller},
		{"to itself", func(m *types.MsgOfferControl) { m.Controller = bank.String() }, types.ErrInvalidController},
	})
	f.institutions.Suspend(bank)
	_, err := send(f, f.msg.OfferControl, offer())
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
}

func TestClaimControlRefuses(t *testing.T) {
	f := enrolled(t)
	_, err := send(f, f.msg.ClaimControl, claim())
	require.ErrorIs(t, err, types.ErrNotOffered, "nothing is offered yet")
	must(f, f.msg.OfferControl, offer())
	refuse(f, f.msg.ClaimControl, claim, []refusal[*types.MsgClaimControl]{
		{"bad controller", func(m *types.MsgClaimControl) { m.Controller = "" }, types.ErrInvalidAddress},
		{"bad subject", func(m *types.MsgClaimControl) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *types.MsgClaimControl) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"offered to another", func(m *types.MsgClaimControl) { m.Controller = mallory.String() }, types.ErrNotOffered},
	})
}
