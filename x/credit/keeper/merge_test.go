package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var (
	twin    = testutil.Bytes("twin") // a second pseudonym of alice
	twinKey = testutil.Address("alice as twin")
)

func (f *fixture) enrol(kind types.SubjectKind, names ...string) (pseudonyms [][]byte) {
	msg := &types.MsgEnrolSubjects{Institution: utility.String()}
	for _, name := range names {
		pseudonyms = append(pseudonyms, testutil.Bytes("%s", name))
		msg.Subjects = append(msg.Subjects, types.Enrolment{Pseudonym: testutil.Bytes("%s", name), Kind: kind})
	}
	must(f, f.msg.EnrolSubjects, msg)
	return pseudonyms
}

func (f *fixture) control(pseudonym []byte, account sdk.AccAddress) {
	must(f, f.msg.OfferControl, &types.MsgOfferControl{Institution: utility.String(), Subject: pseudonym, Controller: account.String()})
	must(f, f.msg.ClaimControl, &types.MsgClaimControl{Controller: account.String(), Subject: pseudonym})
}

// twins has two pseudonyms with a controller each.
func twins(t testing.TB) *fixture {
	f := inControl(t)
	f.institutions.License(inspector, institutiontypes.ROLE_SUPERVISOR)
	f.enrol(types.SUBJECT_KIND_NATURAL_PERSON, "twin")
	f.control(twin, twinKey)
	return f
}

func mergeMsg() *types.MsgProposeMerge {
	return &types.MsgProposeMerge{Institution: bank.String(), Subject: subject, Into: twin}
}

// agree lets enough institutions approve a merge, without waiting.
func (f *fixture) agree(from, into []byte) {
	f.t.Helper()
	must(f, f.msg.ProposeMerge, &types.MsgProposeMerge{Institution: bank.String(), Subject: from, Into: into})
	for _, by := range []sdk.AccAddress{bureau, inspector} {
		must(f, f.msg.ApproveChange, &types.MsgApproveChange{
			Institution: by.String(), Subject: from, Kind: types.CHANGE_KIND_MERGE, Target: into,
		})
	}
}

// merge also waits until it took effect.
func (f *fixture) merge(from, into []byte) {
	f.t.Helper()
	f.agree(from, into)
	f.next(timelock)
	f.next(0)
	require.Equal(f.t, into, f.subject(from).MergedInto)
}

func TestMerge(t *testing.T) {
	f := twins(t)
	must(f, f.msg.Furnish, f.furnishMsg())
	must(f, f.msg.RotateControl, rotation()) // an offer that ends with the merge
	before := f.export()
	f.agree(subject, twin)
	for _, trail := range []struct{ subject, ref []byte }{{subject, twin}, {twin, subject}} {
		for kind, by := range map[types.TrailKind]sdk.AccAddress{types.TRAIL_KIND_CHANGE_PROPOSED: bank, types.TRAIL_KIND_CHANGE_APPROVED: inspector} {
			f.requireTrail(types.TrailEntry{Subject: trail.subject, Kind: kind, Actor: by.String(), Ref: trail.ref})
		}
	}
	f.next(timelock)
	require.Empty(t, f.subject(subject).MergedInto)
	require.NoError(t, f.k.EndBlock(f.ctx))

	from, into := f.subject(subject), f.subject(twin)
	require.Equal(t, twin, from.MergedInto)
	require.Empty(t, from.Controller+from.OfferedTo)
	require.Equal(t, [][]byte{subject}, into.Aliases)
	require.Equal(t, twinKey.String(), into.Controller)
	require.False(t, f.mayPay(alice))
	require.False(t, f.mayPay(alicesPhone))
	require.True(t, f.mayPay(twinKey))
	require.Equal(t, before.Tradelines, f.export().Tradelines, "records stay where they are")
	f.requireEvent(&types.EventSubjectsMerged{Subject: types.ID(subject).String(), Into: types.ID(twin).String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_MERGED, Actor: bank.String(), Ref: twin})
	f.requireTrail(types.TrailEntry{Subject: twin, Kind: types.TRAIL_KIND_MERGED, Actor: bank.String(), Ref: subject})
	for _, institution := range []sdk.AccAddress{bank, bureau, inspector} {
		f.requireInstitutionTrail(institution, types.TrailEntry{Kind: types.TRAIL_KIND_MERGED, Ref: twin})
	}
	_, err := f.change(subject)
	require.ErrorIs(t, err, types.ErrNoChange)
	f.requireInvariants()
}

