package keys

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/internal/crash"
)

var line, place = [32]byte{1}, []byte("place")

func TestCreateAndOpen(t *testing.T) {
	settings, bag := memory{}, filepath.Join(t.TempDir(), "keybag")
	made := create(t, settings, bag)
	opened := reopen(t, settings, bag, passphrase)
	require.Equal(t, made.Account("BANK", "1"), opened.Account("BANK", "1"))
	require.Equal(t, made.Digest([]byte("x")), opened.Digest([]byte("x")))
	require.Equal(t, made.HPKE().PublicKey().Bytes(), opened.HPKE().PublicKey().Bytes())
	require.Len(t, opened.HPKE().PublicKey().Bytes(), 1216)
	require.Len(t, opened.HPKEs(), 1)
	wrapped, err := made.Wrap(passphrase, line, place)
	require.NoError(t, err)
	key, err := opened.Unwrap(wrapped, line, place)
	require.NoError(t, err)
	require.Equal(t, passphrase, key)
	_, err = opened.Unwrap(wrapped, line, []byte("there"))
	require.ErrorIs(t, err, ErrTampered)
	_, err = opened.Unwrap(wrapped, [32]byte{2}, place)
	require.ErrorIs(t, err, ErrTampered)
	for n := range len(wrapped) {
		_, err = opened.Unwrap(wrapped[:n], line, place)
		require.ErrorIs(t, err, ErrTampered)
		_, err = opened.Unwrap(flipAt(wrapped, n), line, place)
		require.Error(t, err)
	}

	custodian, err := NewPassphrase(passphrase, cheap)
	require.NoError(t, err)
	_, err = Create(t.Context(), settings, bag, custodian)
	require.ErrorIs(t, err, ErrInitialised)
	_, err = Create(t.Context(), memory{settingOldKDF: {1}}, bag, custodian)
	require.ErrorIs(t, err, ErrInitialised)
	_, err = Create(t.Context(), memory{}, bag, custodian)
	require.ErrorContains(t, err, "store that is elsewhere", "a bag is never overwritten")
	_, err = Open(t.Context(), memory{}, bag, WithSecret(passphrase))
	require.ErrorIs(t, err, ErrNotInitialised)
	_, err = Open(t.Context(), memory{settingOldKDF: {1}}, bag, WithSecret(passphrase))
	require.ErrorContains(t, err, "earlier program")
}

func flipAt(b []byte, at int) []byte {
	b = bytes.Clone(b)
	b[at] ^= 1
	return b
}

func TestOpenRefuses(t *testing.T) {
	settings, folder := memory{}, t.TempDir()
	bag := filepath.Join(folder, "keybag")
	create(t, settings, bag)
	other := filepath.Join(folder, "other")
	create(t, memory{}, other)
	_, err := Open(t.Context(), settings, other, WithSecret(passphrase))
	require.ErrorContains(t, err, "another vault")
	_, err = Open(t.Context(), settings, bag, WithSecret([]byte("correct horse battery stable")))
	require.ErrorIs(t, err, ErrWrongPassphrase)
	require.ErrorContains(t, err, "--passphrase-file")
	_, err = Open(t.Context(), settings, bag, WithSecret([]byte("short")))
	require.ErrorContains(t, err, "openssl rand")
	_, err = Open(t.Context(), settings, filepath.Join(folder, "none"), WithSecret(passphrase))
	require.ErrorContains(t, err, "own backup")
	require.NoError(t, os.Chmod(bag, 0o640))
	_, err = Open(t.Context(), settings, bag, WithSecret(passphrase))
	require.ErrorContains(t, err, "chmod 600")
	require.NoError(t, os.Chmod(bag, 0o600))
	for _, name := range []string{settingRoot, settingHPKE} {
		changed := maps.Clone(settings)
		changed[name] = flipAt(changed[name], 20)
		_, err := Open(t.Context(), changed, bag, WithSecret(passphrase))
		require.ErrorIs(t, err, ErrTampered, name)
	}
}

