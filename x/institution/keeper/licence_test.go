package keeper_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/stretchr/testify/require"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/crypto/keys/mldsa65"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"

	"github.com/creditd/creditd/x/institution/types"
)

func hexOf(bz []byte) string { return hex.EncodeToString(bz) }

// registration of institution n, with a validator when its power is not 0.
func (f *fixture) registration(n int, power int64) *types.MsgRegister {
	g := genesisInstitution(n, power)
	msg := &types.MsgRegister{
		Authority: f.k.Authority(), Operator: g.Institution.Operator, Name: g.Institution.Name,
		LicenceNumber: g.Institution.LicenceNumber, Jurisdiction: g.Institution.Jurisdiction, Roles: g.Institution.Roles,
		ValidUntil: f.ctx.BlockTime().AddDate(1, 0, 0), Power: power,
	}
	if g.Validator != nil {
		msg.ConsensusPubkey = g.Validator.ConsensusPubkey
	}
	return msg
}

func (f *fixture) register(n int, power int64) error {
	_, err := f.msg.Register(f.ctx, f.registration(n, power))
	return err
}

func TestRegister(t *testing.T) {
	f := withPowers(t, 10)
	f.begin(5)
	require.Nil(t, f.ak.GetAccount(f.ctx, operator(9)))
	require.NoError(t, f.register(9, 1))

	institution := f.institution(9)
	require.Equal(t, types.LICENCE_STATUS_ACTIVE, institution.Status)
	require.Equal(t, f.ctx.BlockTime(), institution.ValidFrom, "the zero time means now")
	require.NotNil(t, f.ak.GetAccount(f.ctx, operator(9)))
	require.Equal(t, 1, f.events(&types.EventLicenceChanged{}))
	history, err := f.query.LicenceHistory(f.ctx, &types.QueryLicenceHistoryRequest{Operator: institution.Operator})
	require.NoError(t, err)
	require.Equal(t, []types.LicenceChange{{
		Height: f.ctx.BlockHeight(), Time: f.ctx.BlockTime(), Status: types.LICENCE_STATUS_ACTIVE, Reason: types.REASON_VOTE,
		Roles: institution.Roles, ValidUntil: institution.ValidUntil,
	}}, history.Changes)
	f.end()
	require.EqualValues(t, 1, f.power(9))
}

func TestRegisterRefuses(t *testing.T) {
	secp, err := codectypes.NewAnyWithValue(secp256k1.GenPrivKeyFromSecret([]byte("x")).PubKey())
	require.NoError(t, err)
	for name, test := range map[string]struct {
		change func(f *fixture, msg *types.MsgRegister)
		err    error
	}{
		"not the authority":       {func(_ *fixture, m *types.MsgRegister) { m.Authority = operator(0).String() }, types.ErrUnauthorized},
		"bad operator":            {func(_ *fixture, m *types.MsgRegister) { m.Operator = "nobody" }, types.ErrInvalidAddress},
		"operator has a licence":  {func(_ *fixture, m *types.MsgRegister) { m.Operator = operator(0).String() }, types.ErrInstitutionExists},
		"authority as operator":   {func(f *fixture, m *types.MsgRegister) { m.Operator = f.k.Authority() }, types.ErrInvalidAddress},
		"number taken":            {func(_ *fixture, m *types.MsgRegister) { m.LicenceNumber = "B-0" }, types.ErrLicenceNumberTaken},
		"no name":                 {func(_ *fixture, m *types.MsgRegister) { m.Name = "" }, types.ErrInvalidField},
		"long name":               {func(_ *fixture, m *types.MsgRegister) { m.Name = strings.Repeat("x", 129) }, types.ErrInvalidField},
		"invisible name":          {func(_ *fixture, m *types.MsgRegister) { m.Name = "Bank\u202e" }, types.ErrInvalidField},
		"no number":               {func(_ *fixture, m *types.MsgRegister) { m.LicenceNumber = "" }, types.ErrInvalidField},
		"bad jurisdiction":        {func(_ *fixture, m *types.MsgRegister) { m.Jurisdiction = "deu" }, types.ErrInvalidField},
		"no roles":                {func(_ *fixture, m *types.MsgRegister) { m.Roles = nil }, types.ErrInvalidField},
		"unknown role":            {func(_ *fixture, m *types.MsgRegister) { m.Roles = []types.Role{99} }, types.ErrInvalidField},
		"repeated role":           {func(_ *fixture, m *types.MsgRegister) { m.Roles = []types.Role{1, 1} }, types.ErrInvalidField},
		"ended":                   {func(f *fixture, m *types.MsgRegister) { m.ValidFrom, m.ValidUntil = start, f.ctx.BlockTime() }, types.ErrInvalidField},
		"ends before it starts":   {func(_ *fixture, m *types.MsgRegister) { m.ValidFrom = m.ValidUntil }, types.ErrInvalidField},
		"ends too late":           {func(_ *fixture, m *types.MsgRegister) { m.ValidUntil = types.MaxTime }, types.ErrInvalidField},
		"starts before time":      {func(_ *fixture, m *types.MsgRegister) { m.ValidFrom = time.Unix(-1, 0) }, types.ErrInvalidField},
		"validator without key":   {func(_ *fixture, m *types.MsgRegister) { m.ConsensusPubkey = nil }, types.ErrInvalidConsensus},
		"validator without power": {func(_ *fixture, m *types.MsgRegister) { m.Power = 0 }, types.ErrInvalidConsensus},
		"too much power":          {func(_ *fixture, m *types.MsgRegister) { m.Power = 1001 }, types.ErrInvalidConsensus},
		"key without the role":    {func(_ *fixture, m *types.MsgRegister) { m.Roles = m.Roles[:1]; m.Power = 0 }, types.ErrInvalidConsensus},
		"power without the role":  {func(_ *fixture, m *types.MsgRegister) { m.Roles = m.Roles[:1]; m.ConsensusPubkey = nil }, types.ErrInvalidConsensus},
		"key of another":          {func(_ *fixture, m *types.MsgRegister) { m.ConsensusPubkey = keyOf(0) }, types.ErrConsensusKeyUsed},
		"key of a foreign type":   {func(_ *fixture, m *types.MsgRegister) { m.ConsensusPubkey = secp }, types.ErrInvalidConsensus},
	} {
		t.Run(name, func(t *testing.T) {
			f := withPowers(t, 10)
			f.begin(5)
			msg := f.registration(9, 1)
			test.change(f, msg)
			_, err := f.msg.Register(f.ctx, msg)
			require.ErrorIs(t, err, test.err)
			_, err = f.k.GetInstitution(f.ctx, operator(9))
			require.ErrorIs(t, err, types.ErrUnknownInstitution)
		})
	}
}

