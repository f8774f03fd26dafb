package credential

import (
	"context"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/merkle"
)

// Report is what a verifier learns of a credential of an attestation. Integrity holds, or there is no report but an
// error; the other three answers are facts for the verifier to judge, and Good is the strictest judgement.
type Report struct {
	Integrity Integrity `json:"integrity"`
	Issuer    Issuer    `json:"issuer"`
	Status    StatusNow `json:"status"`
	Freshness Freshness `json:"freshness"`
}

// Integrity says what was shown, and what it is bound to.
type Integrity struct {
	Type        string          `json:"type"` // the header's typ
	Attestation commitment.Hash `json:"attestation"`
	Schema      commitment.Hash `json:"schema"`
	SchemaName  string          `json:"schema_name"`
	Subject     commitment.Hash `json:"subject"` // pseudonym that the chain has it under
	Commitment  commitment.Hash `json:"commitment"`
	Fields      []Field         `json:"fields"` // disclosed, in the order of the schema
	Hidden      int             `json:"hidden"` // fields of the schema that were not shown or have no value
	// HolderBound: the holder signed for this verifier, this request, at BoundAt by its own clock.
	HolderBound bool      `json:"holder_bound"`
	BoundAt     time.Time `json:"bound_at,omitzero"`

	leaves [][32]byte // of the whole record
}

// Disclosure imports what was shown into the format of docs/commitment-format.md, with Merkle paths in place of the
// leaves, so that it can go into a proof bundle. Something must have been shown.
func (i Integrity) Disclosure() (commitment.Disclosure, error) {
	if len(i.Fields) == 0 {
		return commitment.Disclosure{}, fmt.Errorf("%w: no field was shown", ErrDisclosure)
	}
	out := commitment.Disclosure{SchemaID: i.Schema, Size: len(i.leaves)}
	for _, field := range i.Fields {
		disclosed := commitment.DisclosedField{
			Index: field.Index, Name: field.Name, Kind: field.Kind, Present: true, Value: field.Value, Salt: field.Salt,
			Path: []commitment.Hash{},
		}
		for _, sibling := range merkle.InclusionPath(i.leaves, uint64(field.Index)) {
			disclosed.Path = append(disclosed.Path, sibling)
		}
		out.Fields = append(out.Fields, disclosed)
	}
	return out, nil
}

// Field is one disclosed field.
type Field struct {
	Index int             `json:"index"`
	Name  string          `json:"name"`
	Kind  commitment.Kind `json:"kind"`
	Value string          `json:"value"` // canonical text
	Salt  commitment.Hash `json:"salt"`
}

// Issuer says who stated it and whether it still may.
type Issuer struct {
	Address      string    `json:"address"`
	Standing     Standing  `json:"standing"`
	Since        time.Time `json:"since,omitzero"` // of a standing that is not good
	Algorithm    Algorithm `json:"algorithm"`
	KeyID        string    `json:"kid"`
	KeyRetiredAt time.Time `json:"key_retired_at,omitzero"`
	SignedAt     time.Time `json:"signed_at"` // by the issuer's clock
}

// StatusNow says whether it still holds.
type StatusNow struct {
	Status       Status          `json:"status"`
	Since        time.Time       `json:"since,omitzero"`
	Reason       string          `json:"reason,omitempty"`
	SupersededBy commitment.Hash `json:"superseded_by,omitzero"`
	Validity     Validity        `json:"validity"`
}

// Freshness says of which block issuer and status are true.
type Freshness struct {
	Chain  string    `json:"chain"`
	Height int64     `json:"height"`
	Time   time.Time `json:"time"`
}

// Good tells whether the attestation is active, within its validity and of an issuer in good standing.
func (r *Report) Good() bool {
	return r.Status.Status == Active && r.Status.Validity == ValidityCurrent && r.Issuer.Standing == StandingGood
}

// VerifyAttestation checks a presentation of an attestation against the chain. The policy's type, TypeSDJWTVC or
// TypeW3C, says of which profile; see TypeOf.
func VerifyAttestation(ctx context.Context, presentation string, chain ChainView, policy Policy) (*Report, error) {
	profile, ok := profiles[policy.Type]
	if !ok {
		return nil, fmt.Errorf("%w: an attestation comes as %q or %q", ErrType, TypeSDJWTVC, TypeW3C)
	}
	v := attestationVerifier{ctx: ctx, chain: chain, profile: profile, policy: policy}
	verified, err := Verify(presentation, v.key, policy)
	if err != nil {
		return nil, err
	}
	return v.report(verified)
}

