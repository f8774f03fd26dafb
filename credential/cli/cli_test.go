package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/credential"
	"github.com/creditd/creditd/x/attestation/commitment"
)

const testIssuer = "creditd1issuer"

var testTime = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// fakeChain has one attestation, place 1 of the batch in the help's examples.
type fakeChain struct {
	on     credential.ChainAttestation
	id     [32]byte
	schema credential.Schema
	keys   map[[32]byte]credential.ChainKey
	closed int
}

func (*fakeChain) ChainID() string { return "creditd-test-1" }

func (c *fakeChain) Attestation(_ context.Context, id [32]byte) (credential.ChainAttestation, error) {
	if id != c.id {
		return credential.ChainAttestation{}, credential.ErrNotFound
	}
	return c.on, nil
}

func (c *fakeChain) Schema(context.Context, [32]byte) (credential.Schema, error) {
	return c.schema, nil
}

func (c *fakeChain) Key(_ context.Context, _ string, thumbprint [32]byte) (credential.ChainKey, error) {
	key, ok := c.keys[thumbprint]
	if !ok {
		return key, credential.ErrNotFound
	}
	return key, nil
}

func (c *fakeChain) StatusList(_ context.Context, container [28]byte) (StatusList, error) {
	if container != [28]byte(c.id[:28]) {
		return StatusList{}, credential.ErrNotFound
	}
	return StatusList{Issuer: testIssuer, Items: 3, Bits: []byte{0b00_01_00_00}, Height: 7, Time: testTime}, nil
}

func (c *fakeChain) connect(*cobra.Command) (Chain, func() error, error) {
	return c, func() error { c.closed++; return nil }, nil
}

// register puts the public key of a file on the chain.
func (c *fakeChain) register(t *testing.T, path string) {
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	key, err := credential.ParsePublicJWK(text)
	require.NoError(t, err)
	c.keys[key.Thumbprint()] = credential.ChainKey{Key: key}
}

// newChain works in a folder of its own, with the record in record.json.
func newChain(t *testing.T) *fakeChain {
	t.Chdir(t.TempDir())
	now = func() time.Time { return testTime }
	t.Cleanup(func() { now = time.Now })
	container, err := hex.DecodeString(exampleContainer)
	require.NoError(t, err)
	c := &fakeChain{keys: map[[32]byte]credential.ChainKey{}, schema: credential.Schema{
		Name: "test.account", Version: 1, Disclosable: []bool{true, true},
		Layout: commitment.Layout{Fields: []commitment.Field{{Name: "status", Kind: commitment.Code}, {Name: "balance", Kind: commitment.Amount}}},
	}}
	copy(c.id[:], append(container, 0, 0, 0, 1))
	values, seed := commitment.Record{"status": "11", "balance": "250"}, commitment.Seed{1}
	committed, err := commitment.Commit(c.schema.Layout, values, seed)
	require.NoError(t, err)
	c.on = credential.ChainAttestation{
		Issuer: testIssuer, Commitment: committed, Standing: credential.StandingGood, Height: 7, Time: testTime,
	}
	text, err := json.Marshal(record{Attestation: hex.EncodeToString(c.id[:]), Seed: hex.EncodeToString(seed[:]), Values: values})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("record.json", text, 0o600))
	return c
}

func (c *fakeChain) run(args ...string) (string, error) {
	root := &cobra.Command{Use: "creditd", SilenceErrors: true}
	root.AddCommand(NewCmd(c.connect))
	var out bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err := root.Execute()
	return out.String(), err
}

