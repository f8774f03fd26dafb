package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/devnet"
)

// badInput is what people get wrong. Each has to fail with a text that says what is wrong and what to do.
func badInput(ctx context.Context, t *testing.T, j *job) {
	bank, lender := j.net.Institutions[0].Home, j.net.Find(devnet.Lender).Home
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(content), 0o600))
		return path
	}
	card := filepath.Join(dir, "card.csv")
	must(ctx, t, j.net, "vault", "generate", "--format", "card", "--rows", "3", "--out", card)
	unknown := strings.Repeat("ab", 32)

	for name, test := range map[string]struct {
		args []string
		says []string
	}{
		"a book of another format": {
			[]string{"vault", "import", card, "--format", "sba", "--home", bank}, []string{"column", "format"},
		},
		"a book that is no table": {
			[]string{"vault", "import", file("noise.csv", "\x00\x01\x02"), "--format", "sba", "--home", bank}, []string{"save it as CSV"},
		},
		"an empty book": {
			[]string{"vault", "import", file("empty.csv", ""), "--format", "sba", "--home", bank}, []string{"empty"},
		},
		"a book that is not there": {
			[]string{"vault", "import", filepath.Join(dir, "none.csv"), "--format", "sba", "--home", bank}, []string{"no such file"},
		},
		"a format that does not exist": {
			[]string{"vault", "import", j.book, "--format", "xml", "--home", bank}, []string{"sba", "card"},
		},
		"a flag that does not exist": {
			[]string{"vault", "import", j.book, "--fromat", "sba", "--home", bank}, []string{"unknown flag", "--fromat"},
		},
		"no format": {
			[]string{"vault", "import", j.book, "--home", bank}, []string{"format"},
		},
		"a key that is not there": {
			j.reportArgs("--from", "nobody"), []string{"nobody", "creditd keys list"},
		},
		"another institution's key": {
			[]string{"vault", "verify", "--home", bank, "--key-file", file("key", strings.Repeat("11", 32))},
			[]string{"pass the key of the vault's operator"},
		},
		"a wrong passphrase": {
			j.reportArgs("--passphrase-file", file("passphrase", "not the passphrase of this vault")), []string{"--passphrase-file"},
		},
		"a wrong consortium key": {
			j.reportArgs("--consortium-key-file", file("consortium", "zz")), []string{"ask the consortium"},
		},
		"no vault": {
			[]string{"report", "get", "--subject", unknown, "--home", dir}, []string{"creditd vault init"},
		},
		"an unknown subject": {
			[]string{"report", "get", "--subject", unknown, "--home", lender}, []string{"subject"},
		},
		"a pseudonym that is none": {
			[]string{"report", "get", "--subject", "xyz", "--home", lender}, []string{"64 hexadecimal digits"},
		},
		"an unknown consent": {
			j.reportArgs("--consent", unknown), []string{"consent"},
		},
		"an unknown purpose": {
			j.reportArgs("--purpose", "curiosity"), []string{"curiosity", "--help"},
		},
		"a wrong chain id": {
			j.reportArgs("--chain-id", "other-1"), []string{"other-1", j.net.ChainID},
		},
		"a node that is not there": {
			j.reportArgs("--node", "tcp://127.0.0.1:1"), []string{"127.0.0.1:1"},
		},
		"a bank that may not look": {
			[]string{"report", "get", "--identity", j.borrower.Identity, "--kind", "firm", "--home", j.net.Institutions[uninvolved].Home},
			[]string{"ROLE_DATA_USER"},
		},
		"a second devnet in the same folder": {
			[]string{"devnet", "up", "--home", j.net.Home, "--validators", "7"}, []string{"creditd devnet reset"},
		},
		"a devnet that is not there": {
			[]string{"devnet", "down", "--home", dir}, []string{"creditd devnet up"},
		},
		"a disk without room for the rejects": {
			[]string{"vault", "import", j.book, "--format", "sba", "--home", bank, "--rejects", "/dev/full"}, []string{"no space left"},
		},
	} {
		t.Run(name, func(t *testing.T) { refused(ctx, t, j.net, test.says, test.args...) })
	}
	t.Run("a disk without room for the vault", func(t *testing.T) { fullDisk(ctx, t, j) })
}

// fullDisk imports into a vault on a file system of 1 MiB, mounted in a namespace that ends with the command.
func fullDisk(ctx context.Context, t *testing.T, j *job) {
	home := filepath.Join(t.TempDir(), "bank")
	require.NoError(t, os.Mkdir(home, 0o700))
	from := j.net.Institutions[0].Home
	const script = `mount -t tmpfs -o size=1m none "$2/full" 2>/dev/null || exit 77
cp "$1/vault.passphrase" "$1/consortium.key" "$2/" && cp -r "$1/keyring-test" "$1/config" "$2/" || exit 78
mkdir "$2/full/vault" && ln -s "$2/full/vault" "$2/vault" || exit 79
"$3" vault init --home "$2" --from bank-a --keyring-backend test >/dev/null || exit 80
exec "$3" vault import "$4" --format sba --home "$2"`
	require.NoError(t, os.Mkdir(filepath.Join(home, "full"), 0o700))
	cmd := exec.CommandContext(ctx, "unshare", "-rm", "sh", "-c", script, "sh", from, home, creditd, j.book)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil || cmd.ProcessState.ExitCode() == 77 || strings.Contains(string(out), "unshare") {
		t.Log("no file system can be mounted here; the store's own test covers a full one (vault/store)")
		return
	}
	require.Error(t, err)
	require.Equal(t, 1, cmd.ProcessState.ExitCode(), string(out))
	require.Contains(t, string(out), "disk is full")
	require.Contains(t, string(out), "free space")
}