// TypeOf reads the typ of a credential or presentation without verifying anything.
func TypeOf(credential string) (string, error) {
	t, err := parseToken(credential)
	if err != nil {
		return "", err
	}
	typ, ok := t.issued.header["typ"].(string)
	if _, known := profiles[typ]; !ok || !known {
		return "", fmt.Errorf("%w: neither %q nor %q", ErrType, TypeSDJWTVC, TypeW3C)
	}
	return typ, nil
}

type attestationVerifier struct {
	ctx      context.Context
	chain    ChainView
	profile  profile
	policy   Policy
	issuer   string
	chainKey ChainKey
}

// key looks the issuer's key up on the chain, by the issuer and kid that the credential claims. The chain has the key
// under that issuer, so that a right signature proves the claim.
func (v *attestationVerifier) key(header, claims map[string]any) (PublicKey, error) {
	var err error
	if v.issuer, err = parseIssuer(v.chain.ChainID(), claims[v.profile.issuer]); err != nil {
		return PublicKey{}, err
	}
	kid, ok := header["kid"].(string)
	if !ok {
		return PublicKey{}, fmt.Errorf("%w: header has no kid", ErrClaim)
	}
	thumbprint, err := hash64(kid)
	if err != nil {
		return PublicKey{}, fmt.Errorf("kid: %w", err)
	}
	if v.chainKey, err = v.chain.Key(v.ctx, v.issuer, thumbprint); err != nil {
		return PublicKey{}, fmt.Errorf("key of the issuer: %w", err)
	}
	if v.chainKey.Key.Thumbprint() != thumbprint {
		return PublicKey{}, fmt.Errorf("%w: the key under this kid has another thumbprint", ErrChain)
	}
	return v.chainKey.Key, nil
}

// tie is the `creditd` claim.
type tie struct {
	attestation, schema [32]byte
	leaves              [][32]byte
}

func (v *attestationVerifier) report(verified *Verified) (*Report, error) {
	tie, err := parseTie(v.chain.ChainID(), verified.Claims[claimChain])
	if err != nil {
		return nil, err
	}
	if err := v.profile.check(verified.Claims, v.chain.ChainID(), tie, v.policy); err != nil {
		return nil, err
	}
	signedAt, given, err := seconds(verified.Claims, "iat")
	if err != nil || !given {
		return nil, fmt.Errorf("%w: no iat", ErrClaim)
	}
	if retired := v.chainKey.RetiredAt; !retired.IsZero() && signedAt.After(retired) {
		return nil, fmt.Errorf("%w: retired %s", ErrKeyRetired, retired.UTC().Format(time.RFC3339))
	}
	on, err := v.chain.Attestation(v.ctx, tie.attestation)
	if err != nil {
		return nil, fmt.Errorf("attestation: %w", err)
	}
	if on.Issuer != v.issuer || on.Schema != tie.schema {
		return nil, fmt.Errorf("%w: its attestation has another issuer or schema", ErrChain)
	}
	schema, err := v.chain.Schema(v.ctx, tie.schema)
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	if err := schema.validate(); err != nil || schema.Layout.SchemaID != tie.schema {
		return nil, fmt.Errorf("%w: the schema that the chain answered is not one, or another", ErrChain)
	}
	fields, err := tie.open(schema, on.Commitment, v.profile.record(verified.Claims), verified.Disclosures, v.profile.path)
	if err != nil {
		return nil, err
	}
	return &Report{
		Integrity: Integrity{
			Type: v.profile.typ, Attestation: tie.attestation, Schema: tie.schema, SchemaName: schema.Name,
			Subject: on.Subject, Commitment: on.Commitment, Fields: fields, Hidden: len(tie.leaves) - len(fields),
			HolderBound: verified.Bound, BoundAt: verified.BoundAt, leaves: tie.leaves,
		},
		Issuer: Issuer{
			Address: v.issuer, Standing: on.Standing, Since: on.StandingSince, Algorithm: verified.Key.Algorithm(),
			KeyID: verified.Key.KeyID(), KeyRetiredAt: v.chainKey.RetiredAt, SignedAt: signedAt,
		},
		Status: StatusNow{
			Status: on.Status, Since: on.StatusSince, Reason: on.Reason, SupersededBy: on.SupersededBy,
			Validity: on.validity(),
		},
		Freshness: Freshness{Chain: v.chain.ChainID(), Height: on.Height, Time: on.Time},
	}, nil
}

