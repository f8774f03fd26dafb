package books

import (
	"strings"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
)

// CardLender is the furnisher of every card book: the file is one bank's and does not name it.
const CardLender = "CARD ISSUER"

// CardSubjectPrefix comes before the file's ID in a card holder's identity number, so that it cannot be taken for
// a number of another register.
const CardSubjectPrefix = "TWCARD-"

// Columns of the card file that are used. SEX, EDUCATION, MARRIAGE and AGE are not read: the debt is as true
// without them. Nor is the last column, the default of the following month: it is after the book's date.
const (
	cardID      = "ID"
	cardLimit   = "LIMIT_BAL"
	cardPayment = "PAY_AMT1"
)

// Repayment status and bill of each month, newest first. The file has no PAY_1: its PAY_0 goes with BILL_AMT1.
var (
	cardStatus = [...]string{"PAY_0", "PAY_2", "PAY_3", "PAY_4", "PAY_5", "PAY_6"}
	cardBill   = [...]string{"BILL_AMT1", "BILL_AMT2", "BILL_AMT3", "BILL_AMT4", "BILL_AMT5", "BILL_AMT6"}
)

var cardBook = book{
	format:    FormatCard,
	schema:    schemas.TradelinePerson,
	subject:   NaturalPerson,
	asOf:      "2005-09-30",
	furnisher: CardLender,
	columns:   append(append([]string{cardID, cardLimit, cardPayment}, cardStatus[:]...), cardBill[:]...),
	convert:   convertCard,
}

// statusByMonthsLate is the Metro 2 account status for 0, 1, 2, ... months late; the last one is for all beyond.
var statusByMonthsLate = [...]string{"11", "71", "78", "80", "82", "83", "84"}

const historyMonths = 24 // length of Metro 2's payment history profile

// convertCard maps one account; the README has the table and the reasons.
func convertCard(c *cells) (account, subject string, record commitment.Record) {
	account = c.identifier(cardID)
	late, balance := c.monthsLate(0)
	if late > 0 && balance <= 0 {
		c.refuse(cardStatus[0], "says late, and "+cardBill[0]+" that nothing is owed")
	}
	return account, CardSubjectPrefix + account, commitment.Record{
		"portfolio_type":  "R",
		"currency":        "TWD",
		"credit_limit":    minor(c.positive(cardLimit)),
		"balance":         minor(balance),
		"last_payment":    minor(c.positive(cardPayment)),
		"status":          statusByMonthsLate[late],
		"payment_history": cardHistory(c),
		"reported_as_of":  c.asOf,
	}
}

// monthsLate returns how late the account was in a month (0 is the newest), at most the last of
// statusByMonthsLate, and that month's bill. The file's -2 (not used), -1 (paid in full) and 0 (revolving) are
// all paid as agreed.
func (c *cells) monthsLate(month int) (late int, bill int64) {
	status := c.integer(cardStatus[month], -2, 9)
	return int(min(max(status, 0), int64(len(statusByMonthsLate)-1))), c.amount(cardBill[month])
}

// cardHistory is the payment history profile: the months before the newest, newest first. A month that is late by
// one column and has nothing to pay by the other is not reported (D); before the file begins there is no
// history (B).
func cardHistory(c *cells) string {
	history := make([]byte, 0, historyMonths)
	for month := 1; month < len(cardStatus); month++ {
		late, bill := c.monthsLate(month)
		if late > 0 && bill <= 0 {
			history = append(history, 'D')
			continue
		}
		history = append(history, '0'+byte(late))
	}
	return string(history) + strings.Repeat("B", historyMonths-len(history))
}
