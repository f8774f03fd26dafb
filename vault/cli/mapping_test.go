package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/books"
)

const ownBook = `AccountNo,IdNumber,Kind,Opened,Closed,Months,Lent,Limit,Owed,Overdue,DaysLate,Outcome,LateSince,WrittenOffOn,WrittenOff
A-1,SYN000000001,LOAN,2024-05-31,,60,60000,,1200.50,0,0,,,,
A-2,SYN000000002,LOAN,2024-05-31,,60,60000,,,0,0,,,,
A-3,SYN000000003,LOAN,2024-05-31,,60,60000,,,0,0,,,,
`

// written puts the template and a book that fits it into a folder.
func written(t *testing.T) (mapping, book string) {
	t.Helper()
	dir := t.TempDir()
	mapping, book = filepath.Join(dir, "mapping.yaml"), filepath.Join(dir, "own-book.csv")
	text, err := run(t, "vault", "mapping", "template")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(mapping, []byte(text), 0o600))
	require.NoError(t, os.WriteFile(book, []byte(ownBook), 0o600))
	return mapping, book
}

func TestMappingTemplates(t *testing.T) {
	for _, name := range books.MappingNames() {
		text, err := run(t, "vault", "mapping", "template", "--of", name)
		require.NoError(t, err)
		require.Equal(t, string(books.MappingFile(name)), text)
	}
}

func TestMappingCheck(t *testing.T) {
	mapping, book := written(t)
	out, err := run(t, "vault", "mapping", "check", mapping)
	require.NoError(t, err)
	require.Contains(t, out, "can be used")

	out, err = run(t, "vault", "mapping", "check", mapping, "--sample", book, "--as-of", "2026-10-31", "--rows", "2", "-o", "json")
	require.NoError(t, err)
	var result mappingResult
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	require.True(t, result.Valid)
	require.Empty(t, result.Problems)
	require.Equal(t, []int{3, 1, 2}, []int{result.Rows, result.Records, result.Rejects})
	require.Equal(t, []reasonCount{{Column: "Owed", Reason: "is not an amount of money", Rows: 2}}, result.Reasons)
	require.Len(t, result.Sample, 2)
	require.Equal(t, "SYN000000001", result.Sample[0].Identity)
	require.Equal(t, "120050", result.Sample[0].Record["balance"])
	require.Equal(t, "Owed", result.Sample[1].Column)

	out, err = run(t, "vault", "mapping", "check", mapping, "--sample", book, "--as-of", "2026-10-31")
	require.NoError(t, err)
	require.Contains(t, out, "line 2: account A-1 of natural person SYN000000001, lender MY BANK")
	require.Contains(t, out, "line 3 rejected: Owed is not an amount of money")
	require.Contains(t, out, "3 rows: 1 records, 2 rejects")

	_, err = run(t, "vault", "mapping", "check", mapping, "--sample", book)
	require.ErrorContains(t, err, "--as-of")
	_, err = run(t, "vault", "mapping", "check", mapping, "--sample", book, "--as-of", "2020-01-01")
	require.ErrorContains(t, err, "no row of")
}

func TestMappingCheckListsAllProblems(t *testing.T) {
	path := filepath.Join(t.TempDir(), "mapping.yaml")
	require.NoError(t, os.WriteFile(path, []byte("mapping: creditd/book/v1\nname: x\ncolour: red\n"), 0o600))
	out, err := run(t, "vault", "mapping", "check", path, "-o", "json")
	require.ErrorContains(t, err, "cannot be used")
	var result mappingResult
	require.NoError(t, json.Unmarshal([]byte(out), &result))
	require.False(t, result.Valid)
	require.Greater(t, len(result.Problems), 5)
}
