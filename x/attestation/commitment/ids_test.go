package commitment

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/creditd/creditd/x/attestation/merkle"
)

const idsFile = "testdata/ids.json"

// idVectors is the file of everything that is named by its content. All inputs are made up.
type idVectors struct {
	Format     string            `json:"format"`
	Statements []statementVector `json:"statements"`
	Batches    []batchVector     `json:"batches"`
	Anchors    []anchorVector    `json:"anchors"`
	Items      []itemVector      `json:"attestations"`
}

// statementVector has times in RFC 3339 and bytes in hexadecimal; what is absent is "" or [].
type statementVector struct {
	Name       string   `json:"name"`
	Subject    Hash     `json:"subject"`
	Commitment Hash     `json:"commitment"`
	ValidFrom  string   `json:"valid_from"`
	ExpiresAt  string   `json:"expires_at"`
	Circuit    string   `json:"circuit_commitment"`
	Amounts    []string `json:"amount_commitments"`
	Reference  string   `json:"reference"`
	Digest     Hash     `json:"digest"`
	AnchorLeaf Hash     `json:"anchor_leaf"`
}

type batchVector struct {
	SchemaID      Hash   `json:"schema_id"`
	Issuer        string `json:"issuer"`
	Accreditation string `json:"accreditation_id"`
	Statements    []int  `json:"statements"` // places in idVectors.Statements
	ID            string `json:"id"`
}

type anchorVector struct {
	SchemaID      Hash   `json:"schema_id"`
	Issuer        string `json:"issuer"`
	Accreditation string `json:"accreditation_id"`
	Root          Hash   `json:"root"`
	Size          uint32 `json:"size"`
	ID            string `json:"id"`
}

type itemVector struct {
	Container string `json:"container"`
	Index     uint32 `json:"index"`
	ID        Hash   `json:"id"`
}

func (v statementVector) content(t *testing.T) StatementContent {
	at := func(text string) (when time.Time) {
		if text != "" {
			var err error
			when, err = time.Parse(time.RFC3339Nano, text)
			require.NoError(t, err)
		}
		return when
	}
	c := StatementContent{
		Subject: v.Subject, Commitment: v.Commitment, ValidFrom: at(v.ValidFrom), ExpiresAt: at(v.ExpiresAt),
		Circuit: unhex(t, v.Circuit), Reference: unhex(t, v.Reference),
	}
	for _, amount := range v.Amounts {
		c.Amounts = append(c.Amounts, unhex(t, amount))
	}
	return c
}

func TestIDVectors(t *testing.T) {
	if *update {
		writeJSON(t, idsFile, computeIDs(t))
	}
	data, err := os.ReadFile(idsFile)
	require.NoError(t, err)
	var want idVectors
	require.NoError(t, json.Unmarshal(data, &want))
	require.Equal(t, want, computeIDs(t), "the format changed; if that is meant, it needs a new domain string, not -update")
}

func computeIDs(t *testing.T) idVectors {
	out := idVectors{Format: "creditd/ids/v1", Statements: statementInputs()}
	digests := make([][32]byte, len(out.Statements))
	for i, v := range out.Statements {
		content := v.content(t)
		require.NoError(t, content.Check(), v.Name)
		digests[i] = StatementDigest(content)
		out.Statements[i].Digest, out.Statements[i].AnchorLeaf = digests[i], AnchorLeaf(digests[i])
	}
	schemaID, issuer, accreditation := Hash(ID("creditd/test-schema/v1", []byte("all"))), strings.Repeat("a1", 20), strings.Repeat("ac", 32)
	for _, v := range []batchVector{
		{SchemaID: schemaID, Issuer: issuer, Statements: []int{0}},
		{SchemaID: schemaID, Issuer: issuer, Accreditation: accreditation, Statements: []int{0}},
		{SchemaID: schemaID, Issuer: issuer + issuer[:24], Statements: []int{0, 1, 2, 3}},
		{SchemaID: schemaID, Issuer: issuer, Statements: []int{3, 2, 1, 0}},
	} {
		var list [][32]byte
		for _, place := range v.Statements {
			list = append(list, digests[place])
		}
		id := BatchID(v.SchemaID, unhex(t, v.Issuer), unhex(t, v.Accreditation), list)
		v.ID = hexString(id[:])
		out.Batches = append(out.Batches, v)
		for _, index := range []uint32{0, 3, math.MaxUint32} {
			out.Items = append(out.Items, itemVector{v.ID, index, AttestationID(id, index)})
		}
	}
	leaves := make([][32]byte, len(digests))
	for i, digest := range digests {
		leaves[i] = AnchorLeaf(digest)
	}
	for _, v := range []anchorVector{
		{SchemaID: schemaID, Issuer: issuer, Root: merkle.Root(leaves), Size: uint32(len(leaves))},
		{SchemaID: schemaID, Issuer: issuer, Accreditation: accreditation, Root: merkle.Root(leaves), Size: MaxAnchorSize},
	} {
		id := AnchorID(v.SchemaID, unhex(t, v.Issuer), unhex(t, v.Accreditation), v.Root, v.Size)
		v.ID = hexString(id[:])
		out.Anchors = append(out.Anchors, v)
	}
	return out
}

