package keeper_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/pseudonym/types"
)

// everything has one of each in the state.
func everything(t *testing.T) *fixture {
	f := withSubject(t)
	_, err := f.request(bank, 5, "elements")
	require.NoError(t, err)
	f.opened("open")
	accepted := f.opened("accepted")
	require.NoError(t, f.accept(bank, accepted, key()))
	_, err = f.closed(lender, accepted, "said")
	require.NoError(t, err)
	ended := f.opened("ended")
	require.NoError(t, f.accept(bank, ended, key()))
	for _, by := range [][]byte{lender, bank} {
		_, err = f.closed(by, ended, "said")
		require.NoError(t, err)
	}
	_, err = f.link(bank, "old", "new")
	require.NoError(t, err)
	_, err = f.link(bank, "single", "another")
	require.NoError(t, err)
	return f
}

func TestGenesisComesBackAsItWas(t *testing.T) {
	f := everything(t)
	exported, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.NoError(t, exported.Validate(addresscodec.NewBech32Codec("cosmos")))
	other := blank(t)
	require.NoError(t, other.k.InitGenesis(other.ctx, exported))
	require.NoError(t, other.k.Invariants(other.ctx))
	again, err := other.k.ExportGenesis(other.ctx)
	require.NoError(t, err)
	require.Equal(t, exported, again)
}

func TestBadGenesisIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*types.GenesisState){
		"params":              func(gs *types.GenesisState) { gs.Params.MaxCount = 0 },
		"epoch 0":             func(gs *types.GenesisState) { gs.Epochs[0].Epoch = 0 },
		"epochs twice":        func(gs *types.GenesisState) { gs.Epochs = append(gs.Epochs, gs.Epochs[0]) },
		"key":                 func(gs *types.GenesisState) { gs.Epochs[0].PublicKey = make([]byte, 32) },
		"no committee":        func(gs *types.GenesisState) { gs.Epochs[0].CommitteeId = 0 },
		"id of a request":     func(gs *types.GenesisState) { gs.Evaluations[0].Id = testutil.Bytes("x") },
		"epoch of a request":  func(gs *types.GenesisState) { gs.Epochs = nil },
		"count of a request":  func(gs *types.GenesisState) { gs.Evaluations[0].Count = 0 },
		"usage":               func(gs *types.GenesisState) { gs.Usages[0].Evaluations = 0 },
		"usage twice":         func(gs *types.GenesisState) { gs.Usages = append(gs.Usages, gs.Usages[0]) },
		"window":              func(gs *types.GenesisState) { gs.Usages[0].Window = gs.Usages[0].Window.Add(time.Nanosecond) },
		"order of matches":    func(gs *types.GenesisState) { gs.Matches[0], gs.Matches[1] = gs.Matches[1], gs.Matches[0] },
		"client is server":    func(gs *types.GenesisState) { gs.Matches[0].Client = gs.Matches[0].Server },
		"status of a match":   func(gs *types.GenesisState) { gs.Matches[0].Status = types.MATCH_STATUS_UNSPECIFIED },
		"key of a match":      func(gs *types.GenesisState) { gs.Matches[0].ServerKey = []byte{1} },
		"items":               func(gs *types.GenesisState) { gs.MatchUsages[0].Items = 0 },
		"approvals":           func(gs *types.GenesisState) { gs.Migrations[0].Approvals = nil },
		"approved twice":      func(gs *types.GenesisState) { gs.Migrations[0].Approvals = []string{bank.String(), bank.String()} },
		"to itself":           func(gs *types.GenesisState) { gs.Migrations[0].New = gs.Migrations[0].Old },
		"spelling of address": func(gs *types.GenesisState) { gs.Usages[0].Institution = "COSMOS1" },
	} {
		f := everything(t)
		exported, err := f.k.ExportGenesis(f.ctx)
		require.NoError(t, err)
		spoil(exported)
		other := blank(t)
		require.Error(t, other.k.InitGenesis(other.ctx, exported), name)
	}
}

// Vaults prove entries under these keys.
func TestStateKeysAreThoseOfTheCollections(t *testing.T) {
	f := everything(t)
	exported, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Equal(t, append([]byte{1}, 0, 0, 0, 0, 0, 0, 0, 1), types.EpochStateKey(exported.Epochs[0].Epoch))
	for _, key := range [][]byte{
		types.EpochStateKey(1), types.EvaluationStateKey([32]byte(exported.Evaluations[0].Id)), types.MatchStateKey([32]byte(exported.Matches[0].Id)),
	} {
		value, err := f.store.OpenKVStore(f.ctx).Get(key)
		require.NoError(t, err)
		require.NotEmpty(t, value)
	}
}
