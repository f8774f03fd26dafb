package books

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
)

// maxTextBytes bounds every text of a mapping; names of columns are the longest.
const maxTextBytes = 256

// fieldCurrency is filled in from the mapping's currency.
const fieldCurrency = "currency"

var subjectKinds = map[string]SubjectKind{"legal-entity": LegalEntity, "natural-person": NaturalPerson}

// checker collects all that is wrong with a mapping.
type checker struct{ problems []Problem }

func (c *checker) add(where, format string, args ...any) {
	c.problems = append(c.problems, Problem{where, fmt.Sprintf(format, args...)})
}

func (c *checker) err() error {
	if len(c.problems) == 0 {
		return nil
	}
	return &MappingError{c.problems}
}

// oneFrom refuses what is not in a closed set.
func (c *checker) oneFrom(where, key, value string, set ...string) {
	if !slices.Contains(set, value) {
		c.add(where, "%s is %.64q: use one of %s", key, value, strings.Join(set, ", "))
	}
}

// text refuses what is too long or would spoil a line of a report.
func (c *checker) text(where, key, value string) {
	if len(value) > maxTextBytes || !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl) {
		c.add(where, "%s is longer than %d bytes or has control characters", key, maxTextBytes)
	}
}

func (c *checker) mapping(m *Mapping) {
	c.oneFrom("file", "mapping", m.Grammar, Grammar)
	if commitment.Canonical(commitment.Code, strings.ToUpper(m.Name)) != nil || strings.ToLower(m.Name) != m.Name {
		c.add("file", "name is %.64q: give 1 to 32 small letters, digits, '-', '_' or '.'", m.Name)
	}
	c.text("file", "about", m.About)
	c.oneFrom("file", "format", m.Layout, layoutCSV, layoutJSONL, layoutMetro2)
	if _, known := subjectKinds[m.Subject]; !known {
		c.add("file", "subject is %.64q: use legal-entity or natural-person", m.Subject)
	}
	c.asOf(m)
	c.writing(m)
	c.source("lender", m, m.Lender)
	c.source("account", m, m.Account)
	c.source("identity", m, m.Identity)
	c.source("currency", m, m.Currency)
	if m.Account.Constant != "" || m.Identity.Constant != "" {
		c.add("account, identity", "a constant would be the same for every row: give a column")
	}
	if constant := m.Currency.Constant; constant != "" && (len(constant) != 3 || strings.ToUpper(constant) != constant) {
		c.add("currency", "constant is %.64q: give the three letters of ISO 4217", constant)
	}
	c.text("notice", "date", m.Notice.Date)
	c.text("notice", "sha256", m.Notice.SHA256)
	definition, known := schemas.ByName(m.Schema)
	if !known {
		c.add("file", "schema is %.64q, which is not built in: see x/attestation/schemas", m.Schema)
	}
	c.steps(m, definition.Layout(), known)
}

func (c *checker) asOf(m *Mapping) {
	switch m.AsOf {
	case "":
	case asOfHeader:
		if m.Layout != layoutMetro2 {
			c.add("file", "as_of is %q, which only a metro2 file has", m.AsOf)
		}
	default:
		if commitment.Canonical(commitment.Date, m.AsOf) != nil {
			c.add("file", "as_of is %.64q: give a day as YYYY-MM-DD, or leave it out and pass --as-of", m.AsOf)
		}
	}
}

// writing checks how dates, amounts and cells are written.
func (c *checker) writing(m *Mapping) {
	c.oneFrom("file", "separator", m.Sep, ",", ";", "\t", "|")
	if m.Layout != layoutCSV && m.Sep != "," {
		c.add("file", "separator is for format csv")
	}
	for _, form := range m.Dates {
		c.oneFrom("file", "dates", form, dateISO, dateMDY, dateDMY, dateNamed, dateYYYYMMDD, dateMMDDYYYY, dateDDMMYYYY)
	}
	for _, either := range [][]string{{dateMDY, dateDMY}, {dateYYYYMMDD, dateMMDDYYYY, dateDDMMYYYY}} {
		said := 0
		for _, form := range either {
			if slices.Contains(m.Dates, form) {
				said++
			}
		}
		if said > 1 {
			c.add("file", "dates: of %s only one can be meant, the same text would be two days", strings.Join(either, ", "))
		}
	}
	c.oneFrom("money", "unit", m.Money.Unit, unitMajor, unitMinor)
	c.oneFrom("money", "decimal", m.Money.Decimal, ".", ",")
	if m.Money.Thousands != "" {
		c.oneFrom("money", "thousands", m.Money.Thousands, ",", ".", " ", "'", "\u00a0", "\u202f")
		if m.Money.Thousands == m.Money.Decimal {
			c.add("money", "thousands and decimal are the same")
		}
	}
	if symbol := m.Money.Symbol; len(symbol) > 8 || strings.ContainsAny(symbol, "0123456789-+.,") {
		c.add("money", "symbol is %.16q: give at most 8 bytes that are no part of a number", symbol)
	}
}

