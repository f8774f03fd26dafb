// Package cli has the commands of `creditd privacy` about proofs: setup, circuits, ask, prove, answers, verify. They reach a chain only
// through what they are given.
package cli

import (
	"cmp"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/predicate"
	"github.com/creditd/creditd/privacy/setup"
)

const (
	flagOutput = "output"
	flagSetup  = "setup"
	flagKeys   = "keys-dir"

	keysVar  = "CREDITD_PRIVACY_HOME"
	setupVar = "CREDITD_SETUP"
)

// Sender is who sends a proof.
type Sender interface {
	Send(ctx context.Context, msgs ...sdk.Msg) (client.Result, error)
}

// Connect opens what a command needs of a chain: it reads the node's flags, and, if it is to send, those that name a key.
type Connect struct {
	Flags  func(cmd *cobra.Command, sends bool)
	Chain  func(cmd *cobra.Command) (predicate.Chain, func() error, error)
	Sender func(cmd *cobra.Command, chain predicate.Chain) (Sender, sdk.AccAddress, error)
}

// Commands of `creditd privacy`.
func Commands(connect Connect) []*cobra.Command {
	commands := []*cobra.Command{newSetupCmd(), newCircuitsCmd(connect), newAskCmd(connect), newProveCmd(connect), newAnswersCmd(connect), newVerifyCmd()}
	for _, cmd := range commands {
		cmd.PersistentFlags().StringP(flagOutput, "o", "text", "Output format (text|json)")
		cmd.SilenceUsage = true
	}
	return commands
}

// print a result: as JSON with stable fields, or as text.
func show(cmd *cobra.Command, result any, human func(w io.Writer)) error {
	format, _ := cmd.Flags().GetString(flagOutput)
	switch format {
	case "json":
		encoder := json.NewEncoder(cmd.OutOrStdout())
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("", "  ")
		return encoder.Encode(result)
	case "text":
		human(cmd.OutOrStdout())
		return nil
	default:
		return fmt.Errorf("--%s %q: text | json", flagOutput, format)
	}
}

// say is progress, on standard error.
func say(cmd *cobra.Command) func(format string, args ...any) {
	return func(format string, args ...any) { cmd.PrintErrf(format, args...) }
}

func flag(cmd *cobra.Command, name string) string {
	value, _ := cmd.Flags().GetString(name)
	return value
}

func addKeys(cmd *cobra.Command) {
	cmd.Flags().String(flagSetup, "", "File of the setup: the Ignition file, or what `creditd privacy setup seal` wrote (or $"+setupVar+")")
	cmd.Flags().String(flagKeys, "", "Folder where what is computed from the setup is kept (default ~/.creditd/privacy, or $"+keysVar+")")
}

func keysDir(cmd *cobra.Command) string {
	if dir := cmp.Or(flag(cmd, flagKeys), os.Getenv(keysVar)); dir != "" {
		return dir
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return filepath.Join(".creditd", "privacy")
	}
	return filepath.Join(home, ".creditd", "privacy")
}

// keys of the setup that the flags name.
func keys(cmd *cobra.Command) (predicate.Keys, error) {
	path := cmp.Or(flag(cmd, flagSetup), os.Getenv(setupVar))
	if path == "" {
		return predicate.Keys{}, fmt.Errorf("no setup: name its file with --%s or in $%s; `creditd privacy setup --help` says where it comes from",
			flagSetup, setupVar)
	}
	s, err := setup.ReadFile(path)
	if err != nil {
		return predicate.Keys{}, err
	}
	return predicate.Keys{Dir: keysDir(cmd), Setup: s, Say: say(cmd)}, nil
}

func digits(id [32]byte) string { return hex.EncodeToString(id[:]) }

func parseID(what, text string) (id [32]byte, err error) {
	bz, err := hex.DecodeString(text)
	if err != nil || len(bz) != len(id) {
		return id, fmt.Errorf("%s: write 64 hexadecimal digits", what)
	}
	return [32]byte(bz), nil
}

// replace a file, whole or not at all.
func replace(path string, bz []byte, mode os.FileMode) error {
	next := path + ".new"
	if err := os.WriteFile(next, bz, mode); err != nil {
		return err
	}
	if err := os.Rename(next, path); err != nil {
		return errors.Join(err, os.Remove(next))
	}
	return nil
}
