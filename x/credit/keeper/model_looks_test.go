package keeper_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

type mConsent struct {
	subject, grantee  string
	purpose           types.Purpose
	uses              int
	from, until, last time.Time
	every             time.Duration
	narrow            bool // for one schema of two
	withdrawn, over   bool // over: swept at its end
	replaced          bool
}

type mInquiry struct {
	by, subject, consent string
	purpose              types.Purpose
	opened, until        time.Time
	pending, expired     bool
	receipts             map[string]bool
	declared, noticed    bool
}

func (i *mInquiry) own() bool { return i.purpose == types.PURPOSE_OWN_REQUEST }

// scope has two schemas in order.
func (m *model) scope() [][]byte {
	other, _ := attestationtypes.BuiltinSchema(schemas.TaxStanding)
	ids := [][]byte{m.f.schema, other.Id}
	slices.SortFunc(ids, slices.Compare[[]byte])
	return ids
}

func (c *mConsent) live(now time.Time) bool {
	return !c.withdrawn && !c.over && !c.replaced && c.uses > 0 && now.Before(c.until)
}

func (m *model) grant() {
	p, to := m.draw("subject", pseudonyms), m.draw("to", []string{"lender", "lender", "fund", "bank"})
	by := m.asController(p)
	c := &mConsent{
		subject: p, grantee: to, uses: 1 + m.pick("uses", 3), from: m.now, narrow: !m.mostly(),
		purpose: one(m, "purpose", []types.Purpose{
			types.PURPOSE_CREDIT_APPLICATION, types.PURPOSE_CREDIT_APPLICATION, types.PURPOSE_EMPLOYMENT, types.PURPOSE_OWN_REQUEST,
		}),
	}
	var old *mConsent
	oldName, renews := m.latest(m.granted), !m.mostly()
	if renews {
		if old = m.consents[oldName]; old != nil && m.mostly() {
			p, c.subject, to, c.grantee, c.purpose = old.subject, old.subject, old.grantee, old.grantee, old.purpose
			by = m.asController(p)
		}
	}
	c.from = m.now.Add(one(m, "from", []time.Duration{0, 0, time.Hour, 24 * time.Hour}))
	c.until = c.from.Add(one(m, "valid", []time.Duration{0, 5 * time.Hour, 200 * time.Hour, 200 * time.Hour, 2000 * time.Hour}))
	name := m.fresh()
	msg := &types.MsgGrantConsent{
		Controller: account(by), Subject: pseudonym(p), Grantee: account(to), Purpose: c.purpose, SchemaIds: m.scope(), Mode: types.CONSENT_MODE_VIEW,
		Fetch: types.CONSENT_FETCH_ONE_TIME, Uses: uint32(c.uses), ValidFrom: c.from, ValidUntil: c.until, Nonce: nonceOf(name),
	}
	if c.narrow {
		msg.SchemaIds = msg.SchemaIds[:1]
	}
	if !m.mostly() {
		c.every = 20 * time.Hour
		msg.Fetch, msg.Frequency = types.CONSENT_FETCH_PERIODIC, c.every
	}
	unfit := m.rarely()
	if unfit {
		msg.DataLife = time.Hour // of a mode that keeps nothing
	}
	reasons := m.consentReasons(by, c)
	if renews {
		if old != nil {
			msg.Renews = types.ConsentID(pseudonym(old.subject), addressOf(old.grantee), nonceOf(oldName)).Bytes()
		} else {
			msg.Renews = pseudonym("none")
		}
		unknown := old == nil || old.subject != p
		fits := !unknown && old.grantee == to && old.purpose == c.purpose && old.live(m.now)
		reasons = append(reasons, when(unknown, types.ErrUnknownConsent), when(!unknown && !fits, types.ErrInvalidRenewal))
	}
	err := m.order("MsgGrantConsent", by, msg)
	if m.agree("MsgGrantConsent", err, append(reasons, when(unfit, types.ErrInvalidFetch))...) {
		m.consents[name] = c
		m.granted = append(m.granted, name)
		if old != nil {
			old.replaced = true
		}
	}
}

