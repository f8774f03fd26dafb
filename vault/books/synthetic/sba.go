package synthetic

import (
	"strconv"
	"strings"
	"time"
)

// sbaHeader is the header of the real file.
const sbaHeader = "LoanNr_ChkDgt,BorrowerNo,State,Zip,Bank,BankState,NAICS,ApprovalDate,ApprovalFY,Term,NoEmp,NewExist," +
	"CreateJob,RetainedJob,FranchiseCode,UrbanRural,RevLineCr,LowDoc,ChgOffDate,DisbursementDate,DisbursementGross," +
	"MIS_Status,ChgOffPrinGr,GrAppv,SBA_Appv"

var sbaColumns = strings.Split(sbaHeader, ",")

// lenders in the order of their size; one has a comma, so that its name is quoted like some real ones.
var lenders = [...]string{
	"FIRST SYNTHETIC BANK", `"SPECIMEN BANK, NATIONAL ASSOCIATION"`, "EXAMPLE SAVINGS & TRUST", "TEST VALLEY CREDIT UNION",
	"PLACEHOLDER BANKCORP", "SAMPLE STATE BANK", "FIXTURE COMMUNITY BANK", "MOCKINGBIRD BUSINESS LOANS",
}

// MaxLenders is the number of lenders that there are names for.
const MaxLenders = len(lenders)

// firm is a borrower: a firm has its number, seat and sector in every row that it appears in.
type firm struct{ number, state, zip, naics string }

// loan makes row n of an sba book.
func (g *generator) loan(n int) []string {
	borrower := g.firm()
	approved := time.Date(g.between(1996, 2007), time.Month(g.between(1, 12)), g.between(1, 28), 0, 0, 0, 0, time.UTC)
	disbursed := approved.AddDate(0, g.between(0, 6), g.between(1, 25))
	term := g.between(1, 25) * 12
	granted := g.between(1, 100) * 5000
	gross := granted
	if g.chance(2500) {
		gross += g.between(1, 50) * 1234
	}

	fields := map[string]string{
		"LoanNr_ChkDgt":     id(n),
		"BorrowerNo":        borrower.number,
		"State":             borrower.state,
		"Zip":               borrower.zip,
		"Bank":              g.lender(),
		"BankState":         g.pick("NC", "VA", "RI", "CA"),
		"NAICS":             borrower.naics,
		"ApprovalDate":      slashDate(approved),
		"ApprovalFY":        strconv.Itoa(approved.AddDate(0, 3, 0).Year()),
		"Term":              strconv.Itoa(term),
		"NoEmp":             strconv.Itoa(g.between(1, 40)),
		"NewExist":          g.pick("1", "1", "2"),
		"CreateJob":         "0",
		"RetainedJob":       "0",
		"FranchiseCode":     "1",
		"UrbanRural":        g.pick("0", "1", "2"),
		"RevLineCr":         g.pick("N", "N", "N", "Y", "Y", "0"),
		"LowDoc":            g.pick("N", "N", "N", "Y"),
		"DisbursementDate":  slashDate(disbursed),
		"DisbursementGross": strconv.Itoa(gross),
		"MIS_Status":        "P I F",
		"ChgOffPrinGr":      "0",
		"GrAppv":            strconv.Itoa(granted),
		"SBA_Appv":          strconv.Itoa(granted * 3 / 4),
	}
	if g.chance(2100) { // about as many of the real loans were charged off, 1 in 25 of them paid in the end
		fields["ChgOffDate"] = dashDate(disbursed.AddDate(g.between(1, 5), g.between(0, 11), 0))
		fields["ChgOffPrinGr"] = strconv.Itoa(g.between(1, gross))
		if !g.chance(400) {
			fields["MIS_Status"] = "CHGOFF"
		}
	}
	g.soil(fields, approved)

	row := make([]string, len(sbaColumns))
	for i, column := range sbaColumns {
		row[i] = fields[column]
	}
	return row
}

// firm returns a new borrower, or, one time in eight, one that has a loan already: often at another lender.
func (g *generator) firm() firm {
	if len(g.firms) > 0 && g.chance(1250) {
		return g.firms[g.rand.IntN(len(g.firms))]
	}
	f := firm{
		number: id(len(g.firms)),
		state:  g.pick("CA", "FL", "TX", "NY", "OH", "PA", "IL", "MA"),
		zip:    strconv.Itoa(g.between(1000, 99999)), // the real file lost leading zeros
		naics:  g.pick("0", "722110", "811111", "561730", "812112", "621210"),
	}
	g.firms = append(g.firms, f)
	return f
}

// lender picks a lender, the first ones more often.
func (g *generator) lender() string {
	return lenders[min(g.rand.IntN(g.lenders), g.rand.IntN(g.lenders))]
}

// soil adds what is wrong in real books, at about its rate there where it is in the real file, and at a
// similar rate where the real file's documentation only says that it happens.
func (g *generator) soil(fields map[string]string, approved time.Time) {
	chargedOff := fields["MIS_Status"] == "CHGOFF"
	for _, dirt := range []struct {
		perMyriad int
		column    string
		value     string
	}{
		{50, "MIS_Status", ""},
		{3, "MIS_Status", "CURRENT"},
		{15, "DisbursementDate", ""},
		{5, "DisbursementDate", slashDate(approved.AddDate(0, 0, -6))},
		{10, "DisbursementDate", dashDate(approved.AddDate(0, 2, 0))},
		{5, "DisbursementGross", "0"},
		{50, "DisbursementGross", `"$` + thousands(fields["DisbursementGross"]) + `.00 "`},
		{10, "Bank", ""},
		{5, "Bank", "BANCO SINT\xc9TICO"}, // Windows-1252
		{15, "Term", "0"},
		{5, "RevLineCr", "`"},
		{5, "RevLineCr", `","`},
		{5, "RevLineCr", ""},
		{450, "RevLineCr", "T"},
	} {
		if g.chance(dirt.perMyriad) {
			fields[dirt.column] = dirt.value
		}
	}
	if chargedOff && g.chance(60) {
		fields["ChgOffPrinGr"] = "0"
	}
	if chargedOff && g.chance(20) {
		fields["ChgOffDate"] = ""
	}
}

// thousands writes a number with a comma before its last three digits, as far as there are that many.
func thousands(n string) string {
	if len(n) <= 3 {
		return n
	}
	return n[:len(n)-3] + "," + n[len(n)-3:]
}
