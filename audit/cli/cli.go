// Package cli is the part of the command line that exports trails with proof, and verifies them.
package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/audit"
	"github.com/creditd/creditd/proof"
	proofcli "github.com/creditd/creditd/proof/cli"
	"github.com/creditd/creditd/x/credit/types"
)

// exitInquiries is the exit code when there is an inquiry and none was wanted; exit code 2 is an invalid bundle, as in
// `creditd attestation verify`.
const exitInquiries = 5

// NewCommand is `creditd audit`.
func NewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "audit",
		Short: "Export an audit trail with proof that nothing is left out, and verify it",
		Long: `Export the trail of a subject or of an institution over a range of heights, with the proof that the chain has every line
and no other, and verify it without asking any node. That no inquiry is in a range is proven by the same bundle: all lines
are shown. What is asked without proof is under 'creditd query credit'.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newExportCmd(), newVerifyCmd())
	return cmd
}

func newExportCmd() *cobra.Command {
	var r audit.Request
	var node, out string
	cmd := &cobra.Command{
		Use:   "export [SUBJECT]",
		Short: "Write a trail with its proofs",
		Long: fmt.Sprintf(`Ask a node for every line of a trail in a range of heights, with the proof that the chain has it, the proofs that there
is no other line between, before or after them, and the headers that lead there from the trusted height. What the node
answers is verified before it is written.

SUBJECT is a pseudonym; with --institution it is that institution's trail instead. A pseudonym that was merged into another
keeps its own trail: export both. The trail of the subject says merged, with the other as ref.

A bundle has at most %d lines. For more, end the range earlier and begin the next bundle one height later: ranges that
meet prove what one range would, as long as every bundle is verified. The command says where to end.

The bundle shows the leaf on either side of the range too, which is a line of another trail or another entry of the state.`, audit.MaxLines),
		Example: proofcli.Example(
			"creditd audit export SUBJECT --trusted-height 1000 > bundle.json",
			"creditd audit export SUBJECT --from-height 1 --to-height 50000 --trusted-height 1000 > first.json",
			"creditd audit export SUBJECT --from-height 50001 --trusted-height 1000 > second.json",
			"creditd audit export --institution ADDRESS --from-height 90000 > bank.json"),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if (len(args) == 0) == (r.Institution == "") {
				return errors.New("give a SUBJECT or --institution, and not both")
			}
			if len(args) > 0 {
				id, err := types.ParseID("SUBJECT", args[0])
				if err != nil {
					return err
				}
				r.Subject = &id
			}
			return export(cmd, node, out, r)
		},
	}
	f := cmd.Flags()
	f.StringVar(&node, "node", proofcli.DefaultNode, "CometBFT RPC of a node; it need not be trusted")
	f.StringVarP(&out, "out", "o", "-", "File to write, or - for standard output")
	f.StringVar(&r.Institution, "institution", "", "Address of the institution whose trail to export")
	f.Int64Var(&r.From, "from-height", 0, "First height of the range; 0 for the first of the chain")
	f.Int64Var(&r.To, "to-height", 0, "Last height of the range; 0 for that of the state")
	f.IntVar(&r.Limit, "limit", audit.MaxLines, "Most lines of the bundle")
	f.Int64Var(&r.Height, "height", 0, "Height of the state to prove; 0 for the latest that a header has")
	f.Int64Var(&r.TrustedHeight, "trusted-height", 0, "Height of a header that the verifier trusts; 0 for the header that has the state")
	f.BoolVar(&r.Sequential, "sequential", false, "Put every header between into the bundle, instead of the few that a light client needs")
	return cmd
}

func export(cmd *cobra.Command, address, out string, r audit.Request) error {
	node, err := proofcli.Dial(address)
	if err != nil {
		return err
	}
	ctx, cancel := proofcli.Interruptible(cmd)
	defer cancel()
	b, err := audit.Export(ctx, node, r)
	if err != nil {
		return err
	}
	encoded, err := b.Encode()
	if err != nil {
		return err
	}
	start, err := b.Blocks[0].Trusted()
	if err != nil {
		return err
	}
	if err := proofcli.WriteFile(cmd, out, encoded); err != nil {
		return err
	}
	// Not among the output, which is the bundle.
	fmt.Fprintf(cmd.ErrOrStderr(), "%d lines of height %d to %d, %d bytes. Whoever trusts the header at height %d, and has its hash from elsewhere, verifies them with\n"+
		"  creditd audit verify BUNDLE --trusted-height %d --trusted-hash HASH\nThis node has the hash %x there.\n",
		len(b.Lines), b.From, b.To, len(encoded), start.Height, start.Height, start.Hash)
	return nil
}

func newVerifyCmd() *cobra.Command {
	var height int64
	var hash string
	var noInquiries bool
	var o proof.Options
	cmd := &cobra.Command{
		Use:   "verify BUNDLE",
		Short: "Verify an exported trail offline, against a header that you trust",
		Long: `Verify what 'creditd audit export' wrote. No node is asked: all that is trusted is one header, whose hash you have from a
source of your own, and the cryptography. The answer says

  integrity  that this is what the chain has, at which height and time
  trail      whose it is
  range      of which heights all lines are shown, and how many of which kind
  inquiries  'no inquiry in this range', or which there are

With --output json every line is listed. The exit code is 0 when the bundle is valid, 2 when it is not, and 5 when an
inquiry is in the range and --no-inquiries says that none is wanted; 1 for anything else. BUNDLE may be - for standard input.

What it does not prove: that the pseudonym is that of the person you mean (compare it; one that was never enrolled has no lines),
that nobody looked at data off the chain, or under another pseudonym of the same person (look for lines of the kind
'merged'). docs/audit.md has the rest.`,
		Example: proofcli.Example(
			"creditd audit verify bundle.json --trusted-height 1000 --trusted-hash HASH",
			"creditd audit verify bundle.json --trusted-height 1000 --trusted-hash HASH --no-inquiries --output json"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			trusted, err := proof.ParseTrusted(height, hash)
			if err != nil {
				return err
			}
			if o.TrustingPeriod <= 0 {
				return errors.New("--trusting-period: give a time above zero")
			}
			return verify(cmd, args[0], trusted, o, noInquiries)
		},
	}
	f := cmd.Flags()
	f.Int64Var(&height, "trusted-height", 0, "Height of the header that you trust")
	f.StringVar(&hash, "trusted-hash", "", "Hash of the header that you trust, 64 hexadecimal digits")
	f.DurationVar(&o.TrustingPeriod, "trusting-period", proof.DefaultTrustingPeriod, "How long after the trusted header its validators are believed")
	f.BoolVar(&noInquiries, "no-inquiries", false, "What is wanted is that there is no inquiry in the range")
	proofcli.AddOutput(cmd)
	return cmd
}

func verify(cmd *cobra.Command, path string, trusted proof.Trusted, o proof.Options, noInquiries bool) error {
	raw, err := proofcli.ReadFile(cmd, path, proof.MaxBytes)
	if err != nil {
		return err
	}
	verdict, invalid := audit.Verify(raw, trusted, o)
	if invalid != nil {
		verdict = audit.InvalidVerdict(invalid)
	}
	if err := proofcli.Print(cmd, verdict, verdict.Print); err != nil {
		return err
	}
	switch {
	case invalid != nil:
		return &proofcli.ExitError{Code: proof.ExitInvalid, Text: "not valid: " + invalid.Error()}
	case noInquiries && len(verdict.Inquiries) > 0:
		return &proofcli.ExitError{Code: exitInquiries, Text: fmt.Sprintf("%d inquiries in the range", len(verdict.Inquiries))}
	}
	return nil
}
