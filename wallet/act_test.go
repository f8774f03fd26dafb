package wallet

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Every act is an order that the chain takes: of the closed list, of the account of the wallet, signed by it.
func TestActsAreOrders(t *testing.T) {
	w, secret := newWallet(t)
	record, dispute := [32]byte{0xa0}, [32]byte{0xd0}
	note := &Note{Commitment: commitment.Hash{1}}
	until := testNow.Add(testDay)
	consent, err := w.Consent(mySubject, terms(), testNow)
	require.NoError(t, err)
	handOver, err := w.HandOver(mySubject, lender)
	require.NoError(t, err)
	own, err := w.OwnInquiry(mySubject)
	require.NoError(t, err)
	acts := []Act{
		w.Claim(mySubject), w.CancelChange(mySubject), handOver, consent, w.Withdraw(mySubject, record), w.Freeze(mySubject), w.Lift(mySubject, &until, lender),
		w.Lift(mySubject, nil, ""), w.PlaceAlert(mySubject, nil), w.PlaceAlert(mySubject, note), w.LiftAlert(mySubject),
		w.Dispute(mySubject, record, credittypes.DISPUTE_REASON_AMOUNT, note), w.Extend(dispute, note), w.Escalate(dispute, bank),
		w.Statement(dispute, note), w.Erase(mySubject, record), own,
	}
	for _, act := range acts {
		order, err := secret.Order(testChainID, act, time.Now().Add(time.Hour))
		require.NoError(t, err, "%T", act.Msg)
		inner, signer, err := credittypes.DecodeOrder(order.Order.TypeUrl, order.Order.Value)
		require.NoError(t, err)
		require.Equal(t, w.Address, signer)
		require.Equal(t, act.Msg, inner)
		require.True(t, secret.Signer().PubKey().VerifySignature(order.SignBytes(testChainID), order.Signature))
	}
	for _, act := range []Act{consent, own, w.Dispute(mySubject, record, credittypes.DISPUTE_REASON_AMOUNT, nil)} {
		require.NotZero(t, act.Made, "%T", act.Msg)
	}
	grantee, err := sdk.AccAddressFromBech32(lender)
	require.NoError(t, err)
	msg := consent.Msg.(*credittypes.MsgGrantConsent)
	require.EqualValues(t, credittypes.ConsentID(mySubject[:], grantee, msg.Nonce), consent.Made)
	_, err = w.HandOver(mySubject, "cosmos1x")
	require.ErrorContains(t, err, "no account")
}

func terms() Terms {
	return Terms{
		To: institutions()[1], Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, Data: []string{schemas.TradelinePerson, schemas.TradelineFirm, schemas.TradelineFirm},
		Mode: credittypes.CONSENT_MODE_VIEW, Uses: 1, Until: testNow.Add(testDay),
	}
}

func TestConsentTerms(t *testing.T) {
	w, _ := newWallet(t)
	act, err := w.Consent(mySubject, terms(), testNow)
	require.NoError(t, err)
	msg := act.Msg.(*credittypes.MsgGrantConsent)
	require.NoError(t, credittypes.ValidateScope(msg.SchemaIds), "ascending, each once")
	require.Len(t, msg.SchemaIds, 2)
	require.Equal(t, credittypes.CONSENT_FETCH_ONE_TIME, msg.Fetch)
	periodic := terms()
	periodic.Every, periodic.Mode, periodic.Keep = 30*testDay, credittypes.CONSENT_MODE_STORE, testDay
	act, err = w.Consent(mySubject, periodic, testNow)
	require.NoError(t, err)
	require.Equal(t, credittypes.CONSENT_FETCH_PERIODIC, act.Msg.(*credittypes.MsgGrantConsent).Fetch)

	early, late := testNow.Add(-testDay), testNow
	for name, test := range map[string]struct {
		change func(*Terms)
		want   string
	}{
		"no lender":          {func(t *Terms) { t.To = institutions()[0] }, "no licence to look"},
		"own request":        {func(t *Terms) { t.Purpose = credittypes.PURPOSE_OWN_REQUEST }, "--for"},
		"no uses":            {func(t *Terms) { t.Uses = 0 }, "--times"},
		"too many uses":      {func(t *Terms) { t.Uses = credittypes.MaxUses + 1 }, "--times"},
		"over":               {func(t *Terms) { t.Until = testNow }, "future"},
		"no records":         {func(t *Terms) { t.RecordsFrom, t.RecordsUntil = &late, &early }, "no record"},
		"kept while viewing": {func(t *Terms) { t.Keep = testDay }, "--keep"},
		"stored for nothing": {func(t *Terms) { t.Mode = credittypes.CONSENT_MODE_STORE }, "--keep"},
		"too often":          {func(t *Terms) { t.Every = time.Second }, "--every"},
		"unknown data":       {func(t *Terms) { t.Data = []string{"everything"} }, "--data"},
	} {
		t.Run(name, func(t *testing.T) {
			terms := terms()
			test.change(&terms)
			_, err := w.Consent(mySubject, terms, testNow)
			require.ErrorContains(t, err, test.want)
		})
	}
}

// A note is checked by whoever is given it: the commitment follows from salt and content, and not from the content alone.
func TestNotes(t *testing.T) {
	w, _ := newWallet(t)
	path := filepath.Join(t.TempDir(), "letter")
	require.NoError(t, os.WriteFile(path, []byte("I paid in March"), 0o600))
	note, err := NewNote(path, testNow)
	require.NoError(t, err)
	again, err := NewNote(path, testNow)
	require.NoError(t, err)
	require.NotEqual(t, note.Commitment, again.Commitment, "the salt hides what could be guessed")
	raw, err := note.Encode()
	require.NoError(t, err)
	var read Note
	require.NoError(t, json.Unmarshal(raw, &read))
	require.EqualValues(t, commitment.ID("creditd/note/v1", read.Salt, read.Content), note.Commitment)
	require.NoError(t, w.KeepNote(note))

	require.NoError(t, os.WriteFile(path, nil, 0o600))
	_, err = NewNote(path, testNow)
	require.ErrorContains(t, err, "is empty")
	require.NoError(t, os.Truncate(path, MaxNote+1))
	_, err = NewNote(path, testNow)
	require.ErrorContains(t, err, "at most")
}

func TestSaveNewKeepsWhatIsThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "order.json")
	require.NoError(t, SaveNew(path, []byte("one")))
	require.ErrorIs(t, SaveNew(path, []byte("two")), os.ErrExist)
	raw, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "one", string(raw))
	require.Equal(t, os.FileMode(0o600), modeOf(t, path))
}
