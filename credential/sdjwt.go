package credential

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
)

// Sizes, all checked before the bytes are looked at. The largest credential of a schema, 64 strings of 1,024 bytes of
// which each is written as an escape, stays below MaxBytes.
const (
	MaxBytes       = 768 << 10 // of a credential or presentation
	MaxDisclosures = 256       // in one

	maxJWTBytes        = 128 << 10
	maxHeaderBytes     = 4 << 10
	maxBindingBytes    = 8 << 10
	maxDisclosureBytes = 16 << 10
	// maxNesting is how deep disclosures within disclosures may go, all told.
	maxNesting = 2 * maxDepth
)

// Claims that RFC 9901 s.4 gives a meaning to.
const (
	claimDigests   = "_sd"
	claimAlgorithm = "_sd_alg"
	claimElement   = "..."

	sha256Name = "sha-256"
)

// jwt is a JWS in compact form (RFC 7515 s.7.1) of which nothing has been verified.
type jwt struct {
	header, payload map[string]any
	signed          string // what the signature is over
	signature       []byte
}

func parseJWT(text string, limit int) (jwt, error) {
	if len(text) > limit {
		return jwt{}, fmt.Errorf("%w: a JWT here has at most %d bytes, not %d", ErrTooLarge, limit, len(text))
	}
	parts := strings.Split(text, ".")
	if len(parts) != 3 {
		return jwt{}, fmt.Errorf("%w: a JWT has 3 parts, not %d", ErrMalformed, len(parts))
	}
	if len(parts[0]) > maxHeaderBytes {
		return jwt{}, fmt.Errorf("%w: a header has at most %d bytes", ErrTooLarge, maxHeaderBytes)
	}
	out := jwt{signed: text[:len(parts[0])+1+len(parts[1])]}
	var err error
	if out.header, err = decodeObject(parts[0]); err != nil {
		return jwt{}, fmt.Errorf("header: %w", err)
	}
	if out.payload, err = decodeObject(parts[1]); err != nil {
		return jwt{}, fmt.Errorf("payload: %w", err)
	}
	if out.signature, err = decode64(parts[2]); err != nil {
		return jwt{}, fmt.Errorf("signature: %w", err)
	}
	return out, nil
}

func decodeObject(text string) (map[string]any, error) {
	data, err := decode64(text)
	if err != nil {
		return nil, err
	}
	return parseObject(data)
}

// check verifies the signature under the rules that hold for every JWT here. No key is ever taken from the header: its
// jwk, x5c and the like are not looked at, and what would have to be understood (crit, RFC 7515 s.4.1.11) is refused.
func (j jwt) check(typ string, key PublicKey) error {
	if _, given := j.header["crit"]; given {
		return fmt.Errorf("%w: header has crit", ErrClaim)
	}
	if j.header["typ"] != typ {
		return fmt.Errorf("%w: not %q", ErrType, typ)
	}
	if j.header["alg"] != string(key.algorithm) || key.IsZero() {
		return fmt.Errorf("%w: the header's alg is not that of the key, %q", ErrAlgorithm, key.algorithm)
	}
	return key.verify([]byte(j.signed), j.signature)
}

// token is an SD-JWT or SD-JWT+KB (RFC 9901 s.4) of which nothing has been verified.
type token struct {
	issued      jwt
	disclosures []Disclosure
	presented   string // what the holder's sd_hash is over: all up to and with the last ~
	binding     string // the KB-JWT, empty for an SD-JWT
}

func parseToken(text string) (token, error) {
	if len(text) > MaxBytes {
		return token{}, fmt.Errorf("%w: a credential has at most %d bytes, not %d", ErrTooLarge, MaxBytes, len(text))
	}
	if n := strings.Count(text, "~"); n == 0 || n > MaxDisclosures+1 {
		return token{}, fmt.Errorf("%w: a credential has 1 to %d tildes, not %d", ErrMalformed, MaxDisclosures+1, n)
	}
	last := strings.LastIndexByte(text, '~') + 1
	out := token{presented: text[:last], binding: text[last:]}
	parts := strings.Split(text[:last-1], "~")
	var err error
	if out.issued, err = parseJWT(parts[0], maxJWTBytes); err != nil {
		return token{}, err
	}
	for i, part := range parts[1:] {
		disclosure, err := parseDisclosure(part)
		if err != nil {
			return token{}, fmt.Errorf("disclosure %d: %w", i, err)
		}
		out.disclosures = append(out.disclosures, disclosure)
	}
	return out, nil
}

// Disclosure opens one claim or array element of an SD-JWT (RFC 9901 s.4.2).
type Disclosure struct {
	Salt  string
	Name  string // empty for an array element
	Value any
	// Path to where it belongs, from the top of the payload; the last part of an array element is "[]". Verify and
	// Present set it.
	Path []string

	element bool
	encoded string
	digest  string
}

// NewDisclosure makes the disclosure of a claim. What it says is fixed by its encoding, so it is made once.
func NewDisclosure(salt []byte, name string, value any) (Disclosure, error) {
	if len(salt) < 16 { // RFC 9901 s.9.3
		return Disclosure{}, fmt.Errorf("%w: a salt has at least 16 bytes, not %d", ErrExport, len(salt))
	}
	text, err := encodeJSON([]any{encode64(salt), name, value})
	if err != nil {
		return Disclosure{}, err
	}
	return parseDisclosure(encode64(text))
}

