package circuit

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/privacy/predicate"
)

// TestRows: every circuit of the schemas there are compiles, to no more rows than the setup serves.
func TestRows(t *testing.T) {
	for _, name := range []string{
		"range-1", "range-2", "range-6", "ratio-2", "ratio-6", "ratio-6x2", "member-2", "member-6", "history-6", "count-1x8", "count-6x3",
		"range-1-hidden", "range-6-hidden", "ratio-6-hidden", "member-6-hidden", "history-6-hidden",
	} {
		c, err := predicate.ParseCircuit(name)
		require.NoError(t, err)
		compiled, err := Compile(c)
		require.NoError(t, err)
		t.Logf("%-18s %6d of %6d rows, %d public", name, compiled.Constraints(), compiled.Rows(), c.Public())
		require.Equal(t, c.Public(), compiled.system.GetNbPublicVariables(), name)
	}
}