// TestExamples runs every example of every help, as pasted and in the order of the commands.
func TestExamples(t *testing.T) {
	c := newChain(t)
	ran := 0
	for _, cmd := range NewCmd(c.connect).Commands() {
		require.NotEmpty(t, cmd.Example, cmd.Name())
	}
	for _, name := range []string{"keygen", "issue", "present", "verify", "status-list"} {
		cmd, _, err := NewCmd(c.connect).Find([]string{name})
		require.NoError(t, err)
		for _, line := range strings.Split(cmd.Example, "\n") {
			words := strings.Fields(line)
			require.Equal(t, "creditd", words[0])
			out, err := c.run(words[1:]...)
			require.NoError(t, err, line)
			if strings.Contains(line, "--output json") {
				var result map[string]any
				require.NoError(t, json.Unmarshal([]byte(out), &result), out)
				require.NotEmpty(t, result)
			}
			ran++
		}
		if name == "keygen" {
			c.register(t, "issuer.pub.jwk")
		}
	}
	require.Equal(t, 10, ran)
	require.Equal(t, 6, c.closed, "every connection is closed")
	for _, file := range []string{"issuer.jwk", "holder.jwk", "credential.txt", "presentation.txt"} {
		info, err := os.Stat(file)
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), file)
	}

	out, err := c.run("credential", "verify", "presentation.txt", "--aud", "https://lender.example", "--nonce", "n-0S6_WzA2Mj")
	require.NoError(t, err)
	for i, line := range []string{"integrity  good", "issuer     " + testIssuer, "status     active", "freshness  true at height 7", `  status "11"`, `  balance "250"`} {
		require.True(t, strings.HasPrefix(strings.Split(out, "\n")[i], line), out)
	}
	text, err := os.ReadFile("disclosure.json")
	require.NoError(t, err)
	var disclosure commitment.Disclosure
	require.NoError(t, json.Unmarshal(text, &disclosure))
	require.NoError(t, disclosure.Verify(c.schema.Layout, c.on.Commitment))

	text, err = os.ReadFile("status.txt")
	require.NoError(t, err)
	verified, err := credential.VerifyStatusList(strings.TrimSpace(string(text)), func(header, _ map[string]any) (credential.PublicKey, error) {
		for _, key := range c.keys {
			return key.Key, nil
		}
		return credential.PublicKey{}, errors.New("no key")
	}, credential.Policy{Type: credential.TypeW3CJWT, Now: testTime})
	require.NoError(t, err)
	status, err := verified.List.Status(1)
	require.NoError(t, err)
	require.Equal(t, credential.Revoked, status)
}

