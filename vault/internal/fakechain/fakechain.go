// Package fakechain is a chain in memory for the vault's tests: the messages and queries that a vault uses,
// with the rules that matter to it and the modules' own error codes.
package fakechain

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	errorsmod "cosmossdk.io/errors"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// MaxBatch of the fake's parameters.
const MaxBatch = 1000

// Chain is in memory. Its maps may be changed by a test between calls.
type Chain struct {
	mu    sync.Mutex
	Now   func() time.Time
	state State

	Keys map[string]cryptotypes.PubKey
	// Down makes every call fail as if the node were away.
	Down bool
	// Pruned is the first block that the node no longer has, for WalkReports; 0 is none.
	Pruned int64
	// Height counts committed transactions.
	Height int64
}

// State is all that the fake keeps.
type State struct {
	Subjects     map[[32]byte]credittypes.SubjectKind
	Tradelines   map[[32]byte]credittypes.Tradeline
	Attestations map[[32]byte]attestationtypes.Attestation
	Institutions map[string]institutiontypes.InstitutionView
	Consents     map[[32]byte]credittypes.Consent
	Inquiries    map[[32]byte]credittypes.Inquiry
	Receipts     map[string]credittypes.Receipt
	Notices      map[[32]byte]credittypes.Notice // by tradeline
	Versions     map[[32]byte][]credittypes.TradelineVersion
	Views        map[[32]byte]credittypes.Subject // what Subject answers; made of Subjects where there is none
	Profile      credittypes.Profile
}

// New makes an empty chain.
func New(now func() time.Time) *Chain {
	return &Chain{Now: now, Keys: map[string]cryptotypes.PubKey{}, state: State{
		Subjects: map[[32]byte]credittypes.SubjectKind{}, Tradelines: map[[32]byte]credittypes.Tradeline{},
		Attestations: map[[32]byte]attestationtypes.Attestation{}, Institutions: map[string]institutiontypes.InstitutionView{},
		Consents: map[[32]byte]credittypes.Consent{}, Inquiries: map[[32]byte]credittypes.Inquiry{}, Receipts: map[string]credittypes.Receipt{},
		Notices: map[[32]byte]credittypes.Notice{}, Versions: map[[32]byte][]credittypes.TradelineVersion{},
		Views: map[[32]byte]credittypes.Subject{}, Profile: credittypes.AmericaProfile(),
	}}
}

func (s State) clone() State {
	return State{
		maps.Clone(s.Subjects), maps.Clone(s.Tradelines), maps.Clone(s.Attestations), maps.Clone(s.Institutions),
		maps.Clone(s.Consents), maps.Clone(s.Inquiries), maps.Clone(s.Receipts),
		maps.Clone(s.Notices), maps.Clone(s.Versions), maps.Clone(s.Views), s.Profile,
	}
}

// State gives a test the maps to look at and to change.
func (c *Chain) State() *State { return &c.state }

// Register adds an institution that is licensed for a year around now.
func (c *Chain) Register(signer client.Signer, name string, vault *institutiontypes.Vault, roles ...institutiontypes.Role) {
	operator := signer.Address().String()
	c.Keys[operator] = signer.PubKey()
	c.state.Institutions[operator] = institutiontypes.InstitutionView{Vault: vault, Institution: institutiontypes.Institution{
		Operator: operator, Name: name, Roles: roles, Status: institutiontypes.LICENCE_STATUS_ACTIVE,
		ValidFrom: c.Now().AddDate(-1, 0, 0), ValidUntil: c.Now().AddDate(1, 0, 0),
	}}
}

var errAway = errors.New("connection refused")

func get[K comparable, V any](c *Chain, from func(*State) map[K]V, key K, what string) (V, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var none V
	if c.Down {
		return none, errAway
	}
	value, ok := from(&c.state)[key]
	if !ok {
		return none, fmt.Errorf("%s %v: %w", what, key, client.ErrNotFound)
	}
	return value, nil
}

// Tradeline of a subject.
func (c *Chain) Tradeline(_ context.Context, subject, id [32]byte) (credittypes.Tradeline, error) {
	t, err := get(c, func(s *State) map[[32]byte]credittypes.Tradeline { return s.Tradelines }, id, "tradeline")
	if err == nil && !bytes.Equal(t.Subject, subject[:]) {
		return credittypes.Tradeline{}, client.ErrNotFound
	}
	return t, err
}

