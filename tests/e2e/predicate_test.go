package e2e

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
	predicatetypes "github.com/creditd/creditd/x/predicate/types"
)

// TestPredicates asks about a person with a score of 712 and one card, by the command line alone.
func TestPredicates(t *testing.T) {
	t.Parallel()
	ctx, net := network(t, devnet.Options{Validators: 1, Circuits: []string{"range-1", "member-6", "history-6-hidden"}})
	p := newPerson(ctx, t, net)
	t.Run("the chain's circuits compile to the same keys", func(t *testing.T) { p.compares(ctx, t) })
	t.Run("what is true is proven, and no record is shown", func(t *testing.T) { p.answers(ctx, t) })
	t.Run("a furnisher proves for her, from its vault", func(t *testing.T) { p.furnisherProves(ctx, t) })
	t.Run("what is false is not", func(t *testing.T) { p.cannotLie(ctx, t) })
	t.Run("a proof is of its inquiry alone", func(t *testing.T) { p.cannotReplay(ctx, t) })
	t.Run("not from another's attestation", func(t *testing.T) { p.cannotBorrow(ctx, t) })
	t.Run("not from what was revoked", func(t *testing.T) { p.cannotKeep(ctx, t) })
}

// person with a wallet, a card at bank-a and a score.
type person struct {
	net       *devnet.Net
	dir       string
	pseudonym string
	consent   string
	setup     string
	card      string // attestations
	score     string
	open      string // inquiry that asks about the score and gets no answer
}

const (
	personIdentity = "TWCARD-SYN000000000"
	questionScore  = schemas.Score + " score >= 650"
)

