package keeper_test

import (
	"slices"
	"time"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const furnisherRole = institutiontypes.ROLE_FURNISHER

type mLine struct {
	furnisher, subject, account string
	version                     int
	content, delinquency        string
	furnished, since, show      time.Time
	state                       types.RecordState
	reason                      types.StateReason
	compliance                  types.ComplianceCode
	dispute                     string // id
	repaired                    bool
	erasure                     mErasure
}

type mErasure struct {
	status types.ErasureStatus
	due    time.Time
}

type mHold struct {
	subject, line string // the line is empty for all of the subject
	until         time.Time
}

func lineKey(furnisher, subject, account string) string {
	return furnisher + "/" + subject + "/" + account
}

func (l *mLine) key() string { return lineKey(l.furnisher, l.subject, l.account) }

func lineID(furnisher, subject, account string) []byte {
	return types.TradelineID(addressOf(furnisher), pseudonym(subject), pseudonym(account)).Bytes()
}

func (l *mLine) id() []byte { return lineID(l.furnisher, l.subject, l.account) }

func (l *mLine) ended() bool {
	return l.state == types.RECORD_STATE_EXPIRED || l.state == types.RECORD_STATE_ERASED
}

// someLine draws a line, or one that is not there.
func (m *model) someLine() *mLine {
	if len(m.lineKeys) == 0 || m.rarely() {
		l := &mLine{furnisher: m.draw("furnisher", institutions), subject: m.draw("subject", pseudonyms), account: m.draw("account", accountsOf)}
		if found := m.lines[l.key()]; found != nil {
			return found
		}
		return l
	}
	return m.lines[m.draw("line", m.lineKeys)]
}

// asFurnisher draws who signs about a line: mostly its furnisher.
func (m *model) asFurnisher(l *mLine) string {
	if !m.rarely() {
		return l.furnisher
	}
	return m.draw("by", parties)
}

func (m *model) unknown(l *mLine) error {
	return when(m.lines[l.key()] == nil, types.ErrUnknownTradeline)
}

func (m *model) giveNotices() {
	by, p, a := m.draw("by", []string{"bank", "fund", "mill", "lender"}), m.draw("subject", pseudonyms), m.draw("account", accountsOf)
	kind := types.NOTICE_KIND_NEGATIVE_REPORTING
	for _, l := range m.lines {
		if l.reason == types.STATE_REASON_DELETED && !l.ended() {
			kind = types.NOTICE_KIND_REINSERTION // there is somebody to tell of it
		}
	}
	if kind == types.NOTICE_KIND_REINSERTION {
		if l := m.someLine(); m.mostly() {
			by, p, a = l.furnisher, l.subject, l.account
		}
	}
	if m.rarely() {
		kind = 0
	}
	_, err := send(m.f, m.f.msg.GiveNotices, &types.MsgGiveNotices{Furnisher: account(by), Kind: kind, Notices: []types.GivenNotice{{
		Subject: pseudonym(p), Account: pseudonym(a), Commitment: pseudonym("notice"),
	}}})
	if m.agree("MsgGiveNotices", err, m.role(by, furnisherRole), m.known(p), when(kind == 0, types.ErrInvalidNotice)) {
		m.notices[lineKey(by, p, a)+kind.String()] = m.now
	}
}

// newReport draws a report about a line, and says what it changes.
type newReport struct {
	report               types.Report
	content, delinquency string
	show                 time.Time
}

func (m *model) draftReport(p, a string, before *mLine) newReport {
	n := newReport{content: m.fresh(), delinquency: "none"}
	n.show = m.now.Add(one(m, "show", []time.Duration{
		-time.Hour, 0, time.Hour, 40 * 24 * time.Hour, 300 * 24 * time.Hour, 300 * 24 * time.Hour, 700 * 24 * time.Hour, 12 * 365 * 24 * time.Hour,
	}))
	if before != nil && before.version > 0 {
		n.delinquency = before.delinquency
		if m.mostly() {
			n.show = before.show
		}
		if m.rarely() {
			n.content = before.content
		}
	}
	if m.rarely() {
		n.delinquency = m.fresh()
	}
	n.report = types.Report{
		Subject: pseudonym(p), Account: pseudonym(a), Commitment: pseudonym(n.content), Delinquency: pseudonym(n.delinquency), ShowUntil: n.show,
	}
	return n
}

var longestYears = map[string]int{"bank": 10, "fund": 3, "mill": 5}

// clocks are the reasons against the clocks of a report.
func (m *model) clocks(by, p, a string, before *mLine, n newReport) []error {
	reasons := []error{when(!n.show.After(m.now) || n.show.After(m.now.AddDate(longestYears[by], 0, 0)), types.ErrShowUntil)}
	var since time.Time
	if before != nil {
		since = before.since
		if before.delinquency == n.delinquency {
			return append(reasons, when(n.show.After(before.show), types.ErrReaging))
		}
	}
	lead, required := map[string]time.Duration{"fund": 14 * 24 * time.Hour, "mill": 0}[by]
	s, _ := m.subject(p)
	if !required || s.kind != types.SUBJECT_KIND_NATURAL_PERSON {
		return reasons
	}
	given, told := m.notices[lineKey(by, p, a)+types.NOTICE_KIND_NEGATIVE_REPORTING.String()]
	return append(reasons, when(!told || !given.After(since) || m.now.Before(given.Add(lead)), types.ErrNoNotice))
}

func (m *model) furnish() {
	by, p := m.draw("by", []string{"bank", "bank", "fund", "mill", "lender"}), m.draw("subject", pseudonyms)
	batch := m.draw("how", []string{"one", "batch"}) == "batch"
	accounts := []string{m.draw("account", accountsOf)}
	if batch {
		accounts = m.several("accounts", accountsOf, 1, 2)
	}
	_, reasons := m.subject(p)
	reasons = append(reasons, m.role(by, furnisherRole), m.crowded(by, p))
	var drafts []newReport
	var reports []types.Report
	for i, a := range accounts {
		before := m.lines[lineKey(by, p, a)]
		n := m.draftReport(p, a, before)
		drafts, reports = append(drafts, n), append(reports, n.report)
		reasons = append(reasons, m.clocks(by, p, a, nil, n)...)
		reasons = append(reasons, when(slices.Contains(accounts[:i], a), types.ErrBatchDuplicate))
		if before != nil {
			same := before.content == n.content
			reasons = append(reasons, when(same, types.ErrAlreadyFurnished), when(!same, types.ErrTradelineExists))
		}
	}
	var err error
	message := "MsgFurnish"
	if batch {
		message = "MsgFurnishBatch"
		_, err = send(m.f, m.f.msg.FurnishBatch, &types.MsgFurnishBatch{Furnisher: account(by), SchemaId: m.f.schema, Reports: reports})
	} else {
		_, err = send(m.f, m.f.msg.Furnish, &types.MsgFurnish{Furnisher: account(by), SchemaId: m.f.schema, Report: reports[0]})
	}
	if !m.agree(message, err, reasons...) {
		return
	}
	for i, a := range accounts {
		l := &mLine{
			furnisher: by, subject: p, account: a, version: 1, content: drafts[i].content, delinquency: drafts[i].delinquency,
			furnished: m.now, since: m.now, show: drafts[i].show, state: types.RECORD_STATE_ACTIVE,
		}
		m.lines[l.key()] = l
		m.lineKeys = append(m.lineKeys, l.key())
	}
}

// crowded is the reason against a third furnisher of a subject.
func (m *model) crowded(by, p string) error {
	others := map[string]bool{}
	for _, l := range m.lines {
		if l.subject == p {
			others[l.furnisher] = true
		}
	}
	return when(!others[by] && len(others) >= m.furnishers, types.ErrTooManyFurnishers)
}

// furnishes says whether an institution has a line of a subject, under any of its pseudonyms.
func (m *model) furnishes(by, p string) bool {
	for _, l := range m.lines {
		if l.furnisher == by && (l.subject == p || slices.Contains(m.subjects[p].aliases, l.subject)) {
			return true
		}
	}
	return false
}

func (m *model) correct() {
	l := m.someLine()
	by := m.asFurnisher(l)
	if by != l.furnisher { // whose line of that account is another
		l = &mLine{furnisher: by, subject: l.subject, account: l.account}
		if found := m.lines[l.key()]; found != nil {
			l = found
		}
	}
	n := m.draftReport(l.subject, l.account, l)
	reasons := append(m.correctable(l, n), m.role(by, furnisherRole))
	if m.draw("how", []string{"correct", "update"}) == "update" {
		_, err := send(m.f, m.f.msg.UpdateBatch, &types.MsgUpdateBatch{Furnisher: account(by), SchemaId: m.f.schema, Reports: []types.Report{n.report}})
		if m.agree("MsgUpdateBatch", err, reasons...) {
			m.version(l, n, false)
		}
		return
	}
	reason := types.CorrectionReason(m.pick("reason", 4))
	_, err := send(m.f, m.f.msg.Correct, &types.MsgCorrect{Furnisher: account(by), SchemaId: m.f.schema, Report: n.report, Reason: reason})
	if m.agree("MsgCorrect", err, append(reasons, when(reason == 0, types.ErrInvalidReason))...) {
		m.version(l, n, false)
	}
}

// correctable are the reasons against a new version.
func (m *model) correctable(l *mLine, n newReport) []error {
	if m.lines[l.key()] == nil {
		return []error{types.ErrUnknownTradeline}
	}
	return append(m.clocks(l.furnisher, l.subject, l.account, l, n), when(l.content == n.content, types.ErrAlreadyFurnished),
		when(l.ended() || !m.now.Before(l.show), types.ErrNotCorrectable))
}

func (m *model) version(l *mLine, n newReport, answersOrder bool) {
	l.version++
	if l.delinquency != n.delinquency {
		l.since = m.now
	}
	l.content, l.delinquency, l.show = n.content, n.delinquency, n.show
	hidden := l.state == types.RECORD_STATE_SUPPRESSED
	if hidden && (l.reason == types.STATE_REASON_CONTRACT || (answersOrder && l.reason == types.STATE_REASON_MEDIATION)) {
		l.state = types.RECORD_STATE_ACTIVE
		if l.compliance == types.COMPLIANCE_CODE_XB {
			l.state = types.RECORD_STATE_DISPUTED
		}
	}
}

func (m *model) setPolicy() {
	by := m.draw("by", append([]string{"vote", "vote"}, parties...))
	signer := account(by)
	if by == "vote" {
		signer = authority.String()
	}
	msg := repairPolicy(signer)
	msg.Policy.DeclareUntil = testutil.Now.AddDate(100, 0, 0)
	msg.Policy.ReportedUntil, msg.Policy.RepaidBy = msg.Policy.DeclareUntil, msg.Policy.DeclareUntil
	bad := m.rarely()
	if bad {
		msg.Policy.AmountClass = 0
	}
	_, err := send(m.f, m.f.msg.SetRepairPolicy, msg)
	if m.agree("MsgSetRepairPolicy", err, when(by != "vote", types.ErrUnauthorized), when(bad, types.ErrInvalidPolicy)) {
		m.policy = true
	}
}

func (m *model) declareRepaid() {
	l := m.someLine()
	by := m.asFurnisher(l)
	class := types.AmountClass(m.pick("class", 4))
	_, err := send(m.f, m.f.msg.DeclareRepaid, &types.MsgDeclareRepaid{Furnisher: account(by), Policy: "once", Repaid: []types.Repaid{{
		Subject: pseudonym(l.subject), TradelineId: l.id(), AmountClass: class, RepaidAt: m.now,
	}}})
	covered := class >= 1 && class <= types.AMOUNT_CLASS_MEDIUM && l.state == types.RECORD_STATE_ACTIVE && m.now.Before(l.show)
	if m.agree("MsgDeclareRepaid", err, m.role(by, furnisherRole), when(!m.policy, types.ErrUnknownPolicy), m.unknown(l),
		when(l.furnisher != by, types.ErrNotFurnisher), when(!covered, types.ErrNotCovered)) {
		l.state, l.reason, l.repaired = types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_REPAIR, true
	}
}

func (m *model) placeHold() {
	by, p, name := m.draw("by", []string{"watch", "watch", "bureau", "ann"}), m.draw("subject", pseudonyms), m.fresh()
	for _, placed := range m.held {
		if m.holds[placed] != nil && !m.mostly() {
			name, p = placed, m.heldSubject(placed)
		}
	}
	h := &mHold{subject: p, until: m.now.Add(one(m, "until", []time.Duration{0, time.Hour, 20 * 24 * time.Hour}))}
	msg := &types.MsgPlaceHold{Supervisor: account(by), Subject: pseudonym(p), Order: pseudonym("order"), Until: h.until, Nonce: nonceOf(name)}
	reasons := []error{m.role(by, institutiontypes.ROLE_SUPERVISOR), m.known(p), when(!h.until.After(m.now), types.ErrInvalidHold)}
	if l := m.someLine(); m.mostly() {
		h.line, msg.TradelineId = l.key(), l.id()
		reasons = append(reasons, when(m.lines[l.key()] == nil || l.subject != p, types.ErrUnknownTradeline))
	}
	_, err := send(m.f, m.f.msg.PlaceHold, msg)
	if m.agree("MsgPlaceHold", err, append(reasons, when(by == "watch" && m.holds[name] != nil, types.ErrHoldExists))...) {
		m.holds[name] = h
		m.held = append(m.held, name)
	}
}

func (m *model) heldSubject(name string) string {
	if h := m.holds[name]; h != nil {
		return h.subject
	}
	return pseudonyms[0]
}

func (m *model) liftHold() {
	by, name := m.draw("by", []string{"watch", "watch", "bureau"}), m.latest(m.held)
	p := m.heldSubject(name)
	id := types.HoldID(addressOf("watch"), pseudonym(p), nonceOf(name)).Bytes()
	_, err := send(m.f, m.f.msg.LiftHold, &types.MsgLiftHold{Supervisor: account(by), Subject: pseudonym(p), Id: id})
	if m.agree("MsgLiftHold", err, m.role(by, institutiontypes.ROLE_SUPERVISOR), when(m.holds[name] == nil, types.ErrUnknownHold)) {
		delete(m.holds, name)
	}
}

// erasable are the reasons against erasing a line that is there.
func (m *model) erasable(l *mLine) []error {
	reasons := []error{when(l.state == types.RECORD_STATE_ERASED, types.ErrNotDestructible)}
	d := m.disputes[l.dispute]
	open := d != nil && d.status != types.DISPUTE_STATUS_CLOSED && d.status != types.DISPUTE_STATUS_ANSWERED
	reasons = append(reasons, when(l.state == types.RECORD_STATE_DISPUTED || open, types.ErrErasureHeld))
	s := m.subjects[l.subject]
	for _, h := range m.holds {
		whose := h.subject == l.subject || h.subject == s.merged
		if whose && m.now.Before(h.until) && (h.line == "" || h.line == l.key()) {
			return append(reasons, types.ErrErasureHeld)
		}
	}
	return reasons
}

func (m *model) requestErasure() {
	l := m.someLine()
	by := m.asController(l.subject)
	err := m.order("MsgRequestErasure", by, &types.MsgRequestErasure{Controller: account(by), Subject: pseudonym(l.subject), TradelineId: l.id()})
	reasons := []error{m.known(l.subject), m.controls(by, l.subject), m.unknown(l)}
	if m.lines[l.key()] != nil {
		waits := l.erasure.status == types.ERASURE_STATUS_REQUESTED || l.erasure.status == types.ERASURE_STATUS_SILENT
		reasons = append(append(reasons, m.erasable(l)...), when(waits, types.ErrErasureExists))
	}
	if m.agree("MsgRequestErasure", err, reasons...) {
		days := map[string]int{"US": 30, "DE": 30, "CN": 15}[jurisdiction[l.furnisher]]
		l.erasure = mErasure{types.ERASURE_STATUS_REQUESTED, m.now.Add(time.Duration(days) * 24 * time.Hour)}
	}
}

func (m *model) refuseErasure() {
	l := m.erasureLine()
	by := m.asFurnisher(l)
	ground := types.ErasureGround(m.pick("ground", 4))
	_, err := send(m.f, m.f.msg.RefuseErasure, &types.MsgRefuseErasure{
		Furnisher: account(by), TradelineId: l.id(), Ground: ground, Evidence: pseudonym("evidence"),
	})
	none := l.erasure.status == 0
	waits := l.erasure.status == types.ERASURE_STATUS_REQUESTED || l.erasure.status == types.ERASURE_STATUS_SILENT
	if !m.agree("MsgRefuseErasure", err, m.role(by, furnisherRole), when(none, types.ErrUnknownErasure), when(!none && by != l.furnisher, types.ErrNotFurnisher),
		when(ground == 0, types.ErrInvalidGround), when(!none && !waits, types.ErrErasureState)) {
		return
	}
	d := m.disputes[l.dispute]
	open := d != nil && d.status != types.DISPUTE_STATUS_CLOSED && d.status != types.DISPUTE_STATUS_ANSWERED
	if l.erasure.status == types.ERASURE_STATUS_SILENT && l.state == types.RECORD_STATE_SUPPRESSED && l.reason == types.STATE_REASON_SILENCE && !open {
		l.state = types.RECORD_STATE_ACTIVE
	}
	l.erasure.status = types.ERASURE_STATUS_REFUSED
}

// erasureLine draws a line, mostly one whose erasure waits.
func (m *model) erasureLine() *mLine {
	for _, key := range m.lineKeys {
		l := m.lines[key]
		if (l.erasure.status == types.ERASURE_STATUS_REQUESTED || l.erasure.status == types.ERASURE_STATUS_SILENT) && !m.rarely() {
			return l
		}
	}
	return m.someLine()
}

func (m *model) attestDestruction() {
	l := m.erasureLine()
	by := m.asFurnisher(l)
	_, err := send(m.f, m.f.msg.AttestDestruction, &types.MsgAttestDestruction{
		Furnisher: account(by), Subject: pseudonym(l.subject), TradelineId: l.id(), Evidence: pseudonym("evidence"),
	})
	reasons := []error{m.role(by, furnisherRole), m.unknown(l), when(by != l.furnisher, types.ErrNotFurnisher)}
	if m.lines[l.key()] != nil {
		asked := l.erasure.status != 0 || l.state == types.RECORD_STATE_EXPIRED
		reasons = append(append(reasons, m.erasable(l)...), when(!asked, types.ErrNotDestructible))
	}
	if m.agree("MsgAttestDestruction", err, reasons...) {
		l.erasure.status = types.ERASURE_STATUS_DONE
		m.end(l, types.RECORD_STATE_ERASED, types.STATE_REASON_DESTROYED)
		l.repaired, l.compliance = false, 0
	}
}

// end ends a line, and what dispute there is of it.
func (m *model) end(l *mLine, state types.RecordState, reason types.StateReason) {
	l.state, l.reason = state, reason
	if d := m.disputes[l.dispute]; d != nil && d.status != types.DISPUTE_STATUS_CLOSED {
		d.status, d.due, d.since = types.DISPUTE_STATUS_CLOSED, time.Time{}, m.now
	}
	l.dispute = ""
}
