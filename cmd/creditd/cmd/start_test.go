package cmd

import (
	"runtime/debug"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
)

// The environment has the last word on the garbage collector.
func TestCollectLessOften(t *testing.T) {
	before := debug.SetGCPercent(100)
	t.Cleanup(func() { debug.SetGCPercent(before) })
	after := func() int {
		cmd := &cobra.Command{Run: func(*cobra.Command, []string) {}}
		collectLessOften(cmd)
		cmd.SetArgs(nil)
		require.NoError(t, cmd.Execute())
		return debug.SetGCPercent(100)
	}
	t.Setenv("GOGC", "50")
	require.Equal(t, 100, after())
	t.Setenv("GOGC", "")
	require.Equal(t, gcPercent, after())
}
