package credential

import (
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Issue signs a payload, which holds the digests of the disclosures in its `_sd` members (see Digests), and puts the
// disclosures behind it. The credential is checked as a verifier would before it is handed out.
func Issue(typ string, payload map[string]any, disclosures []Disclosure, key PrivateKey) (string, error) {
	header := map[string]any{"alg": string(key.public.algorithm), "typ": typ, "kid": key.public.KeyID()}
	issued, err := signJWT(header, payload, key)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	out.WriteString(issued + "~")
	for _, disclosure := range disclosures {
		out.WriteString(disclosure.encoded + "~")
	}
	if _, err := inspect(out.String()); err != nil {
		return "", fmt.Errorf("%w: %w", ErrExport, err)
	}
	return out.String(), nil
}

// Digests of the disclosures for an `_sd` member, among them decoys that nothing belongs to (RFC 9901 s.4.2.5), sorted so
// that their order says nothing.
func Digests(disclosures []Disclosure, decoys int) []any {
	digests := make([]string, 0, len(disclosures)+decoys)
	for _, disclosure := range disclosures {
		digests = append(digests, disclosure.digest)
	}
	for range decoys {
		var decoy [sha256.Size]byte
		_, _ = rand.Read(decoy[:]) // never fails, see the doc of crypto/rand.Read
		digests = append(digests, encode64(decoy[:]))
	}
	slices.Sort(digests)
	out := make([]any, len(digests))
	for i, digest := range digests {
		out[i] = digest
	}
	return out
}

func signJWT(header, payload map[string]any, key PrivateKey) (string, error) {
	head, err := encodeJSON(header)
	if err != nil {
		return "", err
	}
	body, err := encodeJSON(payload)
	if err != nil {
		return "", err
	}
	signed := encode64(head) + "." + encode64(body)
	signature, err := key.sign([]byte(signed))
	if err != nil {
		return "", err
	}
	return signed + "." + encode64(signature), nil
}

// Presentation says what a holder shows to whom.
type Presentation struct {
	// Keep says whether a disclosure is shown. All are offered, with their paths; one that is within another one is
	// shown only if that is, too.
	Keep func(Disclosure) bool
	// Holder signs for the audience and the nonce at the time; nil for a presentation without key binding.
	Holder          *PrivateKey
	Audience, Nonce string
	Now             time.Time
}

// Present makes a presentation from a credential as it was issued.
func Present(credential string, p Presentation) (string, error) {
	t, err := inspect(credential)
	if err != nil {
		return "", err
	}
	if t.binding != "" {
		return "", fmt.Errorf("%w: it is a presentation already", ErrKeyBinding)
	}
	var out strings.Builder
	issued, _, _ := strings.Cut(credential, "~")
	out.WriteString(issued + "~")
	for _, disclosure := range t.disclosures {
		if p.Keep(disclosure) {
			out.WriteString(disclosure.encoded + "~")
		}
	}
	if _, err := inspect(out.String()); err != nil {
		return "", err // a kept disclosure is within one that is not
	}
	if p.Holder == nil {
		return out.String(), nil
	}
	holder, err := holderKey(t.issued.payload)
	if err != nil {
		return "", err
	}
	if holder != p.Holder.public {
		return "", fmt.Errorf("%w: the credential is not bound to this holder's key", ErrKeyBinding)
	}
	if p.Audience == "" || p.Nonce == "" || p.Now.IsZero() {
		return "", fmt.Errorf("%w: it needs the verifier's name and nonce and a time", ErrKeyBinding)
	}
	// No kid: the key is in the credential's cnf, and a header that names it would be one more way to link.
	header := map[string]any{"alg": string(holder.algorithm), "typ": typeKeyBinding}
	binding, err := signJWT(header, map[string]any{
		"aud": p.Audience, "nonce": p.Nonce, "iat": p.Now.Unix(), "sd_hash": hashPresented(out.String()),
	}, *p.Holder)
	if err != nil {
		return "", err
	}
	return out.String() + binding, nil
}

// inspect parses and resolves without verifying anything.
func inspect(credential string) (token, error) {
	t, err := parseToken(credential)
	if err != nil {
		return token{}, err
	}
	payload, err := t.resolve()
	if err != nil {
		return token{}, err
	}
	t.issued.payload = payload
	return t, refuseHidden(t.disclosures)
}

// Fields keeps the named fields of an attestation's record, in either profile.
func Fields(names ...string) func(Disclosure) bool {
	return func(d Disclosure) bool {
		n := len(d.Path)
		return n >= 2 && d.Path[n-2] == claimRecord && slices.Contains(names, d.Name)
	}
}

// Disclosable lists the names of the fields that a credential of an attestation can disclose, as issued.
func Disclosable(credential string) ([]string, error) {
	t, err := inspect(credential)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(t.disclosures))
	for i, disclosure := range t.disclosures {
		names[i] = disclosure.Name
	}
	return names, nil
}
