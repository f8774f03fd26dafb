package credit_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit"
	"github.com/creditd/creditd/x/credit/types"
)

func TestGenesisJSON(t *testing.T) {
	cdc := testutil.Codec(types.RegisterInterfaces)
	am := credit.NewAppModule(cdc, nil)
	require.NoError(t, am.ValidateGenesis(cdc, nil, am.DefaultGenesis(cdc)))
	for _, bad := range []string{`{`, `{"params":{}}`, `{"people":[]}`} {
		require.ErrorContains(t, am.ValidateGenesis(cdc, nil, []byte(bad)), "invalid", bad)
	}
}
