package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/contract"
	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
)

func TestAnnotate(t *testing.T) {
	f, event := watched(t, types.CONTRACT_TRIGGER_UPDATE)
	id := f.activate("review", annotating(types.CONTRACT_TRIGGER_UPDATE))
	f.store.Writes = 0
	f.mustRun(event)
	require.Equal(t, 4, f.store.Writes, "tradeline, two trails, log")
	require.Equal(t, []types.Annotation{types.ANNOTATION_REVIEW}, event.Tradeline.Annotations, "who raised the event sees it")
	require.Equal(t, *event.Tradeline, f.banksLine())
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_ANNOTATED, Actor: bank.String(), Ref: event.Ref.Bytes()})
	run := f.requireRun(id, event.Ref, types.RUN_OUTCOME_ACTED, types.CONTRACT_ACTION_ANNOTATE)
	require.False(t, run.Check)
	require.Empty(t, run.Error)

	// What is marked is marked: nothing to do, nothing to log.
	f.next(time.Second)
	f.store.Writes = 0
	f.mustRun(event)
	require.Zero(t, f.store.Writes)
	require.Len(t, f.runs(id), 1)
}

func TestNewVersionAnswersStale(t *testing.T) {
	f, event := watched(t, types.CONTRACT_TRIGGER_UPDATE)
	event.Tradeline.Annotations = []types.Annotation{types.ANNOTATION_STALE, types.ANNOTATION_REVIEW}
	f.mustRun(event)
	require.Equal(t, []types.Annotation{types.ANNOTATION_REVIEW}, f.banksLine().Annotations)
	require.Equal(t, f.banksLine(), *event.Tradeline)
}

func TestSuppress(t *testing.T) {
	f, event := watched(t, types.CONTRACT_TRIGGER_UPDATE)
	id := f.activate("hide", acting(types.CONTRACT_TRIGGER_UPDATE, types.CONTRACT_ACTION_SUPPRESS, `tradeline.version == 1`))
	f.mustRun(event)
	got := f.banksLine()
	require.Equal(t, types.RECORD_STATE_SUPPRESSED, got.State)
	require.Equal(t, types.STATE_REASON_CONTRACT, got.StateReason)
	require.Equal(t, got, *event.Tradeline)
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_RECORD_SUPPRESSED, Actor: bank.String(), Ref: event.Ref.Bytes()})
	f.requireEvent(&types.EventRecordStateChanged{
		Subject: types.ID(subject).String(), TradelineId: event.Ref.String(), State: types.RECORD_STATE_SUPPRESSED, Reason: types.STATE_REASON_CONTRACT,
	})
	f.requireRun(id, event.Ref, types.RUN_OUTCOME_ACTED, types.CONTRACT_ACTION_SUPPRESS)
}

// Only what is shown and undisputed is suppressed, and nothing is done to a record that is over.
func TestActionsLeaveStatesAlone(t *testing.T) {
	for _, action := range []types.ContractAction{
		types.CONTRACT_ACTION_ANNOTATE, types.CONTRACT_ACTION_SUPPRESS, types.CONTRACT_ACTION_OPEN_NOTICE,
	} {
		for state, acts := range map[types.RecordState]bool{
			types.RECORD_STATE_ACTIVE: true, types.RECORD_STATE_EXPIRED: false, types.RECORD_STATE_ERASED: false,
			types.RECORD_STATE_DISPUTED:   action != types.CONTRACT_ACTION_SUPPRESS,
			types.RECORD_STATE_SUPPRESSED: action != types.CONTRACT_ACTION_SUPPRESS,
		} {
			f, event := watched(t, types.CONTRACT_TRIGGER_UPDATE)
			code := acting(types.CONTRACT_TRIGGER_UPDATE, action, "true")
			if action == types.CONTRACT_ACTION_ANNOTATE {
				code.Annotation = types.ANNOTATION_REVIEW
			}
			id := f.activate("act", code)
			event.Tradeline.State = state
			cached, _ := f.ctx.CacheContext() // the state is none that the messages made
			_, err := f.k.RunContracts(cached, *event)
			require.NoError(t, err)
			res, err := f.query.ContractRuns(cached, &types.QueryContractRunsRequest{Id: types.ID(id).String()})
			require.NoError(t, err)
			require.Equal(t, acts, len(res.Runs) == 1, "%s %s", action, state)
		}
	}
}

