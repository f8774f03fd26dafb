package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/predicate/simulation"
	"github.com/creditd/creditd/x/predicate/types"
)

func registration(t *testing.T, name string) *types.MsgRegisterCircuit {
	circuit, err := predicate.ParseCircuit(name)
	require.NoError(t, err)
	key, err := simulation.SimulatedKey(circuit)
	require.NoError(t, err)
	return &types.MsgRegisterCircuit{Authority: authority.String(), Spec: types.NewCircuitSpec(circuit), Version: 1, VerifyingKey: key}
}

func TestRegisterCircuit(t *testing.T) {
	f := setup(t)
	refused(f, f.msg.RegisterCircuit, registration(t, "range-1"), types.ErrNoSetup, "before there is a setup")
	id := f.circuits("range-1")[0]
	res, err := f.query.Circuit(f.ctx, &types.QueryCircuitRequest{Id: types.ID(id).String()})
	require.NoError(t, err)
	require.Equal(t, "range-1", res.Circuit.Name)
	require.Equal(t, types.CIRCUIT_STATUS_ACTIVE, res.Circuit.Status)
	setup, err := f.query.Setup(f.ctx, &types.QuerySetupRequest{})
	require.NoError(t, err)
	require.Equal(t, setup.Setup.Digest, res.Circuit.SetupDigest)

	for name, each := range map[string]struct {
		change func(*types.MsgRegisterCircuit)
		want   error
	}{
		"no vote":        {func(m *types.MsgRegisterCircuit) { m.Authority = bank.String() }, types.ErrUnauthorized},
		"same version":   {func(m *types.MsgRegisterCircuit) { m.Version = 1 }, types.ErrCircuitVersion},
		"skipped one":    {func(m *types.MsgRegisterCircuit) { m.Version = 3 }, types.ErrCircuitVersion},
		"a sum":          {func(m *types.MsgRegisterCircuit) { m.Spec.Kind = types.PREDICATE_KIND_SUM }, types.ErrInvalidCircuit},
		"other circuit":  {func(m *types.MsgRegisterCircuit) { m.Spec.Fields = 2 }, types.ErrInvalidCircuit},
		"no such":        {func(m *types.MsgRegisterCircuit) { m.Spec.Fields = 1 << 31 }, types.ErrInvalidCircuit},
		"truncated":      {func(m *types.MsgRegisterCircuit) { m.VerifyingKey = m.VerifyingKey[1:] }, types.ErrInvalidCircuit},
		"padded":         {func(m *types.MsgRegisterCircuit) { m.VerifyingKey = append(m.VerifyingKey, 0) }, types.ErrInvalidCircuit},
		"giant":          {func(m *types.MsgRegisterCircuit) { m.VerifyingKey = make([]byte, 1<<20) }, types.ErrInvalidCircuit},
		"off the curve":  {func(m *types.MsgRegisterCircuit) { m.VerifyingKey[len(m.VerifyingKey)-20] ^= 0x55 }, types.ErrInvalidCircuit},
		"other setup":    {func(m *types.MsgRegisterCircuit) { m.VerifyingKey[40] ^= 1 }, types.ErrOtherSetup},
		"public inputs":  {func(m *types.MsgRegisterCircuit) { m.VerifyingKey[3]++ }, types.ErrInvalidCircuit},
		"too many rows":  {func(m *types.MsgRegisterCircuit) { m.VerifyingKey[1] = 40 }, types.ErrInvalidCircuit},
		"point infinity": {func(m *types.MsgRegisterCircuit) { m.VerifyingKey[68+64] = 0x40 }, types.ErrInvalidCircuit},
	} {
		msg := registration(t, "range-1")
		msg.Version = 2
		each.change(msg)
		refused(f, f.msg.RegisterCircuit, msg, each.want, name)
	}
	next := registration(t, "range-1")
	next.Version = 2
	must(f, f.msg.RegisterCircuit, next)

	params := types.DefaultParams()
	params.MaxCircuits = 2
	require.NoError(t, f.k.SetParams(f.ctx, params))
	refused(f, f.msg.RegisterCircuit, registration(t, "range-2"), types.ErrTooManyCircuits, "no room")
}

