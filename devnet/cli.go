package devnet

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Run runs a creditd command as anybody could type it and returns what it printed to its standard output. The
// error of a command that fails is what it printed to its standard error.
func (n *Net) Run(ctx context.Context, args ...string) ([]byte, error) {
	return run(ctx, n.options.Binary, args...)
}

// CommandError is a command's failure.
type CommandError struct {
	Args   []string
	Code   int // exit code, -1 if it was killed
	Stderr string
}

// Error is what the command said, without its name: the caller knows what it ran.
func (e *CommandError) Error() string {
	if text := strings.TrimSpace(e.Stderr); text != "" {
		return text
	}
	return fmt.Sprintf("'creditd %s' failed with exit code %d and said nothing", strings.Join(e.Args, " "), e.Code)
}

func run(ctx context.Context, binary string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, binary, args...) //nolint:gosec // creditd itself, without a shell
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return stdout.Bytes(), &CommandError{Args: args, Code: exit.ExitCode(), Stderr: stderr.String()}
	}
	return stdout.Bytes(), err
}

// decode reads a command's JSON.
func decode(out []byte, into any) error {
	if err := json.Unmarshal(out, into); err != nil {
		return fmt.Errorf("output %q: %w", out, err)
	}
	return nil
}
