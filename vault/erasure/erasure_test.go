package erasure

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/internal/crash"
	"github.com/creditd/creditd/vault/internal/fakechain"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// chain is the fake with requests, holds, disputes and attestations.
type chain struct {
	*fakechain.Chain
	erasures map[[32]byte]credittypes.Erasure
	holds    map[[32]byte][]credittypes.LegalHold
	disputes map[[32]byte]credittypes.Dispute
	attested []*credittypes.MsgAttestDestruction
	refusal  error
	onAttest func()
}

func (c *chain) Erasure(_ context.Context, tradeline [32]byte) (credittypes.Erasure, error) {
	erasure, ok := c.erasures[tradeline]
	if !ok {
		return erasure, fmt.Errorf("erasure: %w", client.ErrNotFound)
	}
	return erasure, nil
}

func (c *chain) Holds(_ context.Context, subject [32]byte) ([]credittypes.LegalHold, error) {
	return c.holds[subject], nil
}

func (c *chain) Dispute(_ context.Context, id [32]byte) (credittypes.Dispute, error) {
	return c.disputes[id], nil
}

func (c *chain) Attest(_ context.Context, msg *credittypes.MsgAttestDestruction) error {
	if c.Down {
		return errors.New("connection refused")
	}
	if c.refusal != nil {
		return c.refusal
	}
	id := [32]byte(msg.TradelineId)
	t := c.State().Tradelines[id]
	if t.State == credittypes.RECORD_STATE_ERASED {
		return fakechain.Refusal(credittypes.ErrNotDestructible)
	}
	if c.onAttest != nil {
		c.onAttest()
	}
	t.State = credittypes.RECORD_STATE_ERASED
	c.State().Tradelines[id] = t
	c.attested = append(c.attested, msg)
	return nil
}

// bank has two tradelines of two subjects, the first in two versions.
type bank struct {
	t     *testing.T
	chain *chain
	*testvault.Institution
	gone, stays []store.Record
}

var account = "ACCOUNT 4711 TO BE FORGOTTEN"

func newBank(t *testing.T) *bank {
	t.Helper()
	c := &chain{
		Chain: fakechain.New(time.Now), erasures: map[[32]byte]credittypes.Erasure{}, holds: map[[32]byte][]credittypes.LegalHold{},
		disputes: map[[32]byte]credittypes.Dispute{},
	}
	b := &bank{t: t, chain: c, Institution: testvault.New(t, c.Chain, "Bank")}
	values := commitment.Record{"balance": "600000", "currency": "USD", "status": "11"}
	b.gone = append(b.gone, b.Furnish(t, c.Chain, [32]byte{1}, account, schemas.TradelineFirm, values))
	b.stays = append(b.stays, b.Furnish(t, c.Chain, [32]byte{2}, "4712", schemas.TradelineFirm, values))
	second := b.gone[0]
	second.Attestation, second.Version = [32]byte{99}, 2
	require.NoError(t, records.Seal(b.Ring, records.Plain{Account: account, Lender: "BANK", Seed: commitment.NewSeed()}, &second))
	require.NoError(t, b.Store.Stage(t.Context(), []store.Record{second}))
	b.gone = append(b.gone, second)
	b.ask(b.gone[0])
	return b
}

func (b *bank) ask(r store.Record) {
	b.chain.erasures[r.Tradeline] = credittypes.Erasure{TradelineId: r.Tradeline[:], Status: credittypes.ERASURE_STATUS_REQUESTED}
}

func (b *bank) config(ring *keys.Ring) Config {
	return Config{Furnisher: b.Operator(), Chain: b.chain, Store: b.Store, Keys: ring}
}

func target(r store.Record) Target { return Target{Tradeline: r.Tradeline, Subject: r.Subject} }

