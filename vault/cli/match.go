package cli

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/matching"
	"github.com/creditd/creditd/vault/agent"
	"github.com/creditd/creditd/vault/lightchain"
	pseudonymtypes "github.com/creditd/creditd/x/pseudonym/types"
)

const exampleMatch = "9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23"

// NewMatchCmd builds `creditd privacy match`.
func NewMatchCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "match",
		Short: "Find which subjects two institutions both know, or how many, and show neither the rest",
		Long: `Find which identity numbers two institutions' lists have in common. The client opens a match and commits on the chain to its
list; the server accepts it with its own list; the client runs it, vault to vault. The client alone learns the common numbers, or with
--size-only how many they are, and how long the server's list is; the server learns how long the client's is. No number leaves either
institution, and the chain counts what each client has matched with each server.

Read privacy/psi/README.md for what a dishonest side can do.`,
		PersistentPreRunE: noNodeConfig,
	}
	addSharedFlags(cmd)
	cmd.AddCommand(newMatchOpenCmd(), newMatchAcceptCmd(), newMatchRunCmd(), newMatchStatusCmd())
	return cmd
}

// matchResult is what each of the commands prints.
type matchResult struct {
	ID         string    `json:"id"`
	Status     string    `json:"status"`
	Client     string    `json:"client"`
	Server     string    `json:"server"`
	SizeOnly   bool      `json:"size_only"`
	Count      uint32    `json:"count"`
	ExpiresAt  time.Time `json:"expires_at"`
	ServerSize int       `json:"server_size,omitempty"` // of a match that was run
	Common     *int      `json:"common,omitempty"`      // of a match that was run
	Lines      []int     `json:"lines,omitempty"`       // of the client's file, of the common items
	Transcript string    `json:"transcript,omitempty"`
}

func describeMatch(m *pseudonymtypes.Match) *matchResult {
	return &matchResult{
		ID: hex.EncodeToString(m.Id), Status: m.Status.String(), Client: m.Client, Server: m.Server, SizeOnly: m.SizeOnly, Count: m.Count,
		ExpiresAt: m.ExpiresAt,
	}
}

func (r *matchResult) print(w io.Writer) {
	_, _ = fmt.Fprintf(w, "Match %s\n  %s: %d items of %s with those of %s, until %s\n",
		r.ID, r.Status, r.Count, r.Client, r.Server, r.ExpiresAt.Format(time.RFC3339))
	if r.Common == nil {
		return
	}
	_, _ = fmt.Fprintf(w, "  %d in common with the %d of the server\n", *r.Common, r.ServerSize)
	for _, line := range r.Lines {
		_, _ = fmt.Fprintf(w, "  line %d\n", line)
	}
	_, _ = fmt.Fprintf(w, "  transcript %s\n", r.Transcript)
}

// listFlags name a list of identity numbers.
type listFlags struct{ kind, path string }

func (f *listFlags) add(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.kind, "kind", "", "Whose numbers they are (person|firm)")
	cmd.Flags().StringVar(&f.path, "items", "", "File with identity numbers, one a line; - for standard input")
	_ = cmd.MarkFlagRequired("kind")
	_ = cmd.MarkFlagRequired("items")
}

func (f *listFlags) read(e *environment) (items [][]byte, lines []int, err error) {
	numbers, lines, err := e.readIdentities(f.kind, f.path)
	if err != nil {
		return nil, nil, err
	}
	items = make([][]byte, len(numbers))
	for i, number := range numbers {
		items[i] = append([]byte{byte(subjectKinds[f.kind])}, number...)
	}
	return items, lines, nil
}

// matchCmd is a command that works on matches with the vault and the chain.
func matchCmd(use, short, long string, args cobra.PositionalArgs, run func(context.Context, *environment, *vault, *matching.Side, *lightchain.Chain, []string) (*matchResult, error)) *cobra.Command {
	return &cobra.Command{
		Use: use, Short: short, Long: long, Args: args,
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			return e.withChain(ctx, func(v *vault, proven *lightchain.Chain) error {
				progress := newStages(cmd.ErrOrStderr())
				side := &matching.Side{
					ChainID: v.chain.ChainID(), Operator: v.signer.Address(), Chain: provenSender{proven, v},
					Secrets: agent.NewSecrets(v.store, v.ring), Sessions: v.sessions(), Progress: progress.show,
				}
				result, err := run(ctx, e, v, side, proven, args)
				progress.end()
				if err != nil {
					return err
				}
				return e.print(result, result.print)
			})
		},
	}
}

