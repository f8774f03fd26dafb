package indexer_test

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/indexer"
	"github.com/creditd/creditd/x/attestation/types"
)

// api is the indexer's, with one get for what it answers.
type api struct{ *httptest.Server }

func serve(t *testing.T) (api, *node, []types.ID, *indexer.DB) {
	t.Helper()
	n, ids := history(t)
	db := open(t, place())
	require.NoError(t, newIndexer(t, n, db, nil).CatchUp(t.Context()))
	metrics, err := indexer.NewMetrics()
	require.NoError(t, err)
	s := httptest.NewServer(indexer.NewServer(db, metrics, slog.New(slog.DiscardHandler)).Handler())
	t.Cleanup(s.Close)
	return api{s}, n, ids, db
}

func (a api) get(t *testing.T, path string, into any) int {
	t.Helper()
	resp, err := a.Client().Get(a.URL + indexer.Prefix + path)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, "application/json", resp.Header.Get("Content-Type"))
	require.NoError(t, json.Unmarshal(body, into), "%s: %s", path, body)
	return resp.StatusCode
}

func TestSearch(t *testing.T) {
	a, n, ids, _ := serve(t)
	for q, want := range map[string]string{
		"5":                                      "block 5",
		fmt.Sprintf("%x", n.Trusted(7).Hash)[:9]: "block 7",
		ids[2].String()[:7]:                      "attestation " + ids[2].String(),
		ids[2].String():                          "attestation " + ids[2].String(),
		fmt.Sprintf("%x", bytes32("inquiry"))[:8]: "inquiry " + fmt.Sprintf("%x", bytes32("inquiry")),
		fmt.Sprintf("%X", bytes32("dispute"))[:8]: "dispute " + fmt.Sprintf("%x", bytes32("dispute")),
		n.Operator(1).String()[:30]:               "institution " + n.Operator(1).String(),
		n.Operator(0).String():                    "account " + n.Operator(0).String(),
		"bank of t":                               "institution " + n.Operator(2).String(),
		"creditd.util":                            "schema " + fmt.Sprintf("%x", schema()),
		fmt.Sprintf("%x", schema())[:12]:          "schema " + fmt.Sprintf("%x", schema()),
		fmt.Sprintf("%X", n.Txs[2][0].Hash())[:9]: "transaction " + fmt.Sprintf("%X", n.Txs[2][0].Hash()),
	} {
		var found struct{ Hits []indexer.Hit }
		require.Equal(t, http.StatusOK, a.get(t, "search?q="+url.QueryEscape(q), &found), q)
		var got []string
		for _, hit := range found.Hits {
			got = append(got, hit.Kind+" "+hit.ID)
		}
		require.Contains(t, got, want, q)
	}
	var none struct{ Hits []indexer.Hit }
	require.Equal(t, http.StatusOK, a.get(t, "search?q=%25%25%25%25", &none), "%% is a letter like others")
	require.Empty(t, none.Hits)
}

func TestLists(t *testing.T) {
	a, n, ids, _ := serve(t)
	seen := map[string]bool{}
	for key, pages := "", 0; ; pages++ {
		require.Less(t, pages, 10)
		var page struct {
			Attestations []struct{ ID []byte }
			Pagination   indexer.Page
		}
		path := "attestations?pagination.limit=2&schema=" + fmt.Sprintf("%x", schema()) + "&pagination.key=" + key
		require.Equal(t, http.StatusOK, a.get(t, path, &page))
		for _, each := range page.Attestations {
			require.False(t, seen[fmt.Sprintf("%x", each.ID)])
			seen[fmt.Sprintf("%x", each.ID)] = true
		}
		if page.Pagination.NextKey == nil {
			break
		}
		key = *page.Pagination.NextKey
	}
	for _, id := range ids {
		require.True(t, seen[id.String()], id)
	}
	require.Len(t, seen, len(ids))

	var txs struct {
		Transactions []struct {
			Height   string
			Messages []map[string]any
			Time     time.Time
		}
	}
	require.Equal(t, http.StatusOK, a.get(t, "transactions?signer=true&address="+n.Operator(2).String(), &txs))
	require.Len(t, txs.Transactions, 1)
	require.Equal(t, "/creditd.institution.v1.MsgUpdateProfile", txs.Transactions[0].Messages[0]["@type"])
	require.Equal(t, http.StatusOK, a.get(t, fmt.Sprintf("transactions/%x", n.Txs[2][0].Hash()), &txs))
	require.Equal(t, "3", txs.Transactions[0].Height)
	require.True(t, txs.Transactions[0].Time.Equal(n.Headers[2].Time.Truncate(time.Microsecond)))

	for path, field := range map[string]string{
		"blocks": "blocks", "schemas": "schemas", "institutions?status=LICENCE_STATUS_ACTIVE&role=ROLE_FURNISHER&jurisdiction=US": "institutions",
		"inquiries?data_user=" + n.Operator(1).String(): "inquiries", "disputes?status=DISPUTE_STATUS_OPEN": "disputes", "transactions": "transactions",
		"attestations?issuer=" + n.Operator(0).String(): "attestations",
	} {
		var page map[string]json.RawMessage
		require.Equal(t, http.StatusOK, a.get(t, path, &page), path)
		require.NotEqual(t, "[]", string(page[field]), path)
	}
	var status indexer.Status
	require.Equal(t, http.StatusOK, a.get(t, "status", &status))
	require.True(t, status.Complete)
	require.Equal(t, n.Height()-1, status.Height)
}