// A merged pseudonym takes nothing that is about who it is.
func TestMergedTakesNothing(t *testing.T) {
	f := twins(t)
	f.enrol(types.SUBJECT_KIND_NATURAL_PERSON, "third")
	f.merge(subject, twin)
	_, err := send(f, f.msg.OfferControl, offer())
	require.ErrorIs(t, err, types.ErrMerged)
	require.ErrorContains(t, err, types.ID(twin).String(), "it names the one that stays")
	_, err = send(f, f.msg.ClaimControl, claimBy(alicesPhone))
	require.ErrorIs(t, err, types.ErrMerged)
	_, err = send(f, f.msg.RotateControl, rotation())
	require.ErrorIs(t, err, types.ErrMerged)
	_, err = send(f, f.msg.ProposeRecovery, recoveryMsg())
	require.ErrorIs(t, err, types.ErrMerged)
	_, err = send(f, f.msg.ProposeMerge, mergeMsg())
	require.ErrorIs(t, err, types.ErrMerged)
	_, err = send(f, f.msg.ProposeMerge, &types.MsgProposeMerge{Institution: bank.String(), Subject: testutil.Bytes("third"), Into: subject})
	require.ErrorIs(t, err, types.ErrMerged)
	require.Zero(t, must(f, f.msg.EnrolSubjects, enrolment()).Created)
	require.Equal(t, twin, f.subject(subject).MergedInto)
}

