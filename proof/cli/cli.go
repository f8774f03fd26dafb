// Package cli is the part of the command line that proves attestations to strangers.
package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/commitment"
)

const (
	flagNode           = "node"
	flagOut            = "out"
	flagOutput         = "output"
	flagTrustedHeight  = "trusted-height"
	flagTrustedHash    = "trusted-hash"
	flagTrustingPeriod = "trusting-period"
	flagSequential     = "sequential"

	// DefaultNode is where a node of one's own answers.
	DefaultNode = "tcp://127.0.0.1:26657"
	// rpcSeconds that a node may take for one answer.
	rpcSeconds = 20
	// provingBound is how long a bundle may take to be made, of ten thousand headers or waiting for a block.
	provingBound = 10 * time.Minute
)

// NewCommands are `creditd attestation prove`, `verify`, `rebase` and `disclose`.
func NewCommands() []*cobra.Command {
	return []*cobra.Command{newProveCmd(), newVerifyCmd(), newRebaseCmd(), newDiscloseCmd(), newCommitCmd()}
}

// ExitError says with which code the program ends.
type ExitError struct {
	Code int
	Text string
}

func (e *ExitError) Error() string { return e.Text }

// ProgramExitCode is read by main.
func (e *ExitError) ProgramExitCode() int { return e.Code }

// Print writes a result: as JSON with stable fields, or as text.
func Print(cmd *cobra.Command, result any, human func(w io.Writer)) error {
	switch output, _ := cmd.Flags().GetString(flagOutput); output {
	case "json":
		return json.NewEncoder(cmd.OutOrStdout()).Encode(result)
	case "text", "":
		human(cmd.OutOrStdout())
		return nil
	default:
		return fmt.Errorf("--output %q: use text or json", output)
	}
}

// AddOutput adds the flag that Print looks at.
func AddOutput(cmd *cobra.Command) {
	cmd.Flags().String(flagOutput, "text", "Output format (text|json)")
}

// ReadFile reads a file of at most so many bytes, or standard input for "-".
func ReadFile(cmd *cobra.Command, path string, limit int64) ([]byte, error) {
	in := cmd.InOrStdin()
	if path != "-" {
		file, err := os.Open(path) //nolint:gosec // the user names the file
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	raw, err := io.ReadAll(io.LimitReader(in, limit+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s: %w", path, err)
	case int64(len(raw)) > limit:
		return nil, fmt.Errorf("%s: more than %d bytes", path, limit)
	}
	return raw, nil
}

// WriteFile writes a result that others read: a bundle is as public as what it discloses.
func WriteFile(cmd *cobra.Command, path string, raw []byte) error {
	if path == "-" {
		_, err := cmd.OutOrStdout().Write(raw)
		return err
	}
	return os.WriteFile(path, raw, 0o600)
}

// Example is the text of lines of examples.
func Example(lines ...string) string { return "  " + strings.Join(lines, "\n  ") }

// saved describes a bundle that was written.
type saved struct {
	File          string `json:"file"`
	Bytes         int    `json:"bytes"`
	Attestation   string `json:"attestation"`
	Height        int64  `json:"height,string"`         // of the state that is proven
	TrustedHeight int64  `json:"trusted_height,string"` // of the header that the bundle leads from
	TrustedHash   string `json:"trusted_hash"`          // as the node has it: not for a verifier, who asks elsewhere
	Headers       int    `json:"headers"`
}

// save writes a bundle and says what is in it.
func save(cmd *cobra.Command, b *proof.Bundle) error {
	encoded, err := b.Encode()
	if err != nil {
		return err
	}
	start, err := b.Start()
	if err != nil {
		return err
	}
	tip, err := b.Tip()
	if err != nil {
		return err
	}
	path, _ := cmd.Flags().GetString(flagOut)
	if err := WriteFile(cmd, path, encoded); err != nil || path == "-" {
		return err
	}
	result := saved{
		path, len(encoded), fmt.Sprintf("%x", b.ID[:]), tip.Height - 1, start.Height, fmt.Sprintf("%x", start.Hash), len(b.Blocks),
	}
	return Print(cmd, result, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %d bytes, the state at height %d, led to by %d headers from height %d.\n", path, result.Bytes, result.Height, result.Headers, start.Height)
		fmt.Fprintf(w, "Whoever trusts that header, and has its hash from elsewhere, verifies it with\n  creditd attestation verify %s --trusted-height %d --trusted-hash HASH\nThis node has the hash %s there.\n",
			path, start.Height, result.TrustedHash)
	})
}

// readDisclosure reads a disclosure that `disclose` wrote.
func readDisclosure(cmd *cobra.Command, path string) (*commitment.Disclosure, error) {
	if path == "" {
		return nil, nil //nolint:nilnil // nothing is disclosed
	}
	raw, err := ReadFile(cmd, path, commitment.MaxDisclosureBytes)
	if err != nil {
		return nil, fmt.Errorf("--disclose: %w", err)
	}
	disclosure := new(commitment.Disclosure)
	if err := json.Unmarshal(raw, disclosure); err != nil {
		return nil, fmt.Errorf("--disclose %s: %w: make it with `creditd attestation disclose`", path, err)
	}
	return disclosure, nil
}

var errNoFile = errors.New("--out: name the file to write, or - for standard output")

func requireOut(cmd *cobra.Command) error {
	if path, _ := cmd.Flags().GetString(flagOut); path == "" {
		return errNoFile
	}
	return nil
}
