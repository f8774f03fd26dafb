package cmd

import (
	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/cobra"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/client"
	"github.com/cosmos/cosmos-sdk/client/debug"
	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/client/keys"
	"github.com/cosmos/cosmos-sdk/client/pruning"
	"github.com/cosmos/cosmos-sdk/client/rpc"
	"github.com/cosmos/cosmos-sdk/client/snapshot"
	"github.com/cosmos/cosmos-sdk/server"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	authcmd "github.com/cosmos/cosmos-sdk/x/auth/client/cli"
	genutilcli "github.com/cosmos/cosmos-sdk/x/genutil/client/cli"
	genutiltypes "github.com/cosmos/cosmos-sdk/x/genutil/types"

	"github.com/creditd/creditd/app"
	vaultcli "github.com/creditd/creditd/vault/cli"
)

func addCommands(root *cobra.Command, shell *app.Creditd) {
	server.AddCommandsWithStartCmdOptions(root, app.DefaultNodeHome, newApp, exportApp, server.StartCmdOptions{
		AddFlags: collectLessOften,
		DBOpener: openState,
	})
	root.AddCommand(
		newInitCmd(),
		NewGenesisCmd(shell.TxConfig()),
		NewTestnetCmd(),
		NewDevnetCmd(),
		NewBenchCmd(),
		NewAttestationCmd(),
		newChainInfoCmd(),
		newAuditCmd(),
		newIndexerCmd(),
		NewCredentialCmd(),
		NewSubjectCmd(),
		vaultcli.NewVaultCmd(),
		vaultcli.NewReportCmd(),
		newWalletCmd(),
		newPrivacyCmd(),
		newQueryCmd(),
		newTxCmd(),
		keys.Commands(),
		debug.Cmd(),
		pruning.Cmd(newApp, app.DefaultNodeHome),
		snapshot.Cmd(newApp),
		server.StatusCommand(),
	)
}

// newInitCmd is the SDK's init with the consensus parameters of this chain.
func newInitCmd() *cobra.Command {
	cmd := genutilcli.InitCmd(app.Basics, app.DefaultNodeHome)
	cmd.Example = "creditd init my-node --chain-id creditd-1"
	cmd.PostRunE = func(cmd *cobra.Command, _ []string) error {
		file := server.GetServerContextFromCmd(cmd).Config.GenesisFile()
		genesis, err := genutiltypes.AppGenesisFromFile(file)
		if err != nil {
			return err
		}
		genesis.Consensus.Params = app.DefaultConsensusParams()
		return genesis.SaveAs(file)
	}
	return cmd
}

func newQueryCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "query",
		Aliases: []string{"q"},
		Short:   "Ask a node",
		RunE:    client.ValidateCmd,
	}
	cmd.AddCommand(
		rpc.WaitTxCmd(),
		server.QueryBlockCmd(),
		server.QueryBlocksCmd(),
		server.QueryBlockResultsCmd(),
		authcmd.QueryTxsByEventsCmd(),
		authcmd.QueryTxCmd(),
	)
	cmd.PersistentFlags().String(flags.FlagChainID, "", "The network chain ID")
	return cmd
}

func newTxCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "tx",
		Short: "Sign and send transactions",
		RunE:  client.ValidateCmd,
	}
	cmd.AddCommand(
		authcmd.GetSignCommand(),
		authcmd.GetSignBatchCommand(),
		authcmd.GetMultiSignCommand(),
		authcmd.GetMultiSignBatchCmd(),
		authcmd.GetValidateSignaturesCommand(),
		authcmd.GetBroadcastCommand(),
		authcmd.GetEncodeCommand(),
		authcmd.GetDecodeCommand(),
		authcmd.GetSimulateCmd(),
	)
	cmd.PersistentFlags().String(flags.FlagChainID, "", "The network chain ID")
	return cmd
}

func newApp(logger log.Logger, db dbm.DB, appOpts servertypes.AppOptions) servertypes.Application {
	return app.NewCreditd(logger, db, true, appOpts, server.DefaultBaseappOptions(appOpts)...)
}

// exportApp opens the state at a height (-1: the latest) and writes it as a genesis.
func exportApp(
	logger log.Logger, db dbm.DB, height int64, forZeroHeight bool, jailAllowed []string,
	appOpts servertypes.AppOptions, modules []string,
) (servertypes.ExportedApp, error) {
	exported := app.NewCreditd(logger, db, height == -1, appOpts)
	if height != -1 {
		if err := exported.LoadHeight(height); err != nil {
			return servertypes.ExportedApp{}, err
		}
	}
	return exported.ExportAppStateAndValidators(forZeroHeight, jailAllowed, modules)
}
