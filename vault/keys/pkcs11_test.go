//go:build cgo

package keys

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/miekg/pkcs11"
	"github.com/stretchr/testify/require"
)

const pin = "4711"

// softToken makes a token with SoftHSM in a folder of the test.
func softToken(t *testing.T, label string) TokenKey {
	t.Helper()
	util, err := exec.LookPath("softhsm2-util")
	require.NoError(t, err, "install the Debian package softhsm2 (scripts/install-tools.sh does)")
	var module string
	for _, candidate := range []string{"/usr/lib/softhsm/libsofthsm2.so", "/usr/lib64/softhsm/libsofthsm2.so", "/usr/lib64/pkcs11/libsofthsm2.so"} {
		if _, err := os.Stat(candidate); err == nil {
			module, err = filepath.EvalSymlinks(candidate)
			require.NoError(t, err)
			break
		}
	}
	require.NotEmpty(t, module, "no libsofthsm2.so: install the Debian package softhsm2")
	folder := t.TempDir()
	tokens := filepath.Join(folder, "tokens")
	require.NoError(t, os.Mkdir(tokens, 0o700))
	config := filepath.Join(folder, "softhsm2.conf")
	require.NoError(t, os.WriteFile(config, []byte(fmt.Sprintf("directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n", tokens)), 0o600))
	t.Setenv("SOFTHSM2_CONF", config)
	out, err := exec.CommandContext(t.Context(), util, "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "12345678").CombinedOutput()
	require.NoError(t, err, string(out))
	return TokenKey{Module: module, Token: label, Key: "vault"}
}

func TestToken(t *testing.T) {
	name := softToken(t, "bank")
	made, err := NewPKCS11(t.Context(), name, []byte(pin))
	require.NoError(t, err)
	settings, bag := memory{}, filepath.Join(t.TempDir(), "keybag")
	ring, err := Create(t.Context(), settings, bag, made)
	require.NoError(t, err)
	require.NoError(t, made.Close())
	require.Equal(t, KindPKCS11, ring.Custodian().Kind)
	wrapped, err := ring.Wrap([]byte("key"), line, place)
	require.NoError(t, err)
	require.NoError(t, ring.Close())
	content, err := os.ReadFile(bag)
	require.NoError(t, err)
	require.NotContains(t, string(content), pin)

	opened := reopen(t, settings, bag, []byte(pin))
	key, err := opened.Unwrap(wrapped, line, place)
	require.NoError(t, err)
	require.Equal(t, []byte("key"), key)

	_, err = Open(t.Context(), settings, bag, WithSecret([]byte("0000")))
	require.ErrorIs(t, err, ErrWrongPassphrase)
	require.NotContains(t, err.Error(), "0000")
	_, err = NewPKCS11(t.Context(), name, []byte(pin))
	require.ErrorContains(t, err, "choose another --pkcs11-key")
	for want, change := range map[string]func(*TokenKey){
		"--pkcs11-token":  func(k *TokenKey) { k.Token = "another" },
		"--pkcs11-module": func(k *TokenKey) { k.Module = "libsofthsm2.so" },
		"no such file":    func(k *TokenKey) { k.Module = "/nowhere.so" },
		"labels":          func(k *TokenKey) { k.Key = "" },
	} {
		bad := name
		change(&bad)
		_, err = NewPKCS11(t.Context(), bad, []byte(pin))
		require.ErrorContains(t, err, want)
	}
	loose := filepath.Join(t.TempDir(), "lib.so")
	require.NoError(t, os.WriteFile(loose, nil, 0o600))
	require.NoError(t, os.Chmod(loose, 0o666))
	_, err = NewPKCS11(t.Context(), TokenKey{loose, "bank", "x"}, []byte(pin))
	require.ErrorContains(t, err, "chmod go-w")
	require.NoError(t, os.Chmod(loose, 0o600))
	_, err = NewPKCS11(t.Context(), TokenKey{loose, "bank", "x"}, []byte(pin))
	require.ErrorContains(t, err, "cannot be loaded")
}

// The token gives its key to nobody, and what it wrapped opens only for the same place and with the same key.
func TestTokenKeepsItsKey(t *testing.T) {
	name := softToken(t, "bank")
	custodian, err := NewPKCS11(t.Context(), name, []byte(pin))
	require.NoError(t, err)
	defer func() { require.NoError(t, custodian.Close()) }()
	hsm := custodian.(*token)
	_, err = hsm.module.GetAttributeValue(hsm.session, hsm.key, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_VALUE, nil)})
	require.ErrorIs(t, err, pkcs11.Error(pkcs11.CKR_ATTRIBUTE_SENSITIVE))

	secret := random(Size)
	wrapped, err := custodian.Wrap(t.Context(), secret, place)
	require.NoError(t, err)
	require.Len(t, wrapped, gcmNonceBytes+Size+gcmTagBits/8)
	opened, err := custodian.Unwrap(t.Context(), wrapped, place)
	require.NoError(t, err)
	require.Equal(t, secret, opened)
	_, err = custodian.Unwrap(t.Context(), wrapped, []byte("there"))
	require.ErrorIs(t, err, ErrTampered)
	for _, at := range []int{0, gcmNonceBytes, len(wrapped) - 1} {
		_, err = custodian.Unwrap(t.Context(), flipAt(wrapped, at), place)
		require.ErrorIs(t, err, ErrTampered)
	}
	_, err = custodian.Unwrap(t.Context(), wrapped[:5], place)
	require.ErrorIs(t, err, ErrTampered)
	again, err := custodian.Wrap(t.Context(), secret, place)
	require.NoError(t, err)
	require.NotEqual(t, wrapped, again)
}

// From a passphrase to a token and back, with the token's PIN and the passphrase both good in between.
func TestRotationToToken(t *testing.T) {
	name := softToken(t, "bank")
	settings, bag := memory{}, filepath.Join(t.TempDir(), "keybag")
	ring := create(t, settings, bag)
	wrapped, err := ring.Wrap([]byte("key"), line, place)
	require.NoError(t, err)
	_, err = ring.BeginRotation(t.Context(), func() (Custodian, error) { return NewPKCS11(t.Context(), name, []byte(pin)) }, WithSecret([]byte(pin)))
	require.NoError(t, err)
	for _, secret := range [][]byte{passphrase, []byte(pin)} {
		key, err := reopen(t, settings, bag, secret).Unwrap(wrapped, line, place)
		require.NoError(t, err)
		require.Equal(t, []byte("key"), key)
	}
	rewrapped, err := ring.Rewrap(wrapped, line, place)
	require.NoError(t, err)
	require.NoError(t, ring.FinishRotation(t.Context()))
	_, err = Open(t.Context(), settings, bag, WithSecret(passphrase))
	require.ErrorIs(t, err, ErrWrongPassphrase)
	opened := reopen(t, settings, bag, []byte(pin))
	key, err := opened.Unwrap(rewrapped, line, place)
	require.NoError(t, err)
	require.Equal(t, []byte("key"), key)

	_, err = opened.BeginRotation(t.Context(), func() (Custodian, error) { return NewPassphrase(passphrase, cheap) }, WithSecret(passphrase))
	require.NoError(t, err)
	require.NoError(t, opened.FinishRotation(t.Context()))
	reopen(t, settings, bag, passphrase)
}
