package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/creditd/creditd/vault/books"
	"github.com/creditd/creditd/vault/books/synthetic"
	"github.com/creditd/creditd/vault/exchange"
	"github.com/creditd/creditd/vault/store"
)

type statusResult struct {
	Store         string      `json:"store"`
	Operator      string      `json:"operator,omitempty"`
	Endpoint      string      `json:"endpoint,omitempty"`
	ChainID       string      `json:"chain_id,omitempty"`
	Committed     int         `json:"committed"`
	Staged        int         `json:"staged"` // not yet known to be on the chain
	Tradelines    int         `json:"tradelines"`
	Subjects      int         `json:"subjects"`
	Accesses      int         `json:"accesses"`
	AccessLogHead string      `json:"access_log_head"` // last hash of the access log, whose chain was checked
	ReceiptsOwed  int         `json:"receipts_owed"`
	Imports       []importRun `json:"imports"`

	AccessLogCheck *exchange.LogCheck `json:"access_log_check,omitempty"` // with --check-chain
}

type importRun struct {
	Format   string             `json:"format"`
	Started  time.Time          `json:"started"`
	Finished *time.Time         `json:"finished,omitempty"` // absent: interrupted, or running
	Position int                `json:"line"`
	Counts   store.ImportCounts `json:"counts"`
}

func newStatusCmd() *cobra.Command {
	var checkChain bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say what the vault holds; needs no key and no chain",
		Long: `Say what the vault holds and check the hashes of its access log. It needs neither passphrase nor node.

With --check-chain the log is compared with the receipts that this vault left on the chain, by proofs: an entry of
what was given that was changed or cut off is found, and the exit code says so.`,
		Example: example(
			"creditd vault status --home ~/.creditd-devnet/bank-a",
			"creditd vault status --home ~/.creditd-devnet/bank-a --check-chain"),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			ctx, cancel := interruptible(cmd)
			defer cancel()
			result, err := e.status(ctx, checkChain)
			if err != nil {
				return err
			}
			if err := e.print(result, result.print); err != nil || !checkChain || len(result.AccessLogCheck.Findings) == 0 {
				return err
			}
			return fmt.Errorf("%d findings in the access log: see above", len(result.AccessLogCheck.Findings))
		},
	}
	cmd.Flags().BoolVar(&checkChain, "check-chain", false, "Compare the access log with the receipts on the chain; needs a node")
	return cmd
}

const importsShown = 10

func (e *environment) status(ctx context.Context, checkChain bool) (_ *statusResult, err error) {
	s, err := e.openStore(ctx)
	if err != nil {
		return nil, err
	}
	defer closing(&err, "the store", s)
	e.resolve()
	counts, err := s.Count(ctx)
	if err != nil {
		return nil, err
	}
	head, err := store.VerifyAccessLog(ctx, s)
	if err != nil {
		return nil, err
	}
	runs, err := s.Imports(ctx, importsShown)
	if err != nil {
		return nil, err
	}
	result := &statusResult{
		Store: s.Where(), Operator: e.settings.Operator, Endpoint: e.settings.Endpoint, ChainID: e.settings.ChainID,
		Committed: counts.Committed, Staged: counts.Staged, Tradelines: counts.Tradelines, Subjects: counts.Subjects,
		Accesses: counts.Accesses, AccessLogHead: fmt.Sprintf("%x", head), ReceiptsOwed: counts.ReceiptsOwed, Imports: []importRun{},
	}
	for _, run := range runs {
		shown := importRun{Format: run.Format, Started: run.Started, Position: run.Position, Counts: run.Counts}
		if !run.Finished.IsZero() {
			shown.Finished = &run.Finished
		}
		result.Imports = append(result.Imports, shown)
	}
	if checkChain {
		result.AccessLogCheck, err = e.checkLog(ctx, s)
	}
	return result, err
}

