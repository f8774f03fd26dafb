package credential

import (
	"fmt"
	"strconv"
	"time"
)

// Terms of W3C VC 2.0 and Bitstring Status List 1.0.
const (
	contextV2 = "https://www.w3.org/ns/credentials/v2"
	// contextUndefined comes last where terms are used that no context defines (VC 2.0 s.5.2): `creditd`, `record`.
	contextUndefined = "https://www.w3.org/ns/credentials/undefined-terms/v2"

	typeVC          = "VerifiableCredential"
	typeAttestation = "CreditdAttestation"
	// typeSchema is not JsonSchema: that one describes a whole credential, and this one the record in it.
	typeSchema      = "CreditdSchema"
	typeStatusEntry = "BitstringStatusListEntry"
)

// profile is how a format carries an attestation.
type profile struct {
	typ    string
	issuer string   // claim with the issuer
	path   []string // to the record
	check  func(claims map[string]any, chain string, tie tie, policy Policy) error
}

var profiles = map[string]profile{
	TypeSDJWTVC: {typ: TypeSDJWTVC, issuer: "iss", path: []string{claimRecord}, check: checkSDJWTVC},
	TypeW3C:     {typ: TypeW3C, issuer: "issuer", path: []string{"credentialSubject", claimRecord}, check: checkW3C},
}

// record returns the object at the profile's path, nil if there is none.
func (p profile) record(claims map[string]any) map[string]any {
	for _, name := range p.path {
		claims, _ = claims[name].(map[string]any)
	}
	return claims
}

func checkSDJWTVC(claims map[string]any, _ string, tie tie, _ Policy) error {
	if claims["vct"] != schemaURN(tie.schema) {
		return fmt.Errorf("%w: vct is not its schema", ErrClaim)
	}
	status, _ := claims["status"].(map[string]any)
	entry, _ := status[claimStatusList].(map[string]any)
	if _, index := place(tie.attestation); entry["idx"] != int64(index) || entry["size"] != int64(statusBits) {
		return fmt.Errorf("%w: status is not its place in a list", ErrClaim)
	}
	return nil
}

// checkW3C is what of VC 2.0 s.4 and VC-JOSE-COSE is not said by the types alone.
func checkW3C(claims map[string]any, chain string, tie tie, policy Policy) error {
	for _, name := range []string{"vc", "vp"} { // VC-JOSE-COSE: a claim of VC 1.1, and confusing in 2.0
		if _, given := claims[name]; given {
			return fmt.Errorf("%w: %s", ErrClaim, name)
		}
	}
	contexts, _ := claims["@context"].([]any)
	if len(contexts) == 0 || contexts[0] != contextV2 {
		return fmt.Errorf("%w: @context does not begin with that of VC 2.0", ErrClaim)
	}
	types, _ := claims["type"].([]any)
	if !contains(types, typeVC) || !contains(types, typeAttestation) {
		return fmt.Errorf("%w: type lacks %s or %s", ErrClaim, typeVC, typeAttestation)
	}
	if claims["id"] != attestationURN(chain, tie.attestation) {
		return fmt.Errorf("%w: id is not its attestation", ErrClaim)
	}
	schema, _ := claims["credentialSchema"].(map[string]any)
	if schema["type"] != typeSchema || schema["id"] != schemaURN(tie.schema) {
		return fmt.Errorf("%w: credentialSchema is not its schema", ErrClaim)
	}
	entry, _ := claims["credentialStatus"].(map[string]any)
	_, index := place(tie.attestation)
	if entry["type"] != typeStatusEntry || entry["statusListIndex"] != strconv.FormatUint(uint64(index), 10) ||
		entry["statusSize"] != int64(statusBits) || entry["statusPurpose"] != statusPurpose {
		return fmt.Errorf("%w: credentialStatus is not its place in a list", ErrClaim)
	}
	return checkW3CTimes(claims, policy)
}

// checkW3CTimes is validFrom and validUntil (VC 2.0 s.4.9) by the verifier's clock.
func checkW3CTimes(claims map[string]any, policy Policy) error {
	from, given, err := dateTime(claims, "validFrom")
	if err != nil {
		return err
	}
	if given && policy.Now.Add(policy.Skew).Before(from) {
		return fmt.Errorf("%w: validFrom is in the future", ErrTime)
	}
	until, given, err := dateTime(claims, "validUntil")
	if err != nil {
		return err
	}
	if given && !policy.Now.Add(-policy.Skew).Before(until) {
		return fmt.Errorf("%w: validUntil has passed", ErrTime)
	}
	return nil
}

func dateTime(claims map[string]any, name string) (at time.Time, given bool, err error) {
	value, given := claims[name]
	if !given {
		return at, false, nil
	}
	text, ok := value.(string)
	if at, err = time.Parse(time.RFC3339, text); !ok || err != nil {
		return at, true, fmt.Errorf("%w: %s is no dateTimeStamp", ErrClaim, name)
	}
	return at, true, nil
}
