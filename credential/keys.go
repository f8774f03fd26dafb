package credential

import (
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"io"
	"math/big"

	"filippo.io/edwards25519"
)

// Algorithm is a JWS algorithm (RFC 7518 s.3.1). There are two; everything else, `none` first, is refused.
type Algorithm string

const (
	// ES256 is ECDSA over P-256 with SHA-256.
	ES256 Algorithm = "ES256"
	// EdDSA is Ed25519 here, never Ed448 (RFC 8037 s.3.1).
	EdDSA Algorithm = "EdDSA"
)

// signatureBytes: both algorithms have signatures of 64 bytes; of ES256, r and s one after the other (RFC 7518 s.3.4).
const signatureBytes = 64

// PublicKey verifies. Its zero value is no key; NewPublicKey and ParsePublicJWK make valid ones.
type PublicKey struct {
	algorithm Algorithm
	bytes     string // 65 bytes, an uncompressed point, for ES256; 32 for EdDSA: as the chain keeps them
}

// NewPublicKey takes a key in the chain's encoding: for ES256 the 65 bytes of an uncompressed point of P-256, for EdDSA
// the 32 bytes of Ed25519. Points off the curve and, of Ed25519, of small order or spelled in another than the
// canonical way are refused: for a key of small order anybody can make signatures.
func NewPublicKey(algorithm Algorithm, key []byte) (PublicKey, error) {
	switch algorithm {
	case ES256:
		if _, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), key); err != nil {
			return PublicKey{}, fmt.Errorf("%w: not an uncompressed point of P-256", ErrKey)
		}
	case EdDSA:
		point, err := new(edwards25519.Point).SetBytes(key)
		if err != nil || string(point.Bytes()) != string(key) {
			return PublicKey{}, fmt.Errorf("%w: not the canonical encoding of a point of Ed25519", ErrKey)
		}
		if point.MultByCofactor(point).Equal(edwards25519.NewIdentityPoint()) == 1 {
			return PublicKey{}, fmt.Errorf("%w: a point of small order", ErrKey)
		}
	default:
		return PublicKey{}, fmt.Errorf("%w: a key is for ES256 or EdDSA", ErrAlgorithm)
	}
	return PublicKey{algorithm: algorithm, bytes: string(key)}, nil
}

// Algorithm of the key: a key is for one only.
func (k PublicKey) Algorithm() Algorithm { return k.algorithm }

// Bytes of the key in the chain's encoding.
func (k PublicKey) Bytes() []byte { return []byte(k.bytes) }

// IsZero tells whether k is no key.
func (k PublicKey) IsZero() bool { return k.algorithm == "" }

// JWK returns the key's required members (RFC 7517, RFC 8037).
func (k PublicKey) JWK() map[string]any {
	switch k.algorithm {
	case ES256:
		return map[string]any{
			"kty": "EC", "crv": "P-256", "x": encode64([]byte(k.bytes[1:33])), "y": encode64([]byte(k.bytes[33:])),
		}
	case EdDSA:
		return map[string]any{"kty": "OKP", "crv": "Ed25519", "x": encode64([]byte(k.bytes))}
	default:
		return nil
	}
}

// Thumbprint of the key's JWK (RFC 7638 with SHA-256): what the chain knows the key by. Its base64url is the `kid`.
func (k PublicKey) Thumbprint() [32]byte {
	// RFC 7638 s.3.3: the required members in lexicographic order without white space, which is how encodeJSON writes.
	text, err := encodeJSON(k.JWK())
	if err != nil {
		panic(err) // a map of strings
	}
	return sha256.Sum256(text)
}

// KeyID is the `kid` in headers of what the key signed.
func (k PublicKey) KeyID() string {
	thumbprint := k.Thumbprint()
	return encode64(thumbprint[:])
}

