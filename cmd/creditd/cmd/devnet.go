package cmd

import (
	"errors"
	"fmt"
	"io"
	"os/signal"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/flags"

	"github.com/creditd/creditd/devnet"
	"github.com/creditd/creditd/devnet/nodehome"
)

const (
	flagBasePort    = "base-port"
	flagSeedRecords = "seed-records"
	flagCircuits    = "circuits"
)

// NewDevnetCmd builds the commands that run a whole network on one machine.
func NewDevnetCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "devnet",
		Short: "Run a whole network on this machine: validators, vaults and a lender",
		Long: `Run validators with real p2p on loopback, a vault for each institution, and a lender that is no validator. Where
everything is stands in devnet.json in the home. Its keys lie there unencrypted: it is for trying out.`,
		RunE: client.ValidateCmd,
		// The home is that of the whole network, not of a node: no node's configuration is written into it.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
	}
	cmd.PersistentFlags().String(flags.FlagHome, devnet.DefaultHome(), "Folder of the network")
	cmd.PersistentFlags().StringP(flags.FlagOutput, "o", flags.OutputFormatText, "Output format (text|json)")
	cmd.AddCommand(newDevnetUpCmd(), newDevnetDownCmd(), newDevnetStatusCmd(), newDevnetEnvCmd(), newDevnetResetCmd(), newDevnetDemoCmd(),
		newDevnetDeskCmd(), newDevnetSubjectCmd())
	return cmd
}

func devnetHome(cmd *cobra.Command) string {
	home, _ := cmd.Flags().GetString(flags.FlagHome)
	return home
}

func newDevnetUpCmd() *cobra.Command {
	options := devnet.Options{Detached: true, Desk: true}
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start the network, and make it first if there is none",
		Long: `Start the network and return when every validator makes blocks and every vault answers. The first start makes
keys and genesis and imports some made-up loans; later ones go on with what is there.

Predicates can be asked and proven at once: the genesis agrees a setup and registers the circuits of --circuits. The setup is that
of a ceremony which the devnet's validators hold once on this machine and which is kept under ~/.creditd/privacy, or the Ignition
file, if $CREDITD_SETUP names it. devnet.json says where it is.`,
		Example: `creditd devnet up
creditd devnet up --validators 7 --consensus-key ml_dsa_65 --home /tmp/net --base-port 28000`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			options.Home = devnetHome(cmd)
			options.Progress = cmd.ErrOrStderr()
			dropDefaults(cmd, &options)
			ctx, cancel := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer cancel()
			net, err := devnet.Start(ctx, options)
			already := errors.Is(err, devnet.ErrRunning)
			if err != nil && !already {
				return err
			}
			head := "The devnet runs.\n"
			if already {
				head = "The devnet is running already.\n"
			}
			return printResult(cmd, net.Manifest, "%s%s", head, net.Where())
		},
	}
	f := cmd.Flags()
	f.IntVar(&options.Validators, flagValidators, devnet.DefaultValidators, "Number of validators")
	f.StringVar(&options.ConsensusKey, flagConsensusKeyType, nodehome.Ed25519, "Kind of consensus key: "+nodehome.Ed25519+" or "+nodehome.MLDSA65)
	f.StringVar(&options.ChainID, flags.FlagChainID, devnet.DefaultChainID, "Id of the chain")
	f.IntVar(&options.BasePort, flagBasePort, devnet.DefaultBasePort, "First port; each institution has ten")
	f.IntVar(&options.SeedRecords, flagSeedRecords, devnet.DefaultSeedRecords, "Made-up loans to import at the first start")
	f.DurationVar(&options.BlockTime, flagBlockTime, devnet.DefaultBlockTime, "Pause after a block")
	f.StringSliceVar(&options.Circuits, flagCircuits, devnet.DefaultCircuits(), "Circuits of predicates that are registered from the start; \"\" for none")
	f.DurationVar(&options.VotingPeriod, flagVotingPeriod, devnet.DefaultVotingPeriod, "Time that members have to vote")
	return cmd
}

// dropDefaults leaves out, for a network that exists, what was not asked for: it keeps what it was made with.
func dropDefaults(cmd *cobra.Command, o *devnet.Options) {
	if _, err := devnet.Load(o.Home); err != nil {
		return
	}
	given := cmd.Flags().Changed
	if !given(flagValidators) {
		o.Validators = 0
	}
	if !given(flagConsensusKeyType) {
		o.ConsensusKey = ""
	}
	if !given(flags.FlagChainID) {
		o.ChainID = ""
	}
	if !given(flagBasePort) {
		o.BasePort = 0
	}
}

func newDevnetDownCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "down",
		Short:   "Stop all processes of the network; what it holds stays",
		Example: "creditd devnet down",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			stopped, err := devnet.Down(devnetHome(cmd))
			if err != nil {
				return err
			}
			return printResult(cmd, struct {
				Stopped int `json:"stopped"`
			}{stopped}, "%d processes stopped\n", stopped)
		},
	}
}

func newDevnetResetCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "reset",
		Short:   "Stop the network and delete it",
		Example: "creditd devnet reset",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			home := devnetHome(cmd)
			if err := devnet.Reset(home); err != nil {
				return err
			}
			return printResult(cmd, struct {
				Deleted string `json:"deleted"`
			}{home}, "deleted: %s\n", home)
		},
	}
}

func newDevnetStatusCmd() *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "Show what runs, heights and voting power",
		Example: "creditd devnet status --output json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			overview, err := devnet.Survey(cmd.Context(), devnetHome(cmd))
			if err != nil {
				return err
			}
			if output, _ := cmd.Flags().GetString(flags.FlagOutput); output == flags.OutputFormatJSON {
				return printResult(cmd, overview, "")
			}
			return printOverview(cmd.OutOrStdout(), overview)
		},
	}
}

func newDevnetEnvCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "env",
		Short: "Print variables and a function for your shell, so that commands can be pasted",
		Long: `Print variables for bash: D (home of the network; $D/bank-a is the home of bank-a), RPC, REST and GRPC of bank-a's node and
NODE with them as flags, CHAIN_ID, the operator's address of each institution (BANK_A, TAX_OFFICE, LENDER...), the id of each
built-in schema (TRADELINE_FIRM, LICENCE...), SUBJECT (pseudonym of the made-up borrower); and the function at: 'at bank-a credit
freeze ...' sends a transaction as bank-a, waits for its block, and fails with the reason if it was refused.`,
		Example: `eval "$(creditd devnet env)"`,
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			m, err := devnet.Load(devnetHome(cmd))
			if err != nil {
				return err
			}
			return printResult(cmd, m, "%s", m.Environment())
		},
	}
}

func printOverview(w io.Writer, o devnet.Overview) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "chain %s in %s\n\nINSTITUTION\tNODE\tHEIGHT\tPOWER\tCATCHING UP\tVAULT\tDESK\n", o.ChainID, o.Home)
	for _, line := range o.Lines {
		height, power, catching := "-", "-", "-"
		if s := line.Status; s != nil {
			height, power, catching = fmt.Sprint(s.Height), fmt.Sprint(s.VotingPower), fmt.Sprint(s.CatchingUp)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", line.Name, line.Node, height, power, catching, line.Vault, line.Desk)
	}
	for _, line := range o.Lines {
		if line.LastOutput != "" {
			fmt.Fprintf(table, "\nlast output of %s:\n%s\n", line.Name, line.LastOutput)
		}
	}
	return table.Flush()
}

func newDevnetDemoCmd() *cobra.Command {
	var options devnet.DemoOptions
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Show the main job from a loan book to a verified report",
		Long: `Start a network of four validators, import the loan books of three lenders, and follow one borrower: consent, a
verified report, a refused inquiry, withdrawal, and the audit trail; then another who proves to a lender what it must know and
shows it no record. Every step prints the command that it runs.
Without --home the network lives in a new folder, which is deleted at the end.`,
		Example: `creditd devnet demo
creditd devnet demo --data loans.csv --keep`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed(flags.FlagHome) {
				options.Home = devnetHome(cmd)
			}
			options.Out = cmd.OutOrStdout()
			ctx, cancel := signal.NotifyContext(cmd.Context(), syscall.SIGINT, syscall.SIGTERM)
			defer cancel()
			return devnet.Demo(ctx, options)
		},
	}
	f := cmd.Flags()
	f.StringVar(&options.Book, "data", "", "Loan book in the format sba; without it one is made up")
	f.IntVar(&options.Loans, "loans", 1000, "Loans to import at least")
	f.IntVar(&options.BasePort, flagBasePort, 0, "First port; each institution has ten; 0 finds free ones")
	f.BoolVar(&options.Keep, "keep", false, "Leave the network running")
	return cmd
}
