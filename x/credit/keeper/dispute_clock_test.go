package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
)

// The time to answer by each profile, to the nanosecond, by the queue and by messages alike.
func TestDisputeClocks(t *testing.T) {
	inUS := func(f *fixture, id []byte) {
		must(f, f.msg.ExtendDispute, &types.MsgExtendDispute{Signer: alice.String(), Id: id, Facts: testutil.Bytes("new")})
	}
	inEU := func(f *fixture, id []byte) {
		must(f, f.msg.ExtendDispute, &types.MsgExtendDispute{Signer: bank.String(), Id: id})
	}
	for name, each := range map[string]struct {
		jurisdiction string
		extend       func(*fixture, []byte)
		days         time.Duration
	}{
		"CN 20":      {"CN", nil, 20},
		"US 30":      {"US", nil, 30},
		"US 45":      {"US", inUS, 45},
		"EU 30":      {"DE", nil, 30},
		"EU 30 + 60": {"FR", inEU, 90},
	} {
		t.Run(name, func(t *testing.T) {
			f, id := disputed(t, each.jurisdiction)
			if each.extend != nil {
				each.extend(f, id)
			}
			require.Equal(t, f.ctx.BlockTime().Add(each.days*day), f.disputeNow(id).DueAt)
			f.later(each.days*day - 1)
			require.NoError(t, f.k.EndBlock(f.ctx))
			f.requireStanding(id, underInvestigation, "one nanosecond before")
			before, at := f.ctx, each.days*day
			f.ctx, _ = before.CacheContext()
			must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
			require.Zero(t, f.silencesToday(bank), "in time")

			for _, late := range []time.Duration{1, 2} { // at it, and one after
				f.ctx, _ = before.CacheContext()
				f.later(late)
				must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
				require.Equal(t, uint32(1), f.silencesToday(bank), "%s + %d: late, though the queue had not come to it", at, late-1)
				f.requireStanding(id, resolved(types.DISPUTE_OUTCOME_VERIFIED))

				f.ctx, _ = before.CacheContext()
				f.later(late)
				require.NoError(t, f.k.EndBlock(f.ctx))
				f.requireStanding(id, unanswered, late)
				require.Equal(t, uint32(1), f.silencesToday(bank))
				f.requireEvent(&types.EventSilence{Institution: bank.String(), Subject: types.ID(subject).String(), Ref: types.ID(id).String()})
				f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_SILENCE, Actor: bank.String(), Ref: id})
				f.requireTrail(types.TrailEntry{
					Subject: subject, Kind: types.TRAIL_KIND_RECORD_SUPPRESSED, Actor: bank.String(), Ref: accountID(),
				})
				require.True(t, f.institutionLine(bank, types.TRAIL_KIND_SILENCE, id))
				require.NoError(t, f.k.EndBlock(f.ctx))
				require.Equal(t, uint32(1), f.silencesToday(bank), "once")
			}
			f.ctx = before
		})
	}
}

// silences of an institution on the present day.
func (f *fixture) silencesToday(institution sdk.AccAddress) uint32 {
	f.t.Helper()
	day := uint32(f.ctx.BlockTime().Unix() / (24 * 60 * 60))
	key := join([]byte{23, byte(len(institution))}, institution, []byte{byte(day >> 24), byte(day >> 16), byte(day >> 8), byte(day)})
	bz, err := f.store.OpenKVStore(f.ctx).Get(key)
	require.NoError(f.t, err)
	var counts types.InstitutionDay
	require.NoError(f.t, counts.Unmarshal(bz))
	return counts.Silences
}

// An answer can be escalated until just before escalation_days are over; then the dispute closes, and the record is free.
func TestEscalationClock(t *testing.T) {
	for jurisdiction, days := range map[string]time.Duration{"CN": 60, "US": 60, "DE": 90} {
		f, id := disputed(t, jurisdiction)
		must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
		f.next(days*day - 1)
		require.NoError(t, f.k.EndBlock(f.ctx))
		before := f.ctx
		f.ctx, _ = before.CacheContext()
		must(f, f.msg.EscalateDispute, escalating(id, bureau))

		f.ctx, _ = before.CacheContext()
		f.later(1)
		_, err := send(f, f.msg.EscalateDispute, escalating(id, bureau))
		require.ErrorIs(t, err, types.ErrDisputeDeadline, "at it, before the queue")
		require.NoError(t, f.k.EndBlock(f.ctx))
		f.requireStanding(id, standing{
			types.DISPUTE_STATUS_CLOSED, types.DISPUTE_OUTCOME_VERIFIED, types.RECORD_STATE_ACTIVE, types.STATE_REASON_DISPUTE,
			types.COMPLIANCE_CODE_XH, false,
		})
		f.requireEvent(&types.EventDisputeClosed{DisputeId: types.ID(id).String(), Outcome: types.DISPUTE_OUTCOME_VERIFIED})
		_, err = send(f, f.msg.EscalateDispute, escalating(id, bureau))
		require.ErrorIs(t, err, types.ErrDisputeDeadline, "and after it")
		require.Zero(t, f.silencesToday(bank))
		f.ctx = before
	}
}

