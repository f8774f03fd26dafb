package bench

import (
	"errors"
	"slices"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	// controlled subjects are enough for consents and inquiries to take turns: each is prepared by three transactions.
	controlled = 200
	// usesOfConsent is the most that a consent may have, so that inquiries need few of them.
	usesOfConsent = 1000
	// controlGas is more than any transaction takes that prepares them.
	controlGas = 400_000
)

// underControl is a subject that one of the accounts controls, with a consent for another.
type underControl struct{ subject, consent []byte }

// rights are what a maker of consents and inquiries has prepared; empty unless they are needed.
type rights struct {
	controlled, granted [][]underControl // subjects that each account controls, and those whose consent it has
	looked              int              // consents and inquiries so far
}

// control prepares subjects for consents and inquiries: account n enrolled them and offers control to account n+1, which
// claims it and lets account n look. Each step needs those before it to be committed. A subject of a real chain is
// controlled by a person's account, whose gas budget is smaller than an institution's; what the chain does is the same.
func (m *maker) control(count int, now time.Time) ([][]order, error) {
	if len(m.accounts) < 2 {
		return nil, errors.New("consents and inquiries need two furnishers that are data users: one looks, the account of the other consents")
	}
	m.controlled = make([][]underControl, len(m.accounts))
	m.granted = make([][]underControl, len(m.accounts))
	var enrolments, offers, claims, grants []order
	for i := range max(count, len(m.accounts)) {
		enroller, controller := i%len(m.accounts), (i+1)%len(m.accounts)
		held := underControl{subject: m.bytes()}
		enrolments = append(enrolments, order{enroller, enrol(m.address(enroller), [][]byte{held.subject})})
		offers = append(offers, order{enroller, &credittypes.MsgOfferControl{
			Institution: m.address(enroller), Subject: held.subject, Controller: m.address(controller),
		}})
		claims = append(claims, order{controller, &credittypes.MsgClaimControl{Controller: m.address(controller), Subject: held.subject}})
		grant := m.grant(controller, enroller, held.subject, usesOfConsent, now)
		held.consent = credittypes.ConsentID(held.subject, m.accounts[enroller].Address(), grant.Nonce).Bytes()
		grants = append(grants, order{controller, grant})
		m.controlled[controller] = append(m.controlled[controller], held)
		m.granted[enroller] = append(m.granted[enroller], held)
	}
	return [][]order{enrolments, offers, claims, grants}, nil
}

// order is a message with the account that sends it.
type order struct {
	from int
	msg  sdk.Msg
}

func (m *maker) grant(controller, grantee int, subject []byte, uses uint32, now time.Time) *credittypes.MsgGrantConsent {
	return &credittypes.MsgGrantConsent{
		Controller: m.address(controller), Subject: subject, Grantee: m.address(grantee),
		Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, SchemaIds: m.consented,
		Mode: credittypes.CONSENT_MODE_VIEW, Fetch: credittypes.CONSENT_FETCH_ONE_TIME,
		Uses: uses, ValidUntil: now.Add(consentLife), Nonce: m.bytes()[:credittypes.NonceSize],
	}
}

// consentLife is longer than any run.
const consentLife = 30 * 24 * time.Hour

// consent is one of the account for a subject that it controls, to the next account.
func (m *maker) consent(from int) sdk.Msg {
	return m.grant(from, from+1, m.turnOf(m.controlled, from).subject, 1, m.last)
}

// inquiry is a look of the account under a consent that it was given.
func (m *maker) inquiry(from int) sdk.Msg {
	of := m.turnOf(m.granted, from)
	return &credittypes.MsgOpenInquiry{
		DataUser: m.address(from), Subject: of.subject, Purpose: credittypes.PURPOSE_CREDIT_APPLICATION,
		ConsentId: of.consent, Nonce: m.bytes()[:credittypes.NonceSize],
	}
}

// turnOf takes the next of an account's subjects.
func (m *maker) turnOf(all [][]underControl, from int) underControl {
	own := all[from%len(m.accounts)]
	m.looked++
	return own[m.looked/len(m.accounts)%len(own)]
}

// needControl says whether one of the workloads needs subjects with controllers.
func needControl(loads []workload) bool {
	return needConsents(loads) || slices.ContainsFunc(loads, func(w workload) bool { return w.name == Predicate })
}

// needConsents says whether consents and inquiries take turns with the subjects.
func needConsents(loads []workload) bool {
	return slices.ContainsFunc(loads, func(w workload) bool { return w.name == Consent || w.name == Inquiry })
}

// rolesFor are what an institution needs to send all that is measured.
func rolesFor(loads []workload) []institutiontypes.Role {
	if needControl(loads) {
		return []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER}
	}
	return []institutiontypes.Role{institutiontypes.ROLE_FURNISHER}
}
