package subject

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func TestComplete(t *testing.T) {
	read := func(text string) map[string]any {
		done, err := Complete([]byte(text), "credit1alice")
		require.NoError(t, err)
		var fields map[string]any
		require.NoError(t, json.Unmarshal(done, &fields))
		return fields
	}
	dispute := read(`{"@type":"/creditd.credit.v1.MsgOpenDispute","reason":"DISPUTE_REASON_AMOUNT"}`)
	require.Equal(t, "credit1alice", dispute["controller"])
	nonce, err := base64.StdEncoding.DecodeString(dispute["nonce"].(string))
	require.NoError(t, err)
	require.Len(t, nonce, types.NonceSize)
	kept := read(`{"@type":"/creditd.credit.v1.MsgGrantConsent","controller":"credit1bob","nonce":"AAAA"}`)
	require.Equal(t, "credit1bob", kept["controller"], "what is there stays, and is refused later")
	require.Equal(t, "AAAA", kept["nonce"])
	extend := read(`{"@type":"/creditd.credit.v1.MsgExtendDispute"}`)
	require.Equal(t, "credit1alice", extend["signer"])
	require.NotContains(t, extend, "controller")
	require.NotContains(t, read(`{"@type":"/creditd.credit.v1.MsgFreeze"}`), "nonce")
	for text, want := range map[string]string{"hello": "no message in JSON", `{"subject":""}`: "@type"} {
		_, err := Complete([]byte(text), "credit1alice")
		require.ErrorContains(t, err, want)
	}
}

func TestSign(t *testing.T) {
	key := secp256k1.GenPrivKey()
	signer := sdk.AccAddress(key.PubKey().Address()).String()
	freeze := &types.MsgFreeze{Controller: signer, Subject: make([]byte, 32)}
	deadline := time.Now().Add(time.Hour).UTC()
	order, err := Sign(freeze, "creditd-1", signer, deadline, key.PubKey().Bytes(), key.Sign)
	require.NoError(t, err)
	require.Empty(t, order.Submitter)
	require.Equal(t, deadline, order.Deadline)
	require.True(t, key.PubKey().VerifySignature(order.SignBytes("creditd-1"), order.Signature))
	require.False(t, key.PubKey().VerifySignature(order.SignBytes("creditd-2"), order.Signature))
	again, err := Sign(freeze, "creditd-1", signer, deadline, key.PubKey().Bytes(), key.Sign)
	require.NoError(t, err)
	require.NotEqual(t, order.Nonce, again.Nonce)

	_, err = Sign(freeze, "creditd-1", "credit1other", deadline, key.PubKey().Bytes(), key.Sign)
	require.ErrorContains(t, err, "is for "+signer)
	_, err = Sign(&types.MsgExtendDispute{Signer: signer}, "creditd-1", "credit1other", deadline, key.PubKey().Bytes(), key.Sign)
	require.ErrorContains(t, err, "is for "+signer)
	_, err = Sign(freeze, "creditd-1", signer, time.Now().Add(-time.Second), key.PubKey().Bytes(), key.Sign)
	require.ErrorContains(t, err, "has passed")
	_, err = Sign(freeze, "", signer, deadline, key.PubKey().Bytes(), key.Sign)
	require.ErrorIs(t, err, types.ErrInvalidOrder)
	_, err = Sign(&types.MsgFurnish{}, "creditd-1", signer, deadline, key.PubKey().Bytes(), key.Sign)
	require.ErrorIs(t, err, types.ErrInvalidOrder)
	_, err = Sign(freeze, "creditd-1", signer, deadline, key.PubKey().Bytes(), func([]byte) ([]byte, error) { return nil, errors.New("locked") })
	require.ErrorContains(t, err, "locked")
}

// books of a chain with one consent.
type books struct {
	consent types.Consent
	trail   []types.TrailEntry
}

func (b books) Consent(context.Context, [32]byte, [32]byte) (types.Consent, error) {
	return b.consent, nil
}

