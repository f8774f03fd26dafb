package predicate

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/predicate"
)

const (
	savedFormat = "creditd/proof/v1"
	// MaxSavedBytes of a file with a proof.
	MaxSavedBytes = 1 << 16
)

// Saved is a proof with its statement, for who checks it without a chain. Ids, commitments and bytes are in hexadecimal.
type Saved struct {
	Format      string   `json:"format"`
	ChainID     string   `json:"chain_id"`
	Circuit     string   `json:"circuit"`
	Schema      string   `json:"schema"`
	OtherSchema string   `json:"other_schema,omitempty"`
	Subject     string   `json:"subject"`
	Commitments []string `json:"commitments,omitempty"`
	Root        string   `json:"root,omitempty"`
	IssuerRoot  string   `json:"issuer_root,omitempty"`
	Session     string   `json:"session,omitempty"`
	Nullifier   string   `json:"nullifier,omitempty"`
	Terms       Terms    `json:"terms"`
	Inquiry     string   `json:"inquiry"`
	Verifier    string   `json:"verifier"`
	Expiry      int64    `json:"expiry"` // seconds since 1970-01-01T00:00:00Z
	Setup       string   `json:"setup"`  // digest
	Proof       string   `json:"proof"`
}

// Terms as predicate.Terms, the members of a set as codes.
type Terms struct {
	Field    uint8    `json:"field"` // place among the circuit fields
	Tag      uint8    `json:"tag"`
	Lower    int64    `json:"lower,omitempty"`
	Upper    int64    `json:"upper,omitempty"`
	Other    uint8    `json:"other,omitempty"`
	OtherTag uint8    `json:"other_tag,omitempty"`
	P        uint32   `json:"p,omitempty"`
	Q        uint32   `json:"q,omitempty"`
	Members  []string `json:"members,omitempty"`
	Months   uint8    `json:"months,omitempty"`
	Level    uint8    `json:"level,omitempty"`
	AtMost   uint8    `json:"at_most,omitempty"`
	Reported uint8    `json:"reported,omitempty"`
	AtLeast  uint8    `json:"at_least,omitempty"`
}

// Save a proof of a statement. Members are the codes of its set.
func Save(s predicate.Statement, members []string, key *plonk.VerifyingKey, proof []byte) Saved {
	setup := key.Setup()
	t := s.Terms
	saved := Saved{
		Format: savedFormat, ChainID: s.ChainID, Circuit: s.Circuit.Name(), Schema: text(s.Schema), OtherSchema: text(s.Other),
		Subject: text(s.Subject), Root: text(s.Root), IssuerRoot: text(s.Issuers), Session: text(s.Session), Nullifier: text(s.Nullifier),
		Terms: Terms{
			Field: t.Field, Tag: uint8(t.Tag), Lower: t.Lower, Upper: t.Upper, Other: t.Other, OtherTag: uint8(t.OtherTag), P: t.P, Q: t.Q,
			Members: members, Months: t.Months, Level: t.Level, AtMost: t.AtMost, Reported: t.Reported, AtLeast: t.AtLeast,
		},
		Inquiry: hex.EncodeToString(s.Inquiry), Verifier: hex.EncodeToString(s.Verifier), Expiry: s.Expiry,
		Setup: hex.EncodeToString(setup[:]), Proof: hex.EncodeToString(proof),
	}
	for _, c := range s.Commitments {
		saved.Commitments = append(saved.Commitments, text(c))
	}
	return saved
}

// ParseSaved reads a file with a proof.
func ParseSaved(bz []byte) (Saved, error) {
	var s Saved
	if len(bz) > MaxSavedBytes {
		return s, fmt.Errorf("more than %d bytes: no file with a proof is so long", MaxSavedBytes)
	}
	if err := json.Unmarshal(bz, &s); err != nil || s.Format != savedFormat {
		return s, errors.New("not a file with a proof: `creditd privacy prove --save FILE` writes one")
	}
	return s, nil
}

// Statement of the file.
func (s Saved) Statement() (predicate.Statement, error) {
	var out predicate.Statement
	var err error
	if out.Circuit, err = predicate.ParseCircuit(s.Circuit); err != nil {
		return out, err
	}
	out.ChainID, out.Expiry = s.ChainID, s.Expiry
	for name, id := range map[string]struct {
		text string
		into *[32]byte
	}{
		"schema": {s.Schema, &out.Schema}, "other_schema": {s.OtherSchema, &out.Other}, "subject": {s.Subject, &out.Subject},
		"root": {s.Root, &out.Root}, "issuer_root": {s.IssuerRoot, &out.Issuers},
		"session": {s.Session, &out.Session}, "nullifier": {s.Nullifier, &out.Nullifier},
	} {
		if id.text == "" {
			continue
		}
		if *id.into, err = id32(id.text); err != nil {
			return out, fmt.Errorf("%s: %w", name, err)
		}
	}
	for i, c := range s.Commitments {
		commitment, err := id32(c)
		if err != nil {
			return out, fmt.Errorf("commitment %d: %w", i, err)
		}
		out.Commitments = append(out.Commitments, commitment)
	}
	inquiry, errInquiry := hex.DecodeString(s.Inquiry)
	verifier, errVerifier := hex.DecodeString(s.Verifier)
	if err := errors.Join(errInquiry, errVerifier); err != nil {
		return out, errors.New("inquiry and verifier are in hexadecimal digits")
	}
	out.Inquiry, out.Verifier = inquiry, verifier
	out.Terms, err = s.Terms.terms()
	return out, err
}

func (t Terms) terms() (predicate.Terms, error) {
	out := predicate.Terms{
		Field: t.Field, Tag: predicate.Tag(t.Tag), Lower: t.Lower, Upper: t.Upper, Other: t.Other, OtherTag: predicate.Tag(t.OtherTag),
		P: t.P, Q: t.Q, Months: t.Months, Level: t.Level, AtMost: t.AtMost, Reported: t.Reported, AtLeast: t.AtLeast,
	}
	for i, member := range t.Members {
		field, err := commit.CodeField(member)
		if err != nil {
			return out, fmt.Errorf("member %d: %w", i, err)
		}
		out.Set = append(out.Set, field)
	}
	return out, nil
}

// Verify the proof with a key that the caller trusts: one that it compiled itself or that a chain registered.
func (s Saved) Verify(key *plonk.VerifyingKey) error {
	statement, err := s.Statement()
	if err != nil {
		return err
	}
	if key.Circuit() != statement.Circuit.ID() {
		return fmt.Errorf("the key is not of circuit %s", s.Circuit)
	}
	public, err := statement.Public()
	if err != nil {
		return err
	}
	proof, err := hex.DecodeString(s.Proof)
	if err != nil {
		return errors.New("the proof is in hexadecimal digits")
	}
	return plonk.Verify(key, public, proof)
}

// text of an id, empty for the zero one.
func text(id [32]byte) string {
	if id == ([32]byte{}) {
		return ""
	}
	return hex.EncodeToString(id[:])
}
