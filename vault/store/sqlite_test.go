package store

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestFilesAreTheOwnersOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "vault")
	s, err := Open(t.Context(), filepath.Join(folder, "store.db"), Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	require.NoError(t, s.Stage(t.Context(), []Record{record(1, 1, 1)}))
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, files, 3, "the file, its log and its index")
	for _, file := range files {
		info, err := file.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), file.Name())
	}
}

// A path is relative to the working directory, and may have what means something in a URL.
func TestRelativePath(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	for _, path := range []string{"store.db", "bank/vault/store.db", "./a b/50% ?#.db", "../" + filepath.Base(folder) + "/up.db"} {
		s, err := Open(t.Context(), path, Options{})
		require.NoError(t, err, path)
		require.NoError(t, s.Stage(t.Context(), []Record{record(1, 1, 1)}), path)
		require.Equal(t, path, s.Where())
		require.NoError(t, s.Close())
		info, err := os.Stat(path)
		require.NoError(t, err)
		require.NotZero(t, info.Size(), path)
	}
}

func TestDurabilityIsOn(t *testing.T) {
	s, err := Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	for pragma, want := range map[string]string{"journal_mode": "wal", "synchronous": "2", "secure_delete": "1", "foreign_keys": "1"} {
		var got string
		require.NoError(t, s.db.QueryRowContext(t.Context(), "PRAGMA "+pragma).Scan(&got))
		require.Equal(t, want, got, pragma)
	}
}

// A full disk says what to do and loses nothing; with room again, the same call succeeds.
func TestFullDisk(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "store.db")
	small, err := Open(ctx, path, Options{MaxPages: 60})
	require.NoError(t, err)
	large := func(i byte) Record {
		r := record(i, i, 1)
		r.Ciphertext = bytes.Repeat([]byte{i}, 20_000)
		return r
	}
	var kept []Record
	var full error
	for i := byte(1); full == nil; i++ {
		r := large(i)
		if full = small.Stage(ctx, []Record{r}); full == nil {
			kept = append(kept, r)
		}
		require.Less(t, i, byte(60))
	}
	require.ErrorIs(t, full, ErrFull)
	require.ErrorContains(t, full, "free space beside "+path)
	require.NotEmpty(t, kept)
	stored, err := small.Records(ctx, nil, 100)
	require.NoError(t, err)
	require.Equal(t, kept, stored)
	require.NoError(t, small.Commit(ctx, [][32]byte{kept[0].Attestation}), "what is there can still be worked with")
	require.NoError(t, small.Close())

	roomy, err := Open(ctx, path, Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, roomy.Close()) }()
	require.NoError(t, roomy.Stage(ctx, []Record{large(byte(len(kept) + 1))}))
	counts, err := roomy.Count(ctx)
	require.NoError(t, err)
	require.Equal(t, len(kept)+1, counts.Staged+counts.Committed)
}

func TestNotAStore(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	require.NoError(t, os.WriteFile(path, bytes.Repeat([]byte("not a store "), 1000), 0o600))
	_, err := Open(t.Context(), path, Options{})
	require.ErrorIs(t, err, ErrBroken)
}

func TestNewerVersionIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	s, err := Open(t.Context(), path, Options{})
	require.NoError(t, err)
	_, err = s.db.ExecContext(t.Context(), `INSERT INTO migrations VALUES (99, 0)`)
	require.NoError(t, err)
	require.NoError(t, s.Close())
	_, err = Open(t.Context(), path, Options{})
	require.ErrorContains(t, err, "version 99")
}

// A store of version 1, where the state was a column of the record, keeps what is staged.
func TestMigrationOfStates(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "store.db")
	all := migrations
	migrations = all[:1]
	old, err := Open(ctx, path, Options{})
	migrations = all
	require.NoError(t, err)
	for i, r := range []Record{record(1, 1, 1), record(2, 2, 1)} {
		_, err := old.db.ExecContext(ctx, `INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, i+1, r.Attestation[:], r.Tradeline[:],
			r.Version, r.Schema[:], r.Subject[:], r.Digest[:], i, r.Import, r.WrappedKey, r.Nonce, r.Ciphertext)
		require.NoError(t, err)
	}
	require.NoError(t, old.Close())
	s, err := Open(ctx, path, Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	staged, err := s.Staged(ctx, nil, 10)
	require.NoError(t, err)
	require.Equal(t, []Record{record(1, 1, 1)}, staged)
	committed := record(2, 2, 1)
	committed.State = Committed
	records, err := s.Records(ctx, nil, 10)
	require.NoError(t, err)
	require.Equal(t, []Record{record(1, 1, 1), committed}, records)
}