func TestRegisterMlDsa(t *testing.T) {
	f := withPowers(t, 10)
	f.begin(5)
	private, err := mldsa65.GenPrivKeyFromSeed(make([]byte, 32))
	require.NoError(t, err)
	msg := f.registration(9, 1)
	msg.ConsensusPubkey, err = codectypes.NewAnyWithValue(private.PubKey())
	require.NoError(t, err)
	_, err = f.msg.Register(f.ctx, msg)
	require.NoError(t, err)
	f.end()
	require.True(t, f.set.HasAddress(private.PubKey().Address()))
}

func TestAuthorityOfEveryVote(t *testing.T) {
	f := withPowers(t, 10, 10)
	f.begin(5)
	other, target := operator(0).String(), operator(1).String()
	for name, send := range map[string]func() error{
		"amend": func() error {
			_, err := f.msg.Amend(f.ctx, &types.MsgAmend{Authority: other, Operator: target})
			return err
		},
		"suspend": func() error {
			_, err := f.msg.Suspend(f.ctx, &types.MsgSuspend{Authority: other, Operator: target, Reason: types.REASON_VOTE})
			return err
		},
		"reinstate": func() error {
			_, err := f.msg.Reinstate(f.ctx, &types.MsgReinstate{Authority: other, Operator: target})
			return err
		},
		"revoke": func() error {
			_, err := f.msg.Revoke(f.ctx, &types.MsgRevoke{Authority: other, Operator: target, Reason: types.REASON_VOTE})
			return err
		},
		"params": func() error {
			_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: other, Params: types.DefaultParams()})
			return err
		},
		"cancel": func() error {
			_, err := f.msg.CancelChange(f.ctx, &types.MsgCancelChange{Authority: other, Id: 1})
			return err
		},
	} {
		require.ErrorIs(t, send(), types.ErrUnauthorized, name)
	}
	require.Equal(t, types.LICENCE_STATUS_ACTIVE, f.institution(1).Status)
}

func TestConsensusParametersNameNoAdministrator(t *testing.T) {
	f := withPowers(t, 10, 10)
	params := f.ctx.ConsensusParams()
	params.Authority = &cmtproto.AuthorityParams{Authority: operator(0).String()}
	f.ctx = f.ctx.WithConsensusParams(params)
	f.begin(5)
	_, err := f.msg.Suspend(f.ctx, &types.MsgSuspend{Authority: operator(0).String(), Operator: operator(1).String(), Reason: types.REASON_VOTE})
	require.ErrorIs(t, err, types.ErrUnauthorized)
}

