package cmd

import (
	"github.com/spf13/cobra"

	auditcli "github.com/creditd/creditd/audit/cli"
)

// newAuditCmd asks a node by its address or reads a file: no node's configuration is written into a home.
func newAuditCmd() *cobra.Command {
	cmd := auditcli.NewCommand()
	cmd.PersistentPreRunE = func(*cobra.Command, []string) error { return nil }
	return cmd
}
