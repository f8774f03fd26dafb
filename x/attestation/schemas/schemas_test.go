package schemas

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/jsonschema"
)

// The ids of released schemas. A changed field is a new version with a new id, never a new id for an old
// version: what was committed under the old one must stay verifiable.
var released = map[string]string{
	Licence:         "9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23",
	Score:           "567afea8c9e141674d7d4659cc76c5ba5adf897e2a8234460a9f6f2376345908",
	TaxStanding:     "492f9e2f949ff485712d3948774e658fcb452d5e1f7ab123ca82900f2977e861",
	TradelineFirm:   "337170d28ff3e92e85745c6b4b3c78c7a55bdb50b5c0016433a60a0d8e6e1b8b",
	TradelinePerson: "6341d7d81b82c318411c08bc550e4572724713554b5f492b17e6afcd5ec6ad74",
	UtilityPayment:  "1c89b0a23307447a0a5e9b2f10e76bb3dd4e5c8963f3a442f1e772a646c5dd02",
}

// payloads that the JSON Schemas allow: what a record says, with integers as numbers.
var payloads = map[string]string{
	Licence:         `{"type":"LENDING","number":"L-1","jurisdiction":"US","sector":"522291","status":"ACTIVE","issued":"2026-01-31","reported_as_of":"2026-11-01"}`,
	Score:           `{"model":"M.1","score":712,"score_min":300,"score_max":850,"reason_1":"R01","calculated_on":"2026-11-01"}`,
	TaxStanding:     `{"jurisdiction":"CN","tax":"VALUE_ADDED","standing":"GOOD","grade":"A","currency":"CNY","paid":1200000,"outstanding":0,"reported_as_of":"2026-11-01"}`,
	TradelineFirm:   `{"currency":"USD","status":"11","balance":-100,"payment_history":"0000000000000000001BBBBB","sector":"722110","region":"US-IN","opened":"2020-02-29"}`,
	TradelinePerson: `{"currency":"USD","status":"97","balance":100,"term_months":360,"portfolio_type":"M"}`,
	UtilityPayment:  `{"service":"WATER","status":"LATE","currency":"EUR","past_due":1,"months_late":1,"reported_as_of":"2026-11-01"}`,
}

func TestBuiltIn(t *testing.T) {
	all := All()
	require.Len(t, all, len(released))
	require.True(t, slices.IsSortedFunc(all, func(a, b Definition) int { return strings.Compare(a.Name, b.Name) }))
	for _, definition := range all {
		t.Run(definition.Name, func(t *testing.T) {
			require.NoError(t, definition.Validate())
			id := definition.ID()
			require.Equal(t, released[definition.Name], hex.EncodeToString(id[:]))
			require.True(t, definition.Revocable)
			require.Equal(t, uint32(1), definition.Version)

			found, ok := ByName(definition.Name)
			require.True(t, ok)
			require.Equal(t, definition, found)

			layout := definition.Layout()
			require.Equal(t, id, layout.SchemaID)
			for i, field := range definition.Fields {
				require.Equal(t, commitment.Field{Name: field.Name, Kind: field.Kind, Circuit: field.Circuit, Summed: field.Summed}, layout.Fields[i])
				require.True(t, field.Disclosable)
			}
			require.NoError(t, jsonschema.Validate(definition.JSONSchema, layout.Fields, []byte(payloads[definition.Name])))
			_, err := commitment.Commit(layout, record(t, payloads[definition.Name]), commitment.NewSeed())
			require.NoError(t, err)
		})
	}
	_, ok := ByName("creditd.tradeline.nobody")
	require.False(t, ok)
}

// record is the payload as it is committed to.
func record(t *testing.T, payload string) commitment.Record {
	var values map[string]any
	require.NoError(t, json.Unmarshal([]byte(payload), &values))
	record := commitment.Record{}
	for name, value := range values {
		record[name] = fmt.Sprint(value)
		if number, is := value.(float64); is {
			record[name] = strconv.FormatInt(int64(number), 10)
		}
	}
	return record
}

