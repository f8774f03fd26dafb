package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func (f *fixture) erasureRequest() *types.MsgRequestErasure {
	return &types.MsgRequestErasure{Controller: alice.String(), Subject: subject, TradelineId: f.tradeline("account").Id}
}

func (f *fixture) refusalOfErasure() *types.MsgRefuseErasure {
	return &types.MsgRefuseErasure{
		Furnisher: bank.String(), TradelineId: f.tradeline("account").Id, Ground: types.ERASURE_GROUND_OPEN_ACCOUNT,
		Evidence: testutil.Bytes("contract"),
	}
}

func (f *fixture) destruction() *types.MsgAttestDestruction {
	return &types.MsgAttestDestruction{
		Furnisher: bank.String(), Subject: subject, TradelineId: f.tradeline("account").Id, Evidence: testutil.Bytes("log"),
	}
}

func (f *fixture) erasure() types.Erasure {
	f.t.Helper()
	res, err := f.query.Erasure(f.ctx, &types.QueryErasureRequest{Id: types.ID(f.tradeline("account").Id).String()})
	require.NoError(f.t, err)
	return res.Erasure
}

// state puts the tradeline into a state, with a dispute in a status when there is one.
func (f *fixture) state(state types.RecordState, reason types.StateReason, status types.DisputeStatus) {
	f.t.Helper()
	tradeline := f.tradeline("account")
	tradeline.State, tradeline.StateReason, tradeline.DisputeId = state, reason, nil
	if status != types.DISPUTE_STATUS_UNSPECIFIED {
		tradeline.DisputeId = testutil.Bytes("dispute")
		require.NoError(f.t, f.k.PutDispute(f.ctx, types.Dispute{Id: tradeline.DisputeId, Status: status}))
	}
	require.NoError(f.t, f.k.PutTradeline(f.ctx, tradeline))
}

func TestErasure(t *testing.T) {
	f := controlled(t)
	id := f.tradeline("account").Id
	_, err := f.query.Erasure(f.ctx, &types.QueryErasureRequest{Id: types.ID(id).String()})
	require.ErrorIs(t, err, types.ErrUnknownErasure)
	asked := f.ctx.BlockTime()
	due := asked.Add(30 * day) // America's profile
	require.Equal(t, due, must(f, f.msg.RequestErasure, f.erasureRequest()).DueAt)
	require.Equal(t, types.Erasure{
		TradelineId: id, Subject: subject, Status: types.ERASURE_STATUS_REQUESTED, RequestedAt: &asked, DueAt: &due,
	}, f.erasure())
	f.requireEvent(&types.EventErasureRequested{TradelineId: types.ID(id).String(), Furnisher: bank.String(), DueAt: due.Format(time.RFC3339)})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_ERASURE_REQUESTED, Actor: alice.String(), Ref: id})
	f.requireLineOf(bank.String(), types.TRAIL_KIND_ERASURE_REQUESTED, subject, id)

	f.next(time.Hour)
	before := f.tradeline("account")
	before.Annotations, before.RepairPolicy = []types.Annotation{types.ANNOTATION_REPAID}, "once"
	require.NoError(t, f.k.PutTradeline(f.ctx, before))
	must(f, f.msg.AttestDestruction, f.destruction())
	got := f.tradeline("account")
	require.Equal(t, types.RECORD_STATE_ERASED, got.State)
	require.Equal(t, types.STATE_REASON_DESTROYED, got.StateReason)
	require.Empty(t, got.Annotations)
	require.Empty(t, got.RepairPolicy)
	require.Equal(t, before.AttestationId, got.AttestationId)
	done := f.erasure()
	require.Equal(t, types.ERASURE_STATUS_DONE, done.Status)
	require.Equal(t, testutil.Bytes("log"), done.Evidence)
	require.Equal(t, f.ctx.BlockTime(), *done.AnsweredAt)
	f.requireEvent(&types.EventDestructionAttested{TradelineId: types.ID(id).String(), Furnisher: bank.String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_RECORD_DESTROYED, Actor: bank.String(), Ref: id})
	retention, _, erasures, err := f.k.RecordIndexes(f.ctx)
	require.NoError(t, err)
	require.Zero(t, retention+erasures, "nothing is left to end")
	attestation, err := f.attestations.GetAttestation(f.ctx, got.AttestationId)
	require.NoError(t, err)
	require.Equal(t, attestationtypes.STATUS_ACTIVE, attestation.Status, "what was stated stays, without meaning")

	again := []refusal[*types.MsgRequestErasure]{{"again", func(*types.MsgRequestErasure) {}, types.ErrNotDestructible}}
	refuse(f, f.msg.RequestErasure, f.erasureRequest, again)
	refuse(f, f.msg.RefuseErasure, f.refusalOfErasure, []refusal[*types.MsgRefuseErasure]{
		{"done", func(*types.MsgRefuseErasure) {}, types.ErrErasureState},
	})
	refuse(f, f.msg.AttestDestruction, f.destruction, []refusal[*types.MsgAttestDestruction]{
		{"again", func(*types.MsgAttestDestruction) {}, types.ErrNotDestructible},
	})
}

