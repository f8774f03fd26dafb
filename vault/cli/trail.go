package cli

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	sdkquery "github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/client"
	credittypes "github.com/creditd/creditd/x/credit/types"
)

// maxTrailLines is the largest page that the chain gives.
const maxTrailLines = 100

// trailLine is one line of a subject's audit trail, as people and programs read it.
type trailLine struct {
	Time    time.Time `json:"time"`
	Height  int64     `json:"height"`
	What    string    `json:"what"`
	By      string    `json:"by"`      // address of the institution or of the subject's own account
	Name    string    `json:"by_name"` // of the institution; "the subject" or "unknown" for other accounts
	Purpose string    `json:"purpose,omitempty"`
	Ref     string    `json:"ref"` // tradeline, consent, inquiry or the subject itself, hexadecimal
}

func newReportTrailCmd() *cobra.Command {
	var limit uint64
	cmd := &cobra.Command{
		Use:   "trail PSEUDONYM",
		Short: "Show what happened to a subject's file, and who looked",
		Long: `Show the newest lines of a subject's audit trail, in the order in which they happened: who reported, who was
let in by whom, who looked and for which purpose, who gave and who got data. It is read from the chain's state and
needs no key.

JSON (--output json): a list of [time, height, what, by, by_name, purpose, ref].`,
		Example: example("creditd report trail --home ~/.creditd-devnet/lender PSEUDONYM --limit 20"),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			subject, err := parseID("PSEUDONYM", args[0])
			if err != nil {
				return err
			}
			if limit < 1 || limit > maxTrailLines {
				return fmt.Errorf("--limit %d: give 1 to %d; programs page with 'creditd query credit trail'", limit, maxTrailLines)
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			if err := e.recall(ctx); err != nil {
				return err
			}
			chain, err := e.dial(ctx)
			if err != nil {
				return err
			}
			defer closing(&err, "the connection", chain)
			lines, err := readTrail(ctx, chain, subject, limit)
			if err != nil {
				return err
			}
			return e.print(lines, func(w io.Writer) { printTrail(w, lines) })
		},
	}
	cmd.Flags().Uint64Var(&limit, "limit", maxTrailLines, "How many lines, the newest")
	return cmd
}

func readTrail(ctx context.Context, chain *client.Client, subject [32]byte, limit uint64) ([]trailLine, error) {
	known, err := chain.Subject(ctx, subject)
	if err != nil {
		return nil, err
	}
	answer, err := chain.Credit.Trail(ctx, &credittypes.QueryTrailRequest{
		Subject: hex.EncodeToString(subject[:]), Pagination: &sdkquery.PageRequest{Limit: limit, Reverse: true},
	})
	if err != nil {
		return nil, err
	}
	names := map[string]string{known.Controller: "the subject"}
	lines := make([]trailLine, len(answer.Entries))
	for i, entry := range answer.Entries {
		name, err := nameOf(ctx, chain, names, entry.Actor)
		if err != nil {
			return nil, err
		}
		lines[i] = trailLine{
			Time: entry.Time, Height: entry.Height, What: words(entry.Kind.String(), "TRAIL_KIND_"), By: entry.Actor, Name: name,
			Ref: hex.EncodeToString(entry.Ref),
		}
		if entry.Purpose != credittypes.PURPOSE_UNSPECIFIED {
			lines[i].Purpose = words(entry.Purpose.String(), "PURPOSE_")
		}
	}
	slices.Reverse(lines)
	return lines, nil
}

// nameOf asks once for each institution.
func nameOf(ctx context.Context, chain *client.Client, names map[string]string, operator string) (string, error) {
	if name, ok := names[operator]; ok {
		return name, nil
	}
	view, err := chain.GetInstitution(ctx, operator)
	name := view.Institution.Name
	if errors.Is(err, client.ErrNotFound) {
		name, err = "unknown", nil
	}
	names[operator] = name
	return name, err
}

// words turns TRAIL_KIND_DATA_GIVEN into "data given".
func words(enum, prefix string) string {
	return strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(enum, prefix), "_", " "))
}

func printTrail(w io.Writer, lines []trailLine) {
	if len(lines) == 0 {
		_, _ = fmt.Fprintln(w, "Nothing happened to this subject's file.")
		return
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintln(table, "TIME\tHEIGHT\tWHAT\tBY\tPURPOSE\tREF")
	for _, l := range lines {
		_, _ = fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\t%.8s\n", l.Time.UTC().Format(time.DateTime), l.Height, l.What, l.Name, l.Purpose, l.Ref)
	}
	_ = table.Flush()
}
