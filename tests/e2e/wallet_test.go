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

	"github.com/creditd/creditd/credential"
	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/vault/report"
	"github.com/creditd/creditd/wallet"
)

// walletRows of the made-up book: three lenders, a borrower in common.
const walletRows = "120"

// TestWallet follows a borrower who has nothing but a wallet: no account that anybody paid for, no node, no balance.
func TestWallet(t *testing.T) {
	t.Parallel()
	ctx, net := network(t, devnet.Options{Validators: 3})
	b := newBorrower(ctx, t, net)
	t.Run("claims its file", func(t *testing.T) { b.claims(ctx, t) })
	t.Run("consents, and a lender looks", func(t *testing.T) { b.consents(ctx, t) })
	t.Run("sees who looked, with proof", func(t *testing.T) { b.sees(ctx, t) })
	t.Run("disputes", func(t *testing.T) { b.disputes(ctx, t) })
	t.Run("gets its own report", func(t *testing.T) { b.reports(ctx, t) })
	t.Run("presents a credential", func(t *testing.T) { b.presents(ctx, t) })
}

// borrower with a wallet.
type borrower struct {
	net     *devnet.Net
	dir     string
	subject devnet.Subject
	consent string
	report  report.Report
}

func newBorrower(ctx context.Context, t *testing.T, net *devnet.Net) *borrower {
	t.Helper()
	b := &borrower{net: net, dir: t.TempDir()}
	book := filepath.Join(net.Home, "book.csv")
	must(ctx, t, net, "vault", "generate", "--format", "sba", "--rows", walletRows, "--lenders", "3", "--out", book)
	var found []struct {
		Name string `json:"name"`
	}
	require.NoError(t, json.Unmarshal(must(ctx, t, net, "vault", "lenders", book, "--output", "json"), &found))
	var lenders []string
	for i, lender := range found[:3] {
		lenders = append(lenders, lender.Name)
		must(ctx, t, net, "vault", "import", book, "--format", "sba", "--lender", lender.Name, "--home", net.Institutions[i].Home)
	}
	require.NoError(t, os.WriteFile(b.file("passphrase"), []byte("correct horse battery\n"), 0o600))
	var made struct {
		Address string `json:"address"`
	}
	node := net.Institutions[0].Node
	require.NoError(t, json.Unmarshal(b.wallet(ctx, t, "init", "--words-file", b.file("words"), "--node", node.RPC, "--grpc-addr", node.GRPC, "--output", "json"), &made))
	subject, err := net.OfferControl(ctx, book, lenders, made.Address)
	require.NoError(t, err)
	b.subject = subject
	return b
}

func (b *borrower) file(name string) string { return filepath.Join(b.dir, name) }

func (b *borrower) args(args ...string) []string {
	return append([]string{"wallet", "--home", b.file("wallet"), "--passphrase-file", b.file("passphrase")}, args...)
}

func (b *borrower) wallet(ctx context.Context, t *testing.T, args ...string) []byte {
	t.Helper()
	return must(ctx, t, b.net, b.args(args...)...)
}

func (b *borrower) json(ctx context.Context, t *testing.T, into any, args ...string) {
	t.Helper()
	require.NoError(t, json.Unmarshal(b.wallet(ctx, t, append(args, "--output", "json")...), into))
}

// order signs with the wallet, and a bank that has nothing to do with the borrower submits it. It returns what the order made.
func (b *borrower) order(ctx context.Context, t *testing.T, args ...string) (made string) {
	t.Helper()
	file := b.file(strings.Join(args[:2], "-") + ".json")
	var signed struct {
		ID string `json:"id"`
	}
	b.json(ctx, t, &signed, append(args, "--via", file, "--yes")...)
	tx := send(ctx, t, b.net, devnet.Lender, "credit", "submit-signed", file)
	require.Zero(t, tx.Code, tx.Log)
	return signed.ID
}

func (b *borrower) status(ctx context.Context, t *testing.T) wallet.FileStatus {
	t.Helper()
	var s wallet.Status
	b.json(ctx, t, &s, "status")
	require.Len(t, s.Files, 1)
	return s.Files[0]
}

