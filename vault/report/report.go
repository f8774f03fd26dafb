// Package report puts a credit report together: an inquiry on the chain, the records of every furnisher that
// the chain names, and for each line what checking it against the chain gave.
package report

import (
	"errors"
	"fmt"
	"time"

	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/report/score"
	"github.com/creditd/creditd/vault/types"
)

// Proof says what checking a line gave.
type Proof string

// The outcomes of a check.
const (
	// Verified: the record is what a licensed furnisher committed to on the chain, and it counts now.
	Verified Proof = "verified"
	// Disputed: as Verified, and the subject disputes it.
	Disputed Proof = "disputed"
	// Suppressed: the chain has it in a state that is not displayed; no vault may give it. A new report counts it in Hidden;
	// the check of a saved one says so of the line.
	Suppressed Proof = "suppressed"
	// Withheld: the chain has it and the furnisher's vault did not give it.
	Withheld Proof = "withheld"
	// BadClock: the record is what was committed to, and its retention is not: the date of first delinquency is another than
	// the record has, it moved forward, or the record is shown for longer than the law allows.
	BadClock Proof = "bad-clock"
	// Mismatch: what the vault gave is not what the chain has.
	Mismatch Proof = "mismatch"
	// IssuerNotLicensed: the record is what was committed to, by an institution whose licence was suspended, revoked or ended
	// since; Reason and IssuerSince say when.
	IssuerNotLicensed Proof = "issuer-not-licensed"
	// Superseded: it was true of a version that is not the last any more; only in the check of a saved report.
	Superseded Proof = "superseded"
)

// Report is what a data user gets. Its JSON fields are stable. Hashes and ids are in hexadecimal.
type Report struct {
	ChainID   string    `json:"chain_id"`
	DataUser  string    `json:"data_user"`
	Subject   string    `json:"subject"` // pseudonym
	Inquiry   string    `json:"inquiry"`
	Consent   string    `json:"consent,omitempty"` // absent where the purpose is exempt
	Purpose   string    `json:"purpose"`
	CreatedAt time.Time `json:"created_at"`

	Own     bool     `json:"own,omitempty"`      // the subject's own look
	AskedAs string   `json:"asked_as,omitempty"` // pseudonym that was asked for, where it is merged into the subject
	Aliases []string `json:"aliases,omitempty"`  // pseudonyms that are merged into the subject; their records are here

	Summary    Summary     `json:"summary"`
	Lines      []Line      `json:"lines"`
	Furnishers []Furnisher `json:"furnishers"`
	OutOfScope int         `json:"out_of_scope"` // tradelines of schemas that the consent does not name
	Verified   int         `json:"verified"`     // lines whose proof is "verified"
	Complete   bool        `json:"complete"`     // every line is verified
	Hidden     Hidden      `json:"hidden"`       // tradelines that may not be shown

	Freeze     *Freeze     `json:"freeze,omitempty"`
	FraudAlert *FraudAlert `json:"fraud_alert,omitempty"` // in force: check the applicant more closely

	Inquiries     []Look        `json:"inquiries"`                // newest first; others see hard ones only
	InquiriesFrom *time.Time    `json:"inquiries_from,omitempty"` // they are all since then; absent: they were not read
	Disputes      []Dispute     `json:"disputes"`
	Score         *score.Result `json:"score,omitempty"`

	Notes   []string `json:"notes,omitempty"`   // what a check of a file with proofs found beside the lines
	Proven  *Proven  `json:"proven,omitempty"`  // of a file with proofs that was checked offline
	Receipt *Receipt `json:"receipt,omitempty"` // absent: nothing was got, so none was left
	Steps   []Step   `json:"steps"`
	// Millis from the committed inquiry to the checked report. Steps may overlap, and the receipt comes after.
	Millis int64 `json:"millis"`

	given given
}

// given is what the vaults gave, for the file with proofs.
type given struct {
	records map[string]*types.Record // by tradeline
	parts   map[string][]exchange.SignedPart
}

