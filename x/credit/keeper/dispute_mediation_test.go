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

// inMediation is the standing of an answer that the subject disagrees with.
var inMediation = standing{
	types.DISPUTE_STATUS_ESCALATED, types.DISPUTE_OUTCOME_VERIFIED, types.RECORD_STATE_DISPUTED, types.STATE_REASON_DISPUTE,
	types.COMPLIANCE_CODE_XC, true,
}

var unanswered = standing{
	types.DISPUTE_STATUS_SILENT, types.DISPUTE_OUTCOME_UNSPECIFIED, types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_SILENCE,
	types.COMPLIANCE_CODE_XB, true,
}

func TestEscalateDispute(t *testing.T) {
	f, id := answered(t, types.DISPUTE_OUTCOME_VERIFIED)
	f.later(time.Hour)
	must(f, f.msg.EscalateDispute, escalating(id, bureau))
	f.requireStanding(id, inMediation)
	got := f.disputeNow(id)
	require.Equal(t, bureau.String(), got.Mediator)
	require.Equal(t, f.ctx.BlockTime().Add(30*day), got.DueAt)
	f.requireEvent(&types.EventDisputeEscalated{DisputeId: types.ID(id).String(), Mediator: bureau.String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_DISPUTE_ESCALATED, Actor: alice.String(), Ref: id})
	require.True(t, f.institutionLine(bank, types.TRAIL_KIND_DISPUTE_ESCALATED, id))
	require.True(t, f.institutionLine(bureau, types.TRAIL_KIND_DISPUTE_ESCALATED, id))
	_, err := send(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
	require.ErrorIs(t, err, types.ErrDisputeState, "the furnisher has answered")
}

// A mediator may be asked at any time after silence, and the record stays hidden while it looks into it.
func TestEscalateSilence(t *testing.T) {
	f, id := silent(t)
	f.later(365 * day)
	must(f, f.msg.EscalateDispute, escalating(id, ombudsman))
	want := unanswered
	want.status = types.DISPUTE_STATUS_ESCALATED
	f.requireStanding(id, want)
	f.later(30 * day)
	f.next(time.Second)
	f.requireStanding(id, unanswered, "the mediator was silent too")
	must(f, f.msg.EscalateDispute, escalating(id, bureau))
	must(f, f.msg.DecideDispute, deciding(id, bureau, types.DISPUTE_OUTCOME_VERIFIED))
	f.requireStanding(id, standing{
		types.DISPUTE_STATUS_CLOSED, types.DISPUTE_OUTCOME_VERIFIED, types.RECORD_STATE_ACTIVE, types.STATE_REASON_DISPUTE,
		types.COMPLIANCE_CODE_XH, false,
	}, "the subject never disagreed with anybody")
}

func TestEscalateDisputeRefuses(t *testing.T) {
	f, id := disputed(t, "US")
	type msg = types.MsgEscalateDispute
	valid := func() *msg { return escalating(id, bureau) }
	refuse(f, f.msg.EscalateDispute, valid, []refusal[*msg]{{"open", func(*msg) {}, types.ErrDisputeState}})
	must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
	f.institutions.License(mallory, institutiontypes.ROLE_BUREAU)
	f.institutions.Suspend(mallory)
	f.institutions.Amend(bank, func(i *institutiontypes.Institution) { i.Roles = append(i.Roles, institutiontypes.ROLE_BUREAU) })
	refuse(f, f.msg.EscalateDispute, valid, []refusal[*msg]{
		{"bad controller", func(m *msg) { m.Controller = "x" }, types.ErrInvalidAddress},
		{"bad mediator", func(m *msg) { m.Mediator = "x" }, types.ErrInvalidAddress},
		{"bad id", func(m *msg) { m.Id = nil }, types.ErrInvalidID},
		{"unknown", func(m *msg) { m.Id = testutil.Bytes("x") }, types.ErrUnknownDispute},
		{"the furnisher asks", func(m *msg) { m.Controller = bank.String() }, types.ErrNotController},
		{"the furnisher is asked", func(m *msg) { m.Mediator = bank.String() }, types.ErrInvalidMediator},
		{"a data user is asked", func(m *msg) { m.Mediator = lender.String() }, types.ErrInvalidMediator},
		{"a person is asked", func(m *msg) { m.Mediator = alice.String() }, types.ErrInvalidMediator},
		{"a suspended bureau is asked", func(m *msg) { m.Mediator = mallory.String() }, types.ErrInvalidMediator},
	})
	must(f, f.msg.EscalateDispute, valid())
	refuse(f, f.msg.EscalateDispute, valid, []refusal[*msg]{{"escalated", func(*msg) {}, types.ErrDisputeState}})
	f.later(30 * day)
	refuse(f, f.msg.EscalateDispute, valid, []refusal[*msg]{{"asked last", func(*msg) {}, types.ErrInvalidMediator}})
	must(f, f.msg.EscalateDispute, escalating(id, ombudsman))
}

func TestDecideDispute(t *testing.T) {
	for outcome, want := range map[types.DisputeOutcome]standing{
		types.DISPUTE_OUTCOME_VERIFIED: {
			types.DISPUTE_STATUS_CLOSED, types.DISPUTE_OUTCOME_VERIFIED, types.RECORD_STATE_ACTIVE, types.STATE_REASON_DISPUTE,
			types.COMPLIANCE_CODE_XC, false,
		},
		types.DISPUTE_OUTCOME_MODIFIED: {
			types.DISPUTE_STATUS_ORDERED, types.DISPUTE_OUTCOME_MODIFIED, types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_MEDIATION,
			types.COMPLIANCE_CODE_XC, true,
		},
		types.DISPUTE_OUTCOME_DELETED: deleted,
	} {
		f, id := escalated(t)
		f.later(time.Hour)
		must(f, f.msg.DecideDispute, deciding(id, bureau, outcome))
		f.requireStanding(id, want, outcome)
		require.Equal(t, testutil.Bytes("decision"), f.disputeNow(id).Evidence)
		f.requireEvent(&types.EventDisputeDecided{DisputeId: types.ID(id).String(), Outcome: outcome})
		f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_DISPUTE_DECIDED, Actor: bureau.String(), Ref: id})
		require.True(t, f.institutionLine(bank, types.TRAIL_KIND_DISPUTE_DECIDED, id))
		require.True(t, f.institutionLine(bureau, types.TRAIL_KIND_DISPUTE_DECIDED, id))
		if want.status == types.DISPUTE_STATUS_CLOSED {
			f.requireEvent(&types.EventDisputeClosed{DisputeId: types.ID(id).String(), Outcome: outcome})
		}
	}
}

