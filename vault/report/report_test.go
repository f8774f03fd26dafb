package report

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/internal/fakechain"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/vault/types"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var (
	now     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	subject = [32]byte{0x5b}
)

// scene has two banks with records about one firm, and a lender that may look.
type scene struct {
	t        *testing.T
	chain    *fakechain.Chain
	lender   *testvault.Institution
	banks    [2]*testvault.Institution
	records  [2]store.Record
	consent  [32]byte
	vaults   vaults
	getter   *Getter
	receipts []*credittypes.MsgLeaveReceipt
}

// vaults answers in the banks' place; a test changes what it says.
type vaults map[string]*vaultAnswer

type vaultAnswer struct {
	records []types.Record
	err     error
}

func (v vaults) Fetch(_ context.Context, _ exchange.Opened, furnisher, _ string) (exchange.Answer, error) {
	a := v[furnisher]
	if a == nil {
		return exchange.Answer{}, errors.New("nobody listens there")
	}
	return exchange.Answer{Records: a.records, Digest: [32]byte{1}}, a.err
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{t: t, chain: fakechain.New(func() time.Time { return now }), vaults: vaults{}}
	s.lender = testvault.New(t, s.chain, "Lender")
	for i, name := range []string{"First Bank", "Second Bank"} {
		s.banks[i] = testvault.New(t, s.chain, name)
		s.records[i] = s.banks[i].Furnish(t, s.chain, subject, "1", schemas.TradelineFirm, commitment.Record{
			"balance": "600000", "currency": "USD", "status": "11", "opened": "1999-02-28", "original_amount": "6000000",
		})
		s.vaults[s.banks[i].Operator()] = &vaultAnswer{records: []types.Record{s.open(i, &s.records[i])}}
	}
	s.consent = testvault.Consent(s.chain, subject, s.lender.Operator(), nil, testvault.Schema(schemas.TradelineFirm))
	s.getter = &Getter{
		ChainID: "test-1", DataUser: s.lender.Signer.Address(), Chain: s.chain, Vaults: s.vaults, Now: func() time.Time { return now },
		Send: func(ctx context.Context, msgs ...sdk.Msg) (client.Result, error) {
			if receipt, ok := msgs[0].(*credittypes.MsgLeaveReceipt); ok {
				s.receipts = append(s.receipts, receipt)
			}
			return client.Result{Hash: "F00D", Height: 9}, s.chain.Send(ctx, msgs...)
		},
	}
	return s
}

func (s *scene) open(bank int, r *store.Record) types.Record {
	s.t.Helper()
	plain, err := records.Open(s.banks[bank].Ring, r)
	require.NoError(s.t, err)
	open := types.Record{TradelineId: bytes.Clone(r.Tradeline[:]), AttestationId: bytes.Clone(r.Attestation[:]), SchemaId: bytes.Clone(r.Schema[:]), Seed: plain.Seed[:]}
	open.Delinquency = types.Opening{Salt: bytes.Clone(plain.Clock.Salt[:]), First: records.DateText(plain.Clock.First)}
	for name, text := range plain.Values {
		open.Values = append(open.Values, types.Value{Name: name, Text: text})
	}
	return open
}

func (s *scene) get() (*Report, error) {
	return s.getter.Get(s.t.Context(), Request{Subject: subject, Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, Consent: &s.consent})
}

// line of a bank in the report.
func (s *scene) line(r *Report, bank int) Line {
	s.t.Helper()
	for _, line := range r.Lines {
		if line.Furnisher == s.banks[bank].Operator() {
			return line
		}
	}
	s.t.Fatal("no line of that bank")
	return Line{}
}

func TestAllVerified(t *testing.T) {
	s := newScene(t)
	r, err := s.get()
	require.NoError(t, err)
	require.NoError(t, r.Check())
	require.True(t, r.Complete)
	require.Equal(t, 2, r.Verified)
	require.Equal(t, "600000", s.line(r, 0).Values["balance"])
	require.Len(t, r.Furnishers, 2)
	require.Len(t, r.Steps, 6)
	require.Equal(t, []string{"F00D"}, r.Steps[0].Transactions)

	require.Len(t, s.receipts, 1)
	require.EqualValues(t, 2, s.receipts[0].Records)
	require.Equal(t, r.Receipt.Digest, hex.EncodeToString(s.receipts[0].Digest))
	inquiry, _, err := s.chain.Inquiry(t.Context(), [32]byte(s.receipts[0].InquiryId))
	require.NoError(t, err)
	require.Equal(t, credittypes.INQUIRY_STATUS_FULFILLED, inquiry.Status)
}

