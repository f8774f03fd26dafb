package report

import (
	"encoding/hex"
	"sync"
	"time"

	"github.com/creditd/creditd/vault/clock"
	"github.com/creditd/creditd/vault/report/score"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Section of a report that a line is in.
type Section string

// The sections.
const (
	Tradelines    Section = "tradeline"     // credit accounts
	PublicRecords Section = "public-record" // tax standing, licences
	OtherRecords  Section = "other"         // bills, scores of others, and schemas that this program does not know
)

// Month of a payment history.
type Month struct {
	Month string `json:"month"` // YYYY-MM
	Code  string `json:"code"`  // x/attestation/schemas/README.md, payment_history
}

// Look is one inquiry.
type Look struct {
	Inquiry string    `json:"inquiry"`
	By      string    `json:"by"`
	Name    string    `json:"by_name"`
	Purpose string    `json:"purpose"`
	Kind    string    `json:"kind"` // hard, soft or own
	Time    time.Time `json:"time"`
}

// Dispute of a tradeline. The chain has commitments to what was said and not the words.
type Dispute struct {
	ID        string     `json:"id"`
	Tradeline string     `json:"tradeline"`
	Furnisher string     `json:"furnisher"`
	Name      string     `json:"furnisher_name"`
	Reason    string     `json:"reason"`
	Status    string     `json:"status"`
	Outcome   string     `json:"outcome,omitempty"`
	OpenedAt  time.Time  `json:"opened_at"`
	DueAt     *time.Time `json:"due_at,omitempty"`
	Facts     string     `json:"facts,omitempty"`     // commitment to what the subject brought forward
	Evidence  string     `json:"evidence,omitempty"`  // commitment of the furnisher or the mediator
	Statement string     `json:"statement,omitempty"` // commitment to the subject's own words beside a record that stays
}

// Open tells whether somebody still has to act.
func (d *Dispute) Open() bool { return d.Status != "closed" }

// names of the built-in schemas by their ids in hexadecimal.
var names = sync.OnceValue(func() map[string]string {
	known := map[string]string{}
	for _, definition := range schemas.All() {
		id := definition.ID()
		known[hex.EncodeToString(id[:])] = definition.Name
	}
	return known
})

func sectionOf(schema string) Section {
	switch names()[schema] {
	case schemas.TradelineFirm, schemas.TradelinePerson:
		return Tradelines
	case schemas.TaxStanding, schemas.Licence:
		return PublicRecords
	default:
		return OtherRecords
	}
}

// historyOf reads a payment history: its characters are for the months before reported_as_of, newest first.
func historyOf(values map[string]string) []Month {
	codes := values["payment_history"]
	asOf, err := time.Parse(time.DateOnly, values["reported_as_of"])
	if err != nil || len(codes) > maxHistory {
		return nil
	}
	first := time.Date(asOf.Year(), asOf.Month(), 1, 0, 0, 0, 0, time.UTC)
	var months []Month
	for i := range len(codes) {
		months = append(months, Month{Month: first.AddDate(0, -(i + 1), 0).Format("2006-01"), Code: codes[i : i+1]})
	}
	return months
}

// maxHistory is more months than a code field has characters.
const maxHistory = 64

// level of a payment history's code: 0 current, 1 to 6 late, 7 a loss; -1 where nothing is known.
func level(code string) int {
	switch code {
	case "0", "E": // E: zero balance, current
		return 0
	case "1", "2", "3", "4", "5", "6":
		return int(code[0] - '0')
	case "G", "H", "J", "K", "L": // collection, foreclosure, surrender, repossession, charge-off
		return score.LevelLoss
	default:
		return -1
	}
}

// levelOfStatus of an account.
func levelOfStatus(status string) int {
	switch status {
	case "71":
		return 1
	case "78":
		return 2
	case "80":
		return 3
	case "82":
		return 4
	case "83":
		return 5
	case "84":
		return 6
	case "93", "97":
		return score.LevelLoss
	default:
		return 0
	}
}

// negative tells whether a record's own fields count against its subject now.
func negative(values map[string]string) bool {
	if values["standing"] == "DELINQUENT" || values["standing"] == "LATE" {
		return true
	}
	if s := values["status"]; s == "SUSPENDED" || s == "REVOKED" {
		return true
	}
	reading, err := clock.Read(values)
	return err == nil && reading.Negative()
}

func disputeOf(d credittypes.Dispute) Dispute {
	out := Dispute{
		ID: hex.EncodeToString(d.Id), Tradeline: hex.EncodeToString(d.TradelineId), Furnisher: d.Furnisher,
		Reason: word(d.Reason.String(), "DISPUTE_REASON_"), Status: word(d.Status.String(), "DISPUTE_STATUS_"), OpenedAt: d.OpenedAt.UTC(),
		Facts: hex.EncodeToString(d.Facts), Evidence: hex.EncodeToString(d.Evidence), Statement: hex.EncodeToString(d.Statement),
	}
	if d.Outcome != credittypes.DISPUTE_OUTCOME_UNSPECIFIED {
		out.Outcome = word(d.Outcome.String(), "DISPUTE_OUTCOME_")
	}
	if !d.DueAt.IsZero() && d.DueAt.Unix() > 0 {
		due := d.DueAt.UTC()
		out.DueAt = &due
	}
	return out
}
