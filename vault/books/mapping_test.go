package books_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/x/attestation/commitment"
)

// smallest mapping that can be used; steps are added to it.
const smallest = `mapping: creditd/book/v1
name: small
format: csv
schema: creditd.tradeline.firm
subject: legal-entity
as_of: 2026-10-31
lender: {constant: BANK}
account: {column: no}
identity: {column: id}
currency: {constant: EUR}
steps:
  - {field: reported_as_of, as_of: true}
`

func mapping(t testing.TB, text string) *books.Mapping {
	t.Helper()
	m, err := books.ParseMapping([]byte(text))
	require.NoError(t, err)
	return m
}

// readBy reads a whole book by a mapping.
func readBy(t testing.TB, text, book string, options books.Options) (rows []books.Row) {
	t.Helper()
	reader, err := books.NewMappedReader(strings.NewReader(book), mapping(t, text), options)
	require.NoError(t, err)
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return rows
		}
		require.NoError(t, err)
		rows = append(rows, row)
	}
}

func TestEmbeddedMappings(t *testing.T) {
	require.Equal(t, []string{"card", "metro2", "sba", "template-jsonl", "template"}, books.MappingNames())
	for _, name := range books.MappingNames() {
		mapping(t, string(books.MappingFile(name)))
	}
	require.Nil(t, books.MappingFile("nosuch"))
	require.Nil(t, books.MappingFile("../mapping.go"))
}