// Each way in which a vault, an issuer or a record can be wrong has its proof status, and none passes as verified.
func TestProofs(t *testing.T) {
	tradeline := func(s *scene, change func(t *credittypes.Tradeline)) {
		id := s.records[0].Tradeline
		changed := s.chain.State().Tradelines[id]
		change(&changed)
		s.chain.State().Tradelines[id] = changed
	}
	attestation := func(s *scene, change func(a *attestationtypes.Attestation)) {
		id := s.records[0].Attestation
		changed := s.chain.State().Attestations[id]
		change(&changed)
		s.chain.State().Attestations[id] = changed
	}
	given := func(s *scene) *types.Record { return &s.vaults[s.banks[0].Operator()].records[0] }
	for name, test := range map[string]struct {
		proof  Proof
		reason string
		set    func(s *scene)
	}{
		"changed value": {Mismatch, "hash", func(s *scene) {
			for i, v := range given(s).Values {
				if v.Name == "balance" {
					given(s).Values[i].Text = "1"
				}
			}
		}},
		"field left out": {Mismatch, "hash", func(s *scene) { given(s).Values = given(s).Values[1:] }},
		"field added":    {Mismatch, "hash", func(s *scene) { given(s).Values = append(given(s).Values, types.Value{Name: "term_months", Text: "6"}) }},
		"field twice":    {Mismatch, "twice", func(s *scene) { given(s).Values = append(given(s).Values, given(s).Values[0]) }},
		"unknown field":  {Mismatch, "schema", func(s *scene) { given(s).Values = append(given(s).Values, types.Value{Name: "name", Text: "x"}) }},
		"other seed":     {Mismatch, "hash", func(s *scene) { given(s).Seed = make([]byte, 32) }},
		"short seed":     {Mismatch, "32 bytes", func(s *scene) { given(s).Seed = []byte{1} }},
		"older version":  {Mismatch, "version", func(s *scene) { given(s).AttestationId[0]++ }},
		"other schema":   {Mismatch, "schema", func(s *scene) { given(s).SchemaId[0]++ }},
		"about another":  {Mismatch, "subject", func(s *scene) { attestation(s, func(a *attestationtypes.Attestation) { a.Subject = make([]byte, 32) }) }},
		"by another issuer": {Mismatch, "issuer", func(s *scene) {
			attestation(s, func(a *attestationtypes.Attestation) { a.Issuer = s.banks[1].Operator() })
		}},
		"false commitment": {Mismatch, "hash", func(s *scene) {
			attestation(s, func(a *attestationtypes.Attestation) { a.Commitment = slices.Repeat([]byte{9}, 32) })
		}},
		"revoked": {Mismatch, "taken its word back", func(s *scene) {
			attestation(s, func(a *attestationtypes.Attestation) { a.Status = attestationtypes.STATUS_REVOKED })
		}},
		"false expiry": {Mismatch, "does not follow", func(s *scene) {
			attestation(s, func(a *attestationtypes.Attestation) { a.ExpiresAt = &now })
		}},
		"false amounts": {Mismatch, "circuits and sums", func(s *scene) {
			attestation(s, func(a *attestationtypes.Attestation) { a.AmountCommitments = [][]byte{make([]byte, 32)} })
		}},
		"false circuit commitment": {Mismatch, "circuits and sums", func(s *scene) {
			attestation(s, func(a *attestationtypes.Attestation) { a.CircuitCommitment = make([]byte, 32) })
		}},
		"oversized answer": {Mismatch, "none that the chain takes", func(s *scene) {
			attestation(s, func(a *attestationtypes.Attestation) { a.CircuitCommitment = make([]byte, 33) })
		}},
		"expired": {Mismatch, "expired", func(s *scene) {
			before := s.records[0].Attestation
			said := s.chain.State().Attestations[before]
			said.ExpiresAt = &now
			id := attestationtypes.AttestationID(said.SchemaId, s.banks[0].Signer.Address(), said.Statement())
			said.Id = id.Bytes()
			s.chain.State().Attestations[id] = said
			tradeline(s, func(t *credittypes.Tradeline) { t.AttestationId = id.Bytes() })
			given(s).AttestationId = id.Bytes()
		}},
		"disputed": {Disputed, "disputes", func(s *scene) {
			tradeline(s, func(t *credittypes.Tradeline) { t.State = credittypes.RECORD_STATE_DISPUTED })
		}},
		"other salt": {BadClock, "not what the furnisher committed to", func(s *scene) { given(s).Delinquency.Salt[0]++ }},
		"other date": {BadClock, "not what the furnisher committed to", func(s *scene) { given(s).Delinquency.First = "2020-01-01" }},
		"no date":    {BadClock, "no date", func(s *scene) { given(s).Delinquency.First = "soon" }},
		"no opening": {BadClock, "not what the furnisher committed to", func(s *scene) { given(s).Delinquency = types.Opening{} }},
		"another delinquency": {BadClock, "another delinquency", func(s *scene) {
			clock := records.NewClock(now.AddDate(-1, 0, 0), now)
			said, err := clock.Commitment()
			require.NoError(s.t, err)
			tradeline(s, func(t *credittypes.Tradeline) { t.Delinquency = said.Bytes() })
			given(s).Delinquency = types.Opening{Salt: clock.Salt[:], First: records.DateText(clock.First)}
		}},
		"shown too long": {BadClock, "allows it until 2036-03-01", func(s *scene) {
			tradeline(s, func(t *credittypes.Tradeline) { t.ShowUntil = now.AddDate(10, 0, 1) })
		}},
		"withheld":   {Withheld, "without this record", func(s *scene) { s.vaults[s.banks[0].Operator()].records = nil }},
		"vault down": {Withheld, "nobody listens", func(s *scene) { delete(s.vaults, s.banks[0].Operator()) }},
		"refused": {Withheld, "refused", func(s *scene) {
			s.vaults[s.banks[0].Operator()] = &vaultAnswer{err: errors.New("it refused")}
		}},
		"no endpoint": {Withheld, "no vault endpoint", func(s *scene) {
			view := s.chain.State().Institutions[s.banks[0].Operator()]
			view.Vault = nil
			s.chain.State().Institutions[s.banks[0].Operator()] = view
		}},
		"suspended issuer": {IssuerNotLicensed, "SUSPENDED", func(s *scene) {
			view := s.chain.State().Institutions[s.banks[0].Operator()]
			view.Institution.Status = institutiontypes.LICENCE_STATUS_SUSPENDED
			s.chain.State().Institutions[s.banks[0].Operator()] = view
		}},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			test.set(s)
			r, err := s.get()
			require.NoError(t, err)
			line := s.line(r, 0)
			require.Equal(t, test.proof, line.Proof, line.Reason)
			require.Contains(t, line.Reason, test.reason)
			require.Equal(t, Verified, s.line(r, 1).Proof, "one bad vault does not spoil the other")
			require.False(t, r.Complete)
			require.ErrorIs(t, r.Check(), ErrNotAllVerified)
			require.Len(t, r.Lines, 2)
			var text bytes.Buffer
			require.NoError(t, r.Print(&text))
			require.Contains(t, unwrapped(text.String()), test.reason, "the table says why")
		})
	}
}

