// Package records is what a vault encrypts: a credit record in the clear with all that is needed to furnish it,
// to prove it and to recognise it again.
package records

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/commitment/full"
	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// placeDomain begins the additional data of every ciphertext.
const placeDomain = "creditd/vault/record/v1"

// Plain is a record in the clear. It exists in memory only.
type Plain struct {
	Kind    credittypes.SubjectKind
	Lender  string // as the book names it
	Account string // the lender's number of the account
	Values  commitment.Record
	Seed    commitment.Seed
	Clock   Clock
	Notice  *Notice // nil where none was needed
}

// encoded is Plain as it is encrypted.
type encoded struct {
	Kind    int32             `json:"kind"`
	Lender  string            `json:"lender"`
	Account string            `json:"account"`
	Values  map[string]string `json:"values"`
	Seed    string            `json:"seed"`
	Clock   encodedClock      `json:"clock"`
	Notice  *encodedNotice    `json:"notice,omitempty"`
}

// Seal encrypts a record and puts it beside its ids, to which it stays bound.
func Seal(provider keys.Provider, plain Plain, into *store.Record) error {
	data, err := json.Marshal(encoded{
		Kind: int32(plain.Kind), Lender: plain.Lender, Account: plain.Account, Values: plain.Values, Seed: hex.EncodeToString(plain.Seed[:]),
		Clock: plain.Clock.encode(), Notice: plain.Notice.encode(),
	})
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	sealed, err := keys.Seal(provider, data, into.Tradeline, place(into))
	if err != nil {
		return fmt.Errorf("record: %w", err)
	}
	into.WrappedKey, into.Nonce, into.Ciphertext = sealed.WrappedKey, sealed.Nonce, sealed.Ciphertext
	return nil
}

// Open decrypts a record. It fails with keys.ErrTampered if a bit of it was changed or it was moved.
func Open(provider keys.Provider, from *store.Record) (Plain, error) {
	data, err := keys.Unseal(provider, keys.Sealed{WrappedKey: from.WrappedKey, Nonce: from.Nonce, Ciphertext: from.Ciphertext}, from.Tradeline, place(from))
	if err != nil {
		return Plain{}, fmt.Errorf("record of attestation %x: %w", from.Attestation, err)
	}
	var e encoded
	if err := json.Unmarshal(data, &e); err != nil {
		return Plain{}, fmt.Errorf("record of attestation %x cannot be read: it was written by another version", from.Attestation)
	}
	plain := Plain{Kind: credittypes.SubjectKind(e.Kind), Lender: e.Lender, Account: e.Account, Values: e.Values}
	if n, err := hex.Decode(plain.Seed[:], []byte(e.Seed)); err != nil || n != len(plain.Seed) {
		return Plain{}, fmt.Errorf("record of attestation %x has no seed: it was written by another version", from.Attestation)
	}
	if plain.Clock, err = e.Clock.decode(); err == nil {
		plain.Notice, err = e.Notice.decode()
	}
	if err != nil {
		return Plain{}, fmt.Errorf("record of attestation %x: %w", from.Attestation, err)
	}
	return plain, nil
}

// Statement is what a furnisher states on the chain of a record. It follows from the record and its seed, so that it is
// the same however often it is sent.
func Statement(layout commitment.Layout, subject [32]byte, plain Plain) (attestationtypes.Statement, error) {
	all, failed := Statements(layout, [][32]byte{subject}, []*Plain{&plain})
	return all[0], failed[0]
}

// Statements is Statement for many records of one schema, and faster. What fails has an error at its place.
func Statements(layout commitment.Layout, subjects [][32]byte, plains []*Plain) ([]attestationtypes.Statement, []error) {
	list := make([]full.Record, len(plains))
	for i, plain := range plains {
		list[i] = full.Record{Subject: subjects[i], Values: plain.Values, Seed: plain.Seed}
	}
	all, failed := full.CommitMany(layout, list)
	statements := make([]attestationtypes.Statement, len(plains))
	for i, subject := range subjects {
		if failed[i] == nil {
			statements[i] = attestationtypes.Statement{
				Subject: subject[:], Commitment: all[i].Root[:], CircuitCommitment: all[i].Circuit, AmountCommitments: all[i].Amounts,
			}
		}
	}
	return statements, failed
}

// place binds a ciphertext to the ids beside it.
func place(r *store.Record) []byte {
	return bytes.Join([][]byte{[]byte(placeDomain), r.Attestation[:], r.Tradeline[:], r.Schema[:], r.Subject[:]}, nil)
}

// Canonical lists a record's content as parts of a digest, always in the same order.
func Canonical(schema [32]byte, values commitment.Record) [][]byte {
	parts := [][]byte{schema[:]}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		parts = append(parts, []byte(name), []byte(values[name]))
	}
	return parts
}

// Layout is that of a built-in schema by its id. Schemas that are only on the chain come with the issue that
// deepens the vault.
func Layout(schema [32]byte) (commitment.Layout, error) {
	if layout, ok := schemas.LayoutByID(schema); ok {
		return layout, nil
	}
	return commitment.Layout{}, fmt.Errorf("schema %x is none of those that this program knows: use a newer one", schema)
}
