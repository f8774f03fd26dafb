package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/credit/types"
)

// What a report with proofs asks for is where the keeper writes.
func TestReportStateKeys(t *testing.T) {
	f, dispute := disputed(t, "US")
	id := types.ID(dispute)
	for name, key := range map[string][]byte{
		"dispute": types.DisputeStateKey(id),
		"index":   join(types.SubjectDisputesStateKey(types.ID(subject)), id.Bytes()),
	} {
		has, err := f.store.OpenKVStore(f.ctx).Has(key)
		require.NoError(t, err)
		require.True(t, has, name)
	}
}