func TestOpenNotice(t *testing.T) {
	f, event := watched(t, furnishTrigger)
	id := f.activate("notice", acting(furnishTrigger, types.CONTRACT_ACTION_OPEN_NOTICE, `tradeline.notice_age_days < 0`))
	f.mustRun(event)
	f.requireEvent(&types.EventNoticeRequested{
		TradelineId: event.Ref.String(), Furnisher: bank.String(), ContractId: types.ID(id).String(),
	})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_NOTICE_REQUESTED, Actor: bank.String(), Ref: event.Ref.Bytes()})
	f.requireRun(id, event.Ref, types.RUN_OUTCOME_ACTED, types.CONTRACT_ACTION_OPEN_NOTICE)
	require.Equal(t, map[string]any{"tradeline.notice_age_days": int64(-1)}, f.inputs(event, "tradeline.notice_age_days"),
		"what was asked for was not given")
	f.next(time.Second)
	f.mustRun(event)
	require.Len(t, f.runs(id), 1, "it is asked for once")
}

func TestSecondApproval(t *testing.T) {
	f := controlled(t)
	event := f.inquiryEvent(types.PURPOSE_COLLECTION, nil)
	asks, err := f.run(event)
	require.NoError(t, err)
	require.Zero(t, asks)
	code := acting(types.CONTRACT_TRIGGER_INQUIRY, types.CONTRACT_ACTION_SECOND_APPROVAL, `inquiry.purpose == "COLLECTION" && !inquiry.with_consent`)
	id := f.activate("four-eyes", code)
	asks, err = f.run(event)
	require.NoError(t, err)
	require.Equal(t, types.ID(id), asks)
	f.requireRun(id, event.Ref, types.RUN_OUTCOME_ACTED, types.CONTRACT_ACTION_SECOND_APPROVAL)
	asks, err = f.run(f.inquiryEvent(types.PURPOSE_COLLECTION, testutil.Bytes("consent")))
	require.NoError(t, err)
	require.Zero(t, asks)
}

func TestRefusal(t *testing.T) {
	f, event := watched(t, furnishTrigger)
	f.activate("review", annotating(furnishTrigger))
	id := f.activate("closed", acting(furnishTrigger, types.CONTRACT_ACTION_REFUSE, `tradeline.version == 1`))
	before := f.banksLine()
	_, err := f.run(event)
	require.ErrorIs(t, err, types.ErrRefusedByContract)
	require.ErrorContains(t, err, "closed version 1")
	require.ErrorContains(t, err, types.ID(id).String())
	require.Equal(t, before, f.banksLine(), "nor is there a trace of the others")
	require.Empty(t, f.runs(id))
	f.activate("closed-consent", acting(types.CONTRACT_TRIGGER_CONSENT, types.CONTRACT_ACTION_REFUSE, `subject.kind == "NATURAL_PERSON"`))
	event.Trigger = types.CONTRACT_TRIGGER_CONSENT
	_, err = f.run(event)
	require.ErrorIs(t, err, types.ErrRefusedByContract)
}

