package keeper_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func TestFurnish(t *testing.T) {
	f := enrolled(t)
	res := must(f, f.msg.Furnish, f.furnishMsg())
	require.Equal(t, types.TradelineID(bank, subject, testutil.Bytes("account")).Bytes(), res.TradelineId)
	require.Equal(t, attestationtypes.AttestationID(f.schema, bank, report("account", "v1").Statement()).Bytes(), res.AttestationId)
	got, err := f.k.GetTradeline(f.ctx, types.ID(subject), types.ID(res.TradelineId))
	require.NoError(t, err)
	require.Equal(t, types.Tradeline{
		Id: res.TradelineId, Subject: subject, Furnisher: bank.String(), AttestationId: res.AttestationId, Version: 1,
		State: types.RECORD_STATE_ACTIVE, FurnishedAt: testutil.Now,
		Delinquency: report("account", "v1").Delinquency, DelinquencySince: testutil.Now, ShowUntil: report("account", "v1").ShowUntil,
	}, got)
	attestation, err := f.attestations.GetAttestation(f.ctx, res.AttestationId)
	require.NoError(t, err)
	require.Equal(t, testutil.Bytes("v1"), attestation.Commitment)
	f.requireEvent(types.NewEventFurnished(types.ID(res.TradelineId), types.ID(res.AttestationId), bank.String()))
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_FURNISHED, Actor: bank.String(), Ref: res.TradelineId})
}

// The cost of a single report: tradeline, retention, its line in two trails and the attestation, and one more for the first
// tradeline of a furnisher about a subject.
func TestFurnishWrites(t *testing.T) {
	f := enrolled(t)
	for i, want := range []int{5, 4, 4} {
		msg := f.furnishMsg()
		msg.Report = report(fmt.Sprintf("account %d", i), fmt.Sprintf("c %d", i))
		f.store.Writes, f.store.Bytes, f.attestStore.Writes, f.attestStore.Bytes = 0, 0, 0, 0
		must(f, f.msg.Furnish, msg)
		require.Equal(t, want, f.store.Writes)
		require.Equal(t, 1, f.attestStore.Writes)
	}
	require.LessOrEqual(t, f.store.Bytes+f.attestStore.Bytes, 700, "bytes of keys and values")
}

