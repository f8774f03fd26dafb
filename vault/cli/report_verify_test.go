package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/vault/report"
)

// The program's root sets the chain's prefix.
func init() { sdk.GetConfig().SetBech32PrefixForAccount("credit", "creditpub") }

// A file with proofs is checked without any node, by command line.
func TestVerifyOffline(t *testing.T) {
	const path = "../report/testdata/report.proofs"
	encoded, err := os.ReadFile(path)
	require.NoError(t, err)
	p, err := report.ParseProofs(encoded)
	require.NoError(t, err)
	start, err := p.Start()
	require.NoError(t, err)
	height, hash := fmt.Sprint(start.Height), fmt.Sprintf("%x", start.Hash)
	offline := func(file string, more ...string) (string, error) {
		args := []string{"report", "verify", file, "--home", t.TempDir(), "--node", "tcp://127.0.0.1:1", "--at", "2026-01-03T00:00:00Z"}
		return run(t, append(args, more...)...)
	}
	trusted := []string{"--trusted-height", height, "--trusted-hash", hash}

	out, err := offline(path, trusted...)
	require.NoError(t, err)
	require.Contains(t, out, "4 of 4 lines verified")
	require.Contains(t, out, "checked offline: the state of creditd-proof at height")
	out, err = offline(path, append(trusted, "--output", "json")...)
	require.NoError(t, err)
	var r report.Report
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	require.True(t, r.Complete)
	out, err = offline(path, append(trusted, "--output", "html")...)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(out, "<!DOCTYPE html>"))

	saved := filepath.Join(t.TempDir(), "report.json")
	require.NoError(t, r.Save(saved))
	forged := filepath.Join(t.TempDir(), "forged")
	p.Records = p.Records[1:]
	require.NoError(t, p.Save(forged))
	for name, test := range map[string]struct {
		file string
		args []string
		want string
	}{
		"another hash":   {path, []string{"--trusted-height", height, "--trusted-hash", strings.Repeat("0", 64)}, "and the trusted one"},
		"another height": {path, []string{"--trusted-height", "1", "--trusted-hash", hash}, "trusted"},
		"no hash":        {path, []string{"--trusted-height", height}, "--trusted-hash"},
		"no height":      {path, []string{"--trusted-hash", hash}, "--trusted-height"},
		"wrong time":     {path, append(trusted, "--at", "then"), "--at"},
		"without proofs": {saved, trusted, "--save-proofs"},
		"a line dropped": {forged, trusted, "not every line is verified: 3 of 4"},
		"no node":        {path, nil, "node"},
		"no file":        {saved + "x", trusted, "no such file"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := offline(test.file, test.args...)
			require.ErrorContains(t, err, test.want)
		})
	}
	_, err = run(t, "report", "rebase", saved, "--trusted-height", "9", "--save", "x")
	require.ErrorContains(t, err, "--save-proofs")
}
