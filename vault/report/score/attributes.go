package score

import (
	"math"
	"math/bits"
	"time"
)

// LevelLoss is the level of a charge-off or a collection. Levels below it are 0 for current, 1 for 30 to 59 days late, 2 for
// 60 to 89, 3 for 90 to 119, 4 for 120 to 149, 5 for 150 to 179 and 6 for 180 days or more.
const LevelLoss = 7

// Account is what the model reads of one verified account. Amounts are in minor units of one currency.
type Account struct {
	Opened    time.Time // zero: not said
	AsOf      time.Time // day for which it is stated; zero: not said
	Balance   int64
	Limit     int64 // 0: none
	PastDue   int64
	Level     int   // of the present status
	Months    []int // levels of the months before AsOf, newest first; -1 where nothing is known
	HasAmount bool
}

// Attributes are all that the score is computed from.
type Attributes struct {
	Accounts            int  `json:"accounts"`
	WorstLevel12        int  `json:"worst_level_12_months"`
	WorstLevel24        int  `json:"worst_level_24_months"`
	LateMonths12        int  `json:"late_months_12"`
	HistoryMonths       int  `json:"history_months"` // known, of the account with the most
	PastDueNow          int  `json:"accounts_past_due"`
	HasLimits           bool `json:"has_limits"`
	UtilisationPermille int  `json:"utilisation_permille"` // highest of the currencies
	OldestMonths        int  `json:"oldest_account_months"`
	NewAccounts6        int  `json:"new_accounts_6_months"`
	HardInquiries365    int  `json:"hard_inquiries_365_days"`
	AdverseRecords      int  `json:"adverse_public_records"`
}

// Attribute computes the attributes of accounts, by currency, at a time.
func Attribute(byCurrency map[string][]Account, hardInquiries, adverseRecords int, now time.Time) Attributes {
	a := Attributes{HardInquiries365: hardInquiries, AdverseRecords: adverseRecords}
	for _, accounts := range byCurrency {
		var used, limit uint64
		for _, account := range accounts {
			a.add(account, now)
			if account.Limit > 0 {
				a.HasLimits = true
				limit = sum(limit, account.Limit)
				used = sum(used, max(0, account.Balance))
			}
		}
		a.UtilisationPermille = max(a.UtilisationPermille, Permille(used, limit))
	}
	return a
}

func (a *Attributes) add(account Account, now time.Time) {
	a.Accounts++
	if account.PastDue > 0 {
		a.PastDueNow++
	}
	if !account.Opened.IsZero() {
		age := MonthsBetween(account.Opened, now)
		a.OldestMonths = max(a.OldestMonths, age)
		if !account.Opened.Before(now.AddDate(0, -6, 0)) {
			a.NewAccounts6++
		}
	}
	stale := 0 // months since the account was stated: its months lie so much further back
	if !account.AsOf.IsZero() {
		stale = MonthsBetween(account.AsOf, now)
	}
	if stale <= 24 {
		a.WorstLevel24 = max(a.WorstLevel24, account.Level)
	}
	if stale <= 12 {
		a.WorstLevel12 = max(a.WorstLevel12, account.Level)
	}
	known := 0
	for i, level := range account.Months {
		if level < 0 {
			continue
		}
		known++
		back := stale + i + 1
		if back <= 24 {
			a.WorstLevel24 = max(a.WorstLevel24, level)
		}
		if back <= 12 {
			a.WorstLevel12 = max(a.WorstLevel12, level)
			if level > 0 {
				a.LateMonths12++
			}
		}
	}
	a.HistoryMonths = max(a.HistoryMonths, known)
}

// MonthsBetween counts whole months, 0 if to is before from.
func MonthsBetween(from, to time.Time) int {
	months := (to.Year()-from.Year())*12 + int(to.Month()) - int(from.Month())
	if to.Day() < from.Day() {
		months--
	}
	return max(0, months)
}

// Permille of a limit that is used, rounded up, at most 9,999; 0 without a limit.
func Permille(used, limit uint64) int {
	if limit == 0 {
		return 0
	}
	hi, lo := bits.Mul64(used, 1000)
	if hi >= limit {
		return 9999
	}
	whole, rest := bits.Div64(hi, lo, limit)
	if rest > 0 && whole < math.MaxUint64 {
		whole++
	}
	return int(min(whole, 9999))
}

func sum(total uint64, add int64) uint64 {
	result, carry := bits.Add64(total, uint64(max(0, add)), 0)
	if carry > 0 {
		return math.MaxUint64
	}
	return result
}
