package keeper_test

import (
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/institution/types"
)

// TestKeyLayout holds the README's example: these bytes may change in an upgrade only.
func TestKeyLayout(t *testing.T) {
	f := withTimelock(t)
	f.setAbsent(0, true)
	f.pass(f.registration(9, 0))
	f.begin(5)
	_, err := f.msg.UpdateProfile(f.ctx, &types.MsgUpdateProfile{Operator: operator(0).String(), Vault: vault()})
	require.NoError(t, err)
	require.NoError(t, f.rotate(0, key("new")))

	at := func(when time.Time) string { return hexOf(uint64Bytes(uint64(when.UnixNano()))) }
	op := hexOf(operator(0))
	store := f.ctx.KVStore(f.store)
	for name, layout := range map[string]string{
		"params":           "00",
		"institution":      "01 " + op,
		"licence":          "02 4445 00 422d30", // DE, B-0
		"vault":            "03 " + op,
		"validator":        "04 " + op,
		"consensus key":    "05 " + hexOf(consAddress(keyOf(0))),
		"set member":       "06 " + op,
		"pending":          "07 " + op,
		"deadline":         "08 " + at(start.AddDate(1, 0, 0)) + op,
		"history":          "09 14 " + op + "0000000000000001",
		"missed":           "0a 14 " + op + "00000000",
		"missed count":     "0b " + op,
		"missed window":    "0c",
		"scheduled change": "0d 0000000000000001",
		"change queue":     "0e " + at(f.scheduled()[0].ExecuteAt) + "0000000000000001",
		"last change id":   "0f",
	} {
		bz, err := hex.DecodeString(strings.ReplaceAll(layout, " ", ""))
		require.NoError(t, err)
		require.True(t, store.Has(bz), "%s: %s", name, layout)
	}
	for _, asked := range [][]byte{types.InstitutionStateKey(operator(0)), types.VaultStateKey(operator(0))} {
		require.True(t, store.Has(asked), "what proofs are asked for: %x", asked)
	}
}

func uint64Bytes(v uint64) []byte {
	bz := make([]byte, 8)
	for i := range bz {
		bz[7-i] = byte(v >> (8 * i))
	}
	return bz
}
