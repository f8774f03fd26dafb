package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// change sends one of the messages that change a status of the issuer's attestation.
var change = map[string]func(f *fixture, issuer sdk.AccAddress, id, by []byte) error{
	"revoke": func(f *fixture, issuer sdk.AccAddress, id, _ []byte) error {
		return second(send(f, f.msg.Revoke, &types.MsgRevoke{Issuer: issuer.String(), Id: id, Reason: types.REVOCATION_REASON_ERROR}))
	},
	"revoke batch": func(f *fixture, issuer sdk.AccAddress, id, _ []byte) error {
		return second(send(f, f.msg.RevokeBatch,
			&types.MsgRevokeBatch{Issuer: issuer.String(), Ids: [][]byte{id}, Reason: types.REVOCATION_REASON_ERASURE}))
	},
	"revoke delegated": func(f *fixture, issuer sdk.AccAddress, id, _ []byte) error {
		return second(send(f, f.msg.RevokeDelegated, f.signRevoke(issuer, &types.MsgRevokeDelegated{
			Submitter: outsider.String(), Issuer: issuer.String(), Id: id, Reason: types.REVOCATION_REASON_ERROR,
			Deadline: f.ctx.BlockTime(), Nonce: id[:16],
		})))
	},
	"suspend": func(f *fixture, issuer sdk.AccAddress, id, _ []byte) error {
		return second(send(f, f.msg.Suspend, &types.MsgSuspend{Issuer: issuer.String(), Id: id, Reason: types.REVOCATION_REASON_DISPUTE}))
	},
	"reinstate": func(f *fixture, issuer sdk.AccAddress, id, _ []byte) error {
		return second(send(f, f.msg.Reinstate, &types.MsgReinstate{Issuer: issuer.String(), Id: id}))
	},
	"supersede": func(f *fixture, issuer sdk.AccAddress, id, by []byte) error {
		return second(send(f, f.msg.Supersede, &types.MsgSupersede{Issuer: issuer.String(), Id: id, By: by}))
	},
}

// Every message from every status: what comes of it, or why not.
func TestStatusChanges(t *testing.T) {
	revoked := types.StatusEntry{Status: types.STATUS_REVOKED, Reason: types.REVOCATION_REASON_ERROR}
	become := map[string]types.StatusEntry{
		"revoke":           revoked,
		"revoke batch":     {Status: types.STATUS_REVOKED, Reason: types.REVOCATION_REASON_ERASURE},
		"revoke delegated": revoked,
		"suspend":          {Status: types.STATUS_SUSPENDED, Reason: types.REVOCATION_REASON_DISPUTE},
		"reinstate":        {Status: types.STATUS_ACTIVE},
		"supersede":        {Status: types.STATUS_SUPERSEDED},
	}
	from := map[string]struct {
		by     []string // messages that lead there
		refuse map[string]error
	}{
		"active":     {nil, map[string]error{"reinstate": types.ErrNotSuspended}},
		"reinstated": {[]string{"suspend", "reinstate"}, map[string]error{"reinstate": types.ErrNotSuspended}},
		"suspended":  {[]string{"suspend"}, map[string]error{"suspend": types.ErrNotActive}},
		"revoked":    {[]string{"revoke"}, over},
		"superseded": {[]string{"supersede"}, over},
	}
	for status, way := range from {
		for name, entry := range become {
			t.Run(status+" "+name, func(t *testing.T) {
				f := setup(t)
				id, by := f.attest(bank, "alice", "c1"), f.attest(bank, "alice", "c2")
				for _, step := range way.by {
					require.NoError(t, change[step](f, bank, id, by))
				}
				f.next(time.Hour)
				before, was := f.state(), f.attestation(id)
				var err error
				writes, bytes := f.costs(func() { err = change[name](f, bank, id, by) })
				if want := way.refuse[name]; want != nil {
					require.ErrorIs(t, err, want)
					require.Equal(t, before, f.state())
					return
				}
				require.NoError(t, err)
				want := was
				now := f.ctx.BlockTime()
				want.Status, want.Reason, want.StatusSince, want.SupersededBy = entry.Status, entry.Reason, &now, nil
				if entry.Status == types.STATUS_SUPERSEDED {
					want.SupersededBy = by
				}
				require.Equal(t, want, f.attestation(id))
				if name == "revoke delegated" {
					writes, bytes = writes-1, bytes-f.nonceBytes()
				}
				require.Equal(t, 2, writes, "the entry and the list")
				require.LessOrEqual(t, bytes, 150)
				require.Equal(t, []byte{byte(entry.Status-1) << 6}, f.bits(id))
			})
		}
	}
}

