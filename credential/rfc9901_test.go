package credential

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The examples of RFC 9901 in testdata/rfc9901, each in the file named after its section; line breaks are not part of
// them. The issuer's key is that of appendix A.5.
const (
	rfcIssuerJWK = `{"kty":"EC","crv":"P-256","x":"b28d4MwZMjw8-00CG4xfnn9SLMVMM19SlqZpVb_uNtQ",
		"y":"Xv5zWwuoaTgdS6hV43yI6gBwTnjukmFQQnJ_kCxzqk8"}`
	rfcType = "example+sd-jwt"
)

func rfcExample(t testing.TB, name string) string {
	data, err := os.ReadFile("testdata/rfc9901/" + name + ".txt")
	require.NoError(t, err)
	return strings.Join(strings.Fields(string(data)), "")
}

func rfcKey(t testing.TB) PublicKey {
	key, err := ParsePublicJWK([]byte(rfcIssuerJWK))
	require.NoError(t, err)
	return key
}

func TestRFC9901(t *testing.T) {
	// s.5.2 was signed by the holder at this time.
	signed := time.Unix(1748537244, 0)
	plain := Policy{Type: rfcType, Now: signed}
	bound := Policy{Type: rfcType, Now: signed.Add(time.Minute), Binding: &Binding{
		Audience: "https://verifier.example.org", Nonce: "1234567890", MaxAge: time.Hour,
	}}
	const holder = `"cnf":{"jwk":{"kty":"EC","crv":"P-256","x":"TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc",
		"y":"ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ"}}`
	const address = `"address":{"street_address":"123 Main St","locality":"Anytown","region":"Anystate","country":"US"}`
	for _, c := range []struct {
		name        string
		policy      Policy
		disclosures int
		claims      string
	}{
		{"5.1-issuance", plain, 10, `{"iss":"https://issuer.example.com","iat":1683000000,"exp":1883000000,
			"sub":"user_42","nationalities":["US","DE"],` + holder + `,"given_name":"John","family_name":"Doe",
			"email":"johndoe@example.com","phone_number":"+1-202-555-0101","phone_number_verified":true,` + address + `,
			"birthdate":"1940-01-01","updated_at":1570000000}`},
		{"5.2-presentation", bound, 4, `{"iss":"https://issuer.example.com","iat":1683000000,"exp":1883000000,
			"sub":"user_42","nationalities":["US"],` + holder + `,"family_name":"Doe",` + address + `,"given_name":"John"}`},
		{"A.1-simple-structured", plain, 2, `{"iss":"https://issuer.example.com","iat":1683000000,"exp":1883000000,
			"address":{"region":"港区","country":"JP"}}`},
		{"A.2-complex-structured", plain, 6, `{"iss":"https://issuer.example.com","iat":1683000000,"exp":1883000000,
			"verified_claims":{"verification":{"trust_framework":"de_aml","evidence":[{"method":"pipp"}],
			"time":"2012-04-23T18:25Z"},"claims":{"given_name":"Max","family_name":"Müller","address":{
			"locality":"Maxstadt","postal_code":"12344","country":"DE","street_address":"Weidenstraße 22"}}}}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			verified, err := Verify(rfcExample(t, c.name), known(rfcKey(t)), c.policy)
			require.NoError(t, err)
			want, err := parseObject([]byte(c.claims))
			require.NoError(t, err)
			require.Equal(t, want, verified.Claims)
			require.Len(t, verified.Disclosures, c.disclosures)
			require.Equal(t, c.policy.Binding != nil, verified.Bound)
			if verified.Bound {
				require.True(t, signed.Equal(verified.BoundAt))
			}
		})
	}
}

// TestRFC9901Selection selects from s.5.1 what s.5.2 shows.
func TestRFC9901Selection(t *testing.T) {
	shown := []string{"family_name", "address", "given_name"}
	selected, err := Present(rfcExample(t, "5.1-issuance"), Presentation{Keep: func(d Disclosure) bool {
		return slices.Contains(shown, d.Name) || d.Path[0] == "nationalities" && d.Value == "US"
	}})
	require.NoError(t, err)
	want := strings.Split(rfcExample(t, "5.2-presentation"), "~")
	got := strings.Split(selected, "~")
	// The RFC shows them in another order than it issues them in; any is right.
	require.ElementsMatch(t, want[:len(want)-1], got[:len(got)-1])
}

// TestRFC9901Recursive: in A.2 a disclosure holds digests, so that what is within cannot be shown without it.
func TestRFC9901Recursive(t *testing.T) {
	whole := rfcExample(t, "A.2-complex-structured")
	var paths []string
	_, err := Present(whole, Presentation{Keep: func(d Disclosure) bool {
		paths = append(paths, strings.Join(d.Path, "."))
		return true
	}})
	require.NoError(t, err)
	require.Contains(t, paths, "verified_claims.verification.evidence.[]")
	require.Contains(t, paths, "verified_claims.verification.evidence.[].method")

	_, err = Present(whole, Presentation{Keep: func(d Disclosure) bool { return d.Name == "method" }})
	require.ErrorIs(t, err, ErrDisclosure)
}

func TestRFC9901Refusals(t *testing.T) {
	text := rfcExample(t, "5.2-presentation")
	policy := func(change func(p *Policy, b *Binding)) Policy {
		b := Binding{Audience: "https://verifier.example.org", Nonce: "1234567890", MaxAge: time.Hour}
		p := Policy{Type: rfcType, Now: time.Unix(1748537244, 0), Binding: &b}
		change(&p, &b)
		return p
	}
	for name, c := range map[string]struct {
		change func(p *Policy, b *Binding)
		err    error
	}{
		"another typ":      {func(p *Policy, _ *Binding) { p.Type = TypeSDJWTVC }, ErrType},
		"another audience": {func(_ *Policy, b *Binding) { b.Audience += "/" }, ErrKeyBinding},
		"another nonce":    {func(_ *Policy, b *Binding) { b.Nonce = "1234567891" }, ErrKeyBinding},
		"too old":          {func(p *Policy, _ *Binding) { p.Now = p.Now.Add(time.Hour + time.Second) }, ErrKeyBinding},
		"from the future":  {func(p *Policy, _ *Binding) { p.Now = p.Now.Add(-time.Second) }, ErrTime},
		"expired":          {func(p *Policy, _ *Binding) { p.Now = time.Unix(1883000000, 0) }, ErrTime},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Verify(text, known(rfcKey(t)), policy(c.change))
			require.ErrorIs(t, err, c.err)
		})
	}
	dropped := strings.Split(text, "~")
	_, err := Verify(strings.Join(append(dropped[:1], dropped[2:]...), "~"), known(rfcKey(t)), policy(func(*Policy, *Binding) {}))
	require.ErrorIs(t, err, ErrKeyBinding, "the holder signed for all that it showed")
}