func TestWhoMayIssue(t *testing.T) {
	for _, definition := range All() {
		switch definition.Name {
		case Licence, TaxStanding:
			require.True(t, definition.Accredited)
			require.Empty(t, definition.IssuerRoles)
		case Score:
			require.Equal(t, []string{"ROLE_BUREAU"}, definition.IssuerRoles)
		default:
			require.Equal(t, []string{"ROLE_FURNISHER"}, definition.IssuerRoles)
		}
		require.Equal(t, definition.Name == Licence, definition.Listed, "who may be looked up by pseudonym: a licence is public")
	}
}

// Data minimisation: attributes of a person that say nothing about a debt have no field to go into.
func TestNoPersonalAttributes(t *testing.T) {
	for _, definition := range All() {
		for _, field := range definition.Fields {
			require.NotEqual(t, commitment.String, field.Kind, "%s: free text", field.Name)
			for _, word := range []string{"sex", "gender", "education", "marriage", "marital", "age", "birth", "name", "religion", "health"} {
				require.NotContains(t, strings.Split(field.Name, "_"), word)
			}
		}
	}
}

func TestAllIsACopy(t *testing.T) {
	All()[0].Name = "changed"
	require.NotEqual(t, "changed", All()[0].Name)
}

func TestIDDependsOnEverything(t *testing.T) {
	original := func() Definition {
		return Definition{
			Name: "n", Version: 1, Revocable: true, IssuerRoles: []string{"ROLE_B", "ROLE_A"},
			Fields: []Field{
				{Name: "a", Kind: commitment.Amount, Unit: "list", Disclosable: true}, {Name: "b", Kind: commitment.Date},
			},
		}
	}
	definition := original()
	seen := map[[32]byte]string{definition.ID(): "the original"}
	require.Equal(t, original(), definition, "the caller's slices are left alone")
	definition.IssuerRoles = []string{"ROLE_A", "ROLE_B"}
	require.Contains(t, seen, definition.ID(), "roles are a set")

	for what, change := range map[string]func(*Definition){
		"creator":          func(d *Definition) { d.Creator = []byte{1} },
		"name":             func(d *Definition) { d.Name = "m" },
		"version":          func(d *Definition) { d.Version = 2 },
		"previous":         func(d *Definition) { d.Previous = []byte{1} },
		"revocable":        func(d *Definition) { d.Revocable = false },
		"accredited":       func(d *Definition) { d.Accredited = true },
		"listed":           func(d *Definition) { d.Listed = true },
		"resolver":         func(d *Definition) { d.Resolver = "r" },
		"json schema":      func(d *Definition) { d.JSONSchema = "{}" },
		"roles":            func(d *Definition) { d.IssuerRoles = d.IssuerRoles[:1] },
		"issuers":          func(d *Definition) { d.Issuers = [][]byte{{1}} },
		"order of fields":  func(d *Definition) { slices.Reverse(d.Fields) },
		"number of fields": func(d *Definition) { d.Fields = d.Fields[:1] },
		"field name":       func(d *Definition) { d.Fields[0].Name = "c" },
		"kind":             func(d *Definition) { d.Fields[0].Kind = commitment.Integer },
		"unit":             func(d *Definition) { d.Fields[0].Unit = "" },
		"disclosable":      func(d *Definition) { d.Fields[0].Disclosable = false },
		"circuit":          func(d *Definition) { d.Fields[0].Circuit = true },
		"summed":           func(d *Definition) { d.Fields[0].Summed = true },
	} {
		changed := original()
		change(&changed)
		require.NotContains(t, seen, changed.ID(), what)
		seen[changed.ID()] = what
	}
}

