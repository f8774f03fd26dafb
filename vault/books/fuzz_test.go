package books_test

import (
	"bytes"
	"errors"
	"io"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
)

// FuzzReader reads arbitrary bytes as the rows of a book. Whatever they are, the reader ends, and each row is
// a record that commits or a reject.
func FuzzReader(f *testing.F) {
	headers := map[bool]string{false: sbaHeader, true: cardHeader}
	f.Add(false, []byte(loan("1", "A", "X")+loan("2", "B", `"Y, ""Z"""`)))
	f.Add(false, []byte(loan("1", "A", "\xff\x81")+"\n\"\r\n,,,\x00"))
	f.Add(true, []byte("7,500000,0,-1,-2,1,5,8,3913,3102,689,10,10,10,20\n"))
	f.Fuzz(func(t *testing.T, card bool, rows []byte) {
		format := books.FormatSBA
		if card {
			format = books.FormatCard
		}
		book := io.MultiReader(bytes.NewReader([]byte(headers[card]+"\n")), bytes.NewReader(rows))
		reader, err := books.NewReader(book, format, books.Options{})
		require.NoError(t, err)
		for range bytes.Count(rows, []byte("\n")) + 2 {
			row, err := reader.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			require.NoError(t, err)
			if row.Reject != nil {
				require.NotEmpty(t, row.Reject.Reason)
				continue
			}
			definition, _ := schemas.ByName(row.Schema)
			_, err = commitment.Commit(definition.Layout(), row.Record, commitment.Seed{})
			require.NoError(t, err)
		}
		t.Fatal("more rows than lines")
	})
}

// FuzzHeader reads arbitrary bytes as a whole book.
func FuzzHeader(f *testing.F) {
	f.Add([]byte(sbaHeader))
	f.Add([]byte("\ufeff" + cardHeader + "\r\n"))
	f.Add([]byte("a;b;c"))
	f.Fuzz(func(t *testing.T, book []byte) {
		for _, format := range []books.Format{books.FormatSBA, books.FormatCard} {
			if reader, err := books.NewReader(bytes.NewReader(book), format, books.Options{}); err == nil {
				_, err = reader.Next()
				require.True(t, err == nil || errors.Is(err, io.EOF))
			}
		}
	})
}

// BenchmarkNext is the speed of reading alone, without commitments and encryption.
func BenchmarkNext(b *testing.B) {
	const rows = 10_000
	for _, format := range []books.Format{books.FormatSBA, books.FormatCard} {
		b.Run(string(format), func(b *testing.B) {
			book := generated(b, format, rows)
			b.SetBytes(int64(len(book)))
			b.ReportAllocs()
			for b.Loop() {
				reader, err := books.NewReader(bytes.NewReader(book), format, books.Options{})
				require.NoError(b, err)
				for err == nil {
					_, err = reader.Next()
				}
				require.ErrorIs(b, err, io.EOF)
			}
			b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
		})
	}
}

// FuzzMapping reads arbitrary bytes as a mapping file. One that is accepted reads a book without falling over.
func FuzzMapping(f *testing.F) {
	for _, name := range books.MappingNames() {
		f.Add(books.MappingFile(name))
	}
	f.Add([]byte(smallest))
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := books.ParseMapping(text)
		if err != nil {
			var problems *books.MappingError
			require.ErrorAs(t, err, &problems)
			require.NotEmpty(t, problems.Problems)
			return
		}
		for _, book := range []string{sbaHeader + "\n" + loan("1", "A", "X"), cardHeader + "\n", "no,id\nA,B\n", `{"no":"A","id":"B"}`, "no\n"} {
			reader, err := books.NewMappedReader(bytes.NewReader([]byte(book)), m, books.Options{AsOf: "2026-10-31"})
			for err == nil {
				_, err = reader.Next()
			}
		}
	})
}

// everyRow requires of each row of a book that it is a record that commits or a reject that says why.
func everyRow(t *testing.T, reader *books.Reader, most int) {
	for range most {
		row, err := reader.Next()
		if err != nil {
			return
		}
		if row.Reject != nil {
			require.NotEmpty(t, row.Reject.Reason)
			continue
		}
		definition, _ := schemas.ByName(row.Schema)
		_, err = commitment.Commit(definition.Layout(), row.Record, commitment.Seed{})
		require.NoError(t, err)
	}
	t.Fatal("more rows than lines")
}

// FuzzJSONLines reads arbitrary bytes as JSON lines.
func FuzzJSONLines(f *testing.F) {
	m := mapping(f, string(books.MappingFile("template-jsonl")))
	f.Add([]byte(`{"account":"F-1","firm":{"number":"S"},"opened":"2024-05-31","lent":60,"owed":15,"state":"current"}`))
	f.Add([]byte("{\"a\":[{\"b\":1}],\"account\":null}\n[]\n{}{}\n\"\xff"))
	f.Fuzz(func(t *testing.T, rows []byte) {
		reader, err := books.NewMappedReader(bytes.NewReader(rows), m, books.Options{AsOf: "2026-10-31"})
		require.NoError(t, err)
		everyRow(t, reader, bytes.Count(rows, []byte("\n"))+2)
	})
}

// FuzzMetro2 reads arbitrary bytes as the records after a good header.
func FuzzMetro2(f *testing.F) {
	whole := metro2(map[[2]int]string{})
	header, rest := whole[:428], whole[428:]
	f.Add([]byte(rest))
	f.Add([]byte("0426\n\n" + rest))
	f.Fuzz(func(t *testing.T, rows []byte) {
		reader, err := books.NewReader(io.MultiReader(bytes.NewReader([]byte(header)), bytes.NewReader(rows)), books.FormatMetro2, books.Options{})
		require.NoError(t, err)
		everyRow(t, reader, bytes.Count(rows, []byte("\n"))+2)
	})
}
