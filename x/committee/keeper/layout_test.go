package keeper_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/collections"
	collcodec "cosmossdk.io/collections/codec"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/committee/types"
)

// bytesOf a key as a collection writes it.
func bytesOf[K any](t *testing.T, prefix collections.Prefix, codec collcodec.KeyCodec[K], key K) string {
	t.Helper()
	bz, err := collections.EncodeKeyWithPrefix(prefix.Bytes(), codec, key)
	require.NoError(t, err)
	return hex.EncodeToString(bz)
}

// TestKeyLayout: the keys of the state are those of the README. Proofs rely on them.
func TestKeyLayout(t *testing.T) {
	f := newFixture(t)
	when := time.Date(2027, 1, 11, 12, 0, 0, 0, time.UTC) // 98f9b53d115a8000, as in the README of x/pseudonym
	bank := sdk.AccAddress("bank________________")
	address := hex.EncodeToString(bank)
	for name, each := range map[string]struct{ got, want string }{
		"committee":  {bytesOf(t, types.CommitteesPrefix, f.k.Committees.KeyCodec(), 1), "01" + "0000000000000001"},
		"dealing":    {bytesOf(t, types.DealingsPrefix, f.k.Dealings.KeyCodec(), collections.Join(uint64(1), uint32(3))), "02" + "0000000000000001" + "00000003"},
		"enlistment": {bytesOf(t, types.EnlistmentsPrefix, f.k.Enlistments.KeyCodec(), collections.Join(uint32(1), bank)), "03" + "00000001" + address},
		"purpose":    {bytesOf(t, types.PurposesPrefix, f.k.Purposes.KeyCodec(), 1), "04" + "00000001"},
		"deadline":   {bytesOf(t, types.DeadlinesPrefix, f.k.Deadlines.KeyCodec(), collections.Join(when, uint64(1))), "05" + "98f9b53d115a8000" + "0000000000000001"},
		"review":     {bytesOf(t, types.ReviewsPrefix, f.k.Reviews.KeyCodec(), collections.Join(when, uint32(2))), "06" + "98f9b53d115a8000" + "00000002"},
		"duty":       {bytesOf(t, types.DutiesPrefix, f.k.Duties.KeyCodec(), collections.Join(bank, uint64(1))), "07" + "14" + address + "0000000000000001"},
	} {
		require.Equal(t, each.want, each.got, name)
	}
	require.Equal(t, "010000000000000001", hex.EncodeToString(types.CommitteeStateKey(1)))
	require.Equal(t, "020000000000000001", hex.EncodeToString(types.DealingsStateKey(1)))
}
