package records

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/commit/encoding"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// clear wraps nothing: the binding of a record to its place must not depend on the provider.
type clear struct{}

func (clear) Wrap(key []byte, _ [32]byte, _ []byte) ([]byte, error) { return bytes.Clone(key), nil }
func (clear) Unwrap(wrapped []byte, _ [32]byte, _ []byte) ([]byte, error) {
	return bytes.Clone(wrapped), nil
}

func TestSealAndOpen(t *testing.T) {
	plain := Plain{
		Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY, Lender: "BANK", Account: "77", Values: commitment.Record{"balance": "5"}, Seed: commitment.NewSeed(),
	}
	sealed := store.Record{Attestation: [32]byte{1}, Tradeline: [32]byte{2}, Schema: [32]byte{3}, Subject: [32]byte{4}}
	require.NoError(t, Seal(clear{}, plain, &sealed))
	opened, err := Open(clear{}, &sealed)
	require.NoError(t, err)
	require.Equal(t, plain, opened)

	for name, move := range map[string]func(r *store.Record){
		"attestation": func(r *store.Record) { r.Attestation[0]++ },
		"tradeline":   func(r *store.Record) { r.Tradeline[0]++ },
		"schema":      func(r *store.Record) { r.Schema[0]++ },
		"subject":     func(r *store.Record) { r.Subject[0]++ },
		"ciphertext":  func(r *store.Record) { r.Ciphertext = append([]byte{r.Ciphertext[0] ^ 1}, r.Ciphertext[1:]...) },
	} {
		moved := sealed
		move(&moved)
		_, err := Open(clear{}, &moved)
		require.ErrorIs(t, err, keys.ErrTampered, name)
	}
}

func TestCanonicalIsInjective(t *testing.T) {
	require.Equal(t, Canonical([32]byte{1}, commitment.Record{"b": "2", "a": "1"}), Canonical([32]byte{1}, commitment.Record{"a": "1", "b": "2"}))
	require.NotEqual(t, Canonical([32]byte{1}, commitment.Record{"a": "1"}), Canonical([32]byte{1}, commitment.Record{"a": "1", "b": ""}))
	require.NotEqual(t, Canonical([32]byte{1}, nil), Canonical([32]byte{2}, nil))
}

func TestLayout(t *testing.T) {
	definition, _ := schemas.ByName(schemas.TradelineFirm)
	layout, err := Layout(definition.ID())
	require.NoError(t, err)
	require.Equal(t, definition.Layout(), layout)
	_, err = Layout([32]byte{9})
	require.ErrorContains(t, err, "newer")
}

// A record's statement carries what its layout asks for, and is the same whenever it is made.
func TestStatement(t *testing.T) {
	layout := commitment.Layout{SchemaID: [32]byte{1}, Fields: []commitment.Field{
		{Name: "balance", Kind: commitment.Amount, Circuit: true, Summed: true},
		{Name: "limit", Kind: commitment.Amount, Summed: true},
		{Name: "status", Kind: commitment.Code},
	}}
	subject := [32]byte{2}
	plain := Plain{Values: commitment.Record{"balance": "5", "status": "OK"}, Seed: commitment.NewSeed()}
	statement, err := Statement(layout, subject, plain)
	require.NoError(t, err)
	root, err := commitment.Commit(layout, plain.Values, plain.Seed)
	require.NoError(t, err)
	require.Equal(t, subject[:], statement.Subject)
	require.Equal(t, root[:], statement.Commitment)
	require.NoError(t, encoding.CheckElement(statement.CircuitCommitment))
	require.Len(t, statement.AmountCommitments, 2)
	for i, value := range []int64{5, 0} {
		require.NoError(t, encoding.CheckPoint(statement.AmountCommitments[i]))
		require.True(t, commit.VerifyAmount(statement.AmountCommitments[i], value, commit.DeriveBlinding(plain.Seed, uint16(i))))
	}
	again, err := Statement(layout, subject, plain)
	require.NoError(t, err)
	require.Equal(t, statement, again)

	for i := range layout.Fields {
		layout.Fields[i].Circuit, layout.Fields[i].Summed = false, false
	}
	bare, err := Statement(layout, subject, plain)
	require.NoError(t, err)
	require.Empty(t, bare.CircuitCommitment)
	require.Empty(t, bare.AmountCommitments)
	_, err = Statement(layout, subject, Plain{Values: commitment.Record{"balance": "05"}})
	require.Error(t, err)
}

// No date has two texts: what opens a commitment would have a byte that nothing covers.
func TestParseDate(t *testing.T) {
	for _, text := range []string{"", "2024-02-29", "0000-02-29", "9999-12-31"} {
		date, err := ParseDate(text)
		require.NoError(t, err)
		require.Equal(t, text, DateText(date))
	}
	for _, text := range []string{"0001-01-01", "2025-02-29", "2025-1-1", "soon", " 2025-01-01"} {
		_, err := ParseDate(text)
		require.Error(t, err, text)
	}
}
