package keys

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
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

var passphrase = []byte("correct horse battery staple")

func TestCreateAndOpen(t *testing.T) {
	settings := memory{}
	made, err := Create(t.Context(), settings, passphrase, cheap)
	require.NoError(t, err)
	opened, err := Open(t.Context(), settings, passphrase)
	require.NoError(t, err)
	require.Equal(t, made.Account("BANK", "1"), opened.Account("BANK", "1"))
	require.Equal(t, made.Digest([]byte("x")), opened.Digest([]byte("x")))
	require.Equal(t, made.HPKE().PublicKey().Bytes(), opened.HPKE().PublicKey().Bytes())
	require.Len(t, opened.HPKE().PublicKey().Bytes(), 1216)
	wrapped, err := made.Wrap(passphrase, []byte("here"))
	require.NoError(t, err)
	key, err := opened.Unwrap(wrapped, []byte("here"))
	require.NoError(t, err)
	require.Equal(t, passphrase, key)
	_, err = opened.Unwrap(wrapped, []byte("there"))
	require.ErrorIs(t, err, ErrTampered)
	_, err = opened.Unwrap(wrapped[:5], []byte("here"))
	require.ErrorIs(t, err, ErrTampered)

	_, err = Create(t.Context(), settings, passphrase, cheap)
	require.ErrorIs(t, err, ErrInitialised)
	_, err = Open(t.Context(), memory{}, passphrase)
	require.ErrorIs(t, err, ErrNotInitialised)
}

func TestWrongPassphrase(t *testing.T) {
	settings := memory{}
	_, err := Create(t.Context(), settings, passphrase, cheap)
	require.NoError(t, err)
	_, err = Open(t.Context(), settings, []byte("correct horse battery stable"))
	require.ErrorIs(t, err, ErrWrongPassphrase)
	require.ErrorContains(t, err, "--passphrase-file")
}

func TestTamperedSettings(t *testing.T) {
	for _, name := range []string{settingRoot, settingHPKE} {
		settings := memory{}
		_, err := Create(t.Context(), settings, passphrase, cheap)
		require.NoError(t, err)
		settings[name][20] ^= 1
		_, err = Open(t.Context(), settings, passphrase)
		require.ErrorIs(t, err, ErrTampered, name)
	}
	settings := memory{}
	_, err := Create(t.Context(), settings, passphrase, cheap)
	require.NoError(t, err)
	settings[settingKDF] = []byte(`{"algorithm":"argon2id","salt":"AAAAAAAAAAAAAAAAAAAAAA==","time":1,"memory_kib":4294967295,"threads":1}`)
	_, err = Open(t.Context(), settings, passphrase)
	require.ErrorContains(t, err, "out of range", "it must not take all memory")
}

func TestSecretsDoNotPrint(t *testing.T) {
	ring, err := Create(t.Context(), memory{}, passphrase, cheap)
	require.NoError(t, err)
	for _, text := range []string{fmt.Sprintf("%v", ring), fmt.Sprintf("%+v", ring), fmt.Sprintf("%#v", ring), fmt.Sprint(NewConsortium([32]byte{1}))} {
		require.Contains(t, text, "redacted")
	}
}

func TestSealIsBoundToItsPlace(t *testing.T) {
	ring, err := Create(t.Context(), memory{}, passphrase, cheap)
	require.NoError(t, err)
	secret := []byte("balance 6000000")
	sealed, err := Seal(ring, secret, []byte("place"))
	require.NoError(t, err)
	require.False(t, bytes.Contains(sealed.Ciphertext, secret[:7]))
	again, err := Seal(ring, secret, []byte("place"))
	require.NoError(t, err)
	require.NotEqual(t, sealed.WrappedKey, again.WrappedKey, "each record has its own data key")
	opened, err := Unseal(ring, sealed, []byte("place"))
	require.NoError(t, err)
	require.Equal(t, secret, opened)
	for name, change := range map[string]func(s *Sealed) string{
		"place":      func(*Sealed) string { return "other" },
		"ciphertext": func(s *Sealed) string { s.Ciphertext = flip(s.Ciphertext); return "place" },
		"nonce":      func(s *Sealed) string { s.Nonce = flip(s.Nonce); return "place" },
		"no nonce":   func(s *Sealed) string { s.Nonce = nil; return "place" },
		"key":        func(s *Sealed) string { s.WrappedKey = flip(s.WrappedKey); return "place" },
		"other key":  func(s *Sealed) string { s.WrappedKey = again.WrappedKey; return "place" },
	} {
		changed := sealed
		place := change(&changed)
		_, err := Unseal(ring, changed, []byte(place))
		require.ErrorIs(t, err, ErrTampered, name)
	}
}

func flip(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)/2] ^= 1
	return b
}

func TestAccountsAreDistinct(t *testing.T) {
	ring, err := Create(t.Context(), memory{}, passphrase, cheap)
	require.NoError(t, err)
	require.NotEqual(t, ring.Account("A", "BC"), ring.Account("AB", "C"), "parts have lengths")
	other, err := Create(t.Context(), memory{}, passphrase, cheap)
	require.NoError(t, err)
	require.NotEqual(t, ring.Account("A", "1"), other.Account("A", "1"), "every vault blinds differently")
}

func TestReadPassphrase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "passphrase")
	write := func(text string, mode os.FileMode) {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		require.NoError(t, os.Chmod(path, mode))
	}
	write("a passphrase of some length\r\n", 0o600)
	got, err := ReadPassphrase(path)
	require.NoError(t, err)
	require.Equal(t, "a passphrase of some length", string(got))
	write("a passphrase of some length", 0o640)
	_, err = ReadPassphrase(path)
	require.ErrorContains(t, err, "chmod 600")
	write("short", 0o600)
	_, err = ReadPassphrase(path)
	require.ErrorContains(t, err, "openssl rand")
	write(strings.Repeat("x", 5000), 0o600)
	_, err = ReadPassphrase(path)
	require.Error(t, err)
	_, err = ReadPassphrase(path + ".none")
	require.True(t, errors.Is(err, os.ErrNotExist))
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
