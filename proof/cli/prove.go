package cli

import (
	"context"
	"fmt"
	"os/signal"
	"syscall"

	rpchttp "github.com/cometbft/cometbft/rpc/client/http"
	"github.com/spf13/cobra"

	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/types"
)

type proveFlags struct {
	height, trusted      int64
	sequential, absent   bool
	disclose, item, node string
}

func newProveCmd() *cobra.Command {
	var f proveFlags
	cmd := &cobra.Command{
		Use:   "prove ID",
		Short: "Write a bundle that proves an attestation to a stranger",
		Long: `Ask a node for all that a stranger needs to check an attestation without trusting any node, and write it into one
file: the entries of the state with their proofs, and the headers that lead to them from the trusted height. What the
node answers is verified before it is written.

Ask the verifier which header it trusts (--trusted-height). Without that the bundle leads from nowhere: the verifier has
to trust the very header that has the state. With --absent the bundle proves that there is no such attestation.`,
		Example: Example(
			"creditd attestation prove ID --trusted-height 1000 --disclose shown.json -o bundle.json",
			"creditd attestation prove --absent ID -o absent.json"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := types.ParseID(args[0])
			if err != nil {
				return fmt.Errorf("ID: %w", err)
			}
			if err := requireOut(cmd); err != nil {
				return err
			}
			b, err := f.prove(cmd, id)
			if err != nil {
				return err
			}
			return save(cmd, b)
		},
	}
	addNode(cmd, &f.node)
	cmd.Flags().Int64Var(&f.height, "height", 0, "Height of the state to prove; 0 for the latest that a header has")
	addTrusted(cmd, &f.trusted, &f.sequential)
	cmd.Flags().StringVar(&f.disclose, "disclose", "", "File with the fields to show, from 'creditd attestation disclose'")
	cmd.Flags().StringVar(&f.item, "item", "", "File with the proof that an anchored attestation is in its tree, from 'creditd attestation anchor prove'")
	cmd.Flags().BoolVar(&f.absent, "absent", false, "Prove that there is no such attestation")
	return cmd
}

func (f proveFlags) prove(cmd *cobra.Command, id types.ID) (*proof.Bundle, error) {
	disclosure, err := readDisclosure(cmd, f.disclose)
	if err != nil {
		return nil, err
	}
	item, err := readItem(cmd, f.item)
	if err != nil {
		return nil, err
	}
	node, err := Dial(f.node)
	if err != nil {
		return nil, err
	}
	ctx, cancel := Interruptible(cmd)
	defer cancel()
	b, err := proof.Prove(ctx, node, proof.Request{
		ID: id, Height: f.height, TrustedHeight: f.trusted, Sequential: f.sequential, Disclosure: disclosure, Item: item,
	})
	if err != nil {
		return nil, err
	}
	absent, err := b.Absent()
	switch {
	case err != nil:
		return nil, err
	case absent && !f.absent:
		return nil, &ExitError{proof.ExitAbsent, fmt.Sprintf("there is no attestation %s: check the id and that its transaction is committed, or prove its absence with --absent", id)}
	case !absent && f.absent:
		return nil, &ExitError{proof.ExitAbsent, fmt.Sprintf("there is an attestation %s: leave --absent out to prove it", id)}
	}
	return b, nil
}

func newRebaseCmd() *cobra.Command {
	var node string
	var trusted int64
	var sequential bool
	cmd := &cobra.Command{
		Use:   "rebase BUNDLE",
		Short: "Let a bundle lead from another trusted header",
		Long: `Write a bundle with the same evidence and the headers that lead to it from another trusted height, for another
verifier, or for one that trusts a later header by now: above the state's height the headers' hashes lead back to it.
The node need not have that old state any more.`,
		Example: Example("creditd attestation rebase bundle.json --trusted-height 250000 -o rebased.json"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if trusted < 1 {
				return fmt.Errorf("--%s: give the height of the header that the verifier trusts", flagTrustedHeight)
			}
			if err := requireOut(cmd); err != nil {
				return err
			}
			raw, err := ReadFile(cmd, args[0], proof.MaxBytes)
			if err != nil {
				return err
			}
			old, err := proof.Parse(raw)
			if err != nil {
				return err
			}
			rpc, err := Dial(node)
			if err != nil {
				return err
			}
			ctx, cancel := Interruptible(cmd)
			defer cancel()
			b, err := proof.Rebase(ctx, rpc, old, trusted, sequential)
			if err != nil {
				return err
			}
			return save(cmd, b)
		},
	}
	addNode(cmd, &node)
	addTrusted(cmd, &trusted, &sequential)
	return cmd
}

func addNode(cmd *cobra.Command, node *string) {
	cmd.Flags().StringVar(node, flagNode, DefaultNode, "CometBFT RPC of a node; it need not be trusted")
	cmd.Flags().StringP(flagOut, "o", "", "File to write, or - for standard output")
	AddOutput(cmd)
}

func addTrusted(cmd *cobra.Command, height *int64, sequential *bool) {
	cmd.Flags().Int64Var(height, flagTrustedHeight, 0, "Height of a header that the verifier trusts")
	cmd.Flags().BoolVar(sequential, flagSequential, false, "Put every header between into the bundle, instead of the few that a light client needs")
}

// Dial reaches a node; nothing that it answers is trusted.
func Dial(address string) (proof.Node, error) {
	node, err := rpchttp.NewWithTimeout(address, "/websocket", rpcSeconds)
	if err != nil {
		return nil, fmt.Errorf("--%s %q: %w: write it like %s", flagNode, address, err, DefaultNode)
	}
	return node, nil
}

// Interruptible ends the work at the first interrupt, or when it takes too long.
func Interruptible(cmd *cobra.Command) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
	bounded, cancel := context.WithTimeout(ctx, provingBound)
	return bounded, func() { cancel(); stop() }
}
