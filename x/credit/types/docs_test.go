package types_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/credit/types"
)

const (
	profilesPage = "../../../docs/profiles.md"
	readme       = "../README.md"
)

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

// fields of a message as proto has them.
func fields(message any) (names []string) {
	name := regexp.MustCompile(`name=(\w+)`)
	of := reflect.TypeOf(message)
	for i := range of.NumField() {
		names = append(names, name.FindStringSubmatch(of.Field(i).Tag.Get("protobuf"))[1])
	}
	return names
}

// docs/profiles.md maps every rule: no field of a profile, no parameter and no message is left out, and the tests that it
// names are there.
func TestProfilesPage(t *testing.T) {
	page := read(t, profilesPage)
	for _, name := range append(fields(types.Profile{}), fields(types.Params{})...) {
		if name != "code" {
			require.Contains(t, page, name)
		}
	}
	written := testNames(t)
	for _, name := range regexp.MustCompile(`\bTest[A-Z]\w+`).FindAllString(page, -1) {
		require.True(t, written[name], "docs/profiles.md names %s, and there is no such test", name)
	}
}

// testNames of all modules.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	function := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	require.NoError(t, filepath.WalkDir("../..", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		for _, found := range function.FindAllStringSubmatch(read(t, path), -1) {
			names[found[1]] = true
		}
		return nil
	}))
	return names
}

// The README has every message (and the page of profiles too), every error with its code and every event.
func TestReadmeIsWhole(t *testing.T) {
	page := read(t, readme)
	for _, message := range regexp.MustCompile(`(?m)^  rpc (\w+)\(Msg`).FindAllStringSubmatch(read(t, "../../../proto/creditd/credit/v1/tx.proto"), -1) {
		require.Regexp(t, "`(Msg)?"+message[1]+"`", page)
		require.Regexp(t, `\b(Msg)?`+message[1]+`\b`, read(t, profilesPage))
	}
	for _, event := range regexp.MustCompile(`(?m)^message (Event\w+)`).FindAllStringSubmatch(read(t, "../../../proto/creditd/credit/v1/events.proto"), -1) {
		require.Contains(t, page, "`"+event[1]+"`")
	}
	registered := regexp.MustCompile(`ModuleName, (\d+), codes\.\w+, "([^"]+)"\)`).FindAllStringSubmatch(read(t, "errors.go"), -1)
	require.Greater(t, len(registered), 100)
	for _, each := range registered {
		require.Contains(t, page, each[2]+" "+each[1])
	}
}
