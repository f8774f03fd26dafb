package books_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/books"
)

const (
	sbaHeader  = "LoanNr_ChkDgt,BorrowerNo,State,Bank,NAICS,ApprovalDate,Term,RevLineCr,ChgOffDate,DisbursementDate,DisbursementGross,MIS_Status,ChgOffPrinGr,GrAppv,SBA_Appv"
	cardHeader = "ID,LIMIT_BAL,PAY_0,PAY_2,PAY_3,PAY_4,PAY_5,PAY_6,BILL_AMT1,BILL_AMT2,BILL_AMT3,BILL_AMT4,BILL_AMT5,BILL_AMT6,PAY_AMT1"
)

// loan is a good row of sbaHeader.
func loan(number, borrower, bank string) string {
	return number + "," + borrower + ",IN," + bank + ",0,2/28/1997,84,N,,5/31/1997,60000,P I F,0,60000,48000\n"
}

func read(t *testing.T, book string, options books.Options) (rows []books.Row, stats books.Stats) {
	reader, err := books.NewReader(strings.NewReader(book), books.FormatSBA, options)
	require.NoError(t, err)
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return rows, reader.Stats()
		}
		require.NoError(t, err)
		rows = append(rows, row)
	}
}

func TestNewReaderRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		book    string
		format  books.Format
		options books.Options
		err     string
	}{
		"format":         {sbaHeader, "excel", books.Options{}, `unknown book format "excel": use one of sba, card`},
		"empty":          {"", "sba", books.Options{}, "the book is empty"},
		"blank lines":    {"\n\r\n", "sba", books.Options{}, "the book is empty"},
		"missing column": {strings.Replace(sbaHeader, "Term,", "", 1), "sba", books.Options{}, `column "Term" is missing: add it`},
		"column twice":   {sbaHeader + ",Bank", "sba", books.Options{}, `column "Bank" appears twice`},
		"card as sba":    {cardHeader, "sba", books.Options{}, `this is a book in format "card", read as "sba": choose format "card"`},
		"sba as card":    {sbaHeader, "card", books.Options{}, `this is a book in format "sba", read as "card": choose format "sba"`},
		"semicolons":     {strings.ReplaceAll(sbaHeader, ",", ";"), "sba", books.Options{}, "the line has no comma"},
		"UTF-16":         {"\xff\xfeL\x00o\x00", "sba", books.Options{}, "save it as CSV in UTF-8"},
		"UTF-16 no mark": {"L\x00o\x00", "sba", books.Options{}, "save it as CSV in UTF-8"},
		"quote":          {`"` + sbaHeader, "sba", books.Options{}, "book header: it has a quoted value that is not closed"},
		"endless header": {strings.Repeat("x", books.MaxRowBytes+1), "sba", books.Options{}, "book header: line is longer"},
		"date":           {sbaHeader, "sba", books.Options{AsOf: "2014-02-30"}, `the book's date "2014-02-30" is not a calendar day`},
		"card lenders":   {cardHeader, "card", books.Options{Lenders: []string{"A"}}, "has one furnisher"},
		"empty lender":   {sbaHeader, "sba", books.Options{Lenders: []string{"A", " "}}, "empty name"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := books.NewReader(strings.NewReader(c.book), c.format, c.options)
			require.ErrorContains(t, err, c.err)
		})
	}
	broken := errors.New("disk on fire")
	_, err := books.NewReader(iotest.ErrReader(broken), books.FormatSBA, books.Options{})
	require.ErrorIs(t, err, broken)
}

func TestHeaderAsSpreadsheetsWriteIt(t *testing.T) {
	for name, header := range map[string]string{
		"byte order mark": "\ufeff" + sbaHeader,
		"quoted":          `"` + strings.ReplaceAll(sbaHeader, ",", `","`) + `"`,
		"outer spaces":    strings.ReplaceAll(sbaHeader, ",", " , "),
		"CRLF":            sbaHeader + "\r",
		"empty line":      "\n" + sbaHeader,
	} {
		rows, _ := read(t, header+"\n"+loan("1", "A", "X"), books.Options{})
		require.Len(t, rows, 1, name)
		require.Nil(t, rows[0].Reject, name)
	}
}