func TestRetireCircuit(t *testing.T) {
	f := setup(t)
	id := f.circuits("range-1")[0]
	retire := func(by string, id []byte) *types.MsgRetireCircuit {
		return &types.MsgRetireCircuit{Authority: by, Id: id}
	}
	refused(f, f.msg.RetireCircuit, retire(bank.String(), id), types.ErrUnauthorized, "no vote")
	refused(f, f.msg.RetireCircuit, retire(authority.String(), subject), types.ErrUnknownCircuit, "unknown")
	refused(f, f.msg.RetireCircuit, retire(authority.String(), id[1:]), types.ErrInvalidID, "no id")
	must(f, f.msg.RetireCircuit, retire(authority.String(), id))
	refused(f, f.msg.RetireCircuit, retire(authority.String(), id), types.ErrCircuitRetired, "again")
}

// TestAgreeSetup: another setup ends the use of the circuits of the one before.
func TestAgreeSetup(t *testing.T) {
	f := setup(t)
	circuit := f.circuits("range-1")[0]
	score := schemaOf(t, schemas.Score).Id
	inquiry := f.inquiry(lender, score)
	agree := func(by string, digest []byte) *types.MsgAgreeSetup {
		return &types.MsgAgreeSetup{Authority: by, Digest: digest, TranscriptHash: testutil.Bytes("transcript")}
	}
	refused(f, f.msg.AgreeSetup, agree(bank.String(), testutil.Bytes("other")), types.ErrUnauthorized, "no vote")
	refused(f, f.msg.AgreeSetup, agree(authority.String(), nil), types.ErrInvalidSetup, "no digest")
	must(f, f.msg.AgreeSetup, agree(authority.String(), testutil.Bytes("other")))
	refused(f, f.msg.Ask, &types.MsgAsk{
		DataUser: lender.String(), InquiryId: inquiry, Predicates: []types.Predicate{f.scoreAtLeast(circuit, 650)},
	}, types.ErrOtherSetup, "of the setup before")
	refused(f, f.msg.RegisterCircuit, registration(t, "range-2"), types.ErrOtherSetup, "of the setup before")
}

func TestUpdateParams(t *testing.T) {
	f := setup(t)
	params := types.DefaultParams()
	refused(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: bank.String(), Params: params}, types.ErrUnauthorized, "no vote")
	for name, change := range map[string]func(*types.Params){
		"max_predicates":       func(p *types.Params) { p.MaxPredicates = 17 },
		"budget_per_data_user": func(p *types.Params) { p.BudgetPerDataUser = 0 },
		"budget_per_subject":   func(p *types.Params) { p.BudgetPerSubject = 1 },
		"budget_window":        func(p *types.Params) { p.BudgetWindow = 0 },
		"max_proofs_per_block": func(p *types.Params) { p.MaxProofsPerBlock = 1 << 31 },
		"max_root_age":         func(p *types.Params) { p.MaxRootAge = types.MaxRootAgeLimit + 1 },
		"removal_grace":        func(p *types.Params) { p.RemovalGrace = p.MaxRootAge + 1 },
		"max_sum_records":      func(p *types.Params) { p.MaxSumRecords = 257 },
		"max_circuits":         func(p *types.Params) { p.MaxCircuits = 0 },
		"max_issuers":          func(p *types.Params) { p.MaxIssuers = 1025 },
		"queue_cap":            func(p *types.Params) { p.QueueCap = 0 },
	} {
		bad := params
		change(&bad)
		refused(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: bad}, types.ErrInvalidParams, name)
	}
	params.MaxPredicates = 1
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	res, err := f.query.Params(f.ctx, &types.QueryParamsRequest{})
	require.NoError(t, err)
	require.Equal(t, params, res.Params)
}
