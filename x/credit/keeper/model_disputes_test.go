package keeper_test

import (
	"time"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

type mDispute struct {
	line          *mLine
	subject       string
	status        types.DisputeStatus
	outcome       types.DisputeOutcome
	due, since    time.Time
	extended      bool
	facts         string
	mediator, law string
}

// lawDays of the profiles.
var lawDays = map[string]struct{ answer, extension, escalation, mediation, reinsertion int }{
	"US": {30, 15, 60, 30, 5}, "DE": {30, 60, 90, 90, 14}, "CN": {20, 0, 60, 30, 5},
}

func (m *model) inDays(n int) time.Time { return m.now.Add(time.Duration(n) * 24 * time.Hour) }

// shown is what a dispute makes of its line: the whole of its effect.
func (d *mDispute) shown() (types.RecordState, types.StateReason) {
	none := d.outcome == types.DISPUTE_OUTCOME_UNSPECIFIED
	switch {
	case d.status == types.DISPUTE_STATUS_OPEN, d.status == types.DISPUTE_STATUS_ESCALATED && !none:
		return types.RECORD_STATE_DISPUTED, types.STATE_REASON_DISPUTE
	case d.status == types.DISPUTE_STATUS_SILENT, d.status == types.DISPUTE_STATUS_ESCALATED:
		return types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_SILENCE
	case d.status == types.DISPUTE_STATUS_ORDERED:
		return types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_MEDIATION
	case d.outcome == types.DISPUTE_OUTCOME_DELETED:
		return types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_DELETED
	}
	return types.RECORD_STATE_ACTIVE, types.STATE_REASON_DISPUTE
}

// follow brings the line into the state in which its dispute keeps it, unless it is hidden for another reason.
func (d *mDispute) follow() {
	l := d.line
	state, reason := d.shown()
	hidden := l.state == types.RECORD_STATE_SUPPRESSED
	held := hidden && (l.reason == types.STATE_REASON_REPAIR || l.reason == types.STATE_REASON_CONTRACT ||
		(l.reason == types.STATE_REASON_SILENCE && l.erasure.status == types.ERASURE_STATUS_SILENT))
	if held && reason != types.STATE_REASON_DELETED {
		return
	}
	if l.state != state || hidden {
		l.state, l.reason = state, reason
	}
}

func (m *model) move(d *mDispute, to types.DisputeStatus, due time.Time) {
	d.status, d.due, d.since = to, due, m.now
}

func (m *model) closeDispute(d *mDispute) {
	m.move(d, types.DISPUTE_STATUS_CLOSED, time.Time{})
	if d.outcome != types.DISPUTE_OUTCOME_DELETED {
		d.line.dispute = ""
	}
	d.follow()
}

// strike does what the clock of a dispute does.
func (m *model) strike(d *mDispute) {
	switch {
	case d.status == types.DISPUTE_STATUS_ANSWERED:
		m.closeDispute(d)
		return
	case d.status == types.DISPUTE_STATUS_ESCALATED && d.outcome != types.DISPUTE_OUTCOME_UNSPECIFIED:
		m.move(d, types.DISPUTE_STATUS_ANSWERED, m.inDays(lawDays[d.law].escalation))
	default:
		m.move(d, types.DISPUTE_STATUS_SILENT, time.Time{})
	}
	d.follow()
}

// current is a dispute as the clock has it, with a line of its own: what a message sees. keep makes it so for good.
func (m *model) current(d *mDispute) (now *mDispute, keep func()) {
	line, copied := *d.line, *d
	copied.line = &line
	if !d.due.IsZero() && !m.now.Before(d.due) {
		m.strike(&copied)
	}
	return &copied, func() {
		original := d.line
		*original = line
		*d = copied
		d.line = original
	}
}

func (m *model) openDispute() {
	l := m.someLine()
	by, name := m.asController(l.subject), m.fresh()
	if m.rarely() {
		name = m.latest(m.disputed)[:nameSize]
	}
	name += "/" + l.key()
	msg := &types.MsgOpenDispute{
		Controller: account(by), Subject: pseudonym(l.subject), TradelineId: l.id(), Nonce: nonceOf(name),
		Reason: types.DisputeReason(m.pick("reason", 9)),
	}
	d := &mDispute{line: l, subject: l.subject, law: jurisdiction[l.furnisher]}
	if m.rarely() {
		d.facts = m.fresh()
		msg.Facts = pseudonym(d.facts)
	}
	reasons := []error{
		m.known(l.subject), m.controls(by, l.subject), when(msg.Reason == 0, types.ErrInvalidDispute), m.unknown(l),
		when(m.disputes[name] != nil, types.ErrDisputeExists),
	}
	keep := func() {}
	if under := m.disputes[l.dispute]; under != nil && l.reason != types.STATE_REASON_DELETED {
		var now *mDispute
		now, keep = m.current(under)
		reasons = append(reasons, when(now.status != types.DISPUTE_STATUS_CLOSED, types.ErrDisputeExists),
			when(now.line.state != types.RECORD_STATE_ACTIVE, types.ErrNotDisputable))
	} else if m.lines[l.key()] != nil {
		reasons = append(reasons, when(l.state != types.RECORD_STATE_ACTIVE, types.ErrNotDisputable))
	}
	err := m.order("MsgOpenDispute", by, msg)
	if !m.agree("MsgOpenDispute", err, reasons...) {
		return
	}
	keep()
	m.move(d, types.DISPUTE_STATUS_OPEN, m.inDays(lawDays[d.law].answer))
	l.dispute, l.compliance = name, types.COMPLIANCE_CODE_XB
	d.follow()
	m.disputes[name] = d
	m.disputed = append(m.disputed, name)
}

// someDispute draws a dispute that mostly suits; an empty one on an empty line when there is none.
func (m *model) someDispute(statuses ...types.DisputeStatus) (now *mDispute, id []byte, keep func(), unknown error) {
	name := m.latest(m.disputed)
	for _, each := range m.disputed[max(0, len(m.disputed)-10):] {
		for _, status := range statuses {
			if m.disputes[each].status == status && m.mostly() {
				name = each
			}
		}
	}
	d := m.disputes[name]
	if d == nil {
		return &mDispute{line: &mLine{}}, pseudonym(name), func() {}, types.ErrUnknownDispute
	}
	now, keep = m.current(d)
	return now, types.DisputeID(pseudonym(d.subject), d.line.id(), nonceOf(name)).Bytes(), keep, nil
}

func (m *model) extendDispute() {
	d, id, keep, unknown := m.someDispute(types.DISPUTE_STATUS_OPEN)
	by := m.asController(d.subject)
	if d.law == "DE" {
		by = m.asFurnisher(d.line)
	}
	msg := &types.MsgExtendDispute{Signer: account(by), Id: id}
	facts := ""
	if m.rarely() != (d.law == "US") {
		facts = m.fresh()
		msg.Facts = pseudonym(facts)
	}
	err := m.order("MsgExtendDispute", by, msg)
	reasons := []error{unknown}
	if unknown == nil {
		late, open := d.status == types.DISPUTE_STATUS_SILENT, d.status == types.DISPUTE_STATUS_OPEN
		reasons = []error{when(late, types.ErrDisputeDeadline), when(!late && !open, types.ErrDisputeState), when(d.extended, types.ErrExtensionNotAllowed)}
		switch d.law {
		case "US":
			reasons = append(reasons, m.controls(by, d.subject), when(facts == "", types.ErrInvalidCommitment))
		case "DE":
			reasons = append(reasons, when(by != d.line.furnisher, types.ErrNotFurnisher), m.role(by, furnisherRole),
				when(facts != "", types.ErrInvalidDispute))
		default:
			reasons = append(reasons, types.ErrExtensionNotAllowed)
		}
	}
	if m.agree("MsgExtendDispute", err, reasons...) {
		d.extended = true
		if facts != "" {
			d.facts = facts
		}
		m.move(d, d.status, d.due.Add(time.Duration(lawDays[d.law].extension)*24*time.Hour))
		keep()
	}
}

func (m *model) answerDispute() {
	d, id, keep, unknown := m.someDispute(types.DISPUTE_STATUS_OPEN, types.DISPUTE_STATUS_SILENT, types.DISPUTE_STATUS_ORDERED)
	by := m.draw("by", parties)
	if unknown == nil && !m.rarely() {
		by = d.line.furnisher
	}
	outcome := types.DisputeOutcome(m.pick("outcome", 6))
	msg := &types.MsgAnswerDispute{Furnisher: account(by), Id: id, Outcome: outcome, Evidence: pseudonym("evidence")}
	n := m.draftReport(d.line.subject, d.line.account, d.line)
	modified := outcome == types.DISPUTE_OUTCOME_MODIFIED
	if modified {
		msg.SchemaId, msg.Report = m.f.schema, &n.report
	}
	reasons := []error{unknown, m.role(by, furnisherRole)}
	if unknown == nil {
		reasons = append(reasons, when(by != d.line.furnisher, types.ErrNotFurnisher), m.answerable(d), m.fits(d, outcome))
		if modified {
			reasons = append(reasons, m.correctable(d.line, n)...)
		}
	}
	_, err := send(m.f, m.f.msg.AnswerDispute, msg)
	if !m.agree("MsgAnswerDispute", err, reasons...) {
		return
	}
	if modified {
		m.version(d.line, n, true)
	}
	d.outcome, d.line.compliance = outcome, types.COMPLIANCE_CODE_XH
	if outcome == types.DISPUTE_OUTCOME_DELETED {
		m.closeDispute(d)
	} else {
		m.move(d, types.DISPUTE_STATUS_ANSWERED, m.inDays(lawDays[d.law].escalation))
		d.follow()
	}
	keep()
}

func (m *model) answerable(d *mDispute) error {
	waits := d.status == types.DISPUTE_STATUS_OPEN || d.status == types.DISPUTE_STATUS_SILENT || d.status == types.DISPUTE_STATUS_ORDERED
	return when(!waits, types.ErrDisputeState)
}

// fits is the reason against an outcome as the answer to a dispute.
func (m *model) fits(d *mDispute, outcome types.DisputeOutcome) error {
	switch outcome {
	case types.DISPUTE_OUTCOME_MODIFIED, types.DISPUTE_OUTCOME_DELETED:
		return nil
	case types.DISPUTE_OUTCOME_VERIFIED:
		return when(d.status == types.DISPUTE_STATUS_ORDERED, types.ErrInvalidOutcome)
	case types.DISPUTE_OUTCOME_FRIVOLOUS:
		return when(d.status != types.DISPUTE_STATUS_OPEN || d.facts != "", types.ErrInvalidOutcome)
	default:
		return types.ErrInvalidOutcome
	}
}

func (m *model) escalate() {
	d, id, keep, unknown := m.someDispute(types.DISPUTE_STATUS_ANSWERED, types.DISPUTE_STATUS_SILENT)
	by, mediator := m.asController(d.subject), m.draw("mediator", []string{"bureau", "watch", "bank", "lender"})
	err := m.order("MsgEscalateDispute", by, &types.MsgEscalateDispute{Controller: account(by), Id: id, Mediator: account(mediator)})
	reasons := []error{unknown}
	if unknown == nil {
		over := d.status == types.DISPUTE_STATUS_CLOSED
		may := d.status == types.DISPUTE_STATUS_ANSWERED || d.status == types.DISPUTE_STATUS_SILENT
		unfit := mediator == d.line.furnisher || mediator == d.mediator ||
			m.role(mediator, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_SUPERVISOR) != nil
		reasons = []error{
			m.controls(by, d.subject), when(over, types.ErrDisputeDeadline), when(!over && !may, types.ErrDisputeState),
			when(unfit, types.ErrInvalidMediator),
		}
	}
	if m.agree("MsgEscalateDispute", err, reasons...) {
		if d.status == types.DISPUTE_STATUS_ANSWERED {
			d.line.compliance = types.COMPLIANCE_CODE_XC
		}
		d.mediator = mediator
		m.move(d, types.DISPUTE_STATUS_ESCALATED, m.inDays(lawDays[d.law].mediation))
		d.follow()
		keep()
	}
}

func (m *model) decide() {
	d, id, keep, unknown := m.someDispute(types.DISPUTE_STATUS_ESCALATED)
	by := m.draw("by", []string{"bureau", "watch", "bank"})
	if d.mediator != "" && m.mostly() {
		by = d.mediator
	}
	outcome := types.DisputeOutcome(m.pick("outcome", 5))
	_, err := send(m.f, m.f.msg.DecideDispute, &types.MsgDecideDispute{Mediator: account(by), Id: id, Outcome: outcome, Evidence: pseudonym("evidence")})
	reasons := []error{
		unknown, m.role(by, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_SUPERVISOR),
		when(outcome < types.DISPUTE_OUTCOME_VERIFIED || outcome > types.DISPUTE_OUTCOME_DELETED, types.ErrInvalidOutcome),
	}
	if unknown == nil {
		late := d.status == types.DISPUTE_STATUS_ANSWERED || d.status == types.DISPUTE_STATUS_SILENT
		reasons = append(reasons, when(d.mediator != by, types.ErrNotMediator), when(late, types.ErrDisputeDeadline),
			when(!late && d.status != types.DISPUTE_STATUS_ESCALATED, types.ErrDisputeState))
	}
	if !m.agree("MsgDecideDispute", err, reasons...) {
		return
	}
	d.outcome = outcome
	if outcome == types.DISPUTE_OUTCOME_MODIFIED {
		m.move(d, types.DISPUTE_STATUS_ORDERED, time.Time{})
		d.follow()
	} else {
		if outcome == types.DISPUTE_OUTCOME_DELETED || d.line.compliance == types.COMPLIANCE_CODE_XB {
			d.line.compliance = types.COMPLIANCE_CODE_XH
		}
		m.closeDispute(d)
	}
	keep()
}

func (m *model) addStatement() {
	d, id, keep, unknown := m.someDispute(types.DISPUTE_STATUS_ANSWERED, types.DISPUTE_STATUS_CLOSED)
	by := m.asController(d.subject)
	err := m.order("MsgAddStatement", by, &types.MsgAddStatement{Controller: account(by), Id: id, Statement: pseudonym("statement")})
	reasons := []error{unknown}
	if unknown == nil {
		stays := d.outcome == types.DISPUTE_OUTCOME_VERIFIED || d.outcome == types.DISPUTE_OUTCOME_FRIVOLOUS || d.outcome == types.DISPUTE_OUTCOME_REINSERTED
		reasons = []error{m.controls(by, d.subject), when(!stays || d.line.ended(), types.ErrDisputeState)}
	}
	if m.agree("MsgAddStatement", err, reasons...) {
		if d.line.compliance == types.COMPLIANCE_CODE_XH {
			d.line.compliance = types.COMPLIANCE_CODE_XC
		}
		keep()
	}
}

func (m *model) reinsert() {
	l := m.someLine()
	for _, key := range m.lineKeys {
		if each := m.lines[key]; each.state == types.RECORD_STATE_SUPPRESSED && each.reason == types.STATE_REASON_DELETED && m.mostly() {
			l = each
		}
	}
	by := m.asFurnisher(l)
	_, err := send(m.f, m.f.msg.Reinsert, &types.MsgReinsert{
		Furnisher: account(by), Subject: pseudonym(l.subject), TradelineId: l.id(), Evidence: pseudonym("evidence"),
	})
	deleted := l.state == types.RECORD_STATE_SUPPRESSED && l.reason == types.STATE_REASON_DELETED
	reasons := []error{
		m.role(by, furnisherRole), m.unknown(l), when(by != l.furnisher, types.ErrNotFurnisher),
		when(!deleted || l.repaired, types.ErrNotReinsertable),
	}
	d := m.disputes[l.dispute]
	if deleted {
		given := m.notices[l.key()+types.NOTICE_KIND_REINSERTION.String()]
		told := given.After(d.since)
		reasons = append(reasons, when(!told, types.ErrNoNotice),
			when(told && m.now.Before(given.Add(time.Duration(lawDays[d.law].reinsertion)*24*time.Hour)), types.ErrNotReinsertable))
	}
	if m.agree("MsgReinsert", err, reasons...) {
		d.outcome = types.DISPUTE_OUTCOME_REINSERTED
		m.move(d, types.DISPUTE_STATUS_CLOSED, time.Time{})
		l.dispute, l.state, l.reason = "", types.RECORD_STATE_ACTIVE, types.STATE_REASON_REINSERTED
	}
}
