package report

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/require"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/report/score"
	"github.com/creditd/creditd/vault/types"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// past of a file, by pseudonym.
type past struct {
	lines    map[[32]byte][]credittypes.TrailEntry
	disputes map[[32]byte][]credittypes.Dispute
	more     bool
}

func (p past) Trail(_ context.Context, subject [32]byte, _ time.Time, _ int) ([]credittypes.TrailEntry, bool, error) {
	return p.lines[subject], p.more, nil
}

func (p past) Disputes(_ context.Context, subject [32]byte) ([]credittypes.Dispute, error) {
	return p.disputes[subject], nil
}

func looked(by string, purpose credittypes.Purpose, daysAgo int) credittypes.TrailEntry {
	return credittypes.TrailEntry{
		Kind: credittypes.TRAIL_KIND_INQUIRY_OPENED, Actor: by, Purpose: purpose, Time: now.AddDate(0, 0, -daysAgo), Ref: bytes.Repeat([]byte{byte(daysAgo)}, 32),
	}
}

// withPast gives the scene looks, a dispute, alerts, a public record and a revolving account.
func withPast(t *testing.T) *scene {
	s := newScene(t)
	bank := s.banks[0].Operator()
	s.getter.History = past{
		lines: map[[32]byte][]credittypes.TrailEntry{subject: {
			looked(bank, credittypes.PURPOSE_CREDIT_APPLICATION, 5), looked(bank, credittypes.PURPOSE_ACCOUNT_REVIEW, 40),
			looked("credit1nobody", credittypes.PURPOSE_OWN_REQUEST, 50), looked(bank, credittypes.PURPOSE_CREDIT_APPLICATION, 200),
			{Kind: credittypes.TRAIL_KIND_FURNISHED, Actor: bank, Time: now},
		}},
		disputes: map[[32]byte][]credittypes.Dispute{subject: {{
			Id: make([]byte, 32), TradelineId: s.records[0].Tradeline[:], Furnisher: bank, Reason: credittypes.DISPUTE_REASON_AMOUNT,
			Status: credittypes.DISPUTE_STATUS_OPEN, OpenedAt: now, DueAt: now.AddDate(0, 0, 30), Statement: bytes.Repeat([]byte{3}, 32),
		}}},
	}
	s.chain.State().Views[subject] = credittypes.Subject{
		Pseudonym: subject[:], Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY, Freeze: &credittypes.Freeze{Since: now},
		FraudAlert: &credittypes.FraudAlert{Since: now, Until: now.AddDate(1, 0, 0)},
	}
	s.add(0, "card", schemas.TradelineFirm, commitment.Record{
		"balance": "450000", "credit_limit": "1000000", "currency": "USD", "status": "71", "past_due": "100", "opened": "2025-12-01",
		"payment_history": "10B", "reported_as_of": "2026-02-28",
	})
	s.add(1, "tax", schemas.TaxStanding, commitment.Record{"jurisdiction": "US", "standing": "GOOD", "reported_as_of": "2026-01-31"})
	s.consent = testvault.Consent(s.chain, subject, s.lender.Operator(), nil, testvault.Schema(schemas.TradelineFirm), testvault.Schema(schemas.TaxStanding))
	return s
}

// add a record to a bank's vault and to the chain.
func (s *scene) add(bank int, account, schema string, values commitment.Record) {
	s.t.Helper()
	record := s.banks[bank].Furnish(s.t, s.chain, subject, account, schema, values)
	vault := s.vaults[s.banks[bank].Operator()]
	vault.records = append(vault.records, s.open(bank, &record))
}

func TestReportOfABureau(t *testing.T) {
	r, err := withPast(t).get()
	require.NoError(t, err)
	require.NoError(t, r.Check(), "%+v", r.Lines)
	s := r.Summary
	require.Equal(t, 3, s.Tradelines)
	require.Equal(t, 1, s.PublicRecords)
	require.Equal(t, []Count{{"11", "current", 2}, {"71", "30 days late", 1}}, s.Statuses)
	require.Equal(t, []Count{{"verified", "", 4}}, s.Proofs)
	require.Len(t, s.Totals, 1)
	require.EqualValues(t, 1650000, s.Totals[0].Balance)
	require.EqualValues(t, 1000000, s.Totals[0].Limit)
	require.EqualValues(t, 100, s.Totals[0].PastDue)
	require.Equal(t, 450, *s.Totals[0].UtilisationPermille)
	require.Equal(t, &Worst{1, "30 days late"}, s.Worst12)
	require.Equal(t, "1999-02-28", s.OldestAccount)
	require.Equal(t, 1, s.NewAccounts)
	require.Equal(t, []Recent{{"hard", 1, 1, 2}}, s.Inquiries, "others do not see how many soft ones there are")
	require.Len(t, r.Inquiries, 2)
	require.Equal(t, "First Bank", r.Inquiries[0].Name)
	require.Equal(t, 1, s.DisputesOpen)
	require.True(t, s.Frozen)
	require.True(t, s.FraudAlert)
	require.Equal(t, "open", r.Disputes[0].Status)
	require.Equal(t, strings.Repeat("03", 32), r.Disputes[0].Statement)
	card := r.Lines[slices.IndexFunc(r.Lines, func(l Line) bool { return l.Values["credit_limit"] != "" })]
	require.Equal(t, []Month{{"2026-01", "1"}, {"2025-12", "0"}, {"2025-11", "B"}}, card.History)
	require.True(t, r.Score.Scored)
	require.Equal(t, score.Notice, r.Score.Notice)
	require.Equal(t, 2, r.Score.Attributes.HardInquiries365)
}

