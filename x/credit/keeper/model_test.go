package keeper_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	modelSteps   = 100_000 // at least, over all histories
	historySteps = 1000
	checkEvery   = 250 // steps, of all invariants
)

// TestModel runs random histories of all messages over many subjects against a model that knows nothing of stores and queues:
// who may do what, and what is shown, follows from a few facts and the clock. Both must agree on every step, on every record
// after every block, and the invariants must hold.
func TestModel(t *testing.T) {
	tally := &tally{did: map[string]int{}, refused: map[string]int{}}
	for tally.steps < modelSteps || (len(tally.never(t)) > 0 && tally.steps < 3*modelSteps) {
		rapid.Check(t, func(rt *rapid.T) { runHistory(t, rt, tally) })
		if t.Failed() {
			return
		}
	}
	require.GreaterOrEqual(t, tally.steps, modelSteps)
	// A random history that never gets anywhere would agree with any model.
	t.Logf("%d steps: %v %v", tally.steps, tally.did, tally.refused)
	require.Empty(t, tally.never(t), "messages that never succeeded, and refusals that never came")
}

// tally counts over all histories.
type tally struct {
	steps        int
	did, refused map[string]int
}

// never are the messages that did not succeed so far, and the refusals that did not come.
func (t *tally) never(tb *testing.T) (never []string) {
	for _, message := range serviceMessages(tb) {
		if t.did[message] == 0 {
			never = append(never, message)
		}
	}
	for _, refusal := range modelRefusals {
		if t.refused[refusal.Error()] == 0 {
			never = append(never, refusal.Error())
		}
	}
	return never
}

func runHistory(t *testing.T, rt *rapid.T, tally *tally) {
	m := newModel(t, rt, tally)
	actions := m.actions()
	names := make([]string, 0, len(actions))
	for name := range actions {
		names = append(names, name)
	}
	slices.Sort(names) // so that a seed is a history
	for step := range historySteps {
		actions[one(m, "action", names)]()
		tally.steps++
		if step%checkEvery == checkEvery-1 {
			require.NoError(rt, m.f.k.Invariants(m.f.ctx))
		}
	}
	require.NoError(rt, m.f.attestations.Invariants(m.f.ctx))
	m.roundTrip()
}

// parties of the model; people sign with keys, so that their orders can be submitted by others.
var (
	roles = map[string][]institutiontypes.Role{
		"bank":   {institutiontypes.ROLE_FURNISHER},
		"fund":   {institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER},
		"mill":   {institutiontypes.ROLE_FURNISHER},
		"lender": {institutiontypes.ROLE_DATA_USER},
		"bureau": {institutiontypes.ROLE_BUREAU},
		"watch":  {institutiontypes.ROLE_SUPERVISOR},
		"node":   {institutiontypes.ROLE_VALIDATOR},
	}
	jurisdiction = map[string]string{"bank": "US", "fund": "DE", "mill": "CN", "lender": "US", "bureau": "US", "watch": "US", "node": "US"}
	institutions = []string{"bank", "fund", "mill", "lender", "bureau", "watch", "node"}
	people       = []string{"ann", "bob", "eve"}
	parties      = append(slices.Clone(institutions), people...)
	pseudonyms   = []string{"p1", "p2", "p3", "p4", "p5", "f1"}
	accountsOf   = []string{"a1", "a2"}
)

func keyOf(name string) *secp256k1.PrivKey { return secp256k1.GenPrivKeyFromSecret([]byte(name)) }

func addressOf(name string) sdk.AccAddress {
	if slices.Contains(people, name) {
		return sdk.AccAddress(keyOf(name).PubKey().Address())
	}
	return testutil.Address(name)
}

func account(name string) string { return addressOf(name).String() }

func pseudonym(name string) []byte { return testutil.Bytes("%s", name) }

// model is what there is to know. Lists have the keys of maps in the order in which they came, to draw from.
type model struct {
	f        *fixture
	rt       *rapid.T
	tally    *tally
	now      time.Time
	serial   int
	drawn    uint64
	licensed map[string]bool

	subjects  map[string]*mSubject
	changes   map[string]*mChange
	lines     map[string]*mLine // by furnisher, subject and account
	lineKeys  []string
	notices   map[string]time.Time // by line and kind
	consents  map[string]*mConsent
	granted   []string
	inquiries map[string]*mInquiry
	opened    []string
	looks     map[string]int // by who, day, and whether it is the own file
	disputes  map[string]*mDispute
	disputed  []string
	holds     map[string]*mHold
	held      []string
	contracts map[string]*mContract // by name and version
	orders    []*types.MsgSubmitSigned
	policy    bool
	budget    int // of data users outside the United States

	americanBudget int
	furnishers     int // that a subject may have
}

func newModel(t *testing.T, rt *rapid.T, tally *tally) *model {
	f := cheap(t)
	require.NoError(rt, f.attestations.InitGenesis(f.ctx, attestationtypes.DefaultGenesis()))
	gs := types.DefaultGenesis()
	gs.Params.MaxBatch, gs.Params.ChangeApprovals, gs.Params.OwnInquiriesPerDay = 3, 2, 2
	gs.Params.MaxFurnishers = uint32(rapid.IntRange(1, 2).Draw(rt, "furnishers"))
	gs.Params.MaxConsentValidity = 30 * 24 * time.Hour
	m := &model{
		f: f, rt: rt, tally: tally, now: testutil.Now, licensed: map[string]bool{}, subjects: map[string]*mSubject{},
		changes: map[string]*mChange{}, lines: map[string]*mLine{}, notices: map[string]time.Time{}, consents: map[string]*mConsent{},
		inquiries: map[string]*mInquiry{}, looks: map[string]int{}, disputes: map[string]*mDispute{}, holds: map[string]*mHold{},
		contracts: map[string]*mContract{}, furnishers: int(gs.Params.MaxFurnishers), budget: 6, americanBudget: 6,
	}
	for i := range gs.Profiles {
		gs.Profiles[i].InquiryBudget = uint32(m.budget)
	}
	require.NoError(rt, f.k.InitGenesis(f.ctx, gs))
	f.ctx = f.ctx.WithChainID("model")
	f.institutions.Licences = nil
	for _, name := range institutions {
		m.license(name)
	}
	m.begin("p1", "bank", "ann")
	m.begin("p2", "bank", "bob")
	m.begin("p3", "fund", "eve")
	m.begin("p4", "bureau", "ann")
	return m
}