var over = map[string]error{
	"revoke": types.ErrNotActive, "revoke batch": types.ErrNotActive, "revoke delegated": types.ErrNotActive,
	"suspend": types.ErrNotActive, "reinstate": types.ErrNotSuspended, "supersede": types.ErrNotActive,
}

// bits of the status list of what an attestation lives in.
func (f *fixture) bits(id []byte) []byte {
	f.t.Helper()
	container, _ := types.ID(id).Container()
	res, err := f.query.StatusList(f.ctx, &types.QueryStatusListRequest{Id: container.String()})
	require.NoError(f.t, err)
	return res.Bits
}

// nonceBytes of one used nonce in the store: prefix, deadline, length and address of the issuer, nonce.
func (f *fixture) nonceBytes() int { return 1 + 8 + 1 + len(bank) + types.NonceSize }

// Who may change a status: the issuer, with an active licence in whatever role.
func TestStatusAuthority(t *testing.T) {
	f := setup(t)
	fixed := f.createSchema("lender.fixed", func(m *types.MsgCreateSchema) { m.Revocable = false })
	for name, send := range change {
		t.Run(name, func(t *testing.T) {
			operator := testutil.Address("owner of " + name)
			f.institutions.License(operator, institutiontypes.ROLE_FURNISHER)
			f.accounts[operator.String()] = keyOf(operator).PubKey()
			id, by := f.attest(operator, "alice", "1 "+name), f.attest(operator, "alice", "2 "+name)
			final := f.attestUnder(fixed, operator, statement("alice", "1 "+name))
			if name == "reinstate" {
				require.NoError(t, change["suspend"](f, operator, id, nil))
			} else {
				require.ErrorIs(t, send(f, operator, final, by), types.ErrNotRevocable)
			}
			before := f.state()
			require.ErrorIs(t, send(f, utility, id, by), types.ErrNotIssuer)
			require.ErrorIs(t, send(f, operator, testutil.Bytes("unknown"), by), types.ErrUnknownAttestation)
			require.ErrorIs(t, send(f, operator, types.ContainerID(id[:28]).Item(1).Bytes(), by), types.ErrUnknownAttestation)
			f.institutions.Suspend(operator)
			require.ErrorIs(t, send(f, operator, id, by), institutiontypes.ErrNotLicensed)
			require.Equal(t, before, f.state())
			f.institutions.License(operator, institutiontypes.ROLE_VALIDATOR) // no furnisher any more, and still its own word
			require.NoError(t, send(f, operator, id, by))
		})
	}
}

func TestRevokeRefuses(t *testing.T) {
	f := setup(t)
	id := f.attest(bank, "alice", "c1")
	refuse(f, f.msg.Revoke, func() *types.MsgRevoke {
		return &types.MsgRevoke{Issuer: bank.String(), Id: id, Reason: types.REVOCATION_REASON_ERROR}
	}, []refusal[*types.MsgRevoke]{
		{"bad issuer", func(m *types.MsgRevoke) { m.Issuer = "x" }, types.ErrInvalidAddress},
		{"bad id", func(m *types.MsgRevoke) { m.Id = []byte{1} }, types.ErrInvalidID},
		{"no reason", func(m *types.MsgRevoke) { m.Reason = 0 }, types.ErrInvalidReason},
		{"unknown reason", func(m *types.MsgRevoke) { m.Reason = 99 }, types.ErrInvalidReason},
	})
	refuse(f, f.msg.Suspend, func() *types.MsgSuspend {
		return &types.MsgSuspend{Issuer: bank.String(), Id: id, Reason: types.REVOCATION_REASON_ERROR}
	}, []refusal[*types.MsgSuspend]{
		{"bad issuer", func(m *types.MsgSuspend) { m.Issuer = "x" }, types.ErrInvalidAddress},
		{"bad id", func(m *types.MsgSuspend) { m.Id = nil }, types.ErrInvalidID},
		{"no reason", func(m *types.MsgSuspend) { m.Reason = 0 }, types.ErrInvalidReason},
	})
	refuse(f, f.msg.Reinstate, func() *types.MsgReinstate {
		return &types.MsgReinstate{Issuer: bank.String(), Id: id}
	}, []refusal[*types.MsgReinstate]{
		{"bad issuer", func(m *types.MsgReinstate) { m.Issuer = "x" }, types.ErrInvalidAddress},
		{"bad id", func(m *types.MsgReinstate) { m.Id = make([]byte, 32) }, types.ErrInvalidID},
	})
}