func (b books) GetInstitution(context.Context, string) (institutiontypes.InstitutionView, error) {
	return institutiontypes.InstitutionView{Institution: institutiontypes.Institution{Name: "Lender", Jurisdiction: "CN"}}, nil
}

func (b books) TrailOf(context.Context, [32]byte, []byte) ([]types.TrailEntry, error) {
	return b.trail, nil
}

func TestReceipt(t *testing.T) {
	pseudonym, id := [32]byte{1}, [32]byte{2}
	definition, _ := schemas.ByName(schemas.TradelineFirm)
	own := definition.ID()
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	b := books{
		consent: types.Consent{
			Id: id[:], Subject: pseudonym[:], Grantee: "credit1lender", Purpose: types.PURPOSE_CREDIT_APPLICATION, Mode: types.CONSENT_MODE_STORE,
			SchemaIds: [][]byte{own[:], make([]byte, 32)}, ValidFrom: at, ValidUntil: at.AddDate(0, 1, 0), Status: types.CONSENT_STATUS_WITHDRAWN,
			StatusSince: at.AddDate(0, 0, 2), Frequency: 24 * time.Hour, DataLife: 48 * time.Hour, RecordsFrom: &at, UsesLeft: 3,
		},
		trail: []types.TrailEntry{
			{Kind: types.TRAIL_KIND_CONSENT_GRANTED, Time: at, Actor: "credit1alice", Height: 5},
			{Kind: types.TRAIL_KIND_INQUIRY_OPENED, Time: at},
			{Kind: types.TRAIL_KIND_CONSENT_WITHDRAWN, Time: at.AddDate(0, 0, 2), Actor: "credit1alice", Height: 9},
		},
	}
	r, err := NewReceipt(t.Context(), b, "creditd-1", pseudonym, id, at)
	require.NoError(t, err)
	require.Contains(t, r.Header.Basis, "was not read")
	require.Equal(t, hex.EncodeToString(pseudonym[:]), r.Record.Header.PrincipalID)
	require.Equal(t, hex.EncodeToString(id[:]), r.Record.Header.RecordID)
	p := r.Record.Processing[0]
	require.Equal(t, "credit-application", p.Purpose)
	require.Equal(t, "store", p.ProcessingMethod)
	require.Equal(t, "48h0m0s", p.RetentionPeriod)
	require.Equal(t, "24h0m0s", p.Frequency)
	require.Equal(t, "CN", p.Jurisdiction)
	require.Equal(t, schemas.TradelineFirm, p.Information[0].Type)
	require.Contains(t, p.Information[0].Attributes, "balance")
	require.Empty(t, p.Information[1].Attributes, "a schema that is only on the chain")
	require.Equal(t, "withdrawn", r.Creditd.Status)
	require.Len(t, r.Record.Events, 2)
	require.Equal(t, "given", r.Record.Events[0].State)
	require.Equal(t, "withdrawn", r.Record.Events[1].State)
	require.Equal(t, []string{"pii_principal", "pii_controller"}, []string{r.Record.Parties[0].Role, r.Record.Parties[1].Role})

	later, err := NewReceipt(t.Context(), b, "creditd-1", pseudonym, id, at.AddDate(1, 0, 0))
	require.NoError(t, err)
	require.Equal(t, r.Header.ReceiptID, later.Header.ReceiptID, "of the same state")
	b.trail = b.trail[:1]
	earlier, err := NewReceipt(t.Context(), b, "creditd-1", pseudonym, id, at)
	require.NoError(t, err)
	require.NotEqual(t, r.Header.ReceiptID, earlier.Header.ReceiptID)

	data, err := json.Marshal(r)
	require.NoError(t, err)
	var fields map[string]map[string]any
	require.NoError(t, json.Unmarshal(data, &fields))
	require.Contains(t, fields["consent_record"], "record_header")
	require.Contains(t, fields["consent_record"], "pii_processing")
	require.Contains(t, fields["consent_record"], "party_identification")
	require.Contains(t, fields["consent_record"], "event")
}
