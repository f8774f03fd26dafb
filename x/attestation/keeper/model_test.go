package keeper_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// mItem is an attestation as the model knows it.
type mItem struct {
	id      []byte
	issuer  string
	subject string
	status  types.Status
	by      []byte
	expires *time.Time
}

// model knows nothing of stores, ids and queues: what may be done follows from a few facts and the clock.
type model struct {
	f        *fixture
	licensed map[string]bool
	items    []*mItem
	sent     []*types.MsgAttestDelegated // and accepted
	pending  map[string]time.Time        // expiries to be announced
	fresh    int
	did      map[string]int
}

var operators = map[string]sdk.AccAddress{"bank": bank, "utility": utility}

// TestModel runs random histories against the model; both must agree on every step.
func TestModel(t *testing.T) {
	did := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		f := blank(t)
		require.NoError(rt, f.k.InitGenesis(f.ctx, types.DefaultGenesis()))
		params := types.DefaultParams()
		params.MaxExpiriesPerBlock, params.MaxDelegationSeconds = 2, 60
		require.NoError(rt, f.k.SetParams(f.ctx, params))
		m := &model{f: f, licensed: map[string]bool{"bank": true, "utility": true}, pending: map[string]time.Time{}, did: did}
		actions := map[string]func(*rapid.T){
			"attest": m.attest, "delegated": m.delegated, "replay": m.replay, "status": m.status, "status 2": m.status,
			"status 3": m.status, "licence": m.licence, "block": m.block, "": m.check,
		}
		for range 2 {
			rt.Repeat(actions)
		}
		require.NoError(rt, f.k.Invariants(f.ctx))
	})
	// A random history that never gets anywhere would agree with any model.
	for _, each := range []string{
		"attest", "delegated", "replay refused", "revoke", "suspend", "reinstate", "supersede", "revoke refused", "suspend refused",
		"reinstate refused", "supersede refused", "unlicensed", "expired", "forgotten",
	} {
		require.Positive(t, did[each], each)
	}
}

func (m *model) statements(rt *rapid.T) (list []types.Statement, items []*mItem) {
	for range rapid.IntRange(1, 5).Draw(rt, "statements") {
		m.fresh++
		subject := rapid.SampledFrom([]string{"alice", "bob"}).Draw(rt, "subject")
		said := statement(subject, fmt.Sprint(m.fresh))
		if rapid.Bool().Draw(rt, "expires") {
			said.ExpiresAt = in(m.f.ctx, time.Duration(rapid.IntRange(1, 100).Draw(rt, "seconds"))*time.Second)
		}
		list = append(list, said)
		items = append(items, &mItem{subject: subject, status: types.STATUS_ACTIVE, expires: said.ExpiresAt})
	}
	return list, items
}

func (m *model) stated(issuer string, batch []byte, items []*mItem) {
	for i, it := range items {
		it.id, it.issuer = types.ContainerID(batch).Item(uint32(i)).Bytes(), issuer
		if it.expires != nil {
			m.pending[announced(types.ContainerID(batch), it.expires)] = *it.expires
		}
	}
	m.items = append(m.items, items...)
}

func (m *model) issuer(rt *rapid.T) string {
	return rapid.SampledFrom([]string{"bank", "utility"}).Draw(rt, "issuer")
}

// agree requires success exactly when the model says so.
func (m *model) agree(rt *rapid.T, action string, allowed bool, err error) {
	if allowed {
		require.NoError(rt, err, action)
		m.did[action]++
		return
	}
	require.Error(rt, err, action)
	m.did[action+" refused"]++
}

func (m *model) attest(rt *rapid.T) {
	issuer := m.issuer(rt)
	list, items := m.statements(rt)
	res, err := send(m.f, m.f.msg.AttestBatch, &types.MsgAttestBatch{Issuer: operators[issuer].String(), SchemaId: m.f.schema, Statements: list})
	m.agree(rt, "attest", m.licensed[issuer], err)
	if err == nil {
		m.stated(issuer, res.BatchId, items)
	}
}

func (m *model) delegated(rt *rapid.T) {
	issuer := m.issuer(rt)
	list, items := m.statements(rt)
	ahead := time.Duration(rapid.IntRange(-1, 61).Draw(rt, "ahead")) * time.Second
	msg := m.f.signAttest(operators[issuer], &types.MsgAttestDelegated{
		Issuer: operators[issuer].String(), SchemaId: m.f.schema, Statements: list,
		Deadline: m.f.ctx.BlockTime().Add(ahead), Nonce: testutil.Bytes("%d", m.fresh)[:types.NonceSize],
	})
	res, err := send(m.f, m.f.msg.AttestDelegated, msg)
	m.agree(rt, "delegated", m.licensed[issuer] && ahead >= 0 && ahead <= time.Minute, err)
	if err == nil {
		m.stated(issuer, res.BatchId, items)
		m.sent = append(m.sent, msg)
	}
}

