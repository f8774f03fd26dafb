package exchange

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"

	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func dialAs(t *testing.T, s *scene, config *tls.Config) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(s.bank.Listener.Addr().String(), grpc.WithTransportCredentials(credentials.NewTLS(config)), grpc.WithNoProxy(),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(s.fetcher.Codec)))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

func limited(t *testing.T, limits Limits) *scene {
	t.Helper()
	return sceneWith(t, func(c *Config, _ *ServeOptions) { c.Limits = limits })
}

func TestRateLimit(t *testing.T) {
	s := limited(t, Limits{OrdersPerSecond: 1, Burst: 2})
	for range 2 {
		_, err := s.fetch()
		require.NoError(t, err)
	}
	_, err := s.fetch()
	require.Equal(t, RateLimited, ReasonOf(err))
	require.Equal(t, codes.ResourceExhausted, status.Code(err))
	require.Len(t, s.accesses(), 2, "who sends too many must not fill the log")
}

func TestQuotas(t *testing.T) {
	s := limited(t, Limits{OrdersPerDay: 2})
	for range 2 {
		_, err := s.fetch()
		require.NoError(t, err)
	}
	_, err := s.fetch()
	require.Equal(t, QuotaExhausted, ReasonOf(err))

	s = limited(t, Limits{RecordsPerDay: 1})
	_, err = s.fetch()
	require.NoError(t, err)
	_, err = s.fetch()
	require.Equal(t, QuotaExhausted, ReasonOf(err))
	entries := s.accesses()
	require.Len(t, entries, 2)
	require.Equal(t, string(QuotaExhausted), entries[1].Outcome)
	require.Zero(t, entries[1].Records)
}

func TestMeter(t *testing.T) {
	m := newMeter(Limits{OrdersPerDay: 1, OrdersPerSecond: 1000})
	require.NoError(t, m.order("a", now))
	require.Error(t, m.order("a", now))
	require.NoError(t, m.order("b", now), "of each account its own")
	require.NoError(t, m.order("a", now.Add(24*time.Hour)), "the next day")
	for i := range maxAccounts {
		_ = m.of(fmt.Sprint(i), now.Add(24*time.Hour))
	}
	require.Len(t, m.used, maxAccounts)
	require.Equal(t, QuotaExhausted, ReasonOf(m.order("one more", now.Add(24*time.Hour))))
}

// gate holds a question to the chain until it is opened.
type gate struct {
	Chain
	reached chan struct{}
	open    chan struct{}
	once    atomic.Bool
}

func (g *gate) Tradeline(ctx context.Context, subject, id [32]byte) (credittypes.Tradeline, error) {
	if g.once.CompareAndSwap(false, true) {
		close(g.reached)
		<-g.open
	}
	return g.Chain.Tradeline(ctx, subject, id)
}

func gated(t *testing.T, limits Limits) (*scene, *gate) {
	t.Helper()
	g := &gate{reached: make(chan struct{}), open: make(chan struct{})}
	s := sceneWith(t, func(c *Config, _ *ServeOptions) {
		g.Chain = c.Chain
		c.Chain, c.Limits = g, limits
	})
	return s, g
}

func TestConcurrencyIsBounded(t *testing.T) {
	s, g := gated(t, Limits{Concurrent: 1})
	first := make(chan error, 1)
	go func() { _, err := s.fetch(); first <- err }()
	<-g.reached
	require.Equal(t, Busy, ReasonOf(s.raw(s.order())))
	second := make(chan error, 1)
	go func() { _, err := s.fetch(); second <- err }()
	close(g.open)
	require.NoError(t, <-first)
	if err := <-second; err != nil { // it is tried again, and may still have come too soon
		require.Equal(t, Busy, ReasonOf(err))
	}
}

// One account cannot take the places of the others.
func TestPlacesOfAnAccountAreBounded(t *testing.T) {
	m := newMeter(Limits{Concurrent: 8})
	for range 2 {
		require.NoError(t, m.enter("greedy"))
	}
	require.Equal(t, Busy, ReasonOf(m.enter("greedy")), "a quarter of all")
	for _, other := range []string{"a", "b", "c"} {
		require.NoError(t, m.enter(other))
		require.NoError(t, m.enter(other))
	}
	require.Equal(t, Busy, ReasonOf(m.enter("d")), "all are taken")
	m.leave("greedy")
	require.NoError(t, m.enter("d"))
	for _, account := range []string{"greedy", "a", "a", "b", "b", "c", "c", "d"} {
		m.leave(account)
	}
	require.Empty(t, m.making.by, "who has none is forgotten")
	require.Zero(t, m.making.taken)
}

// nowhere holds whoever waits for an inquiry to appear.
type nowhere struct {
	Chain
	waiting chan struct{}
	open    chan struct{}
}

func (n *nowhere) Appearing(ctx context.Context, id [32]byte) (credittypes.Inquiry, error) {
	n.waiting <- struct{}{}
	<-n.open
	return n.Chain.Appearing(ctx, id)
}