func (m *model) consentReasons(by string, c *mConsent) []error {
	s, reasons := m.subject(c.subject)
	span := c.until.Sub(c.from)
	return append(reasons, when(s.controller != by, types.ErrNotController), m.role(c.grantee, institutiontypes.ROLE_DATA_USER),
		when(c.purpose == types.PURPOSE_OWN_REQUEST, types.ErrInvalidPurpose),
		when(span <= 0 || span > 30*24*time.Hour, types.ErrInvalidConsent))
}

func (m *model) consentID(name string) []byte {
	if c := m.consents[name]; c != nil {
		return types.ConsentID(pseudonym(c.subject), addressOf(c.grantee), nonceOf(name)).Bytes()
	}
	return pseudonym(name)
}

func (m *model) withdraw() {
	name := m.latest(m.granted)
	c, p := m.consents[name], m.draw("subject", pseudonyms)
	if c != nil {
		p = c.subject
	}
	by := m.asController(p)
	err := m.order("MsgWithdrawConsent", by, &types.MsgWithdrawConsent{Controller: account(by), Subject: pseudonym(p), Id: m.consentID(name)})
	reasons := []error{m.known(p), m.controls(by, p), when(c == nil, types.ErrUnknownConsent)}
	if c != nil {
		reasons = append(reasons, when(c.withdrawn || c.over || c.replaced || c.uses == 0, types.ErrConsentNotLive))
	}
	if m.agree("MsgWithdrawConsent", err, reasons...) {
		c.withdrawn = true
	}
}

// terms of a purpose, by the law of who looks.
func terms(by string, purpose types.Purpose) (allowed, exempt, pastFreeze bool) {
	switch purpose {
	case types.PURPOSE_CREDIT_APPLICATION:
		return true, false, false
	case types.PURPOSE_ACCOUNT_REVIEW:
		return true, jurisdiction[by] == "US", true
	case types.PURPOSE_EMPLOYMENT:
		return jurisdiction[by] != "DE", false, false
	case types.PURPOSE_LEGAL_ORDER, types.PURPOSE_SUPERVISION:
		return true, true, true
	default:
		return false, false, false
	}
}

func (m *model) open() {
	name, by, p := m.latest(m.granted), m.draw("by", []string{"lender", "lender", "fund", "watch", "bank"}), m.draw("subject", pseudonyms)
	purpose := one(m, "purpose", []types.Purpose{
		types.PURPOSE_CREDIT_APPLICATION, types.PURPOSE_ACCOUNT_REVIEW, types.PURPOSE_EMPLOYMENT, types.PURPOSE_LEGAL_ORDER,
		types.PURPOSE_SUPERVISION, types.PURPOSE_OWN_REQUEST,
	})
	c := m.consents[name]
	if c != nil && m.mostly() {
		p, by, purpose = c.subject, c.grantee, c.purpose
	} else if c != nil && m.mostly() {
		if p = c.subject; m.draw("as", []string{"grantee", "another"}) == "grantee" {
			by = c.grantee
		} else {
			by, purpose = m.draw("by", []string{"lender", "fund"}), c.purpose
		}
	}
	look := m.fresh()
	if len(m.opened) > 0 && m.rarely() {
		look = m.latest(m.opened)[:nameSize]
	}
	msg := &types.MsgOpenInquiry{DataUser: account(by), Subject: pseudonym(p), Purpose: purpose, Nonce: nonceOf(look)}
	allowed, exempt, pastFreeze := terms(by, purpose)
	if !exempt || m.rarely() {
		msg.ConsentId = m.consentID(name)
	}
	wide := !m.mostly()
	if wide {
		msg.SchemaIds = m.scope()
	}
	role := institutiontypes.ROLE_DATA_USER
	if purpose == types.PURPOSE_SUPERVISION {
		role = institutiontypes.ROLE_SUPERVISOR
	}
	s, reasons := m.subject(p)
	look += "/" + by + "/" + p
	reasons = append(reasons, m.role(by, role), when(purpose == types.PURPOSE_OWN_REQUEST, types.ErrInvalidPurpose),
		when(!allowed, types.ErrPurposeNotAllowed), when(m.inquiries[look] != nil, types.ErrDuplicateInquiry),
		when(!pastFreeze && m.frozen(s, by), types.ErrFrozen), when(exempt && msg.ConsentId != nil, types.ErrConsentNotApplicable),
		when(m.looks[m.lookKey(by, false)] >= m.budgetOf(by), types.ErrBudgetSpent),
		when(purpose == types.PURPOSE_LEGAL_ORDER && m.running("refuse"), types.ErrRefusedByContract))
	if !exempt {
		reasons = append(reasons, m.consented(c, by, p, purpose, wide)...)
	}
	_, err := send(m.f, m.f.msg.OpenInquiry, msg)
	if !m.agree("MsgOpenInquiry", err, reasons...) {
		return
	}
	i := &mInquiry{by: by, subject: p, purpose: purpose, opened: m.now, until: m.now.Add(24 * time.Hour), receipts: map[string]bool{}}
	i.pending = m.running("second")
	if !exempt {
		i.consent = name
		c.uses--
		c.last = m.now
		if c.until.Before(i.until) {
			i.until = c.until
		}
	}
	m.looks[m.lookKey(by, false)]++
	m.inquiries[look] = i
	m.opened = append(m.opened, look)
}

