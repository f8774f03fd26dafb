package devnet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// Card books of the second part of the demo: made up, the same every time. Their first borrower has a card at both banks, was never
// 60 days late and owes some 182,000 in all.
const (
	cardRows     = 10
	cardIdentity = "TWCARD-SYN000000000"
	cardScore    = "712"
)

// demoCircuits are those that the demo proves by.
func demoCircuits() []string { return []string{"range-1", "history-6-hidden"} }

// demoQuestions are what the lender must know. A hidden question is asked once for each of the borrower's two cards.
func demoQuestions() []string {
	history := schemas.TradelinePerson + " payment_history 60+ in 24 <= 0 reported 5 hidden"
	return []string{
		schemas.Score + " score >= 650", history, history,
		schemas.TradelinePerson + " sum balance <= 50000000",
	}
}

// holder is a natural person with a wallet, in the second part of the demo.
type holder struct {
	pseudonym, wallet, passphrase, account string
	report, score                          string // files with her records
	cards                                  []card
	consent, inquiry                       string
}

// card is a line of her own report.
type card struct {
	Attestation string `json:"attestation"`
	Furnisher   string `json:"furnisher"`
}

// privacyActs are the second part: answers without the records.
func (d *demo) privacyActs() []act {
	return []act{
		{"Two banks report their cards", "Records of natural persons this time. A person has a card at both.", d.reportCards},
		{"She keeps her own file", "A wallet of her own: she takes control of her file and gets her own report, free of charge.", d.keepWallet},
		{"A bureau states her score", "The chain gets commitments to it, she gets the record.", d.stateScore},
		{"She consents to questions", "The lender may ask, and may see no record.", d.consentToQuestions},
		{"The lender asks", "Is the score at least 650? Was neither card 60 days late or more in the last 24 months? Is all that she owes " +
			"at most 500,000? What is asked is fixed on the chain before anything is proven.", d.ask},
		{"She proves it", "On her own machine, from her own records. Every validator checks each proof. For the two cards the proofs do not " +
			"say which they are or whose, only that they are two; so the banks put them into the chain's tree of active attestations first.", d.prove},
		{"What the lender learnt", "That it is true, and nothing else: no score, no month, no amount. A record it may not have.", d.learnt},
		{"What her trail says", "Who asked, when, and that it was answered.", d.privateTrail},
	}
}

func (d *demo) reportCards(ctx context.Context) error {
	for n, bank := range d.net.Institutions[:2] {
		book := filepath.Join(d.net.Home, "cards-"+strconv.Itoa(n+1)+".csv")
		_, err := d.command(ctx, "vault", "generate", "--format", "card", "--rows", strconv.Itoa(cardRows), "--seed", strconv.Itoa(n+1), "--out", book)
		if err != nil {
			return err
		}
		if _, err := d.command(ctx, "vault", "import", book, "--format", "card", "--home", bank.Home); err != nil {
			return err
		}
	}
	consortium, err := keys.ReadConsortium(filepath.Join(d.net.Institutions[0].Home, consortiumKeyName))
	if err != nil {
		return err
	}
	pseudonym, err := consortium.Pseudonym(credittypes.SUBJECT_KIND_NATURAL_PERSON, cardIdentity)
	d.her.pseudonym = fmt.Sprintf("%x", pseudonym[:])
	return err
}

func (d *demo) walletArgs(args ...string) []string {
	return append(append([]string{"wallet"}, args...), "--home", d.her.wallet, "--passphrase-file", d.her.passphrase)
}

func (d *demo) keepWallet(ctx context.Context) error {
	d.her.wallet, d.her.passphrase = filepath.Join(d.net.Home, "wallet"), filepath.Join(d.net.Home, "wallet.passphrase")
	if err := writeSecret(d.her.passphrase); err != nil {
		return err
	}
	node := d.net.Institutions[0].Node
	out, err := d.quiet(ctx, d.walletArgs("init", "--words-file", filepath.Join(d.net.Home, "wallet.words"), "--node", node.RPC,
		"--grpc-addr", node.GRPC, "--output", "json")...)
	if err != nil {
		return err
	}
	var made struct {
		Address string `json:"address"`
	}
	if err := decode(out, &made); err != nil {
		return err
	}
	d.her.account, d.her.report = made.Address, filepath.Join(d.net.Home, "her-report.json")
	s := Subject{Pseudonym: d.her.pseudonym, Address: d.her.account, Home: d.net.Institutions[0].Home}
	if err := d.net.offer(ctx, d.quiet, s); err != nil {
		return err
	}
	if _, err := d.command(ctx, d.walletArgs("claim", d.her.pseudonym, "--name", "mine", "--submit", "--yes")...); err != nil {
		return err
	}
	if _, err := d.command(ctx, d.walletArgs("report", "--save", d.her.report, "--yes")...); err != nil {
		return err
	}
	raw, err := os.ReadFile(d.her.report)
	if err != nil {
		return err
	}
	var report struct {
		Lines []card `json:"lines"`
	}
	if err := json.Unmarshal(raw, &report); err != nil {
		return errors.New("her report is not JSON") // the error could quote it
	}
	if d.her.cards = report.Lines; len(d.her.cards) != 2 {
		return fmt.Errorf("her report has %d cards, not two", len(d.her.cards))
	}
	return nil
}