func TestRequestErasureRefuses(t *testing.T) {
	f := controlled(t)
	type msg = types.MsgRequestErasure
	refuse(f, f.msg.RequestErasure, f.erasureRequest, []refusal[*msg]{
		{"bad controller", func(m *msg) { m.Controller = "" }, types.ErrInvalidAddress},
		{"not the subject", func(m *msg) { m.Controller = mallory.String() }, types.ErrNotController},
		{"its furnisher", func(m *msg) { m.Controller = bank.String() }, types.ErrNotController},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"bad tradeline", func(m *msg) { m.TradelineId = nil }, types.ErrInvalidID},
		{"unknown tradeline", func(m *msg) { m.TradelineId = subject }, types.ErrUnknownTradeline},
	})
	held := []refusal[*msg]{{"held", func(*msg) {}, types.ErrErasureHeld}}
	for _, status := range []types.DisputeStatus{
		types.DISPUTE_STATUS_OPEN, types.DISPUTE_STATUS_SILENT, types.DISPUTE_STATUS_ESCALATED, types.DISPUTE_STATUS_ORDERED,
	} {
		f.state(types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_SILENCE, status)
		refuse(f, f.msg.RequestErasure, f.erasureRequest, held)
	}
	f.state(types.RECORD_STATE_DISPUTED, types.STATE_REASON_DISPUTE, types.DISPUTE_STATUS_OPEN)
	refuse(f, f.msg.RequestErasure, f.erasureRequest, held)
	f.state(types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_DELETED, types.DISPUTE_STATUS_CLOSED)
	id := must(f, f.msg.PlaceHold, f.hold("all")).Id
	refuse(f, f.msg.RequestErasure, f.erasureRequest, held)
	must(f, f.msg.LiftHold, lift(id))
	must(f, f.msg.RequestErasure, f.erasureRequest())
	refuse(f, f.msg.RequestErasure, f.erasureRequest, []refusal[*msg]{{"again", func(*msg) {}, types.ErrErasureExists}})
	f.clearDispute()
}

// clearDispute drops the dispute that state made, which is none.
func (f *fixture) clearDispute() {
	f.t.Helper()
	tradeline := f.tradeline("account")
	tradeline.DisputeId, tradeline.State, tradeline.StateReason = nil, types.RECORD_STATE_ACTIVE, types.STATE_REASON_DISPUTE
	require.NoError(f.t, f.k.PutTradeline(f.ctx, tradeline))
	require.NoError(f.t, f.k.DropDispute(f.ctx, types.ID(testutil.Bytes("dispute"))))
}