// parseTie reads the `creditd` claim: these members, all of them and no others.
func parseTie(chain string, value any) (tie, error) {
	claim, ok := value.(map[string]any)
	if !ok || len(claim) != 5 {
		return tie{}, fmt.Errorf("%w: %q is no object of 5 members", ErrClaim, claimChain)
	}
	if claim["chain"] != chain {
		return tie{}, fmt.Errorf("%w: it is of another chain than %q", ErrChain, chain)
	}
	var out tie
	for name, into := range map[string]*[32]byte{"attestation": &out.attestation, "schema": &out.schema} {
		text, ok := claim[name].(string)
		id, err := hex.DecodeString(text)
		if !ok || err != nil || hex.EncodeToString(id) != text || copy(into[:], id) != len(into) || len(id) != len(into) {
			return tie{}, fmt.Errorf("%w: %q is not 64 lower-case hexadecimal digits", ErrClaim, name)
		}
	}
	leaves, ok := claim["leaves"].([]any)
	if !ok || len(leaves) == 0 || len(leaves) > commitment.MaxFields || claim["size"] != int64(len(leaves)) {
		return tie{}, fmt.Errorf("%w: leaves are 1 to %d, as many as size says", ErrClaim, commitment.MaxFields)
	}
	for i, value := range leaves {
		text, ok := value.(string)
		leaf, err := hash64(text)
		if !ok || err != nil {
			return tie{}, fmt.Errorf("%w: leaf %d is not base64url of 32 bytes", ErrClaim, i)
		}
		out.leaves = append(out.leaves, leaf)
	}
	return out, nil
}

// open checks the leaves against the commitment and each disclosed field against its leaf.
func (t tie) open(schema Schema, want [32]byte, record map[string]any, disclosures []Disclosure, path []string) ([]Field, error) {
	if want == ([32]byte{}) {
		return nil, fmt.Errorf("%w: the chain's view has no commitment: an anchored attestation needs a proof of its statement", ErrCommitment)
	}
	if len(t.leaves) != len(schema.Layout.Fields) {
		return nil, fmt.Errorf("%w: %d leaves, the schema has %d fields", ErrCommitment, len(t.leaves), len(schema.Layout.Fields))
	}
	got, err := commitment.FromLeaves(t.schema, t.leaves)
	if err != nil || got != want {
		return nil, fmt.Errorf("%w: the leaves give another one", ErrCommitment)
	}
	for i, disclosure := range disclosures {
		if !inRecord(disclosure, path) || schema.index(disclosure.Name) < 0 {
			return nil, fmt.Errorf("%w: disclosure %d is of no field of the schema", ErrDisclosure, i)
		}
	}
	if len(record) != len(disclosures) {
		return nil, fmt.Errorf("%w: %q has what was not disclosed", ErrClaim, claimRecord)
	}
	fields := make([]Field, 0, len(disclosures))
	for i, field := range schema.Layout.Fields {
		for _, disclosure := range disclosures {
			if disclosure.Name != field.Name {
				continue
			}
			opened, err := t.field(schema, i, disclosure)
			if err != nil {
				return nil, fmt.Errorf("field %q: %w", field.Name, err)
			}
			fields = append(fields, opened)
		}
	}
	return fields, nil
}

// inRecord tells whether the disclosure belongs directly into the record at path.
func inRecord(disclosure Disclosure, path []string) bool {
	return len(disclosure.Path) == len(path)+1 && slices.Equal(disclosure.Path[:len(path)], path)
}

func (t tie) field(schema Schema, index int, disclosure Disclosure) (Field, error) {
	field := schema.Layout.Fields[index]
	if !schema.Disclosable[index] {
		return Field{}, fmt.Errorf("%w: the schema has it not disclosable", ErrDisclosure)
	}
	salt, err := hash64(disclosure.Salt)
	if err != nil {
		return Field{}, fmt.Errorf("salt: %w", err)
	}
	text, err := canonicalText(field.Kind, disclosure.Value)
	if err != nil {
		return Field{}, err
	}
	if commitment.LeafHash(index, field, salt, text, true) != t.leaves[index] {
		return Field{}, fmt.Errorf("%w: salt, name and value give another leaf", ErrCommitment)
	}
	return Field{Index: index, Name: field.Name, Kind: field.Kind, Value: text, Salt: salt}, nil
}
