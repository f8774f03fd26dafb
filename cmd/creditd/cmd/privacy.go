package cmd

import (
	"errors"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client/flags"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/client"
	sumcli "github.com/creditd/creditd/exposure/cli"
	"github.com/creditd/creditd/predicate"
	predicatecli "github.com/creditd/creditd/predicate/cli"
	vaultcli "github.com/creditd/creditd/vault/cli"
)

const flagKeyFile = "key-file"

// newPrivacyCmd builds `creditd privacy`: answers without moving the data.
func newPrivacyCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "privacy",
		Short: "Prove, sum up and match without showing what is behind it",
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	proofs := predicatecli.Commands(predicatecli.Connect{Flags: privacyFlags, Chain: privacyChain, Sender: privacySender})
	for _, of := range proofs { // they run no node: no node's configuration is written into a home
		of.PersistentPreRunE = func(*cobra.Command, []string) error { return nil }
	}
	cmd.AddCommand(proofs...)
	cmd.AddCommand(sumcli.NewCommand(), vaultcli.NewMatchCmd(), vaultcli.NewPseudonymCmd())
	return cmd
}

// privacyFlags name a node and, where something is sent, a key.
func privacyFlags(cmd *cobra.Command, sends bool) {
	f := cmd.Flags()
	f.String(flags.FlagNode, "tcp://127.0.0.1:26657", "CometBFT RPC of the node to ask")
	f.String(flags.FlagGRPC, "127.0.0.1:9090", "gRPC of the same node")
	f.String(flags.FlagChainID, "", "Chain that the node must be on (default: the node's)")
	if sends {
		f.String(flags.FlagFrom, "", "Name or address of the key that signs")
		f.String(flags.FlagHome, app.DefaultNodeHome, "Folder of the keyring")
		f.String(flags.FlagKeyringBackend, "os", "Keyring (os|file|test)")
		f.String(flagKeyFile, "", "File of the key that signs, 64 hexadecimal digits, instead of a keyring")
	}
}

func privacyChain(cmd *cobra.Command) (predicate.Chain, func() error, error) {
	text := func(name string) string { value, _ := cmd.Flags().GetString(name); return value }
	chainID := text(flags.FlagChainID)
	if chainID == "" {
		var err error
		if chainID, err = chainOf(cmd.Context(), text(flags.FlagNode)); err != nil {
			return nil, nil, err
		}
	}
	c, err := client.Dial(cmd.Context(), client.Config{ChainID: chainID, RPC: text(flags.FlagNode), GRPC: text(flags.FlagGRPC)})
	if err != nil {
		return nil, nil, err
	}
	return predicate.NewNode(c), c.Close, nil
}

func privacySender(cmd *cobra.Command, chain predicate.Chain) (predicatecli.Sender, sdk.AccAddress, error) {
	node, ok := chain.(predicate.Node)
	if !ok {
		return nil, nil, errors.New("nothing is sent without a node")
	}
	text := func(name string) string { value, _ := cmd.Flags().GetString(name); return value }
	var signer client.Signer
	var err error
	if file := text(flagKeyFile); file != "" {
		signer, err = client.KeyFileSigner(file)
	} else {
		signer, err = client.KeyringSigner(node.Codec(), client.KeyringConfig{
			Home: text(flags.FlagHome), Backend: text(flags.FlagKeyringBackend), From: text(flags.FlagFrom), Input: cmd.InOrStdin(),
		})
	}
	if err != nil {
		return nil, nil, err
	}
	return node.NewSender(signer), signer.Address(), nil
}
