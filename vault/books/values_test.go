package books

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	dollars = Money{Unit: unitMajor, Decimal: ".", Thousands: ",", Symbol: "$"}
	usual   = dateForms{dateMDY, dateNamed, dateISO}
)

func TestParseAmount(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "60000": 6000000, "60000.5": 6000050, "60000.05": 6000005, "$60,000.00": 6000000, "1,234,567": 123456700,
		"-250": -25000, "-$250.10": -25010, "007": 700, "12,345": 1234500, "92233720368547758.07": 1<<63 - 1,
	} {
		got, ok := dollars.parse(text, 2)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"", "-", "$", ".", "5.", ".5", "1.234", "1,5", "1,00,000", "1234,567", ",123", "1,", "1,,234", "--1", "-+1", "+1", "$-1", "1e3",
		"1 000", "(250)", "€5", "0x10", "1_000", "92233720368547758.08", "99999999999999999999", "1.-5", "1.0.0",
	} {
		_, ok := dollars.parse(text, 2)
		require.False(t, ok, text)
	}
}

func TestParseDate(t *testing.T) {
	const asOf = "2014-12-31"
	for text, want := range map[string]string{
		"2/28/1997": "1997-02-28", "02/08/1997": "1997-02-08", "2/28/97": "1997-02-28", "28-Feb-97": "1997-02-28", "8-FEB-1997": "1997-02-08",
		"1997-02-28": "1997-02-28", "29-Feb-00": "2000-02-29", "31-Dec-14": "2014-12-31", "1-Jan-15": "1915-01-01", "1-Jan-99": "1999-01-01",
	} {
		got, ok := usual.parse(text, asOf)
		require.True(t, ok, text)
		require.Equal(t, want, got, text)
	}
	for _, text := range []string{
		"28/2/1997", "2/29/1997", "2-28-1997", "28-Feb", "28-Foo-97", "28-anf-97", "28-February-97", "Feb-28-97", "2/28/197", "2/28/19970",
		"/2/1997", "2//1997", "2/28/", "1997-2-28", "1997-02-30", "19970228", "2/28/1997 0:00", "today", "-", "/", "//", "--", "2/ab/97", "1/1/ab",
	} {
		_, ok := usual.parse(text, asOf)
		require.False(t, ok, text)
	}
}

func TestSplitFields(t *testing.T) {
	for line, want := range map[string][]string{
		``: {""}, `a`: {"a"}, `a,b`: {"a", "b"}, `a,`: {"a", ""}, `,`: {"", ""}, `"a,b",c`: {"a,b", "c"}, `"",c`: {"", "c"},
		`"say ""hi""",c`: {`say "hi"`, "c"}, `a"b,c`: {`a"b`, "c"}, `"a",`: {"a", ""}, `"a","b"`: {"a", "b"}, `""""`: {`"`},
	} {
		got, err := splitFields(nil, line, ",")
		require.NoError(t, err, line)
		require.Equal(t, want, got, line)
	}
	for _, line := range []string{`"`, `"a`, `"a"b`, `"a" ,b`, `a,"b`, `"""`} {
		_, err := splitFields(nil, line, ",")
		require.ErrorIs(t, err, errQuote, line)
	}
}

func TestDecodeWindows1252(t *testing.T) {
	decoded, ok := decodeWindows1252("\x80\x9f\xa0\xff A")
	require.True(t, ok)
	require.Equal(t, "€Ÿ\u00a0ÿ A", decoded)
	for _, none := range []string{"\x81", "\x8d", "\x8f", "\x90", "\x9d"} {
		_, ok := decodeWindows1252(none)
		require.False(t, ok, "%x", none)
	}
}

// A record that does not fit its schema must show as a reject and never as one that cannot be committed.
func TestRecordThatDoesNotFitItsSchemaIsRejected(t *testing.T) {
	mapping := *formats[0]
	mapping.Steps = []Step{{Field: "nosuch", Constant: new(string)}}
	*mapping.Steps[0].Constant = "1"
	reader, err := NewMappedReader(strings.NewReader("Bank,LoanNr_ChkDgt,BorrowerNo\nB,1,2\n"), &mapping, Options{})
	require.NoError(t, err)
	row, err := reader.Next()
	require.NoError(t, err)
	require.Equal(t, `field "nosuch" is not in the schema`, row.Reject.Reason)
}