// Whatever is wrong is said at once, and where.
func TestMappingProblems(t *testing.T) {
	change := func(old, with string) string {
		require.Contains(t, smallest, old)
		return strings.Replace(smallest, old, with, 1)
	}
	step := func(text string) string { return smallest + "  - " + text + "\n" }
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"empty":               {"", []string{"creditd vault mapping template"}},
		"no YAML":             {"\t\x00", []string{"is not YAML"}},
		"a list":              {"- 1\n", []string{"cannot unmarshal"}},
		"two documents":       {smallest + "---\na: 1\n", []string{"more than one document"}},
		"too long":            {smallest + "#" + strings.Repeat("x", books.MaxMappingBytes), []string{"more than 65536 bytes"}},
		"alias":               {change("{constant: BANK}", "&x {constant: BANK}"), []string{"anchor or alias"}},
		"unknown key":         {smallest + "colour: red\n", []string{"colour not found"}},
		"unknown key, step":   {step("{field: balance, colum: x, type: money}"), []string{"colum not found"}},
		"key twice":           {smallest + "name: other\n", []string{"already defined"}},
		"grammar":             {change("creditd/book/v1", "creditd/book/v2"), []string{"use one of creditd/book/v1"}},
		"name":                {change("name: small", "name: Über"), []string{"small letters"}},
		"format":              {change("format: csv", "format: xls"), []string{"use one of csv, jsonl, metro2"}},
		"schema":              {change("creditd.tradeline.firm", "creditd.no"), []string{"not built in"}},
		"subject":             {change("legal-entity", "firm"), []string{"legal-entity or natural-person"}},
		"as of":               {change("2026-10-31", "2026-02-30"), []string{"YYYY-MM-DD"}},
		"as of header":        {change("2026-10-31", "header"), []string{"only a metro2 file has"}},
		"separator":           {smallest + "separator: x\n", []string{"separator"}},
		"date form":           {smallest + "dates: [ymd]\n", []string{"use one of iso"}},
		"two meanings":        {smallest + "dates: [mdy, dmy]\n", []string{"only one can be meant"}},
		"decimal":             {smallest + "money: {decimal: x}\n", []string{"decimal"}},
		"decimal = thousands": {smallest + "money: {decimal: \",\", thousands: \",\"}\n", []string{"are the same"}},
		"symbol":              {smallest + "money: {symbol: \"9\"}\n", []string{"no part of a number"}},
		"unit":                {smallest + "money: {unit: cents}\n", []string{"major, minor"}},
		"no lender":           {change("{constant: BANK}", "{}"), []string{"lender: give either"}},
		"constant account":    {change("{column: no}", "{constant: A}"), []string{"the same for every row"}},
		"currency":            {change("EUR", "euro"), []string{"ISO 4217"}},
		"no steps":            {change("  - {field: reported_as_of, as_of: true}\n", ""), []string{"there are 0"}},
		"no such field":       {step("{field: age, column: x, type: text}"), []string{"has no field", "it has portfolio_type"}},
		"field twice":         {step("{field: reported_as_of, as_of: true}"), []string{"made it already"}},
		"currency as a step":  {step("{field: currency, constant: EUR}"), []string{"said once for the file"}},
		"nothing made":        {step("{column: x, type: text}"), []string{"one of field, value and refuse"}},
		"two sources":         {step("{field: balance, column: x, constant: \"1\", type: money}"), []string{"give one of column"}},
		"no source":           {step("{field: balance}"), []string{"give one of column"}},
		"type":                {step("{field: balance, column: x, type: float}"), []string{"use one of text"}},
		"no type":             {step("{field: balance, column: x}"), []string{"type is \"\""}},
		"type of no column":   {step("{field: balance, constant: \"1\", type: money}"), []string{"are for a column"}},
		"integer unbound":     {step("{field: term_months, column: x, type: integer}"), []string{"needs min and max"}},
		"money bound":         {step("{field: balance, column: x, type: money, max: 5}"), []string{"no bound but"}},
		"bound of text":       {step("{field: region, column: x, type: text, min: 5}"), []string{"integer and money"}},
		"length":              {step("{field: sector, column: x, type: digits}"), []string{"needs length"}},
		"length of money":     {step("{field: balance, column: x, type: money, length: 2}"), []string{"length is for"}},
		"default + required":  {step("{field: balance, column: x, type: money, required: true, default: \"0\"}"), []string{"contradict"}},
		"unknown, no table":   {step("{field: region, column: x, type: text, unknown: absent}"), []string{"go with a table"}},
		"unknown what":        {step("{field: region, column: x, type: text, table: {a: A}, unknown: zero}"), []string{"use one of absent"}},
		"empty code":          {step("{field: region, column: x, type: text, table: {a: \"\"}}"), []string{"has no code"}},
		"control character":   {step("{field: region, column: \"a\\nb\", type: text}"), []string{"control characters"}},
		"refuses all":         {step("{refuse: is bad, column: x}"), []string{"would refuse every row"}},
		"refusal with type":   {step("{refuse: is bad, column: x, type: text, when: [{value: reported_as_of, blank: true}]}"), []string{"only column"}},
		"later value":         {step("{field: balance, from: nosuch}"), []string{"which no earlier step makes"}},
		"condition, no value": {step("{field: balance, constant: \"1\", when: [{is: [a]}]}"), []string{"names no value"}},
		"condition, nothing":  {step("{field: balance, constant: \"1\", when: [{value: reported_as_of}]}"), []string{"compares once"}},
		"condition, two":      {step("{field: balance, constant: \"1\", when: [{value: reported_as_of, blank: true, zero: true}]}"), []string{"compares once"}},
		"condition, later":    {step("{field: balance, constant: \"1\", when: [{value: reported_as_of, more_than: granted}]}"), []string{"no earlier step makes"}},
		"case":                {step("{field: balance, cases: [{when: [{value: reported_as_of, blank: true}]}]}"), []string{"case 1", "give one of from"}},
		"case never reached":  {step("{field: balance, cases: [{constant: \"1\"}, {constant: \"2\"}]}"), []string{"put it last"}},
		"months, none":        {step("{field: payment_history, months: {status: []}}"), []string{"0 status columns"}},
		"months, uneven":      {step("{field: payment_history, months: {status: [a, b], owed: [c], max: 1}}"), []string{"as many"}},
		"months, code":        {step("{field: payment_history, months: {status: [a], max: 1, table: {0: OK}}}"), []string{"one character"}},
		"metro2 column":       {change("format: csv", "format: metro2"), []string{"does not have"}},
		"several": {step("{field: age, constant: \"1\"}") + "  - {field: balance}\ncolour: red\n", []string{
			"colour not found", "has no field", "give one of column",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := books.ParseMapping([]byte(c.text))
			var problems *books.MappingError
			require.ErrorAs(t, err, &problems)
			for _, want := range c.want {
				require.ErrorContains(t, err, want)
			}
			for _, problem := range problems.Problems {
				require.NotEmpty(t, problem.Where)
			}
		})
	}
}

