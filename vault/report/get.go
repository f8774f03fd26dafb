package report

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/exchange"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	vaultTimeout = 15 * time.Second
	parallel     = 16 // questions to the node, or vaults, at once
)

// Chain is what a report asks the chain. Where it also is a History, the report has inquiries and disputes.
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

// History is what else a report says of a subject's file; *client.Client has it.
type History interface {
	// Trail since a time, newest first, at most limit lines; more says that there are older ones in that time.
	Trail(ctx context.Context, subject [32]byte, since time.Time, limit int) (lines []credittypes.TrailEntry, more bool, err error)
	Disputes(ctx context.Context, subject [32]byte) ([]credittypes.Dispute, error)
}

// Vaults fetches a furnisher's records; *exchange.Fetcher does.
type Vaults interface {
	Fetch(ctx context.Context, inquiry exchange.Opened, furnisher, endpoint string) (exchange.Answer, error)
}

// Getter gets reports for one data user, or for a subject about itself.
type Getter struct {
	ChainID  string
	DataUser sdk.AccAddress // of a subject, the account that controls it
	Own      bool           // the subject's own look
	Chain    Chain
	History  History // nil: Chain's own, if it has one
	Vaults   Vaults
	Send     func(ctx context.Context, msgs ...sdk.Msg) (client.Result, error)
	Now      func() time.Time
}

// Request says about whom and on what ground.
type Request struct {
	Subject [32]byte
	Purpose credittypes.Purpose // an own look has none to choose
	Consent *[32]byte           // nil for a purpose that is exempt, and for an own look
	Inquiry *[32]byte           // an open inquiry of one's own to use instead of a new one
	// Schemas to ask for, at most 16; none for all that the consent names.
	Schemas [][32]byte
	// Nonce of the new inquiry, 16 bytes: the same one with the same subject opens one inquiry. Drawn if empty.
	Nonce []byte
}

// Close the connections to vaults, where Vaults keeps any.
func (g *Getter) Close() error {
	if closer, ok := g.Vaults.(interface{ Close() error }); ok {
		return closer.Close()
	}
	return nil
}

// Open an inquiry and return its id, for a Look with Request.Inquiry. The subject is the one that it is merged into now.
func (g *Getter) Open(ctx context.Context, request Request) (id [32]byte, err error) {
	if request.Subject, err = Survivor(ctx, g.Chain, request.Subject); err != nil {
		return id, err
	}
	id, _, err = g.open(ctx, request)
	return id, err
}

// Get is Look and then Acknowledge. It returns a report even where vaults did not answer: each line says what is known
// of it.
func (g *Getter) Get(ctx context.Context, request Request) (*Report, error) {
	r, err := g.Look(ctx, request)
	if err != nil {
		return nil, err
	}
	return r, g.Acknowledge(ctx, r)
}

// Look opens the inquiry, asks every furnisher that the chain names and checks what they give. Whoever shows the report
// before Acknowledge leaves the receipt saves its reader the wait for a block.
func (g *Getter) Look(ctx context.Context, request Request) (*Report, error) {
	r := &Report{ChainID: g.ChainID, DataUser: g.DataUser.String(), CreatedAt: g.Now().UTC(), Own: g.Own, Inquiries: []Look{}, Disputes: []Dispute{}}
	watch := newWatch(r)
	asked := request.Subject
	if request.Inquiry == nil {
		survivor, err := Survivor(ctx, g.Chain, request.Subject)
		if err != nil {
			return nil, err
		}
		request.Subject = survivor
	}
	plan := g.plan(ctx, request)
	done := watch.start("open inquiry")
	id, transactions, err := g.open(ctx, request)
	if err == nil {
		done(transactions...)
	}
	committed := time.Now()
	expected := <-plan // what can be known before the inquiry is there
	if err != nil {
		return nil, err
	}
	f, answers, err := g.readAndAsk(ctx, watch, r, g.await(ctx, request, id), expected)
	if err != nil {
		return nil, err
	}
	if request.Inquiry == nil && hex.EncodeToString(asked[:]) != r.Subject {
		r.AskedAs = hex.EncodeToString(asked[:])
	}
	done = watch.start("check the records")
	r.OutOfScope = f.outside
	g.describe(r, f)
	g.lines(ctx, r, f.found, answers)
	r.conclude(f, g.Now())
	done()
	r.Millis = time.Since(committed).Milliseconds()
	return r, nil
}

