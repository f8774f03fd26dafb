package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/internal/pgserver"
	"github.com/creditd/creditd/vault/internal/testpg"
	"github.com/creditd/creditd/vault/store"
)

func status(t *testing.T, home string) (result statusResult) {
	t.Helper()
	out, err := run(t, "vault", "status", "--home", home, "-o", "json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	return result
}

// A vault in a file is backed up and restored into PostgreSQL; what init remembered and its keys come along.
func TestBackupAndRestore(t *testing.T) {
	server := testpg.Start(t, pgserver.Options{})
	home := initHome(t)
	s, err := store.Open(t.Context(), filepath.Join(home, "vault", "store.db"), store.Options{})
	require.NoError(t, err)
	require.NoError(t, s.Stage(t.Context(), []store.Record{{Version: 1, WrappedKey: []byte{1}, Nonce: []byte{1}, Ciphertext: []byte{1}}}))
	require.NoError(t, s.LogAccess(t.Context(), store.Access{Requester: "lender", Outcome: "given"}, nil))
	require.NoError(t, s.Close())

	file := filepath.Join(t.TempDir(), "bank.backup")
	out, err := run(t, "vault", "backup", "--home", home, "-o", "json", file)
	require.NoError(t, err)
	var made backupResult
	require.NoError(t, json.Unmarshal([]byte(out), &made))
	require.Equal(t, file, made.File)
	require.EqualValues(t, 1, made.Tables["records"])
	_, err = run(t, "vault", "backup", "--home", home, file)
	require.ErrorContains(t, err, "choose another name")

	out, err = run(t, "vault", "restore", "--check", "-o", "json", file)
	require.NoError(t, err)
	var checked backupResult
	require.NoError(t, json.Unmarshal([]byte(out), &checked))
	require.Equal(t, made, checked)

	restored, where := newHome(t), testpg.Store(server)
	_, err = run(t, "vault", "restore", "--home", restored, "--store", where, "--without-chain", file)
	require.NoError(t, err)
	before, after := status(t, home), status(t, restored)
	require.Contains(t, after.Store, "postgres://")
	before.Store, after.Store = "", ""
	require.Equal(t, before, after)
	_, err = run(t, "vault", "restore", "--home", restored, "--without-chain", file)
	require.ErrorIs(t, err, store.ErrNotEmpty)
	_, err = os.Stat(filepath.Join(restored, "vault", "store.db"))
	require.ErrorIs(t, err, os.ErrNotExist, "there is one store")

	alone := newHome(t)
	_, err = run(t, "vault", "restore", "--home", alone, "--node", "tcp://127.0.0.1:1", "--grpc-addr", "127.0.0.1:1", file)
	require.ErrorContains(t, err, "--without-chain", "what was erased since is not known")
	_, err = os.Stat(filepath.Join(alone, "vault", "store.db"))
	require.ErrorIs(t, err, os.ErrNotExist, "nothing is restored")

	damaged := filepath.Join(t.TempDir(), "damaged")
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	content[len(content)/2] ^= 1
	require.NoError(t, os.WriteFile(damaged, content, 0o600))
	for _, flag := range []string{"--check", "--check=false"} {
		_, err = run(t, "vault", "restore", "--home", newHome(t), flag, damaged)
		require.Error(t, err)
	}
}

// --store is remembered without a password and cannot be changed.
func TestStoreFlag(t *testing.T) {
	server := testpg.Start(t, pgserver.Options{})
	home, where := newHome(t), testpg.Store(server)
	out, err := run(t, "vault", "init", "--home", home, "--from", "bank", "--keyring-backend", "test", "--store", where, "-o", "json")
	require.NoError(t, err)
	var first initResult
	require.NoError(t, json.Unmarshal([]byte(out), &first))
	require.True(t, first.Created)
	require.Equal(t, first.Store, status(t, home).Store)
	info, err := os.Stat(filepath.Join(home, "vault", "store.toml"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	out, err = run(t, "vault", "init", "--home", home, "--store", where, "-o", "json")
	require.NoError(t, err, "it can be run again")
	var second initResult
	require.NoError(t, json.Unmarshal([]byte(out), &second))
	require.False(t, second.Created)
	require.Equal(t, first.EncryptionKey, second.EncryptionKey)

	_, err = run(t, "vault", "init", "--home", home, "--store", testpg.Store(server))
	require.ErrorContains(t, err, "has its store already")
	_, err = run(t, "vault", "init", "--home", initHome(t), "--store", where)
	require.ErrorContains(t, err, "has its store already")

	const secret = "hunter2"
	other := newHome(t)
	_, err = run(t, "vault", "init", "--home", other, "--store", "postgres://bank:"+secret+"@db.example/vault?sslmode=verify-full")
	require.ErrorContains(t, err, "PGPASSFILE")
	require.NotContains(t, err.Error(), secret)
	_, err = run(t, "vault", "init", "--home", other, "--store", "postgres://bank@db.example/vault?sslmode=disable")
	require.ErrorContains(t, err, "sslmode=verify-full")
	_, err = run(t, "vault", "init", "--home", other, "--store", "mysql://bank@db.example/vault")
	require.ErrorContains(t, err, "postgres://")
	_, err = os.Stat(filepath.Join(other, "vault", "store.toml"))
	require.ErrorIs(t, err, os.ErrNotExist, "what cannot be opened is not remembered")

	elsewhere := filepath.Join(t.TempDir(), "elsewhere.db")
	out, err = run(t, "vault", "init", "--home", other, "--store", elsewhere, "-o", "json")
	require.NoError(t, err)
	require.Contains(t, out, elsewhere)
	require.Equal(t, elsewhere, status(t, other).Store)

	require.NoError(t, os.WriteFile(filepath.Join(other, "vault", "store.toml"), []byte("stor = 1\n"), 0o600))
	_, err = run(t, "vault", "status", "--home", other)
	require.ErrorContains(t, err, "store.toml")
}

func TestRows(t *testing.T) {
	require.Equal(t, "backup: 250 of 1000, 125/s, 6s left", describeRows("backup", 250, 1000, 2*time.Second))
	require.Equal(t, "backup: 0 of 0", describeRows("backup", 0, 0, 0))
}
