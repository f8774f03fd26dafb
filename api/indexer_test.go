package api

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/gorilla/mux"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log/v2"
)

// throughNode asks a node whose indexer is said to be at an address.
func throughNode(t *testing.T, where string, logged *bytes.Buffer, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	router := mux.NewRouter()
	router.SkipClean(true)
	router.NotFoundHandler = http.HandlerFunc(writeUnknown)
	router.MethodNotAllowedHandler = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { WriteError(w, ErrMethodNotAllowed) })
	serveIndexer(router, where, log.NewLogger(logged, log.ColorOption(false)))
	w, r := httptest.NewRecorder(), httptest.NewRequest(method, path, http.NoBody)
	r.Header.Set("Cookie", "secret=1")
	r.Header.Set("Authorization", "Bearer secret")
	r.Header.Set("X-Forwarded-For", "192.0.2.1")
	router.ServeHTTP(w, r)
	return w
}

// Only what is on the list goes to the indexer, without a word of who asks; and of its answer only what is of it.
func TestIndexerIsPassedOnByList(t *testing.T) {
	var asked []string
	indexer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.RequestURI())
		for _, name := range []string{"Cookie", "Authorization", "X-Forwarded-For", "User-Agent"} {
			if value := r.Header.Get(name); value != "" && !strings.HasPrefix(value, "Go-http-client") {
				t.Errorf("%s: %s", name, value)
			}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Set-Cookie", "a=b")
		_, _ = w.Write([]byte(`{"height":7}`))
	}))
	defer indexer.Close()
	var logged bytes.Buffer
	ask := func(method, path string) *httptest.ResponseRecorder {
		return throughNode(t, indexer.URL, &logged, method, path)
	}
	for _, route := range IndexerRoutes() {
		path := "/indexer/v1/" + strings.Replace(route, "{hash}", strings.Repeat("0A", 32), 1) + "?q=bank%20of"
		w := ask(http.MethodGet, path)
		require.Equal(t, http.StatusOK, w.Code, path)
		require.JSONEq(t, `{"height":7}`, w.Body.String())
		require.Empty(t, w.Header().Get("Set-Cookie"))
		require.Equal(t, path, asked[len(asked)-1])
	}
	before := len(asked)
	for _, path := range []string{
		"/indexer/", "/indexer/v1/", "/indexer/v1/metrics", "/indexer/v2/status", "/indexer/v1/status/", "/indexer/v1/../admin", "/indexer/v1/transactions/..%2Fstatus",
		"/indexer/v1/transactions/a%20b", "/indexer/v1/transactions/aa/bb", "/indexer//v1/status",
	} {
		requireEnvelope(t, ask(http.MethodGet, path), http.StatusNotFound, "UNKNOWN_PATH")
	}
	requireEnvelope(t, ask(http.MethodPost, "/indexer/v1/status"), http.StatusMethodNotAllowed, "METHOD_NOT_ALLOWED")
	require.Len(t, asked, before)
	require.Empty(t, logged.String())
}

// An indexer that is not there, away, or something else is told in the API's own words, and the log names nobody.
func TestIndexerThatIsNotThere(t *testing.T) {
	var logged bytes.Buffer
	const path = "/indexer/v1/transactions?address=credit1somebody"
	requireEnvelope(t, throughNode(t, "", &logged, http.MethodGet, path), http.StatusNotImplemented, "NOT_SERVED")
	require.Empty(t, logged.String())

	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) }))
	requireEnvelope(t, throughNode(t, other.URL, &logged, http.MethodGet, path), http.StatusServiceUnavailable, "NOT_READY")
	require.Contains(t, logged.String(), "no indexer")
	other.Close()
	requireEnvelope(t, throughNode(t, other.URL, &logged, http.MethodGet, path), http.StatusServiceUnavailable, "NOT_READY")
	require.Contains(t, logged.String(), "refused")
	require.NotContains(t, logged.String(), "somebody")
}
