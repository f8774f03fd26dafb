package credential

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/commitment"
)

var bothTypes = []string{TypeSDJWTVC, TypeW3C}

func TestAttestationRoundTrip(t *testing.T) {
	for _, algorithm := range []Algorithm{ES256, EdDSA} {
		for _, typ := range bothTypes {
			t.Run(string(algorithm)+" "+typ, func(t *testing.T) {
				f := newFixture(t, algorithm)
				credential := f.issue(t, typ)
				got, err := TypeOf(credential)
				require.NoError(t, err)
				require.Equal(t, typ, got)

				report, err := f.verify(f.present(t, credential, "limit", "balance", "purpose"), testPolicy(typ))
				require.NoError(t, err)
				require.True(t, report.Good())
				require.True(t, report.Integrity.HolderBound)
				require.True(t, testNow.Add(-time.Second).Equal(report.Integrity.BoundAt))
				require.Equal(t, 6, report.Integrity.Hidden)
				var shown []string
				for _, field := range report.Integrity.Fields {
					require.Equal(t, testRecord[field.Name], field.Value)
					shown = append(shown, field.Name)
				}
				require.Equal(t, []string{"balance", "limit", "purpose"}, shown, "in the schema's order")
				require.Equal(t, testIssuer, report.Issuer.Address)
				require.Equal(t, f.issuer.Public().KeyID(), report.Issuer.KeyID)
				require.Equal(t, Freshness{Chain: testChain, Height: 42, Time: testNow.Add(-3 * time.Second)}, report.Freshness)
			})
		}
	}
}

// TestShowsNothingElse: what is not disclosed is in no byte of the presentation.
func TestShowsNothingElse(t *testing.T) {
	for _, typ := range bothTypes {
		f := newFixture(t, EdDSA)
		credential := f.issue(t, typ)
		names, err := Disclosable(credential)
		require.NoError(t, err)
		require.NotContains(t, names, hiddenField)
		require.NotContains(t, names, absentField)
		require.Len(t, names, 7)

		presentation := f.present(t, credential)
		report, err := f.verify(presentation, testPolicy(typ))
		require.NoError(t, err)
		require.Empty(t, report.Integrity.Fields)
		require.Equal(t, 9, report.Integrity.Hidden)
		for _, part := range strings.FieldsFunc(presentation, func(r rune) bool { return r == '.' || r == '~' }) {
			data, err := decode64(part)
			require.NoError(t, err)
			for name, value := range testRecord {
				require.NotContains(t, string(data), `"`+name+`"`+`:"`+value)
			}
			require.NotContains(t, string(data), "36,")
		}
		require.Equal(t, 1, strings.Count(presentation, "~"))
	}
}

// TestDigestsDoNotCount: a field without a value has a digest as well.
func TestDigestsDoNotCount(t *testing.T) {
	f := newFixture(t, ES256)
	clear(f.export.Record)
	f.export.Record["balance"] = "1"
	parsed, err := parseToken(f.issue(t, TypeSDJWTVC))
	require.NoError(t, err)
	require.Len(t, parsed.disclosures, 1)
	require.Len(t, parsed.issued.payload[claimRecord].(map[string]any)[claimDigests], 8)
}

func TestDisclosuresAreSaltedAsTheCommitment(t *testing.T) {
	f := newFixture(t, ES256)
	openings, err := commitment.Openings(f.export.Schema.Layout, f.export.Record, f.export.Seed)
	require.NoError(t, err)
	parsed, err := parseToken(f.issue(t, TypeSDJWTVC))
	require.NoError(t, err)
	for _, disclosure := range parsed.disclosures {
		i := f.export.Schema.index(disclosure.Name)
		require.Equal(t, encode64(openings[i].Salt[:]), disclosure.Salt)
	}
}

