package cmd

import (
	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"

	sumcli "github.com/creditd/creditd/exposure/cli"
)

// newPrivacyCmd builds `creditd privacy`: answers without moving the data.
func newPrivacyCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "privacy",
		Short: "Prove, sum up and match without showing what is behind it",
		RunE:  client.ValidateCmd,
	}
	cmd.AddCommand(sumcli.NewCommand())
	return cmd
}