// Nobody can change a byte of the bag unseen.
func TestTamperedBag(t *testing.T) {
	settings, bag := memory{}, filepath.Join(t.TempDir(), "keybag")
	create(t, settings, bag)
	whole, err := os.ReadFile(bag)
	require.NoError(t, err)
	for name, change := range map[string]func([]byte) []byte{
		"generation": func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"generation": 1`), []byte(`"generation": 2`), 1)
		},
		"current": func(b []byte) []byte { return bytes.Replace(b, []byte(`"current": 1`), []byte(`"current": 2`), 1) },
		"memory": func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"memory_kib": 64`), []byte(`"memory_kib": 4294967295`), 1)
		},
		"kind":    func(b []byte) []byte { return bytes.Replace(b, []byte(`"passphrase"`), []byte(`"cloud"`), 1) },
		"unknown": func(b []byte) []byte { return bytes.Replace(b, []byte(`"current"`), []byte(`"now"`), 1) },
		"version": func(b []byte) []byte { return bytes.Replace(b, []byte(`"version": 1`), []byte(`"version": 9`), 1) },
		"cut":     func(b []byte) []byte { return b[:len(b)/2] },
		"nothing": func([]byte) []byte { return nil },
	} {
		changed := change(whole)
		require.NotEqual(t, whole, changed, name)
		require.NoError(t, os.WriteFile(bag, changed, 0o600))
		_, err := Open(t.Context(), settings, bag, WithSecret(passphrase))
		require.Error(t, err, name)
	}
	require.NoError(t, os.WriteFile(bag, whole, 0o600))
	reopen(t, settings, bag, passphrase)
}

