package operate

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/internal/fakechain"
	"github.com/creditd/creditd/vault/internal/testvault"
	"github.com/creditd/creditd/vault/store"
	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

var (
	now     = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	subject = [32]byte{0x5b, 0xec, 0x77}
)

type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// scene is a bank whose vault is served and watched, and a lender with an open inquiry.
type scene struct {
	metrics *Metrics
	log     *lockedBuffer
	chain   *fakechain.Chain
	bank    *testvault.Institution
	fetcher *exchange.Fetcher
	inquiry credittypes.Inquiry
	watcher *Watcher
	head    error
}

// account and amount are marks: nothing that operators see may hold them.
const (
	account = "ACCOUNT-7716253"
	amount  = "9182736450"
)

func newScene(t *testing.T) *scene {
	t.Helper()
	metrics, err := NewMetrics()
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, metrics.Close(context.Background())) })
	s := &scene{metrics: metrics, log: &lockedBuffer{}, chain: fakechain.New(func() time.Time { return now })}
	s.bank = testvault.New(t, s.chain, "Bank")
	lender := testvault.New(t, s.chain, "Lender")
	s.bank.Furnish(t, s.chain, subject, account, schemas.TradelineFirm, commitment.Record{"balance": amount, "currency": "USD"})
	s.inquiry = testvault.Inquiry(s.chain, subject, lender.Operator(), nil, nil)
	s.fetcher = &exchange.Fetcher{
		ChainID: "test-1", Signer: lender.Signer, Key: lender.Ring.HPKE(), Codec: testvault.Codec(t), Keys: s.chain,
		Now: func() time.Time { return now },
	}
	log := slog.New(slog.NewJSONHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	server := exchange.NewServer(exchange.Config{
		ChainID: "test-1", Signer: s.bank.Signer, Chain: metrics.Chain(fakechain.Asked{Chain: s.chain}), Store: metrics.Store(s.bank.Store), Keys: s.bank.Ring,
		Log: log, Now: func() time.Time { return now },
	})
	s.watcher = NewWatcher(metrics, Watched{Store: s.bank.Store, Log: log, Head: func(context.Context) (int64, time.Time, error) {
		return 77, now.Add(-3 * time.Second), s.head
	}})
	s.watcher.now = func() time.Time { return now }
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() {
		served <- exchange.Serve(ctx, s.bank.Listener, server, exchange.ServeOptions{
			Codec: testvault.Codec(t), Ready: func(context.Context) error { return nil },
			Options: []grpc.ServerOption{grpc.ChainStreamInterceptor(metrics.Interceptor())},
		})
	}()
	t.Cleanup(func() { stop(); require.NoError(t, <-served) })
	return s
}

func (s *scene) fetch(t *testing.T) error {
	t.Helper()
	_, err := s.fetcher.Fetch(t.Context(), exchange.Known(&s.inquiry), s.bank.Operator(), s.bank.Listener.Addr().String())
	return err
}

// page is /metrics as a scraper gets it.
func (s *scene) page(t *testing.T, ready *Readiness) string {
	t.Helper()
	code, body := get(t, Handler(s.metrics, ready), "/metrics")
	require.Equal(t, http.StatusOK, code)
	return body
}

func get(t *testing.T, handler http.Handler, path string) (int, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- ServeAdmin(ctx, listener, handler) }()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+listener.Addr().String()+path, nil)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	stop()
	require.NoError(t, <-served)
	return response.StatusCode, string(body)
}

func TestMetricsOfOrders(t *testing.T) {
	s := newScene(t)
	ready := NewReadiness(s.metrics, Check{"node", func(context.Context) error { return nil }})
	require.NoError(t, s.fetch(t))
	s.inquiry = testvault.Inquiry(s.chain, subject, s.bank.Operator(), nil, nil)
	require.Equal(t, exchange.OtherDataUser, exchange.ReasonOf(s.fetch(t)))
	s.watcher.Look(t.Context())
	require.NoError(t, ready.Check(t.Context()))
	page := s.page(t, ready)
	for _, line := range []string{
		`creditd_vault_orders_total{outcome="given"} 1`,
		`creditd_vault_orders_total{outcome="OTHER_DATA_USER"} 1`,
		`creditd_vault_records_given_total{requester="` + s.fetcher.Signer.Address().String() + `"} 1`,
		`creditd_vault_order_seconds_count{outcome="given"} 1`,
		`creditd_vault_step_seconds_count{step="chain inquiry"}`,
		`creditd_vault_step_seconds_count{step="store access log"} 2`,
		`creditd_vault_receipts_owed 1`,
		`creditd_vault_receipt_oldest_seconds 0`,
		`creditd_vault_records{state="committed"} 1`,
		`creditd_vault_records{state="staged"} 0`,
		`creditd_vault_chain_height 77`,
		`creditd_vault_chain_header_age_seconds 3`,
		`creditd_vault_ready{check="node"} 1`,
		`go_goroutines`, `process_resident_memory_bytes`,
	} {
		require.True(t, strings.Contains(page, line), line)
	}
	require.False(t, strings.Contains(page, "store_errors_total{"))
}