// The subject sees who looked at its file without an application, too, and its inquiry needs no consent.
func TestOwnReport(t *testing.T) {
	s := withPast(t)
	s.chain.State().Views[subject] = credittypes.Subject{
		Pseudonym: subject[:], Controller: s.lender.Operator(), Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY,
	}
	send := s.getter.Send
	r, err := Own(t.Context(), OwnConfig{
		ChainID: "test-1", Signer: s.lender.Signer, Chain: s.chain, History: s.getter.History, Vaults: s.vaults, Now: func() time.Time { return now },
		Send: func(ctx context.Context, msgs ...sdk.Msg) (client.Result, error) {
			msg, ok := msgs[0].(*credittypes.MsgOpenOwnInquiry)
			if !ok {
				return send(ctx, msgs...)
			}
			require.Equal(t, s.lender.Operator(), msg.Controller)
			id := credittypes.InquiryID(s.lender.Signer.Address(), msg.Subject, msg.Nonce)
			s.chain.State().Inquiries[id] = credittypes.Inquiry{
				Id: id[:], DataUser: msg.Controller, Subject: msg.Subject, Purpose: credittypes.PURPOSE_OWN_REQUEST, Kind: credittypes.INQUIRY_KIND_OWN,
				Status: credittypes.INQUIRY_STATUS_OPEN, OpenedAt: now, ExpiresAt: now.Add(time.Hour),
			}
			return client.Result{Hash: "F00D", Height: 9}, nil
		},
	}, subject)
	require.NoError(t, err)
	require.NoError(t, r.Check())
	require.True(t, r.Own)
	require.Len(t, r.Inquiries, 4)
	require.Equal(t, []Recent{{"hard", 1, 1, 2}, {"soft", 0, 1, 1}, {"own", 0, 1, 1}}, r.Summary.Inquiries)
	require.Equal(t, "the subject", r.Inquiries[2].Name)
	require.Empty(t, r.Consent)
	require.NotNil(t, r.Receipt)
	_, err = Own(t.Context(), OwnConfig{ChainID: "test-1"}, subject)
	require.ErrorContains(t, err, "signer")
}

// A report on a merged pseudonym is one on the subject that it was merged into, with the records of both.
func TestMergedSubjects(t *testing.T) {
	s := newScene(t)
	alias := [32]byte{0xa1}
	record := s.banks[1].Furnish(t, s.chain, alias, "7", schemas.TradelineFirm, commitment.Record{"balance": "1", "currency": "USD", "status": "11"})
	vault := s.vaults[s.banks[1].Operator()]
	vault.records = append(vault.records, s.open(1, &record))
	s.chain.State().Views[alias] = credittypes.Subject{Pseudonym: alias[:], MergedInto: subject[:]}
	s.chain.State().Views[subject] = credittypes.Subject{Pseudonym: subject[:], Aliases: [][]byte{alias[:]}}
	r, err := s.getter.Get(t.Context(), Request{Subject: alias, Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, Consent: &s.consent})
	require.NoError(t, err)
	require.NoError(t, r.Check())
	require.Len(t, r.Lines, 3)
	require.Equal(t, hex.EncodeToString(subject[:]), r.Subject)
	require.Equal(t, hex.EncodeToString(alias[:]), r.AskedAs)
	require.Equal(t, []string{hex.EncodeToString(alias[:])}, r.Aliases)
	merged := slices.IndexFunc(r.Lines, func(l Line) bool { return l.Subject != "" })
	require.Equal(t, r.AskedAs, r.Lines[merged].Subject)

	checked, err := Verify(t.Context(), s.chain, "test-1", r, now)
	require.NoError(t, err)
	require.NoError(t, checked.Check())
	forged := *r
	forged.Lines = slices.Clone(r.Lines)
	forged.Lines[merged].Subject = strings.Repeat("77", 32)
	checked, err = Verify(t.Context(), s.chain, "test-1", &forged, now)
	require.NoError(t, err)
	require.Equal(t, Mismatch, checked.Lines[merged].Proof, "a line of somebody else does not get in")

	s.chain.State().Views[alias] = credittypes.Subject{Pseudonym: alias[:], MergedInto: alias[:]}
	_, err = s.getter.Get(t.Context(), Request{Subject: alias})
	require.ErrorContains(t, err, "makes no sense")
}

