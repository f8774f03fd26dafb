package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/books/synthetic"
	"github.com/creditd/creditd/vault/clock"
	"github.com/creditd/creditd/vault/internal/fakechain"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// bank is a furnisher with an empty vault on an empty chain.
type bank struct {
	t      testing.TB
	path   string
	store  *store.Embedded
	chain  *fakechain.Chain
	ring   *keys.Ring
	signer client.Signer
}

func newBank(t *testing.T) *bank { return newBankB(t) }

func newBankB(t testing.TB) *bank {
	t.Helper()
	b := &bank{t: t, path: filepath.Join(t.TempDir(), "vault", "store.db"), chain: fakechain.New(time.Now), signer: client.NewSigner(secp256k1.GenPrivKey())}
	b.open(store.Options{})
	b.ring = testvault.NewRing(t, b.store, filepath.Join(filepath.Dir(b.path), "keybag"))
	b.chain.Register(b.signer, "Bank", nil, institutiontypes.ROLE_FURNISHER)
	return b
}

func (b *bank) open(options store.Options) {
	var err error
	b.store, err = store.Open(b.t.Context(), b.path, options)
	require.NoError(b.t, err)
	b.t.Cleanup(func() { _ = b.store.Close() })
}

type rejects struct{ all []*books.Reject }

func (r *rejects) Write(reject *books.Reject) error { r.all = append(r.all, reject); return nil }
func (r *rejects) Flush() error                     { return nil }

const batch = 7

func (b *bank) config() Config {
	return Config{
		Furnisher: b.signer.Address(), Chain: b.chain, Store: b.store, Keys: b.ring, Pseudonyms: keys.NewConsortium([32]byte{1}),
		Profile: b.chain.State().Profile, BatchSize: batch, InFlight: 2, StageSize: 2 * batch,
		Progress: func(Progress) {}, // as on the command line: reporting takes the lock that failures take
	}
}

func (b *bank) run(config Config, book, asOf string) (Summary, *rejects, error) {
	b.t.Helper()
	reader, err := books.NewReader(strings.NewReader(book), books.FormatSBA, books.Options{AsOf: asOf})
	require.NoError(b.t, err)
	im, err := New(config)
	require.NoError(b.t, err)
	set := &rejects{}
	summary, err := im.Run(b.t.Context(), "sba", [32]byte{1}, reader, set)
	return summary, set, err
}

func book(t *testing.T, rows int) string {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, synthetic.Write(&out, books.FormatSBA, synthetic.Options{Rows: rows, Seed: 3}))
	return out.String()
}

// readable counts the rows of a book that can be furnished, and may be by the retention of profile US.
func readable(t *testing.T, text string) (count int, rows []books.Row) {
	t.Helper()
	reader, err := books.NewReader(strings.NewReader(text), books.FormatSBA, books.Options{})
	require.NoError(t, err)
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return count, rows
		}
		require.NoError(t, err)
		if row.Reject != nil {
			continue
		}
		reading, err := clock.Read(row.Record)
		require.NoError(t, err)
		if _, err := reading.ShowUntil(credittypes.AmericaProfile(), credittypes.SUBJECT_KIND_LEGAL_ENTITY, time.Now().Add(-blockLag)); err == nil {
			count++
			rows = append(rows, row)
		}
	}
}

// whole checks that vault and chain agree on every record and that none is there twice.
func (b *bank) whole(want int, version uint32) {
	t := b.t
	t.Helper()
	state := b.chain.State()
	require.Len(t, state.Tradelines, want)
	counts, err := b.store.Count(t.Context())
	require.NoError(t, err)
	require.Zero(t, counts.Staged)
	require.Equal(t, want, counts.Tradelines)
	require.Equal(t, want*int(version), counts.Committed)
	require.Len(t, state.Attestations, want*int(version))
	for id, tradeline := range state.Tradelines {
		require.Equal(t, version, tradeline.Version)
		latest, err := b.store.Latest(t.Context(), [][32]byte{id})
		require.NoError(t, err)
		record := latest[id]
		require.Equal(t, tradeline.AttestationId, record.Attestation[:])
		plain, err := records.Open(b.ring, &record)
		require.NoError(t, err)
		require.NotEmpty(t, plain.Account)
	}
}

