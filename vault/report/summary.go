package report

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/creditd/creditd/vault/report/score"
)

// Summary of a report. It counts the tradelines whose content is proven: verified, disputed, or of a furnisher that has no
// licence now.
type Summary struct {
	Tradelines    int      `json:"tradelines"` // counted
	PublicRecords int      `json:"public_records"`
	Statuses      []Count  `json:"statuses"` // of tradelines, by code
	Proofs        []Count  `json:"proofs"`   // of all lines
	Totals        []Total  `json:"totals"`   // by currency
	Worst12       *Worst   `json:"worst_12_months,omitempty"`
	Worst24       *Worst   `json:"worst_24_months,omitempty"`
	OldestAccount string   `json:"oldest_account,omitempty"` // YYYY-MM-DD
	NewAccounts   int      `json:"new_accounts_6_months"`
	Inquiries     []Recent `json:"inquiries"` // by kind; of soft and own ones to the subject only
	DisputesOpen  int      `json:"disputes_open"`
	Frozen        bool     `json:"frozen"` // and not lifted for all
	FraudAlert    bool     `json:"fraud_alert"`
	Silent        []string `json:"silent_furnishers"` // names of those that did not answer
}

// Count of lines.
type Count struct {
	Code  string `json:"code"`
	Text  string `json:"text,omitempty"`
	Count int    `json:"count"`
}

// Total of the amounts in one currency, in minor units. A total that does not fit is left out with its reason in Overflow.
type Total struct {
	Currency            string `json:"currency"`
	Accounts            int    `json:"accounts"`
	Balance             int64  `json:"balance,string"`
	Limit               int64  `json:"credit_limit,string"` // of accounts that have one
	PastDue             int64  `json:"past_due,string"`
	UtilisationPermille *int   `json:"utilisation_permille,omitempty"` // of the accounts with a limit; absent without one
	Overflow            bool   `json:"overflow,omitempty"`             // a sum does not fit and says the most that does
}

// Worst level of payment.
type Worst struct {
	Level int    `json:"level"` // 0 current, 1 to 6 by 30 days late, 7 charged off or in collections
	Text  string `json:"text"`
}

// Recent counts looks of one kind.
type Recent struct {
	Kind    string `json:"kind"`
	Days30  int    `json:"days_30"`
	Days90  int    `json:"days_90"`
	Days365 int    `json:"days_365"`
}

// proven tells whether the values of a line are those that its furnisher committed to.
func (l *Line) proven() bool {
	return l.Proof == Verified || l.Proof == Disputed || l.Proof == IssuerNotLicensed
}

// conclude fills in what follows from the rest: summary and score.
func (r *Report) conclude(f *file, now time.Time) {
	r.Summary = r.summarise(now)
	r.Summary.Inquiries = countLooks(f, r.Own, now)
	r.Score = r.score(f, now)
}

func (r *Report) summarise(now time.Time) Summary {
	s := Summary{Inquiries: []Recent{}, Silent: []string{}}
	statuses, proofs := map[string]int{}, map[string]int{}
	accounts := map[string][]score.Account{}
	for i := range r.Lines {
		l := &r.Lines[i]
		proofs[string(l.Proof)]++
		switch {
		case !l.proven():
		case l.Section == PublicRecords:
			s.PublicRecords++
		case l.Section == Tradelines:
			s.Tradelines++
			statuses[l.Values["status"]]++
			accounts[l.Values["currency"]] = append(accounts[l.Values["currency"]], accountOf(l))
			if opened := l.Values["opened"]; opened != "" && (s.OldestAccount == "" || opened < s.OldestAccount) {
				s.OldestAccount = opened
			}
		}
	}
	s.Statuses, s.Proofs = counts(statuses, statusWords), counts(proofs, nil)
	s.Totals = totals(accounts)
	attributes := score.Attribute(accounts, 0, 0, now)
	s.NewAccounts = attributes.NewAccounts6
	if s.Tradelines > 0 {
		s.Worst12 = &Worst{attributes.WorstLevel12, levelText(attributes.WorstLevel12)}
		s.Worst24 = &Worst{attributes.WorstLevel24, levelText(attributes.WorstLevel24)}
	}
	for i := range r.Disputes {
		if r.Disputes[i].Open() {
			s.DisputesOpen++
		}
	}
	s.FraudAlert = r.FraudAlert != nil
	s.Frozen = r.Freeze != nil && (r.Freeze.LiftedUntil == nil || !now.Before(*r.Freeze.LiftedUntil) || r.Freeze.LiftedFor != "")
	for _, f := range r.Furnishers {
		if !f.Answered {
			s.Silent = append(s.Silent, cmp.Or(f.Name, f.Operator))
		}
	}
	return s
}

