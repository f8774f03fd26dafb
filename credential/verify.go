package credential

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"
)

// Media types in `typ`, without "application/" as RFC 7515 s.4.1.9 recommends.
const (
	TypeSDJWTVC    = "dc+sd-jwt" // SD-JWT VC
	TypeW3C        = "vc+sd-jwt" // W3C VC 2.0 secured with SD-JWT (VC-JOSE-COSE)
	TypeW3CJWT     = "vc+jwt"    // W3C VC 2.0 secured with JWT: status lists
	typeKeyBinding = "kb+jwt"
)

// Policy is what a verifier demands. There is no default: a policy without a type or a time accepts nothing.
type Policy struct {
	Type string    // the header's typ, exactly
	Now  time.Time // the verifier's clock
	Skew time.Duration
	// Binding says what the holder must have signed. When it is nil, a presentation with a key binding is refused: a
	// signature that nobody checks must not look as if somebody had.
	Binding *Binding
}

// Binding is what the verifier told the holder beforehand, and how old the holder's signature may be.
type Binding struct {
	Audience string // the verifier, as it calls itself
	Nonce    string // fresh for each request
	MaxAge   time.Duration
}

func (p Policy) validate() error {
	if p.Type == "" || p.Now.IsZero() || p.Skew < 0 {
		return fmt.Errorf("%w: a policy needs a type, a time and no negative skew", ErrClaim)
	}
	if b := p.Binding; b != nil && (b.Audience == "" || b.Nonce == "" || b.MaxAge <= 0) {
		return fmt.Errorf("%w: a policy of key binding needs an audience, a nonce and an age", ErrKeyBinding)
	}
	return nil
}

// KeySource finds the issuer's key from what the credential says of itself. Header and claims are not verified yet:
// they may be used to look a key up where the verifier trusts what is found, and for nothing else.
type KeySource func(header, claims map[string]any) (PublicKey, error)

// Verified is a presentation whose signature, disclosures, times and key binding hold.
type Verified struct {
	Header      map[string]any
	Claims      map[string]any // with the disclosed ones in their places
	Key         PublicKey      // of the issuer
	Disclosures []Disclosure
	Holder      PublicKey // that the credential is bound to; zero if to none
	// Bound says that the holder signed this presentation for the verifier; BoundAt is when, by the holder's clock.
	Bound   bool
	BoundAt time.Time
}

// Verify checks an SD-JWT, or an SD-JWT+KB if the policy asks for key binding, by RFC 9901 s.7. It gives no meaning to
// claims beyond iat, nbf, exp and cnf: VerifyAttestation does.
func Verify(presentation string, key KeySource, policy Policy) (*Verified, error) {
	if err := policy.validate(); err != nil {
		return nil, err
	}
	t, err := parseToken(presentation)
	if err != nil {
		return nil, err
	}
	if (policy.Binding != nil) != (t.binding != "") {
		return nil, fmt.Errorf("%w: wanted %t, present %t", ErrKeyBinding, policy.Binding != nil, t.binding != "")
	}
	out := &Verified{Header: t.issued.header}
	if out.Key, err = key(t.issued.header, t.issued.payload); err != nil {
		return nil, err
	}
	if err = t.issued.check(policy.Type, out.Key); err != nil {
		return nil, err
	}
	if out.Holder, err = holderKey(t.issued.payload); err != nil {
		return nil, err
	}
	if out.Claims, err = t.resolve(); err != nil {
		return nil, err
	}
	if err = refuseHidden(t.disclosures); err != nil {
		return nil, err
	}
	out.Disclosures = t.disclosures
	if err = checkTimes(out.Claims, policy); err != nil {
		return nil, err
	}
	if policy.Binding != nil {
		if out.BoundAt, err = t.checkBinding(out.Holder, policy); err != nil {
			return nil, err
		}
		out.Bound = true
	}
	return out, nil
}

