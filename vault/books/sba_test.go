package books_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
)

var goodLoan = map[string]string{
	"LoanNr_ChkDgt": "SYN0000001", "BorrowerNo": "SYN123456", "State": "IN", "Bank": "First Bank", "NAICS": "451120",
	"ApprovalDate": "2/28/1997", "Term": "84", "RevLineCr": "N", "ChgOffDate": "", "DisbursementDate": "5/31/1997",
	"DisbursementGross": "60000", "MIS_Status": "P I F", "ChgOffPrinGr": "0", "GrAppv": "60000", "SBA_Appv": "48000",
	"Zip": "47711", // a column that is not used
}

func TestSBARow(t *testing.T) {
	row := one(t, books.FormatSBA, goodLoan, nil)
	require.Len(t, row.Raw, len(goodLoan), "as found, for the rejects file")
	require.Contains(t, row.Raw, "SYN0000001")
	row.Raw = nil
	require.Equal(t, books.Row{
		Line: 2, Account: "SYN0000001", Subject: "SYN123456", SubjectKind: books.LegalEntity, Lender: "First Bank",
		Schema: schemas.TradelineFirm,
		Record: commitment.Record{
			"portfolio_type": "I", "currency": "USD", "opened": "1997-05-31", "term_months": "84",
			"original_amount": "6000000", "guaranteed_amount": "4800000", "balance": "0", "past_due": "0", "status": "13",
			"sector": "451120", "region": "US-IN", "reported_as_of": "2014-12-31",
		},
	}, row)
}

