package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// update is the monthly update of the accounts that batch reports.
func (f *fixture) update(first, n int) *types.MsgUpdateBatch {
	msg := &types.MsgUpdateBatch{Furnisher: bank.String(), SchemaId: f.schema}
	for i := range n {
		msg.Reports = append(msg.Reports, report(fmt.Sprintf("account %d", first+i), fmt.Sprintf("update %d at %d", first+i, f.ctx.BlockHeight())))
	}
	return msg
}

func (f *fixture) linesOf(institution string) []types.InstitutionTrailEntry {
	var lines []types.InstitutionTrailEntry
	for _, line := range f.export().InstitutionTrail {
		if line.Institution == institution {
			lines = append(lines, line)
		}
	}
	return lines
}

func (f *fixture) requireLineOf(institution string, kind types.TrailKind, subject, ref []byte) {
	f.t.Helper()
	require.Contains(f.t, f.linesOf(institution), types.InstitutionTrailEntry{Institution: institution, Entry: types.TrailEntry{
		Actor:   institution,
		Subject: subject, Height: f.ctx.BlockHeight(), Time: f.ctx.BlockTime(), Kind: kind, Ref: ref,
	}})
}

func (f *fixture) versions(account string) []types.TradelineVersion {
	f.t.Helper()
	res, err := f.query.Versions(f.ctx, &types.QueryVersionsRequest{
		Subject: types.ID(subject).String(), Id: types.TradelineID(bank, subject, testutil.Bytes("%s", account)).String(),
	})
	require.NoError(f.t, err)
	return res.Versions
}

func TestUpdateBatch(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.FurnishBatch, f.batch(0, 100))
	first := f.tradeline("account 0")
	require.Empty(t, f.versions("account 0"))
	f.next(30 * day)
	f.store.Writes, f.store.Bytes, f.attestStore.Writes, f.attestStore.Bytes, f.institutions.Calls = 0, 0, 0, 0, 0
	must(f, f.msg.UpdateBatch, f.update(0, 100))
	t.Logf("an update of 100: %d and %d writes, %d bytes", f.store.Writes, f.attestStore.Writes, f.store.Bytes+f.attestStore.Bytes)
	require.Equal(t, 3*100+1, f.store.Writes, "version, tradeline and trail, and the line in the furnisher's trail")
	require.Equal(t, 3*100, f.attestStore.Writes, "the new one, status and bits of the old one")
	f.requireEvent(&types.EventBatchUpdated{Furnisher: bank.String(), SchemaId: types.ID(f.schema).String(), Count: 100})
	f.requireLineOf(bank.String(), types.TRAIL_KIND_UPDATED, f.schema, f.schema)
	require.Len(t, f.linesOf(bank.String()), 3, "one line for each message")
	require.Contains(t, f.export().Trail, types.TrailEntry{
		Subject: subject, Height: f.ctx.BlockHeight(), Time: f.ctx.BlockTime(), Kind: types.TRAIL_KIND_UPDATED, Actor: bank.String(), Ref: first.Id,
	})
	for i := range 100 {
		got := f.tradeline(fmt.Sprintf("account %d", i))
		require.Equal(t, uint32(2), got.Version)
		require.Equal(t, types.CORRECTION_REASON_UPDATE, got.Reason)
		require.Equal(t, f.ctx.BlockTime(), *got.UpdatedAt)
	}
	require.Equal(t, []types.TradelineVersion{{
		TradelineId: first.Id, Version: 1, AttestationId: first.AttestationId, Delinquency: first.Delinquency,
		ShowUntil: first.ShowUntil, SupersededAt: f.ctx.BlockTime(),
	}}, f.versions("account 0"))
	old, err := f.attestations.GetAttestation(f.ctx, first.AttestationId)
	require.NoError(t, err)
	require.Equal(t, attestationtypes.STATUS_SUPERSEDED, old.Status)
}

