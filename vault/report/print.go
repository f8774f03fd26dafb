package report

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
	"unicode"
	"unicode/utf8"
)

// columns of the terminal that a report is printed for.
const columns = 120

// printer writes lines of bounded width. What others chose (names, errors) cannot move the cursor or colour the screen.
type printer struct{ out bytes.Buffer }

// line that breaks at spaces where it is too long.
func (p *printer) line(format string, args ...any) {
	text := printable(fmt.Sprintf(format, args...))
	indent := ""
	for utf8.RuneCountInString(indent+text) > columns {
		head := []rune(indent + text)[:columns+1]
		at := columns
		for i := columns; i > len(indent)+20; i-- {
			if head[i] == ' ' {
				at = i
				break
			}
		}
		p.out.WriteString(strings.TrimRight(string(head[:at]), " ") + "\n")
		text = strings.TrimLeft(string([]rune(indent + text)[at:]), " ")
		indent = "    "
	}
	p.out.WriteString(strings.TrimRight(indent+text, " ") + "\n")
}

// heading of a part of the report.
func (p *printer) heading(text string) {
	p.line("")
	p.line("%s", strings.ToUpper(text))
}

// table of rows, the first of which are headings; details follow a row on lines of their own.
func (p *printer) table(rows [][]string, widths []int, details []func()) {
	var aligned bytes.Buffer
	w := tabwriter.NewWriter(&aligned, 0, 4, 2, ' ', 0)
	for _, row := range rows {
		cells := make([]string, len(row))
		for i, cell := range row {
			cells[i] = short(printable(cell), widths[i])
		}
		_, _ = fmt.Fprintln(w, strings.Join(cells, "\t"))
	}
	_ = w.Flush() // a buffer takes everything
	for i, line := range strings.Split(strings.TrimRight(aligned.String(), "\n"), "\n") {
		p.line("%s", line)
		if i > 0 && details != nil {
			details[i-1]()
		}
	}
}

// printable replaces what is no visible character.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != ' ' && !unicode.IsGraphic(r) {
			return '?'
		}
		return r
	}, text)
}

// short cuts a cell to a width.
func short(text string, width int) string {
	if runes := []rune(text); len(runes) > width {
		return string(runes[:width-1]) + "…"
	}
	return text
}

// Print writes the report for people, in lines of at most 120 columns.
func (r *Report) Print(w io.Writer) error {
	p := &printer{}
	p.line("Credit report on subject %s", r.Subject)
	if r.AskedAs != "" {
		p.line("asked for as %s, which is merged into it", r.AskedAs)
	}
	p.line("chain %s, at %s, %s, for %s", r.ChainID, r.CreatedAt.UTC().Format(time.RFC3339), word(r.Purpose, "PURPOSE_"), r.DataUser)
	p.line("inquiry %s", r.Inquiry)
	if r.Proven != nil {
		p.line("checked offline: %s", r.Proven.Text)
	}
	r.printAlerts(p)
	r.printSummary(p)
	r.printTradelines(p)
	r.printRecords(p, PublicRecords, "Public records")
	r.printRecords(p, OtherRecords, "Other records")
	r.printInquiries(p)
	r.printDisputes(p)
	r.printScore(p)
	r.printCheck(p)
	_, err := w.Write(p.out.Bytes())
	return err
}

// printAlerts says first what the data user has to act on.
func (r *Report) printAlerts(p *printer) {
	if a := r.FraudAlert; a != nil {
		p.line("%s", alertText(a))
	}
	if f := r.Freeze; f != nil {
		p.line("%s", freezeText(f))
	}
}

func alertText(a *FraudAlert) string {
	kind := "FRAUD ALERT"
	if a.Extended {
		kind = "EXTENDED FRAUD ALERT"
	}
	return fmt.Sprintf("%s until %s: check that the applicant is the subject before giving credit.", kind, a.Until.UTC().Format(time.DateOnly))
}

func freezeText(f *Freeze) string {
	text := "The file is frozen since " + f.Since.UTC().Format(time.DateOnly)
	if f.LiftedUntil != nil {
		text += fmt.Sprintf(", lifted until %s for %s", f.LiftedUntil.UTC().Format(time.RFC3339), cmp.Or(f.LiftedFor, "every data user"))
	}
	return text + "."
}