func TestSBAConversions(t *testing.T) {
	chargedOff := func(change map[string]string) map[string]string {
		all := map[string]string{"MIS_Status": "CHGOFF", "ChgOffDate": "4-Jun-10", "ChgOffPrinGr": "20895.5"}
		for column, value := range change {
			all[column] = value
		}
		return all
	}
	type values = map[string]string
	runConversions(t, books.FormatSBA, goodLoan, map[string]conversion{
		"charged off": {change: chargedOff(nil), record: values{
			"status": "97", "charge_off_date": "2010-06-04", "charge_off_amount": "2089550", "balance": "2089550", "past_due": "2089550",
		}},
		"charged off, then paid": {change: chargedOff(values{"MIS_Status": "P I F"}), record: values{
			"status": "64", "charge_off_date": "2010-06-04", "charge_off_amount": "2089550", "balance": "0", "past_due": "0",
		}},
		"more charged off than lent: interest": {change: chargedOff(values{"ChgOffPrinGr": "70000"}), record: values{"charge_off_amount": "7000000"}},
		"status spelt otherwise":               {change: values{"MIS_Status": " pif "}, record: values{"status": "13"}},
		"no charge-off fields when paid":       {change: values{"ChgOffPrinGr": ""}, record: values{"charge_off_date": "-", "charge_off_amount": "-"}},
		"line of credit":                       {change: values{"RevLineCr": "Y"}, record: values{"portfolio_type": "C", "credit_limit": "6000000"}},
		"instalment":                           {record: values{"portfolio_type": "I", "credit_limit": "-"}},
		"kind unknown: 0":                      {change: values{"RevLineCr": "0"}, record: values{"portfolio_type": "-", "credit_limit": "-"}},
		"kind unknown: T":                      {change: values{"RevLineCr": "T"}, record: values{"portfolio_type": "-"}},
		"kind unknown: backquote":              {change: values{"RevLineCr": "`"}, record: values{"portfolio_type": "-"}},
		"kind unknown: comma":                  {change: values{"RevLineCr": ","}, record: values{"portfolio_type": "-"}},
		"kind unknown: not UTF-8":              {change: values{"RevLineCr": "\xff"}, record: values{"portfolio_type": "-"}},
		"dirt in an unused column":             {change: values{"Zip": "\xff\x00"}, record: values{"status": "13"}},
		"term of zero is not known":            {change: values{"Term": "0"}, record: values{"term_months": "-"}},
		"term blank":                           {change: values{"Term": ""}, record: values{"term_months": "-"}},
		"sector of zero is not known":          {change: values{"NAICS": "0"}, record: values{"sector": "-"}},
		"sector blank":                         {change: values{"NAICS": ""}, record: values{"sector": "-"}},
		"state blank":                          {change: values{"State": ""}, record: values{"region": "-"}},
		"date with a name and two digits":      {change: values{"DisbursementDate": "31-May-97"}, record: values{"opened": "1997-05-31"}},
		"approval blank":                       {change: values{"ApprovalDate": ""}, record: values{"opened": "1997-05-31"}},
		"amount as a spreadsheet shows it":     {change: values{"DisbursementGross": "$1,060,000.25 "}, record: values{"original_amount": "106000025"}},
		"paid out more than granted: a line":   {change: values{"DisbursementGross": "165553"}, record: values{"original_amount": "16555300"}},

		"no account":               {change: values{"LoanNr_ChkDgt": " "}, column: "LoanNr_ChkDgt", reason: "is blank"},
		"account with a space":     {change: values{"LoanNr_ChkDgt": "1 2"}, column: "LoanNr_ChkDgt", reason: "is not 1 to 32"},
		"no borrower":              {change: values{"BorrowerNo": ""}, column: "BorrowerNo", reason: "is blank"},
		"borrower not UTF-8":       {change: values{"BorrowerNo": "US\xe9"}, column: "BorrowerNo", reason: "is not 1 to 32"},
		"no lender":                {change: values{"Bank": ""}, column: "Bank", reason: "is blank"},
		"lender in no encoding":    {change: values{"Bank": "B\x81NK"}, column: "Bank", reason: "neither UTF-8 nor Windows-1252"},
		"lender with control":      {change: values{"Bank": "B\x00NK"}, column: "Bank", reason: "control characters"},
		"status blank":             {change: values{"MIS_Status": ""}, column: "MIS_Status", reason: "is blank"},
		"status unknown":           {change: values{"MIS_Status": "CURRENT"}, column: "MIS_Status", reason: "is neither P I F nor CHGOFF"},
		"never paid out":           {change: values{"DisbursementDate": ""}, column: "DisbursementDate", reason: "is blank"},
		"nothing paid out":         {change: values{"DisbursementGross": "0"}, column: "DisbursementGross", reason: "is zero"},
		"negative amount":          {change: values{"DisbursementGross": "-1"}, column: "DisbursementGross", reason: "is negative"},
		"amount blank":             {change: values{"GrAppv": ""}, column: "GrAppv", reason: "is not an amount"},
		"amount with text":         {change: values{"SBA_Appv": "48k"}, column: "SBA_Appv", reason: "is not an amount"},
		"guarantee over the loan":  {change: values{"SBA_Appv": "60001"}, column: "SBA_Appv", reason: "is more than GrAppv"},
		"paid out before approval": {change: values{"DisbursementDate": "2/27/1997"}, column: "DisbursementDate", reason: "is before ApprovalDate"},
		"approval not a date":      {change: values{"ApprovalDate": "Feb 97"}, column: "ApprovalDate", reason: "is not a date"},
		"day that is not":          {change: values{"DisbursementDate": "2/30/1998"}, column: "DisbursementDate", reason: "is not a date"},
		"after the book":           {change: values{"DisbursementDate": "1/1/2015"}, column: "DisbursementDate", reason: "is after the book's date"},
		"charged off, no date":     {change: chargedOff(values{"ChgOffDate": ""}), column: "ChgOffDate", reason: "is blank"},
		"charged off, no amount":   {change: chargedOff(values{"ChgOffPrinGr": "0"}), column: "ChgOffPrinGr", reason: "is zero"},
		"charged off, negative":    {change: chargedOff(values{"ChgOffPrinGr": "-5"}), column: "ChgOffPrinGr", reason: "is negative"},
		"charged off before lent":  {change: chargedOff(values{"ChgOffDate": "30-May-97"}), column: "ChgOffDate", reason: "is before DisbursementDate"},
		"paid, amount but no date": {change: values{"ChgOffPrinGr": "5"}, column: "ChgOffDate", reason: "is blank"},
		"paid, date but no amount": {change: values{"ChgOffDate": "4-Jun-10"}, column: "ChgOffPrinGr", reason: "is zero"},
		"term with text":           {change: values{"Term": "7 years"}, column: "Term", reason: "is not a whole number"},
		"term negative":            {change: values{"Term": "-1"}, column: "Term", reason: "is not between 0 and 600"},
		"sector with text":         {change: values{"NAICS": "45112X"}, column: "NAICS", reason: "is not a code of 6 digits"},
		"sector cut short":         {change: values{"NAICS": "4511"}, column: "NAICS", reason: "is not a code of 6 digits"},
		"state in full":            {change: values{"State": "Indiana"}, column: "State", reason: "two letters"},
	})
}

func TestLenderNameIsRepaired(t *testing.T) {
	row := one(t, books.FormatSBA, goodLoan, map[string]string{"Bank": "CR\xc9DIT D\x92ABORD"})
	require.Nil(t, row.Reject)
	require.Equal(t, "CRÉDIT D’ABORD", row.Lender)
	require.Equal(t, []string{"Bank"}, row.Repaired)
}

func TestRejectKeepsTheRowAndHidesItFromLogs(t *testing.T) {
	row := one(t, books.FormatSBA, goodLoan, map[string]string{"MIS_Status": "", "Bank": "Second Bank"})
	require.Equal(t, "Second Bank", row.Lender)
	require.Contains(t, row.Reject.Raw, "SYN123456")
	require.Equal(t, "line 2: MIS_Status is blank: neither paid in full nor charged off", row.Reject.Error())
	require.NotContains(t, row.Reject.Error(), "SYN")
}

func TestAsOfMovesThePivot(t *testing.T) {
	for asOf, opened := range map[string]string{"2014-12-31": "1997-05-31", "1997-12-31": "1997-05-31", "2097-12-31": "2097-05-31"} {
		change := map[string]string{"DisbursementDate": "31-May-97", "ApprovalDate": ""}
		row := oneAsOf(t, books.FormatSBA, goodLoan, change, asOf)
		require.Nil(t, row.Reject, asOf)
		require.Equal(t, opened, row.Record["opened"])
		require.Equal(t, asOf, row.Record["reported_as_of"])
	}
}
