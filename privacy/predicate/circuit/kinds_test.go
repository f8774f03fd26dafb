package circuit

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/predicate"
)

func TestRange(t *testing.T) {
	for _, c := range []struct {
		value, lower, upper int64
		holds               bool
	}{
		{700, 650, math.MaxInt64, true},
		{650, 650, math.MaxInt64, true},
		{649, 650, math.MaxInt64, false},
		{700, 700, 700, true},
		{701, 0, 700, false},
		{-5, math.MinInt64, -5, true},
		{-4, math.MinInt64, -5, false},
		{math.MinInt64, math.MinInt64, math.MaxInt64, true},
		{math.MaxInt64, math.MinInt64, math.MaxInt64, true},
		{math.MinInt64, 0, math.MaxInt64, false},
		{math.MaxInt64, math.MinInt64, math.MaxInt64 - 1, false},
	} {
		s, w := about(t, "range-1", predicate.Terms{Tag: predicate.TagInteger, Lower: c.lower, Upper: c.upper}, score(c.value, 1))
		require.Equal(t, c.holds, solved(t, s, w), "%d in %d..%d", c.value, c.lower, c.upper)
	}
}

func TestRangeOfEachKind(t *testing.T) {
	line := tradeline(t, strings.Repeat("0", 24), -10, 1)
	for name, c := range map[string]struct {
		terms predicate.Terms
		holds bool
	}{
		"an account that is old":     {predicate.Terms{Field: opened, Tag: predicate.TagDate, Upper: dayNumber(2016)}, true},
		"an account that is not old": {predicate.Terms{Field: opened, Tag: predicate.TagDate, Upper: dayNumber(2014)}, false},
		"an amount":                  {predicate.Terms{Field: original, Tag: predicate.TagAmount, Lower: 1_000_000, Upper: math.MaxInt64}, true},
		"a credit balance":           {predicate.Terms{Field: balance, Tag: predicate.TagAmount, Lower: math.MinInt64, Upper: 0}, true},
		"another kind":               {predicate.Terms{Field: original, Tag: predicate.TagInteger, Lower: 1_000_000, Upper: math.MaxInt64}, false},
		"an absent field":            {predicate.Terms{Field: firstDelinquency, Tag: predicate.TagDate, Upper: math.MaxInt64}, false},
		"a code":                     {predicate.Terms{Field: status, Tag: predicate.TagAmount, Lower: math.MinInt64, Upper: math.MaxInt64}, false},
	} {
		s, w := about(t, "range-6", c.terms, line)
		require.Equal(t, c.holds, solved(t, s, w), name)
	}
}

func TestRatio(t *testing.T) {
	for _, c := range []struct {
		debt, income int64
		p, q         uint32
		holds        bool
	}{
		{400, 1000, 2, 5, true},
		{401, 1000, 2, 5, false},
		{-100, 1000, 0, 1, true},
		{0, 1, 0, 1, true},
		{1, 1, 0, 1, false},
		{5, 0, 2, 5, false},
		{-5, 0, 2, 5, false},
		{-400, -1000, 2, 5, false},
		{math.MaxInt64, math.MaxInt64, math.MaxUint32, math.MaxUint32, true},
		{math.MaxInt64, math.MaxInt64 - 1, math.MaxUint32, math.MaxUint32, false},
		{math.MinInt64, math.MaxInt64, math.MaxUint32, math.MaxUint32, true},
		{math.MaxInt64, 1, math.MaxUint32, 1, false},
	} {
		one := &Opening{Fields: []commit.CircuitField{commit.AmountField(c.debt), commit.IntegerField(c.income)}}
		terms := predicate.Terms{Tag: predicate.TagAmount, Other: 1, OtherTag: predicate.TagInteger, P: c.p, Q: c.q}
		s, w := about(t, "ratio-2", terms, one)
		require.Equal(t, c.holds, solved(t, s, w), "%d/%d at most %d/%d", c.debt, c.income, c.p, c.q)

		terms.Other, terms.Tag = 0, predicate.TagInteger
		s, w = about(t, "ratio-1x2", terms, score(c.debt, 1), score(c.income, 2))
		require.Equal(t, c.holds, solved(t, s, w), "%d/%d of two", c.debt, c.income)
	}
}

func TestMember(t *testing.T) {
	line := tradeline(t, strings.Repeat("0", 24), 5, 1)
	set := func(texts ...string) (out []commit.CircuitField) {
		for _, text := range texts {
			out = append(out, code(t, text))
		}
		return out
	}
	for name, c := range map[string]struct {
		field uint8
		set   []commit.CircuitField
		holds bool
	}{
		"the only one":  {status, set("11"), true},
		"the last one":  {status, set("13", "78", "11"), true},
		"none":          {status, set("13", "78", "1", "111"), false},
		"another field": {history, set("11"), false},
		"absent":        {firstDelinquency, set("11"), false},
	} {
		s, w := about(t, "member-6", predicate.Terms{Field: c.field, Tag: predicate.TagCode, Set: c.set}, line)
		require.Equal(t, c.holds, solved(t, s, w), name)
	}
	s, w := about(t, "member-1", predicate.Terms{Tag: predicate.TagInteger, Set: []commit.CircuitField{commit.IntegerField(-3), commit.IntegerField(4)}}, score(4, 1))
	require.True(t, solved(t, s, w), "an integer")
}

