package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	gogogrpc "github.com/cosmos/gogoproto/grpc"
	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/codec"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	sdkerrors "github.com/cosmos/cosmos-sdk/types/errors"
	grpctypes "github.com/cosmos/cosmos-sdk/types/grpc"
	"github.com/cosmos/cosmos-sdk/types/query"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
)

// chain between two heights.
type chain struct{ earliest, latest int64 }

func (c *chain) LatestHeight() int64      { return c.latest }
func (c *chain) EarliestHeight() int64    { return c.earliest }
func (c *chain) AppHash() (int64, []byte) { return c.latest, []byte{byte(c.latest), 0xab} }

// bank answers what a test says.
type bank struct {
	banktypes.UnimplementedQueryServer
	balances func(context.Context, *banktypes.QueryAllBalancesRequest) (*banktypes.QueryAllBalancesResponse, error)
}

func (b *bank) AllBalances(ctx context.Context, req *banktypes.QueryAllBalancesRequest) (*banktypes.QueryAllBalancesResponse, error) {
	return b.balances(ctx, req)
}

func dial(t *testing.T, c Chain, b bank) banktypes.QueryClient {
	t.Helper()
	services := NewServices(c, DefaultConfig(), func(server gogogrpc.Server) { banktypes.RegisterQueryServer(server, &b) })
	registry := codectypes.NewInterfaceRegistry()
	conn, err := services.Dial(registry, codec.NewProtoCodec(registry).GRPCCodec())
	require.NoError(t, err)
	return banktypes.NewQueryClient(conn)
}

func TestRequestsAreCheckedBeforeTheService(t *testing.T) {
	var seen *query.PageRequest
	client := dial(t, &chain{5, 10}, bank{balances: func(ctx context.Context, req *banktypes.QueryAllBalancesRequest) (*banktypes.QueryAllBalancesResponse, error) {
		seen = req.Pagination
		err := grpc.SetHeader(ctx, metadata.Pairs(grpctypes.GRPCBlockHeightHeader, "7"))
		return &banktypes.QueryAllBalancesResponse{Balances: sdk.NewCoins(sdk.NewInt64Coin("ucredit", 3))}, err
	}})
	address := sdk.AccAddress(make([]byte, 20)).String()
	var header metadata.MD
	resp, err := client.AllBalances(context.Background(), &banktypes.QueryAllBalancesRequest{
		Address: address, Pagination: &query.PageRequest{Limit: 5000},
	}, grpc.Header(&header))
	require.NoError(t, err)
	require.Equal(t, "3ucredit", resp.Balances.String())
	require.EqualValues(t, 1000, seen.Limit, "a larger page is not made")
	require.Equal(t, []string{"7"}, header.Get(grpctypes.GRPCBlockHeightHeader))

	for name, req := range map[string]*banktypes.QueryAllBalancesRequest{
		"MALFORMED_ADDRESS": {Address: "cosmos1qqqq"},
		"INVALID_PAGE":      {Address: address, Pagination: &query.PageRequest{Key: []byte{1}, Offset: 1}},
		"PAGE_TOO_FAR":      {Address: address, Pagination: &query.PageRequest{Offset: 10_001}},
	} {
		_, err := client.AllBalances(context.Background(), req)
		requireName(t, err, name)
	}
	_, err = client.Params(context.Background(), &banktypes.QueryParamsRequest{})
	requireName(t, err, "UNIMPLEMENTED")
}

func requireName(t *testing.T, err error, name string) {
	t.Helper()
	var failure *Failure
	require.ErrorAs(t, err, &failure)
	require.Equal(t, name, failure.Name)
	require.NotEmpty(t, failure.Hint)
	require.NotEmpty(t, failure.Message)
}

