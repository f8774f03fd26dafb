package credential

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const testType = "test+sd-jwt"

// refusal is a token that a verifier without demands on the holder refuses.
type refusal struct {
	name   string
	token  func(t testing.TB, key PrivateKey) string
	err    error
	reason string
}

// signed makes a well-signed token of a payload and disclosures in JSON.
func signed(payload string, disclosures ...string) func(testing.TB, PrivateKey) string {
	return headed(`{"alg":"ES256","typ":"`+testType+`"}`, payload, disclosures...)
}

func headed(header, payload string, disclosures ...string) func(testing.TB, PrivateKey) string {
	return func(t testing.TB, key PrivateKey) string {
		encoded := make([]string, len(disclosures))
		for i, json := range disclosures {
			digest := ""
			encoded[i], digest = disclosureText(json)
			payload = strings.ReplaceAll(payload, fmt.Sprintf("$%d", i), digest)
		}
		return forge(t, key, header, payload, encoded...)
	}
}

// edited changes a good token.
func edited(change func(good string) string) func(testing.TB, PrivateKey) string {
	return func(t testing.TB, key PrivateKey) string {
		return change(signed(`{"_sd":["$0"]}`, `["salt","a",1]`)(t, key))
	}
}

func refusals() []refusal {
	const good = `{"alg":"ES256","typ":"` + testType + `"}`
	deep := strings.Repeat("[", maxDepth+1) + strings.Repeat("]", maxDepth+1)
	return []refusal{
		{"empty", edited(func(string) string { return "" }), ErrMalformed, "tildes"},
		{"JWT alone", edited(func(g string) string { return g[:strings.IndexByte(g, '~')] }), ErrMalformed, "tildes"},
		{"tildes alone", edited(func(string) string { return "~~" }), ErrMalformed, "3 parts"},
		{"too large", edited(func(g string) string { return g + strings.Repeat("x", MaxBytes) }), ErrTooLarge, "a credential"},
		{"too many disclosures", edited(func(g string) string { return g + strings.Repeat("~", MaxDisclosures) }), ErrMalformed, "tildes"},
		{"large JWT", signed(`{"a":"` + strings.Repeat("x", maxJWTBytes) + `"}`), ErrTooLarge, "a JWT here"},
		{"large header", headed(`{"alg":"ES256","x":"`+strings.Repeat("x", maxHeaderBytes)+`"}`, `{}`), ErrTooLarge, "a header"},
		{"large disclosure", signed(`{"_sd":["$0"]}`, `["salt","a","`+strings.Repeat("x", maxDisclosureBytes)+`"]`), ErrTooLarge, "disclosure 0"},
		{"two parts", edited(func(g string) string { return strings.Replace(g, ".", "", 1) }), ErrMalformed, "3 parts"},
		{"four parts", edited(func(g string) string { return "e30." + g }), ErrMalformed, "3 parts"},
		{"padding", edited(func(g string) string { return strings.Replace(g, "~", "=~", 1) }), ErrBase64, "signature"},
		{"new line", edited(func(g string) string { return strings.Replace(g, "~", "\n~", 1) }), ErrBase64, "white space"},
		{"empty disclosure", edited(func(g string) string { return g + "~" }), ErrJSON, "disclosure 1"},
		{"header is no object", headed(`[]`, `{}`), ErrJSON, "header"},
		{"payload is no object", signed(`"x"`), ErrJSON, "payload"},
		{"duplicate in header", headed(`{"alg":"ES256","alg":"ES256","typ":"`+testType+`"}`, `{}`), ErrJSON, "duplicate"},
		{"duplicate in payload", signed(`{"iss":"a","iss":"a"}`), ErrJSON, "duplicate"},
		{"duplicate in disclosure", signed(`{"_sd":["$0"]}`, `["salt","a",{"b":1,"b":1}]`), ErrJSON, "duplicate"},
		{"number beyond 2^53", signed(`{"n":9007199254740993}`), ErrJSON, "2^53"},
		{"deep payload", signed(`{"a":` + deep + `}`), ErrJSON, "deep"},
		{"no typ", headed(`{"alg":"ES256"}`, `{}`), ErrType, testType},
		{"typ in capitals", headed(`{"alg":"ES256","typ":"TEST+SD-JWT"}`, `{}`), ErrType, testType},
		{"typ with prefix", headed(`{"alg":"ES256","typ":"application/`+testType+`"}`, `{}`), ErrType, testType},
		{"crit", headed(`{"alg":"ES256","typ":"`+testType+`","crit":["exp"]}`, `{}`), ErrClaim, "crit"},
		{"alg none", headed(`{"alg":"none","typ":"`+testType+`"}`, `{}`), ErrAlgorithm, "ES256"},
		{"alg in small letters", headed(`{"alg":"es256","typ":"`+testType+`"}`, `{}`), ErrAlgorithm, "ES256"},
		{"alg of another key", headed(`{"alg":"EdDSA","typ":"`+testType+`"}`, `{}`), ErrAlgorithm, "ES256"},
		{"HS256 with the public key", headed(`{"alg":"HS256","typ":"`+testType+`"}`, `{}`), ErrAlgorithm, "ES256"},
		{"signature cut short", edited(func(g string) string { i := strings.IndexByte(g, '~'); return g[:i-2] + "Q" + g[i:] }), ErrBase64, "signature"},
		{"no signature", edited(func(g string) string {
			i := strings.IndexByte(g, '~')
			return g[:strings.LastIndexByte(g[:i], '.')+1] + g[i:]
		}), ErrSignature, "0 bytes"},
		{"signature of zeros", edited(func(g string) string {
			i := strings.IndexByte(g, '~')
			return g[:strings.LastIndexByte(g[:i], '.')+1] + strings.Repeat("A", 86) + g[i:]
		}), ErrSignature, "ES256"},
		{"sha-512", signed(`{"_sd_alg":"sha-512"}`), ErrAlgorithm, "_sd_alg"},
		{"_sd_alg is no string", signed(`{"_sd_alg":1}`), ErrAlgorithm, "_sd_alg"},
		{"_sd_alg below the top", signed(`{"a":{"_sd_alg":"sha-256"}}`), ErrDisclosure, "no meaning"},
		{"_sd is no array", signed(`{"_sd":"x"}`), ErrDisclosure, "no array"},
		{"digest is no string", signed(`{"_sd":[1]}`), ErrDisclosure, "no string"},
		{"digest is short", signed(`{"_sd":["AAAA"]}`), ErrDisclosure, "not 32 bytes"},
		{"digest with trailing bits", signed(`{"_sd":["` + strings.Repeat("A", 42) + `B"]}`), ErrBase64, "not 32 bytes"},
		{"decoy twice", signed(`{"_sd":["` + strings.Repeat("A", 43) + `","` + strings.Repeat("A", 43) + `"]}`), ErrDisclosure, "twice"},
		{"digest in two places", signed(`{"_sd":["$0"],"a":{"_sd":["$0"]}}`, `["salt","b",1]`), ErrDisclosure, "twice"},
		{"digest again within a disclosure", signed(`{"_sd":["$0","$1"]}`, `["salt","b",1]`, `["salt","a",{"_sd":["`+digestOf(`["salt","b",1]`)+`"]}]`), ErrDisclosure, "twice"},
		{"disclosure twice", signed(`{"_sd":["$0"]}`, `["salt","a",1]`, `["salt","a",1]`), ErrDisclosure, "there twice"},
		{"disclosure of nothing", signed(`{"_sd":["$0"]}`, `["salt","a",1]`, `["salt","b",1]`), ErrDisclosure, "disclosure 1 belongs to no digest"},
		{"disclosure is no array", signed(`{"_sd":["$0"]}`, `{"salt":1}`), ErrMalformed, "array of 2 or 3"},
		{"disclosure of one", signed(`{"_sd":["$0"]}`, `["salt"]`), ErrMalformed, "array of 2 or 3"},
		{"disclosure of four", signed(`{"_sd":["$0"]}`, `["salt","a",1,2]`), ErrMalformed, "array of 2 or 3"},
		{"salt is no string", signed(`{"_sd":["$0"]}`, `[1,"a",1]`), ErrMalformed, "salt"},
		{"name is no string", signed(`{"_sd":["$0"]}`, `["salt",1,1]`), ErrMalformed, "name"},
		{"name _sd", signed(`{"_sd":["$0"]}`, `["salt","_sd",[]]`), ErrDisclosure, "keeps for itself"},
		{"name ...", signed(`{"_sd":["$0"]}`, `["salt","...","x"]`), ErrDisclosure, "keeps for itself"},
		{"name _sd_alg", signed(`{"_sd":["$0"]}`, `["salt","_sd_alg","sha-512"]`), ErrDisclosure, "keeps for itself"},
		{"claim is there", signed(`{"a":1,"_sd":["$0"]}`, `["salt","a",2]`), ErrDisclosure, "of that name"},
		{"two of one name", signed(`{"_sd":["$0","$1"]}`, `["salt","a",1]`, `["salt","a",2]`), ErrDisclosure, "of that name"},
		{"element among claims", signed(`{"_sd":["$0"]}`, `["salt",1]`), ErrDisclosure, "array element among"},
		{"claim among elements", signed(`{"l":[{"...":"$0"}]}`, `["salt","a",1]`), ErrDisclosure, "among array elements"},
		{"... among claims", signed(`{"a":{"...":"$0"}}`, `["salt","a"]`), ErrDisclosure, "no meaning"},
		{"... beside another", signed(`{"l":[{"...":"$0","x":1}]}`, `["salt","a"]`), ErrDisclosure, "no meaning"},
		{"disclosed exp", signed(`{"_sd":["$0"]}`, `["salt","exp",4000000000]`), ErrDisclosure, "selectively"},
		{"disclosed cnf", signed(`{"_sd":["$0"]}`, `["salt","cnf",{}]`), ErrDisclosure, "selectively"},
		{"exp is text", signed(`{"exp":"4000000000"}`), ErrClaim, "exp"},
		{"exp is negative", signed(`{"exp":-1}`), ErrClaim, "exp"},
		{"expired", signed(fmt.Sprintf(`{"exp":%d}`, testNow.Unix()-5)), ErrTime, "exp"},
		{"not before", signed(fmt.Sprintf(`{"nbf":%d}`, testNow.Unix()+6)), ErrTime, "nbf"},
		{"issued in the future", signed(fmt.Sprintf(`{"iat":%d}`, testNow.Unix()+6)), ErrTime, "iat"},
		{"iat disclosed and in the future", signed(`{"_sd":["$0"]}`, fmt.Sprintf(`["salt","iat",%d]`, testNow.Unix()+6)), ErrTime, "iat"},
		{"cnf is no object", signed(`{"cnf":1}`), ErrClaim, "cnf"},
		{"cnf of kid", signed(`{"cnf":{"kid":"x"}}`), ErrClaim, "cnf"},
		{"cnf with a private key", signed(`{"cnf":{"jwk":` + rfc8037JWK + `}}`), ErrKey, "cnf"},
		{"nested too deep", nested(maxNesting + 2), ErrDisclosure, "too deep"},
		{"key binding not asked for", func(t testing.TB, key PrivateKey) string {
			return signed(`{}`)(t, key) + strings.TrimSuffix(headed(good, `{}`)(t, key), "~")
		}, ErrKeyBinding, "wanted false, present true"},
	}
}

