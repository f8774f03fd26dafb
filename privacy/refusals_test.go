// Package privacy_test checks what docs/refusals.md says of the packages below and of the modules above them.
package privacy_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	packageOrTest = regexp.MustCompile("`([a-z][a-zA-Z0-9/]*)`|\\b((?:Test|Fuzz)[A-Z][A-Za-z0-9]*)\\b")
	declared      = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// Every test that docs/refusals.md names is in the package that it names before it.
func TestRefusalsAreTested(t *testing.T) {
	text, err := os.ReadFile("../docs/refusals.md")
	require.NoError(t, err)
	in := map[string]map[string]bool{}
	named := 0
	for line := range strings.Lines(string(text)) {
		at := ""
		for _, found := range packageOrTest.FindAllStringSubmatch(line, -1) {
			if found[1] != "" {
				at = found[1]
				continue
			}
			if in[at] == nil {
				in[at] = testsOf(t, at)
			}
			require.True(t, in[at][found[2]], "package %q has no %s: %s", at, found[2], line)
			named++
		}
	}
	require.Greater(t, named, 100)
}

func testsOf(t *testing.T, pkg string) map[string]bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", pkg, "*_test.go"))
	require.NoError(t, err)
	tests := map[string]bool{}
	for _, file := range files {
		code, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, match := range declared.FindAllStringSubmatch(string(code), -1) {
			tests[match[1]] = true
		}
	}
	return tests
}