func TestValuesHaveOneJSONType(t *testing.T) {
	for _, c := range []struct {
		kind commitment.Kind
		text string
		json any
	}{
		{commitment.Integer, "0", int64(0)},
		{commitment.Integer, "9007199254740991", int64(maxSafeInteger)},
		{commitment.Amount, "-9007199254740991", int64(-maxSafeInteger)},
		{commitment.Amount, "9007199254740992", "9007199254740992"},
		{commitment.Integer, "-9223372036854775808", "-9223372036854775808"},
		{commitment.Boolean, "true", true},
		{commitment.Boolean, "false", false},
		{commitment.Date, "2024-02-29", "2024-02-29"},
		{commitment.Code, "11", "11"},
		{commitment.String, "true", "true"},
		{commitment.String, "", ""},
	} {
		require.Equal(t, c.json, jsonValue(c.kind, c.text))
		text, err := canonicalText(c.kind, c.json)
		require.NoError(t, err)
		require.Equal(t, c.text, text)
	}
	for _, c := range []struct {
		kind  commitment.Kind
		value any
	}{
		{commitment.Integer, "7"},
		{commitment.Integer, true},
		{commitment.Integer, nil},
		{commitment.Integer, "9223372036854775808"},
		{commitment.Amount, "07"},
		{commitment.Boolean, "true"},
		{commitment.Boolean, int64(1)},
		{commitment.Code, int64(11)},
		{commitment.String, int64(1)},
		{commitment.String, map[string]any{}},
		{commitment.String, []any{}},
		{commitment.Date, "2023-02-29"},
		{commitment.String, "e\u0301"},
	} {
		_, err := canonicalText(c.kind, c.value)
		require.ErrorIs(t, err, ErrClaim, "%s %v", c.kind, c.value)
	}
}

// TestDisclosureIsImported: what a credential shows verifies as a disclosure of the commitment, too.
func TestDisclosureIsImported(t *testing.T) {
	f := newFixture(t, EdDSA)
	for _, names := range [][]string{{"status"}, {"purpose", "balance", "limit"}} {
		report, err := f.verify(f.present(t, f.issue(t, TypeW3C), names...), testPolicy(TypeW3C))
		require.NoError(t, err)
		disclosure, err := report.Integrity.Disclosure()
		require.NoError(t, err)
		require.Len(t, disclosure.Fields, len(names))
		require.NoError(t, disclosure.Verify(f.export.Schema.Layout, report.Integrity.Commitment))
		// It is the same one that the furnisher would have made.
		want, err := commitment.Disclose(f.export.Schema.Layout, f.export.Record, f.export.Seed, names...)
		require.NoError(t, err)
		require.Equal(t, want, disclosure)
	}
	report, err := f.verify(f.present(t, f.issue(t, TypeW3C)), testPolicy(TypeW3C))
	require.NoError(t, err)
	_, err = report.Integrity.Disclosure()
	require.ErrorIs(t, err, ErrDisclosure)
}

// TestAnyChangedByte changes every byte of a presentation in every bit and into neighbours of the alphabet. ECDSA's
// second signature (TestSecondSignature) differs in far more than one.
func TestAnyChangedByte(t *testing.T) {
	for _, typ := range bothTypes {
		f := newFixture(t, EdDSA)
		presentation := f.present(t, f.issue(t, typ), "balance", "purpose")
		_, err := f.verify(presentation, testPolicy(typ))
		require.NoError(t, err)
		changed := []byte(presentation)
		for i, original := range changed {
			for bit := range 8 {
				changed[i] = original ^ 1<<bit
				_, err := f.verify(string(changed), testPolicy(typ))
				require.Error(t, err, "byte %d bit %d", i, bit)
			}
			for _, other := range []byte{'A', '~', '.', original + 2} {
				if changed[i] = other; other != original {
					_, err := f.verify(string(changed), testPolicy(typ))
					require.Error(t, err, "byte %d is %q", i, other)
				}
			}
			changed[i] = original
			_, err := f.verify(presentation[:i], testPolicy(typ))
			require.Error(t, err, "cut at %d", i)
		}
	}
}

