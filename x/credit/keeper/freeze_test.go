package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func freezeMsg() *types.MsgFreeze {
	return &types.MsgFreeze{Controller: alice.String(), Subject: subject}
}

func liftMsg(until *time.Time, dataUser sdk.AccAddress) *types.MsgLiftFreeze {
	msg := &types.MsgLiftFreeze{Controller: alice.String(), Subject: subject, Until: until}
	if dataUser != nil {
		msg.LiftedFor = dataUser.String()
	}
	return msg
}

// try says what would become of a look for credit now.
func (f *fixture) try(consent []byte) error {
	ctx, _ := f.ctx.CacheContext()
	_, err := f.msg.OpenInquiry(ctx, inquiry(consent, "try"))
	return err
}

func TestFreeze(t *testing.T) {
	f, consent := consented(t)
	require.NoError(t, f.try(consent))
	f.store.Writes = 0
	must(f, f.msg.Freeze, freezeMsg())
	require.Equal(t, 2, f.store.Writes, "subject, trail")
	require.Equal(t, &types.Freeze{Since: f.ctx.BlockTime()}, f.fileOf(subject).Freeze)
	f.requireEvent(&types.EventFrozen{Subject: types.ID(subject).String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_FROZEN, Actor: alice.String(), Ref: subject})
	require.ErrorIs(t, f.try(consent), types.ErrFrozen, "from its block on")
	must(f, f.msg.OpenInquiry, lookFor(lender, types.PURPOSE_LEGAL_ORDER, "order"))
	must(f, f.msg.OpenInquiry, lookFor(lender, types.PURPOSE_ACCOUNT_REVIEW, "review"))
	_, err := send(f, f.msg.Freeze, freezeMsg())
	require.ErrorIs(t, err, types.ErrAlreadyFrozen)
	require.Equal(t, uint32(2), f.consent(consent).UsesLeft)

	f.next(time.Minute)
	f.store.Writes = 0
	must(f, f.msg.LiftFreeze, liftMsg(nil, nil))
	require.Equal(t, 2, f.store.Writes, "subject, trail")
	require.Nil(t, f.fileOf(subject).Freeze)
	f.requireEvent(&types.EventFreezeLifted{Subject: types.ID(subject).String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_FREEZE_LIFTED, Actor: alice.String(), Ref: subject})
	require.NoError(t, f.try(consent))
	_, err = send(f, f.msg.LiftFreeze, liftMsg(nil, nil))
	require.ErrorIs(t, err, types.ErrNotFrozen)
}

func TestFreezeTimedLift(t *testing.T) {
	f, consent := consented(t)
	must(f, f.msg.Freeze, freezeMsg())
	until := f.ctx.BlockTime().Add(time.Hour)
	must(f, f.msg.LiftFreeze, liftMsg(&until, rival))
	require.ErrorIs(t, f.try(consent), types.ErrFrozen, "lifted for another")
	must(f, f.msg.LiftFreeze, liftMsg(&until, lender))
	require.NoError(t, f.try(consent))
	must(f, f.msg.LiftFreeze, liftMsg(&until, nil))
	f.requireEvent(&types.EventFreezeLifted{Subject: types.ID(subject).String(), Until: until.Format(time.RFC3339)})
	f.next(time.Hour - 1)
	require.NoError(t, f.try(consent))
	f.next(1)
	require.ErrorIs(t, f.try(consent), types.ErrFrozen, "it holds again by itself")
	_, err := send(f, f.msg.Freeze, freezeMsg())
	require.ErrorIs(t, err, types.ErrAlreadyFrozen)

	later := f.ctx.BlockTime().Add(time.Hour)
	must(f, f.msg.LiftFreeze, liftMsg(&later, nil))
	require.NoError(t, f.try(consent))
	must(f, f.msg.Freeze, freezeMsg())
	require.ErrorIs(t, f.try(consent), types.ErrFrozen, "a freeze ends a lift")
	require.Equal(t, &types.Freeze{Since: f.ctx.BlockTime()}, f.fileOf(subject).Freeze)
}

func TestFreezeRefuses(t *testing.T) {
	f := controlled(t)
	f.aliasOf(testutil.Bytes("alias"), subject)
	type freeze = types.MsgFreeze
	refuse(f, f.msg.Freeze, freezeMsg, []refusal[*freeze]{
		{"bad controller", func(m *freeze) { m.Controller = "" }, types.ErrInvalidAddress},
		{"not the controller", func(m *freeze) { m.Controller = mallory.String() }, types.ErrNotController},
		{"the enroller", func(m *freeze) { m.Controller = bank.String() }, types.ErrNotController},
		{"bad subject", func(m *freeze) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *freeze) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"merged", func(m *freeze) { m.Subject = testutil.Bytes("alias") }, types.ErrMerged},
	})
	must(f, f.msg.Freeze, freezeMsg())
	now := f.ctx.BlockTime()
	soon, far := now.Add(time.Hour), time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	type lift = types.MsgLiftFreeze
	refuse(f, f.msg.LiftFreeze, func() *lift { return liftMsg(&soon, lender) }, []refusal[*lift]{
		{"bad controller", func(m *lift) { m.Controller = "" }, types.ErrInvalidAddress},
		{"not the controller", func(m *lift) { m.Controller = mallory.String() }, types.ErrNotController},
		{"the data user", func(m *lift) { m.Controller = lender.String() }, types.ErrNotController},
		{"bad subject", func(m *lift) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *lift) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"merged", func(m *lift) { m.Subject = testutil.Bytes("alias") }, types.ErrMerged},
		{"until now", func(m *lift) { m.Until = &now }, types.ErrInvalidLift},
		{"year 9999", func(m *lift) { m.Until = &far }, types.ErrInvalidLift},
		{"for one without until", func(m *lift) { m.Until = nil }, types.ErrInvalidLift},
		{"for nobody known", func(m *lift) { m.LiftedFor = "x" }, types.ErrInvalidAddress},
		{"for one without licence", func(m *lift) { m.LiftedFor = mallory.String() }, institutiontypes.ErrNotLicensed},
		{"for a furnisher", func(m *lift) { m.LiftedFor = bank.String() }, institutiontypes.ErrWrongRole},
	})
}

