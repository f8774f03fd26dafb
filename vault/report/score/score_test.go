package score_test

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/report/score"
)

var now = time.Date(2026, 3, 15, 12, 0, 0, 0, time.UTC)

func day(text string) time.Time {
	date, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return date
}

// good has nothing against it.
var good = score.Attributes{Accounts: 3, HistoryMonths: 24, HasLimits: true, UtilisationPermille: 100, OldestMonths: 120}

// Vectors: attributes, score, and the codes of the reasons in their order.
func TestVectors(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(a *score.Attributes)
		score  int
		codes  string
	}{
		"nothing against it":       {func(*score.Attributes) {}, 850, ""},
		"30 days late":             {func(a *score.Attributes) { a.WorstLevel24 = 1 }, 805, "P04"},
		"60 days late":             {func(a *score.Attributes) { a.WorstLevel24 = 2 }, 770, "P03"},
		"90 days late":             {func(a *score.Attributes) { a.WorstLevel24 = 3 }, 720, "P02"},
		"180 days late":            {func(a *score.Attributes) { a.WorstLevel24 = 6 }, 720, "P02"},
		"charged off":              {func(a *score.Attributes) { a.WorstLevel24 = score.LevelLoss }, 660, "P01"},
		"charged off and past due": {func(a *score.Attributes) { a.WorstLevel24, a.PastDueNow = 7, 1 }, 660, "P01"},
		"late and past due":        {func(a *score.Attributes) { a.WorstLevel24, a.PastDueNow, a.LateMonths12 = 1, 1, 3 }, 735, "P04 P05 P06"},
		"short history":            {func(a *score.Attributes) { a.HistoryMonths = 5 }, 830, "P07"},
		"at 300 per mille":         {func(a *score.Attributes) { a.UtilisationPermille = 300 }, 850, ""},
		"above 300":                {func(a *score.Attributes) { a.UtilisationPermille = 301 }, 815, "U03"},
		"above 500":                {func(a *score.Attributes) { a.UtilisationPermille = 501 }, 765, "U02"},
		"above 900":                {func(a *score.Attributes) { a.UtilisationPermille = 901 }, 720, "U01"},
		"no limits":                {func(a *score.Attributes) { a.HasLimits = false }, 825, "U04"},
		"young":                    {func(a *score.Attributes) { a.OldestMonths = 11 }, 770, "A01"},
		"three years":              {func(a *score.Attributes) { a.OldestMonths = 47 }, 805, "A02"},
		"seven years":              {func(a *score.Attributes) { a.OldestMonths = 95 }, 835, "A03"},
		"one new account":          {func(a *score.Attributes) { a.NewAccounts6 = 1 }, 830, "N02"},
		"three new accounts":       {func(a *score.Attributes) { a.NewAccounts6 = 3 }, 800, "N01"},
		"one application":          {func(a *score.Attributes) { a.HardInquiries365 = 1 }, 850, ""},
		"two applications":         {func(a *score.Attributes) { a.HardInquiries365 = 2 }, 835, "I02"},
		"six applications":         {func(a *score.Attributes) { a.HardInquiries365 = 6 }, 810, "I01"},
		"tax debt":                 {func(a *score.Attributes) { a.AdverseRecords = 1 }, 790, "R01"},
		"all against it": {func(a *score.Attributes) {
			*a = score.Attributes{Accounts: 1, WorstLevel24: 7, HasLimits: true, UtilisationPermille: 9999, NewAccounts6: 9, HardInquiries365: 99, AdverseRecords: 9}
		}, 300, "P01 U01 A01 R01 N01 I01"},
	} {
		t.Run(name, func(t *testing.T) {
			a := good
			tc.change(&a)
			r := score.Of(a)
			var codes []string
			sum, lost := score.Min, 0
			for _, reason := range r.Reasons {
				codes = append(codes, reason.Code)
				lost += reason.Lost
			}
			for _, part := range r.Parts {
				sum += part.Points
			}
			require.Equal(t, tc.score, r.Score)
			require.Equal(t, tc.codes, strings.Join(codes, " "))
			require.Equal(t, r.Score, sum, "the parts are the score")
			require.Equal(t, score.Max-lost, r.Score, "each point that is missing has a reason")
			require.Equal(t, score.Notice, r.Notice)
			require.True(t, r.Scored)
			require.Equal(t, r, score.Of(a))
		})
	}
	none := score.Of(score.Attributes{})
	require.False(t, none.Scored)
	require.Zero(t, none.Score)
	require.Equal(t, "E00", none.Reasons[0].Code)
	require.Equal(t, score.Notice, none.Notice)
}