func TestDecideDisputeRefuses(t *testing.T) {
	f, id := escalated(t)
	type msg = types.MsgDecideDispute
	valid := func() *msg { return deciding(id, bureau, types.DISPUTE_OUTCOME_VERIFIED) }
	refuse(f, f.msg.DecideDispute, valid, []refusal[*msg]{
		{"bad mediator", func(m *msg) { m.Mediator = "x" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.Mediator = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"the furnisher", func(m *msg) { m.Mediator = bank.String() }, institutiontypes.ErrWrongRole},
		{"another mediator", func(m *msg) { m.Mediator = ombudsman.String() }, types.ErrNotMediator},
		{"bad id", func(m *msg) { m.Id = nil }, types.ErrInvalidID},
		{"unknown", func(m *msg) { m.Id = testutil.Bytes("x") }, types.ErrUnknownDispute},
		{"no evidence", func(m *msg) { m.Evidence = nil }, types.ErrInvalidCommitment},
		{"no outcome", func(m *msg) { m.Outcome = types.DISPUTE_OUTCOME_UNSPECIFIED }, types.ErrInvalidOutcome},
		{"frivolous", func(m *msg) { m.Outcome = types.DISPUTE_OUTCOME_FRIVOLOUS }, types.ErrInvalidOutcome},
		{"reinserted", func(m *msg) { m.Outcome = types.DISPUTE_OUTCOME_REINSERTED }, types.ErrInvalidOutcome},
	})
	must(f, f.msg.DecideDispute, valid())
	refuse(f, f.msg.DecideDispute, valid, []refusal[*msg]{{"decided", func(*msg) {}, types.ErrDisputeState}})

	f, id = escalated(t)
	f.later(30 * day)
	refuse(f, f.msg.DecideDispute, func() *msg { return deciding(id, bureau, types.DISPUTE_OUTCOME_VERIFIED) },
		[]refusal[*msg]{{"too late", func(*msg) {}, types.ErrDisputeDeadline}})
}

// After an order the furnisher corrects or deletes; the subject may ask another mediator whether the correction will do.
func TestOrder(t *testing.T) {
	ordered := func() (*fixture, []byte) {
		f, id := escalated(t)
		must(f, f.msg.DecideDispute, deciding(id, bureau, types.DISPUTE_OUTCOME_MODIFIED))
		f.next(time.Second)
		return f, id
	}
	f, id := ordered()
	for _, outcome := range []types.DisputeOutcome{types.DISPUTE_OUTCOME_VERIFIED, types.DISPUTE_OUTCOME_FRIVOLOUS} {
		_, err := send(f, f.msg.AnswerDispute, answering(id, outcome))
		require.ErrorIs(t, err, types.ErrInvalidOutcome)
	}
	f.next(300 * day)
	require.Equal(t, types.DISPUTE_STATUS_ORDERED, f.disputeNow(id).Status, "an order does not lapse")
	must(f, f.msg.AnswerDispute, f.correcting(id, "v2"))
	corrected := resolved(types.DISPUTE_OUTCOME_MODIFIED)
	corrected.reason = types.STATE_REASON_MEDIATION // what it came back from
	f.requireStanding(id, corrected)
	require.Equal(t, uint32(2), f.accountNow().Version)
	_, err := send(f, f.msg.EscalateDispute, escalating(id, bureau))
	require.ErrorIs(t, err, types.ErrInvalidMediator)
	must(f, f.msg.EscalateDispute, escalating(id, ombudsman))

	f, id = ordered()
	must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_DELETED))
	f.requireStanding(id, deleted)
}

