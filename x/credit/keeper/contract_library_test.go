package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/credit/contract"
	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// published is one event that a contract of the library runs on, and what comes of it.
type published struct {
	name    string
	arrange func(*fixture, *keeper.ContractEvent)
	want    types.RunOutcome // PASSED for no line in the log
}

// Every contract of the library acts when it should, and does not when one of its conditions is missing.
func TestLibraryOnReports(t *testing.T) {
	for file, each := range map[string]struct {
		trigger types.ContractTrigger
		action  types.ContractAction
		cases   []published
	}{
		"notice-before-negative-reporting.json": {furnishTrigger, types.CONTRACT_ACTION_OPEN_NOTICE, []published{
			{"no notice", func(*fixture, *keeper.ContractEvent) {}, types.RUN_OUTCOME_ACTED},
			{"a firm", func(_ *fixture, e *keeper.ContractEvent) { e.Subject.Kind = types.SUBJECT_KIND_LEGAL_ENTITY }, types.RUN_OUTCOME_PASSED},
		}},
		"repair-after-payment.json": {types.CONTRACT_TRIGGER_REPAID, types.CONTRACT_ACTION_ANNOTATE, []published{
			{"repaid", func(*fixture, *keeper.ContractEvent) {}, types.RUN_OUTCOME_ACTED},
			{"repaid today", func(f *fixture, e *keeper.ContractEvent) { e.Repaid.RepaidAt = f.ctx.BlockTime() }, types.RUN_OUTCOME_ACTED},
			{"hidden by the policy", func(f *fixture, e *keeper.ContractEvent) {
				must(f, f.msg.SetRepairPolicy, repairPolicy(authority.String()))
				e.Tradeline.RepairPolicy = "once"
				e.Tradeline.State, e.Tradeline.StateReason = types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_REPAIR
			}, types.RUN_OUTCOME_ACTED},
			{"a large amount", func(_ *fixture, e *keeper.ContractEvent) { e.Repaid.AmountClass = types.AMOUNT_CLASS_LARGE }, types.RUN_OUTCOME_PASSED},
			{"disputed", func(_ *fixture, e *keeper.ContractEvent) { e.Tradeline.Compliance = types.COMPLIANCE_CODE_XB }, types.RUN_OUTCOME_PASSED},
			{"over", func(_ *fixture, e *keeper.ContractEvent) { e.Tradeline.State = types.RECORD_STATE_EXPIRED }, types.RUN_OUTCOME_PASSED},
		}},
		"multi-inquiry-alert.json": {furnishTrigger, types.CONTRACT_ACTION_ANNOTATE, []published{
			{"five lenders", func(f *fixture, _ *keeper.ContractEvent) { f.lendersLook(5) }, types.RUN_OUTCOME_ACTED},
			{"four lenders", func(f *fixture, _ *keeper.ContractEvent) { f.lendersLook(4) }, types.RUN_OUTCOME_PASSED},
			{"five lenders, long ago", func(f *fixture, _ *keeper.ContractEvent) { f.lendersLook(5); f.next(30*day + 1) }, types.RUN_OUTCOME_PASSED},
			{"a firm", func(f *fixture, e *keeper.ContractEvent) {
				f.lendersLook(5)
				e.Subject.Kind = types.SUBJECT_KIND_LEGAL_ENTITY
			}, types.RUN_OUTCOME_PASSED},
		}},
		"stale-record-sweep-furnish.json": {furnishTrigger, types.CONTRACT_ACTION_UNSPECIFIED, []published{
			{"reported", func(*fixture, *keeper.ContractEvent) {}, types.RUN_OUTCOME_SCHEDULED},
			{"hidden", func(_ *fixture, e *keeper.ContractEvent) { e.Tradeline.State = types.RECORD_STATE_SUPPRESSED }, types.RUN_OUTCOME_PASSED},
		}},
		"stale-record-sweep-update.json": {types.CONTRACT_TRIGGER_UPDATE, types.CONTRACT_ACTION_UNSPECIFIED, []published{
			{"updated", func(*fixture, *keeper.ContractEvent) {}, types.RUN_OUTCOME_SCHEDULED},
			{"hidden", func(_ *fixture, e *keeper.ContractEvent) { e.Tradeline.State = types.RECORD_STATE_SUPPRESSED }, types.RUN_OUTCOME_PASSED},
		}},
	} {
		for _, one := range each.cases {
			t.Run(file+"/"+one.name, func(t *testing.T) {
				f, event := watched(t, each.trigger)
				event.Repaid = &types.Repaid{AmountClass: types.AMOUNT_CLASS_SMALL, RepaidAt: f.ctx.BlockTime().Add(-day)}
				id := f.published(file)
				one.arrange(f, event)
				f.ctx, _ = f.ctx.CacheContext() // some of these states no message made
				_, err := f.k.RunContracts(f.ctx, *event)
				require.NoError(t, err)
				if one.want == types.RUN_OUTCOME_PASSED {
					require.Empty(t, f.runs(id))
					return
				}
				f.requireRun(id, event.Ref, one.want, each.action)
			})
		}
	}
}

