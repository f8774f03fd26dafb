package desk

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/report"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// chain has one institution and one open inquiry of it.
type chain struct{ inquiry credittypes.Inquiry }

func (chain) Consents(context.Context, [32]byte) ([]credittypes.Consent, error) { return nil, nil }

func (chain) Subject(context.Context, [32]byte) (credittypes.Subject, error) {
	return credittypes.Subject{}, nil
}

func (c chain) Inquiry(_ context.Context, id [32]byte) (credittypes.Inquiry, []credittypes.Receipt, error) {
	if !bytes.Equal(id[:], c.inquiry.Id) {
		return credittypes.Inquiry{}, nil, client.ErrNotFound
	}
	return c.inquiry, nil, nil
}

func (c chain) Inquiries(context.Context, string, int) ([]client.InquiryView, error) {
	return []client.InquiryView{{Inquiry: c.inquiry}}, nil
}

func (chain) GetInstitution(context.Context, string) (institutiontypes.InstitutionView, error) {
	return institutiontypes.InstitutionView{Institution: institutiontypes.Institution{Name: "Everhill <Lending>", LicenceNumber: "L-1"}}, nil
}

const (
	host     = "127.0.0.1:9292"
	identity = "SYN000000001"
)

var inquiryID = strings.Repeat("ab", 32)

// office whose desk is tested. Opening says what failed; nothing is fetched.
type fixture struct {
	desk   *Desk
	links  []string
	opened []report.Request
	fail   error
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	id, err := hex.DecodeString(inquiryID)
	require.NoError(t, err)
	f := &fixture{}
	office := Office{
		ChainID: "credit-1", Operator: "lender", Chain: chain{credittypes.Inquiry{
			Id: id, DataUser: "lender", Subject: bytes.Repeat([]byte{7}, 32), Status: credittypes.INQUIRY_STATUS_OPEN,
			Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, OpenedAt: time.Unix(1, 0), ExpiresAt: time.Unix(2, 0),
		}},
		Open: func(_ context.Context, request report.Request) ([32]byte, error) {
			f.opened = append(f.opened, request)
			return [32]byte(id), f.fail
		},
		Getter: func(context.Context) (*report.Getter, func() error, error) {
			return nil, nil, errors.New("the vault's key is not on the chain")
		},
		Prove:     func(context.Context, *report.Report) (*report.Proofs, error) { return nil, errors.New("no node") },
		Pseudonym: func(_, _ string) ([32]byte, error) { return [32]byte{9}, nil },
	}
	f.desk, err = New(office, Options{
		Hosts: loopbackHosts("9292"), Base: "http://" + host, Explorer: "http://127.0.0.1:27003/ui/",
		NewLink: func(link string) { f.links = append(f.links, link) },
	})
	require.NoError(t, err)
	t.Cleanup(f.desk.Close)
	return f
}

// ask as a browser does that has the cookies. Fields make it a form that is sent.
func (f *fixture) ask(method, target string, fields url.Values, change func(*http.Request), cookies ...*http.Cookie) *http.Response {
	var body io.Reader
	if fields != nil {
		body = strings.NewReader(fields.Encode())
	}
	r := httptest.NewRequest(method, target, body)
	r.Host = host
	if fields != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, cookie := range cookies {
		r.AddCookie(cookie)
	}
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	f.desk.ServeHTTP(w, r)
	return w.Result()
}

func (f *fixture) enter(t *testing.T) *http.Cookie {
	t.Helper()
	response := f.ask(http.MethodGet, f.links[len(f.links)-1], nil, nil)
	require.Equal(t, http.StatusSeeOther, response.StatusCode)
	require.Len(t, response.Cookies(), 1)
	return response.Cookies()[0]
}

func text(t *testing.T, response *http.Response) string {
	t.Helper()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return string(body)
}

func application() url.Values {
	return url.Values{"identity": {identity}, "kind": {"firm"}, "purpose": {"credit-application"}, "nonce": {strings.Repeat("1f", 16)}}
}

