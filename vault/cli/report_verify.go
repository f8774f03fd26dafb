package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/spf13/cobra"

	"github.com/creditd/creditd/client"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/vault/report"
)

// offlineFlags say which header the reader of a file with proofs trusts, and at what time.
type offlineFlags struct {
	height int64
	hash   string
	period time.Duration
	at     string
}

func newReportVerifyCmd() *cobra.Command {
	var f offlineFlags
	cmd := &cobra.Command{
		Use:   "verify FILE",
		Short: "Check a saved report: against the chain as it is now, or offline against a header that is trusted",
		Long: `Compute the commitment of every line of a saved report again and compare it with the chain.

A file that 'report get --save-proofs' wrote has all that the check needs: with --trusted-height and --trusted-hash it is
checked offline, as the chain was at the height that it names, and no node is asked. The hash of the header has to come from
somewhere else than the file: another bank's node, an explorer, a gazette. Such a file also proves that no tradeline was
left out.

Without a trusted header, either file is checked against the chain as it is now.

It needs no vault and no key. The exit code is 0 only if every line is verified.`,
		Example: example(
			"creditd report verify --home ~/.creditd-devnet/lender report.json",
			"creditd report verify report.proofs --trusted-height 120 --trusted-hash HASH"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := newReportEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			return e.verifyReport(ctx, args[0], f)
		},
	}
	cmd.Flags().Int64Var(&f.height, "trusted-height", 0, "Height of the header that you trust, for a check without a node")
	cmd.Flags().StringVar(&f.hash, "trusted-hash", "", "Hash of that header, 64 hexadecimal digits")
	cmd.Flags().DurationVar(&f.period, "trusting-period", proof.DefaultTrustingPeriod, "For how long after that header its validators' signatures count")
	cmd.Flags().StringVar(&f.at, "at", "", "Time at which the trust is judged, as 2026-11-21T12:00:00Z (default now)")
	return cmd
}

func (f offlineFlags) options() (trusted proof.Trusted, o proof.Options, err error) {
	if trusted, err = proof.ParseTrusted(f.height, f.hash); err != nil {
		return trusted, o, err
	}
	o.TrustingPeriod = f.period
	if f.at != "" {
		if o.Now, err = time.Parse(time.RFC3339, f.at); err != nil {
			return trusted, o, fmt.Errorf("--at %q: write a time like 2026-11-21T12:00:00Z", f.at)
		}
	}
	return trusted, o, nil
}

func (e *reportEnvironment) verifyReport(ctx context.Context, path string, f offlineFlags) error {
	saved, encoded, err := report.LoadAny(path)
	if err != nil {
		return err
	}
	offline := f.height != 0 || f.hash != ""
	if offline && encoded == nil {
		return fmt.Errorf("%s is a report without proofs, which only a node can check: leave --trusted-height out, or get one with 'creditd report get --save-proofs'", path)
	}
	if !offline {
		return e.verifyLive(ctx, saved, encoded)
	}
	trusted, o, err := f.options()
	if err != nil {
		return err
	}
	checked, err := report.VerifyProofs(encoded, trusted, o)
	if err != nil {
		return err
	}
	return errors.Join(e.show(checked), checked.Check())
}

// verifyLive checks against the chain as it is now. Of a file with proofs the node says first which header it begins with.
func (e *reportEnvironment) verifyLive(ctx context.Context, saved *report.Report, encoded []byte) (err error) {
	if err := e.recall(ctx); err != nil {
		return err
	}
	e.resolve()
	if encoded != nil {
		if saved, err = e.derive(ctx, encoded); err != nil {
			return err
		}
	}
	if e.settings.ChainID == "" {
		e.settings.ChainID = saved.ChainID
	}
	chain, err := client.Dial(ctx, client.Config{ChainID: e.settings.ChainID, RPC: e.settings.Node, GRPC: e.settings.GRPC})
	if err != nil {
		return err
	}
	defer closing(&err, "the connection", chain)
	checked, err := report.Verify(ctx, chain, chain.ChainID(), saved, time.Now())
	if err != nil {
		return err
	}
	return errors.Join(e.show(checked), checked.Check())
}

// derive the report from a file with proofs whose first header is the node's own.
func (e *reportEnvironment) derive(ctx context.Context, encoded []byte) (*report.Report, error) {
	p, err := report.ParseProofs(encoded)
	if err != nil {
		return nil, err
	}
	start, err := p.Start()
	if err != nil {
		return nil, err
	}
	node, err := e.rpc()
	if err != nil {
		return nil, err
	}
	blocks, _, err := proof.Lead(ctx, node, start.Height, start.Height, false)
	if err != nil {
		return nil, err
	}
	known, err := blocks[0].Trusted()
	if err != nil {
		return nil, err
	}
	return report.VerifyProofs(encoded, known, proof.Options{TrustingPeriod: 100 * 365 * 24 * time.Hour})
}

// rpc is the node's CometBFT.
func (e *reportEnvironment) rpc() (proof.Node, error) {
	node, err := rpchttp.New(e.settings.Node, "/websocket")
	if err != nil {
		return nil, fmt.Errorf("node address %q: %w: write it like tcp://127.0.0.1:26657", e.settings.Node, err)
	}
	return node, nil
}

// saveProofs asks the node for the proofs of a report that was just got.
func (e *reportEnvironment) saveProofs(ctx context.Context, r *report.Report, f reportFlags) error {
	node, err := e.rpc()
	if err != nil {
		return err
	}
	p, err := r.Prove(ctx, node, report.ProveOptions{TrustedHeight: f.trustedHeight})
	if err != nil {
		return fmt.Errorf("the report is complete, and its proofs are not saved: %w", err)
	}
	return e.writeProofs(f.proofs, p)
}

// writeProofs says which header the file leads from, for who compares it with another source.
func (e *reportEnvironment) writeProofs(path string, p *report.Proofs) error {
	if err := p.Save(path); err != nil {
		return err
	}
	start, err := p.Start()
	if err != nil {
		return err
	}
	e.cmd.PrintErrf("Proofs saved. Their reader trusts a header from a source of its own: --trusted-height %d --trusted-hash %x\n", start.Height, start.Hash)
	return nil
}

func newReportRebaseCmd() *cobra.Command {
	var height int64
	var into string
	cmd := &cobra.Command{
		Use:   "rebase FILE",
		Short: "Give a report with proofs the headers from another trusted height",
		Long: `Keep what a report with proofs proves, and replace the headers that lead to it. With a trusted height above that of the
report the way leads back by hashes, and no signature of long ago counts: so a report becomes as durable as the hash of
today's header. No node needs the state of that height any more.`,
		Example: example("creditd report rebase --home ~/.creditd-devnet/lender report.proofs --trusted-height 5000 --save rebased.proofs"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := newReportEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			_, encoded, err := report.LoadAny(args[0])
			if err != nil {
				return err
			}
			if encoded == nil || into == "" || height < 1 {
				return errors.New("give a file that 'creditd report get --save-proofs' wrote, --trusted-height, and with --save where the new one goes")
			}
			if err := e.recall(ctx); err != nil {
				return err
			}
			e.resolve()
			node, err := e.rpc()
			if err != nil {
				return err
			}
			p, err := report.Rebase(ctx, node, encoded, height)
			if err != nil {
				return err
			}
			return e.writeProofs(into, p)
		},
	}
	cmd.Flags().Int64Var(&height, "trusted-height", 0, "Height of the header that the reader of the new file trusts")
	cmd.Flags().StringVar(&into, "save", "", "File to write")
	return cmd
}