// An ordinary update is no answer to an order.
func TestOrderAndUpdate(t *testing.T) {
	f, id := escalated(t)
	must(f, f.msg.DecideDispute, deciding(id, bureau, types.DISPUTE_OUTCOME_MODIFIED))
	must(f, f.msg.Correct, &types.MsgCorrect{
		Furnisher: bank.String(), SchemaId: f.schema, Report: report("account", "v2"), Reason: types.CORRECTION_REASON_UPDATE,
	})
	require.Equal(t, types.STATE_REASON_MEDIATION, f.accountNow().StateReason)
	require.Equal(t, types.DISPUTE_STATUS_ORDERED, f.disputeNow(id).Status)
}

// merge makes one pseudonym stand for another, as MsgProposeMerge does in the end.
func (f *fixture) mergeDisputed(alias, stays []byte, controller sdk.AccAddress) {
	f.t.Helper()
	must(f, f.msg.EnrolSubjects, &types.MsgEnrolSubjects{
		Institution: bank.String(), Subjects: []types.Enrolment{{Pseudonym: stays, Kind: types.SUBJECT_KIND_NATURAL_PERSON}},
	})
	must(f, f.msg.OfferControl, &types.MsgOfferControl{Institution: bank.String(), Subject: stays, Controller: controller.String()})
	must(f, f.msg.ClaimControl, &types.MsgClaimControl{Controller: controller.String(), Subject: stays})
	for pseudonym, change := range map[string]func(*types.Subject){
		string(alias): func(s *types.Subject) { s.MergedInto, s.Controller = stays, "" },
		string(stays): func(s *types.Subject) { s.Aliases = [][]byte{alias} },
	} {
		kept, err := f.k.GetSubject(f.ctx, types.ID([]byte(pseudonym)))
		require.NoError(f.t, err)
		change(&kept)
		kept.Pseudonym = nil
		f.requireStored(join([]byte{1}, []byte(pseudonym)), &kept)
	}
	require.NoError(f.t, f.store.OpenKVStore(f.ctx).Delete(join([]byte{2, byte(len(alice))}, alice, alias)))
}