func TestAmend(t *testing.T) {
	f := withPowers(t, 10, 10, 10, 0)
	f.begin(370 * 24 * 3600)
	f.end()
	f.begin(5)
	until := f.ctx.BlockTime().AddDate(1, 0, 0)
	amend := func(n int, change func(*types.MsgAmend)) error {
		msg := &types.MsgAmend{Authority: f.k.Authority(), Operator: operator(n).String(), Roles: f.institution(n).Roles, ValidUntil: until}
		if f.institution(n).HasRole(types.ROLE_VALIDATOR) {
			msg.Power = 10
		}
		if change != nil {
			change(msg)
		}
		_, err := f.msg.Amend(f.ctx, msg)
		return err
	}
	require.ErrorIs(t, amend(0, func(m *types.MsgAmend) { m.ValidUntil = f.ctx.BlockTime() }), types.ErrInvalidField)
	require.ErrorIs(t, amend(0, func(m *types.MsgAmend) { m.Roles = nil }), types.ErrInvalidField)
	require.ErrorIs(t, amend(0, func(m *types.MsgAmend) { m.ConsensusPubkey = key("other") }), types.ErrInvalidConsensus)
	require.ErrorIs(t, amend(0, func(m *types.MsgAmend) { m.Operator = operator(77).String() }), types.ErrUnknownInstitution)
	require.ErrorIs(t, amend(3, func(m *types.MsgAmend) { m.Roles, m.Power = append(m.Roles, types.ROLE_VALIDATOR), 1 }), types.ErrInvalidConsensus)

	require.Equal(t, types.LICENCE_STATUS_EXPIRED, f.institution(0).Status)
	require.NoError(t, amend(0, nil))
	amended := f.institution(0)
	require.Equal(t, types.LICENCE_STATUS_ACTIVE, amended.Status)
	require.Equal(t, f.ctx.BlockTime(), amended.StatusSince)
	require.Equal(t, until, amended.ValidUntil)
	_, err := f.k.RequireRole(f.ctx, operator(0), types.ROLE_VALIDATOR)
	require.NoError(t, err)

	require.NoError(t, amend(3, func(m *types.MsgAmend) {
		m.Roles, m.Power, m.ConsensusPubkey = append(m.Roles, types.ROLE_VALIDATOR), 1, keyOf(3)
	}))
	f.end()
	f.blocks(10)
	require.EqualValues(t, 1, f.power(3))

	f.begin(5)
	require.NoError(t, f.suspend(1))
	require.ErrorIs(t, amend(1, nil), types.ErrWrongStatus)
	since := f.institution(0).StatusSince
	require.NoError(t, amend(0, func(m *types.MsgAmend) { m.Power = 12 }))
	require.Equal(t, since, f.institution(0).StatusSince, "its status did not change")
	f.end()
}

func TestSuspendReinstateRevoke(t *testing.T) {
	f := withPowers(t, 10, 0)
	f.begin(5)
	suspend := func(reason types.Reason) error {
		_, err := f.msg.Suspend(f.ctx, &types.MsgSuspend{Authority: f.k.Authority(), Operator: operator(1).String(), Reason: reason})
		return err
	}
	revoke := func(reason types.Reason) error {
		_, err := f.msg.Revoke(f.ctx, &types.MsgRevoke{Authority: f.k.Authority(), Operator: operator(1).String(), Reason: reason})
		return err
	}
	for _, reason := range []types.Reason{types.REASON_UNSPECIFIED, types.REASON_GENESIS, types.REASON_EXPIRY, types.REASON_EQUIVOCATION, 99} {
		require.ErrorIs(t, suspend(reason), types.ErrInvalidReason)
		require.ErrorIs(t, revoke(reason), types.ErrInvalidReason)
	}
	require.ErrorIs(t, f.reinstate(1), types.ErrWrongStatus)
	require.NoError(t, suspend(types.REASON_LEGAL_ORDER))
	require.Equal(t, types.LICENCE_STATUS_SUSPENDED, f.institution(1).Status)
	require.ErrorIs(t, suspend(types.REASON_VOTE), types.ErrWrongStatus)
	require.NoError(t, f.reinstate(1))
	require.Equal(t, types.LICENCE_STATUS_ACTIVE, f.institution(1).Status)
	require.NoError(t, suspend(types.REASON_VOTE))
	f.end()

	f.begin(370 * 24 * 3600)
	require.NoError(t, f.reinstate(1))
	require.Equal(t, types.LICENCE_STATUS_EXPIRED, f.institution(1).Status, "its validity ended while it was suspended")
	require.NoError(t, revoke(types.REASON_BREACH))
	require.Equal(t, types.LICENCE_STATUS_REVOKED, f.institution(1).Status)
	require.ErrorIs(t, revoke(types.REASON_BREACH), types.ErrWrongStatus)
	require.ErrorIs(t, suspend(types.REASON_VOTE), types.ErrWrongStatus)
	require.ErrorIs(t, f.reinstate(1), types.ErrWrongStatus)
	require.ErrorIs(t, f.register(1, 0), types.ErrInstitutionExists)
	msg := f.registration(2, 0)
	msg.LicenceNumber = "B-1"
	_, err := f.msg.Register(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrLicenceNumberTaken, "a revoked licence keeps its number")
	f.end()
}

