package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// TestModel runs random histories of all messages against a model that knows nothing of stores, statuses
// and queues: who may do what follows from a few facts and the clock. Both must agree on every step.
func TestModel(t *testing.T) {
	did := map[string]int{}
	rapid.Check(t, func(rt *rapid.T) {
		f := blank(t)
		require.NoError(rt, f.attestations.InitGenesis(f.ctx, attestationtypes.DefaultGenesis()))
		gs := types.DefaultGenesis()
		gs.Params.MaxConsentValidity = 10 * time.Hour
		gs.Params.InquiryLifetime = 2 * time.Hour
		require.NoError(rt, f.k.InitGenesis(f.ctx, gs))
		m := &model{
			f: f, rt: rt, now: testutil.Now, licensed: map[string]bool{}, subjects: map[string]*mSubject{},
			consents: map[mKey]*mConsent{}, inquiries: map[mKey]*mInquiry{}, lines: map[string]int{}, furnishes: map[string]bool{}, did: did,
		}
		f.institutions.Licences = nil
		for name, has := range roles {
			m.licensed[name] = true
			f.institutions.License(testutil.Address(name), has...)
		}
		m.begin("p1", "bank", "ann")
		m.begin("p2", "fund", "bob")
		actions := map[string]func(*rapid.T){
			"enrol":    m.step((*model).enrol),
			"offer":    m.step((*model).offer),
			"claim":    m.step((*model).claim),
			"furnish":  m.step((*model).furnish),
			"correct":  m.step((*model).correct),
			"grant":    m.step((*model).grant),
			"withdraw": m.step((*model).withdraw),
			"open":     m.step((*model).open),
			"open 2":   m.step((*model).open), // twice as likely
			"receipt":  m.step((*model).receipt),
			"answer":   m.step((*model).receipt),
			"block":    m.step((*model).block),
			"licence":  m.step((*model).licence),
			"":         func(rt *rapid.T) { require.NoError(rt, f.k.Invariants(f.ctx)) },
		}
		for range 6 { // rapid's steps are few for histories this deep
			rt.Repeat(actions)
		}
		require.NoError(rt, f.attestations.Invariants(f.ctx))
		m.roundTrip()
	})
	// A random history that never gets anywhere would agree with any model.
	for _, message := range []string{"enrol", "offer", "claim", "furnish", "correct", "grant", "withdraw", "open", "receipt"} {
		require.Positive(t, did[message], message)
	}
	t.Log(did)
}

// roles of the institutions in the model; two of them have one role each, one has both.
var roles = map[string][]institutiontypes.Role{
	"bank":   {institutiontypes.ROLE_FURNISHER},
	"fund":   {institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER},
	"lender": {institutiontypes.ROLE_DATA_USER},
}

var (
	parties    = []string{"bank", "fund", "lender", "ann", "bob"}
	people     = []string{"ann", "bob", "bank"}
	pseudonyms = []string{"p1", "p2", "p3"}
	accountsOf = []string{"a1", "a2"}
	purposes   = []types.Purpose{
		types.PURPOSE_CREDIT_APPLICATION, types.PURPOSE_ACCOUNT_REVIEW, types.PURPOSE_LEGAL_ORDER, types.PURPOSE_OWN_REQUEST,
	}
)

// mKey is what the id of a consent (party: grantee) or an inquiry (party: data user) follows from.
type mKey struct{ nonce, subject, party string }

type mSubject struct{ enroller, controller, offered string }

type mConsent struct {
	grantee          string
	purpose          types.Purpose
	uses             int
	from, until      time.Time
	withdrawn, swept bool
}

type mInquiry struct {
	until    time.Time
	receipts map[string]bool // by institution
}

type model struct {
	f         *fixture
	rt        *rapid.T
	now       time.Time
	licensed  map[string]bool
	subjects  map[string]*mSubject
	consents  map[mKey]*mConsent
	inquiries map[mKey]*mInquiry
	lines     map[string]int  // versions by furnisher, subject and account
	furnishes map[string]bool // furnisher and subject
	granted   []mKey          // of consents and inquiries, to draw from
	opened    []mKey
	serial    int
	did       map[string]int // messages that succeeded
}

// begin enrols a subject that controls itself and has a tradeline, as most histories need.
func (m *model) begin(p, by, controller string) {
	pseudonym := testutil.Bytes("%s", p)
	_, err := m.f.msg.EnrolSubjects(m.f.ctx, &types.MsgEnrolSubjects{
		Institution: account(by), Subjects: []types.Enrolment{{Pseudonym: pseudonym, Kind: types.SUBJECT_KIND_NATURAL_PERSON}},
	})
	require.NoError(m.rt, err)
	_, err = m.f.msg.OfferControl(m.f.ctx, &types.MsgOfferControl{Institution: account(by), Subject: pseudonym, Controller: account(controller)})
	require.NoError(m.rt, err)
	_, err = m.f.msg.ClaimControl(m.f.ctx, &types.MsgClaimControl{Controller: account(controller), Subject: pseudonym})
	require.NoError(m.rt, err)
	line := by + p + accountsOf[0]
	_, err = m.f.msg.Furnish(m.f.ctx, &types.MsgFurnish{Furnisher: account(by), SchemaId: m.f.schema, Report: m.report(line, p, 1)})
	require.NoError(m.rt, err)
	m.subjects[p] = &mSubject{enroller: by, controller: controller}
	m.lines[line], m.furnishes[by+p] = 1, true
}

// step runs an action with the test of its own.
func (m *model) step(action func(*model)) func(*rapid.T) {
	return func(rt *rapid.T) {
		m.rt = rt
		action(m)
	}
}

func (m *model) draw(what string, from []string) string {
	return rapid.SampledFrom(from).Draw(m.rt, what)
}

// agree requires that the chain gives the error that the model expects, or none.
func (m *model) agree(message string, want, have error) bool {
	if want == nil {
		require.NoError(m.rt, have)
		m.did[message]++
		return true
	}
	require.ErrorIs(m.rt, have, want)
	return false
}

// role is the error of an institution without an active licence in one of the roles.
func (m *model) role(name string, any ...institutiontypes.Role) error {
	if !m.licensed[name] {
		return institutiontypes.ErrNotLicensed
	}
	for _, has := range roles[name] {
		for _, role := range any {
			if has == role {
				return nil
			}
		}
	}
	if len(any) == 0 {
		return nil
	}
	return institutiontypes.ErrWrongRole
}

// firstOf returns the first error of a list of conditions.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func when(bad bool, err error) error {
	if bad {
		return err
	}
	return nil
}

func account(name string) string { return testutil.Address(name).String() }

// mostly is true three times of four: then an action does what fits, so that histories get somewhere.
func (m *model) mostly() bool { return rapid.IntRange(0, 3).Draw(m.rt, "mostly") > 0 }

// nonce draws a new nonce, or now and then a used one.
func (m *model) nonce(used []mKey) string {
	if len(used) > 0 && !m.mostly() {
		return rapid.SampledFrom(used).Draw(m.rt, "used").nonce
	}
	m.serial++
	return string(testutil.Bytes("%d", m.serial)[:types.NonceSize])
}

// some draws one of these keys, or one that may name nothing.
func (m *model) some(from []mKey) mKey {
	if len(from) > 0 && m.mostly() {
		return rapid.SampledFrom(from).Draw(m.rt, "key")
	}
	key := mKey{string(testutil.Bytes("none")[:types.NonceSize]), m.draw("subject", pseudonyms), m.draw("party", parties)}
	if len(from) > 0 {
		key.nonce = rapid.SampledFrom(from).Draw(m.rt, "key").nonce
	}
	return key
}