func statementInputs() []statementVector {
	point := func(b string) string { return strings.Repeat(b, 32) }
	return []statementVector{
		{Name: "least", Subject: Hash{1}, Commitment: Hash{2}, Amounts: []string{}},
		{
			Name: "all", Subject: Hash{1}, Commitment: Hash{2}, ValidFrom: "2026-01-01T00:00:00Z",
			ExpiresAt: "2031-12-31T23:59:59.123456789Z", Circuit: point("1c"), Amounts: []string{point("a0"), point("a1")},
			Reference: point("1d"),
		},
		{Name: "valid_from only", Subject: Hash{1}, Commitment: Hash{2}, ValidFrom: "1969-12-31T23:59:59.999999999Z", Amounts: []string{}},
		{Name: "expires_at only", Subject: Hash{1}, Commitment: Hash{2}, ExpiresAt: "1969-12-31T23:59:59.999999999Z", Amounts: []string{}},
	}
}

// TestDigestIsInjective: contents that pass Check have one digest only if they are equal.
func TestDigestIsInjective(t *testing.T) {
	hash := rapid.Custom(func(t *rapid.T) []byte {
		h := [32]byte{rapid.Byte().Draw(t, "byte")}
		return h[:]
	})
	when := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "absent") {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(-1, 1).Draw(t, "seconds"), rapid.Int64Range(0, 1).Draw(t, "ns")).UTC()
	})
	some := rapid.Custom(func(t *rapid.T) []byte {
		if rapid.Bool().Draw(t, "absent") {
			return nil
		}
		return hash.Draw(t, "hash")
	})
	content := rapid.Custom(func(t *rapid.T) StatementContent {
		return StatementContent{
			Subject: [32]byte(hash.Draw(t, "subject")), Commitment: [32]byte(hash.Draw(t, "commitment")),
			ValidFrom: when.Draw(t, "valid_from"), ExpiresAt: when.Draw(t, "expires_at"),
			Circuit: some.Draw(t, "circuit"), Reference: some.Draw(t, "reference"),
			Amounts: rapid.SliceOfN(hash, 0, 3).Draw(t, "amounts"),
		}
	})
	same := func(a, b StatementContent) bool {
		return ID("x", a.Circuit, a.Reference) == ID("x", b.Circuit, b.Reference) &&
			a.Subject == b.Subject && a.Commitment == b.Commitment && a.ValidFrom.Equal(b.ValidFrom) &&
			a.ExpiresAt.Equal(b.ExpiresAt) && ID("x", a.Amounts...) == ID("x", b.Amounts...)
	}
	rapid.Check(t, func(t *rapid.T) {
		a, b := content.Draw(t, "a"), content.Draw(t, "b")
		if rapid.Bool().Draw(t, "near") { // one part of difference at most
			c := b
			b = a
			switch rapid.IntRange(0, 6).Draw(t, "part") {
			case 0:
				b.Subject = c.Subject
			case 1:
				b.Commitment = c.Commitment
			case 2:
				b.ValidFrom = c.ValidFrom
			case 3:
				b.ExpiresAt = c.ExpiresAt
			case 4:
				b.Circuit = c.Circuit
			case 5:
				b.Amounts = c.Amounts
			case 6:
				b.Reference = c.Reference
			}
		}
		require.NoError(t, a.Check())
		require.NoError(t, b.Check())
		require.Equal(t, same(a, b), StatementDigest(a) == StatementDigest(b))
	})
}

func TestContentRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		content StatementContent
		err     string
	}{
		"short circuit":   {StatementContent{Circuit: make([]byte, 31)}, "circuit commitment: 31 bytes"},
		"many amounts":    {StatementContent{Amounts: make([][]byte, MaxFields+1)}, "65 amount commitments"},
		"empty amount":    {StatementContent{Amounts: [][]byte{make([]byte, 32), {}}}, "amount commitment 1: 0 bytes"},
		"long amount":     {StatementContent{Amounts: [][]byte{make([]byte, 64)}}, "amount commitment 0: 64 bytes"},
		"short reference": {StatementContent{Reference: make([]byte, 28)}, "reference: 28 bytes"},
		"early":           {StatementContent{ValidFrom: MinTime.Add(-1)}, "valid_from is not between the years 1677 and 2262"},
		"late":            {StatementContent{ExpiresAt: MaxTime.Add(1)}, "expires_at is not between the years 1677 and 2262"},
	} {
		t.Run(name, func(t *testing.T) { require.ErrorContains(t, c.content.Check(), c.err) })
	}
	bounds := StatementContent{ValidFrom: MinTime, ExpiresAt: MaxTime}
	require.NoError(t, bounds.Check())
	require.Equal(t, MinTime.Unix(), time.Unix(0, MinTime.UnixNano()).Unix(), "64 bits hold it")
	require.Equal(t, MaxTime.Unix(), time.Unix(0, MaxTime.UnixNano()).Unix(), "64 bits hold it")
}

func TestSplitID(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		container := [ContainerSize]byte(rapid.SliceOfN(rapid.Byte(), ContainerSize, ContainerSize).Draw(t, "container"))
		index := rapid.Uint32().Draw(t, "index")
		gotContainer, gotIndex := SplitID(AttestationID(container, index))
		require.Equal(t, container, gotContainer)
		require.Equal(t, index, gotIndex)
	})
}

func TestContainersBindEverything(t *testing.T) {
	one, two := [32]byte{1}, [32]byte{2}
	seen := map[[ContainerSize]byte]string{}
	for name, id := range map[string][ContainerSize]byte{
		"batch":                BatchID(one, []byte{1}, nil, [][32]byte{one}),
		"batch: schema":        BatchID(two, []byte{1}, nil, [][32]byte{one}),
		"batch: issuer":        BatchID(one, []byte{2}, nil, [][32]byte{one}),
		"batch: accreditation": BatchID(one, []byte{1}, one[:], [][32]byte{one}),
		"batch: statement":     BatchID(one, []byte{1}, nil, [][32]byte{two}),
		"batch: more":          BatchID(one, []byte{1}, nil, [][32]byte{one, two}),
		"batch: order":         BatchID(one, []byte{1}, nil, [][32]byte{two, one}),
		"anchor":               AnchorID(one, []byte{1}, nil, one, 1),
		"anchor: schema":       AnchorID(two, []byte{1}, nil, one, 1),
		"anchor: issuer":       AnchorID(one, []byte{2}, nil, one, 1),
		"anchor: accredited":   AnchorID(one, []byte{1}, one[:], one, 1),
		"anchor: root":         AnchorID(one, []byte{1}, nil, two, 1),
		"anchor: size":         AnchorID(one, []byte{1}, nil, one, 2),
	} {
		require.Empty(t, seen[id], name)
		seen[id] = name
	}
}

func TestHotIDsDoNotAllocate(t *testing.T) {
	content := StatementContent{
		ExpiresAt: MaxTime, Circuit: make([]byte, 32), Amounts: [][]byte{make([]byte, 32), make([]byte, 32)},
	}
	require.Zero(t, testing.AllocsPerRun(10, func() { AnchorLeaf(StatementDigest(content)) }))
}

func BenchmarkAnchorLeaf(b *testing.B) {
	content := StatementContent{ExpiresAt: MaxTime}
	for b.Loop() {
		AnchorLeaf(StatementDigest(content))
	}
}
