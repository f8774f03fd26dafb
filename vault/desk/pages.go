package desk

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/x/attestation/schemas"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var (
	//go:embed desk.html
	pageText string
	//go:embed desk.css
	style []byte

	pages = template.Must(template.New("desk").Funcs(template.FuncMap{
		"moment": func(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") },
		"day":    func(at time.Time) string { return at.UTC().Format(time.DateOnly) },
		"hex":    hex.EncodeToString,
		"short":  func(id []byte) string { return hex.EncodeToString(id[:min(len(id), 6)]) + "…" },
		"word":   word,
		"schema": schemaName,
	}).Parse(pageText))
)

func (d *Desk) routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"{$}", d.home)
	mux.HandleFunc("GET "+Prefix+"enter", d.enter)
	mux.HandleFunc("GET "+Prefix+"style.css", d.css)
	mux.HandleFunc("POST "+Prefix+"leave", d.leave)
	mux.HandleFunc("POST "+Prefix+"inquiries", d.openInquiry)
	mux.HandleFunc("GET "+Prefix+"inquiries/{id}", d.inquiry)
	mux.HandleFunc("POST "+Prefix+"inquiries/{id}/fetch", d.fetchReport)
	mux.HandleFunc("POST "+Prefix+"inquiries/{id}/close", d.closeReport)
	mux.HandleFunc("GET "+Prefix+"inquiries/{id}/report", d.readReport)
	mux.HandleFunc("GET "+Prefix+"inquiries/{id}/proofs", d.saveProofs)
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, Prefix, http.StatusSeeOther) })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		d.refuse(w, http.StatusNotFound, "There is no such page", "Open the desk and go on from there.")
	})
	return mux
}

// page is what every page needs.
type page struct {
	Title    string
	Desk     *Office
	Explorer string
	Inside   bool // the browser was let in
	Data     any
}

func (d *Desk) page(title string, data any) page {
	return page{Title: title, Desk: &d.office, Explorer: d.options.Explorer, Inside: true, Data: data}
}