// secrets are what must be nowhere afterwards: for each version its data key, nonce, seed, ciphertext and wrapped key.
func (b *bank) secrets() map[string][]byte {
	b.t.Helper()
	all := map[string][]byte{"account": []byte(account)}
	for i := range b.gone {
		r := &b.gone[i]
		plain, err := records.Open(b.Ring, r)
		require.NoError(b.t, err)
		spy := &spy{Ring: b.Ring}
		_, err = records.Open(spy, r)
		require.NoError(b.t, err)
		for name, bytes := range map[string][]byte{
			"seed": plain.Seed[:], "seed in hexadecimal": []byte(hex.EncodeToString(plain.Seed[:])), "data key": spy.key,
			"nonce": r.Nonce, "ciphertext": r.Ciphertext, "wrapped key": r.WrappedKey,
		} {
			require.GreaterOrEqual(b.t, len(bytes), 12, name)
			all[fmt.Sprintf("%s of version %d", name, r.Version)] = bytes
		}
	}
	return all
}

// spy sees the data key that is unwrapped.
type spy struct {
	*keys.Ring
	key []byte
}

func (s *spy) Unwrap(wrapped []byte, tradeline [32]byte, place []byte) ([]byte, error) {
	key, err := s.Ring.Unwrap(wrapped, tradeline, place)
	s.key = bytes.Clone(key)
	return key, err
}

// found lists which of the secrets are in which file below a folder.
func found(t *testing.T, folder string, secrets map[string][]byte) (where []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for name, secret := range secrets {
			if bytes.Contains(content, secret) {
				where = append(where, name+" in "+entry.Name())
			}
		}
		return nil
	}))
	return where
}

// copyFiles is a backup, or a thief.
func copyFiles(t *testing.T, from, to string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(to, 0o700))
	files, err := os.ReadDir(from)
	require.NoError(t, err)
	for _, file := range files {
		content, err := os.ReadFile(filepath.Join(from, file.Name()))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(to, file.Name()), content, 0o600))
	}
}

// The vault proves it on itself: nothing of the record is in any file, and the chain is told only then.
func TestNothingIsLeft(t *testing.T) {
	b := newBank(t)
	home := filepath.Dir(b.Path)
	secrets := b.secrets()
	require.NotEmpty(t, found(t, home, secrets), "the test can find what is there")
	backup := filepath.Join(t.TempDir(), "backup")
	copyFiles(t, home, backup)
	b.chain.onAttest = func() { require.Empty(t, found(t, home, secrets), "before the chain is told") }

	results, err := Run(t.Context(), b.config(b.Ring), []Target{target(b.gone[0])})
	require.NoError(t, err)
	require.Equal(t, Destroyed, results[0].Outcome)
	require.EqualValues(t, 2, results[0].Versions)
	require.Empty(t, found(t, home, secrets))
	require.Len(t, b.chain.attested, 1)
	log, err := b.Store.ShredLog(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Equal(t, log[0].Hash[:], b.chain.attested[0].Evidence)
	require.Equal(t, fmt.Sprintf("%x", log[0].Hash), results[0].Evidence)

	left, err := b.Store.Records(t.Context(), nil, 10)
	require.NoError(t, err)
	require.Len(t, left, 1)
	_, err = records.Open(b.Ring, &left[0])
	require.NoError(t, err, "the others stay")
}

// Whoever has every byte of the store that was ever written, and afterwards the key bag and the passphrase too, cannot read what
// was erased; everything else in the old backup can be read with the present bag.
func TestBackupsAreDeadToo(t *testing.T) {
	b := newBank(t)
	backup := filepath.Join(t.TempDir(), "backup")
	copyFiles(t, filepath.Dir(b.Path), backup)
	_, err := Run(t.Context(), b.config(b.Ring), []Target{target(b.gone[0])})
	require.NoError(t, err)

	bag, err := os.ReadFile(b.Bag)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(backup, "keybag"), bag, 0o600))
	old, err := store.Open(t.Context(), filepath.Join(backup, "store.db"), store.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, old.Close()) }()
	ring := testvault.OpenRing(t, old, filepath.Join(backup, "keybag"))
	all, err := old.Records(t.Context(), nil, 10)
	require.NoError(t, err)
	require.Len(t, all, 3)
	for i := range all {
		_, err := records.Open(ring, &all[i])
		if all[i].Tradeline == b.gone[0].Tradeline {
			require.ErrorIs(t, err, keys.ErrErased)
		} else {
			require.NoError(t, err)
		}
	}
	// Calling it another tradeline does not help: the key of that one wraps for it alone.
	moved := b.gone[0]
	moved.Tradeline = b.stays[0].Tradeline
	_, err = records.Open(ring, &moved)
	require.ErrorIs(t, err, keys.ErrTampered)
}

