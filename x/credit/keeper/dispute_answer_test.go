package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// resolved is the standing after an answer that leaves the record shown.
func resolved(outcome types.DisputeOutcome) standing {
	return standing{
		types.DISPUTE_STATUS_ANSWERED, outcome, types.RECORD_STATE_ACTIVE, types.STATE_REASON_DISPUTE, types.COMPLIANCE_CODE_XH, true,
	}
}

var deleted = standing{
	types.DISPUTE_STATUS_CLOSED, types.DISPUTE_OUTCOME_DELETED, types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_DELETED,
	types.COMPLIANCE_CODE_XH, true,
}

func TestAnswerDispute(t *testing.T) {
	for outcome, want := range map[types.DisputeOutcome]standing{
		types.DISPUTE_OUTCOME_VERIFIED:  resolved(types.DISPUTE_OUTCOME_VERIFIED),
		types.DISPUTE_OUTCOME_MODIFIED:  resolved(types.DISPUTE_OUTCOME_MODIFIED),
		types.DISPUTE_OUTCOME_FRIVOLOUS: resolved(types.DISPUTE_OUTCOME_FRIVOLOUS),
		types.DISPUTE_OUTCOME_DELETED:   deleted,
	} {
		t.Run(outcome.String(), func(t *testing.T) {
			f, id := disputed(t, "US")
			msg := answering(id, outcome)
			if outcome == types.DISPUTE_OUTCOME_MODIFIED {
				msg = f.correcting(id, "v2")
			}
			f.later(time.Hour)
			must(f, f.msg.AnswerDispute, msg)
			f.requireStanding(id, want)
			got := f.disputeNow(id)
			require.Equal(t, testutil.Bytes("evidence"), got.Evidence)
			require.Equal(t, f.ctx.BlockTime(), got.StatusSince)
			if want.status == types.DISPUTE_STATUS_ANSWERED {
				require.Equal(t, f.ctx.BlockTime().Add(60*day), got.DueAt)
			}
			f.requireEvent(&types.EventDisputeAnswered{DisputeId: types.ID(id).String(), Outcome: outcome})
			f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_DISPUTE_ANSWERED, Actor: bank.String(), Ref: id})
			require.True(t, f.institutionLine(bank, types.TRAIL_KIND_DISPUTE_ANSWERED, id))
			record := f.accountNow()
			if outcome == types.DISPUTE_OUTCOME_MODIFIED {
				require.Equal(t, uint32(2), record.Version)
				require.Equal(t, types.CORRECTION_REASON_DISPUTE, record.Reason)
			} else {
				require.Equal(t, uint32(1), record.Version)
			}
			if outcome == types.DISPUTE_OUTCOME_DELETED {
				f.requireEvent(&types.EventDisputeClosed{DisputeId: types.ID(id).String(), Outcome: outcome})
			}
		})
	}
}

func TestAnswerDisputeRefuses(t *testing.T) {
	f := disputable(t, "US")
	id := must(f, f.msg.OpenDispute, openingOf("first", testutil.Bytes("facts"))).Id
	other := f.furnishMsg()
	other.Report = report("other", "o1")
	must(f, f.msg.Furnish, other)
	type msg = types.MsgAnswerDispute
	valid := func() *msg { return answering(id, types.DISPUTE_OUTCOME_VERIFIED) }
	refuse(f, f.msg.AnswerDispute, valid, []refusal[*msg]{
		{"bad furnisher", func(m *msg) { m.Furnisher = "x" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.Furnisher = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"another role", func(m *msg) { m.Furnisher = lender.String() }, institutiontypes.ErrWrongRole},
		{"another furnisher", func(m *msg) { m.Furnisher = utility.String() }, types.ErrNotFurnisher},
		{"bad id", func(m *msg) { m.Id = nil }, types.ErrInvalidID},
		{"unknown", func(m *msg) { m.Id = testutil.Bytes("x") }, types.ErrUnknownDispute},
		{"no evidence", func(m *msg) { m.Evidence = nil }, types.ErrInvalidCommitment},
		{"no outcome", func(m *msg) { m.Outcome = types.DISPUTE_OUTCOME_UNSPECIFIED }, types.ErrInvalidOutcome},
		{"no answer", func(m *msg) { m.Outcome = types.DISPUTE_OUTCOME_REINSERTED }, types.ErrInvalidOutcome},
		{"frivolous with facts", func(m *msg) { m.Outcome = types.DISPUTE_OUTCOME_FRIVOLOUS }, types.ErrInvalidOutcome},
		{"verified with a report", func(m *msg) { m.SchemaId = f.schema }, types.ErrInvalidOutcome},
		{"modified without", func(m *msg) { m.Outcome = types.DISPUTE_OUTCOME_MODIFIED }, types.ErrInvalidReport},
		{"modified with the same", func(m *msg) { *m = *f.correcting(id, "v1") }, types.ErrAlreadyFurnished},
		{"modified without schema", func(m *msg) { *m = *f.correcting(id, "v2"); m.SchemaId = nil }, types.ErrInvalidID},
		{"another record", func(m *msg) { *m = *f.correcting(id, "v2"); m.Report.Account = testutil.Bytes("other") }, types.ErrInvalidReport},
	})
	must(f, f.msg.AnswerDispute, valid())
	refuse(f, f.msg.AnswerDispute, valid, []refusal[*msg]{{"answered", func(*msg) {}, types.ErrDisputeState}})
}

// A late answer restores the record, or deletes it; nothing is frivolous any more.
func TestLateAnswer(t *testing.T) {
	for outcome, want := range map[types.DisputeOutcome]standing{
		types.DISPUTE_OUTCOME_VERIFIED: resolved(types.DISPUTE_OUTCOME_VERIFIED),
		types.DISPUTE_OUTCOME_MODIFIED: resolved(types.DISPUTE_OUTCOME_MODIFIED),
		types.DISPUTE_OUTCOME_DELETED:  deleted,
	} {
		f, id := silent(t)
		_, err := send(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_FRIVOLOUS))
		require.ErrorIs(t, err, types.ErrInvalidOutcome)
		f.later(400 * day)
		msg := answering(id, outcome)
		if outcome == types.DISPUTE_OUTCOME_MODIFIED {
			msg = f.correcting(id, "v2")
		}
		must(f, f.msg.AnswerDispute, msg)
		f.requireStanding(id, want, outcome)
	}
}

