package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/vault/audit"
)

func newVerifyCmd() *cobra.Command {
	var knownOnly bool
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check every record of the vault against the chain, and that none is missing",
		Long: `Open every record, compute its commitment again and compare it with the chain; then go through all that the chain ever
took from this furnisher. It finds records that were changed ("unreadable", "altered"), that the chain does not have from
this furnisher ("foreign"), that are outdated ("stale"), that the vault lacks ("missing"), whose destruction is attested
("erased"), and that an import has yet to settle ("unsettled"). What the chain took is in the node's blocks: one that it
no longer has is named ("unseen"), and --known-subjects-only leaves them out, so that subjects of which the vault has
nothing at all are not looked for. It exits with 0 only if nothing is found.`,
		Example: example("creditd vault verify --home ~/.creditd-devnet/bank-a"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			result, err := e.verify(ctx, knownOnly)
			if err != nil {
				return err
			}
			if err := e.print(result, func(w io.Writer) { printVerified(w, result, knownOnly) }); err != nil {
				return err
			}
			if found := len(result.Findings) + result.Omitted; found > 0 {
				return fmt.Errorf("%d findings: see above", found)
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&knownOnly, "known-subjects-only", false, "Do not read the node's blocks for subjects that the vault has nothing of")
	return cmd
}

func (e *environment) verify(ctx context.Context, knownOnly bool) (_ *audit.Result, err error) {
	v, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	counts, err := v.store.Count(ctx)
	if err != nil {
		return nil, err
	}
	shown := newRows(e.cmd.ErrOrStderr(), "verifying")
	defer shown.end()
	options := audit.Options{Furnisher: v.sender.Address(), Progress: shown.show, Records: int64(counts.Staged + counts.Committed)}
	if !knownOnly {
		options.History = v.chain
	}
	result, err := audit.Run(ctx, v.store, v.ring, v.chain, options)
	return &result, err
}

func printVerified(w io.Writer, r *audit.Result, knownOnly bool) {
	_, _ = fmt.Fprintf(w, "%d of %d records of %d subjects are sound\n", r.Sound, r.Records, r.Subjects)
	if knownOnly {
		_, _ = fmt.Fprintln(w, "not looked for: subjects that the vault has nothing of")
	} else {
		_, _ = fmt.Fprintf(w, "%d blocks with reports of this furnisher were gone through\n", r.Blocks)
	}
	for _, f := range r.Findings {
		switch {
		case f.Tradeline == "":
			_, _ = fmt.Fprintf(w, "%s: %s\n", f.Problem, f.Detail)
		default:
			_, _ = fmt.Fprintf(w, "%s: tradeline %s, attestation %s: %s\n", f.Problem, f.Tradeline, f.Attestation, f.Detail)
		}
	}
	if r.Omitted > 0 {
		_, _ = fmt.Fprintf(w, "and %d more findings\n", r.Omitted)
	}
}