func TestReadMapping(t *testing.T) {
	path := filepath.Join(t.TempDir(), "m.yaml")
	_, err := books.ReadMapping(path)
	require.ErrorContains(t, err, "mapping template")
	require.NoError(t, os.WriteFile(path, []byte(smallest+strings.Repeat("# long\n", 20_000)), 0o600))
	_, err = books.ReadMapping(path)
	require.ErrorContains(t, err, "more than 65536 bytes")
	require.NoError(t, os.WriteFile(path, []byte(smallest), 0o600))
	m, err := books.ReadMapping(path)
	require.NoError(t, err)
	require.Equal(t, "small", m.Name)
}

// How one cell is read, by every type and key.
func TestSteps(t *testing.T) {
	for name, c := range map[string]struct {
		head, step, cell, want, reason string
	}{
		"text":                 {step: "{field: region, column: x, type: text}", cell: " US-IN ", want: "US-IN"},
		"text, not canonical":  {step: "{field: region, column: x, type: text}", cell: "in", reason: "field \"region\""},
		"blank":                {step: "{field: region, column: x, type: text}", want: "-"},
		"required":             {step: "{field: region, column: x, type: text, required: true}", reason: "is blank"},
		"blank in other words": {step: "{field: region, column: x, type: text, blank: is needed}", reason: "is needed"},
		"default":              {step: "{field: balance, column: x, type: money, default: \"7\"}", want: "7"},
		"absent word":          {step: "{field: balance, column: x, type: money, absent: [n/a, none]}", cell: "none", want: "-"},
		"table":                {step: "{field: status, column: x, type: text, table: {ok: \"11\"}}", cell: "ok", want: "11"},
		"table, unknown":       {step: "{field: status, column: x, type: text, table: {ok: \"11\"}}", cell: "bad", reason: "not in the mapping's table"},
		"table, absent":        {step: "{field: status, column: x, type: text, table: {ok: \"11\"}, unknown: absent}", cell: "bad", want: "-"},
		"table, folded":        {step: "{field: status, column: x, type: text, fold: true, table: {PIF: \"13\"}}", cell: "p i f", want: "13"},
		"reason":               {step: "{field: status, column: x, type: text, table: {ok: \"11\"}, reason: is odd}", cell: "bad", reason: "is odd"},
		"prefix":               {step: "{field: region, column: x, type: letters, length: 2, prefix: US-}", cell: "IN", want: "US-IN"},
		"letters":              {step: "{field: region, column: x, type: letters, length: 2}", cell: "In", reason: "is not 2 capital letters"},
		"digits":               {step: "{field: sector, column: x, type: digits, length: 6}", cell: "45112", reason: "is not a code of 6 digits"},
		"digits, signed":       {step: "{field: sector, column: x, type: digits, length: 6}", cell: "+45112", reason: "is not a code of 6 digits"},
		"digits, zero":         {step: "{field: sector, column: x, type: digits, length: 6}", cell: "000", want: "-"},
		"integer":              {step: "{field: term_months, column: x, type: integer, min: 0, max: 9}", cell: "+07", want: "7"},
		"integer, outside":     {step: "{field: term_months, column: x, type: integer, min: 0, max: 9}", cell: "10", reason: "is not between 0 and 9"},
		"integer, required":    {step: "{field: term_months, column: x, type: integer, min: 0, max: 9, required: true}", reason: "is not a whole number"},
		"zero":                 {step: "{field: term_months, column: x, type: integer, min: 0, max: 9, zero: absent}", cell: "00", want: "-"},
		"money":                {step: "{field: balance, column: x, type: money}", cell: "-1.5", want: "-150"},
		"money, negative":      {step: "{field: balance, column: x, type: money, min: 0}", cell: "-1", reason: "is negative"},
		"money, three places":  {step: "{field: balance, column: x, type: money}", cell: "1.234", reason: "is not an amount"},
		"money, continental":   {head: "money: {decimal: \",\", thousands: \".\", symbol: \"€\"}\n", step: "{field: balance, column: x, type: money}", cell: `"€1.234,5"`, want: "123450"},
		"money, spaces":        {head: "money: {decimal: \",\", thousands: \" \"}\n", step: "{field: balance, column: x, type: money}", cell: `"1 234 567,89"`, want: "123456789"},
		"money, bad groups":    {head: "money: {decimal: \",\", thousands: \".\"}\n", step: "{field: balance, column: x, type: money}", cell: `12.34`, reason: "is not an amount"},
		"money, minor":         {head: "money: {unit: minor}\n", step: "{field: balance, column: x, type: money}", cell: "1234", want: "1234"},
		"money, minor point":   {head: "money: {unit: minor}\n", step: "{field: balance, column: x, type: money}", cell: "12.34", reason: "is not an amount"},
		"date":                 {head: "dates: [dmy]\n", step: "{field: opened, column: x, type: date}", cell: "1.2.26", want: "2026-02-01"},
		"date, compact":        {head: "dates: [ddmmyyyy]\n", step: "{field: opened, column: x, type: date}", cell: "01022026", want: "2026-02-01"},
		"date, compact ymd":    {head: "dates: [yyyymmdd]\n", step: "{field: opened, column: x, type: date}", cell: "20260201", want: "2026-02-01"},
		"date, zeros":          {head: "dates: [yyyymmdd]\n", step: "{field: opened, column: x, type: date}", cell: "00000000", want: "-"},
		"date, other form":     {head: "dates: [dmy]\n", step: "{field: opened, column: x, type: date}", cell: "2026-02-01", reason: "is not a date (read is 28.2.1997)"},
		"date, later":          {step: "{field: opened, column: x, type: date}", cell: "2026-11-01", reason: "is after the book's date"},
		"months":               {step: "{field: payment_history, months: {status: [x], max: 3, table: {0: \"0\", 1: \"1\"}}}", cell: "1", want: "1" + strings.Repeat("B", 23)},
		"months, no code":      {step: "{field: payment_history, months: {status: [x], max: 3, table: {0: \"0\"}}}", cell: "1", reason: "not in the mapping's table"},
	} {
		t.Run(name, func(t *testing.T) {
			rows := readBy(t, strings.Replace(smallest, "steps:\n", c.head+"steps:\n  - "+c.step+"\n", 1), "no,id,x\nA,B,"+c.cell+"\n", books.Options{})
			require.Len(t, rows, 1)
			if c.reason != "" {
				require.NotNil(t, rows[0].Reject)
				require.Contains(t, rows[0].Reject.Reason, c.reason)
				return
			}
			require.Nil(t, rows[0].Reject, "%v", rows[0].Reject)
			delete(rows[0].Record, "reported_as_of")
			delete(rows[0].Record, "currency")
			want := commitment.Record{}
			if c.want != "-" {
				field, _, _ := strings.Cut(strings.TrimPrefix(c.step, "{field: "), ",")
				want[field] = c.want
			}
			require.Equal(t, want, rows[0].Record)
		})
	}
}

