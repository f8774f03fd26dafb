package credential

import (
	"context"
	"encoding/binary"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/commitment"
)

const (
	testChain    = "creditd-test-1"
	testIssuer   = "creditd1issuer"
	testAudience = "https://lender.example"
	testNonce    = "nonce-of-the-inquiry"
)

var testNow = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// fakeChain is a chain in memory.
type fakeChain struct {
	id           string
	attestations map[[32]byte]ChainAttestation
	keys         map[string]ChainKey // by issuer and kid
	schemas      map[[32]byte]Schema
}

func (c *fakeChain) ChainID() string { return c.id }

func (c *fakeChain) Attestation(_ context.Context, id [32]byte) (ChainAttestation, error) {
	return find(c.attestations, id)
}

func (c *fakeChain) Key(_ context.Context, issuer string, thumbprint [32]byte) (ChainKey, error) {
	return find(c.keys, issuer+string(thumbprint[:]))
}

func (c *fakeChain) Schema(_ context.Context, id [32]byte) (Schema, error) {
	return find(c.schemas, id)
}

func find[K comparable, V any](in map[K]V, key K) (V, error) {
	value, ok := in[key]
	if !ok {
		return value, ErrNotFound
	}
	return value, nil
}

// fixture is an attestation on a chain, its issuer's key and its holder's.
type fixture struct {
	chain          *fakeChain
	issuer, holder PrivateKey
	export         Export
}

// hiddenField has a value and is not disclosable; absentField is disclosable and has none.
const (
	hiddenField = "internal_grade"
	absentField = "closed"
)

func testSchema() Schema {
	return Schema{
		Name: "test.account", Version: 1,
		Layout: commitment.Layout{
			SchemaID: commitment.ID("creditd/test-schema/v1", []byte("credential")),
			Fields: []commitment.Field{
				{Name: "status", Kind: commitment.Code},
				{Name: "balance", Kind: commitment.Amount},
				{Name: "limit", Kind: commitment.Amount},
				{Name: "months", Kind: commitment.Integer},
				{Name: "opened", Kind: commitment.Date},
				{Name: absentField, Kind: commitment.Date},
				{Name: "secured", Kind: commitment.Boolean},
				{Name: "purpose", Kind: commitment.String},
				{Name: hiddenField, Kind: commitment.Code},
			},
		},
		Disclosable: []bool{true, true, true, true, true, true, true, true, false},
	}
}

var testRecord = commitment.Record{
	"status": "11", "balance": "-250", "limit": "9007199254740992", "months": "36", "opened": "2024-02-29",
	"secured": "true", "purpose": `Zoë <&> "征信"`, hiddenField: "B2",
}

func newFixture(t testing.TB, algorithm Algorithm) *fixture {
	t.Helper()
	issuer, err := GenerateKey(algorithm)
	require.NoError(t, err)
	holder, err := GenerateKey(algorithm)
	require.NoError(t, err)

	id := commitment.ID("creditd/batch/v1", []byte("test"))
	binary.BigEndian.PutUint32(id[28:], 5)
	schema, seed := testSchema(), commitment.Seed{1, 2, 3}
	committed, err := commitment.Commit(schema.Layout, testRecord, seed)
	require.NoError(t, err)

	thumbprint := issuer.Public().Thumbprint()
	return &fixture{
		issuer: issuer, holder: holder,
		chain: &fakeChain{
			id: testChain,
			attestations: map[[32]byte]ChainAttestation{id: {
				Schema: schema.Layout.SchemaID, Issuer: testIssuer, Subject: [32]byte{7}, Commitment: committed,
				ExpiresAt: testNow.AddDate(1, 0, 0), Standing: StandingGood, Height: 42, Time: testNow.Add(-3 * time.Second),
			}},
			keys:    map[string]ChainKey{testIssuer + string(thumbprint[:]): {Key: issuer.Public()}},
			schemas: map[[32]byte]Schema{schema.Layout.SchemaID: schema},
		},
		export: Export{
			ChainID: testChain, Issuer: testIssuer, Attestation: id, Schema: schema, Record: maps.Clone(testRecord), Seed: seed,
			ExpiresAt: testNow.AddDate(1, 0, 0), IssuedAt: testNow.Add(-time.Hour), Holder: holder.Public(),
		},
	}
}

func (f *fixture) issue(t testing.TB, typ string) string {
	t.Helper()
	issue := f.export.SDJWTVC
	if typ == TypeW3C {
		issue = f.export.W3C
	}
	credential, err := issue(f.issuer)
	require.NoError(t, err)
	return credential
}

// present shows the fields to the test's verifier.
func (f *fixture) present(t testing.TB, credential string, names ...string) string {
	t.Helper()
	presentation, err := Present(credential, Presentation{
		Keep: Fields(names...), Holder: &f.holder, Audience: testAudience, Nonce: testNonce, Now: testNow.Add(-time.Second),
	})
	require.NoError(t, err)
	return presentation
}

func testPolicy(typ string) Policy {
	return Policy{
		Type: typ, Now: testNow, Skew: 5 * time.Second,
		Binding: &Binding{Audience: testAudience, Nonce: testNonce, MaxAge: time.Minute},
	}
}

// unbound is the policy of a verifier that asks for no key binding.
func unbound(typ string) Policy {
	policy := testPolicy(typ)
	policy.Binding = nil
	return policy
}

func (f *fixture) verify(presentation string, policy Policy) (*Report, error) {
	return VerifyAttestation(context.Background(), presentation, f.chain, policy)
}

// known is a source of one key.
func known(key PublicKey) KeySource {
	return func(_, _ map[string]any) (PublicKey, error) { return key, nil }
}

// forge signs any header and payload texts, so that tests can send what Issue would not.
func forge(t testing.TB, key PrivateKey, header, payload string, disclosures ...string) string {
	t.Helper()
	signed := encode64([]byte(header)) + "." + encode64([]byte(payload))
	signature, err := key.sign([]byte(signed))
	require.NoError(t, err)
	parts := append([]string{signed + "." + encode64(signature)}, disclosures...)
	return strings.Join(parts, "~") + "~"
}

// disclosureText is a disclosure of any JSON text, and its digest.
func disclosureText(json string) (encoded, digest string) {
	encoded = encode64([]byte(json))
	return encoded, hashPresented(encoded)
}