func TestUpdateBatchRefuses(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.FurnishBatch, f.batch(0, 3))
	f.next(30 * day)
	valid := func() *types.MsgUpdateBatch { return f.update(0, 3) }
	refuse(f, f.msg.UpdateBatch, valid, []refusal[*types.MsgUpdateBatch]{
		{"none", func(m *types.MsgUpdateBatch) { m.Reports = nil }, types.ErrBatchSize},
		{"too many", func(m *types.MsgUpdateBatch) { m.Reports = f.update(0, 101).Reports }, types.ErrBatchSize},
		{"bad furnisher", func(m *types.MsgUpdateBatch) { m.Furnisher = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *types.MsgUpdateBatch) { m.Furnisher = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"data user", func(m *types.MsgUpdateBatch) { m.Furnisher = lender.String() }, institutiontypes.ErrWrongRole},
		{"of another", func(m *types.MsgUpdateBatch) { m.Furnisher = utility.String() }, types.ErrUnknownTradeline},
		{"one unknown", func(m *types.MsgUpdateBatch) { m.Reports[2] = f.update(3, 1).Reports[0] }, types.ErrUnknownTradeline},
		{"one twice", func(m *types.MsgUpdateBatch) { m.Reports[2].Account = m.Reports[1].Account }, types.ErrBatchDuplicate},
		{"one the same", func(m *types.MsgUpdateBatch) { m.Reports[2] = f.batch(2, 1).Reports[0] }, types.ErrAlreadyFurnished},
		{"one bad", func(m *types.MsgUpdateBatch) { m.Reports[2].Subject = nil }, types.ErrInvalidReport},
		{"one re-aged", func(m *types.MsgUpdateBatch) { m.Reports[2].ShowUntil = m.Reports[2].ShowUntil.Add(1) }, types.ErrReaging},
		{"no schema", func(m *types.MsgUpdateBatch) { m.SchemaId = nil }, types.ErrInvalidID},
		{"unknown schema", func(m *types.MsgUpdateBatch) { m.SchemaId = testutil.Bytes("x") }, attestationtypes.ErrUnknownSchema},
	})
}

// What a new version answers, and what it does not.
func TestNewVersionAnswers(t *testing.T) {
	for _, test := range []struct {
		name    string
		state   types.RecordState
		why     types.StateReason
		code    types.ComplianceCode
		dispute bool // the version comes with the answer to a dispute
		want    types.RecordState
		err     error
	}{
		{name: "active", state: types.RECORD_STATE_ACTIVE, want: types.RECORD_STATE_ACTIVE},
		{name: "disputed", state: types.RECORD_STATE_DISPUTED, why: types.STATE_REASON_DISPUTE, want: types.RECORD_STATE_DISPUTED},
		{name: "contract", state: types.RECORD_STATE_SUPPRESSED, why: types.STATE_REASON_CONTRACT, want: types.RECORD_STATE_ACTIVE},
		{
			name: "contract while disputed", state: types.RECORD_STATE_SUPPRESSED, why: types.STATE_REASON_CONTRACT,
			code: types.COMPLIANCE_CODE_XB, want: types.RECORD_STATE_DISPUTED,
		},
		{name: "order", state: types.RECORD_STATE_SUPPRESSED, why: types.STATE_REASON_MEDIATION, want: types.RECORD_STATE_SUPPRESSED},
		{
			name: "order answered", state: types.RECORD_STATE_SUPPRESSED, why: types.STATE_REASON_MEDIATION, dispute: true,
			want: types.RECORD_STATE_ACTIVE,
		},
		{name: "silence", state: types.RECORD_STATE_SUPPRESSED, why: types.STATE_REASON_SILENCE, dispute: true, want: types.RECORD_STATE_SUPPRESSED},
		{name: "repair", state: types.RECORD_STATE_SUPPRESSED, why: types.STATE_REASON_REPAIR, want: types.RECORD_STATE_SUPPRESSED},
		{name: "deleted", state: types.RECORD_STATE_SUPPRESSED, why: types.STATE_REASON_DELETED, want: types.RECORD_STATE_SUPPRESSED},
		{name: "superseded", state: types.RECORD_STATE_SUPERSEDED, err: types.ErrNotCorrectable},
		{name: "expired", state: types.RECORD_STATE_EXPIRED, err: types.ErrNotCorrectable},
		{name: "erased", state: types.RECORD_STATE_ERASED, err: types.ErrNotCorrectable},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := enrolled(t)
			must(f, f.msg.Furnish, f.furnishMsg())
			f.next(time.Hour)
			ctx, _ := f.ctx.CacheContext()
			tradeline := f.tradeline("account")
			tradeline.State, tradeline.StateReason, tradeline.Compliance = test.state, test.why, test.code
			require.NoError(t, f.k.PutTradeline(ctx, tradeline))
			var err error
			if test.dispute {
				_, err = f.k.NewVersion(ctx, bank, f.schema, report("account", "v2"), types.CORRECTION_REASON_DISPUTE)
			} else {
				msg := f.correction()
				msg.Reason = types.CORRECTION_REASON_DISPUTE
				_, err = f.msg.Correct(ctx, msg)
			}
			if test.err != nil {
				require.ErrorIs(t, err, test.err)
				return
			}
			require.NoError(t, err)
			got, err := f.k.GetTradeline(ctx, types.ID(subject), types.ID(tradeline.Id))
			require.NoError(t, err)
			require.Equal(t, uint32(2), got.Version)
			require.Equal(t, test.want, got.State)
			require.Equal(t, test.why, got.StateReason)
			trail, err := f.query.Trail(ctx, &types.QueryTrailRequest{Subject: types.ID(subject).String()})
			require.NoError(t, err)
			kinds := map[types.TrailKind]bool{}
			for _, entry := range trail.Entries {
				kinds[entry.Kind] = true
			}
			require.True(t, kinds[types.TRAIL_KIND_CORRECTED])
			restored := test.state == types.RECORD_STATE_SUPPRESSED && test.want == types.RECORD_STATE_ACTIVE
			require.Equal(t, restored, kinds[types.TRAIL_KIND_RECORD_RESTORED])
		})
	}
}