// The minor unit is that of the row's currency.
func TestCurrencyOfTheRow(t *testing.T) {
	text := strings.Replace(smallest, "{constant: EUR}", "{column: ccy}", 1) + "  - {field: balance, column: owed, type: money, required: true}\n"
	for currency, want := range map[string]string{"USD": "1200", "JPY": "12", "KWD": "12000", "CLF": "120000"} {
		rows := readBy(t, text, "no,id,ccy,owed\nA,B,"+currency+",12\n", books.Options{})
		require.Nil(t, rows[0].Reject)
		require.Equal(t, want, rows[0].Record["balance"])
		require.Equal(t, currency, rows[0].Record["currency"])
	}
	rows := readBy(t, text, "no,id,ccy,owed\nA,B,JPY,12.5\nA,B,,1\n", books.Options{})
	require.Equal(t, "is not an amount of money", rows[0].Reject.Reason)
	require.Equal(t, "ccy", rows[1].Reject.Column)
}

func TestConditions(t *testing.T) {
	head := "  - {value: a, column: a, type: integer, min: -9, max: 9}\n  - {value: b, column: b, type: integer, min: -9, max: 9}\n" +
		"  - {value: d, column: d, type: date}\n  - {value: e, column: e, type: date}\n"
	for condition, c := range map[string]struct{ holds, not []string }{
		"{value: a, is: [\"1\", \"2\"]}": {[]string{"1,,,", "2,,,"}, []string{"3,,,", ",,,"}},
		"{value: a, not: [\"1\"]}":       {[]string{"2,,,", ",,,"}, []string{"1,,,"}},
		"{value: a, blank: true}":        {[]string{",,,"}, []string{"0,,,"}},
		"{value: a, blank: false}":       {[]string{"0,,,"}, []string{",,,"}},
		"{value: a, zero: true}":         {[]string{"0,,,"}, []string{",,,", "1,,,"}},
		"{value: a, zero: false}":        {[]string{"1,,,"}, []string{",,,", "0,,,"}},
		"{value: a, less_than: \"2\"}":   {[]string{"1,,,", "-3,,,"}, []string{"2,,,", ",,,"}},
		"{value: a, more_than: b}":       {[]string{"5,4,,"}, []string{"4,4,,", ",4,,", "5,,,"}},
		"{value: d, before: e}":          {[]string{",,2026-01-01,2026-01-02"}, []string{",,2026-01-02,2026-01-02", ",,,2026-01-02", ",,2026-01-02,"}},
		"{value: d, after: e}":           {[]string{",,2026-01-03,2026-01-02"}, []string{",,2026-01-02,2026-01-02", ",,,2026-01-02"}},
	} {
		text := smallest + head + "  - {refuse: holds, column: a, when: [" + condition + "]}\n"
		for _, cells := range c.holds {
			require.NotNil(t, readBy(t, text, "no,id,a,b,d,e\nA,B,"+cells+"\n", books.Options{})[0].Reject, "%s %s", condition, cells)
		}
		for _, cells := range c.not {
			require.Nil(t, readBy(t, text, "no,id,a,b,d,e\nA,B,"+cells+"\n", books.Options{})[0].Reject, "%s %s", condition, cells)
		}
	}
}

