package docs

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
)

// root of the repository, seen from here.
const root = "../.."

// bound of all pages together; every wait inside is by state.
const bound = 12 * time.Minute

// pages whose commands run, in this order where it matters: what takes a network apart comes last.
func pages(t *testing.T) []string {
	t.Helper()
	found := []string{"README.md", "client/README.md"}
	for _, pattern := range []string{"docs/*.md", "docs/howto/*.md", "docs/api/*.md", "docs/reference/*.md"} {
		more, err := filepath.Glob(filepath.Join(root, pattern))
		require.NoError(t, err)
		for _, page := range more {
			name, err := filepath.Rel(root, page)
			require.NoError(t, err)
			found = append(found, name)
		}
	}
	last := func(name string) int { return slices.Index(lastPages, name) }
	slices.SortStableFunc(found, func(a, b string) int { return last(a) - last(b) })
	return found
}

// lastPages change what the others build on: keys of the vaults, the borrower's control.
var lastPages = []string{"docs/wallet.md", "docs/vault-operations.md"}

func blocks(t *testing.T, page string) []Block {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, page))
	require.NoError(t, err)
	found, err := Blocks(string(raw))
	require.NoErrorf(t, err, "%s", page)
	return found
}

// TestPages runs every page in a shell of its own, all on one devnet that is where a reader's would be.
// DOCS=name runs the pages whose name has that in it.
func TestPages(t *testing.T) {
	home := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), bound)
	defer cancel()
	binary := creditd(ctx, t)
	var net *devnet.Net
	for _, page := range pages(t) {
		found := blocks(t, page)
		if !slices.ContainsFunc(found, Block.Run) || !strings.Contains(page, os.Getenv("DOCS")) {
			continue
		}
		if net == nil {
			net = start(ctx, t, home, binary)
		}
		t.Run(page, func(t *testing.T) {
			absolute, err := filepath.Abs(root)
			require.NoError(t, err)
			shell := Shell{Home: home, Bin: filepath.Dir(binary), Root: absolute, Env: goEnv(ctx, t)}
			require.NoError(t, shell.Run(ctx, page, found))
		})
	}
}

// goEnv is where Go keeps what it built and downloaded: not in the home that the pages get. GOFLAGS are make's, so that a page's
// program is made of what other tests have compiled already.
func goEnv(ctx context.Context, t *testing.T) []string {
	t.Helper()
	var env []string
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH", "GOFLAGS"} {
		out, err := exec.CommandContext(ctx, "go", "env", name).Output()
		require.NoError(t, err)
		env = append(env, name+"="+strings.TrimSpace(string(out)))
	}
	return env
}

// start makes the reader's network, on ports that are free here.
func start(ctx context.Context, t *testing.T, home, binary string) *devnet.Net {
	t.Helper()
	net, err := devnet.Start(ctx, devnet.Options{
		Home: filepath.Join(home, ".creditd-devnet"), Binary: binary, SeedRecords: devnet.DefaultSeedRecords,
	})
	require.NoError(t, err)
	t.Cleanup(func() {
		_, err := devnet.Down(net.Home)
		require.NoError(t, err)
	})
	return net
}

// creditd is the binary under test: that of CREDITD, or one built here as releases are.
func creditd(ctx context.Context, t *testing.T) string {
	t.Helper()
	if given := os.Getenv("CREDITD"); given != "" {
		absolute, err := filepath.Abs(given)
		require.NoError(t, err)
		return absolute
	}
	binary := filepath.Join(t.TempDir(), "creditd")
	out, err := exec.CommandContext(ctx, "go", "build", "-tags", "libsecp256k1_sdk pebbledb", "-o", binary, "github.com/creditd/creditd/cmd/creditd").CombinedOutput()
	require.NoErrorf(t, err, "%s", out)
	return binary
}
