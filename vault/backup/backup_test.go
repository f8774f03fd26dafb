package backup

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/internal/pgserver"
	"github.com/creditd/creditd/vault/internal/testpg"
	"github.com/creditd/creditd/vault/store"
)

var now = time.Unix(1_795_000_000, 5)

func open(t testing.TB, where string) *store.SQL {
	s, err := store.Open(t.Context(), where, store.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func newFile(t testing.TB) *store.SQL { return open(t, filepath.Join(t.TempDir(), "store.db")) }

// fill puts a bit of everything into a store.
func fill(t testing.TB, s *store.SQL, records int) {
	ctx := t.Context()
	require.NoError(t, s.SetSettings(ctx, map[string][]byte{"keys": bytes.Repeat([]byte{7}, 3000), "empty": {}}))
	var staged []store.Record
	for i := range records {
		id := [32]byte{byte(i), byte(i >> 8)}
		staged = append(staged, store.Record{
			Attestation: id, Tradeline: id, Subject: id, Version: 1, Import: 1,
			WrappedKey: []byte{1}, Nonce: []byte{2}, Ciphertext: bytes.Repeat([]byte{byte(i)}, i%50),
		})
	}
	require.NoError(t, s.Stage(ctx, staged))
	require.NoError(t, s.Commit(ctx, [][32]byte{{1}, {2}}))
	_, err := s.SaveImport(ctx, store.Import{Format: "sba", Started: now})
	require.NoError(t, err)
	require.NoError(t, s.LogOrder(ctx, store.Access{Time: now, Requester: "lender", Outcome: "given"},
		store.Nonce{Value: []byte{1}, Until: now.Add(time.Hour)}, &store.Receipt{Inquiry: [32]byte{1}}))
}

func written(t testing.TB, s Dumper) []byte {
	var out bytes.Buffer
	_, err := Write(t.Context(), s, &out, now, nil)
	require.NoError(t, err)
	return out.Bytes()
}

func restore(s *store.SQL, from []byte) error {
	ctx := context.Background()
	return s.Load(ctx, func(sink store.Sink) error {
		_, err := Read(ctx, bytes.NewReader(from), sink, nil)
		return err
	})
}

// A backup of either engine restores into either, and a backup of that is the same to the byte.
func TestRestoreAcrossEngines(t *testing.T) {
	server := testpg.Start(t, pgserver.Options{})
	engines := map[string]func() *store.SQL{
		"sqlite":   func() *store.SQL { return newFile(t) },
		"postgres": func() *store.SQL { return open(t, testpg.Store(server)) },
	}
	for from, openFrom := range engines {
		original := openFrom()
		fill(t, original, 300)
		first := written(t, original)
		for to, openTo := range engines {
			t.Run(from+" to "+to, func(t *testing.T) {
				restored := openTo()
				require.NoError(t, restore(restored, first))
				require.Equal(t, first, written(t, restored))
				_, err := store.VerifyAccessLog(t.Context(), restored)
				require.NoError(t, err)
				require.ErrorIs(t, restore(restored, first), store.ErrNotEmpty)
			})
		}
	}
}

// Any flipped byte and any truncation is found, and nothing is restored from it.
func TestDamage(t *testing.T) {
	s := newFile(t)
	fill(t, s, 5)
	sound := written(t, s)
	check := func(damaged []byte) error {
		_, err := Read(context.Background(), bytes.NewReader(damaged), Discard, nil)
		return err
	}
	require.NoError(t, check(sound))
	for i := range sound {
		changed := bytes.Clone(sound)
		changed[i] ^= 0x10
		require.Error(t, check(changed), "byte %d", i)
		require.Error(t, check(sound[:i]), "%d bytes", i)
	}
	require.ErrorIs(t, check(append(bytes.Clone(sound), 0)), ErrDamaged)
	empty := newFile(t)
	changed := bytes.Clone(sound)
	changed[len(changed)-1] ^= 1
	require.ErrorIs(t, restore(empty, changed), ErrDamaged)
	require.NoError(t, restore(empty, sound), "and it is still empty")
}

func TestFile(t *testing.T) {
	s := newFile(t)
	fill(t, s, 2500)
	folder := t.TempDir()
	path := filepath.Join(folder, "bank.backup")
	var seen []int64
	summary, err := File(t.Context(), s, path, now, func(done, _ int64) { seen = append(seen, done) })
	require.NoError(t, err)
	require.Equal(t, []int64{1000, 2000, 3000, 4000, 5000}, seen)
	require.EqualValues(t, 2500, summary.Tables["records"])
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	require.Equal(t, summary.Bytes, info.Size())
	file, err := os.Open(path)
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	read, err := Read(t.Context(), file, Discard, nil)
	require.NoError(t, err)
	require.Equal(t, summary, read)

	_, err = File(t.Context(), s, path, now, nil)
	require.ErrorContains(t, err, "choose another name")
	_, err = File(t.Context(), s, filepath.Join(folder, "no", "folder"), now, nil)
	require.Error(t, err)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = File(cancelled, s, filepath.Join(folder, "other"), now, nil)
	require.ErrorIs(t, err, context.Canceled)
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, entries, 1, "nothing is left of what failed")
}

// What was shredded after an older backup does not come back from it, whether it was staged or not, and the log is the
// newer one.
func TestShreddedStaysShredded(t *testing.T) {
	ctx := t.Context()
	s := newFile(t)
	fill(t, s, 6)
	_, err := s.Shred(ctx, store.Shredding{Time: now, Tradeline: [32]byte{5}, Subject: [32]byte{5}})
	require.NoError(t, err)
	older := written(t, s)
	for _, id := range []byte{1, 3} { // committed, and staged
		_, err := s.Shred(ctx, store.Shredding{Time: now, Tradeline: [32]byte{id}, Subject: [32]byte{id}})
		require.NoError(t, err)
	}
	newer := written(t, s)
	shredded, err := ReadShredded(ctx, bytes.NewReader(newer))
	require.NoError(t, err)
	_, err = ReadShredded(ctx, bytes.NewReader(newer[:len(newer)-1]))
	require.ErrorIs(t, err, ErrDamaged)

	restored := newFile(t)
	require.NoError(t, restored.Load(ctx, func(sink store.Sink) error {
		filter := shredded.Without(sink)
		_, err := Read(ctx, bytes.NewReader(older), filter, nil)
		require.EqualValues(t, 2, filter.LeftOut)
		return err
	}))
	require.Equal(t, newer, written(t, restored), "it is as if the newer one had been restored")
}

// What the chain says was destroyed since does not come back, whether it was staged or not; of the rest nothing is lost.
func TestErasedStaysErased(t *testing.T) {
	ctx := t.Context()
	const records = 2*askTogether + 7
	s := newFile(t)
	fill(t, s, records)
	file := written(t, s)
	all, err := s.Records(ctx, nil, records)
	require.NoError(t, err)
	gone := map[[32]byte]bool{}
	for i := range all {
		if i%100 < 2 { // committed and staged ones
			gone[all[i].Tradeline] = true
		}
	}
	erased := func(_ context.Context, lines []Line) ([]bool, error) {
		require.LessOrEqual(t, len(lines), askTogether)
		said := make([]bool, len(lines))
		for i, line := range lines {
			said[i] = gone[line.Tradeline]
		}
		return said, nil
	}
	restored := newFile(t)
	require.NoError(t, restored.Load(ctx, func(sink store.Sink) error {
		filter := WithoutErased(ctx, sink, erased)
		_, err := Read(ctx, bytes.NewReader(file), filter, nil)
		require.NoError(t, err)
		require.NoError(t, filter.Flush())
		require.EqualValues(t, len(gone), filter.LeftOut)
		return nil
	}))
	kept, err := restored.Records(ctx, nil, records)
	require.NoError(t, err)
	var want []store.Record
	for i := range all {
		if !gone[all[i].Tradeline] {
			want = append(want, all[i])
		}
	}
	require.Equal(t, want, kept)

	away := errors.New("the node does not answer")
	empty := newFile(t)
	require.ErrorIs(t, empty.Load(ctx, func(sink store.Sink) error {
		_, err := Read(ctx, bytes.NewReader(file), WithoutErased(ctx, sink, func(context.Context, []Line) ([]bool, error) { return nil, away }), nil)
		return err
	}), away)
	counts, err := empty.Count(ctx)
	require.NoError(t, err)
	require.Zero(t, counts.Committed+counts.Staged, "nothing is restored without the chain's word")
}

func TestSettingOfABackup(t *testing.T) {
	s := newFile(t)
	require.NoError(t, s.SetSettings(t.Context(), map[string][]byte{"a": {1}, "b": {2}}))
	found, none := &Setting{Name: "b"}, &Setting{Name: "c"}
	for _, sink := range []store.Sink{found, none} {
		_, err := Read(t.Context(), bytes.NewReader(written(t, s)), sink, nil)
		require.NoError(t, err)
	}
	require.Equal(t, []byte{2}, found.Value)
	require.Nil(t, none.Value)
}

// failing gives a row that the format does not have, or fails on the way.
type failing struct{ row []any }

func (f failing) Dump(_ context.Context, sink store.Sink) error {
	if err := sink.Table("settings", []string{"name"}, 1); err != nil {
		return err
	}
	return sink.Row(f.row)
}

type full struct{ left int }

func (f *full) Write(p []byte) (int, error) {
	if f.left -= len(p); f.left < 0 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestWriteFails(t *testing.T) {
	var out bytes.Buffer
	_, err := Write(t.Context(), failing{[]any{1.5}}, &out, now, nil)
	require.ErrorContains(t, err, "float64")
	_, err = Write(t.Context(), failing{[]any{make([]byte, maxFrame)}}, &out, now, nil)
	require.ErrorContains(t, err, "the format takes up to")
	s := newFile(t)
	fill(t, s, 3000)
	_, err = Write(t.Context(), s, &full{left: 100_000}, now, nil)
	require.ErrorContains(t, err, "no space left")
}

// A crafted file whose hash is right is refused for what is in it.
func TestCraftedFiles(t *testing.T) {
	craft := func(rows int64, change func(w *writer)) []byte {
		var out bytes.Buffer
		_, err := Write(t.Context(), dumper(func(sink store.Sink) error {
			w := sink.(*writer)
			if err := w.Table("settings", []string{"name", "value"}, rows); err != nil {
				return err
			}
			change(w)
			return w.err
		}), &out, now, nil)
		require.NoError(t, err)
		return out.Bytes()
	}
	for name, file := range map[string][]byte{
		"unknown part":  craft(0, func(w *writer) { w.frame('X', nil) }),
		"row too many":  craft(0, func(w *writer) { _ = w.Row([]any{"a", []byte{1}}) }),
		"row too few":   craft(2, func(w *writer) { _ = w.Row([]any{"a", []byte{1}}) }),
		"too wide":      craft(1, func(w *writer) { _ = w.Row([]any{"a", []byte{1}, int64(1)}) }),
		"too narrow":    craft(1, func(w *writer) { _ = w.Row([]any{"a"}) }),
		"wrong type":    craft(1, func(w *writer) { _ = w.Row([]any{int64(1), []byte{1}}) }),
		"not text":      craft(1, func(w *writer) { _ = w.Row([]any{"\xff", []byte{1}}) }),
		"table twice":   craft(0, func(w *writer) { _ = w.Table("settings", []string{"name"}, 0) }),
		"unknown table": craft(0, func(w *writer) { _ = w.Table("migrations", []string{"version"}, 0) }),
		"many columns":  craft(0, func(w *writer) { _ = w.Table("records", make([]string, maxColumns+1), 0) }),
		"negative rows": craft(0, func(w *writer) { _ = w.Table("records", []string{"id"}, -1) }),
	} {
		t.Run(name, func(t *testing.T) { require.Error(t, restore(newFile(t), file)) })
	}
	for name, file := range map[string][]byte{
		"empty": {}, "text": []byte("a,b,c\n1,2,3\n and more than the magic has"), "huge part": fmt.Append([]byte(magic), "H\xff\xff\xff\xff"),
	} {
		t.Run(name, func(t *testing.T) { require.Error(t, restore(newFile(t), file)) })
	}
}

type dumper func(store.Sink) error

func (d dumper) Dump(_ context.Context, sink store.Sink) error { return d(sink) }

// FuzzRead: no file makes the reader fail otherwise than by an error, and what it accepts is what Write wrote of it.
func FuzzRead(f *testing.F) {
	s := newFile(f)
	fill(f, s, 3)
	sound := written(f, s)
	f.Add(sound)
	f.Add(sound[:len(sound)/2])
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		kept := &recorder{}
		summary, err := Read(context.Background(), bytes.NewReader(data), kept, nil)
		if err != nil {
			return
		}
		var out bytes.Buffer
		_, err = Write(context.Background(), kept, &out, summary.Created, nil)
		require.NoError(t, err)
		require.Equal(t, data, out.Bytes())
	})
}

// recorder is a sink that can be dumped again.
type recorder struct{ calls []func(store.Sink) error }

func (r *recorder) Table(name string, columns []string, rows int64) error {
	r.calls = append(r.calls, func(s store.Sink) error { return s.Table(name, columns, rows) })
	return nil
}

func (r *recorder) Row(values []any) error {
	kept := make([]any, len(values))
	for i, value := range values {
		if b, ok := value.([]byte); ok {
			value = bytes.Clone(b)
		}
		kept[i] = value
	}
	r.calls = append(r.calls, func(s store.Sink) error { return s.Row(kept) })
	return nil
}

func (r *recorder) Dump(_ context.Context, sink store.Sink) error {
	for _, call := range r.calls {
		if err := call(sink); err != nil {
			return err
		}
	}
	return nil
}