// The template is a book that can be imported as it is.
func TestTemplate(t *testing.T) {
	text := string(books.MappingFile("template"))
	header := "AccountNo,IdNumber,Kind,Opened,Closed,Months,Lent,Limit,Owed,Overdue,DaysLate,Outcome,LateSince,WrittenOffOn,WrittenOff\n"
	_, err := books.NewMappedReader(strings.NewReader(header), mapping(t, text), books.Options{})
	require.ErrorContains(t, err, "pass --as-of")
	rows := readBy(t, text, header+
		"A-1,SYN 1,LOAN,2024-05-31,,60,\"$60,000.00\",,1200.50,0,0,,,,\n"+
		"A-2,SYN 2,CARD,1.3.2020,,,,5000,700,100,45,,2026-09-01,,\n"+
		"A-3,SYN 3,LOAN,2020-01-01,,60,9000,,8000,8000,400,written off,2024-01-01,2025-01-01,8000\n"+
		"A-4,SYN 4,LOAN,2020-01-01,,60,9000,,0,0,31,,,,\n"+
		"A-5,SYN 5,LOAN,2020-01-01,2019-01-01,60,9000,,0,0,0,paid,,,\n", books.Options{AsOf: "2026-10-31"})
	require.Equal(t, commitment.Record{
		"portfolio_type": "I", "opened": "2024-05-31", "term_months": "60", "original_amount": "6000000", "balance": "120050",
		"past_due": "0", "status": "11", "currency": "USD", "reported_as_of": "2026-10-31",
	}, rows[0].Record)
	require.Equal(t, "SYN 1", rows[0].Subject)
	require.Equal(t, "MY BANK", rows[0].Lender)
	require.Equal(t, "71", rows[1].Record["status"])
	require.Equal(t, "500000", rows[1].Record["credit_limit"])
	require.Equal(t, "97", rows[2].Record["status"])
	require.Equal(t, "DaysLate says late, and Owed that nothing is owed", rows[3].Reject.Column+" "+rows[3].Reject.Reason)
	require.Equal(t, "is before Opened", rows[4].Reject.Reason)
}

func TestSemicolons(t *testing.T) {
	text := strings.Replace(smallest, "steps:", "separator: \";\"\nsteps:", 1)
	rows := readBy(t, text, "no;id\n\"A\";B\n", books.Options{})
	require.Equal(t, "A", rows[0].Account)
	_, err := books.NewMappedReader(strings.NewReader("no,id\nA,B\n"), mapping(t, text), books.Options{})
	require.ErrorContains(t, err, "set separator in the mapping")
}