func (m *model) budgetOf(by string) int {
	if jurisdiction[by] == "US" {
		return m.americanBudget
	}
	return m.budget
}

func (m *model) lookKey(by string, own bool) string { return fmt.Sprint(by, m.now.Unix()/86400, own) }

func (m *model) frozen(s *mSubject, by string) bool {
	lifted := m.now.Before(s.lifted) && (s.liftedFor == "" || s.liftedFor == by)
	return s.frozen && !lifted
}

// consented is the heart of it: whether a consent lets a data user look now.
func (m *model) consented(c *mConsent, by, p string, purpose types.Purpose, wide bool) []error {
	if c == nil || c.subject != p {
		return []error{types.ErrNoConsent}
	}
	return []error{
		when(c.grantee != by, types.ErrConsentOtherGrantee),
		when(c.purpose != purpose, types.ErrConsentOtherPurpose),
		when(c.withdrawn, types.ErrConsentWithdrawn),
		when(c.replaced, types.ErrConsentReplaced),
		when(c.uses == 0, types.ErrConsentUsedUp),
		when(!m.now.Before(c.until), types.ErrConsentExpired),
		when(m.now.Before(c.from), types.ErrConsentNotYetValid),
		when(!c.last.IsZero() && m.now.Before(c.last.Add(c.every)), types.ErrTooSoon),
		when(wide && c.narrow, types.ErrOutOfScope),
	}
}

func (m *model) openOwn() {
	p, look := m.draw("subject", pseudonyms), m.fresh()
	by := m.asController(p)
	if len(m.opened) > 0 && m.rarely() {
		look = m.latest(m.opened)[:nameSize]
	}
	look += "/" + by + "/" + p
	s, reasons := m.subject(p)
	err := m.order("MsgOpenOwnInquiry", by, &types.MsgOpenOwnInquiry{Controller: account(by), Subject: pseudonym(p), Nonce: nonceOf(look)})
	if m.agree("MsgOpenOwnInquiry", err, append(reasons, when(s.controller != by, types.ErrNotController),
		when(m.inquiries[look] != nil, types.ErrDuplicateInquiry),
		when(m.looks[m.lookKey(by, true)] >= 2, types.ErrBudgetSpent))...) {
		m.looks[m.lookKey(by, true)]++
		m.inquiries[look] = &mInquiry{
			by: by, subject: p, purpose: types.PURPOSE_OWN_REQUEST, opened: m.now, until: m.now.Add(24 * time.Hour), receipts: map[string]bool{},
		}
		m.opened = append(m.opened, look)
	}
}

