package schemas

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// The ids of released schemas. A changed field is a new version with a new id, never a new id for an old
// version: what was committed under the old one must stay verifiable.
var released = map[string]string{
	TradelineFirm:   "3e2544ec6b7192ed9df45576973350c07df8e08185cdd29181dc51e3f2d9e04e",
	TradelinePerson: "b53cd2a0bc91f69ac63ba01e7b79a91233b13029d95454fe285e002c346794f1",
}

func TestBuiltIn(t *testing.T) {
	all := All()
	require.Len(t, all, len(released))
	require.True(t, slices.IsSortedFunc(all, func(a, b Definition) int { return strings.Compare(a.Name, b.Name) }))
	for _, definition := range all {
		require.NoError(t, definition.Validate())
		id := definition.ID()
		require.Equal(t, released[definition.Name], hex.EncodeToString(id[:]), definition.Name)
		require.Equal(t, []string{"ROLE_FURNISHER"}, definition.IssuerRoles)
		require.True(t, definition.Revocable)

		found, ok := ByName(definition.Name)
		require.True(t, ok)
		require.Equal(t, definition, found)

		layout := definition.Layout()
		require.Equal(t, id, layout.SchemaID)
		for i, field := range definition.Fields {
			require.Equal(t, commitment.Field{Name: field.Name, Kind: field.Kind}, layout.Fields[i])
		}
		_, err := commitment.Commit(layout, commitment.Record{"currency": "USD", "status": "11"}, commitment.NewSeed())
		require.NoError(t, err)
	}
	_, ok := ByName("creditd.tradeline.nobody")
	require.False(t, ok)
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
	roles := []string{"ROLE_B", "ROLE_A"}
	fields := []Field{{"a", commitment.Code, "list", true}, {"b", commitment.Date, "", false}}
	id := ID("n", 1, true, roles, fields)
	require.Equal(t, id, ID("n", 1, true, []string{"ROLE_A", "ROLE_B"}, fields), "roles are a set")
	require.Equal(t, []string{"ROLE_B", "ROLE_A"}, roles, "the caller's slice is left alone")

	seen := map[[32]byte]string{id: "the original"}
	add := func(what string, other [32]byte) {
		require.NotContains(t, seen, other, what)
		seen[other] = what
	}
	add("name", ID("m", 1, true, roles, fields))
	add("version", ID("n", 2, true, roles, fields))
	add("revocable", ID("n", 1, false, roles, fields))
	add("roles", ID("n", 1, true, roles[:1], fields))
	add("order of fields", ID("n", 1, true, roles, []Field{fields[1], fields[0]}))
	add("number of fields", ID("n", 1, true, roles, fields[:1]))
	for what, field := range map[string]Field{
		"field name":  {"c", commitment.Code, "list", true},
		"kind":        {"a", commitment.String, "list", true},
		"unit":        {"a", commitment.Code, "", true},
		"disclosable": {"a", commitment.Code, "list", false},
	} {
		add(what, ID("n", 1, true, roles, []Field{field, fields[1]}))
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
		"no role":       {replace(`["R"]`, `[]`), "1 to 16 issuer roles, not 0"},
		"many roles":    {replace(`["R"]`, `["R"`+strings.Repeat(`,"R"`, MaxRoles)+`]`), "1 to 16 issuer roles, not 17"},
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

func FuzzParse(f *testing.F) {
	for _, name := range []string{"tradeline-firm.json", "tradeline-person.json"} {
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