// A record is over at its time even while the queue is behind.
func TestCorrectAfterRetention(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.Furnish, f.furnishMsg())
	f.ctx = f.ctx.WithBlockTime(f.tradeline("account").ShowUntil.Add(-1))
	valid := func() *types.MsgCorrect {
		msg := f.correction()
		msg.Report.Delinquency, msg.Report.ShowUntil = testutil.Bytes("another"), f.ctx.BlockTime().AddDate(1, 0, 0)
		return msg
	}
	cached, _ := f.ctx.CacheContext()
	_, err := f.msg.Correct(cached, valid())
	require.NoError(t, err)
	f.ctx = f.ctx.WithBlockTime(f.tradeline("account").ShowUntil)
	refuse(f, f.msg.Correct, valid, []refusal[*types.MsgCorrect]{{"over", func(*types.MsgCorrect) {}, types.ErrNotCorrectable}})
}

func TestMaxFurnishers(t *testing.T) {
	f := enrolled(t)
	params := types.DefaultParams()
	params.MaxFurnishers = 1
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	must(f, f.msg.Furnish, f.furnishMsg())
	must(f, f.msg.FurnishBatch, f.batch(0, 2))
	other := func() *types.MsgFurnish {
		msg := f.furnishMsg()
		msg.Furnisher = utility.String()
		return msg
	}
	refuse(f, f.msg.Furnish, other, []refusal[*types.MsgFurnish]{{"second", func(*types.MsgFurnish) {}, types.ErrTooManyFurnishers}})
	params.MaxFurnishers = 2
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	must(f, f.msg.Furnish, other())
}

// A merged pseudonym takes no new account, and those that it has go on.
func TestFurnishMerged(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.Furnish, f.furnishMsg())
	merged, err := f.k.GetSubject(f.ctx, types.ID(subject))
	require.NoError(t, err)
	merged.MergedInto = testutil.Bytes("other")
	ctx, _ := f.ctx.CacheContext()
	require.NoError(t, f.k.PutSubject(ctx, merged))
	msg := f.furnishMsg()
	msg.Report = report("account 2", "v1 of 2")
	_, err = f.msg.Furnish(ctx, msg)
	require.ErrorIs(t, err, types.ErrMerged)
	_, err = f.msg.Correct(ctx, f.correction())
	require.NoError(t, err)
}

func TestVersionsQuery(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.Furnish, f.furnishMsg())
	for i := range 3 {
		f.next(time.Hour)
		msg := f.correction()
		msg.Report = report("account", fmt.Sprintf("v%d", 2+i))
		must(f, f.msg.Correct, msg)
	}
	got := f.versions("account")
	require.Len(t, got, 3)
	for i, version := range got {
		require.Equal(t, uint32(1+i), version.Version)
		require.Equal(t, i > 0, version.Reason == types.CORRECTION_REASON_ERROR, "of the first there is none")
	}
	hex := types.ID(subject).String()
	_, err := f.query.Versions(f.ctx, &types.QueryVersionsRequest{Subject: hex, Id: hex})
	require.ErrorIs(t, err, types.ErrUnknownTradeline)
	_, err = f.query.Versions(f.ctx, &types.QueryVersionsRequest{Subject: hex, Id: "x"})
	require.ErrorIs(t, err, types.ErrInvalidID)
}