func newMatchOpenCmd() *cobra.Command {
	var list listFlags
	var sizeOnly bool
	cmd := matchCmd("open SERVER", "Commit to a list, and ask another institution to match it",
		"Blind the numbers of a list and commit to them on the chain. SERVER is the other institution's operator. Keep the file as it is: 'run' needs the same numbers in the same order.",
		cobra.ExactArgs(1), func(ctx context.Context, e *environment, _ *vault, side *matching.Side, proven *lightchain.Chain, args []string) (*matchResult, error) {
			server, err := sdk.AccAddressFromBech32(args[0])
			if err != nil {
				return nil, fmt.Errorf("SERVER %.100q: write the operator's address: %w", args[0], err)
			}
			items, _, err := list.read(e)
			if err != nil {
				return nil, err
			}
			id, err := side.Open(ctx, server, sizeOnly, items)
			if err != nil {
				return nil, err
			}
			match, err := proven.Match(ctx, id)
			return describeMatch(&match), err
		})
	cmd.Example = example("creditd privacy match open --home ~/.creditd-devnet/lender credit1f65h9m5aaknmk6x5x0zyd74m6jnwdxs9plqthh --kind firm --items applicants.txt")
	list.add(cmd)
	cmd.Flags().BoolVar(&sizeOnly, "size-only", false, "Learn how many are common, and not which")
	return cmd
}

func newMatchAcceptCmd() *cobra.Command {
	var list listFlags
	cmd := matchCmd("accept MATCH", "Let another institution match its list with yours",
		"Make the key of the session, keep the tags of your list under it in the vault, and put the key's public half onto the chain. 'creditd vault serve' then answers the client.",
		cobra.ExactArgs(1), func(ctx context.Context, e *environment, _ *vault, side *matching.Side, _ *lightchain.Chain, args []string) (*matchResult, error) {
			id, err := parseID("MATCH", args[0])
			if err != nil {
				return nil, err
			}
			items, _, err := list.read(e)
			if err != nil {
				return nil, err
			}
			match, err := side.Accept(ctx, id, items)
			return describeMatch(&match), err
		})
	cmd.Example = example("creditd privacy match accept --home ~/.creditd-devnet/bank-a " + exampleMatch + " --kind firm --items borrowers.txt")
	list.add(cmd)
	return cmd
}

func newMatchRunCmd() *cobra.Command {
	var list listFlags
	cmd := matchCmd("run MATCH", "Match, once the other institution has accepted",
		"Have the server's vault evaluate the blinded numbers, check its proofs and compare. The lines of the file with common numbers are printed. It can be run again until the match is over.",
		cobra.ExactArgs(1), func(ctx context.Context, e *environment, v *vault, side *matching.Side, proven *lightchain.Chain, args []string) (_ *matchResult, err error) {
			id, err := parseID("MATCH", args[0])
			if err != nil {
				return nil, err
			}
			items, lines, err := list.read(e)
			if err != nil {
				return nil, err
			}
			match, err := proven.Match(ctx, id)
			if err != nil {
				return nil, err
			}
			conn, err := peers{v, proven}.dial(ctx, match.Server)
			if err != nil {
				return nil, err
			}
			defer closing(&err, "the connection", conn)
			found, err := side.Run(ctx, id, items, conn)
			if err != nil {
				return nil, err
			}
			result := describeMatch(&match)
			result.ServerSize, result.Common, result.Transcript = found.ServerSize, &found.Common, hex.EncodeToString(found.Transcript[:])
			for _, position := range found.Positions {
				result.Lines = append(result.Lines, lines[position])
			}
			return result, nil
		})
	cmd.Example = example("creditd privacy match run --home ~/.creditd-devnet/lender " + exampleMatch + " --kind firm --items applicants.txt")
	list.add(cmd)
	return cmd
}

func newMatchStatusCmd() *cobra.Command {
	cmd := matchCmd("status MATCH", "Say how far a match is", "", cobra.ExactArgs(1),
		func(ctx context.Context, _ *environment, _ *vault, _ *matching.Side, proven *lightchain.Chain, args []string) (*matchResult, error) {
			id, err := parseID("MATCH", args[0])
			if err != nil {
				return nil, err
			}
			match, err := proven.Match(ctx, id)
			return describeMatch(&match), err
		})
	cmd.Example = example("creditd privacy match status --home ~/.creditd-devnet/lender " + exampleMatch)
	return cmd
}
