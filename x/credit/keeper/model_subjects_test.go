package keeper_test

import (
	"bytes"
	"slices"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var changers = []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_SUPERVISOR}

type mSubject struct {
	kind                                  types.SubjectKind
	enroller, controller, offered, merged string
	aliases                               []string
	frozen                                bool
	lifted, alert                         time.Time // until; zero for none
	liftedFor                             string
}

// mChange is a recovery when it has a controller, else a merge.
type mChange struct {
	to, into, proposer string
	approvals          []string
	proposed, ready    time.Time
}

func (c *mChange) due() time.Time {
	if c.ready.IsZero() {
		return c.proposed.Add(30 * 24 * time.Hour)
	}
	return c.ready
}

// subject returns a subject of the model, an empty one where there is none, and the reasons against new acts on it.
func (m *model) subject(p string) (*mSubject, []error) {
	s := m.subjects[p]
	if s == nil {
		return &mSubject{}, []error{types.ErrUnknownSubject}
	}
	return s, []error{when(s.merged != "", types.ErrMerged)}
}

// controller is who controls a pseudonym, under the one that stays.
func (m *model) controller(p string) string {
	s := m.subjects[p]
	if s != nil && s.merged != "" {
		s = m.subjects[s.merged]
	}
	if s == nil {
		return ""
	}
	return s.controller
}

// controls is the reason against a signer that is not the controller.
func (m *model) controls(by, p string) error {
	return when(m.controller(p) != by || by == "", types.ErrNotController)
}

// known is the reason against naming a subject that is not there.
func (m *model) known(p string) error { return when(m.subjects[p] == nil, types.ErrUnknownSubject) }

// asController draws who signs for a subject: mostly its controller.
func (m *model) asController(p string) string {
	if by := m.controller(p); by != "" && !m.rarely() {
		return by
	}
	return m.draw("by", parties)
}

func (m *model) enrol() {
	by := m.draw("by", parties)
	msg := &types.MsgEnrolSubjects{Institution: account(by)}
	names := m.several("subjects", pseudonyms, 0, 4)
	kinds := map[string]types.SubjectKind{}
	for _, p := range names {
		kinds[p] = types.SUBJECT_KIND_NATURAL_PERSON
		if p == "f1" {
			kinds[p] = types.SUBJECT_KIND_LEGAL_ENTITY
		}
		msg.Subjects = append(msg.Subjects, types.Enrolment{Pseudonym: pseudonym(p), Kind: kinds[p]})
	}
	bad := len(names) > 0 && m.rarely()
	if bad {
		msg.Subjects[0].Kind = 0
	}
	_, err := send(m.f, m.f.msg.EnrolSubjects, msg)
	if !m.agree("MsgEnrolSubjects", err, m.role(by, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU),
		when(len(names) == 0 || len(names) > 3, types.ErrBatchSize), when(bad, types.ErrInvalidSubjectKind)) {
		return
	}
	for _, p := range names {
		if m.subjects[p] == nil {
			m.subjects[p] = &mSubject{kind: kinds[p], enroller: by}
		}
	}
}

func (m *model) offer() {
	by, to, p := m.draw("by", parties), m.draw("to", parties), m.draw("subject", pseudonyms)
	s, reasons := m.subject(p)
	if s.enroller != "" && m.mostly() {
		by = s.enroller
	}
	_, err := send(m.f, m.f.msg.OfferControl, &types.MsgOfferControl{Institution: account(by), Subject: pseudonym(p), Controller: account(to)})
	if m.agree("MsgOfferControl", err, append(reasons, when(s.enroller != by, types.ErrNotEnroller), m.role(by),
		when(s.controller != "", types.ErrAlreadyControlled), when(to == s.enroller, types.ErrInvalidController))...) {
		s.offered = to
	}
}

func (m *model) claim() {
	by, p := m.draw("by", parties), m.draw("subject", pseudonyms)
	s, reasons := m.subject(p)
	if s.offered != "" && m.mostly() {
		by = s.offered
	}
	err := m.order("MsgClaimControl", by, &types.MsgClaimControl{Controller: account(by), Subject: pseudonym(p)})
	none := s.controller != "" && s.offered == ""
	if m.agree("MsgClaimControl", err, append(reasons, when(none, types.ErrAlreadyControlled),
		when(!none && s.offered != by, types.ErrNotOffered))...) {
		s.controller, s.offered = by, ""
	}
}

func (m *model) rotate() {
	p, to := m.draw("subject", pseudonyms), m.draw("to", parties)
	by := m.asController(p)
	s, reasons := m.subject(p)
	err := m.order("MsgRotateControl", by, &types.MsgRotateControl{Controller: account(by), Subject: pseudonym(p), NewController: account(to)})
	if m.agree("MsgRotateControl", err, append(reasons, when(s.controller != by, types.ErrNotController), newController(s, to))...) {
		s.offered = to
	}
}

