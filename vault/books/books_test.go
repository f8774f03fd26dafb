package books_test

import (
	"bytes"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/books/synthetic"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
)

// realFiles are tested over as well where they are: in $DATA_DIR, or in shared/data beside the repository.
var realFiles = map[books.Format]string{books.FormatSBA: "sba_loans.csv", books.FormatCard: "card_accounts.csv"}

// dataDir returns the folder of the real files, or "". A DATA_DIR that is set has to be right.
func dataDir(t *testing.T) string {
	if dir := os.Getenv("DATA_DIR"); dir != "" {
		return dir
	}
	here, err := os.Getwd()
	require.NoError(t, err)
	for dir := here; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		candidate := filepath.Join(dir, "shared", "data")
		if _, err := os.Stat(filepath.Join(candidate, realFiles[books.FormatSBA])); err == nil {
			return candidate
		}
	}
	return ""
}

func generated(t testing.TB, format books.Format, rows int) []byte {
	var book bytes.Buffer
	require.NoError(t, synthetic.Write(&book, format, synthetic.Options{Rows: rows, Seed: 1}))
	return book.Bytes()
}

// wholeBook reads a book and requires of every row that it is a record that commits or a reject that says
// why. It returns how often each reason came.
func wholeBook(t *testing.T, book []byte, format books.Format) (reasons map[string]int, stats books.Stats) {
	reader, err := books.NewReader(bytes.NewReader(book), format, books.Options{})
	require.NoError(t, err)
	reasons = map[string]int{}
	accounts := map[string]bool{}
	line := 1
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		line++
		require.Equal(t, line, row.Line, "no row is passed over")
		if row.Reject != nil {
			require.Equal(t, line, row.Reject.Line)
			require.NotEmpty(t, row.Reject.Reason)
			require.NotEmpty(t, row.Reject.Raw)
			reasons[strings.TrimSpace(row.Reject.Column+" "+row.Reject.Reason)]++
			continue
		}
		definition, ok := schemas.ByName(row.Schema)
		require.True(t, ok)
		_, err = commitment.Commit(definition.Layout(), row.Record, commitment.Seed{})
		require.NoError(t, err, "line %d", line)
		require.NotEmpty(t, row.Subject)
		require.NotEmpty(t, row.Lender)
		require.False(t, accounts[row.Account], "account of line %d comes twice", line)
		accounts[row.Account] = true
	}
	stats = reader.Stats()
	lines := bytes.Count(bytes.TrimRight(book, "\n"), []byte("\n"))
	require.Equal(t, lines, stats.Rows)
	require.Equal(t, stats.Rows, stats.Records+stats.Rejects)
	require.Greater(t, stats.Records, stats.Rows*9/10, "most of a book is good")
	return reasons, stats
}

func TestWholeBooks(t *testing.T) {
	dir := dataDir(t)
	for format, file := range realFiles {
		t.Run(string(format), func(t *testing.T) {
			made, stats := wholeBook(t, generated(t, format, 20_000), format)
			report(t, "generated", stats, made)
			if dir == "" {
				t.Log("no real book: neither DATA_DIR nor shared/data beside the repository")
				return
			}
			book, err := os.ReadFile(filepath.Join(dir, file))
			require.NoError(t, err)
			found, stats := wholeBook(t, book, format)
			report(t, file, stats, found)
			for reason := range found {
				require.Contains(t, made, reason, "the generator makes the dirt that real books have")
			}
		})
	}
}

func report(t *testing.T, name string, stats books.Stats, reasons map[string]int) {
	t.Logf("%s: %d rows, %d records, %d rejects", name, stats.Rows, stats.Records, stats.Rejects)
	for _, reason := range slices.Sorted(maps.Keys(reasons)) {
		t.Logf("  %6d %s", reasons[reason], reason)
	}
}

// one reads a book of a single row: the given values over those of a good row.
func one(t *testing.T, format books.Format, good, change map[string]string) books.Row {
	return oneAsOf(t, format, good, change, "")
}

// oneAsOf is one for a book of a given day.
func oneAsOf(t *testing.T, format books.Format, good, change map[string]string, asOf string) books.Row {
	var header, values []string
	for _, column := range slices.Sorted(maps.Keys(good)) {
		value := good[column]
		if changed, ok := change[column]; ok {
			value = changed
		}
		header = append(header, column)
		values = append(values, `"`+strings.ReplaceAll(value, `"`, `""`)+`"`)
	}
	book := strings.Join(header, ",") + "\r\n" + strings.Join(values, ",") + "\r\n"
	reader, err := books.NewReader(strings.NewReader(book), format, books.Options{AsOf: asOf})
	require.NoError(t, err)
	row, err := reader.Next()
	require.NoError(t, err)
	_, err = reader.Next()
	require.ErrorIs(t, err, io.EOF)
	return row
}

// conversion is a case of a mapping: either fields of the record ("-" for absent), or a reject.
type conversion struct {
	change map[string]string
	record map[string]string
	column string
	reason string
}

func runConversions(t *testing.T, format books.Format, good map[string]string, cases map[string]conversion) {
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			row := one(t, format, good, c.change)
			if c.reason != "" {
				require.NotNil(t, row.Reject)
				require.Equal(t, c.column, row.Reject.Column)
				require.Contains(t, row.Reject.Reason, c.reason)
				require.Empty(t, row.Record)
				return
			}
			require.Nil(t, row.Reject)
			for field, want := range c.record {
				got, present := row.Record[field]
				require.Equal(t, want != "-", present, field)
				if present {
					require.Equal(t, want, got, field)
				}
			}
		})
	}
}
