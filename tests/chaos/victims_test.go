package chaos

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/hex"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/store"
)

const (
	// rowsAtFirst and rowsMore: a book has so many rows, and so many more each round, and as many are corrected.
	rowsAtFirst = 40
	rowsMore    = 20
)

// newBook is that of the next month: new rows, and others whose borrower has moved to another state.
func (s *scene) newBook(ctx context.Context, t *testing.T) string {
	t.Helper()
	path := filepath.Join(s.net.Home, "book.csv")
	s.must(ctx, t, "vault", "generate", "--format", "sba", "--rows", strconv.Itoa(rowsAtFirst+rowsMore*s.round), "--out", path)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	reader := csv.NewReader(bytes.NewReader(raw))
	reader.FieldsPerRecord, reader.LazyQuotes = -1, true
	rows, err := reader.ReadAll()
	require.NoError(t, err)
	const state = 2 // column
	require.Equal(t, "State", rows[0][state])
	for month := range s.round {
		for i := 1 + month*rowsMore; i <= (month+1)*rowsMore; i++ {
			if row := rows[i]; len(row) == len(rows[0]) {
				row[state] = []string{"CA", "NY", "TX"}[month%3]
			}
		}
	}
	kept := rows[:1]
	for _, row := range rows[1:] {
		if !s.forgotten(t, row[1]) {
			kept = append(kept, row)
		}
	}
	rows = kept
	var out bytes.Buffer
	require.NoError(t, csv.NewWriter(&out).WriteAll(rows))
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
	return path
}

// importArgs sends small batches, so that there are many points at which an import can die.
func importArgs(s *scene) []string {
	return []string{"vault", "import", s.book, "--format", "sba", "--home", s.bank.Home, "--batch", "5", "--in-flight", "2"}
}

func beginImport(ctx context.Context, t *testing.T, s *scene) run {
	t.Helper()
	s.book = s.newBook(ctx, t)
	return command(ctx, t, importArgs(s)...)
}

// reportArgs asks about somebody of whom the bank has records, for a purpose that needs no consent.
func (s *scene) reportArgs(ctx context.Context, t *testing.T) []string {
	t.Helper()
	var subject [32]byte
	s.read(ctx, t, func(kept *store.Embedded) {
		all, err := kept.Records(ctx, nil, rowsAtFirst)
		require.NoError(t, err)
		require.NotEmpty(t, all)
		subject = all[s.round%len(all)].Subject
	})
	return []string{
		"report", "get", "--subject", hex.EncodeToString(subject[:]), "--purpose", "legal-order", "--home", s.lender.Home,
	}
}

// beginReport has the vault that is to be killed asked for a report.
func beginReport(ctx context.Context, t *testing.T, s *scene) run {
	t.Helper()
	r := command(ctx, t, s.reportArgs(ctx, t)...)
	return run{done: r.done, kill: func() { s.net.KillVault(s.bank.Name) }}
}

// reportAgain starts the vault again: then the report is whole.
func reportAgain(ctx context.Context, t *testing.T, s *scene) {
	t.Helper()
	require.NoError(t, s.net.RestartVault(ctx, s.bank.Name))
	s.must(ctx, t, s.reportArgs(ctx, t)...)
}

// read looks into the bank's store beside the processes that use it.
func (s *scene) read(ctx context.Context, t *testing.T, look func(*store.Embedded)) {
	t.Helper()
	readStore(ctx, t, s.bank.Home, look)
}

func readStore(ctx context.Context, t *testing.T, home string, look func(*store.Embedded)) {
	t.Helper()
	kept, err := store.Open(ctx, filepath.Join(home, "vault", "store.db"), store.Options{})
	require.NoError(t, err)
	defer func() { require.NoError(t, kept.Close()) }()
	look(kept)
}

type status struct {
	Committed    int `json:"committed"`
	Staged       int `json:"staged"`
	Tradelines   int `json:"tradelines"`
	ReceiptsOwed int `json:"receipts_owed"`
}

// check shows that nothing is lost and nothing is there twice: store and state agree record by record, the blocks have
// each version once, and each answer that was given has its one receipt.
func (s *scene) check(ctx context.Context, t *testing.T) {
	t.Helper()
	var now status
	eventually(ctx, t, "the receipts to be on the chain", func() bool {
		decode(t, s.must(ctx, t, "vault", "status", "--home", s.bank.Home, "--output", "json"), &now)
		return now.ReceiptsOwed == 0
	})
	require.Zero(t, now.Staged, "every record is settled")
	require.Positive(t, now.Committed)
	s.must(ctx, t, "vault", "verify", "--home", s.bank.Home)
	s.ledger.readAll(ctx, t)
	require.Equal(t, now.Tradelines+s.gone.tradelines, s.ledger.furnished[s.bank.Operator], "each tradeline was reported once")
	require.Equal(t, now.Committed-now.Tradelines+s.gone.corrections, s.ledger.corrected, "each correction was sent once")
	require.Len(t, s.ledger.destroyed, s.gone.tradelines, "each destruction was attested")
	for tradeline, times := range s.ledger.destroyed {
		require.Equal(t, 1, times, tradeline)
	}
	s.checkReceipts(ctx, t)
}

func (s *scene) checkReceipts(ctx context.Context, t *testing.T) {
	t.Helper()
	given := map[string]bool{}
	s.read(ctx, t, func(kept *store.Embedded) {
		_, err := store.VerifyAccessLog(ctx, kept)
		require.NoError(t, err)
		entries, err := kept.AccessLog(ctx, 0, 10_000)
		require.NoError(t, err)
		for _, entry := range entries {
			if entry.Outcome == "given" {
				given[receiptOf(hex.EncodeToString(entry.Inquiry[:]), s.bank.Operator)] = true
			}
		}
	})
	s.ledger.readAll(ctx, t)
	for receipt := range given {
		require.Equal(t, 1, s.ledger.receipts[receipt], "given, and its receipt is lost: %s", receipt)
	}
	for receipt, times := range s.ledger.receipts {
		require.Equal(t, 1, times, receipt)
		if institution := receipt[len(receipt)-len(s.bank.Operator):]; institution == s.bank.Operator {
			require.True(t, given[receipt], "a receipt for what was not given: %s", receipt)
		}
	}
}

// eventually asks until the answer is yes or the test's time is over.
func eventually(ctx context.Context, t *testing.T, what string, ready func() bool) {
	t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for !ready() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, ctx.Err())
		case <-ticker.C:
		}
	}
}
