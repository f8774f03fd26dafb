package books_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
)

var goodCard = map[string]string{
	"ID": "7", "LIMIT_BAL": "500000", "PAY_0": "0", "PAY_2": "-1", "PAY_3": "-2", "PAY_4": "1", "PAY_5": "5", "PAY_6": "8",
	"BILL_AMT1": "3913", "BILL_AMT2": "3102", "BILL_AMT3": "689", "BILL_AMT4": "10", "BILL_AMT5": "10", "BILL_AMT6": "10",
	"PAY_AMT1": "20", "SEX": "F", "EDUCATION": "University", "MARRIAGE": "Single", "AGE": "24", "default ": "Y",
}

func TestCardRow(t *testing.T) {
	row := one(t, books.FormatCard, goodCard, nil)
	require.Len(t, row.Raw, len(goodCard), "as found, for the rejects file")
	require.Contains(t, row.Raw, "7")
	row.Raw = nil
	require.Equal(t, books.Row{
		Line: 2, Account: "7", Subject: "TWCARD-7", SubjectKind: books.NaturalPerson, Lender: "CARD ISSUER",
		Schema: schemas.TradelinePerson,
		Record: commitment.Record{
			"portfolio_type": "R", "currency": "TWD", "credit_limit": "50000000", "balance": "391300", "last_payment": "2000",
			"status": "11", "payment_history": "00156" + strings.Repeat("B", 19), "reported_as_of": "2005-09-30",
		},
	}, row)
}

func TestCardConversions(t *testing.T) {
	type values = map[string]string
	cases := map[string]conversion{
		"credit balance":               {change: values{"BILL_AMT1": "-316"}, record: values{"balance": "-31600", "status": "11"}},
		"over the limit":               {change: values{"BILL_AMT1": "500001"}, record: values{"balance": "50000100"}},
		"an old month that is unclear": {change: values{"BILL_AMT4": "0"}, record: values{"payment_history": "00D56" + strings.Repeat("B", 19)}},
		"attributes are not read":      {change: values{"SEX": "\xff", "AGE": "?", "default ": ""}, record: values{"status": "11"}},

		"no id":                  {change: values{"ID": ""}, column: "ID", reason: "is blank"},
		"limit blank":            {change: values{"LIMIT_BAL": ""}, column: "LIMIT_BAL", reason: "is not an amount"},
		"limit negative":         {change: values{"LIMIT_BAL": "-1"}, column: "LIMIT_BAL", reason: "is negative"},
		"payment negative":       {change: values{"PAY_AMT1": "-1"}, column: "PAY_AMT1", reason: "is negative"},
		"status blank":           {change: values{"PAY_0": ""}, column: "PAY_0", reason: "is not a whole number"},
		"status too low":         {change: values{"PAY_0": "-3"}, column: "PAY_0", reason: "is not between -2 and 9"},
		"status too high":        {change: values{"PAY_6": "10"}, column: "PAY_6", reason: "is not between -2 and 9"},
		"bill with text":         {change: values{"BILL_AMT3": "n/a"}, column: "BILL_AMT3", reason: "is not an amount"},
		"late with nothing owed": {change: values{"PAY_0": "2", "BILL_AMT1": "0"}, column: "PAY_0", reason: "nothing is owed"},
	}
	for status, code := range map[string]string{
		"-2": "11", "-1": "11", "0": "11", "1": "71", "2": "78", "3": "80", "4": "82", "5": "83", "6": "84", "7": "84", "8": "84", "9": "84",
	} {
		cases["status "+status] = conversion{change: values{"PAY_0": status}, record: values{"status": code}}
	}
	runConversions(t, books.FormatCard, goodCard, cases)
}

// Every field of a record that is about the person, and not about the debt, would be one too many.
func TestCardRecordHasNoAttributeOfThePerson(t *testing.T) {
	row := one(t, books.FormatCard, goodCard, nil)
	for _, value := range row.Record {
		require.NotContains(t, []string{"F", "University", "Single", "24", "Y"}, value)
	}
}
