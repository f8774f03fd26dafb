package keeper_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/contract"
	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// annotating is a contract that always marks a tradeline for review.
func annotating(trigger types.ContractTrigger) types.ContractCode {
	return types.ContractCode{
		Trigger: trigger, Condition: "true", Action: types.CONTRACT_ACTION_ANNOTATE, Annotation: types.ANNOTATION_REVIEW, CostLimit: 10,
	}
}

// acting is a contract of this action.
func acting(trigger types.ContractTrigger, action types.ContractAction, condition string) types.ContractCode {
	return types.ContractCode{Trigger: trigger, Condition: condition, Action: action, CostLimit: 100}
}

func proposal(name string, version uint32, code types.ContractCode) *types.MsgProposeContract {
	return &types.MsgProposeContract{Institution: bank.String(), Name: name, Version: version, Code: code}
}

// propose puts a contract before the members.
func (f *fixture) propose(name string, version uint32, code types.ContractCode) []byte {
	f.t.Helper()
	return must(f, f.msg.ProposeContract, proposal(name, version, code)).Id
}

func (f *fixture) approve(id []byte) {
	f.t.Helper()
	must(f, f.msg.ApproveContract, &types.MsgApproveContract{Authority: authority.String(), Id: id})
}

func (f *fixture) pause(id []byte, paused bool) {
	f.t.Helper()
	must(f, f.msg.PauseContract, &types.MsgPauseContract{Authority: authority.String(), Id: id, Paused: paused})
}

func (f *fixture) retire(id []byte) {
	f.t.Helper()
	must(f, f.msg.RetireContract, &types.MsgRetireContract{Authority: authority.String(), Id: id})
}

// activate proposes and approves.
func (f *fixture) activate(name string, code types.ContractCode) []byte {
	f.t.Helper()
	id := f.propose(name, 1, code)
	f.approve(id)
	return id
}

// published activates a contract of the library.
func (f *fixture) published(file string) []byte {
	f.t.Helper()
	for _, published := range contract.Library() {
		if published.File != file {
			continue
		}
		code, err := published.Code()
		require.NoError(f.t, err)
		for version := uint32(1); version < published.Version; version++ {
			f.propose(published.Name, version, code)
		}
		id := f.propose(published.Name, published.Version, code)
		f.approve(id)
		return id
	}
	require.Fail(f.t, "not in the library", file)
	return nil
}

func (f *fixture) status(id []byte) types.ContractStatus {
	f.t.Helper()
	data, err := f.k.GetContract(f.ctx, types.ID(id))
	require.NoError(f.t, err)
	return data.Status
}

func (f *fixture) runs(id []byte) []types.ContractRun {
	f.t.Helper()
	res, err := f.query.ContractRuns(f.ctx, &types.QueryContractRunsRequest{Id: types.ID(id).String()})
	require.NoError(f.t, err)
	return res.Runs
}

// watched has alice's tradeline of bank, and the event of a trigger about it.
func watched(t testing.TB, trigger types.ContractTrigger) (*fixture, *keeper.ContractEvent) {
	f := controlled(t)
	return f, f.event(trigger)
}

func (f *fixture) event(trigger types.ContractTrigger) *keeper.ContractEvent {
	f.t.Helper()
	id := types.TradelineID(bank, subject, testutil.Bytes("account"))
	who, err := f.k.GetSubject(f.ctx, types.ID(subject))
	require.NoError(f.t, err)
	tradeline, err := f.k.GetTradeline(f.ctx, types.ID(subject), id)
	require.NoError(f.t, err)
	tradeline.ShowUntil = report("account", "").ShowUntil
	require.NoError(f.t, f.k.PutTradeline(f.ctx, tradeline))
	return &keeper.ContractEvent{Trigger: trigger, Ref: id, Subject: who, Institution: bank, Tradeline: &tradeline}
}

// inquiryEvent is that of a look of lender.
func (f *fixture) inquiryEvent(purpose types.Purpose, consent []byte) *keeper.ContractEvent {
	f.t.Helper()
	event := f.event(types.CONTRACT_TRIGGER_INQUIRY)
	event.Tradeline, event.Institution, event.Ref = nil, lender, types.ID(testutil.Bytes("inquiry"))
	event.Inquiry = &types.Inquiry{
		Id: event.Ref.Bytes(), DataUser: lender.String(), Subject: subject, Purpose: purpose, Kind: types.INQUIRY_KIND_SOFT, ConsentId: consent,
	}
	return event
}

// run runs the contracts of an event as a message does: what they wrote is dropped when they refuse.
func (f *fixture) run(event *keeper.ContractEvent) (types.ID, error) {
	cached, write := f.ctx.CacheContext()
	asks, err := f.k.RunContracts(cached, *event)
	if err == nil {
		write()
	}
	return asks, err
}

func (f *fixture) mustRun(event *keeper.ContractEvent) {
	f.t.Helper()
	_, err := f.run(event)
	require.NoError(f.t, err)
}

func (f *fixture) banksLine() types.Tradeline {
	f.t.Helper()
	tradeline, err := f.k.GetTradeline(f.ctx, types.ID(subject), types.TradelineID(bank, subject, testutil.Bytes("account")))
	require.NoError(f.t, err)
	return tradeline
}

// lenders look at alice's file because of applications for credit, each under a consent of its own.
func (f *fixture) lendersLook(n int) {
	f.t.Helper()
	for i := range n {
		name := fmt.Sprintf("lender %d at %d", i, f.ctx.BlockHeight())
		who := testutil.Address(name)
		f.institutions.License(who, institutiontypes.ROLE_DATA_USER)
		grant := f.grant()
		grant.Grantee = who.String()
		consent := must(f, f.msg.GrantConsent, grant).Id
		look := inquiry(consent, name)
		look.DataUser = who.String()
		must(f, f.msg.OpenInquiry, look)
	}
}

func (f *fixture) inputs(event *keeper.ContractEvent, names ...string) map[string]any {
	f.t.Helper()
	values, err := f.k.ContractInputs(f.ctx, *event, names)
	require.NoError(f.t, err)
	return values
}

// requireRun wants one line in the log of the contract, of this block.
func (f *fixture) requireRun(id []byte, ref types.ID, outcome types.RunOutcome, action types.ContractAction) types.ContractRun {
	f.t.Helper()
	list := f.runs(id)
	require.Len(f.t, list, 1)
	got := list[0]
	require.Equal(f.t, types.ContractRun{
		ContractId: id, Height: f.ctx.BlockHeight(), Ref: ref.Bytes(), Time: f.ctx.BlockTime(), Subject: subject, Outcome: outcome,
		Cost: got.Cost, Check: got.Check, Error: got.Error,
	}, got)
	f.requireEvent(&types.EventContractRan{ContractId: types.ID(id).String(), Ref: ref.String(), Outcome: outcome, Action: action})
	return got
}
