package subject

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Basis says what the structure of a receipt rests on. It is in every receipt.
const Basis = "structure after ISO/IEC TS 27560:2023 as public summaries describe it (W3C Data Privacy Vocabularies and Controls CG); " +
	"the text of the standard was not read, and no conformance is claimed"

// ReceiptVersion of the structure below.
const ReceiptVersion = "creditd-ts27560/1"

const receiptDomain = "creditd/consent-receipt/v1"

// Chain is what a receipt is made from.
type Chain interface {
	Consent(ctx context.Context, subject, id [32]byte) (credittypes.Consent, error)
	GetInstitution(ctx context.Context, operator string) (institutiontypes.InstitutionView, error)
	// TrailOf returns what the subject's trail says of one thing, oldest first.
	TrailOf(ctx context.Context, subject [32]byte, ref []byte) ([]credittypes.TrailEntry, error)
}

// Receipt of a consent, with the consent record in it. Its JSON fields are stable. Persons are in it by pseudonym alone.
type Receipt struct {
	Header  ReceiptHeader `json:"receipt_header"`
	Record  ConsentRecord `json:"consent_record"`
	Creditd Evidence      `json:"creditd"`
}

// ReceiptHeader names the receipt.
type ReceiptHeader struct {
	SchemaVersion string    `json:"schema_version"`
	ReceiptID     string    `json:"receipt_id"` // follows from the record: whoever exports the same state gets the same
	Time          time.Time `json:"receipt_time"`
	Basis         string    `json:"basis"`
}

// ConsentRecord has the four parts of a record: header, processing, parties, events.
type ConsentRecord struct {
	Header     RecordHeader `json:"record_header"`
	Processing []Processing `json:"pii_processing"`
	Parties    []Party      `json:"party_identification"`
	Events     []Event      `json:"event"`
}

// RecordHeader names the record and the person.
type RecordHeader struct {
	SchemaVersion string `json:"schema_version"`
	RecordID      string `json:"record_id"`        // the consent's id on the chain
	PrincipalID   string `json:"pii_principal_id"` // the pseudonym
}

// Processing is one purpose that was consented to.
type Processing struct {
	Purpose          string    `json:"purpose"`
	PurposeType      string    `json:"purpose_type"`
	LawfulBasis      string    `json:"lawful_basis"`
	Information      []PII     `json:"pii_information"`
	Controllers      []string  `json:"pii_controllers"` // party_id
	ProcessingMethod string    `json:"processing_method"`
	ValidFrom        time.Time `json:"valid_from"`
	ValidUntil       time.Time `json:"valid_until"`
	Frequency        string    `json:"frequency,omitempty"`        // least time between two looks
	RetentionPeriod  string    `json:"retention_period,omitempty"` // how long what was got may be kept
	RecordsFrom      string    `json:"records_from,omitempty"`
	RecordsUntil     string    `json:"records_until,omitempty"`
	Jurisdiction     string    `json:"jurisdiction"`
	WithdrawalMethod string    `json:"withdrawal_method"`
}

// PII is one kind of data in scope.
type PII struct {
	Type        string   `json:"pii_type"`         // name of a built-in schema, or its id
	AttributeID string   `json:"pii_attribute_id"` // id of the schema
	Attributes  []string `json:"attributes,omitempty"`
}

// Party to the consent.
type Party struct {
	ID   string `json:"party_id"`
	Name string `json:"party_name,omitempty"` // of institutions; nothing on the chain names a subject
	Role string `json:"party_role"`
	Type string `json:"party_type"`
}

// Event in the life of the consent.
type Event struct {
	Time     time.Time `json:"event_time"`
	Type     string    `json:"event_type"`
	State    string    `json:"event_state"`
	EntityID string    `json:"entity_id"`
	Height   int64     `json:"height,string"`
}

// Evidence says where the chain has it.
type Evidence struct {
	ChainID  string `json:"chain_id"`
	Status   string `json:"status"`
	Since    string `json:"status_since"`
	UsesLeft uint32 `json:"uses_left"`
	Replaced string `json:"replaced_by,omitempty"`
}

