package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/vault/lightchain"
	"github.com/creditd/creditd/vault/logbook"
)

const (
	flagAnchorEvery    = "anchor-log-every"
	defaultAnchorEvery = 10 * time.Minute
)

func newLogCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "log",
		Short: "Anchor the access log on the chain, and check it against its anchors",
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newLogAnchorCmd(), newLogVerifyCmd())
	return cmd
}

type anchoredResult struct {
	Entry       *logbook.Entry `json:"entry,omitempty"` // what was anchored last; absent if there was nothing to do
	Transaction string         `json:"transaction,omitempty"`
}

func newLogAnchorCmd() *cobra.Command {
	var anew bool
	cmd := &cobra.Command{
		Use:   "anchor",
		Short: "Put the access log's present end on the chain",
		Long: `Put the root of a Merkle tree over all entries of the access log on the chain, of answers and of refusals. From then on none
of them can be changed or cut off unseen. 'vault serve' does it by itself (--anchor-log-every). The chain learns how many entries
there are, and nothing else. A tree has room for 1,048,576 of them; then another is begun.

After a restore from an older backup the log is not the one that was anchored, and stays so for 'vault log verify' to find: --anew
begins an anchor for what there is.`,
		Example: example("creditd vault log anchor --home ~/.creditd-devnet/bank-a"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			result, err := e.anchorLog(ctx, anew)
			if err != nil {
				return err
			}
			return e.print(result, func(w io.Writer) {
				if result.Entry == nil {
					_, _ = fmt.Fprintln(w, "Nothing is to be anchored")
					return
				}
				_, _ = fmt.Fprintf(w, "%d entries from entry %d on are under anchor %s\n", result.Entry.Entries, result.Entry.First, result.Entry.Anchor)
			})
		},
	}
	cmd.Flags().BoolVar(&anew, "anew", false, "Begin an anchor for a log that is not the one which was anchored")
	return cmd
}

func (e *environment) anchorLog(ctx context.Context, anew bool) (_ *anchoredResult, err error) {
	v, err := e.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	proven, err := e.proven(ctx, v.chain, v.store, 0, false)
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the trusted header", proven)
	return v.anchorAll(ctx, logbook.Open(v.signer.Address(), v.store, proven), proven, anew)
}

// anchorAll sends what is to be anchored, a volume after the other.
func (v *vault) anchorAll(ctx context.Context, book *logbook.Book, proven *lightchain.Chain, anew bool) (*anchoredResult, error) {
	result := &anchoredResult{}
	for {
		next, err := book.Next(ctx, anew)
		if err != nil || next == nil {
			return result, err
		}
		sent, err := v.sender.Send(ctx, next.Messages...)
		if err != nil {
			return result, fmt.Errorf("anchoring the access log: %w", err)
		}
		result.Entry, result.Transaction = next, sent.Hash
		if err := proven.WaitFor(ctx, sent.Height); err != nil {
			return result, err
		}
	}
}

// keepAnchored anchors the log again and again until ctx ends.
func (e *environment) keepAnchored(ctx context.Context, v *vault, proven *lightchain.Chain, log *slog.Logger) {
	every, err := time.ParseDuration(text(e.cmd, flagAnchorEvery))
	if err != nil { // off: it was checked
		return
	}
	book := logbook.Open(v.signer.Address(), v.store, proven)
	again := time.NewTicker(cmp.Or(every, defaultAnchorEvery))
	defer again.Stop()
	for {
		select {
		case <-again.C:
		case <-ctx.Done():
			return
		}
		result, err := v.anchorAll(ctx, book, proven, false)
		switch {
		case err != nil && ctx.Err() == nil:
			log.Warn("the access log is not anchored", "error", err)
		case err == nil && result.Entry != nil:
			log.Info("access log anchored", "anchor", result.Entry.Anchor, "entries", result.Entry.Entries)
		}
	}
}

func newLogVerifyCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "verify",
		Short: "Check the access log against every anchor that was made of it",
		Long: `Check the hashes of the access log, and that it begins with what every anchor on the chain has of it, by proofs: an entry that
was changed or cut off after it was anchored is found. It exits with 0 only if nothing is found. 'vault status --check-chain'
compares what was given with the receipts too.`,
		Example: example("creditd vault log verify --home ~/.creditd-devnet/bank-a"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			check, err := e.verifyLog(ctx)
			if err != nil {
				return err
			}
			if err := e.print(check, func(w io.Writer) { printLogCheck(w, check) }); err != nil {
				return err
			}
			if len(check.Findings) > 0 {
				return fmt.Errorf("%d findings in the access log: see above", len(check.Findings))
			}
			return nil
		},
	}
}

func (e *environment) verifyLog(ctx context.Context) (_ logbook.Check, err error) {
	v, err := e.open(ctx)
	if err != nil {
		return logbook.Check{}, err
	}
	defer func() { err = errors.Join(err, v.close()) }()
	proven, err := e.proven(ctx, v.chain, v.store, 0, false)
	if err != nil {
		return logbook.Check{}, err
	}
	defer closing(&err, "the trusted header", proven)
	return logbook.Verify(ctx, v.signer.Address(), v.store, proven)
}

func printLogCheck(w io.Writer, c logbook.Check) {
	_, _ = fmt.Fprintf(w, "%d entries, %d of them anchored\n", c.Entries, c.Anchored)
	for _, volume := range c.Volumes {
		_, _ = fmt.Fprintf(w, "anchor %s: %d entries from entry %d on, the last at %s\n", volume.Anchor, volume.Entries, volume.First, volume.Extended.Format(time.RFC3339))
	}
	for _, finding := range c.Findings {
		_, _ = fmt.Fprintln(w, finding)
	}
}
