package e2e

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/vault/report"
)

// bookRows of the made-up book, of which each bank imports its lender's part.
const bookRows = 1200

// importSummary is what 'vault import --output json' prints.
type importSummary struct {
	Rows      int    `json:"rows"`
	Furnished int    `json:"furnished"`
	Unchanged int    `json:"unchanged"`
	Rejected  int    `json:"rejected"`
	Resumed   int    `json:"resumed"`
	Refused   int    `json:"refused"`
	File      string `json:"rejects_file"`
}

// TestMainJob follows a borrower on four validators with their vaults, from a loan book to the audit trail, and
// then breaks things.
func TestMainJob(t *testing.T) {
	t.Parallel()
	ctx, net := network(t, devnet.Options{})
	j := &job{net: net, book: filepath.Join(net.Home, "book.csv")}
	must(ctx, t, net, "vault", "generate", "--format", "sba", "--rows", strconv.Itoa(bookRows), "--lenders", "3", "--out", j.book)

	t.Run("an import that is killed goes on", func(t *testing.T) { j.killedImport(ctx, t) })
	t.Run("the books are imported once", func(t *testing.T) { j.imports(ctx, t) })
	t.Run("dirty rows are set aside", func(t *testing.T) { j.rejects(ctx, t) })
	t.Run("no look without consent", func(t *testing.T) { j.refused(ctx, t, "no consent") })
	t.Run("a report with consent", func(t *testing.T) { j.withConsent(ctx, t) })
	t.Run("a saved report is checked again", func(t *testing.T) { j.verifySaved(ctx, t) })
	t.Run("one validator is killed, and returns", func(t *testing.T) { j.oneDown(ctx, t) })
	t.Run("two validators are killed, and one returns", func(t *testing.T) { j.twoDown(ctx, t) })
	t.Run("a vault is away", func(t *testing.T) { j.vaultAway(ctx, t) })
	t.Run("a dispute that the borrower signed", func(t *testing.T) { j.disputed(ctx, t) })
	t.Run("no look after withdrawal", func(t *testing.T) { j.withdrawn(ctx, t) })
	t.Run("a receipt of the consent", func(t *testing.T) { j.receipt(ctx, t) })
	t.Run("the audit trail says all of it", func(t *testing.T) { j.trail(ctx, t) })
	t.Run("bad input is refused and explained", func(t *testing.T) { badInput(ctx, t, j) })
	t.Run("nothing personal on the chain or in a log", func(t *testing.T) { j.nothingPersonal(ctx, t) })
}

// job is what the steps of TestMainJob hand on.
type job struct {
	net      *devnet.Net
	book     string
	lenders  []string
	borrower devnet.Subject
	consent  string
	saved    string
	looks    int // inquiries that were opened
}

func (j *job) importArgs(bank int, more ...string) []string {
	args := []string{
		"vault", "import", j.book, "--format", "sba", "--lender", j.lenders[bank],
		"--home", j.net.Institutions[bank].Home, "--output", "json",
	}
	return append(args, more...)
}

func (j *job) importOnce(ctx context.Context, t *testing.T, bank int) (s importSummary) {
	t.Helper()
	require.NoError(t, json.Unmarshal(must(ctx, t, j.net, j.importArgs(bank)...), &s))
	return s
}

// killedImport kills an import in the middle, as soon as the chain has some of its records.
func (j *job) killedImport(ctx context.Context, t *testing.T) {
	var lenders []struct {
		Name string `json:"name"`
	}
	require.NoError(t, json.Unmarshal(must(ctx, t, j.net, "vault", "lenders", j.book, "--output", "json"), &lenders))
	for _, l := range lenders[:3] {
		j.lenders = append(j.lenders, l.Name)
	}

	child := exec.CommandContext(ctx, creditd, j.importArgs(0, "--batch", "10", "--in-flight", "1")...)
	require.NoError(t, child.Start())
	status := func() (s struct {
		Committed int `json:"committed"`
		Staged    int `json:"staged"`
	},
	) {
		out, err := j.net.Run(ctx, "vault", "status", "--home", j.net.Institutions[0].Home, "--output", "json")
		if err == nil {
			require.NoError(t, json.Unmarshal(out, &s))
		}
		return s
	}
	eventually(ctx, t, "the first records to be on the chain", func() bool { return status().Committed > 0 })
	require.NoError(t, child.Process.Signal(syscall.SIGKILL))
	require.Error(t, child.Wait(), "it was to be killed before it was done")
	before := status()

	resumed := j.importOnce(ctx, t, 0)
	require.Zero(t, resumed.Refused)
	after := status()
	require.Zero(t, after.Staged, "every record is settled")
	require.Greater(t, after.Committed, before.Committed)
	require.Equal(t, after.Committed, resumed.Furnished+resumed.Unchanged, "none is lost, none is there twice")
}

