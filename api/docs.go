package api

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/gorilla/mux"
)

// Paths of what is served beside the queries.
const (
	specPath = "/openapi.json"
	docsPath = "/docs/"
)

// openAPI is made by scripts/api-gen.sh from the proto of all modules that the application has.
//
//go:embed spec/openapi.json
var openAPI []byte

// OpenAPI is the description of all REST routes, in OpenAPI 3.1.
func OpenAPI() []byte { return bytes.Clone(openAPI) }

// docs is Swagger UI as npm has it (docs/README.md says which) and our page around it.
//
//go:embed docs
var docs embed.FS

// docsPolicy lets the page load what the node serves and nothing else. Swagger UI sets styles from its script.
const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

func serveDocs(router *mux.Router, page bool) error {
	router.Handle(specPath, staticHandler("application/json", openAPI, "")).Methods(http.MethodGet, http.MethodHead)
	if !page {
		return nil
	}
	router.Handle(strings.TrimSuffix(docsPath, "/"), http.RedirectHandler(docsPath, http.StatusMovedPermanently))
	return fs.WalkDir(docs, "docs", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := docs.ReadFile(name)
		if err != nil {
			return err
		}
		route := docsPath + strings.TrimPrefix(name, "docs/")
		kind := contentTypes[path.Ext(name)]
		if strings.HasSuffix(route, "/index.html") {
			route = docsPath
		}
		router.Handle(route, staticHandler(kind, content, docsPolicy)).Methods(http.MethodGet, http.MethodHead)
		return nil
	})
}

var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".png": "image/png", ".md": "text/plain; charset=utf-8", "": "text/plain; charset=utf-8", ".txt": "text/plain; charset=utf-8",
}

// staticHandler serves bytes that were compiled in, compressed where the client takes it.
func staticHandler(contentType string, content []byte, policy string) http.Handler {
	sum := sha256.Sum256(content)
	etag := `"` + hex.EncodeToString(sum[:12]) + `"`
	compressed := sync.OnceValue(func() []byte {
		var out bytes.Buffer
		z, _ := gzip.NewWriterLevel(&out, gzip.BestCompression) // the level is one of gzip's own
		_, _ = z.Write(content)                                 // into memory
		_ = z.Close()
		return out.Bytes()
	})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", contentType)
		h.Set("ETag", etag)
		h.Set("Cache-Control", revalidate)
		h.Set("Vary", "Accept-Encoding")
		if policy != "" {
			h.Set("Content-Security-Policy", policy)
		}
		if matches(r.Header.Get("If-None-Match"), etag) {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		body := content
		if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			h.Set("Content-Encoding", "gzip")
			body = compressed()
		}
		if r.Method == http.MethodHead {
			return
		}
		_, _ = w.Write(body) // a client that hung up
	})
}

// route is a path of the description, for telling an unknown path from an unknown method.
type route struct {
	pattern *regexp.Regexp
	methods []string
}

var routes = sync.OnceValue(func() []route {
	var spec struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(openAPI, &spec); err != nil {
		panic(err) // what was compiled in is broken; a test reads it
	}
	parameter := regexp.MustCompile(`\\\{[^/]*\\\}`)
	list := make([]route, 0, len(spec.Paths))
	for p, operations := range spec.Paths {
		r := route{pattern: regexp.MustCompile("^" + parameter.ReplaceAllString(regexp.QuoteMeta(p), "[^/]+") + "$")}
		for method := range operations {
			r.methods = append(r.methods, strings.ToUpper(method))
		}
		slices.Sort(r.methods)
		list = append(list, r)
	}
	return list
})

// methodsOf a path, none where it is not known.
func methodsOf(p string) []string {
	for _, r := range routes() {
		if r.pattern.MatchString(p) {
			return r.methods
		}
	}
	return nil
}
