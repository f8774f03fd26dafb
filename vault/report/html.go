package report

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"time"
)

//go:embed report.html
var page string

var pageTemplate = template.Must(template.New("report").Funcs(template.FuncMap{
	"alert":  alertText,
	"freeze": freezeText,
	"dash":   dash,
	"money":  money,
	"status": statusText,
	"schema": schemaName,
	"word":   word,
	"day":    func(at time.Time) string { return at.UTC().Format(time.DateOnly) },
	"moment": func(at time.Time) string { return at.UTC().Format(time.RFC3339) },
	"total":  func(t Total) string { return t.text() },
	"amount": func(l Line) string { return cmp.Or(l.Values["original_amount"], l.Values["credit_limit"]) },
	"fields": func(l Line) []field { return l.fields() },
	"remark": func(l Line) string { return l.remark() },
	"years":  yearsOf,
	"lines":  func(r *Report, section Section) []Line { return r.section(section) },
	"late":   lateClass,
	"records": func(r *Report, section Section, id, heading string) recordList {
		return recordList{id, heading, r.section(section)}
	},
	"meaning": historyMeaning,
}).Parse(page))

// HTML writes the report as one file for a browser or a printer: no script, nothing that it would load, every text escaped.
func (r *Report) HTML(w io.Writer) error {
	var out bytes.Buffer
	if err := pageTemplate.Execute(&out, r); err != nil {
		return fmt.Errorf("report as HTML: %w", err)
	}
	_, err := w.Write(out.Bytes())
	return err
}

func (r *Report) section(section Section) (lines []Line) {
	for _, l := range r.Lines {
		if l.Section == section {
			lines = append(lines, l)
		}
	}
	return lines
}

// recordList is one section.
type recordList struct {
	ID, Heading string
	Lines       []Line
}

// year is a row of a payment grid.
type year struct {
	Year   string
	Months [12]string // January first; empty where nothing is stated
}

// yearsOf a history, newest first.
func yearsOf(history []Month) (years []year) {
	for _, month := range history {
		at, err := time.Parse("2006-01", month.Month)
		if err != nil {
			continue
		}
		name := month.Month[:4]
		if len(years) == 0 || years[len(years)-1].Year != name {
			years = append(years, year{Year: name})
		}
		years[len(years)-1].Months[at.Month()-1] = month.Code
	}
	return years
}

func lateClass(code string) string {
	switch l := level(code); {
	case l > 0:
		return "late"
	case l == 0:
		return "good"
	default:
		return "unknown"
	}
}

// historyMeaning of a code, for who cannot see its colour.
func historyMeaning(code string) string {
	switch {
	case code == "":
		return "not stated"
	case level(code) >= 0:
		return levelText(level(code))
	case code == "B":
		return "before the account's records begin"
	default:
		return "nothing reported"
	}
}