func digestOf(json string) string {
	_, digest := disclosureText(json)
	return digest
}

// nested is a token of disclosures within disclosures.
func nested(depth int) func(testing.TB, PrivateKey) string {
	value := "1"
	var disclosures []string
	for i := range depth {
		text := fmt.Sprintf(`["salt%d","a",%s]`, i, value)
		disclosures = append(disclosures, text)
		value = `{"_sd":["` + digestOf(text) + `"]}`
	}
	return signed(value, disclosures...)
}

func TestRefusals(t *testing.T) {
	key, err := GenerateKey(ES256)
	require.NoError(t, err)
	policy := Policy{Type: testType, Now: testNow, Skew: 5 * time.Second}
	for _, c := range refusals() {
		t.Run(c.name, func(t *testing.T) {
			_, err := Verify(c.token(t, key), known(key.Public()), policy)
			require.ErrorIs(t, err, c.err)
			require.ErrorContains(t, err, c.reason)
		})
	}
}

func TestAccepted(t *testing.T) {
	key, err := GenerateKey(ES256)
	require.NoError(t, err)
	policy := Policy{Type: testType, Now: testNow, Skew: 5 * time.Second}
	at := testNow.Unix()
	for name, token := range map[string]func(testing.TB, PrivateKey) string{
		"edges of time":      signed(fmt.Sprintf(`{"iat":%d,"nbf":%d,"exp":%d}`, at+5, at+5, at-4)),
		"unknown in header":  headed(`{"alg":"ES256","typ":"`+testType+`","x5c":["x"],"jwk":{}}`, `{}`),
		"white space":        headed(" {\"alg\" : \"ES256\",\n\"typ\":\""+testType+"\"} ", " { } "),
		"decoys":             signed(`{"_sd":["` + strings.Repeat("A", 43) + `"],"l":[{"...":"` + strings.Repeat("C", 42) + `A"}]}`),
		"array in array":     signed(`{"l":[[{"...":"$0"}]]}`, `["salt",{"_sd":[]}]`),
		"as deep as allowed": nested(maxNesting + 1),
		"null":               signed(`{"_sd":["$0"]}`, `["","",null]`),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Verify(token(t, key), known(key.Public()), policy)
			require.NoError(t, err)
		})
	}
}