// Killed at any step, the chain has nothing before the bytes are gone, and going on does the rest, once.
func TestKilledAnywhere(t *testing.T) {
	died := "x"
	for n := 0; died != ""; n++ {
		b := newBank(t)
		home, secrets := filepath.Dir(b.Path), b.secrets()
		b.chain.onAttest = func() { require.Empty(t, found(t, home, secrets)) }
		var err error
		died, err = crash.At(n, func() error {
			_, err := Run(t.Context(), b.config(b.Ring), []Target{target(b.gone[0])})
			return err
		})
		require.NoError(t, err)
		again := testvault.OpenRing(t, b.Store, b.Bag)
		results, err := Run(t.Context(), b.config(again), []Target{target(b.gone[0])})
		require.NoError(t, err, died)
		require.Contains(t, []Outcome{Destroyed, Already}, results[0].Outcome, died)
		require.EqualValues(t, 2, results[0].Versions, died)
		require.Empty(t, found(t, home, secrets), died)
		require.Len(t, b.chain.attested, 1, died)
		log, err := b.Store.ShredLog(t.Context(), 0, 10)
		require.NoError(t, err)
		require.Len(t, log, 1, died)
		_, err = store.VerifyShredLog(t.Context(), b.Store, nil)
		require.NoError(t, err)
		for i := range b.gone {
			_, err := records.Open(again, &b.gone[i])
			require.ErrorIs(t, err, keys.ErrErased, died)
		}
	}
}

// What may not be destroyed is not touched.
func TestRefusals(t *testing.T) {
	later := time.Now().Add(time.Hour)
	for name, test := range map[string]struct {
		change func(b *bank, id [32]byte)
		want   string
	}{
		"not asked for": {func(b *bank, id [32]byte) { delete(b.chain.erasures, id) }, "has not asked"},
		"disputed":      {state(credittypes.RECORD_STATE_DISPUTED), "disputed"},
		"dispute open": {func(b *bank, id [32]byte) {
			t := b.chain.State().Tradelines[id]
			t.State, t.DisputeId = credittypes.RECORD_STATE_SUPPRESSED, bytes.Repeat([]byte{5}, 32)
			b.chain.State().Tradelines[id] = t
			b.chain.disputes[[32]byte(t.DisputeId)] = credittypes.Dispute{Status: credittypes.DISPUTE_STATUS_SILENT}
		}, "disputed"},
		"held": {func(b *bank, id [32]byte) {
			b.chain.holds[[32]byte{1}] = []credittypes.LegalHold{{Id: id[:], TradelineId: id[:], Until: later, PlacedBy: "court"}}
		}, "keeps it until"},
		"all of the subject held": {func(b *bank, id [32]byte) {
			b.chain.holds[[32]byte{1}] = []credittypes.LegalHold{{Id: id[:], Until: later, PlacedBy: "court"}}
		}, "keeps it until"},
		"the person it is merged into held": {func(b *bank, id [32]byte) {
			into := [32]byte{7}
			one := [32]byte{1}
			b.chain.State().Views[one] = credittypes.Subject{Pseudonym: one[:], MergedInto: into[:]}
			b.chain.holds[into] = []credittypes.LegalHold{{Id: id[:], Until: later, PlacedBy: "court"}}
		}, "keeps it until"},
		"another's": {func(b *bank, id [32]byte) {
			t := b.chain.State().Tradelines[id]
			t.Furnisher = "another"
			b.chain.State().Tradelines[id] = t
		}, "furnished by another"},
		"unknown": {func(b *bank, id [32]byte) { delete(b.chain.State().Tradelines, id) }, "no such tradeline"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBank(t)
			test.change(b, b.gone[0].Tradeline)
			results, err := Run(t.Context(), b.config(b.Ring), []Target{target(b.gone[0])})
			require.NoError(t, err)
			require.Equal(t, Refused, results[0].Outcome)
			require.Contains(t, results[0].Reason, test.want)
			require.Empty(t, b.chain.attested)
			for i := range b.gone {
				_, err := records.Open(b.Ring, &b.gone[i])
				require.NoError(t, err)
			}
		})
	}
}