func TestOneBadRowSpoilsNoOther(t *testing.T) {
	long := strings.Repeat("y", 3*books.MaxRowBytes)
	for name, c := range map[string]struct{ line, reason string }{
		"open quote":       {loan("2", "B", `"X`), "has a quoted value that is not closed"},
		"text after quote": {loan("2", "B", `"X"Y`), "has a quoted value that is not closed"},
		"too few columns":  {"2,B\n", "has not as many columns as the header"},
		"too many columns": {"extra," + loan("2", "B", "X"), "has not as many columns as the header"},
		"too long":         {loan("2", "B", long), "line is longer than 65536 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			book := sbaHeader + "\n" + loan("1", "A", "X") + c.line + "\n" + loan("3", "C", "X")
			rows, stats := read(t, book, books.Options{Lenders: []string{"x"}})
			require.Len(t, rows, 3)
			require.Equal(t, "1", rows[0].Account)
			require.Equal(t, 3, rows[1].Line)
			require.Contains(t, rows[1].Reject.Reason, c.reason)
			require.NotEmpty(t, rows[1].Reject.Raw)
			require.Equal(t, "3", rows[2].Account)
			require.Equal(t, 5, rows[2].Line, "an empty line counts as a line and not as a row")
			require.Equal(t, books.Stats{Rows: 3, Records: 2, Rejects: 1}, stats)
		})
	}
	rows, _ := read(t, sbaHeader+"\n"+loan("2", "B", long), books.Options{})
	require.Len(t, rows, 1, "a last line that is too long is reported as well")
	require.Less(t, len(rows[0].Reject.Raw[0]), 1000, "by an excerpt")
}

func TestLastLineWithoutEnding(t *testing.T) {
	rows, _ := read(t, sbaHeader+"\n"+strings.TrimSuffix(loan("1", "A", "X"), "\n"), books.Options{})
	require.Len(t, rows, 1)
	require.Nil(t, rows[0].Reject)
}

func TestReadErrorIsNotTheEnd(t *testing.T) {
	broken := errors.New("disk on fire")
	book := io.MultiReader(strings.NewReader(sbaHeader+"\n"+loan("1", "A", "X")), iotest.ErrReader(broken))
	reader, err := books.NewReader(book, books.FormatSBA, books.Options{})
	require.NoError(t, err)
	_, err = reader.Next()
	require.NoError(t, err)
	_, err = reader.Next()
	require.ErrorIs(t, err, broken)

	inLongLine := io.MultiReader(strings.NewReader(sbaHeader+"\n"+strings.Repeat("y", books.MaxRowBytes+1)), iotest.ErrReader(broken))
	reader, err = books.NewReader(inLongLine, books.FormatSBA, books.Options{})
	require.NoError(t, err)
	_, err = reader.Next()
	require.ErrorIs(t, err, broken)

	_, err = books.Lenders(io.MultiReader(strings.NewReader(sbaHeader+"\n"), iotest.ErrReader(broken)))
	require.ErrorIs(t, err, broken)
}

func TestLenderFilter(t *testing.T) {
	book := sbaHeader + "\n" + loan("1", "A", "First Bank") + loan("2", "B", "Second Bank") + loan("3", "C", " FIRST BANK ") +
		loan("4", "D", "First Bank of X") + loan("5", "E", "")
	rows, stats := read(t, book, books.Options{Lenders: []string{" first bank"}})
	require.Len(t, rows, 3)
	require.Equal(t, "1", rows[0].Account)
	require.Equal(t, "3", rows[1].Account)
	require.Equal(t, "Bank", rows[2].Reject.Column, "a row without lender is not passed over: it may be one of ours")
	require.Equal(t, books.Stats{Rows: 5, Records: 2, Rejects: 1, OtherLenders: 2}, stats)
}

