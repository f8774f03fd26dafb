// Package explorer opens the web explorer in a real Chromium, served by a node of a real network whose chain has
// something of everything. What is looked at, and how, stands in explorer/web/tests.
//
// It runs apart from tests/e2e because it needs a browser: `make test-explorer`.
package explorer

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
)

const (
	// bound of the whole; every wait inside is by state.
	bound = 20 * time.Minute
	// served is the validator whose node serves the pages: that of the supervisor.
	served = 3
	// votingPeriod is what votes, cast at once, take on a machine that does much else. Most of it is used to fill the chain.
	votingPeriod = 45 * time.Second
	seedRecords  = 80
)

// command that looks at the pages, and runs the TypeScript client on the same network. EXPLORER_RUN stands in for it, to have the network at hand while working on a page:
// EXPLORER_RUN='env; sleep 1h'.
const command = "npx playwright test && cd ../../clients/ts && npm run --silent live"

func TestExplorer(t *testing.T) {
	_, err := exec.LookPath(chromium())
	require.NoError(t, err, "Chromium is missing: 'scripts/install-tools.sh' installs Debian's package chromium; CHROMIUM=/path names another")
	run, limit := os.Getenv("EXPLORER_RUN"), time.Duration(0)
	if run == "" {
		run, limit = command, bound
	}
	ctx, cancel := within(t.Context(), limit)
	defer cancel()
	dir := t.TempDir()
	net, err := devnet.Start(ctx, devnet.Options{
		Binary: binary(t), Home: filepath.Join(dir, "net"), SeedRecords: seedRecords, VotingPeriod: votingPeriod,
	})
	require.NoError(t, err)
	defer func() { require.NoError(t, net.Stop()) }()

	content := fill(ctx, t, net)
	content.UI = net.Institutions[served].Node.REST + "/ui/"
	switchboard := httptest.NewServer(nodeSwitch(ctx, net))
	defer switchboard.Close()
	content.Switch = switchboard.URL
	raw, err := json.MarshalIndent(content, "", "  ")
	require.NoError(t, err)
	file := filepath.Join(dir, "content.json")
	require.NoError(t, os.WriteFile(file, raw, 0o600))

	browse := exec.CommandContext(ctx, "bash", "-c", run)
	browse.Dir = filepath.Join("..", "..", "explorer", "web")
	browse.Env = append(os.Environ(), "CONTENT="+file, "CHROMIUM="+chromium(), "CREDITD_API="+net.Institutions[served].Node.REST,
		"CREDITD_WORDS="+content.Words, "CREDITD_SUBJECT="+content.Subject) // of clients/ts
	browse.Stdout, browse.Stderr = os.Stdout, os.Stderr
	browse.Cancel = func() error { return browse.Process.Signal(os.Interrupt) }
	require.NoError(t, browse.Run())
	noSecretsInLogs(t, net, content)
}

// within a limit; 0 is none.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit == 0 {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, limit)
}

func chromium() string {
	if path := os.Getenv("CHROMIUM"); path != "" {
		return path
	}
	return "/usr/bin/chromium"
}

func binary(t *testing.T) string {
	path := os.Getenv("CREDITD")
	require.NotEmpty(t, path, "CREDITD names the creditd to test; 'make test-explorer' sets it")
	absolute, err := filepath.Abs(path)
	require.NoError(t, err)
	return absolute
}

// nodeSwitch lets the browser's side take the node away and bring it back.
func nodeSwitch(ctx context.Context, net *devnet.Net) http.Handler {
	mux := http.NewServeMux()
	answer := func(path string, do func() error) {
		mux.HandleFunc("POST "+path, func(w http.ResponseWriter, _ *http.Request) {
			if err := do(); err != nil {
				http.Error(w, err.Error(), http.StatusInternalServerError)
			}
		})
	}
	node := net.Institutions[served].Node
	answer("/kill", func() error { net.Kill(served); return nil })
	answer("/restart", func() error {
		if err := net.Restart(served); err != nil {
			return err
		}
		return net.WaitHeight(ctx, served, 1)
	})
	answer("/pause", func() error { return signal(node.PID, pause) })
	answer("/resume", func() error { return signal(node.PID, resume) })
	return mux
}

// noSecretsInLogs: neither the identity number of a borrower nor, since it is in the addresses of queries, its pseudonym is in a
// line that a node wrote because somebody looked.
func noSecretsInLogs(t *testing.T, net *devnet.Net, content *content) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(net.Home, "logs", "*.node.log"))
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, secret := range []string{content.Identity, content.Subject} {
			if strings.Contains(string(raw), secret) {
				t.Errorf("%s names a borrower", filepath.Base(file))
			}
		}
	}
}