// What hides a record besides the dispute goes on hiding it, whatever the answer.
func TestAnswerOfHeldRecord(t *testing.T) {
	for name, each := range map[string]struct {
		reason types.StateReason
		erased bool
		want   types.StateReason
	}{
		"repair":                {types.STATE_REASON_REPAIR, false, types.STATE_REASON_REPAIR},
		"contract":              {types.STATE_REASON_CONTRACT, false, types.STATE_REASON_CONTRACT},
		"silence of an erasure": {types.STATE_REASON_SILENCE, true, types.STATE_REASON_SILENCE},
	} {
		f, id := disputed(t, "US")
		record := f.accountNow()
		record.Id, record.Subject, record.State, record.StateReason = nil, nil, types.RECORD_STATE_SUPPRESSED, each.reason
		root := f.ctx
		f.ctx, _ = root.CacheContext() // what follows is not all that the other rule would write, and is dropped
		f.requireStored(join([]byte{3}, subject, accountID()), &record)
		if each.erased {
			f.requireStored(join([]byte{29}, accountID()), &types.Erasure{Subject: subject, Status: types.ERASURE_STATUS_SILENT})
		}
		base := f.ctx
		for _, outcome := range []types.DisputeOutcome{types.DISPUTE_OUTCOME_VERIFIED, types.DISPUTE_OUTCOME_FRIVOLOUS} {
			f.ctx, _ = base.CacheContext()
			must(f, f.msg.AnswerDispute, answering(id, outcome))
			require.Equal(t, types.RECORD_STATE_SUPPRESSED, f.accountNow().State, name)
			require.Equal(t, each.want, f.accountNow().StateReason, name)
		}
		f.ctx, _ = base.CacheContext()
		must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_DELETED))
		f.requireStanding(id, deleted, "a deletion holds more: only reinsertion ends it")
		f.ctx, _ = base.CacheContext()
		f.later(30 * day)
		f.next(time.Second)
		require.Equal(t, each.want, f.accountNow().StateReason, "silence changes nothing")
		f.ctx = root
	}
}

// An update ends what a data contract hid a record for, and nothing that a dispute did.
func TestUpdateOfContractSuppression(t *testing.T) {
	for name, each := range map[string]struct {
		begin func(testing.TB) (*fixture, []byte)
		state types.RecordState
		why   types.StateReason
	}{
		"open":      {func(t testing.TB) (*fixture, []byte) { return disputed(t, "US") }, types.RECORD_STATE_DISPUTED, types.STATE_REASON_DISPUTE},
		"silent":    {silent, types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_SILENCE},
		"escalated": {escalated, types.RECORD_STATE_DISPUTED, types.STATE_REASON_DISPUTE},
		"answered": {
			func(t testing.TB) (*fixture, []byte) { return answered(t, types.DISPUTE_OUTCOME_VERIFIED) },
			types.RECORD_STATE_ACTIVE, types.STATE_REASON_CONTRACT,
		},
	} {
		f, _ := each.begin(t)
		record := f.accountNow()
		record.Id, record.Subject, record.State, record.StateReason = nil, nil, types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_CONTRACT
		f.requireStored(join([]byte{3}, subject, accountID()), &record)
		must(f, f.msg.Correct, &types.MsgCorrect{
			Furnisher: bank.String(), SchemaId: f.schema, Report: report("account", "v2"), Reason: types.CORRECTION_REASON_UPDATE,
		})
		require.Equal(t, each.state, f.accountNow().State, name)
		require.Equal(t, each.why, f.accountNow().StateReason, name)
	}
}