func (b *borrower) claims(ctx context.Context, t *testing.T) {
	refused(ctx, t, b.net, []string{"the chain does not know this credit file"}, b.args("claim", strings.Repeat("ab", 32), "--yes")...)
	b.order(ctx, t, "claim", b.subject.Pseudonym, "--name", "my firm")
	f := b.status(ctx, t)
	require.Equal(t, wallet.ControlYours, f.Control)
	require.Equal(t, "my firm", f.Name)
	require.Positive(t, f.Shown)
}

func (b *borrower) consents(ctx context.Context, t *testing.T) {
	look := []string{"report", "get", "--subject", b.subject.Pseudonym, "--home", b.net.Find(devnet.Lender).Home, "--output", "json"}
	refused(ctx, t, b.net, []string{"no consent"}, look...)
	b.consent = b.order(ctx, t, "consent", "give", "--to", "Everhill Lending", "--times", "2")
	var r report.Report
	require.NoError(t, json.Unmarshal(must(ctx, t, b.net, look...), &r))
	require.True(t, r.Complete)
	require.Equal(t, b.consent, r.Consent)
	var list []wallet.Consent
	b.json(ctx, t, &list, "consents")
	require.Len(t, list, 1)
	require.EqualValues(t, 1, list[0].UsesLeft)
	b.order(ctx, t, "consent", "withdraw", b.consent[:8])
	refused(ctx, t, b.net, []string{"no consent"}, look...)
}

func (b *borrower) sees(ctx context.Context, t *testing.T) {
	var seen struct {
		Looks []wallet.Look `json:"looks"`
	}
	b.json(ctx, t, &seen, "looks")
	require.Len(t, seen.Looks, 1)
	look := seen.Looks[0]
	require.Equal(t, "Everhill Lending", look.By.Name)
	require.Equal(t, b.consent, hex.EncodeToString(look.Consent[:]))
	require.Equal(t, "hard", look.Kind)
	require.Len(t, look.Gave, len(b.subject.Lenders))

	var proven struct {
		Looks         int    `json:"looks"`
		TrustedHeight string `json:"trusted_height"`
	}
	bundle := b.file("looks.json")
	b.json(ctx, t, &proven, "looks", "--prove", "1-"+itoa(look.Height), "--out", bundle)
	require.Equal(t, 1, proven.Looks)
	var commit struct {
		SignedHeader struct {
			Commit struct {
				BlockID struct {
					Hash string `json:"hash"`
				} `json:"block_id"`
			} `json:"commit"`
		} `json:"signed_header"`
	}
	other := b.net.Institutions[1].Node.RPC // whoever verifies has the hash from elsewhere
	require.NoError(t, devnet.RPC(ctx, other, "/commit?height="+proven.TrustedHeight, &commit))
	must(ctx, t, b.net, "audit", "verify", bundle, "--trusted-height", proven.TrustedHeight, "--trusted-hash", commit.SignedHeader.Commit.BlockID.Hash)
}

func itoa(n int64) string { raw, _ := json.Marshal(n); return string(raw) }

func (b *borrower) disputes(ctx context.Context, t *testing.T) {
	var records []wallet.Record
	b.json(ctx, t, &records, "records")
	require.NotEmpty(t, records)
	record := hex.EncodeToString(records[0].ID[:])
	letter := b.file("letter.txt")
	require.NoError(t, os.WriteFile(letter, []byte("The amount was paid in March."), 0o600))
	made := b.order(ctx, t, "dispute", "open", record[:8], "--reason", "amount", "--facts", letter)
	f := b.status(ctx, t)
	require.Len(t, f.Disputes, 1)
	require.Equal(t, made, hex.EncodeToString(f.Disputes[0].ID[:]))
	require.NotNil(t, f.Disputes[0].Due)

	for i := range b.net.Institutions {
		if bank := &b.net.Institutions[i]; bank.Operator == records[0].Furnisher.Address {
			tx := send(ctx, t, b.net, bank.Name, "credit", "answer-dispute", made, "verified", strings.Repeat("e7", 32))
			require.Zero(t, tx.Code, tx.Log)
		}
	}
}