func statusWords(code string) string { return statuses[code] }

func counts(of map[string]int, text func(string) string) []Count {
	list := make([]Count, 0, len(of))
	for _, code := range slices.Sorted(maps.Keys(of)) {
		c := Count{Code: cmp.Or(code, "none"), Count: of[code]}
		if text != nil {
			c.Text = text(code)
		}
		list = append(list, c)
	}
	return list
}

func totals(accounts map[string][]score.Account) []Total {
	list := make([]Total, 0, len(accounts))
	for _, currency := range slices.Sorted(maps.Keys(accounts)) {
		t := Total{Currency: currency}
		var used, limit int64
		for _, account := range accounts[currency] {
			t.Accounts++
			t.add(&t.Balance, account.Balance)
			t.add(&t.PastDue, account.PastDue)
			if account.Limit > 0 {
				t.add(&limit, account.Limit)
				t.add(&used, max(0, account.Balance))
			}
		}
		if t.Limit = limit; limit > 0 {
			utilisation := score.Permille(uint64(used), uint64(limit))
			t.UtilisationPermille = &utilisation
		}
		list = append(list, t)
	}
	return list
}

// add an amount, at most up to what fits.
func (t *Total) add(total *int64, amount int64) {
	sum := *total + amount
	if (amount > 0 && sum < *total) || (amount < 0 && sum > *total) {
		t.Overflow = true
		return
	}
	*total = sum
}

// accountOf reads what is summed and scored of a tradeline. Its texts are canonical: they were checked against the schema.
func accountOf(l *Line) score.Account {
	a := score.Account{
		Opened: dateOf(l.Values["opened"]), AsOf: dateOf(l.Values["reported_as_of"]), Balance: amountOf(l.Values["balance"]),
		Limit: amountOf(l.Values["credit_limit"]), PastDue: amountOf(l.Values["past_due"]), Level: levelOfStatus(l.Values["status"]),
	}
	for _, month := range l.History {
		a.Months = append(a.Months, level(month.Code))
	}
	return a
}

func dateOf(text string) time.Time {
	date, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}
	}
	return date
}

func amountOf(text string) int64 {
	amount, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0 // absent
	}
	return amount
}

// countLooks counts by kind. Kinds that the reader does not see are not counted either.
func countLooks(f *file, own bool, now time.Time) []Recent {
	if f == nil || f.since == nil {
		return []Recent{}
	}
	kinds := []Recent{{Kind: kindHard}}
	if own {
		kinds = append(kinds, Recent{Kind: kindSoft}, Recent{Kind: kindOwn})
	}
	for _, look := range f.looks(own) {
		for i := range kinds {
			if kinds[i].Kind != look.Kind {
				continue
			}
			age := now.Sub(look.Time)
			for days, count := range map[int]*int{30: &kinds[i].Days30, 90: &kinds[i].Days90, inquiryDays: &kinds[i].Days365} {
				if age < time.Duration(days)*24*time.Hour {
					*count++
				}
			}
		}
	}
	return kinds
}

// score of the lines that are verified, and of nothing else. Without the inquiries there is none.
func (r *Report) score(f *file, now time.Time) *score.Result {
	if f == nil || f.since == nil {
		return nil
	}
	accounts, adverse := map[string][]score.Account{}, 0
	for i := range r.Lines {
		l := &r.Lines[i]
		switch {
		case l.Proof != Verified:
		case l.Section == Tradelines:
			accounts[l.Values["currency"]] = append(accounts[l.Values["currency"]], accountOf(l))
		case l.Section == PublicRecords && negative(l.Values):
			adverse++
		}
	}
	hard := 0
	for _, recent := range countLooks(f, false, now) {
		hard = recent.Days365
	}
	if hard > 0 && r.hardOpenedNow() {
		hard-- // the look that this report is
	}
	result := score.Of(score.Attribute(accounts, hard, adverse, now))
	return &result
}

// hardOpenedNow tells whether the report's own inquiry is among the hard ones.
func (r *Report) hardOpenedNow() bool {
	return slices.ContainsFunc(r.Inquiries, func(l Look) bool { return l.Inquiry == r.Inquiry && l.Kind == kindHard })
}

func levelText(level int) string {
	switch {
	case level <= 0:
		return "current"
	case level >= score.LevelLoss:
		return "charged off or in collections"
	case level == 6:
		return "180 days late or more"
	default:
		return strconv.Itoa(30*level) + " days late"
	}
}