func TestJSONLines(t *testing.T) {
	text := string(books.MappingFile("template-jsonl"))
	good := `{"account":"F-1","firm":{"number":"SYN1","name":"x"},"opened":"2024-05-31","lent":6000000,"owed":1500000,"state":"current"}`
	lines := []string{
		good,
		`{"firm":{"number":"SYN2"},"account":"F-2","lent":1,"owed":0,"state":"paid","opened":"2024-05-31","tags":[1,[2,{"a":"b"}]],"note":null}`,
		`{"account":"F-3"}`,
		`not json`,
		`[1]`,
		good + `{}`,
		strings.Replace(good, `"owed"`, `"lent":1,"owed"`, 1),
		strings.Replace(good, `6000000`, `6e6`, 1),
		strings.Replace(good, `6000000`, `[6]`, 1),
		strings.Replace(good, `"x"`, strings.Repeat(`{"a":`, 20)+`1`+strings.Repeat(`}`, 20), 1),
		`{"account":"` + strings.Repeat("x", books.MaxRowBytes) + `"}`,
		strings.Replace(good, `"F-1"`, `true`, 1),
	}
	rows := readBy(t, text, "\ufeff"+strings.Join(lines, "\n"), books.Options{AsOf: "2026-10-31"})
	require.Len(t, rows, len(lines))
	require.Equal(t, commitment.Record{
		"portfolio_type": "I", "opened": "2024-05-31", "original_amount": "6000000", "balance": "1500000", "status": "11",
		"currency": "EUR", "reported_as_of": "2026-10-31",
	}, rows[0].Record)
	require.Equal(t, "SYN1", rows[0].Subject)
	require.Nil(t, rows[1].Reject)
	for i, want := range []string{
		2: "is blank", 3: "is not one JSON object", 4: "is not one JSON object", 5: "is not one JSON object", 6: "has a key twice", 7: "is not an amount",
		8: "has a list", 9: "more than 8 deep", 10: "longer than 65536", 11: "capital letters",
	} {
		if want != "" {
			require.NotNil(t, rows[i].Reject, i)
			require.Contains(t, rows[i].Reject.Reason, want)
			require.Equal(t, i+1, rows[i].Reject.Line)
			require.Len(t, rows[i].Reject.Raw, 1)
		}
	}
	reader, err := books.NewMappedReader(strings.NewReader(good), mapping(t, text), books.Options{AsOf: "2026-10-31"})
	require.NoError(t, err)
	require.Equal(t, []string{"row"}, reader.Header())
}

// segment writes fields into a record of 426 characters.
func segment(fields map[[2]int]string) string {
	record := []byte(fmt.Sprintf("%-426s", "0426"))
	for at, text := range fields {
		copy(record[at[0]-1:at[1]], fmt.Sprintf("%-*s", at[1]-at[0]+1, text))
	}
	return string(record)
}

// Positions are written out here once more, so that one that slips is noticed.
func metro2(base ...map[[2]int]string) string {
	lines := []string{segment(map[[2]int]string{{5, 10}: "HEADER", {48, 55}: "10312026", {56, 63}: "11012026", {80, 119}: "EXAMPLE BANK"})}
	for _, change := range base {
		fields := map[[2]int]string{
			{5, 5}: "1", {43, 72}: "ACC 0001", {73, 73}: "I", {74, 75}: "00", {76, 83}: "05312021", {84, 92}: "000000000", {93, 101}: "000060000",
			{102, 104}: "060", {105, 105}: "M", {106, 114}: "000001100", {115, 123}: "000001000", {124, 125}: "78", {127, 150}: "10000000000000000000BBBB",
			{155, 163}: "000030000", {164, 172}: "000002200", {173, 181}: "000000000", {182, 189}: "10312026", {190, 197}: "08152026", {198, 205}: "00000000",
			{206, 213}: "07152026", {232, 256}: "DOE", {257, 276}: "JANE", {298, 306}: "900123456", {307, 314}: "01011980", {325, 325}: "1",
		}
		for at, text := range change {
			fields[at] = text
		}
		lines = append(lines, segment(fields))
	}
	lines = append(lines, segment(map[[2]int]string{{5, 11}: "TRAILER", {12, 20}: fmt.Sprintf("%09d", len(base))}))
	return strings.Join(lines, "\r\n") + "\r\n"
}

func readMetro2(t *testing.T, book string) (rows []books.Row, err error) {
	reader, err := books.NewReader(strings.NewReader(book), books.FormatMetro2, books.Options{})
	for err == nil {
		var row books.Row
		if row, err = reader.Next(); err == nil {
			rows = append(rows, row)
		}
	}
	return rows, err
}