func (m *model) license(name string) {
	m.licensed[name] = true
	m.f.institutions.License(addressOf(name), roles[name]...)
	m.f.institutions.Amend(addressOf(name), func(i *institutiontypes.Institution) { i.Jurisdiction = jurisdiction[name] })
}

// begin enrols a subject that controls itself, as most histories need.
func (m *model) begin(p, by, controller string) {
	_, err := m.f.msg.EnrolSubjects(m.f.ctx, &types.MsgEnrolSubjects{
		Institution: account(by), Subjects: []types.Enrolment{{Pseudonym: pseudonym(p), Kind: types.SUBJECT_KIND_NATURAL_PERSON}},
	})
	require.NoError(m.rt, err)
	_, err = m.f.msg.OfferControl(m.f.ctx, &types.MsgOfferControl{Institution: account(by), Subject: pseudonym(p), Controller: account(controller)})
	require.NoError(m.rt, err)
	_, err = m.f.msg.ClaimControl(m.f.ctx, &types.MsgClaimControl{Controller: account(controller), Subject: pseudonym(p)})
	require.NoError(m.rt, err)
	m.subjects[p] = &mSubject{kind: types.SUBJECT_KIND_NATURAL_PERSON, enroller: by, controller: controller}
}

// agree requires that the chain refuses for one of the reasons that the model has, or does what it is asked when there is none.
// Which reason of several comes first is not the model's to say.
func (m *model) agree(message string, err error, reasons ...error) bool {
	reasons = slices.DeleteFunc(reasons, func(reason error) bool { return reason == nil })
	if len(reasons) == 0 {
		require.NoError(m.rt, err, message)
		m.tally.did[message]++
		return true
	}
	for _, reason := range reasons {
		if errors.Is(err, reason) {
			m.tally.refused[reason.Error()]++
			return false
		}
	}
	require.Failf(m.rt, "disagreement", "%s: the chain says %v, the model %v", message, err, reasons)
	return false
}

func when(bad bool, err error) error {
	if bad {
		return err
	}
	return nil
}

// role is the error of an institution without an active licence in one of the roles.
func (m *model) role(name string, any ...institutiontypes.Role) error {
	if !m.licensed[name] {
		return institutiontypes.ErrNotLicensed
	}
	for _, role := range any {
		if slices.Contains(roles[name], role) {
			return nil
		}
	}
	return when(len(any) > 0, institutiontypes.ErrWrongRole)
}

// pick draws one of n. What rapid draws is mostly small, so it is mixed with how often was drawn before: then every choice is as
// likely, and still follows from rapid's draws alone.
func (m *model) pick(what string, n int) int {
	m.drawn++
	mixed := rapid.Uint64().Draw(m.rt, what) + m.drawn*0x9e3779b97f4a7c15
	mixed = (mixed ^ mixed>>30) * 0xbf58476d1ce4e5b9 // SplitMix64
	mixed = (mixed ^ mixed>>27) * 0x94d049bb133111eb
	return int((mixed ^ mixed>>31) % uint64(n))
}

func one[T any](m *model, what string, from []T) T { return from[m.pick(what, len(from))] }

func (m *model) draw(what string, from []string) string { return one(m, what, from) }

// several draws from least to most of a list, maybe one of them twice.
func (m *model) several(what string, from []string, least, most int) (list []string) {
	for range least + m.pick(what, most-least+1) {
		list = append(list, m.draw(what, from))
	}
	return list
}

// mostly is true three times of four: then an action does what fits, so that histories get somewhere.
func (m *model) mostly() bool { return m.pick("mostly", 4) > 0 }

// rarely is true once in twelve times.
func (m *model) rarely() bool { return m.pick("rarely", 12) == 0 }

// nameSize is the length of a name; what follows it in a key is what the name was used for, and not part of the nonce.
const nameSize = 32

// fresh is a name that was not there before.
func (m *model) fresh() string {
	m.serial++
	return string(testutil.Bytes("fresh %d", m.serial))
}

func nonceOf(name string) []byte { return testutil.Bytes("%s", name)[6 : 6+types.NonceSize] }

// latest draws one of the last keys of a list, or now and then one that names nothing.
func (m *model) latest(keys []string) string {
	if len(keys) == 0 || m.rarely() {
		return string(testutil.Bytes("nothing"))
	}
	return m.draw("which", keys[max(0, len(keys)-8):])
}

// roundTrip exports the state that the history led to, imports it and exports it again.
func (m *model) roundTrip() {
	exported := m.f.export()
	attested, err := m.f.attestations.ExportGenesis(m.f.ctx)
	require.NoError(m.rt, err)
	fresh := cheap(m.f.t)
	require.NoError(m.rt, fresh.attestations.InitGenesis(fresh.ctx, attested))
	require.NoError(m.rt, fresh.k.InitGenesis(fresh.ctx, exported))
	require.Equal(m.rt, exported, fresh.export())
	require.NoError(m.rt, fresh.k.Invariants(fresh.ctx))
}