func (j *job) imports(ctx context.Context, t *testing.T) {
	total := 0
	for bank := range j.lenders {
		first := j.importOnce(ctx, t, bank)
		require.Zero(t, first.Refused)
		before := height(ctx, j.net, 0)
		again := j.importOnce(ctx, t, bank)
		require.Zero(t, again.Furnished, "a second run imports nothing twice")
		require.Equal(t, first.Furnished+first.Unchanged, again.Unchanged)
		require.Zero(t, transactionsSince(ctx, t, j.net, before), "and sends nothing")
		total += again.Unchanged
		must(ctx, t, j.net, "vault", "verify", "--home", j.net.Institutions[bank].Home)
	}
	// Of the made-up loans a tenth is dirt, and a fifth was charged off so long ago that it may not be reported any more.
	require.GreaterOrEqual(t, total, bookRows*6/10)

	subject, err := j.net.FollowBorrower(ctx, "borrower", j.book, j.lenders)
	require.NoError(t, err)
	j.borrower = subject
}

// transactionsSince counts those in the blocks above a height.
func transactionsSince(ctx context.Context, t *testing.T, net *devnet.Net, from int64) int {
	t.Helper()
	count, err := devnet.Transactions(ctx, net.Institutions[0].Node.RPC, from)
	require.NoError(t, err)
	return count
}

// rejects looks into the file of rows that were set aside.
func (j *job) rejects(_ context.Context, t *testing.T) {
	file, err := os.Open(filepath.Join(j.net.Institutions[0].Home, "rejects", "book.csv.rejects.csv"))
	require.NoError(t, err)
	defer file.Close()
	info, err := file.Stat()
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds personal data")
	rows, err := csv.NewReader(file).ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(rows), 1, "the made-up book has dirty rows")
	for _, row := range rows[1:] {
		require.NotEmpty(t, row[0], "line")
		require.NotEmpty(t, row[2], "reason")
	}
}

func (j *job) reportArgs(more ...string) []string {
	args := []string{
		"report", "get", "--identity", j.borrower.Identity, "--kind", j.borrower.Kind,
		"--home", j.net.Find(devnet.Lender).Home,
	}
	return append(args, more...)
}

func (j *job) refused(ctx context.Context, t *testing.T, reason string, more ...string) {
	t.Helper()
	refused(ctx, t, j.net, []string{reason, "ask"}, j.reportArgs(more...)...)
}

// get gets a report and counts the look.
func (j *job) get(ctx context.Context, t *testing.T, more ...string) (r report.Report) {
	t.Helper()
	j.looks++
	require.NoError(t, json.Unmarshal(must(ctx, t, j.net, j.reportArgs(append(more, "--output", "json")...)...), &r))
	return r
}

func (j *job) withConsent(ctx context.Context, t *testing.T) {
	var err error
	j.consent, err = j.net.Grant(ctx, j.borrower, 10)
	require.NoError(t, err)
	j.saved = filepath.Join(j.net.Home, "report.json")
	r := j.get(ctx, t, "--save", j.saved)
	require.True(t, r.Complete)
	require.Equal(t, len(r.Lines), r.Verified)
	furnishers := map[string]bool{}
	for _, line := range r.Lines {
		require.Equal(t, report.Verified, line.Proof)
		require.NotEmpty(t, line.Values["original_amount"])
		furnishers[line.Furnisher] = true
	}
	require.Len(t, furnishers, len(j.borrower.Lenders))
	require.GreaterOrEqual(t, len(furnishers), 2)
	require.NotNil(t, r.Receipt)
}

// verifySaved checks the file, then one that somebody improved.
func (j *job) verifySaved(ctx context.Context, t *testing.T) {
	home := j.net.Find(devnet.Lender).Home
	must(ctx, t, j.net, "report", "verify", j.saved, "--home", home)
	raw, err := os.ReadFile(j.saved)
	require.NoError(t, err)
	var r report.Report
	require.NoError(t, json.Unmarshal(raw, &r))
	r.Lines[0].Values["original_amount"] = "1"
	forged, err := json.Marshal(r)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "forged.json")
	require.NoError(t, os.WriteFile(file, forged, 0o600))
	refused(ctx, t, j.net, []string{"mismatch"}, "report", "verify", file, "--home", home)
}

// uninvolved is the validator that has no records about the borrower: the tax office.
const uninvolved = 3

