package synthetic

import "strconv"

// cardHeader is the header of the real file, with the space at its end.
const cardHeader = "ID,LIMIT_BAL,SEX,EDUCATION,MARRIAGE,AGE,PAY_0,PAY_2,PAY_3,PAY_4,PAY_5,PAY_6," +
	"BILL_AMT1,BILL_AMT2,BILL_AMT3,BILL_AMT4,BILL_AMT5,BILL_AMT6," +
	"PAY_AMT1,PAY_AMT2,PAY_AMT3,PAY_AMT4,PAY_AMT5,PAY_AMT6,default "

const cardMonths = 6 // months of status, bill and payment in a row

// card makes row n of a card book. About one account in six is late; of those that are, some owe nothing by
// their bill, as in the real file.
func (g *generator) card(n int) []string {
	limit := g.between(1, 50) * 10_000
	row := []string{
		id(n), strconv.Itoa(limit), g.pick("F", "M"), g.pick("University", "Graduate school", "High School", "Unknown", "0"),
		g.pick("Single", "Married", "Other", "0"), strconv.Itoa(g.between(21, 75)),
	}
	var bills, payments []string
	for range cardMonths {
		bill := g.between(0, limit)
		switch {
		case g.chance(900):
			bill = 0
		case g.chance(220):
			bill = -g.between(1, 2000) // paid too much
		case g.chance(600):
			bill = limit + g.between(1, 5000)
		}
		status := g.pick("0", "0", "0", "-1", "-2")
		if g.chance(1700) {
			status = g.pick("1", "2")
		}
		if g.chance(60) {
			status = strconv.Itoa(g.between(3, 8))
		}
		row = append(row, status)
		bills = append(bills, strconv.Itoa(bill))
		payments = append(payments, strconv.Itoa(g.between(0, max(bill, 0))))
	}
	row = append(append(row, bills...), payments...)
	return append(row, g.pick("N", "N", "N", "N", "Y"))
}