// The age of what is owed grows, and ends when it is left; that of the header grows while the node is away.
func TestAges(t *testing.T) {
	s := newScene(t)
	ready := NewReadiness(s.metrics)
	require.NoError(t, s.fetch(t))
	at := now
	s.watcher.now = func() time.Time { return at }
	s.watcher.Look(t.Context())
	at, s.head = now.Add(90*time.Second), errors.New("away")
	s.watcher.Look(t.Context())
	page := s.page(t, ready)
	require.Contains(t, page, "creditd_vault_receipt_oldest_seconds 90")
	require.Contains(t, page, "creditd_vault_chain_header_age_seconds 93")
	owed, err := s.bank.Store.ReceiptsOwed(t.Context(), 1)
	require.NoError(t, err)
	require.NoError(t, s.bank.Store.ReceiptLeft(t.Context(), owed[0]))
	s.watcher.Look(t.Context())
	page = s.page(t, ready)
	require.Contains(t, page, "creditd_vault_receipts_owed 0")
	require.Contains(t, page, "creditd_vault_receipt_oldest_seconds 0")
}

func TestStoreErrors(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.bank.Store.Close())
	require.Equal(t, exchange.StoreFailed, exchange.ReasonOf(s.fetch(t)))
	page := s.page(t, NewReadiness(s.metrics))
	require.Contains(t, page, `creditd_vault_store_errors_total{operation="access log"} 1`)
	require.Contains(t, page, `creditd_vault_orders_total{outcome="STORE_FAILED"} 1`)
}

// brokenChain fails as a client of a node does: with the subject in the text.
type brokenChain struct{ exchange.Chain }

func (brokenChain) Consent(_ context.Context, subject, _ [32]byte) (credittypes.Consent, error) {
	return credittypes.Consent{}, fmt.Errorf("consent of %x: %w", subject, client.ErrNotFound)
}

func (brokenChain) Tradeline(_ context.Context, subject, _ [32]byte) (credittypes.Tradeline, error) {
	return credittypes.Tradeline{}, fmt.Errorf("tradelines of %x: %w", subject, context.DeadlineExceeded)
}

func (brokenChain) Subject(_ context.Context, pseudonym [32]byte) (credittypes.Subject, error) {
	return credittypes.Subject{}, fmt.Errorf("subject %x: %w", pseudonym, context.Canceled)
}

func TestErrorsDoNotNameTheSubject(t *testing.T) {
	m, err := NewMetrics()
	require.NoError(t, err)
	chain := m.Chain(brokenChain{})
	_, err = chain.Consent(t.Context(), subject, [32]byte{1})
	require.ErrorIs(t, err, client.ErrNotFound)
	require.NotContains(t, err.Error(), hex.EncodeToString(subject[:]))
	_, err = chain.Tradeline(t.Context(), subject, [32]byte{1})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotContains(t, err.Error(), hex.EncodeToString(subject[:]))
	_, err = chain.Subject(t.Context(), subject)
	require.ErrorIs(t, err, context.Canceled)
	require.NotContains(t, err.Error(), hex.EncodeToString(subject[:]))
}

