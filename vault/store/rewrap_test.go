package store

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// wrapped is a record whose key is wrapped in an epoch.
func wrapped(attestation, tradeline byte, version uint32, epoch byte) Record {
	r := record(attestation, tradeline, version)
	r.WrappedKey = []byte{1, 0, 0, 0, epoch, attestation}
	return r
}

func before(epoch byte) []byte { return []byte{1, 0, 0, 0, epoch} }

func testWrappedKeys(t *testing.T, s *SQL, reopen func() *SQL) {
	ctx := t.Context()
	var records []Record
	for i := byte(0); i < 9; i++ {
		records = append(records, wrapped(200-i, 100-i, 1, 1+i%2)) // epochs 1 and 2 in turn; ids descend
	}
	require.NoError(t, s.Stage(ctx, records))
	var found []byte
	var after *[32]byte
	for {
		page, err := s.WrappedBefore(ctx, before(2), after, 2)
		require.NoError(t, err)
		if len(page) == 0 {
			break
		}
		for _, r := range page {
			found = append(found, r.Attestation[0])
			require.Equal(t, [32]byte{r.Attestation[0] - 100}, r.Tradeline)
			require.Equal(t, r.Tradeline, r.Subject)
			require.Equal(t, []byte{1, 0, 0, 0, 1, r.Attestation[0]}, r.WrappedKey)
			require.Nil(t, r.Ciphertext)
		}
		after = &page[len(page)-1].Attestation
	}
	require.Equal(t, []byte{200, 198, 196, 194, 192}, found)

	n, err := s.ReplaceWrappedKeys(ctx, []KeyChange{
		{Attestation: records[0].Attestation, Old: records[0].WrappedKey, New: []byte{1, 0, 0, 0, 2, 77}},
		{Attestation: records[2].Attestation, Old: []byte{9}, New: []byte{8}}, // another was quicker
		{Attestation: [32]byte{1}, Old: []byte{9}, New: []byte{8}},            // shredded meanwhile
	})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	s = reopen()
	all, err := s.Records(ctx, nil, 100)
	require.NoError(t, err)
	records[0].WrappedKey = []byte{1, 0, 0, 0, 2, 77}
	require.Equal(t, records, all, "nothing else changed")
}

func testRetiredKeys(t *testing.T, s *SQL, reopen func() *SQL) {
	ctx := t.Context()
	require.NoError(t, s.Stage(ctx, []Record{wrapped(1, 1, 1, 1)}))
	require.NoError(t, s.RetireKeys(ctx, before(2)))
	s = reopen()
	require.ErrorIs(t, s.Stage(ctx, []Record{wrapped(2, 2, 1, 2), wrapped(3, 3, 1, 1)}), ErrStaleKey)
	all, err := s.Records(ctx, nil, 10)
	require.NoError(t, err)
	require.Len(t, all, 1, "all or none")
	require.NoError(t, s.Stage(ctx, []Record{wrapped(2, 2, 1, 2)}))
}

func testShred(t *testing.T, s *SQL, reopen func() *SQL) {
	ctx := t.Context()
	require.NoError(t, s.Stage(ctx, []Record{wrapped(1, 10, 1, 1), wrapped(2, 10, 2, 1), wrapped(3, 11, 1, 1)}))
	head, err := VerifyShredLog(ctx, s, nil)
	require.NoError(t, err)
	require.Zero(t, head)
	entry := Shredding{Time: time.Unix(50, 7), Tradeline: [32]byte{10}, Subject: [32]byte{10}}
	first, err := s.Shred(ctx, entry)
	require.NoError(t, err)
	require.EqualValues(t, 2, first.Versions)
	require.NoError(t, s.Scrub(ctx))
	s = reopen()
	again, err := s.Shred(ctx, Shredding{Time: time.Unix(60, 0), Tradeline: [32]byte{10}, Subject: [32]byte{10}})
	require.NoError(t, err)
	require.Equal(t, first, again, "what is done is not done twice")
	none, err := s.Shred(ctx, Shredding{Time: time.Unix(61, 0), Tradeline: [32]byte{99}, Subject: [32]byte{9}})
	require.NoError(t, err)
	require.Zero(t, none.Versions)
	require.Equal(t, first.Hash, none.Previous)
	require.NoError(t, s.Stage(ctx, []Record{wrapped(4, 10, 1, 1)}))
	late, err := s.Shred(ctx, Shredding{Time: time.Unix(62, 0), Tradeline: [32]byte{10}, Subject: [32]byte{10}})
	require.NoError(t, err)
	require.EqualValues(t, 1, late.Versions, "one that came late is deleted and said")

	var seen []Shredding
	head, err = VerifyShredLog(ctx, s, func(e Shredding) { seen = append(seen, e) })
	require.NoError(t, err)
	require.Equal(t, late.Hash, head)
	require.Equal(t, []Shredding{first, none, late}, seen)
	left, err := s.Records(ctx, nil, 10)
	require.NoError(t, err)
	require.Equal(t, []Record{wrapped(3, 11, 1, 1)}, left)
	cancelled, cancel := context.WithCancel(ctx)
	cancel()
	_, err = s.Shred(cancelled, Shredding{Tradeline: [32]byte{11}})
	require.ErrorIs(t, err, context.Canceled)
}

func testChangedShredLog(t *testing.T, s *SQL, _ func() *SQL) {
	for i := range byte(3) {
		_, err := s.Shred(t.Context(), Shredding{Tradeline: [32]byte{i}})
		require.NoError(t, err)
	}
	for _, change := range []string{`UPDATE shreds SET versions = 9 WHERE seq = 2`, `DELETE FROM shreds WHERE seq = 2`, `DELETE FROM shreds WHERE seq = 1`} {
		_, err := s.db.ExecContext(t.Context(), change)
		require.NoError(t, err)
		_, err = VerifyShredLog(t.Context(), s, nil)
		require.ErrorIs(t, err, ErrBroken)
	}
}

// What was deleted is in none of the engine's files after a scrub.
func TestScrubLeavesNothing(t *testing.T) {
	folder := t.TempDir()
	s, err := Open(t.Context(), filepath.Join(folder, "store.db"), Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, s.Close()) }()
	marker := bytes.Repeat([]byte("find me if you can."), 5)
	r := wrapped(1, 10, 1, 1)
	r.Ciphertext = marker
	require.NoError(t, s.Stage(t.Context(), []Record{r, wrapped(2, 11, 1, 1)}))
	require.True(t, anywhere(t, folder, marker), "the test can find it")
	_, err = s.Shred(t.Context(), Shredding{Tradeline: [32]byte{10}})
	require.NoError(t, err)
	require.NoError(t, s.Scrub(t.Context()))
	require.False(t, anywhere(t, folder, marker))
}

func anywhere(t *testing.T, folder string, needle []byte) bool {
	t.Helper()
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(folder, file.Name()))
		require.NoError(t, err)
		if bytes.Contains(content, needle) {
			return true
		}
	}
	return false
}