func (c *checker) source(where string, m *Mapping, s Source) {
	if (s.Column == "") == (s.Constant == "") {
		c.add(where, "give either a column or a constant")
	}
	c.column(where, m, s.Column)
	c.text(where, "constant", s.Constant)
	c.text(where, "prefix", s.Prefix)
	c.table(where, s.Table)
	c.oneFrom(where, "type", s.Type, typeText, typeName, typeIdentifier, typeDigits)
	if (s.Type == typeDigits) != (s.Length > 0) {
		c.add(where, "length goes with type digits, and the other way round")
	}
}

// column checks the name of one; those of a Metro 2 file are known.
func (c *checker) column(where string, m *Mapping, column string) {
	c.text(where, "column", column)
	if column != "" && m.Layout == layoutMetro2 && !metro2Has(column) {
		c.add(where, "column is %.64q, which a metro2 file does not have: see docs/vault-import.md", column)
	}
}

func (c *checker) table(where string, table map[string]string) {
	if len(table) > maxList {
		c.add(where, "table has more than %d entries", maxList)
	}
	for key, value := range table {
		c.text(where, "table", key+value)
		if value == "" {
			c.add(where, "table has no code for %.64q: leave it out, with unknown: absent", key)
		}
	}
}

// steps checks all, and that a name is used after it was made.
func (c *checker) steps(m *Mapping, layout commitment.Layout, known bool) {
	if len(m.Steps) == 0 || len(m.Steps) > maxSteps {
		c.add("steps", "there are %d: give 1 to %d", len(m.Steps), maxSteps)
		return
	}
	made := map[string]bool{}
	for i := range m.Steps {
		s := &m.Steps[i]
		name := first(s.Field, s.Value)
		where := "step " + strconv.Itoa(i+1)
		if name != "" {
			where += " (" + name + ")"
		}
		c.step(where, m, s, made)
		switch {
		case s.Field == fieldCurrency:
			c.add(where, "the currency is said once for the file: take the step out")
		case s.Field != "" && known && !hasField(layout, s.Field):
			c.add(where, "schema %s has no field %.64q; it has %s", m.Schema, s.Field, strings.Join(fieldNames(layout), ", "))
		case name != "" && made[name]:
			c.add(where, "an earlier step made it already")
		}
		if name != "" {
			made[name] = true
		}
	}
}

func (c *checker) step(where string, m *Mapping, s *Step, made map[string]bool) {
	kinds := count(s.Field != "", s.Value != "", s.Refuse != "")
	if kinds != 1 {
		c.add(where, "give one of field, value and refuse")
	}
	for key, value := range map[string]string{
		"field": s.Field, "value": s.Value, "refuse": s.Refuse, "blank": s.Blank, "reason": s.Reason, "prefix": s.Prefix,
	} {
		c.text(where, key, value)
	}
	c.column(where, m, s.Column)
	c.conditions(where, s.When, made)
	if s.Refuse != "" {
		if len(s.When) == 0 {
			c.add(where, "a refusal without when would refuse every row")
		}
		if s.From != "" || s.Constant != nil || s.BookDate || len(s.Cases) > 0 || s.Months != nil || s.Type != "" {
			c.add(where, "a refusal has only column (that it is about) and when")
		}
		return
	}
	if count(s.Column != "", s.From != "", s.Constant != nil, s.BookDate, len(s.Cases) > 0, s.Months != nil) != 1 {
		c.add(where, "give one of column, from, constant, as_of, cases and months")
	}
	c.made(where, "from", s.From, made)
	if s.Constant != nil {
		c.text(where, "constant", *s.Constant)
	}
	c.cases(where, s.Cases, made)
	c.months(where, m, s.Months)
	c.reading(where, s)
}

// reading checks how a column is read.
func (c *checker) reading(where string, s *Step) {
	special := s.Required || s.Blank != "" || s.Default != nil || s.Reason != "" || s.Min != nil || s.Max != nil || s.Length != 0 ||
		s.Zero != "" || s.Fold || s.Table != nil || s.Unknown != "" || s.Prefix != "" || len(s.Absent) > 0 || s.Type != ""
	if s.Column == "" {
		if special {
			c.add(where, "type and what goes with it are for a column")
		}
		return
	}
	c.oneFrom(where, "type", s.Type, typeText, typeName, typeIdentifier, typeDigits, typeLetters, typeInteger, typeMoney, typeDate)
	c.table(where, s.Table)
	if len(s.Absent) > maxList {
		c.add(where, "absent has more than %d entries", maxList)
	}
	for _, word := range s.Absent {
		c.text(where, "absent", word)
	}
	for key, value := range map[string]string{"zero": s.Zero, "unknown": s.Unknown} {
		if value != "" {
			c.oneFrom(where, key, value, absent)
		}
	}
	if s.Default != nil {
		c.text(where, "default", *s.Default)
		if s.Required || s.Blank != "" {
			c.add(where, "default and required (or blank) contradict each other")
		}
	}
	if (s.Fold || s.Unknown != "") && s.Table == nil {
		c.add(where, "fold and unknown go with a table")
	}
	fixed := s.Type == typeDigits || s.Type == typeLetters
	switch {
	case fixed && (s.Length < 1 || s.Length > maxTextBytes):
		c.add(where, "type %s needs length, 1 to %d", s.Type, maxTextBytes)
	case s.Length < 0 || s.Length != 0 && !fixed && s.Type != typeText:
		c.add(where, "length is for the types text, digits and letters")
	}
	c.bounds(where, s)
}

