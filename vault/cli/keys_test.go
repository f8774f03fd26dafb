package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
)

func secretFile(t *testing.T, home, name, text string) string {
	t.Helper()
	path := filepath.Join(home, name)
	require.NoError(t, os.WriteFile(path, []byte(text+"\n"), 0o600))
	return path
}

func rotate(t *testing.T, home string, args ...string) (rotateResult, error) {
	t.Helper()
	out, err := run(t, append([]string{"vault", "rotate", "--home", home, "--overlap", "0s", "-o", "json"}, args...)...)
	var result rotateResult
	if err == nil {
		require.NoError(t, json.Unmarshal([]byte(out), &result))
	}
	return result, err
}

// reopens tells with which secret a vault opens.
func reopens(t *testing.T, home, secret string) error {
	t.Helper()
	s, err := store.Open(t.Context(), filepath.Join(home, "vault", "store.db"), store.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	ring, err := keys.Open(t.Context(), s, filepath.Join(home, "vault", "keybag"), keys.WithSecret([]byte(secret)))
	if err != nil {
		return err
	}
	return ring.Close()
}

func TestRotateCommand(t *testing.T) {
	home := initHome(t)
	fresh := secretFile(t, home, "new", "another passphrase")
	result, err := rotate(t, home, "--new-passphrase-file", fresh)
	require.NoError(t, err)
	require.EqualValues(t, 2, result.Epoch)
	require.EqualValues(t, 1, result.Destroyed)
	require.Equal(t, keys.KindPassphrase, result.Provider)
	require.NoError(t, reopens(t, home, "another passphrase"))
	require.ErrorIs(t, reopens(t, home, "a passphrase for tests"), keys.ErrWrongPassphrase)

	// A run that was killed at the very end is run again as it was.
	again, err := rotate(t, home, "--new-passphrase-file", fresh)
	require.NoError(t, err)
	require.True(t, again.Resumed)
	require.EqualValues(t, 2, again.Epoch)

	// Without flags: a new wrapping key under the passphrase that there is.
	result, err = rotate(t, home, "--passphrase-file", fresh)
	require.NoError(t, err)
	require.EqualValues(t, 3, result.Epoch)
	require.NoError(t, reopens(t, home, "another passphrase"))

	for want, args := range map[string][]string{
		"--passphrase-file":          {"--passphrase-file", secretFile(t, home, "wrong", "a wrong passphrase")},
		"needs --new-passphrase":     {"--passphrase-file", fresh, "--new-provider", "pkcs11"},
		"use passphrase or pkcs11":   {"--passphrase-file", fresh, "--new-provider", "magic", "--new-passphrase-file", fresh},
		"absolute path":              {"--passphrase-file", fresh, "--new-provider", "pkcs11", "--new-pkcs11-token", "x", "--new-passphrase-file", fresh},
		"are for --new-provider":     {"--passphrase-file", fresh, "--new-pkcs11-token", "x", "--new-passphrase-file", fresh},
		"pass one of them":           {"--passphrase-file", fresh, "--passphrase-fd", "9"},
		"one of the standard ones":   {"--passphrase-fd", "0"},
		"12 to 1024 bytes":           {"--passphrase-file", fresh, "--new-passphrase-file", secretFile(t, home, "short", "short")},
		"no such file or directory:": {"--passphrase-file", fresh, "--new-passphrase-file", "/nowhere"},
	} {
		if strings.HasSuffix(want, ":") {
			want = "no such file"
		}
		_, err := rotate(t, home, args...)
		require.ErrorContains(t, err, want)
		require.NotContains(t, err.Error(), "another passphrase")
	}
	_, err = run(t, "vault", "rotate", "--home", home, "--hpke", "--passphrase-file", fresh)
	require.ErrorContains(t, err, "--node")
}

func TestPassphraseFromFD(t *testing.T) {
	home := initHome(t)
	require.NoError(t, os.Remove(filepath.Join(home, "vault.passphrase")))
	var ends [2]int
	require.NoError(t, syscall.Pipe(ends[:]))
	_, err := syscall.Write(ends[1], []byte("a passphrase for tests\n"))
	require.NoError(t, err)
	require.NoError(t, syscall.Close(ends[1]))
	result, err := rotate(t, home, "--passphrase-fd", strconv.Itoa(ends[0]))
	require.NoError(t, err)
	require.EqualValues(t, 2, result.Epoch)
}

func TestShredCommandRefuses(t *testing.T) {
	home := initHome(t)
	for want, args := range map[string][]string{
		"tradeline erasures again": {},
		"none of the others":       {"--erasures", "--again"},
		"--node":                   {"--erasures"},
	} {
		_, err := run(t, append([]string{"vault", "shred", "--home", home}, args...)...)
		require.ErrorContains(t, err, want)
	}
	out, err := run(t, "vault", "shred", "--home", home, "--again", "-o", "json")
	require.NoError(t, err)
	var result shredResult
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	require.Zero(t, *result.Again)
	require.Equal(t, strings.Repeat("0", 64), result.LogHead)
}

// The ids of tradelines are resolved from the store, the shred log or the flag, in this order.
func TestShredTargets(t *testing.T) {
	s, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), store.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.Stage(t.Context(), []store.Record{{
		Attestation: [32]byte{1}, Tradeline: [32]byte{1}, Subject: [32]byte{11}, Version: 1, WrappedKey: []byte{1}, Nonce: []byte{1}, Ciphertext: []byte{1},
	}}))
	_, err = s.Shred(t.Context(), store.Shredding{Tradeline: [32]byte{2}, Subject: [32]byte{12}})
	require.NoError(t, err)
	hexOf := func(b string) string { return b + strings.Repeat("0", 62) }
	targets, err := findTargets(t.Context(), s, shredFlags{tradelines: []string{hexOf("01"), hexOf("02"), hexOf("03")}, subject: hexOf("0d")})
	require.NoError(t, err)
	require.Equal(t, [][32]byte{{11}, {12}, {13}}, [][32]byte{targets[0].Subject, targets[1].Subject, targets[2].Subject})
	_, err = findTargets(t.Context(), s, shredFlags{tradelines: []string{hexOf("03")}})
	require.ErrorContains(t, err, "--subject")
	_, err = findTargets(t.Context(), s, shredFlags{tradelines: []string{"xy"}})
	require.ErrorContains(t, err, "64 hexadecimal")
}