// reports: no consent stands in the way of one's own look. It is the account's first transaction.
func (b *borrower) reports(ctx context.Context, t *testing.T) {
	b.json(ctx, t, &b.report, "report", "--yes", "--save", b.file("report.json"))
	require.True(t, b.report.Own)
	require.True(t, b.report.Complete)
	require.NotEmpty(t, b.report.Lines)
	require.NotEmpty(t, b.report.Lines[0].Values["original_amount"])
	require.NotNil(t, b.report.Receipt)
	text := string(b.wallet(ctx, t, "looks"))
	require.True(t, strings.Contains(strings.Split(text, "\n")[0], "you, for your own report"), text)
}

// presents a credential that a bank issued of its record, to a lender that the bank does not hear of.
func (b *borrower) presents(ctx context.Context, t *testing.T) {
	line := b.report.Lines[0]
	var bank *devnet.Institution
	for i := range b.net.Institutions {
		if b.net.Institutions[i].Operator == line.Furnisher {
			bank = &b.net.Institutions[i]
		}
	}
	node := []string{"--node", bank.Node.RPC, "--grpc-addr", bank.Node.GRPC}
	must(ctx, t, b.net, "credential", "keygen", b.file("issuer"))
	raw, err := os.ReadFile(b.file("issuer.pub.jwk"))
	require.NoError(t, err)
	key, err := credential.ParsePublicJWK(raw)
	require.NoError(t, err)
	registered := send(ctx, t, b.net, bank.Name, "attestation", "register-credential-key", "es256", hex.EncodeToString(key.Bytes()))
	require.Zero(t, registered.Code, registered.Log)
	record, err := json.Marshal(line)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(b.file("record.json"), record, 0o600))

	b.wallet(ctx, t, "credential", "key", "--out", b.file("holder.jwk"))
	must(ctx, t, b.net, append([]string{
		"credential", "issue", b.file("record.json"), "--key", b.file("issuer.jwk"), "--holder", b.file("holder.jwk"), "--out", b.file("credential.txt"),
	}, node...)...)
	var got struct {
		ID     string   `json:"id"`
		Fields []string `json:"fields"`
		Good   bool     `json:"good"`
		Yours  bool     `json:"about_your_file"`
	}
	b.json(ctx, t, &got, "credential", "add", b.file("credential.txt"))
	require.True(t, got.Good && got.Yours)
	require.Contains(t, got.Fields, "balance")
	shown := b.file("presentation.txt")
	b.wallet(ctx, t, "credential", "present", got.ID[:8], "--fields", "currency,status", "--audience", "https://lender.example", "--nonce", "n-1", "--out", shown)

	verify := append([]string{"credential", "verify", shown, "--output", "json"}, node...)
	var verdict struct {
		Good      bool `json:"good"`
		Integrity struct {
			Fields []struct {
				Name  string `json:"name"`
				Value string `json:"value"`
			} `json:"fields"`
		} `json:"integrity"`
	}
	out := must(ctx, t, b.net, append(verify, "--aud", "https://lender.example", "--nonce", "n-1")...)
	require.NoError(t, json.Unmarshal(out, &verdict))
	require.True(t, verdict.Good)
	require.Len(t, verdict.Integrity.Fields, 2)
	for _, field := range verdict.Integrity.Fields {
		require.Equal(t, line.Values[field.Name], field.Value)
	}
	refused(ctx, t, b.net, []string{"nonce"}, append(verify, "--aud", "https://lender.example", "--nonce", "n-2")...)

	revoked := send(ctx, t, b.net, bank.Name, "attestation", "revoke", line.Attestation, "error")
	require.Zero(t, revoked.Code, revoked.Log)
	require.Contains(t, string(b.wallet(ctx, t, "credential", "list")), "REVOKED by its issuer")
}
