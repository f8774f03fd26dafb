package cmd

import (
	"os"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// gcPercent lets a node's heap grow to four times what is in use before it is collected: a block's garbage is large
// and short-lived, and at Go's 100 a validator under load spends a tenth to a quarter of its time on it. What that may
// take of memory is in docs/operators.md; GOGC and GOMEMLIMIT in the environment have the last word.
const gcPercent = 300

// collectLessOften is for commands that run a node.
func collectLessOften(cmd *cobra.Command) {
	cmd.PreRun = func(*cobra.Command, []string) {
		if os.Getenv("GOGC") == "" {
			debug.SetGCPercent(gcPercent)
		}
	}
}
