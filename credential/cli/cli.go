// Package cli is the command line of credentials. It reaches a chain only through what it is given, so that the same
// commands run over gRPC, over proof bundles and in tests.
package cli

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/credential"
)

// Chain is what the commands ask of a chain.
type Chain interface {
	credential.ChainView
	// StatusList of a batch or an anchor, as of a block.
	StatusList(ctx context.Context, container [28]byte) (StatusList, error)
}

// StatusList is a status list as the chain answers it.
type StatusList struct {
	Issuer string
	Items  int
	Bits   []byte // two an item, see credential.StatusList
	Height int64
	Time   time.Time
}

// Connect opens the chain that a command's flags name. The function that it returns closes it and may be nil.
type Connect func(cmd *cobra.Command) (Chain, func() error, error)

// now is the clock, which tests set.
var now = time.Now

// NewCmd is 'creditd credential'.
func NewCmd(connect Connect) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "credential",
		Short: "Issue, present and verify attestations as credentials (SD-JWT VC, W3C VC 2.0)",
		Long: `Hand attestations to their holders as credentials from which single fields can be shown, and check what is presented.
docs/credentials.md has a worked example, and says what a credential binds and what it gives away.`,
		RunE:         func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceUsage: true,
	}
	cmd.AddCommand(NewKeygenCmd(), NewIssueCmd(connect), NewPresentCmd(), NewVerifyCmd(connect), NewStatusListCmd(connect))
	return cmd
}

const flagOutput = "output"

// command adds what all commands share.
func command(cmd *cobra.Command) *cobra.Command {
	cmd.SilenceUsage = true
	if cmd.Flags().Lookup(flagOutput) == nil {
		cmd.Flags().StringP(flagOutput, "o", "text", "Output format (text|json)")
	}
	return cmd
}

// printResult writes a result: as JSON with stable fields, or as text.
func printResult(cmd *cobra.Command, result any, human func(w io.Writer)) error {
	switch format, _ := cmd.Flags().GetString(flagOutput); format {
	case "json":
		encoder := json.NewEncoder(cmd.OutOrStdout())
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(result)
	case "text":
		human(cmd.OutOrStdout())
		return nil
	default:
		return fmt.Errorf("--%s is text or json, not %q", flagOutput, format)
	}
}

// with runs a command against the chain.
func with(cmd *cobra.Command, connect Connect, run func(ctx context.Context, chain Chain) error) (err error) {
	chain, closer, err := connect(cmd)
	if err != nil {
		return err
	}
	if closer != nil {
		defer func() { err = errors.Join(err, closer()) }()
	}
	ctx := cmd.Context()
	if ctx == nil {
		ctx = context.Background()
	}
	return run(ctx, chain)
}

// read takes a file, or standard input for "-", of no more than limit bytes.
func read(cmd *cobra.Command, path string, limit int64) ([]byte, error) {
	from := cmd.InOrStdin()
	if path != "-" {
		file, err := os.Open(path) // #nosec G304 -- the user names the file
		if err != nil {
			return nil, err
		}
		defer file.Close()
		from = file
	}
	data, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if int64(len(data)) > limit {
		return nil, fmt.Errorf("%s: more than %d bytes", path, limit)
	}
	return data, nil
}

// readToken takes a credential, without the new line that an editor or a shell puts at its end.
func readToken(cmd *cobra.Command, path string) (string, error) {
	data, err := read(cmd, path, credential.MaxBytes+2)
	return strings.TrimRight(string(data), "\r\n"), err
}

func readKey(cmd *cobra.Command, path string) (credential.PrivateKey, error) {
	if path == "" {
		return credential.PrivateKey{}, errors.New("name the key: --key FILE, made with 'creditd credential keygen'")
	}
	data, err := read(cmd, path, 1<<16)
	if err != nil {
		return credential.PrivateKey{}, err
	}
	key, err := credential.ParsePrivateJWK(data)
	if err != nil {
		return credential.PrivateKey{}, fmt.Errorf("%s: %w", path, err)
	}
	return key, nil
}

// write makes a file that was not there: a key or a credential is never written over.
func write(path string, data []byte) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // #nosec G304 -- the user names the file
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Close())
}

// deliver writes a token to the file, or to standard output if there is none.
func deliver(cmd *cobra.Command, out, token string, result any) error {
	if out != "" {
		if err := write(out, []byte(token+"\n")); err != nil {
			return err
		}
	}
	return printResult(cmd, result, func(w io.Writer) {
		if out == "" {
			fmt.Fprintln(w, token)
			return
		}
		fmt.Fprintf(w, "written to %s\n", out)
	})
}

// identifier reads an id of n bytes in hexadecimal.
func identifier(what, text string, n int) ([]byte, error) {
	id, err := hex.DecodeString(text)
	if err != nil || len(id) != n {
		return nil, fmt.Errorf("%s is %d hexadecimal digits", what, 2*n)
	}
	return id, nil
}

func example(lines ...string) string { return "  " + strings.Join(lines, "\n  ") }
