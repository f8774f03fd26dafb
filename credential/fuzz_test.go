package credential

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The targets check that nothing panics and that what is read has one spelling. Seeds: the RFC's examples, our own
// credentials and every refusal that a test knows.

func FuzzVerify(f *testing.F) {
	key, err := GenerateKey(ES256)
	require.NoError(f, err)
	for _, name := range []string{"5.1-issuance", "5.2-presentation", "A.1-simple-structured", "A.2-complex-structured"} {
		f.Add(rfcExample(f, name))
	}
	for _, c := range refusals() {
		if token := c.token(f, key); len(token) < 4<<10 {
			f.Add(token)
		}
	}
	rfc := rfcKey(f)
	f.Fuzz(func(t *testing.T, text string) {
		parsed, err := parseToken(text)
		if err != nil {
			return
		}
		// The signature is left out: what a dishonest issuer signs has to be refused or read, too.
		issued := parsed.issued.payload
		if _, err := holderKey(issued); err != nil {
			return
		}
		claims, err := parsed.resolve()
		if err != nil {
			return
		}
		policy := Policy{Type: rfcType, Now: time.Unix(1748537244, 0)}
		_ = checkTimes(claims, policy)
		if tie, err := parseTie(testChain, claims[claimChain]); err == nil {
			_ = checkW3C(claims, testChain, tie, policy)
			_, _ = tie.open(testSchema(), [32]byte{1}, claims, parsed.disclosures, nil)
		}
		for _, disclosure := range parsed.disclosures {
			require.NotEmpty(t, disclosure.Path)
		}
		if verified, err := Verify(text, known(rfc), policy); err == nil {
			require.Contains(t, []any{"https://issuer.example.com"}, verified.Claims["iss"], "a forgery")
		}
	})
}

func FuzzKeyBinding(f *testing.F) {
	x := newFixture(f, EdDSA)
	credential := x.issue(f, TypeSDJWTVC)
	parsed, err := parseToken(x.present(f, credential, "balance"))
	require.NoError(f, err)
	good := parsed.binding
	f.Add(good)
	f.Add("")
	f.Add("..")
	f.Add(encode64([]byte(`{"alg":"none"}`)) + "." + encode64([]byte(`{"iat":1}`)) + ".")
	f.Fuzz(func(t *testing.T, text string) {
		parsed.binding = text
		if _, err := parsed.checkBinding(x.holder.Public(), testPolicy(TypeSDJWTVC)); err == nil {
			require.Equal(t, good, text)
		} else {
			require.ErrorIs(t, err, ErrKeyBinding)
		}
	})
}

func FuzzDisclosure(f *testing.F) {
	for _, json := range []string{`["salt","a",1]`, `["salt",{}]`, `["salt"]`, `["s","_sd",[]]`, `[1,"a",null]`, `{}`, "["} {
		encoded, _ := disclosureText(json)
		f.Add(encoded)
	}
	f.Add("WyIyR0xDNDJzS1F2ZUNmR2ZyeU5STjl3IiwgImdpdmVuX25hbWUiLCAiSm9obiJd")
	f.Fuzz(func(t *testing.T, text string) {
		disclosure, err := parseDisclosure(text)
		if err != nil {
			return
		}
		data, err := decode64(text)
		require.NoError(t, err)
		require.Equal(t, text, encode64(data), "two spellings of one disclosure")
		require.Equal(t, hashPresented(text), disclosure.digest)
		require.False(t, disclosure.element && disclosure.Name != "")
		for _, field := range testSchema().Layout.Fields {
			if value, err := canonicalText(field.Kind, disclosure.Value); err == nil {
				require.Equal(t, disclosure.Value, jsonValue(field.Kind, value))
			}
		}
	})
}

func FuzzStatusList(f *testing.F) {
	f.Add("")
	f.Add("uAAAA")
	f.Add(packed(f, make([]byte, 32768)))
	f.Add(packed(f, make([]byte, 100)))
	f.Fuzz(func(t *testing.T, text string) {
		list, err := DecodeStatusList(text)
		if err != nil {
			return
		}
		require.LessOrEqual(t, list.Items(), MaxStatusItems)
		_, err = list.Status(list.Items() - 1)
		require.NoError(t, err)
		encoded, err := list.Encode()
		require.NoError(t, err)
		again, err := DecodeStatusList(encoded)
		require.NoError(t, err)
		require.Equal(t, list.bits, again.bits[:len(list.bits)])
	})
}

func FuzzJWK(f *testing.F) {
	f.Add([]byte(rfc8037JWK))
	f.Add([]byte(rfcIssuerJWK))
	f.Add([]byte(`{"kty":"EC","crv":"P-256","x":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		if key, err := ParsePrivateJWK(data); err == nil {
			require.Equal(t, key.Public(), key.public)
			_, err := key.sign([]byte("message"))
			require.NoError(t, err)
		}
		key, err := ParsePublicJWK(data)
		if err != nil {
			return
		}
		again, err := NewPublicKey(key.Algorithm(), key.Bytes())
		require.NoError(t, err)
		require.Equal(t, key, again)
		require.Len(t, key.KeyID(), 43)
		require.ErrorIs(t, key.verify(nil, make([]byte, signatureBytes)), ErrSignature)
	})
}
