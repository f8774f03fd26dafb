package chaos

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/api"
	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/internal/pgserver"
)

// indexed is a chain with a history, and a database to bring it into.
type indexed struct {
	*scene
	pg *pgserver.Server
}

// TestIndexerKills kills the indexer KILLS times during its backfill. In the end its tables are those of one that was never
// killed, and what the chain's API answers.
func TestIndexerKills(t *testing.T) {
	kills, seed := fromEnvironment(t, "KILLS", defaultKills), uint64(fromEnvironment(t, "SEED", int(time.Now().UnixNano()%1_000_000)))
	t.Logf("%d kills, SEED=%d", kills, seed)
	random := rand.New(rand.NewPCG(seed, 1))
	x := newIndexed(t, kills)
	ctx, cancel := context.WithTimeout(context.Background(), bound+time.Duration(kills)*10*time.Second)
	defer cancel()
	killed := x.place("killed")
	for n := range kills {
		x.killOnce(ctx, t, killed, random, n)
	}
	x.must(ctx, t, x.args(killed, "--once")...)
	x.compare(ctx, t, killed)
	t.Run("never killed", func(t *testing.T) {
		whole := x.place("whole")
		x.must(ctx, t, x.args(whole, "--once")...)
		x.must(ctx, t, x.args(killed, "--once")...)
		last := min(x.height(ctx, t, whole), x.height(ctx, t, killed))
		require.Equal(t, x.dump(ctx, t, whole, last), x.dump(ctx, t, killed, last))
	})
	t.Run("a node that lies", func(t *testing.T) { x.lies(ctx, t) })
	t.Run("the node passes on", func(t *testing.T) { x.passedOn(ctx, t, killed) })
}

func newIndexed(t *testing.T, blocks int) *indexed {
	t.Helper()
	pg, err := pgserver.Start(context.Background(), pgserver.Options{})
	require.NoError(t, err, "this needs the Debian package postgresql-15: scripts/install-tools.sh installs it")
	t.Cleanup(func() { require.NoError(t, pg.Stop()) })
	x := &indexed{scene: newScene(t), pg: pg}
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	x.must(ctx, t, x.reportArgs(ctx, t)...)
	require.NoError(t, x.net.WaitHeight(ctx, 0, int64(blocks)+10)) // so that there is something to be killed in
	return x
}

// place is the URL of a schema of its own.
func (x *indexed) place(schema string) string {
	return x.pg.URL(x.pg.Superuser(), "postgres", "search_path", schema)
}

func (x *indexed) args(place string, more ...string) []string {
	return append([]string{"indexer", "--db", place, "--node", x.bank.Node.RPC, "--trust-node", "--batch", "1", "--listen", "off", "--admin-listen", "off"}, more...)
}

func (x *indexed) db(t *testing.T, place string) *sql.DB {
	t.Helper()
	config, err := pgx.ParseConfig(place)
	require.NoError(t, err)
	db := stdlib.OpenDB(*config)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

func (x *indexed) height(ctx context.Context, t *testing.T, place string) (height int64) {
	t.Helper()
	require.NoError(t, x.db(t, place).QueryRowContext(ctx, `SELECT height FROM progress`).Scan(&height))
	return height
}

// killOnce starts the indexer and kills it in a step of its work: so many steps after its first, and somewhere within that one.
func (x *indexed) killOnce(ctx context.Context, t *testing.T, place string, random *rand.Rand, n int) {
	t.Helper()
	db := x.db(t, place)
	steps, seen := 1+random.IntN(2), map[string]bool{}
	where := func() string {
		var text string // there are no tables before the first start
		if err := db.QueryRowContext(ctx, `SELECT p::text || (SELECT count(*) FROM pending) FROM progress p`).Scan(&text); err != nil {
			return ""
		}
		return text
	}
	seen[where()] = true
	r := command(ctx, t, x.args(place)...)
	ended := false
	eventually(ctx, t, "the indexer to do something", func() bool {
		select {
		case err := <-r.done:
			require.NoError(t, err, "it ended before it was killed")
			ended = true
		default:
		}
		seen[where()] = true
		return ended || len(seen) > steps
	})
	require.False(t, ended)
	timer := time.NewTimer(time.Duration(random.IntN(20)) * time.Millisecond)
	defer timer.Stop()
	<-timer.C
	r.kill()
	require.Error(t, <-r.done)
	t.Logf("kill %d: %s", n+1, where())
}

// dump is what is in the tables up to a block, however it came there.
func (x *indexed) dump(ctx context.Context, t *testing.T, place string, last int64) string {
	t.Helper()
	db := x.db(t, place)
	var all strings.Builder
	for _, table := range []string{"blocks", "transactions", "transaction_addresses"} {
		x.lines(ctx, t, db, &all, `SELECT t::text FROM `+table+` t WHERE height <= $1 ORDER BY 1`, last)
	}
	for _, table := range []string{"activity", "schemas", "institutions", "anchors", "attestations", "inquiries", "receipts", "disputes"} {
		x.lines(ctx, t, db, &all, `SELECT t::text FROM `+table+` t ORDER BY 1`)
	}
	return all.String()
}

func (*indexed) lines(ctx context.Context, t *testing.T, db *sql.DB, into io.Writer, query string, args ...any) {
	t.Helper()
	rows, err := db.QueryContext(ctx, query, args...)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		fmt.Fprintln(into, query, line)
	}
	require.NoError(t, rows.Err())
}

