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

func policy() *types.MsgSetRepairPolicy {
	return &types.MsgSetRepairPolicy{Authority: authority.String(), Policy: types.RepairPolicy{
		Name: "once-2027", Jurisdictions: []string{"CN", "US"}, SubjectKind: types.SUBJECT_KIND_NATURAL_PERSON,
		AmountClass: types.AMOUNT_CLASS_MEDIUM, ReportedFrom: testutil.Now.Add(-day), ReportedUntil: testutil.Now.Add(day),
		RepaidBy: testutil.Now.Add(90 * day), DeclareUntil: testutil.Now.Add(120 * day), Description: "small debts, paid late",
	}}
}

func (f *fixture) repaid(account string) *types.MsgDeclareRepaid {
	return &types.MsgDeclareRepaid{Furnisher: bank.String(), Policy: "once-2027", Repaid: []types.Repaid{{
		Subject: subject, TradelineId: types.TradelineID(bank, subject, testutil.Bytes("%s", account)).Bytes(),
		AmountClass: types.AMOUNT_CLASS_MEDIUM, RepaidAt: f.ctx.BlockTime(),
	}}}
}

func TestSetRepairPolicy(t *testing.T) {
	f := setup(t)
	must(f, f.msg.SetRepairPolicy, policy())
	f.requireEvent(&types.EventRepairPolicySet{Name: "once-2027"})
	second := policy()
	second.Policy.Name, second.Policy.Jurisdictions = "always", nil
	must(f, f.msg.SetRepairPolicy, second)
	replaced := policy()
	replaced.Policy.AmountClass = types.AMOUNT_CLASS_SMALL
	must(f, f.msg.SetRepairPolicy, replaced)
	res, err := f.query.RepairPolicies(f.ctx, &types.QueryRepairPoliciesRequest{})
	require.NoError(t, err)
	require.Equal(t, []types.RepairPolicy{second.Policy, replaced.Policy}, res.Policies)

	type msg = types.MsgSetRepairPolicy
	refuse(f, f.msg.SetRepairPolicy, policy, []refusal[*msg]{
		{"not by vote", func(m *msg) { m.Authority = bank.String() }, types.ErrUnauthorized},
		{"no name", func(m *msg) { m.Policy.Name = "" }, types.ErrInvalidPolicy},
		{"bad name", func(m *msg) { m.Policy.Name = "Once" }, types.ErrInvalidPolicy},
		{"long name", func(m *msg) { m.Policy.Name = strings.Repeat("a", 65) }, types.ErrInvalidPolicy},
		{"jurisdictions", func(m *msg) { m.Policy.Jurisdictions = []string{"US", "CN"} }, types.ErrInvalidPolicy},
		{"kind", func(m *msg) { m.Policy.SubjectKind = 9 }, types.ErrInvalidPolicy},
		{"no class", func(m *msg) { m.Policy.AmountClass = 0 }, types.ErrInvalidPolicy},
		{"unknown class", func(m *msg) { m.Policy.AmountClass = 9 }, types.ErrInvalidPolicy},
		{"reported from", func(m *msg) { m.Policy.ReportedFrom = time.Time{} }, types.ErrInvalidPolicy},
		{"reported until", func(m *msg) { m.Policy.ReportedUntil = m.Policy.ReportedFrom.Add(-1) }, types.ErrInvalidPolicy},
		{"repaid by", func(m *msg) { m.Policy.RepaidBy = time.Time{} }, types.ErrInvalidPolicy},
		{"declare until", func(m *msg) { m.Policy.DeclareUntil = time.Date(2300, 1, 1, 0, 0, 0, 0, time.UTC) }, types.ErrInvalidPolicy},
		{"description", func(m *msg) { m.Policy.Description = strings.Repeat("a", 513) }, types.ErrInvalidPolicy},
	})
}

func TestDeclareRepaid(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.SetRepairPolicy, policy())
	must(f, f.msg.Furnish, f.furnishMsg())
	f.next(time.Hour)
	must(f, f.msg.DeclareRepaid, f.repaid("account"))
	got := f.tradeline("account")
	require.Equal(t, types.RECORD_STATE_SUPPRESSED, got.State)
	require.Equal(t, types.STATE_REASON_REPAIR, got.StateReason)
	require.Equal(t, "once-2027", got.RepairPolicy)
	f.requireEvent(&types.EventRepairDeclared{Furnisher: bank.String(), Policy: "once-2027", Count: 1})
	for _, kind := range []types.TrailKind{types.TRAIL_KIND_REPAID, types.TRAIL_KIND_RECORD_SUPPRESSED} {
		f.requireTrail(types.TrailEntry{Subject: subject, Kind: kind, Actor: bank.String(), Ref: got.Id})
		f.requireLineOf(bank.String(), kind, subject, got.Id)
	}
	retention, _, _, err := f.k.RecordIndexes(f.ctx)
	require.NoError(t, err)
	require.Equal(t, 1, retention, "its retention goes on")
}