// A mediator's silence is its own: the dispute goes back to the furnisher's answer, and another mediator can be asked.
func TestMediationClock(t *testing.T) {
	for jurisdiction, days := range map[string]time.Duration{"CN": 30, "US": 30, "DE": 90} {
		f, id := disputed(t, jurisdiction)
		must(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_VERIFIED))
		must(f, f.msg.EscalateDispute, escalating(id, bureau))
		f.next(days*day - 1)
		require.NoError(t, f.k.EndBlock(f.ctx))
		f.requireStanding(id, inMediation, "one nanosecond before")
		before := f.ctx
		f.ctx, _ = before.CacheContext()
		must(f, f.msg.DecideDispute, deciding(id, bureau, types.DISPUTE_OUTCOME_DELETED))

		f.ctx, _ = before.CacheContext()
		f.later(1)
		require.NoError(t, f.k.EndBlock(f.ctx))
		want := resolved(types.DISPUTE_OUTCOME_VERIFIED)
		want.compliance = types.COMPLIANCE_CODE_XC
		f.requireStanding(id, want)
		require.Equal(t, uint32(1), f.silencesToday(bureau))
		require.Zero(t, f.silencesToday(bank))
		require.Greater(t, f.disputeNow(id).DueAt, f.ctx.BlockTime().Add(59*day), "a new time to escalate")
		_, err := send(f, f.msg.DecideDispute, deciding(id, bureau, types.DISPUTE_OUTCOME_DELETED))
		require.ErrorIs(t, err, types.ErrDisputeDeadline)
		must(f, f.msg.EscalateDispute, escalating(id, ombudsman))
		f.requireStanding(id, inMediation)
		f.ctx = before
	}
}

// A record that is gone for good takes its dispute along, in any status, and no queue stumbles over it.
func TestDisputeOfEndedRecord(t *testing.T) {
	for name, begin := range map[string]func(testing.TB) (*fixture, []byte){
		"open":      func(t testing.TB) (*fixture, []byte) { return disputed(t, "US") },
		"silent":    silent,
		"answered":  func(t testing.TB) (*fixture, []byte) { return answered(t, types.DISPUTE_OUTCOME_VERIFIED) },
		"escalated": escalated,
		"ordered": func(t testing.TB) (*fixture, []byte) {
			f, id := escalated(t)
			must(f, f.msg.DecideDispute, deciding(id, bureau, types.DISPUTE_OUTCOME_MODIFIED))
			return f, id
		},
		"deleted": func(t testing.TB) (*fixture, []byte) { return answered(t, types.DISPUTE_OUTCOME_DELETED) },
	} {
		t.Run(name, func(t *testing.T) {
			f, id := begin(t)
			outcome := f.disputeNow(id).Outcome
			base := f.ctx
			f.ctx, _ = base.CacheContext()
			record := f.accountNow()
			require.NoError(t, keeper.ChangeState(f.k, f.ctx, &record, types.RECORD_STATE_EXPIRED, types.STATE_REASON_RETENTION, bank))
			f.requireStanding(id, standing{
				types.DISPUTE_STATUS_CLOSED, outcome, types.RECORD_STATE_EXPIRED, types.STATE_REASON_RETENTION, record.Compliance, false,
			})
			if name != "deleted" {
				f.requireEvent(&types.EventDisputeClosed{DisputeId: types.ID(id).String(), Outcome: outcome})
			}
			_, err := send(f, f.msg.AnswerDispute, answering(id, types.DISPUTE_OUTCOME_DELETED))
			require.ErrorIs(t, err, types.ErrDisputeState)
			_, err = send(f, f.msg.AddStatement, &types.MsgAddStatement{Controller: alice.String(), Id: id, Statement: testutil.Bytes("words")})
			require.ErrorIs(t, err, types.ErrDisputeState)
			f.later(300 * day)
			require.NoError(t, f.k.EndBlock(f.ctx))
			for _, event := range f.ctx.EventManager().Events() {
				require.NotEqual(t, "creditd.credit.v1.EventQueueEntryFailed", event.Type)
			}
			f.ctx = base
		})
	}
}