// compare the tables with what the chain's API answers, entry by entry.
func (x *indexed) compare(ctx context.Context, t *testing.T, place string) {
	t.Helper()
	db := x.db(t, place)
	for _, each := range []struct{ query, path, field string }{
		{`SELECT encode(id, 'hex'), content::text FROM attestations`, "/creditd/attestation/v1/attestations/", "attestation"},
		{`SELECT encode(id, 'hex'), content::text FROM schemas`, "/creditd/attestation/v1/schemas/", "schema"},
		{`SELECT operator, json_build_object('institution', content, 'vault', vault)::text FROM institutions`, "/creditd/institution/v1/institutions/", "institution"},
		{`SELECT encode(id, 'hex'), content::text FROM inquiries`, "/creditd/credit/v1/inquiries/", "inquiry"},
		{`SELECT encode(inquiry_id, 'hex'), json_agg(content)::text FROM receipts GROUP BY 1`, "/creditd/credit/v1/inquiries/", "receipts"},
	} {
		rows, err := db.QueryContext(ctx, each.query)
		require.NoError(t, err)
		defer rows.Close()
		count := 0
		for rows.Next() {
			var id, content string
			require.NoError(t, rows.Scan(&id, &content))
			var answer map[string]json.RawMessage
			x.rest(ctx, t, each.path+id, &answer)
			require.JSONEq(t, string(withoutValidator(t, each.field, answer[each.field])), content, "%s%s", each.path, id)
			count++
		}
		require.NoError(t, rows.Err())
		require.Positive(t, count, each.query)
	}
	var indexed, records int
	require.NoError(t, db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM attestations), (SELECT sum(count) FROM activity WHERE kind = 'records')`).Scan(&indexed, &records))
	x.ledger.readAll(ctx, t)
	reported := 0
	for _, n := range x.ledger.furnished {
		reported += n
	}
	require.Equal(t, reported, records, "the ledger of the test, which reads blocks by itself")
	require.Equal(t, reported+x.ledger.corrected, indexed)
}

// withoutValidator takes out what the tables do not have: it changes with every block.
func withoutValidator(t *testing.T, field string, content json.RawMessage) json.RawMessage {
	t.Helper()
	if field != "institution" {
		return content
	}
	var view map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(content, &view))
	delete(view, "validator")
	bz, err := json.Marshal(view)
	require.NoError(t, err)
	return bz
}

func (x *indexed) rest(ctx context.Context, t *testing.T, path string, into any) int {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, x.bank.Node.REST+path, http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.NoError(t, json.Unmarshal(body, into), "%s: %s", path, body)
	return response.StatusCode
}

// lies: a node between that changes the app hash of one block is caught by the command.
func (x *indexed) lies(ctx context.Context, t *testing.T) {
	hash := regexp.MustCompile(`"app_hash":"[0-9A-F]{64}"`)
	liar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		request, err := http.NewRequestWithContext(r.Context(), r.Method, strings.Replace(x.bank.Node.RPC, "tcp://", "http://", 1)+r.URL.String(), bytes.NewReader(question))
		if err != nil {
			return
		}
		request.Header = r.Header.Clone()
		request.Header.Del("Accept-Encoding")
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return
		}
		defer response.Body.Close()
		answer, _ := io.ReadAll(response.Body)
		if bytes.Contains(question, []byte(`"method":"block"`)) && bytes.Contains(question, []byte(`"height":"7"`)) {
			answer = hash.ReplaceAll(answer, []byte(`"app_hash":"`+strings.Repeat("AB", 32)+`"`))
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(answer)
	}))
	defer liar.Close()
	place := x.place("lied_to")
	out, err := x.net.Run(ctx, "indexer", "--db", place, "--node", liar.URL, "--trust-node", "--once")
	var failed *devnet.CommandError
	require.ErrorAs(t, err, &failed, string(out))
	require.Contains(t, failed.Stderr, "block")
	require.Contains(t, failed.Stderr, "use another node")
	require.Less(t, x.height(ctx, t, place), int64(7))
}

// passedOn: the node answers under /indexer/ what the indexer does once its app.toml says where that is, and tells of one that is
// away. The explorer is there all along.
func (x *indexed) passedOn(ctx context.Context, t *testing.T, place string) {
	var envelope struct{ Name string }
	require.Equal(t, http.StatusNotImplemented, x.rest(ctx, t, "/indexer/v1/status", &envelope))
	require.Equal(t, "NOT_SERVED", envelope.Name)
	x.explorerStands(ctx, t, false)
	base, release, err := devnet.ReservePorts(1)
	require.NoError(t, err)
	defer release()
	address := fmt.Sprintf("127.0.0.1:%d", base)
	require.NoError(t, x.net.Interrupt(0))
	config := filepath.Join(x.bank.Home, "config", "app.toml")
	content, err := os.ReadFile(config)
	require.NoError(t, err)
	content = bytes.Replace(content, []byte("\nindexer = \"\""), []byte("\nindexer = \"http://"+address+"\""), 1)
	require.Contains(t, string(content), address)
	require.NoError(t, os.WriteFile(config, content, 0o600))
	require.NoError(t, x.net.Restart(0))
	eventually(ctx, t, "the node", func() bool {
		status, err := devnet.NodeStatus(ctx, x.bank.Node.RPC)
		return err == nil && status.Height > 0
	})
	eventually(ctx, t, "the node to say that the indexer is away", func() bool {
		response, err := http.Get(x.bank.Node.REST + "/indexer/v1/status")
		return err == nil && response.Body.Close() == nil && response.StatusCode == http.StatusServiceUnavailable
	})
	require.Equal(t, http.StatusServiceUnavailable, x.rest(ctx, t, "/indexer/v1/status", &envelope))
	require.Equal(t, "NOT_READY", envelope.Name)
	x.explorerStands(ctx, t, true)
	r := command(ctx, t, "indexer", "--db", place, "--node", x.bank.Node.RPC, "--listen", address, "--admin-listen", "off")
	defer func() {
		r.kill()
		<-r.done
	}()
	var status struct {
		Height   int64
		Complete bool
	}
	eventually(ctx, t, "an answer through the node", func() bool {
		response, err := http.Get(x.bank.Node.REST + "/indexer/v1/status")
		if err != nil {
			return false
		}
		defer response.Body.Close()
		return response.StatusCode == http.StatusOK && json.NewDecoder(response.Body).Decode(&status) == nil && status.Complete && status.Height > 0
	})
	for _, path := range x.questions(ctx, t, place) {
		eventually(ctx, t, "the same answer from both: "+path, func() bool { // between two blocks
			code, body := ask(ctx, t, x.bank.Node.REST+path)
			direct, own := ask(ctx, t, "http://"+address+path)
			require.Equal(t, direct, code, path)
			return own == body
		})
	}
	x.explorerStands(ctx, t, true)
}

// questions to the indexer: each route, and what it refuses.
func (x *indexed) questions(ctx context.Context, t *testing.T, place string) []string {
	t.Helper()
	var hash, id string
	require.NoError(t, x.db(t, place).QueryRowContext(ctx, `SELECT (SELECT encode(hash, 'hex') FROM transactions LIMIT 1), (SELECT encode(id, 'hex') FROM attestations LIMIT 1)`).
		Scan(&hash, &id))
	paths := []string{"search?q=" + id[:10], "search?q=Aldermoor%20B", "search?q=a", "activity?kind=records&bucket=day", "activity?kind=none", "transactions/" + hash, "transactions/zz"}
	for _, route := range api.IndexerRoutes() {
		if !strings.Contains(route, "{") {
			paths = append(paths, route)
		}
	}
	paths = append(paths, "attestations?issuer="+x.bank.Operator, "transactions?signer=true&address="+x.bank.Operator, "blocks?pagination.limit=2000")
	for i, path := range paths {
		paths[i] = "/indexer/v1/" + path
	}
	return paths
}

// explorerStands: its pages are served, and are told whether there is an indexer to ask.
func (x *indexed) explorerStands(ctx context.Context, t *testing.T, indexer bool) {
	t.Helper()
	code, page := ask(ctx, t, x.bank.Node.REST+"/ui/")
	require.Equal(t, http.StatusOK, code)
	require.Contains(t, page, "<html")
	code, first := ask(ctx, t, x.bank.Node.REST+"/")
	require.Equal(t, http.StatusOK, code)
	require.Equal(t, indexer, strings.Contains(first, `"indexer":"/indexer/v1/"`), first)
}

func ask(ctx context.Context, t *testing.T, where string) (code int, body string) {
	t.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, where, http.NoBody)
	require.NoError(t, err)
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(raw)
}