func state(s credittypes.RecordState) func(*bank, [32]byte) {
	return func(b *bank, id [32]byte) {
		t := b.chain.State().Tradelines[id]
		t.State = s
		b.chain.State().Tradelines[id] = t
	}
}

// Not asked for, and over: a hold that has ended and a dispute that is closed do not stand in the way.
func TestExpired(t *testing.T) {
	b := newBank(t)
	id := b.gone[0].Tradeline
	delete(b.chain.erasures, id)
	line := b.chain.State().Tradelines[id]
	line.State, line.DisputeId = credittypes.RECORD_STATE_EXPIRED, bytes.Repeat([]byte{5}, 32)
	b.chain.State().Tradelines[id] = line
	b.chain.disputes[[32]byte(line.DisputeId)] = credittypes.Dispute{Status: credittypes.DISPUTE_STATUS_CLOSED}
	b.chain.holds[[32]byte{1}] = []credittypes.LegalHold{{Until: time.Now().Add(-time.Second)}, {Until: time.Now().Add(time.Hour), TradelineId: b.stays[0].Tradeline[:]}}
	results, err := Run(t.Context(), b.config(b.Ring), []Target{target(b.gone[0])})
	require.NoError(t, err)
	require.Equal(t, Destroyed, results[0].Outcome)
}

// The node away, nothing is destroyed before it was asked; away after it, the next run attests.
func TestChainAway(t *testing.T) {
	b := newBank(t)
	b.chain.Down = true
	_, err := Run(t.Context(), b.config(b.Ring), []Target{target(b.gone[0])})
	require.Error(t, err)
	_, err = records.Open(b.Ring, &b.gone[0])
	require.NoError(t, err)
	b.chain.Down, b.chain.refusal = false, errors.New("connection refused")
	_, err = Run(t.Context(), b.config(b.Ring), []Target{target(b.gone[0])})
	require.ErrorContains(t, err, "run the same command again")
	b.chain.refusal = fakechain.Refusal(credittypes.ErrErasureHeld)
	results, err := Run(t.Context(), b.config(b.Ring), []Target{target(b.gone[0])})
	require.NoError(t, err)
	require.Equal(t, Owed, results[0].Outcome)
	b.chain.refusal = nil
	results, err = Run(t.Context(), b.config(b.Ring), []Target{target(b.gone[0])})
	require.NoError(t, err)
	require.Equal(t, Destroyed, results[0].Outcome)
	results, err = Run(t.Context(), b.config(b.Ring), []Target{target(b.gone[0])})
	require.NoError(t, err)
	require.Equal(t, Already, results[0].Outcome)
	require.Len(t, b.chain.attested, 1)
}

// A bag restored from an older copy is refused until what was erased since is erased in it too.
func TestAgain(t *testing.T) {
	b := newBank(t)
	old, err := os.ReadFile(b.Bag)
	require.NoError(t, err)
	_, err = Run(t.Context(), b.config(b.Ring), []Target{target(b.gone[0])})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(b.Bag, old, 0o600))
	secret := keys.WithSecret([]byte(testvault.Passphrase))
	_, err = keys.Open(t.Context(), b.Store, b.Bag, secret)
	require.ErrorIs(t, err, keys.ErrOldBag)
	ring, err := keys.OpenOlder(t.Context(), b.Store, b.Bag, secret)
	require.NoError(t, err)
	n, err := Again(t.Context(), b.Store, ring)
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.NoError(t, ring.Close())
	_, err = records.Open(testvault.OpenRing(t, b.Store, b.Bag), &b.gone[0])
	require.ErrorIs(t, err, keys.ErrErased)
}