func TestMetro2(t *testing.T) {
	type at = map[[2]int]string
	rows, err := readMetro2(t, metro2(
		at{},
		at{{73, 73}: "R", {84, 92}: "000005000", {102, 104}: "REV", {124, 125}: "11", {190, 197}: "00000000", {164, 172}: "000000000"},
		at{{73, 73}: "M", {102, 104}: "030"},
		at{{124, 125}: "97", {173, 181}: "000030000"},
		at{{124, 125}: "DA"}, at{{325, 325}: "X"}, at{{298, 306}: "000000000"}, at{{182, 189}: "11012026"}, at{{124, 125}: "05"},
		at{{164, 172}: "000030001"}, at{{43, 72}: ""}, at{{1, 4}: "0500"}, at{{127, 150}: "1"},
	))
	require.ErrorIs(t, err, io.EOF)
	require.Len(t, rows, 13)
	require.Nil(t, rows[0].Reject, "%v", rows[0].Reject)
	rows[0].Raw = nil
	require.Equal(t, books.Row{
		Line: 2, Account: "ACC 0001", Subject: "US-SSN-900123456", SubjectKind: books.NaturalPerson, Lender: "EXAMPLE BANK",
		Schema: "creditd.tradeline.person",
		Record: commitment.Record{
			"portfolio_type": "I", "currency": "USD", "opened": "2021-05-31", "term_months": "60", "original_amount": "6000000",
			"balance": "3000000", "past_due": "220000", "last_payment": "100000", "status": "78", "payment_history": "10000000000000000000BBBB",
			"date_first_delinquency": "2026-08-15", "reported_as_of": "2026-10-31",
		},
	}, rows[0])
	require.Equal(t, "500000", rows[1].Record["credit_limit"])
	require.NotContains(t, rows[1].Record, "term_months")
	require.NotContains(t, rows[1].Record, "date_first_delinquency")
	require.NotContains(t, rows[2].Record, "term_months", "years")
	require.Equal(t, "3000000", rows[3].Record["charge_off_amount"])
	for i, want := range []string{
		4: "account_status is not a status that is read", 5: "ecoa_code says that the consumer", 6: "social_security_number is blank",
		7: "date_of_account_information is after the book's date", 8: "account_status is not a status", 9: "amount_past_due is more than",
		10: "consumer_account_number is blank", 11: " has not the length", 12: "payment_history_profile has not 24 characters",
	} {
		if want != "" {
			require.NotNil(t, rows[i].Reject, i)
			require.Contains(t, rows[i].Reject.Column+" "+rows[i].Reject.Reason, want)
			require.Len(t, rows[i].Reject.Raw[0], 426)
		}
	}
}

// A file that was cut short must not pass for a whole one.
func TestMetro2Files(t *testing.T) {
	whole := metro2(map[[2]int]string{}, map[[2]int]string{})
	lines := strings.SplitAfter(whole, "\r\n")
	for name, c := range map[string]struct{ book, want string }{
		"empty":            {"", "needs a header record"},
		"no header":        {lines[1] + lines[3], "the first record is not HEADER"},
		"short":            {"0426HEADER\n", "shorter than 426"},
		"no line breaks":   {strings.Repeat(strings.ReplaceAll(whole, "\r\n", ""), 60), "fold -w 426"},
		"other length":     {"0427" + lines[0][4:], "has not the length"},
		"no trailer":       {lines[0] + lines[1], "without its trailer record after 1 base records"},
		"one missing":      {lines[0] + lines[1] + lines[3], "another number of base records than the 1"},
		"after trailer":    {whole + lines[1], "record after the trailer"},
		"no activity date": {strings.Replace(whole, "10312026", "        ", 1), "pass --as-of"},
	} {
		_, err := readMetro2(t, c.book)
		require.ErrorContains(t, err, c.want, name)
	}
	appended := strings.Replace(lines[1], "0426", "0526", 1)
	appended = strings.TrimRight(appended, "\r\n") + fmt.Sprintf("%-100s", "J1") + "\r\n"
	rows, err := readMetro2(t, lines[0]+appended+lines[2]+lines[3])
	require.ErrorIs(t, err, io.EOF)
	require.Nil(t, rows[0].Reject, "segments after the base segment are passed over")
}
