package report

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/records"
	"github.com/creditd/creditd/vault/types"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// change a bank's tradeline on the chain.
func (s *scene) change(bank int, change func(t *credittypes.Tradeline)) {
	id := s.records[bank].Tradeline
	changed := s.chain.State().Tradelines[id]
	change(&changed)
	s.chain.State().Tradelines[id] = changed
}

// What may not be shown is counted and not shown, whatever the vault gives; a saved report says so of its line.
func TestHidden(t *testing.T) {
	saved, err := newScene(t).get()
	require.NoError(t, err)
	require.Equal(t, Hidden{}, saved.Hidden)
	for name, test := range map[string]struct {
		want   Hidden
		change func(t *credittypes.Tradeline)
	}{
		"suppressed":                    {Hidden{Suppressed: 1}, func(t *credittypes.Tradeline) { t.State = credittypes.RECORD_STATE_SUPPRESSED }},
		"expired":                       {Hidden{Expired: 1}, func(t *credittypes.Tradeline) { t.State = credittypes.RECORD_STATE_EXPIRED }},
		"erased":                        {Hidden{Erased: 1}, func(t *credittypes.Tradeline) { t.State = credittypes.RECORD_STATE_ERASED }},
		"over, and the chain is behind": {Hidden{Expired: 1}, func(t *credittypes.Tradeline) { t.ShowUntil = now }},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			before, err := s.get()
			require.NoError(t, err)
			s.consent = testvault.Consent(s.chain, subject, s.lender.Operator(), nil, testvault.Schema(schemas.TradelineFirm))
			s.change(0, test.change)
			s.vaults[s.banks[0].Operator()].records = nil
			r, err := s.get()
			require.NoError(t, err)
			require.Equal(t, test.want, r.Hidden)
			require.Len(t, r.Lines, 1)
			require.Equal(t, s.banks[1].Operator(), r.Lines[0].Furnisher)
			var text bytes.Buffer
			require.NoError(t, r.Print(&text))
			require.Contains(t, text.String(), "1 tradelines are not shown")

			s.vaults[s.banks[0].Operator()].records = []types.Record{s.open(0, &s.records[0])}
			s.consent = testvault.Consent(s.chain, subject, s.lender.Operator(), nil, testvault.Schema(schemas.TradelineFirm))
			given, err := s.get()
			require.NoError(t, err)
			for _, line := range given.Lines {
				if line.Furnisher == s.banks[0].Operator() {
					require.Equal(t, Mismatch, line.Proof, "a vault that gives it all the same is exposed")
					require.Empty(t, line.Values)
				}
			}

			checked, err := Verify(t.Context(), s.chain, "test-1", before, now)
			require.NoError(t, err)
			require.Equal(t, Suppressed, s.line(checked, 0).Proof)
			require.Empty(t, s.line(checked, 0).Values)
			require.Equal(t, Verified, s.line(checked, 1).Proof)
		})
	}
}

// Re-aging shows when the vault opens an earlier version: the same account, delinquent since an earlier day.
func TestReaging(t *testing.T) {
	day := func(text string) time.Time {
		date, err := time.Parse(time.DateOnly, text)
		require.NoError(t, err)
		return date
	}
	for name, test := range map[string]struct {
		earlier []string // dates of the earlier versions, "" for none
		proof   Proof
	}{
		"the same date":           {[]string{"2025-06-01"}, Verified},
		"it was current before":   {[]string{""}, Verified},
		"a date before":           {[]string{"2024-01-01"}, BadClock},
		"cured in between":        {[]string{"2024-01-01", ""}, Verified},
		"moved, and moved back":   {[]string{"2025-06-01", "2025-08-01"}, BadClock},
		"corrected to be earlier": {[]string{"2025-08-01"}, Verified},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t)
			s.records[0] = s.banks[0].Furnish(t, s.chain, subject, "2", schemas.TradelineFirm, commitment.Record{
				"balance": "600000", "currency": "USD", "status": "78", "date_first_delinquency": "2025-06-01",
			})
			record := s.open(0, &s.records[0])
			s.change(0, func(t *credittypes.Tradeline) { t.Version = uint32(len(test.earlier) + 1) })
			for i, text := range test.earlier {
				var first time.Time
				if text != "" {
					first = day(text)
				}
				clock := records.NewClock(first, now)
				said, err := clock.Commitment()
				require.NoError(t, err)
				id := s.records[0].Tradeline
				s.chain.State().Versions[id] = append(s.chain.State().Versions[id], credittypes.TradelineVersion{Version: uint32(i + 1), Delinquency: said.Bytes()})
				record.Earlier = append(record.Earlier, types.Opening{Salt: clock.Salt[:], First: text})
			}
			answer := s.vaults[s.banks[0].Operator()]
			answer.records = append(answer.records, record)
			r, err := s.get()
			require.NoError(t, err)
			var line Line
			for _, l := range r.Lines {
				if l.Tradeline == hexOf(s.records[0].Tradeline) {
					line = l
				}
			}
			require.Equal(t, test.proof, line.Proof, line.Reason)
			checked, err := Verify(t.Context(), s.chain, "test-1", r, now)
			require.NoError(t, err)
			for _, l := range checked.Lines {
				if l.Tradeline == line.Tradeline {
					require.Equal(t, test.proof, l.Proof, "a saved report says the same")
				}
			}
		})
	}
}

func hexOf(id [32]byte) string { return credittypes.ID(id).String() }

func TestAlertsAndRemarks(t *testing.T) {
	s := newScene(t)
	until := now.AddDate(0, 0, 3)
	s.chain.State().Views[subject] = credittypes.Subject{
		Pseudonym: subject[:], Freeze: &credittypes.Freeze{Since: now.AddDate(0, -1, 0), LiftedUntil: &until, LiftedFor: "credit1lender"},
		FraudAlert: &credittypes.FraudAlert{Since: now.AddDate(0, -1, 0), Until: until, Extended: true},
	}
	s.change(0, func(t *credittypes.Tradeline) {
		t.Compliance, t.Annotations = credittypes.COMPLIANCE_CODE_XC, []credittypes.Annotation{credittypes.ANNOTATION_STALE}
	})
	r, err := s.get()
	require.NoError(t, err)
	require.Equal(t, "XC", s.line(r, 0).Compliance)
	require.Equal(t, []string{"STALE"}, s.line(r, 0).Annotations)
	require.True(t, r.FraudAlert.Extended)
	require.Equal(t, "credit1lender", r.Freeze.LiftedFor)
	var text bytes.Buffer
	require.NoError(t, r.Print(&text))
	for _, want := range []string{"EXTENDED FRAUD ALERT until 2026-03-04", "frozen since 2026-02-01", "credit1lender", "XC STALE"} {
		require.Contains(t, text.String(), want)
	}
	checked, err := Verify(t.Context(), s.chain, "test-1", r, until)
	require.NoError(t, err)
	require.Nil(t, checked.FraudAlert, "it is over by then")
	require.NotNil(t, checked.Freeze)
}