func TestParseRefusals(t *testing.T) {
	const good = `{"name":"n","version":1,"revocable":true,"issuer_roles":["R"],"fields":[{"name":"a","kind":"code","unit":"u","disclosable":true}]}`
	_, err := Parse([]byte(good))
	require.NoError(t, err)
	replace := func(old, new string) string { return strings.Replace(good, old, new, 1) }
	for name, c := range map[string]struct{ text, err string }{
		"empty":         {``, "EOF"},
		"trailing":      {good + `{}`, "data after the definition"},
		"too long":      {good + strings.Repeat(" ", maxFileBytes), "at most 65536 bytes"},
		"unknown key":   {replace(`"version"`, `"extra":1,"version"`), `unknown field "extra"`},
		"no name":       {replace(`"n"`, `""`), `name "" is not`},
		"name space":    {replace(`"n"`, `"n n"`), `name "n n" is not`},
		"name unicode":  {replace(`"n"`, `"ñ"`), `name "ñ" is not`},
		"name long":     {replace(`"n"`, `"`+strings.Repeat("n", 65)+`"`), "1 to 64 printable"},
		"version":       {replace(`"version":1`, `"version":0`), "versions count from 1"},
		"no role":       {replace(`["R"]`, `[]`), "exactly one of issuer_roles, accredited and issuers"},
		"many roles":    {replace(`["R"]`, `["R"`+strings.Repeat(`,"R"`, MaxRoles)+`]`), "at most 16 issuer roles, not 17"},
		"two ways":      {replace(`"fields"`, `"accredited":true,"fields"`), "exactly one of issuer_roles, accredited and issuers"},
		"resolver":      {replace(`"fields"`, `"resolver":"a b","fields"`), `resolver "a b" is not`},
		"summed":        {replace(`"disclosable":true`, `"summed":true`), `field "a": a code is no number`},
		"json schema":   {replace(`"fields"`, `"json_schema":{"$id":"x"},"fields"`), "json_schema: /$schema"},
		"json text":     {replace(`"fields"`, `"json_schema":"{}","fields"`), "json_schema: a JSON object is expected"},
		"role twice":    {replace(`["R"]`, `["R","R"]`), `issuer role "R" appears twice`},
		"role empty":    {replace(`["R"]`, `[""]`), `issuer role "" is not`},
		"unit":          {replace(`"u"`, `"per month"`), `field "a": unit "per month" is not`},
		"kind":          {replace(`"code"`, `"money"`), `"money" is not a kind of field`},
		"no kind":       {replace(`"kind":"code",`, ``), "kind(0) is not a kind"},
		"field name":    {replace(`"a"`, `"A"`), `name "A" is not`},
		"without field": {`{"name":"n","version":1,"issuer_roles":["R"]}`, "1 to 64 fields, not 0"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse([]byte(c.text))
			require.ErrorContains(t, err, c.err)
		})
	}
}

func TestIssuersRefusals(t *testing.T) {
	base := Definition{Name: "n", Version: 1, Fields: []Field{{Name: "a", Kind: commitment.Code}}}
	for name, c := range map[string]struct {
		issuers [][]byte
		err     string
	}{
		"none":       {nil, "exactly one of"},
		"empty":      {[][]byte{{}}, "issuer 0: an address of 0 bytes"},
		"long":       {[][]byte{make([]byte, 256)}, "issuer 0: an address of 256 bytes"},
		"twice":      {[][]byte{{1}, {1}}, "issuer 1: put them in ascending order"},
		"descending": {[][]byte{{2}, {1}}, "issuer 1: put them in ascending order"},
		"many":       {make([][]byte, MaxIssuers+1), "at most 64 issuers, not 65"},
	} {
		t.Run(name, func(t *testing.T) {
			definition := base
			definition.Issuers = c.issuers
			require.ErrorContains(t, definition.Validate(), c.err)
		})
	}
	base.Issuers = [][]byte{{1}, {1, 0}, {2}}
	require.NoError(t, base.Validate())
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"tradeline-firm.json", "tax-standing.json", "licence.json"} {
		data, err := files.ReadFile(name)
		require.NoError(f, err)
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if definition, err := Parse(data); err == nil {
			require.NoError(t, definition.Validate())
		}
	})
}

func TestLayouts(t *testing.T) {
	for _, definition := range All() {
		for _, find := range []func() (commitment.Layout, bool){
			func() (commitment.Layout, bool) { return LayoutByName(definition.Name) },
			func() (commitment.Layout, bool) { return LayoutByID(definition.ID()) },
		} {
			layout, ok := find()
			require.True(t, ok)
			require.Equal(t, definition.Layout(), layout)
		}
	}
	_, ok := LayoutByName("none")
	require.False(t, ok)
	_, ok = LayoutByID([32]byte{1})
	require.False(t, ok)
}