func TestHeights(t *testing.T) {
	client := dial(t, &chain{5, 10}, bank{balances: func(context.Context, *banktypes.QueryAllBalancesRequest) (*banktypes.QueryAllBalancesResponse, error) {
		return &banktypes.QueryAllBalancesResponse{}, nil
	}})
	for height, name := range map[string]string{
		"5": "", "10": "", "0": "", "4": "HEIGHT_PRUNED", "11": "HEIGHT_AHEAD", "-1": "INVALID_HEIGHT", "ten": "INVALID_HEIGHT", "": "INVALID_HEIGHT",
	} {
		ctx := metadata.AppendToOutgoingContext(context.Background(), grpctypes.GRPCBlockHeightHeader, height)
		_, err := client.AllBalances(ctx, &banktypes.QueryAllBalancesRequest{})
		if name == "" {
			require.NoError(t, err, height)
			continue
		}
		requireName(t, err, name)
	}
	twice := metadata.AppendToOutgoingContext(context.Background(), grpctypes.GRPCBlockHeightHeader, "6", grpctypes.GRPCBlockHeightHeader, "7")
	_, err := client.AllBalances(twice, &banktypes.QueryAllBalancesRequest{})
	requireName(t, err, "INVALID_HEIGHT")
}

func TestACommitIsWaitedOut(t *testing.T) {
	tries := 0
	client := dial(t, &chain{1, 10}, bank{balances: func(context.Context, *banktypes.QueryAllBalancesRequest) (*banktypes.QueryAllBalancesResponse, error) {
		if tries++; tries < 3 {
			return nil, sdkerrors.ErrInvalidHeight.Wrap("context did not contain latest block height")
		}
		return &banktypes.QueryAllBalancesResponse{}, nil
	}})
	_, err := client.AllBalances(context.Background(), &banktypes.QueryAllBalancesRequest{})
	require.NoError(t, err)
	tries = -1000
	_, err = client.AllBalances(context.Background(), &banktypes.QueryAllBalancesRequest{})
	requireName(t, err, "NOT_READY")
}

func TestErrorsHaveNamesStatusesAndHints(t *testing.T) {
	for _, c := range []struct {
		err  error
		name string
		http int
	}{
		{sdkerrors.ErrInvalidAddress.Wrap("x"), "INVALID_ADDRESS", 400},
		{fmt.Errorf("context: %w", sdkerrors.ErrKeyNotFound), "KEY_NOT_FOUND", 404},
		{sdkerrors.ErrOutOfGas.Wrap("x"), "TOO_EXPENSIVE", 429},
		{sdkerrors.ErrUnauthorized, "UNAUTHORIZED", 403},
		{errorsmod.ErrPanic, "PANIC", 500},
		{status.Error(codes.NotFound, "x"), "NOT_FOUND", 404},
		{status.Error(codes.InvalidArgument, "x"), "INVALID_ARGUMENT", 400},
		{status.Error(codes.Unknown, "with gas used"), "UNKNOWN", 400},
		{fmt.Errorf("x: %w", collections.ErrNotFound), "NOT_FOUND", 404},
		{errors.New("decoding bech32 failed: x"), "MALFORMED", 400},
		{context.Canceled, "CANCELLED", 408},
		{errors.New("disk"), "INTERNAL", 500},
		{ErrBodyTooLarge, "BODY_TOO_LARGE", 413},
		{ErrHeightPruned, "HEIGHT_PRUNED", 410},
	} {
		f := classify(c.err)
		require.Equal(t, c.name, f.Name, c.err)
		require.Equal(t, c.http, f.HTTPStatus(), c.err)
		require.NotEmpty(t, f.Hint)
		// Over gRPC and back it is the same.
		require.Equal(t, f.Envelope, classify(f.GRPCStatus().Err()).Envelope)
	}
}

func TestTableOfErrorsIsThatOfThisProgram(t *testing.T) {
	list, err := Errors()
	require.NoError(t, err)
	require.Greater(t, len(list), 100)
	names := map[string]bool{}
	for _, e := range list {
		require.Regexp(t, `^[A-Z][A-Z0-9_]*[A-Z0-9]$`, e.Name)
		name := e.Codespace + "/" + e.Name
		require.False(t, names[name], "%s is the name of two errors", name)
		names[name] = true
	}
	for name := range hints {
		require.True(t, names[name], "there is no error %s to hint at", name)
	}
}