func newController(s *mSubject, to string) error {
	return when(to == s.controller || to == s.enroller, types.ErrInvalidController)
}

func (m *model) proposeRecovery() {
	by, p, to := m.draw("by", institutions), m.draw("subject", pseudonyms), m.draw("to", parties)
	s, reasons := m.subject(p)
	_, err := send(m.f, m.f.msg.ProposeRecovery, &types.MsgProposeRecovery{Institution: account(by), Subject: pseudonym(p), Controller: account(to)})
	if m.agree("MsgProposeRecovery", err, append(reasons, m.role(by, changers...), newController(s, to),
		when(to == by, types.ErrInvalidController), when(m.changes[p] != nil, types.ErrChangePending))...) {
		m.changes[p] = &mChange{to: to, proposer: by, approvals: []string{by}, proposed: m.now}
	}
}

func (m *model) proposeMerge() {
	by, p, into := m.draw("by", institutions), m.draw("subject", pseudonyms), m.draw("into", pseudonyms)
	_, err := send(m.f, m.f.msg.ProposeMerge, &types.MsgProposeMerge{Institution: account(by), Subject: pseudonym(p), Into: pseudonym(into)})
	if m.agree("MsgProposeMerge", err, append(m.mergeable(p, into), m.role(by, changers...),
		when(m.changes[p] != nil, types.ErrChangePending))...) {
		m.changes[p] = &mChange{into: into, proposer: by, approvals: []string{by}, proposed: m.now}
	}
}

func (m *model) mergeable(p, into string) []error {
	s, reasons := m.subject(p)
	stays, more := m.subject(into)
	return append(append(reasons, more...), when(p == into, types.ErrInvalidChange), when(s.kind != stays.kind, types.ErrInvalidChange),
		when(s.controller != "" && stays.controller == "", types.ErrInvalidChange))
}

func (m *model) approveChange() {
	by, p := m.draw("by", institutions), m.draw("subject", pseudonyms)
	for _, pending := range pseudonyms { // the first that waits, mostly
		if m.changes[pending] != nil && m.mostly() {
			p = pending
			break
		}
	}
	c := m.changes[p]
	msg := &types.MsgApproveChange{Institution: account(by), Subject: pseudonym(p), Kind: types.CHANGE_KIND_MERGE, Target: pseudonym("p9")}
	meant := c != nil && !m.rarely()
	if meant && c.to != "" {
		msg.Kind, msg.Target = types.CHANGE_KIND_RECOVERY, addressOf(c.to)
	} else if meant {
		msg.Target = pseudonym(c.into)
	}
	_, err := send(m.f, m.f.msg.ApproveChange, msg)
	reasons := []error{m.role(by, changers...), when(c == nil, types.ErrNoChange)}
	if c != nil {
		reasons = append(reasons, when(!meant, types.ErrChangeMismatch), when(c.ready.IsZero() && !m.now.Before(c.due()), types.ErrNoChange),
			when(slices.Contains(c.approvals, by), types.ErrAlreadyApproved), when(c.to == by, types.ErrInvalidController))
	}
	if m.agree("MsgApproveChange", err, reasons...) {
		c.approvals = append(c.approvals, by)
		if c.ready.IsZero() && m.approved(c) {
			c.ready = m.now.Add(7 * 24 * time.Hour)
		}
	}
}

// approved says whether two of those that approved still could.
func (m *model) approved(c *mChange) bool {
	active := 0
	for _, by := range c.approvals {
		if m.role(by, changers...) == nil {
			active++
		}
	}
	return active >= 2
}

func (m *model) cancelChange() {
	p := m.draw("subject", pseudonyms)
	by, c := m.asController(p), m.changes[p]
	if c != nil && m.rarely() {
		by = c.proposer
	}
	err := m.order("MsgCancelChange", by, &types.MsgCancelChange{Signer: account(by), Subject: pseudonym(p)})
	reasons := []error{when(c == nil, types.ErrNoChange)}
	if c != nil {
		party := by == c.proposer || by == m.controller(p) || (c.into != "" && by == m.controller(c.into))
		reasons = append(reasons, when(!party, types.ErrNotParticipant))
	}
	if m.agree("MsgCancelChange", err, reasons...) {
		delete(m.changes, p)
	}
}

// endChanges lets changes take effect, the earliest first.
func (m *model) endChanges() {
	var due []string
	for _, p := range pseudonyms {
		if c := m.changes[p]; c != nil && !m.now.Before(c.due()) {
			due = append(due, p)
		}
	}
	slices.SortFunc(due, func(a, b string) int {
		if order := m.changes[a].due().Compare(m.changes[b].due()); order != 0 {
			return order
		}
		return bytes.Compare(pseudonym(a), pseudonym(b))
	})
	for _, p := range due {
		c := m.changes[p]
		delete(m.changes, p)
		if c.ready.IsZero() || !m.approved(c) {
			continue
		}
		s := m.subjects[p]
		switch {
		case c.to != "" && s.merged == "" && newController(s, c.to) == nil:
			s.controller, s.offered = "", c.to
		case c.to == "" && !slices.ContainsFunc(m.mergeable(p, c.into), func(err error) bool { return err != nil }):
			m.merge(p, c.into)
		}
	}
}

