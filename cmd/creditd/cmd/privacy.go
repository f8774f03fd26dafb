package cmd

import (
	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"

	vaultcli "github.com/creditd/creditd/vault/cli"
)

// newPrivacyCmd builds `creditd privacy`: answers without moving the data.
func newPrivacyCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "privacy",
		Short: "Prove, sum up and match without showing what is behind it",
		RunE:  client.ValidateCmd,
	}
	cmd.AddCommand(vaultcli.NewMatchCmd(), vaultcli.NewPseudonymCmd())
	return cmd
}
