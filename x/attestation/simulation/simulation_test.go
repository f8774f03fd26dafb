package simulation_test

import (
	"context"
	"encoding/json"
	"math/rand"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/core/address"

	"github.com/cosmos/cosmos-sdk/baseapp"
	codecaddress "github.com/cosmos/cosmos-sdk/codec/address"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	simtypes "github.com/cosmos/cosmos-sdk/types/simulation"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/x/attestation"
	"github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// accounts has every account, the simulation's with their keys.
type accounts struct {
	address.Codec
	sims []simtypes.Account
}

func (a accounts) AddressCodec() address.Codec { return a.Codec }

func (a accounts) GetAccount(_ context.Context, addr sdk.AccAddress) sdk.AccountI {
	for _, each := range a.sims {
		if each.Address.Equals(addr) {
			return authtypes.NewBaseAccount(addr, each.PubKey, 0, 0)
		}
	}
	return authtypes.NewBaseAccountWithAddress(addr)
}

func (accounts) GetModuleAddress(name string) sdk.AccAddress              { return authtypes.NewModuleAddress(name) }
func (accounts) SpendableCoins(context.Context, sdk.AccAddress) sdk.Coins { return nil }
func (accounts) IsSendEnabledDenom(context.Context, string) bool          { return false }

// register collects the operations that the module registers.
type register struct {
	weights   []uint32
	factories []simsx.SimMsgFactoryX
}

func (r *register) Add(weight uint32, factory simsx.SimMsgFactoryX) {
	r.weights, r.factories = append(r.weights, weight), append(r.factories, factory)
}

func (r *register) draw(random *rand.Rand) simsx.SimMsgFactoryX {
	total := 0
	for _, weight := range r.weights {
		total += int(weight)
	}
	pick, i := random.Intn(total), 0
	for ; pick >= int(r.weights[i]); i++ {
		pick -= int(r.weights[i])
	}
	return r.factories[i]
}

// history is how often each message succeeded, how often its factory skipped, and the state that came of it.
func history(t *testing.T, seed int64, operations int) (done, skipped map[string]int, state string) {
	t.Helper()
	r := rand.New(rand.NewSource(seed))
	known := accounts{codecaddress.NewBech32Codec("cosmos"), simtypes.RandomAccounts(r, 12)}
	ctx, stores := testutil.NewContext(t, types.StoreKey)
	ctx = ctx.WithChainID("simulation")
	institutions := &testutil.Institutions{}
	for _, account := range known.sims[:8] {
		institutions.License(account.Address, institutiontypes.ROLE_FURNISHER)
	}
	registry := codectypes.NewInterfaceRegistry()
	types.RegisterInterfaces(registry)
	cdc := testutil.Codec(types.RegisterInterfaces)
	k := keeper.NewKeeper(cdc, stores[0], known.Codec, known, institutions, authtypes.NewModuleAddress("gov").String())
	router := baseapp.NewMsgServiceRouter()
	router.SetInterfaceRegistry(registry)
	types.RegisterMsgServer(router, keeper.NewMsgServer(k))
	am := attestation.NewAppModule(cdc, k)
	genesis := &module.SimulationState{
		AppParams: simtypes.AppParams{}, Cdc: cdc, Rand: r, Accounts: known.sims, GenTimestamp: testutil.Now,
		GenState: map[string]json.RawMessage{},
	}
	am.GenerateGenesisState(genesis)
	am.InitGenesis(ctx, cdc, genesis.GenState[types.ModuleName])
	require.NoError(t, k.Invariants(ctx))
	ops := &register{}
	am.WeightedOperationsX(simsx.ParamWeightSource(simtypes.AppParams{}), ops)
	am.ProposalMsgsX(simsx.ParamWeightSource(simtypes.AppParams{}), ops)

	done, skipped = map[string]int{}, map[string]int{}
	for range operations {
		factory := ops.draw(r)
		data := simsx.NewChainDataSource(ctx, r, known, known, known.Codec, known.sims...)
		reporter := simsx.NewBasicSimulationReporter().WithScope(factory.MsgType())
		_, msg := simsx.SafeRunFactoryMethod(ctx, data, reporter, factory.Create())
		name := sdk.MsgTypeURL(factory.MsgType())
		if reporter.IsSkipped() {
			skipped[name]++
		} else {
			cached, write := ctx.CacheContext()
			_, err := router.Handler(msg)(cached, msg)
			require.NoError(t, err, "%s %v", name, msg)
			write()
			done[name]++
		}
		if r.Intn(10) == 0 {
			require.NoError(t, k.EndBlock(ctx))
			ctx = ctx.WithBlockHeight(ctx.BlockHeight() + 1).WithBlockTime(ctx.BlockTime().Add(time.Duration(r.Intn(30*60)) * time.Second))
		}
	}
	require.NoError(t, k.Invariants(ctx))
	exported, err := k.ExportGenesis(ctx)
	require.NoError(t, err)
	return done, skipped, string(cdc.MustMarshalJSON(exported))
}

// Every factory makes messages that succeed, more often than not, and the same seed makes the same history.
func TestFactories(t *testing.T) {
	done, skipped, state := history(t, 1, 3000)
	t.Log("done", done)
	t.Log("skipped", skipped)
	require.Len(t, done, 20, "every message succeeded")
	for name, times := range done {
		require.Greater(t, times, 5, name)
		require.Greater(t, times, skipped[name], name)
	}
	again, _, same := history(t, 1, 3000)
	require.Equal(t, done, again)
	require.Equal(t, state, same)
}
