package commitment

import (
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func hexString(b []byte) string { return hex.EncodeToString(b) }

func unhex(t *testing.T, s string) []byte {
	b, err := hex.DecodeString(s)
	require.NoError(t, err)
	return b
}

// every is the layout with one field of each kind that most tests use, and a record for it.
func every() (Layout, Record) {
	v := vectorInputs()[1]
	return v.layout(), v.Record
}

type canonicalCase struct {
	kind Kind
	text string
	err  string // "" where the text is canonical
}

// inVectors leaves out what JSON cannot carry or what would only bloat the file.
func (c canonicalCase) inVectors() bool {
	return c.kind.Valid() && utf8.ValidString(c.text) && len(c.text) <= 64
}

var canonicalCases = []canonicalCase{
	{String, "", ""},
	{String, "Zoë, 征信", ""},
	{String, strings.Repeat("x", MaxStringBytes), ""},
	{String, strings.Repeat("x", MaxStringBytes+1), "longer than 1024 bytes"},
	{String, "\xff", "not UTF-8"},
	{String, "a\nb", "control character U+000A"},
	{String, "a\x00", "control character U+0000"},
	{String, "a\u0085", "control character U+0085"},
	{String, "a\u2028b", "control character U+2028"},
	{String, "a\u202eb", "control character U+202E"},
	{String, "Zoe\u0308", "Normalization Form C"},
	{Integer, "0", ""},
	{Integer, "-1", ""},
	{Integer, "9223372036854775807", ""},
	{Integer, "9223372036854775808", "decimal"},
	{Integer, "-9223372036854775808", ""},
	{Integer, "-9223372036854775809", "decimal"},
	{Integer, "", "decimal"},
	{Integer, "-0", "decimal"},
	{Integer, "+1", "decimal"},
	{Integer, "01", "decimal"},
	{Integer, " 1", "decimal"},
	{Integer, "1_000", "decimal"},
	{Integer, "1e3", "decimal"},
	{Integer, "١", "decimal"},
	{Amount, "-250", ""},
	{Amount, "1.50", "decimal"},
	{Amount, "$1", "decimal"},
	{Date, "2000-02-29", ""},
	{Date, "1900-02-29", "calendar day"},
	{Date, "2023-13-01", "calendar day"},
	{Date, "2023-1-1", "calendar day"},
	{Date, "0000-01-01", "calendar day"},
	{Date, "0001-01-01", ""},
	{Date, "10000-01-01", "calendar day"},
	{Date, "2023-01-01T00:00:00Z", "calendar day"},
	{Date, "", "calendar day"},
	{Boolean, "true", ""},
	{Boolean, "false", ""},
	{Boolean, "True", "true or false"},
	{Boolean, "", "true or false"},
	{Code, "A-Z_0.9", ""},
	{Code, strings.Repeat("A", MaxCodeBytes), ""},
	{Code, strings.Repeat("A", MaxCodeBytes+1), "1 to 32 characters"},
	{Code, "", "1 to 32 characters"},
	{Code, "a", "only A-Z"},
	{Code, "A B", "only A-Z"},
	{0, "x", "kind(0) is not a kind"},
	{7, "x", "kind(7) is not a kind"},
}

func TestCanonical(t *testing.T) {
	for _, c := range canonicalCases {
		t.Run(fmt.Sprintf("%s %.24q", c.kind, c.text), func(t *testing.T) {
			err := Canonical(c.kind, c.text)
			if c.err == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, c.err)
		})
	}
}

func TestCanonicalNeverQuotesTheText(t *testing.T) {
	for _, kind := range []Kind{String, Integer, Date, Boolean, Code, Amount} {
		require.NotContains(t, Canonical(kind, "very private\n").Error(), "private")
	}
}