func newPerson(ctx context.Context, t *testing.T, net *devnet.Net) *person {
	t.Helper()
	bank := net.Institutions[0]
	p := &person{net: net, dir: t.TempDir(), setup: net.Predicates.File}
	must(ctx, t, net, "vault", "generate", "--format", "card", "--rows", "3", "--out", p.file("cards.csv"))
	must(ctx, t, net, "vault", "import", p.file("cards.csv"), "--format", "card", "--home", bank.Home)
	consortium, err := keys.ReadConsortium(filepath.Join(bank.Home, "consortium.key"))
	require.NoError(t, err)
	id, err := consortium.Pseudonym(credittypes.SUBJECT_KIND_NATURAL_PERSON, personIdentity)
	require.NoError(t, err)
	p.pseudonym = credittypes.ID(id).String()

	require.NoError(t, os.WriteFile(p.file("passphrase"), []byte("correct horse battery\n"), 0o600))
	var made struct {
		Address string `json:"address"`
	}
	p.wallet(ctx, t, &made, "init", "--words-file", p.file("words"), "--node", bank.Node.RPC, "--grpc-addr", bank.Node.GRPC)
	offered := send(ctx, t, net, bank.Name, "credit", "offer-control", p.pseudonym, made.Address)
	require.Zero(t, offered.Code, offered.Log)
	p.wallet(ctx, t, nil, "claim", p.pseudonym, "--submit", "--yes")
	p.wallet(ctx, t, nil, "report", "--save", p.file("report.json"), "--yes")
	var report struct {
		Lines []struct {
			Attestation string `json:"attestation"`
		} `json:"lines"`
	}
	raw, err := os.ReadFile(p.file("report.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &report))
	require.Len(t, report.Lines, 1)
	p.card = report.Lines[0].Attestation

	p.score = p.state(ctx, t, p.pseudonym, "712", "score")
	var given struct {
		ID string `json:"id"`
	}
	p.wallet(ctx, t, &given, "consent", "give", "--to", "Everhill Lending", "--mode", "query", "--times", "10",
		"--data", schemas.Score+","+schemas.TradelinePerson, "--submit", "--yes")
	p.consent = given.ID
	return p
}

func (p *person) file(name string) string { return filepath.Join(p.dir, name) }

func (p *person) wallet(ctx context.Context, t *testing.T, into any, args ...string) {
	t.Helper()
	out := must(ctx, t, p.net, append([]string{"wallet", "--home", p.file("wallet"), "--passphrase-file", p.file("passphrase"), "--output", "json"}, args...)...)
	if into != nil {
		require.NoError(t, json.Unmarshal(out, into))
	}
}

// state a score as the bureau does, and return the attestation's id. The record is in name.record.
func (p *person) state(ctx context.Context, t *testing.T, subject, score, name string) string {
	t.Helper()
	raw, err := json.Marshal(map[string]any{"schema": schemas.Score, "values": map[string]string{
		"model": "TEST-1", "score": score, "score_min": "300", "score_max": "850", "calculated_on": "2026-11-01",
	}})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(p.file(name+".json"), raw, 0o600))
	var made struct {
		Schema      string          `json:"schema"`
		Attestation string          `json:"attestation"`
		Statement   json.RawMessage `json:"statement"`
	}
	out := must(ctx, t, p.net, "attestation", "commit", p.file(name+".json"), "--subject", subject,
		"--issuer", p.net.Find(devnet.Bureau).Operator, "-o", p.file(name+".record"), "--output", "json")
	require.NoError(t, json.Unmarshal(out, &made))
	tx := send(ctx, t, p.net, devnet.Bureau, "attestation", "attest", made.Schema, "--statement", string(made.Statement))
	require.Zero(t, tx.Code, tx.Log)
	return made.Attestation
}

// ask as the lender, and return the inquiry.
func (p *person) ask(ctx context.Context, t *testing.T, questions ...string) string {
	t.Helper()
	var asked struct {
		Inquiry string `json:"inquiry"`
	}
	args := append([]string{"privacy", "ask"}, questions...)
	out := must(ctx, t, p.net, append(args, "--subject", p.pseudonym, "--consent", p.consent, "--from", devnet.Lender,
		"--home", p.net.Find(devnet.Lender).Home, "--output", "json")...)
	require.NoError(t, json.Unmarshal(out, &asked))
	return asked.Inquiry
}

// proving is a command of hers.
func (p *person) proving(inquiry string, place int, record string, more ...string) []string {
	args := []string{
		"privacy", "prove", "--inquiry", inquiry, "--predicate", strconv.Itoa(place), "--record", p.file(record),
		"--wallet", p.file("wallet"), "--passphrase-file", p.file("passphrase"), "--setup", p.setup, "--output", "json",
	}
	return append(args, more...)
}

// line of what the lender reads.
type line struct {
	Question     string   `json:"question"`
	Proven       bool     `json:"proven"`
	Attestations []string `json:"attestations"`
	Issuers      []string `json:"issuers"`
	Nullifier    string   `json:"nullifier"`
	Records      int      `json:"records"`
}

func (p *person) read(ctx context.Context, t *testing.T, inquiry string) []line {
	t.Helper()
	var answers struct {
		Questions []line `json:"questions"`
	}
	out := must(ctx, t, p.net, "privacy", "answers", inquiry, "--home", p.net.Find(devnet.Lender).Home, "--output", "json")
	require.NoError(t, json.Unmarshal(out, &answers))
	return answers.Questions
}

func (p *person) compares(ctx context.Context, t *testing.T) {
	out := must(ctx, t, p.net, "privacy", "circuits", "range-1", "--compare", "--setup", p.setup, "--home", p.net.Institutions[0].Home)
	require.Contains(t, string(out), "same")
}

func (p *person) answers(ctx context.Context, t *testing.T) {
	member := schemas.TradelinePerson + " status in 11,13"
	history := schemas.TradelinePerson + " payment_history 60+ in 24 <= 0 reported 5 hidden"
	sum := schemas.TradelinePerson + " sum balance <= 50000000"
	inquiry := p.ask(ctx, t, questionScore, member, history, sum)
	require.False(t, p.read(ctx, t, inquiry)[0].Proven)

	must(ctx, t, p.net, p.proving(inquiry, 0, "score.record", "--save", p.file("proof.json"))...)
	must(ctx, t, p.net, "privacy", "verify", p.file("proof.json"), "--setup", p.setup)
	must(ctx, t, p.net, p.proving(inquiry, 1, "report.json")...)
	refused(ctx, t, p.net, []string{"listed"}, p.proving(inquiry, 2, "report.json")...)
	listed := send(ctx, t, p.net, p.net.Institutions[0].Name, "predicate", "list", p.card)
	require.Zero(t, listed.Code, listed.Log)
	must(ctx, t, p.net, p.proving(inquiry, 2, "report.json")...)
	must(ctx, t, p.net, p.proving(inquiry, 3, "report.json")...)

	got := p.read(ctx, t, inquiry)
	require.Len(t, got, 4)
	for i, question := range []string{questionScore, member, history, sum} {
		require.Equal(t, question, got[i].Question)
		require.True(t, got[i].Proven)
	}
	require.Equal(t, []string{p.net.Find(devnet.Bureau).Operator}, got[0].Issuers)
	require.Equal(t, []string{p.card}, got[1].Attestations)
	require.Empty(t, got[2].Attestations, "which card it is, nobody learns")
	require.NotEmpty(t, got[2].Nullifier)
	require.Equal(t, 1, got[3].Records)
	refused(ctx, t, p.net, []string{"questions and not the records"}, "report", "get", "--subject", p.pseudonym,
		"--inquiry", inquiry, "--home", p.net.Find(devnet.Lender).Home, "--output", "json")

	var trail struct {
		Entries []struct {
			Kind string `json:"kind"`
		} `json:"entries"`
	}
	query(ctx, t, p.net, 0, "/creditd/credit/v1/subjects/"+p.pseudonym+"/trail?pagination.limit=100", &trail)
	count := map[string]int{}
	for _, e := range trail.Entries {
		count[strings.TrimPrefix(e.Kind, "TRAIL_KIND_")]++
	}
	require.Equal(t, 1, count["QUESTION_ASKED"])
	require.Equal(t, 4, count["QUESTION_ANSWERED"])
}

// furnisherProves has bank-a take its record of her out of its vault, for an inquiry that she consented to, and prove from it.
func (p *person) furnisherProves(ctx context.Context, t *testing.T) {
	bank := p.net.Institutions[0]
	inquiry, file := p.ask(ctx, t, schemas.TradelinePerson+" status in 11,13"), p.file("taken.json")
	must(ctx, t, p.net, "vault", "records", inquiry, "--out", file, "--home", bank.Home)
	must(ctx, t, p.net, "privacy", "prove", "--inquiry", inquiry, "--predicate", "0", "--record", file, "--setup", p.setup,
		"--from", bank.Name, "--home", bank.Home)
	got := p.read(ctx, t, inquiry)[0]
	require.True(t, got.Proven)
	require.Equal(t, []string{p.card}, got.Attestations)
	must(ctx, t, p.net, "vault", "log", "verify", "--home", bank.Home)
	refused(ctx, t, p.net, nil, "vault", "records", strings.Repeat("ab", 32), "--out", p.file("none.json"), "--home", bank.Home)
	require.NoFileExists(t, p.file("none.json"))
}

func (p *person) cannotLie(ctx context.Context, t *testing.T) {
	inquiry := p.ask(ctx, t, schemas.Score+" score >= 800", schemas.TradelinePerson+" sum balance <= 1")
	for place, record := range []string{"score.record", "report.json"} {
		refused(ctx, t, p.net, nil, p.proving(inquiry, place, record)...)
		require.False(t, p.read(ctx, t, inquiry)[place].Proven)
	}
}

// saved is the proof of the first inquiry.
func (p *person) saved(t *testing.T) string {
	t.Helper()
	var saved struct {
		Proof string `json:"proof"`
	}
	raw, err := os.ReadFile(p.file("proof.json"))
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(raw, &saved))
	return saved.Proof
}

