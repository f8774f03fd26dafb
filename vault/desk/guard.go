package desk

import (
	"errors"
	"net/http"
)

// maxBody of a request: forms of a few short fields.
const maxBody = 16 << 10

// pagePolicy lets a page load the desk's own style and nothing else: no script at all. Its forms go to the desk alone.
const pagePolicy = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard is what every request passes: the headers that keep a page to itself and out of caches, the check of Host, of the
// origin of what changes something, of the size of bodies, and of the session.
func (d *Desk) guard(next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection() // Sec-Fetch-Site, else Origin; GET and HEAD change nothing
	origins.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		d.refuse(w, http.StatusForbidden, "Another page sent this", "The desk takes orders from its own pages alone. Open the desk and do it there.")
	}))
	inside := origins.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		if !open(r) && !d.sessions.valid(r) {
			d.refuse(w, http.StatusUnauthorized, "This browser has not been let in",
				"Open the link that 'creditd report desk' printed; 'creditd devnet desk' prints that of a devnet. Each link lets one browser in, "+
					"once. If you came here by such a link just now, go on.")
			return
		}
		next.ServeHTTP(w, r)
	}))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		header := w.Header()
		header.Set("Content-Security-Policy", pagePolicy)
		header.Set("X-Content-Type-Options", "nosniff")
		header.Set("X-Frame-Options", "DENY")
		header.Set("Referrer-Policy", "no-referrer")
		header.Set("Cross-Origin-Opener-Policy", "same-origin")
		header.Set("Cross-Origin-Resource-Policy", "same-origin")
		header.Set("Cache-Control", "no-store")
		if !d.options.Hosts(r.Host) {
			http.Error(w, "this desk has another name: use the address that it printed", http.StatusMisdirectedRequest)
			return
		}
		inside.ServeHTTP(w, r)
	})
}

// open to a browser without a session is what lets it in, and the style of the page that refuses.
func open(r *http.Request) bool {
	return r.Method == http.MethodGet && (r.URL.Path == Prefix+"enter" || r.URL.Path == Prefix+"style.css")
}

// readForm reads a form within its bound. It says itself what is wrong.
func (d *Desk) readForm(w http.ResponseWriter, r *http.Request) bool {
	err := r.ParseForm()
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		d.refuse(w, http.StatusRequestEntityTooLarge, "Too much was sent", "No form of the desk is that long. Open the desk and try again.")
	case err != nil:
		d.refuse(w, http.StatusBadRequest, "The form could not be read", "Open the desk and try again.")
	}
	return err == nil
}