// verify checks a signature. Of an ECDSA signature (r, s) there is a second one, (r, n-s): RFC 7515 has both valid, so
// a signature does not identify anything and nothing here is looked up by one.
func (k PublicKey) verify(message, signature []byte) error {
	if len(signature) != signatureBytes {
		return fmt.Errorf("%w: %d bytes, not %d", ErrSignature, len(signature), signatureBytes)
	}
	var valid bool
	switch k.algorithm {
	case ES256:
		key, err := ecdsa.ParseUncompressedPublicKey(elliptic.P256(), []byte(k.bytes))
		if err != nil {
			return fmt.Errorf("%w: not an uncompressed point of P-256", ErrKey)
		}
		digest := sha256.Sum256(message)
		r, s := new(big.Int).SetBytes(signature[:32]), new(big.Int).SetBytes(signature[32:])
		valid = ecdsa.Verify(key, digest[:], r, s)
	case EdDSA:
		valid = ed25519.Verify([]byte(k.bytes), message, signature)
	default:
		return fmt.Errorf("%w: no key", ErrKey)
	}
	if !valid {
		return fmt.Errorf("%w: %s", ErrSignature, k.algorithm)
	}
	return nil
}

// ParsePublicJWK reads a public key. One with a private part is refused: whoever sends it has leaked it.
func ParsePublicJWK(data []byte) (PublicKey, error) {
	if len(data) > maxHeaderBytes {
		return PublicKey{}, fmt.Errorf("%w: a JWK has at most %d bytes", ErrTooLarge, maxHeaderBytes)
	}
	jwk, err := parseObject(data)
	if err != nil {
		return PublicKey{}, err
	}
	return publicJWK(jwk)
}

func publicJWK(jwk map[string]any) (PublicKey, error) {
	if _, private := jwk["d"]; private {
		return PublicKey{}, fmt.Errorf("%w: a private key where a public one belongs", ErrKey)
	}
	return jwkPoint(jwk)
}

// jwkPoint reads the public part of a JWK. Members that it does not know are ignored (RFC 7517 s.4), those that would
// restrict the key's use otherwise are not.
func jwkPoint(jwk map[string]any) (PublicKey, error) {
	var algorithm Algorithm
	var key []byte
	switch {
	case jwk["kty"] == "EC" && jwk["crv"] == "P-256":
		x, err := jwkBytes(jwk, "x")
		if err != nil {
			return PublicKey{}, err
		}
		y, err := jwkBytes(jwk, "y")
		if err != nil {
			return PublicKey{}, err
		}
		algorithm, key = ES256, append(append([]byte{4}, x...), y...)
	case jwk["kty"] == "OKP" && jwk["crv"] == "Ed25519":
		x, err := jwkBytes(jwk, "x")
		if err != nil {
			return PublicKey{}, err
		}
		algorithm, key = EdDSA, x
	default:
		return PublicKey{}, fmt.Errorf("%w: neither EC with P-256 nor OKP with Ed25519", ErrKey)
	}
	// RFC 9864 has a name of its own for Ed25519, which some libraries put into a JWK.
	if alg, given := jwk["alg"]; given && alg != string(algorithm) && (alg != "Ed25519" || algorithm != EdDSA) {
		return PublicKey{}, fmt.Errorf("%w: the JWK's alg is not %s", ErrAlgorithm, algorithm)
	}
	if use, given := jwk["use"]; given && use != "sig" {
		return PublicKey{}, fmt.Errorf("%w: the JWK is not for signatures", ErrKey)
	}
	return NewPublicKey(algorithm, key)
}

// jwkBytes reads a member of 32 bytes, in full: leading zeros are not left out (RFC 7518 s.6.2.1.2).
func jwkBytes(jwk map[string]any, name string) ([]byte, error) {
	text, ok := jwk[name].(string)
	if !ok {
		return nil, fmt.Errorf("%w: no %q", ErrKey, name)
	}
	data, err := hash64(text)
	if err != nil {
		return nil, fmt.Errorf("%w: %q: %w", ErrKey, name, err)
	}
	return data[:], nil
}

// PrivateKey signs.
type PrivateKey struct {
	public  PublicKey
	ecdsa   *ecdsa.PrivateKey
	ed25519 ed25519.PrivateKey
}

