package keeper_test

import (
	"fmt"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// actions are the steps of a history; what is there twice is twice as likely.
func (m *model) actions() map[string]func() {
	return map[string]func(){
		"block": m.block, "block 2": m.block, "block 3": m.block, "licence": m.licence,
		"enrol": m.enrol, "offer": m.offer, "claim": m.claim, "rotate": m.rotate,
		"recovery": m.proposeRecovery, "merge": m.proposeMerge, "approve change": m.approveChange, "cancel change": m.cancelChange, "again": m.again,
		"notices": m.giveNotices, "furnish": m.furnish, "furnish 2": m.furnish, "correct": m.correct, "correct 2": m.correct,
		"policy": m.setPolicy, "repaid": m.declareRepaid, "hold": m.placeHold, "lift hold": m.liftHold,
		"request erasure": m.requestErasure, "refuse erasure": m.refuseErasure, "destroy": m.attestDestruction,
		"grant": m.grant, "grant 2": m.grant, "withdraw": m.withdraw, "open": m.open, "open 2": m.open, "open 3": m.open, "open 4": m.open, "own": m.openOwn,
		"approve inquiry": m.approveInquiry, "approve inquiry 2": m.approveInquiry, "receipt": m.receipt, "receipt 2": m.receipt, "adverse": m.adverse,
		"freeze": m.freeze, "lift freeze": m.liftFreeze, "alert": m.alert, "lift alert": m.liftAlert,
		"dispute": m.openDispute, "dispute 2": m.openDispute, "extend": m.extendDispute, "answer": m.answerDispute, "answer 2": m.answerDispute,
		"escalate": m.escalate, "decide": m.decide, "statement": m.addStatement, "reinsert": m.reinsert,
		"propose contract": m.proposeContract, "vote": m.vote, "vote 2": m.vote, "vote 3": m.vote,
	}
}

// modelRefusals are the refusals that histories must come to, each at least once.
var modelRefusals = []error{
	institutiontypes.ErrNotLicensed, institutiontypes.ErrWrongRole, types.ErrUnauthorized, types.ErrInvalidParams, types.ErrBatchSize,
	types.ErrBatchDuplicate, types.ErrInvalidProfile, types.ErrInvalidCommitment, types.ErrUnknownSubject, types.ErrInvalidSubjectKind,
	types.ErrNotEnroller, types.ErrAlreadyControlled, types.ErrInvalidController, types.ErrNotOffered, types.ErrNotController, types.ErrMerged,
	types.ErrChangePending, types.ErrNoChange, types.ErrChangeMismatch, types.ErrAlreadyApproved, types.ErrInvalidChange,
	types.ErrNotParticipant, types.ErrOrderDeadline, types.ErrOrderUsed, types.ErrOrderSignature, types.ErrShowUntil, types.ErrReaging,
	types.ErrNoNotice, types.ErrInvalidNotice, types.ErrTooManyFurnishers, types.ErrNotFurnisher, types.ErrAlreadyFurnished,
	types.ErrTradelineExists, types.ErrUnknownTradeline, types.ErrInvalidReason, types.ErrNotCorrectable, types.ErrUnknownPolicy,
	types.ErrInvalidPolicy, types.ErrNotCovered, types.ErrInvalidConsent, types.ErrUnknownConsent, types.ErrConsentNotLive,
	types.ErrInvalidPurpose, types.ErrInvalidFetch, types.ErrInvalidRenewal, types.ErrNoConsent, types.ErrConsentOtherGrantee,
	types.ErrConsentOtherPurpose, types.ErrConsentNotYetValid, types.ErrConsentExpired, types.ErrConsentWithdrawn, types.ErrConsentUsedUp,
	types.ErrConsentReplaced, types.ErrTooSoon, types.ErrOutOfScope, types.ErrConsentNotApplicable, types.ErrDuplicateInquiry,
	types.ErrBudgetSpent, types.ErrPurposeNotAllowed, types.ErrFrozen, types.ErrUnknownInquiry, types.ErrInquiryExpired,
	types.ErrInquiryPending, types.ErrInquiryNotPending, types.ErrSameInstitution, types.ErrNotParty, types.ErrDuplicateReceipt,
	types.ErrAdverseExists, types.ErrAdverseTooEarly, types.ErrAlreadyFrozen, types.ErrNotFrozen, types.ErrInvalidLift, types.ErrNoFraudAlert,
	types.ErrUnknownDispute, types.ErrInvalidDispute, types.ErrDisputeExists, types.ErrNotDisputable, types.ErrDisputeState,
	types.ErrDisputeDeadline, types.ErrExtensionNotAllowed, types.ErrInvalidOutcome, types.ErrInvalidMediator, types.ErrNotMediator,
	types.ErrNotReinsertable, types.ErrErasureExists, types.ErrUnknownErasure, types.ErrErasureHeld, types.ErrErasureState,
	types.ErrInvalidGround, types.ErrInvalidHold, types.ErrUnknownHold, types.ErrHoldExists, types.ErrNotDestructible,
	types.ErrUnknownContract, types.ErrContractExists, types.ErrContractState, types.ErrInvalidContract, types.ErrRefusedByContract,
}

type mContract struct{ status types.ContractStatus }

// contractCodes of the two contracts: one has a second institution approve every look, one refuses looks by legal order.
var contractCodes = map[string]types.ContractCode{
	"second": {Trigger: types.CONTRACT_TRIGGER_INQUIRY, Condition: "true", Action: types.CONTRACT_ACTION_SECOND_APPROVAL, CostLimit: 100},
	"refuse": {
		Trigger: types.CONTRACT_TRIGGER_INQUIRY, Condition: `inquiry.purpose == "LEGAL_ORDER"`, Action: types.CONTRACT_ACTION_REFUSE, CostLimit: 100,
	},
}

func contractKey(name string, version uint32) string { return fmt.Sprint(name, "/", version) }

// versions of a contract that were proposed.
func (m *model) versions(name string) uint32 {
	last := uint32(0)
	for m.contracts[contractKey(name, last+1)] != nil {
		last++
	}
	return last
}

// running says whether any version of a contract runs.
func (m *model) running(name string) bool { return m.active(name) != 0 }

func (m *model) active(name string) uint32 {
	for version := m.versions(name); version > 0; version-- {
		if m.contracts[contractKey(name, version)].status == types.CONTRACT_STATUS_ACTIVE {
			return version
		}
	}
	return 0
}

func (m *model) proposeContract() {
	by, name := m.draw("by", parties), m.draw("name", []string{"second", "refuse"})
	version := m.versions(name) + uint32(m.pick("version", 3))
	_, err := send(m.f, m.f.msg.ProposeContract, &types.MsgProposeContract{
		Institution: account(by), Name: name, Version: version, Code: contractCodes[name],
	})
	key := contractKey(name, version)
	gap := version == 0 || version > m.versions(name)+1
	if m.agree("MsgProposeContract", err, m.role(by), when(m.contracts[key] != nil, types.ErrContractExists), when(gap, types.ErrInvalidContract)) {
		m.contracts[key] = &mContract{types.CONTRACT_STATUS_PROPOSED}
	}
}

// vote is what the members decide, or what somebody tries without them.
func (m *model) vote() {
	signer, passed := authority.String(), !m.rarely()
	if !passed {
		signer = account(m.draw("by", parties))
	}
	none := when(!passed, types.ErrUnauthorized)
	name := m.draw("name", []string{"second", "second", "refuse"})
	version := uint32(1 + m.pick("version", 3))
	if last := m.versions(name); last > 0 && m.mostly() {
		version = last
	}
	what := m.draw("what", []string{"approve", "approve", "pause", "resume", "retire", "params", "profile"})
	if running := m.active(name); running > 0 && what != "approve" && m.mostly() {
		version = running
	}
	id, c := types.ContractID(name, version).Bytes(), m.contracts[contractKey(name, version)]
	unknown := when(c == nil, types.ErrUnknownContract)
	in := func(statuses ...types.ContractStatus) error {
		for _, status := range statuses {
			if c == nil || c.status == status {
				return nil
			}
		}
		return types.ErrContractState
	}
	const proposed, active, paused, retired = types.CONTRACT_STATUS_PROPOSED, types.CONTRACT_STATUS_ACTIVE, types.CONTRACT_STATUS_PAUSED, types.CONTRACT_STATUS_RETIRED
	switch what {
	case "approve":
		_, err := send(m.f, m.f.msg.ApproveContract, &types.MsgApproveContract{Authority: signer, Id: id})
		later := m.active(name) > version
		if m.agree("MsgApproveContract", err, none, unknown, in(proposed), when(later, types.ErrContractState)) {
			if before := m.contracts[contractKey(name, m.active(name))]; before != nil {
				before.status = retired
			}
			c.status = active
		}
	case "pause":
		_, err := send(m.f, m.f.msg.PauseContract, &types.MsgPauseContract{Authority: signer, Id: id, Paused: true})
		if m.agree("MsgPauseContract", err, none, unknown, in(active)) {
			c.status = paused
		}
	case "resume":
		_, err := send(m.f, m.f.msg.PauseContract, &types.MsgPauseContract{Authority: signer, Id: id})
		if m.agree("MsgPauseContract", err, none, unknown, in(paused), when(m.running(name), types.ErrContractState)) {
			c.status = active
		}
	case "retire":
		_, err := send(m.f, m.f.msg.RetireContract, &types.MsgRetireContract{Authority: signer, Id: id})
		if m.agree("MsgRetireContract", err, none, unknown, in(proposed, active, paused)) {
			c.status = retired
		}
	case "params":
		params, err := m.f.k.GetParams(m.f.ctx)
		require.NoError(m.rt, err)
		bad := m.rarely()
		if bad {
			params.QueueCap = 0
		}
		_, err = send(m.f, m.f.msg.UpdateParams, &types.MsgUpdateParams{Authority: signer, Params: params})
		m.agree("MsgUpdateParams", err, none, when(bad, types.ErrInvalidParams))
	case "profile":
		profile := types.AmericaProfile()
		profile.InquiryBudget = uint32(4 + m.pick("budget", 5))
		bad := m.rarely()
		if bad {
			profile.Jurisdictions = []string{"CN", "US"}
		}
		_, err := send(m.f, m.f.msg.SetProfile, &types.MsgSetProfile{Authority: signer, Profile: profile})
		if m.agree("MsgSetProfile", err, none, when(bad, types.ErrInvalidProfile)) {
			m.americanBudget = int(profile.InquiryBudget)
		}
	}
}

func (m *model) licence() {
	name := m.draw("institution", institutions)
	if !m.licensed[name] || m.mostly() {
		for _, each := range institutions { // a licence is back before long
			if !m.licensed[each] {
				m.license(each)
			}
		}
		return
	}
	m.licensed[name] = false
	m.f.institutions.Suspend(addressOf(name))
}

// block ends a block, with all that is over by its time, and begins the next.
func (m *model) block() {
	require.NoError(m.rt, m.f.k.EndBlock(m.f.ctx))
	for _, event := range m.f.ctx.EventManager().Events() {
		require.NotEqual(m.rt, "creditd.credit.v1.EventQueueEntryFailed", event.Type, "%v", event)
	}
	for _, c := range m.consents {
		c.over = c.over || (!m.now.Before(c.until) && !c.withdrawn && !c.replaced && c.uses > 0)
	}
	for _, i := range m.inquiries {
		i.expired = i.expired || (!m.now.Before(i.until) && !i.receipts[i.by])
	}
	for _, l := range m.lines {
		if !l.ended() && !m.now.Before(l.show) {
			m.end(l, types.RECORD_STATE_EXPIRED, types.STATE_REASON_RETENTION)
		}
	}
	for _, d := range m.disputes {
		if !d.due.IsZero() && !m.now.Before(d.due) {
			m.strike(d)
		}
	}
	m.endChanges()
	for name, h := range m.holds {
		if !m.now.Before(h.until) {
			delete(m.holds, name)
		}
	}
	for _, l := range m.lines {
		if l.erasure.status == types.ERASURE_STATUS_REQUESTED && !m.now.Before(l.erasure.due) {
			l.erasure.status = types.ERASURE_STATUS_SILENT
			if l.state == types.RECORD_STATE_ACTIVE {
				l.state, l.reason = types.RECORD_STATE_SUPPRESSED, types.STATE_REASON_SILENCE
			}
		}
	}
	m.compare()
	m.now = m.now.Add(one(m, "later", []time.Duration{
		time.Second, time.Second, time.Second, time.Second, time.Second, time.Minute, time.Minute, time.Minute, time.Hour, time.Hour, time.Hour,
		5 * time.Hour, 5 * time.Hour, 24 * time.Hour, 24 * time.Hour, 6 * 24 * time.Hour, 31 * 24 * time.Hour,
	}))
	m.f.ctx = m.f.ctx.WithBlockHeight(m.f.ctx.BlockHeight() + 1).WithBlockTime(m.now).WithEventManager(sdk.NewEventManager())
}

// compare compares all subjects, lines and disputes, and the consents and inquiries that came last.
func (m *model) compare() {
	for p, s := range m.subjects {
		have, err := m.f.k.GetSubject(m.f.ctx, types.ID(pseudonym(p)))
		require.NoError(m.rt, err)
		require.Equal(m.rt, []string{accountOrNone(s.controller), accountOrNone(s.offered)}, []string{have.Controller, have.OfferedTo}, p)
		require.Equal(m.rt, s.merged != "", len(have.MergedInto) > 0, p)
		require.Len(m.rt, have.Aliases, len(s.aliases), p)
		require.Equal(m.rt, s.frozen, have.Freeze != nil, p)
	}
	for key, l := range m.lines {
		have, err := m.f.k.GetTradeline(m.f.ctx, types.ID(pseudonym(l.subject)), types.ID(l.id()))
		require.NoError(m.rt, err)
		want := []any{uint32(l.version), l.state, l.reason, l.compliance, l.show.UTC(), l.dispute != ""}
		require.Equal(m.rt, want, []any{have.Version, have.State, have.StateReason, have.Compliance, have.ShowUntil.UTC(), len(have.DisputeId) > 0}, key)
	}
	for name, d := range m.disputes {
		have, err := m.f.k.GetDispute(m.f.ctx, types.DisputeID(pseudonym(d.subject), d.line.id(), nonceOf(name)))
		require.NoError(m.rt, err)
		require.Equal(m.rt, []any{d.status, d.outcome, d.due.UTC(), d.extended}, []any{have.Status, have.Outcome, have.DueAt.UTC(), have.Extended})
	}
	for _, name := range m.granted[max(0, len(m.granted)-10):] {
		c := m.consents[name]
		have, err := m.f.k.GetConsent(m.f.ctx, types.ID(pseudonym(c.subject)), types.ID(m.consentID(name)))
		require.NoError(m.rt, err)
		live := c.uses > 0 && !c.withdrawn && !c.over && !c.replaced
		require.Equal(m.rt, []any{uint32(c.uses), live}, []any{have.UsesLeft, have.Status == types.CONSENT_STATUS_LIVE})
	}
	for _, name := range m.opened[max(0, len(m.opened)-10):] {
		i := m.inquiries[name]
		have, err := m.f.k.GetInquiry(m.f.ctx, types.InquiryID(addressOf(i.by), pseudonym(i.subject), nonceOf(name)))
		require.NoError(m.rt, err)
		require.Equal(m.rt, i.status(), have.Status)
		require.True(m.rt, i.until.Equal(have.ExpiresAt))
	}
}

func (i *mInquiry) status() types.InquiryStatus {
	switch {
	case i.receipts[i.by]:
		return types.INQUIRY_STATUS_FULFILLED
	case i.expired:
		return types.INQUIRY_STATUS_EXPIRED
	case i.pending:
		return types.INQUIRY_STATUS_PENDING
	default:
		return types.INQUIRY_STATUS_OPEN
	}
}

func accountOrNone(name string) string {
	if name == "" {
		return ""
	}
	return account(name)
}