// reissue signs another payload than Export would: change edits the one that it made.
func (f *fixture) reissue(t *testing.T, typ string, change func(payload map[string]any), disclosures ...string) string {
	credential := f.issue(t, typ)
	parsed, err := parseToken(credential)
	require.NoError(t, err)
	change(parsed.issued.payload)
	payload, err := json.Marshal(parsed.issued.payload)
	require.NoError(t, err)
	header, err := json.Marshal(parsed.issued.header)
	require.NoError(t, err)
	for _, disclosure := range parsed.disclosures {
		disclosures = append(disclosures, disclosure.encoded)
	}
	return forge(t, f.issuer, string(header), string(payload), disclosures...)
}

func TestAttestationRefusals(t *testing.T) {
	other := commitment.ID("creditd/test/v1", []byte("other"))
	tie := func(change func(tie map[string]any)) func(map[string]any) {
		return func(p map[string]any) { change(p[claimChain].(map[string]any)) }
	}
	only := func(name string, value any) func(map[string]any) {
		return func(p map[string]any) { p[name] = value }
	}
	for _, c := range []struct {
		name   string
		typ    string
		change func(payload map[string]any)
		err    error
		reason string
	}{
		{"no tie", "", only(claimChain, 1), ErrClaim, "no object of 5"},
		{"tie with more", "", tie(func(c map[string]any) { c["x"] = 1 }), ErrClaim, "no object of 5"},
		{"another chain", "", tie(func(c map[string]any) { c["chain"] = "other-1" }), ErrChain, "another chain"},
		{"id in capitals", "", tie(func(c map[string]any) { c["attestation"] = strings.ToUpper(c["attestation"].(string)) }), ErrClaim, "attestation"},
		{"id too long", "", tie(func(c map[string]any) { c["schema"] = c["schema"].(string) + "00" }), ErrClaim, "schema"},
		{"unknown attestation", TypeSDJWTVC, func(p map[string]any) {
			p[claimChain].(map[string]any)["attestation"] = fmt.Sprintf("%x", [32]byte{31: 5})
		}, ErrNotFound, "attestation"},
		{"size is not the leaves'", "", tie(func(c map[string]any) { c["size"] = 8 }), ErrClaim, "leaves"},
		{"leaf is short", "", tie(func(c map[string]any) { c["leaves"].([]any)[0] = "AAAA" }), ErrClaim, "leaf 0"},
		{"leaf changed", "", tie(func(c map[string]any) { c["leaves"].([]any)[8] = encode64(other[:]) }), ErrCommitment, "another one"},
		{"leaves swapped", "", tie(func(c map[string]any) {
			l := c["leaves"].([]any)
			l[0], l[1] = l[1], l[0]
		}), ErrCommitment, "another one"},
		{"a leaf fewer", "", tie(func(c map[string]any) { c["leaves"], c["size"] = c["leaves"].([]any)[:8], 8 }), ErrCommitment, "8 leaves"},
		{"too many leaves", "", tie(func(c map[string]any) { c["leaves"], c["size"] = make([]any, 65), 65 }), ErrClaim, "leaves"},
		{"no iat", "", func(p map[string]any) { delete(p, "iat") }, ErrClaim, "iat"},
		{"clear claim in the record", TypeSDJWTVC, func(p map[string]any) { p[claimRecord].(map[string]any)["closed"] = "2024-01-01" }, ErrClaim, "not disclosed"},
		{"issuer of another chain", TypeSDJWTVC, only("iss", issuerURN("other-1", testIssuer)), ErrChain, "not an account"},
		{"issuer is a number", TypeSDJWTVC, only("iss", 1), ErrClaim, "issuer"},
		{"issuer without the key", TypeSDJWTVC, only("iss", issuerURN(testChain, "creditd1other")), ErrNotFound, "key of the issuer"},
		{"another vct", TypeSDJWTVC, only("vct", schemaURN(other)), ErrClaim, "vct"},
		{"another place", TypeSDJWTVC, only("status", map[string]any{claimStatusList: map[string]any{"idx": 6, "size": 2}}), ErrClaim, "status"},
		{"no status", TypeSDJWTVC, func(p map[string]any) { delete(p, "status") }, ErrClaim, "status"},
		{"vc claim", TypeW3C, only("vc", map[string]any{}), ErrClaim, "vc"},
		{"vp claim", TypeW3C, only("vp", map[string]any{}), ErrClaim, "vp"},
		{"context of VC 1.1", TypeW3C, only("@context", []any{"https://www.w3.org/2018/credentials/v1", contextV2}), ErrClaim, "@context"},
		{"no context", TypeW3C, only("@context", contextV2), ErrClaim, "@context"},
		{"another type", TypeW3C, only("type", []any{typeVC}), ErrClaim, "type"},
		{"not a credential", TypeW3C, only("type", []any{typeAttestation, map[string]any{}}), ErrClaim, "type"},
		{"another id", TypeW3C, only("id", attestationURN(testChain, other)), ErrClaim, "id is not"},
		{"another schema", TypeW3C, only("credentialSchema", map[string]any{"id": schemaURN(other), "type": typeSchema}), ErrClaim, "credentialSchema"},
		{"another list", TypeW3C, only("credentialStatus", map[string]any{"type": "StatusList2021Entry"}), ErrClaim, "credentialStatus"},
		{"validFrom in the future", TypeW3C, only("validFrom", "2026-11-21T12:00:06Z"), ErrTime, "validFrom"},
		{"validUntil has passed", TypeW3C, only("validUntil", "2026-11-21T11:59:55Z"), ErrTime, "validUntil"},
		{"validUntil is no time", TypeW3C, only("validUntil", "tomorrow"), ErrClaim, "validUntil"},
		{"validFrom is no text", TypeW3C, only("validFrom", 1), ErrClaim, "validFrom"},
	} {
		types := []string{c.typ}
		if c.typ == "" {
			types = bothTypes
		}
		for _, typ := range types {
			t.Run(c.name+" "+typ, func(t *testing.T) {
				f := newFixture(t, EdDSA)
				_, err := f.verify(f.reissue(t, typ, c.change), unbound(typ))
				require.ErrorIs(t, err, c.err)
				require.ErrorContains(t, err, c.reason)
			})
		}
	}
}