// show a whole page, or none.
func (d *Desk) show(w http.ResponseWriter, status int, name string, p page) {
	var out bytes.Buffer
	if err := pages.ExecuteTemplate(&out, name, p); err != nil {
		http.Error(w, "the page could not be made", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(out.Bytes()) // a browser that hung up
}

type refusal struct{ Text string }

func (d *Desk) refuse(w http.ResponseWriter, status int, title, text string) {
	p := d.page(title, refusal{text})
	p.Inside = status != http.StatusUnauthorized
	d.show(w, status, "refusal", p)
}

// trouble of the node or the chain.
func (d *Desk) trouble(w http.ResponseWriter, err error) {
	if errors.Is(err, client.ErrNotFound) {
		d.refuse(w, http.StatusNotFound, "The chain has no such inquiry", "Open the desk: it lists the inquiries of this institution.")
		return
	}
	d.refuse(w, http.StatusBadGateway, "The chain could not be asked", err.Error())
}

func (d *Desk) css(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/css; charset=utf-8")
	_, _ = w.Write(style) // a browser that hung up
}

func (d *Desk) enter(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet || !d.sessions.enter(w, r.URL.Query().Get("token")) {
		d.refuse(w, http.StatusForbidden, "This link lets nobody in any more",
			"It was used, or the desk was started anew. The desk printed another one; 'creditd devnet desk' prints that of a devnet.")
		return
	}
	http.Redirect(w, r, Prefix, http.StatusSeeOther)
}

// leave ends the session and forgets what is held.
func (d *Desk) leave(w http.ResponseWriter, r *http.Request) {
	d.forgetAll()
	d.sessions.leave(w, r)
	p := d.page("The desk is closed", refusal{"No report is held any more. Another link lets this browser in again."})
	p.Inside = false
	d.show(w, http.StatusOK, "refusal", p)
}

// homePage is the institution, its inquiries and the form for a new one.
type homePage struct {
	Institution institutiontypes.InstitutionView
	Inquiries   []inquiryLine
	Form        form
}

type inquiryLine struct {
	client.InquiryView
	Held string // stage of the report on this desk; empty for none
}

func (d *Desk) home(w http.ResponseWriter, r *http.Request) {
	d.showHome(w, r, http.StatusOK, newForm())
}

func (d *Desk) showHome(w http.ResponseWriter, r *http.Request, status int, f form) {
	view, err := d.office.Chain.GetInstitution(r.Context(), d.office.Operator)
	if err != nil {
		d.trouble(w, err)
		return
	}
	inquiries, err := d.office.Chain.Inquiries(r.Context(), d.office.Operator, inquiriesShown)
	if err != nil {
		d.trouble(w, err)
		return
	}
	data := homePage{Institution: view, Form: f}
	for _, inquiry := range inquiries {
		line := inquiryLine{InquiryView: inquiry}
		if held := d.find(hex.EncodeToString(inquiry.Inquiry.Id)); held != nil {
			line.Held = held.snapshot().Stage
		}
		data.Inquiries = append(data.Inquiries, line)
	}
	d.show(w, status, "home", d.page(view.Institution.Name, data))
}

func (d *Desk) fetchReport(w http.ResponseWriter, r *http.Request) {
	id, ok := d.idOf(w, r)
	if !ok {
		return
	}
	if err := d.begin(id); err != nil {
		d.refuse(w, http.StatusConflict, "No more reports can be held", err.Error())
		return
	}
	http.Redirect(w, r, Prefix+"inquiries/"+hex.EncodeToString(id[:]), http.StatusSeeOther)
}

func (d *Desk) closeReport(w http.ResponseWriter, r *http.Request) {
	id, ok := d.idOf(w, r)
	if !ok {
		return
	}
	d.forget(hex.EncodeToString(id[:]), nil)
	http.Redirect(w, r, Prefix, http.StatusSeeOther)
}

// readReport shows the printable page. It has its style in itself, which the policy lets in by its hash.
func (d *Desk) readReport(w http.ResponseWriter, r *http.Request) {
	s, ok := d.heldOf(w, r)
	if !ok {
		return
	}
	var out bytes.Buffer
	if err := s.Report.HTML(&out); err != nil {
		d.refuse(w, http.StatusInternalServerError, "The report could not be shown", err.Error())
		return
	}
	w.Header().Set("Content-Security-Policy", "default-src 'none'; "+styleHash(out.Bytes())+"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(out.Bytes()) // a browser that hung up
}

var inlineStyle = regexp.MustCompile(`(?s)<style>(.*?)</style>`)

// styleHash is the directive for the first style of a page, which is the report's own: every value in it is escaped.
func styleHash(html []byte) string {
	found := inlineStyle.FindSubmatch(html)
	if found == nil {
		return "style-src 'none'"
	}
	sum := sha256.Sum256(found[1])
	return "style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// saveProofs gives the file to the browser; only the browser writes it.
func (d *Desk) saveProofs(w http.ResponseWriter, r *http.Request) {
	s, ok := d.heldOf(w, r)
	if !ok {
		return
	}
	held := d.find(s.ID)
	if held == nil {
		d.notHeld(w)
		return
	}
	encoded, _, err := d.proofs(r.Context(), held)
	if err != nil {
		d.refuse(w, http.StatusBadGateway, "The proofs are not there", "The report is complete; the node did not give the proofs: "+err.Error())
		return
	}
	if encoded == nil {
		d.notHeld(w)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="report-%s.proofs"`, s.ID[:16]))
	_, _ = w.Write(encoded) // a browser that hung up
}

// idOf the inquiry in the address.
func (d *Desk) idOf(w http.ResponseWriter, r *http.Request) (id [32]byte, ok bool) {
	raw, err := hex.DecodeString(r.PathValue("id"))
	if err != nil || len(raw) != 32 {
		d.refuse(w, http.StatusNotFound, "There is no such inquiry", "An inquiry's id has 64 hexadecimal digits. Open the desk: it lists the inquiries of this institution.")
		return id, false
	}
	return [32]byte(raw), true
}

// heldOf is a report that can be read.
func (d *Desk) heldOf(w http.ResponseWriter, r *http.Request) (s snapshot, ok bool) {
	id, ok := d.idOf(w, r)
	if !ok {
		return s, false
	}
	if held := d.find(hex.EncodeToString(id[:])); held != nil {
		if s = held.snapshot(); s.Report != nil {
			return s, true
		}
	}
	d.notHeld(w)
	return s, false
}

func (d *Desk) notHeld(w http.ResponseWriter) {
	d.refuse(w, http.StatusNotFound, "The report is not on this desk",
		"A desk holds a report until it is closed, and writes none down. An inquiry that is still open can be fetched; for one that was "+
			"answered, open another.")
}

// word is the value of an enumeration as people write it.
func word(value fmt.Stringer, prefix string) string {
	return strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(value.String(), prefix)), "_", "-")
}

// schemaName of a built-in schema, else its id.
func schemaName(id []byte) string {
	for _, definition := range schemas.All() {
		if own := definition.ID(); bytes.Equal(own[:], id) {
			return definition.Name
		}
	}
	return hex.EncodeToString(id)
}