// What was read before the inquiry was there may have changed: what is judged is what the chain has afterwards.
func TestChangedMeanwhile(t *testing.T) {
	s := newScene(t)
	send := s.getter.Send
	s.getter.Send = func(ctx context.Context, msgs ...sdk.Msg) (client.Result, error) {
		if _, ok := msgs[0].(*credittypes.MsgOpenInquiry); ok {
			s.change(0, func(t *credittypes.Tradeline) { t.State = credittypes.RECORD_STATE_SUPPRESSED })
		}
		return send(ctx, msgs...)
	}
	r, err := s.get()
	require.NoError(t, err)
	require.Equal(t, Hidden{Suppressed: 1}, r.Hidden)
	for _, line := range r.Lines {
		if line.Furnisher == s.banks[0].Operator() { // its vault was asked before, or was not
			require.Equal(t, Mismatch, line.Proof)
			require.Empty(t, line.Values, "the vault gave it all the same: it is not shown")
		}
	}
}

func validate(t *testing.T, r *Report) {
	t.Helper()
	schema, err := os.Open("../../docs/api/report.schema.json")
	require.NoError(t, err)
	defer schema.Close()
	document, err := jsonschema.UnmarshalJSON(schema)
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	require.NoError(t, compiler.AddResource("report.json", document))
	compiled, err := compiler.Compile("report.json")
	require.NoError(t, err)
	encoded, err := json.Marshal(r)
	require.NoError(t, err)
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(encoded))
	require.NoError(t, err)
	require.NoError(t, compiled.Validate(instance))
	require.Error(t, compiled.Validate(map[string]any{"chain_id": "x"}), "a schema that takes everything would prove nothing")
}

// Reports of every kind are as the published schema says.
func TestJSONSchema(t *testing.T) {
	full, err := withPast(t).get()
	require.NoError(t, err)
	validate(t, full)

	s := withPast(t)
	s.change(0, func(t *credittypes.Tradeline) {
		t.State = credittypes.RECORD_STATE_DISPUTED
		t.Compliance = credittypes.COMPLIANCE_CODE_XB
	})
	s.vaults[s.banks[1].Operator()] = &vaultAnswer{records: []types.Record{{TradelineId: make([]byte, 32), AttestationId: make([]byte, 32), SchemaId: make([]byte, 32)}}}
	faulty, err := s.get()
	require.NoError(t, err)
	validate(t, faulty)
	checked, err := Verify(t.Context(), s.chain, "test-1", full, now)
	require.NoError(t, err)
	validate(t, checked)

	delete(s.vaults, s.banks[0].Operator())
	s.consent = testvault.Consent(s.chain, subject, s.lender.Operator(), nil, testvault.Schema(schemas.TradelineFirm))
	silent, err := s.get()
	require.NoError(t, err)
	validate(t, silent)

	p := newProvenScene(t)
	proven, err := p.verify(p.prove(p.look(), 1), 1)
	require.NoError(t, err)
	validate(t, proven)
}

// No line is wider than a terminal, and no text of others controls it.
func TestTextWidth(t *testing.T) {
	s := withPast(t)
	bank := s.banks[0].Operator()
	view := s.chain.State().Institutions[bank]
	view.Institution.Name = "\x1b[31mBank\u202e " + strings.Repeat("of a very long name ", 6)
	s.chain.State().Institutions[bank] = view
	s.vaults[s.banks[1].Operator()].err = failure(strings.Repeat("it did not answer ", 30) + "\x1b]0;title\a")
	r, err := s.get()
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, r.Print(&text))
	for _, line := range strings.Split(text.String(), "\n") {
		require.LessOrEqual(t, utf8.RuneCountInString(line), columns, line)
	}
	require.NotContains(t, text.String(), "\x1b")
	require.NotContains(t, text.String(), "\u202e")
	for _, want := range []string{"FRAUD ALERT", "frozen", "payments, newest first: 2026-01 10B", "hard inquiries", "no answer from Second Bank", "example model; not validated"} {
		require.Contains(t, text.String(), want)
	}
}

func TestHTML(t *testing.T) {
	s := withPast(t)
	bank := s.banks[0].Operator()
	view := s.chain.State().Institutions[bank]
	view.Institution.Name = `<script>alert("x")</script>`
	s.chain.State().Institutions[bank] = view
	r, err := s.get()
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, r.HTML(&out))
	page := out.String()
	require.NotContains(t, page, "<script")
	require.Contains(t, page, "&lt;script&gt;")
	for _, loaded := range []string{"src=", "href=", "@import", "url("} {
		require.NotContains(t, page, loaded, "it loads nothing")
	}
	require.Contains(t, page, `<html lang="en">`)
	require.Contains(t, page, "prefers-color-scheme: dark")
	require.Contains(t, page, "@media print")
	require.Equal(t, 1, strings.Count(page, "<h1>"))
	require.Equal(t, strings.Count(page, "<table"), strings.Count(page, "<caption>"), "each table has a caption")
	require.Equal(t, strings.Count(page, "<th "), strings.Count(page, "<th scope="), "each heading cell has a scope")
	require.NotContains(t, page, "<th>")
	require.Contains(t, page, score.Notice)
	require.Contains(t, page, "creditd.tax.standing")
	require.Contains(t, page, "30 days late")
}

type failure string

func (e failure) Error() string { return string(e) }