func TestCacheByHeight(t *testing.T) {
	c := &chain{1, 10}
	cached := newCache(c, &Services{chain: c}, "creditd-1", "1.0")
	asked := 0
	handler := cached.handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		height := r.Header.Get(grpctypes.GRPCBlockHeightHeader)
		if height == "" {
			height = "10"
		}
		cached.mark(r.Context(), w.Header(), height)
	}))
	get := func(path, height, etag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		if height != "" {
			r.Header.Set(grpctypes.GRPCBlockHeightHeader, height)
		}
		r.Header.Set("If-None-Match", etag)
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	latest := get("/x", "", "").Header()
	require.Equal(t, "no-cache", latest.Get("Cache-Control"))
	require.Equal(t, http.StatusNotModified, get("/x", "", latest.Get("ETag")).Code)
	require.Equal(t, 1, asked, "what the client has is not read again")
	c.latest = 11
	require.Equal(t, http.StatusOK, get("/x", "", latest.Get("ETag")).Code)

	old := get("/x", "3", "").Header()
	require.Contains(t, old.Get("Cache-Control"), "immutable")
	require.Equal(t, http.StatusNotModified, get("/x", "3", `"other", `+old.Get("ETag")).Code)
	require.Equal(t, "no-store", get("/cosmos/tx/v1beta1/txs/AA", "", "").Header().Get("Cache-Control"))
	refused := get("/x", "12", "")
	require.Equal(t, http.StatusBadRequest, refused.Code)
	require.Equal(t, "no-store", refused.Header().Get("Cache-Control"))
}

func TestLimits(t *testing.T) {
	cfg := DefaultConfig()
	cfg.MaxConcurrent, cfg.MaxBodyBytes, cfg.MaxHeaderBytes = 1, 10, 200
	entered, leave := make(chan struct{}), make(chan struct{})
	handler := limit(cfg, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/slow" {
			entered <- struct{}{}
			<-leave
		}
	}))
	ask := func(path, body string) *httptest.ResponseRecorder {
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, httptest.NewRequest(http.MethodPost, path, strings.NewReader(body)))
		return w
	}
	require.Equal(t, http.StatusOK, ask("/", "0123456789").Code)
	requireEnvelope(t, ask("/", "0123456789A"), http.StatusRequestEntityTooLarge, "BODY_TOO_LARGE")
	requireEnvelope(t, ask("/"+strings.Repeat("x", 300), ""), http.StatusRequestEntityTooLarge, "BODY_TOO_LARGE")
	done := make(chan struct{})
	go func() { ask("/slow", ""); close(done) }()
	<-entered
	busy := ask("/", "")
	requireEnvelope(t, busy, http.StatusServiceUnavailable, "BUSY")
	require.Equal(t, "1", busy.Header().Get("Retry-After"))
	close(leave)
	<-done
	require.Equal(t, http.StatusOK, ask("/", "").Code)
}

func requireEnvelope(t *testing.T, w *httptest.ResponseRecorder, code int, name string) {
	t.Helper()
	require.Equal(t, code, w.Code)
	var e Envelope
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &e))
	require.Equal(t, name, e.Name)
	require.NotEmpty(t, e.Hint)
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
}

func TestRatePerClient(t *testing.T) {
	c, now := newClients(2, 3), time.Unix(0, 0)
	for range 3 {
		require.Zero(t, c.ask("10.0.0.1:1", now))
	}
	require.Equal(t, 500*time.Millisecond, c.ask("10.0.0.1:2", now), "ports are not clients")
	require.Zero(t, c.ask("10.0.0.2:1", now))
	require.Zero(t, c.ask("10.0.0.1:1", now.Add(time.Second)))
	for i := range maxClients {
		c.ask(fmt.Sprintf("h%d:1", i), now)
	}
	require.Len(t, c.byHost, maxClients)
	require.Zero(t, newClients(0, 0).ask("x", now))
}

