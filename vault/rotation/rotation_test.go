package rotation

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/internal/crash"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
)

var cheap = keys.Cost{Time: 1, MemoryKiB: 64, Threads: 1}

const newPassphrase = "another passphrase for tests"

// home is a vault's folder.
type home struct {
	t     *testing.T
	store *store.SQL
	bag   string
	ring  *keys.Ring
	all   []store.Record
}

func newHome(t *testing.T) *home {
	t.Helper()
	folder := t.TempDir()
	s, err := store.Open(t.Context(), filepath.Join(folder, "store.db"), store.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	h := &home{t: t, store: s, bag: filepath.Join(folder, "keybag")}
	h.ring = testvault.NewRing(t, s, h.bag)
	return h
}

func (h *home) seal(ring *keys.Ring, i int) store.Record {
	h.t.Helper()
	id := [32]byte{byte(i), byte(i >> 8), 1}
	r := store.Record{Attestation: id, Tradeline: id, Subject: id, Version: 1}
	require.NoError(h.t, records.Seal(ring, records.Plain{Account: "account", Seed: commitment.Seed(id)}, &r))
	return r
}

func (h *home) fill(n int) {
	h.t.Helper()
	for i := range n {
		h.all = append(h.all, h.seal(h.ring, i))
	}
	require.NoError(h.t, h.store.Stage(h.t.Context(), h.all))
}

// sound checks that every record is there once, opens, and has the ciphertext that it had.
func (h *home) sound(ring *keys.Ring, hint string) {
	h.t.Helper()
	kept, err := h.store.Records(h.t.Context(), nil, len(h.all)+1)
	require.NoError(h.t, err)
	require.Len(h.t, kept, len(h.all), hint)
	for i := range kept {
		require.Equal(h.t, h.all[i].Ciphertext, kept[i].Ciphertext, "%s: a record is not encrypted again", hint)
		plain, err := records.Open(ring, &kept[i])
		require.NoError(h.t, err, hint)
		require.EqualValues(h.t, h.all[i].Attestation, plain.Seed)
	}
}

func (h *home) config() Config {
	return Config{
		Store: h.store, Ring: h.ring, Opener: keys.WithSecret([]byte(newPassphrase)),
		New: func() (keys.Custodian, error) { return keys.NewPassphrase([]byte(newPassphrase), cheap) },
	}
}

func (h *home) open(passphrase string) (*keys.Ring, error) {
	return keys.Open(h.t.Context(), h.store, h.bag, keys.WithSecret([]byte(passphrase)))
}

func TestRun(t *testing.T) {
	h := newHome(t)
	h.fill(page + 7)
	account := h.ring.Account("B", "1")
	old := h.all[0].WrappedKey
	var told []int
	config := h.config()
	config.Progress = func(n int) { told = append(told, n) }
	result, err := Run(t.Context(), config)
	require.NoError(t, err)
	require.Equal(t, Result{Epoch: 2, Rewrapped: page + 7, Destroyed: 1}, result)
	require.Equal(t, []int{page, page + 7}, told)
	h.sound(h.ring, "the ring that rotated")
	ring, err := h.open(newPassphrase)
	require.NoError(t, err)
	h.sound(ring, "opened anew")
	require.Equal(t, account, ring.Account("B", "1"))
	_, err = h.open(testvault.Passphrase)
	require.ErrorIs(t, err, keys.ErrWrongPassphrase)
	_, err = ring.Unwrap(old, h.all[0].Tradeline, nil)
	require.ErrorIs(t, err, keys.ErrRotatedOut)
}

// Killed at any step, either passphrase opens the vault before it is over, the new one after it; going on finishes it; an import
// and a server that run through all of it do not notice.
func TestKilledAnywhere(t *testing.T) {
	died := "x"
	for n := 0; died != ""; n++ {
		h := newHome(t)
		h.fill(5)
		running := testvault.OpenRing(t, h.store, h.bag)
		importing := testvault.OpenRing(t, h.store, h.bag)
		late := h.seal(importing, 100) // sealed before, staged after
		var err error
		watched := h.config()
		watched.Progress = func(int) { require.NoError(t, running.Refresh()) } // as its watch does
		died, err = crash.At(n, func() error {
			_, err := Run(t.Context(), watched)
			return err
		})
		require.NoError(t, err)
		h.sound(running, died)
		again := h.config()
		if again.Ring, err = h.open(testvault.Passphrase); err != nil { // it is over, or as good as
			require.ErrorIs(t, err, keys.ErrWrongPassphrase, died)
			again.Ring, err = h.open(newPassphrase)
			require.NoError(t, err, died)
			require.NoError(t, again.Ring.FinishRotation(t.Context()))
			require.ErrorIs(t, Staging(h.store, importing).Stage(t.Context(), []store.Record{late}), keys.ErrRotated, "who slept through all of it loses nothing that was stored")
		} else {
			rotating, err := again.Ring.Rotating()
			require.NoError(t, err)
			if rotating {
				_, err = h.open(newPassphrase)
				require.NoError(t, err, "either passphrase opens it, after %q", died)
			}
			require.NoError(t, Staging(h.store, importing).Stage(t.Context(), []store.Record{late}), died)
			h.all = append(h.all, late)
			again.Progress = watched.Progress
			result, err := Run(t.Context(), again)
			require.NoError(t, err, died)
			require.Equal(t, rotating, result.Resumed)
		}
		last, err := h.open(newPassphrase)
		require.NoError(t, err, died)
		h.sound(last, died)
		h.sound(running, died)
		_, kept := last.Epochs()
		require.Len(t, kept, 1)
		_, err = h.open(testvault.Passphrase)
		require.ErrorIs(t, err, keys.ErrWrongPassphrase, died)
		files, err := os.ReadDir(filepath.Dir(h.bag))
		require.NoError(t, err)
		require.Len(t, files, 5, "store, log, index, bag and its lock: no other copy of the bag, after %q", died)
		stale, err := h.store.WrappedBefore(t.Context(), keys.Header(2), nil, 10)
		require.NoError(t, err)
		require.Empty(t, stale)
	}
}

// What was sealed in an epoch that the store takes no more is wrapped again, and staged as it was.
func TestStaging(t *testing.T) {
	h := newHome(t)
	importing := testvault.OpenRing(t, h.store, h.bag)
	sealed := h.seal(importing, 1)
	_, err := h.ring.BeginRotation(t.Context(), h.config().New, h.config().Opener)
	require.NoError(t, err)
	require.NoError(t, h.store.RetireKeys(t.Context(), keys.Header(2)))
	require.ErrorIs(t, h.store.Stage(t.Context(), []store.Record{sealed}), store.ErrStaleKey)
	batch := []store.Record{sealed}
	require.NoError(t, Staging(h.store, importing).Stage(t.Context(), batch))
	require.NoError(t, h.ring.FinishRotation(t.Context()))
	h.all = []store.Record{sealed}
	h.sound(h.ring, "staged late")
	require.Error(t, Staging(h.store, importing).Stage(t.Context(), batch), "any other failure is the caller's")
}

// A record that does not open keeps the old key alive: nothing is destroyed that a backup of the record would need.
func TestDamagedRecordKeepsTheOldKey(t *testing.T) {
	h := newHome(t)
	h.fill(3)
	damaged := h.all[1].WrappedKey
	changed := append([]byte(nil), damaged...)
	changed[len(changed)-1] ^= 1
	_, err := h.store.ReplaceWrappedKeys(t.Context(), []store.KeyChange{{Attestation: h.all[1].Attestation, Old: damaged, New: changed}})
	require.NoError(t, err)
	_, err = Run(t.Context(), h.config())
	require.ErrorIs(t, err, keys.ErrTampered)
	require.ErrorContains(t, err, "old key is kept")
	_, err = h.store.ReplaceWrappedKeys(t.Context(), []store.KeyChange{{Attestation: h.all[1].Attestation, Old: changed, New: damaged}})
	require.NoError(t, err)
	result, err := Run(t.Context(), h.config())
	require.NoError(t, err)
	require.True(t, result.Resumed)
	h.sound(h.ring, "restored")
}

func TestRefusals(t *testing.T) {
	h := newHome(t)
	config := h.config()
	config.New = func() (keys.Custodian, error) { return nil, errors.New("no token") }
	_, err := Run(t.Context(), config)
	require.ErrorContains(t, err, "no token")
	rotating, err := h.ring.Rotating()
	require.NoError(t, err)
	require.False(t, rotating, "nothing was begun")
	_, err = h.ring.BeginRotation(t.Context(), h.config().New, h.config().Opener)
	require.NoError(t, err)
	config.Opener = keys.WithSecret([]byte("a third passphrase"))
	_, err = Run(t.Context(), config)
	require.ErrorContains(t, err, "pass the passphrase with which it was begun")
}
