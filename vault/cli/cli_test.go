package cli

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/crypto/hd"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/vault/importer"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/vault/store"
)

func TestMain(m *testing.M) {
	passphraseCost = keys.Cost{Time: 1, MemoryKiB: 64, Threads: 1}
	os.Exit(m.Run())
}

// run runs a command line as the program would.
func run(t *testing.T, args ...string) (stdout string, err error) {
	t.Helper()
	root := &cobra.Command{Use: "creditd", SilenceUsage: true, SilenceErrors: true}
	root.AddCommand(NewVaultCmd(), NewReportCmd())
	var out, log bytes.Buffer
	root.SetOut(&out)
	root.SetErr(&log)
	root.SetArgs(args)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err = root.ExecuteContext(ctx)
	return out.String(), err
}

// newHome is an institution's folder with passphrase, consortium key and the operator's key.
func newHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for name, text := range map[string]string{
		"vault.passphrase": "a passphrase for tests\n", "consortium.key": strings.Repeat("07", 32) + "\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(home, name), []byte(text), 0o600))
	}
	cdc, err := client.NewCodec()
	require.NoError(t, err)
	ring, err := keyring.New(sdk.KeyringServiceName(), keyring.BackendTest, home, nil, cdc)
	require.NoError(t, err)
	_, _, err = ring.NewMnemonic("bank", keyring.English, "", "", hd.Secp256k1)
	require.NoError(t, err)
	return home
}

// away are addresses at which nobody listens.
var away = []string{"--node", "tcp://127.0.0.1:1", "--grpc-addr", "127.0.0.1:1", "--chain-id", "test-1"}

func initHome(t *testing.T) string {
	t.Helper()
	home := newHome(t)
	_, err := run(t, append([]string{"vault", "init", "--home", home, "--from", "bank", "--keyring-backend", "test", "--endpoint", "127.0.0.1:1"}, away...)...)
	require.NoError(t, err)
	return home
}

func TestInitAndStatus(t *testing.T) {
	home := newHome(t)
	out, err := run(t, append([]string{"vault", "init", "--home", home, "--from", "bank", "--keyring-backend", "test", "-o", "json"}, away...)...)
	require.NoError(t, err)
	var first initResult
	require.NoError(t, json.Unmarshal([]byte(out), &first))
	require.True(t, first.Created)
	key, err := hex.DecodeString(first.EncryptionKey)
	require.NoError(t, err)
	require.Len(t, key, 1216, "what x/institution asks for")
	require.NotEmpty(t, first.Operator)

	out, err = run(t, "vault", "init", "--home", home, "--endpoint", "bank.example:9190", "-o", "json")
	require.NoError(t, err, "it can be run again")
	var second initResult
	require.NoError(t, json.Unmarshal([]byte(out), &second))
	require.False(t, second.Created)
	require.Equal(t, first.EncryptionKey, second.EncryptionKey)
	require.Equal(t, first.Operator, second.Operator, "what was passed is remembered")

	out, err = run(t, "vault", "status", "--home", home, "-o", "json")
	require.NoError(t, err)
	var status statusResult
	require.NoError(t, json.Unmarshal([]byte(out), &status))
	require.Equal(t, "bank.example:9190", status.Endpoint)
	require.Equal(t, "test-1", status.ChainID)
	require.Zero(t, status.Committed)
	out, err = run(t, "vault", "status", "--home", home)
	require.NoError(t, err)
	require.Contains(t, out, "records on the chain")
}