func TestUpdateProfile(t *testing.T) {
	f := withPowers(t, 10, 0)
	f.begin(5)
	update := func(change func(*types.MsgUpdateProfile)) error {
		msg := &types.MsgUpdateProfile{Operator: operator(1).String()}
		change(msg)
		_, err := f.msg.UpdateProfile(f.ctx, msg)
		return err
	}
	require.ErrorIs(t, update(func(*types.MsgUpdateProfile) {}), types.ErrInvalidField)
	require.ErrorIs(t, update(func(m *types.MsgUpdateProfile) { m.Name = "a\nb" }), types.ErrInvalidField)
	require.ErrorIs(t, update(func(m *types.MsgUpdateProfile) { m.Vault = vault(); m.Vault.Endpoint = "here" }), types.ErrInvalidField)
	require.ErrorIs(t, update(func(m *types.MsgUpdateProfile) { m.Vault = vault(); m.Vault.EncryptionKey = m.Vault.EncryptionKey[1:] }), types.ErrInvalidField)
	require.ErrorIs(t, update(func(m *types.MsgUpdateProfile) { m.Operator = operator(5).String(); m.Name = "x" }), types.ErrUnknownInstitution)

	require.NoError(t, update(func(m *types.MsgUpdateProfile) { m.Vault = vault() }))
	require.NoError(t, update(func(m *types.MsgUpdateProfile) { m.Name = "信用银行" }))
	require.Equal(t, 2, f.events(&types.EventProfileUpdated{}))
	answer, err := f.query.Institution(f.ctx, &types.QueryInstitutionRequest{Operator: operator(1).String()})
	require.NoError(t, err)
	require.Equal(t, "信用银行", answer.Institution.Institution.Name)
	require.Equal(t, vault(), answer.Institution.Vault)
	require.Nil(t, answer.Institution.Validator)

	require.NoError(t, f.suspend(1))
	require.ErrorIs(t, update(func(m *types.MsgUpdateProfile) { m.Name = "x" }), types.ErrNotLicensed)
}

func TestRequireRole(t *testing.T) {
	f := withPowers(t, 10, 0)
	f.begin(5)
	_, err := f.k.RequireRole(f.ctx, operator(5))
	require.ErrorIs(t, err, types.ErrUnknownInstitution)
	_, err = f.k.RequireRole(f.ctx, operator(1), types.ROLE_DATA_USER, types.ROLE_BUREAU)
	require.ErrorIs(t, err, types.ErrWrongRole)
	institution, err := f.k.RequireRole(f.ctx, operator(1), types.ROLE_DATA_USER, types.ROLE_FURNISHER)
	require.NoError(t, err)
	require.Equal(t, "Bank 1", institution.Name)
	active, err := f.k.IsActive(f.ctx, operator(1))
	require.NoError(t, err)
	require.True(t, active)

	require.NoError(t, f.suspend(1))
	_, err = f.k.RequireRole(f.ctx, operator(1))
	require.ErrorIs(t, err, types.ErrNotLicensed)
	require.ErrorContains(t, err, "LICENCE_STATUS_SUSPENDED since 2026-01-01T00:00:05Z")
	for _, n := range []int{1, 5} {
		active, err = f.k.IsActive(f.ctx, operator(n))
		require.NoError(t, err)
		require.False(t, active)
	}
}

func TestUpdateParams(t *testing.T) {
	f := withPowers(t, 10)
	f.begin(5)
	params := types.DefaultParams()
	params.QueueCap = 7
	_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: f.k.Authority(), Params: params})
	require.NoError(t, err)
	stored, err := f.k.GetParams(f.ctx)
	require.NoError(t, err)
	require.Equal(t, params, stored)
	require.Equal(t, 1, f.events(&types.EventParamsUpdated{}))
	params.QueueCap = 0
	_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: f.k.Authority(), Params: params})
	require.ErrorIs(t, err, types.ErrInvalidParams)
}
