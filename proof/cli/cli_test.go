package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/anchor"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/types"
)

func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	root := &cobra.Command{Use: "creditd", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(NewCommands()...)
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}

func write(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.json")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func TestDisclose(t *testing.T) {
	definition, _ := schemas.ByName(schemas.UtilityPayment)
	id := definition.ID()
	seed := strings.Repeat("6b", 32)
	for _, schema := range []string{schemas.UtilityPayment, commitmentText(id)} {
		file := filepath.Join(t.TempDir(), "shown.json")
		record := write(t, `{"schema":"`+schema+`","values":{"balance":"120000","currency":"USD"},"seed":"`+seed+`"}`)
		out, err := run(t, "disclose", record, "--fields", "balance,currency", "-o", file, "--output", "json")
		require.NoError(t, err)
		var result struct {
			Commitment commitment.Hash `json:"commitment"`
		}
		require.NoError(t, json.Unmarshal([]byte(out), &result))
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var disclosure commitment.Disclosure
		require.NoError(t, json.Unmarshal(raw, &disclosure))
		require.NoError(t, disclosure.Verify(definition.Layout(), result.Commitment))
		require.Len(t, disclosure.Fields, 2)
	}
	good := `{"schema":"` + schemas.UtilityPayment + `","values":{"balance":"1"},"seed":"` + seed + `"}`
	for name, tc := range map[string]struct {
		record, fields, says string
	}{
		"no seed":        {`{"schema":"creditd.utility.payment","values":{}}`, "balance", "seed"},
		"other schema":   {`{"schema":"another","values":{},"seed":"` + seed + `"}`, "balance", "not built in"},
		"unknown field":  {good, "colour", "colour"},
		"no field":       {good, "", "at least one"},
		"no JSON":        {"balance=1", "balance", "invalid"},
		"not canonical":  {strings.Replace(good, `"1"`, `"01"`, 1), "balance", "balance"},
		"member unknown": {strings.Replace(good, `"values"`, `"value"`, 1), "balance", "unknown field"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, "disclose", write(t, tc.record), "--fields", tc.fields, "-o", filepath.Join(t.TempDir(), "x"))
			require.ErrorContains(t, err, tc.says)
		})
	}
}

func commitmentText(hash commitment.Hash) string {
	text, _ := hash.MarshalText()
	return string(text)
}

func TestVerifyRefuses(t *testing.T) {
	hash := strings.Repeat("ab", 32)
	trusted := []string{"--trusted-height", "1", "--trusted-hash", hash}
	out, err := run(t, append([]string{"verify", write(t, "{}")}, trusted...)...)
	var exit *ExitError
	require.True(t, errors.As(err, &exit))
	require.Equal(t, proof.ExitInvalid, exit.ProgramExitCode())
	require.Len(t, strings.Split(strings.TrimSpace(out), "\n"), 4)
	require.Contains(t, out, "integrity  NOT  the bundle is not valid")

	out, err = run(t, append([]string{"verify", write(t, "{}"), "--output", "json"}, trusted...)...)
	require.Error(t, err)
	var verdict proof.Verdict
	require.NoError(t, json.Unmarshal([]byte(out), &verdict))
	require.Equal(t, proof.ExitInvalid, verdict.ExitCode)
	require.False(t, verdict.Good)

	for name, tc := range map[string]struct {
		args []string
		says string
	}{
		"no trusted header":  {[]string{"verify", write(t, "{}")}, "--trusted-height"},
		"a short hash":       {[]string{"verify", write(t, "{}"), "--trusted-height", "1", "--trusted-hash", "ab"}, "64 hexadecimal digits"},
		"no file":            {append([]string{"verify", "nowhere.json"}, trusted...), "no such file"},
		"a time of no form":  {append([]string{"verify", write(t, "{}"), "--at", "yesterday"}, trusted...), "--at"},
		"no trusting period": {append([]string{"verify", write(t, "{}"), "--trusting-period", "-1h"}, trusted...), "not negative"},
		"an unknown output":  {append([]string{"verify", write(t, "{}"), "--output", "xml"}, trusted...), "text or json"},
		"no id":              {[]string{"prove", "12", "-o", "x"}, "ID"},
		"nowhere to write":   {[]string{"prove", hash}, "--out"},
		"no disclosure":      {[]string{"prove", hash, "-o", "x", "--disclose", write(t, "{}")}, "creditd attestation disclose"},
		"no item":            {[]string{"prove", hash, "-o", "x", "--item", write(t, "{}")}, "--item"},
		"no node":            {[]string{"prove", hash, "-o", "x", "--node", "tcp://127.0.0.1:1"}, "node"},
		"rebase to nothing":  {[]string{"rebase", write(t, "{}"), "-o", "x"}, "--trusted-height"},
		"rebase of nothing":  {[]string{"rebase", write(t, "{}"), "-o", "x", "--trusted-height", "1"}, "not valid"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, tc.args...)
			require.ErrorContains(t, err, tc.says)
		})
	}
	big := filepath.Join(t.TempDir(), "big")
	require.NoError(t, os.WriteFile(big, make([]byte, proof.MaxBytes+1), 0o600))
	_, err = run(t, append([]string{"verify", big}, trusted...)...)
	require.ErrorContains(t, err, "more than")
}

// What `creditd attestation anchor prove` writes is read.
func TestReadItem(t *testing.T) {
	statements := make([]types.Statement, 3)
	for i := range statements {
		statements[i] = types.Statement{Subject: bytes.Repeat([]byte{1}, 32), Commitment: bytes.Repeat([]byte{byte(i + 1)}, 32)}
	}
	tree, err := anchor.Build(statements)
	require.NoError(t, err)
	file := write(t, string(tree.Proof(types.ContainerID{1}, 2).AppendJSON(nil))+"\n")
	item, err := readItem(&cobra.Command{}, file)
	require.NoError(t, err)
	require.Equal(t, uint32(3), item.Size)
	require.Len(t, item.Path, 1)
	encoded, err := statements[2].Marshal()
	require.NoError(t, err)
	require.Equal(t, encoded, item.Statement)
}
