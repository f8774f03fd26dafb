package explorer_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/explorer"
)

// firstLoad bounds what a browser gets before the first page is on the screen, compressed.
const firstLoad = 300 << 10

// served is made once: it compresses every file.
var served = sync.OnceValues(explorer.Handler)

func ask(t *testing.T, method, address string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	handler, err := served()
	require.NoError(t, err)
	r := httptest.NewRequest(method, address, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// Every address that is no file is the application; it finds the page itself.
func TestPagesAreTheApplication(t *testing.T) {
	index := ask(t, http.MethodGet, "/ui/").Body.String()
	require.Contains(t, index, `<div id="root">`)
	for _, page := range []string{"/ui/blocks/7", "/ui/institutions/credit1abc", "/ui/../../etc/passwd", "/ui/%2e%2e/secret"} {
		r := ask(t, http.MethodGet, page)
		require.Equal(t, http.StatusOK, r.Code, page)
		require.Equal(t, index, r.Body.String(), page)
		require.Equal(t, "no-cache", r.Header().Get("Cache-Control"), page)
		require.Contains(t, r.Header().Get("Content-Security-Policy"), "default-src 'none'", page)
	}
}

var assets = regexp.MustCompile(`/ui/(assets/[^"]+)`)

// What the first page loads is named by its content, may be kept for ever, and is small.
func TestFirstLoad(t *testing.T) {
	total := 0
	for _, found := range assets.FindAllStringSubmatch(ask(t, http.MethodGet, "/ui/").Body.String(), -1) {
		r := ask(t, http.MethodGet, "/ui/"+found[1], "Accept-Encoding", "br, gzip")
		require.Equal(t, http.StatusOK, r.Code, found[1])
		require.Contains(t, r.Header().Get("Cache-Control"), "immutable")
		small := r.Body.String()
		total += len(small)
		if r.Header().Get("Content-Encoding") == "" { // too little to gain anything
			require.Less(t, len(small), 1<<10, found[1])
			continue
		}
		unpacked, err := gzip.NewReader(strings.NewReader(small))
		require.NoError(t, err)
		content, err := io.ReadAll(unpacked)
		require.NoError(t, err)
		require.Equal(t, ask(t, http.MethodGet, "/ui/"+found[1]).Body.String(), string(content))
	}
	require.NotZero(t, total)
	require.Less(t, total, firstLoad)
	t.Logf("first load: %d bytes", total)
}

// Pages keep to the policy that they are served under: nothing inline, nothing from elsewhere.
func TestIndexKeepsThePolicy(t *testing.T) {
	index := ask(t, http.MethodGet, "/ui/").Body.String()
	require.NotRegexp(t, `<script[^>]*>[^<]`, index)
	require.NotRegexp(t, `(src|href)="(https?:)?//`, index)
	require.NotContains(t, index, "<style")
}

func TestRefusals(t *testing.T) {
	require.Equal(t, http.StatusNotFound, ask(t, http.MethodGet, "/ui/assets/old-version.js").Code)
	r := ask(t, http.MethodPost, "/ui/")
	require.Equal(t, http.StatusMethodNotAllowed, r.Code)
	require.Equal(t, "GET, HEAD", r.Header().Get("Allow"))
	require.Empty(t, ask(t, http.MethodHead, "/ui/").Body.String())
	require.Empty(t, ask(t, http.MethodGet, "/ui/", "Accept-Encoding", "gzip;q=0").Header().Get("Content-Encoding"))
}