// Every mistake has an error that says what to do.
func TestMistakes(t *testing.T) {
	home := initHome(t)
	empty := newHome(t)
	wrong := initHome(t)
	require.NoError(t, os.WriteFile(filepath.Join(wrong, "vault.passphrase"), []byte("another passphrase"), 0o600))
	noPassphrase := initHome(t)
	require.NoError(t, os.Remove(filepath.Join(noPassphrase, "vault.passphrase")))
	open := initHome(t)
	require.NoError(t, os.Chmod(filepath.Join(open, "vault.passphrase"), 0o644))
	book := filepath.Join(t.TempDir(), "book.csv")
	_, err := run(t, "vault", "generate", "--rows", "5", "--out", book)
	require.NoError(t, err)
	noBook := filepath.Join(t.TempDir(), "no.csv")
	require.NoError(t, os.WriteFile(noBook, []byte("a,b,c\n1,2,3\n"), 0o600))
	someID := strings.Repeat("ab", 32)

	for name, test := range map[string]struct {
		args []string
		want string
	}{
		"no vault":               {[]string{"vault", "status", "--home", empty}, "vault init"},
		"no vault to serve":      {[]string{"vault", "serve", "--home", empty}, "vault init"},
		"wrong passphrase":       {[]string{"vault", "serve", "--home", wrong}, "--passphrase-file"},
		"no passphrase":          {[]string{"vault", "serve", "--home", noPassphrase}, "openssl rand"},
		"open passphrase":        {[]string{"vault", "serve", "--home", open}, "chmod 600"},
		"wrong key":              {[]string{"vault", "serve", "--home", home, "--from", "nobody"}, "keys list"},
		"node down":              {[]string{"vault", "serve", "--home", home}, "--node"},
		"verify, node down":      {[]string{"vault", "verify", "--home", home}, "--node"},
		"import, node down":      {[]string{"vault", "import", "--home", home, "--format", "sba", book}, "--node"},
		"register, down":         {[]string{"vault", "init", "--home", home, "--register"}, "--node"},
		"no endpoint":            {[]string{"vault", "init", "--home", newHome(t), "--register"}, "--endpoint"},
		"wrong output":           {[]string{"vault", "status", "--home", home, "-o", "xml"}, "text or json"},
		"wrong flag":             {[]string{"vault", "status", "--hom", home}, "unknown flag"},
		"wrong format":           {[]string{"vault", "import", "--home", home, "--format", "xls", book}, "sba"},
		"no format":              {[]string{"vault", "import", "--home", home, book}, "format mapping"},
		"format and mapping":     {[]string{"vault", "import", "--home", home, "--format", "sba", "--mapping", "m.yaml", book}, "none of the others can be"},
		"no mapping":             {[]string{"vault", "import", "--home", home, "--mapping", book + "x", book}, "mapping template"},
		"wrong mapping":          {[]string{"vault", "import", "--home", home, "--mapping", noBook, book}, "cannot be used"},
		"no such template":       {[]string{"vault", "mapping", "template", "--of", "x"}, "use one of card"},
		"check of nothing":       {[]string{"vault", "mapping", "check", book + "x"}, "mapping template"},
		"wrong book":             {[]string{"vault", "import", "--home", home, "--format", "sba", noBook}, "missing"},
		"wrong format of a book": {[]string{"vault", "import", "--home", home, "--format", "card", book}, "choose format"},
		"no book":                {[]string{"vault", "import", "--home", home, "--format", "sba", book + "x"}, "no such file"},
		"wrong date":             {[]string{"vault", "import", "--home", home, "--format", "sba", "--as-of", "yesterday", book}, "YYYY-MM-DD"},
		"lenders of no book":     {[]string{"vault", "lenders", noBook}, "missing"},
		"wrong rows":             {[]string{"vault", "generate", "--rows", "-1", "--out", filepath.Join(t.TempDir(), "x")}, "0 or more"},
		"about whom":             {[]string{"report", "get", "--home", home}, "--subject"},
		"two subjects":           {[]string{"report", "get", "--home", home, "--subject", someID, "--identity", "1"}, "--subject"},
		"wrong subject":          {[]string{"report", "get", "--home", home, "--subject", "12"}, "64 hexadecimal"},
		"wrong purpose":          {[]string{"report", "get", "--home", home, "--subject", someID, "--purpose", "curiosity"}, "--purpose"},
		"wrong consent":          {[]string{"report", "get", "--home", home, "--subject", someID, "--consent", "x"}, "--consent"},
		"report, node down":      {[]string{"report", "get", "--home", home, "--subject", someID}, "--node"},
		"verify no report":       {[]string{"report", "verify", "--home", home, noBook}, "report get --save"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, test.args...)
			require.ErrorContains(t, err, test.want)
		})
	}
}