// TestIssuerCannotLie: an issuer that signs other values than it committed to is refused, whatever it signs.
func TestIssuerCannotLie(t *testing.T) {
	openings := func(f *fixture) []commitment.Opening {
		out, err := commitment.Openings(f.export.Schema.Layout, f.export.Record, f.export.Seed)
		require.NoError(t, err)
		return out
	}
	salt := func(f *fixture, i int) string { s := openings(f)[i].Salt; return encode64(s[:]) }
	for _, c := range []struct {
		name       string
		disclosure func(f *fixture) string
		at         []string // where its digest is put
		err        error
		reason     string
	}{
		{"another balance", func(f *fixture) string { return `["` + salt(f, 1) + `","balance",-249]` }, []string{claimRecord}, ErrCommitment, "balance"},
		{"another salt", func(f *fixture) string { return `["` + salt(f, 2) + `","balance",-250]` }, []string{claimRecord}, ErrCommitment, "balance"},
		{"a field as another", func(f *fixture) string { return `["` + salt(f, 1) + `","months",-250]` }, []string{claimRecord}, ErrCommitment, "months"},
		{"another JSON type", func(f *fixture) string { return `["` + salt(f, 1) + `","balance","-250"]` }, []string{claimRecord}, ErrClaim, "JSON type"},
		{"not canonical", func(f *fixture) string { return `["` + salt(f, 4) + `","opened","2024-2-29"]` }, []string{claimRecord}, ErrClaim, "opened"},
		{"an object", func(f *fixture) string { return `["` + salt(f, 1) + `","balance",{}]` }, []string{claimRecord}, ErrClaim, "balance"},
		{"salt of no hash", func(*fixture) string { return `["c2FsdA","balance",-250]` }, []string{claimRecord}, ErrBase64, "salt"},
		{"not disclosable", func(f *fixture) string { return `["` + salt(f, 8) + `","` + hiddenField + `","B2"]` }, []string{claimRecord}, ErrDisclosure, "not disclosable"},
		{"absent as present", func(f *fixture) string { return `["` + salt(f, 5) + `","closed","2024-03-01"]` }, []string{claimRecord}, ErrCommitment, "closed"},
		{"no field", func(f *fixture) string { return `["` + salt(f, 1) + `","income",1]` }, []string{claimRecord}, ErrDisclosure, "no field"},
		{"beside the record", func(f *fixture) string { return `["` + salt(f, 1) + `","balance",-249]` }, nil, ErrDisclosure, "no field"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, ES256)
			encoded, digest := disclosureText(c.disclosure(f))
			credential := f.reissue(t, TypeSDJWTVC, func(p map[string]any) {
				target := p
				for _, name := range c.at {
					target = target[name].(map[string]any)
				}
				digests, _ := target[claimDigests].([]any)
				target[claimDigests] = append(digests, digest)
			}, encoded)
			shown := strings.Join(strings.SplitN(credential, "~", 3)[:2], "~") + "~" // without those that tell the truth
			_, err := f.verify(shown, unbound(TypeSDJWTVC))
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.reason)
		})
	}
}