// A contract that fails, whatever its action, is logged, and the message goes on, and so do the other contracts.
func TestFailingContract(t *testing.T) {
	for _, action := range []types.ContractAction{types.CONTRACT_ACTION_REFUSE, types.CONTRACT_ACTION_SUPPRESS} {
		f, event := watched(t, furnishTrigger)
		id := f.activate("fails", acting(furnishTrigger, action, `10 / (tradeline.version - 1) > 0`))
		sound := f.activate("review", annotating(furnishTrigger))
		f.mustRun(event)
		run := f.requireRun(id, event.Ref, types.RUN_OUTCOME_FAILED, types.CONTRACT_ACTION_UNSPECIFIED)
		require.Equal(t, "division by zero", run.Error)
		require.NotZero(t, run.Cost)
		require.Equal(t, types.RECORD_STATE_ACTIVE, f.banksLine().State)
		require.Len(t, f.runs(sound), 1)
	}
}

// What no message can bring about ends in the log too: source that no longer compiles, and an action that does not succeed.
func TestBrokenContract(t *testing.T) {
	f, event := watched(t, furnishTrigger)
	id := f.activate("review", annotating(furnishTrigger))
	data, err := f.k.GetContract(f.ctx, types.ID(id))
	require.NoError(t, err)
	for change, want := range map[string]string{"gone.input > 1": "it does not compile any more", "": "the action failed"} {
		broken := data
		if broken.Code.Condition = change; change == "" {
			broken.Code.Condition, broken.Author = "true", "nobody"
		}
		cached, _ := f.ctx.CacheContext()
		require.NoError(t, f.k.PutContract(cached, broken))
		before := *event.Tradeline
		_, err := f.k.RunContracts(cached, *event)
		require.NoError(t, err)
		res, err := f.query.ContractRuns(cached, &types.QueryContractRunsRequest{Id: types.ID(id).String()})
		require.NoError(t, err)
		require.Len(t, res.Runs, 1)
		require.Equal(t, types.RUN_OUTCOME_FAILED, res.Runs[0].Outcome)
		require.Equal(t, want, res.Runs[0].Error)
		require.Equal(t, before, *event.Tradeline)
	}
}

// Paused, retired and proposed contracts, and those of other triggers, do not run.
func TestOnlyActiveRun(t *testing.T) {
	f, event := watched(t, furnishTrigger)
	f.propose("proposed", 1, annotating(furnishTrigger))
	paused := f.activate("paused", annotating(furnishTrigger))
	f.pause(paused, true)
	f.retire(f.activate("retired", annotating(furnishTrigger)))
	f.activate("other", annotating(types.CONTRACT_TRIGGER_UPDATE))
	f.store.Writes = 0
	f.mustRun(event)
	require.Zero(t, f.store.Writes)
	f.pause(paused, false)
	f.mustRun(event)
	require.Len(t, f.runs(paused), 1)
}

// Gas is the same whether or not a program was kept, and pays for the cost of the run.
func TestContractGas(t *testing.T) {
	f, event := watched(t, furnishTrigger)
	f.activate("a", acting(furnishTrigger, types.CONTRACT_ACTION_REFUSE, `tradeline.version == 9`))
	gas := func() uint64 {
		cached, _ := f.ctx.CacheContext()
		cached = cached.WithGasMeter(storetypes.NewInfiniteGasMeter())
		_, err := f.k.RunContracts(cached, *event)
		require.NoError(t, err)
		return cached.GasMeter().GasConsumed()
	}
	first := gas()
	require.Equal(t, first, gas())
	require.Greater(t, first, uint64(2000))
	limited, _ := f.ctx.CacheContext()
	limited = limited.WithGasMeter(storetypes.NewGasMeter(2500))
	require.Panics(t, func() { _, _ = f.k.RunContracts(limited, *event) }, "out of gas is the transaction's, and no failure of a contract")
}

func TestWholeDays(t *testing.T) {
	at := testutil.Now
	for _, each := range []struct {
		to   time.Time
		want int64
	}{
		{at, 0},
		{at.Add(day - 1), 0},
		{at.Add(day), 1},
		{at.Add(2*day - 1), 1},
		{at.Add(-1), -1},
		{at.Add(-day), -1},
		{at.Add(-day - 1), -2},
		{at.AddDate(1000, 0, 0), 365242},
		{time.Time{}, -739982},
	} {
		require.Equal(t, each.want, keeper.WholeDays(at, each.to), each.to.String())
	}
}

