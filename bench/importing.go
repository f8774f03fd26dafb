package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/books/synthetic"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Import is measured beside the chain's workloads: a loan book brought into an empty vault and onto the chain.
const Import = "import"

// importRows of the made-up book, as many as the public file of the format has.
const importRows = 15_698

// importing runs the command that an institution runs, in a process of its own: its time is from start to exit, deriving
// the key from the passphrase included, and it exits when all is committed. Each round has a new vault, which blinds accounts
// with a new key, so that the same book is new to the chain.
type importing struct {
	run  *run
	book string // file in format sba; made up if empty
	made bool

	dir       string
	binary    string
	furnisher devnet.Institution
	rounds    int
}

func (*importing) name() string { return Import }
func (*importing) unit() string { return "records" }
func (i *importing) about() string {
	what := i.book
	if i.made {
		what = fmt.Sprintf("a made-up book of %d rows", importRows)
	}
	return "creditd vault import of " + what + " into an empty vault: seconds from the start of the command until all is committed and marked"
}

func (i *importing) open(context.Context) (err error) {
	if i.binary = i.run.Binary; i.binary == "" {
		if i.binary, err = os.Executable(); err != nil {
			return err
		}
	}
	role := strings.TrimPrefix(institutiontypes.ROLE_FURNISHER.String(), "ROLE_")
	at := slices.IndexFunc(i.run.network.manifest.Institutions, func(each devnet.Institution) bool { return slices.Contains(each.Roles, role) })
	if at < 0 {
		return errors.New("no institution of the network may furnish")
	}
	i.furnisher = i.run.network.manifest.Institutions[at]
	if i.dir, err = os.MkdirTemp("", "creditd-bench-import-"); err != nil {
		return err
	}
	if i.book != "" {
		_, err := os.Stat(i.book)
		return err
	}
	i.made, i.book = true, filepath.Join(i.dir, "book.csv")
	file, err := os.OpenFile(i.book, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(synthetic.Write(file, books.FormatSBA, synthetic.Options{Rows: importRows, Seed: 1}), file.Close())
}

func (i *importing) round(ctx context.Context) (besideSample, error) {
	i.rounds++
	home := filepath.Join(i.dir, fmt.Sprintf("bank-%d", i.rounds))
	if err := i.newHome(ctx, home); err != nil {
		return besideSample{}, err
	}
	start := time.Now()
	out, err := i.vault(ctx, "import", "--home", home, "--format", string(books.FormatSBA), "--output", "json", i.book)
	taken := time.Since(start)
	if err != nil {
		return besideSample{}, err
	}
	var result struct {
		Furnished int `json:"furnished"`
		Refused   int `json:"refused"`
		Resumed   int `json:"resumed"`
	}
	if err := json.Unmarshal(out, &result); err != nil {
		return besideSample{}, fmt.Errorf("vault import: %w", err)
	}
	if result.Refused+result.Resumed > 0 || result.Furnished == 0 {
		return besideSample{}, fmt.Errorf("%w: vault import furnished %d records, and %d were refused", ErrFailed, result.Furnished, result.Refused)
	}
	return besideSample{count: result.Furnished, elapsed: taken, phases: []phase{{"start to all committed", taken}}}, os.RemoveAll(home)
}

// newHome of the institution, with an empty vault and the operator's keyring.
func (i *importing) newHome(ctx context.Context, home string) error {
	if err := os.MkdirAll(home, 0o700); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"vault.passphrase": "a passphrase that protects made-up loans\n", "consortium.key": strings.Repeat("07", 32) + "\n",
	} {
		if err := os.WriteFile(filepath.Join(home, name), []byte(text), 0o600); err != nil {
			return err
		}
	}
	ring := "keyring-" + i.run.network.manifest.Keyring
	if err := os.Symlink(filepath.Join(i.furnisher.Home, ring), filepath.Join(home, ring)); err != nil {
		return err
	}
	node := i.run.network.nodes[0]
	_, err := i.vault(ctx, "init", "--home", home, "--from", i.furnisher.Name, "--keyring-backend", i.run.network.manifest.Keyring,
		"--chain-id", i.run.network.manifest.ChainID, "--node", node.RPC, "--grpc-addr", node.GRPC, "--output", "json")
	return err
}

func (i *importing) vault(ctx context.Context, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, i.binary, append([]string{"vault"}, args...)...)
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("vault %s: %w: %s", args[0], err, bytes.TrimSpace(log.Bytes()))
	}
	return out.Bytes(), nil
}

func (i *importing) close() error { return os.RemoveAll(i.dir) }