func TestALinkLetsOneBrowserIn(t *testing.T) {
	f := newFixture(t)
	require.Len(t, f.links, 1)
	cookie := f.enter(t)
	require.True(t, cookie.HttpOnly)
	require.Equal(t, http.SameSiteStrictMode, cookie.SameSite)
	require.Equal(t, Prefix, cookie.Path, "another server on the same address does not get it")
	require.NotContains(t, f.links[0], cookie.Value)
	require.Len(t, f.links, 2, "there is another link for another browser")

	again := f.ask(http.MethodGet, f.links[0], nil, nil)
	require.Equal(t, http.StatusForbidden, again.StatusCode)
	require.Empty(t, again.Cookies())
	for _, token := range []string{"", "00"} {
		require.Equal(t, http.StatusForbidden, f.ask(http.MethodGet, Prefix+"enter?token="+token, nil, nil).StatusCode)
	}
	head := f.ask(http.MethodHead, f.links[1], nil, nil)
	require.Equal(t, http.StatusUnauthorized, head.StatusCode, "a look ahead does not use the link up")
	require.Equal(t, http.StatusOK, f.ask(http.MethodGet, Prefix, nil, nil, cookie).StatusCode)
	require.Equal(t, http.StatusOK, f.ask(http.MethodGet, Prefix, nil, nil, f.enter(t)).StatusCode)
}

func TestASessionEnds(t *testing.T) {
	f := newFixture(t)
	cookie := f.enter(t)
	require.Equal(t, http.StatusOK, f.ask(http.MethodPost, Prefix+"leave", url.Values{}, nil, cookie).StatusCode)
	require.Equal(t, http.StatusUnauthorized, f.ask(http.MethodGet, Prefix, nil, nil, cookie).StatusCode)
	cookie = f.enter(t)
	f.desk.sessions.now = func() time.Time { return time.Now().Add(sessionLife) }
	require.Equal(t, http.StatusUnauthorized, f.ask(http.MethodGet, Prefix, nil, nil, cookie).StatusCode)
}

func TestNothingWithoutASession(t *testing.T) {
	f := newFixture(t)
	forged := &http.Cookie{Name: f.desk.sessions.cookie, Value: strings.Repeat("0", 64)}
	for _, call := range []struct{ method, path string }{
		{http.MethodGet, Prefix},
		{http.MethodGet, Prefix + "inquiries/" + inquiryID},
		{http.MethodGet, Prefix + "inquiries/" + inquiryID + "/report"},
		{http.MethodGet, Prefix + "inquiries/" + inquiryID + "/proofs"},
		{http.MethodPost, Prefix + "inquiries"},
		{http.MethodPost, Prefix + "inquiries/" + inquiryID + "/fetch"},
		{http.MethodPost, Prefix + "inquiries/" + inquiryID + "/close"},
		{http.MethodPost, Prefix + "leave"},
		{http.MethodGet, "/else"},
		{http.MethodGet, Prefix + "style.css/../"},
	} {
		var fields url.Values
		if call.method == http.MethodPost {
			fields = application()
		}
		for _, cookies := range [][]*http.Cookie{nil, {forged}} {
			response := f.ask(call.method, call.path, fields, nil, cookies...)
			require.Equal(t, http.StatusUnauthorized, response.StatusCode, call)
			require.NotContains(t, text(t, response), inquiryID, call)
		}
	}
	require.Empty(t, f.opened)
}

func TestOtherNamesAreRefused(t *testing.T) {
	f := newFixture(t)
	cookie := f.enter(t)
	for name, status := range map[string]int{
		host: http.StatusOK, "localhost:9292": http.StatusOK, "[::1]:9292": http.StatusOK,
		"evil.example:9292": http.StatusMisdirectedRequest, "127.0.0.1:80": http.StatusMisdirectedRequest, "127.0.0.1": http.StatusMisdirectedRequest,
		"localhost.evil.example:9292": http.StatusMisdirectedRequest, "": http.StatusMisdirectedRequest, "10.0.0.1:9292": http.StatusMisdirectedRequest,
	} {
		response := f.ask(http.MethodGet, Prefix, nil, func(r *http.Request) { r.Host = name }, cookie)
		require.Equal(t, status, response.StatusCode, name)
	}
	response := f.ask(http.MethodGet, f.links[1], nil, func(r *http.Request) { r.Host = "evil.example:9292" })
	require.Empty(t, response.Cookies())
}