// Tradelines of a subject.
func (c *Chain) Tradelines(_ context.Context, subject [32]byte) ([]credittypes.Tradeline, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Down {
		return nil, errAway
	}
	var found []credittypes.Tradeline
	for _, t := range c.state.Tradelines {
		if bytes.Equal(t.Subject, subject[:]) {
			found = append(found, t)
		}
	}
	return found, nil
}

// Subject by pseudonym.
func (c *Chain) Subject(_ context.Context, pseudonym [32]byte) (credittypes.Subject, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Down {
		return credittypes.Subject{}, errAway
	}
	if view, ok := c.state.Views[pseudonym]; ok {
		return view, nil
	}
	kind, ok := c.state.Subjects[pseudonym]
	if !ok {
		return credittypes.Subject{}, fmt.Errorf("subject %x: %w", pseudonym, client.ErrNotFound)
	}
	return credittypes.Subject{Pseudonym: pseudonym[:], Kind: kind}, nil
}

// Versions of a tradeline, earlier ones.
func (c *Chain) Versions(_ context.Context, _, id [32]byte) ([]credittypes.TradelineVersion, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Down {
		return nil, errAway
	}
	return c.state.Versions[id], nil
}

// Notices about a tradeline.
func (c *Chain) Notices(_ context.Context, tradeline [32]byte) ([]credittypes.Notice, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Down {
		return nil, errAway
	}
	if notice, ok := c.state.Notices[tradeline]; ok {
		return []credittypes.Notice{notice}, nil
	}
	return nil, nil
}

// Profile of any jurisdiction is the one that there is.
func (c *Chain) Profile(context.Context, string) (credittypes.Profile, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Down {
		return credittypes.Profile{}, errAway
	}
	return c.state.Profile, nil
}

// GetAttestation by id.
func (c *Chain) GetAttestation(_ context.Context, id [32]byte) (attestationtypes.Attestation, error) {
	return get(c, func(s *State) map[[32]byte]attestationtypes.Attestation { return s.Attestations }, id, "attestation")
}

// GetInstitution by operator.
func (c *Chain) GetInstitution(_ context.Context, operator string) (institutiontypes.InstitutionView, error) {
	return get(c, func(s *State) map[string]institutiontypes.InstitutionView { return s.Institutions }, operator, "institution")
}

// Consent by id.
func (c *Chain) Consent(_ context.Context, _, id [32]byte) (credittypes.Consent, error) {
	return get(c, func(s *State) map[[32]byte]credittypes.Consent { return s.Consents }, id, "consent")
}

// Asked is the chain as an exchange asks it.
type Asked struct{ *Chain }

// Inquiry by id; its receipts are left out.
func (a Asked) Inquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, error) {
	inquiry, _, err := a.Chain.Inquiry(ctx, id)
	return inquiry, err
}

// Appearing is Inquiry: what is not there does not appear later.
func (a Asked) Appearing(ctx context.Context, id [32]byte) (credittypes.Inquiry, error) {
	return a.Inquiry(ctx, id)
}

// Inquiry by id.
func (c *Chain) Inquiry(_ context.Context, id [32]byte) (credittypes.Inquiry, []credittypes.Receipt, error) {
	inquiry, err := get(c, func(s *State) map[[32]byte]credittypes.Inquiry { return s.Inquiries }, id, "inquiry")
	if err != nil {
		return inquiry, nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var receipts []credittypes.Receipt
	for _, receipt := range c.state.Receipts {
		if [32]byte(receipt.InquiryId) == id {
			receipts = append(receipts, receipt)
		}
	}
	return inquiry, receipts, nil
}

// AccountKey of an address. An account that is there without a key has not signed anything yet.
func (c *Chain) AccountKey(_ context.Context, address string) (cryptotypes.PubKey, error) {
	key, err := get(c, func(*State) map[string]cryptotypes.PubKey { return c.Keys }, address, "account")
	if err == nil && key == nil {
		err = client.ErrNoKey
	}
	return key, err
}

// Send applies all messages or none.
func (c *Chain) Send(_ context.Context, msgs ...sdk.Msg) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Down {
		return errAway
	}
	before := c.state.clone()
	for _, msg := range msgs {
		if err := c.apply(msg); err != nil {
			c.state = before
			return err
		}
	}
	c.Height++
	return nil
}