// readAndAsk asks the vaults that were expected while the inquiry is not proven yet; reads the chain when it is, and asks the
// others, if there are any.
func (g *Getter) readAndAsk(
	ctx context.Context, watch *watch, r *Report, opened exchange.Opened, expected *file,
) (*file, map[string]answered, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	asking := g.newAsking(opened)
	doneAsking := watch.start("ask the vaults")
	if expected != nil {
		asking.start(ctx, expected.found, g.Now())
	}
	doneProving := watch.start("read the inquiry") // where the chain is read with proofs, it waits for the next header
	inquiry, err := opened.Proven(ctx)
	doneProving()
	var f *file
	if err == nil {
		r.of(inquiry)
		doneReading := watch.start("read the chain")
		f, err = g.read(ctx, *inquiry)
		doneReading()
	}
	if err == nil {
		asking.start(ctx, f.found, g.Now())
	} else {
		cancel()
	}
	answers := asking.wait(r) // also on failure: nothing runs on after a report
	doneAsking()
	return f, answers, err
}

// await reads the inquiry that was opened, or is to be used, once for all who want it.
func (g *Getter) await(ctx context.Context, request Request, id [32]byte) exchange.Opened {
	var inquiry credittypes.Inquiry
	var err error
	read := make(chan struct{})
	go func() {
		defer close(read)
		inquiry, err = g.inquiry(ctx, request, id)
	}()
	return exchange.Opened{ID: id, Own: g.Own, Proven: func(ctx context.Context) (*credittypes.Inquiry, error) {
		select {
		case <-read:
			return &inquiry, err
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}}
}

// of an inquiry a report is.
func (r *Report) of(inquiry *credittypes.Inquiry) {
	r.Subject, r.Inquiry, r.Purpose = hex.EncodeToString(inquiry.Subject), hex.EncodeToString(inquiry.Id), inquiry.Purpose.String()
	r.Consent = hex.EncodeToString(inquiry.ConsentId)
}

// watch notes how long each step took.
type watch struct {
	report *Report
	begin  time.Time
}

func newWatch(r *Report) *watch { return &watch{r, time.Now()} }

func (w *watch) start(name string) func(transactions ...string) {
	start := time.Now()
	return func(transactions ...string) {
		w.report.Steps = append(w.report.Steps, Step{
			Name: name, At: start.Sub(w.begin).Milliseconds(), Millis: time.Since(start).Milliseconds(), Transactions: transactions,
		})
	}
}

// open an inquiry, unless there is one to use.
func (g *Getter) open(ctx context.Context, request Request) (id [32]byte, transactions []string, err error) {
	if request.Inquiry != nil {
		return *request.Inquiry, nil, nil
	}
	nonce := request.Nonce
	if len(nonce) == 0 {
		nonce = make([]byte, credittypes.NonceSize)
		_, _ = rand.Read(nonce) // never fails, see the doc of crypto/rand.Read
	}
	id = credittypes.InquiryID(g.DataUser, request.Subject[:], nonce)
	result, err := g.Send(ctx, g.message(request, nonce))
	if errors.Is(err, client.ErrOutcomeUnknown) {
		return id, nil, fmt.Errorf("opening the inquiry: %w: try again with --inquiry %x", err, id)
	}
	if err != nil && !client.IsCode(err, credittypes.ErrDuplicateInquiry) {
		return id, nil, fmt.Errorf("opening the inquiry: %w", err)
	}
	if result.Hash != "" {
		transactions = append(transactions, result.Hash)
	}
	return id, transactions, nil
}

// inquiry reads the one that was opened, or is to be used.
func (g *Getter) inquiry(ctx context.Context, request Request, id [32]byte) (credittypes.Inquiry, error) {
	inquiry, _, err := g.Chain.Inquiry(ctx, id)
	if errors.Is(err, client.ErrNotFound) {
		return inquiry, fmt.Errorf("%w: leave --inquiry out to open one", err)
	}
	if err != nil {
		return inquiry, err
	}
	return inquiry, g.usable(inquiry, request)
}

// message that opens an inquiry.
func (g *Getter) message(request Request, nonce []byte) sdk.Msg {
	if g.Own {
		return &credittypes.MsgOpenOwnInquiry{Controller: g.DataUser.String(), Subject: request.Subject[:], Nonce: nonce}
	}
	msg := &credittypes.MsgOpenInquiry{DataUser: g.DataUser.String(), Subject: request.Subject[:], Purpose: request.Purpose, Nonce: nonce}
	if request.Consent != nil {
		msg.ConsentId = request.Consent[:]
	}
	for _, schema := range slices.SortedFunc(slices.Values(request.Schemas), func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) }) {
		msg.SchemaIds = append(msg.SchemaIds, schema[:])
	}
	return msg
}