// unwrapped is a printed text without its line breaks.
func unwrapped(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestForeignRecords(t *testing.T) {
	s := newScene(t)
	answer := s.vaults[s.banks[0].Operator()]
	foreign := s.open(1, &s.records[1]) // another furnisher's
	answer.records = append(answer.records, foreign, answer.records[0])
	r, err := s.get()
	require.NoError(t, err)
	require.Len(t, r.Lines, 4)
	for _, line := range r.Lines[2:] {
		require.Equal(t, Mismatch, line.Proof)
		require.Empty(t, line.Values)
	}
	require.False(t, r.Complete)
}

func TestOutOfScope(t *testing.T) {
	s := newScene(t)
	s.banks[0].Furnish(t, s.chain, subject, "9", schemas.TradelinePerson, commitment.Record{"balance": "1"})
	r, err := s.get()
	require.NoError(t, err)
	require.Equal(t, 1, r.OutOfScope)
	require.True(t, r.Complete, "what the consent does not name is no fault of the vault")
}

func TestNoVaultAnswers(t *testing.T) {
	s := newScene(t)
	clear(s.vaults)
	r, err := s.get()
	require.NoError(t, err)
	require.Nil(t, r.Receipt)
	require.Empty(t, s.receipts)
	inquiryID, err := hex.DecodeString(r.Inquiry)
	require.NoError(t, err)

	// The inquiry is still open and serves for another try.
	for i := range s.banks {
		s.vaults[s.banks[i].Operator()] = &vaultAnswer{records: []types.Record{s.open(i, &s.records[i])}}
	}
	id := [32]byte(inquiryID)
	r, err = s.getter.Get(t.Context(), Request{Inquiry: &id})
	require.NoError(t, err)
	require.True(t, r.Complete)
	_, err = s.getter.Get(t.Context(), Request{Inquiry: &id})
	require.ErrorContains(t, err, "leave --inquiry out")
}

func TestSubjectWithoutRecords(t *testing.T) {
	s := newScene(t)
	clear(s.chain.State().Tradelines)
	r, err := s.get()
	require.NoError(t, err)
	require.NoError(t, r.Check())
	require.Empty(t, r.Lines)
	require.NotNil(t, r.Receipt, "that there is nothing was learnt, too")
}

func TestRefusedInquiries(t *testing.T) {
	s := newScene(t)
	_, err := s.getter.Get(t.Context(), Request{Subject: subject, Purpose: credittypes.PURPOSE_CREDIT_APPLICATION})
	require.ErrorIs(t, err, credittypes.ErrNoConsent)
	consent := s.chain.State().Consents[s.consent]
	consent.Status = credittypes.CONSENT_STATUS_WITHDRAWN
	s.chain.State().Consents[s.consent] = consent
	_, err = s.get()
	require.ErrorIs(t, err, credittypes.ErrConsentWithdrawn)
	unknown := [32]byte{9}
	_, err = s.getter.Get(t.Context(), Request{Inquiry: &unknown})
	require.ErrorIs(t, err, client.ErrNotFound)
	other := testvault.Inquiry(s.chain, subject, s.banks[0].Operator(), nil, nil)
	id := [32]byte(other.Id)
	_, err = s.getter.Get(t.Context(), Request{Inquiry: &id})
	require.ErrorContains(t, err, "was opened by")
	own := testvault.Inquiry(s.chain, subject, s.lender.Operator(), nil, nil)
	id = [32]byte(own.Id)
	_, err = s.getter.Get(t.Context(), Request{Inquiry: &id, Subject: [32]byte{1}})
	require.ErrorContains(t, err, "another subject")
}

// Whoever does not know whether the inquiry was opened is told its id.
func TestInquiryOutcomeUnknown(t *testing.T) {
	s := newScene(t)
	send := s.getter.Send
	s.getter.Send = func(ctx context.Context, msgs ...sdk.Msg) (client.Result, error) {
		_, err := send(ctx, msgs...)
		return client.Result{}, errors.Join(client.ErrOutcomeUnknown, err)
	}
	_, err := s.get()
	require.ErrorIs(t, err, client.ErrOutcomeUnknown)
	_, text, found := strings.Cut(err.Error(), "--inquiry ")
	require.True(t, found)
	id, err := id32("", text)
	require.NoError(t, err)
	s.getter.Send = send
	r, err := s.getter.Get(t.Context(), Request{Inquiry: &id})
	require.NoError(t, err)
	require.True(t, r.Complete)
}

func TestReceiptRefused(t *testing.T) {
	s := newScene(t)
	send := s.getter.Send
	s.getter.Send = func(ctx context.Context, msgs ...sdk.Msg) (client.Result, error) {
		if _, ok := msgs[0].(*credittypes.MsgLeaveReceipt); ok {
			return client.Result{}, fakechain.Refusal(credittypes.ErrInquiryExpired)
		}
		return send(ctx, msgs...)
	}
	r, err := s.get()
	require.ErrorIs(t, err, credittypes.ErrInquiryExpired)
	require.NotNil(t, r, "what was got is shown all the same")
	require.Nil(t, r.Receipt)
}

func TestSaveAndVerify(t *testing.T) {
	s := newScene(t)
	r, err := s.get()
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "report.json")
	require.NoError(t, r.Save(path))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	loaded, err := Load(path)
	require.NoError(t, err)
	verify := func(r *Report) *Report {
		t.Helper()
		checked, err := Verify(t.Context(), s.chain, "test-1", r, now)
		require.NoError(t, err)
		return checked
	}
	checked := verify(loaded)
	require.NoError(t, checked.Check())
	require.NotNil(t, checked.Receipt)
	require.Empty(t, checked.Steps)
	_, err = Verify(t.Context(), s.chain, "other-1", loaded, now)
	require.ErrorIs(t, err, client.ErrWrongChain)

	clone := func() *Report {
		data, err := json.Marshal(loaded)
		require.NoError(t, err)
		var c Report
		require.NoError(t, json.Unmarshal(data, &c))
		return &c
	}
	for name, forge := range map[string]func(r *Report){
		"value":       func(r *Report) { r.Lines[0].Values["balance"] = "0" },
		"no values":   func(r *Report) { r.Lines[0].Values = nil },
		"seed":        func(r *Report) { r.Lines[0].Seed = hex.EncodeToString(make([]byte, 32)) },
		"tradeline":   func(r *Report) { r.Lines[0].Tradeline = r.Lines[1].Tradeline },
		"attestation": func(r *Report) { r.Lines[0].Attestation = r.Lines[1].Attestation },
		"unknown":     func(r *Report) { r.Lines[0].Tradeline = hex.EncodeToString(make([]byte, 32)) },
		"subject":     func(r *Report) { r.Subject = hex.EncodeToString(make([]byte, 32)) },
	} {
		forged := clone()
		forge(forged)
		require.Equal(t, Mismatch, verify(forged).Lines[0].Proof, name)
	}
	claimed := clone()
	claimed.Receipt.Digest = hex.EncodeToString(make([]byte, 32))
	require.Nil(t, verify(claimed).Receipt, "the chain has no such receipt")
	named := clone()
	named.Lines[0].Name, named.Lines[0].Proof = "Somebody Else", Withheld
	require.NotEqual(t, "Somebody Else", verify(named).Lines[0].Name, "names are the chain's")

	// A later version: what was true then is said to be superseded now.
	line := loaded.Lines[0]
	id, err := id32("", line.Attestation)
	require.NoError(t, err)
	attestation := s.chain.State().Attestations[id]
	attestation.Status = attestationtypes.STATUS_SUPERSEDED
	s.chain.State().Attestations[id] = attestation
	require.Equal(t, Superseded, verify(loaded).Lines[0].Proof)
}

