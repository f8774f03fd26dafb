package simulation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
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
	ctx, stores := testutil.NewContext(t, types.StoreKey, attestationtypes.StoreKey)
	c := &chain{ctx: ctx, accounts: accounts{codecaddress.NewBech32Codec("cosmos")}, sims: simtypes.RandomAccounts(r, 12)}
	institutions := &testutil.Institutions{}
	institutions.License(c.sims[0].Address, institutiontypes.ROLE_FURNISHER)
	institutions.License(c.sims[1].Address, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_DATA_USER)
	institutions.License(c.sims[2].Address, institutiontypes.ROLE_DATA_USER)
	institutions.License(c.sims[3].Address, institutiontypes.ROLE_BUREAU)
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
	credit := keeper.NewMsgServer(c.credit)
	var err error
	var signer string
	switch m := msg.(type) {
	case *types.MsgEnrolSubjects:
		signer = m.Institution
		_, err = credit.EnrolSubjects(ctx, m)
	case *types.MsgOfferControl:
		signer = m.Institution
		_, err = credit.OfferControl(ctx, m)
	case *types.MsgClaimControl:
		signer = m.Controller
		_, err = credit.ClaimControl(ctx, m)
	case *types.MsgFurnish:
		signer = m.Furnisher
		_, err = credit.Furnish(ctx, m)
	case *types.MsgFurnishBatch:
		signer = m.Furnisher
		_, err = credit.FurnishBatch(ctx, m)
	case *types.MsgCorrect:
		signer = m.Furnisher
		_, err = credit.Correct(ctx, m)
	case *types.MsgGrantConsent:
		signer = m.Controller
		_, err = credit.GrantConsent(ctx, m)
	case *types.MsgWithdrawConsent:
		signer = m.Controller
		_, err = credit.WithdrawConsent(ctx, m)
	case *types.MsgOpenInquiry:
		signer = m.DataUser
		_, err = credit.OpenInquiry(ctx, m)
	case *types.MsgLeaveReceipt:
		signer = m.Institution
		_, err = credit.LeaveReceipt(ctx, m)
	case *types.MsgUpdateParams:
		_, err = credit.UpdateParams(ctx, m)
	default:
		return fmt.Errorf("no handler for %T", msg)
	}
	if signer != "" && (len(signers) != 1 || signers[0].AddressBech32 != signer) {
		return fmt.Errorf("%T is not signed by %s", msg, signer)
	}
	if err == nil {
		write()
	}
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
		for range 1500 {
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
	require.Len(t, done, 11, "every message succeeded")
	for msg, times := range done {
		require.Greater(t, times, 3, msg)
	}
	again, same := run(1)
	require.Equal(t, done, again)
	require.Equal(t, state, same)
}