// What operators see of answers, refusals and failures has no personal data.
func TestNothingPersonalForOperators(t *testing.T) {
	s := newScene(t)
	require.NoError(t, s.fetch(t))
	require.NoError(t, s.bank.Store.Close())
	require.Error(t, s.fetch(t))
	s.watcher.Look(t.Context())
	seen := s.page(t, NewReadiness(s.metrics)) + s.log.String()
	require.Contains(t, seen, "order answered")
	for _, mark := range []string{account, amount, hex.EncodeToString(subject[:])} {
		require.NotContains(t, strings.ToLower(seen), strings.ToLower(mark))
	}
	require.NotContains(t, s.page(t, NewReadiness(s.metrics)), hex.EncodeToString(s.inquiry.Id))
}

func TestReadiness(t *testing.T) {
	m, err := NewMetrics()
	require.NoError(t, err)
	var failing error
	ready := NewReadiness(m, Check{"node", func(context.Context) error { return failing }}, Check{"store", func(context.Context) error { return nil }})
	at := now
	ready.now = func() time.Time { return at }
	handler := Handler(m, ready)
	state := func() (int, State) {
		var s State
		code, body := get(t, handler, "/readyz")
		require.NoError(t, json.Unmarshal([]byte(body), &s))
		return code, s
	}
	code, s := state()
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.Equal(t, map[string]string{"node": "unknown", "store": "unknown"}, s.Checks)
	require.NoError(t, ready.Check(t.Context()))
	code, s = state()
	require.Equal(t, http.StatusOK, code)
	require.True(t, s.Ready)
	failing = errors.New("10.0.0.1 does not answer")
	require.ErrorContains(t, ready.Check(t.Context()), "node: 10.0.0.1")
	code, s = state()
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.Equal(t, map[string]string{"node": "failed", "store": "ok"}, s.Checks)
	failing = nil
	require.NoError(t, ready.Check(t.Context()))
	at = now.Add(2 * staleAfter)
	code, s = state()
	require.Equal(t, http.StatusServiceUnavailable, code, "nobody has asked for long: who should may hang")
	require.Equal(t, "unknown", s.Checks["node"])
	at = now
	ready.Stopping()
	code, s = state()
	require.Equal(t, http.StatusServiceUnavailable, code)
	require.True(t, s.Stopping)
	code, _ = get(t, handler, "/healthz")
	require.Equal(t, http.StatusOK, code, "it lives")
	code, _ = get(t, handler, "/")
	require.Equal(t, http.StatusNotFound, code)
}

func TestCheckLoopback(t *testing.T) {
	for _, good := range []string{"127.0.0.1:1", "[::1]:1", "localhost:1", "127.1.2.3:0"} {
		require.NoError(t, CheckLoopback(good), good)
	}
	for _, bad := range []string{"", ":9191", "0.0.0.0:9191", "[::]:9191", "10.0.0.1:1", "bank.example:1", "127.0.0.1"} {
		require.Error(t, CheckLoopback(bad), bad)
	}
}

func TestNotify(t *testing.T) {
	path := filepath.Join(t.TempDir(), "notify")
	t.Setenv("NOTIFY_SOCKET", "")
	require.NoError(t, Notify(t.Context(), "READY=1"), "without a service manager nothing happens")
	t.Setenv("NOTIFY_SOCKET", path)
	require.Error(t, Notify(t.Context(), "READY=1"))
	socket, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	require.NoError(t, err)
	defer socket.Close()
	require.NoError(t, Notify(t.Context(), "READY=1"))
	buffer := make([]byte, 64)
	n, err := socket.Read(buffer)
	require.NoError(t, err)
	require.Equal(t, "READY=1", string(buffer[:n]))
}

// countingStore fails to count.
type countingStore struct{}

func (countingStore) Count(context.Context) (store.Counts, error) {
	return store.Counts{}, errors.New("no")
}

func (countingStore) ReceiptsOwed(context.Context, int) ([]store.Receipt, error) {
	return nil, errors.New("no")
}

func TestWatcherSaysWhatItCannotRead(t *testing.T) {
	m, err := NewMetrics()
	require.NoError(t, err)
	var log bytes.Buffer
	w := NewWatcher(m, Watched{
		Store: countingStore{}, Log: slog.New(slog.NewJSONHandler(&log, nil)),
		Head: func(context.Context) (int64, time.Time, error) { return 0, time.Time{}, errors.New("no") },
	})
	w.Look(t.Context())
	for _, line := range []string{"receipts owed could not be read", "records could not be counted", "last header could not be read"} {
		require.Contains(t, log.String(), line)
	}
	require.NotContains(t, log.String(), "panic")
}