func TestOrdersOfOtherPagesAreRefused(t *testing.T) {
	f := newFixture(t)
	cookie := f.enter(t)
	for _, header := range []map[string]string{
		{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, // another port of the same address
		{"Sec-Fetch-Site": "", "Origin": "http://127.0.0.1:27003"}, {"Sec-Fetch-Site": "", "Origin": "null"},
	} {
		for _, path := range []string{"inquiries", "inquiries/" + inquiryID + "/fetch", "inquiries/" + inquiryID + "/close", "leave"} {
			response := f.ask(http.MethodPost, Prefix+path, application(), func(r *http.Request) {
				for name, value := range header {
					r.Header.Del(name)
					if value != "" {
						r.Header.Set(name, value)
					}
				}
			}, cookie)
			require.Equal(t, http.StatusForbidden, response.StatusCode, "%s %v", path, header)
		}
	}
	require.Empty(t, f.opened)
	require.Empty(t, f.desk.held)
	require.Equal(t, http.StatusOK, f.ask(http.MethodGet, Prefix, nil, nil, cookie).StatusCode, "nobody left")
}

func TestEveryAnswerKeepsToItself(t *testing.T) {
	f := newFixture(t)
	cookie := f.enter(t)
	for _, path := range []string{Prefix, Prefix + "style.css", Prefix + "inquiries/" + inquiryID, Prefix + "inquiries/zz", "/else"} {
		header := f.ask(http.MethodGet, path, nil, nil, cookie).Header
		require.Equal(t, "no-store", header.Get("Cache-Control"), path)
		require.Equal(t, pagePolicy, header.Get("Content-Security-Policy"), path)
		require.Equal(t, "no-referrer", header.Get("Referrer-Policy"), path)
		require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"), path)
	}
	require.NotContains(t, pagePolicy, "script")
	require.NotContains(t, pagePolicy, "unsafe")
	page := text(t, f.ask(http.MethodGet, Prefix, nil, nil, cookie))
	require.NotContains(t, page, "<script")
	require.NotContains(t, page, "style=")
	require.Contains(t, page, "Everhill &lt;Lending&gt;")
}

func TestLongBodiesAreRefused(t *testing.T) {
	f := newFixture(t)
	fields := application()
	fields.Set("subject", strings.Repeat("a", maxBody))
	response := f.ask(http.MethodPost, Prefix+"inquiries", fields, nil, f.enter(t))
	require.Equal(t, http.StatusRequestEntityTooLarge, response.StatusCode)
	require.Empty(t, f.opened)
}

func TestMissingConsentIsSaidClearly(t *testing.T) {
	f := newFixture(t)
	f.fail = fmt.Errorf("opening the inquiry: %w", &client.TxError{
		Codespace: credittypes.ModuleName, Code: credittypes.ErrNoConsent.ABCICode(), Log: "no consent",
	})
	response := f.ask(http.MethodPost, Prefix+"inquiries", application(), nil, f.enter(t))
	require.Equal(t, http.StatusUnprocessableEntity, response.StatusCode)
	page := text(t, response)
	require.Contains(t, page, "The subject has not consented")
	require.Contains(t, page, `href="http://127.0.0.1:27003/ui/subject"`)
	require.Contains(t, page, `value="`+identity+`"`, "what was typed is not lost")
	require.NotContains(t, page, strings.Repeat("1f", 16), "another try is another inquiry")
	require.Equal(t, [32]byte{9}, f.opened[0].Subject)
	require.Empty(t, f.desk.held)

	f.fail = fmt.Errorf("opening the inquiry: %w", client.ErrOutcomeUnknown)
	page = text(t, f.ask(http.MethodPost, Prefix+"inquiries", application(), nil, f.enter(t)))
	require.Contains(t, page, strings.Repeat("1f", 16), "another try is the same inquiry")
}

func TestBadFormsAreRefused(t *testing.T) {
	f := newFixture(t)
	cookie := f.enter(t)
	for name, value := range map[string]string{
		"subject": "both are given", "purpose": "own-request", "scope": "creditd.unknown", "nonce": "12", "identity": "",
	} {
		fields := application()
		fields.Set(name, value)
		response := f.ask(http.MethodPost, Prefix+"inquiries", fields, nil, cookie)
		require.Equal(t, http.StatusBadRequest, response.StatusCode, name)
		require.Contains(t, text(t, response), "No inquiry was opened", name)
	}
	require.Empty(t, f.opened)
}

func TestAnAddressHasTheInquiryAlone(t *testing.T) {
	f := newFixture(t)
	cookie := f.enter(t)
	response := f.ask(http.MethodPost, Prefix+"inquiries", application(), nil, cookie)
	require.Equal(t, http.StatusSeeOther, response.StatusCode)
	require.Equal(t, Prefix+"inquiries/"+inquiryID, response.Header.Get("Location"))
	page := text(t, f.ask(http.MethodGet, Prefix+"inquiries/"+inquiryID, nil, nil, cookie)) // ends when the work ended
	require.Contains(t, page, "key is not on the chain", "why there is no report")
	require.Contains(t, page, "Fetch the report again")
	require.NotContains(t, page, identity)
	for _, part := range []string{"/report", "/proofs"} {
		require.Equal(t, http.StatusNotFound, f.ask(http.MethodGet, Prefix+"inquiries/"+inquiryID+part, nil, nil, cookie).StatusCode)
	}
	require.Equal(t, http.StatusSeeOther, f.ask(http.MethodPost, Prefix+"inquiries/"+inquiryID+"/close", url.Values{}, nil, cookie).StatusCode)
	require.Empty(t, f.desk.held)
	require.Equal(t, http.StatusNotFound, f.ask(http.MethodGet, Prefix+"inquiries/"+strings.Repeat("cd", 32), nil, nil, cookie).StatusCode)
}

func TestAReportIsReadAndForgotten(t *testing.T) {
	f := newFixture(t)
	cookie := f.enter(t)
	w := newWork(inquiryID)
	w.change(func(s *snapshot) {
		s.Stage, s.Report = stageDone, &report.Report{Inquiry: inquiryID, Lines: []report.Line{{Name: "<b>Bank</b>", Proof: report.Withheld, Reason: "no answer"}}}
	})
	f.desk.held[inquiryID] = w
	response := f.ask(http.MethodGet, Prefix+"inquiries/"+inquiryID+"/report", nil, nil, cookie)
	policy := response.Header.Get("Content-Security-Policy")
	require.Contains(t, policy, "style-src 'sha256-")
	require.NotContains(t, policy, "unsafe")
	require.Contains(t, text(t, response), "Credit report")
	page := text(t, f.ask(http.MethodGet, Prefix+"inquiries/"+inquiryID, nil, nil, cookie))
	require.Contains(t, page, "&lt;b&gt;Bank")
	require.Contains(t, page, "Not every line is verified")
	require.Equal(t, http.StatusOK, f.ask(http.MethodPost, Prefix+"leave", url.Values{}, nil, cookie).StatusCode)
	require.Nil(t, w.snapshot().Report, "nothing is held after the desk was left")
	require.Empty(t, f.desk.held)
}

func TestNotMoreThanAFewReportsAreHeld(t *testing.T) {
	f := newFixture(t)
	cookie := f.enter(t)
	for n := range maxHeld {
		require.NoError(t, f.desk.begin([32]byte{byte(n), 1}))
	}
	response := f.ask(http.MethodPost, Prefix+"inquiries/"+inquiryID+"/fetch", url.Values{}, nil, cookie)
	require.Equal(t, http.StatusConflict, response.StatusCode)
	require.Len(t, f.desk.held, maxHeld)
}