func TestLoadRefuses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.json")
	require.NoError(t, os.WriteFile(path, []byte("no report"), 0o600))
	_, err := Load(path)
	require.ErrorContains(t, err, "report get --save")
	_, err = Load(path + ".none")
	require.ErrorIs(t, err, os.ErrNotExist)
}

// The fields of the JSON are what programs read: this test is changed only on purpose.
func TestJSONIsStable(t *testing.T) {
	s := newScene(t)
	r, err := s.get()
	require.NoError(t, err)
	data, err := json.Marshal(r)
	require.NoError(t, err)
	var fields map[string]any
	require.NoError(t, json.Unmarshal(data, &fields))
	keysOf := func(v any) (names []string) {
		for name := range v.(map[string]any) {
			names = append(names, name)
		}
		return names
	}
	require.ElementsMatch(t, []string{
		"chain_id", "data_user", "subject", "inquiry", "consent", "purpose", "created_at", "lines", "furnishers", "out_of_scope", "verified",
		"complete", "hidden", "receipt", "steps", "summary", "inquiries", "disputes", "millis",
	}, keysOf(fields))
	require.ElementsMatch(t, []string{
		"tradeline", "attestation", "furnisher", "furnisher_name", "schema", "version", "state", "proof", "values", "seed", "show_until",
		"delinquency", "schema_name", "section",
	}, keysOf(fields["lines"].([]any)[0]))
	require.ElementsMatch(t, []string{"operator", "name", "endpoint", "licensed", "answered", "records", "digest", "millis"},
		keysOf(fields["furnishers"].([]any)[0]))
}

func TestPrint(t *testing.T) {
	s := newScene(t)
	r, err := s.get()
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, r.Print(&text))
	for _, want := range []string{"First Bank", "Second Bank", "firm", "60000.00 USD", "6000.00 USD", "11 current", "2 of 2 lines verified", "ask the vaults"} {
		require.Contains(t, text.String(), want)
	}
}

func TestMoney(t *testing.T) {
	for in, want := range map[[2]string]string{
		{"6000000", "USD"}: "60000.00 USD", {"5", "USD"}: "0.05 USD", {"-5", "USD"}: "-0.05 USD", {"-1234", "TWD"}: "-12.34 TWD",
		{"7", "JPY"}: "7 JPY", {"1", "KWD"}: "0.001 KWD", {"", "USD"}: "-", {"0", "EUR"}: "0.00 EUR", {"-9223372036854775808", "USD"}: "-92233720368547758.08 USD",
	} {
		require.Equal(t, want, money(in[0], in[1]))
	}
}