func TestWhatTheChainSays(t *testing.T) {
	since := testNow.Add(-time.Hour)
	for _, c := range []struct {
		name   string
		change func(f *fixture, a *ChainAttestation)
		check  func(t *testing.T, r *Report)
		err    error
	}{
		{
			"revoked", func(_ *fixture, a *ChainAttestation) { a.Status, a.StatusSince, a.Reason = Revoked, since, "error" },
			func(t *testing.T, r *Report) {
				require.Equal(t, StatusNow{Status: Revoked, Since: since, Reason: "error", Validity: ValidityCurrent}, r.Status)
			}, nil,
		},
		{
			"superseded", func(_ *fixture, a *ChainAttestation) { a.Status, a.SupersededBy = Superseded, [32]byte{9} },
			func(t *testing.T, r *Report) { require.Equal(t, commitment.Hash{9}, r.Status.SupersededBy) }, nil,
		},
		{
			"expired", func(_ *fixture, a *ChainAttestation) { a.ExpiresAt = a.Time },
			func(t *testing.T, r *Report) { require.Equal(t, ValidityExpired, r.Status.Validity) }, nil,
		},
		{
			"not yet", func(_ *fixture, a *ChainAttestation) { a.ValidFrom = a.Time.Add(1) },
			func(t *testing.T, r *Report) { require.Equal(t, ValidityNotYet, r.Status.Validity) }, nil,
		},
		{
			"issuer suspended", func(_ *fixture, a *ChainAttestation) { a.Standing, a.StandingSince = StandingAccreditation, since },
			func(t *testing.T, r *Report) { require.Equal(t, since, r.Issuer.Since) }, nil,
		},
		{"standing unknown", func(_ *fixture, a *ChainAttestation) { a.Standing = "" }, func(*testing.T, *Report) {}, nil},
		{"another issuer", func(_ *fixture, a *ChainAttestation) { a.Issuer = "creditd1other" }, nil, ErrChain},
		{"another schema", func(_ *fixture, a *ChainAttestation) { a.Schema[0] ^= 1 }, nil, ErrChain},
		{"another commitment", func(_ *fixture, a *ChainAttestation) { a.Commitment[0] ^= 1 }, nil, ErrCommitment},
		{"no commitment", func(_ *fixture, a *ChainAttestation) { a.Commitment = [32]byte{} }, nil, ErrCommitment},
		{"no schema", func(f *fixture, _ *ChainAttestation) { clear(f.chain.schemas) }, nil, ErrNotFound},
		{"schema that is none", func(f *fixture, a *ChainAttestation) {
			schema := f.chain.schemas[a.Schema]
			schema.Disclosable = nil
			f.chain.schemas[a.Schema] = schema
		}, nil, ErrChain},
		{"another schema under its id", func(f *fixture, a *ChainAttestation) {
			schema := f.chain.schemas[a.Schema]
			schema.Layout.SchemaID[0] ^= 1
			f.chain.schemas[a.Schema] = schema
		}, nil, ErrChain},
		{"key under another kid", func(f *fixture, _ *ChainAttestation) {
			for name := range f.chain.keys {
				f.chain.keys[name] = ChainKey{Key: f.holder.Public()}
			}
		}, nil, ErrChain},
		{"key retired before", func(f *fixture, _ *ChainAttestation) {
			for name := range f.chain.keys {
				f.chain.keys[name] = ChainKey{Key: f.issuer.Public(), RetiredAt: f.export.IssuedAt.Add(-time.Second)}
			}
		}, nil, ErrKeyRetired},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t, ES256)
			presentation := f.present(t, f.issue(t, TypeSDJWTVC), "balance")
			for id, attestation := range f.chain.attestations {
				c.change(f, &attestation)
				f.chain.attestations[id] = attestation
			}
			report, err := f.verify(presentation, testPolicy(TypeSDJWTVC))
			if c.err != nil {
				require.ErrorIs(t, err, c.err)
				return
			}
			require.NoError(t, err)
			require.False(t, report.Good())
			c.check(t, report)
		})
	}
}