// look draws an inquiry; its id is that of none when there is none.
func (m *model) look(suits func(*mInquiry) bool) (*mInquiry, []byte) {
	name := m.latest(m.opened)
	for _, each := range m.opened[max(0, len(m.opened)-8):] {
		if suits(m.inquiries[each]) && m.mostly() {
			name = each
		}
	}
	i := m.inquiries[name]
	if i == nil {
		return nil, pseudonym(name)
	}
	return i, types.InquiryID(addressOf(i.by), pseudonym(i.subject), nonceOf(name)).Bytes()
}

func (m *model) approveInquiry() {
	by := m.draw("by", []string{"bureau", "fund", "lender", "watch", "bank"})
	i, id := m.look(func(i *mInquiry) bool { return i.pending && !i.expired })
	_, err := send(m.f, m.f.msg.ApproveInquiry, &types.MsgApproveInquiry{Institution: account(by), InquiryId: id})
	reasons := []error{when(i == nil, types.ErrUnknownInquiry)}
	if i != nil {
		reasons = append(reasons, when(i.by == by, types.ErrSameInstitution),
			m.role(by, institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_SUPERVISOR),
			when(!i.pending || i.expired, types.ErrInquiryNotPending), when(!m.now.Before(i.until), types.ErrInquiryExpired))
		role := institutiontypes.ROLE_DATA_USER
		if i.purpose == types.PURPOSE_SUPERVISION {
			role = institutiontypes.ROLE_SUPERVISOR
		}
		_, _, pastFreeze := terms(i.by, i.purpose)
		s, still := m.subject(i.subject)
		reasons = append(append(reasons, still...), m.role(i.by, role), when(!pastFreeze && m.frozen(s, i.by), types.ErrFrozen))
		if c := m.consents[i.consent]; c != nil {
			reasons = append(reasons, when(c.withdrawn, types.ErrConsentWithdrawn), when(c.replaced, types.ErrConsentReplaced))
		}
	}
	if m.agree("MsgApproveInquiry", err, reasons...) {
		i.pending = false
	}
}

func (m *model) receipt() {
	i, id := m.look(func(i *mInquiry) bool { return !i.expired })
	by := m.draw("by", parties)
	if i != nil && m.mostly() {
		by = m.draw("party", []string{i.by, "bank", "fund"})
	}
	_, err := send(m.f, m.f.msg.LeaveReceipt, &types.MsgLeaveReceipt{Institution: account(by), InquiryId: id, Digest: pseudonym("digest")})
	reasons := []error{when(i == nil, types.ErrUnknownInquiry)}
	if i != nil {
		reasons = append(reasons, m.party(i, by)...)
		reasons = append(reasons, when(i.receipts[by], types.ErrDuplicateReceipt), when(!m.now.Before(i.until) || i.expired, types.ErrInquiryExpired),
			when(i.pending, types.ErrInquiryPending))
	}
	if m.agree("MsgLeaveReceipt", err, reasons...) {
		i.receipts[by] = true
	}
}

// party are the reasons against a receipt of somebody.
func (m *model) party(i *mInquiry, by string) []error {
	switch {
	case i.by == by && i.own():
		return nil
	case i.by == by && i.purpose == types.PURPOSE_SUPERVISION:
		return []error{m.role(by, institutiontypes.ROLE_SUPERVISOR)}
	case i.by == by:
		return []error{m.role(by, institutiontypes.ROLE_DATA_USER)}
	default:
		return []error{m.role(by, furnisherRole), when(!m.furnishes(by, i.subject), types.ErrNotParty)}
	}
}

