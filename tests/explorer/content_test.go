package explorer

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"

	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/report"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// authority is the governance account of any creditd chain: what the members vote for, it does.
const authority = "credit10d07y265gmmuvt4z0w9aw880jnsr700j7qfeq8"

// content is what the chain has one of each of, for the tests in the browser.
type content struct {
	UI            string `json:"ui"`
	Switch        string `json:"switch"` // takes the node away and brings it back
	Institution   string `json:"institution"`
	Licence       string `json:"licence"`
	Subject       string `json:"subject"`
	Consent       string `json:"consent"`
	Inquiry       string `json:"inquiry"`
	Dispute       string `json:"dispute"`
	Schema        string `json:"schema"`
	Attestation   string `json:"attestation"` // it refers to Replaced's successor
	Replaced      string `json:"replaced"`
	Contract      string `json:"contract"`
	Accreditation string `json:"accreditation"`
	Proposal      string `json:"proposal"`
	Tx            string `json:"tx"`
	Bundle        string `json:"bundle"` // file
	TrustedHeight int64  `json:"trusted_height"`
	TrustedHash   string `json:"trusted_hash"`
	Report        string `json:"report"` // file with proofs of what the lender saw, before disputes
	ReportHeight  int64  `json:"report_height"`
	ReportHash    string `json:"report_hash"`
	Words         string `json:"words"`    // of a key that is offered control of the subject
	Identity      string `json:"identity"` // of the borrower, made up: what no page may show
}

// filler puts content onto a chain.
type filler struct {
	net *devnet.Net
	dir string
	content
	payroll string // schema under which accredited institutions attest
}

// fill a network whose seed is one borrower with reported loans.
func fill(ctx context.Context, t *testing.T, net *devnet.Net) *content {
	f := &filler{net: net, dir: t.TempDir()}
	borrower := net.Subjects[0]
	f.Institution, f.Licence = net.Institutions[0].Operator, net.Institutions[0].Licence
	f.Subject, f.Identity = borrower.Pseudonym, borrower.Identity

	f.schema(ctx, t)
	f.governed(ctx, t)
	f.attestations(ctx, t) // while the vote goes on
	f.looked(ctx, t, borrower)
	f.decided(ctx, t)
	f.accredited(ctx, t)
	f.disputed(ctx, t, borrower)
	f.proven(ctx, t)
	f.offered(ctx, t, borrower)
	return &f.content
}

func (f *filler) send(ctx context.Context, t *testing.T, name string, command ...string) devnet.Tx {
	t.Helper()
	who := f.net.Find(name)
	tx, err := f.net.Send(ctx, who.Home, name, "", command...)
	require.NoError(t, err)
	require.Zero(t, tx.Code, "%v: %s", command, tx.Log)
	return tx
}

// schema of a bank.
func (f *filler) schema(ctx context.Context, t *testing.T) {
	created := f.send(ctx, t, "bank-a", "attestation", "create-schema", "aldermoor.income", "1", "--issuer-roles", "furnisher", "--revocable",
		"--fields", `{"name":"income","kind":"FIELD_KIND_AMOUNT","unit":"minor","disclosable":true}`,
		"--fields", `{"name":"currency","kind":"FIELD_KIND_CODE","unit":"iso4217","disclosable":true}`,
		"--fields", `{"name":"confirmed_on","kind":"FIELD_KIND_DATE","disclosable":true}`)
	f.Schema = attribute(created, "id")
	require.NotEmpty(t, f.Schema)
}

// attestations: one replaced by a second, a third refers to the second.
func (f *filler) attestations(ctx context.Context, t *testing.T) {
	f.Replaced = f.attest(ctx, t, "a", "")
	second := f.attest(ctx, t, "b", "")
	f.send(ctx, t, "bank-a", "attestation", "supersede", f.Replaced, second)
	f.Attestation = f.attest(ctx, t, "c", second)
}

func (f *filler) attest(ctx context.Context, t *testing.T, letter, reference string) string {
	t.Helper()
	statement := map[string]string{
		"subject":    base64.StdEncoding.EncodeToString([]byte(strings.Repeat("s", 32))),
		"commitment": base64.StdEncoding.EncodeToString([]byte(strings.Repeat(letter, 32))),
	}
	if reference != "" {
		raw, err := hex.DecodeString(reference)
		require.NoError(t, err)
		statement["reference"] = base64.StdEncoding.EncodeToString(raw)
	}
	raw, err := json.Marshal(statement)
	require.NoError(t, err)
	tx := f.send(ctx, t, "bank-a", "attestation", "attest", f.Schema, "--statement", string(raw))
	f.Tx = tx.Hash
	if id := attribute(tx, "batch_id"); id != "" {
		return id + "00000000"
	}
	return attribute(tx, "id")
}

