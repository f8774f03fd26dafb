package api

import (
	"context"
	"errors"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"cosmossdk.io/log/v2"
)

// indexerPath is what begins the paths that an indexer beside the node answers, of the same origin for a browser.
const indexerPath = "/indexer/"

// indexerTimeout is what it gets for its whole answer; its own queries take less.
const indexerTimeout = 15 * time.Second

// IndexerRoutes are the paths below /indexer/v1/ that are passed on, as templates; nothing else of what listens there is reached.
func IndexerRoutes() []string {
	return []string{
		"activity", "attestations", "blocks", "disputes", "inquiries", "institutions", "openapi.json", "schemas", "search", "status", "transactions",
		"transactions/{hash}",
	}
}

// serveIndexer passes requests on to the indexer, or says that this node has none. Only what is asked goes there, not who asks.
func serveIndexer(router *mux.Router, where string, logger log.Logger) {
	target, err := url.Parse(where) // it was checked
	if where == "" || err != nil {
		router.PathPrefix(indexerPath).Methods(http.MethodGet, http.MethodHead).HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			WriteError(w, ErrNotServed.Wrap("no indexer"))
		})
		return
	}
	proxy := indexerProxy(target, logger)
	for _, route := range IndexerRoutes() {
		path := indexerPath + "v1/" + strings.Replace(route, "{hash}", "{hash:[0-9A-Za-z]+}", 1)
		router.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), indexerTimeout)
			defer cancel()
			proxy.ServeHTTP(w, r.WithContext(ctx))
		}).Methods(http.MethodGet, http.MethodHead)
	}
}

// errNotIndexer: something else listens where the indexer should.
var errNotIndexer = errors.New("what answers there is no indexer")

func indexerProxy(target *url.URL, logger log.Logger) http.Handler {
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // net/http says what it is
	transport.Proxy = nil
	return &httputil.ReverseProxy{
		Transport: transport,
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			header := http.Header{}
			for _, name := range []string{"Accept", "Accept-Encoding"} {
				if value := r.In.Header.Get(name); value != "" {
					header.Set(name, value)
				}
			}
			r.Out.Header = header
		},
		ModifyResponse: func(r *http.Response) error { // the node has its own word on the rest
			if r.Header.Get("Content-Type") != "application/json" {
				return errNotIndexer
			}
			header := http.Header{}
			for _, name := range []string{"Content-Type", "Content-Length", "Content-Encoding", "Cache-Control", "Retry-After", "Allow"} {
				if value := r.Header.Get(name); value != "" {
					header.Set(name, value)
				}
			}
			r.Header = header
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if !errors.Is(r.Context().Err(), context.Canceled) { // the client hung up
				var failure *url.Error // its text has the path, which may name an account
				if errors.As(err, &failure) {
					err = failure.Err
				}
				logger.Error("the indexer does not answer", "err", err)
			}
			WriteError(w, ErrNotReady.Wrap("the indexer does not answer"))
		},
	}
}