func (r *statusResult) print(w io.Writer) {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, row := range []struct {
		name  string
		value any
	}{
		{"store", r.Store},
		{"operator", r.Operator},
		{"endpoint", r.Endpoint},
		{"chain", r.ChainID},
		{"records on the chain", r.Committed},
		{"records staged", r.Staged},
		{"tradelines", r.Tradelines},
		{"subjects", r.Subjects},
		{"accesses", r.Accesses},
		{"access log", r.AccessLogHead + " (whole)"},
		{"receipts owed", r.ReceiptsOwed},
	} {
		_, _ = fmt.Fprintf(table, "%s\t%v\n", row.name, row.value)
	}
	if c := r.AccessLogCheck; c != nil {
		_, _ = fmt.Fprintf(table, "access log on the chain\t%d of %d answers have their receipt\n", c.Anchored, c.Given)
		for _, finding := range c.Findings {
			_, _ = fmt.Fprintf(table, "access log\t%s\n", finding)
		}
	}
	for _, run := range r.Imports {
		state := "not finished, at line " + fmt.Sprint(run.Position)
		if run.Finished != nil {
			state = "finished"
		}
		c := run.Counts
		_, _ = fmt.Fprintf(table, "import %s\t%s, %s: %d rows, %d furnished, %d corrected, %d unchanged, %d rejected\n",
			run.Started.Format(time.RFC3339), run.Format, state, c.Rows, c.Furnished, c.Corrected, c.Unchanged, c.Rejected)
	}
	_ = table.Flush() // an output that is closed is the reader's wish
}

type lender struct {
	Name      string `json:"name"`
	Rows      int    `json:"rows"`
	Rejects   int    `json:"rejects"`
	Borrowers int    `json:"borrowers"`
}

func newLendersCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "lenders FILE",
		Short: "List the lenders in a book of format sba, the largest first",
		Example: example(
			"creditd vault generate --format sba --rows 1000 --out book.csv",
			"creditd vault lenders book.csv"),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			file, err := os.Open(args[0])
			if err != nil {
				return fmt.Errorf("book: %w", err)
			}
			defer closing(&err, "the book", file)
			counts, err := books.Lenders(file)
			if err != nil {
				return fmt.Errorf("book %s: %w", args[0], err)
			}
			list := make([]lender, len(counts))
			for i, c := range counts {
				list[i] = lender(c)
			}
			return e.print(list, func(w io.Writer) {
				table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
				_, _ = fmt.Fprintln(table, "LENDER\tROWS\tREJECTS\tBORROWERS")
				for _, l := range list {
					_, _ = fmt.Fprintf(table, "%s\t%d\t%d\t%d\n", l.Name, l.Rows, l.Rejects, l.Borrowers)
				}
				_ = table.Flush() // an output that is closed is the reader's wish
			})
		},
	}
}

func newGenerateCmd() *cobra.Command {
	var format, out string
	var options synthetic.Options
	cmd := &cobra.Command{
		Use:   "generate",
		Short: "Write a book of made-up borrowers, to try things out",
		Long: `Write a loan book of made-up borrowers in a format that import reads, with the kinds of dirt that real books have
and borrowers at several lenders. The same options give the same book.`,
		Example: example("creditd vault generate --format sba --rows 1000 --out book.csv"),
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			e, err := newEnvironment(cmd)
			if err != nil {
				return err
			}
			file, err := os.OpenFile(out, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600) //nolint:gosec // the user names the file
			if err != nil {
				return fmt.Errorf("book: %w", err)
			}
			defer closing(&err, "the book", file)
			if err := synthetic.Write(file, books.Format(format), options); err != nil {
				return err
			}
			result := struct {
				File string `json:"file"`
				Rows int    `json:"rows"`
			}{out, options.Rows}
			return e.print(result, func(w io.Writer) { _, _ = fmt.Fprintf(w, "%d rows in %s\n", result.Rows, result.File) })
		},
	}
	cmd.Flags().StringVar(&format, "format", "sba", "Format of the book (sba|card)")
	cmd.Flags().IntVar(&options.Rows, "rows", 1000, "Rows")
	cmd.Flags().Uint64Var(&options.Seed, "seed", 1, "Seed of the random numbers")
	cmd.Flags().IntVar(&options.Lenders, "lenders", 4, "Lenders in the book")
	cmd.Flags().StringVar(&out, "out", "", "File to write")
	_ = cmd.MarkFlagRequired("out") // it exists, one line above
	return cmd
}
