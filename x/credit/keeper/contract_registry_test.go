package keeper_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const furnishTrigger = types.CONTRACT_TRIGGER_FURNISH

func (f *fixture) requireStatus(id []byte, name string, version uint32, status types.ContractStatus) {
	f.t.Helper()
	data, err := f.k.GetContract(f.ctx, types.ID(id))
	require.NoError(f.t, err)
	require.Equal(f.t, status, data.Status)
	require.Equal(f.t, f.ctx.BlockTime(), data.StatusSince)
	f.requireEvent(&types.EventContractChanged{ContractId: types.ID(id).String(), Name: name, Version: version, Status: status})
}

func TestProposeContract(t *testing.T) {
	f := setup(t)
	f.store.Writes = 0
	msg := proposal("review", 1, annotating(furnishTrigger))
	msg.Institution = strings.ToUpper(msg.Institution)
	id := must(f, f.msg.ProposeContract, msg).Id
	require.Equal(t, 1, f.store.Writes)
	require.Equal(t, types.ContractID("review", 1).Bytes(), id)
	got, err := f.k.GetContract(f.ctx, types.ID(id))
	require.NoError(t, err)
	require.Equal(t, types.Contract{
		Id: id, Name: "review", Version: 1, Author: bank.String(), Code: annotating(furnishTrigger),
		Status: types.CONTRACT_STATUS_PROPOSED, StatusSince: f.ctx.BlockTime(),
	}, got)
	f.requireStatus(id, "review", 1, types.CONTRACT_STATUS_PROPOSED)
	_, err = send(f, f.msg.ProposeContract, proposal("review", 1, annotating(furnishTrigger)))
	require.ErrorIs(t, err, types.ErrContractExists)
	second := proposal("review", 2, annotating(furnishTrigger))
	second.Institution = lender.String()
	must(f, f.msg.ProposeContract, second)
}