func (g *Getter) usable(inquiry credittypes.Inquiry, request Request) error {
	switch {
	case inquiry.DataUser != g.DataUser.String():
		return fmt.Errorf("inquiry %x was opened by %s: leave --inquiry out to open your own", inquiry.Id, inquiry.DataUser)
	case inquiry.Status != credittypes.INQUIRY_STATUS_OPEN:
		return fmt.Errorf("inquiry %x is %s and vaults do not answer it: leave --inquiry out to open a new one", inquiry.Id, inquiry.Status)
	case len(inquiry.Subject) != 32 || (len(inquiry.ConsentId) != 0 && len(inquiry.ConsentId) != 32):
		return errors.New("the node's answer about the inquiry makes no sense: use another node")
	case request.Inquiry != nil && request.Subject != [32]byte{} && request.Subject != [32]byte(inquiry.Subject):
		return fmt.Errorf("inquiry %x is about another subject: leave --subject and --identity out, or --inquiry", inquiry.Id)
	}
	return nil
}

// Acknowledge leaves the receipt, which closes the inquiry. When no vault answered there is nothing to acknowledge, and
// the inquiry stays open for another try.
func (g *Getter) Acknowledge(ctx context.Context, r *Report) error {
	parts, records, err := r.parts()
	if err != nil || (len(parts) == 0 && len(r.Furnishers) > 0) {
		return err
	}
	inquiry, err := id32("inquiry", r.Inquiry)
	if err != nil {
		return err
	}
	begin := time.Now()
	digest := exchange.ReportDigest(parts)
	result, err := g.Send(ctx, &credittypes.MsgLeaveReceipt{
		Institution: g.DataUser.String(), InquiryId: inquiry[:], Digest: digest[:], Records: uint32(records),
	})
	if err != nil && !client.IsCode(err, credittypes.ErrDuplicateReceipt) {
		return fmt.Errorf("the report is complete but its receipt is not on the chain: %w", err)
	}
	r.Receipt = &Receipt{Digest: hex.EncodeToString(digest[:]), Transaction: result.Hash, Height: result.Height}
	step := Step{Name: "leave the receipt", At: r.elapsed(), Millis: time.Since(begin).Milliseconds()}
	if result.Hash != "" {
		step.Transactions = []string{result.Hash}
	}
	r.Steps = append(r.Steps, step)
	return nil
}

// elapsed is when the last step ended.
func (r *Report) elapsed() (end int64) {
	for _, step := range r.Steps {
		end = max(end, step.At+step.Millis)
	}
	return end
}

// parts of the receipt: the answer of each furnisher that gave one, by operator.
func (r *Report) parts() (parts []exchange.Part, records int, err error) {
	for i := range r.Furnishers {
		f := &r.Furnishers[i]
		if !f.Answered {
			continue
		}
		digest, err := id32("digest", f.Digest)
		if err != nil {
			return nil, 0, err
		}
		parts = append(parts, exchange.Part{Furnisher: f.Operator, Digest: digest})
		records += f.Records
	}
	slices.SortFunc(parts, func(a, b exchange.Part) int { return cmp.Compare(a.Furnisher, b.Furnisher) })
	return parts, records, nil
}
