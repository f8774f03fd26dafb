// Command interop lets clients/interop exchange credentials with this package: it reads one JSON request from standard
// input, does what it lists and writes the answers in the same order. It is for tests; its attestation is made up.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"time"

	"github.com/creditd/creditd/credential"
	"github.com/creditd/creditd/x/attestation/commitment"
)

type request struct {
	Now     int64     `json:"now"`
	Issue   []issue   `json:"issue"`
	Present []present `json:"present"`
	Verify  []verify  `json:"verify"`
}

type issue struct {
	Key    json.RawMessage `json:"key"`
	Holder json.RawMessage `json:"holder"`
	Type   string          `json:"type"`
}

type present struct {
	Credential string          `json:"credential"`
	Disclose   []string        `json:"disclose"`
	Holder     json.RawMessage `json:"holder"`
	Audience   string          `json:"aud"`
	Nonce      string          `json:"nonce"`
}

type verify struct {
	Presentation string          `json:"presentation"`
	Type         string          `json:"type"`
	Issuer       json.RawMessage `json:"issuer"`
	Audience     string          `json:"aud"`
	Nonce        string          `json:"nonce"`
	// Attestation asks for a check against the chain, not of the SD-JWT alone.
	Attestation bool `json:"attestation"`
}

type answer struct {
	Token  string             `json:"token,omitempty"`
	Claims map[string]any     `json:"claims,omitempty"`
	Report *credential.Report `json:"report,omitempty"`
	Error  string             `json:"error,omitempty"`
}

type response struct {
	Commitment commitment.Hash `json:"commitment"`
	Issue      []answer        `json:"issue"`
	Present    []answer        `json:"present"`
	Verify     []answer        `json:"verify"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "interop:", err)
		os.Exit(1)
	}
}

func run() error {
	var in request
	if err := json.NewDecoder(os.Stdin).Decode(&in); err != nil {
		return err
	}
	committed, err := commitment.Commit(schema.Layout, values, seed)
	if err != nil {
		return err
	}
	at := time.Unix(in.Now, 0)
	return json.NewEncoder(os.Stdout).Encode(response{
		Commitment: committed,
		Issue:      each(in.Issue, func(i issue) (answer, error) { return i.run(at) }),
		Present:    each(in.Present, func(p present) (answer, error) { return p.run(at) }),
		Verify:     each(in.Verify, func(v verify) (answer, error) { return v.run(at, committed) }),
	})
}

// each answers every item, with the reason where one is refused.
func each[T any](items []T, run func(T) (answer, error)) []answer {
	out := make([]answer, len(items))
	for i, item := range items {
		result, err := run(item)
		if err != nil {
			result = answer{Error: err.Error()}
		}
		out[i] = result
	}
	return out
}

// The attestation that is issued. The salts follow from the seed, so that every run has the same commitment.
var (
	schema = credential.Schema{
		Name: "interop.account", Version: 1,
		Layout: commitment.Layout{
			SchemaID: commitment.ID("creditd/test-schema/v1", []byte("interop")),
			Fields: []commitment.Field{
				{Name: "balance", Kind: commitment.Amount},
				{Name: "limit", Kind: commitment.Amount},
				{Name: "opened", Kind: commitment.Date},
				{Name: "closed", Kind: commitment.Date},
				{Name: "secured", Kind: commitment.Boolean},
				{Name: "purpose", Kind: commitment.String},
			},
		},
		Disclosable: []bool{true, true, true, true, true, true},
	}
	values = commitment.Record{
		"balance": "-250", "limit": "9223372036854775807", "opened": "2024-02-29", "secured": "true", "purpose": `Zoë <&> "征信" 😀`,
	}
	seed        = commitment.Seed{1, 2, 3}
	attestation = commitment.ID("creditd/test-attestation/v1", []byte("interop"))
)

const (
	chainID = "creditd-interop-1"
	issuer  = "creditd1interop"
)

func (i issue) run(at time.Time) (answer, error) {
	key, err := credential.ParsePrivateJWK(i.Key)
	if err != nil {
		return answer{}, err
	}
	export := credential.Export{
		ChainID: chainID, Issuer: issuer, Attestation: attestation, Schema: schema, Record: values, Seed: seed,
		ExpiresAt: at.Add(time.Hour), IssuedAt: at,
	}
	if len(i.Holder) > 0 {
		if export.Holder, err = credential.ParsePublicJWK(i.Holder); err != nil {
			return answer{}, err
		}
	}
	token := ""
	switch i.Type {
	case credential.TypeSDJWTVC:
		token, err = export.SDJWTVC(key)
	case credential.TypeW3C:
		token, err = export.W3C(key)
	default:
		err = fmt.Errorf("no such type")
	}
	return answer{Token: token}, err
}

func (p present) run(at time.Time) (answer, error) {
	out := credential.Presentation{
		Keep:     func(d credential.Disclosure) bool { return slices.Contains(p.Disclose, d.Name) },
		Audience: p.Audience, Nonce: p.Nonce, Now: at,
	}
	if len(p.Holder) > 0 {
		key, err := credential.ParsePrivateJWK(p.Holder)
		if err != nil {
			return answer{}, err
		}
		out.Holder = &key
	}
	token, err := credential.Present(p.Credential, out)
	return answer{Token: token}, err
}

func (v verify) run(at time.Time, committed [32]byte) (answer, error) {
	key, err := credential.ParsePublicJWK(v.Issuer)
	if err != nil {
		return answer{}, err
	}
	policy := credential.Policy{Type: v.Type, Now: at}
	if v.Nonce != "" {
		policy.Binding = &credential.Binding{Audience: v.Audience, Nonce: v.Nonce, MaxAge: time.Minute}
	}
	if v.Attestation {
		report, err := credential.VerifyAttestation(context.Background(), v.Presentation, view{key, committed, at}, policy)
		return answer{Report: report}, err
	}
	known := func(_, _ map[string]any) (credential.PublicKey, error) { return key, nil }
	verified, err := credential.Verify(v.Presentation, known, policy)
	if err != nil {
		return answer{}, err
	}
	return answer{Claims: verified.Claims}, nil
}

// view is a chain with the one attestation and the one key.
type view struct {
	key       credential.PublicKey
	committed [32]byte
	at        time.Time
}

func (view) ChainID() string { return chainID }

func (v view) Attestation(_ context.Context, id [32]byte) (credential.ChainAttestation, error) {
	if id != attestation {
		return credential.ChainAttestation{}, credential.ErrNotFound
	}
	return credential.ChainAttestation{
		Schema: schema.Layout.SchemaID, Issuer: issuer, Commitment: v.committed, Standing: credential.StandingGood, Height: 1, Time: v.at,
	}, nil
}

func (v view) Key(_ context.Context, of string, thumbprint [32]byte) (credential.ChainKey, error) {
	if of != issuer || thumbprint != v.key.Thumbprint() {
		return credential.ChainKey{}, credential.ErrNotFound
	}
	return credential.ChainKey{Key: v.key}, nil
}

func (view) Schema(_ context.Context, id [32]byte) (credential.Schema, error) {
	if id != schema.Layout.SchemaID {
		return credential.Schema{}, credential.ErrNotFound
	}
	return schema, nil
}
