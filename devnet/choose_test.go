package devnet

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/books/synthetic"
)

func TestChoose(t *testing.T) {
	book := filepath.Join(t.TempDir(), "book.csv")
	file, err := os.Create(book)
	require.NoError(t, err)
	require.NoError(t, synthetic.Write(file, books.FormatSBA, synthetic.Options{Rows: 400, Seed: 1, Lenders: 5}))
	require.NoError(t, file.Close())

	first, err := choose(book, 100)
	require.NoError(t, err)
	require.Len(t, first.lenders, 3)
	require.GreaterOrEqual(t, first.loans, 100)
	require.Len(t, first.at, 2)
	require.NotEmpty(t, first.borrower)
	again, err := choose(book, 100)
	require.NoError(t, err)
	require.Equal(t, first, again)

	more, err := choose(book, first.loans+1)
	require.NoError(t, err)
	require.Greater(t, more.loans, first.loans)

	_, err = choose(book, 100_000)
	require.ErrorContains(t, err, "--data")
	_, err = choose(book+".none", 1)
	require.ErrorContains(t, err, "loan book")
}