// cannotReplay sends the proof of one inquiry under another that asks the same.
func (p *person) cannotReplay(ctx context.Context, t *testing.T) {
	p.open = p.ask(ctx, t, questionScore)
	tx := send(ctx, t, p.net, devnet.Bureau, "predicate", "prove", p.open, "0", p.saved(t), "--attestation-ids", p.score)
	require.Equal(t, predicatetypes.ErrInvalidProof.ABCICode(), tx.Code, tx.Log)
	require.Equal(t, predicatetypes.ModuleName, tx.Codespace)
	require.False(t, p.read(ctx, t, p.open)[0].Proven)
}

// cannotBorrow proves from the good score of somebody else.
func (p *person) cannotBorrow(ctx context.Context, t *testing.T) {
	others := p.state(ctx, t, strings.Repeat("ab", 32), "840", "others")
	refused(ctx, t, p.net, nil, p.proving(p.open, 0, "others.record")...)
	tx := send(ctx, t, p.net, devnet.Bureau, "predicate", "prove", p.open, "0", p.saved(t), "--attestation-ids", others)
	require.Equal(t, predicatetypes.ErrOtherAttestation.ABCICode(), tx.Code, tx.Log)
	require.False(t, p.read(ctx, t, p.open)[0].Proven)
}

// cannotKeep proves from a score that was taken back.
func (p *person) cannotKeep(ctx context.Context, t *testing.T) {
	revoked := send(ctx, t, p.net, devnet.Bureau, "attestation", "revoke", p.score, "error")
	require.Zero(t, revoked.Code, revoked.Log)
	refused(ctx, t, p.net, []string{"not active"}, p.proving(p.open, 0, "score.record")...)
	require.False(t, p.read(ctx, t, p.open)[0].Proven)
}
