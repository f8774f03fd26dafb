package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var regulator = testutil.Address("regulator") // supervisor of the tests of holds

func (f *fixture) hold(nonce string) *types.MsgPlaceHold {
	f.institutions.License(regulator, institutiontypes.ROLE_SUPERVISOR)
	return &types.MsgPlaceHold{
		Supervisor: regulator.String(), Subject: subject, Order: testutil.Bytes("order"), Until: f.ctx.BlockTime().Add(30 * day),
		Nonce: testutil.Bytes("%s", nonce)[:types.NonceSize],
	}
}

func lift(id []byte) *types.MsgLiftHold {
	return &types.MsgLiftHold{Supervisor: regulator.String(), Subject: subject, Id: id}
}

func (f *fixture) holds() []types.LegalHold {
	res, err := f.query.Holds(f.ctx, &types.QueryHoldsRequest{Subject: types.ID(subject).String()})
	require.NoError(f.t, err)
	return res.Holds
}

func TestHold(t *testing.T) {
	f := controlled(t)
	msg := f.hold("one")
	msg.TradelineId = f.tradeline("account").Id
	id := must(f, f.msg.PlaceHold, msg).Id
	require.Equal(t, types.HoldID(regulator, subject, msg.Nonce).Bytes(), id)
	require.Equal(t, []types.LegalHold{{
		Id: id, Subject: subject, TradelineId: msg.TradelineId, PlacedBy: regulator.String(), Order: msg.Order, Until: msg.Until,
	}}, f.holds())
	f.requireEvent(&types.EventHoldPlaced{Id: types.ID(id).String(), Subject: types.ID(subject).String()})
	lines := func(kind types.TrailKind) {
		f.requireTrail(types.TrailEntry{Subject: subject, Kind: kind, Actor: regulator.String(), Ref: id})
		f.requireLineOf(regulator.String(), kind, subject, id)
		f.requireLineOf(bank.String(), kind, subject, id)
	}
	lines(types.TRAIL_KIND_HOLD_PLACED)

	f.next(30*day - 1)
	f.next(1)
	require.Len(t, f.holds(), 1, "not before its time")
	require.NoError(t, f.k.EndBlock(f.ctx))
	require.Empty(t, f.holds())
	f.requireEvent(&types.EventHoldEnded{Id: types.ID(id).String(), Subject: types.ID(subject).String()})
	lines(types.TRAIL_KIND_HOLD_LIFTED)
}

func TestLiftHold(t *testing.T) {
	f := controlled(t)
	id := must(f, f.msg.PlaceHold, f.hold("one")).Id
	other := testutil.Address("other regulator")
	f.institutions.License(other, institutiontypes.ROLE_SUPERVISOR)
	type msg = types.MsgLiftHold
	refuse(f, f.msg.LiftHold, func() *msg { return lift(id) }, []refusal[*msg]{
		{"bad supervisor", func(m *msg) { m.Supervisor = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.Supervisor = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"furnisher", func(m *msg) { m.Supervisor = bank.String() }, institutiontypes.ErrWrongRole},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"bad id", func(m *msg) { m.Id = nil }, types.ErrInvalidID},
		{"unknown", func(m *msg) { m.Id = subject }, types.ErrUnknownHold},
	})
	f.next(time.Hour)
	msgOther := lift(id)
	msgOther.Supervisor = other.String()
	must(f, f.msg.LiftHold, msgOther)
	require.Empty(t, f.holds())
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_HOLD_LIFTED, Actor: other.String(), Ref: id})
	_, holds, _, err := f.k.RecordIndexes(f.ctx)
	require.NoError(t, err)
	require.Zero(t, holds)
}

func TestPlaceHoldRefuses(t *testing.T) {
	f := controlled(t)
	must(f, f.msg.PlaceHold, f.hold("one"))
	type msg = types.MsgPlaceHold
	latest := f.ctx.BlockTime().AddDate(10, 0, 0)
	refuse(f, f.msg.PlaceHold, func() *msg { return f.hold("two") }, []refusal[*msg]{
		{"bad supervisor", func(m *msg) { m.Supervisor = "" }, types.ErrInvalidAddress},
		{"no licence", func(m *msg) { m.Supervisor = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"bureau", func(m *msg) { m.Supervisor = bureau.String() }, institutiontypes.ErrWrongRole},
		{"bad subject", func(m *msg) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *msg) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"bad tradeline", func(m *msg) { m.TradelineId = subject[1:] }, types.ErrInvalidID},
		{"unknown tradeline", func(m *msg) { m.TradelineId = subject }, types.ErrUnknownTradeline},
		{"no order", func(m *msg) { m.Order = nil }, types.ErrInvalidCommitment},
		{"no nonce", func(m *msg) { m.Nonce = nil }, types.ErrInvalidNonce},
		{"over", func(m *msg) { m.Until = f.ctx.BlockTime() }, types.ErrInvalidHold},
		{"too long", func(m *msg) { m.Until = latest.Add(1) }, types.ErrInvalidHold},
		{"retry", func(m *msg) { m.Nonce = f.hold("one").Nonce }, types.ErrHoldExists},
	})
	long := f.hold("long")
	long.Until = latest
	must(f, f.msg.PlaceHold, long)
}
