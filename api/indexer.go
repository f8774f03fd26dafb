package api

import (
	"errors"
	"net/http"
	"net/http/httputil"
	"net/url"
	"time"

	"github.com/gorilla/mux"

	"cosmossdk.io/log/v2"
)

// indexerPath is what begins the paths that an indexer beside the node answers, of the same origin for a browser.
const indexerPath = "/indexer/"

// indexerTimeout is what it gets to begin its answer; its own queries take less.
const indexerTimeout = 15 * time.Second

// serveIndexer passes requests on to the indexer, or says that this node has none. Only what is asked goes there, not who asks.
func serveIndexer(router *mux.Router, where string, logger log.Logger) {
	router.PathPrefix(indexerPath).Methods(http.MethodGet, http.MethodHead).Handler(indexerProxy(where, logger))
}

func indexerProxy(where string, logger log.Logger) http.Handler {
	target, err := url.Parse(where) // it was checked
	if where == "" || err != nil {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			WriteError(w, ErrNotServed.Wrap("no indexer"))
		})
	}
	transport := http.DefaultTransport.(*http.Transport).Clone() //nolint:errcheck // net/http says what it is
	transport.ResponseHeaderTimeout = indexerTimeout
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
			if r.Context().Err() == nil {
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
