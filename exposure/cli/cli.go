// Package cli is `creditd privacy sum`: asking for sums over institutions and reading the totals.
package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/client/tx"

	sums "github.com/creditd/creditd/exposure"
	credittypes "github.com/creditd/creditd/x/credit/types"
	"github.com/creditd/creditd/x/exposure/types"
)

const (
	flagWait = "wait"
	// pollEvery so long a round is looked at again.
	pollEvery = 500 * time.Millisecond
)

// kinds as people write them.
var kinds = map[string]types.Kind{"exposure": types.KIND_EXPOSURE, "count": types.KIND_COUNT, "sector": types.KIND_SECTOR}

// NewCommand is `creditd privacy sum`.
func NewCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sum",
		Short: "Ask for a sum over institutions that nobody sees the parts of",
		Long: `Ask the institutions of the active committee for a sum: what a subject owes in total (exposure), how many institutions lent
to it in the last 30 days (count), or, for supervisors, what a sector owes (sector). Each institution encrypts its own
number with proofs that the chain checks; enough of them together turn the sum into a total that only the asker reads.
About one subject or sector there is one answer in an interval (creditd query exposure params).`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newOpenCmd(), newStatusCmd(), newReadCmd())
	return cmd
}

func newOpenCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "open KIND ABOUT",
		Short: "Ask for a sum",
		Long: `Open a round. KIND is exposure or count, and ABOUT then the id of a live inquiry of yours; or KIND is sector, and ABOUT a
NAICS code of two to six digits.

A fresh key is made for the round and stored under --home before anything is sent. It alone reads the total: keep it
until then. The id of the round is printed on standard error, the transaction on standard output.`,
		Example: `creditd privacy sum open exposure 9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23 --from lender --gas auto
creditd privacy sum open sector 4411 --from supervisor --gas auto`,
		Args: cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			clientCtx, err := client.GetClientTxContext(cmd)
			if err != nil {
				return err
			}
			question, err := parseQuestion(args[0], args[1])
			if err != nil {
				return err
			}
			asked, err := sums.Ask(clientCtx.ChainID, clientCtx.FromAddress, question)
			if err != nil {
				return err
			}
			if err := sums.SaveKey(clientCtx.HomeDir, clientCtx.ChainID, asked); err != nil {
				return err
			}
			fmt.Fprintf(cmd.ErrOrStderr(), "round %s; when its transaction is in a block:\n  creditd privacy sum read %s --wait\n", asked.Round, asked.Round)
			return tx.GenerateOrBroadcastTxCLI(clientCtx, cmd.Flags(), asked.Message)
		},
	}
	flags.AddTxFlagsToCmd(cmd)
	return cmd
}

func parseQuestion(kind, about string) (sums.Question, error) {
	q := sums.Question{Kind: kinds[kind]}
	switch q.Kind {
	case types.KIND_SECTOR:
		code, err := strconv.ParseUint(about, 10, 32)
		if err != nil || !types.ValidSector(uint32(code)) {
			return q, fmt.Errorf("ABOUT %q: give a NAICS code of two to six digits", about)
		}
		q.Sector = uint32(code)
		return q, nil
	case types.KIND_UNSPECIFIED:
		return q, fmt.Errorf("KIND %q: choose exposure, count or sector", kind)
	}
	inquiry, err := credittypes.ParseID("ABOUT", about)
	q.Inquiry = inquiry.Bytes()
	return q, err
}

func newStatusCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "status ROUND",
		Short:   "Say how far a round is, and who has not answered",
		Example: `creditd privacy sum status 9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			clientCtx, answer, err := ask(cmd, args[0])
			if err != nil {
				return err
			}
			return show(cmd, clientCtx, statusOf(answer))
		},
	}
	flags.AddQueryFlagsToCmd(cmd)
	return cmd
}

func newReadCmd() *cobra.Command {
	var wait bool
	cmd := &cobra.Command{
		Use:   "read ROUND",
		Short: "Read the total of a round that you opened",
		Long: `Check what the node says about the round (submissions, shares and their combination), decrypt the total with the key under