func TestProposeContractRefuses(t *testing.T) {
	f := setup(t)
	type msg = types.MsgProposeContract
	refuse(f, f.msg.ProposeContract, func() *msg { return proposal("review", 1, annotating(furnishTrigger)) }, []refusal[*msg]{
		{"bad institution", func(m *msg) { m.Institution = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.Institution = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"no name", func(m *msg) { m.Name = "" }, types.ErrInvalidContract},
		{"bad name", func(m *msg) { m.Name = "Review!" }, types.ErrInvalidContract},
		{"version 0", func(m *msg) { m.Version = 0 }, types.ErrInvalidContract},
		{"a version left out", func(m *msg) { m.Version = 2 }, types.ErrInvalidContract},
		{"no condition", func(m *msg) { m.Code.Condition = "" }, types.ErrInvalidContract},
		{"syntax", func(m *msg) { m.Code.Condition = "true &&" }, types.ErrInvalidContract},
		{"long", func(m *msg) { m.Code.Condition = strings.Repeat("x", 1<<20) }, types.ErrInvalidContract},
		{"wrong action", func(m *msg) { m.Code.Action = types.CONTRACT_ACTION_SECOND_APPROVAL }, types.ErrInvalidContract},
		{"costs more than it says", func(m *msg) { m.Code.Condition, m.Code.CostLimit = "subject.age_days > 1", 1 }, types.ErrInvalidContract},
		{"cost over the parameter", func(m *msg) { m.Code.CostLimit = types.DefaultParams().ContractCostLimit + 1 }, types.ErrInvalidContract},
	})
	f.institutions.Suspend(bank)
	_, err := send(f, f.msg.ProposeContract, proposal("review", 1, annotating(furnishTrigger)))
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
	res, err := f.query.Contracts(f.ctx, &types.QueryContractsRequest{})
	require.NoError(t, err)
	require.Empty(t, res.Contracts)
}

func TestProposalPaysBySize(t *testing.T) {
	f := setup(t)
	gas := func(name string, blanks int) uint64 {
		code := annotating(furnishTrigger)
		code.Condition += strings.Repeat(" ", blanks)
		before := f.ctx.GasMeter().GasConsumed()
		must(f, f.msg.ProposeContract, proposal(name, 1, code))
		return f.ctx.GasMeter().GasConsumed() - before
	}
	require.Greater(t, gas("b", 1000), gas("a", 0)+250*1000)
}

func TestContractLifecycle(t *testing.T) {
	f := setup(t)
	first := f.propose("review", 1, annotating(furnishTrigger))
	f.next(time.Second)
	f.approve(first)
	f.requireStatus(first, "review", 1, types.CONTRACT_STATUS_ACTIVE)
	f.next(time.Second)
	f.pause(first, true)
	f.requireStatus(first, "review", 1, types.CONTRACT_STATUS_PAUSED)
	f.next(time.Second)
	f.pause(first, false)
	f.requireStatus(first, "review", 1, types.CONTRACT_STATUS_ACTIVE)

	// A version takes the place of the one before, and one of another trigger takes none.
	second := f.propose("review", 2, annotating(furnishTrigger))
	other := f.propose("review", 3, annotating(types.CONTRACT_TRIGGER_UPDATE))
	f.next(time.Second)
	f.approve(other)
	require.Equal(t, types.CONTRACT_STATUS_ACTIVE, f.status(first))
	f.approve(second)
	f.requireStatus(first, "review", 1, types.CONTRACT_STATUS_RETIRED)
	f.requireStatus(second, "review", 2, types.CONTRACT_STATUS_ACTIVE)
	require.Equal(t, types.CONTRACT_STATUS_ACTIVE, f.status(other))

	// An earlier version cannot come back over a later one, be it proposed or paused.
	late := f.propose("review", 4, annotating(furnishTrigger))
	later := f.propose("review", 5, annotating(furnishTrigger))
	f.pause(second, true)
	f.approve(later)
	_, err := send(f, f.msg.ApproveContract, &types.MsgApproveContract{Authority: authority.String(), Id: late})
	require.ErrorIs(t, err, types.ErrContractState)
	_, err = send(f, f.msg.PauseContract, &types.MsgPauseContract{Authority: authority.String(), Id: second})
	require.ErrorIs(t, err, types.ErrContractState)
	require.Equal(t, types.CONTRACT_STATUS_PAUSED, f.status(second))
	f.next(time.Second)
	for _, id := range [][]byte{late, second, later, other} { // proposed, paused, active
		f.retire(id)
		require.Equal(t, types.CONTRACT_STATUS_RETIRED, f.status(id))
	}
	f.requireStatus(later, "review", 5, types.CONTRACT_STATUS_RETIRED)
}

func TestContractVotesRefuse(t *testing.T) {
	f := setup(t)
	proposed := f.propose("proposed", 1, annotating(furnishTrigger))
	active := f.activate("active", annotating(furnishTrigger))
	paused := f.activate("paused", annotating(furnishTrigger))
	f.pause(paused, true)
	retired := f.activate("retired", annotating(furnishTrigger))
	f.retire(retired)

	approve := func() *types.MsgApproveContract {
		return &types.MsgApproveContract{Authority: authority.String(), Id: proposed}
	}
	refuse(f, f.msg.ApproveContract, approve, []refusal[*types.MsgApproveContract]{
		{"an institution", func(m *types.MsgApproveContract) { m.Authority = bank.String() }, types.ErrUnauthorized},
		{"bad id", func(m *types.MsgApproveContract) { m.Id = nil }, types.ErrInvalidID},
		{"unknown", func(m *types.MsgApproveContract) { m.Id = testutil.Bytes("x") }, types.ErrUnknownContract},
		{"active", func(m *types.MsgApproveContract) { m.Id = active }, types.ErrContractState},
		{"paused", func(m *types.MsgApproveContract) { m.Id = paused }, types.ErrContractState},
		{"retired", func(m *types.MsgApproveContract) { m.Id = retired }, types.ErrContractState},
	})
	pause := func() *types.MsgPauseContract {
		return &types.MsgPauseContract{Authority: authority.String(), Id: active, Paused: true}
	}
	refuse(f, f.msg.PauseContract, pause, []refusal[*types.MsgPauseContract]{
		{"an institution", func(m *types.MsgPauseContract) { m.Authority = bank.String() }, types.ErrUnauthorized},
		{"bad id", func(m *types.MsgPauseContract) { m.Id = nil }, types.ErrInvalidID},
		{"unknown", func(m *types.MsgPauseContract) { m.Id = testutil.Bytes("x") }, types.ErrUnknownContract},
		{"proposed", func(m *types.MsgPauseContract) { m.Id = proposed }, types.ErrContractState},
		{"paused", func(m *types.MsgPauseContract) { m.Id = paused }, types.ErrContractState},
		{"resume an active one", func(m *types.MsgPauseContract) { m.Paused = false }, types.ErrContractState},
		{"resume a retired one", func(m *types.MsgPauseContract) { m.Id, m.Paused = retired, false }, types.ErrContractState},
	})
	retire := func() *types.MsgRetireContract {
		return &types.MsgRetireContract{Authority: authority.String(), Id: active}
	}
	refuse(f, f.msg.RetireContract, retire, []refusal[*types.MsgRetireContract]{
		{"an institution", func(m *types.MsgRetireContract) { m.Authority = bank.String() }, types.ErrUnauthorized},
		{"bad id", func(m *types.MsgRetireContract) { m.Id = nil }, types.ErrInvalidID},
		{"unknown", func(m *types.MsgRetireContract) { m.Id = testutil.Bytes("x") }, types.ErrUnknownContract},
		{"retired", func(m *types.MsgRetireContract) { m.Id = retired }, types.ErrContractState},
	})
	for id, want := range map[string]types.ContractStatus{
		string(proposed): types.CONTRACT_STATUS_PROPOSED, string(active): types.CONTRACT_STATUS_ACTIVE,
		string(paused): types.CONTRACT_STATUS_PAUSED, string(retired): types.CONTRACT_STATUS_RETIRED,
	} {
		require.Equal(t, want, f.status([]byte(id)))
	}
}

func TestMaxContracts(t *testing.T) {
	f := setup(t)
	params := types.DefaultParams()
	params.MaxContracts = 2
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	first := f.activate("a", annotating(furnishTrigger))
	f.activate("b", annotating(furnishTrigger))
	f.activate("elsewhere", annotating(types.CONTRACT_TRIGGER_UPDATE))
	third := &types.MsgApproveContract{Authority: authority.String(), Id: f.propose("c", 1, annotating(furnishTrigger))}
	_, err := send(f, f.msg.ApproveContract, third)
	require.ErrorIs(t, err, types.ErrTooManyContracts)
	f.approve(f.propose("a", 2, annotating(furnishTrigger))) // in the place of version 1
	require.Equal(t, types.CONTRACT_STATUS_RETIRED, f.status(first))
	f.pause(types.ContractID("b", 1).Bytes(), true)
	must(f, f.msg.ApproveContract, third)
	_, err = send(f, f.msg.PauseContract, &types.MsgPauseContract{Authority: authority.String(), Id: types.ContractID("b", 1).Bytes()})
	require.ErrorIs(t, err, types.ErrTooManyContracts)
}

// A limit that the members lowered meanwhile holds for what was proposed before.
func TestApproveUnderLowerLimit(t *testing.T) {
	f := setup(t)
	id := f.propose("review", 1, annotating(furnishTrigger))
	params := types.DefaultParams()
	params.ContractCostLimit = 5
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	_, err := send(f, f.msg.ApproveContract, &types.MsgApproveContract{Authority: authority.String(), Id: id})
	require.ErrorIs(t, err, types.ErrInvalidContract)
}
