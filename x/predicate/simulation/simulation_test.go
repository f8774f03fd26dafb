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
	attestationkeeper "github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit"
	creditkeeper "github.com/creditd/creditd/x/credit/keeper"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/predicate"
	"github.com/creditd/creditd/x/predicate/keeper"
	"github.com/creditd/creditd/x/predicate/types"
)

// accounts has every account, and no money.
type accounts struct{ address.Codec }

func (a accounts) AddressCodec() address.Codec { return a.Codec }
func (accounts) GetAccount(_ context.Context, addr sdk.AccAddress) sdk.AccountI {
	return authtypes.NewBaseAccountWithAddress(addr)
}

func (accounts) NewAccountWithAddress(_ context.Context, addr sdk.AccAddress) sdk.AccountI {
	return authtypes.NewBaseAccountWithAddress(addr)
}
func (accounts) SetAccount(context.Context, sdk.AccountI)                 {}
func (accounts) GetModuleAddress(name string) sdk.AccAddress              { return authtypes.NewModuleAddress(name) }
func (accounts) SpendableCoins(context.Context, sdk.AccAddress) sdk.Coins { return nil }
func (accounts) IsSendEnabledDenom(context.Context, string) bool          { return false }

// register collects the operations that the modules register.
type register struct{ factories []simsx.SimMsgFactoryX }

func (r *register) Add(weight uint32, factory simsx.SimMsgFactoryX) {
	for range weight/10 + 1 {
		r.factories = append(r.factories, factory)
	}
}

// history is how often each message of the module succeeded, and the state that came of it.
func history(t *testing.T, seed int64, operations int) (done map[string]int, state string) {
	t.Helper()
	r := rand.New(rand.NewSource(seed))
	sims := simtypes.RandomAccounts(r, 12)
	known := accounts{codecaddress.NewBech32Codec("cosmos")}
	ctx, stores := testutil.NewPlainContext(t, types.StoreKey, attestationtypes.StoreKey, credittypes.StoreKey)
	ctx = ctx.WithChainID("simulation")
	institutions := &testutil.Institutions{}
	for i, role := range []institutiontypes.Role{
		institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU, institutiontypes.ROLE_DATA_USER, institutiontypes.ROLE_DATA_USER,
	} {
		institutions.License(sims[i].Address, role)
	}
	registry := codectypes.NewInterfaceRegistry()
	for _, each := range []func(codectypes.InterfaceRegistry){types.RegisterInterfaces, attestationtypes.RegisterInterfaces, credittypes.RegisterInterfaces} {
		each(registry)
	}
	cdc := testutil.Codec(types.RegisterInterfaces, attestationtypes.RegisterInterfaces, credittypes.RegisterInterfaces)
	gov := authtypes.NewModuleAddress("gov").String()
	attestations := attestationkeeper.NewKeeper(cdc, stores[1], known.Codec, known, institutions, gov)
	credits := creditkeeper.NewKeeper(cdc, stores[2], known, institutions, attestations, gov)
	k := keeper.NewKeeper(cdc, stores[0], known, institutions, attestations, credits, gov)
	attestations.AddStatusHook(keeper.Hooks{Keeper: k})
	credits.AddRecordHook(keeper.Hooks{Keeper: k})
	router := baseapp.NewMsgServiceRouter()
	router.SetInterfaceRegistry(registry)
	types.RegisterMsgServer(router, keeper.NewMsgServer(k))
	attestationtypes.RegisterMsgServer(router, attestationkeeper.NewMsgServer(attestations))
	credittypes.RegisterMsgServer(router, creditkeeper.NewMsgServer(credits))

	modules := []interface {
		GenerateGenesisState(*module.SimulationState)
		WeightedOperationsX(simsx.WeightSource, simsx.Registry)
	}{attestation.NewAppModule(cdc, attestations), credit.NewAppModule(cdc, credits), predicate.NewAppModule(cdc, k, attestations, credits)}
	genesis := &module.SimulationState{
		AppParams: simtypes.AppParams{}, Cdc: cdc, Rand: r, Accounts: sims, GenTimestamp: testutil.Now, GenState: map[string]json.RawMessage{},
	}
	ops, weights := &register{}, simsx.ParamWeightSource(simtypes.AppParams{})
	for _, m := range modules {
		m.GenerateGenesisState(genesis)
		m.WeightedOperationsX(weights, ops)
	}
	ours := predicate.NewAppModule(cdc, k, attestations, credits)
	ours.ProposalMsgsX(weights, ops)
	attestation.NewAppModule(cdc, attestations).InitGenesis(ctx, cdc, genesis.GenState[attestationtypes.ModuleName])
	credit.NewAppModule(cdc, credits).InitGenesis(ctx, cdc, genesis.GenState[credittypes.ModuleName])
	ours.InitGenesis(ctx, cdc, genesis.GenState[types.ModuleName])

	done = map[string]int{}
	for i := range operations {
		factory := ops.factories[r.Intn(len(ops.factories))]
		data := simsx.NewChainDataSource(ctx, r, known, known, known.Codec, sims...)
		reporter := simsx.NewBasicSimulationReporter().WithScope(factory.MsgType())
		_, msg := simsx.SafeRunFactoryMethod(ctx, data, reporter, factory.Create())
		if !reporter.IsSkipped() {
			cached, write := ctx.CacheContext()
			_, err := router.Handler(msg)(cached, msg)
			name := sdk.MsgTypeURL(msg)
			if isOurs := len(name) > 22 && name[:22] == "/creditd.predicate.v1."; isOurs {
				require.NoError(t, err, "%s %v", name, msg)
				done[name]++
			}
			if err == nil {
				write()
			}
		}
		if i%10 == 9 {
			require.NoError(t, k.EndBlock(ctx))
			if i%500 == 499 {
				require.NoError(t, k.Invariants(ctx))
			}
			ctx = ctx.WithBlockHeight(ctx.BlockHeight() + 1).WithBlockTime(ctx.BlockTime().Add(time.Duration(r.Intn(600)) * time.Second))
			require.NoError(t, k.BeginBlock(ctx))
		}
	}
	exported, err := k.ExportGenesis(ctx)
	require.NoError(t, err)
	return done, string(cdc.MustMarshalJSON(exported))
}

// Every factory makes messages that succeed, invariants hold on the way, and the same seed makes the same history.
func TestFactories(t *testing.T) {
	done, state := history(t, 1, 6000)
	t.Log("done", done)
	require.Len(t, done, 9, "every message succeeded")
	again, same := history(t, 1, 6000)
	require.Equal(t, done, again)
	require.Equal(t, state, same)
}