func TestImportOnceAndAgain(t *testing.T) {
	b := newBank(t)
	text := book(t, 60)
	want, _ := readable(t, text)
	summary, set, err := b.run(b.config(), text, "")
	require.NoError(t, err)
	require.Equal(t, want, summary.Furnished)
	require.Equal(t, 60, summary.Rows)
	require.Equal(t, 60-want, summary.Rejected)
	require.Len(t, set.all, 60-want)
	b.whole(want, 1)

	height := b.chain.Height
	summary, _, err = b.run(b.config(), text, "")
	require.NoError(t, err)
	require.Equal(t, want, summary.Unchanged)
	require.Zero(t, summary.Furnished+summary.Corrected)
	require.Equal(t, height, b.chain.Height, "a second run sends nothing")
	b.whole(want, 1)

	summary, _, err = b.run(b.config(), text, "2015-01-31")
	require.NoError(t, err)
	require.Equal(t, want, summary.Corrected, "the day of the book is part of the record")
	b.whole(want, 2)
	runs, err := b.store.Imports(t.Context(), 5)
	require.NoError(t, err)
	require.Len(t, runs, 3)
	require.False(t, runs[0].Finished.IsZero())
}

// Batches fit what the chain takes, and enrol and furnish go in one transaction.
func TestBatches(t *testing.T) {
	b := newBank(t)
	text := book(t, 30)
	want, _ := readable(t, text)
	config := b.config()
	config.StageSize = 0
	_, _, err := b.run(config, text, "")
	require.NoError(t, err)
	require.EqualValues(t, (want+batch-1)/batch, b.chain.Height)
}

// One account in two states: only the lender knows which is right, so the second row is set aside, in every run.
func TestAccountTwiceInOneBook(t *testing.T) {
	b := newBank(t)
	lines := strings.Split(strings.TrimSpace(book(t, 40)), "\n")
	_, rows := readable(t, strings.Join(lines, "\n"))
	line := lines[rows[0].Line-1]
	state := ",VA,"
	if strings.Contains(line, state) {
		state = ",NC,"
	}
	cells := strings.SplitN(line, ",", 4)
	cells[2] = strings.Trim(state, ",")
	text := strings.Join(append(lines, line, strings.Join(cells, ",")), "\n") + "\n"
	want := len(rows)
	for run := range 2 {
		_, set, err := b.run(b.config(), text, "")
		require.NoError(t, err)
		last := set.all[len(set.all)-1]
		require.Equal(t, len(lines)+2, last.Line)
		require.Contains(t, last.Reason, "earlier row", "run %d", run)
		b.whole(want, 1)
	}
}

// A store that went back to an old backup has keys and no records: what the chain has gets a next version,
// and no batch is held up.
func TestStoreFromAnOldBackup(t *testing.T) {
	b := newBank(t)
	text := book(t, 30)
	want, _ := readable(t, text)
	require.NoError(t, b.store.Close())
	backup, err := os.ReadFile(b.path)
	require.NoError(t, err)
	b.open(store.Options{})
	half := strings.Join(strings.Split(text, "\n")[:16], "\n") + "\n"
	known, _ := readable(t, half)
	_, _, err = b.run(b.config(), half, "")
	require.NoError(t, err)
	require.NoError(t, b.store.Close())
	for _, suffix := range []string{"-wal", "-shm"} {
		_ = os.Remove(b.path + suffix)
	}
	require.NoError(t, os.WriteFile(b.path, backup, 0o600))
	b.open(store.Options{})

	summary, _, err := b.run(b.config(), text, "")
	require.NoError(t, err)
	require.Zero(t, summary.Refused)
	require.Len(t, b.chain.State().Tradelines, want)
	second := 0
	for id, tradeline := range b.chain.State().Tradelines {
		latest, err := b.store.Latest(t.Context(), [][32]byte{id})
		require.NoError(t, err)
		require.Equal(t, [32]byte(tradeline.AttestationId), latest[id].Attestation)
		if tradeline.Version == 2 {
			second++
		}
	}
	require.Equal(t, known, second)
}