func TestVaultOfAnother(t *testing.T) {
	home, other := initHome(t), newHome(t)
	require.NoError(t, os.RemoveAll(filepath.Join(home, "keyring-test")))
	require.NoError(t, os.Rename(filepath.Join(other, "keyring-test"), filepath.Join(home, "keyring-test")))
	_, err := run(t, "vault", "serve", "--home", home)
	require.ErrorContains(t, err, "this vault is that of")
}

func TestIdentityNeedsKindAndKey(t *testing.T) {
	home := initHome(t)
	e := &environment{cmd: NewReportCmd(), home: home}
	_, err := e.pseudonym("horse", "SYN1")
	require.ErrorContains(t, err, "person or firm")
	firm, err := e.pseudonym("firm", "SYN1")
	require.NoError(t, err)
	person, err := e.pseudonym("person", "SYN1")
	require.NoError(t, err)
	require.NotEqual(t, firm, person)
	e.cmd.SetIn(strings.NewReader("SYN1\n"))
	fromInput, err := e.pseudonym("firm", "-")
	require.NoError(t, err)
	require.Equal(t, firm, fromInput)
	require.NoError(t, os.Remove(filepath.Join(home, "consortium.key")))
	_, err = e.pseudonym("firm", "SYN1")
	require.ErrorContains(t, err, "ask the consortium")
}

func TestGenerateAndLenders(t *testing.T) {
	book := filepath.Join(t.TempDir(), "book.csv")
	_, err := run(t, "vault", "generate", "--format", "sba", "--rows", "200", "--out", book)
	require.NoError(t, err)
	out, err := run(t, "vault", "lenders", book, "-o", "json")
	require.NoError(t, err)
	var list []lender
	require.NoError(t, json.Unmarshal([]byte(out), &list))
	require.Greater(t, len(list), 2)
	out, err = run(t, "vault", "lenders", book)
	require.NoError(t, err)
	require.Contains(t, out, list[0].Name)
}

// client.toml of a node is where addresses come from when neither a flag nor init said.
func TestAddressesFromClientToml(t *testing.T) {
	home := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(home, "config"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(home, "config", "client.toml"),
		[]byte("chain-id = \"toml-1\"\nkeyring-backend = \"test\"\nnode = \"tcp://10.0.0.1:1\"\n"), 0o600))
	cmd := NewReportCmd()
	require.NoError(t, cmd.ParseFlags([]string{"--node", "tcp://flag:2"}))
	e := &environment{cmd: cmd, home: home, settings: settings{ChainID: "", Backend: "file"}}
	e.resolve()
	require.Equal(t, settings{ChainID: "toml-1", Node: "tcp://flag:2", GRPC: defaultGRPC, Backend: "file"}, e.settings)
}

func TestRejectsFileIsTheOwnersOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rejects", "book.rejects.csv")
	rejects, err := newRejectsFile(path, []string{"a"})
	require.NoError(t, err)
	require.NoError(t, rejects.Flush())
	require.NoError(t, rejects.Close())
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

func TestProgress(t *testing.T) {
	now := importer.Progress{ImportCounts: store.ImportCounts{Rows: 220, Rejected: 3}, Line: 250, Committed: 200, Elapsed: 2 * time.Second}
	require.Equal(t, "line 250 of 1000, 220 rows, 200 on the chain, 0 unchanged, 3 rejected, 110 rows/s, 6s left", describe(now, 1000))
	require.Equal(t, "line 0 of 0, 0 rows, 0 on the chain, 0 unchanged, 0 rejected, 0 rows/s", describe(importer.Progress{}, 0))
	var out bytes.Buffer
	p := newProgress(&out, 1001)
	p.show(now)
	p.show(now)
	p.end()
	require.Equal(t, 1, strings.Count(out.String(), "\n"), "not more than one line in a while")
	require.NotContains(t, out.String(), "\r", "no terminal, no control characters")
}

// Every command has a description, an example, and what it needs of flags.
func TestEveryCommandExplainsItself(t *testing.T) {
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		require.NotEmpty(t, cmd.Short, cmd.CommandPath())
		if !cmd.HasSubCommands() {
			require.NotEmpty(t, cmd.Example, cmd.CommandPath())
		}
		for _, child := range cmd.Commands() {
			walk(child)
		}
	}
	walk(NewVaultCmd())
	walk(NewReportCmd())
}
