package keeper_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
)

func TestContractQueries(t *testing.T) {
	f := setup(t)
	active := f.activate("active", annotating(furnishTrigger))
	f.propose("proposed", 1, annotating(furnishTrigger))
	res, err := f.query.Contracts(f.ctx, &types.QueryContractsRequest{})
	require.NoError(t, err)
	require.Len(t, res.Contracts, 2)
	res, err = f.query.Contracts(f.ctx, &types.QueryContractsRequest{Status: types.CONTRACT_STATUS_ACTIVE})
	require.NoError(t, err)
	require.Len(t, res.Contracts, 1)
	one, err := f.query.Contract(f.ctx, &types.QueryContractRequest{Id: types.ID(active).String()})
	require.NoError(t, err)
	require.Equal(t, res.Contracts[0], one.Contract)
	require.Equal(t, active, one.Contract.Id)
	page, err := f.query.Contracts(f.ctx, &types.QueryContractsRequest{Pagination: &query.PageRequest{Limit: 1}})
	require.NoError(t, err)
	require.Len(t, page.Contracts, 1)
	require.NotEmpty(t, page.Pagination.NextKey)

	_, err = f.query.Contract(f.ctx, &types.QueryContractRequest{Id: "x"})
	require.ErrorIs(t, err, types.ErrInvalidID)
	_, err = f.query.Contract(f.ctx, &types.QueryContractRequest{Id: types.ID(testutil.Bytes("x")).String()})
	require.ErrorIs(t, err, types.ErrUnknownContract)
	_, err = f.query.ContractRuns(f.ctx, &types.QueryContractRunsRequest{Id: "x"})
	require.ErrorIs(t, err, types.ErrInvalidID)
	_, err = f.query.Contracts(f.ctx, &types.QueryContractsRequest{Pagination: &query.PageRequest{Offset: 1}})
	require.Error(t, err)
}

func TestContractRunsByHeight(t *testing.T) {
	f, event := watched(t, furnishTrigger)
	id := f.activate("fails", acting(furnishTrigger, types.CONTRACT_ACTION_REFUSE, `1 / (tradeline.version - 1) == 1`))
	other := f.activate("other", annotating(furnishTrigger))
	heights := []int64{}
	for range 3 {
		f.mustRun(event)
		heights = append(heights, f.ctx.BlockHeight())
		f.next(time.Second)
	}
	for i, run := range f.runs(id) {
		require.Equal(t, heights[i], run.Height)
		require.Equal(t, id, run.ContractId)
	}
	require.Len(t, f.runs(id), 3)
	require.Len(t, f.runs(other), 1)
	page, err := f.query.ContractRuns(f.ctx, &types.QueryContractRunsRequest{
		Id: types.ID(id).String(), Pagination: &query.PageRequest{Limit: 2},
	})
	require.NoError(t, err)
	require.Len(t, page.Runs, 2)
	rest, err := f.query.ContractRuns(f.ctx, &types.QueryContractRunsRequest{
		Id: types.ID(id).String(), Pagination: &query.PageRequest{Key: page.Pagination.NextKey},
	})
	require.NoError(t, err)
	require.Len(t, rest.Runs, 1)
}

func (f *fixture) dryRun(id []byte, ref types.ID, check bool) *types.QueryDryRunResponse {
	f.t.Helper()
	before := f.export()
	f.store.Writes = 0
	res, err := f.query.DryRun(f.ctx, &types.QueryDryRunRequest{
		Id: types.ID(id).String(), Subject: types.ID(subject).String(), Ref: ref.String(), Check: check,
	})
	require.NoError(f.t, err)
	require.Equal(f.t, before, f.export(), "it changes nothing")
	require.LessOrEqual(f.t, len(res.Inputs), 16<<10)
	require.True(f.t, json.Valid([]byte(res.Inputs)))
	return res
}