func (d *demo) stateScore(ctx context.Context) error {
	bureau := d.net.Find(Bureau)
	file := filepath.Join(d.net.Home, "score.json")
	raw, err := json.Marshal(map[string]any{"schema": schemas.Score, "values": map[string]string{
		"model": "DEMO-1", "score": cardScore, "score_min": "300", "score_max": "850", "calculated_on": "2026-11-01",
	}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(file, raw, 0o600); err != nil {
		return err
	}
	d.her.score = filepath.Join(d.net.Home, "score.record.json")
	out, err := d.quiet(ctx, "attestation", "commit", file, "--subject", d.her.pseudonym, "--issuer", bureau.Operator,
		"-o", d.her.score, "--output", "json")
	if err != nil {
		return err
	}
	var made struct {
		Schema    string          `json:"schema"`
		Statement json.RawMessage `json:"statement"`
	}
	if err := decode(out, &made); err != nil {
		return err
	}
	_, err = d.net.mustSend(ctx, d.quiet, bureau.Home, Bureau, "attestation", "attest", made.Schema, "--statement", string(made.Statement))
	return err
}

func (d *demo) consentToQuestions(ctx context.Context) error {
	out, err := d.quiet(ctx, d.walletArgs("consent", "give", "--to", "Everhill Lending", "--mode", "query",
		"--data", schemas.Score+","+schemas.TradelinePerson, "--submit", "--yes", "--output", "json")...)
	if err != nil {
		return err
	}
	var made struct {
		Says string `json:"says"`
		ID   string `json:"id"`
	}
	err = decode(out, &made)
	d.her.consent = made.ID
	d.indent([]byte(made.Says))
	return err
}

func (d *demo) ask(ctx context.Context) error {
	lender := d.net.Find(Lender)
	args := append([]string{"privacy", "ask"}, demoQuestions()...)
	out, err := d.quiet(ctx, append(args, "--subject", d.her.pseudonym, "--consent", d.her.consent, "--from", Lender, "--home", lender.Home,
		"--output", "json")...)
	if err != nil {
		return err
	}
	var asked struct {
		Inquiry string `json:"inquiry"`
	}
	err = decode(out, &asked)
	d.her.inquiry = asked.Inquiry
	d.indent([]byte("inquiry " + d.her.inquiry))
	return err
}

func (d *demo) prove(ctx context.Context) error {
	for _, card := range d.her.cards {
		for _, bank := range d.net.Institutions {
			if bank.Operator != card.Furnisher {
				continue
			}
			if _, err := d.net.mustSend(ctx, d.quiet, bank.Home, bank.Name, "predicate", "list", card.Attestation); err != nil {
				return err
			}
		}
	}
	for place := range demoQuestions() {
		args := []string{
			"privacy", "prove", "--inquiry", d.her.inquiry, "--predicate", strconv.Itoa(place),
			"--wallet", d.her.wallet, "--passphrase-file", d.her.passphrase,
		}
		switch place {
		case 0:
			args = append(args, "--record", d.her.score, "--setup", d.net.Predicates.File)
		case 1, 2:
			args = append(args, "--record", d.her.report, "--attestation", d.her.cards[place-1].Attestation, "--setup", d.net.Predicates.File)
		default:
			args = append(args, "--record", d.her.report)
		}
		if _, err := d.command(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) learnt(ctx context.Context) error {
	lender := d.net.Find(Lender)
	out, err := d.command(ctx, "privacy", "answers", d.her.inquiry, "--home", lender.Home)
	if err != nil {
		return err
	}
	if strings.Count(string(out), "true, in block") != len(demoQuestions()) {
		return errors.New("not everything is proven")
	}
	return d.refusesRecords(ctx, "report", "get", "--subject", d.her.pseudonym, "--inquiry", d.her.inquiry, "--home", lender.Home)
}

// refusesRecords runs a report under a consent to questions: every vault must refuse, and the report says so.
func (d *demo) refusesRecords(ctx context.Context, args ...string) error {
	d.show(args)
	out, err := d.net.Run(ctx, args...)
	var refusal *CommandError
	if !errors.As(err, &refusal) {
		return errors.Join(err, errors.New("the vaults should have refused"))
	}
	_, check, _ := strings.Cut(string(out), "\nCHECK\n")
	check, _, _ = strings.Cut(check, " lines verified")
	d.indent([]byte(check + " lines verified"))
	if strings.Count(strings.Join(strings.Fields(check), " "), "questions and not the records") != len(d.her.cards) {
		return errors.New("the vaults should have refused because the consent is to questions")
	}
	return nil
}

func (d *demo) privateTrail(ctx context.Context) error {
	_, err := d.command(ctx, "report", "trail", d.her.pseudonym, "--home", d.net.Institutions[0].Home)
	return err
}
