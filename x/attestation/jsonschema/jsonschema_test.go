package jsonschema

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/commitment"
)

var fields = []commitment.Field{
	{Name: "status", Kind: commitment.Code},
	{Name: "opened", Kind: commitment.Date},
	{Name: "note", Kind: commitment.String},
	{Name: "balance", Kind: commitment.Amount},
	{Name: "months", Kind: commitment.Integer},
	{Name: "late", Kind: commitment.Boolean},
}

const properties = `"status":{"type":"string"},"opened":{"type":"string"},"note":{"type":"string"},"balance":{"type":"integer"},"months":{"type":"integer"},"late":{"type":"boolean"}`

const head = `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,`

// minimal is the least that is a schema for the fields; with says more of it.
var minimal = with(``)

func with(more string) string { return head + `"properties":{` + properties + `}` + more + `}` }

// property is the minimal schema with more said of one field.
func property(name, more string) string {
	for _, field := range fields {
		if field.Name == name {
			plain := fmt.Sprintf(`%q:{"type":%q`, name, Type(field.Kind))
			return strings.Replace(minimal, plain, plain+","+more, 1)
		}
	}
	panic(name)
}

// everything uses every keyword.
var everything = strings.Replace(strings.Replace(with(`,"title":"A","description":"B","required":["status"],
	"dependentRequired":{"balance":["months"]},"minProperties":1,"maxProperties":6,
	"allOf":[{"not":{"required":["note"],"properties":{"note":false}}}],
	"if":{"properties":{"late":{"const":true}},"required":["late"]},"then":{"required":["months"]},"else":true,
	"anyOf":[{"type":"object"}],"oneOf":[true],"$defs":{"day":{"format":"date"},"days":{"allOf":[{"$ref":"#/$defs/day"}]}}`),
	`"opened":{"type":"string"}`, `"opened":{"type":"string","$ref":"#/$defs/days"}`, 1),
	`"status":{"type":"string"},`, `"status":{"type":"string","enum":["A","B","C"],"pattern":"^[A-Z](?:x|\\d{2,3})?$","minLength":1,"maxLength":4},`, 1)

func TestCheck(t *testing.T) {
	for name, text := range map[string]string{
		"minimal":                             minimal,
		"everything":                          everything,
		"numbers":                             property("balance", `"minimum":-9007199254740991,"maximum":9007199254740991,"exclusiveMinimum":-1,"exclusiveMaximum":0,"multipleOf":1`),
		"space":                               " \t\r\n" + minimal + "\n",
		"unicode":                             with(`,"title":"信用 \ud83d\ude00 é"`),
		"chain of references, deep but small": with(`,"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/c"},"c":true}`),
	} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, Check(text, fields))
			_, err := Compile(text, fields)
			require.NoError(t, err)
		})
	}
}