// One record that the chain refuses does not hold up the others, and is tried again.
func TestOneRefusedRecord(t *testing.T) {
	b := newBank(t)
	text := book(t, 30)
	want, _ := readable(t, text)
	_, _, err := b.run(b.config(), text, "")
	require.NoError(t, err)
	var victim [32]byte
	for id := range b.chain.State().Tradelines {
		victim = id
	}
	setState := func(state credittypes.RecordState) {
		tradeline := b.chain.State().Tradelines[victim]
		tradeline.State = state
		b.chain.State().Tradelines[victim] = tradeline
	}
	setState(credittypes.RECORD_STATE_EXPIRED)
	summary, _, err := b.run(b.config(), text, "2015-01-31")
	require.NoError(t, err)
	require.Equal(t, 1, summary.Refused)
	require.Len(t, summary.Refusals, 1)
	require.Contains(t, summary.Refusals[0], fmt.Sprintf("%x", victim))
	counts, err := b.store.Count(t.Context())
	require.NoError(t, err)
	require.Equal(t, 1, counts.Staged)
	require.Equal(t, 2*want-1, counts.Committed)

	setState(credittypes.RECORD_STATE_ACTIVE)
	summary, _, err = b.run(b.config(), text, "2015-01-31")
	require.NoError(t, err)
	require.Equal(t, 1, summary.Resumed)
	b.whole(want, 2)
}

// What concerns the furnisher as a whole ends the import at once.
func TestSuspendedFurnisher(t *testing.T) {
	b := newBank(t)
	operator := b.signer.Address().String()
	view := b.chain.State().Institutions[operator]
	view.Institution.Status = institutiontypes.LICENCE_STATUS_SUSPENDED
	b.chain.State().Institutions[operator] = view
	_, _, err := b.run(b.config(), book(t, 60), "")
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
	require.Zero(t, b.chain.Height)
}

func TestFullDiskInTheMiddle(t *testing.T) {
	b := newBank(t)
	text := book(t, 400)
	want, _ := readable(t, text)
	require.NoError(t, b.store.Close())
	b.open(store.Options{MaxPages: 70})
	_, _, err := b.run(b.config(), text, "")
	require.ErrorIs(t, err, store.ErrFull)
	require.ErrorContains(t, err, "run the same command again")
	require.NoError(t, b.store.Close())
	b.open(store.Options{})
	_, _, err = b.run(b.config(), text, "")
	require.NoError(t, err)
	b.whole(want, 1)
}

func TestInterrupted(t *testing.T) {
	b := newBank(t)
	reader, err := books.NewReader(strings.NewReader(book(t, 30)), books.FormatSBA, books.Options{})
	require.NoError(t, err)
	im, err := New(b.config())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = im.Run(ctx, "sba", [32]byte{}, reader, &rejects{})
	require.ErrorIs(t, err, context.Canceled)
}

// After an import no file of the store has an identity number, an account number or an amount in it, neither
// while it is open nor after.
func TestNothingInTheClear(t *testing.T) {
	b := newBank(t)
	text := book(t, 150)
	_, rows := readable(t, text)
	_, _, err := b.run(b.config(), text, "")
	require.NoError(t, err)
	secrets := map[string]bool{}
	for _, row := range rows {
		secrets[row.Subject], secrets[row.Account], secrets[row.Lender] = true, true, true
		for _, name := range []string{"original_amount", "credit_limit", "guaranteed_amount", "charge_off_amount", "balance"} {
			if amount := row.Record[name]; len(amount) > 5 { // shorter ones are found in any random bytes
				secrets[amount] = true
			}
		}
	}
	require.Greater(t, len(secrets), 300)
	search := func() (files int) {
		require.NoError(t, filepath.WalkDir(filepath.Dir(b.path), func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			files++
			data, err := os.ReadFile(path)
			for secret := range secrets {
				require.False(t, bytes.Contains(data, []byte(secret)), "%s is in %s", secret, path)
			}
			return err
		}))
		return files
	}
	require.Equal(t, 5, search(), "file, log and index, key bag and its lock")
	require.NoError(t, b.store.Close())
	require.NotZero(t, search())
}