func TestDeclareRepaidRefuses(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.SetRepairPolicy, policy())
	must(f, f.msg.Furnish, f.furnishMsg())
	f.next(2 * day)
	must(f, f.msg.FurnishBatch, f.batch(0, 1)) // reported after reported_until
	firm := testutil.Bytes("firm")
	must(f, f.msg.EnrolSubjects, &types.MsgEnrolSubjects{Institution: bank.String(), Subjects: []types.Enrolment{
		{Pseudonym: firm, Kind: types.SUBJECT_KIND_LEGAL_ENTITY},
	}})
	ofFirm := f.furnishMsg()
	ofFirm.Report = report("account", "of the firm")
	ofFirm.Report.Subject = firm
	id := must(f, f.msg.Furnish, ofFirm).TradelineId
	valid := func() *types.MsgDeclareRepaid { return f.repaid("account") }
	type msg = types.MsgDeclareRepaid
	refuse(f, f.msg.DeclareRepaid, valid, []refusal[*msg]{
		{"bad furnisher", func(m *msg) { m.Furnisher = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.Furnisher = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"bureau", func(m *msg) { m.Furnisher = bureau.String() }, institutiontypes.ErrWrongRole},
		{"another's", func(m *msg) { m.Furnisher = utility.String() }, types.ErrNotFurnisher},
		{"none", func(m *msg) { m.Repaid = nil }, types.ErrBatchSize},
		{"too many", func(m *msg) { m.Repaid = make([]types.Repaid, 101) }, types.ErrBatchSize},
		{"unknown policy", func(m *msg) { m.Policy = "x" }, types.ErrUnknownPolicy},
		{"bad subject", func(m *msg) { m.Repaid[0].Subject = nil }, types.ErrInvalidID},
		{"bad tradeline", func(m *msg) { m.Repaid[0].TradelineId = nil }, types.ErrInvalidID},
		{"unknown tradeline", func(m *msg) { m.Repaid[0].TradelineId = subject }, types.ErrUnknownTradeline},
		{"no class", func(m *msg) { m.Repaid[0].AmountClass = 0 }, types.ErrNotCovered},
		{"unknown class", func(m *msg) { m.Repaid[0].AmountClass = 9 }, types.ErrNotCovered},
		{"above the class", func(m *msg) { m.Repaid[0].AmountClass = types.AMOUNT_CLASS_LARGE }, types.ErrNotCovered},
		{"reported late", func(m *msg) { m.Repaid[0].TradelineId = f.repaid("account 0").Repaid[0].TradelineId }, types.ErrNotCovered},
		{"no time", func(m *msg) { m.Repaid[0].RepaidAt = time.Time{} }, types.ErrNotCovered},
		{"not repaid yet", func(m *msg) { m.Repaid[0].RepaidAt = f.ctx.BlockTime().Add(1) }, types.ErrNotCovered},
		{"of a firm", func(m *msg) { m.Repaid[0].Subject, m.Repaid[0].TradelineId = firm, id }, types.ErrNotCovered},
		{"twice", func(m *msg) { m.Repaid = append(m.Repaid, m.Repaid[0]) }, types.ErrNotCovered},
	})
	f.jurisdiction("DE")
	covered := []refusal[*msg]{{"not covered", func(*msg) {}, types.ErrNotCovered}}
	refuse(f, f.msg.DeclareRepaid, valid, covered)
	f.jurisdiction("US")
	f.ctx = f.ctx.WithBlockTime(testutil.Now.Add(90*day + 1))
	refuse(f, f.msg.DeclareRepaid, valid, covered) // repaid after repaid_by
	intime := func() *msg {
		m := valid()
		m.Repaid[0].RepaidAt = testutil.Now.Add(90 * day)
		return m
	}
	f.ctx = f.ctx.WithBlockTime(testutil.Now.Add(120*day + 1))
	refuse(f, f.msg.DeclareRepaid, intime, covered)
	f.ctx = f.ctx.WithBlockTime(testutil.Now.Add(120 * day))
	for _, state := range []types.RecordState{types.RECORD_STATE_DISPUTED, types.RECORD_STATE_SUPPRESSED, types.RECORD_STATE_EXPIRED} {
		ctx, _ := f.ctx.CacheContext()
		tradeline := f.tradeline("account")
		tradeline.State = state
		require.NoError(t, f.k.PutTradeline(ctx, tradeline))
		_, err := f.msg.DeclareRepaid(ctx, intime())
		require.ErrorIs(t, err, types.ErrNotCovered, state)
	}
	must(f, f.msg.DeclareRepaid, intime())
}
