package report

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/types"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	vaultTimeout = 15 * time.Second
	parallel     = 16 // questions to the node, or vaults, at once
)

// Chain is what a report asks the chain.
type Chain interface {
	Inquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, []credittypes.Receipt, error)
	Consent(ctx context.Context, subject, id [32]byte) (credittypes.Consent, error)
	Subject(ctx context.Context, pseudonym [32]byte) (credittypes.Subject, error)
	Profile(ctx context.Context, jurisdiction string) (credittypes.Profile, error)
	Versions(ctx context.Context, subject, id [32]byte) ([]credittypes.TradelineVersion, error)
	Tradelines(ctx context.Context, subject [32]byte) ([]credittypes.Tradeline, error)
	Tradeline(ctx context.Context, subject, id [32]byte) (credittypes.Tradeline, error)
	GetAttestation(ctx context.Context, id [32]byte) (attestationtypes.Attestation, error)
	GetInstitution(ctx context.Context, operator string) (institutiontypes.InstitutionView, error)
}

// Vaults fetches a furnisher's records; *exchange.Fetcher does.
type Vaults interface {
	Fetch(ctx context.Context, inquiry *credittypes.Inquiry, furnisher, endpoint string) (exchange.Answer, error)
}

// Getter gets reports for one data user.
type Getter struct {
	ChainID  string
	DataUser sdk.AccAddress
	Chain    Chain
	Vaults   Vaults
	Send     func(ctx context.Context, msgs ...sdk.Msg) (client.Result, error)
	Now      func() time.Time
}

// Request says about whom and on what ground.
type Request struct {
	Subject [32]byte
	Purpose credittypes.Purpose
	Consent *[32]byte // nil for a purpose that is exempt
	Inquiry *[32]byte // an open inquiry of one's own to use instead of a new one
}

// Get opens the inquiry, asks every furnisher that the chain names, checks what they give and leaves the
// receipt. It returns a report even where vaults did not answer: each line says what is known of it.
func (g *Getter) Get(ctx context.Context, request Request) (*Report, error) {
	r := &Report{ChainID: g.ChainID, DataUser: g.DataUser.String(), CreatedAt: g.Now().UTC()}
	step := stepper(r)
	inquiry, transaction, err := g.inquiry(ctx, request)
	if err != nil {
		return nil, err
	}
	step("open inquiry", transaction...)
	subject := [32]byte(inquiry.Subject)
	r.Subject, r.Inquiry, r.Purpose = hex.EncodeToString(inquiry.Subject), hex.EncodeToString(inquiry.Id), inquiry.Purpose.String()
	r.Consent = hex.EncodeToString(inquiry.ConsentId)

	view, err := g.Chain.Subject(ctx, subject)
	if err != nil {
		return nil, err
	}
	r.alertsOf(view, g.Now())
	all, err := g.collect(ctx, subject)
	if err != nil {
		return nil, err
	}
	found, outside, err := g.inScope(ctx, &inquiry, all)
	if err != nil {
		return nil, err
	}
	r.OutOfScope = outside
	step("read the chain")

	answers := g.ask(ctx, r, &inquiry, found)
	step("ask the vaults")

	g.lines(r, found, answers)
	step("check the records")

	if err := g.receipt(ctx, r, &inquiry, answers); err != nil {
		return r, err
	}
	step("leave the receipt", receiptTransactions(r)...)
	return r, nil
}

// stepper notes how long each step took.
func stepper(r *Report) func(name string, transactions ...string) {
	last := time.Now()
	return func(name string, transactions ...string) {
		now := time.Now()
		r.Steps = append(r.Steps, Step{Name: name, Millis: now.Sub(last).Milliseconds(), Transactions: transactions})
		last = now
	}
}

// inquiry opens one, or reads the one to use.
func (g *Getter) inquiry(ctx context.Context, request Request) (inquiry credittypes.Inquiry, transactions []string, err error) {
	id := request.Inquiry
	if id == nil {
		nonce := make([]byte, credittypes.NonceSize)
		_, _ = rand.Read(nonce) // never fails, see the doc of crypto/rand.Read
		msg := &credittypes.MsgOpenInquiry{DataUser: g.DataUser.String(), Subject: request.Subject[:], Purpose: request.Purpose, Nonce: nonce}
		if request.Consent != nil {
			msg.ConsentId = request.Consent[:]
		}
		result, err := g.Send(ctx, msg)
		if errors.Is(err, client.ErrOutcomeUnknown) {
			return inquiry, nil, fmt.Errorf("opening the inquiry: %w: try again with --inquiry %s", err, credittypes.InquiryID(g.DataUser, request.Subject[:], nonce))
		}
		if err != nil && !client.IsCode(err, credittypes.ErrDuplicateInquiry) {
			return inquiry, nil, fmt.Errorf("opening the inquiry: %w", err)
		}
		if result.Hash != "" {
			transactions = append(transactions, result.Hash)
		}
		derived := [32]byte(credittypes.InquiryID(g.DataUser, request.Subject[:], nonce))
		id = &derived
	}
	inquiry, _, err = g.Chain.Inquiry(ctx, *id)
	if errors.Is(err, client.ErrNotFound) {
		return inquiry, nil, fmt.Errorf("%w: leave --inquiry out to open one", err)
	}
	if err != nil {
		return inquiry, nil, err
	}
	switch {
	case inquiry.DataUser != g.DataUser.String():
		return inquiry, nil, fmt.Errorf("inquiry %x was opened by %s: leave --inquiry out to open your own", *id, inquiry.DataUser)
	case inquiry.Status != credittypes.INQUIRY_STATUS_OPEN:
		return inquiry, nil, fmt.Errorf("inquiry %x is %s and vaults do not answer it: leave --inquiry out to open a new one", *id, inquiry.Status)
	case len(inquiry.Subject) != 32:
		return inquiry, nil, errors.New("the node's answer about the inquiry makes no sense: use another node")
	case request.Inquiry != nil && request.Subject != [32]byte{} && request.Subject != [32]byte(inquiry.Subject):
		return inquiry, nil, fmt.Errorf("inquiry %x is about another subject: leave --subject and --identity out, or --inquiry", *id)
	}
	return inquiry, transactions, nil
}