// fault makes call number at of store and chain fail: before it did anything, or after it did all.
type fault struct {
	mu     sync.Mutex
	at, n  int
	after  bool
	struck bool
}

var errFault = errors.New("killed here")

func (f *fault) around(call func() error) error {
	f.mu.Lock()
	f.n++
	now := f.n == f.at
	f.struck = f.struck || now
	f.mu.Unlock()
	if now && !f.after {
		return errFault
	}
	err := call()
	if now {
		return errFault
	}
	return err
}

type faultyStore struct {
	Store
	*fault
}

func (s faultyStore) Stage(ctx context.Context, r []store.Record) error {
	return s.around(func() error { return s.Store.Stage(ctx, r) })
}

func (s faultyStore) Commit(ctx context.Context, ids [][32]byte) error {
	return s.around(func() error { return s.Store.Commit(ctx, ids) })
}

func (s faultyStore) Latest(ctx context.Context, ids [][32]byte) (found map[[32]byte]store.Record, err error) {
	err = s.around(func() error { found, err = s.Store.Latest(ctx, ids); return err })
	return found, err
}

func (s faultyStore) Staged(ctx context.Context, after *[32]byte, limit int) (found []store.Record, err error) {
	err = s.around(func() error { found, err = s.Store.Staged(ctx, after, limit); return err })
	return found, err
}

func (s faultyStore) SaveImport(ctx context.Context, run store.Import) (id int64, err error) {
	err = s.around(func() error { id, err = s.Store.SaveImport(ctx, run); return err })
	return id, err
}

type faultyChain struct {
	Chain
	*fault
}

func (c faultyChain) Tradeline(ctx context.Context, subject, id [32]byte) (found credittypes.Tradeline, err error) {
	err = c.around(func() error { found, err = c.Chain.Tradeline(ctx, subject, id); return err })
	return found, err
}

func (c faultyChain) Send(ctx context.Context, msgs ...sdk.Msg) error {
	return c.around(func() error { return c.Chain.Send(ctx, msgs...) })
}

// An import that dies at any call, before or after the call had its effect, goes on at the next run: nothing
// is lost and nothing is there twice. The second fault hits the resumed run.
func TestDiesAnywhere(t *testing.T) {
	text := book(t, 40)
	want, _ := readable(t, text)
	for _, scenario := range []struct {
		name    string
		version uint32
		asOf    string
	}{{"first import", 1, ""}, {"corrections", 2, "2015-01-31"}} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/after=%v", scenario.name, after), func(t *testing.T) {
				strikes := 0
				for at := 1; ; at++ {
					b := newBank(t)
					if scenario.version == 2 {
						_, _, err := b.run(b.config(), text, "")
						require.NoError(t, err)
					}
					struck := false
					for _, second := range []int{at, 1 + at%5} {
						f := &fault{at: second, after: after}
						config := b.config()
						config.Store, config.Chain = faultyStore{b.store, f}, faultyChain{b.chain, f}
						_, _, err := b.run(config, text, scenario.asOf)
						if f.struck {
							require.ErrorIs(t, err, errFault, "call %d", second)
						}
						if second == at && !struck {
							struck = f.struck
						}
					}
					_, _, err := b.run(b.config(), text, scenario.asOf)
					require.NoError(t, err)
					b.whole(want, scenario.version)
					require.NoError(t, b.store.Close())
					if !struck {
						require.Greater(t, strikes, 10)
						return
					}
					strikes++
				}
			})
		}
	}
}
