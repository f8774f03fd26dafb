// Package e2e runs the chain, its vaults and its command line as real processes.
//
// A network of four validators and their vaults takes some seconds to start, so tests share one where its state
// allows. Each waits for a state, never for a time.
package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
)

// the binary under test: that of CREDITD, or one built here as releases are.
var creditd string

func TestMain(m *testing.M) {
	code, err := testMain(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func testMain(m *testing.M) (int, error) {
	if creditd = os.Getenv("CREDITD"); creditd != "" {
		absolute, err := filepath.Abs(creditd)
		if err != nil {
			return 0, err
		}
		creditd = absolute
		return m.Run(), nil
	}
	dir, err := os.MkdirTemp("", "creditd-e2e")
	if err != nil {
		return 0, err
	}
	defer os.RemoveAll(dir)
	creditd = filepath.Join(dir, "creditd")
	build := exec.Command("go", "build", "-tags", "libsecp256k1_sdk pebbledb", "-o", creditd, "github.com/creditd/creditd/cmd/creditd")
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("build: %w\n%s", err, out)
	}
	return m.Run(), nil
}

// bound of one test; every wait inside is by state.
const bound = 8 * time.Minute

// network starts one that is stopped when the test ends. Its logs are shown if the test fails.
func network(t *testing.T, options devnet.Options) (context.Context, *devnet.Net) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	t.Cleanup(cancel)
	options.Binary = creditd
	if options.Home == "" {
		options.Home = filepath.Join(t.TempDir(), "net")
	}
	net, err := devnet.Start(ctx, options)
	require.NoError(t, err)
	t.Cleanup(func() {
		if t.Failed() {
			showLogs(t, net)
		}
		require.NoError(t, net.Stop())
	})
	return ctx, net
}

// showLogs shows what went wrong in the processes, not what went well, and keeps the whole logs where they can be read.
func showLogs(t *testing.T, net *devnet.Net) {
	t.Helper()
	kept, err := os.MkdirTemp("", "creditd-e2e-logs-")
	require.NoError(t, err)
	require.NoError(t, os.CopyFS(kept, os.DirFS(filepath.Join(net.Home, "logs"))))
	t.Logf("whole logs: %s", kept)
	logs, err := filepath.Glob(filepath.Join(kept, "*.log"))
	require.NoError(t, err)
	for _, log := range logs {
		text, err := os.ReadFile(log)
		require.NoError(t, err)
		var bad []string
		for line := range strings.Lines(string(text)) {
			if !strings.Contains(line, " INF ") && !strings.Contains(line, `"level":"INFO"`) {
				bad = append(bad, strings.TrimSpace(line))
			}
		}
		t.Logf("%s:\n%s", filepath.Base(log), strings.Join(bad[max(0, len(bad)-15):], "\n"))
	}
}

// must runs a command that has to succeed.
func must(ctx context.Context, t *testing.T, net *devnet.Net, args ...string) []byte {
	t.Helper()
	out, err := net.Run(ctx, args...)
	require.NoErrorf(t, err, "creditd %s\n%s", strings.Join(args, " "), out)
	return out
}

// refused runs a command that has to fail, with a text that says what is wrong and what to do.
func refused(ctx context.Context, t *testing.T, net *devnet.Net, says []string, args ...string) {
	t.Helper()
	out, err := net.Run(ctx, args...)
	var failed *devnet.CommandError
	require.Truef(t, errors.As(err, &failed), "creditd %s: succeeded or could not run: %v\n%s", strings.Join(args, " "), err, out)
	require.NotZero(t, failed.Code)
	for _, part := range says {
		require.Contains(t, failed.Stderr+string(out), part)
	}
	require.NotContains(t, failed.Stderr, "goroutine ", "a panic is no error message")
}

// eventually asks until the answer is yes or the test's time is over.
func eventually(ctx context.Context, t *testing.T, what string, ready func() bool) {
	t.Helper()
	ticker := time.NewTicker(50 * time.Millisecond)
	defer ticker.Stop()
	for !ready() {
		select {
		case <-ctx.Done():
			t.Fatalf("%s: %v", what, ctx.Err())
		case <-ticker.C:
		}
	}
}

// send signs and sends with an institution's key and waits for the block. A refusal is in the result.
func send(ctx context.Context, t *testing.T, net *devnet.Net, from string, command ...string) devnet.Tx {
	t.Helper()
	i := net.Find(from)
	tx, err := net.Send(ctx, i.Home, from, rpcOf(net, i), command...)
	require.NoErrorf(t, err, "creditd tx %s", strings.Join(command, " "))
	return tx
}

// rpcOf is the node that an institution's commands go to.
func rpcOf(net *devnet.Net, i *devnet.Institution) string {
	if i.Node != nil && i.Node.Alive() {
		return i.Node.RPC
	}
	for _, other := range net.Institutions {
		if other.Node != nil && other.Node.Alive() {
			return other.Node.RPC
		}
	}
	return i.Node.RPC
}

// height of a node, 0 while it does not answer.
func height(ctx context.Context, net *devnet.Net, i int) int64 {
	status, err := devnet.NodeStatus(ctx, net.Institutions[i].Node.RPC)
	if err != nil {
		return 0
	}
	return status.Height
}

// powers are the voting powers by consensus address, of the latest block that a node has.
func powers(ctx context.Context, t *testing.T, net *devnet.Net, i int) map[string]string {
	t.Helper()
	var set struct {
		Validators []struct {
			Address string `json:"address"`
			Power   string `json:"voting_power"`
		} `json:"validators"`
	}
	require.NoError(t, devnet.RPC(ctx, net.Institutions[i].Node.RPC, "/validators", &set))
	found := map[string]string{}
	for _, v := range set.Validators {
		found[v.Address] = v.Power
	}
	return found
}

// consensusAddress that a node signs with.
func consensusAddress(ctx context.Context, t *testing.T, net *devnet.Net, i int) string {
	t.Helper()
	status, err := devnet.NodeStatus(ctx, net.Institutions[i].Node.RPC)
	require.NoError(t, err)
	return status.Address
}

// query asks the REST server of a node.
func query(ctx context.Context, t *testing.T, net *devnet.Net, i int, path string, into any) {
	t.Helper()
	require.NoError(t, rest(ctx, net, i, path, into))
}