func TestAttributes(t *testing.T) {
	a := score.Attribute(map[string][]score.Account{
		"USD": {
			{Opened: day("2015-03-16"), AsOf: day("2026-02-28"), Balance: 40, Limit: 100, Months: []int{0, 0, 1, -1}},
			{Opened: day("2025-10-01"), AsOf: day("2026-02-28"), Balance: -5, Limit: 100, PastDue: 1, Level: 2},
		},
		"EUR": {{AsOf: day("2024-01-31"), Balance: 91, Limit: 100, Level: 7, Months: []int{4, 3}}}, // 25 months ago: its status is too old
	}, 4, 1, now)
	require.Equal(t, score.Attributes{
		Accounts: 3, WorstLevel12: 2, WorstLevel24: 2, LateMonths12: 1, HistoryMonths: 3, PastDueNow: 1, HasLimits: true, UtilisationPermille: 910,
		OldestMonths: 131, NewAccounts6: 1, HardInquiries365: 4, AdverseRecords: 1,
	}, a)
	require.Equal(t, score.Attributes{}, score.Attribute(nil, 0, 0, now))
}

func TestPermille(t *testing.T) {
	for _, tc := range []struct {
		used, limit uint64
		want        int
	}{
		{0, 0, 0},
		{5, 0, 0},
		{0, 5, 0},
		{1, 3, 334},
		{1, 1, 1000},
		{300, 1000, 300},
		{3001, 10000, 301},
		{math.MaxUint64, 1, 9999},
		{math.MaxUint64, math.MaxUint64, 1000},
		{math.MaxInt64, math.MaxInt64, 1000},
		{1, math.MaxUint64, 1},
	} {
		require.Equal(t, tc.want, score.Permille(tc.used, tc.limit), "%d of %d", tc.used, tc.limit)
	}
}

func TestMonthsBetween(t *testing.T) {
	for _, tc := range []struct {
		from, to string
		want     int
	}{{"2026-01-31", "2026-02-28", 0}, {"2026-01-28", "2026-02-28", 1}, {"2025-02-28", "2026-02-28", 12}, {"2027-01-01", "2026-01-01", 0}} {
		require.Equal(t, tc.want, score.MonthsBetween(day(tc.from), day(tc.to)))
	}
}

// The table is that of the docs, and the points of the factors are the range.
func TestTable(t *testing.T) {
	docs, err := os.ReadFile("../../../docs/score-example.md")
	require.NoError(t, err)
	text := string(docs)
	require.Contains(t, text, score.Notice)
	require.Contains(t, text, score.Model)
	codes := map[string]bool{}
	for _, row := range score.Table() {
		require.False(t, codes[row.Code], row.Code)
		codes[row.Code] = true
		require.Contains(t, text, fmt.Sprintf("| %s | %s | %d | %s | %s |", row.Code, row.Factor.Name, row.Lost, row.When, row.Text))
	}
	sum := score.Min
	for _, factor := range score.Factors() {
		sum += factor.Max
		require.Contains(t, text, fmt.Sprintf("| %s | %d |", factor.Name, factor.Max))
	}
	require.Equal(t, score.Max, sum)
}