func (c *checker) bounds(where string, s *Step) {
	switch {
	case s.Type == typeInteger && (s.Min == nil || s.Max == nil || *s.Min > *s.Max):
		c.add(where, "type integer needs min and max")
	case s.Type == typeMoney && (s.Max != nil || s.Min != nil && *s.Min != 0):
		c.add(where, "type money has no bound but min: 0")
	case s.Type != typeInteger && s.Type != typeMoney && (s.Min != nil || s.Max != nil):
		c.add(where, "min and max are for the types integer and money")
	}
}

func (c *checker) cases(where string, cases []Case, made map[string]bool) {
	if len(cases) > maxList {
		c.add(where, "has more than %d cases", maxList)
	}
	for i, each := range cases {
		in := where + ", case " + strconv.Itoa(i+1)
		if count(each.From != "", each.Constant != nil, each.BookDate) != 1 {
			c.add(in, "give one of from, constant and as_of")
		}
		if len(each.When) == 0 && i < len(cases)-1 {
			c.add(in, "has no when, so that those after it never come: put it last")
		}
		c.made(in, "from", each.From, made)
		if each.Constant != nil {
			c.text(in, "constant", *each.Constant)
		}
		c.conditions(in, each.When, made)
	}
}

func (c *checker) conditions(where string, conditions []Condition, made map[string]bool) {
	if len(conditions) > maxList {
		c.add(where, "has more than %d conditions", maxList)
	}
	for i := range conditions {
		condition := &conditions[i]
		if condition.Value == "" {
			c.add(where, "a condition names no value")
		}
		c.made(where, "value", condition.Value, made)
		if count(len(condition.Is) > 0, len(condition.Not) > 0, condition.Blank != nil, condition.Zero != nil, condition.LessThan != "",
			condition.MoreThan != "", condition.Before != "", condition.After != "") != 1 {
			c.add(where, "a condition compares once: give one of is, not, blank, zero, less_than, more_than, before and after")
		}
		for _, text := range slices.Concat(condition.Is, condition.Not) {
			c.text(where, "is", text)
		}
		c.made(where, "before", condition.Before, made)
		c.made(where, "after", condition.After, made)
		for key, text := range map[string]string{"less_than": condition.LessThan, "more_than": condition.MoreThan} {
			if _, err := strconv.ParseInt(text, 10, 64); err != nil {
				c.made(where, key, text, made)
			}
		}
	}
}

func (c *checker) made(where, key, name string, made map[string]bool) {
	if name != "" && !made[name] {
		c.add(where, "%s is %.64q, which no earlier step makes", key, name)
	}
}

func (c *checker) months(where string, m *Mapping, months *Months) {
	if months == nil {
		return
	}
	if n := len(months.Status); n < 1 || n > historyMonths {
		c.add(where, "months has %d status columns: give 1 to %d, newest first", n, historyMonths)
	}
	if len(months.Owed) != 0 && len(months.Owed) != len(months.Status) {
		c.add(where, "months has %d columns of status and %d of amounts owed: give as many, or none of the latter", len(months.Status), len(months.Owed))
	}
	for _, column := range slices.Concat(months.Status, months.Owed) {
		c.column(where, m, column)
		if column == "" {
			c.add(where, "months has a column without a name")
		}
	}
	if months.Min > months.Max {
		c.add(where, "months has a min above its max")
	}
	c.table(where, months.Table)
	for key, code := range months.Table {
		if len(code) != 1 {
			c.add(where, "months: the code for %.64q is %.64q: give one character", key, code)
		}
	}
}

func count(all ...bool) (n int) {
	for _, each := range all {
		if each {
			n++
		}
	}
	return n
}

func fieldNames(layout commitment.Layout) (names []string) {
	for _, field := range layout.Fields {
		names = append(names, field.Name)
	}
	return names
}

func hasField(layout commitment.Layout, name string) bool {
	return slices.Contains(fieldNames(layout), name)
}