func TestRevokeBatch(t *testing.T) {
	f := setup(t)
	batch := f.attestBatch(bank, statements(100, "c")...)
	other := f.attest(utility, "alice", "c")
	ids := make([][]byte, 100)
	for i := range ids {
		ids[i] = batch.Item(uint32(i)).Bytes()
	}
	refuse(f, f.msg.RevokeBatch, func() *types.MsgRevokeBatch {
		return &types.MsgRevokeBatch{Issuer: bank.String(), Ids: ids[:2], Reason: types.REVOCATION_REASON_ERROR}
	}, []refusal[*types.MsgRevokeBatch]{
		{"bad issuer", func(m *types.MsgRevokeBatch) { m.Issuer = "x" }, types.ErrInvalidAddress},
		{"none", func(m *types.MsgRevokeBatch) { m.Ids = nil }, types.ErrBatchSize},
		{"too many", func(m *types.MsgRevokeBatch) { m.Ids = make([][]byte, 101) }, types.ErrBatchSize},
		{"one twice", func(m *types.MsgRevokeBatch) { m.Ids = [][]byte{ids[0], ids[1], ids[0]} }, types.ErrNotActive},
		{"one of another", func(m *types.MsgRevokeBatch) { m.Ids = [][]byte{ids[0], other} }, types.ErrNotIssuer},
		{"one bad", func(m *types.MsgRevokeBatch) { m.Ids = [][]byte{ids[0], {1}} }, types.ErrInvalidID},
		{"no reason", func(m *types.MsgRevokeBatch) { m.Reason = 0 }, types.ErrInvalidReason},
	})
	must(f, f.msg.RevokeBatch, &types.MsgRevokeBatch{Issuer: bank.String(), Ids: ids, Reason: types.REVOCATION_REASON_NO_LONGER_TRUE})
	for _, id := range ids {
		require.Equal(t, types.STATUS_REVOKED, f.attestation(id).Status)
		requireEvent(t, f.ctx, &types.EventRevoked{Id: types.ID(id).String(), Reason: types.REVOCATION_REASON_NO_LONGER_TRUE})
	}
	require.Equal(t, types.STATUS_ACTIVE, f.attestation(other).Status)
}

func TestStatusEvents(t *testing.T) {
	f := setup(t)
	a, b := f.attest(bank, "alice", "c1"), f.attest(bank, "alice", "c2")
	require.NoError(t, change["suspend"](f, bank, a, nil))
	requireEvent(t, f.ctx, &types.EventSuspended{Id: types.ID(a).String(), Reason: types.REVOCATION_REASON_DISPUTE})
	require.NoError(t, change["reinstate"](f, bank, a, nil))
	requireEvent(t, f.ctx, &types.EventReinstated{Id: types.ID(a).String()})
	require.NoError(t, change["supersede"](f, bank, a, b))
	requireEvent(t, f.ctx, &types.EventSuperseded{Id: types.ID(a).String(), By: types.ID(b).String()})
}

func TestSupersedeRefuses(t *testing.T) {
	f := setup(t)
	id, by := f.attest(bank, "alice", "c1"), f.attest(bank, "alice", "c2")
	others, bobs := f.attest(utility, "alice", "c3"), f.attest(bank, "bob", "c4")
	suspended, revoked := f.attest(bank, "alice", "c5"), f.attest(bank, "alice", "c6")
	require.NoError(t, change["suspend"](f, bank, suspended, nil))
	require.NoError(t, change["revoke"](f, bank, revoked, nil))
	refuse(f, f.msg.Supersede, func() *types.MsgSupersede {
		return &types.MsgSupersede{Issuer: bank.String(), Id: id, By: by}
	}, []refusal[*types.MsgSupersede]{
		{"bad issuer", func(m *types.MsgSupersede) { m.Issuer = "x" }, types.ErrInvalidAddress},
		{"bad id", func(m *types.MsgSupersede) { m.Id = nil }, types.ErrInvalidID},
		{"bad successor", func(m *types.MsgSupersede) { m.By = []byte{1} }, types.ErrInvalidID},
		{"unknown successor", func(m *types.MsgSupersede) { m.By = testutil.Bytes("x") }, types.ErrUnknownAttestation},
		{"by itself", func(m *types.MsgSupersede) { m.By = id }, types.ErrInvalidSupersede},
		{"by one of another issuer", func(m *types.MsgSupersede) { m.By = others }, types.ErrNotIssuer},
		{"by one about another", func(m *types.MsgSupersede) { m.By = bobs }, types.ErrInvalidSupersede},
		{"by a suspended one", func(m *types.MsgSupersede) { m.By = suspended }, types.ErrNotActive},
		{"by a revoked one", func(m *types.MsgSupersede) { m.By = revoked }, types.ErrNotActive},
		{"of another", func(m *types.MsgSupersede) { m.Id = others }, types.ErrNotIssuer},
	})
	require.NoError(t, change["supersede"](f, bank, id, by))
	require.ErrorIs(t, change["supersede"](f, bank, by, id), types.ErrNotActive, "no circle")
}
