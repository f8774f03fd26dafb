package expr_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/credit/contract/expr"
)

const limit = 1000

// testLanguage has one input of each kind.
func testLanguage(t testing.TB) *expr.Language {
	t.Helper()
	l, err := expr.NewLanguage(
		expr.Input{Name: "a.flag", Kind: expr.Bool},
		expr.Input{Name: "a.count", Kind: expr.Int},
		expr.Input{Name: "a.state", Kind: expr.Text, Values: []string{"ACTIVE", "DISPUTED"}},
		expr.Input{Name: "a.place", Kind: expr.Text},
		expr.Input{Name: "b.roles", Kind: expr.TextList, Values: []string{"BANK", "BUREAU"}},
	)
	require.NoError(t, err)
	return l
}

func values() map[string]any {
	return map[string]any{
		"a.flag": true, "a.count": int64(7), "a.state": "ACTIVE", "a.place": "DE", "b.roles": []string{"BANK"},
	}
}

func TestLanguage(t *testing.T) {
	l := testLanguage(t)
	for source, want := range map[string]bool{
		`a.flag`:                                   true,
		`!a.flag`:                                  false,
		`a.count == 7 && a.state == "ACTIVE"`:      true,
		`a.count < 7 || a.count > 7`:               false,
		`a.count <= 7 && a.count >= 7`:             true,
		`a.count != 7`:                             false,
		`a.count * 2 + 1 - 3 == 12`:                true,
		`a.count / 2 == 3 && a.count % 2 == 1`:     true,
		`-a.count == -7`:                           true,
		`a.state in ["DISPUTED", "ACTIVE"]`:        true,
		`"BUREAU" in b.roles`:                      false,
		`size(b.roles) == 1 && b.roles.size() > 0`: true,
		`b.roles == ["BANK"]`:                      true,
		`a.flag ? a.count > 3 : false`:             true,
		`a.count in [1, 7]`:                        true,
		"a.flag // with a comment\n  && true":      true,
		`a.place == "DE"`:                          true,
		`1 / 0 == 1 || a.flag`:                     true, // CEL: an operand that decides makes the other's failure moot
	} {
		program, err := l.Compile(source, limit)
		require.NoError(t, err, source)
		result := program.Run(values())
		require.Empty(t, result.Failure, source)
		require.Equal(t, want, result.Held, source)
		require.LessOrEqual(t, result.Cost, program.Cost(), source)
	}
}

func TestRefuses(t *testing.T) {
	l := testLanguage(t)
	for source, want := range map[string]string{
		``: "0 bytes",
		strings.Repeat("!", expr.MaxSource) + "!": "2049 bytes",
		`a.flag &&`:                        "line 1, column 10: Syntax error",
		"a.flag\n && (":                    "line 2, column",
		`a.count`:                          "of type int",
		`a.oops`:                           "line 1, column 1: undeclared reference",
		`c.flag`:                           "undeclared reference",
		`a.state == "ACTIV"`:               `line 1, column 12: "ACTIV" is no value of a.state: it is one of ACTIVE, DISPUTED`,
		`a.state in ["ACTIVE", "GONE"]`:    `"GONE" is no value of a.state`,
		`"CLERK" in b.roles`:               `"CLERK" is no value of b.roles`,
		`1.5 > 1.0`:                        "a literal of type double",
		`double(1) > double(2)`:            "function double",
		`a.count == 7u`:                    "a literal of type uint",
		`b"x" == b"x"`:                     "a literal of type bytes",
		`null == null`:                     "a literal of type null_type",
		`{"a": 1}["a"] == 1`:               "function _[_]",
		`{"a": 1} == {"a": 1}`:             "a map",
		`b.roles[0] == "BANK"`:             "function _[_]",
		`dyn(1) == dyn(1)`:                 "function dyn",
		`a.place.matches("x+")`:            "function matches",
		`a.place.startsWith("D")`:          "function startsWith",
		`a.place + a.place == "DEDE"`:      "no matching overload",
		`a.place < "X"`:                    "no matching overload",
		`string(1) == "1"`:                 "function string",
		`int("1") == 1`:                    "function int",
		`type(1) == int`:                   "function type",
		`int == int`:                       "type type(int)",
		`[1, "a"] == [1, "a"]`:             "type list(dyn)",
		`[[1]] == [[1]]`:                   "type list(list(int))",
		`[] == []`:                         "not in the language",
		`duration("1s") == duration("1s")`: "function duration",
		`timestamp(0) == timestamp(0)`:     "function timestamp",
		`now() > 1`:                        "function now",
		`has(a.flag)`:                      "function has",
		`b.roles.exists(r, r == "BANK")`:   "function exists",
		`b.roles.all(r, true)`:             "function all",
		`[1].map(x, x) == [1]`:             "function map",
		`size("abc") == 3`:                 "no matching overload",
		`google.protobuf.Int64Value{value: 1} == 1`: "a message",
		`a.count == a.state`:                        "no matching overload",
		`9223372036854775808 > 0`:                   "invalid int literal",
		"a.place == \"\u0430\"":                     "line 1, column 13: byte 0xd0",
		"a.flag\x00":                                "line 1, column 7: byte 0x0",
		"true" + strings.Repeat(" && (true", 60) + strings.Repeat(")", 60): "recursion limit",
		strings.Repeat("(", 200) + "true" + strings.Repeat(")", 200):       "recursion",
		"1" + strings.Repeat("+1", 100) + " > 1":                           "recursion depth",
		"a.flag" + strings.Repeat(".b", 60):                                "recursion depth",
		"a.count in [" + strings.Repeat("1,", 600) + "1]":                  "more than 512 parts",
	} {
		_, err := l.Compile(source, limit)
		require.ErrorContains(t, err, want, source)
		require.Less(t, len(err.Error()), 500)
	}
}

