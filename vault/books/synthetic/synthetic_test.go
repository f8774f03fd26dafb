package synthetic_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/books/synthetic"
)

func write(t *testing.T, format books.Format, options synthetic.Options) string {
	var book bytes.Buffer
	require.NoError(t, synthetic.Write(&book, format, options))
	return book.String()
}

func TestSameOptionsSameBook(t *testing.T) {
	for _, format := range []books.Format{books.FormatSBA, books.FormatCard} {
		options := synthetic.Options{Rows: 500, Seed: 7}
		book := write(t, format, options)
		require.Equal(t, book, write(t, format, options))
		options.Seed++
		require.NotEqual(t, book, write(t, format, options))
		require.Equal(t, 501, strings.Count(book, "\n"))
	}
}

// The demo needs this of a book of a thousand rows: three lenders and more, and borrowers at two of them.
func TestBorrowersAtSeveralLenders(t *testing.T) {
	book := write(t, books.FormatSBA, synthetic.Options{Rows: 1000, Seed: 1, Lenders: 3})
	lenders, err := books.Lenders(strings.NewReader(book))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(lenders), 3)
	require.Greater(t, lenders[2].Rows, 50, "the third lender is more than an accident")

	reader, err := books.NewReader(strings.NewReader(book), books.FormatSBA, books.Options{})
	require.NoError(t, err)
	at := map[string]map[string]bool{}
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		if row.Reject == nil {
			if at[row.Subject] == nil {
				at[row.Subject] = map[string]bool{}
			}
			at[row.Subject][row.Lender] = true
		}
	}
	several := 0
	for _, lenders := range at {
		if len(lenders) > 1 {
			several++
		}
	}
	require.Greater(t, several, 20)
}

func TestNumbersAreRecognisable(t *testing.T) {
	for format, columns := range map[books.Format][]int{books.FormatSBA: {0, 1}, books.FormatCard: {0}} {
		rows, err := csv.NewReader(strings.NewReader(write(t, format, synthetic.Options{Rows: 300}))).ReadAll()
		require.NoError(t, err)
		for _, row := range rows[1:] {
			for _, column := range columns {
				require.Regexp(t, "^"+synthetic.IDPrefix+"[0-9]{9}$", row[column])
			}
		}
	}
}

func TestAmountsAsSpreadsheetsShowThem(t *testing.T) {
	book := write(t, books.FormatSBA, synthetic.Options{Rows: 20_000})
	for _, dirt := range []string{`,000.00 "`, "\xc9", ",`,", `,",",`, "CURRENT", "SPECIMEN BANK, NATIONAL"} {
		require.Contains(t, book, dirt)
	}
}

func TestWriteRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		format  books.Format
		options synthetic.Options
		err     string
	}{
		"format":       {"excel", synthetic.Options{}, `unknown book format "excel": use sba or card`},
		"rows":         {books.FormatSBA, synthetic.Options{Rows: -1}, "0 or more rows, not -1"},
		"few lenders":  {books.FormatSBA, synthetic.Options{Lenders: -1}, "1 to 8 lenders, not -1"},
		"many lenders": {books.FormatSBA, synthetic.Options{Lenders: 9}, "1 to 8 lenders, not 9"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, synthetic.Write(io.Discard, c.format, c.options), c.err)
		})
	}
	require.ErrorContains(t, synthetic.Write(full{}, books.FormatSBA, synthetic.Options{Rows: 1}), "no space left")
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }
