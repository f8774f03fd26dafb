package credential

import (
	"crypto/elliptic"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// RFC 8037 appendix A: a key, its thumbprint (A.3) and its signature, which is deterministic (A.4).
const (
	rfc8037JWK = `{"kty":"OKP","crv":"Ed25519","d":"nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A",
		"x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}`
	rfc8037JWS = "eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc." +
		"hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
)

func TestRFC8037(t *testing.T) {
	key, err := ParsePrivateJWK([]byte(rfc8037JWK))
	require.NoError(t, err)
	require.Equal(t, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k", key.Public().KeyID())
	named, err := ParsePrivateJWK([]byte(strings.Replace(rfc8037JWK, "{", `{"alg":"Ed25519",`, 1)))
	require.NoError(t, err)
	require.Equal(t, key.Public(), named.Public())

	signed, text, _ := strings.Cut(rfc8037JWS[strings.IndexByte(rfc8037JWS, '.')+1:], ".")
	message := []byte("eyJhbGciOiJFZERTQSJ9." + signed)
	signature, err := key.sign(message)
	require.NoError(t, err)
	require.Equal(t, text, encode64(signature))
	require.NoError(t, key.Public().verify(message, signature))
}

func TestKeysRoundTrip(t *testing.T) {
	for _, algorithm := range []Algorithm{ES256, EdDSA} {
		key, err := GenerateKey(algorithm)
		require.NoError(t, err)
		jwk, err := key.JWK()
		require.NoError(t, err)
		text, err := json.Marshal(jwk)
		require.NoError(t, err)
		again, err := ParsePrivateJWK(text)
		require.NoError(t, err)
		require.Equal(t, key.Public(), again.Public())
		signature, err := again.sign([]byte("message"))
		require.NoError(t, err)
		require.NoError(t, key.Public().verify([]byte("message"), signature))
		require.ErrorIs(t, key.Public().verify([]byte("massage"), signature), ErrSignature)
		require.ErrorIs(t, key.Public().verify([]byte("message"), signature[:63]), ErrSignature)

		public, err := json.Marshal(key.Public().JWK())
		require.NoError(t, err)
		parsed, err := ParsePublicJWK(public)
		require.NoError(t, err)
		require.Equal(t, key.Public(), parsed)
		fromChain, err := NewPublicKey(algorithm, parsed.Bytes())
		require.NoError(t, err)
		require.Equal(t, parsed, fromChain)

		_, err = ParsePublicJWK(text)
		require.ErrorIs(t, err, ErrKey, "a private key where a public one belongs")
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
			require.Equal(t, "PrivateKey(redacted)", fmt.Sprintf(verb, key))
		}
	}
	_, err := GenerateKey("RS256")
	require.ErrorIs(t, err, ErrAlgorithm)
	var none PrivateKey
	_, err = none.sign(nil)
	require.ErrorIs(t, err, ErrKey)
	_, err = none.JWK()
	require.ErrorIs(t, err, ErrKey)
	require.ErrorIs(t, PublicKey{}.verify(nil, make([]byte, 64)), ErrKey)
	require.Nil(t, PublicKey{}.JWK())
}

// TestSecondSignature documents that ECDSA has two signatures for one message, as RFC 7515 leaves it.
func TestSecondSignature(t *testing.T) {
	key, err := GenerateKey(ES256)
	require.NoError(t, err)
	signature, err := key.sign([]byte("message"))
	require.NoError(t, err)
	s := new(big.Int).SetBytes(signature[32:])
	s.Sub(elliptic.P256().Params().N, s).FillBytes(signature[32:])
	require.NoError(t, key.Public().verify([]byte("message"), signature))
}

func TestKeyRefusals(t *testing.T) {
	const (
		x = "TCAER19Zvu3OHF4j4W4vfSVoHIP1ILilDls7vCeGemc"
		y = "ZxjiWWbZMQGHVWKVQ4hbSIirsVfuecCE6t4jT9F2HZQ"
	)
	zero := strings.Repeat("A", 43)
	for name, c := range map[string]struct {
		jwk string
		err error
	}{
		"not JSON":              {`{`, ErrJSON},
		"duplicate":             {`{"kty":"EC","kty":"EC"}`, ErrJSON},
		"nothing":               {`{}`, ErrKey},
		"RSA":                   {`{"kty":"RSA","n":"AQAB","e":"AQAB"}`, ErrKey},
		"symmetric":             {`{"kty":"oct","k":"AQAB"}`, ErrKey},
		"secp256k1":             {`{"kty":"EC","crv":"secp256k1","x":"` + x + `","y":"` + y + `"}`, ErrKey},
		"X25519":                {`{"kty":"OKP","crv":"X25519","x":"` + x + `"}`, ErrKey},
		"no y":                  {`{"kty":"EC","crv":"P-256","x":"` + x + `"}`, ErrKey},
		"y is a number":         {`{"kty":"EC","crv":"P-256","x":"` + x + `","y":1}`, ErrKey},
		"y is short":            {`{"kty":"EC","crv":"P-256","x":"` + x + `","y":"` + y[1:] + `"}`, ErrKey},
		"padded":                {`{"kty":"EC","crv":"P-256","x":"` + x + `=","y":"` + y + `"}`, ErrBase64},
		"trailing bits":         {`{"kty":"EC","crv":"P-256","x":"` + x[:42] + `d","y":"` + y + `"}`, ErrBase64},
		"off the curve":         {`{"kty":"EC","crv":"P-256","x":"` + y + `","y":"` + x + `"}`, ErrKey},
		"infinity":              {`{"kty":"EC","crv":"P-256","x":"` + zero + `","y":"` + zero + `"}`, ErrKey},
		"other algorithm":       {`{"kty":"EC","crv":"P-256","alg":"ES384","x":"` + x + `","y":"` + y + `"}`, ErrAlgorithm},
		"Ed25519 for P-256":     {`{"kty":"EC","crv":"P-256","alg":"Ed25519","x":"` + x + `","y":"` + y + `"}`, ErrAlgorithm},
		"for encryption":        {`{"kty":"EC","crv":"P-256","use":"enc","x":"` + x + `","y":"` + y + `"}`, ErrKey},
		"Ed25519 small order":   {`{"kty":"OKP","crv":"Ed25519","x":"` + zero + `"}`, ErrKey},
		"Ed25519 identity":      {`{"kty":"OKP","crv":"Ed25519","x":"AQ` + zero[2:] + `"}`, ErrKey},
		"Ed25519 no point":      {`{"kty":"OKP","crv":"Ed25519","x":"Ag` + zero[2:] + `"}`, ErrKey},
		"Ed25519 not canonical": {`{"kty":"OKP","crv":"Ed25519","x":"8P_______________________________________38"}`, ErrKey},
		"too large":             {`{"x":"` + strings.Repeat("A", maxHeaderBytes) + `"}`, ErrTooLarge},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePublicJWK([]byte(c.jwk))
			require.ErrorIs(t, err, c.err)
			_, err = ParsePrivateJWK([]byte(c.jwk))
			require.ErrorIs(t, err, c.err)
		})
	}
	for name, c := range map[string]struct {
		jwk string
		err error
	}{
		"no d":            {`{"kty":"EC","crv":"P-256","x":"` + x + `","y":"` + y + `"}`, ErrKey},
		"d is zero":       {`{"kty":"EC","crv":"P-256","d":"` + zero + `","x":"` + x + `","y":"` + y + `"}`, ErrKey},
		"d of another":    {`{"kty":"EC","crv":"P-256","d":"` + x + `","x":"` + x + `","y":"` + y + `"}`, ErrKey},
		"Ed25519 wrong d": {strings.Replace(rfc8037JWK, "nWG", "nWH", 1), ErrKey},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParsePrivateJWK([]byte(c.jwk))
			require.ErrorIs(t, err, c.err)
		})
	}
}