func alertMsg() *types.MsgPlaceFraudAlert {
	return &types.MsgPlaceFraudAlert{Controller: alice.String(), Subject: subject}
}

func liftAlertMsg() *types.MsgLiftFraudAlert {
	return &types.MsgLiftFraudAlert{Controller: alice.String(), Subject: subject}
}

func TestFraudAlert(t *testing.T) {
	f, consent := consented(t)
	f.institutions.Suspend(bank) // which enrolled her: its profile still says how long
	f.store.Writes = 0
	must(f, f.msg.PlaceFraudAlert, alertMsg())
	require.Equal(t, 2, f.store.Writes, "subject, trail")
	now := f.ctx.BlockTime()
	until := now.AddDate(0, 0, 365)
	require.Equal(t, &types.FraudAlert{Since: now, Until: until}, f.fileOf(subject).FraudAlert)
	f.requireEvent(&types.EventFraudAlertPlaced{Subject: types.ID(subject).String(), Until: until.Format(time.RFC3339)})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_FRAUD_ALERT, Actor: alice.String(), Ref: subject})
	flagged := must(f, f.msg.OpenInquiry, inquiry(consent, "1")).Id
	require.True(t, f.inquiry(flagged).FraudAlert)

	flag := func(nonce string) bool {
		return f.inquiry(must(f, f.msg.OpenInquiry, lookFor(lender, types.PURPOSE_LEGAL_ORDER, nonce)).Id).FraudAlert
	}
	f.next(until.Sub(now) - 1)
	require.True(t, flag("2"))
	f.next(1)
	require.False(t, flag("3"), "it ended")
	_, err := send(f, f.msg.LiftFraudAlert, liftAlertMsg())
	require.ErrorIs(t, err, types.ErrNoFraudAlert)

	extended := alertMsg()
	extended.Evidence = testutil.Bytes("report")
	must(f, f.msg.PlaceFraudAlert, extended)
	require.Equal(t, &types.FraudAlert{
		Since: f.ctx.BlockTime(), Until: f.ctx.BlockTime().AddDate(0, 0, 7*365), Extended: true, Evidence: extended.Evidence,
	}, f.fileOf(subject).FraudAlert)
	must(f, f.msg.LiftFraudAlert, liftAlertMsg())
	require.Nil(t, f.fileOf(subject).FraudAlert)
	f.requireEvent(&types.EventFraudAlertLifted{Subject: types.ID(subject).String()})
	f.requireTrail(types.TrailEntry{Subject: subject, Kind: types.TRAIL_KIND_FRAUD_ALERT_LIFTED, Actor: alice.String(), Ref: subject})
	require.False(t, flag("4"))
}

func TestFraudAlertRefuses(t *testing.T) {
	f := controlled(t)
	f.aliasOf(testutil.Bytes("alias"), subject)
	type place = types.MsgPlaceFraudAlert
	refuse(f, f.msg.PlaceFraudAlert, alertMsg, []refusal[*place]{
		{"bad controller", func(m *place) { m.Controller = "" }, types.ErrInvalidAddress},
		{"not the controller", func(m *place) { m.Controller = mallory.String() }, types.ErrNotController},
		{"bad subject", func(m *place) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *place) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"merged", func(m *place) { m.Subject = testutil.Bytes("alias") }, types.ErrMerged},
		{"short evidence", func(m *place) { m.Evidence = []byte{1} }, types.ErrInvalidCommitment},
		{"long evidence", func(m *place) { m.Evidence = make([]byte, 33) }, types.ErrInvalidCommitment},
	})
	f.relocate(bank, "ZZ")
	_, err := send(f, f.msg.PlaceFraudAlert, alertMsg())
	require.ErrorIs(t, err, types.ErrNoProfile)
	f.relocate(bank, "US")

	_, err = send(f, f.msg.LiftFraudAlert, liftAlertMsg())
	require.ErrorIs(t, err, types.ErrNoFraudAlert)
	must(f, f.msg.PlaceFraudAlert, alertMsg())
	type lift = types.MsgLiftFraudAlert
	refuse(f, f.msg.LiftFraudAlert, liftAlertMsg, []refusal[*lift]{
		{"bad controller", func(m *lift) { m.Controller = "" }, types.ErrInvalidAddress},
		{"not the controller", func(m *lift) { m.Controller = mallory.String() }, types.ErrNotController},
		{"bad subject", func(m *lift) { m.Subject = nil }, types.ErrInvalidID},
		{"unknown subject", func(m *lift) { m.Subject = testutil.Bytes("x") }, types.ErrUnknownSubject},
		{"merged", func(m *lift) { m.Subject = testutil.Bytes("alias") }, types.ErrMerged},
	})
}