// NewReceipt exports a consent as the chain has it now.
func NewReceipt(ctx context.Context, chain Chain, chainID string, subject, id [32]byte, now time.Time) (*Receipt, error) {
	consent, err := chain.Consent(ctx, subject, id)
	if err != nil {
		return nil, err
	}
	grantee, err := chain.GetInstitution(ctx, consent.Grantee)
	if err != nil {
		return nil, err
	}
	trail, err := chain.TrailOf(ctx, subject, id[:])
	if err != nil {
		return nil, err
	}
	pseudonym := hex.EncodeToString(subject[:])
	r := &Receipt{
		Header: ReceiptHeader{SchemaVersion: ReceiptVersion, Time: now.UTC(), Basis: Basis},
		Record: ConsentRecord{
			Header:     RecordHeader{SchemaVersion: ReceiptVersion, RecordID: hex.EncodeToString(id[:]), PrincipalID: pseudonym},
			Processing: []Processing{processing(&consent, grantee.Institution.Jurisdiction)},
			Parties: []Party{
				{ID: pseudonym, Role: "pii_principal", Type: "pseudonym"},
				{ID: consent.Grantee, Name: grantee.Institution.Name, Role: "pii_controller", Type: "institution"},
			},
			Events: events(trail),
		},
		Creditd: Evidence{
			ChainID: chainID, Status: short(consent.Status.String(), "CONSENT_STATUS_"), Since: consent.StatusSince.UTC().Format(time.RFC3339),
			UsesLeft: consent.UsesLeft, Replaced: hex.EncodeToString(consent.ReplacedBy),
		},
	}
	record, err := json.Marshal(r.Record)
	if err != nil {
		return nil, err
	}
	name := commitment.ID(receiptDomain, []byte(chainID), record)
	r.Header.ReceiptID = hex.EncodeToString(name[:])
	return r, nil
}

func processing(c *credittypes.Consent, jurisdiction string) Processing {
	p := Processing{
		Purpose: short(c.Purpose.String(), "PURPOSE_"), PurposeType: "permissible purpose", LawfulBasis: "consent",
		Controllers: []string{c.Grantee}, ProcessingMethod: short(c.Mode.String(), "CONSENT_MODE_"),
		ValidFrom: c.ValidFrom.UTC(), ValidUntil: c.ValidUntil.UTC(), Jurisdiction: jurisdiction,
		WithdrawalMethod: "creditd tx credit withdraw-consent, or a signed order of MsgWithdrawConsent; from the next block on",
	}
	if c.Frequency > 0 {
		p.Frequency = c.Frequency.String()
	}
	if c.DataLife > 0 {
		p.RetentionPeriod = c.DataLife.String()
	}
	if c.RecordsFrom != nil {
		p.RecordsFrom = c.RecordsFrom.UTC().Format(time.RFC3339)
	}
	if c.RecordsUntil != nil {
		p.RecordsUntil = c.RecordsUntil.UTC().Format(time.RFC3339)
	}
	for _, id := range c.SchemaIds {
		p.Information = append(p.Information, informationOf(id))
	}
	return p
}

// informationOf a schema names the fields of a built-in one.
func informationOf(id []byte) PII {
	pii := PII{Type: hex.EncodeToString(id), AttributeID: hex.EncodeToString(id)}
	for _, definition := range schemas.All() {
		own := definition.ID()
		if hex.EncodeToString(own[:]) != pii.AttributeID {
			continue
		}
		pii.Type = definition.Name
		for _, field := range definition.Fields {
			pii.Attributes = append(pii.Attributes, field.Name)
		}
	}
	return pii
}

// states of a consent record's events, by what the trail says.
var states = map[credittypes.TrailKind]string{
	credittypes.TRAIL_KIND_CONSENT_GRANTED:   "given",
	credittypes.TRAIL_KIND_CONSENT_WITHDRAWN: "withdrawn",
	credittypes.TRAIL_KIND_CONSENT_EXPIRED:   "expired",
	credittypes.TRAIL_KIND_CONSENT_REPLACED:  "renewed",
}

func events(trail []credittypes.TrailEntry) []Event {
	list := []Event{}
	for _, entry := range trail {
		if state, ok := states[entry.Kind]; ok {
			list = append(list, Event{Time: entry.Time.UTC(), Type: "explicit", State: state, EntityID: entry.Actor, Height: entry.Height})
		}
	}
	return list
}

func short(name, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(name, prefix), "_", "-"))
}