func TestSignedBeforeTheKeyWasRetired(t *testing.T) {
	f := newFixture(t, ES256)
	for name := range f.chain.keys {
		f.chain.keys[name] = ChainKey{Key: f.issuer.Public(), RetiredAt: f.export.IssuedAt}
	}
	report, err := f.verify(f.present(t, f.issue(t, TypeW3C)), testPolicy(TypeW3C))
	require.NoError(t, err)
	require.Equal(t, f.export.IssuedAt, report.Issuer.KeyRetiredAt)
	require.True(t, report.Good(), "old credentials stay verifiable")
}

func TestTypesAreNotConfused(t *testing.T) {
	f := newFixture(t, ES256)
	for i, typ := range bothTypes {
		other := bothTypes[1-i]
		_, err := f.verify(f.present(t, f.issue(t, typ)), testPolicy(other))
		require.Error(t, err)
		relabelled := f.issue(t, typ)
		parsed, err := parseToken(relabelled)
		require.NoError(t, err)
		parsed.issued.header["typ"] = other
		header, err := json.Marshal(parsed.issued.header)
		require.NoError(t, err)
		payload, err := json.Marshal(parsed.issued.payload)
		require.NoError(t, err)
		_, err = f.verify(forge(t, f.issuer, string(header), string(payload)), unbound(other))
		require.ErrorIs(t, err, ErrClaim, "signed under the other type, but not of its profile")
	}
	_, err := f.verify(f.issue(t, TypeW3C), unbound("JWT"))
	require.ErrorIs(t, err, ErrType)
	_, err = TypeOf(forge(t, f.issuer, `{"typ":"JWT"}`, `{}`))
	require.ErrorIs(t, err, ErrType)
	for _, header := range []string{`{}`, `{"kid":1}`, `{"kid":"x"}`} {
		_, err = f.verify(forge(t, f.issuer, header, `{"iss":"`+issuerURN(testChain, testIssuer)+`"}`), unbound(TypeSDJWTVC))
		require.Error(t, err)
	}
}