// collect reads all that the chain has about a subject's tradelines.
func (g *Getter) collect(ctx context.Context, subject [32]byte) ([]evidence, error) {
	tradelines, err := g.Chain.Tradelines(ctx, subject)
	if err != nil {
		return nil, err
	}
	found := make([]evidence, len(tradelines))
	group, within := errgroup.WithContext(ctx)
	group.SetLimit(parallel)
	for i, tradeline := range tradelines {
		group.Go(func() error {
			if len(tradeline.AttestationId) != 32 || len(tradeline.Id) != 32 {
				return errors.New("the node's answer about a tradeline makes no sense: use another node")
			}
			attestation, err := g.Chain.GetAttestation(within, [32]byte(tradeline.AttestationId))
			if err != nil {
				return err
			}
			found[i] = evidence{subject: subject, tradeline: tradeline, attestation: attestation}
			if tradeline.Version > 1 {
				found[i].versions, err = g.Chain.Versions(within, subject, [32]byte(tradeline.Id))
			}
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	return found, g.issuers(ctx, found)
}

// issuers looks up each furnisher, with the profile that it is under, once.
func (g *Getter) issuers(ctx context.Context, found []evidence) error {
	known := map[string]evidence{}
	for i := range found {
		operator := found[i].tradeline.Furnisher
		of, ok := known[operator]
		if !ok {
			var err error
			if of.issuer, err = g.Chain.GetInstitution(ctx, operator); err == nil {
				of.profile, err = g.Chain.Profile(ctx, of.issuer.Institution.Jurisdiction)
			}
			if err != nil && !errors.Is(err, client.ErrNotFound) {
				return err
			}
			known[operator] = of
		}
		found[i].issuer, found[i].profile = of.issuer, of.profile
	}
	return nil
}

// inScope leaves out what the inquiry or the consent does not name: the vaults will not give it, and rightly.
func (g *Getter) inScope(ctx context.Context, inquiry *credittypes.Inquiry, all []evidence) (in []evidence, outside int, err error) {
	var consent credittypes.Consent
	switch len(inquiry.ConsentId) {
	case 0:
	case 32:
		if consent, err = g.Chain.Consent(ctx, [32]byte(inquiry.Subject), [32]byte(inquiry.ConsentId)); err != nil {
			return nil, 0, err
		}
	default:
		return nil, 0, errors.New("the node's answer about the inquiry makes no sense: use another node")
	}
	schemas := consent.SchemaIds
	if len(inquiry.SchemaIds) > 0 {
		schemas = inquiry.SchemaIds
	}
	for _, e := range all {
		named := len(schemas) == 0 || slices.ContainsFunc(schemas, func(id []byte) bool { return string(id) == string(e.attestation.SchemaId) })
		if !named || !exchange.Covers(consent.RecordsFrom, consent.RecordsUntil, &e.tradeline) {
			outside++
			continue
		}
		in = append(in, e)
	}
	return in, outside, nil
}

// answered is one furnisher's answer.
type answered struct {
	answer exchange.Answer
	err    error
}

// ask fetches from every furnisher at once and notes in the report how each fared.
func (g *Getter) ask(ctx context.Context, r *Report, inquiry *credittypes.Inquiry, found []evidence) map[string]answered {
	views := map[string]institutiontypes.InstitutionView{}
	for i := range found {
		if found[i].displayed(g.Now()) {
			views[found[i].tradeline.Furnisher] = found[i].issuer
		}
	}
	r.Furnishers = make([]Furnisher, 0, len(views))
	for operator, view := range views {
		f := Furnisher{Operator: operator, Name: view.Institution.Name, Licensed: licensed(view.Institution, g.Now())}
		if view.Vault != nil {
			f.Endpoint = view.Vault.Endpoint
		}
		r.Furnishers = append(r.Furnishers, f)
	}
	slices.SortFunc(r.Furnishers, func(a, b Furnisher) int { return cmp.Compare(a.Operator, b.Operator) })

	results := make([]answered, len(r.Furnishers))
	var group errgroup.Group
	group.SetLimit(parallel)
	for i := range r.Furnishers {
		group.Go(func() error {
			results[i] = g.askOne(ctx, inquiry, &r.Furnishers[i])
			return nil
		})
	}
	_ = group.Wait() // no function returns an error: a vault that fails is part of the report
	answers := make(map[string]answered, len(results))
	for i := range results {
		answers[r.Furnishers[i].Operator] = results[i]
	}
	return answers
}

func (g *Getter) askOne(ctx context.Context, inquiry *credittypes.Inquiry, f *Furnisher) answered {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, vaultTimeout)
	defer cancel()
	var a answered
	if f.Endpoint == "" {
		a.err = errors.New("the furnisher has no vault endpoint on the chain: it must run 'creditd vault init --register'")
	} else {
		a.answer, a.err = g.Vaults.Fetch(ctx, inquiry, f.Operator, f.Endpoint)
	}
	f.Millis = time.Since(start).Milliseconds()
	if a.err != nil {
		f.Error = a.err.Error()
		return a
	}
	f.Answered, f.Records, f.Digest = true, len(a.answer.Records), hex.EncodeToString(a.answer.Digest[:])
	return a
}

// lines judges every tradeline that the chain has, and every record that it has not.
func (g *Getter) lines(r *Report, found []evidence, answers map[string]answered) {
	type key struct{ furnisher, tradeline string }
	given := map[key]*types.Record{}
	var extra []Line
	now := g.Now()
	for i := range r.Furnishers {
		operator := r.Furnishers[i].Operator
		for j := range answers[operator].answer.Records {
			record := &answers[operator].answer.Records[j]
			k := key{operator, hex.EncodeToString(record.TradelineId)}
			known := slices.ContainsFunc(found, func(e evidence) bool {
				return e.displayed(now) && e.tradeline.Furnisher == operator && hex.EncodeToString(e.tradeline.Id) == k.tradeline
			})
			if _, twice := given[k]; twice || !known {
				extra = append(extra, Line{
					Tradeline: k.tradeline, Attestation: hex.EncodeToString(record.AttestationId), Furnisher: operator, Name: r.Furnishers[i].Name,
					Schema: hex.EncodeToString(record.SchemaId), Proof: Mismatch, Reason: "the vault gave a record that the chain does not have, or gave it twice",
				})
				continue
			}
			given[k] = record
		}
	}
	r.Lines = make([]Line, 0, len(found)+len(extra))
	for i := range found {
		e := &found[i]
		if !e.displayed(now) {
			r.Hidden.hide(e.tradeline.State)
			continue
		}
		line := e.line()
		record := given[key{e.tradeline.Furnisher, line.Tradeline}]
		switch a := answers[e.tradeline.Furnisher]; {
		case record != nil:
			line.Proof, line.Reason = e.judge(record, now)
			line.fill(record)
		case a.err != nil:
			line.Proof, line.Reason = Withheld, a.err.Error()
		default:
			line.Proof, line.Reason = Withheld, "the vault answered without this record"
		}
		r.Lines = append(r.Lines, line)
	}
	r.Lines = append(r.Lines, extra...)
	r.count()
}

// fill puts what the vault gave into the line.
func (l *Line) fill(record *types.Record) {
	l.Values, l.Seed = plainValues(record), hex.EncodeToString(record.Seed)
	opening := openingOf(record.Delinquency)
	l.Delinquency = &opening
	for _, earlier := range record.Earlier {
		l.Earlier = append(l.Earlier, openingOf(earlier))
	}
}

func plainValues(record *types.Record) map[string]string {
	values := make(map[string]string, len(record.Values))
	for _, value := range record.Values {
		values[value.Name] = value.Text
	}
	return values
}

// receipt closes the inquiry. When no vault answered there is nothing to acknowledge, and the inquiry stays
// open for another try.
func (g *Getter) receipt(ctx context.Context, r *Report, inquiry *credittypes.Inquiry, answers map[string]answered) error {
	var parts []exchange.Part
	records := 0
	for i := range r.Furnishers {
		if a := answers[r.Furnishers[i].Operator]; a.err == nil {
			parts = append(parts, exchange.Part{Furnisher: r.Furnishers[i].Operator, Digest: a.answer.Digest})
			records += len(a.answer.Records)
		}
	}
	if len(parts) == 0 && len(r.Furnishers) > 0 {
		return nil
	}
	digest := exchange.ReportDigest(parts)
	result, err := g.Send(ctx, &credittypes.MsgLeaveReceipt{
		Institution: g.DataUser.String(), InquiryId: inquiry.Id, Digest: digest[:], Records: uint32(records),
	})
	if err != nil && !client.IsCode(err, credittypes.ErrDuplicateReceipt) {
		return fmt.Errorf("the report is complete but its receipt is not on the chain: %w", err)
	}
	r.Receipt = &Receipt{Digest: hex.EncodeToString(digest[:]), Transaction: result.Hash, Height: result.Height}
	return nil
}

func receiptTransactions(r *Report) []string {
	if r.Receipt == nil || r.Receipt.Transaction == "" {
		return nil
	}
	return []string{r.Receipt.Transaction}
}