func TestPolicyRefusals(t *testing.T) {
	f := newFixture(t, ES256)
	presentation := f.present(t, f.issue(t, TypeSDJWTVC), "balance")
	for name, change := range map[string]func(*Policy){
		"no type":       func(p *Policy) { p.Type = "" },
		"no time":       func(p *Policy) { p.Now = time.Time{} },
		"negative skew": func(p *Policy) { p.Skew = -1 },
		"no audience":   func(p *Policy) { p.Binding.Audience = "" },
		"no nonce":      func(p *Policy) { p.Binding.Nonce = "" },
		"no age":        func(p *Policy) { p.Binding.MaxAge = 0 },
	} {
		policy := testPolicy(TypeSDJWTVC)
		change(&policy)
		_, err := Verify(presentation, known(f.issuer.Public()), policy)
		require.Error(t, err, name)
	}
	_, err := Verify(presentation, known(PublicKey{}), testPolicy(TypeSDJWTVC))
	require.ErrorIs(t, err, ErrAlgorithm, "no key")
}

func TestKeyBindingRefusals(t *testing.T) {
	f := newFixture(t, EdDSA)
	credential := f.issue(t, TypeSDJWTVC)
	whole, err := Present(credential, Presentation{Keep: Fields("balance")})
	require.NoError(t, err)
	hash := hashPresented(whole)
	at := testNow.Unix() - 1
	const header = `{"alg":"EdDSA","typ":"kb+jwt"}`
	payload := func(aud, nonce, hash string, iat int64) string {
		return fmt.Sprintf(`{"aud":%q,"nonce":%q,"sd_hash":%q,"iat":%d}`, aud, nonce, hash, iat)
	}
	good := payload(testAudience, testNonce, hash, at)
	for _, c := range []struct {
		name, header, payload string
		key                   PrivateKey
		reason                string // "" if accepted
	}{
		{"good", header, good, f.holder, ""},
		{"more claims", header, strings.Replace(good, "{", `{"x":1,`, 1), f.holder, ""},
		{"at the edge of age", header, payload(testAudience, testNonce, hash, testNow.Unix()-65), f.holder, ""},
		{"at the edge of the future", header, payload(testAudience, testNonce, hash, testNow.Unix()+5), f.holder, ""},
		{"another key", header, good, f.issuer, "wrong signature"},
		{"no typ", `{"alg":"EdDSA"}`, good, f.holder, "wrong typ"},
		{"typ of the credential", `{"alg":"EdDSA","typ":"dc+sd-jwt"}`, good, f.holder, "wrong typ"},
		{"alg none", `{"alg":"none","typ":"kb+jwt"}`, good, f.holder, "algorithm"},
		{"crit", `{"alg":"EdDSA","typ":"kb+jwt","crit":[]}`, good, f.holder, "crit"},
		{"other audience", header, payload("https://other.example", testNonce, hash, at), f.holder, "aud"},
		{"audience in an array", header, strings.Replace(good, `"`+testAudience+`"`, `["`+testAudience+`"]`, 1), f.holder, "aud"},
		{"other nonce", header, payload(testAudience, testNonce+"x", hash, at), f.holder, "nonce"},
		{"nonce is a number", header, strings.Replace(good, `"`+testNonce+`"`, `1`, 1), f.holder, "nonce"},
		{"hash of more", header, payload(testAudience, testNonce, hashPresented(credential), at), f.holder, "sd_hash"},
		{"hash in padding", header, payload(testAudience, testNonce, hash+"=", at), f.holder, "sd_hash"},
		{"no hash", header, payload(testAudience, testNonce, "", at), f.holder, "sd_hash"},
		{"too old", header, payload(testAudience, testNonce, hash, testNow.Unix()-66), f.holder, "too long ago"},
		{"in the future", header, payload(testAudience, testNonce, hash, testNow.Unix()+6), f.holder, "future"},
		{"no iat", header, strings.Replace(good, "iat", "xat", 1), f.holder, "no iat"},
		{"iat is text", header, strings.Replace(good, fmt.Sprint(at), `"1"`, 1), f.holder, "no iat"},
		{"expired", header, strings.Replace(good, "{", `{"exp":1,`, 1), f.holder, "exp"},
		{"duplicate", header, strings.Replace(good, "{", `{"iat":1,`, 1), f.holder, "duplicate"},
		{"too large", header, strings.Replace(good, "{", `{"x":"`+strings.Repeat("x", maxBindingBytes)+`",`, 1), f.holder, "too large"},
	} {
		t.Run(c.name, func(t *testing.T) {
			binding := strings.TrimSuffix(forge(t, c.key, c.header, c.payload), "~")
			verified, err := Verify(whole+binding, known(f.issuer.Public()), testPolicy(TypeSDJWTVC))
			if c.reason == "" {
				require.NoError(t, err)
				require.True(t, verified.Bound)
				return
			}
			require.ErrorIs(t, err, ErrKeyBinding)
			require.ErrorContains(t, err, c.reason)
		})
	}
	_, err = Verify(whole, known(f.issuer.Public()), testPolicy(TypeSDJWTVC))
	require.ErrorIs(t, err, ErrKeyBinding, "it was asked for")

	f.export.Holder = PublicKey{}
	free := f.issue(t, TypeSDJWTVC)
	binding := strings.TrimSuffix(forge(t, f.holder, header, payload(testAudience, testNonce, hashPresented(free), at)), "~")
	_, err = Verify(free+binding, known(f.issuer.Public()), testPolicy(TypeSDJWTVC))
	require.ErrorContains(t, err, "bound to no holder")
}