// governed: the members vote for a data contract to run and for the tax office to accredit.
func (f *filler) governed(ctx context.Context, t *testing.T) {
	contract := filepath.Join(f.dir, "contract.json")
	require.NoError(t, os.WriteFile(contract, []byte(`{"name":"disputed-record-review","version":1,"code":{"trigger":"CONTRACT_TRIGGER_DISPUTE",
		"condition":"subject.kind == \"LEGAL_ENTITY\"","action":"CONTRACT_ACTION_ANNOTATE","annotation":"ANNOTATION_REVIEW","cost_limit":"100"}}`), 0o600))
	f.Contract = attribute(f.send(ctx, t, "bank-b", "credit", "propose-contract", contract), "contract_id")
	require.NotEmpty(t, f.Contract)

	f.payroll = attribute(f.send(ctx, t, "bank-a", "attestation", "create-schema", "aldermoor.payroll", "1", "--accredited", "--revocable",
		"--fields", `{"name":"payroll","kind":"FIELD_KIND_AMOUNT","unit":"minor","disclosable":true}`), "id")
	tax := f.net.Find("tax-office").Operator
	now := time.Now().UTC().Truncate(time.Second)
	until := now.AddDate(2, 0, 0).Format(time.RFC3339)
	f.Proposal = f.propose(ctx, t, "Accredit the tax office and review disputed records",
		map[string]any{"@type": "/creditd.credit.v1.MsgApproveContract", "authority": authority, "id": base64Of(t, f.Contract)},
		map[string]any{
			"@type": "/creditd.attestation.v1.MsgAccredit", "signer": authority, "grantee": tax, "accreditor": true, "issuer": true,
			"schema_ids": []string{base64Of(t, f.payroll)}, "jurisdictions": []string{"US"},
			"valid_from": now.Format(time.RFC3339), "valid_until": until,
		})
	f.vote(ctx, t, f.Proposal)
}

// accredited: the tax office in its turn accredits a bank.
func (f *filler) accredited(ctx context.Context, t *testing.T) {
	tax := f.net.Find("tax-office").Operator
	var tree struct {
		Accreditations []struct {
			ID string `json:"id"`
		} `json:"accreditations"`
	}
	f.ask(ctx, t, "/creditd/attestation/v1/accreditations?grantee="+tax, &tree)
	require.Len(t, tree.Accreditations, 1)
	root := hexOf(t, tree.Accreditations[0].ID)
	now := time.Now().UTC().Truncate(time.Second)
	f.Accreditation = attribute(f.send(ctx, t, "tax-office", "attestation", "accredit", f.Institution, "--parent", root, "--issuer",
		"--schema-ids", f.payroll, "--jurisdictions", "US", "--valid-from", now.Format(time.RFC3339), "--valid-until", now.AddDate(1, 0, 0).Format(time.RFC3339)), "id")
}

// looked: the borrower consents, the lender looks.
func (f *filler) looked(ctx context.Context, t *testing.T, borrower devnet.Subject) {
	var err error
	f.Consent, err = f.net.Grant(ctx, borrower, 3)
	require.NoError(t, err)
	f.Report = filepath.Join(f.dir, "report.proofs")
	_, err = f.net.Run(ctx, "report", "get", "--identity", borrower.Identity, "--kind", borrower.Kind, "--home", f.net.Find(devnet.Lender).Home, "--output", "json",
		"--save-proofs", f.Report)
	require.NoError(t, err)
	encoded, err := os.ReadFile(f.Report)
	require.NoError(t, err)
	proofs, err := report.ParseProofs(encoded)
	require.NoError(t, err)
	trusted, err := proofs.Start()
	require.NoError(t, err)
	f.ReportHeight, f.ReportHash = trusted.Height, hex.EncodeToString(trusted.Hash[:])
	var trail struct {
		Entries []struct {
			Kind string `json:"kind"`
			Ref  string `json:"ref"`
		} `json:"entries"`
	}
	f.ask(ctx, t, "/creditd/credit/v1/subjects/"+f.Subject+"/trail?pagination.reverse=true", &trail)
	for _, entry := range trail.Entries {
		if entry.Kind == credittypes.TRAIL_KIND_INQUIRY_OPENED.String() {
			f.Inquiry = hexOf(t, entry.Ref)
		}
	}
	require.NotEmpty(t, f.Inquiry)
}