// neverDisclosed are the claims that a holder must not be able to leave out: they say who issued what, for whom and
// until when (SD-JWT VC s.2.2.2.2, RFC 9901 s.9.7).
var neverDisclosed = []string{"iss", "aud", "nbf", "exp", "cnf", "vct", "vct#integrity", "status"}

func refuseHidden(disclosures []Disclosure) error {
	for i, disclosure := range disclosures {
		if len(disclosure.Path) == 1 && slices.Contains(neverDisclosed, disclosure.Name) {
			return fmt.Errorf("%w: disclosure %d is a claim that may not be selectively disclosable", ErrDisclosure, i)
		}
	}
	return nil
}

func holderKey(claims map[string]any) (PublicKey, error) {
	cnf, given := claims["cnf"]
	if !given {
		return PublicKey{}, nil
	}
	confirmation, _ := cnf.(map[string]any)
	jwk, ok := confirmation["jwk"].(map[string]any)
	if !ok {
		return PublicKey{}, fmt.Errorf("%w: cnf has no jwk", ErrClaim)
	}
	key, err := publicJWK(jwk)
	if err != nil {
		return PublicKey{}, fmt.Errorf("cnf: %w", err)
	}
	return key, nil
}

// seconds reads a NumericDate. RFC 7519 would have fractions too; no claim here needs one.
func seconds(claims map[string]any, name string) (at time.Time, given bool, err error) {
	value, given := claims[name]
	if !given {
		return at, false, nil
	}
	n, ok := value.(int64)
	if !ok || n < 0 {
		return at, true, fmt.Errorf("%w: %s is no time in seconds", ErrClaim, name)
	}
	return time.Unix(n, 0), true, nil
}

func checkTimes(claims map[string]any, policy Policy) error {
	for _, name := range []string{"iat", "nbf"} {
		at, given, err := seconds(claims, name)
		if err != nil {
			return err
		}
		if given && policy.Now.Add(policy.Skew).Before(at) {
			return fmt.Errorf("%w: %s is in the future", ErrTime, name)
		}
	}
	at, given, err := seconds(claims, "exp")
	if err != nil {
		return err
	}
	if given && !policy.Now.Add(-policy.Skew).Before(at) {
		return fmt.Errorf("%w: exp has passed", ErrTime)
	}
	return nil
}

// checkBinding is RFC 9901 s.7.3 step 5.
func (t *token) checkBinding(holder PublicKey, policy Policy) (time.Time, error) {
	var none time.Time
	if holder.IsZero() {
		return none, fmt.Errorf("%w: the credential is bound to no holder", ErrKeyBinding)
	}
	binding, err := parseJWT(t.binding, maxBindingBytes)
	if err != nil {
		return none, fmt.Errorf("%w: %w", ErrKeyBinding, err)
	}
	if err := binding.check(typeKeyBinding, holder); err != nil {
		return none, fmt.Errorf("%w: %w", ErrKeyBinding, err)
	}
	claims := binding.payload
	if claims["sd_hash"] != hashPresented(t.presented) {
		return none, fmt.Errorf("%w: sd_hash is of another presentation", ErrKeyBinding)
	}
	if claims["aud"] != policy.Binding.Audience {
		return none, fmt.Errorf("%w: aud is another verifier", ErrKeyBinding)
	}
	if claims["nonce"] != policy.Binding.Nonce {
		return none, fmt.Errorf("%w: nonce is of another request", ErrKeyBinding)
	}
	at, given, err := seconds(claims, "iat")
	if err != nil || !given {
		return none, fmt.Errorf("%w: no iat", ErrKeyBinding)
	}
	if err := checkTimes(claims, policy); err != nil {
		return none, fmt.Errorf("%w: %w", ErrKeyBinding, err)
	}
	if policy.Now.Sub(at) > policy.Binding.MaxAge+policy.Skew {
		return none, fmt.Errorf("%w: signed too long ago", ErrKeyBinding)
	}
	return at, nil
}

func hashPresented(presented string) string {
	hash := sha256.Sum256([]byte(presented))
	return encode64(hash[:])
}
