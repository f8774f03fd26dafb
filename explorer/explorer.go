// Package explorer serves the web explorer: static files, built from web/ by `make explorer` and compiled into the
// binary, so that `go build` needs no Node. What the pages show they ask the same node's REST API for.
package explorer

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var built embed.FS

// Prefix of all addresses of the explorer.
const Prefix = "/ui/"

// policy lets a page load from this node alone and be framed by nobody. Styles are set on elements by the component
// library; a style can neither read nor send anything under this policy.
const policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// file is one of the built files, plain and compressed.
type file struct {
	mediaType    string
	plain, small []byte // small is nil where compression gains nothing
	immutable    bool   // named by the hash of its content
}

// Handler answers GET and HEAD below Prefix. An address that is no file is a page of the application, which looks at
// the address itself. It fails only if the embedded files are damaged.
func Handler() (http.Handler, error) {
	files := map[string]file{}
	err := fs.WalkDir(built, "dist", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := built.ReadFile(name)
		if err != nil {
			return err
		}
		small, err := compress(content)
		if err != nil {
			return err
		}
		name = strings.TrimPrefix(name, "dist/")
		files[name] = file{
			mediaType: mime.TypeByExtension(path.Ext(name)), plain: content, small: small,
			immutable: strings.HasPrefix(name, "assets/"),
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the explorer's files: %w", err)
	}
	return http.StripPrefix(strings.TrimSuffix(Prefix, "/"), serve(files)), nil
}

func serve(files map[string]file) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "only GET and HEAD", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		f, found := files[name]
		if !found {
			if strings.HasPrefix(name, "assets/") {
				http.NotFound(w, r) // an old page asks for a file of an old version: it has to be loaded again
				return
			}
			f = files["index.html"]
		}
		header := w.Header()
		header.Set("Content-Type", f.mediaType)
		header.Set("Content-Security-Policy", policy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cache-Control", "no-cache")
		if f.immutable {
			header.Set("Cache-Control", "public, max-age=31536000, immutable")
		}
		content := f.plain
		header.Set("Vary", "Accept-Encoding")
		if f.small != nil && acceptsGzip(r) {
			header.Set("Content-Encoding", "gzip")
			content = f.small
		}
		header.Set("Content-Length", fmt.Sprint(len(content)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(content) // a browser that hung up
		}
	}
}

func acceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.TrimSpace(weight) != "q=0" {
			return true
		}
	}
	return false
}

func compress(content []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	if out.Len() >= len(content) {
		return nil, nil
	}
	return out.Bytes(), nil
}
