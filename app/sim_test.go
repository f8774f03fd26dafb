package app

import (
	"encoding/json"
	"flag"
	"math/rand"
	"testing"
	"time"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log/v2"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"

	"github.com/cosmos/cosmos-sdk/baseapp"
	servertypes "github.com/cosmos/cosmos-sdk/server/types"
	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	simtypes "github.com/cosmos/cosmos-sdk/types/simulation"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	"github.com/cosmos/cosmos-sdk/x/gov"
	simcli "github.com/cosmos/cosmos-sdk/x/simulation/client/cli"
	stakingtypes "github.com/cosmos/cosmos-sdk/x/staking/types"
)

// simSeeds is how many seeds each simulation runs (make sim SEEDS=n).
var simSeeds = flag.Int("sim-seeds", 2, "seeds of each simulation")

func init() { simcli.GetSimulatorFlags() }

// simConfig is a history of 40 blocks of about 40 operations, unless the simulator's own flags say otherwise.
func simConfig() simtypes.Config {
	cfg := simcli.NewConfigFromFlags()
	cfg.ChainID = simsx.SimAppChainID
	cfg.Commit = true
	cfg.NumBlocks, cfg.BlockSize = 40, 40
	if simcli.FlagNumBlocksValue != 500 { // the flag's default is too long for every day
		cfg.NumBlocks = simcli.FlagNumBlocksValue
	}
	return cfg
}

// newSimApp is the chain without two rules that the SDK's simulated users know nothing of: that memos are refused
// and that only members and subjects may pay. Votes are simulated by memberGov.
func newSimApp(logger log.Logger, db dbm.DB, loadLatest bool, appOpts servertypes.AppOptions, options ...func(*baseapp.BaseApp)) *Creditd {
	app := NewCreditd(logger, db, false, appOpts, options...)
	var decorators []sdk.AnteDecorator
	for _, d := range app.anteDecorators() {
		switch d.(type) {
		case noMemo, payerDecorator:
		default:
			decorators = append(decorators, d)
		}
	}
	app.SetAnteHandler(sdk.ChainAnteDecorators(decorators...))
	for i, m := range app.simulation.Modules {
		if m, isGov := m.(gov.AppModule); isGov {
			app.simulation.Modules[i] = memberGov{m, app.Keepers}
		}
	}
	if loadLatest {
		must(app.LoadLatestVersion())
	}
	return app
}

func simState(app *Creditd) simsx.SimStateFactory {
	return simsx.SimStateFactory{
		Codec:         app.AppCodec(),
		AppStateFn:    randomGenesis(app),
		BlockedAddr:   blockedAddresses(),
		AccountSource: app.Keepers.Account,
		BalanceSource: app.Keepers.Bank,
	}
}

// randomGenesis draws each module's genesis. The simulator reads the age of evidence from a staking genesis, which our chain ignores.
func randomGenesis(app *Creditd) simtypes.AppStateFn {
	return func(r *rand.Rand, accs []simtypes.Account, cfg simtypes.Config) (json.RawMessage, []simtypes.Account, string, time.Time) {
		cdc, start := app.AppCodec(), time.Unix(cfg.GenesisTime, 0)
		bz, accs := simtestutil.AppStateRandomizedFn(app.SimulationManager(), r, cdc, accs, start, simtypes.AppParams{}, Basics.DefaultGenesis(cdc))
		var state map[string]json.RawMessage
		must(json.Unmarshal(bz, &state))
		var bank banktypes.GenesisState
		cdc.MustUnmarshalJSON(state[banktypes.ModuleName], &bank)
		bank.Supply = nil // the simulator counts bonded stake in, of which there is none
		state[banktypes.ModuleName] = cdc.MustMarshalJSON(&bank)
		state[stakingtypes.ModuleName] = cdc.MustMarshalJSON(stakingtypes.DefaultGenesisState())
		bz, err := json.Marshal(state)
		must(err)
		return bz, accs, cfg.ChainID, start
	}
}

