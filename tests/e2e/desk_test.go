package e2e

import (
	"context"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
)

// officer is a browser at the lender's desk. It follows redirects, keeps cookies, and sends what browsers send with a form.
type officer struct {
	t      *testing.T
	ctx    context.Context
	client *http.Client
	base   *url.URL
}

func (o *officer) ask(method, path string, fields url.Values) (status int, page string) {
	o.t.Helper()
	to, err := o.base.Parse(html.UnescapeString(path))
	require.NoError(o.t, err)
	request, err := http.NewRequestWithContext(o.ctx, method, to.String(), strings.NewReader(fields.Encode()))
	require.NoError(o.t, err)
	if method == http.MethodPost {
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set("Sec-Fetch-Site", "same-origin")
		request.Header.Set("Origin", o.base.Scheme+"://"+o.base.Host)
	}
	response, err := o.client.Do(request)
	require.NoError(o.t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body) // a page that shows progress ends when the report is done
	require.NoError(o.t, err)
	return response.StatusCode, string(body)
}

// found is the first group of a pattern in a page.
func found(t *testing.T, pattern, page string) string {
	t.Helper()
	match := regexp.MustCompile(pattern).FindStringSubmatch(page)
	require.NotNil(t, match, "%s in %s", pattern, page)
	return match[1]
}

// TestDesk goes through the lender's desk as a browser does: no consent, consent, a report whose every line is verified, and a
// file that 'creditd report verify' checks.
func TestDesk(t *testing.T) {
	t.Parallel()
	ctx, net := network(t, devnet.Options{Desk: true, SeedRecords: devnet.DefaultSeedRecords, Validators: 3})
	link, err := net.DeskLink()
	require.NoError(t, err)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	base, err := url.Parse(link)
	require.NoError(t, err)
	o := &officer{t, ctx, &http.Client{Jar: jar}, base}

	status, page := o.ask(http.MethodGet, "/desk/", nil)
	require.Equal(t, http.StatusUnauthorized, status)
	require.NotContains(t, page, "DEV-LENDER")
	status, page = o.ask(http.MethodGet, link, nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "Everhill Lending")
	require.Contains(t, page, "DEV-LENDER")

	subject := net.Subjects[0]
	apply := url.Values{"identity": {subject.Identity}, "kind": {subject.Kind}, "purpose": {"credit-application"}}
	apply.Set("nonce", found(t, `name="nonce" value="([0-9a-f]{32})"`, page))
	status, page = o.ask(http.MethodPost, "/desk/inquiries", apply)
	require.Equal(t, http.StatusUnprocessableEntity, status)
	require.Contains(t, page, "The subject has not consented")
	require.Contains(t, page, subject.Pseudonym)

	_, err = net.Grant(ctx, subject, 1)
	require.NoError(t, err)
	apply.Set("nonce", found(t, `name="nonce" value="([0-9a-f]{32})"`, page))
	status, page = o.ask(http.MethodPost, "/desk/inquiries", apply)
	require.Equal(t, http.StatusOK, status, page)
	require.Contains(t, page, "Every line is verified")
	require.Contains(t, page, "Aldermoor Bank: answered with")
	require.NotContains(t, page, subject.Identity)

	status, report := o.ask(http.MethodGet, found(t, `href="(/desk/inquiries/[0-9a-f]{64}/report)"`, page), nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, report, "Credit report")
	require.Contains(t, report, `class="verified"`)
	status, proofs := o.ask(http.MethodGet, found(t, `href="(/desk/inquiries/[0-9a-f]{64}/proofs)"`, page), nil)
	require.Equal(t, http.StatusOK, status)
	saved := filepath.Join(t.TempDir(), "report.proofs")
	require.NoError(t, os.WriteFile(saved, []byte(proofs), 0o600))
	run(ctx, t, "report", "verify", saved, "--trusted-height", found(t, `--trusted-height (\d+)`, page),
		"--trusted-hash", found(t, `--trusted-hash ([0-9a-f]{64})`, page))

	status, page = o.ask(http.MethodGet, "/desk/", nil)
	require.Equal(t, http.StatusOK, status)
	require.Contains(t, page, "answered and acknowledged")
	_, page = o.ask(http.MethodPost, found(t, `href="(/desk/inquiries/[0-9a-f]{64})"`, page)+"/close", nil)
	require.NotContains(t, page, "<td>done</td>")
	_, _ = o.ask(http.MethodPost, "/desk/leave", nil)
	status, _ = o.ask(http.MethodGet, "/desk/", nil)
	require.Equal(t, http.StatusUnauthorized, status)

	log, err := os.ReadFile(net.Find(devnet.Lender).Desk.Log)
	require.NoError(t, err)
	for _, secret := range []string{subject.Identity, subject.Pseudonym, base.Query().Get("token")} {
		require.NotContains(t, string(log), secret)
	}
	require.NotContains(t, saved, subject.Pseudonym)
}