// TestHistory compares the circuit with the plain reading of the alphabet, character by character.
func TestHistory(t *testing.T) {
	late := func(c rune, level uint8) bool {
		if c >= '0' && c <= '6' {
			return uint8(c-'0') >= level
		}
		return strings.ContainsRune("GHJKL", c)
	}
	for level := uint8(1); level <= 6; level++ {
		for _, c := range "0123456BDEGHJKL" {
			terms := predicate.Terms{Field: history, Tag: predicate.TagCode, Months: 3, Level: level, AtMost: 0}
			s, w := about(t, "history-6", terms, tradeline(t, "0"+string(c)+"0"+strings.Repeat("L", 21), 5, 1))
			require.Equal(t, !late(c, level), solved(t, s, w), "%c at level %d", c, level)
		}
	}
	for name, c := range map[string]struct {
		months                     string
		n, level, atMost, reported uint8
		holds                      bool
	}{
		"none in 24":            {strings.Repeat("01", 12), 24, 2, 0, 24, true},
		"the oldest of 24":      {strings.Repeat("0", 23) + "2", 24, 2, 0, 0, false},
		"older than asked":      {strings.Repeat("0", 12) + "2" + strings.Repeat("0", 11), 12, 2, 0, 12, true},
		"within what is asked":  {strings.Repeat("0", 11) + "2" + strings.Repeat("0", 12), 12, 2, 0, 0, false},
		"the newest":            {"2" + strings.Repeat("0", 23), 1, 2, 0, 0, false},
		"as many as allowed":    {"22" + strings.Repeat("0", 22), 24, 2, 2, 0, true},
		"one more than allowed": {"222" + strings.Repeat("0", 21), 24, 2, 2, 0, false},
		"all late, 23 allowed":  {strings.Repeat("L", 24), 24, 1, 23, 0, false},
		"reported enough":       {"0E1" + strings.Repeat("B", 21), 24, 2, 0, 3, true},
		"reported too little":   {"0D1" + strings.Repeat("B", 21), 24, 2, 0, 3, false},
		"reported before":       {"BBB" + strings.Repeat("0", 21), 3, 2, 0, 1, false},
	} {
		terms := predicate.Terms{Field: history, Tag: predicate.TagCode, Months: c.n, Level: c.level, AtMost: c.atMost, Reported: c.reported}
		s, w := about(t, "history-6", terms, tradeline(t, c.months, 5, 1))
		require.Equal(t, c.holds, solved(t, s, w), name)
	}
	terms := predicate.Terms{Field: history, Tag: predicate.TagCode, Months: 24, Level: 2}
	for _, months := range []string{strings.Repeat("0", 23), strings.Repeat("0", 25), strings.Repeat("0", 32), "0"} {
		s, w := about(t, "history-6", terms, tradeline(t, months, 5, 1))
		require.False(t, solved(t, s, w), "a code of %d characters", len(months))
	}
	terms.Field = status
	s, w := about(t, "history-6", terms, tradeline(t, strings.Repeat("0", 24), 5, 1))
	require.False(t, solved(t, s, w), "another field")
	terms.Field = firstDelinquency
	s, w = about(t, "history-6", terms, tradeline(t, strings.Repeat("0", 24), 5, 1))
	_, err := assign(s, w)
	require.ErrorIs(t, err, ErrFalse, "absent")
}

func TestCount(t *testing.T) {
	terms := func(k uint8) predicate.Terms {
		return predicate.Terms{Tag: predicate.TagInteger, Lower: 600, Upper: 800, AtLeast: k}
	}
	scores := []*Opening{score(599, 1), score(600, 2), score(800, 3), score(801, 4), score(700, 5), score(math.MinInt64, 6), score(math.MaxInt64, 7), score(0, 8)}
	for k := uint8(1); k <= 5; k++ {
		s, w := about(t, "count-1x8", terms(k), scores...)
		require.Equal(t, k <= 3, solved(t, s, w), "%d", k)
	}
	// An attestation that is not opened does not count.
	s, w := about(t, "count-1x8", terms(3), scores...)
	w.Openings = append([]*Opening{}, scores...)
	w.Openings[0], w.Openings[7] = nil, nil
	require.True(t, solved(t, s, w))
	w.Openings[1] = nil
	require.False(t, solved(t, s, w))
	// Nor does another one in its place.
	d, err := assign(s, w)
	require.NoError(t, err)
	d.Openings[1] = d.Openings[2]
	require.False(t, satisfied(t, s.Circuit, d))
}
