package books

import (
	"strconv"
	"strings"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
)

// Columns of the SBA's loan file that are used. The others say nothing about the debt.
const (
	sbaAccount      = "LoanNr_ChkDgt"
	sbaBorrower     = "BorrowerNo"
	sbaState        = "State"
	sbaBank         = "Bank"
	sbaNAICS        = "NAICS"
	sbaApproved     = "ApprovalDate"
	sbaTerm         = "Term"
	sbaRevolving    = "RevLineCr"
	sbaChargeOff    = "ChgOffDate"
	sbaDisbursed    = "DisbursementDate"
	sbaGross        = "DisbursementGross"
	sbaStatus       = "MIS_Status"
	sbaChargeOffAmt = "ChgOffPrinGr"
	sbaApprovedAmt  = "GrAppv"
	sbaGuaranteed   = "SBA_Appv"
)

// maxTermMonths is beyond any loan of the programme, whose longest are of 25 years and some extensions.
const maxTermMonths = 600

var sbaBook = book{
	format:  FormatSBA,
	schema:  schemas.TradelineFirm,
	subject: LegalEntity,
	asOf:    "2014-12-31",
	lender:  sbaBank,
	columns: []string{
		sbaAccount, sbaBorrower, sbaState, sbaBank, sbaNAICS, sbaApproved, sbaTerm, sbaRevolving, sbaChargeOff,
		sbaDisbursed, sbaGross, sbaStatus, sbaChargeOffAmt, sbaApprovedAmt, sbaGuaranteed,
	},
	convert: convertSBA,
}

// convertSBA maps one loan; the README has the table and the reasons.
func convertSBA(c *cells) (account, subject string, record commitment.Record) {
	account, subject = c.identifier(sbaAccount), c.identifier(sbaBorrower)
	record = commitment.Record{"currency": "USD", "reported_as_of": c.asOf}
	sbaOpening(c, record)
	sbaOutcome(c, record)
	if sector := c.digits(sbaNAICS, 6); sector != "" {
		record["sector"] = sector
	}
	if state := c.text(sbaState); state != "" {
		if len(state) != 2 || strings.Trim(state, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			c.refuse(sbaState, "is not a state's two letters")
		}
		record["region"] = "US-" + state
	}
	return account, subject, record
}

// sbaOpening fills in what was agreed and lent. A loan of which nothing was paid out is no debt, so it cannot
// be furnished as one.
func sbaOpening(c *cells, record commitment.Record) {
	approved, disbursed := c.date(sbaApproved), c.date(sbaDisbursed)
	gross := c.positive(sbaGross)
	limit, guaranteed := c.positive(sbaApprovedAmt), c.positive(sbaGuaranteed)
	switch {
	case disbursed == "":
		c.refuse(sbaDisbursed, "is blank: the loan was not paid out, or nobody knows when")
	case gross == 0:
		c.refuse(sbaGross, "is zero: the loan was not paid out")
	case disbursed < approved:
		c.refuse(sbaDisbursed, "is before "+sbaApproved)
	case guaranteed > limit:
		c.refuse(sbaGuaranteed, "is more than "+sbaApprovedAmt)
	}
	record["opened"] = disbursed
	record["original_amount"] = minor(gross)
	record["guaranteed_amount"] = minor(guaranteed)
	if c.text(sbaTerm) != "" {
		if term := c.integer(sbaTerm, 0, maxTermMonths); term > 0 {
			record["term_months"] = strconv.FormatInt(term, 10)
		}
	}
	// Beside Y and N the column holds 0, T, stray punctuation and blanks. What they meant is not known, so the
	// portfolio type is left absent; the debt is as true without it.
	switch c.text(sbaRevolving) {
	case "Y":
		record["portfolio_type"] = "C"
		record["credit_limit"] = minor(limit)
	case "N":
		record["portfolio_type"] = "I"
	}
}

// sbaOutcome fills in how the loan ended. Its words are the file's: paid in full, or charged off.
func sbaOutcome(c *cells, record commitment.Record) {
	date, amount := c.date(sbaChargeOff), int64(0)
	if c.text(sbaChargeOffAmt) != "" {
		amount = c.positive(sbaChargeOffAmt)
	}
	var balance int64
	switch status := strings.ReplaceAll(strings.ToUpper(c.text(sbaStatus)), " ", ""); status {
	case "PIF":
		if date == "" && amount == 0 {
			record["status"] = "13"
			break
		}
		record["status"] = "64" // paid in full after a charge-off
	case "CHGOFF":
		record["status"] = "97"
		balance = amount
	case "":
		c.refuse(sbaStatus, "is blank: neither paid in full nor charged off")
	default:
		c.refuse(sbaStatus, "is neither P I F nor CHGOFF")
	}
	record["balance"], record["past_due"] = minor(balance), minor(balance)
	if record["status"] == "13" {
		return
	}
	switch {
	case date == "":
		c.refuse(sbaChargeOff, "is blank for a loan that was charged off")
	case amount == 0:
		c.refuse(sbaChargeOffAmt, "is zero for a loan that was charged off")
	case date < record["opened"]:
		c.refuse(sbaChargeOff, "is before "+sbaDisbursed)
	}
	record["charge_off_date"], record["charge_off_amount"] = date, minor(amount)
}

// minor writes an amount in minor units as a record's canonical text.
func minor(amount int64) string { return strconv.FormatInt(amount, 10) }