// Format keeps a private key out of every log line and error message, whatever the verb.
func (PrivateKey) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "PrivateKey(redacted)") }

// GenerateKey draws a key from the operating system.
func GenerateKey(algorithm Algorithm) (PrivateKey, error) {
	var seed [32]byte
	_, _ = rand.Read(seed[:]) // never fails, see the doc of crypto/rand.Read
	switch algorithm {
	case ES256:
		// Of 2^256 seeds, about 2^224 are not below the curve's order: draw again.
		key, err := newPrivateKey(algorithm, seed[:])
		for err != nil {
			_, _ = rand.Read(seed[:])
			key, err = newPrivateKey(algorithm, seed[:])
		}
		return key, nil
	case EdDSA:
		return newPrivateKey(algorithm, seed[:])
	default:
		return PrivateKey{}, fmt.Errorf("%w: a key is for ES256 or EdDSA", ErrAlgorithm)
	}
}

func newPrivateKey(algorithm Algorithm, secret []byte) (key PrivateKey, err error) {
	var public []byte
	if algorithm == EdDSA {
		key.ed25519 = ed25519.NewKeyFromSeed(secret)
		public = key.ed25519[ed25519.SeedSize:]
	} else {
		if key.ecdsa, err = ecdsa.ParseRawPrivateKey(elliptic.P256(), secret); err != nil {
			return PrivateKey{}, fmt.Errorf("%w: not a private key of P-256", ErrKey)
		}
		if public, err = key.ecdsa.PublicKey.Bytes(); err != nil {
			return PrivateKey{}, fmt.Errorf("%w: not a private key of P-256", ErrKey)
		}
	}
	key.public, err = NewPublicKey(algorithm, public)
	return key, err
}

// ParsePrivateJWK reads a private key and checks that its public part belongs to it.
func ParsePrivateJWK(data []byte) (PrivateKey, error) {
	if len(data) > maxHeaderBytes {
		return PrivateKey{}, fmt.Errorf("%w: a JWK has at most %d bytes", ErrTooLarge, maxHeaderBytes)
	}
	jwk, err := parseObject(data)
	if err != nil {
		return PrivateKey{}, err
	}
	public, err := jwkPoint(jwk)
	if err != nil {
		return PrivateKey{}, err
	}
	secret, err := jwkBytes(jwk, "d")
	if err != nil {
		return PrivateKey{}, err
	}
	key, err := newPrivateKey(public.algorithm, secret)
	if err != nil {
		return PrivateKey{}, err
	}
	if key.public != public {
		return PrivateKey{}, fmt.Errorf("%w: the public part is of another key", ErrKey)
	}
	return key, nil
}

// Public part of the key.
func (k PrivateKey) Public() PublicKey { return k.public }

// JWK returns the key with its private part.
func (k PrivateKey) JWK() (map[string]any, error) {
	var secret []byte
	switch k.public.algorithm {
	case ES256:
		var err error
		if secret, err = k.ecdsa.Bytes(); err != nil {
			return nil, fmt.Errorf("%w: not a private key of P-256", ErrKey)
		}
	case EdDSA:
		secret = k.ed25519.Seed()
	default:
		return nil, fmt.Errorf("%w: no key", ErrKey)
	}
	jwk := k.public.JWK()
	jwk["d"] = encode64(secret)
	return jwk, nil
}

func (k PrivateKey) sign(message []byte) ([]byte, error) {
	switch k.public.algorithm {
	case ES256:
		digest := sha256.Sum256(message)
		r, s, err := ecdsa.Sign(rand.Reader, k.ecdsa, digest[:])
		if err != nil {
			return nil, fmt.Errorf("%w: signing: %w", ErrKey, err)
		}
		signature := make([]byte, signatureBytes)
		r.FillBytes(signature[:32])
		s.FillBytes(signature[32:])
		return signature, nil
	case EdDSA:
		return ed25519.Sign(k.ed25519, message), nil
	default:
		return nil, fmt.Errorf("%w: no key", ErrKey)
	}
}
