package proving_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/predicate"
	"github.com/creditd/creditd/vault/internal/fakechain"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/proving"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
)

var (
	now     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	subject = [32]byte{0x5b}
)

// scene is a bank with a tradeline of the subject, whom a lender may ask about tradelines.
type scene struct {
	chain   *fakechain.Chain
	bank    *testvault.Institution
	vault   proving.Vault
	record  store.Record
	inquiry credittypes.Inquiry
	asked   []predicatetypes.Predicate
}

func newScene(t *testing.T, consent func(*credittypes.Consent)) *scene {
	t.Helper()
	s := &scene{chain: fakechain.New(func() time.Time { return now })}
	s.bank = testvault.New(t, s.chain, "Bank")
	lender := testvault.New(t, s.chain, "Lender")
	s.record = s.bank.Furnish(t, s.chain, subject, "1", schemas.TradelineFirm, commitment.Record{"balance": "600000", "currency": "USD"})
	schema := testvault.Schema(schemas.TradelineFirm)
	id := testvault.Consent(s.chain, subject, lender.Operator(), consent, schema)
	s.inquiry = testvault.Inquiry(s.chain, subject, lender.Operator(), id[:], nil)
	s.asked = []predicatetypes.Predicate{{Kind: predicatetypes.PREDICATE_KIND_RANGE, SchemaId: schema[:]}}
	s.vault = proving.Vault{
		Operator: s.bank.Operator(), Chain: s.chain, Store: s.bank.Store, Keys: s.bank.Ring, Now: func() time.Time { return now },
	}
	return s
}

func questionsAlone(c *credittypes.Consent) { c.Mode = credittypes.CONSENT_MODE_QUERY }

// TestTake: what is taken is what was attested, and `creditd privacy prove` reads it.
func TestTake(t *testing.T) {
	s := newScene(t, questionsAlone)
	s.bank.Furnish(t, s.chain, subject, "2", schemas.TradelinePerson, commitment.Record{"balance": "1"})
	s.bank.Furnish(t, s.chain, [32]byte{0x99}, "3", schemas.TradelineFirm, commitment.Record{"balance": "2"})
	hidden := s.bank.Furnish(t, s.chain, subject, "4", schemas.TradelineFirm, commitment.Record{"balance": "3"})
	tradeline := s.chain.State().Tradelines[hidden.Tradeline]
	tradeline.State = credittypes.RECORD_STATE_SUPPRESSED
	s.chain.State().Tradelines[hidden.Tradeline] = tradeline

	lines, err := s.vault.Take(t.Context(), [32]byte(s.inquiry.Id), s.asked)
	require.NoError(t, err)
	require.Len(t, lines, 1, "what is asked about, of the subject, that is shown")
	file, err := json.Marshal(map[string]any{"lines": lines})
	require.NoError(t, err)
	read, err := predicate.ParseRecords(file)
	require.NoError(t, err)
	require.Equal(t, s.record.Attestation, read[0].Attestation)
	layout, err := records.Layout(s.record.Schema)
	require.NoError(t, err)
	stated, err := records.Statement(layout, subject, records.Plain{Values: read[0].Values, Seed: read[0].Seed})
	require.NoError(t, err)
	attested, err := s.chain.GetAttestation(t.Context(), s.record.Attestation)
	require.NoError(t, err)
	require.Equal(t, attested.Commitment, stated.Commitment, "with the seed it was attested with")

	entries, err := s.bank.Store.AccessLog(t.Context(), 0, 10)
	require.NoError(t, err)
	require.Len(t, entries, 1)
	require.Equal(t, s.inquiry.Id, entries[0].Inquiry[:])
	require.Equal(t, s.bank.Operator(), entries[0].Requester)
	require.EqualValues(t, 1, entries[0].Records)
}

// TestTakeRefusals: without a consent that holds now, nothing is opened and nothing is in the log.
func TestTakeRefusals(t *testing.T) {
	for name, c := range map[string]struct {
		consent func(*credittypes.Consent)
		change  func(*scene)
	}{
		"withdrawn":   {consent: func(c *credittypes.Consent) { c.Status = credittypes.CONSENT_STATUS_WITHDRAWN }},
		"over":        {consent: func(c *credittypes.Consent) { c.ValidUntil = now }},
		"not of this": {consent: func(c *credittypes.Consent) { c.SchemaIds = nil }},
		"no consent":  {change: func(s *scene) { s.inquiry = testvault.Inquiry(s.chain, subject, s.inquiry.DataUser, nil, nil) }},
		"unasked":     {change: func(s *scene) { s.asked = nil }},
		"closed": {change: func(s *scene) {
			s.vault.Now = func() time.Time { return s.inquiry.ExpiresAt }
		}},
	} {
		s := newScene(t, c.consent)
		if c.change != nil {
			c.change(s)
		}
		_, err := s.vault.Take(t.Context(), [32]byte(s.inquiry.Id), s.asked)
		require.ErrorIs(t, err, proving.ErrNotAllowed, name)
		entries, err := s.bank.Store.AccessLog(t.Context(), 0, 10)
		require.NoError(t, err)
		require.Empty(t, entries, name)
	}
}