// Orders for inquiries that are nowhere hold few places: who asks for what is there is answered meanwhile, from the same
// account too.
func TestWaitingForInquiriesIsBounded(t *testing.T) {
	n := &nowhere{waiting: make(chan struct{}), open: make(chan struct{})}
	s := sceneWith(t, func(c *Config, _ *ServeOptions) {
		n.Chain = c.Chain
		c.Chain, c.Limits = n, Limits{Concurrent: 8, OfAccount: 4} // two may wait, one of each account
	})
	there := s.inquiry.Id
	s.inquiry.Id = make([]byte, 32)
	unknown, again := s.order(), s.order()
	refused := make(chan error, 1)
	go func() { refused <- s.raw(unknown) }()
	<-n.waiting
	require.Equal(t, Busy, ReasonOf(s.raw(again)), "it is told to try again and not that there is none")
	s.inquiry.Id = there
	_, err := s.fetch()
	require.NoError(t, err)
	close(n.open)
	require.Equal(t, UnknownInquiry, ReasonOf(<-refused))
}

// Rights that end while an answer is made end it.
func TestRevokedInMidRequest(t *testing.T) {
	for reason, change := range map[Reason]func(s *scene){
		NotLicensed: func(s *scene) {
			s.changeLender(func(v *institutiontypes.InstitutionView) {
				v.Institution.Status = institutiontypes.LICENCE_STATUS_REVOKED
			})
		},
		ConsentWithdrawn: func(s *scene) {
			s.change(func(c *credittypes.Consent) { c.Status = credittypes.CONSENT_STATUS_WITHDRAWN })
		},
		InquiryClosed: func(s *scene) {
			s.changeInquiry(func(i *credittypes.Inquiry) { i.Status = credittypes.INQUIRY_STATUS_FULFILLED })
		},
	} {
		t.Run(string(reason), func(t *testing.T) {
			s, g := gated(t, Limits{})
			done := make(chan error, 1)
			go func() { _, err := s.fetch(); done <- err }()
			<-g.reached
			change(s)
			close(g.open)
			require.Equal(t, reason, ReasonOf(<-done))
			entries := s.accesses()
			require.Len(t, entries, 1)
			require.Equal(t, string(reason), entries[0].Outcome)
			require.Zero(t, entries[0].Records)
		})
	}
}

// flaky is away for some questions.
type flaky struct {
	Chain
	left atomic.Int64
}

func (f *flaky) Inquiry(ctx context.Context, id [32]byte) (credittypes.Inquiry, error) {
	if f.left.Add(-1) >= 0 {
		return credittypes.Inquiry{}, errors.New("connection refused")
	}
	return f.Chain.Inquiry(ctx, id)
}

// A vault that cannot answer now is asked again, with an order of its own each time; one that refuses is not.
func TestRetry(t *testing.T) {
	f := &flaky{}
	s := sceneWith(t, func(c *Config, _ *ServeOptions) { f.Chain, c.Chain = c.Chain, f })
	f.left.Store(2)
	_, err := s.fetch()
	require.NoError(t, err)
	var outcomes []string
	for _, entry := range s.accesses() {
		outcomes = append(outcomes, entry.Outcome)
	}
	require.Equal(t, []string{string(ChainAway), string(ChainAway), given}, outcomes)

	f.left.Store(3)
	_, err = s.fetch()
	require.Equal(t, ChainAway, ReasonOf(err), "in the end it says so")

	s.inquiry.Id = make([]byte, 32)
	before := len(s.accesses())
	_, err = s.fetch()
	require.Equal(t, UnknownInquiry, ReasonOf(err))
	require.Len(t, s.accesses(), before+1, "once")
}

const manyRecords = 5000

// A subject with thousands of records gets them in parts of bounded size, with bounded memory.
func TestManyRecords(t *testing.T) {
	s := newScene(t)
	accounts := make([]string, manyRecords)
	for i := range accounts {
		accounts[i] = fmt.Sprintf("account %d", i)
	}
	s.bank.FurnishAll(t, s.chain, subject, accounts, schemas.TradelineFirm, commitment.Record{"balance": "600000", "currency": "USD"})
	consent := testvault.Consent(s.chain, subject, s.lender.Operator(), nil, testvault.Schema(schemas.TradelineFirm))
	s.inquiry = testvault.Inquiry(s.chain, subject, s.lender.Operator(), consent[:], nil)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	answer, err := s.fetch()
	require.NoError(t, err)
	runtime.ReadMemStats(&after)
	require.Len(t, answer.Records, manyRecords+1)
	t.Logf("both sides allocated %d MiB in all, the heap grew by %d MiB", (after.TotalAlloc-before.TotalAlloc)>>20, int64(after.HeapAlloc-before.HeapAlloc)>>20)
	require.Less(t, after.Sys-before.Sys, uint64(128<<20), "memory taken of the system")
}