func (r *Report) printSummary(p *printer) {
	s := &r.Summary
	p.heading("Summary")
	p.line("tradelines        %d%s", s.Tradelines, listed(s.Statuses))
	for _, t := range s.Totals {
		p.line("%-17s %s", "in "+cmp.Or(t.Currency, "no currency"), t.text())
	}
	if s.Worst24 != nil {
		p.line("worst status      %s in 12 months, %s in 24 months", s.Worst12.Text, s.Worst24.Text)
	}
	p.line("oldest account    %s; new accounts in 6 months: %d", dash(s.OldestAccount), s.NewAccounts)
	for _, i := range s.Inquiries {
		p.line("%-17s %d in 30 days, %d in 90, %d in 365", i.Kind+" inquiries", i.Days30, i.Days90, i.Days365)
	}
	p.line("public records    %d; open disputes: %d; lines by proof:%s", s.PublicRecords, s.DisputesOpen, listed(s.Proofs))
}

func (t *Total) text() string {
	text := fmt.Sprintf("balance %s, limits %s, past due %s", money(fmt.Sprint(t.Balance), t.Currency), money(fmt.Sprint(t.Limit), t.Currency),
		money(fmt.Sprint(t.PastDue), t.Currency))
	if t.UtilisationPermille != nil {
		text += fmt.Sprintf(", used %d.%d%% of the limits", *t.UtilisationPermille/10, *t.UtilisationPermille%10)
	}
	if t.Overflow {
		text += " (and more: a sum does not fit)"
	}
	return text
}

func listed(of []Count) string {
	var parts []string
	for _, c := range of {
		parts = append(parts, fmt.Sprintf("%d %s", c.Count, strings.TrimSpace(c.Code+" "+c.Text)))
	}
	if len(parts) == 0 {
		return ""
	}
	return " (" + strings.Join(parts, ", ") + ")"
}

func (r *Report) printTradelines(p *printer) {
	p.heading("Tradelines")
	rows := [][]string{{"FURNISHER", "KIND", "OPENED", "AMOUNT", "BALANCE", "STATUS", "PROOF"}}
	var details []func()
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.Section != Tradelines {
			continue
		}
		v := l.Values
		rows = append(rows, []string{
			cmp.Or(l.Name, l.Furnisher), strings.TrimPrefix(schemaName(l.Schema), "creditd.tradeline."), dash(v["opened"]),
			money(cmp.Or(v["original_amount"], v["credit_limit"]), v["currency"]), money(v["balance"], v["currency"]), statusText(v["status"]), string(l.Proof),
		})
		details = append(details, func() { l.printDetails(p, r.silent(l.Furnisher)) })
	}
	if len(rows) == 1 {
		p.line("none")
		return
	}
	p.table(rows, []int{20, 6, 10, 17, 17, 20, 19}, details)
}

// silent tells whether a furnisher did not answer, which is said once and not of each line.
func (r *Report) silent(operator string) bool {
	for i := range r.Furnishers {
		if r.Furnishers[i].Operator == operator {
			return !r.Furnishers[i].Answered
		}
	}
	return false
}

func (l *Line) printDetails(p *printer, silent bool) {
	v := l.Values
	if len(v) > 0 {
		p.line("  as of %s, past due %s, remark %s", dash(v["reported_as_of"]), money(v["past_due"], v["currency"]), l.remark())
	}
	if len(l.History) > 0 {
		p.line("  payments, newest first: %s", historyText(l.History))
	}
	if l.Subject != "" {
		p.line("  of the merged pseudonym %s", l.Subject)
	}
	if l.Proof != Verified && !(l.Proof == Withheld && silent) {
		p.line("  %s: tradeline %s: %s", l.Proof, l.Tradeline, l.Reason)
	}
}

// historyText is a row of codes for each year back, with the month that it begins with.
func historyText(history []Month) string {
	var years []string
	for from := 0; from < len(history); from += 12 {
		var codes strings.Builder
		for _, month := range history[from:min(from+12, len(history))] {
			codes.WriteString(month.Code)
		}
		years = append(years, history[from].Month+" "+codes.String())
	}
	return strings.Join(years, "  ")
}