--home, and print it. It takes a second or two. Members that were silent are named: the total is then partial.`,
		Example: `creditd privacy sum read 9ab288f015c30afd542e58c17554e37423300b69bd33bfd6e6bfb7c639866c23 --wait`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer stop()
			clientCtx, answer, err := ask(cmd, args[0])
			if err != nil {
				return err
			}
			if wait {
				if answer, err = waitFor(ctx, cmd, clientCtx, answer); err != nil {
					return err
				}
			}
			key, chainID, err := sums.LoadKey(clientCtx.HomeDir, types.ID(answer.Round.Id))
			if err != nil {
				return err
			}
			total, err := sums.Read(ctx, chainID, key, answer, func(done float64) {
				fmt.Fprintf(cmd.ErrOrStderr(), "\rlooking for the total: %3.0f %%", 100*done)
			})
			fmt.Fprintln(cmd.ErrOrStderr())
			if err != nil {
				return err
			}
			out := statusOf(answer)
			out.Total, out.Unit = &total.Value, sums.Unit(answer.Round.Kind)
			return show(cmd, clientCtx, out)
		},
	}
	cmd.Flags().BoolVar(&wait, flagWait, false, "Wait until the round is answered or over")
	flags.AddQueryFlagsToCmd(cmd)
	return cmd
}

// ask the node about a round.
func ask(cmd *cobra.Command, id string) (client.Context, *types.QueryRoundResponse, error) {
	clientCtx, err := client.GetClientQueryContext(cmd)
	if err != nil {
		return clientCtx, nil, err
	}
	answer, err := types.NewQueryClient(clientCtx).Round(cmd.Context(), &types.QueryRoundRequest{Id: id})
	if err != nil {
		return clientCtx, nil, err
	}
	if len(answer.Round.Id) != 32 || !strings.EqualFold(types.ID(answer.Round.Id).String(), id) {
		return clientCtx, nil, fmt.Errorf("%w: it is about another round", sums.ErrLie)
	}
	return clientCtx, answer, nil
}

// waitFor looks again until the round is over, and says how far it is whenever that changes.
func waitFor(ctx context.Context, cmd *cobra.Command, clientCtx client.Context, answer *types.QueryRoundResponse) (*types.QueryRoundResponse, error) {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	said := ""
	for !answer.Round.Over() {
		if now := sums.Describe(answer.Round); now != said {
			fmt.Fprintln(cmd.ErrOrStderr(), now)
			said = now
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("interrupted: the round goes on; run the same command again")
		case <-ticker.C:
		}
		again, err := types.NewQueryClient(clientCtx).Round(ctx, &types.QueryRoundRequest{Id: types.ID(answer.Round.Id).String()})
		if err != nil {
			return nil, err
		}
		answer = again
	}
	return answer, nil
}

// report of a round, with stable fields.
type report struct {
	Round     string   `json:"round"`
	Kind      string   `json:"kind"`
	Status    string   `json:"status"`
	Failure   string   `json:"failure,omitempty"`
	Members   uint32   `json:"members"`
	Submitted uint32   `json:"submitted"`
	Threshold uint32   `json:"threshold"`
	Shares    uint32   `json:"shares"`
	Opened    int64    `json:"opened_height"`
	Ended     int64    `json:"ended_height,omitempty"`
	Silent    []string `json:"silent"`
	Total     *uint64  `json:"total,omitempty"`
	Unit      string   `json:"unit,omitempty"`
	words     string
}

func statusOf(answer *types.QueryRoundResponse) report {
	round := answer.Round
	r := report{
		Round: types.ID(round.Id).String(), Kind: round.Kind.String(), Status: round.Status.String(), Members: round.Members,
		Submitted: round.Submitted, Threshold: round.Threshold, Shares: round.Given, Opened: round.OpenedHeight, Ended: round.EndedHeight,
		Silent: append([]string{}, sums.Silent(answer)...), words: sums.Describe(round),
	}
	if round.Failure != types.FAILURE_UNSPECIFIED {
		r.Failure = round.Failure.String()
	}
	return r
}

func show(cmd *cobra.Command, clientCtx client.Context, r report) error {
	out := cmd.OutOrStdout()
	if clientCtx.OutputFormat == flags.OutputFormatJSON {
		text, err := json.Marshal(r)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(out, string(text))
		return err
	}
	if r.Total != nil {
		fmt.Fprintf(out, "total: %d %s, of %d institutions out of %d\n", *r.Total, r.Unit, r.Submitted, r.Members)
	} else {
		fmt.Fprintf(out, "%s: %s\n", r.Round, r.words)
	}
	for _, member := range r.Silent {
		fmt.Fprintf(out, "not in it: %s\n", member)
	}
	return nil
}