func TestPresentRefusals(t *testing.T) {
	f := newFixture(t, ES256)
	credential := f.issue(t, TypeSDJWTVC)
	good := Presentation{Keep: Fields("balance"), Holder: &f.holder, Audience: testAudience, Nonce: testNonce, Now: testNow}
	for name, change := range map[string]func(*Presentation){
		"another key": func(p *Presentation) { p.Holder = &f.issuer },
		"no audience": func(p *Presentation) { p.Audience = "" },
		"no nonce":    func(p *Presentation) { p.Nonce = "" },
		"no time":     func(p *Presentation) { p.Now = time.Time{} },
	} {
		p := good
		change(&p)
		_, err := Present(credential, p)
		require.ErrorIs(t, err, ErrKeyBinding, name)
	}
	_, err := Present(f.present(t, credential), good)
	require.ErrorIs(t, err, ErrKeyBinding, "a presentation is not presented again")
	_, err = Present("x", good)
	require.ErrorIs(t, err, ErrMalformed)
}

func TestDisclosuresAndIssueRefuse(t *testing.T) {
	_, err := NewDisclosure(make([]byte, 15), "a", 1)
	require.ErrorIs(t, err, ErrExport, "a short salt")
	_, err = NewDisclosure(make([]byte, 16), "_sd", 1)
	require.ErrorIs(t, err, ErrDisclosure)
	key, err := GenerateKey(EdDSA)
	require.NoError(t, err)
	disclosure, err := NewDisclosure(make([]byte, 16), "a", 1)
	require.NoError(t, err)
	_, err = Issue(testType, map[string]any{}, []Disclosure{disclosure}, key)
	require.ErrorIs(t, err, ErrExport, "a disclosure without its digest")
	_, err = Issue(testType, map[string]any{"n": 1.5}, nil, key)
	require.ErrorIs(t, err, ErrExport, "what a verifier would refuse")
	_, err = Issue(testType, map[string]any{}, nil, PrivateKey{})
	require.ErrorIs(t, err, ErrKey)
}