func TestInputsOfSubjectAndInstitution(t *testing.T) {
	f := controlled(t)
	f.next(3 * day)
	event := f.inquiryEvent(types.PURPOSE_ACCOUNT_REVIEW, nil)
	now := f.ctx.BlockTime()
	names := []string{
		"block.day", "block.seconds", "subject.kind", "subject.frozen", "subject.fraud_alert", "subject.age_days", "institution.active",
		"institution.roles", "institution.jurisdiction", "institution.furnishes", "institution.silences_30d", "inquiry.purpose", "inquiry.kind",
	}
	require.Equal(t, map[string]any{
		"block.day": now.Unix() / 86400, "block.seconds": now.Unix(), "subject.kind": "NATURAL_PERSON", "subject.frozen": false,
		"subject.fraud_alert": false, "subject.age_days": int64(3), "institution.active": true, "institution.roles": []string{"DATA_USER"},
		"institution.jurisdiction": "US", "institution.furnishes": false, "institution.silences_30d": int64(0),
		"inquiry.purpose": "ACCOUNT_REVIEW", "inquiry.kind": "SOFT",
	}, f.inputs(event, names...))

	later := now.Add(time.Hour)
	event.Subject.Freeze = &types.Freeze{Since: now}
	event.Subject.FraudAlert = &types.FraudAlert{Until: later}
	require.Equal(t, map[string]any{"subject.frozen": true, "subject.fraud_alert": true}, f.inputs(event, "subject.frozen", "subject.fraud_alert"))
	event.Subject.FraudAlert.Until = now
	event.Subject.Freeze.LiftedUntil = &later
	require.Equal(t, map[string]any{"subject.frozen": false, "subject.fraud_alert": false}, f.inputs(event, "subject.frozen", "subject.fraud_alert"))
	event.Subject.Freeze.LiftedFor = rival.String()
	require.Equal(t, map[string]any{"subject.frozen": true}, f.inputs(event, "subject.frozen"))
	event.Subject.Freeze.LiftedFor, event.Subject.Freeze.LiftedUntil = "", &now
	require.Equal(t, map[string]any{"subject.frozen": true}, f.inputs(event, "subject.frozen"))

	require.NoError(t, f.k.RecordSilence(f.ctx, lender, types.ID(subject), event.Ref))
	f.ctx = f.ctx.WithBlockTime(now.Add(30 * day)).WithBlockHeight(f.ctx.BlockHeight() + 1)
	require.NoError(t, f.k.RecordSilence(f.ctx, lender, types.ID(subject), event.Ref))
	require.Equal(t, map[string]any{"institution.silences_30d": int64(2)}, f.inputs(event, "institution.silences_30d"))
	f.ctx = f.ctx.WithBlockTime(now.Add(31 * day))
	require.Equal(t, map[string]any{"institution.silences_30d": int64(1)}, f.inputs(event, "institution.silences_30d"))

	f.institutions.Suspend(lender)
	require.Equal(t, map[string]any{
		"institution.active": false, "institution.roles": []string{}, "institution.jurisdiction": "", "institution.licence_days_left": int64(-1),
	}, f.inputs(event, "institution.active", "institution.roles", "institution.jurisdiction", "institution.licence_days_left"))
}