func TestCost(t *testing.T) {
	l := testLanguage(t)
	program, err := l.Compile(`a.count in [1, 2, 3] && "BANK" in b.roles`, limit)
	require.NoError(t, err)
	require.Equal(t, []string{"a.count", "b.roles"}, program.Inputs())
	_, err = l.Compile(`a.count in [1, 2, 3] && "BANK" in b.roles`, program.Cost())
	require.NoError(t, err)
	_, err = l.Compile(`a.count in [1, 2, 3] && "BANK" in b.roles`, program.Cost()-1)
	require.ErrorContains(t, err, "raise the limit or simplify it")
}

func TestFailures(t *testing.T) {
	l := testLanguage(t)
	set := func(name string, value any) map[string]any {
		changed := values()
		changed[name] = value
		return changed
	}
	for _, each := range []struct {
		source string
		inputs map[string]any
		want   expr.Failure
	}{
		{`10 / a.count == 1`, set("a.count", int64(0)), expr.FailedDivision},
		{`10 % a.count == 1`, set("a.count", int64(0)), expr.FailedDivision},
		{`a.count + 1 > 0`, set("a.count", int64(1<<63-1)), expr.FailedOverflow},
		{`a.count * a.count > 0`, set("a.count", int64(1<<62)), expr.FailedOverflow},
		{`-a.count > 0`, set("a.count", int64(-1<<63)), expr.FailedOverflow},
		{`a.count / -1 > 0`, set("a.count", int64(-1<<63)), expr.FailedOverflow},
		{`a.count - 1 > 0`, set("a.count", int64(-1<<63)), expr.FailedOverflow},
		{`a.flag`, nil, expr.FailedInput},
		{`a.flag`, set("a.flag", "true"), expr.FailedInput},
		{`a.count > 1`, set("a.count", 7), expr.FailedInput},
		{`a.place == "x"`, set("a.place", strings.Repeat("x", expr.MaxText+1)), expr.FailedInput},
		{`"BANK" in b.roles`, set("b.roles", make([]string, expr.MaxList+1)), expr.FailedInput},
		{`"BANK" in b.roles`, set("b.roles", []string{strings.Repeat("x", expr.MaxText+1)}), expr.FailedInput},
		{`"BANK" in b.roles`, set("b.roles", true), expr.FailedInput},
	} {
		program, err := l.Compile(each.source, limit)
		require.NoError(t, err, each.source)
		result := program.Run(each.inputs)
		require.Equal(t, each.want, result.Failure, each.source)
		require.False(t, result.Held, each.source)
		require.LessOrEqual(t, result.Cost, uint64(limit))
	}
}

// The same input gives the same result and cost, in a program that was kept as in one that was compiled anew.
func TestDeterministic(t *testing.T) {
	const source = `a.count * 3 > 20 && (a.state in ["DISPUTED", "ACTIVE"] || 10 / a.count == 0) && "BUREAU" in b.roles == false`
	l := testLanguage(t)
	cache := expr.NewCache(2)
	kept, err := cache.Compile(l, source, limit)
	require.NoError(t, err)
	want := kept.Run(values())
	require.Equal(t, expr.Result{Held: true, Cost: want.Cost}, want)
	require.NotZero(t, want.Cost)
	for range 1000 {
		require.Equal(t, want, kept.Run(values()))
	}
	again, err := cache.Compile(l, source, limit)
	require.NoError(t, err)
	require.Same(t, kept, again)
	for i := range 50 {
		fresh, err := expr.NewCache(1).Compile(testLanguage(t), source, limit)
		require.NoError(t, err)
		require.Equal(t, kept.Cost(), fresh.Cost())
		require.Equal(t, want, fresh.Run(values()), i)
	}
	for i := range 5 { // more than it holds
		_, err := cache.Compile(l, source+strings.Repeat(" ", i+1), limit)
		require.NoError(t, err)
	}
	_, err = cache.Compile(l, `a.count`, limit)
	require.Error(t, err)
	_, err = cache.Compile(l, source, 1)
	require.ErrorContains(t, err, "limit", "a limit is part of what is kept")
}

func TestConcurrent(t *testing.T) {
	l := testLanguage(t)
	cache := expr.NewCache(2)
	done := make(chan expr.Result)
	for i := range 8 {
		go func() {
			program, err := cache.Compile(l, `a.count > 3 && "BANK" in b.roles`+strings.Repeat(" ", i%3), limit)
			if err != nil {
				done <- expr.Result{Failure: expr.FailedOther}
				return
			}
			done <- program.Run(values())
		}()
	}
	first := <-done
	require.True(t, first.Held)
	for range 7 {
		require.Equal(t, first, <-done)
	}
}

func TestNewLanguageRefuses(t *testing.T) {
	_, err := expr.NewLanguage(expr.Input{Name: "a.b", Kind: expr.Int}, expr.Input{Name: "a.b", Kind: expr.Bool})
	require.ErrorContains(t, err, "twice")
	_, err = expr.NewLanguage(expr.Input{Name: "a.b"})
	require.ErrorContains(t, err, "kind")
}
