package cmd

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"

	subjectcli "github.com/creditd/creditd/subject/cli"
)

// NewSubjectCmd builds the commands of subjects that are no single transaction or query.
func NewSubjectCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "subject",
		Short: "Sign orders that others submit, and export consents",
		Long: `What a subject does off the chain: sign orders that an institution submits and pays for, and export consents. What
changes the chain is under 'creditd tx credit', what asks it under 'creditd query credit'.`,
		RunE: client.ValidateCmd,
	}
	cmd.AddCommand(subjectcli.NewSignCmd(), subjectcli.NewReceiptCmd())
	return cmd
}

// addCreditCommands adds to 'creditd tx credit' what reads a file.
func addCreditCommands(root *cobra.Command) error {
	parent, _, err := root.Find([]string{"tx", "credit"})
	if err != nil {
		return err
	}
	if parent.Name() != "credit" {
		return fmt.Errorf("there is no 'tx credit' to add commands to, only %q", parent.CommandPath())
	}
	parent.AddCommand(subjectcli.NewSubmitSignedCmd(), subjectcli.NewProposeContractCmd())
	return nil
}