func (j *job) oneDown(ctx context.Context, t *testing.T) {
	j.net.Kill(uninvolved)
	require.NoError(t, j.net.WaitHeight(ctx, 0, height(ctx, j.net, 0)+3))
	require.True(t, j.get(ctx, t).Complete)

	require.NoError(t, j.net.Restart(uninvolved))
	catchesUp(ctx, t, j.net, uninvolved)
	signs(ctx, t, j.net, 0, consensusAddress(ctx, t, j.net, uninvolved))
}

func (j *job) twoDown(ctx context.Context, t *testing.T) {
	j.net.Kill(2)
	j.net.Kill(uninvolved)
	stopped := stalls(ctx, t, j.net, 0)
	require.NoError(t, j.net.Restart(2))
	require.NoError(t, j.net.WaitHeight(ctx, 0, stopped+2))
	require.NoError(t, j.net.Restart(uninvolved))
	require.NoError(t, j.net.WaitHeight(ctx, uninvolved, stopped+2))
	require.NoError(t, j.net.RestartVault(ctx, j.net.Institutions[2].Name))
}

// stalls returns the height at which a node stays: it sees no quorum of votes, again and again.
func stalls(ctx context.Context, t *testing.T, net *devnet.Net, i int) int64 {
	t.Helper()
	const looks = 40
	at, seen := int64(0), 0
	eventually(ctx, t, "the chain to stand still without a quorum", func() bool {
		var state struct {
			RoundState struct {
				HRS   string `json:"height/round/step"`
				Votes []struct {
					Prevotes string `json:"prevotes_bit_array"`
				} `json:"height_vote_set"`
			} `json:"round_state"`
		}
		require.NoError(t, devnet.RPC(ctx, net.Institutions[i].Node.RPC, "/consensus_state", &state))
		now := parse(t, strings.Split(state.RoundState.HRS, "/")[0])
		if now != at || !strings.Contains(state.RoundState.Votes[0].Prevotes, " 20/40 ") {
			at, seen = now, 0
			return false
		}
		seen++
		return seen == looks
	})
	return height(ctx, net, i)
}

func parse(t *testing.T, number string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(number, 10, 64)
	require.NoError(t, err)
	return n
}

func (j *job) vaultAway(ctx context.Context, t *testing.T) {
	furnisher := j.borrower.Lenders[0]
	j.net.KillVault(furnisher)
	j.looks++
	refused(ctx, t, j.net, []string{"no answer from", "withheld"}, j.reportArgs()...)
	require.NoError(t, j.net.RestartVault(ctx, furnisher))
	require.True(t, j.get(ctx, t).Complete)
}

func (j *job) withdrawn(ctx context.Context, t *testing.T) {
	require.NoError(t, j.net.Withdraw(ctx, j.borrower, j.consent))
	j.refused(ctx, t, "no consent")
	j.refused(ctx, t, "consent is withdrawn", "--consent", j.consent)
}

func (j *job) trail(ctx context.Context, t *testing.T) {
	var answer struct {
		Entries []struct {
			Kind   string `json:"kind"`
			Actor  string `json:"actor"`
			Height string `json:"height"`
		} `json:"entries"`
	}
	query(ctx, t, j.net, 0, "/creditd/credit/v1/subjects/"+j.borrower.Pseudonym+"/trail", &answer)
	count, last := map[string]int{}, int64(0)
	for _, e := range answer.Entries {
		count[strings.TrimPrefix(e.Kind, "TRAIL_KIND_")]++
		require.NotEmpty(t, e.Actor)
		at := parse(t, e.Height)
		require.GreaterOrEqual(t, at, last, "oldest first")
		last = at
	}
	require.Equal(t, 1, count["ENROLLED"])
	require.Equal(t, 1, count["CONTROL_OFFERED"])
	require.Equal(t, 1, count["CONTROL_CLAIMED"])
	require.GreaterOrEqual(t, count["FURNISHED"], 2)
	require.Equal(t, 1, count["CONSENT_GRANTED"])
	require.Equal(t, j.looks, count["INQUIRY_OPENED"], "refused looks are no looks")
	require.GreaterOrEqual(t, count["DATA_GIVEN"], len(j.borrower.Lenders)*j.looks-1, "one vault was away once")
	require.Equal(t, j.looks, count["DATA_GOT"])
	require.Equal(t, 1, count["CONSENT_WITHDRAWN"])
	require.Equal(t, 1, count["DISPUTE_OPENED"])
	require.Equal(t, 1, count["DISPUTE_ANSWERED"])
}
