package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/predicate/types"
)

func TestAsk(t *testing.T) {
	f := setup(t)
	circuit := f.circuits("range-1")[0]
	inquiry := f.inquiry(lender, schemaOf(t, schemas.Score).Id, schemaOf(t, schemas.TradelineFirm).Id)
	predicates := []types.Predicate{f.scoreAtLeast(circuit, 650), f.owesAtMost(500)}
	f.ask(lender, inquiry, predicates...)
	res, err := f.query.Ask(f.ctx, &types.QueryAskRequest{InquiryId: types.ID(inquiry).String()})
	require.NoError(t, err)
	require.Equal(t, types.Ask{InquiryId: inquiry, Predicates: predicates, AskedAt: f.ctx.BlockTime()}, res.Ask)
	refused(f, f.msg.Ask, &types.MsgAsk{DataUser: lender.String(), InquiryId: inquiry, Predicates: predicates[:1]}, types.ErrAsked, "once")
	f.requireTrail(credittypes.TRAIL_KIND_QUESTION_ASKED, lender, inquiry)
}

func TestAskRefusals(t *testing.T) {
	f := setup(t)
	circuits := f.circuits("range-1", "range-6", "range-1-hidden", "history-6", "member-6", "ratio-6", "count-1x2")
	score, firm := schemaOf(t, schemas.Score), schemaOf(t, schemas.TradelineFirm)
	must(f, f.msg.RetireCircuit, &types.MsgRetireCircuit{Authority: authority.String(), Id: circuits[1]})
	inquiry := f.inquiry(lender, score.Id, firm.Id)
	narrow := f.inquiry(lender, firm.Id)
	bounded := f.inquiryUnder(lender, f.consent(lender, func(m *credittypes.MsgGrantConsent) {
		from := f.ctx.BlockTime().AddDate(-1, 0, 0)
		m.RecordsFrom = &from
	}, score.Id))
	valid := f.scoreAtLeast(circuits[0], 650)
	history := types.Predicate{
		Kind: types.PREDICATE_KIND_HISTORY, CircuitId: circuits[3], SchemaId: firm.Id, Field: fieldOf(t, firm, "payment_history"),
		Months: 24, Level: 2, Reported: 12,
	}
	one := func(change func(*types.Predicate)) []types.Predicate {
		asked := valid
		change(&asked)
		return []types.Predicate{asked}
	}
	for name, each := range map[string]struct {
		by         string
		inquiry    []byte
		predicates []types.Predicate
		want       error
	}{
		"another data user":  {rival.String(), inquiry, one(func(*types.Predicate) {}), types.ErrNotDataUser},
		"no inquiry":         {lender.String(), subject, one(func(*types.Predicate) {}), credittypes.ErrUnknownInquiry},
		"nothing":            {lender.String(), inquiry, nil, types.ErrInvalidPredicate},
		"too many":           {lender.String(), inquiry, make([]types.Predicate, 9), types.ErrInvalidPredicate},
		"out of scope":       {lender.String(), narrow, one(func(*types.Predicate) {}), types.ErrOutOfScope},
		"retired":            {lender.String(), inquiry, one(func(p *types.Predicate) { p.CircuitId = circuits[1] }), types.ErrCircuitRetired},
		"unknown circuit":    {lender.String(), inquiry, one(func(p *types.Predicate) { p.CircuitId = subject }), types.ErrUnknownCircuit},
		"wrong circuit":      {lender.String(), inquiry, one(func(p *types.Predicate) { p.CircuitId = circuits[3] }), types.ErrInvalidPredicate},
		"wrong kind":         {lender.String(), inquiry, one(func(p *types.Predicate) { p.Kind = 77 }), types.ErrInvalidPredicate},
		"no field":           {lender.String(), inquiry, one(func(p *types.Predicate) { p.Field = 1 << 31 }), types.ErrInvalidPredicate},
		"no circuit field":   {lender.String(), inquiry, one(func(p *types.Predicate) { p.Field = 0 }), types.ErrInvalidPredicate},
		"crossed bounds":     {lender.String(), inquiry, one(func(p *types.Predicate) { p.Lower = 1001 }), types.ErrInvalidPredicate},
		"bounds of others":   {lender.String(), inquiry, one(func(p *types.Predicate) { p.Months = 1 }), types.ErrInvalidPredicate},
		"members of others":  {lender.String(), inquiry, one(func(p *types.Predicate) { p.Members = []string{"A"} }), types.ErrInvalidPredicate},
		"twice the same":     {lender.String(), inquiry, []types.Predicate{valid, valid}, types.ErrInvalidPredicate},
		"hidden, time-bound": {lender.String(), bounded, one(func(p *types.Predicate) { p.CircuitId = circuits[2] }), types.ErrOutOfScope},
		"sum with circuit": {lender.String(), inquiry, []types.Predicate{func() types.Predicate {
			p := f.owesAtMost(1)
			p.CircuitId = circuits[0]
			return p
		}()}, types.ErrInvalidPredicate},
		"sum of no sum": {lender.String(), inquiry, []types.Predicate{func() types.Predicate {
			p := f.owesAtMost(1)
			p.Field = 0
			return p
		}()}, types.ErrInvalidPredicate},
		"sum from below": {lender.String(), inquiry, []types.Predicate{func() types.Predicate {
			p := f.owesAtMost(1)
			p.Lower = 1
			return p
		}()}, types.ErrInvalidPredicate},
		"history of 25": {lender.String(), inquiry, []types.Predicate{func() types.Predicate {
			p := history
			p.Months = 25
			return p
		}()}, types.ErrInvalidPredicate},
		"history of 256 months": {lender.String(), inquiry, []types.Predicate{func() types.Predicate {
			p := history
			p.Months = 256
			return p
		}()}, types.ErrInvalidPredicate},
		"a set of a number": {lender.String(), inquiry, []types.Predicate{{
			Kind: types.PREDICATE_KIND_MEMBERSHIP, CircuitId: circuits[4], SchemaId: firm.Id, Field: fieldOf(t, firm, "balance"), Members: []string{"1"},
		}}, types.ErrInvalidPredicate},
		"a set that is no set": {lender.String(), inquiry, []types.Predicate{{
			Kind: types.PREDICATE_KIND_MEMBERSHIP, CircuitId: circuits[4], SchemaId: firm.Id, Field: fieldOf(t, firm, "status"), Members: []string{"13", "11"},
		}}, types.ErrInvalidPredicate},
	} {
		refused(f, f.msg.Ask, &types.MsgAsk{DataUser: each.by, InquiryId: each.inquiry, Predicates: each.predicates}, each.want, name)
	}
	f.ask(lender, inquiry, history, valid,
		types.Predicate{
			Kind: types.PREDICATE_KIND_MEMBERSHIP, CircuitId: circuits[4], SchemaId: firm.Id, Field: fieldOf(t, firm, "status"), Members: []string{"11", "13"},
		},
		types.Predicate{
			Kind: types.PREDICATE_KIND_RATIO, CircuitId: circuits[5], SchemaId: firm.Id, Field: fieldOf(t, firm, "balance"),
			OtherField: fieldOf(t, firm, "original_amount"), Numerator: 4, Denominator: 10,
		},
		types.Predicate{
			Kind: types.PREDICATE_KIND_COUNT, CircuitId: circuits[6], SchemaId: score.Id, Field: fieldOf(t, score, "score"), Lower: 650, Upper: 850, AtLeast: 2,
		})
}