// replay sends what was accepted before: never again, whatever happened since.
func (m *model) replay(rt *rapid.T) {
	if len(m.sent) == 0 {
		rt.Skip("nothing was delegated")
	}
	msg := rapid.SampledFrom(m.sent).Draw(rt, "message")
	_, err := send(m.f, m.f.msg.AttestDelegated, msg)
	m.agree(rt, "replay", false, err)
	want := types.ErrNonceUsed
	if msg.Deadline.Before(m.f.ctx.BlockTime()) {
		want = types.ErrDelegationExpired
	}
	require.ErrorIs(rt, err, want)
}

func (m *model) status(rt *rapid.T) {
	if len(m.items) == 0 {
		rt.Skip("nothing is attested")
	}
	it, by := rapid.SampledFrom(m.items).Draw(rt, "item"), rapid.SampledFrom(m.items).Draw(rt, "by")
	action := rapid.SampledFrom([]string{"revoke", "suspend", "reinstate", "supersede"}).Draw(rt, "action")
	sender := m.issuer(rt)
	active, suspended := it.status == types.STATUS_ACTIVE, it.status == types.STATUS_SUSPENDED
	allowed := m.licensed[sender] && it.issuer == sender
	next := types.STATUS_ACTIVE
	switch action {
	case "revoke":
		allowed, next = allowed && (active || suspended), types.STATUS_REVOKED
	case "suspend":
		allowed, next = allowed && active, types.STATUS_SUSPENDED
	case "reinstate":
		allowed = allowed && suspended
	case "supersede":
		next = types.STATUS_SUPERSEDED
		allowed = allowed && (active || suspended) && by.issuer == sender && by.status == types.STATUS_ACTIVE && by != it && by.subject == it.subject
	}
	m.agree(rt, action, allowed, change[action](m.f, operators[sender], it.id, by.id))
	if allowed {
		if it.status = next; action == "supersede" {
			it.by = by.id
		}
	}
}

func (m *model) licence(rt *rapid.T) {
	issuer := m.issuer(rt)
	if m.licensed[issuer] = !m.licensed[issuer]; m.licensed[issuer] {
		m.f.institutions.License(operators[issuer], institutiontypes.ROLE_FURNISHER)
		return
	}
	m.f.institutions.Suspend(operators[issuer])
	m.did["unlicensed"]++
}

// block ends one: the two earliest expiries that are due are announced, and the model does not care for the order of
// equal ones.
func (m *model) block(rt *rapid.T) {
	now := m.f.ctx.BlockTime()
	nonces := m.f.nonces()
	require.NoError(rt, m.f.k.EndBlock(m.f.ctx))
	got := m.f.expired()
	var due []time.Time
	for _, at := range m.pending {
		if !at.After(now) {
			due = append(due, at)
		}
	}
	slices.SortFunc(due, time.Time.Compare)
	require.Len(rt, got, min(2, len(due)))
	for i, each := range got {
		at, known := m.pending[each]
		require.True(rt, known, each)
		require.True(rt, at.Equal(due[i]))
		delete(m.pending, each)
		m.did["expired"]++
	}
	m.did["forgotten"] += nonces - m.f.nonces()
	later := time.Duration(rapid.IntRange(0, 30).Draw(rt, "seconds")) * time.Second
	m.f.ctx = m.f.ctx.WithBlockTime(now.Add(later)).WithEventManager(sdk.NewEventManager())
}

// check compares each attestation, and its bits.
func (m *model) check(rt *rapid.T) {
	for _, it := range m.items {
		got, err := m.f.k.GetAttestation(m.f.ctx, it.id)
		require.NoError(rt, err)
		require.Equal(rt, operators[it.issuer].String(), got.Issuer)
		require.Equal(rt, it.status, got.Status)
		require.Equal(rt, it.by, got.SupersededBy)
		container, index := types.ID(it.id).Container()
		bits, err := m.f.k.Bits(m.f.ctx, container, index+1)
		require.NoError(rt, err)
		require.Equal(rt, it.status-1, types.Status(bits[index/4]>>(6-2*(index%4))&3))
	}
}
