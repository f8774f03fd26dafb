package e2e

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/schemas"
)

// stranger is somebody who trusts one header, and is shown attestations. He asks no node.
type stranger struct {
	net    *devnet.Net
	dir    string
	height string
	hash   string
	kept   string // attestation that stays as it is
	proven []string
}

// newStranger lets a bank attest something, and a stranger take note of a header of another bank's node.
func newStranger(ctx context.Context, t *testing.T, net *devnet.Net) *stranger {
	t.Helper()
	s := &stranger{net: net, dir: t.TempDir()}
	var answer struct {
		SignedHeader struct {
			Header struct {
				Height string `json:"height"`
			} `json:"header"`
			Commit struct {
				BlockID struct {
					Hash string `json:"hash"`
				} `json:"block_id"`
			} `json:"commit"`
		} `json:"signed_header"`
	}
	require.NoError(t, devnet.RPC(ctx, net.Institutions[3].Node.RPC, "/commit", &answer))
	s.height, s.hash = answer.SignedHeader.Header.Height, answer.SignedHeader.Commit.BlockID.Hash
	return s
}

func (s *stranger) file(name string) string { return filepath.Join(s.dir, name) }

// attest states a record of bank-a and discloses one field of it.
func (s *stranger) attest(ctx context.Context, t *testing.T, name string) (id string, height int64) {
	t.Helper()
	record := map[string]any{
		"schema": schemas.UtilityPayment, "values": map[string]string{"balance": "120000", "currency": "USD"},
		"seed": hex.EncodeToString([]byte(strings.Repeat(name[:1], 32))),
	}
	raw, err := json.Marshal(record)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(s.file(name+".record"), raw, 0o600))
	var shown struct {
		Schema     string `json:"schema"`
		Commitment string `json:"commitment"`
	}
	out := must(ctx, t, s.net, "attestation", "disclose", s.file(name+".record"), "--fields", "balance", "-o", s.file(name+".shown"), "--output", "json")
	require.NoError(t, json.Unmarshal(out, &shown))
	commitment, err := hex.DecodeString(shown.Commitment)
	require.NoError(t, err)
	statement, err := json.Marshal(map[string]string{
		"subject":    base64.StdEncoding.EncodeToString([]byte(strings.Repeat("s", 32))),
		"commitment": base64.StdEncoding.EncodeToString(commitment),
	})
	require.NoError(t, err)
	sent := send(ctx, t, s.net, "bank-a", "attestation", "attest", shown.Schema, "--statement", string(statement))
	require.Zero(t, sent.Code, sent.Log)
	id = strings.Trim(devnet.Attribute(sent.Events, "id"), `"`)
	if len(id) != 64 { // the event names the batch, of which it is the only one
		id = strings.Trim(devnet.Attribute(sent.Events, "batch_id"), `"`) + "00000000"
	}
	return id, sent.Height
}

// prove writes a bundle of the state at a height, 0 for the latest.
func (s *stranger) prove(ctx context.Context, t *testing.T, name, id string, height int64, more ...string) {
	t.Helper()
	args := []string{
		"attestation", "prove", id, "--node", s.net.Institutions[0].Node.RPC, "--height", strconv.FormatInt(height, 10),
		"--trusted-height", s.height, "-o", s.file(name),
	}
	must(ctx, t, s.net, append(args, more...)...)
}

// verify returns the verdict and the exit code.
func (s *stranger) verify(ctx context.Context, t *testing.T, name string, more ...string) (v proof.Verdict, code int) {
	t.Helper()
	args := append([]string{"attestation", "verify", s.file(name), "--trusted-height", s.height, "--trusted-hash", s.hash, "--output", "json"}, more...)
	out, err := s.net.Run(ctx, args...)
	var failed *devnet.CommandError
	if errors.As(err, &failed) {
		code = failed.Code
	} else {
		require.NoError(t, err)
	}
	require.NoError(t, json.Unmarshal(out, &v), "%s", out)
	require.Equal(t, code, v.ExitCode)
	return v, code
}

// isShown takes attestations through their life and what a stranger can tell of each.
func (s *stranger) isShown(ctx context.Context, t *testing.T) {
	id, at := s.attest(ctx, t, "kept")
	s.kept = id
	s.prove(ctx, t, "kept.json", id, at, "--disclose", s.file("kept.shown"))
	v, code := s.verify(ctx, t, "kept.json")
	require.Zero(t, code, v)
	require.Equal(t, []proof.Disclosed{{Name: "balance", Kind: "amount", Present: true, Value: "120000"}}, v.Integrity.Disclosed)
	require.Equal(t, s.net.Find("bank-a").Operator, v.Issuer.Operator)
	s.proven = append(s.proven, "kept.json")

	id, at = s.attest(ctx, t, "revoked")
	s.prove(ctx, t, "before.json", id, at)
	revoked := send(ctx, t, s.net, "bank-a", "attestation", "revoke", id, "error")
	require.Zero(t, revoked.Code, revoked.Log)
	s.prove(ctx, t, "after.json", id, revoked.Height, "--sequential")
	v, code = s.verify(ctx, t, "after.json")
	require.Equal(t, proof.ExitStatus, code)
	require.Equal(t, "revoked", v.Status.State)
	require.True(t, v.Issuer.OK)
	_, code = s.verify(ctx, t, "before.json")
	require.Zero(t, code, "it was in force then")
	s.proven = append(s.proven, "before.json")

	nothing := strings.Repeat("ab", 32)
	s.prove(ctx, t, "absent.json", nothing, 0, "--absent")
	_, code = s.verify(ctx, t, "absent.json", "--absent")
	require.Zero(t, code)
	_, code = s.verify(ctx, t, "absent.json")
	require.Equal(t, proof.ExitAbsent, code)
	refused(ctx, t, s.net, []string{"there is no attestation", "--absent"},
		"attestation", "prove", nothing, "--node", s.net.Institutions[0].Node.RPC, "-o", s.file("none.json"))

	raw, err := os.ReadFile(s.file("kept.json"))
	require.NoError(t, err)
	altered := strings.Replace(string(raw), `"value":"120000"`, `"value":"920000"`, 1)
	require.NotEqual(t, string(raw), altered)
	require.NoError(t, os.WriteFile(s.file("altered.json"), []byte(altered), 0o600))
	v, code = s.verify(ctx, t, "altered.json")
	require.Equal(t, proof.ExitInvalid, code)
	require.Contains(t, v.Integrity.Text, "not of this commitment")
}

// isStillConvinced verifies what was shown before, and what is shown of the same now, from the same trusted header.
func (s *stranger) isStillConvinced(ctx context.Context, t *testing.T) {
	t.Helper()
	name := "kept-" + strconv.Itoa(len(s.proven)) + ".json"
	s.prove(ctx, t, name, s.kept, 0)
	s.proven = append(s.proven, name)
	for _, bundle := range s.proven {
		v, code := s.verify(ctx, t, bundle)
		require.Zero(t, code, "%s: %+v", bundle, v)
	}
}