func TestInputsOfTradeline(t *testing.T) {
	f, event := watched(t, types.CONTRACT_TRIGGER_DISPUTE)
	event.Institution = nil // the subject acts; the furnisher is the record's
	event.Dispute = &types.Dispute{Reason: types.DISPUTE_REASON_FRAUD}
	event.Tradeline.State, event.Tradeline.Compliance = types.RECORD_STATE_DISPUTED, types.COMPLIANCE_CODE_XB
	event.Tradeline.Annotations = []types.Annotation{types.ANNOTATION_STALE}
	f.next(5 * day)
	require.Equal(t, map[string]any{
		"tradeline.version": int64(1), "tradeline.state": "DISPUTED", "tradeline.state_reason": "NONE", "tradeline.age_days": int64(5),
		"tradeline.updated_days_ago": int64(5), "tradeline.compliance": "XB", "tradeline.annotations": []string{"STALE"},
		"tradeline.notice_age_days": int64(-1), "tradeline.show_days_left": int64(725), "dispute.reason": "FRAUD",
		"institution.furnishes": true, "institution.roles": []string{"FURNISHER"},
	}, f.inputs(event, "tradeline.version", "tradeline.state", "tradeline.state_reason", "tradeline.age_days", "tradeline.updated_days_ago",
		"tradeline.compliance", "tradeline.annotations", "tradeline.notice_age_days", "tradeline.show_days_left", "dispute.reason",
		"institution.furnishes", "institution.roles"))
}

func TestInputsOfConsentAndRepaid(t *testing.T) {
	f := controlled(t)
	now := f.ctx.BlockTime()
	event := f.event(types.CONTRACT_TRIGGER_CONSENT)
	event.Tradeline = nil
	event.Consent = &types.Consent{
		Purpose: types.PURPOSE_EMPLOYMENT, Mode: types.CONSENT_MODE_STORE, Fetch: types.CONSENT_FETCH_PERIODIC, UsesLeft: 12,
		ValidFrom: now, ValidUntil: now.Add(30*day + time.Hour),
	}
	event.Repaid = &types.Repaid{AmountClass: types.AMOUNT_CLASS_MEDIUM, RepaidAt: now.Add(-7 * day)}
	require.Equal(t, map[string]any{
		"consent.purpose": "EMPLOYMENT", "consent.mode": "STORE", "consent.fetch": "PERIODIC", "consent.uses": int64(12),
		"consent.validity_days": int64(30), "repaid.amount_class": "MEDIUM", "repaid.days_ago": int64(7),
	}, f.inputs(event, "consent.purpose", "consent.mode", "consent.fetch", "consent.uses", "consent.validity_days",
		"repaid.amount_class", "repaid.days_ago"))
}

// The walk of the trail counts data users once, forgets after 30 days, and ends at 200 lines.
func TestInputsOfInquiries(t *testing.T) {
	f, event := watched(t, furnishTrigger)
	names := []string{"inquiries.looks_30d", "inquiries.data_users_30d", "inquiries.lenders_30d", "inquiries.capped"}
	counts := func(looks, users, lenders int64, capped bool) {
		t.Helper()
		require.Equal(t, map[string]any{names[0]: looks, names[1]: users, names[2]: lenders, names[3]: capped}, f.inputs(event, names...))
	}
	counts(0, 0, 0, false)
	f.lendersLook(3)
	counts(3, 3, 3, false)
	for _, nonce := range []string{"a", "b"} {
		look := inquiry(nil, nonce)
		look.Purpose = types.PURPOSE_LEGAL_ORDER
		must(f, f.msg.OpenInquiry, look)
	}
	counts(5, 4, 3, false)
	f.next(30 * day)
	counts(5, 4, 3, false)
	f.next(1)
	counts(0, 0, 0, false)

	// Lines of other kinds count as lines.
	f.lendersLook(1)
	lines := 0
	for _, line := range f.trail(subject) {
		if !line.Time.Before(f.ctx.BlockTime().AddDate(0, 0, -contract.LookbackDays)) {
			lines++
		}
	}
	for i := range contract.MaxTrailLines - lines {
		require.NoError(t, f.k.RecordSilence(f.ctx, bank, types.ID(subject), types.ID(testutil.Bytes("line %d", i))))
	}
	counts(1, 1, 1, false)
	require.NoError(t, f.k.RecordSilence(f.ctx, bank, types.ID(subject), types.ID(testutil.Bytes("one more"))))
	require.Equal(t, map[string]any{"inquiries.capped": true}, f.inputs(event, "inquiries.capped"))
}
