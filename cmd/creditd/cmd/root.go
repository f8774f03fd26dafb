// Package cmd is the command line of creditd.
package cmd

import (
	"fmt"
	"os"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/spf13/cobra"

	"cosmossdk.io/client/v2/autocli"
	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/client"
	clientconfig "github.com/cosmos/cosmos-sdk/client/config"
	"github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/server"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/app"
)

// NewRootCmd builds the whole command line.
func NewRootCmd() *cobra.Command {
	// The modules of an application that holds nothing say which commands there are.
	shell := app.NewCreditd(log.NewNopLogger(), dbm.NewMemDB(), false, simtestutil.EmptyAppOptions{})
	clientCtx := client.Context{}.
		WithCodec(shell.AppCodec()).
		WithInterfaceRegistry(shell.InterfaceRegistry()).
		WithLegacyAmino(shell.LegacyAmino()).
		WithTxConfig(shell.TxConfig()).
		WithInput(os.Stdin).
		WithAccountRetriever(authtypes.AccountRetriever{}).
		WithHomeDir(app.DefaultNodeHome).
		WithViper("CREDITD")

	root := &cobra.Command{
		Use:   app.Name,
		Short: "A BFT chain on which licensed institutions keep credit data honest",
		Long: `creditd runs a node of the chain, an institution's vault, and everything around them.

Try it on one machine:
  creditd devnet up        # four validators, their vaults and a lender, on loopback
  creditd devnet status
  creditd devnet down`,
		SilenceUsage:  true, // an error is explained by its text, not by two screens of flags
		SilenceErrors: false,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			return prepare(cmd, clientCtx)
		},
	}
	addCommands(root, shell)

	options := autocli.AppOptions{
		Modules:               shell.Modules(),
		AddressCodec:          address.NewBech32Codec(sdk.GetConfig().GetBech32AccountAddrPrefix()),
		ValidatorAddressCodec: address.NewBech32Codec(sdk.GetConfig().GetBech32ValidatorAddrPrefix()),
		ConsensusAddressCodec: address.NewBech32Codec(sdk.GetConfig().GetBech32ConsensusAddrPrefix()),
		ClientCtx:             clientCtx,
	}
	if err := options.EnhanceRootCommand(root); err != nil {
		panic(fmt.Errorf("command line: %w", err)) // a module's command description is broken
	}
	if err := addCreditCommands(root); err != nil {
		panic(fmt.Errorf("command line: %w", err))
	}
	return root
}

// prepare reads flags, client.toml, config.toml and app.toml before any command runs.
func prepare(cmd *cobra.Command, clientCtx client.Context) error {
	cmd.SetOut(cmd.OutOrStdout())
	cmd.SetErr(cmd.ErrOrStderr())
	clientCtx = clientCtx.WithCmdContext(cmd.Context())
	clientCtx, err := client.ReadPersistentCommandFlags(clientCtx, cmd.Flags())
	if err != nil {
		return err
	}
	if clientCtx, err = clientconfig.ReadFromClientConfig(clientCtx); err != nil {
		return err
	}
	if err := client.SetCmdClientContextHandler(clientCtx, cmd); err != nil {
		return err
	}
	template, config := nodeConfig()
	node, err := server.InterceptConfigsAndCreateContext(cmd, template, config, cometConfig())
	if err != nil {
		return err
	}
	logger, err := server.CreateSDKLogger(node, cmd.ErrOrStderr()) // standard output is for results: creditd export > state.json
	if err != nil {
		return err
	}
	node.Logger = logger.With(log.ModuleKey, "server")
	return server.SetCmdServerContext(cmd, node)
}
