package docs

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// Shell runs pages as a person would who pastes one block after the other.
type Shell struct {
	Home    string   // HOME of the shell; it starts in a folder of its own below
	Bin     string   // folder with creditd, first in PATH
	Root    string   // of the repository, as ROOT
	Prelude string   // commands before the first block
	Env     []string // more of the environment
}

// patience is how long a shell that is being stopped may take to die.
const patience = 10 * time.Second

// Run executes all blocks of a page in one bash. It stops at the first command that fails, names the block and shows what
// the page had printed at its end.
func (s Shell) Run(ctx context.Context, name string, blocks []Block) error {
	dir, err := os.MkdirTemp(s.Home, "page-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	at := filepath.Join(dir, ".block") // which block it is at
	script := filepath.Join(dir, ".page.sh")
	if err := os.WriteFile(script, []byte(s.script(at, blocks)), 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "bash", script)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "HOME="+s.Home, "ROOT="+s.Root, "PATH="+s.Bin+":"+os.Getenv("PATH"))
	cmd.Env = append(cmd.Env, s.Env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	// Its children die with it: a page may leave something in the background.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = patience
	if err := cmd.Run(); err != nil {
		line, _ := os.ReadFile(at)
		return fmt.Errorf("%s:%s: the block fails: %w\n%s", name, strings.TrimSpace(string(line)), err, tail(out.String(), outputShown))
	}
	return nil
}

// script of a page. -e also within functions and substitutions, since a page's reader sees each error.
func (s Shell) script(at string, blocks []Block) string {
	var b strings.Builder
	b.WriteString("set -eu -o pipefail\nshopt -s inherit_errexit\n")
	b.WriteString(s.Prelude + "\n")
	for _, block := range blocks {
		if block.Run() {
			fmt.Fprintf(&b, "echo %d > '%s'; echo '--- line %d'\n%s\n", block.Line, at, block.Line, block.Text)
		}
	}
	return b.String()
}

// outputShown of a page that fails.
const outputShown = 60

func tail(text string, lines int) string {
	all := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
