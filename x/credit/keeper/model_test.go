package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// TestModel runs random histories of all messages against a model that knows nothing of stores, statuses
// and queues: who may do what follows from a few facts and the clock. Both must agree on every step.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		f := blank(t)
		require.NoError(rt, f.attestations.InitGenesis(f.ctx, attestationtypes.DefaultGenesis()))
		gs := types.DefaultGenesis()
		gs.Params.MaxConsentValidity = 10 * time.Hour
		gs.Params.InquiryLifetime = 2 * time.Hour
		require.NoError(rt, f.k.InitGenesis(f.ctx, gs))
		m := &model{
			f: f, rt: rt, now: testutil.Now, licensed: map[string]bool{}, subjects: map[string]*mSubject{},
			consents: map[string]*mConsent{}, inquiries: map[string]*mInquiry{}, lines: map[string]int{}, furnishes: map[string]bool{},
		}
		for name := range roles {
			m.licensed[name] = true
		}
		rt.Repeat(map[string]func(*rapid.T){
			"enrol":    m.step((*model).enrol),
			"offer":    m.step((*model).offer),
			"claim":    m.step((*model).claim),
			"furnish":  m.step((*model).furnish),
			"correct":  m.step((*model).correct),
			"grant":    m.step((*model).grant),
			"grant 2":  m.step((*model).grant), // twice as likely
			"withdraw": m.step((*model).withdraw),
			"open":     m.step((*model).open),
			"open 2":   m.step((*model).open),
			"receipt":  m.step((*model).receipt),
			"block":    m.step((*model).block),
			"licence":  m.step((*model).licence),
			"":         func(rt *rapid.T) { require.NoError(rt, f.k.Invariants(f.ctx)) },
		})
		require.NoError(rt, f.attestations.Invariants(f.ctx))
		m.roundTrip()
	})
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

type mSubject struct{ enroller, controller, offered string }

type mConsent struct {
	subject, grantee string
	purpose          types.Purpose
	uses             int
	from, until      time.Time
	withdrawn, swept bool
}

type mInquiry struct {
	subject, dataUser string
	until             time.Time
	receipts          map[string]bool
}