// After half a year without a version the record is marked, and a new version takes the mark off.
func TestStaleRecordSweep(t *testing.T) {
	for name, each := range map[string]struct {
		arrange func(*fixture)
		marked  bool
	}{
		"no version since":    {func(*fixture) {}, true},
		"a version since":     {func(f *fixture) { f.touch() }, false},
		"licence has ended":   {func(f *fixture) { f.institutions.Suspend(bank) }, false},
		"contract was paused": {func(f *fixture) { f.pause(types.ContractID("stale-record-sweep", 1).Bytes(), true) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			f, event := watched(t, furnishTrigger)
			f.published("stale-record-sweep-furnish.json")
			f.mustRun(event)
			f.next(179 * day)
			each.arrange(f)
			require.NoError(t, f.k.EndBlock(f.ctx))
			require.Equal(t, 1, f.checks())
			f.next(day)
			require.NoError(t, f.k.EndBlock(f.ctx))
			require.Zero(t, f.checks())
			require.Equal(t, each.marked, len(f.banksLine().Annotations) == 1)
			if each.marked {
				require.Equal(t, []types.Annotation{types.ANNOTATION_STALE}, f.banksLine().Annotations)
				f.mustRun(f.event(types.CONTRACT_TRIGGER_UPDATE))
				require.Empty(t, f.banksLine().Annotations)
			}
		})
	}
}

// touch gives the tradeline a new version.
func (f *fixture) touch() {
	f.t.Helper()
	must(f, f.msg.Correct, &types.MsgCorrect{
		Furnisher: bank.String(), SchemaId: f.schema, Report: report("account", "touched"), Reason: types.CORRECTION_REASON_UPDATE,
	})
}

func TestLicenceScopeGuard(t *testing.T) {
	for name, each := range map[string]struct {
		purpose types.Purpose
		consent []byte
		arrange func(*fixture)
		refused bool
	}{
		"application":                    {types.PURPOSE_CREDIT_APPLICATION, nil, nil, false},
		"legal order":                    {types.PURPOSE_LEGAL_ORDER, nil, nil, false},
		"review of nothing":              {types.PURPOSE_ACCOUNT_REVIEW, nil, nil, true},
		"review with consent":            {types.PURPOSE_ACCOUNT_REVIEW, []byte{1}, nil, false},
		"collection of nothing":          {types.PURPOSE_COLLECTION, nil, nil, true},
		"supervision by a lender":        {types.PURPOSE_SUPERVISION, nil, nil, true},
		"review of an account reported":  {types.PURPOSE_ACCOUNT_REVIEW, nil, (*fixture).lenderReports, false},
		"collection of a debt reported":  {types.PURPOSE_COLLECTION, nil, (*fixture).lenderReports, false},
		"supervision by a supervisor":    {types.PURPOSE_SUPERVISION, nil, (*fixture).lenderSupervises, false},
		"review by a supervisor":         {types.PURPOSE_ACCOUNT_REVIEW, nil, (*fixture).lenderSupervises, true},
		"supervision by a mere reporter": {types.PURPOSE_SUPERVISION, nil, (*fixture).lenderReports, true},
	} {
		t.Run(name, func(t *testing.T) {
			f := controlled(t)
			if each.arrange != nil {
				each.arrange(f)
			}
			id := f.published("licence-scope-guard.json")
			_, err := f.run(f.inquiryEvent(each.purpose, each.consent))
			if each.refused {
				require.ErrorIs(t, err, types.ErrRefusedByContract)
			} else {
				require.NoError(t, err)
			}
			require.Empty(t, f.runs(id))
		})
	}
}

func (f *fixture) lenderReports() {
	f.t.Helper()
	f.institutions.License(lender, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER)
	msg := f.furnishMsg()
	msg.Furnisher, msg.Report = lender.String(), report("its own", "v1")
	must(f, f.msg.Furnish, msg)
}

func (f *fixture) lenderSupervises() {
	f.institutions.License(lender, institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_SUPERVISOR)
}

// Whatever goes wrong in a contract of the library, the message goes on: here the inputs hold what they never should.
func TestLibraryFailsSafely(t *testing.T) {
	for _, of := range contract.Library() {
		t.Run(of.File, func(t *testing.T) {
			code, err := of.Code()
			require.NoError(t, err)
			f, event := watched(t, code.Trigger)
			if code.Trigger == types.CONTRACT_TRIGGER_INQUIRY {
				event = f.inquiryEvent(types.PURPOSE_SUPERVISION, nil)
			}
			event.Repaid = &types.Repaid{AmountClass: types.AMOUNT_CLASS_SMALL, RepaidAt: f.ctx.BlockTime()}
			f.lendersLook(5)
			id := f.published(of.File)
			data, err := f.k.GetContract(f.ctx, types.ID(id))
			require.NoError(t, err)
			data.Code.CostLimit = 1 // less than it was estimated at: no message lets that through
			cached, _ := f.ctx.CacheContext()
			require.NoError(t, f.k.PutContract(cached, data))
			before := f.banksLine()
			_, err = f.k.RunContracts(cached, *event)
			require.NoError(t, err)
			res, err := f.query.ContractRuns(cached, &types.QueryContractRunsRequest{Id: types.ID(id).String()})
			require.NoError(t, err)
			require.Len(t, res.Runs, 1)
			require.Equal(t, types.RUN_OUTCOME_FAILED, res.Runs[0].Outcome)
			after, err := f.k.GetTradeline(cached, types.ID(subject), types.ID(before.Id))
			require.NoError(t, err)
			require.Equal(t, before, after)
		})
	}
}