// printRecords lists the fields of what is no tradeline.
func (r *Report) printRecords(p *printer, section Section, heading string) {
	begun := false
	for i := range r.Lines {
		l := &r.Lines[i]
		if l.Section != section {
			continue
		}
		if !begun {
			p.heading(heading)
			begun = true
		}
		p.line("%s of %s: %s", schemaName(l.Schema), cmp.Or(l.Name, l.Furnisher), l.Proof)
		for _, field := range l.fields() {
			p.line("  %-18s %s", field.Name, field.Text)
		}
		if l.Proof != Verified && !(l.Proof == Withheld && r.silent(l.Furnisher)) {
			p.line("  %s: tradeline %s: %s", l.Proof, l.Tradeline, l.Reason)
		}
	}
}

func (r *Report) printInquiries(p *printer) {
	p.heading("Inquiries")
	if r.InquiriesFrom == nil {
		p.line("not in this report: 'creditd audit export' shows all of them with proof")
		return
	}
	if len(r.Inquiries) == 0 {
		p.line("none since %s", r.InquiriesFrom.UTC().Format(time.DateOnly))
		return
	}
	rows := [][]string{{"TIME", "BY", "PURPOSE", "KIND"}}
	for _, look := range r.Inquiries {
		rows = append(rows, []string{look.Time.UTC().Format(time.DateTime), cmp.Or(look.Name, look.By), look.Purpose, look.Kind})
	}
	p.table(rows, []int{20, 60, 20, 5}, nil)
}

func (r *Report) printDisputes(p *printer) {
	if len(r.Disputes) == 0 {
		return
	}
	p.heading("Disputes")
	rows := [][]string{{"OPENED", "FURNISHER", "REASON", "STATUS", "OUTCOME", "TRADELINE"}}
	for _, d := range r.Disputes {
		rows = append(rows, []string{d.OpenedAt.UTC().Format(time.DateOnly), cmp.Or(d.Name, d.Furnisher), d.Reason, d.Status, dash(d.Outcome), d.Tradeline})
	}
	p.table(rows, []int{10, 30, 12, 10, 12, 16}, nil)
}

func (r *Report) printScore(p *printer) {
	if r.Score == nil {
		return
	}
	p.heading("Score")
	if r.Score.Scored {
		p.line("%d, in a range of %d to %d, by %s: %s", r.Score.Score, r.Score.Min, r.Score.Max, r.Score.Model, r.Score.Notice)
	} else {
		p.line("none by %s: %s", r.Score.Model, r.Score.Notice)
	}
	for _, reason := range r.Score.Reasons {
		p.line("  %s %4d  %s", reason.Code, -reason.Lost, reason.Text)
	}
}

// printCheck says what is not there and how far the rest is proven.
func (r *Report) printCheck(p *printer) {
	p.heading("Check")
	for _, f := range r.Furnishers {
		if !f.Answered {
			p.line("no answer from %s (%s): %s", cmp.Or(f.Name, f.Operator), f.Operator, f.Error)
		}
	}
	for _, note := range r.Notes {
		p.line("note: %s", note)
	}
	if r.OutOfScope > 0 {
		p.line("%d tradelines are of schemas that the consent does not name.", r.OutOfScope)
	}
	if hidden := r.Hidden.Suppressed + r.Hidden.Expired + r.Hidden.Erased; hidden > 0 {
		p.line("%d tradelines are not shown: %d suppressed, %d expired, %d erased.", hidden, r.Hidden.Suppressed, r.Hidden.Expired, r.Hidden.Erased)
	}
	p.line("%d of %d lines verified against the chain.", r.Verified, len(r.Lines))
	if r.Receipt != nil && r.Receipt.Height > 0 {
		p.line("Receipt left at height %d.", r.Receipt.Height)
	}
	for _, s := range r.Steps {
		p.line("%-20s %6d ms", s.Name+":", s.Millis)
	}
	if r.Millis > 0 {
		p.line("%-20s %6d ms", "after the inquiry:", r.Millis)
	}
}

// remark is the compliance code, with what data contracts annotated.
func (l *Line) remark() string {
	var marks []string
	if l.Compliance != "" {
		marks = append(marks, l.Compliance)
	}
	return dash(strings.Join(append(marks, l.Annotations...), " "))
}
