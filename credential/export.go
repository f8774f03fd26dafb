package credential

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// Members of a payload that carry an attestation.
const (
	claimChain  = "creditd" // what ties the credential to the chain
	claimRecord = "record"  // the disclosed fields
	// claimStatusList is a status mechanism of its own: `status_list` is the IETF's, with its bits in another order and
	// another compression.
	claimStatusList = "bitstring_status_list"
)

// Export is an attestation that its issuer hands to the holder as a credential.
type Export struct {
	ChainID     string
	Issuer      string // account address of the attestation's issuer
	Attestation [32]byte
	Schema      Schema
	Record      commitment.Record
	Seed        commitment.Seed

	ValidFrom time.Time // of the attestation; zero for none
	ExpiresAt time.Time // of the attestation; zero for none
	IssuedAt  time.Time // now

	Holder     PublicKey // that the credential is bound to; zero: whoever has it can show it
	StatusList string    // URL of the status list credential; empty for the list's URN
}

// SDJWTVC issues the attestation as an SD-JWT VC.
func (e Export) SDJWTVC(key PrivateKey) (string, error) {
	leaves, digests, disclosures, err := e.open()
	if err != nil {
		return "", err
	}
	list, index := e.status()
	payload := map[string]any{
		"iss": issuerURN(e.ChainID, e.Issuer),
		"iat": e.IssuedAt.Unix(),
		"vct": schemaURN(e.Schema.Layout.SchemaID),
		"status": map[string]any{
			claimStatusList: map[string]any{"uri": list, "idx": index, "size": statusBits, "purpose": statusPurpose},
		},
		claimAlgorithm: sha256Name,
		claimChain:     leaves,
		claimRecord:    map[string]any{claimDigests: digests},
	}
	e.common(payload)
	if !e.ValidFrom.IsZero() {
		payload["nbf"] = e.ValidFrom.Unix()
	}
	return Issue(TypeSDJWTVC, payload, disclosures, key)
}

// W3C issues the attestation as a W3C Verifiable Credential 2.0, secured with SD-JWT.
func (e Export) W3C(key PrivateKey) (string, error) {
	leaves, digests, disclosures, err := e.open()
	if err != nil {
		return "", err
	}
	payload := map[string]any{
		"@context":         []any{contextV2, contextUndefined},
		"id":               attestationURN(e.ChainID, e.Attestation),
		"type":             []any{typeVC, typeAttestation},
		"issuer":           issuerURN(e.ChainID, e.Issuer),
		"credentialSchema": map[string]any{"id": schemaURN(e.Schema.Layout.SchemaID), "type": typeSchema},
		"credentialStatus": e.statusEntry(),
		"credentialSubject": map[string]any{
			claimRecord: map[string]any{claimDigests: digests},
		},
		"iat":          e.IssuedAt.Unix(),
		claimAlgorithm: sha256Name,
		claimChain:     leaves,
	}
	e.common(payload)
	if !e.ValidFrom.IsZero() {
		payload["validFrom"] = e.ValidFrom.UTC().Format(time.RFC3339)
	}
	if !e.ExpiresAt.IsZero() {
		payload["validUntil"] = e.ExpiresAt.UTC().Format(time.RFC3339)
	}
	return Issue(TypeW3C, payload, disclosures, key)
}

func (e Export) common(payload map[string]any) {
	if !e.ExpiresAt.IsZero() {
		payload["exp"] = e.ExpiresAt.Unix()
	}
	if !e.Holder.IsZero() {
		payload["cnf"] = map[string]any{"jwk": e.Holder.JWK()}
	}
}

func (e Export) status() (list string, index uint32) {
	container, index := place(e.Attestation)
	if list = e.StatusList; list == "" {
		list = StatusListURN(e.ChainID, container)
	}
	return list, index
}

// open returns what ties the credential to the chain, and a disclosure for each field that is disclosable and present.
// The salt of a disclosure is that of the commitment's leaf, so that the disclosed value is bound to the chain as well
// as to the signature.
func (e Export) open() (claim map[string]any, digests []any, disclosures []Disclosure, err error) {
	if e.ChainID == "" || e.Issuer == "" || e.IssuedAt.IsZero() {
		return nil, nil, nil, fmt.Errorf("%w: it needs a chain, an issuer and a time", ErrExport)
	}
	if err := e.Schema.validate(); err != nil {
		return nil, nil, nil, fmt.Errorf("%w: schema: %w", ErrExport, err)
	}
	openings, err := commitment.Openings(e.Schema.Layout, e.Record, e.Seed)
	if err != nil {
		return nil, nil, nil, fmt.Errorf("%w: record: %w", ErrExport, err)
	}
	decoys := 0
	leaves := make([]any, len(openings))
	for i, field := range e.Schema.Layout.Fields {
		leaves[i] = encode64(openings[i].Leaf[:])
		text, present := e.Record[field.Name]
		if !e.Schema.Disclosable[i] {
			continue
		}
		if !present { // so that the number of digests does not tell how many fields have a value
			decoys++
			continue
		}
		disclosure, err := NewDisclosure(openings[i].Salt[:], field.Name, jsonValue(field.Kind, text))
		if err != nil {
			return nil, nil, nil, fmt.Errorf("%w: field %q: %w", ErrExport, field.Name, err)
		}
		disclosures = append(disclosures, disclosure)
	}
	return map[string]any{
		"chain":       e.ChainID,
		"attestation": hex.EncodeToString(e.Attestation[:]),
		"schema":      hex.EncodeToString(e.Schema.Layout.SchemaID[:]),
		"size":        len(leaves),
		"leaves":      leaves,
	}, Digests(disclosures, decoys), disclosures, nil
}

// jsonValue gives a canonical text its JSON type: an integer or amount is a number within ±(2^53-1) and the text beyond,
// where JSON readers round; a boolean is a boolean; everything else is the text.
func jsonValue(kind commitment.Kind, text string) any {
	switch kind {
	case commitment.Integer, commitment.Amount:
		if n, err := strconv.ParseInt(text, 10, 64); err == nil && n <= maxSafeInteger && n >= -maxSafeInteger {
			return n
		}
	case commitment.Boolean:
		return text == "true"
	}
	return text
}

// canonicalText is the inverse of jsonValue. A value of the wrong JSON type is refused, so that one field has one
// disclosure.
func canonicalText(kind commitment.Kind, value any) (string, error) {
	var text string
	switch value := value.(type) {
	case int64:
		text = strconv.FormatInt(value, 10)
	case bool:
		text = strconv.FormatBool(value)
	case string:
		text = value
	default:
		return "", fmt.Errorf("%w: a field is a string, a number or a boolean", ErrClaim)
	}
	if err := commitment.Canonical(kind, text); err != nil {
		return "", fmt.Errorf("%w: %w", ErrClaim, err)
	}
	if jsonValue(kind, text) != value {
		return "", fmt.Errorf("%w: not the JSON type of kind %s", ErrClaim, kind)
	}
	return text, nil
}