// Refusal is how the client reports a module's error.
func Refusal(registered *errorsmod.Error) error {
	return &client.TxError{Codespace: registered.Codespace(), Code: registered.ABCICode(), Log: registered.Error(), Hash: "F00D", Height: 1}
}

func (c *Chain) apply(msg sdk.Msg) error {
	switch m := msg.(type) {
	case *credittypes.MsgEnrolSubjects:
		if len(m.Subjects) == 0 || len(m.Subjects) > MaxBatch {
			return Refusal(credittypes.ErrBatchSize)
		}
		for _, s := range m.Subjects {
			if _, there := c.state.Subjects[[32]byte(s.Pseudonym)]; !there {
				c.state.Subjects[[32]byte(s.Pseudonym)] = s.Kind
			}
		}
	case *credittypes.MsgFurnishBatch:
		for _, r := range m.Reports {
			if err := c.furnish(m.Furnisher, m.SchemaId, r, false); err != nil {
				return err
			}
		}
	case *credittypes.MsgUpdateBatch:
		for _, r := range m.Reports {
			if err := c.furnish(m.Furnisher, m.SchemaId, r, true); err != nil {
				return err
			}
		}
	case *credittypes.MsgGiveNotices:
		return c.giveNotices(m)
	case *credittypes.MsgOpenInquiry:
		return c.openInquiry(m)
	case *credittypes.MsgLeaveReceipt:
		return c.leaveReceipt(m)
	default:
		return fmt.Errorf("fakechain: %T", msg)
	}
	return nil
}

func (c *Chain) furnish(furnisher string, schema []byte, r credittypes.Report, correct bool) error {
	if c.state.Institutions[furnisher].Institution.Status != institutiontypes.LICENCE_STATUS_ACTIVE {
		return Refusal(institutiontypes.ErrNotLicensed)
	}
	if _, ok := c.state.Subjects[[32]byte(r.Subject)]; !ok {
		return Refusal(credittypes.ErrUnknownSubject)
	}
	if len(r.Delinquency) != 32 || !r.ShowUntil.After(c.Now()) || r.ShowUntil.After(c.state.Profile.LatestShowUntil(c.Now())) {
		return Refusal(credittypes.ErrShowUntil)
	}
	issuer := sdk.MustAccAddressFromBech32(furnisher)
	id := credittypes.TradelineID(issuer, r.Subject, r.Account)
	attestation := attestationtypes.AttestationID(schema, issuer, r.Statement())
	t, exists := c.state.Tradelines[id]
	switch {
	case exists && bytes.Equal(t.AttestationId, attestation[:]):
		return Refusal(credittypes.ErrAlreadyFurnished)
	case exists && !correct:
		return Refusal(credittypes.ErrTradelineExists)
	case !exists && correct:
		return Refusal(credittypes.ErrUnknownTradeline)
	case exists && t.State == credittypes.RECORD_STATE_EXPIRED:
		return Refusal(credittypes.ErrNotCorrectable)
	case c.state.Attestations[attestation].Id != nil:
		return Refusal(attestationtypes.ErrDuplicate)
	case exists && bytes.Equal(t.Delinquency, r.Delinquency) && r.ShowUntil.After(t.ShowUntil):
		return Refusal(credittypes.ErrReaging)
	case !bytes.Equal(t.Delinquency, r.Delinquency) && !c.noticed(id, r, t):
		return Refusal(credittypes.ErrNoNotice)
	}
	if exists {
		c.state.Versions[id] = append(slices.Clone(c.state.Versions[id]), credittypes.TradelineVersion{
			TradelineId: id[:], Version: t.Version, AttestationId: t.AttestationId, Delinquency: t.Delinquency, ShowUntil: t.ShowUntil,
		})
		old := c.state.Attestations[[32]byte(t.AttestationId)]
		old.Status, old.SupersededBy = attestationtypes.STATUS_SUPERSEDED, attestation[:]
		c.state.Attestations[[32]byte(t.AttestationId)] = old
	} else {
		t = credittypes.Tradeline{Id: id[:], Subject: r.Subject, Furnisher: furnisher, State: credittypes.RECORD_STATE_ACTIVE, FurnishedAt: c.Now()}
	}
	if !bytes.Equal(t.Delinquency, r.Delinquency) {
		t.Delinquency, t.DelinquencySince = r.Delinquency, c.Now()
	}
	t.ShowUntil = r.ShowUntil
	if exists {
		at := c.Now()
		t.UpdatedAt = &at
	}
	t.Version++
	t.AttestationId = attestation[:]
	c.state.Tradelines[id] = t
	c.state.Attestations[attestation] = attestationtypes.Attestation{
		Id: attestation[:], SchemaId: schema, Issuer: furnisher, Subject: r.Subject, Commitment: r.Commitment,
		CircuitCommitment: r.CircuitCommitment, AmountCommitments: r.AmountCommitments, Status: attestationtypes.STATUS_ACTIVE,
	}
	return nil
}