func TestCORSIsByList(t *testing.T) {
	handler := cors([]string{"https://good.example/"}, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	ask := func(method, origin string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(method, "/x", nil)
		r.Header.Set("Origin", origin)
		if method == http.MethodOptions {
			r.Header.Set("Access-Control-Request-Method", "GET")
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		return w
	}
	require.Equal(t, "https://good.example", ask(http.MethodGet, "https://good.example").Header().Get("Access-Control-Allow-Origin"))
	require.Equal(t, http.StatusNoContent, ask(http.MethodOptions, "https://good.example").Code)
	require.Empty(t, ask(http.MethodGet, "https://bad.example").Header().Get("Access-Control-Allow-Origin"))
	requireEnvelope(t, ask(http.MethodOptions, "https://bad.example"), http.StatusForbidden, "ORIGIN_NOT_ALLOWED")
}

func TestRoutesOfTheDescription(t *testing.T) {
	require.Equal(t, []string{"GET", "POST"}, methodsOf("/cosmos/tx/v1beta1/txs"))
	require.Equal(t, []string{"GET"}, methodsOf("/creditd/institution/v1/institutions/x"))
	require.Empty(t, methodsOf("/creditd/institution/v1/institutions/x/y/z"))
	router := mux.NewRouter()
	require.NoError(t, serveDocs(router, false))
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodGet, specPath, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	router.ServeHTTP(w, r)
	require.Equal(t, "gzip", w.Header().Get("Content-Encoding"))
	require.Less(t, w.Body.Len(), len(openAPI)/3)
}

// A person who opens the node's address is led to the pages that there are; a program is told what there is.
func TestWelcome(t *testing.T) {
	pages := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	ask := func(explorer http.Handler, docs bool, path, accept string) *httptest.ResponseRecorder {
		router := mux.NewRouter()
		serveExplorer(router, explorer, nil)
		serveWelcome(router, welcome{ChainID: "credit-1", OpenAPI: specPath}, docs, explorer != nil)
		w, r := httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept", accept)
		router.ServeHTTP(w, r)
		return w
	}
	const browser = "text/html,application/xhtml+xml,*/*;q=0.8"
	require.Equal(t, "/ui/", ask(pages, true, "/", browser).Header().Get("Location"))
	require.Equal(t, "/docs/", ask(nil, true, "/", browser).Header().Get("Location"))
	require.Equal(t, http.StatusOK, ask(nil, false, "/", browser).Code)
	require.JSONEq(t, `{"chain_id":"credit-1","version":"","openapi":"/openapi.json","docs":"/docs/","explorer":"/ui/"}`, ask(pages, true, "/", "*/*").Body.String())
	require.JSONEq(t, `{"chain_id":"credit-1","version":"","openapi":"/openapi.json"}`, ask(nil, false, "/", "*/*").Body.String())

	require.Equal(t, "/ui/", ask(pages, true, "/ui", browser).Header().Get("Location"))
	require.Equal(t, http.StatusTeapot, ask(pages, true, "/ui/blocks/7", browser).Code)
	require.JSONEq(t, `{"peers":[]}`, ask(pages, true, "/ui/peers.json", "*/*").Body.String())
	off := ask(nil, true, "/ui/blocks/7", browser)
	requireEnvelope(t, off, http.StatusNotImplemented, "NOT_SERVED")
	require.Contains(t, off.Body.String(), "[rest] explorer")
}

type options map[string]any

func (o options) Get(name string) any { return o[name] }

func TestConfig(t *testing.T) {
	cfg, err := FromOptions(options{"rest.max-concurrent": "7", "rest.explorer": "true", "rest.cors-origins": []any{"https://a.example"}})
	require.NoError(t, err)
	require.Equal(t, 7, cfg.MaxConcurrent)
	require.True(t, cfg.Explorer)
	require.False(t, DefaultConfig().Explorer)
	require.Equal(t, []string{"https://a.example"}, cfg.CORSOrigins)
	require.EqualValues(t, 1000, cfg.MaxPageLimit)
	bad := options{
		"rest.max-concurrent": "many", "rest.cors-origins": []string{"*"}, "rest.max-body-bytes": -1, "rest.rate-per-client": -0.5, "rest.max-page-limit": 0,
	}
	for name, value := range bad {
		_, err := FromOptions(options{name: value})
		require.ErrorContains(t, err, strings.TrimPrefix(name, "rest."), name)
	}
}

func FuzzClassify(f *testing.F) {
	f.Add("decoding bech32 failed", uint32(3))
	f.Add("\xff", uint32(13))
	f.Fuzz(func(t *testing.T, text string, code uint32) {
		failure := classify(status.Error(codes.Code(code%20), text))
		if code%20 == 0 {
			return
		}
		require.NotEmpty(t, failure.Name)
		require.NotNil(t, failure.GRPCStatus())
		require.GreaterOrEqual(t, failure.HTTPStatus(), 400)
	})
}
