package desk

import (
	"encoding/hex"
	"net/http"
	"time"

	"github.com/creditd/creditd/client"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// inquiryPage is an inquiry as the chain has it, and what this desk holds of it.
type inquiryPage struct {
	client.InquiryView
	Names map[string]string // of who left receipts
	Held  *snapshot
}

// Open: vaults may answer it.
func (p inquiryPage) Open() bool { return p.Inquiry.Status == credittypes.INQUIRY_STATUS_OPEN }

// inquiry shows an inquiry. While its report is being fetched the page goes on growing, a line for each thing that happens,
// and ends with the result: progress without a script, and without a page that reloads under its reader.
func (d *Desk) inquiry(w http.ResponseWriter, r *http.Request) {
	id, ok := d.idOf(w, r)
	if !ok {
		return
	}
	view, receipts, err := d.office.Chain.Inquiry(r.Context(), id)
	if err != nil {
		d.trouble(w, err)
		return
	}
	if view.DataUser != d.office.Operator {
		d.refuse(w, http.StatusNotFound, "There is no such inquiry", "It is not one of this institution's. Open the desk: it lists those.")
		return
	}
	data := inquiryPage{InquiryView: client.InquiryView{Inquiry: view, Receipts: receipts}, Names: map[string]string{}}
	for _, receipt := range receipts {
		data.Names[receipt.Institution] = d.nameOf(r.Context(), receipt.Institution)
	}
	held := d.find(hex.EncodeToString(id[:]))
	if held != nil {
		s := held.snapshot()
		data.Held = &s
	}
	p := d.page("Inquiry "+hex.EncodeToString(id[:6])+"…", data)
	if held == nil || data.Held.Finished() {
		d.show(w, http.StatusOK, "inquiry", p)
		return
	}
	d.grow(w, r, p, data, held)
}

func (d *Desk) grow(w http.ResponseWriter, r *http.Request, p page, data inquiryPage, held *work) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	out := http.NewResponseController(w)
	_ = out.SetWriteDeadline(time.Time{}) // none was set
	part := func(name string, data any) bool {
		return pages.ExecuteTemplate(w, name, data) == nil && out.Flush() == nil
	}
	if !part("inquiry-begin", p) {
		return
	}
	said := map[asked]bool{}
	stage := stageFetching
	for {
		s, changed := held.watch()
		for _, f := range s.Furnishers {
			if !said[f] && !part("furnisher", f) {
				return
			}
			said[f] = true
		}
		if s.Stage != stage && !part("stage", s) {
			return
		}
		stage = s.Stage
		if s.Finished() {
			data.Held = &s
			p.Data = data
			_ = part("inquiry-end", p) // a browser that hung up
			return
		}
		select {
		case <-changed:
		case <-r.Context().Done():
			return
		}
	}
}
