package keeper_test

import (
	"encoding/binary"
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/pseudonym/types"
)

// TestKeyLayout: the keys of the state are those of the README, and nothing else is there. Proofs rely on them.
func TestKeyLayout(t *testing.T) {
	f := everything(t)
	gs, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	h := hex.EncodeToString
	at := func(when time.Time) string {
		return h(binary.BigEndian.AppendUint64(nil, uint64(when.UnixNano())^1<<63)) // README: State
	}
	of := func(address []byte) string { return "14" + h(address) }
	want := map[string]bool{"00": true, "010000000000000001": true}
	for _, e := range gs.Evaluations {
		want["02"+h(e.Id)], want["03"+at(e.ExpiresAt)+h(e.Id)] = true, true
	}
	for _, u := range gs.Usages {
		want["04"+of(bank)+at(u.Window)] = true
	}
	for _, m := range gs.Matches {
		want["05"+h(m.Id)] = true
		if !m.Over() {
			want["06"+at(m.ExpiresAt)+h(m.Id)] = true
			want["0a"+of(lender)+h(m.Id)], want["0a"+of(bank)+h(m.Id)] = true, true
		}
	}
	for _, u := range gs.MatchUsages {
		want["07"+of(lender)+of(bank)+at(u.Window)] = true
	}
	for _, m := range gs.Migrations {
		want["08"+h(m.Old)], want["09"+at(m.DueAt)+h(m.Old)] = true, true
	}
	found := map[string]bool{}
	iterator, err := f.store.OpenKVStore(f.ctx).Iterator(nil, nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, iterator.Close()) }()
	for ; iterator.Valid(); iterator.Next() {
		found[h(iterator.Key())] = true
	}
	require.Equal(t, want, found)

	// The README's examples.
	require.Equal(t, "98f9b53d115a8000", at(time.Date(2027, 1, 11, 12, 0, 0, 0, time.UTC)))
	require.Equal(t, "010000000000000001", h(types.EpochStateKey(1)))
}
