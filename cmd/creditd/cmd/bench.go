package cmd

import (
	"encoding/json"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/creditd/creditd/bench"
	"github.com/creditd/creditd/devnet"
)

// NewBenchCmd measures a network on this machine.
func NewBenchCmd() *cobra.Command {
	var o bench.Options
	cmd := &cobra.Command{
		Use:   "bench",
		Short: "Measure throughput, latency and cost on validators on this machine",
		Long: `Start four validators on loopback, load them with bank sends (the reference), attestations, tradelines,
batches of either, consents, inquiries or proofs that answer questions in turn, and print side by side what was committed, how soon another node had it, and what it cost. Every
run is bounded in transactions and time. bench/README.md says how to read the figures.

Only networks on this machine are loaded: an address that is not a loopback IP is refused.`,
		Example: `creditd bench
creditd bench --rounds 3 --txs 1000 --output json
creditd bench --workloads attest,attest-batch,anchor,postgres --output json >attest.json
creditd bench --workloads consent,inquiry --output json >rights.json
creditd bench --workloads predicate --output json >predicate.json
creditd bench --workloads attest --state 10000,1000000 --output json >state.json
creditd bench --workloads import --rounds 5 --output json >import.json
creditd bench figures attest.json rights.json state.json
creditd bench --against $HOME/.creditd-devnet/devnet.json --workloads furnish`,
		Args: cobra.NoArgs,
		// The validators' homes are made for the run; the home of who runs this is left alone.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE: func(cmd *cobra.Command, _ []string) error {
			// Interrupted, it still stops the validators that it started.
			ctx, cancel := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer cancel()
			o.Progress = cmd.ErrOrStderr()
			report, err := bench.Run(ctx, o)
			if err != nil {
				return err
			}
			if output, _ := cmd.Flags().GetString(flags.FlagOutput); output != flags.OutputFormatJSON {
				return report.WriteTable(cmd.OutOrStdout())
			}
			encoder := json.NewEncoder(cmd.OutOrStdout())
			encoder.SetIndent("", "  ")
			return encoder.Encode(report)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.Home, flags.FlagHome, "", "Folder for the validators, which stays and can be used again (default: a temporary one, removed)")
	f.StringVar(&o.Against, "against", "", "devnet.json of a running devnet to measure instead")
	f.IntVar(&o.Validators, "validators", devnet.DefaultValidators, "Validators to start")
	f.DurationVar(&o.BlockTime, flagBlockTime, devnet.DefaultBlockTime, "Pause after a block (timeout_commit) of the validators to start")
	f.Uint64Var(&o.GasBudget, "gas-budget", 0, "institution_gas_per_block of the validators to start (default: the chain's)")
	f.StringSliceVar(&o.Workloads, "workloads", bench.UsualWorkloads(),
		"What to measure beside "+bench.BankSend+", of "+strings.Join(bench.AllWorkloads(), ","))
	f.IntSliceVar(&o.State, "state", nil, "Attestations on the chain before the rounds; several numbers for rounds at each")
	f.StringVar(&o.Book, "book", "", "Book in format sba that workload import brings in (default: a made-up one of 15,698 rows)")
	f.StringVar(&o.PostgresBin, "postgres-bin", "", "Folder of PostgreSQL's programs (default: looked for)")
	f.IntVar(&o.Rounds, "rounds", bench.DefaultRounds, "Rounds; each measures every workload once")
	f.IntVar(&o.Txs, "txs", bench.DefaultTxs, "Transactions of one message a round")
	f.IntVar(&o.Batches, "batches", bench.DefaultBatches, "Transactions of one batch a round")
	f.IntVar(&o.BatchSize, "batch-size", bench.DefaultBatchSize, "Records in a batch")
	f.IntVar(&o.Proofs, "proofs", bench.DefaultProofs, "Proofs a round, of workload "+bench.Predicate+"; all are made before the first")
	f.IntVar(&o.Outstanding, "outstanding", bench.DefaultOutstanding, "Most transactions submitted and not yet committed (fewer if gas budgets are smaller)")
	f.IntVar(&o.Connections, "connections", bench.DefaultConnections, "Connections to submit over")
	f.IntVar(&o.PacedTxs, "paced-txs", bench.DefaultPacedTxs, "Transactions a round that are sent at a slow pace, for the latency without a queue")
	f.Float64Var(&o.PacedRate, "paced-rate", bench.DefaultPacedRate, "Their number a second (both: a fifth for batches)")
	f.IntVar(&o.Subjects, "subjects", bench.DefaultSubjects, "Subjects to enrol and report about")
	f.BoolVar(&o.Spread, "spread", false, "Submit to all validators but the one that is read from, not to one")
	f.DurationVar(&o.RoundLimit, "round-limit", bench.DefaultRoundLimit, "Most time for one workload in a round")
	f.StringP(flags.FlagOutput, "o", flags.OutputFormatText, "Output format (text|json)")
	cmd.AddCommand(newBenchFiguresCmd(), newBenchVaultImportCmd())
	return cmd
}

func newBenchFiguresCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "figures REPORT...",
		Short:   "Print the figures of runs as tables in Markdown",
		Long:    "Print the figures that were to be reached, from the reports that 'creditd bench --output json' wrote.",
		Example: "creditd bench figures attest.json state.json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, files []string) error {
			reports, err := bench.ReadReports(files...)
			if err != nil {
				return err
			}
			return bench.WriteMarkdown(cmd.OutOrStdout(), reports...)
		},
	}
}

func newBenchVaultImportCmd() *cobra.Command {
	o := bench.ImportOptions{Rounds: bench.DefaultRounds, Batch: bench.DefaultBatchSize}
	cmd := &cobra.Command{
		Use:   "vault-import BOOK",
		Short: "Measure the importer of the vault without a network: rate, ratio to plain SQL, memory",
		Long: `Import a book in format sba into an empty embedded store, against a chain that accepts at once, and insert the same bytes by
plain SQL into the same table. It needs no network, vault or key; its files are temporary and removed.`,
		Example: `creditd vault generate --format sba --rows 15698 --out book.csv
creditd bench vault-import book.csv
creditd vault generate --format sba --rows 1000000 --out large.csv
creditd bench vault-import large.csv --rounds 1 --output json`,
		Args:              cobra.ExactArgs(1),
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer cancel()
			o.Book, o.Progress = args[0], cmd.ErrOrStderr()
			report, err := bench.MeasureImport(ctx, o)
			if err != nil {
				return err
			}
			encoder := json.NewEncoder(cmd.OutOrStdout())
			encoder.SetIndent("", "  ")
			return encoder.Encode(report)
		},
	}
	f := cmd.Flags()
	f.IntVar(&o.Rounds, "rounds", o.Rounds, "Rounds")
	f.IntVar(&o.Batch, "batch-size", o.Batch, "Records in a transaction")
	f.StringVar(&o.Dir, "dir", "", "Folder for the temporary stores (default: the system's)")
	f.StringP(flags.FlagOutput, "o", flags.OutputFormatJSON, "Output format (json)")
	return cmd
}
