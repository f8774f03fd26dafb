package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/internal/pgserver"
	"github.com/creditd/creditd/vault/internal/testpg"
)

const (
	benchRounds = 7
	benchBatch  = 1000 // records that are staged at once, as the importer does
	benchSize   = 20 * benchBatch
	benchCipher = 700 // bytes of an encrypted record of the format sba
)

func benchRecords(n int) []Record {
	records := make([]Record, n)
	for i := range records {
		r := Record{Version: 1, Import: 1, Schema: [32]byte{1}, WrappedKey: make([]byte, 60), Nonce: make([]byte, 12), Ciphertext: make([]byte, benchCipher)}
		for _, random := range [][]byte{r.Attestation[:], r.Tradeline[:], r.Subject[:], r.Digest[:], r.WrappedKey, r.Nonce, r.Ciphertext} {
			_, _ = rand.Read(random) // never fails, see its doc
		}
		records[i] = r
	}
	return records
}

// importAll does what an import asks of a store: what there is of each tradeline, staging, marking as committed.
func importAll(ctx context.Context, s Store, records []Record) error {
	for batch := range slices.Chunk(records, benchBatch) {
		var tradelines, attestations [][32]byte
		for i := range batch {
			tradelines, attestations = append(tradelines, batch[i].Tradeline), append(attestations, batch[i].Attestation)
		}
		if _, err := s.Latest(ctx, tradelines); err != nil {
			return err
		}
		if err := s.Stage(ctx, batch); err != nil {
			return err
		}
		if err := s.Commit(ctx, attestations); err != nil {
			return err
		}
	}
	return nil
}

// insertRaw inserts the same bytes into a bare table of the same engine with the same settings: no index, no state.
func insertRaw(ctx context.Context, handle *sql.DB, records []Record) error {
	if _, err := handle.ExecContext(ctx, `CREATE TABLE raw (attestation BLOB, tradeline BLOB, version INTEGER, schema BLOB, subject BLOB,
		digest BLOB, import INTEGER, wrapped_key BLOB, nonce BLOB, ciphertext BLOB)`); err != nil {
		return err
	}
	for batch := range slices.Chunk(records, benchBatch) {
		if err := insertRawBatch(ctx, handle, batch); err != nil {
			return err
		}
	}
	return nil
}

func insertRawBatch(ctx context.Context, handle *sql.DB, batch []Record) error {
	tx, err := handle.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO raw VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	for i := range batch {
		r := &batch[i]
		if _, err := insert.ExecContext(ctx, r.Attestation[:], r.Tradeline[:], r.Version, r.Schema[:], r.Subject[:], r.Digest[:],
			r.Import, r.WrappedKey, r.Nonce, r.Ciphertext); err != nil {
			return err
		}
	}
	return tx.Commit()
}

// BenchmarkImport gives records/s imported into a store of each engine, SQLite's raw inserts/s of the same bytes with
// the same durability, and the ratio: medians of rounds that alternate.
//
//	go test -run '^$' -bench '^BenchmarkImport$' -benchtime 1x ./vault/store
func BenchmarkImport(b *testing.B) {
	server := testpg.Start(b, pgserver.Options{})
	for b.Loop() {
		var sqlite, postgres, raw, sqliteCPU, rawCPU []float64
		add := func(to, cpu *[]float64, rate, perCPU float64) {
			*to, *cpu = append(*to, rate), append(*cpu, perCPU)
		}
		for range benchRounds {
			records := benchRecords(benchSize)
			into := func(s *SQL) error { return importAll(b.Context(), s, records) }
			perSecond, perCPU := rate(b, into, "")
			add(&sqlite, &sqliteCPU, perSecond, perCPU)
			perSecond, perCPU = rate(b, func(s *SQL) error { return insertRaw(b.Context(), s.db.DB, records) }, "")
			add(&raw, &rawCPU, perSecond, perCPU)
			perSecond, _ = rate(b, into, testpg.Store(server))
			postgres = append(postgres, perSecond)
		}
		b.ReportMetric(median(sqlite), "sqlite-records/s")
		b.ReportMetric(median(raw), "raw-inserts/s")
		b.ReportMetric(median(postgres), "postgres-records/s")
		b.ReportMetric(median(sqlite)/median(raw), "sqlite/raw")
		b.ReportMetric(median(sqliteCPU)/median(rawCPU), "sqlite/raw-of-CPU") // says more on a machine that others use
		b.ReportMetric(0, "ns/op")
	}
}

// rate of records a second, and a second of this process's CPU, into a store that is there for this alone; an empty where
// is a file.
func rate(b *testing.B, work func(*SQL) error, where string) (perSecond, perCPU float64) {
	if where == "" {
		folder, err := os.MkdirTemp(b.TempDir(), "round")
		require.NoError(b, err)
		defer func() { require.NoError(b, os.RemoveAll(folder)) }()
		where = filepath.Join(folder, "store.db")
	}
	s, err := Open(b.Context(), where, Options{})
	require.NoError(b, err)
	start, before := time.Now(), cpuTime(b)
	require.NoError(b, work(s))
	elapsed, used := time.Since(start), cpuTime(b)-before
	if s.engine.numbered {
		_, err := s.db.ExecContext(b.Context(), `DROP TABLE records, staged`)
		require.NoError(b, err)
	}
	require.NoError(b, s.Close())
	return benchSize / elapsed.Seconds(), benchSize / used.Seconds()
}

func cpuTime(b *testing.B) time.Duration {
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}

// BenchmarkOfSubject reads one subject's records, the hot path of an answer.
func BenchmarkOfSubject(b *testing.B) {
	server := testpg.Start(b, pgserver.Options{})
	records := benchRecords(benchSize)
	for name, where := range map[string]string{"sqlite": filepath.Join(b.TempDir(), "store.db"), "postgres": testpg.Store(server)} {
		b.Run(name, func(b *testing.B) {
			s, err := Open(b.Context(), where, Options{})
			require.NoError(b, err)
			defer func() { require.NoError(b, s.Close()) }()
			if counts, err := s.Count(b.Context()); err != nil || counts.Staged == 0 {
				require.NoError(b, s.Stage(b.Context(), records))
			}
			for i := 0; b.Loop(); i++ {
				found, err := s.OfSubject(b.Context(), records[i*7919%len(records)].Subject, 100)
				require.NoError(b, err)
				require.Len(b, found, 1)
			}
		})
	}
}
