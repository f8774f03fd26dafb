package commitment

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// disclosed returns a disclosure of two fields of the record of every(), with what verifies it.
func disclosed(t testing.TB) (Disclosure, Layout, [32]byte) {
	layout, record := every()
	seed := Seed{1, 2, 3}
	root, err := Commit(layout, record, seed)
	require.NoError(t, err)
	disclosure, err := Disclose(layout, record, seed, "text", "amount")
	require.NoError(t, err)
	return disclosure, layout, root
}

func TestDiscloseEverySubsetVerifies(t *testing.T) {
	for size := 1; size <= 9; size++ {
		layout, record := Layout{SchemaID: [32]byte{9}}, Record{}
		for i := range size {
			name := fmt.Sprintf("f%d", i)
			layout.Fields = append(layout.Fields, Field{Name: name, Kind: Integer})
			if i%3 != 0 {
				record[name] = fmt.Sprint(i)
			}
		}
		seed := NewSeed()
		root, err := Commit(layout, record, seed)
		require.NoError(t, err)
		for subset := 1; subset < 1<<size; subset++ {
			var names []string
			for i := range size {
				if subset&(1<<i) != 0 {
					names = append([]string{layout.Fields[i].Name}, names...)
				}
			}
			disclosure, err := Disclose(layout, record, seed, names...)
			require.NoError(t, err)
			require.NoError(t, disclosure.Verify(layout, root))
			require.Len(t, disclosure.Fields, len(names))
			for _, field := range disclosure.Fields {
				value, present := record[field.Name]
				require.Equal(t, value, field.Value)
				require.Equal(t, present, field.Present)
			}
		}
	}
}

func TestDiscloseHidesTheRest(t *testing.T) {
	layout, record := every()
	disclosure, err := Disclose(layout, record, NewSeed(), "flag")
	require.NoError(t, err)
	encoded, err := json.Marshal(disclosure)
	require.NoError(t, err)
	for _, hidden := range []string{"amount", record["amount"], record["day"]} {
		require.NotContains(t, string(encoded), hidden)
	}
}

func TestDiscloseRefusals(t *testing.T) {
	layout, record := every()
	for err, names := range map[string][]string{
		"name at least one field":              {},
		`field "nosuch" is not in the schema`:  {"text", "nosuch"},
		`field "text" is named twice`:          {"text", "day", "text"},
		`field "surplus" is not in the schema`: {"text"},
	} {
		r := record
		if strings.Contains(err, "surplus") {
			r = Record{"surplus": ""}
		}
		_, got := Disclose(layout, r, Seed{}, names...)
		require.ErrorContains(t, got, err)
	}
}

func TestVerifyRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		change func(d *Disclosure)
		err    string
	}{
		"other schema":     {func(d *Disclosure) { d.SchemaID[0] ^= 1 }, "is under schema"},
		"other size":       {func(d *Disclosure) { d.Size++ }, "says 8 fields, the schema has 7"},
		"no field":         {func(d *Disclosure) { d.Fields = nil }, "has no field"},
		"order":            {func(d *Disclosure) { d.Fields[0], d.Fields[1] = d.Fields[1], d.Fields[0] }, "out of order"},
		"twice":            {func(d *Disclosure) { d.Fields[1] = d.Fields[0] }, "out of order"},
		"negative index":   {func(d *Disclosure) { d.Fields[0].Index = -1 }, "out of order or range"},
		"index too large":  {func(d *Disclosure) { d.Fields[1].Index = 7 }, "out of order or range"},
		"other name":       {func(d *Disclosure) { d.Fields[0].Name = "count" }, `leaf 0 is "text"`},
		"other kind":       {func(d *Disclosure) { d.Fields[0].Kind = Code }, `leaf 0 is "text" of kind string`},
		"not canonical":    {func(d *Disclosure) { d.Fields[1].Value = "06" }, "not a canonical decimal"},
		"absent but value": {func(d *Disclosure) { d.Fields[0].Present = false }, "absent, and yet with a value"},
		"other value":      {func(d *Disclosure) { d.Fields[1].Value = "1" }, ErrMismatch.Error()},
		"empty for absent": {func(d *Disclosure) { d.Fields[0].Present, d.Fields[0].Value = false, "" }, ErrMismatch.Error()},
		"other salt":       {func(d *Disclosure) { d.Fields[0].Salt[7] ^= 1 }, ErrMismatch.Error()},
		"other path":       {func(d *Disclosure) { d.Fields[0].Path[0][7] ^= 1 }, ErrMismatch.Error()},
		"short path":       {func(d *Disclosure) { d.Fields[0].Path = d.Fields[0].Path[1:] }, ErrMismatch.Error()},
		"long path":        {func(d *Disclosure) { d.Fields[0].Path = append(d.Fields[0].Path, Hash{}) }, ErrMismatch.Error()},
		"no path":          {func(d *Disclosure) { d.Fields[0].Path = nil }, ErrMismatch.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			disclosure, layout, root := disclosed(t)
			c.change(&disclosure)
			require.ErrorContains(t, disclosure.Verify(layout, root), c.err)
		})
	}
	disclosure, layout, root := disclosed(t)
	root[0] ^= 1
	require.ErrorIs(t, disclosure.Verify(layout, root), ErrMismatch)
}

