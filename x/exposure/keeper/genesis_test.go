package keeper_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/exposure/types"
)

func newLimit(gas uint64) storetypes.GasMeter { return storetypes.NewGasMeter(gas) }

// busy has a round in each status.
func busy(t testing.TB) *fixture {
	t.Helper()
	f := setup(t)
	about := func(name string) types.ID {
		f.look(inquiry, testutil.Bytes("%s", name))
		f.credit.tradelines = nil
		for i := range f.openings {
			f.openings[i].Value = 0
		}
		f.newKey()
		return f.open(types.KIND_COUNT)
	}
	about("failed")
	f.next(10 * time.Minute)
	f.next(time.Second)
	about("submitting")
	opening, opened := about("opening"), about("opened")
	f.submit(opening, 0, 1, 2, 3, 4)
	f.submit(opened, 0, 1, 2, 3, 4)
	f.give(opening, 1)
	f.give(opened, 0, 1, 2)
	accepted, err := f.giveBytes(opening, 0, f.share(opening, 2))
	require.NoError(t, err)
	require.False(t, accepted)
	return f
}

func TestGenesisRoundTrip(t *testing.T) {
	f := busy(t)
	exported, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Len(t, exported.Rounds, 4)
	require.NoError(t, exported.Validate())

	g := blank(t)
	require.NoError(t, g.k.InitGenesis(g.ctx, exported))
	again, err := g.k.ExportGenesis(g.ctx)
	require.NoError(t, err)
	require.Equal(t, exported, again)
	require.NoError(t, g.k.Invariants(g.ctx))
}

func TestGenesisRefusals(t *testing.T) {
	f := busy(t)
	for name, change := range map[string]func(*types.GenesisState){
		"params":        func(gs *types.GenesisState) { gs.Params.MinOthers = 0 },
		"a round twice": func(gs *types.GenesisState) { gs.Rounds = append(gs.Rounds, gs.Rounds[0]) },
		"an id":         func(gs *types.GenesisState) { gs.Rounds[0].Id = nil },
		"another id":    func(gs *types.GenesisState) { gs.Rounds[0].AskerKey = testutil.Bytes("key") },
		"asker":         func(gs *types.GenesisState) { gs.Rounds[0].Asker = "x" },
		"sum":           func(gs *types.GenesisState) { gs.Rounds[0].Sum = gs.Rounds[0].Sum[:63] },
		"another sum": func(gs *types.GenesisState) {
			gs.Parts[0].Ciphertext = append(testutil.Bytes("a"), testutil.Bytes("b")...)
		},
		"kind":             func(gs *types.GenesisState) { gs.Rounds[0].Kind = types.KIND_SECTOR },
		"status":           func(gs *types.GenesisState) { gs.Rounds[0].Status = 9 },
		"failure":          func(gs *types.GenesisState) { gs.Rounds[0].Status, gs.Rounds[0].Failure = types.STATUS_FAILED, 0 },
		"times":            func(gs *types.GenesisState) { gs.Rounds[0].SubmitUntil = gs.Rounds[0].ForgetAt.Add(1) },
		"counts":           func(gs *types.GenesisState) { gs.Rounds[0].Given++ },
		"threshold":        func(gs *types.GenesisState) { gs.Rounds[0].Threshold = 6 },
		"a part of none":   func(gs *types.GenesisState) { gs.Parts[0].RoundId = testutil.Bytes("none") },
		"a part's order":   func(gs *types.GenesisState) { gs.Parts[1].Index = 1 },
		"a member":         func(gs *types.GenesisState) { gs.Parts[0].Member = "x" },
		"conduct twice":    func(gs *types.GenesisState) { gs.Conduct = append(gs.Conduct, gs.Conduct[0]) },
		"conduct of whom?": func(gs *types.GenesisState) { gs.Conduct[0].Member = "x" },
	} {
		gs, err := f.k.ExportGenesis(f.ctx)
		require.NoError(t, err)
		change(gs)
		g := blank(t)
		require.Error(t, g.k.InitGenesis(g.ctx, gs), name)
	}
}

// Proofs and other programs rely on the keys: they do not change without an upgrade.
func TestKeyLayout(t *testing.T) {
	f := setup(t)
	id := f.open(types.KIND_COUNT)
	round := first(f.round(id))
	keys := map[string]bool{}
	iterator, err := f.store.OpenKVStore(f.ctx).Iterator(nil, nil)
	require.NoError(t, err)
	defer iterator.Close()
	for ; iterator.Valid(); iterator.Next() {
		keys[hex.EncodeToString(iterator.Key())] = true
	}
	due := uint64(round.SubmitUntil.UnixNano()) ^ 1<<63
	h := hex.EncodeToString
	for _, want := range []string{
		"00",
		"01" + id.String(),
		"02" + id.String() + "00000005",
		"03" + "00000002" + h(alice) + id.String(),
		"04" + h([]byte{byte(due >> 56), byte(due >> 48), byte(due >> 40), byte(due >> 32), byte(due >> 24), byte(due >> 16), byte(due >> 8), byte(due)}) + id.String(),
		"05" + "14" + h(f.banks[0]) + id.String(),
	} {
		require.True(t, keys[want], want)
	}
	require.Len(t, keys, 1+1+members+1+1+members)
	require.Equal(t, "01"+id.String(), h(types.RoundStateKey(id)))
	require.Equal(t, "02"+id.String()+"00000005", h(types.PartStateKey(id, 5)))
}
