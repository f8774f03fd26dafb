package e2e

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/subject"
	"github.com/creditd/creditd/vault/report"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// disputed: the borrower, who pays nothing, signs that a record is wrong; a bank that has nothing to do with it submits that.
// The record is annotated from the next block on, until its furnisher answers.
func (j *job) disputed(ctx context.Context, t *testing.T) {
	before := j.get(ctx, t)
	line := before.Lines[0]
	id := j.signDispute(ctx, t, line)

	annotated := j.lineOf(ctx, t, line.Tradeline)
	require.Equal(t, report.Disputed, annotated.Proof)
	require.Equal(t, "XB", annotated.Compliance)
	require.NotEmpty(t, annotated.Values, "annotated, and shown")

	evidence := strings.Repeat("e7", 32)
	for i := range j.net.Institutions {
		if bank := &j.net.Institutions[i]; bank.Operator == line.Furnisher {
			tx := send(ctx, t, j.net, bank.Name, "credit", "answer-dispute", id, "verified", evidence)
			require.Zero(t, tx.Code, tx.Log)
		}
	}
	answered := j.get(ctx, t)
	require.True(t, answered.Complete)
	for _, l := range answered.Lines {
		if l.Tradeline == line.Tradeline {
			require.NotEmpty(t, l.Compliance, "that it was disputed stays visible")
			require.NotEqual(t, "XB", l.Compliance)
		} else {
			require.Empty(t, l.Compliance)
		}
	}
}

// signDispute returns the dispute's id.
func (j *job) signDispute(ctx context.Context, t *testing.T, line report.Line) string {
	t.Helper()
	pseudonym, err := hex.DecodeString(j.borrower.Pseudonym)
	require.NoError(t, err)
	tradeline, err := hex.DecodeString(line.Tradeline)
	require.NoError(t, err)
	nonce := []byte("0123456789abcdef")
	message, err := json.Marshal(map[string]any{
		"@type": "/creditd.credit.v1.MsgOpenDispute", "subject": pseudonym, "tradeline_id": tradeline,
		"reason": "DISPUTE_REASON_AMOUNT", "nonce": nonce,
	})
	require.NoError(t, err)
	dir := t.TempDir()
	file, order := filepath.Join(dir, "dispute.json"), filepath.Join(dir, "order.json")
	require.NoError(t, os.WriteFile(file, message, 0o600))
	signed := must(ctx, t, j.net, "subject", "sign", file, "--from", j.borrower.Key, "--home", j.borrower.Home,
		"--chain-id", j.net.ChainID, "--deadline", "1h")
	require.NoError(t, os.WriteFile(order, signed, 0o600))

	courier := j.net.Institutions[uninvolved].Name
	tx := send(ctx, t, j.net, courier, "credit", "submit-signed", order)
	require.Zero(t, tx.Code, tx.Log)
	again := send(ctx, t, j.net, courier, "credit", "submit-signed", order)
	require.Equal(t, credittypes.ErrOrderUsed.ABCICode(), again.Code, "once: %s", again.Log)
	id := credittypes.DisputeID(pseudonym, tradeline, nonce)
	return id.String()
}

// lineOf a report in which a line is disputed, so that the command does not end with 0.
func (j *job) lineOf(ctx context.Context, t *testing.T, tradeline string) report.Line {
	t.Helper()
	j.looks++
	out, err := j.net.Run(ctx, j.reportArgs("--output", "json")...)
	require.Error(t, err)
	var r report.Report
	require.NoError(t, json.Unmarshal(out, &r), string(out))
	for _, line := range r.Lines {
		if line.Tradeline == tradeline {
			return line
		}
	}
	t.Fatalf("no line of tradeline %s", tradeline)
	return report.Line{}
}

// receipt: the borrower exports what it consented to, and when.
func (j *job) receipt(ctx context.Context, t *testing.T) {
	out := must(ctx, t, j.net, "subject", "consent-receipt", j.borrower.Pseudonym, j.consent, "--home", j.borrower.Home,
		"--chain-id", j.net.ChainID, "--node", j.net.Institutions[0].Node.RPC)
	var r subject.Receipt
	require.NoError(t, json.Unmarshal(out, &r), string(out))
	require.Equal(t, j.consent, r.Record.Header.RecordID)
	require.Equal(t, j.borrower.Pseudonym, r.Record.Header.PrincipalID)
	require.Equal(t, j.net.ChainID, r.Creditd.ChainID)
	require.Equal(t, "withdrawn", r.Creditd.Status)
	require.Equal(t, j.net.Find(devnet.Lender).Operator, r.Record.Processing[0].Controllers[0])
	var states []string
	for _, event := range r.Record.Events {
		require.Equal(t, j.borrower.Address, event.EntityID)
		states = append(states, event.State)
	}
	require.Equal(t, []string{"given", "withdrawn"}, states)
}
