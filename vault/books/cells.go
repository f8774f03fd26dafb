package books

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// Types that a column is read as.
const (
	typeText       = "text"       // as it is, without outer spaces
	typeName       = "name"       // text that may be Windows-1252
	typeIdentifier = "identifier" // capital letters, digits, '-', '_' and '.'
	typeDigits     = "digits"
	typeLetters    = "letters"
	typeInteger    = "integer"
	typeMoney      = "money"
	typeDate       = "date"
)

const absent = "absent"

// cells reads the values of one row. The first value that cannot be used makes the row a reject, and the rest is not looked
// at.
type cells struct {
	names    []string // of the columns that the mapping uses
	asOf     string   // YYYY-MM-DD
	fields   []string // one for each name; "" for one that the row lacks
	values   []string // of the steps so far; "" for absent
	currency string
	exponent int // of the currency's minor unit
	reject   *Reject
	repaired []string
}

func (c *cells) reset(fields []string) {
	c.fields, c.reject, c.repaired, c.currency = fields, nil, c.repaired[:0], ""
	clear(c.values)
}

// refuse makes the row a reject unless it is one already. The reason holds no value of the row, so that it can
// be counted and logged; the raw row says the rest.
func (c *cells) refuse(column, reason string) {
	if c.reject == nil {
		c.reject = &Reject{Column: column, Reason: reason}
	}
}

// text returns a value without outer spaces.
func (c *cells) text(column int) string { return strings.TrimSpace(c.fields[column]) }

// identifier checks a number made of letters, digits and hyphens.
func (c *cells) identifier(column int, text, reason string) string {
	if commitment.Canonical(commitment.Code, text) != nil {
		c.refuse(c.names[column], first(reason, "is not 1 to 32 capital letters, digits, '-', '_' or '.'"))
	}
	return text
}

// name checks a name. Bytes that are not UTF-8 are read as Windows-1252, which spreadsheets write, and the repair is noted.
func (c *cells) name(column int, text, reason string) string {
	if !utf8.ValidString(text) {
		repaired, ok := decodeWindows1252(text)
		if !ok {
			c.refuse(c.names[column], first(reason, "is neither UTF-8 nor Windows-1252"))
			return ""
		}
		text = repaired
		c.repaired = append(c.repaired, c.names[column])
	}
	if commitment.Canonical(commitment.String, text) != nil {
		c.refuse(c.names[column], first(reason, "has control characters or is too long"))
	}
	return text
}

// digits checks a code of exactly n digits; "" where the book has none: zeros.
func (c *cells) digits(column int, text string, n int, reason string) string {
	if strings.Trim(text, "0") == "" {
		return ""
	}
	if len(text) != n || strings.Trim(text, "0123456789") != "" {
		c.refuse(c.names[column], first(reason, "is not a code of "+strconv.Itoa(n)+" digits"))
	}
	return text
}

func (c *cells) letters(column int, text string, n int, reason string) string {
	if len(text) != n || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		c.refuse(c.names[column], first(reason, "is not "+strconv.Itoa(n)+" capital letters"))
	}
	return text
}

// integer checks a whole number between low and high.
func (c *cells) integer(column int, text string, low, high int64, reason string) int64 {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		c.refuse(c.names[column], first(reason, "is not a whole number"))
	} else if n < low || n > high {
		c.refuse(c.names[column], first(reason, "is not between "+strconv.FormatInt(low, 10)+" and "+strconv.FormatInt(high, 10)))
	}
	return n
}

// money checks an amount and returns it in minor units of the row's currency.
func (c *cells) money(column int, text string, writing Money, positive bool, reason string) int64 {
	minor, ok := writing.parse(text, c.exponent)
	switch {
	case !ok:
		c.refuse(c.names[column], first(reason, "is not an amount of money"))
	case positive && minor < 0:
		c.refuse(c.names[column], first(reason, "is negative"))
	}
	return minor
}

// date checks a date and returns it as YYYY-MM-DD, which compares like the dates themselves, or "" where zeros stand for
// none. A date after the book's own is refused.
func (c *cells) date(column int, text string, forms dateForms, reason string) string {
	date, ok := forms.parse(text, c.asOf)
	switch {
	case !ok:
		c.refuse(c.names[column], first(reason, forms.reason()))
		return ""
	case date > c.asOf:
		c.refuse(c.names[column], first(reason, "is after the book's date"))
	}
	return date
}

// minor writes an amount in minor units as a record's canonical text.
func minor(amount int64) string { return strconv.FormatInt(amount, 10) }

// first of two texts that is not empty.
func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