// noticed tells whether the report of a natural person comes after a notice that is newer than the clock before it.
func (c *Chain) noticed(id [32]byte, r credittypes.Report, t credittypes.Tradeline) bool {
	if !c.state.Profile.NoticeRequired || c.state.Subjects[[32]byte(r.Subject)] != credittypes.SUBJECT_KIND_NATURAL_PERSON {
		return true
	}
	notice, given := c.state.Notices[id]
	lead := time.Duration(c.state.Profile.NoticeLeadDays) * 24 * time.Hour
	return given && !notice.GivenAt.Before(t.DelinquencySince) && !c.Now().Before(notice.GivenAt.Add(lead))
}

func (c *Chain) giveNotices(m *credittypes.MsgGiveNotices) error {
	for _, n := range m.Notices {
		if _, ok := c.state.Subjects[[32]byte(n.Subject)]; !ok {
			return Refusal(credittypes.ErrUnknownSubject)
		}
		id := credittypes.TradelineID(sdk.MustAccAddressFromBech32(m.Furnisher), n.Subject, n.Account)
		c.state.Notices[id] = credittypes.Notice{TradelineId: id[:], Kind: m.Kind, Commitment: n.Commitment, GivenAt: c.Now()}
	}
	return nil
}

func (c *Chain) openInquiry(m *credittypes.MsgOpenInquiry) error {
	id := credittypes.InquiryID(sdk.MustAccAddressFromBech32(m.DataUser), m.Subject, m.Nonce)
	if _, there := c.state.Inquiries[id]; there {
		return Refusal(credittypes.ErrDuplicateInquiry)
	}
	if len(m.ConsentId) > 0 {
		consent, ok := c.state.Consents[[32]byte(m.ConsentId)]
		if !ok || consent.Status != credittypes.CONSENT_STATUS_LIVE {
			return Refusal(credittypes.ErrConsentWithdrawn)
		}
	} else if m.Purpose != credittypes.PURPOSE_LEGAL_ORDER {
		return Refusal(credittypes.ErrNoConsent)
	}
	c.state.Inquiries[id] = credittypes.Inquiry{
		Id: id[:], DataUser: m.DataUser, Subject: m.Subject, Purpose: m.Purpose, ConsentId: m.ConsentId,
		Status: credittypes.INQUIRY_STATUS_OPEN, OpenedAt: c.Now(), ExpiresAt: c.Now().Add(time.Hour),
	}
	return nil
}

func (c *Chain) leaveReceipt(m *credittypes.MsgLeaveReceipt) error {
	inquiry, ok := c.state.Inquiries[[32]byte(m.InquiryId)]
	if !ok {
		return Refusal(credittypes.ErrUnknownInquiry)
	}
	key := fmt.Sprintf("%x/%s", m.InquiryId, m.Institution)
	if _, there := c.state.Receipts[key]; there {
		return Refusal(credittypes.ErrDuplicateReceipt)
	}
	c.state.Receipts[key] = credittypes.Receipt{InquiryId: m.InquiryId, Institution: m.Institution, Digest: m.Digest, Records: m.Records}
	if m.Institution == inquiry.DataUser {
		inquiry.Status = credittypes.INQUIRY_STATUS_FULFILLED
		c.state.Inquiries[[32]byte(m.InquiryId)] = inquiry
	}
	return nil
}