func FuzzParseBag(f *testing.F) {
	f.Add([]byte(`{"version":1,"vault":"AAAAAAAAAAAAAAAAAAAAAA==","generation":1,"current":1,"epochs":[{"number":1,"custodian":{"kind":"passphrase"},"wrapped":"AA=="}],"tree":"AA=="}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := parseBag(data)
		if err != nil {
			return
		}
		encoded, err := b.encode()
		require.NoError(t, err)
		again, err := parseBag(encoded)
		require.NoError(t, err)
		require.Equal(t, b.Tree, again.Tree)
		_, err = b.openTree(make([]byte, Size))
		require.Error(t, err)
	})
}

func TestSecretsDoNotPrint(t *testing.T) {
	ring := create(t, memory{}, filepath.Join(t.TempDir(), "keybag"))
	custodian, err := NewPassphrase(passphrase, cheap)
	require.NoError(t, err)
	for _, secret := range []any{ring, custodian, NewConsortium([32]byte{1})} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			require.Contains(t, fmt.Sprintf(verb, secret), "redacted")
		}
	}
}

func TestSealIsBoundToItsPlace(t *testing.T) {
	ring := create(t, memory{}, filepath.Join(t.TempDir(), "keybag"))
	secret := []byte("balance 6000000")
	sealed, err := Seal(ring, secret, line, place)
	require.NoError(t, err)
	require.False(t, bytes.Contains(sealed.Ciphertext, secret[:7]))
	again, err := Seal(ring, secret, line, place)
	require.NoError(t, err)
	require.NotEqual(t, sealed.WrappedKey, again.WrappedKey, "each record has its own data key")
	opened, err := Unseal(ring, sealed, line, place)
	require.NoError(t, err)
	require.Equal(t, secret, opened)
	flip := func(b []byte) []byte { return flipAt(b, len(b)/2) }
	for name, change := range map[string]func(s *Sealed) ([32]byte, string){
		"place":      func(*Sealed) ([32]byte, string) { return line, "other" },
		"tradeline":  func(*Sealed) ([32]byte, string) { return [32]byte{9}, "place" },
		"ciphertext": func(s *Sealed) ([32]byte, string) { s.Ciphertext = flip(s.Ciphertext); return line, "place" },
		"nonce":      func(s *Sealed) ([32]byte, string) { s.Nonce = flip(s.Nonce); return line, "place" },
		"no nonce":   func(s *Sealed) ([32]byte, string) { s.Nonce = nil; return line, "place" },
		"key":        func(s *Sealed) ([32]byte, string) { s.WrappedKey = flip(s.WrappedKey); return line, "place" },
		"other key":  func(s *Sealed) ([32]byte, string) { s.WrappedKey = again.WrappedKey; return line, "place" },
	} {
		changed := sealed
		where, text := change(&changed)
		_, err := Unseal(ring, changed, where, []byte(text))
		require.ErrorIs(t, err, ErrTampered, name)
	}
}

func TestErase(t *testing.T) {
	settings, bag := memory{}, filepath.Join(t.TempDir(), "keybag")
	ring := create(t, settings, bag)
	running := reopen(t, settings, bag, passphrase)
	gone, err := Seal(ring, []byte("x"), line, place)
	require.NoError(t, err)
	kept, err := Seal(ring, []byte("y"), [32]byte{2}, place)
	require.NoError(t, err)
	before, err := os.ReadFile(bag)
	require.NoError(t, err)

	n, err := ring.Erase(t.Context(), [][32]byte{line})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	n, err = ring.Erase(t.Context(), [][32]byte{line})
	require.NoError(t, err)
	require.Zero(t, n)
	for _, r := range []*Ring{ring, running, reopen(t, settings, bag, passphrase)} {
		_, err = Unseal(r, gone, line, place)
		require.ErrorIs(t, err, ErrErased)
		_, err = Seal(r, []byte("again"), line, place)
		require.ErrorIs(t, err, ErrErased, "nothing new can be said about it either")
		erased, err := r.Erased(line)
		require.NoError(t, err)
		require.True(t, erased)
		opened, err := Unseal(r, kept, [32]byte{2}, place)
		require.NoError(t, err)
		require.Equal(t, []byte("y"), opened)
	}

	// An older copy of the bag is refused, and can be brought up to date by erasing anew.
	require.NoError(t, os.WriteFile(bag, before, 0o600))
	_, err = Open(t.Context(), settings, bag, WithSecret(passphrase))
	require.ErrorIs(t, err, ErrOldBag)
	older, err := OpenOlder(t.Context(), settings, bag, WithSecret(passphrase))
	require.NoError(t, err)
	_, err = older.Erase(t.Context(), [][32]byte{line})
	require.NoError(t, err)
	require.NoError(t, older.Close())
	_, err = Unseal(reopen(t, settings, bag, passphrase), gone, line, place)
	require.ErrorIs(t, err, ErrErased)

	require.NoError(t, os.Remove(bag))
	_, err = Unseal(running, kept, [32]byte{2}, place)
	require.ErrorContains(t, err, "key bag", "who takes the bag away takes the keys away")
}

// busy is a store to which another process writes at the moment when the bag's number is read.
type busy struct {
	memory
	meanwhile func()
}

func (b *busy) Setting(ctx context.Context, name string) ([]byte, error) {
	if do := b.meanwhile; do != nil && name == settingGeneration {
		b.meanwhile = nil
		do()
	}
	return b.memory.Setting(ctx, name)
}

// A bag that another process replaces while it is being opened is not an older copy.
func TestOpenWhileErased(t *testing.T) {
	settings, bag := &busy{memory: memory{}}, filepath.Join(t.TempDir(), "keybag")
	ring := create(t, settings, bag)
	_, err := Seal(ring, []byte("x"), line, place)
	require.NoError(t, err)
	settings.meanwhile = func() {
		_, err := ring.Erase(t.Context(), [][32]byte{line})
		require.NoError(t, err)
	}
	erased, err := reopen(t, settings, bag, passphrase).Erased(line)
	require.NoError(t, err)
	require.True(t, erased)
	require.Nil(t, settings.meanwhile)
}

// Killed anywhere in Erase, the bag is the old one or the new one, the vault opens, and going on leaves no copy of the old one.
func TestEraseKilledAnywhere(t *testing.T) {
	died := "x"
	for n := 0; died != ""; n++ {
		settings, folder := memory{}, t.TempDir()
		bag := filepath.Join(folder, "keybag")
		ring := create(t, settings, bag)
		sealed, err := Seal(ring, []byte("x"), line, place)
		require.NoError(t, err)
		kept, err := Seal(ring, []byte("y"), [32]byte{2}, place)
		require.NoError(t, err)
		old, err := os.ReadFile(bag)
		require.NoError(t, err)
		died, err = crash.At(n, func() error {
			_, err := ring.Erase(t.Context(), [][32]byte{line})
			return err
		})
		require.NoError(t, err)
		again := reopen(t, settings, bag, passphrase)
		opened, err := Unseal(again, kept, [32]byte{2}, place)
		require.NoError(t, err, died)
		require.Equal(t, []byte("y"), opened)
		_, err = again.Erase(t.Context(), [][32]byte{line})
		require.NoError(t, err, died)
		_, err = Unseal(again, sealed, line, place)
		require.ErrorIs(t, err, ErrErased, died)
		files, err := os.ReadDir(folder)
		require.NoError(t, err)
		require.Len(t, files, 2, "the bag and its lock, after %q", died)
		now, err := os.ReadFile(bag)
		require.NoError(t, err)
		require.NotEqual(t, old, now)
	}
}

func TestRotation(t *testing.T) {
	settings, bag := memory{}, filepath.Join(t.TempDir(), "keybag")
	ring := create(t, settings, bag)
	running, idle := reopen(t, settings, bag, passphrase), reopen(t, settings, bag, passphrase)
	account, hpke := ring.Account("B", "1"), ring.HPKE().PublicKey().Bytes()
	wrapped, err := ring.Wrap([]byte("key"), line, place)
	require.NoError(t, err)
	root := bytes.Clone(settings[settingRoot])

	fresh := []byte("another passphrase")
	made := func() (Custodian, error) { return NewPassphrase(fresh, cheap) }
	resumed, err := ring.BeginRotation(t.Context(), made, WithSecret(fresh))
	require.NoError(t, err)
	require.False(t, resumed)
	rotating, err := running.Rotating()
	require.NoError(t, err)
	require.True(t, rotating)
	resumed, err = running.BeginRotation(t.Context(), func() (Custodian, error) { return nil, errors.New("not asked") }, WithSecret(fresh))
	require.NoError(t, err)
	require.True(t, resumed)
	_, err = running.BeginRotation(t.Context(), made, WithSecret([]byte("a third passphrase")))
	require.ErrorContains(t, err, "under way")

	// While it is under way either passphrase opens the vault, and all see both epochs.
	for _, r := range []*Ring{ring, running, reopen(t, settings, bag, passphrase), reopen(t, settings, bag, fresh)} {
		key, err := r.Unwrap(wrapped, line, place)
		require.NoError(t, err)
		require.Equal(t, []byte("key"), key)
		newly, err := r.Wrap([]byte("new"), line, place)
		require.NoError(t, err)
		epoch, err := Epoch(newly)
		require.NoError(t, err)
		require.EqualValues(t, 2, epoch)
		_, err = running.Unwrap(newly, line, place)
		require.NoError(t, err)
	}
	_, err = Open(t.Context(), settings, bag, WithSecret([]byte("a third passphrase")))
	require.ErrorIs(t, err, ErrWrongPassphrase)
	rewrapped, err := ring.Rewrap(wrapped, line, place)
	require.NoError(t, err)
	same, err := ring.Rewrap(rewrapped, line, place)
	require.NoError(t, err)
	require.Equal(t, rewrapped, same)

	require.NoError(t, ring.FinishRotation(t.Context()))
	require.NoError(t, ring.FinishRotation(t.Context()), "again is the same")
	require.NotEqual(t, root, settings[settingRoot])
	for _, r := range []*Ring{ring, running, reopen(t, settings, bag, fresh)} {
		key, err := r.Unwrap(rewrapped, line, place)
		require.NoError(t, err)
		require.Equal(t, []byte("key"), key)
		_, err = r.Unwrap(wrapped, line, place)
		require.ErrorIs(t, err, ErrRotatedOut, "the old wrapping key is gone")
		require.Equal(t, account, r.Account("B", "1"), "nobody's identifiers change")
		require.Equal(t, hpke, r.HPKE().PublicKey().Bytes())
	}
	_, err = Open(t.Context(), settings, bag, WithSecret(passphrase))
	require.ErrorIs(t, err, ErrWrongPassphrase)
	_, err = idle.Wrap([]byte("key"), line, place)
	require.ErrorIs(t, err, ErrRotated, "a process that slept through all of it says so")
	require.ErrorIs(t, idle.Refresh(), ErrRotated, "and is not ready")
}

func TestHPKERotation(t *testing.T) {
	settings, bag := memory{}, filepath.Join(t.TempDir(), "keybag")
	ring := create(t, settings, bag)
	first := ring.HPKE().PublicKey().Bytes()
	require.NoError(t, ring.AddHPKE(t.Context()))
	require.NotEqual(t, first, ring.HPKE().PublicKey().Bytes())
	opened := reopen(t, settings, bag, passphrase)
	require.Equal(t, ring.HPKE().PublicKey().Bytes(), opened.HPKE().PublicKey().Bytes())
	require.Equal(t, first, opened.HPKEs()[1].PublicKey().Bytes())
	now := time.Unix(1000, 0)
	n, err := opened.RetireHPKE(t.Context(), now, now.Add(time.Hour))
	require.NoError(t, err)
	require.Zero(t, n)
	n, err = opened.RetireHPKE(t.Context(), now.Add(time.Minute), now.Add(2*time.Hour))
	require.NoError(t, err)
	require.Zero(t, n, "its time is not put off")
	n, err = opened.RetireHPKE(t.Context(), now.Add(time.Hour+time.Second), now.Add(3*time.Hour))
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Len(t, reopen(t, settings, bag, passphrase).HPKEs(), 1)
}

func BenchmarkUnwrap(b *testing.B) {
	settings, bag := memory{}, filepath.Join(b.TempDir(), "keybag")
	custodian, err := NewPassphrase(passphrase, cheap)
	require.NoError(b, err)
	ring, err := Create(b.Context(), settings, bag, custodian)
	require.NoError(b, err)
	defer func() { _ = ring.Close() }()
	wrapped, err := ring.Wrap(make([]byte, Size), line, place)
	require.NoError(b, err)
	for b.Loop() {
		if _, err := ring.Unwrap(wrapped, line, place); err != nil {
			b.Fatal(err)
		}
	}
}