// disputed: of two records that the borrower disputes, one is answered.
func (f *filler) disputed(ctx context.Context, t *testing.T, borrower devnet.Subject) {
	var lines struct {
		Tradelines []struct {
			ID        string `json:"id"`
			Furnisher string `json:"furnisher"`
		} `json:"tradelines"`
	}
	f.ask(ctx, t, "/creditd/credit/v1/subjects/"+f.Subject+"/tradelines", &lines)
	require.GreaterOrEqual(t, len(lines.Tradelines), 2)
	for n, line := range lines.Tradelines[:2] {
		tx, err := f.net.Send(ctx, borrower.Home, borrower.Key, "", "credit", "open-dispute", f.Subject, hexOf(t, line.ID), "amount",
			"--nonce", fmt.Sprintf("%032x", n+1))
		require.NoError(t, err)
		require.Zero(t, tx.Code, tx.Log)
		f.Dispute = attribute(tx, "dispute_id")
		require.NotEmpty(t, f.Dispute)
		if n > 0 {
			continue
		}
		for i := range f.net.Institutions {
			if bank := &f.net.Institutions[i]; bank.Operator == line.Furnisher {
				f.send(ctx, t, bank.Name, "credit", "answer-dispute", f.Dispute, "verified", strings.Repeat("e7", 32))
			}
		}
	}
}

// propose messages to the members' vote.
func (f *filler) propose(ctx context.Context, t *testing.T, title string, messages ...any) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"messages": messages, "title": title, "summary": title, "deposit": ""})
	require.NoError(t, err)
	file := filepath.Join(f.dir, "proposal.json")
	require.NoError(t, os.WriteFile(file, raw, 0o600))
	return attribute(f.send(ctx, t, "bank-a", "gov", "submit-proposal", file), "proposal_id")
}

// vote yes by all members.
func (f *filler) vote(ctx context.Context, t *testing.T, proposal string) {
	t.Helper()
	var votes errgroup.Group
	for i := range f.net.Institutions {
		member := &f.net.Institutions[i]
		if member.Node == nil {
			continue
		}
		votes.Go(func() error {
			tx, err := f.net.Send(ctx, member.Home, member.Name, "", "gov", "vote", proposal, "yes")
			if err == nil && tx.Code != 0 {
				err = fmt.Errorf("vote of %s: %s", member.Name, tx.Log)
			}
			return err
		})
	}
	require.NoError(t, votes.Wait())
}

// decided waits until the vote is over and what it was for is done.
func (f *filler) decided(ctx context.Context, t *testing.T) {
	var answer struct {
		Proposal struct {
			Status string `json:"status"`
			Failed string `json:"failed_reason"`
		} `json:"proposal"`
	}
	require.Eventually(t, func() bool {
		f.ask(ctx, t, "/cosmos/gov/v1/proposals/"+f.Proposal, &answer)
		return answer.Proposal.Status != "PROPOSAL_STATUS_VOTING_PERIOD"
	}, time.Minute, 100*time.Millisecond)
	require.Equal(t, "PROPOSAL_STATUS_PASSED", answer.Proposal.Status, answer.Proposal.Failed)
}

// ask a REST server.
func (f *filler) ask(ctx context.Context, t *testing.T, path string, into any) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, f.net.Institutions[0].Node.REST+path, http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode, "%s: %s", path, raw)
	require.NoError(t, json.Unmarshal(raw, into))
}

// attribute of an event, without the quotes of JSON; ids in hexadecimal.
func attribute(tx devnet.Tx, name string) string {
	value := devnet.Attribute(tx.Events, name)
	if unquoted, err := strconv.Unquote(value); err == nil {
		value = unquoted
	}
	return value
}

func hexOf(t *testing.T, text string) string {
	t.Helper()
	raw, err := base64.StdEncoding.DecodeString(text)
	require.NoError(t, err)
	return hex.EncodeToString(raw)
}

func base64Of(t *testing.T, text string) string {
	t.Helper()
	raw, err := hex.DecodeString(text)
	require.NoError(t, err)
	return base64.StdEncoding.EncodeToString(raw)
}

// words are the best known ones; walletAddress is the account that all wallets derive from them for this chain.
const (
	words         = "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about"
	walletAddress = "credit19rl4cm2hmr8afy4kldpxz3fka4jguq0aczhpfp"
)

// offered: the borrower hands its file over to a key that the browser is given.
func (f *filler) offered(ctx context.Context, t *testing.T, borrower devnet.Subject) {
	t.Helper()
	tx, err := f.net.Send(ctx, borrower.Home, borrower.Key, "", "credit", "rotate-control", borrower.Pseudonym, walletAddress)
	require.NoError(t, err)
	require.Zero(t, tx.Code, tx.Log)
	f.Words = words
}

// proven: a bundle about the attestation, from the header that it is proven by.
func (f *filler) proven(ctx context.Context, t *testing.T) {
	t.Helper()
	f.Bundle = filepath.Join(f.dir, "bundle.json")
	_, err := f.net.Run(ctx, "attestation", "prove", f.Attestation, "--node", f.net.Institutions[0].Node.RPC, "-o", f.Bundle)
	require.NoError(t, err)
	encoded, err := os.ReadFile(f.Bundle)
	require.NoError(t, err)
	bundle, err := proof.Parse(encoded)
	require.NoError(t, err)
	trusted, err := bundle.Start()
	require.NoError(t, err)
	f.TrustedHeight, f.TrustedHash = trusted.Height, hex.EncodeToString(trusted.Hash[:])
}
