package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/proof"
)

type verifyFlags struct {
	height  int64
	hash    string
	at      string
	options proof.Options
}

func newVerifyCmd() *cobra.Command {
	var f verifyFlags
	cmd := &cobra.Command{
		Use:   "verify BUNDLE",
		Short: "Verify a bundle offline, against a header that you trust",
		Long: `Verify what 'creditd attestation prove' wrote. No node is asked: all that is trusted is one header, whose hash you
have from a source of your own, and the cryptography. The answer has four lines:

  integrity  that this is what the chain has, and which fields are disclosed
  issuer     who attested it, and whether its licence and accreditation are in force
  status     active, or since when not
  freshness  at which height and time all of this was true

The exit code is 0 only if all is good: 2 the bundle is not valid, 3 issuer, 4 status, 5 absent, 6 older than --max-age;
1 for anything else. With --absent it is 0 when the absence is proven.

Signatures of the trusted header's validators count for the trusting period after it. For an older bundle let
'creditd attestation rebase' lead it from a header that you trust today. docs/proofs.md has the trust assumptions.`,
		Example: Example(
			"creditd attestation verify bundle.json --trusted-height 1000 --trusted-hash HASH",
			"creditd attestation verify bundle.json --trusted-height 1000 --trusted-hash HASH --max-age 1h --output json"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return f.verify(cmd, args[0]) },
	}
	cmd.Flags().Int64Var(&f.height, flagTrustedHeight, 0, "Height of the header that you trust")
	cmd.Flags().StringVar(&f.hash, flagTrustedHash, "", "Hash of the header that you trust, 64 hexadecimal digits")
	cmd.Flags().DurationVar(&f.options.TrustingPeriod, flagTrustingPeriod, proof.DefaultTrustingPeriod, "How long after the trusted header its validators are believed")
	cmd.Flags().DurationVar(&f.options.MaxAge, "max-age", 0, "Oldest state that will do; 0 for any")
	cmd.Flags().StringVar(&f.at, "at", "", "Time to judge at, RFC 3339, instead of now: for what was true then")
	cmd.Flags().BoolVar(&f.options.Absent, "absent", false, "What is wanted is that there is no such attestation")
	AddOutput(cmd)
	return cmd
}

func (f verifyFlags) verify(cmd *cobra.Command, path string) error {
	trusted, err := proof.ParseTrusted(f.height, f.hash)
	if err != nil {
		return err
	}
	options := f.options
	if options.TrustingPeriod <= 0 || options.MaxAge < 0 {
		return fmt.Errorf("--%s and --max-age: give a time that is not negative", flagTrustingPeriod)
	}
	if f.at != "" {
		if options.Now, err = time.Parse(time.RFC3339, f.at); err != nil {
			return fmt.Errorf("--at %q: write it like 2026-01-31T12:00:00Z", f.at)
		}
	}
	raw, err := ReadFile(cmd, path, proof.MaxBytes)
	if err != nil {
		return err
	}
	verdict, err := proof.Verify(raw, trusted, options)
	if errors.Is(err, proof.ErrInvalid) {
		verdict, err = proof.InvalidVerdict(err), nil
	}
	if err != nil {
		return err
	}
	if err := Print(cmd, verdict, verdict.Print); err != nil {
		return err
	}
	if !verdict.Good {
		return &ExitError{verdict.ExitCode, "not good: " + verdict.Wrong()}
	}
	return nil
}