func TestCheckRefusals(t *testing.T) {
	bomb := `"d0":{"title":"x"}`
	for i := 1; i < 20; i++ { // 2^20 subschemas in a kilobyte
		bomb += fmt.Sprintf(`,"d%d":{"allOf":[{"$ref":"#/$defs/d%d"},{"$ref":"#/$defs/d%d"}]}`, i, i-1, i-1)
	}
	list := func(n int, each string) string { return strings.TrimSuffix(strings.Repeat(each+",", n), ",") }
	var numbers []string
	for i := range maxMembers + 1 {
		numbers = append(numbers, fmt.Sprint(i))
	}
	for name, c := range map[string]struct{ text, reason string }{
		"empty":              {``, "a value is expected"},
		"too long":           {minimal + strings.Repeat(" ", MaxBytes), "at most 16384"},
		"not an object":      {`[]`, "a JSON object is expected"},
		"trailing":           {minimal + `{}`, "text after the value"},
		"NUL after":          {minimal + "\x00", "text after the value"},
		"unended":            {minimal[:len(minimal)-1], "',' or '}' is expected"},
		"comma at the end":   {`{"a":1,}`, "a member's name is expected"},
		"no colon":           {`{"a" 1}`, "':' is expected"},
		"a word":             {`{"a":nil}`, "a value is expected"},
		"comment":            {`{/**/}`, "a member's name is expected"},
		"single quotes":      {`{'a':1}`, "a member's name is expected"},
		"invalid UTF-8":      {with(",\"title\":\"\xff\""), "not UTF-8"},
		"overlong UTF-8":     {with(",\"title\":\"\xc0\xaf\""), "not UTF-8"},
		"surrogate in UTF-8": {with(",\"title\":\"\xed\xa0\x80\""), "not UTF-8"},
		"byte order mark":    {"\ufeff" + minimal, "a value is expected"},
		"lone surrogate":     {with(`,"title":"\ud83d"`), "surrogate"},
		"low surrogate":      {with(`,"title":"\ude00\ud83d"`), "surrogate"},
		"high twice":         {with(`,"title":"\ud83d\ud83d"`), "surrogate"},
		"short escape":       {with(`,"title":"\u12"`), "hexadecimal"},
		"signed escape":      {with(`,"title":"\u+123"`), "hexadecimal"},
		"escape":             {with(`,"title":"\x41"`), "no such escape"},
		"string's end":       {`{"a`, "does not end"},
		"escape at the end":  {`{"a\`, "no such escape"},
		"newline":            {with(",\"title\":\"a\nb\""), "U+000A"},
		"escaped newline":    {with(`,"title":"a\nb"`), "U+000A"},
		"escaped NUL":        {with(`,"title":"\u0000"`), "U+0000"},
		"bidi override":      {with(",\"title\":\"\u202e\""), "U+202E"},
		"escaped bidi":       {with(`,"title":"\u2066"`), "U+2066"},
		"zero width":         {with(",\"title\":\"\u200b\""), "U+200B"},
		"tag character":      {with(",\"title\":\"\U000e0041\""), "U+E0041"},
		"noncharacter":       {with(",\"title\":\"\U0001ffff\""), "U+1FFFF"},
		"C1 control":         {with(",\"title\":\"\u0085\""), "U+0085"},
		"name twice":         {`{"type":"object","type":"object"}`, "twice in its object"},
		"name twice escaped": {`{"type":"object","t\u0079pe":"object"}`, "twice in its object"},
		"deep":               {with(`,"not":` + strings.Repeat(`{"not":`, 16) + "true" + strings.Repeat("}", 16)), "more than 16 deep"},
		"deep arrays":        {strings.Repeat("[", 1000), "more than 16 deep"},
		"members":            {property("months", `"enum":[`+strings.Join(numbers, ",")+`]`), "more than 256 in one"},
		"values":             {`[` + list(17, `[`+list(250, "1")+`]`) + `]`, "more than 4096 values"},
		"2^53":               {property("balance", `"maximum":9007199254740992`), "beyond 2^53-1"},
		"-2^53":              {property("balance", `"minimum":-9007199254740992`), "beyond 2^53-1"},
		"2^64":               {property("balance", `"maximum":18446744073709551616`), "beyond 2^53-1"},
		"fraction":           {property("balance", `"maximum":1.0`), "only integers"},
		"exponent":           {property("balance", `"maximum":1e9`), "only integers"},
		"leading zero":       {property("balance", `"maximum":01`), "only integers"},
		"minus zero":         {property("balance", `"maximum":-0`), "only integers"},
		"minus":              {property("balance", `"maximum":-`), "only integers"},

		"no dialect":            {strings.Replace(minimal, `"$schema":"`+Dialect+`",`, "", 1), "/$schema"},
		"older dialect":         {strings.Replace(minimal, Dialect, "http://json-schema.org/draft-07/schema#", 1), "/$schema"},
		"own dialect":           {strings.Replace(minimal, Dialect, "https://example.com/schema", 1), "/$schema"},
		"no type":               {strings.Replace(minimal, `"type":"object",`, "", 1), "/type"},
		"type list":             {strings.Replace(minimal, `"type":"object"`, `"type":["object"]`, 1), "/type"},
		"open":                  {strings.Replace(minimal, `"additionalProperties":false,`, "", 1), "/additionalProperties"},
		"explicitly open":       {strings.Replace(minimal, `"additionalProperties":false`, `"additionalProperties":true`, 1), "/additionalProperties"},
		"open to a schema":      {strings.Replace(minimal, `"additionalProperties":false`, `"additionalProperties":{}`, 1), "/additionalProperties"},
		"no properties":         {head + `"title":"x"}`, "/properties"},
		"a field missing":       {strings.Replace(minimal, `"note":{"type":"string"},`, ``, 1), "exactly the 6 fields"},
		"a field more":          {strings.Replace(minimal, `"note":`, `"more":{"type":"string"},"note":`, 1), "exactly the 6 fields"},
		"another field":         {strings.Replace(minimal, `"note":`, `"nota":`, 1), `"note" is missing`},
		"type of amount":        {strings.Replace(minimal, `"balance":{"type":"integer"}`, `"balance":{"type":"string"}`, 1), "/properties/balance/type"},
		"type of boolean":       {strings.Replace(minimal, `"late":{"type":"boolean"}`, `"late":{"type":"integer"}`, 1), "/properties/late/type"},
		"property is true":      {strings.Replace(minimal, `"late":{"type":"boolean"}`, `"late":true`, 1), "/properties/late/type"},
		"$id":                   {with(`,"$id":"https://example.com/x"`), "/$id: not a keyword"},
		"$anchor":               {with(`,"$anchor":"x"`), "/$anchor: not a keyword"},
		"$dynamicRef":           {with(`,"$dynamicRef":"#x"`), "/$dynamicRef: not a keyword"},
		"$vocabulary":           {with(`,"$vocabulary":{}`), "/$vocabulary: not a keyword"},
		"$schema inside":        {with(`,"not":{"$schema":"` + Dialect + `"}`), "/not/$schema: not a keyword"},
		"$defs inside":          {with(`,"not":{"$defs":{}}`), "/not/$defs: not a keyword"},
		"examples":              {with(`,"examples":[{"note":"A. Person"}]`), "/examples: not a keyword"},
		"default":               {property("note", `"default":"x"`), "not a keyword"},
		"patternProperties":     {with(`,"patternProperties":{}`), "not a keyword"},
		"unevaluatedProperties": {with(`,"unevaluatedProperties":false`), "not a keyword"},
		"items":                 {property("note", `"items":{}`), "not a keyword"},
		"contentMediaType":      {property("note", `"contentMediaType":"text/html"`), "not a keyword"},
		"remote reference":      {property("note", `"$ref":"https://example.com/x"`), "$ref: write"},
		"file reference":        {property("note", `"$ref":"file:///etc/passwd"`), "$ref: write"},
		"reference to root":     {property("note", `"$ref":"#"`), "$ref: write"},
		"reference by pointer":  {property("note", `"$ref":"#/properties/note"`), "$ref: write"},
		"reference to nothing":  {property("note", `"$ref":"#/$defs/x"`), "$ref: write"},
		"reference, encoded":    {with(`,"$defs":{"a":true},"not":{"$ref":"#/$defs/%61"}`), "$ref: write"},
		"reference, a number":   {property("note", `"$ref":1`), "$ref: write"},
		"circle":                {with(`,"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"not":{"$ref":"#/$defs/a"}}}`), "refers to itself"},
		"circle of one":         {with(`,"$defs":{"a":{"$ref":"#/$defs/a"}},"not":{"$ref":"#/$defs/a"}`), "refers to itself"},
		"bomb":                  {with(`,"$defs":{` + bomb + `}`), "more than 4096 subschemas"},
		"definitions":           {with(`,"$defs":[]`), "/$defs: an object"},
		"definition's name":     {with(`,"$defs":{"a/b":true}`), "/$defs: name 0"},
		"definition unused":     {with(`,"$defs":{"a":{"$id":"x"}}`), "/$defs/a/$id: not a keyword"},
		"schema is a number":    {with(`,"not":1`), "/not: a schema is"},
		"list is empty":         {with(`,"allOf":[]`), "/allOf: a list"},
		"list is an object":     {with(`,"allOf":{}`), "/allOf: a list"},
		"list with null":        {with(`,"allOf":[null]`), "/allOf/0: a schema is"},
		"properties of others":  {with(`,"not":{"properties":{"x":true}}`), "/not/properties: name 0"},
		"properties a list":     {with(`,"not":{"properties":[]}`), "/not/properties: an object"},
		"type unknown":          {with(`,"not":{"type":"number"}`), "/not/type: write one of"},
		"format":                {property("note", `"format":"email"`), "format: write one of"},
		"title":                 {with(`,"title":"` + strings.Repeat("x", 257) + `"`), "at most 256 bytes"},
		"pattern not text":      {property("note", `"pattern":1`), "pattern: a text"},
		"pattern":               {property("note", `"pattern":"(a+)+"`), "operator in the wrong place"},
		"minimum":               {property("balance", `"minimum":"1"`), "an integer"},
		"multipleOf":            {property("balance", `"multipleOf":0`), "an integer from 1"},
		"minLength":             {property("note", `"minLength":-1`), "an integer from 0"},
		"const":                 {property("note", `"const":null`), "a string, an integer or a boolean"},
		"enum":                  {property("note", `"enum":[]`), "one value or more"},
		"enum of lists":         {property("note", `"enum":[[]]`), "a string, an integer or a boolean"},
		"enum twice":            {property("note", `"enum":["a","a"]`), "value 1 is there twice"},
		"required":              {with(`,"required":"note"`), "/required: a list"},
		"required another":      {with(`,"required":["x"]`), "/required: name 0"},
		"required twice":        {with(`,"required":["note","note"]`), "/required: name 1 is there twice"},
		"dependent":             {with(`,"dependentRequired":[]`), "/dependentRequired: an object"},
		"dependent name":        {with(`,"dependentRequired":{"x":[]}`), "name 0 is no field"},
		"dependent list":        {with(`,"dependentRequired":{"note":["x"]}`), "name 0 is no field"},
	} {
		t.Run(name, func(t *testing.T) {
			require.ErrorContains(t, Check(c.text, fields), c.reason)
			_, err := Compile(c.text, fields)
			require.ErrorContains(t, err, c.reason)
		})
	}
}

func TestPattern(t *testing.T) {
	for _, text := range []string{
		"a", "^a$", "^[0-6BDEGHJKL]{24}$", `^\d{4}-\d{2}$`, "a|b|(c|d)?e", `\$`, `a\$$`, "[^a-z]+", `[\]\-\\\^x]*`, "(?:ab)?", "a{2,}", "x{256}", "~ !\"#%&',:;<=>@_`",
	} {
		require.NoError(t, checkPattern(text), text)
		_, err := regexp.Compile(text)
		require.NoError(t, err, text)
	}
	for _, text := range []string{
		"", "^", "$", "^$", strings.Repeat("a", 129), "a**", "a*?", "a++", "(a)*", "(a)+", "(a){2}", "(a", "a)", "()", "(|a)", "(a|)", "|", "a||b", "[]", "[^]", "[]a]", "[a",
		"[z-a]", `[\d-z]`, `[a-\d]`, "[a-", "[[:alpha:]]", "[a^]", `\w`, `\s`, `\b`, `\p{L}`, `\1`, `\`, `[\`, ".", "a^", "a$b", "(?=a)", "(?i)a", "(?<n>a)", "(?P<n>a)", "a{", "a{}", "a{,2}",
		"a{2", "a{3,2}", "a{257}", "a{99999}", "*", "?", "{2}", "é", "a\x00", "]", "}", strings.Repeat("(", 9) + "a" + strings.Repeat(")", 9),
	} {
		require.Error(t, checkPattern(text), "%q", text)
	}
}

func TestValidate(t *testing.T) {
	const good = `{"status":"A","opened":"2026-01-31","note":"n","balance":-5,"months":12,"late":true}`
	require.NoError(t, Validate(minimal, fields, []byte(good)))
	require.NoError(t, Validate(minimal, fields, []byte(`{}`)), "fields may be absent")
	require.NoError(t, Validate(everything, fields, []byte(`{"status":"A","opened":"2026-01-31"}`)))
	for name, c := range map[string]struct{ schema, payload, reason string }{
		"schema":       {`{}`, good, "/$schema"},
		"not JSON":     {minimal, `{`, "payload: byte 1"},
		"too long":     {minimal, `{"note":"` + strings.Repeat("x", MaxPayload) + `"}`, "payload: 65547 bytes: at most 65536"},
		"twice":        {minimal, `{"note":"a","note":"b"}`, "payload: byte 12: the name is there twice"},
		"fraction":     {minimal, `{"balance":1.5}`, "only integers"},
		"not a field":  {minimal, `{"secret":"a"}`, "payload: not as the schema asks: / by additionalProperties"},
		"a list":       {minimal, `[]`, "/ by type"},
		"null":         {minimal, `{"note":null}`, "/note by type"},
		"type":         {minimal, `{"balance":"secret"}`, "/balance by type"},
		"enum":         {everything, `{"status":"secret","opened":"2026-01-31"}`, "/status by enum"},
		"format":       {everything, `{"status":"A","opened":"2026-02-30"}`, "/opened by format"},
		"required":     {everything, `{"opened":"2026-01-31"}`, "/ by required"},
		"dependent":    {everything, `{"status":"A","balance":1}`, "/ by dependentRequired/balance"},
		"then":         {everything, `{"status":"A","late":true}`, "/ by required"},
		"two in order": {everything, `{"status":"secret","opened":"secret"}`, "/opened by format; /status by enum"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Validate(c.schema, fields, []byte(c.payload))
			require.ErrorContains(t, err, c.reason)
			require.NotContains(t, err.Error(), "secret", "a payload is personal data")
		})
	}
	require.Error(t, guard(func() error { panic("boom") }))
	_, err := nothing{}.Load("https://json-schema.org/draft/2020-12/schema")
	require.Error(t, err)
}

// FuzzCheck: whatever the text, Check ends, says the same twice, and what it accepts is a schema for the library too.
func FuzzCheck(f *testing.F) {
	for _, text := range []string{
		minimal, everything, ``, `{}`, property("note", `"pattern":"^(?:a|[b-d]{2,3})?$"`), property("note", `"$ref":"#/$defs/x"`),
		with(`,"$defs":{"a":{"$ref":"#/$defs/a"}}`), with(`,"title":"\ud83d\ude00"`), property("balance", `"maximum":9007199254740992`),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, second := Check(text, fields), Check(text, fields)
		if first != nil {
			require.EqualError(t, second, first.Error())
			return
		}
		require.NoError(t, second)
		validator, err := Compile(text, fields)
		require.NoError(t, err)
		_ = validator.Validate([]byte(`{"status":"A","balance":1}`)) // ends, without a panic
	})
}

// FuzzPattern: what is accepted, RE2 compiles.
func FuzzPattern(f *testing.F) {
	for _, text := range []string{"^[0-6BDEGHJKL]{24}$", `a\$`, "(?:a|b)?", `[^\]\-a-z]{1,256}`, "[]a]"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if checkPattern(text) == nil {
			_, err := regexp.Compile(text)
			require.NoError(t, err)
		}
	})
}

// FuzzValidate: a payload is a stranger's.
func FuzzValidate(f *testing.F) {
	validator, err := Compile(everything, fields)
	require.NoError(f, err)
	for _, payload := range []string{`{"status":"A","opened":"2026-01-31"}`, `{"balance":1e400}`, `[[[[`, "{\"note\":\"\u202e\"}", `{"a":1,"a":2}`} {
		f.Add([]byte(payload))
	}
	f.Fuzz(func(t *testing.T, payload []byte) {
		if validator.Validate(payload) == nil {
			v, err := parse(string(payload), MaxPayload)
			require.NoError(t, err)
			status, given := v.member("status")
			require.True(t, given && strings.Contains("ABC", status.text))
		}
	})
}
