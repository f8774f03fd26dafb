package operate

import (
	"context"
	"encoding/hex"
	"errors"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	"google.golang.org/grpc"

	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/store"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Outcomes of orders beside the reasons of exchange.
const (
	outcomeGiven = "given"
	// outcomeBroken: the requester went away, or the failure has no reason of its own.
	outcomeBroken = "broken"
)

// Interceptor counts and times orders. Health checks are none.
func (m *Metrics) Interceptor() grpc.StreamServerInterceptor {
	return func(service any, stream grpc.ServerStream, info *grpc.StreamServerInfo, handler grpc.StreamHandler) error {
		if !strings.HasPrefix(info.FullMethod, "/"+exchange.ServiceName+"/") {
			return handler(service, stream)
		}
		start := time.Now()
		err := handler(service, stream)
		outcome := outcomeGiven
		if err != nil {
			outcome = outcomeBroken
			if reason := exchange.ReasonOf(err); reason != "" {
				outcome = string(reason) // one of a list in this program
			}
		}
		ctx := context.WithoutCancel(stream.Context()) // an order that was given up counts too
		with := metric.WithAttributes(attribute.String("outcome", outcome))
		m.orders.Add(ctx, 1, with)
		m.answerTime.Record(ctx, time.Since(start).Seconds(), with)
		return err
	}
}

// Chain times the questions that a vault asks, and keeps subjects out of the text of errors, which are logged.
func (m *Metrics) Chain(of exchange.Chain) exchange.Chain { return &timedChain{of, m} }

type timedChain struct {
	exchange.Chain // what is not timed
	metrics        *Metrics
}

// asked ends a question: how long it took, and why there is no answer to go by.
func (c *timedChain) asked(ctx context.Context, step string, start time.Time, err *error) {
	c.metrics.step(ctx, "chain "+step, start)
	if *err == nil || errors.Is(*err, client.ErrNotFound) || ctx.Err() != nil {
		return
	}
	reason := "away"
	for lie, name := range map[error]string{
		lightchain.ErrStale: "stale", lightchain.ErrUnproven: "unproven", lightchain.ErrUntrusted: "untrusted",
	} {
		if errors.Is(*err, lie) {
			reason = name
		}
	}
	c.metrics.failures.Add(ctx, 1, metric.WithAttributes(attribute.String("reason", reason)))
}

func (c *timedChain) Inquiry(ctx context.Context, id [32]byte) (_ credittypes.Inquiry, err error) {
	defer c.asked(ctx, "inquiry", time.Now(), &err)
	return c.Chain.Inquiry(ctx, id)
}

func (c *timedChain) Appearing(ctx context.Context, id [32]byte) (_ credittypes.Inquiry, err error) {
	defer c.asked(ctx, "inquiry appearing", time.Now(), &err)
	return c.Chain.Appearing(ctx, id)
}

func (c *timedChain) Consent(ctx context.Context, subject, id [32]byte) (_ credittypes.Consent, err error) {
	defer c.asked(ctx, "consent", time.Now(), &err)
	consent, err := c.Chain.Consent(ctx, subject, id)
	return consent, withoutSubject(err, subject)
}

func (c *timedChain) Tradeline(ctx context.Context, subject, id [32]byte) (_ credittypes.Tradeline, err error) {
	defer c.asked(ctx, "tradeline", time.Now(), &err)
	tradeline, err := c.Chain.Tradeline(ctx, subject, id)
	return tradeline, withoutSubject(err, subject)
}

func (c *timedChain) Subject(ctx context.Context, pseudonym [32]byte) (_ credittypes.Subject, err error) {
	defer c.asked(ctx, "subject", time.Now(), &err)
	subject, err := c.Chain.Subject(ctx, pseudonym)
	return subject, withoutSubject(err, pseudonym)
}

func (c *timedChain) GetInstitution(ctx context.Context, operator string) (_ institutiontypes.InstitutionView, err error) {
	defer c.asked(ctx, "institution", time.Now(), &err)
	return c.Chain.GetInstitution(ctx, operator)
}

func (c *timedChain) AccountKey(ctx context.Context, address string) (_ cryptotypes.PubKey, err error) {
	defer c.asked(ctx, "account", time.Now(), &err)
	return c.Chain.AccountKey(ctx, address)
}

// nameless is an error whose text does not name a subject.
type nameless struct {
	text string
	err  error
}

func (e *nameless) Error() string { return e.text }
func (e *nameless) Unwrap() error { return e.err }

// withoutSubject takes the pseudonym out of what an error says, not out of what it is.
func withoutSubject(err error, subject [32]byte) error {
	if err == nil {
		return nil
	}
	name, text := hex.EncodeToString(subject[:]), err.Error()
	if !strings.Contains(text, name) {
		return err
	}
	return &nameless{strings.ReplaceAll(text, name, "of the inquiry"), err}
}

// Store times the calls of the exchange and counts those that fail.
func (m *Metrics) Store(of exchange.Store) exchange.Store { return &timedStore{of, m} }

type timedStore struct {
	exchange.Store // what is not timed
	metrics        *Metrics
}

// called ends a call: how long it took and whether the store failed. A nonce seen before is no failure of the store, a
// requester who went away neither.
func (s *timedStore) called(ctx context.Context, operation string, start time.Time, err *error) {
	s.metrics.step(ctx, "store "+operation, start)
	if *err != nil && !errors.Is(*err, store.ErrNonceUsed) && ctx.Err() == nil {
		s.metrics.storeErrors.Add(ctx, 1, metric.WithAttributes(attribute.String("operation", operation)))
	}
}

func (s *timedStore) OfSubject(ctx context.Context, subject [32]byte, limit int) (_ []store.Record, err error) {
	defer s.called(ctx, "records", time.Now(), &err)
	return s.Store.OfSubject(ctx, subject, limit)
}

func (s *timedStore) LogAccess(ctx context.Context, entry store.Access, owed *store.Receipt) (err error) {
	defer s.called(ctx, "access log", time.Now(), &err)
	return s.Store.LogAccess(ctx, entry, owed)
}

func (s *timedStore) LogOrder(ctx context.Context, entry store.Access, nonce store.Nonce, owed *store.Receipt) (err error) {
	start := time.Now()
	defer func() { s.called(ctx, "access log", start, &err) }()
	if err = s.Store.LogOrder(ctx, entry, nonce, owed); err == nil && entry.Outcome == outcomeGiven {
		s.metrics.given.Add(ctx, int64(entry.Records), metric.WithAttributes(attribute.String("requester", entry.Requester)))
	}
	return err
}

func (s *timedStore) ReceiptsOwed(ctx context.Context, limit int) (_ []store.Receipt, err error) {
	defer s.called(ctx, "receipts owed", time.Now(), &err)
	return s.Store.ReceiptsOwed(ctx, limit)
}

func (s *timedStore) ReceiptLeft(ctx context.Context, receipts ...store.Receipt) (err error) {
	defer s.called(ctx, "receipt left", time.Now(), &err)
	return s.Store.ReceiptLeft(ctx, receipts...)
}