func TestFurnishRefuses(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.Furnish, f.furnishMsg())
	fixed, err := f.attestations.Attest(f.ctx, bank, f.schema, []attestationtypes.Statement{{Subject: subject, Commitment: testutil.Bytes("stated")}})
	require.NoError(t, err)
	require.Len(t, fixed, 1)
	refuse(f, f.msg.Furnish, f.furnishMsg, []refusal[*types.MsgFurnish]{
		{"retry", func(m *types.MsgFurnish) {}, types.ErrAlreadyFurnished},
		{"change", func(m *types.MsgFurnish) { m.Report = report("account", "v2") }, types.ErrTradelineExists},
		{"stated before", func(m *types.MsgFurnish) { m.Report = report("account 2", "stated") }, attestationtypes.ErrDuplicate},
		{"bad furnisher", func(m *types.MsgFurnish) { m.Furnisher = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *types.MsgFurnish) { m.Furnisher = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"bureau", func(m *types.MsgFurnish) { m.Furnisher = bureau.String() }, institutiontypes.ErrWrongRole},
		{"no schema", func(m *types.MsgFurnish) { m.SchemaId = nil }, types.ErrInvalidID},
		{"unknown schema", func(m *types.MsgFurnish) {
			m.SchemaId, m.Report = testutil.Bytes("x"), report("account 2", "v1 of 2")
		}, attestationtypes.ErrUnknownSchema},
		{"bad subject", func(m *types.MsgFurnish) { m.Report.Subject = nil }, types.ErrInvalidReport},
		{"unknown subject", func(m *types.MsgFurnish) { m.Report.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"bad account", func(m *types.MsgFurnish) { m.Report.Account = make([]byte, 32) }, types.ErrInvalidReport},
		{"bad commitment", func(m *types.MsgFurnish) { m.Report.Commitment = subject[1:] }, types.ErrInvalidReport},
	})
	f.institutions.Suspend(bank)
	msg := f.furnishMsg()
	msg.Report = report("account 3", "v1 of 3")
	_, err = send(f, f.msg.Furnish, msg)
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
}

func (f *fixture) batch(first, n int) *types.MsgFurnishBatch {
	msg := &types.MsgFurnishBatch{Furnisher: bank.String(), SchemaId: f.schema}
	for i := range n {
		msg.Reports = append(msg.Reports, report(fmt.Sprintf("account %d", first+i), fmt.Sprintf("commitment %d", first+i)))
	}
	return msg
}

func TestFurnishBatch(t *testing.T) {
	f := enrolled(t)
	f.store.Writes, f.attestStore.Writes, f.institutions.Calls = 0, 0, 0
	must(f, f.msg.FurnishBatch, f.batch(0, 100))
	require.Equal(t, 3*100+2, f.store.Writes, "and the furnisher, and the line in its trail")
	require.Equal(t, 100, f.attestStore.Writes)
	require.Equal(t, 2, f.institutions.Calls, "the licence is read once by each module")
	f.requireEvent(types.NewEventBatchFurnished(bank.String(), types.ID(f.schema), 100))

	valid := func() *types.MsgFurnishBatch { return f.batch(100, 2) }
	refuse(f, f.msg.FurnishBatch, valid, []refusal[*types.MsgFurnishBatch]{
		{"none", func(m *types.MsgFurnishBatch) { m.Reports = nil }, types.ErrBatchSize},
		{"too many", func(m *types.MsgFurnishBatch) { m.Reports = f.batch(100, 101).Reports }, types.ErrBatchSize},
		{"bad furnisher", func(m *types.MsgFurnishBatch) { m.Furnisher = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *types.MsgFurnishBatch) { m.Furnisher = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"data user", func(m *types.MsgFurnishBatch) { m.Furnisher = lender.String() }, institutiontypes.ErrWrongRole},
		{"one is there", func(m *types.MsgFurnishBatch) { m.Reports = append(m.Reports, f.batch(5, 1).Reports...) }, types.ErrAlreadyFurnished},
		{"one changes", func(m *types.MsgFurnishBatch) { m.Reports[1] = report("account 5", "v2") }, types.ErrTradelineExists},
		{"one twice", func(m *types.MsgFurnishBatch) { m.Reports[1] = m.Reports[0] }, types.ErrBatchDuplicate},
		{"one account twice", func(m *types.MsgFurnishBatch) { m.Reports[1].Account = m.Reports[0].Account }, types.ErrBatchDuplicate},
		{"one commitment twice", func(m *types.MsgFurnishBatch) { m.Reports[1].Commitment = m.Reports[0].Commitment }, attestationtypes.ErrDuplicate},
		{"one is bad", func(m *types.MsgFurnishBatch) { m.Reports[1].Subject = nil }, types.ErrInvalidReport},
		{"one is unknown", func(m *types.MsgFurnishBatch) { m.Reports[1].Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"unknown schema", func(m *types.MsgFurnishBatch) { m.SchemaId = testutil.Bytes("x") }, attestationtypes.ErrUnknownSchema},
	})
}

func TestFurnishBatchGas(t *testing.T) {
	f := enrolled(t)
	gas := func(first, n int) uint64 {
		ctx := f.ctx.WithGasMeter(storetypes.NewInfiniteGasMeter())
		_, err := f.msg.FurnishBatch(ctx, f.batch(first, n))
		require.NoError(t, err)
		return ctx.GasMeter().GasConsumed()
	}
	one, hundred := gas(0, 1), gas(1, 100)
	require.Less(t, hundred, 90*one, "what a batch shares is paid once")
	require.Greater(t, hundred, 40*one, "each report has its price")
}

func (f *fixture) correction() *types.MsgCorrect {
	return &types.MsgCorrect{
		Furnisher: bank.String(), SchemaId: f.schema, Report: report("account", "v2"), Reason: types.CORRECTION_REASON_ERROR,
	}
}

func TestCorrect(t *testing.T) {
	f := enrolled(t)
	first := must(f, f.msg.Furnish, f.furnishMsg())
	f.next(time.Hour)
	res := must(f, f.msg.Correct, f.correction())
	require.Equal(t, uint32(2), res.Version)
	got, err := f.k.GetTradeline(f.ctx, types.ID(subject), types.ID(first.TradelineId))
	require.NoError(t, err)
	require.Equal(t, uint32(2), got.Version)
	require.Equal(t, res.AttestationId, got.AttestationId)
	require.Equal(t, testutil.Now, got.FurnishedAt)
	require.Equal(t, f.ctx.BlockTime(), *got.UpdatedAt)
	require.Equal(t, types.CORRECTION_REASON_ERROR, got.Reason)
	old, err := f.attestations.GetAttestation(f.ctx, first.AttestationId)
	require.NoError(t, err)
	require.Equal(t, attestationtypes.STATUS_SUPERSEDED, old.Status)
	require.Equal(t, res.AttestationId, old.SupersededBy)
	f.requireEvent(types.NewEventCorrected(types.ID(first.TradelineId), types.ID(res.AttestationId), 2, types.CORRECTION_REASON_ERROR))
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_CORRECTED, Actor: bank.String(), Ref: first.TradelineId})

	_, err = send(f, f.msg.Correct, f.correction())
	require.ErrorIs(t, err, types.ErrAlreadyFurnished, "a retry is known as such")
	_, err = send(f, f.msg.Furnish, f.furnishMsg())
	require.ErrorIs(t, err, types.ErrTradelineExists, "the first version counts no more")
}

// A furnisher that revoked a version with x/attestation can still report the next one.
func TestCorrectAfterRevocation(t *testing.T) {
	f := enrolled(t)
	first := must(f, f.msg.Furnish, f.furnishMsg())
	require.NoError(t, f.attestations.Revoke(f.ctx, bank, first.AttestationId, attestationtypes.REVOCATION_REASON_ERROR))
	must(f, f.msg.Correct, f.correction())
	old, err := f.attestations.GetAttestation(f.ctx, first.AttestationId)
	require.NoError(t, err)
	require.Equal(t, attestationtypes.STATUS_REVOKED, old.Status)
}

func TestCorrectRefuses(t *testing.T) {
	f := enrolled(t)
	must(f, f.msg.Furnish, f.furnishMsg())
	refuse(f, f.msg.Correct, f.correction, []refusal[*types.MsgCorrect]{
		{"same record", func(m *types.MsgCorrect) { m.Report = report("account", "v1") }, types.ErrAlreadyFurnished},
		{"unknown account", func(m *types.MsgCorrect) { m.Report = report("other", "v2") }, types.ErrUnknownTradeline},
		{"of another", func(m *types.MsgCorrect) { m.Furnisher = utility.String() }, types.ErrUnknownTradeline},
		{"bad furnisher", func(m *types.MsgCorrect) { m.Furnisher = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *types.MsgCorrect) { m.Furnisher = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"bureau", func(m *types.MsgCorrect) { m.Furnisher = bureau.String() }, institutiontypes.ErrWrongRole},
		{"no reason", func(m *types.MsgCorrect) { m.Reason = 0 }, types.ErrInvalidReason},
		{"unknown reason", func(m *types.MsgCorrect) { m.Reason = 99 }, types.ErrInvalidReason},
		{"bad schema", func(m *types.MsgCorrect) { m.SchemaId = nil }, types.ErrInvalidID},
		{"unknown schema", func(m *types.MsgCorrect) { m.SchemaId = testutil.Bytes("x") }, attestationtypes.ErrUnknownSchema},
		{"bad report", func(m *types.MsgCorrect) { m.Report.Commitment = nil }, types.ErrInvalidReport},
	})
}
