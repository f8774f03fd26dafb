package books

import (
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// Units of amounts.
const (
	unitMajor = "major"
	unitMinor = "minor"
)

// usualExponent is how many digits most currencies have after the decimal point; exponents has the others (ISO 4217, from
// memory of its table: check a currency of this list before its first book).
const usualExponent = 2

var exponents = map[string]int{
	"BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0, "UYI": 0, "VND": 0,
	"VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3, "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
}

func exponentOf(currency string) int {
	if e, special := exponents[currency]; special {
		return e
	}
	return usualExponent
}

// parse reads 60000, $60,000.00, -250 and the like: optional sign, optional symbol, optional separators between groups of
// three digits, at most as many decimals as the currency has. A separator elsewhere is refused, for it might be another
// country's decimal point.
func (m Money) parse(text string, exponent int) (minor int64, ok bool) {
	if m.Unit == unitMinor {
		exponent = 0
	}
	text, negative := strings.CutPrefix(text, "-")
	if m.Symbol != "" {
		text = strings.TrimPrefix(text, m.Symbol)
	}
	whole, cents, point := strings.Cut(text, m.Decimal)
	if point && (len(cents) == 0 || len(cents) > exponent) {
		return 0, false
	}
	digits := whole
	if m.Thousands != "" && strings.Contains(whole, m.Thousands) {
		groups := strings.Split(whole, m.Thousands)
		for i, group := range groups {
			if i > 0 && len(group) != 3 || len(group) == 0 || len(group) > 3 {
				return 0, false
			}
		}
		digits = strings.Join(groups, "")
	}
	if exponent > 0 {
		digits += (cents + "0000")[:exponent]
	}
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

// Forms in which dates are written.
const (
	dateISO       = "iso"
	dateMDY       = "mdy"
	dateDMY       = "dmy"
	dateNamed     = "d-mon-y"
	dateYYYYMMDD  = "yyyymmdd"
	dateMMDDYYYY  = "mmddyyyy"
	dateDDMMYYYY  = "ddmmyyyy"
	compactDate   = 8 // digits of the last three
	twoDigitYears = 2
)

// dateExamples in the order of the reasons.
var dateExamples = []struct{ form, example string }{
	{dateMDY, "2/28/1997"},
	{dateDMY, "28.2.1997"},
	{dateNamed, "28-Feb-97"},
	{dateISO, "1997-02-28"},
	{dateYYYYMMDD, "19970228"},
	{dateMMDDYYYY, "02281997"},
	{dateDDMMYYYY, "28021997"},
}

// dateForms are those that a column is read in.
type dateForms []string

func (f dateForms) has(form string) bool { return slices.Contains(f, form) }

// reason for refusing what is in none of the forms.
func (f dateForms) reason() string {
	var examples []string
	for _, known := range dateExamples {
		if f.has(known.form) {
			examples = append(examples, known.example)
		}
	}
	read := strings.Join(examples, ", ")
	if at := strings.LastIndex(read, ", "); at >= 0 {
		read = read[:at] + " and " + read[at+2:]
	}
	if len(examples) == 1 {
		return "is not a date (read is " + read + ")"
	}
	return "is not a date (read are " + read + ")"
}

// parse reads a date. A year of two digits is the latest one with these digits that is not after asOf's: a book tells what has
// happened. Compact zeros stand for no date.
func (f dateForms) parse(text, asOf string) (date string, ok bool) {
	year, month, day, ok := f.split(text)
	if !ok {
		return "", false
	}
	if year == "" {
		return "", true
	}
	if len(month) == 0 || len(month) > 2 || len(day) == 0 || len(day) > 2 {
		return "", false
	}
	if len(year) == twoDigitYears {
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

// split tells the forms apart by their shape. All parts are empty for compact zeros.
func (f dateForms) split(text string) (year, month, day string, ok bool) {
	switch {
	case len(text) == len(time.DateOnly) && text[4] == '-':
		return text[:4], text[5:7], text[8:], f.has(dateISO) && text[7] == '-'
	case strings.Contains(text, "/") && f.has(dateMDY):
		month, day, year, ok = cut3(text, "/")
	case strings.Contains(text, "/") && f.has(dateDMY):
		day, month, year, ok = cut3(text, "/")
	case strings.Contains(text, ".") && f.has(dateDMY):
		day, month, year, ok = cut3(text, ".")
	case strings.Contains(text, "-") && f.has(dateNamed):
		day, month, year, ok = cut3(text, "-")
		month = monthNumber(month)
	case len(text) == compactDate && f.compact():
		if strings.Trim(text, "0") == "" {
			return "", "", "", true
		}
		switch {
		case f.has(dateYYYYMMDD):
			return text[:4], text[4:6], text[6:], true
		case f.has(dateMMDDYYYY):
			return text[4:], text[:2], text[2:4], true
		default:
			return text[4:], text[2:4], text[:2], true
		}
	}
	return year, month, day, ok
}

func (f dateForms) compact() bool {
	return f.has(dateYYYYMMDD) || f.has(dateMMDDYYYY) || f.has(dateDDMMYYYY)
}

// cut3 cuts a text at the first two separators; the third part may hold more of them.
func cut3(text, separator string) (a, b, c string, ok bool) {
	a, b, ok = strings.Cut(text, separator)
	b, c, _ = strings.Cut(b, separator)
	return a, b, c, ok && c != ""
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
