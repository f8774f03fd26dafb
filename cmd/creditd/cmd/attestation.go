package cmd

import (
	"github.com/spf13/cobra"

	"github.com/cosmos/cosmos-sdk/client"

	anchorcli "github.com/creditd/creditd/anchor/cli"
	delegationcli "github.com/creditd/creditd/delegation/cli"
	proofcli "github.com/creditd/creditd/proof/cli"
)

// NewAttestationCmd builds the commands around attestations that are no single transaction or query.
func NewAttestationCmd() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "attestation",
		Short: "Prove, verify, anchor and delegate attestations off the chain",
		Long: `Work with attestations off the chain: write and verify proofs that need no trust in any node, build the trees that
anchors stand for, sign what others submit. What changes the chain is under 'creditd tx attestation', what asks it under
'creditd query attestation'; credentials for holders are under 'creditd credential'.`,
		RunE: client.ValidateCmd,
	}
	// These read files or ask a node by its address: no node's configuration is written into a home.
	homeless := append(proofcli.NewCommands(), anchorcli.NewCommand())
	for _, each := range homeless {
		each.PersistentPreRunE = func(*cobra.Command, []string) error { return nil }
	}
	cmd.AddCommand(homeless...)
	cmd.AddCommand(delegationcli.NewSignCmd(), delegationcli.NewSubmitCmd())
	return cmd
}