func TestLayoutRefusals(t *testing.T) {
	tooMany := make([]Field, MaxFields+1)
	for i := range tooMany {
		tooMany[i] = Field{Name: fmt.Sprintf("f%d", i), Kind: String}
	}
	for name, c := range map[string]struct {
		fields []Field
		err    string
	}{
		"none":           {nil, "1 to 64 fields, not 0"},
		"too many":       {tooMany, "1 to 64 fields, not 65"},
		"empty name":     {[]Field{{Name: "", Kind: String}}, `name "" is not`},
		"upper case":     {[]Field{{Name: "Name", Kind: String}}, `name "Name" is not`},
		"digit first":    {[]Field{{Name: "1a", Kind: String}}, `name "1a" is not`},
		"hyphen":         {[]Field{{Name: "a-b", Kind: String}}, `name "a-b" is not`},
		"long name":      {[]Field{{Name: strings.Repeat("a", 65), Kind: String}}, "at most 64 bytes"},
		"twice":          {[]Field{{Name: "a", Kind: String}, {Name: "b", Kind: Code}, {Name: "a", Kind: Code}}, `"a" appears twice`},
		"no kind":        {[]Field{{Name: "a", Kind: 0}}, "kind(0) is not a kind"},
		"summed text":    {[]Field{{Name: "a", Kind: Code, Summed: true}}, `"a": kind code cannot be summed`},
		"kind of future": {[]Field{{Name: "a", Kind: 7}}, "kind(7) is not a kind"},
	} {
		t.Run(name, func(t *testing.T) {
			layout := Layout{Fields: c.fields}
			require.ErrorContains(t, layout.Validate(), c.err)
			_, err := Commit(layout, Record{}, Seed{})
			require.ErrorContains(t, err, c.err)
			_, err = Disclose(layout, Record{}, Seed{}, "a")
			require.ErrorContains(t, err, c.err)
			require.ErrorContains(t, Disclosure{}.Verify(layout, [32]byte{}), c.err)
		})
	}
	require.NoError(t, Layout{Fields: tooMany[:MaxFields]}.Validate())
}

func TestCommitRefusesRecord(t *testing.T) {
	layout, _ := every()
	_, err := Commit(layout, Record{"count": "01"}, Seed{})
	require.ErrorContains(t, err, `field "count": not a canonical decimal`)
	_, err = Commit(layout, Record{"zzz": "1", "aaa": "1", "count": "1"}, Seed{})
	require.ErrorContains(t, err, `field "aaa" is not in the schema`, "always the smallest, whatever the map says")
}

func TestCommitBindsEverything(t *testing.T) {
	layout, record := every()
	seed := NewSeed()
	root, err := Commit(layout, record, seed)
	require.NoError(t, err)

	commit := func(change func(l *Layout, r Record, s *Seed)) [32]byte {
		l, r, s := layout, Record{}, seed
		l.Fields = append([]Field(nil), layout.Fields...)
		for name, value := range record {
			r[name] = value
		}
		change(&l, r, &s)
		changed, err := Commit(l, r, s)
		require.NoError(t, err)
		return changed
	}
	require.Equal(t, root, commit(func(*Layout, Record, *Seed) {}), "the same input gives the same commitment")
	for name, change := range map[string]func(l *Layout, r Record, s *Seed){
		"schema": func(l *Layout, _ Record, _ *Seed) { l.SchemaID[31] ^= 1 },
		"seed":   func(_ *Layout, _ Record, s *Seed) { s[0] ^= 1 },
		"value":  func(_ *Layout, r Record, _ *Seed) { r["amount"] = "6000001" },
		"empty to absent": func(_ *Layout, r Record, _ *Seed) {
			delete(r, "other")
		},
		"kind":  func(l *Layout, _ Record, _ *Seed) { l.Fields[1].Kind = Amount },
		"order": func(l *Layout, _ Record, _ *Seed) { l.Fields[0], l.Fields[6] = l.Fields[6], l.Fields[0] },
		"name": func(l *Layout, r Record, _ *Seed) {
			l.Fields[0].Name, r["texts"] = "texts", r["text"]
			delete(r, "text")
		},
		"one field more": func(l *Layout, _ Record, _ *Seed) { l.Fields = append(l.Fields, Field{Name: "more", Kind: Code}) },
	} {
		require.NotEqual(t, root, commit(change), name)
	}
}

func TestSeedIsRandomAndNeverPrinted(t *testing.T) {
	seed := NewSeed()
	require.NotEqual(t, Seed{}, seed)
	require.NotEqual(t, seed, NewSeed())
	for _, verb := range []string{"%v", "%+v", "%#v", "%x", "%s", "%d", "%q"} {
		require.Equal(t, "Seed(redacted)", fmt.Sprintf(verb, seed))
	}
	require.NotContains(t, fmt.Sprintf("%v", struct{ S Seed }{seed}), fmt.Sprint(seed[0], seed[1]))
}

func TestIDIsInjective(t *testing.T) {
	lists := [][][]byte{{}, {{}}, {{}, {}}, {[]byte("ab")}, {[]byte("a"), []byte("b")}, {[]byte("ab"), {}}, {{}, []byte("ab")}}
	seen := map[[32]byte]int{}
	for i, parts := range lists {
		id := ID("creditd/test/v1", parts...)
		other, dup := seen[id]
		require.Falsef(t, dup, "lists %d and %d have the same id", i, other)
		seen[id] = i
	}
	require.NotEqual(t, ID("ab"), ID("a", []byte("b")))
	require.Panics(t, func() { ID(strings.Repeat("d", 256)) })
}

func BenchmarkCommit(b *testing.B) {
	layout, record := every()
	for b.Loop() {
		if _, err := Commit(layout, record, Seed{}); err != nil {
			b.Fatal(err)
		}
	}
}