type model struct {
	f         *fixture
	rt        *rapid.T
	now       time.Time
	licensed  map[string]bool
	subjects  map[string]*mSubject
	consents  map[string]*mConsent    // by nonce
	inquiries map[string]*mInquiry    // by nonce
	lines     map[string]int          // versions by furnisher, subject and account
	furnishes map[string]bool         // furnisher and subject
	order     struct{ c, i []string } // nonces, to draw from
	serial    int
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
func (m *model) agree(want, have error) bool {
	if want == nil {
		require.NoError(m.rt, have)
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

func (m *model) nonce(used *[]string) string {
	if len(*used) > 0 && rapid.IntRange(0, 9).Draw(m.rt, "again") == 0 {
		return m.draw("nonce", *used)
	}
	m.serial++
	return string(testutil.Bytes("%d", m.serial)[:types.NonceSize])
}

func (m *model) licence() {
	name := m.draw("institution", []string{"bank", "fund", "lender"})
	m.licensed[name] = !m.licensed[name]
	if m.licensed[name] {
		m.f.institutions.License(testutil.Address(name), roles[name]...)
	} else {
		m.f.institutions.Suspend(testutil.Address(name))
	}
}

// block ends a block and begins the next; consents that were over at its end are swept.
func (m *model) block() {
	require.NoError(m.rt, m.f.k.EndBlock(m.f.ctx))
	for _, consent := range m.consents {
		if !m.now.Before(consent.until) && consent.uses > 0 && !consent.withdrawn {
			consent.swept = true
		}
	}
	m.now = m.now.Add(rapid.SampledFrom([]time.Duration{time.Second, time.Hour, 2 * time.Hour, 5 * time.Hour}).Draw(m.rt, "later"))
	m.f.ctx = m.f.ctx.WithBlockHeight(m.f.ctx.BlockHeight() + 1).WithBlockTime(m.now).WithEventManager(sdk.NewEventManager())
}

func (m *model) enrol() {
	by, p := m.draw("by", parties), m.draw("subject", pseudonyms)
	_, err := send(m.f, m.f.msg.EnrolSubjects, &types.MsgEnrolSubjects{
		Institution: account(by), Subjects: []types.Enrolment{{Pseudonym: testutil.Bytes("%s", p), Kind: types.SUBJECT_KIND_NATURAL_PERSON}},
	})
	if m.agree(m.role(by, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU), err) && m.subjects[p] == nil {
		m.subjects[p] = &mSubject{enroller: by}
	}
}

// subject returns a subject of the model, and the error where there is none.
func (m *model) subject(p string) (mSubject, error) {
	if s := m.subjects[p]; s != nil {
		return *s, nil
	}
	return mSubject{}, types.ErrUnknownSubject
}

func (m *model) offer() {
	by, to, p := m.draw("by", parties), m.draw("to", people), m.draw("subject", pseudonyms)
	s, unknown := m.subject(p)
	_, err := send(m.f, m.f.msg.OfferControl, &types.MsgOfferControl{
		Institution: account(by), Subject: testutil.Bytes("%s", p), Controller: account(to),
	})
	want := firstOf(unknown, when(s.enroller != by, types.ErrNotEnroller), m.role(by),
		when(s.controller != "", types.ErrAlreadyControlled), when(by == to, types.ErrInvalidController))
	if m.agree(want, err) {
		m.subjects[p].offered = to
	}
	m.payers()
}

func (m *model) claim() {
	by, p := m.draw("by", people), m.draw("subject", pseudonyms)
	s, unknown := m.subject(p)
	_, err := send(m.f, m.f.msg.ClaimControl, &types.MsgClaimControl{Controller: account(by), Subject: testutil.Bytes("%s", p)})
	want := firstOf(unknown, when(s.controller != "", types.ErrAlreadyControlled), when(s.offered != by, types.ErrNotOffered))
	if m.agree(want, err) {
		m.subjects[p].controller, m.subjects[p].offered = by, ""
	}
	m.payers()
}

func (m *model) payers() {
	for _, name := range people {
		want := false
		for _, s := range m.subjects {
			want = want || s.controller == name || s.offered == name
		}
		have, err := m.f.k.MayPay(m.f.ctx, testutil.Address(name))
		require.NoError(m.rt, err)
		require.Equal(m.rt, want, have, name)
	}
}

func (m *model) furnish() {
	by, p, a := m.draw("by", parties), m.draw("subject", pseudonyms), m.draw("account", accountsOf)
	version := rapid.IntRange(1, 3).Draw(m.rt, "version")
	line := by + p + a
	_, unknown := m.subject(p)
	_, err := send(m.f, m.f.msg.Furnish, &types.MsgFurnish{Furnisher: account(by), SchemaId: m.f.schema, Report: m.report(line, p, version)})
	want := firstOf(m.role(by, institutiontypes.ROLE_FURNISHER), unknown,
		when(m.lines[line] > 0 && m.lines[line] == version, types.ErrAlreadyFurnished),
		when(m.lines[line] > 0, types.ErrTradelineExists))
	if m.agree(want, err) {
		m.lines[line], m.furnishes[by+p] = version, true
	}
}

func (m *model) report(line, p string, version int) types.Report {
	return types.Report{
		Subject: testutil.Bytes("%s", p), Account: testutil.Bytes("%s", line[len(line)-2:]), Commitment: testutil.Bytes("%s v%d", line, version),
	}
}

// correct names a version that was not there before, or the one that counts.
func (m *model) correct() {
	by, p, a := m.draw("by", parties), m.draw("subject", pseudonyms), m.draw("account", accountsOf)
	line := by + p + a
	version := m.lines[line] + rapid.IntRange(0, 3).Draw(m.rt, "further")*3
	_, err := send(m.f, m.f.msg.Correct, &types.MsgCorrect{
		Furnisher: account(by), SchemaId: m.f.schema, Report: m.report(line, p, version), Reason: types.CORRECTION_REASON_UPDATE,
	})
	want := firstOf(m.role(by, institutiontypes.ROLE_FURNISHER), when(m.lines[line] == 0, types.ErrUnknownTradeline),
		when(m.lines[line] == version, types.ErrAlreadyFurnished))
	if m.agree(want, err) {
		m.lines[line] = version
	}
}

func (m *model) grant() {
	by, p, to := m.draw("by", people), m.draw("subject", pseudonyms), m.draw("to", parties)
	c := &mConsent{
		subject: p, grantee: to, purpose: rapid.SampledFrom(purposes).Draw(m.rt, "purpose"),
		uses: rapid.IntRange(1, 2).Draw(m.rt, "uses"),
		from: m.now.Add(time.Duration(rapid.IntRange(-1, 2).Draw(m.rt, "from")) * time.Hour),
	}
	c.until = c.from.Add(time.Duration(rapid.IntRange(0, 11).Draw(m.rt, "hours")) * time.Hour)
	nonce := m.nonce(&m.order.c)
	s, unknown := m.subject(p)
	_, err := send(m.f, m.f.msg.GrantConsent, &types.MsgGrantConsent{
		Controller: account(by), Subject: testutil.Bytes("%s", p), Grantee: account(to), Purpose: c.purpose, SchemaIds: [][]byte{m.f.schema},
		Mode: types.CONSENT_MODE_VIEW, Uses: uint32(c.uses), ValidFrom: c.from, ValidUntil: c.until, Nonce: []byte(nonce),
	})
	same := m.consents[nonce+p+to]
	want := firstOf(unknown, when(s.controller != by, types.ErrNotController), when(same != nil, types.ErrDuplicateConsent),
		m.role(to, institutiontypes.ROLE_DATA_USER), when(c.purpose == types.PURPOSE_OWN_REQUEST, types.ErrInvalidPurpose),
		when(!c.until.After(m.now) || !c.until.After(c.from) || c.until.Sub(c.from) > 10*time.Hour, types.ErrInvalidConsent))
	if m.agree(want, err) {
		m.consents[nonce+p+to] = c
		m.order.c = append(m.order.c, nonce)
	}
}

// someConsent draws a consent that there is, or one that there is not.
func (m *model) someConsent(p string) (*mConsent, []byte) {
	to := m.draw("grantee", parties)
	nonce := string(testutil.Bytes("none")[:types.NonceSize])
	if len(m.order.c) > 0 {
		nonce = m.draw("nonce", m.order.c)
	}
	for _, other := range pseudonyms { // of whichever subject and grantee the nonce is, mostly
		for _, party := range parties {
			if m.consents[nonce+other+party] != nil && other == p {
				to = party
			}
		}
	}
	return m.consents[nonce+p+to], types.ConsentID(testutil.Bytes("%s", p), testutil.Address(to), []byte(nonce)).Bytes()
}

func (m *model) withdraw() {
	by, p := m.draw("by", people), m.draw("subject", pseudonyms)
	consent, id := m.someConsent(p)
	s, unknown := m.subject(p)
	_, err := send(m.f, m.f.msg.WithdrawConsent, &types.MsgWithdrawConsent{Controller: account(by), Subject: testutil.Bytes("%s", p), Id: id})
	want := firstOf(unknown, when(s.controller != by, types.ErrNotController), when(consent == nil, types.ErrUnknownConsent))
	if want == nil {
		want = when(consent.withdrawn || consent.swept || consent.uses == 0, types.ErrConsentNotLive)
	}
	if m.agree(want, err) {
		consent.withdrawn = true
	}
}

func (m *model) open() {
	by, p := m.draw("by", parties), m.draw("subject", pseudonyms)
	purpose := rapid.SampledFrom(purposes).Draw(m.rt, "purpose")
	consent, id := m.someConsent(p)
	if consent != nil && rapid.IntRange(0, 3).Draw(m.rt, "fitting") > 0 {
		by, purpose = consent.grantee, consent.purpose
	}
	if rapid.IntRange(0, 5).Draw(m.rt, "without") == 0 {
		consent, id = nil, nil
	}
	nonce := m.nonce(&m.order.i)
	_, unknown := m.subject(p)
	_, err := send(m.f, m.f.msg.OpenInquiry, &types.MsgOpenInquiry{
		DataUser: account(by), Subject: testutil.Bytes("%s", p), Purpose: purpose, ConsentId: id, Nonce: []byte(nonce),
	})
	want := firstOf(m.role(by, institutiontypes.ROLE_DATA_USER), when(purpose == types.PURPOSE_OWN_REQUEST, types.ErrInvalidPurpose),
		unknown, when(m.inquiries[nonce+by+p] != nil, types.ErrDuplicateInquiry))
	exempt := purpose == types.PURPOSE_LEGAL_ORDER
	if want == nil && exempt {
		want = when(len(id) > 0, types.ErrConsentNotApplicable)
	} else if want == nil {
		want = m.allowed(consent, by, purpose)
	}
	if !m.agree(want, err) {
		return
	}
	inquiry := &mInquiry{subject: p, dataUser: by, until: m.now.Add(2 * time.Hour), receipts: map[string]bool{}}
	if !exempt {
		consent.uses--
		if consent.until.Before(inquiry.until) {
			inquiry.until = consent.until
		}
	}
	m.inquiries[nonce+by+p] = inquiry
	m.order.i = append(m.order.i, nonce)
}

// allowed is the heart of it: whether a consent lets a data user look now.
func (m *model) allowed(c *mConsent, by string, purpose types.Purpose) error {
	if c == nil {
		return types.ErrNoConsent
	}
	return firstOf(
		when(c.grantee != by, types.ErrConsentOtherGrantee),
		when(c.purpose != purpose, types.ErrConsentOtherPurpose),
		when(c.withdrawn, types.ErrConsentWithdrawn),
		when(c.uses == 0, types.ErrConsentUsedUp),
		when(!m.now.Before(c.until), types.ErrConsentExpired),
		when(m.now.Before(c.from), types.ErrConsentNotYetValid),
	)
}

func (m *model) receipt() {
	by, dataUser, p := m.draw("by", parties), m.draw("data user", parties), m.draw("subject", pseudonyms)
	nonce := string(testutil.Bytes("none")[:types.NonceSize])
	if len(m.order.i) > 0 {
		nonce = m.draw("nonce", m.order.i)
		for _, name := range parties {
			for _, other := range pseudonyms {
				if m.inquiries[nonce+name+other] != nil {
					dataUser, p = name, other
				}
			}
		}
	}
	inquiry := m.inquiries[nonce+dataUser+p]
	id := types.InquiryID(testutil.Address(dataUser), testutil.Bytes("%s", p), []byte(nonce)).Bytes()
	_, err := send(m.f, m.f.msg.LeaveReceipt, &types.MsgLeaveReceipt{Institution: account(by), InquiryId: id, Digest: testutil.Bytes("d")})
	want := when(inquiry == nil, types.ErrUnknownInquiry)
	if want == nil {
		party := m.role(by, institutiontypes.ROLE_DATA_USER)
		if by != inquiry.dataUser {
			party = firstOf(m.role(by, institutiontypes.ROLE_FURNISHER), when(!m.furnishes[by+p], types.ErrNotParty))
		}
		want = firstOf(party, when(inquiry.receipts[by], types.ErrDuplicateReceipt), when(!m.now.Before(inquiry.until), types.ErrInquiryExpired))
	}
	if m.agree(want, err) {
		inquiry.receipts[by] = true
	}
}

// roundTrip exports the state that the history led to, imports it and exports it again.
func (m *model) roundTrip() {
	exported := m.f.export()
	attested, err := m.f.attestations.ExportGenesis(m.f.ctx)
	require.NoError(m.rt, err)
	fresh := blank(m.f.t)
	require.NoError(m.rt, fresh.attestations.InitGenesis(fresh.ctx, attested))
	require.NoError(m.rt, fresh.k.InitGenesis(fresh.ctx, exported))
	require.Equal(m.rt, exported, fresh.export())
	require.NoError(m.rt, fresh.k.Invariants(fresh.ctx))
}
