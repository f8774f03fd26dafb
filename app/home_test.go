package app

import (
	"os"
	"testing"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log/v2"

	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
)

// Every command builds an application without a home to list its commands: it must leave nothing where it is run.
func TestWithoutHomeNothingIsWritten(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	NewCreditd(log.NewNopLogger(), dbm.NewMemDB(), true, simtestutil.EmptyAppOptions{})
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}
