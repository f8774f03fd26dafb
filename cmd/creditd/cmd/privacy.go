package cmd

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"

	"github.com/cosmos/cosmos-sdk/client/flags"
	"github.com/cosmos/cosmos-sdk/crypto/keyring"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/app"
	"github.com/creditd/creditd/client"
	sumcli "github.com/creditd/creditd/exposure/cli"
	"github.com/creditd/creditd/predicate"
	predicatecli "github.com/creditd/creditd/predicate/cli"
	vaultcli "github.com/creditd/creditd/vault/cli"
	"github.com/creditd/creditd/vault/keys"
	"github.com/creditd/creditd/wallet"
)

const (
	flagKeyFile        = "key-file"
	flagWallet         = "wallet"
	flagPassphraseFile = "passphrase-file"

	defaultRPC  = "tcp://127.0.0.1:26657"
	defaultGRPC = "127.0.0.1:9090"
)

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
	f.String(flags.FlagNode, defaultRPC, "CometBFT RPC of the node to ask; default: that of the wallet, else of config/client.toml in --home")
	f.String(flags.FlagGRPC, defaultGRPC, "gRPC of the same node; default likewise")
	f.String(flags.FlagChainID, "", "Chain that the node must be on (default: the node's)")
	f.String(flags.FlagHome, app.DefaultNodeHome, "Folder of the keyring, and of config/client.toml")
	if sends {
		f.String(flags.FlagFrom, "", "Name or address of the key that signs")
		f.String(flags.FlagKeyringBackend, keyring.BackendOS, "Keyring (os|file|test); default: that of config/client.toml")
		f.String(flagKeyFile, "", "File of the key that signs, 64 hexadecimal digits, instead of a keyring")
		f.String(flagWallet, "", "Folder of the wallet that signs, instead of a keyring")
		f.String(flagPassphraseFile, "", "With --wallet: file with its passphrase, which only you can read")
	}
}

// privacySetting is a flag's value; where it was not given, that of the wallet or of config/client.toml.
func privacySetting(cmd *cobra.Command, name, ofWallet, inToml string) string {
	value, _ := cmd.Flags().GetString(name)
	if cmd.Flags().Changed(name) {
		return value
	}
	if ofWallet != "" {
		return ofWallet
	}
	home, _ := cmd.Flags().GetString(flags.FlagHome)
	file := viper.New()
	file.SetConfigFile(filepath.Join(home, "config", "client.toml"))
	_ = file.ReadInConfig() // it need not be there
	return cmp.Or(file.GetString(inToml), value)
}

// privacyWallet is nil where no wallet signs.
func privacyWallet(cmd *cobra.Command) (*wallet.Wallet, error) {
	home, _ := cmd.Flags().GetString(flagWallet)
	if home == "" {
		return nil, nil //nolint:nilnil // none
	}
	return wallet.Open(home)
}

func privacyChain(cmd *cobra.Command) (predicate.Chain, func() error, error) {
	opened, err := privacyWallet(cmd)
	if err != nil {
		return nil, nil, err
	}
	var of wallet.State
	if opened != nil {
		of = opened.State
	}
	node := privacySetting(cmd, flags.FlagNode, of.Node, "node")
	chainID, _ := cmd.Flags().GetString(flags.FlagChainID)
	if chainID = cmp.Or(chainID, of.ChainID); chainID == "" {
		if chainID, err = chainOf(cmd.Context(), node); err != nil {
			return nil, nil, err
		}
	}
	c, err := client.Dial(cmd.Context(), client.Config{ChainID: chainID, RPC: node, GRPC: privacySetting(cmd, flags.FlagGRPC, of.GRPC, "grpc-address")})
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
	signer, err := privacySigner(cmd, node)
	if err != nil {
		return nil, nil, err
	}
	return node.NewSender(signer), signer.Address(), nil
}

func privacySigner(cmd *cobra.Command, node predicate.Node) (client.Signer, error) {
	text := func(name string) string { value, _ := cmd.Flags().GetString(name); return value }
	opened, err := privacyWallet(cmd)
	switch {
	case err != nil:
		return nil, err
	case opened != nil:
		passphrase, err := keys.ReadSecret(text(flagPassphraseFile))
		if err != nil {
			return nil, fmt.Errorf("--%s: %w", flagPassphraseFile, err)
		}
		secret, err := opened.Unlock(passphrase)
		if err != nil {
			return nil, err
		}
		return secret.Signer(), nil
	case text(flagKeyFile) != "":
		return client.KeyFileSigner(text(flagKeyFile))
	}
	return client.KeyringSigner(node.Codec(), client.KeyringConfig{
		Home: text(flags.FlagHome), Backend: privacySetting(cmd, flags.FlagKeyringBackend, "", "keyring-backend"),
		From: text(flags.FlagFrom), Input: cmd.InOrStdin(),
	})
}