// Hidden counts what the chain has about the subject and nobody may show.
type Hidden struct {
	Suppressed int `json:"suppressed"`
	Expired    int `json:"expired"`
	Erased     int `json:"erased"`
}

// Freeze that the subject put on its file.
type Freeze struct {
	Since       time.Time  `json:"since"`
	LiftedUntil *time.Time `json:"lifted_until,omitempty"`
	LiftedFor   string     `json:"lifted_for,omitempty"` // operator; empty for every data user
}

// FraudAlert on the subject's file.
type FraudAlert struct {
	Since    time.Time `json:"since"`
	Until    time.Time `json:"until"`
	Extended bool      `json:"extended"`
}

// Opening of a commitment to a date of first delinquency.
type Opening struct {
	Salt  string `json:"salt"`
	First string `json:"first"` // YYYY-MM-DD, empty for none
}

// Line is one tradeline.
type Line struct {
	Tradeline   string            `json:"tradeline"`
	Attestation string            `json:"attestation"`
	Furnisher   string            `json:"furnisher"`
	Name        string            `json:"furnisher_name"`
	Schema      string            `json:"schema"` // id
	Version     uint32            `json:"version"`
	State       string            `json:"state"` // on the chain
	Proof       Proof             `json:"proof"`
	Reason      string            `json:"reason,omitempty"` // why it is not verified
	Values      map[string]string `json:"values,omitempty"` // canonical texts, docs/commitment-format.md
	Seed        string            `json:"seed,omitempty"`   // of the salts, to check the commitment again

	StateReason string    `json:"state_reason,omitempty"`
	Compliance  string    `json:"compliance,omitempty"` // XB disputed; XC investigated, the subject disagrees; XH was disputed
	Annotations []string  `json:"annotations,omitempty"`
	ShowUntil   time.Time `json:"show_until"`
	Subject     string    `json:"subject,omitempty"`     // pseudonym, where it is an alias
	SchemaName  string    `json:"schema_name,omitempty"` // of a built-in schema
	Section     Section   `json:"section"`               // of the report
	IssuerSince time.Time `json:"issuer_since,omitzero"` // since when the furnisher has the status that its licence has
	History     []Month   `json:"history,omitempty"`     // newest first
	Delinquency *Opening  `json:"delinquency,omitempty"`
	Earlier     []Opening `json:"earlier_delinquencies,omitempty"` // of earlier versions, oldest first
}

// Furnisher is one vault that was asked.
type Furnisher struct {
	Operator string `json:"operator"`
	Name     string `json:"name"`
	Endpoint string `json:"endpoint"`
	Licensed bool   `json:"licensed"`
	Answered bool   `json:"answered"`
	Records  int    `json:"records"`
	Error    string `json:"error,omitempty"`
	Digest   string `json:"digest,omitempty"` // of its sealed answer, as in its receipt on the chain
	Millis   int64  `json:"millis"`
}

// Receipt that the data user left.
type Receipt struct {
	Digest      string `json:"digest"`
	Transaction string `json:"transaction"`
	Height      int64  `json:"height"`
}

// Step is how long one part took. Steps whose name begins with a plus ran beside others.
type Step struct {
	Name         string   `json:"name"`
	At           int64    `json:"at_millis"` // when it began, from the beginning of the report
	Millis       int64    `json:"millis"`
	Transactions []string `json:"transactions,omitempty"`
}

// ErrNotAllVerified is wrapped by Check's error.
var ErrNotAllVerified = errors.New("not every line is verified")

// Check returns nil if every line is verified, and otherwise says how many are not.
func (r *Report) Check() error {
	if r.Complete {
		return nil
	}
	return fmt.Errorf("%w: %d of %d are; the column PROOF says why for each of the others", ErrNotAllVerified, r.Verified, len(r.Lines))
}

// count fills in what follows from the lines.
func (r *Report) count() {
	r.Verified = 0
	for i := range r.Lines {
		if r.Lines[i].Proof == Verified {
			r.Verified++
		}
	}
	r.Complete = r.Verified == len(r.Lines)
}
