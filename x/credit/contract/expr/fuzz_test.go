package expr_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/credit/contract/expr"
)

var seeds = []string{
	`a.flag`, `a.count / 0 > 1`, `a.state in ["ACTIVE"] ? a.count > 1 : "BANK" in b.roles`, `size(b.roles) * a.count % 3 == -1`,
	`a.flag && (a.count - 1 > 2 || !a.flag)`, `[1, 2] == [a.count]`, `{"a": dyn(1.5)}.a.exists(x, x.matches("(a+)+$"))`,
	strings.Repeat("(", 2048), strings.Repeat("!", 2048), strings.Repeat("-", 2047) + "1", strings.Repeat("a?", 1024),
	strings.Repeat("[", 2048), strings.Repeat("{", 2048), strings.Repeat("a.", 1024), strings.Repeat("a<", 1024),
	strings.Repeat("1+", 1023) + "1", strings.Repeat("a[", 1024), strings.Repeat("f(", 1024), strings.Repeat("?:", 1024),
	`"` + strings.Repeat(`\`, 2000), strings.Repeat("true||", 300) + "true", "r'''" + strings.Repeat("x", 100), "//", "\xff",
	"`a`.b", "a.?b[?c]", `@not_strictly_false(true)`, `__comprehension__`, `a.flag && .a.flag`,
}

// Whatever the bytes: an error with a short message, or a program whose worst case is within the limit.
func FuzzCompile(f *testing.F) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	l := testLanguage(f)
	f.Fuzz(func(t *testing.T, source string) {
		program, err := l.Compile(source, limit)
		if err != nil {
			require.Nil(t, program)
			require.Less(t, len(err.Error()), 500)
			require.NotContains(t, err.Error(), "gave up", "the compiler panicked")
			return
		}
		require.LessOrEqual(t, len(source), expr.MaxSource)
		require.LessOrEqual(t, program.Cost(), uint64(limit))
	})
}

// Whatever compiles: it ends, costs no more than was said before, and does the same again.
func FuzzRun(f *testing.F) {
	for i, seed := range seeds {
		f.Add(seed, i%2 == 0, int64(i)<<(i%63), "DE", uint8(i))
	}
	l := testLanguage(f)
	states := []string{"ACTIVE", "DISPUTED"}
	roles := []string{"BANK", "BUREAU", "", strings.Repeat("x", expr.MaxText)}
	f.Fuzz(func(t *testing.T, source string, flag bool, count int64, place string, pick uint8) {
		program, err := l.Compile(source, limit)
		if err != nil {
			return
		}
		inputs := map[string]any{
			"a.flag": flag, "a.count": count, "a.state": states[pick%2], "a.place": place,
			"b.roles": roles[:int(pick)%(len(roles)+1)],
		}
		first := program.Run(inputs)
		require.LessOrEqual(t, first.Cost, program.Cost(), "more than the worst case")
		require.NotEqual(t, expr.FailedCost, first.Failure)
		require.NotEqual(t, expr.FailedOther, first.Failure, source)
		require.False(t, first.Held && first.Failure != "")
		require.Equal(t, first, program.Run(inputs))
		again, err := testLanguage(t).Compile(source, limit)
		require.NoError(t, err)
		require.Equal(t, first, again.Run(inputs))
	})
}