func TestRefusals(t *testing.T) {
	c := newChain(t)
	must := func(args ...string) string {
		out, err := c.run(append([]string{"credential"}, args...)...)
		require.NoError(t, err)
		return out
	}
	must("keygen", "issuer")
	must("keygen", "holder")
	must("keygen", "other")
	c.register(t, "issuer.pub.jwk")
	must("issue", "record.json", "--key", "issuer.jwk", "--holder", "holder.pub.jwk", "--out", "c")
	must("present", "c", "--out", "p")
	require.NoError(t, os.WriteFile("bad.json", []byte(`{"attestation":"00"}`), 0o600))
	require.NoError(t, os.WriteFile("unknown.json", []byte(`{"attestation":"`+strings.Repeat("00", 32)+`","seed":"`+strings.Repeat("00", 32)+`"}`), 0o600))
	text, err := os.ReadFile("record.json")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile("changed.json", bytes.Replace(text, []byte(`"250"`), []byte(`"251"`), 1), 0o600))
	require.NoError(t, os.WriteFile("noseed.json", bytes.Replace(text, []byte(`"seed":"`), []byte(`"seed":"x`), 1), 0o600))
	require.NoError(t, os.WriteFile("wrong.json", bytes.Replace(text, []byte(`"250"`), []byte(`"2.5"`), 1), 0o600))
	require.NoError(t, os.WriteFile("text", []byte("text"), 0o600))

	for _, c2 := range []struct {
		args   string
		reason string
	}{
		{"keygen issuer", "file exists"},
		{"keygen x --algorithm RS256", "--algorithm"},
		{"keygen y --output xml", "text or json"},
		{"keygen no/such/folder", "no such file"},
		{"issue record.json", "name the key"},
		{"issue record.json --key nowhere", "no such file"},
		{"issue record.json --key record.json", "record.json: key not acceptable"},
		{"issue record.json --key issuer.jwk --format pdf", "sd-jwt-vc or w3c"},
		{"issue record.json --key other.jwk", "register it on the chain first"},
		{"issue record.json --key issuer.jwk --holder holder.jwk", "private key"},
		{"issue record.json --key issuer.jwk --holder nowhere", "no such file"},
		{"issue record.json --key issuer.jwk --out c", "file exists"},
		{"issue nowhere --key issuer.jwk", "no such file"},
		{"issue text --key issuer.jwk", "not a record"},
		{"issue bad.json --key issuer.jwk", "attestation is 64"},
		{"issue noseed.json --key issuer.jwk", "seed is 64"},
		{"issue unknown.json --key issuer.jwk", "not on the chain"},
		{"issue changed.json --key issuer.jwk", "not what the chain has"},
		{"issue wrong.json --key issuer.jwk", `field "balance"`},
		{"present c --disclose income", "it has status, balance"},
		{"present c --aud a --nonce n", "go together"},
		{"present c --aud a --nonce n --holder-key other.jwk", "not bound to this holder"},
		{"present text", "malformed"},
		{"present nowhere", "no such file"},
		{"verify p --aud a", "go together"},
		{"verify p --aud a --nonce n", "key binding"},
		{"verify text", "malformed"},
		{"verify p --disclosure d", "no field was shown"},
		{"verify nowhere", "no such file"},
		{"status-list 00 --key issuer.jwk", "56 hexadecimal"},
		{"status-list " + strings.Repeat("00", 28) + " --key issuer.jwk", "not on the chain"},
		{"status-list " + exampleContainer + " --key other.jwk", "register it"},
		{"status-list " + exampleContainer, "name the key"},
		{"status-list " + exampleContainer + " --key issuer.jwk --ttl -1s", "--ttl"},
	} {
		_, err := c.run(append([]string{"credential"}, strings.Fields(c2.args)...)...)
		require.ErrorContains(t, err, c2.reason, c2.args)
	}

	c.on.Status, c.on.Reason, c.on.StatusSince = credential.Revoked, "error", testTime
	c.on.Standing, c.on.StandingSince = credential.StandingLicence, testTime
	out, err := c.run("credential", "verify", "p")
	require.ErrorIs(t, err, ErrNotGood)
	require.Contains(t, out, "status     revoked (error) since 2026-11-21T12:00:00Z, current")
	require.Contains(t, out, "standing licence since 2026-11-21T12:00:00Z")
	require.Contains(t, out, "not bound to a holder")

	c.on.Status, c.on.SupersededBy, c.on.Standing = credential.Superseded, [32]byte{0xab}, ""
	out, err = c.run("credential", "verify", "p")
	require.ErrorIs(t, err, ErrNotGood)
	require.Contains(t, out, "superseded by ab00")
	require.Contains(t, out, "standing unknown")

	for id, key := range c.keys {
		key.RetiredAt = testTime
		c.keys[id] = key
	}
	out, err = c.run("credential", "verify", "p")
	require.ErrorIs(t, err, ErrNotGood)
	require.Contains(t, out, "(retired 2026-11-21T12:00:00Z)")
	_, err = c.run("credential", "issue", "record.json", "--key", "issuer.jwk")
	require.ErrorIs(t, err, credential.ErrKeyRetired)

	failing := NewCmd(func(*cobra.Command) (Chain, func() error, error) { return nil, nil, errors.New("no node") })
	failing.SetArgs([]string{"verify", "p"})
	failing.SetOut(&bytes.Buffer{})
	failing.SetErr(&bytes.Buffer{})
	require.ErrorContains(t, failing.Execute(), "no node")
}
