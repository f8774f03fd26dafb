package books

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
)

// program is a checked mapping, ready to run over rows: names are places, and each step is a function.
type program struct {
	mapping  *Mapping
	layout   commitment.Layout
	kind     SubjectKind
	columns  []string // that the mapping needs, in the order of their first use
	optional []string // columns after these, which a book may have

	lender, account, identity, currency reading
	notice                              [2]int // places of its columns
	steps                               []step
	slots                               map[string]int // of the values by name
}

// reading gives a value of a row; "" for absent.
type reading func(c *cells) string

// test is a condition on a row.
type test func(c *cells) bool

// step of a program: it refuses, or gives a value, of which some are fields of the record.
type step struct {
	when   []test
	give   reading
	slot   int
	field  string // name in the record, "" for a value that is used by others only
	refuse string
	column string // that the refusal is about
}

// compile makes a program of a mapping that was checked.
func compile(m *Mapping) (*program, error) {
	definition, ok := schemas.ByName(m.Schema)
	if !ok {
		return nil, fmt.Errorf("books in format %q need schema %q, which this program does not have", m.Name, m.Schema)
	}
	p := &program{mapping: m, layout: definition.Layout(), kind: subjectKinds[m.Subject], slots: map[string]int{}}
	p.lender, p.account, p.identity = p.source(m.Lender), p.source(m.Account), p.source(m.Identity)
	p.currency = p.source(m.Currency)
	for i := range m.Steps {
		p.steps = append(p.steps, p.compileStep(&m.Steps[i]))
	}
	p.optional = []string{m.Notice.Date, m.Notice.SHA256}
	for i, column := range p.optional {
		p.notice[i] = len(p.columns) + i
		if at := slices.Index(p.columns, column); at >= 0 {
			p.notice[i] = at
		}
	}
	return p, nil
}

// all columns that are looked up in a book.
func (p *program) all() []string { return slices.Concat(p.columns, p.optional) }

func (p *program) place(column string) int {
	if at := slices.Index(p.columns, column); at >= 0 {
		return at
	}
	p.columns = append(p.columns, column)
	return len(p.columns) - 1
}

// source of a part of the row's key: it must be there.
func (p *program) source(s Source) reading {
	switch {
	case s.Column != "":
		return p.column(&Step{
			Column: s.Column, Type: s.Type, Length: s.Length, Table: s.Table, Prefix: s.Prefix, Required: true,
		})
	default:
		return constant(s.Constant)
	}
}

func constant(text string) reading { return func(*cells) string { return text } }

func (p *program) compileStep(s *Step) step {
	out := step{when: p.tests(s.When), refuse: s.Refuse, column: s.Column, field: s.Field}
	if s.Refuse != "" {
		return out
	}
	switch {
	case s.Column != "":
		out.give = p.column(s)
	case s.Months != nil:
		out.give = p.months(s.Months)
	case len(s.Cases) > 0:
		out.give = p.cases(s.Cases)
	default:
		out.give = p.plain(s.From, s.Constant, s.BookDate)
	}
	name := first(s.Field, s.Value)
	out.slot = len(p.slots)
	p.slots[name] = out.slot
	return out
}

// plain value: an earlier one, a constant, or the book's day.
func (p *program) plain(from string, text *string, bookDate bool) reading {
	switch {
	case bookDate:
		return func(c *cells) string { return c.asOf }
	case text != nil:
		return constant(*text)
	default:
		slot := p.slots[from]
		return func(c *cells) string { return c.values[slot] }
	}
}

func (p *program) cases(all []Case) reading {
	type branch struct {
		when []test
		give reading
	}
	var branches []branch
	for _, c := range all {
		branches = append(branches, branch{p.tests(c.When), p.plain(c.From, c.Constant, c.BookDate)})
	}
	return func(c *cells) string {
		for i := range branches {
			if hold(branches[i].when, c) {
				return branches[i].give(c)
			}
		}
		return ""
	}
}

// column reads one, by its type, and then by a table of codes.
func (p *program) column(s *Step) reading {
	at, typed := p.place(s.Column), p.typed(s)
	return func(c *cells) string {
		text := c.text(at)
		if text == "" && !(s.Required && (s.Type == typeMoney || s.Type == typeInteger)) { // those say themselves what a blank is not
			return c.blank(s)
		}
		if slices.Contains(s.Absent, text) {
			return ""
		}
		value := typed(c, at, text)
		if c.reject != nil {
			return ""
		}
		if value == "" || (s.Zero == absent && value == "0") {
			if s.Required && value == "" {
				return c.blank(s) // zeros that stand for none
			}
			return ""
		}
		if s.Table != nil {
			code, known := s.lookUp(value)
			if !known && s.Unknown != absent {
				c.refuse(s.Column, first(s.Reason, "is not in the mapping's table of codes"))
			}
			if !known {
				return ""
			}
			value = code
		}
		return s.Prefix + value
	}
}

