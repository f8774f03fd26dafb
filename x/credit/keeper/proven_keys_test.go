package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/credit/types"
)

// What a vault asks proofs for is where the keeper writes.
func TestProvenStateKeys(t *testing.T) {
	f, consent := consented(t)
	id := types.ID(must(f, f.msg.OpenInquiry, inquiry(consent, "first")).Id)
	must(f, f.msg.LeaveReceipt, receipt(lender, id.Bytes()))
	tradeline := types.TradelineID(bank, subject, report("account", "v1").Account)
	about := types.ID(subject)
	profile := types.DefaultGenesis().Profiles[0]
	for name, key := range map[string][]byte{
		"params":       types.ParamsStateKey(),
		"subject":      types.SubjectStateKey(about),
		"tradeline":    types.TradelineStateKey(about, tradeline),
		"consent":      types.ConsentStateKey(about, types.ID(consent)),
		"inquiry":      types.InquiryStateKey(id),
		"receipt":      join(types.ReceiptsStateKey(id), lender),
		"profile":      types.ProfileStateKey(profile.Code),
		"jurisdiction": types.JurisdictionStateKey(profile.Jurisdictions[0]),
	} {
		has, err := f.store.OpenKVStore(f.ctx).Has(key)
		require.NoError(t, err)
		require.True(t, has, name)
	}
	require.Equal(t, join(types.TradelinesStateKey(about), tradeline.Bytes()), types.TradelineStateKey(about, tradeline))
	require.Equal(t, join(types.ConsentsStateKey(about), consent), types.ConsentStateKey(about, types.ID(consent)))
	require.Equal(t, join([]byte{0x0b}, tradeline.Bytes()), types.VersionsStateKey(tradeline))
}
