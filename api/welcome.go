package api

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/gorilla/mux"
)

// explorerPath is where the web explorer is served, if it is.
const explorerPath = "/ui/"

// serveExplorer serves the pages, and what they ask about the node itself rather than about the chain.
func serveExplorer(router *mux.Router, pages http.Handler, node any) {
	if pages != nil {
		router.Handle(peersPath, peersHandler(node)).Methods(http.MethodGet)
	} else {
		pages = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			WriteError(w, ErrNotServed.Wrap("the explorer is switched off: [rest] explorer in app.toml switches it on"))
		})
	}
	router.Handle(strings.TrimSuffix(explorerPath, "/"), http.RedirectHandler(explorerPath, http.StatusMovedPermanently))
	router.PathPrefix(explorerPath).Handler(pages)
}

// welcome is what "/" says: where to go on.
type welcome struct {
	ChainID  string `json:"chain_id"`
	Version  string `json:"version"`
	OpenAPI  string `json:"openapi"`
	Docs     string `json:"docs,omitempty"`
	Explorer string `json:"explorer,omitempty"`
	Indexer  string `json:"indexer,omitempty"` // the explorer asks it for more where this is
}

// serveWelcome answers "/": a person is sent to the first page that there is, a program is told all.
func serveWelcome(router *mux.Router, w welcome, docs, explorer bool) {
	first := ""
	if docs {
		w.Docs, first = docsPath, docsPath
	}
	if explorer {
		w.Explorer, first = explorerPath, explorerPath
	}
	body, _ := json.Marshal(w) // strings
	router.HandleFunc("/", func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Vary", "Accept")
		if first != "" && strings.Contains(r.Header.Get("Accept"), "text/html") {
			http.Redirect(rw, r, first, http.StatusFound)
			return
		}
		rw.Header().Set("Content-Type", "application/json")
		rw.Header().Set("Cache-Control", revalidate)
		_, _ = rw.Write(body) // a client that hung up
	}).Methods(http.MethodGet, http.MethodHead)
}