func (m *model) adverse() {
	i, id := m.look(func(i *mInquiry) bool { return i.receipts[i.by] && !i.noticed && !i.own() })
	by := m.draw("by", institutions)
	if i != nil && m.mostly() {
		by = i.by
	}
	msg := &types.MsgRecordAdverseAction{DataUser: account(by), InquiryId: id}
	notice := m.draw("how", []string{"declare", "notice"}) == "notice"
	if notice {
		msg.Notice = pseudonym("notice")
	}
	_, err := send(m.f, m.f.msg.RecordAdverseAction, msg)
	reasons := []error{when(i == nil, types.ErrUnknownInquiry)}
	if i != nil {
		early := !i.declared && !i.receipts[i.by] && !i.expired && m.now.Before(i.until)
		reasons = append(reasons, when(i.own() || by != i.by, types.ErrNotParty), m.role(by, institutiontypes.ROLE_DATA_USER),
			when(i.noticed || (i.declared && !notice), types.ErrAdverseExists), when(early, types.ErrAdverseTooEarly))
	}
	if m.agree("MsgRecordAdverseAction", err, reasons...) {
		i.declared, i.noticed = true, notice
	}
}

// own draws a subject and who signs for it, with the reasons against a change of its file.
func (m *model) ownFile() (s *mSubject, p, by string, reasons []error) {
	p = m.draw("subject", pseudonyms)
	by = m.asController(p)
	s, reasons = m.subject(p)
	return s, p, by, append(reasons, when(s.controller != by, types.ErrNotController))
}

func (m *model) freeze() {
	s, p, by, reasons := m.ownFile()
	err := m.order("MsgFreeze", by, &types.MsgFreeze{Controller: account(by), Subject: pseudonym(p)})
	if m.agree("MsgFreeze", err, append(reasons, when(s.frozen && !m.now.Before(s.lifted), types.ErrAlreadyFrozen))...) {
		s.frozen, s.lifted, s.liftedFor = true, time.Time{}, ""
	}
}

func (m *model) liftFreeze() {
	s, p, by, reasons := m.ownFile()
	msg := &types.MsgLiftFreeze{Controller: account(by), Subject: pseudonym(p)}
	timed, named := m.mostly(), m.rarely()
	until := m.now.Add(one(m, "until", []time.Duration{0, time.Hour, 30 * time.Hour}))
	if timed {
		msg.Until = &until
	}
	if named {
		msg.LiftedFor = account("lender")
		reasons = append(reasons, m.role("lender", institutiontypes.ROLE_DATA_USER))
	}
	err := m.order("MsgLiftFreeze", by, msg)
	bad := (named && !timed) || (timed && !until.After(m.now))
	if !m.agree("MsgLiftFreeze", err, append(reasons, when(!s.frozen, types.ErrNotFrozen), when(bad, types.ErrInvalidLift))...) {
		return
	}
	s.frozen, s.lifted, s.liftedFor = timed, time.Time{}, ""
	if timed {
		s.lifted = until
	}
	if named {
		s.liftedFor = "lender"
	}
}

func (m *model) alert() {
	s, p, by, reasons := m.ownFile()
	msg := &types.MsgPlaceFraudAlert{Controller: account(by), Subject: pseudonym(p)}
	days, short := 365, m.rarely()
	if m.rarely() {
		msg.Evidence, days = pseudonym("evidence"), 7*365
	}
	if short {
		msg.Evidence = []byte("short")
	}
	err := m.order("MsgPlaceFraudAlert", by, msg)
	if m.agree("MsgPlaceFraudAlert", err, append(reasons, when(short, types.ErrInvalidCommitment))...) {
		s.alert = m.now.AddDate(0, 0, days)
	}
}

func (m *model) liftAlert() {
	s, p, by, reasons := m.ownFile()
	err := m.order("MsgLiftFraudAlert", by, &types.MsgLiftFraudAlert{Controller: account(by), Subject: pseudonym(p)})
	if m.agree("MsgLiftFraudAlert", err, append(reasons, when(!m.now.Before(s.alert), types.ErrNoFraudAlert))...) {
		s.alert = time.Time{}
	}
}