func TestEveryFlippedBitFails(t *testing.T) {
	disclosure, layout, root := disclosed(t)
	encoded, err := json.Marshal(disclosure)
	require.NoError(t, err)
	for i := range encoded {
		for bit := range 8 {
			flipped := bytes.Clone(encoded)
			flipped[i] ^= 1 << bit
			var decoded Disclosure
			if json.Unmarshal(flipped, &decoded) == nil {
				require.Errorf(t, decoded.Verify(layout, root), "byte %d bit %d: %s", i, bit, flipped)
			}
		}
	}
}

func TestDisclosureDecoding(t *testing.T) {
	disclosure, _, _ := disclosed(t)
	encoded, err := json.Marshal(disclosure)
	require.NoError(t, err)
	text := string(encoded)
	hash := strings.Repeat("0", 64)
	salt := hexString(disclosure.Fields[0].Salt[:])

	var indented, unescaped bytes.Buffer
	require.NoError(t, json.Indent(&indented, encoded, "", "  "))
	encoder := json.NewEncoder(&unescaped)
	encoder.SetEscapeHTML(false)
	require.NoError(t, encoder.Encode(disclosure))
	for name, good := range map[string]string{"as written": text, "indented": indented.String(), "other writer": unescaped.String()} {
		var decoded Disclosure
		require.NoError(t, json.Unmarshal([]byte(good), &decoded), name)
		require.Equal(t, disclosure, decoded, name)
	}

	for name, c := range map[string]struct{ text, err string }{
		"nothing":      {``, "unexpected end"},
		"trailing":     {text + "x", "invalid character"},
		"unknown key":  {strings.Replace(text, `"size"`, `"more":1,"size"`, 1), "canonical encoding"},
		"repeated key": {strings.Replace(text, `"size"`, `"size":7,"size"`, 1), "canonical encoding"},
		"other case":   {strings.Replace(text, `"size"`, `"Size"`, 1), "canonical encoding"},
		"upper hex":    {strings.Replace(text, salt, strings.ToUpper(salt), 1), "canonical encoding"},
		"missing key":  {strings.Replace(text, `"size":7,`, ``, 1), "canonical encoding"},
		"escaped":      {strings.Replace(text, `6000000`, `\u0036000000`, 1), "canonical encoding"},
		"number":       {strings.Replace(text, `"size":7`, `"size":7.0`, 1), "cannot unmarshal"},
		"huge number":  {strings.Replace(text, `"size":7`, `"size":99999999999999999999`, 1), "cannot unmarshal"},
		"unknown kind": {strings.Replace(text, `"string"`, `"text"`, 1), "not a kind of field"},
		"short hash":   {`{"schema":"00","size":1,"fields":[]}`, "64 hexadecimal digits"},
		"not hex":      {strings.Replace(text, text[11:12], "g", 1), "invalid byte"},
		"null path":    {`{"schema":"` + hash + `","size":1,"fields":[{"index":0,"name":"a","kind":"code","present":false,"value":"","salt":"` + hash + `","path":null}]}`, "no path"},
		"deep":         {strings.Repeat("[", 20000), "disclosure: "},
		"not UTF-8":    {strings.Replace(text, "6000000", "\xff", 1), "canonical encoding"},
		"too long":     {strings.Repeat(" ", MaxDisclosureBytes+1), "at most 524288 bytes"},
		"many fields":  {`{"schema":"` + hash + `","size":1,"fields":[` + strings.Repeat(`{},`, MaxFields) + `{}]}`, "at most 64 fields"},
	} {
		t.Run(name, func(t *testing.T) {
			var decoded Disclosure
			require.ErrorContains(t, decoded.UnmarshalJSON([]byte(c.text)), c.err)
			require.Zero(t, decoded)
		})
	}
}

func TestLargestDisclosureFits(t *testing.T) {
	layout, record, names := Layout{}, Record{}, []string{}
	for i := range MaxFields {
		name := fmt.Sprintf("%c%s", 'a'+i%26, strings.Repeat(string(rune('a'+i/26)), MaxNameBytes-1))
		layout.Fields = append(layout.Fields, Field{Name: name, Kind: String})
		record[name] = strings.Repeat(`<`, MaxStringBytes)
		names = append(names, name)
	}
	seed := NewSeed()
	root, err := Commit(layout, record, seed)
	require.NoError(t, err)
	disclosure, err := Disclose(layout, record, seed, names...)
	require.NoError(t, err)
	encoded, err := json.Marshal(disclosure)
	require.NoError(t, err)
	require.Less(t, len(encoded), MaxDisclosureBytes)
	var decoded Disclosure
	require.NoError(t, json.Unmarshal(encoded, &decoded))
	require.NoError(t, decoded.Verify(layout, root))
}

// FuzzDisclosure looks for input that panics, that verifies though it says something else than the record,
// or that has a second encoding.
func FuzzDisclosure(f *testing.F) {
	disclosure, layout, root := disclosed(f)
	_, record := every()
	encoded, err := json.Marshal(disclosure)
	require.NoError(f, err)
	f.Add(encoded)
	f.Add([]byte(`{}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var decoded Disclosure
		if decoded.UnmarshalJSON(data) != nil {
			return
		}
		again, err := json.Marshal(decoded)
		require.NoError(t, err)
		require.Equal(t, again, compact(data))
		if decoded.Verify(layout, root) != nil {
			return
		}
		for _, field := range decoded.Fields {
			require.Equal(t, record[field.Name], field.Value)
		}
	})
}
