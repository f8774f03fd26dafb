package keys

import (
	"bytes"
	"context"
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

// cheap is no protection and quick.
var cheap = Cost{Time: 1, MemoryKiB: 64, Threads: 1}

type memory map[string][]byte

func (m memory) Setting(_ context.Context, name string) ([]byte, error) { return m[name], nil }
func (m memory) SetSettings(_ context.Context, values map[string][]byte) error {
	maps.Copy(m, values)
	return nil
}

func create(t *testing.T, settings Settings, bag string) *Ring {
	t.Helper()
	custodian, err := NewPassphrase(passphrase, cheap)
	require.NoError(t, err)
	ring, err := Create(t.Context(), settings, bag, custodian)
	require.NoError(t, err)
	t.Cleanup(func() { _ = ring.Close() })
	return ring
}

func reopen(t *testing.T, settings Settings, bag string, secret []byte) *Ring {
	t.Helper()
	ring, err := Open(t.Context(), settings, bag, WithSecret(secret))
	require.NoError(t, err)
	t.Cleanup(func() { _ = ring.Close() })
	return ring
}

var passphrase = []byte("correct horse battery staple")

func TestAccountsAreDistinct(t *testing.T) {
	ring := create(t, memory{}, filepath.Join(t.TempDir(), "keybag"))
	require.NotEqual(t, ring.Account("A", "BC"), ring.Account("AB", "C"), "parts have lengths")
	other := create(t, memory{}, filepath.Join(t.TempDir(), "keybag"))
	require.NotEqual(t, ring.Account("A", "1"), other.Account("A", "1"), "every vault blinds differently")
}

func TestConsortiumKeyFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "consortium.key")
	key := bytes.Repeat([]byte{7}, 32)
	require.NoError(t, os.WriteFile(path, []byte(hex.EncodeToString(key)+"\n"), 0o600))
	read, err := ReadConsortium(path)
	require.NoError(t, err)
	require.Equal(t, NewConsortium([32]byte(key)), read)
	require.NoError(t, os.WriteFile(path, []byte("0707"), 0o600))
	_, err = ReadConsortium(path)
	require.ErrorContains(t, err, "64 hexadecimal digits")
}

// The vector pins the construction: another vault of the consortium must get the same pseudonym.
func TestPseudonym(t *testing.T) {
	consortium := NewConsortium([32]byte(bytes.Repeat([]byte{7}, 32)))
	firm := func(identity string) string {
		pseudonym, err := consortium.Pseudonym(credittypes.SUBJECT_KIND_LEGAL_ENTITY, identity)
		require.NoError(t, err)
		return hex.EncodeToString(pseudonym[:])
	}
	want := firm("SYN000000001")
	require.Equal(t, pseudonymVector, want)
	for _, same := range []string{" syn000000001 ", "SYN 000 000 001", "SYN-000000001", "\uff33\uff39\uff2e\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff10\uff11"} {
		require.Equal(t, want, firm(same), same)
	}
	require.NotEqual(t, want, firm("SYN000000002"))
	person, err := consortium.Pseudonym(credittypes.SUBJECT_KIND_NATURAL_PERSON, "SYN000000001")
	require.NoError(t, err)
	require.NotEqual(t, want, hex.EncodeToString(person[:]))
	other, err := NewConsortium([32]byte{}).Pseudonym(credittypes.SUBJECT_KIND_LEGAL_ENTITY, "SYN000000001")
	require.NoError(t, err)
	require.NotEqual(t, want, hex.EncodeToString(other[:]))

	for _, bad := range []string{"", " - ", strings.Repeat("1", 65), "12\x0034", "12\xff34", strings.Repeat("1", 10_000)} {
		_, err := consortium.Pseudonym(credittypes.SUBJECT_KIND_LEGAL_ENTITY, bad)
		require.Error(t, err)
		if len(bad) > 3 {
			require.NotContains(t, err.Error(), bad[:2]+bad[2:4], "an error never quotes the number")
		}
	}
	_, err = consortium.Pseudonym(credittypes.SUBJECT_KIND_UNSPECIFIED, "1")
	require.ErrorContains(t, err, "--kind")
}

const pseudonymVector = "2651d373eb46231c408455a1f686f2530da5819d7f89f5d2c14b9a2790f9f295"
