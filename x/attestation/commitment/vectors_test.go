package commitment

import (
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/merkle"
)

var update = flag.Bool("update", false, "rewrite the files in testdata from what the code computes")

const vectorsFile = "testdata/vectors.json"

// vectors is the file that other implementations check themselves against. All inputs are made up.
type vectors struct {
	Format      string             `json:"format"`
	Commitments []commitmentVector `json:"commitments"`
	IDs         []idVector         `json:"ids"`
	Canonical   []canonicalVector  `json:"canonical"`
}

type commitmentVector struct {
	Name       string        `json:"name"`
	SchemaID   Hash          `json:"schema_id"`
	Fields     []vectorField `json:"fields"`
	Record     Record        `json:"record"`
	Seed       Hash          `json:"seed"`
	Leaves     []vectorLeaf  `json:"leaves"`
	TreeRoot   Hash          `json:"tree_root"`
	Commitment Hash          `json:"commitment"`
	Disclose   []string      `json:"disclose"`
	Disclosure Disclosure    `json:"disclosure"`
}

type vectorField struct {
	Name string `json:"name"`
	Kind Kind   `json:"kind"`
}

type vectorLeaf struct {
	Salt Hash   `json:"salt"`
	Data string `json:"data"` // hexadecimal
	Hash Hash   `json:"hash"`
}

type idVector struct {
	Domain string   `json:"domain"`
	Parts  []string `json:"parts"` // hexadecimal
	ID     Hash     `json:"id"`
}

type canonicalVector struct {
	Kind Kind   `json:"kind"`
	Text string `json:"text"`
	OK   bool   `json:"ok"`
}

func (v commitmentVector) layout() Layout {
	layout := Layout{SchemaID: v.SchemaID}
	for _, field := range v.Fields {
		layout.Fields = append(layout.Fields, Field{Name: field.Name, Kind: field.Kind})
	}
	return layout
}

func TestVectors(t *testing.T) {
	if *update {
		writeJSON(t, vectorsFile, computeVectors(t))
	}
	data, err := os.ReadFile(vectorsFile)
	require.NoError(t, err)
	var want vectors
	require.NoError(t, json.Unmarshal(data, &want))

	got := computeVectors(t)
	require.Equal(t, want, got, "the format changed; if that is meant, it needs a new domain string, not -update")

	for _, v := range want.Commitments {
		require.NoError(t, v.Disclosure.Verify(v.layout(), v.Commitment), v.Name)
	}
}

func writeJSON(t *testing.T, name string, value any) {
	file, err := os.Create(name)
	require.NoError(t, err)
	encoder := json.NewEncoder(file)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(value))
	require.NoError(t, file.Close())
}

func computeVectors(t *testing.T) vectors {
	out := vectors{Format: domainCommitment}
	for _, v := range vectorInputs() {
		out.Commitments = append(out.Commitments, computeCommitment(t, v))
	}
	for _, v := range []idVector{
		{Domain: "creditd/test/v1", Parts: []string{}},
		{Domain: "creditd/test/v1", Parts: []string{""}},
		{Domain: "creditd/test/v1", Parts: []string{"6162", "63"}},
		{Domain: "creditd/test/v1", Parts: []string{"61", "6263"}},
		{Domain: "creditd/test/v2", Parts: []string{"61", "6263"}},
	} {
		parts := make([][]byte, len(v.Parts))
		for i, part := range v.Parts {
			parts[i] = unhex(t, part)
		}
		v.ID = ID(v.Domain, parts...)
		out.IDs = append(out.IDs, v)
	}
	for _, c := range canonicalCases {
		if c.inVectors() {
			out.Canonical = append(out.Canonical, canonicalVector{c.kind, c.text, Canonical(c.kind, c.text) == nil})
		}
	}
	return out
}

func computeCommitment(t *testing.T, v commitmentVector) commitmentVector {
	layout, seed := v.layout(), Seed(v.Seed)
	hashes := leaves(layout, v.Record, seed)
	for i, field := range layout.Fields {
		value, present := v.Record[field.Name]
		data := leafData(seed.salt(i), i, field, value, present)
		v.Leaves = append(v.Leaves, vectorLeaf{Salt: seed.salt(i), Data: hexString(data), Hash: hashes[i]})
	}
	v.TreeRoot = merkle.Root(hashes)
	var err error
	v.Commitment, err = Commit(layout, v.Record, seed)
	require.NoError(t, err, v.Name)
	v.Disclosure, err = Disclose(layout, v.Record, seed, v.Disclose...)
	require.NoError(t, err, v.Name)
	return v
}

// vectorInputs covers every kind, absent against empty, one leaf, trees that are and are not full, and the
// characters that JSON writers escape differently.
func vectorInputs() []commitmentVector {
	seed := func(b byte) (h Hash) {
		for i := range h {
			h[i] = b + byte(i)
		}
		return h
	}
	all := []vectorField{
		{"text", String},
		{"count", Integer},
		{"day", Date},
		{"flag", Boolean},
		{"code", Code},
		{"amount", Amount},
		{"other", String},
	}
	full := Record{
		"text": `Zoë <&> "quoted" \ 征信`, "count": "-9223372036854775808", "day": "2000-02-29", "flag": "true",
		"code": "US-IN", "amount": "6000000", "other": "",
	}
	var wide []vectorField
	for i := range MaxFields {
		wide = append(wide, vectorField{Name: "f" + strings.Repeat("x", i), Kind: Integer})
	}
	return []commitmentVector{
		{
			Name: "one field", SchemaID: ID("creditd/test-schema/v1", []byte("one")), Fields: all[1:2],
			Record: Record{"count": "0"}, Seed: seed(0x00), Disclose: []string{"count"},
		},
		{
			Name: "every kind", SchemaID: ID("creditd/test-schema/v1", []byte("all")), Fields: all,
			Record: full, Seed: seed(0x20), Disclose: []string{"other", "text", "code"},
		},
		{
			Name: "absent is not empty", SchemaID: ID("creditd/test-schema/v1", []byte("all")), Fields: all,
			Record: Record{"amount": "6000000"}, Seed: seed(0x20), Disclose: []string{"amount", "other"},
		},
		{
			Name: "largest layout, nothing present", SchemaID: ID("creditd/test-schema/v1", []byte("wide")), Fields: wide,
			Record: Record{}, Seed: seed(0xe0), Disclose: []string{"f", wide[63].Name},
		},
	}
}
