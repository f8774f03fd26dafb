package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/viper"

	"github.com/creditd/creditd/vault/store"
)

const flagStore = "store"

const storeUsage = "Where the vault keeps its records: a file, or postgres://user@host:5432/database?sslmode=verify-full&sslrootcert=ca.pem " +
	"without the password, which comes from PGPASSFILE (default HOME/vault/store.db)"

// storeFilePath is the file that says which store a vault has. It cannot be a setting, since settings are in the store.
func (e *environment) storeFilePath() string { return filepath.Join(e.home, "vault", "store.toml") }

// storeWhere is where the vault's store is, by its file; without one it is in the vault's folder.
func (e *environment) storeWhere() (string, error) {
	if _, err := os.Stat(e.storeFilePath()); errors.Is(err, os.ErrNotExist) {
		return e.storePath(), nil
	}
	file := viper.New()
	file.SetConfigFile(e.storeFilePath())
	if err := file.ReadInConfig(); err != nil || file.GetString(flagStore) == "" {
		return "", fmt.Errorf("%s does not say which store the vault has: it should have a line like store = %q", e.storeFilePath(), e.storePath())
	}
	where := file.GetString(flagStore)
	return where, store.CheckNoPassword(where)
}

// storePresent tells whether the vault has a store.
func (e *environment) storePresent() bool {
	where, err := e.storeWhere()
	if err != nil || store.IsURL(where) {
		return true // opening it says more
	}
	_, err = os.Stat(where)
	return err == nil
}

// makeStore opens the store that a flag names, which it creates if it is not there, and remembers it. A vault that has
// one does not get another.
func (e *environment) makeStore(ctx context.Context, given string) (_ *store.SQL, err error) {
	where, err := e.storeWhere()
	if err != nil {
		return nil, err
	}
	if given != "" && !store.IsURL(given) {
		if strings.Contains(given, "://") {
			return nil, errors.New("--store: write the path of a file, or postgres://user@host:5432/database")
		}
		if given, err = filepath.Abs(given); err != nil {
			return nil, err
		}
	}
	if given == "" || given == where {
		return store.Open(ctx, where, store.Options{})
	}
	if err := store.CheckNoPassword(given); err != nil {
		return nil, err
	}
	if e.storePresent() {
		return nil, fmt.Errorf("this vault has its store already, at %s: leave out --store, or choose another --home", where)
	}
	s, err := store.Open(ctx, given, store.Options{})
	if err != nil {
		return nil, err
	}
	if err := e.rememberStore(given); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

func (e *environment) rememberStore(where string) error {
	if err := os.MkdirAll(filepath.Dir(e.storeFilePath()), 0o700); err != nil {
		return fmt.Errorf("which store the vault has: %w", err)
	}
	text := "# Which store the vault has; 'creditd vault init --store' wrote it. No password belongs here: use PGPASSFILE.\n" +
		fmt.Sprintf("%s = %q\n", flagStore, where)
	// Renamed into place, so that it is there whole or not at all.
	temporary := e.storeFilePath() + ".new"
	if err := os.WriteFile(temporary, []byte(text), 0o600); err != nil {
		return fmt.Errorf("which store the vault has: %w", err)
	}
	return os.Rename(temporary, e.storeFilePath())
}
