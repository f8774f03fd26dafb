package desk

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"

	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/report"
	"github.com/creditd/creditd/x/attestation/schemas"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// form for a new inquiry. What was typed is shown again when it was refused.
type form struct {
	Subject, Identity, Kind string
	Purpose                 string
	Scope                   []string
	Nonce                   string // the same form sent twice opens one inquiry

	Trouble   string
	NoConsent bool
	Pseudonym string // of the subject without consent
}

// Purposes and Scopes that can be chosen.
func (form) Purposes() []string {
	return []string{"credit-application", "account-review", "collection", "employment", "legal-order", "supervision"}
}

// Scopes are the built-in schemas.
func (form) Scopes() (names []string) {
	for _, definition := range schemas.All() {
		names = append(names, definition.Name)
	}
	return names
}

// Has a scope been chosen?
func (f form) Has(scope string) bool { return slices.Contains(f.Scope, scope) }

func newForm() form { return form{Purpose: "credit-application", Kind: "firm", Nonce: newNonce()} }

func newNonce() string {
	nonce := make([]byte, credittypes.NonceSize)
	_, _ = rand.Read(nonce) // never fails, see the doc of crypto/rand.Read
	return hex.EncodeToString(nonce)
}

func (d *Desk) openInquiry(w http.ResponseWriter, r *http.Request) {
	if !d.readForm(w, r) {
		return
	}
	f := form{
		Subject: strings.TrimSpace(r.PostForm.Get("subject")), Identity: strings.TrimSpace(r.PostForm.Get("identity")), Kind: r.PostForm.Get("kind"),
		Purpose: r.PostForm.Get("purpose"), Scope: r.PostForm["scope"], Nonce: r.PostForm.Get("nonce"),
	}
	request, err := d.request(f)
	if err != nil {
		f.Trouble = err.Error()
		d.showHome(w, r, http.StatusBadRequest, f)
		return
	}
	// The transaction is not given up when the browser is: its outcome would not be known.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(r.Context()), fetchBound)
	defer cancel()
	id, err := d.office.Open(ctx, request)
	if err != nil {
		f.refused(err, request.Subject)
		d.showHome(w, r, http.StatusUnprocessableEntity, f)
		return
	}
	if err := d.begin(id); err != nil {
		d.refuse(w, http.StatusConflict, "The inquiry is open, and no more reports can be held", err.Error())
		return
	}
	http.Redirect(w, r, Prefix+"inquiries/"+hex.EncodeToString(id[:]), http.StatusSeeOther)
}

// request that a form is.
func (d *Desk) request(f form) (request report.Request, err error) {
	if (f.Subject == "") == (f.Identity == "") {
		return request, errors.New("say about whom: a pseudonym, or an identity number, and not both")
	}
	purpose := credittypes.Purpose_value["PURPOSE_"+strings.ToUpper(strings.ReplaceAll(f.Purpose, "-", "_"))]
	if !slices.Contains(f.Purposes(), f.Purpose) || purpose == 0 {
		return request, errors.New("choose a purpose from the list")
	}
	request.Purpose = credittypes.Purpose(purpose)
	for _, name := range f.Scope {
		definition, known := schemas.ByName(name)
		if !known {
			return request, errors.New("choose the scope from the list")
		}
		request.Schemas = append(request.Schemas, definition.ID())
	}
	if request.Nonce, err = hex.DecodeString(f.Nonce); err != nil || len(request.Nonce) != credittypes.NonceSize {
		return request, errors.New("the form is not whole: open the desk and fill it in again")
	}
	if f.Identity != "" {
		if d.office.Pseudonym == nil {
			return request, errors.New("this institution has not the consortium's key, without which an identity number leads to no pseudonym: give the pseudonym")
		}
		request.Subject, err = d.office.Pseudonym(f.Kind, f.Identity)
		return request, err
	}
	raw, err := hex.DecodeString(f.Subject)
	if err != nil || len(raw) != 32 {
		return request, errors.New("a pseudonym has 64 hexadecimal digits: copy it from the subject's page")
	}
	request.Subject = [32]byte(raw)
	return request, nil
}

// refused says what the chain or the node said. A new nonce is drawn unless the inquiry may be there.
func (f *form) refused(err error, subject [32]byte) {
	f.Trouble = err.Error()
	if !errors.Is(err, client.ErrOutcomeUnknown) {
		f.Nonce = newNonce()
	}
	f.NoConsent = slices.ContainsFunc([]*errorsmod.Error{
		credittypes.ErrNoConsent, credittypes.ErrUnknownConsent, credittypes.ErrConsentNotLive, credittypes.ErrConsentNotYetValid,
		credittypes.ErrConsentExpired, credittypes.ErrConsentWithdrawn, credittypes.ErrConsentUsedUp, credittypes.ErrConsentReplaced,
	}, func(registered *errorsmod.Error) bool { return client.IsCode(err, registered) })
	if f.NoConsent {
		f.Pseudonym = hex.EncodeToString(subject[:])
	}
}