func TestRefuseErasure(t *testing.T) {
	f := controlled(t)
	type msg = types.MsgRefuseErasure
	refuse(f, f.msg.RefuseErasure, f.refusalOfErasure, []refusal[*msg]{{"nobody asked", func(*msg) {}, types.ErrUnknownErasure}})
	must(f, f.msg.RequestErasure, f.erasureRequest())
	refuse(f, f.msg.RefuseErasure, f.refusalOfErasure, []refusal[*msg]{
		{"bad furnisher", func(m *msg) { m.Furnisher = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.Furnisher = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"bureau", func(m *msg) { m.Furnisher = bureau.String() }, institutiontypes.ErrWrongRole},
		{"another's", func(m *msg) { m.Furnisher = utility.String() }, types.ErrNotFurnisher},
		{"bad tradeline", func(m *msg) { m.TradelineId = nil }, types.ErrInvalidID},
		{"no ground", func(m *msg) { m.Ground = 0 }, types.ErrInvalidGround},
		{"unknown ground", func(m *msg) { m.Ground = 9 }, types.ErrInvalidGround},
		{"no evidence", func(m *msg) { m.Evidence = nil }, types.ErrInvalidCommitment},
	})
	must(f, f.msg.RefuseErasure, f.refusalOfErasure())
	got := f.erasure()
	require.Equal(t, types.ERASURE_STATUS_REFUSED, got.Status)
	require.Equal(t, types.ERASURE_GROUND_OPEN_ACCOUNT, got.Ground)
	require.Equal(t, testutil.Bytes("contract"), got.Evidence)
	id := f.tradeline("account").Id
	f.requireEvent(&types.EventErasureRefused{TradelineId: types.ID(id).String(), Ground: types.ERASURE_GROUND_OPEN_ACCOUNT})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_ERASURE_REFUSED, Actor: bank.String(), Ref: id})
	f.requireLineOf(bank.String(), types.TRAIL_KIND_ERASURE_REFUSED, subject, id)
	require.Equal(t, types.RECORD_STATE_ACTIVE, f.tradeline("account").State)
	_, _, erasures, err := f.k.RecordIndexes(f.ctx)
	require.NoError(t, err)
	require.Zero(t, erasures)
	refuse(f, f.msg.RefuseErasure, f.refusalOfErasure, []refusal[*msg]{{"again", func(*msg) {}, types.ErrErasureState}})
	f.next(day)
	must(f, f.msg.RequestErasure, f.erasureRequest()) // the ground may have ceased
	require.Equal(t, types.ERASURE_STATUS_REQUESTED, f.erasure().Status)
	require.Zero(t, f.erasure().Ground)
}

// Silence suppresses the record until the furnisher answers.
func TestErasureSilence(t *testing.T) {
	f := controlled(t)
	must(f, f.msg.RequestErasure, f.erasureRequest())
	id := f.tradeline("account").Id
	f.next(30*day - 1)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Equal(t, types.ERASURE_STATUS_REQUESTED, f.erasure().Status, "not before its time")
	f.next(1)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Equal(t, types.ERASURE_STATUS_SILENT, f.erasure().Status)
	got := f.tradeline("account")
	require.Equal(t, types.RECORD_STATE_SUPPRESSED, got.State)
	require.Equal(t, types.STATE_REASON_SILENCE, got.StateReason)
	f.requireEvent(&types.EventSilence{Institution: bank.String(), Subject: types.ID(subject).String(), Ref: types.ID(id).String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_SILENCE, Actor: bank.String(), Ref: id})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_RECORD_SUPPRESSED, Actor: bank.String(), Ref: id})

	refused, _ := f.ctx.CacheContext()
	_, err := f.msg.RefuseErasure(refused, f.refusalOfErasure())
	require.NoError(t, err)
	restored, err := f.k.GetTradeline(refused, types.ID(subject), types.ID(id))
	require.NoError(t, err)
	require.Equal(t, types.RECORD_STATE_ACTIVE, restored.State)
	require.Equal(t, types.STATE_REASON_SILENCE, restored.StateReason, "why it was away")

	f.next(time.Hour)
	must(f, f.msg.AttestDestruction, f.destruction())
	require.Equal(t, types.RECORD_STATE_ERASED, f.tradeline("account").State)
}

// Silence leaves a record alone that is not shown as it is, and a late answer does not show what a dispute suppressed.
func TestErasureSilenceBesideDispute(t *testing.T) {
	f := controlled(t)
	must(f, f.msg.RequestErasure, f.erasureRequest())
	f.state(types.RECORD_STATE_DISPUTED, types.STATE_REASON_DISPUTE, types.DISPUTE_STATUS_OPEN)
	f.next(30 * day)
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Equal(t, types.ERASURE_STATUS_SILENT, f.erasure().Status)
	require.Equal(t, types.RECORD_STATE_DISPUTED, f.tradeline("account").State)
	f.state(types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_SILENCE, types.DISPUTE_STATUS_SILENT)
	must(f, f.msg.RefuseErasure, f.refusalOfErasure())
	require.Equal(t, types.RECORD_STATE_SUPPRESSED, f.tradeline("account").State)
	f.clearDispute()
}

