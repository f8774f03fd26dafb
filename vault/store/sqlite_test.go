package store

import (
	"bytes"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEmbedded(t *testing.T) {
	testStore(t, func(t *testing.T) (Store, func() Store) {
		path := filepath.Join(t.TempDir(), "vault", "store.db")
		open := func() *Embedded {
			s, err := Open(t.Context(), path, Options{})
			require.NoError(t, err)
			return s
		}
		current := open()
		t.Cleanup(func() { _ = current.Close() })
		return current, func() Store {
			require.NoError(t, current.Close())
			current = open()
			return current
		}
	})
}

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

func TestAccessLogFindsChanges(t *testing.T) {
	for name, change := range map[string]string{
		"changed":  `UPDATE accesses SET requester = 'nobody' WHERE seq = 2`,
		"left out": `DELETE FROM accesses WHERE seq = 2`,
		"first":    `DELETE FROM accesses WHERE seq = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			s, err := Open(t.Context(), filepath.Join(t.TempDir(), "store.db"), Options{})
			require.NoError(t, err)
			defer func() { require.NoError(t, s.Close()) }()
			for range 3 {
				require.NoError(t, s.LogAccess(t.Context(), Access{Requester: "lender", Outcome: "given"}, nil))
			}
			_, err = s.db.ExecContext(t.Context(), change)
			require.NoError(t, err)
			_, err = VerifyAccessLog(t.Context(), s)
			require.ErrorIs(t, err, ErrBroken)
		})
	}
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

// Two processes, here two handles, may write at once.
func TestTwoWriters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "store.db")
	var writers sync.WaitGroup
	for range 2 {
		s, err := Open(t.Context(), path, Options{})
		require.NoError(t, err)
		t.Cleanup(func() { _ = s.Close() })
		for range 2 {
			writers.Go(func() {
				for range 25 {
					if err := s.LogAccess(t.Context(), Access{Requester: "lender", Outcome: "given"}, nil); err != nil {
						t.Error(err)
					}
				}
			})
		}
	}
	writers.Wait()
	s, err := Open(t.Context(), path, Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	_, err = VerifyAccessLog(t.Context(), s)
	require.NoError(t, err)
	counts, err := s.Count(t.Context())
	require.NoError(t, err)
	require.Equal(t, 100, counts.Accesses)
}
