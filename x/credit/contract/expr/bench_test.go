package expr_test

import (
	"strings"
	"testing"
)

const typical = `a.state in ["ACTIVE", "DISPUTED"] && a.count > 3 && !("BUREAU" in b.roles)`

func BenchmarkCompile(b *testing.B) {
	for name, source := range map[string]string{
		"typical":  typical,
		"brackets": strings.Repeat("[", 2048),
		"indexes":  strings.Repeat("a[", 1024),
		"wide":     "true" + strings.Repeat("||true", 250),
	} {
		l := testLanguage(b)
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				_, _ = l.Compile(source, limit)
			}
		})
	}
}

func BenchmarkRun(b *testing.B) {
	program, err := testLanguage(b).Compile(typical, limit)
	if err != nil {
		b.Fatal(err)
	}
	inputs := values()
	for b.Loop() {
		program.Run(inputs)
	}
	b.ReportMetric(float64(program.Cost()), "units")
}
