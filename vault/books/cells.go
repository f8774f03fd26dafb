package books

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// cells reads the values of one row by column name. The first value that cannot be used makes the row a
// reject; what is read after that does not matter, so that a conversion reads all it needs and looks once.
type cells struct {
	at       map[string]int // position of each column
	asOf     string         // YYYY-MM-DD
	fields   []string
	reject   *Reject
	repaired []string
}

func (c *cells) reset(fields []string) {
	c.fields, c.reject, c.repaired = fields, nil, c.repaired[:0]
}

// refuse makes the row a reject unless it is one already. The reason holds no value of the row, so that it can
// be counted and logged; the raw row says the rest.
func (c *cells) refuse(column, reason string) {
	if c.reject == nil {
		c.reject = &Reject{Column: column, Reason: reason}
	}
}

// text returns a value without outer spaces.
func (c *cells) text(column string) string { return strings.TrimSpace(c.fields[c.at[column]]) }

// identifier returns a number that must be there and be made of letters, digits and hyphens.
func (c *cells) identifier(column string) string {
	text := c.text(column)
	switch {
	case text == "":
		c.refuse(column, "is blank")
	case commitment.Canonical(commitment.Code, text) != nil:
		c.refuse(column, "is not 1 to 32 capital letters, digits, '-', '_' or '.'")
	}
	return text
}

// name returns a name that must be there. Bytes that are not UTF-8 are read as Windows-1252, which
// spreadsheets write, and the repair is noted.
func (c *cells) name(column string) string {
	text := c.text(column)
	if !utf8.ValidString(text) {
		repaired, ok := decodeWindows1252(text)
		if !ok {
			c.refuse(column, "is neither UTF-8 nor Windows-1252")
			return ""
		}
		text = repaired
		c.repaired = append(c.repaired, column)
	}
	switch {
	case text == "":
		c.refuse(column, "is blank")
	case commitment.Canonical(commitment.String, text) != nil:
		c.refuse(column, "has control characters or is too long")
	}
	return text
}

// digits returns a code of exactly n digits, or "" where the book has none: blank or zero.
func (c *cells) digits(column string, n int) string {
	text := c.text(column)
	if strings.Trim(text, "0") == "" {
		return ""
	}
	if _, err := strconv.ParseUint(text, 10, 64); err != nil || len(text) != n {
		c.refuse(column, "is not a code of "+strconv.Itoa(n)+" digits")
	}
	return text
}

// integer returns a whole number between low and high; blank is refused.
func (c *cells) integer(column string, low, high int64) int64 {
	n, err := strconv.ParseInt(c.text(column), 10, 64)
	if err != nil {
		c.refuse(column, "is not a whole number")
	} else if n < low || n > high {
		c.refuse(column, "is not between "+strconv.FormatInt(low, 10)+" and "+strconv.FormatInt(high, 10))
	}
	return n
}

// amount returns an amount of money in minor units; blank is refused. See parseAmount for what is read.
func (c *cells) amount(column string) int64 {
	minor, ok := parseAmount(c.text(column))
	if !ok {
		c.refuse(column, "is not an amount of money")
	}
	return minor
}

// positive is amount for what cannot be negative.
func (c *cells) positive(column string) int64 {
	minor := c.amount(column)
	if minor < 0 {
		c.refuse(column, "is negative")
	}
	return minor
}

// date returns a date as YYYY-MM-DD, which compares like the dates themselves, or "" where it is blank. A date
// after the book's own is refused.
func (c *cells) date(column string) string {
	text := c.text(column)
	if text == "" {
		return ""
	}
	date, ok := parseDate(text, c.asOf)
	if !ok {
		c.refuse(column, "is not a date (read are 2/28/1997, 28-Feb-97 and 1997-02-28)")
		return ""
	}
	if date > c.asOf {
		c.refuse(column, "is after the book's date")
	}
	return date
}

// parseAmount reads 60000, $60,000.00, -250 and the like: optional sign, optional dollar sign, optional
// commas between groups of three digits, at most two decimals. A comma elsewhere is refused, for it might be
// another country's decimal point.
func parseAmount(text string) (minor int64, ok bool) {
	text, negative := strings.CutPrefix(text, "-")
	text = strings.TrimPrefix(text, "$")
	whole, cents, point := strings.Cut(text, ".")
	if point && (len(cents) == 0 || len(cents) > 2) {
		return 0, false
	}
	groups := strings.Split(whole, ",")
	for i, group := range groups {
		if i > 0 && len(group) != 3 || len(groups) > 1 && (len(group) == 0 || len(group) > 3) {
			return 0, false
		}
	}
	digits := strings.Join(groups, "") + (cents + "00")[:2]
	// ParseUint takes digits only, whereas ParseInt would take a second sign.
	value, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || whole == "" || value > math.MaxInt64 {
		return 0, false
	}
	if negative {
		return -int64(value), true
	}
	return int64(value), true
}

// parseDate reads month/day/year, day-Mon-year and year-month-day. A year of two digits is the latest one with
// these digits that is not after asOf's: a book tells what has happened.
func parseDate(text, asOf string) (date string, ok bool) {
	var year, month, day string
	switch {
	case strings.Contains(text, "/"):
		month, day, ok = strings.Cut(text, "/")
		day, year, _ = strings.Cut(day, "/")
	case len(text) == len(time.DateOnly) && text[4] == '-':
		return text, commitment.Canonical(commitment.Date, text) == nil
	default:
		day, month, ok = strings.Cut(text, "-")
		month, year, _ = strings.Cut(month, "-")
		month = monthNumber(month)
	}
	if !ok || len(month) == 0 || len(month) > 2 || len(day) == 0 || len(day) > 2 {
		return "", false
	}
	if len(year) == 2 {
		century, pivot := asOf[:2], asOf[2:4]
		if year > pivot {
			n, _ := strconv.Atoi(century) // asOf is a canonical date
			century = pad(strconv.Itoa(max(n-1, 0)))
		}
		year = century + year
	}
	date = year + "-" + pad(month) + "-" + pad(day)
	return date, commitment.Canonical(commitment.Date, date) == nil
}

// pad makes a number of one digit two digits long.
func pad(n string) string {
	if len(n) == 1 {
		return "0" + n
	}
	return n
}

// monthNumber returns the number of an English month of three letters, or "".
func monthNumber(name string) string {
	const names = "janfebmaraprmayjunjulaugsepoctnovdec"
	i := strings.Index(names, strings.ToLower(name))
	if len(name) != 3 || i < 0 || i%3 != 0 {
		return ""
	}
	return strconv.Itoa(i/3 + 1)
}