func TestProposeMergeRefuses(t *testing.T) {
	f := twins(t)
	f.enrol(types.SUBJECT_KIND_LEGAL_ENTITY, "firm")
	f.enrol(types.SUBJECT_KIND_NATURAL_PERSON, "nobody's")
	type msg = types.MsgProposeMerge
	refuse(f, f.msg.ProposeMerge, mergeMsg, []refusal[*msg]{
		{"bad institution", func(m *msg) { m.Institution = "" }, types.ErrInvalidAddress},
		{"no institution", func(m *msg) { m.Institution = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"a data user", func(m *msg) { m.Institution = lender.String() }, institutiontypes.ErrWrongRole},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"bad other", func(m *msg) { m.Into = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"unknown other", func(m *msg) { m.Into = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"into itself", func(m *msg) { m.Into = subject }, types.ErrInvalidChange},
		{"a person into a firm", func(m *msg) { m.Into = testutil.Bytes("firm") }, types.ErrInvalidChange},
		{"into one without controller", func(m *msg) { m.Into = testutil.Bytes("nobody's") }, types.ErrInvalidChange},
	})
	must(f, f.msg.ProposeMerge, mergeMsg())
	_, err := send(f, f.msg.ProposeMerge, mergeMsg())
	require.ErrorIs(t, err, types.ErrChangePending)
	_, err = send(f, f.msg.ProposeRecovery, recoveryMsg())
	require.ErrorIs(t, err, types.ErrChangePending)
}

// Both controllers can stop a merge, and so can who proposed it.
func TestCancelMerge(t *testing.T) {
	for name, by := range map[string]sdk.AccAddress{"of the one": alice, "of the other": twinKey, "proposer": bank} {
		t.Run(name, func(t *testing.T) {
			f := twins(t)
			f.agree(subject, twin)
			for _, stranger := range []sdk.AccAddress{mallory, bureau, inspector} {
				_, err := send(f, f.msg.CancelChange, cancelMsg(stranger))
				require.ErrorIs(t, err, types.ErrNotParticipant)
			}
			must(f, f.msg.CancelChange, cancelMsg(by))
			f.requireDropped(types.CHANGE_KIND_MERGE, by, bank, twin)
			f.requireTrail(types.TrailEntry{Subject: twin, Kind: types.TRAIL_KIND_CHANGE_CANCELLED, Actor: by.String(), Ref: subject})
			f.next(timelock)
			f.next(0)
			require.Empty(t, f.subject(subject).MergedInto)
		})
	}
}

// Aliases move along with the subject that they were merged into: merged_into is one step long.
func TestAliasesMove(t *testing.T) {
	f := twins(t)
	f.enrol(types.SUBJECT_KIND_NATURAL_PERSON, "older", "oldest")
	f.merge(testutil.Bytes("oldest"), subject)
	f.merge(testutil.Bytes("older"), subject)
	require.Equal(t, [][]byte{testutil.Bytes("oldest"), testutil.Bytes("older")}, f.subject(subject).Aliases)
	f.merge(subject, twin)
	require.Empty(t, f.subject(subject).Aliases)
	require.Equal(t, [][]byte{testutil.Bytes("oldest"), testutil.Bytes("older"), subject}, f.subject(twin).Aliases)
	for _, alias := range f.subject(twin).Aliases {
		require.Equal(t, twin, f.subject(alias).MergedInto)
	}
}

func TestAliasesAreBounded(t *testing.T) {
	f := twins(t)
	for i := range types.MaxAliases {
		name := fmt.Sprintf("alias %d", i)
		f.enrol(types.SUBJECT_KIND_NATURAL_PERSON, name)
		if i == types.MaxAliases-1 {
			f.agree(subject, twin) // its place is taken before it takes effect
			f.next(time.Second)
		}
		f.agree(testutil.Bytes("%s", name), twin)
		if i < types.MaxAliases-2 {
			f.next(timelock)
			f.next(0)
		}
	}
	f.next(timelock)
	f.next(0)
	require.Len(t, f.subject(twin).Aliases, types.MaxAliases)
	f.enrol(types.SUBJECT_KIND_NATURAL_PERSON, "one more")
	_, err := send(f, f.msg.ProposeMerge, &types.MsgProposeMerge{Institution: bank.String(), Subject: testutil.Bytes("one more"), Into: twin})
	require.ErrorIs(t, err, types.ErrTooManyAliases)
	_, err = send(f, f.msg.ProposeMerge, &types.MsgProposeMerge{Institution: bank.String(), Subject: twin, Into: testutil.Bytes("one more")})
	require.Error(t, err)
}

// A merge that no longer fits when its time comes is dropped, and everybody can see it.
func TestMergeOvertaken(t *testing.T) {
	third := testutil.Bytes("third")
	for name, overtake := range map[string]func(*fixture){
		"the other is merged": func(f *fixture) { f.agree(twin, third) },
		"too many aliases": func(f *fixture) {
			for i := range types.MaxAliases {
				f.agree(f.enrol(types.SUBJECT_KIND_NATURAL_PERSON, fmt.Sprintf("alias %d", i))[0], twin)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := twins(t)
			f.enrol(types.SUBJECT_KIND_NATURAL_PERSON, "third")
			f.control(third, testutil.Address("third"))
			overtake(f)
			f.next(time.Second)
			f.agree(subject, twin)
			f.next(timelock)
			require.NoError(t, f.k.EndBlock(f.ctx))
			require.Empty(t, f.subject(subject).MergedInto)
			require.Equal(t, alice.String(), f.subject(subject).Controller)
			f.requireDropped(types.CHANGE_KIND_MERGE, bank, bank, twin)
		})
	}
}

// A controller that was claimed in the meantime would lose its rights.
func TestMergeOvertakenByClaim(t *testing.T) {
	f := twins(t)
	pair := f.enrol(types.SUBJECT_KIND_NATURAL_PERSON, "one", "two")
	f.agree(pair[0], pair[1])
	f.control(pair[0], testutil.Address("one"))
	f.next(timelock)
	f.next(0)
	require.Empty(t, f.subject(pair[0]).MergedInto)
	require.Equal(t, testutil.Address("one").String(), f.subject(pair[0]).Controller)
}

// Changes that take effect in one block do so in the order of their times, then of their pseudonyms, at most queue_cap.
func TestChangesAreCapped(t *testing.T) {
	f := twins(t)
	params := types.DefaultParams()
	params.QueueCap = 2
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	pseudonyms := f.enrol(types.SUBJECT_KIND_NATURAL_PERSON, "1", "2", "3", "4", "5")
	for _, pseudonym := range pseudonyms {
		f.agree(pseudonym, twin)
	}
	f.next(timelock)
	for _, want := range []int{2, 4, 5, 5} {
		f.next(0)
		require.Len(t, f.subject(twin).Aliases, want)
		f.requireInvariants()
	}
	require.Equal(t, pseudonyms, f.subject(twin).Aliases)
}
