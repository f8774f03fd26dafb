package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
)

// run runs a command of no network.
func run(ctx context.Context, t *testing.T, args ...string) []byte {
	t.Helper()
	out, err := exec.CommandContext(ctx, creditd, args...).Output()
	if exit, failed := err.(*exec.ExitError); failed { //nolint:errorlint // Output returns it unwrapped
		t.Fatalf("creditd %s: %s\n%s", strings.Join(args, " "), err, exit.Stderr)
	}
	require.NoError(t, err)
	return out
}

// TestFounding lets two banks, each on its own machine, come to the same genesis without trusting each other.
func TestFounding(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	exchange := t.TempDir()
	machines := []string{t.TempDir(), t.TempDir()}
	for n, home := range machines {
		run(ctx, t, "init", "node", "--chain-id", "credit-1", "--home", home)
		run(ctx, t, "keys", "add", "operator", "--home", home, "--keyring-backend", "test")
		run(ctx, t, "genesis", "institution-file", "operator", "--home", home, "--keyring-backend", "test",
			"--chain-id", "credit-1", "--name", fmt.Sprintf("Bank %d", n), "--licence-number", fmt.Sprintf("L-%d", n),
			"--jurisdiction", "US", "--roles", "FURNISHER,VALIDATOR", "--valid-until", "2199-01-01T00:00:00Z", "--power", "10",
			"--from-home", home, "--peer-address", fmt.Sprintf("10.0.0.%d:26656", n+1), "--output-dir", exchange)
	}

	var hashes []string
	for _, home := range machines {
		file := filepath.Join(home, "config", "genesis.json")
		run(ctx, t, "genesis", "collect", exchange, "--chain-id", "credit-1", "--genesis-time", "2030-01-01T12:00:00Z", "--home", home)
		hashes = append(hashes, strings.Fields(string(run(ctx, t, "genesis", "validate", file, "--home", home)))[5])
	}
	require.Len(t, hashes[0], 64)
	require.Equal(t, hashes[0], hashes[1])

	files, err := filepath.Glob(filepath.Join(exchange, "*.json"))
	require.NoError(t, err)
	require.Len(t, files, 2)
	raw, err := os.ReadFile(files[0])
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(files[0], []byte(strings.Replace(string(raw), `"power": 10`, `"power": 999`, 1)), 0o600))
	// Who collects cannot give itself more power.
	says(ctx, t, []string{"signature", "ask the institution for its file again"}, "genesis", "collect", exchange,
		"--chain-id", "credit-1", "--genesis-time", "2030-01-01T12:00:00Z", "--home", machines[0])
}

// TestTestnetFiles starts the homes that operators are given.
func TestTestnetFiles(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	base, release, err := devnet.ReservePorts(2)
	require.NoError(t, err)
	defer release()
	dir := t.TempDir()
	var result struct {
		Homes []string `json:"homes"`
	}
	require.NoError(t, json.Unmarshal(run(ctx, t, "testnet", "init-files", "--validators", "2", "--consensus-key", "ml_dsa_65",
		"--output-dir", dir, "--first-port", strconv.Itoa(base), "--output", "json"), &result))
	require.Len(t, result.Homes, 2)
	for _, home := range result.Homes {
		node := exec.CommandContext(ctx, creditd, "start", "--home", home)
		require.NoError(t, node.Start())
		t.Cleanup(func() {
			require.NoError(t, node.Process.Kill())
			require.Error(t, node.Wait())
		})
	}
	for n := range result.Homes {
		rpc := fmt.Sprintf("http://127.0.0.1:%d", base+n*10+1)
		eventually(ctx, t, "a block", func() bool {
			status, err := devnet.NodeStatus(ctx, rpc)
			return err == nil && status.Height >= 2 && status.VotingPower == 10
		})
	}
}