func (m *model) merge(p, into string) {
	s, stays := m.subjects[p], m.subjects[into]
	for _, alias := range s.aliases {
		m.subjects[alias].merged = into
	}
	stays.aliases = append(append(stays.aliases, s.aliases...), p)
	switch {
	case !stays.frozen:
		stays.frozen, stays.lifted, stays.liftedFor = s.frozen, s.lifted, s.liftedFor
	case s.frozen:
		stays.lifted, stays.liftedFor = time.Time{}, ""
	}
	if s.alert.After(stays.alert) {
		stays.alert = s.alert
	}
	*s = mSubject{kind: s.kind, enroller: s.enroller, merged: into}
}

// order sends a message of a controller, itself or by an order that somebody else submits.
func (m *model) order(message, by string, msg sdk.Msg) error {
	if !slices.Contains(people, by) || m.mostly() {
		return m.handle(msg)
	}
	until := m.now.Add(one(m, "deadline", []time.Duration{-time.Second, time.Hour, 24 * time.Hour, 30 * 24 * time.Hour}))
	order, err := types.NewOrder("model", msg, until, nonceOf(m.fresh()), keyOf(by).PubKey().Bytes(), keyOf(by).Sign)
	require.NoError(m.rt, err)
	order.Submitter = account(m.draw("submitter", parties))
	forged := m.rarely()
	if forged {
		order.Nonce = nonceOf(m.fresh())
	}
	over := until.Before(m.now) || until.After(m.now.Add(7*24*time.Hour))
	if over || forged {
		_, err := send(m.f, m.f.msg.SubmitSigned, order)
		m.agree("MsgSubmitSigned", err, when(over, types.ErrOrderDeadline), when(forged, types.ErrOrderSignature))
		return m.handle(msg)
	}
	_, err = send(m.f, m.f.msg.SubmitSigned, order)
	if err == nil {
		m.tally.did["MsgSubmitSigned"]++
		m.orders = append(m.orders, order)
	}
	return err
}

// again submits an order that was submitted.
func (m *model) again() {
	if len(m.orders) == 0 {
		return
	}
	order := m.orders[len(m.orders)-1]
	_, err := send(m.f, m.f.msg.SubmitSigned, order)
	over := order.Deadline.Before(m.now)
	m.agree("MsgSubmitSigned", err, when(over, types.ErrOrderDeadline), when(!over, types.ErrOrderUsed))
}

// handle sends a message of a controller as a transaction does.
func (m *model) handle(msg sdk.Msg) (err error) {
	switch msg := msg.(type) {
	case *types.MsgClaimControl:
		_, err = send(m.f, m.f.msg.ClaimControl, msg)
	case *types.MsgRotateControl:
		_, err = send(m.f, m.f.msg.RotateControl, msg)
	case *types.MsgCancelChange:
		_, err = send(m.f, m.f.msg.CancelChange, msg)
	case *types.MsgGrantConsent:
		_, err = send(m.f, m.f.msg.GrantConsent, msg)
	case *types.MsgWithdrawConsent:
		_, err = send(m.f, m.f.msg.WithdrawConsent, msg)
	case *types.MsgOpenOwnInquiry:
		_, err = send(m.f, m.f.msg.OpenOwnInquiry, msg)
	case *types.MsgFreeze:
		_, err = send(m.f, m.f.msg.Freeze, msg)
	case *types.MsgLiftFreeze:
		_, err = send(m.f, m.f.msg.LiftFreeze, msg)
	case *types.MsgPlaceFraudAlert:
		_, err = send(m.f, m.f.msg.PlaceFraudAlert, msg)
	case *types.MsgLiftFraudAlert:
		_, err = send(m.f, m.f.msg.LiftFraudAlert, msg)
	case *types.MsgOpenDispute:
		_, err = send(m.f, m.f.msg.OpenDispute, msg)
	case *types.MsgExtendDispute:
		_, err = send(m.f, m.f.msg.ExtendDispute, msg)
	case *types.MsgEscalateDispute:
		_, err = send(m.f, m.f.msg.EscalateDispute, msg)
	case *types.MsgAddStatement:
		_, err = send(m.f, m.f.msg.AddStatement, msg)
	case *types.MsgRequestErasure:
		_, err = send(m.f, m.f.msg.RequestErasure, msg)
	default:
		require.Failf(m.rt, "no order", "%T", msg)
	}
	return err
}
