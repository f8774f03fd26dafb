package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/anchor/cli"
)

func TestMain(m *testing.M) {
	sdk.GetConfig().SetBech32PrefixForAccount("credit", "creditpub")
	os.Exit(m.Run())
}

// run executes `creditd attestation anchor ARGS`.
func run(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	root := &cobra.Command{Use: "creditd", SilenceErrors: true}
	parent := &cobra.Command{Use: "attestation"}
	parent.AddCommand(cli.NewCommand())
	root.AddCommand(parent)
	var out, errs bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&errs)
	root.SetArgs(append([]string{"attestation", "anchor"}, args...))
	err = root.Execute()
	return out.String(), errs.String(), err
}

// The examples of the commands' help work as pasted, one after the other.
func TestExamples(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"build", "prove", "verify", "extend"} {
		cmd, _, err := cli.NewCommand().Find([]string{name})
		require.NoError(t, err)
		require.NotEmpty(t, cmd.Example)
		for _, line := range strings.Split(strings.ReplaceAll(cmd.Example, "\\\n", ""), "\n") {
			line, target, redirected := strings.Cut(line, " > ")
			words := strings.Fields(line)
			if words[0] != "creditd" {
				require.NoError(t, exec.Command("sh", "-c", line+" > "+target).Run())
				continue
			}
			require.Equal(t, []string{"creditd", "attestation", "anchor"}, words[:3])
			out, _, err := run(t, words[3:]...)
			require.NoError(t, err, line)
			if redirected {
				require.NoError(t, os.WriteFile(target, []byte(out), 0o600))
			}
		}
	}
}

const (
	schema = "000000000000000000000000000000000000000000000000000000000000000a"
	issuer = "credit1qyqszqgpqyqszqgpqyqszqgpqyqszqgpk3mzmg"
)

func statements(t *testing.T, name string, from, to int) string {
	t.Helper()
	var b strings.Builder
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, `{"subject":"%064x","commitment":"%064x"}`+"\n", i+1, i+1)
	}
	require.NoError(t, os.WriteFile(name, []byte(b.String()), 0o600))
	return name
}

func TestJSONOutput(t *testing.T) {
	t.Chdir(t.TempDir())
	out, _, err := run(t, "build", statements(t, "s.jsonl", 0, 5), "--schema", schema, "--issuer", issuer,
		"--accreditation", schema, "-o", "one.tree", "--output", "json")
	require.NoError(t, err)
	var built struct {
		Tree, Root, Command string
		AnchorID            string `json:"anchor_id"`
		Size                int
		Proof               []string
	}
	require.NoError(t, json.Unmarshal([]byte(out), &built))
	require.Equal(t, 5, built.Size)
	require.Equal(t, "one.tree", built.Tree)
	require.Equal(t, fmt.Sprintf("creditd tx attestation anchor %s %s 5 --accreditation-id %s --from %s", schema, built.Root, schema, issuer), built.Command)

	first := built
	out, _, err = run(t, "extend", "one.tree", statements(t, "more.jsonl", 5, 8), "-o", "two.tree", "--output", "json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal([]byte(out), &built))
	require.Equal(t, 8, built.Size)
	require.Equal(t, first.AnchorID, built.AnchorID)
	require.Len(t, built.Proof, 4)
	require.Equal(t, fmt.Sprintf("creditd tx attestation extend-anchor %s %s 8 --proof %s --from %s",
		first.AnchorID, built.Root, strings.Join(built.Proof, " --proof "), issuer), built.Command)

	proof, _, err := run(t, "prove", "two.tree", "7")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("proof.json", []byte(proof), 0o600))
	out, _, err = run(t, "verify", "proof.json", "--root", built.Root, "--size", "8", "--output", "json")
	require.NoError(t, err)
	var verified map[string]any
	require.NoError(t, json.Unmarshal([]byte(out), &verified))
	require.Equal(t, built.AnchorID+"00000007", verified["attestation_id"])
	_, _, err = run(t, "verify", "proof.json", "--root", first.Root, "--size", "8")
	require.ErrorContains(t, err, "another tree's")
	_, _, err = run(t, "verify", "proof.json", "--root", built.Root, "--size", "5")
	require.ErrorContains(t, err, "checkpoint of its size")

	all, _, err := run(t, "prove", "two.tree", "--all")
	require.NoError(t, err)
	require.Equal(t, 8, strings.Count(all, "\n"))
	require.True(t, strings.HasSuffix(all, proof))
}

func TestRefusals(t *testing.T) {
	t.Chdir(t.TempDir())
	good := statements(t, "s.jsonl", 0, 5)
	_, _, err := run(t, "build", good, "--schema", schema, "--issuer", issuer, "-o", "one.tree")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("bad.jsonl", []byte("{}\n"), 0o600))
	for says, args := range map[string][]string{
		"exists":                   {"build", good, "--schema", schema, "--issuer", issuer, "-o", "one.tree"},
		"line 1":                   {"build", "bad.jsonl", "--schema", schema, "--issuer", issuer, "-o", "two.tree"},
		"--schema":                 {"build", good, "--schema", "x", "--issuer", issuer, "-o", "two.tree"},
		"--issuer":                 {"build", good, "--schema", schema, "--issuer", "x", "-o", "two.tree"},
		"--accreditation":          {"build", good, "--schema", schema, "--issuer", issuer, "--accreditation", "x", "-o", "two.tree"},
		`required flag(s) "out"`:   {"build", good, "--schema", schema, "--issuer", issuer},
		"no such file":             {"build", "none.jsonl", "--schema", schema, "--issuer", issuer, "-o", "two.tree"},
		"no tree file":             {"prove", good, "0"},
		"counted from 0":           {"prove", "one.tree", "5"},
		"give a place":             {"prove", "one.tree", "-1"},
		"--all":                    {"prove", "one.tree"},
		"want an object":           {"verify", "one.tree", "--root", schema, "--size", "1"},
		"a proof has at most":      {"verify", "large", "--root", schema, "--size", "1"},
		"text or json":             {"build", good, "--schema", schema, "--issuer", issuer, "-o", "two.tree", "--output", "xml"},
		"give at least one to add": {"extend", "one.tree", "empty.jsonl", "-o", "two.tree"},
		"give at least one":        {"build", "empty.jsonl", "--schema", schema, "--issuer", issuer, "-o", "two.tree"},
		"64 hexadecimal digits":    {"verify", "one.tree", "--root", "x", "--size", "1"},
	} {
		t.Run(says, func(t *testing.T) {
			require.NoError(t, os.WriteFile("empty.jsonl", nil, 0o600))
			require.NoError(t, os.WriteFile("large", bytes.Repeat([]byte(" "), 1<<20), 0o600))
			if says == "give a place" {
				args = []string{args[0], args[1], "--", args[2]}
			}
			_, _, err := run(t, args...)
			require.ErrorContains(t, err, says)
			require.NoFileExists(t, "two.tree")
		})
	}
}
