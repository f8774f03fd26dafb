package cli

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/creditd/creditd/vault/keys"
)

// Flags that say who keeps the vault's wrapping key, and with which secret it is had.
const (
	flagPassphrase   = "passphrase-file"
	flagPassphraseFD = "passphrase-fd"
	flagProvider     = "provider"
	flagModule       = "pkcs11-module"
	flagToken        = "pkcs11-token" //nolint:gosec // the name of a flag
	flagTokenKey     = "pkcs11-key"   //nolint:gosec // the name of a flag
	prefixNew        = "new-"         // of the same flags, for what a rotation leads to
)

func addSecretFlags(f *pflag.FlagSet) {
	f.String(flagPassphrase, "", "File with the vault's passphrase, or with the PIN of its token (default HOME/vault.passphrase)")
	f.Int(flagPassphraseFD, 0, "Inherited file descriptor, 3 or above, from which to read it instead")
}

// addCustodianFlags are for commands that make a wrapping key.
func addCustodianFlags(cmd *cobra.Command, prefix string) {
	f := cmd.Flags()
	f.String(prefix+flagProvider, "", "Who keeps the wrapping key (passphrase|pkcs11); default: passphrase, or as before")
	f.String(prefix+flagModule, "", "PKCS#11 library of the token's maker, by its absolute path")
	f.String(prefix+flagToken, "", "Label of the token")
	f.String(prefix+flagTokenKey, "", "Label for the key that is made in the token (default: one of its own)")
}

// secret reads passphrase or PIN from where flags say; otherwise is the file if they say nothing. A file descriptor gives it once.
func (e *environment) secret(prefix, otherwise string) ([]byte, error) {
	path := text(e.cmd, prefix+flagPassphrase)
	if e.cmd.Flags().Changed(prefix + flagPassphraseFD) {
		if path != "" {
			return nil, fmt.Errorf("--%s and --%s: pass one of them", prefix+flagPassphrase, prefix+flagPassphraseFD)
		}
		fd, err := e.cmd.Flags().GetInt(prefix + flagPassphraseFD)
		if err != nil {
			return nil, err
		}
		return keys.ReadSecretFD(fd)
	}
	path = cmp.Or(path, otherwise)
	secret, err := keys.ReadSecret(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("no passphrase: make one with '(umask 077; openssl rand -hex 32 > %s)' and keep a copy away from the vault: %w", path, err)
	}
	return secret, err
}

func (e *environment) bagPath() string { return filepath.Join(e.home, "vault", "keybag") }

func (e *environment) passphrasePath() string { return filepath.Join(e.home, "vault.passphrase") }

// openRing opens the keys of a vault and follows what other processes change of them while ctx lasts.
func (e *environment) openRing(ctx context.Context, settings keys.Settings) (*keys.Ring, error) {
	secret, err := e.secret("", e.passphrasePath())
	if err != nil {
		return nil, err
	}
	defer clear(secret)
	ring, err := keys.Open(ctx, settings, e.bagPath(), keys.WithSecret(secret))
	if err != nil {
		return nil, err
	}
	go ring.Watch(ctx)
	return ring, nil
}

// createRing makes the keys of a vault, or opens those that it has.
func (e *environment) createRing(ctx context.Context, settings keys.Settings) (_ *keys.Ring, created bool, err error) {
	secret, err := e.secret("", e.passphrasePath())
	if err != nil {
		return nil, false, err
	}
	defer clear(secret)
	ring, err := keys.Open(ctx, settings, e.bagPath(), keys.WithSecret(secret))
	if !errors.Is(err, keys.ErrNotInitialised) {
		return ring, false, err
	}
	if err := keys.Vacant(e.bagPath()); err != nil {
		return nil, false, err
	}
	custodian, err := e.newCustodian(ctx, "", "", secret)
	if err != nil {
		return nil, false, err
	}
	defer closing(&err, "the keeper of the key", custodian)
	ring, err = keys.Create(ctx, settings, e.bagPath(), custodian)
	return ring, true, err
}

// newCustodian makes what the flags with a prefix say; kind is what they say if they say nothing.
func (e *environment) newCustodian(ctx context.Context, prefix, kind string, secret []byte) (keys.Custodian, error) {
	kind = cmp.Or(text(e.cmd, prefix+flagProvider), kind, keys.KindPassphrase)
	token := keys.TokenKey{Module: text(e.cmd, prefix+flagModule), Token: text(e.cmd, prefix+flagToken), Key: text(e.cmd, prefix+flagTokenKey)}
	switch kind {
	case keys.KindPassphrase:
		if token != (keys.TokenKey{}) {
			return nil, fmt.Errorf("--%s, --%s and --%s are for --%s pkcs11", prefix+flagModule, prefix+flagToken, prefix+flagTokenKey, prefix+flagProvider)
		}
		return keys.NewPassphrase(secret, passphraseCost)
	case keys.KindPKCS11:
		if token.Key == "" {
			suffix := make([]byte, 4)
			_, _ = rand.Read(suffix) // never fails, see the doc of crypto/rand.Read
			token.Key = "creditd-vault-" + hex.EncodeToString(suffix)
		}
		return keys.NewPKCS11(ctx, token, secret)
	}
	return nil, fmt.Errorf("--%s %q: use passphrase or pkcs11", prefix+flagProvider, kind)
}
