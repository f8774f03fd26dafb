package keeper_test

import (
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func (m *model) licence() {
	name := m.draw("institution", []string{"bank", "fund", "lender"})
	m.licensed[name] = !m.licensed[name] || m.mostly()
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
	m.now = m.now.Add(rapid.SampledFrom([]time.Duration{time.Second, time.Minute, time.Hour, 5 * time.Hour}).Draw(m.rt, "later"))
	m.f.ctx = m.f.ctx.WithBlockHeight(m.f.ctx.BlockHeight() + 1).WithBlockTime(m.now).WithEventManager(sdk.NewEventManager())
}

func (m *model) enrol() {
	by, p := m.draw("by", parties), m.draw("subject", pseudonyms)
	_, err := send(m.f, m.f.msg.EnrolSubjects, &types.MsgEnrolSubjects{
		Institution: account(by), Subjects: []types.Enrolment{{Pseudonym: testutil.Bytes("%s", p), Kind: types.SUBJECT_KIND_NATURAL_PERSON}},
	})
	if m.agree("enrol", m.role(by, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU), err) && m.subjects[p] == nil {
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
	if unknown == nil && m.mostly() {
		by = s.enroller
	}
	_, err := send(m.f, m.f.msg.OfferControl, &types.MsgOfferControl{
		Institution: account(by), Subject: testutil.Bytes("%s", p), Controller: account(to),
	})
	want := firstOf(unknown, when(s.enroller != by, types.ErrNotEnroller), m.role(by),
		when(s.controller != "", types.ErrAlreadyControlled), when(by == to, types.ErrInvalidController))
	if m.agree("offer", want, err) {
		m.subjects[p].offered = to
	}
	m.payers()
}

func (m *model) claim() {
	by, p := m.draw("by", people), m.draw("subject", pseudonyms)
	s, unknown := m.subject(p)
	if s.offered != "" && m.mostly() {
		by = s.offered
	}
	_, err := send(m.f, m.f.msg.ClaimControl, &types.MsgClaimControl{Controller: account(by), Subject: testutil.Bytes("%s", p)})
	want := firstOf(unknown, when(s.controller != "", types.ErrAlreadyControlled), when(s.offered != by, types.ErrNotOffered))
	if m.agree("claim", want, err) {
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
	if m.agree("furnish", want, err) {
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
	if m.agree("correct", want, err) {
		m.lines[line] = version
	}
}

func (m *model) grant() {
	by, p, to := m.draw("by", people), m.draw("subject", pseudonyms), m.draw("to", parties)
	s, unknown := m.subject(p)
	if s.controller != "" && m.mostly() {
		by, to = s.controller, m.draw("data user", []string{"fund", "lender"})
	}
	c := &mConsent{
		grantee: to, purpose: rapid.SampledFrom(purposes).Draw(m.rt, "purpose"),
		uses: rapid.IntRange(1, 2).Draw(m.rt, "uses"),
		from: m.now.Add(time.Duration(rapid.IntRange(-1, 2).Draw(m.rt, "from")) * time.Hour),
	}
	c.until = c.from.Add(time.Duration(rapid.IntRange(0, 11).Draw(m.rt, "hours")) * time.Hour)
	key := mKey{m.nonce(m.granted), p, to}
	_, err := send(m.f, m.f.msg.GrantConsent, &types.MsgGrantConsent{
		Controller: account(by), Subject: testutil.Bytes("%s", p), Grantee: account(to), Purpose: c.purpose, SchemaIds: [][]byte{m.f.schema},
		Mode: types.CONSENT_MODE_VIEW, Uses: uint32(c.uses), ValidFrom: c.from, ValidUntil: c.until, Nonce: []byte(key.nonce),
	})
	want := firstOf(unknown, when(s.controller != by, types.ErrNotController), when(m.consents[key] != nil, types.ErrDuplicateConsent),
		m.role(to, institutiontypes.ROLE_DATA_USER), when(c.purpose == types.PURPOSE_OWN_REQUEST, types.ErrInvalidPurpose),
		when(!c.until.After(m.now) || !c.until.After(c.from) || c.until.Sub(c.from) > 10*time.Hour, types.ErrInvalidConsent))
	if m.agree("grant", want, err) {
		m.consents[key] = c
		m.granted = append(m.granted, key)
	}
}

func (k mKey) consentID() []byte {
	return types.ConsentID(testutil.Bytes("%s", k.subject), testutil.Address(k.party), []byte(k.nonce)).Bytes()
}

func (m *model) withdraw() {
	by, key := m.draw("by", people), m.some(m.granted)
	s, unknown := m.subject(key.subject)
	if s.controller != "" && m.mostly() {
		by = s.controller
	}
	consent := m.consents[key]
	_, err := send(m.f, m.f.msg.WithdrawConsent, &types.MsgWithdrawConsent{
		Controller: account(by), Subject: testutil.Bytes("%s", key.subject), Id: key.consentID(),
	})
	want := firstOf(unknown, when(s.controller != by, types.ErrNotController), when(consent == nil, types.ErrUnknownConsent))
	if want == nil {
		want = when(consent.withdrawn || consent.swept || consent.uses == 0, types.ErrConsentNotLive)
	}
	if m.agree("withdraw", want, err) {
		consent.withdrawn = true
	}
}

func (m *model) open() {
	key := m.some(m.granted)
	consent, id, by := m.consents[key], key.consentID(), m.draw("by", parties)
	purpose := rapid.SampledFrom(purposes).Draw(m.rt, "purpose")
	if consent != nil && m.mostly() {
		by, purpose = consent.grantee, consent.purpose
	} else if !m.mostly() {
		consent, id = nil, nil
	}
	look := mKey{m.nonce(m.opened), key.subject, by}
	_, unknown := m.subject(key.subject)
	_, err := send(m.f, m.f.msg.OpenInquiry, &types.MsgOpenInquiry{
		DataUser: account(by), Subject: testutil.Bytes("%s", key.subject), Purpose: purpose, ConsentId: id, Nonce: []byte(look.nonce),
	})
	want := firstOf(m.role(by, institutiontypes.ROLE_DATA_USER), when(purpose == types.PURPOSE_OWN_REQUEST, types.ErrInvalidPurpose),
		unknown, when(m.inquiries[look] != nil, types.ErrDuplicateInquiry))
	exempt := purpose == types.PURPOSE_LEGAL_ORDER
	if want == nil && exempt {
		want = when(len(id) > 0, types.ErrConsentNotApplicable)
	} else if want == nil {
		want = m.allowed(consent, by, purpose)
	}
	if !m.agree("open", want, err) {
		return
	}
	inquiry := &mInquiry{until: m.now.Add(2 * time.Hour), receipts: map[string]bool{}}
	if !exempt {
		consent.uses--
		if consent.until.Before(inquiry.until) {
			inquiry.until = consent.until
		}
	}
	m.inquiries[look] = inquiry
	m.opened = append(m.opened, look)
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
	by, key := m.draw("by", parties), m.some(m.opened)
	if m.mostly() {
		by = m.draw("party", []string{key.party, "bank", "fund"})
	}
	inquiry := m.inquiries[key]
	id := types.InquiryID(testutil.Address(key.party), testutil.Bytes("%s", key.subject), []byte(key.nonce)).Bytes()
	_, err := send(m.f, m.f.msg.LeaveReceipt, &types.MsgLeaveReceipt{Institution: account(by), InquiryId: id, Digest: testutil.Bytes("d")})
	want := when(inquiry == nil, types.ErrUnknownInquiry)
	if want == nil {
		party := m.role(by, institutiontypes.ROLE_DATA_USER)
		if by != key.party {
			party = firstOf(m.role(by, institutiontypes.ROLE_FURNISHER), when(!m.furnishes[by+key.subject], types.ErrNotParty))
		}
		want = firstOf(party, when(inquiry.receipts[by], types.ErrDuplicateReceipt), when(!m.now.Before(inquiry.until), types.ErrInquiryExpired))
	}
	if m.agree("receipt", want, err) {
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