// TestBudget: nobody searches for a value, not with many inquiries, nor with a friend; time gives it back.
func TestBudget(t *testing.T) {
	f := setup(t)
	circuit := f.circuits("range-1")[0]
	score := schemaOf(t, schemas.Score).Id
	field := types.AskedField{Schema: types.ID(score), Field: 1}
	params := types.DefaultParams()
	params.BudgetPerDataUser, params.BudgetPerSubject, params.BudgetWindow = 2, 3, time.Hour
	require.NoError(t, f.k.SetParams(f.ctx, params))
	ask := func(by string, inquiry []byte, least ...int64) *types.MsgAsk {
		msg := &types.MsgAsk{DataUser: by, InquiryId: inquiry}
		for _, each := range least {
			msg.Predicates = append(msg.Predicates, f.scoreAtLeast(circuit, each))
		}
		return msg
	}
	first, again, friend, later := f.inquiry(lender, score), f.inquiry(lender, score), f.inquiry(rival, score), f.inquiry(rival, score)
	refused(f, f.msg.Ask, ask(lender.String(), first, 600, 650, 700), types.ErrBudgetSpent, "three at once")
	must(f, f.msg.Ask, ask(lender.String(), first, 600, 650))
	refused(f, f.msg.Ask, ask(lender.String(), again, 700), types.ErrBudgetSpent, "in another inquiry")
	must(f, f.msg.Ask, ask(rival.String(), friend, 700))
	refused(f, f.msg.Ask, ask(rival.String(), later, 725), types.ErrBudgetSpent, "all together")
	require.Zero(t, f.left(rival.String(), field))
	f.next(time.Hour)
	require.Equal(t, uint32(2), f.left(rival.String(), field))
	must(f, f.msg.Ask, ask(lender.String(), again, 700))
	require.Len(t, f.export().Budgets, 1)
	require.Len(t, f.export().Budgets[0].Asked, 1, "what is too old is dropped")
}

func (f *fixture) left(by string, field types.AskedField) uint32 {
	f.t.Helper()
	res, err := f.query.Budget(f.ctx, &types.QueryBudgetRequest{
		Subject: types.ID(subject).String(), DataUser: by, SchemaId: field.Schema.String(), Field: field.Field,
	})
	require.NoError(f.t, err)
	return res.Left
}