func TestDryRun(t *testing.T) {
	f, event := watched(t, furnishTrigger)
	acts := f.propose("acts", 1, annotating(furnishTrigger))
	got := f.dryRun(acts, event.Ref, false)
	require.Equal(t, &types.QueryDryRunResponse{
		Outcome: types.RUN_OUTCOME_ACTED, Action: types.CONTRACT_ACTION_ANNOTATE, Inputs: `{}`,
	}, got, "a proposal, before the vote")
	require.Empty(t, f.banksLine().Annotations)
	require.Empty(t, f.runs(acts))

	passes := f.propose("passes", 1, acting(furnishTrigger, types.CONTRACT_ACTION_REFUSE, `tradeline.notice_age_days > 3`))
	got = f.dryRun(passes, event.Ref, false)
	require.Equal(t, &types.QueryDryRunResponse{
		Outcome: types.RUN_OUTCOME_PASSED, Cost: got.Cost, Inputs: `{"tradeline.notice_age_days":-1}`,
	}, got)
	refuses := f.propose("refuses", 1, acting(furnishTrigger, types.CONTRACT_ACTION_REFUSE, `true`))
	require.Equal(t, types.CONTRACT_ACTION_REFUSE, f.dryRun(refuses, event.Ref, false).Action)
	fails := f.propose("fails", 1, acting(furnishTrigger, types.CONTRACT_ACTION_REFUSE, `1 / (tradeline.version - 1) == 1`))
	got = f.dryRun(fails, event.Ref, false)
	require.Equal(t, types.RUN_OUTCOME_FAILED, got.Outcome)
	require.Equal(t, "division by zero", got.Error)
	waits := f.propose("waits", 1, scheduling())
	require.Equal(t, types.RUN_OUTCOME_SCHEDULED, f.dryRun(waits, event.Ref, false).Outcome)
	require.Equal(t, types.RUN_OUTCOME_PASSED, f.dryRun(waits, event.Ref, true).Outcome)
	f.next(10 * day)
	require.Equal(t, types.CONTRACT_ACTION_SUPPRESS, f.dryRun(waits, event.Ref, true).Action)
	marked := f.banksLine()
	marked.Annotations = []types.Annotation{types.ANNOTATION_REVIEW}
	require.NoError(t, f.k.PutTradeline(f.ctx, marked))
	require.Equal(t, types.RUN_OUTCOME_PASSED, f.dryRun(acts, event.Ref, false).Outcome, "there is nothing to do any more")
	repaid := f.propose("repaid", 1, acting(types.CONTRACT_TRIGGER_REPAID, types.CONTRACT_ACTION_REFUSE, `repaid.amount_class == "SMALL"`))
	require.Equal(t, `{"repaid.amount_class":"SMALL"}`, f.dryRun(repaid, event.Ref, false).Inputs)
}

func TestDryRunOfOtherTriggers(t *testing.T) {
	f, look := inquired(t)
	consent := f.inquiry(look).ConsentId
	on := func(name string, trigger types.ContractTrigger, condition string) []byte {
		return f.propose(name, 1, acting(trigger, types.CONTRACT_ACTION_REFUSE, condition))
	}
	a := on("a", types.CONTRACT_TRIGGER_INQUIRY, `inquiry.purpose == "CREDIT_APPLICATION" && inquiry.with_consent && institution.active`)
	require.Equal(t, types.RUN_OUTCOME_ACTED, f.dryRun(a, types.ID(look), false).Outcome)
	b := on("b", types.CONTRACT_TRIGGER_CONSENT, `consent.uses == 1 && "DATA_USER" in institution.roles`)
	require.Equal(t, types.RUN_OUTCOME_ACTED, f.dryRun(b, types.ID(consent), false).Outcome)
	d := f.propose("d", 1, acting(types.CONTRACT_TRIGGER_DISPUTE, types.CONTRACT_ACTION_OPEN_NOTICE, `dispute.reason == "FRAUD"`))

	for name, each := range map[string]struct {
		change func(*types.QueryDryRunRequest)
		want   error
	}{
		"bad id":             {func(r *types.QueryDryRunRequest) { r.Id = "x" }, types.ErrInvalidID},
		"bad subject":        {func(r *types.QueryDryRunRequest) { r.Subject = "x" }, types.ErrInvalidID},
		"bad ref":            {func(r *types.QueryDryRunRequest) { r.Ref = "x" }, types.ErrInvalidID},
		"unknown contract":   {func(r *types.QueryDryRunRequest) { r.Id = r.Subject }, types.ErrUnknownContract},
		"unknown subject":    {func(r *types.QueryDryRunRequest) { r.Subject = r.Id }, types.ErrUnknownSubject},
		"unknown inquiry":    {func(r *types.QueryDryRunRequest) { r.Ref = r.Id }, types.ErrUnknownInquiry},
		"no check":           {func(r *types.QueryDryRunRequest) { r.Check = true }, types.ErrInvalidContract},
		"unknown consent":    {func(r *types.QueryDryRunRequest) { r.Id = types.ID(b).String() }, types.ErrUnknownConsent},
		"unknown dispute":    {func(r *types.QueryDryRunRequest) { r.Id = types.ID(d).String() }, types.ErrUnknownDispute},
		"inquiry of another": {func(r *types.QueryDryRunRequest) { r.Subject = types.ID(testutil.Bytes("other")).String() }, types.ErrUnknownInquiry},
	} {
		other := enrolment()
		other.Subjects[0].Pseudonym = testutil.Bytes("other")
		must(f, f.msg.EnrolSubjects, other)
		req := &types.QueryDryRunRequest{Id: types.ID(a).String(), Subject: types.ID(subject).String(), Ref: types.ID(look).String()}
		each.change(req)
		_, err := f.query.DryRun(f.ctx, req)
		require.ErrorIs(t, err, each.want, name)
	}
}
