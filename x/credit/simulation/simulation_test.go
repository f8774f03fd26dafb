package simulation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/core/address"

	codecaddress "github.com/cosmos/cosmos-sdk/codec/address"
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
	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
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

type operation struct {
	weight  uint32
	factory simsx.SimMsgFactoryX
}

// register collects the operations that the modules register.
type register struct{ operations []operation }

func (r *register) Add(weight uint32, factory simsx.SimMsgFactoryX) {
	r.operations = append(r.operations, operation{weight, factory})
}

type chain struct {
	ctx         sdk.Context
	accounts    accounts
	attestation *attestationkeeper.Keeper
	credit      *keeper.Keeper
	register    register
	sims        []simtypes.Account
}

func newChain(t *testing.T, r *rand.Rand) *chain {
	ctx, stores := testutil.NewPlainContext(t, types.StoreKey, attestationtypes.StoreKey)
	c := &chain{ctx: ctx, accounts: accounts{codecaddress.NewBech32Codec("cosmos")}, sims: simtypes.RandomAccounts(r, 12)}
	institutions := &testutil.Institutions{}
	institutions.License(c.sims[0].Address, institutiontypes.ROLE_FURNISHER)
	institutions.License(c.sims[1].Address, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER)
	institutions.License(c.sims[2].Address, institutiontypes.ROLE_DATA_USER)
	institutions.License(c.sims[3].Address, institutiontypes.ROLE_BUREAU)
	institutions.License(c.sims[4].Address, institutiontypes.ROLE_SUPERVISOR)
	c.ctx = c.ctx.WithChainID("simulation")
	cdc := testutil.Codec(types.RegisterInterfaces, attestationtypes.RegisterInterfaces)
	gov := authtypes.NewModuleAddress("gov").String()
	c.attestation = attestationkeeper.NewKeeper(cdc, stores[1], c.accounts.Codec, c.accounts, institutions, gov)
	c.credit = keeper.NewKeeper(cdc, stores[0], c.accounts, institutions, c.attestation, gov)
	attestationModule, creditModule := attestation.NewAppModule(cdc, c.attestation), credit.NewAppModule(cdc, c.credit)
	state := &module.SimulationState{
		AppParams: simtypes.AppParams{}, Cdc: cdc, Rand: r, Accounts: c.sims, GenTimestamp: testutil.Now,
		GenState: map[string]json.RawMessage{},
	}
	attestationModule.GenerateGenesisState(state)
	creditModule.GenerateGenesisState(state)
	attestationModule.InitGenesis(ctx, cdc, state.GenState[attestationtypes.ModuleName])
	creditModule.InitGenesis(ctx, cdc, state.GenState[types.ModuleName])
	weights := simsx.ParamWeightSource(simtypes.AppParams{})
	creditModule.WeightedOperationsX(weights, &c.register)
	creditModule.ProposalMsgsX(weights, &c.register)
	return c
}

// deliver runs a message as a transaction of its signer does.
func (c *chain) deliver(signers []simsx.SimAccount, msg sdk.Msg) error {
	ctx, write := c.ctx.CacheContext()
	err := c.handle(ctx, msg)
	if _, byVote := msg.(interface{ GetAuthority() string }); !byVote && len(signers) != 1 {
		return fmt.Errorf("%T has %d signers", msg, len(signers))
	}
	if err == nil {
		write()
	}
	return err
}

// handle calls the method of the service that takes the message.
func (c *chain) handle(ctx sdk.Context, msg sdk.Msg) error {
	server := reflect.ValueOf(keeper.NewMsgServer(c.credit))
	name := strings.TrimPrefix(reflect.TypeOf(msg).Elem().Name(), "Msg")
	results := server.MethodByName(name).Call([]reflect.Value{reflect.ValueOf(ctx), reflect.ValueOf(msg)})
	err, _ := results[1].Interface().(error)
	return err
}

// Every factory makes messages that succeed, often enough, and the same seed makes the same history.
func TestFactories(t *testing.T) {
	run := func(seed int64) (map[string]int, *types.GenesisState) {
		r := rand.New(rand.NewSource(seed))
		c := newChain(t, r)
		total := 0
		for _, op := range c.register.operations {
			total += int(op.weight)
		}
		done := map[string]int{}
		for range 6000 {
			pick, i := r.Intn(total), 0
			for ; pick >= int(c.register.operations[i].weight); i++ {
				pick -= int(c.register.operations[i].weight)
			}
			factory := c.register.operations[i].factory
			data := simsx.NewChainDataSource(c.ctx, r, c.accounts, c.accounts, c.accounts.Codec, c.sims...)
			reporter := simsx.NewBasicSimulationReporter().WithScope(factory.MsgType())
			signers, msg := simsx.SafeRunFactoryMethod(c.ctx, data, reporter, factory.Create())
			if !reporter.IsSkipped() {
				require.NoError(t, c.deliver(signers, msg), "%T %v", msg, msg)
				done[sdk.MsgTypeURL(msg)]++
			}
			if r.Intn(10) == 0 {
				require.NoError(t, c.credit.EndBlock(c.ctx))
				c.ctx = c.ctx.WithBlockHeight(c.ctx.BlockHeight() + 1).
					WithBlockTime(c.ctx.BlockTime().Add(time.Duration(r.Intn(30)) * time.Minute))
			}
		}
		require.NoError(t, c.attestation.Invariants(c.ctx))
		require.NoError(t, c.credit.Invariants(c.ctx))
		exported, err := c.credit.ExportGenesis(c.ctx)
		require.NoError(t, err)
		return done, exported
	}
	done, state := run(1)
	t.Log(done)
	require.Len(t, done, 45, "every message succeeded")
	for msg, times := range done {
		require.Greater(t, times, 1, msg)
	}
	again, same := run(1)
	require.Equal(t, done, again)
	require.Equal(t, state, same)
}
