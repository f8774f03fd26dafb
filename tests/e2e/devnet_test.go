package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
)

// TestDevnetCommands takes a small network through the life that people give it.
func TestDevnetCommands(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	base, release, err := devnet.ReservePorts(2)
	require.NoError(t, err)
	defer release()
	home := filepath.Join(t.TempDir(), "net")
	t.Cleanup(func() { require.NoError(t, stopLeft(home)) })
	up := []string{"devnet", "up", "--home", home, "--output", "json"}

	var m devnet.Manifest
	require.NoError(t, json.Unmarshal(run(ctx, t, append(up, "--validators", "1", "--base-port", strconv.Itoa(base), "--seed-records", "0")...), &m))
	require.Len(t, processesOf(t, home), 3, "a node, its vault and the desk go on after the command")
	info, err := os.Stat(filepath.Join(home, devnet.ManifestName))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())

	require.Contains(t, string(run(ctx, t, "devnet", "up", "--home", home)), "running already")
	says(ctx, t, []string{"is taken", strconv.Itoa(base), "--base-port"},
		"devnet", "up", "--home", filepath.Join(t.TempDir(), "other"), "--base-port", strconv.Itoa(base))

	o := survey(ctx, t, home)
	require.True(t, o.Running)
	require.Equal(t, int64(10), o.Lines[0].Status.VotingPower)
	require.Positive(t, o.Lines[0].Status.Height)

	require.NoError(t, syscall.Kill(-m.Institutions[0].Node.PID, syscall.SIGKILL))
	eventually(ctx, t, "the status to tell of the crash", func() bool {
		line := survey(ctx, t, home).Lines[0]
		return line.Node == "down" && line.Vault == "up" && strings.Contains(line.LastOutput, "height=")
	})
	before := o.Lines[0].Status.Height
	run(ctx, t, up...)
	require.GreaterOrEqual(t, survey(ctx, t, home).Lines[0].Status.Height, before, "it goes on where it was")

	require.Contains(t, string(run(ctx, t, "devnet", "down", "--home", home)), "3 processes stopped")
	require.Empty(t, processesOf(t, home))
	require.False(t, survey(ctx, t, home).Running)
	require.Contains(t, string(run(ctx, t, "devnet", "down", "--home", home)), "0 processes stopped")
	run(ctx, t, "devnet", "reset", "--home", home)
	require.NoDirExists(t, home)
}

// TestDemo runs what a stranger runs first, on the real books where they are and on made-up ones elsewhere.
func TestDemo(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	demo := exec.CommandContext(ctx, "../../scripts/demo.sh")
	demo.Env = append(os.Environ(), "CREDITD="+creditd)
	raw, err := demo.CombinedOutput()
	require.NoError(t, err, string(raw))
	out := string(raw)
	for _, text := range []string{
		"no consent", "consent is withdrawn", "inquiry opened", "data given", "data got", "consent withdrawn",
	} {
		require.Contains(t, out, text)
	}
	verified := regexp.MustCompile(`(\d+) of (\d+) lines verified`).FindStringSubmatch(out)
	require.Len(t, verified, 3)
	require.Equal(t, verified[2], verified[1])
	home := regexp.MustCompile(`(?m)^D=(.+)$`).FindStringSubmatch(out)
	require.Len(t, home, 2)
	require.NoDirExists(t, home[1])
	require.Empty(t, processesOf(t, home[1]))
}

// says runs a command of no network that has to be refused.
func says(ctx context.Context, t *testing.T, parts []string, args ...string) {
	t.Helper()
	out, err := exec.CommandContext(ctx, creditd, args...).CombinedOutput()
	require.Error(t, err)
	for _, part := range parts {
		require.Contains(t, string(out), part)
	}
}

func survey(ctx context.Context, t *testing.T, home string) (o devnet.Overview) {
	t.Helper()
	require.NoError(t, json.Unmarshal(run(ctx, t, "devnet", "status", "--home", home, "--output", "json"), &o))
	return o
}

// processesOf finds what runs with a home in its command line; a process that has ended has none.
func processesOf(t *testing.T, home string) (found []string) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, path := range lines {
		if line, err := os.ReadFile(path); err == nil && bytes.Contains(line, []byte(home)) {
			found = append(found, string(bytes.ReplaceAll(line, []byte{0}, []byte(" "))))
		}
	}
	return found
}

// stopLeft stops what a failed test left.
func stopLeft(home string) error {
	if _, err := devnet.Load(home); err != nil {
		return nil //nolint:nilerr // it was deleted, as it should be
	}
	return devnet.Reset(home)
}