func TestAttestDestruction(t *testing.T) {
	f := controlled(t)
	type msg = types.MsgAttestDestruction
	refuse(f, f.msg.AttestDestruction, f.destruction, []refusal[*msg]{
		{"bad furnisher", func(m *msg) { m.Furnisher = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.Furnisher = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"bureau", func(m *msg) { m.Furnisher = bureau.String() }, institutiontypes.ErrWrongRole},
		{"another's", func(m *msg) { m.Furnisher = utility.String() }, types.ErrNotFurnisher},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"bad tradeline", func(m *msg) { m.TradelineId = nil }, types.ErrInvalidID},
		{"unknown tradeline", func(m *msg) { m.TradelineId = subject }, types.ErrUnknownTradeline},
		{"no evidence", func(m *msg) { m.Evidence = nil }, types.ErrInvalidCommitment},
		{"nobody asked", func(*msg) {}, types.ErrNotDestructible},
	})
	must(f, f.msg.RequestErasure, f.erasureRequest())
	held := []refusal[*msg]{{"held", func(*msg) {}, types.ErrErasureHeld}}
	f.state(types.RECORD_STATE_DISPUTED, types.STATE_REASON_DISPUTE, types.DISPUTE_STATUS_OPEN)
	refuse(f, f.msg.AttestDestruction, f.destruction, held)
	f.state(types.RECORD_STATE_ACTIVE, types.STATE_REASON_DISPUTE, types.DISPUTE_STATUS_CLOSED)
	one := f.hold("one")
	one.TradelineId = f.tradeline("account").Id
	must(f, f.msg.PlaceHold, one)
	refuse(f, f.msg.AttestDestruction, f.destruction, held)
	must(f, f.msg.RefuseErasure, f.refusalOfErasure())
	f.clearDispute()
	f.ctx = f.ctx.WithBlockTime(one.Until) // it holds no longer, even while the queue is behind
	must(f, f.msg.AttestDestruction, f.destruction())
}

// After the retention nobody needs to ask; orders to keep hold then too, those about whom it was merged into as well.
func TestDestroyExpired(t *testing.T) {
	f := controlled(t)
	f.ctx = f.ctx.WithBlockTime(f.tradeline("account").ShowUntil)
	f.next(time.Second)
	require.Equal(t, types.RECORD_STATE_EXPIRED, f.tradeline("account").State)
	other := testutil.Bytes("other")
	must(f, f.msg.EnrolSubjects, &types.MsgEnrolSubjects{Institution: bank.String(), Subjects: []types.Enrolment{
		{Pseudonym: other, Kind: types.SUBJECT_KIND_NATURAL_PERSON},
	}})
	merged, err := f.k.GetSubject(f.ctx, types.ID(subject))
	require.NoError(t, err)
	ctx, _ := f.ctx.CacheContext()
	merged.MergedInto = other
	require.NoError(t, f.k.PutSubject(ctx, merged))
	order := f.hold("other")
	order.Subject = other
	_, err = f.msg.PlaceHold(ctx, order)
	require.NoError(t, err)
	_, err = f.msg.AttestDestruction(ctx, f.destruction())
	require.ErrorIs(t, err, types.ErrErasureHeld)
	_, err = f.msg.RequestErasure(ctx, f.erasureRequest())
	require.ErrorIs(t, err, types.ErrNotController, "the one that stays decides")

	must(f, f.msg.AttestDestruction, f.destruction())
	require.Equal(t, types.RECORD_STATE_ERASED, f.tradeline("account").State)
	got := f.erasure()
	require.Equal(t, types.ERASURE_STATUS_DONE, got.Status)
	require.Nil(t, got.RequestedAt)
}

// The rights of who controls the pseudonym that stays reach the records under the one that was merged into it.
func TestRequestErasureOfAlias(t *testing.T) {
	f := controlled(t)
	other := testutil.Bytes("other")
	must(f, f.msg.EnrolSubjects, &types.MsgEnrolSubjects{Institution: bank.String(), Subjects: []types.Enrolment{
		{Pseudonym: other, Kind: types.SUBJECT_KIND_NATURAL_PERSON},
	}})
	ctx, _ := f.ctx.CacheContext()
	alias, err := f.k.GetSubject(ctx, types.ID(subject))
	require.NoError(t, err)
	stays, err := f.k.GetSubject(ctx, types.ID(other))
	require.NoError(t, err)
	alias.MergedInto, stays.Controller = other, mallory.String()
	require.NoError(t, f.k.PutSubject(ctx, alias))
	require.NoError(t, f.k.PutSubject(ctx, stays))
	msg := f.erasureRequest()
	_, err = f.msg.RequestErasure(ctx, msg)
	require.ErrorIs(t, err, types.ErrNotController)
	msg.Controller = mallory.String()
	_, err = f.msg.RequestErasure(ctx, msg)
	require.NoError(t, err)
}