// runSim runs one random history and hands what came out to check.
func runSim(t *testing.T, seed int64, check func(*Creditd)) {
	t.Helper()
	cfg := simConfig()
	cfg.Seed = seed
	cfg.GenesisTime = genesisOf(seed)
	simsx.RunWithSeedAndRandAcc(t, cfg, newSimApp, simState, seed, nil, fewAccounts, func(_ testing.TB, instance simsx.TestInstance[*Creditd], _ []simtypes.Account) {
		check(instance.App)
	})
}

// genesisOf starts each seed's history at a time of its own, always the same: the simulator's own default is the wall clock.
func genesisOf(seed int64) int64 {
	const firstOf2026, week = 1767225600, 7 * 24 * 3600
	return firstOf2026 + seed*week
}

// fewAccounts keeps the consortium to a size at which members meet each other's records often.
func fewAccounts(r *rand.Rand, n int) []simtypes.Account {
	return simtypes.RandomAccounts(r, min(n, 40))
}

func eachSeed(t *testing.T, run func(t *testing.T, seed int64)) {
	t.Helper()
	for seed := int64(1); seed <= int64(*simSeeds); seed++ {
		t.Run("", func(t *testing.T) { run(t, seed) })
	}
}

// The same history gives the same state.
func TestSimDeterminism(t *testing.T) {
	eachSeed(t, func(t *testing.T, seed int64) {
		var hashes [][]byte
		for range 2 {
			runSim(t, seed, func(app *Creditd) { hashes = append(hashes, app.LastCommitID().Hash) })
		}
		require.NotEmpty(t, hashes[0])
		require.Equal(t, hashes[0], hashes[1])
	})
}

// After a random history the invariants hold, and the exported genesis is exported again byte for byte
// by a chain that starts from it.
func TestSimImportExport(t *testing.T) {
	eachSeed(t, func(t *testing.T, seed int64) {
		runSim(t, seed, func(app *Creditd) {
			ctx, err := app.CreateQueryContext(0, false) // with the time of the last block
			require.NoError(t, err)
			require.NoError(t, app.Keepers.Institution.Invariants(ctx))
			require.NoError(t, app.Keepers.Attestation.Invariants(ctx))
			require.NoError(t, app.Keepers.Credit.Invariants(ctx))
			require.NoError(t, app.Keepers.Predicate.Invariants(ctx))
			require.NoError(t, app.Keepers.Committee.Invariants(ctx))
			require.NoError(t, app.Keepers.Exposure.Invariants(ctx))
			require.NoError(t, app.Keepers.Pseudonym.Invariants(ctx))

			exported, err := app.ExportAppStateAndValidators(false, nil, nil)
			require.NoError(t, err)
			again := importGenesis(t, exported)
			second, err := again.ExportAppStateAndValidators(false, nil, nil)
			require.NoError(t, err)
			require.Equal(t, string(exported.AppState), string(second.AppState))
			require.Equal(t, exported.Validators, second.Validators)
		})
	})
}

// importGenesis lays an exported state into a new chain's check state, where the next export finds it as it
// is: a first block would already work on it.
func importGenesis(t *testing.T, exported servertypes.ExportedApp) *Creditd {
	t.Helper()
	app := NewCreditd(log.NewNopLogger(), dbm.NewMemDB(), true,
		simtestutil.AppOptionsMap{"home": t.TempDir()}, baseapp.SetChainID(simsx.SimAppChainID))
	_, err := app.InitChain(&abci.RequestInitChain{ // an empty first block, for a check state to exist
		ChainId: simsx.SimAppChainID, AppStateBytes: exported.AppState, ConsensusParams: &exported.ConsensusParams,
	})
	require.NoError(t, err)
	ctx := app.NewContextLegacy(true, cmtproto.Header{ChainID: simsx.SimAppChainID})
	var state map[string]json.RawMessage
	require.NoError(t, json.Unmarshal(exported.AppState, &state))
	_, err = app.manager.InitGenesis(ctx, app.AppCodec(), state)
	require.NoError(t, err)
	require.NoError(t, app.StoreConsensusParams(ctx, exported.ConsensusParams))
	return app
}
