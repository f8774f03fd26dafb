package cli

import (
	"encoding/base64"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/commitment/full"
	"github.com/creditd/creditd/x/attestation/schemas"
)

// TestCommit: what is printed are the commitments to what is kept, with a seed of its own each time.
func TestCommit(t *testing.T) {
	subject := strings.Repeat("5c", 32)
	issuer := sdk.AccAddress(strings.Repeat("i", 20)).String()
	definition, _ := schemas.ByName(schemas.Score)
	given := write(t, `{"schema":"creditd.score","values":{"model":"M","score":"712","score_min":"300","score_max":"850","calculated_on":"2026-11-01"}}`)
	seen := map[commitment.Hash]bool{}
	for range 2 {
		file := filepath.Join(t.TempDir(), "kept.json")
		out, err := run(t, "commit", given, "--subject", subject, "--issuer", issuer, "-o", file, "--output", "json")
		require.NoError(t, err)
		var made committed
		require.NoError(t, json.Unmarshal([]byte(out), &made))
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		var kept record
		require.NoError(t, json.Unmarshal(raw, &kept))
		require.Equal(t, made.Attestation, *kept.Attestation)
		require.False(t, seen[kept.Seed])
		seen[kept.Seed] = true

		want, err := full.CommitAll(definition.Layout(), [32]byte([]byte(strings.Repeat("\x5c", 32))), kept.Values, commitment.Seed(kept.Seed))
		require.NoError(t, err)
		require.Equal(t, base64.StdEncoding.EncodeToString(want.Root[:]), made.Statement.Commitment)
		require.Equal(t, base64.StdEncoding.EncodeToString(want.Circuit), made.Statement.CircuitCommitment)
		again, err := run(t, "commit", file, "--subject", subject, "--issuer", issuer, "-o", file, "--output", "json")
		require.NoError(t, err)
		require.JSONEq(t, out, again, "a record that has a seed keeps it")
	}
	for says, args := range map[string][]string{
		"64 hexadecimal digits": {"--subject", "5c", "--issuer", issuer},
		"--issuer":              {"--subject", subject, "--issuer", "nobody"},
		"write it as":           {"--subject", subject, "--issuer", issuer, "--expires-at", "tomorrow"},
	} {
		_, err := run(t, append([]string{"commit", given, "-o", filepath.Join(t.TempDir(), "x")}, args...)...)
		require.ErrorContains(t, err, says)
	}
}
