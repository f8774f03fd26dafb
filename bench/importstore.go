package bench

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"time"

	_ "modernc.org/sqlite" // the driver

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/importer"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// ImportOptions of MeasureImport.
type ImportOptions struct {
	Book   string // file in format sba
	Rounds int
	Batch  int // records in a transaction
	Dir    string
	// Progress is told what is done; nil for nobody.
	Progress io.Writer
}

// ImportRound is what one round of MeasureImport found.
type ImportRound struct {
	Rows          int     `json:"rows"`
	Records       int     `json:"records"`
	Seconds       float64 `json:"seconds"`            // of the importer, from opening the book to all marked as committed
	PerSecond     float64 `json:"records_per_second"` //
	RawSeconds    float64 `json:"raw_seconds"`        // of inserting the same rows of the store into an empty SQLite table
	RawPerSecond  float64 `json:"raw_records_per_second"`
	Ratio         float64 `json:"ratio"`
	CPUSeconds    float64 `json:"cpu_seconds"`          // of processor time that the importer took: of several cores together, and whatever else runs
	RawCPUSeconds float64 `json:"raw_cpu_seconds"`      // and the plain insert
	PeakResident  int64   `json:"peak_resident_bytes"`  // VmHWM of this process, program text included
	PeakAnonymous int64   `json:"peak_anonymous_bytes"` // RssAnon, looked at ten times a second while importing
}

// ImportReport has every round; Ratio is the median of theirs.
type ImportReport struct {
	Book    string        `json:"book"`
	About   string        `json:"about"`
	Rounds  []ImportRound `json:"rounds"`
	Ratio   Range         `json:"ratio"`
	Machine Machine       `json:"machine"`
}

const aboutImport = "the whole importer into an empty embedded store, against a chain that accepts at once, and beside it the same bytes " +
	"inserted by plain SQL into the same table with the same indexes and pragmas (WAL, synchronous=FULL), as many in a transaction as the importer stages"

// accepting is a chain that has nothing and accepts everything at once.
type accepting struct{}

func (accepting) Tradeline(context.Context, [32]byte, [32]byte) (credittypes.Tradeline, error) {
	return credittypes.Tradeline{}, client.ErrNotFound
}

func (accepting) Notices(context.Context, [32]byte) ([]credittypes.Notice, error) { return nil, nil }
func (accepting) Send(context.Context, ...sdk.Msg) error                          { return nil }

// discarded rejects: their number is in the summary.
type discarded struct{}

func (discarded) Write(*books.Reject) error { return nil }
func (discarded) Flush() error              { return nil }

// MeasureImport measures the importer without a network.
func MeasureImport(ctx context.Context, o ImportOptions) (ImportReport, error) {
	report := ImportReport{Book: filepath.Base(o.Book), About: aboutImport, Machine: thisMachine()}
	for n := range o.Rounds {
		round, err := importRound(ctx, o)
		if err != nil {
			return report, fmt.Errorf("round %d: %w", n+1, err)
		}
		if o.Progress != nil {
			fmt.Fprintf(o.Progress, "round %d of %d: %d records in %.2f s, %.0f/s; raw %.0f/s; ratio %.2f; processor time a record %.0f us, raw %.0f us; peak %d MiB, anonymous %d MiB\n",
				n+1, o.Rounds, round.Records, round.Seconds, round.PerSecond, round.RawPerSecond, round.Ratio,
				microseconds(round.CPUSeconds, round.Records), microseconds(round.RawCPUSeconds, round.Records), round.PeakResident>>20, round.PeakAnonymous>>20)
		}
		report.Rounds = append(report.Rounds, round)
	}
	report.Ratio = each(report.Rounds, func(r ImportRound) float64 { return r.Ratio })
	return report, nil
}

func microseconds(seconds float64, records int) float64 {
	return quotient(seconds*1e6, float64(records))
}