func TestActivity(t *testing.T) {
	a, n, _, _ := serve(t)
	var series struct {
		Total  int64
		Points []struct {
			Time  time.Time
			Count int64
		}
	}
	day := n.Now.Truncate(24 * time.Hour).Format(time.RFC3339)
	end := n.Now.Truncate(24 * time.Hour).Add(24*time.Hour - time.Second).Format(time.RFC3339)
	require.Equal(t, http.StatusOK, a.get(t, "activity?kind=attestations&from="+day+"&to="+end, &series))
	require.EqualValues(t, 6, series.Total)
	require.Len(t, series.Points, 24)
	require.EqualValues(t, 6, series.Points[n.Now.Hour()].Count)
	require.Equal(t, http.StatusOK, a.get(t, "activity?kind=attestations&bucket=day&from="+day+"&to="+end, &series))
	require.Len(t, series.Points, 1)
	require.EqualValues(t, 6, series.Points[0].Count)
}

// Whatever is asked, the answer is one, or an error of the API that says what to do.
func TestHostileQuestions(t *testing.T) {
	a, n, _, db := serve(t)
	zeros := strings.Repeat("00", 32)
	for name, paths := range map[string][]string{
		"MALFORMED": {
			"search", "search?q=abc", "search?q=" + strings.Repeat("a", 129), "search?q=%00%00%00%00", "search?q=%ff%ff%ff%ff",
			"activity", "activity?kind=records&bucket=year", "activity?kind=records&from=x",
			"activity?kind=records&from=2001-01-01T00:00:00Z&to=2026-01-01T00:00:00Z",
			"activity?kind=records&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z",
			"transactions?pagination.limit=0", "transactions?pagination.limit=1001", "transactions/zz",
			"attestations", "attestations?schema=00", "institutions?status=a'b",
		},
		"INVALID_PAGE": {
			"transactions?pagination.key=!", "transactions?pagination.key=WyInOyIsIjEiXQ",
			"transactions?pagination.key=" + strings.Repeat("A", 600),
			"attestations?schema=" + zeros + "&pagination.key=WyJub3ciLCJceCJd",
		},
		"MALFORMED_ADDRESS": {"transactions?address=cosmos1qqqq"},
		"NOT_FOUND":         {"transactions/" + zeros},
		"UNKNOWN_PATH":      {"nothing"},
	} {
		for _, path := range paths {
			var envelope struct{ Code, Codespace, Name, Message, Hint any }
			status := a.get(t, path, &envelope)
			require.NotEqual(t, http.StatusOK, status, path)
			require.Less(t, status, 500, path)
			require.Equal(t, name, envelope.Name, path)
			require.NotEmpty(t, envelope.Hint, path)
		}
	}
	resp, err := a.Client().Post(a.URL+indexer.Prefix+"status", "text/plain", nil)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, http.StatusMethodNotAllowed, resp.StatusCode)

	metrics, err := indexer.NewMetrics()
	require.NoError(t, err)
	admin := &indexer.Admin{DB: db, Metrics: metrics, Now: func() time.Time { return n.Now }}
	ready := func() int {
		w := httptest.NewRecorder()
		admin.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/readyz", nil))
		return w.Code
	}
	require.Equal(t, http.StatusOK, ready())
	admin.Now = func() time.Time { return n.Now.Add(time.Hour) }
	require.Equal(t, http.StatusServiceUnavailable, ready(), "the last block is old")
	admin.Now = func() time.Time { return n.Now }
	require.NoError(t, db.Close())
	require.Equal(t, http.StatusServiceUnavailable, ready())
	var envelope struct{ Name string }
	require.GreaterOrEqual(t, a.get(t, "status", &envelope), 500)
}

// The description names every route and its parameters, and no other.
func TestDescription(t *testing.T) {
	a, n, _, _ := serve(t)
	var spec struct {
		Paths map[string]map[string]struct {
			Parameters []struct {
				Name, In string
				Required bool
			}
		}
	}
	require.Equal(t, http.StatusOK, a.get(t, "openapi.json", &spec))
	require.Len(t, spec.Paths, 11)
	for path, operations := range spec.Paths {
		given := url.Values{}
		for _, p := range operations["get"].Parameters {
			if p.In == "query" && (p.Required || p.Name == "schema") {
				given.Set(p.Name, map[string]string{"q": "credit", "kind": "records", "schema": fmt.Sprintf("%x", schema())}[p.Name])
			}
		}
		path = strings.Replace(strings.TrimPrefix(path, indexer.Prefix), "{hash}", fmt.Sprintf("%x", n.Txs[2][0].Hash()), 1)
		var answer map[string]any
		require.Equal(t, http.StatusOK, a.get(t, path+"?"+given.Encode(), &answer), path)
		require.NotEmpty(t, answer, path)
	}
}
