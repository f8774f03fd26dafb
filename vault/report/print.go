package report

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/creditd/creditd/x/attestation/schemas"
)

// Print writes the report for people.
func (r *Report) Print(w io.Writer) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(table, format, args...) } // Flush returns the first error
	p("Credit report on subject %s\n", r.Subject)
	p("chain %s, inquiry %s, %s, for %s\n\n", r.ChainID, r.Inquiry, r.Purpose, r.DataUser)
	r.printAlerts(p)
	p("FURNISHER\tKIND\tOPENED\tAMOUNT\tBALANCE\tSTATUS\tAS OF\tREMARK\tPROOF\n")
	for i := range r.Lines {
		l := &r.Lines[i]
		v := l.Values
		amount := cmp.Or(v["original_amount"], v["credit_limit"])
		p("%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", cmp.Or(l.Name, l.Furnisher), schemaName(l.Schema), dash(v["opened"]),
			money(amount, v["currency"]), money(v["balance"], v["currency"]), statusText(v["status"]), dash(v["reported_as_of"]), l.remark(), l.Proof)
	}
	p("\n")
	silent := map[string]bool{}
	for _, f := range r.Furnishers {
		silent[f.Operator] = !f.Answered
	}
	for i := range r.Lines {
		// Why a vault did not answer is said once, below.
		if l := &r.Lines[i]; l.Proof != Verified && !(l.Proof == Withheld && silent[l.Furnisher]) {
			p("%s: tradeline %s of %s: %s\n", l.Proof, l.Tradeline, cmp.Or(l.Name, l.Furnisher), l.Reason)
		}
	}
	for _, f := range r.Furnishers {
		if !f.Answered {
			p("no answer from %s (%s): %s\n", cmp.Or(f.Name, f.Operator), f.Operator, f.Error)
		}
	}
	if r.OutOfScope > 0 {
		p("%d tradelines are of schemas that the consent does not name.\n", r.OutOfScope)
	}
	if hidden := r.Hidden.Suppressed + r.Hidden.Expired + r.Hidden.Erased; hidden > 0 {
		p("%d tradelines are not shown: %d suppressed, %d expired, %d erased.\n", hidden, r.Hidden.Suppressed, r.Hidden.Expired, r.Hidden.Erased)
	}
	p("%d of %d lines verified against the chain.\n", r.Verified, len(r.Lines))
	if r.Receipt != nil {
		p("Receipt left at height %d.\n", r.Receipt.Height)
	}
	for _, s := range r.Steps {
		p("%s:\t%d ms\n", s.Name, s.Millis)
	}
	return table.Flush()
}

// printAlerts says first what the data user has to act on.
func (r *Report) printAlerts(p func(format string, args ...any)) {
	if a := r.FraudAlert; a != nil {
		kind := "FRAUD ALERT"
		if a.Extended {
			kind = "EXTENDED FRAUD ALERT"
		}
		p("%s until %s: check that the applicant is the subject before giving credit.\n", kind, a.Until.Format(time.DateOnly))
	}
	if f := r.Freeze; f != nil {
		p("The file is frozen since %s", f.Since.Format(time.DateOnly))
		if f.LiftedUntil != nil {
			p(", lifted until %s for %s", f.LiftedUntil.Format(time.RFC3339), cmp.Or(f.LiftedFor, "every data user"))
		}
		p(".\n")
	}
	if r.FraudAlert != nil || r.Freeze != nil {
		p("\n")
	}
}

// remark is the compliance code, with what data contracts annotated.
func (l *Line) remark() string {
	var marks []string
	if l.Compliance != "" {
		marks = append(marks, l.Compliance)
	}
	return dash(strings.Join(append(marks, l.Annotations...), " "))
}

func dash(text string) string { return cmp.Or(text, "-") }

// schemaName is the name of a built-in schema, or the start of the id of another.
func schemaName(id string) string {
	for _, definition := range schemas.All() {
		own := definition.ID()
		if fmt.Sprintf("%x", own[:]) == id {
			return definition.Name
		}
	}
	return id[:min(len(id), 12)]
}

// exponents of ISO 4217 that differ from 2.
var exponents = map[string]int{"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "BHD": 3, "KWD": 3, "JOD": 3, "OMR": 3, "TND": 3}

// money writes minor units as people do: 6000000 USD becomes 60000.00 USD.
func money(minor, currency string) string {
	amount, err := strconv.ParseInt(minor, 10, 64)
	if err != nil {
		return "-"
	}
	exponent, special := exponents[currency]
	if !special {
		exponent = 2
	}
	if exponent == 0 {
		return strconv.FormatInt(amount, 10) + " " + currency
	}
	sign, digits := "", strconv.FormatInt(amount, 10)
	if digits[0] == '-' {
		sign, digits = "-", digits[1:]
	}
	for len(digits) <= exponent {
		digits = "0" + digits
	}
	point := len(digits) - exponent
	return sign + digits[:point] + "." + digits[point:] + " " + currency
}

// statuses of Metro 2, in the words of x/attestation/schemas/README.md.
var statuses = map[string]string{
	"11": "current", "71": "30 days late", "78": "60 days late", "80": "90 days late", "82": "120 days late",
	"83": "150 days late", "84": "180 days late", "93": "collections", "97": "charged off", "13": "paid or closed",
	"61": "paid, was late", "62": "paid, was late", "63": "paid, was late", "64": "paid, was charged off", "65": "paid, was late",
}

func statusText(code string) string {
	if text, ok := statuses[code]; ok {
		return code + " " + text
	}
	return dash(code)
}