func importRound(ctx context.Context, o ImportOptions) (round ImportRound, err error) {
	dir, err := os.MkdirTemp(o.Dir, "creditd-bench-import-")
	if err != nil {
		return round, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	s, err := store.Open(ctx, filepath.Join(dir, "store.db"), store.Options{})
	if err != nil {
		return round, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	custodian, err := keys.NewPassphrase([]byte("made-up loans need no secret"), keys.Cost{Time: 1, MemoryKiB: 64, Threads: 1})
	if err != nil {
		return round, err
	}
	ring, err := keys.Create(ctx, s, filepath.Join(dir, "keybag"), custodian)
	if err != nil {
		return round, err
	}
	defer func() { err = errors.Join(err, ring.Close()) }()
	book, err := os.Open(o.Book)
	if err != nil {
		return round, err
	}
	defer book.Close()
	debug.SetGCPercent(importer.GCPercent)
	debug.FreeOSMemory()
	memory := watchMemory(ctx)
	before, err := ownCPU()
	if err != nil {
		return round, errors.Join(err, memory.stop(&round))
	}
	start := time.Now()
	reader, err := books.NewReader(book, books.FormatSBA, books.Options{})
	if err != nil {
		return round, errors.Join(err, memory.stop(&round))
	}
	im, err := importer.New(importer.Config{
		Furnisher: sdk.AccAddress(secp256k1.GenPrivKey().PubKey().Address()), Chain: accepting{}, Store: s, Keys: ring,
		Pseudonyms: keys.NewConsortium([32]byte{7}), Profile: credittypes.AmericaProfile(), BatchSize: o.Batch, InFlight: importer.DefaultInFlight,
	})
	if err != nil {
		return round, errors.Join(err, memory.stop(&round))
	}
	summary, err := im.Run(ctx, string(books.FormatSBA), [32]byte{}, reader, discarded{})
	taken := time.Since(start)
	after, failed := ownCPU()
	if err := errors.Join(err, failed, memory.stop(&round)); err != nil {
		return round, err
	}
	round.CPUSeconds = (after - before).Seconds()
	round.Rows, round.Records, round.Seconds = summary.Rows, summary.Furnished, taken.Seconds()
	raw, cpu, err := rawInsert(ctx, s, filepath.Join(dir, "raw.db"))
	if err != nil {
		return round, fmt.Errorf("plain SQL: %w", err)
	}
	round.RawSeconds, round.RawCPUSeconds = raw.Seconds(), cpu.Seconds()
	round.PerSecond, round.RawPerSecond = quotient(float64(round.Records), round.Seconds), quotient(float64(round.Records), round.RawSeconds)
	round.Ratio = quotient(round.PerSecond, round.RawPerSecond)
	return round, nil
}

// rawTable is the store's own, see vault/store.
const rawTable = `CREATE TABLE records (
	id INTEGER PRIMARY KEY, attestation BLOB NOT NULL UNIQUE, tradeline BLOB NOT NULL, version INTEGER NOT NULL, schema BLOB NOT NULL,
	subject BLOB NOT NULL, digest BLOB NOT NULL, state INTEGER NOT NULL, import INTEGER NOT NULL, wrapped_key BLOB NOT NULL,
	nonce BLOB NOT NULL, ciphertext BLOB NOT NULL, UNIQUE (tradeline, version));
	CREATE INDEX records_subject ON records (subject);
	CREATE INDEX records_staged ON records (id) WHERE state = 0;`

// rawInsert copies the records of a store by plain SQL; only that is timed, and not the reading.
func rawInsert(ctx context.Context, from *store.Embedded, path string) (taken, cpu time.Duration, err error) {
	query := url.Values{"_txlock": {"immediate"}, "_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "secure_delete(ON)"}}
	path, err = filepath.Abs(path)
	if err != nil {
		return 0, 0, err
	}
	db, err := sql.Open("sqlite", (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String())
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	db.SetMaxOpenConns(1)
	if _, err := db.ExecContext(ctx, rawTable); err != nil {
		return 0, 0, err
	}
	var after *[32]byte
	for {
		records, err := from.Records(ctx, after, importer.DefaultStageSize)
		if err != nil || len(records) == 0 {
			return taken, cpu, err
		}
		before, err := ownCPU()
		if err != nil {
			return 0, 0, err
		}
		start := time.Now()
		if err := insertAll(ctx, db, records); err != nil {
			return 0, 0, err
		}
		taken += time.Since(start)
		used, err := ownCPU()
		if err != nil {
			return 0, 0, err
		}
		cpu += used - before
		after = &records[len(records)-1].Attestation
	}
}

func insertAll(ctx context.Context, db *sql.DB, records []store.Record) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing
	insert, err := tx.PrepareContext(ctx, `INSERT INTO records VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for i := range records {
		r := &records[i]
		if _, err := insert.ExecContext(ctx, r.Attestation[:], r.Tradeline[:], r.Version, r.Schema[:], r.Subject[:], r.Digest[:],
			r.State, r.Import, r.WrappedKey, r.Nonce, r.Ciphertext); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// memoryWatch looks at what this process has in memory.
type memoryWatch struct {
	cancel context.CancelFunc
	peak   chan int64
	err    error
}

func watchMemory(ctx context.Context) *memoryWatch {
	ctx, cancel := context.WithCancel(ctx)
	w := &memoryWatch{cancel: cancel, peak: make(chan int64, 1)}
	// 5 begins VmHWM anew, see proc_pid_clear_refs(5).
	w.err = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0o600)
	go func() {
		ticker := time.NewTicker(100 * time.Millisecond)
		defer ticker.Stop()
		var peak int64
		for {
			if now, err := statusField(os.Getpid(), "RssAnon"); err == nil {
				peak = max(peak, now)
			}
			select {
			case <-ticker.C:
			case <-ctx.Done():
				w.peak <- peak
				return
			}
		}
	}()
	return w
}

func (w *memoryWatch) stop(round *ImportRound) (err error) {
	w.cancel()
	round.PeakAnonymous = <-w.peak
	round.PeakResident, err = peakMemory(os.Getpid())
	return errors.Join(w.err, err)
}