func TestLenders(t *testing.T) {
	book := sbaHeader + "\n" + loan("1", "A", "Small") + loan("2", "B", "Big") + loan("3", "B", "BIG") + loan("4", "C", "Big") +
		loan("5", "C", "Alike") + strings.Replace(loan("6", "D", "Big"), "P I F", "", 1) + loan("7", "E", "")
	lenders, err := books.Lenders(strings.NewReader(book))
	require.NoError(t, err)
	require.Equal(t, []books.LenderCount{
		{Name: "Big", Rows: 4, Rejects: 1, Borrowers: 2},
		{Name: "Alike", Rows: 1, Borrowers: 1},
		{Name: "Small", Rows: 1, Borrowers: 1},
	}, lenders)

	_, err = books.Lenders(strings.NewReader(cardHeader))
	require.ErrorContains(t, err, `choose format "card"`)
}

func TestRejectsFileCanBeImportedAgain(t *testing.T) {
	book := sbaHeader + "\n" + loan("1", "A", `"B, N"`) + strings.Replace(loan("2", "B", `"C, N"`), "P I F", "", 1)
	reader, err := books.NewReader(strings.NewReader(book), books.FormatSBA, books.Options{})
	require.NoError(t, err)
	var file bytes.Buffer
	rejects, err := books.NewRejectWriter(&file, reader.Header())
	require.NoError(t, err)
	for range 2 {
		row, err := reader.Next()
		require.NoError(t, err)
		if row.Reject != nil {
			require.NoError(t, rejects.Write(row.Reject))
		}
	}
	require.NoError(t, rejects.Flush())

	lines, err := csv.NewReader(bytes.NewReader(file.Bytes())).ReadAll()
	require.NoError(t, err)
	require.Len(t, lines, 2)
	require.Equal(t, []string{"line", "column", "reason", "LoanNr_ChkDgt"}, lines[0][:4])
	require.Equal(t, []string{"3", "MIS_Status", "is blank: neither paid in full nor charged off", "2"}, lines[1][:4])

	mended := strings.Replace(file.String(), "60000,,0", "60000,P I F,0", 1)
	rows, stats := read(t, mended, books.Options{})
	require.Equal(t, 1, stats.Records)
	require.Equal(t, "C, N", rows[0].Lender)
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left on device") }

func TestRejectsFileOnAFullDisk(t *testing.T) {
	rejects, err := books.NewRejectWriter(full{}, []string{"a"})
	require.NoError(t, err, "it is buffered")
	require.NoError(t, rejects.Write(&books.Reject{Line: 2, Reason: "r"}))
	require.ErrorContains(t, rejects.Flush(), "no space left")
}

func TestRejectOfAWholeRow(t *testing.T) {
	require.Equal(t, "line 4: the row has not as many columns as the header",
		(&books.Reject{Line: 4, Reason: "has not as many columns as the header"}).Error())
}

func TestSubjectKindNames(t *testing.T) {
	require.Equal(t, "legal entity", books.LegalEntity.String())
	require.Equal(t, "natural person", books.NaturalPerson.String())
	require.Equal(t, "subject kind 0", books.SubjectKind(0).String())
}

// endless repeats one row for ever.
type endless struct{ row, rest []byte }

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		e.rest = e.row
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

func TestMemoryDoesNotGrowWithTheBook(t *testing.T) {
	book := io.MultiReader(strings.NewReader(sbaHeader+"\n"), &endless{row: []byte(loan("1", "A", "X"))})
	reader, err := books.NewReader(book, books.FormatSBA, books.Options{})
	require.NoError(t, err)
	live := func(rows int) uint64 {
		for range rows {
			_, err := reader.Next()
			require.NoError(t, err)
		}
		runtime.GC()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		return memory.HeapAlloc
	}
	after1k := live(1_000)
	after100k := live(99_000)
	require.Less(t, after100k, after1k+1<<20, "less than 1 MiB for 99,000 rows more")
	require.Equal(t, 100_000, reader.Stats().Records)
}