func parseDisclosure(text string) (Disclosure, error) {
	if len(text) > maxDisclosureBytes {
		return Disclosure{}, fmt.Errorf("%w: at most %d bytes, not %d", ErrTooLarge, maxDisclosureBytes, len(text))
	}
	data, err := decode64(text)
	if err != nil {
		return Disclosure{}, err
	}
	value, err := parseJSON(data)
	if err != nil {
		return Disclosure{}, err
	}
	parts, ok := value.([]any)
	if !ok || len(parts) != 2 && len(parts) != 3 {
		return Disclosure{}, fmt.Errorf("%w: not an array of 2 or 3", ErrMalformed)
	}
	digest := sha256.Sum256([]byte(text))
	out := Disclosure{Value: parts[len(parts)-1], element: len(parts) == 2, encoded: text, digest: encode64(digest[:])}
	if out.Salt, ok = parts[0].(string); !ok {
		return Disclosure{}, fmt.Errorf("%w: the salt is no string", ErrMalformed)
	}
	if out.element {
		return out, nil
	}
	if out.Name, ok = parts[1].(string); !ok {
		return Disclosure{}, fmt.Errorf("%w: the name is no string", ErrMalformed)
	}
	if out.Name == claimDigests || out.Name == claimElement || out.Name == claimAlgorithm {
		return Disclosure{}, fmt.Errorf("%w: a name that SD-JWT keeps for itself", ErrDisclosure)
	}
	return out, nil
}

// resolve puts the disclosures where their digests are and takes the digests out (RFC 9901 s.7.1 step 3). It uses up
// the token's payload and gives the disclosures their paths.
func (t *token) resolve() (map[string]any, error) {
	payload := t.issued.payload
	if algorithm, given := payload[claimAlgorithm]; given && algorithm != sha256Name {
		return nil, fmt.Errorf("%w: %s is not sha-256", ErrAlgorithm, claimAlgorithm)
	}
	delete(payload, claimAlgorithm)
	r := resolver{byDigest: map[string]*Disclosure{}, seen: map[string]bool{}}
	for i := range t.disclosures {
		disclosure := &t.disclosures[i]
		if r.byDigest[disclosure.digest] != nil {
			return nil, fmt.Errorf("%w: disclosure %d is there twice", ErrDisclosure, i)
		}
		r.byDigest[disclosure.digest] = disclosure
	}
	if err := r.object(payload, nil); err != nil {
		return nil, err
	}
	for i := range t.disclosures {
		if t.disclosures[i].Path == nil {
			return nil, fmt.Errorf("%w: disclosure %d belongs to no digest", ErrDisclosure, i)
		}
	}
	return payload, nil
}

type resolver struct {
	byDigest map[string]*Disclosure
	seen     map[string]bool // digests met, whether or not they are disclosed
}

// take returns the disclosure of a digest, nil if it is not disclosed or a decoy. A digest that stands twice is refused,
// disclosed or not: a claim would belong to two places.
func (r *resolver) take(digest any, path []string) (*Disclosure, error) {
	text, ok := digest.(string)
	if !ok {
		return nil, fmt.Errorf("%w: a digest is no string", ErrDisclosure)
	}
	if _, err := hash64(text); err != nil {
		return nil, fmt.Errorf("%w: a digest is not 32 bytes: %w", ErrDisclosure, err)
	}
	if r.seen[text] {
		return nil, fmt.Errorf("%w: a digest stands twice", ErrDisclosure)
	}
	r.seen[text] = true
	found := r.byDigest[text]
	if found != nil {
		name := found.Name
		if found.element {
			name = "[]"
		}
		found.Path = append(slices.Clone(path), name)
	}
	return found, nil
}

func (r *resolver) value(value any, path []string) (any, error) {
	switch value := value.(type) {
	case map[string]any:
		return value, r.object(value, path)
	case []any:
		return r.array(value, path)
	default:
		return value, nil
	}
}

func (r *resolver) object(object map[string]any, path []string) error {
	if len(path) > maxNesting {
		return fmt.Errorf("%w: nested too deep", ErrDisclosure)
	}
	digests, given := object[claimDigests].([]any)
	if _, there := object[claimDigests]; there && !given {
		return fmt.Errorf("%w: %s is no array", ErrDisclosure, claimDigests)
	}
	delete(object, claimDigests)
	for name, value := range object {
		if name == claimElement || name == claimAlgorithm {
			return fmt.Errorf("%w: %q where it has no meaning", ErrDisclosure, name)
		}
		resolved, err := r.value(value, append(slices.Clone(path), name))
		if err != nil {
			return err
		}
		object[name] = resolved
	}
	for _, digest := range digests {
		found, err := r.take(digest, path)
		if err != nil {
			return err
		}
		if found == nil {
			continue
		}
		if found.element {
			return fmt.Errorf("%w: an array element among claims", ErrDisclosure)
		}
		if _, there := object[found.Name]; there {
			return fmt.Errorf("%w: a claim of that name is there", ErrDisclosure)
		}
		if object[found.Name], err = r.value(found.Value, found.Path); err != nil {
			return err
		}
	}
	return nil
}

func (r *resolver) array(array []any, path []string) ([]any, error) {
	if len(path) > maxNesting {
		return nil, fmt.Errorf("%w: nested too deep", ErrDisclosure)
	}
	path = append(slices.Clone(path), "[]")
	kept := make([]any, 0, len(array))
	for _, value := range array {
		if object, ok := value.(map[string]any); ok && len(object) == 1 {
			if digest, hidden := object[claimElement]; hidden {
				found, err := r.take(digest, path[:len(path)-1])
				if err != nil {
					return nil, err
				}
				if found == nil {
					continue
				}
				if !found.element {
					return nil, fmt.Errorf("%w: a claim among array elements", ErrDisclosure)
				}
				value = found.Value
			}
		}
		resolved, err := r.value(value, path)
		if err != nil {
			return nil, err
		}
		kept = append(kept, resolved)
	}
	return kept, nil
}
