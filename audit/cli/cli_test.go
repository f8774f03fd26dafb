package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/audit"
	proofcli "github.com/creditd/creditd/proof/cli"
)

// bundle is of a chain of the tests of package audit; it pins the format as well.
const bundle = "../testdata/bundle.json"

func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	root := &cobra.Command{Use: "creditd", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(NewCommand())
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(append([]string{"audit"}, args...))
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

// trusted are the flags that name the header which the bundle begins with.
func trusted(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile(bundle)
	require.NoError(t, err)
	b, err := audit.Parse(raw)
	require.NoError(t, err)
	start, err := b.Blocks[0].Trusted()
	require.NoError(t, err)
	return []string{"--trusted-height", fmt.Sprint(start.Height), "--trusted-hash", fmt.Sprintf("%x", start.Hash)}
}

func exitCode(err error) int {
	var exit *proofcli.ExitError
	if errors.As(err, &exit) {
		return exit.Code
	}
	return -1
}

func TestVerify(t *testing.T) {
	args := append([]string{"verify", bundle}, trusted(t)...)
	out, err := run(t, args...)
	require.NoError(t, err)
	require.Contains(t, out, "integrity  ok")
	require.Contains(t, out, "5 lines, and no other")
	require.Contains(t, out, "credit-application")

	out, err = run(t, append(args, "--output", "json")...)
	require.NoError(t, err)
	var v audit.Verdict
	require.NoError(t, json.Unmarshal([]byte(out), &v))
	require.Len(t, v.Lines, 5)

	_, err = run(t, append(args, "--no-inquiries")...)
	require.Equal(t, exitInquiries, exitCode(err))
}

func TestVerifyRefuses(t *testing.T) {
	raw, err := os.ReadFile(bundle)
	require.NoError(t, err)
	altered := filepath.Join(t.TempDir(), "altered.json")
	require.NoError(t, os.WriteFile(altered, bytes.Replace(raw, []byte(`"to_height":"10"`), []byte(`"to_height":"7"`), 1), 0o600))
	out, err := run(t, append([]string{"verify", altered}, trusted(t)...)...)
	require.Equal(t, 2, exitCode(err))
	require.Contains(t, out, "integrity  NOT")
	require.ErrorContains(t, err, "not of this trail and range")

	for name, args := range map[string][]string{
		"no trusted header": {"verify", bundle},
		"no such file":      append([]string{"verify", "nowhere.json"}, trusted(t)...),
		"no trusting time":  append([]string{"verify", bundle, "--trusting-period", "0s"}, trusted(t)...),
		"no output format":  append([]string{"verify", bundle, "--output", "xml"}, trusted(t)...),
	} {
		_, err := run(t, args...)
		require.Error(t, err, name)
		require.Equal(t, -1, exitCode(err), name)
	}
}

func TestExportRefuses(t *testing.T) {
	for name, args := range map[string][]string{
		"nobody":          {"export"},
		"both":            {"export", "aa", "--institution", "bank"},
		"no pseudonym":    {"export", "alice"},
		"no node address": {"export", "--institution", "bank", "--node", "::::"},
	} {
		_, err := run(t, args...)
		require.Error(t, err, name)
	}
}