func TestExportRefusals(t *testing.T) {
	for name, change := range map[string]func(e *Export){
		"no chain":          func(e *Export) { e.ChainID = "" },
		"no issuer":         func(e *Export) { e.Issuer = "" },
		"no time":           func(e *Export) { e.IssuedAt = time.Time{} },
		"no schema":         func(e *Export) { e.Schema = Schema{} },
		"flags missing":     func(e *Export) { e.Schema.Disclosable = e.Schema.Disclosable[1:] },
		"not canonical":     func(e *Export) { e.Record["balance"] = "1.50" },
		"not in the schema": func(e *Export) { e.Record["income"] = "1" },
	} {
		f := newFixture(t, ES256)
		change(&f.export)
		_, err := f.export.SDJWTVC(f.issuer)
		require.ErrorIs(t, err, ErrExport, name)
		_, err = f.export.W3C(f.issuer)
		require.ErrorIs(t, err, ErrExport, name)
	}
}

// TestErrorsQuoteNothing: no error has a piece of what was refused.
func TestErrorsQuoteNothing(t *testing.T) {
	const secret = "s3cr3tvalue"
	f := newFixture(t, ES256)
	for _, c := range refusals() {
		token := strings.NewReplacer("salt", secret).Replace(c.token(t, f.issuer))
		_, err := Verify(token, known(f.issuer.Public()), Policy{Type: testType, Now: testNow})
		require.NotContains(t, fmt.Sprint(err), secret)
	}
	for _, text := range []string{`"` + secret + `\x"`, `{"` + secret + `":1,"` + secret + `":2}`, `{"` + secret + `"}`} {
		_, err := parseJSON([]byte(text))
		require.Error(t, err)
		require.NotContains(t, err.Error(), secret)
	}
	f.export.Record["balance"] = secret
	_, err := f.export.SDJWTVC(f.issuer)
	require.Error(t, err)
	require.NotContains(t, err.Error(), secret)
	f.export.Record[secret] = "1"
	delete(f.export.Record, "balance")
	_, err = f.export.W3C(f.issuer)
	require.True(t, errors.Is(err, ErrExport))
}

func TestLargestCredential(t *testing.T) {
	f := newFixture(t, ES256)
	var fields []commitment.Field
	f.export.Record = commitment.Record{}
	for i := range commitment.MaxFields {
		name := fmt.Sprintf("f%02d_%s", i, strings.Repeat("x", commitment.MaxNameBytes-4))
		fields = append(fields, commitment.Field{Name: name, Kind: commitment.String})
		f.export.Record[name] = strings.Repeat(`"`, commitment.MaxStringBytes)
	}
	f.export.Schema = Schema{Name: "largest", Version: 1, Layout: commitment.Layout{Fields: fields}, Disclosable: make([]bool, len(fields))}
	for i := range fields {
		f.export.Schema.Disclosable[i] = true
	}
	committed, err := commitment.Commit(f.export.Schema.Layout, f.export.Record, f.export.Seed)
	require.NoError(t, err)
	on := f.chain.attestations[f.export.Attestation]
	on.Schema, on.Commitment = [32]byte{}, committed
	f.chain.attestations[f.export.Attestation] = on
	f.chain.schemas[[32]byte{}] = f.export.Schema
	report, err := f.verify(f.issue(t, TypeW3C), unbound(TypeW3C))
	require.NoError(t, err)
	require.Len(t, report.Integrity.Fields, commitment.MaxFields)
}

func BenchmarkVerifyAttestation(b *testing.B) {
	f := newFixture(b, ES256)
	presentation := f.present(b, f.issue(b, TypeSDJWTVC), "balance", "limit")
	for b.Loop() {
		if _, err := VerifyAttestation(context.Background(), presentation, f.chain, testPolicy(TypeSDJWTVC)); err != nil {
			b.Fatal(err)
		}
	}
}