// blank is what a blank cell stands for.
func (c *cells) blank(s *Step) string {
	switch {
	case s.Default != nil:
		return *s.Default
	case s.Required || s.Blank != "":
		c.refuse(s.Column, first(s.Blank, "is blank"))
	}
	return ""
}

func (s *Step) lookUp(value string) (string, bool) {
	if s.Fold {
		value = strings.ReplaceAll(strings.ToUpper(value), " ", "")
	}
	code, known := s.Table[value]
	return code, known
}

// typed reads a text that is not blank.
func (p *program) typed(s *Step) func(c *cells, at int, text string) string {
	writing, forms := p.mapping.Money, dateForms(p.mapping.Dates)
	switch s.Type {
	case typeName:
		return func(c *cells, at int, text string) string { return c.name(at, text, s.Reason) }
	case typeIdentifier:
		return func(c *cells, at int, text string) string { return c.identifier(at, text, s.Reason) }
	case typeDigits:
		return func(c *cells, at int, text string) string { return c.digits(at, text, s.Length, s.Reason) }
	case typeLetters:
		return func(c *cells, at int, text string) string { return c.letters(at, text, s.Length, s.Reason) }
	case typeInteger:
		return func(c *cells, at int, text string) string {
			return strconv.FormatInt(c.integer(at, text, *s.Min, *s.Max, s.Reason), 10)
		}
	case typeMoney:
		return func(c *cells, at int, text string) string {
			return minor(c.money(at, text, writing, s.Min != nil, s.Reason))
		}
	case typeDate:
		return func(c *cells, at int, text string) string { return c.date(at, text, forms, s.Reason) }
	}
	return func(c *cells, _ int, text string) string {
		if s.Length > 0 && len(text) != s.Length {
			c.refuse(s.Column, first(s.Reason, "has not "+strconv.Itoa(s.Length)+" characters"))
		}
		return text
	}
}

// Payment history profile (Metro 2): 24 months, newest first.
const (
	historyMonths = 24
	notReported   = 'D'
	noHistory     = "B"
	asAgreed      = '0'
)

// months makes the profile. A month that is late by one column and has nothing to pay by the other is not reported (D);
// before the file begins there is no history (B).
func (p *program) months(m *Months) reading {
	status, owed := make([]int, len(m.Status)), make([]int, len(m.Owed))
	for i := range m.Status {
		status[i] = p.place(m.Status[i])
		if i < len(owed) {
			owed[i] = p.place(m.Owed[i])
		}
	}
	writing := p.mapping.Money
	return func(c *cells) string {
		history := make([]byte, 0, historyMonths)
		for i, at := range status {
			n := c.integer(at, c.text(at), m.Min, m.Max, "")
			owes := int64(1)
			if len(owed) > 0 {
				owes = c.money(owed[i], c.text(owed[i]), writing, false, "")
			}
			code, known := m.Table[strconv.FormatInt(n, 10)]
			switch {
			case c.reject != nil:
				return ""
			case !known:
				c.refuse(m.Status[i], "is not in the mapping's table of codes")
				return ""
			case code[0] != asAgreed && owes <= 0:
				history = append(history, notReported)
			default:
				history = append(history, code[0])
			}
		}
		return string(history) + strings.Repeat(noHistory, historyMonths-len(history))
	}
}

// convert runs the program over a row whose lender was read. What it returns counts only if there is no reject.
func (p *program) convert(c *cells) (account, subject string, record commitment.Record) {
	account = p.account(c)
	if c.reject == nil {
		subject = p.identity(c)
	}
	if c.reject == nil {
		c.currency = p.currency(c)
		c.exponent = exponentOf(c.currency)
	}
	record = make(commitment.Record, len(p.layout.Fields))
	record[fieldCurrency] = c.currency
	for i := range p.steps {
		if c.reject != nil {
			return account, subject, nil
		}
		s := &p.steps[i]
		if !hold(s.when, c) {
			continue
		}
		if s.refuse != "" {
			c.refuse(s.column, s.refuse)
			continue
		}
		value := s.give(c)
		c.values[s.slot] = value
		if s.field != "" && value != "" {
			record[s.field] = value
		}
	}
	return account, subject, record
}
