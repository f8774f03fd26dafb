package credential

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var jsonRefusals = []struct{ name, text, reason string }{
	{"nothing", "", "unexpected end"},
	{"white space only", " \t\r\n", "unexpected end"},
	{"two values", "1 2", "data after"},
	{"byte order mark", "\ufeff{}", "no value"},
	{"duplicate key", `{"a":1,"a":1}`, "duplicate key"},
	{"duplicate key by escape", `{"a":1,"\u0061":1}`, "duplicate key"},
	{"duplicate key far below", `[{"x":{"y":[{"a":1,"b":2,"a":3}]}}]`, "duplicate key"},
	{"2^53", "9007199254740992", "beyond 2^53-1"},
	{"-2^53", "-9007199254740992", "beyond 2^53-1"},
	{"beyond int64", "99999999999999999999999999999999999999", "beyond 2^53-1"},
	{"fraction", "1.0", "not written as an integer"},
	{"exponent", "1e2", "not written as an integer"},
	{"capital exponent", "1E2", "not written as an integer"},
	{"leading zero", "01", "shortest form"},
	{"minus zero", "-0", "shortest form"},
	{"minus alone", "-", "shortest form"},
	{"plus", "+1", "no value"},
	{"NaN", "NaN", "no value"},
	{"hexadecimal", "0x1", "data after"},
	{"invalid UTF-8", "\"\xff\"", "invalid UTF-8"},
	{"UTF-8 cut short", "\"\xe5\xbe\"", "invalid UTF-8"},
	{"overlong UTF-8", "\"\xc0\xaf\"", "invalid UTF-8"},
	{"surrogate in UTF-8", "\"\xed\xa0\x80\"", "invalid UTF-8"},
	{"lone high surrogate", `"\ud800"`, "lone surrogate"},
	{"lone low surrogate", `"\udc00"`, "lone surrogate"},
	{"high before high", `"\ud800\ud800"`, "lone surrogate"},
	{"high before text", `"\ud800x"`, "lone surrogate"},
	{"high before escape", `"\ud800\n"`, "lone surrogate"},
	{"unknown escape", `"\x41"`, "unknown escape"},
	{"escape with sign", `"\u+041"`, "unknown escape"},
	{"escape cut short", `"\u00`, "unexpected end"},
	{"backslash at the end", `"\`, "unexpected end"},
	{"control character", "\"\n\"", "control character"},
	{"NUL", "\"\x00\"", "control character"},
	{"string not closed", `"a`, "not closed"},
	{"array not closed", `[1`, "not closed"},
	{"object not closed", `{"a":1`, "not closed"},
	{"trailing comma", `[1,]`, "no value"},
	{"trailing comma in an object", `{"a":1,}`, "no key"},
	{"key without quotes", `{a:1}`, "no key"},
	{"no colon", `{"a" 1}`, "no colon"},
	{"comment", `/* */1`, "no value"},
	{"too deep", strings.Repeat("[", maxDepth+2) + strings.Repeat("]", maxDepth+2), "too deep"},
	{"too deep and not closed", strings.Repeat("[", 1<<16), "too deep"},
	{"too deep in objects", strings.Repeat(`{"a":`, maxDepth+2) + "1", "too deep"},
	{"too many", "[" + strings.Repeat("1,", maxValues) + "1]", "too many"},
}

func TestJSONRefusals(t *testing.T) {
	for _, c := range jsonRefusals {
		t.Run(c.name, func(t *testing.T) {
			_, err := parseJSON([]byte(c.text))
			require.ErrorIs(t, err, ErrJSON)
			require.ErrorContains(t, err, c.reason)
		})
	}
}

func TestJSONValues(t *testing.T) {
	deepest := strings.Repeat("[", maxDepth) + "0" + strings.Repeat("]", maxDepth)
	_, err := parseJSON([]byte(deepest))
	require.NoError(t, err)
	_, err = parseJSON([]byte("[" + strings.Repeat("1,", maxValues-2) + "1]"))
	require.NoError(t, err)

	for text, want := range map[string]any{
		"9007199254740991":    int64(maxSafeInteger),
		" -9007199254740991 ": int64(-maxSafeInteger),
		"0":                   int64(0),
		"true":                true, "false": false, "null": nil,
		`"\u5f81\ud83d\ude00\"\\\/\b\f\n\r\t"`:      "征😀\"\\/\b\f\n\r\t",
		"\"征\u007f\u2028\"":                         "征\u007f\u2028",
		`{ "a" : [ 1 , {} , [] ] , "b" : "" }`:      map[string]any{"a": []any{int64(1), map[string]any{}, []any{}}, "b": ""},
		`{"":1,"A":2,"a":3,"constructor":"\u0000"}`: map[string]any{"": int64(1), "A": int64(2), "a": int64(3), "constructor": "\x00"},
	} {
		got, err := parseJSON([]byte(text))
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	_, err = parseObject([]byte("[]"))
	require.ErrorIs(t, err, ErrJSON)
}

func TestEncodeJSONHasOneEncoding(t *testing.T) {
	got, err := encodeJSON(map[string]any{"b": "<&>", "a": []any{int64(1), true}})
	require.NoError(t, err)
	require.Equal(t, `{"a":[1,true],"b":"<&>"}`, string(got))
	_, err = encodeJSON(func() {})
	require.ErrorIs(t, err, ErrExport)
}

// FuzzJSON: whatever is read, the standard library reads as the same value, and it comes back from its encoding.
func FuzzJSON(f *testing.F) {
	for _, c := range jsonRefusals {
		if len(c.text) < 1<<10 {
			f.Add([]byte(c.text))
		}
	}
	f.Add([]byte(`{"a":[1,-2,{"b":null,"c":"\ud83d\ude00"}],"d":true}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := parseJSON(data)
		if err != nil {
			require.ErrorIs(t, err, ErrJSON)
			return
		}
		decoder := json.NewDecoder(bytes.NewReader(data))
		decoder.UseNumber()
		var other any
		require.NoError(t, decoder.Decode(&other))
		require.Equal(t, other, numbers(got))
		encoded, err := encodeJSON(got)
		require.NoError(t, err)
		again, err := parseJSON(encoded)
		require.NoError(t, err)
		require.Equal(t, got, again)
	})
}

// numbers turns integers into what encoding/json has for them.
func numbers(value any) any {
	switch value := value.(type) {
	case int64:
		text, _ := json.Marshal(value)
		return json.Number(text)
	case map[string]any:
		out := map[string]any{}
		for name := range value {
			out[name] = numbers(value[name])
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i := range value {
			out[i] = numbers(value[i])
		}
		return out
	}
	return value
}
