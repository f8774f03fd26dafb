package simulation_test

import (
	"context"
	"encoding/json"
	"math/rand"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/core/comet"
	errorsmod "cosmossdk.io/errors"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/module"
	simtypes "github.com/cosmos/cosmos-sdk/types/simulation"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/x/institution"
	"github.com/creditd/creditd/x/institution/keeper"
	"github.com/creditd/creditd/x/institution/testutil"
	"github.com/creditd/creditd/x/institution/types"
)

// factories that the module registers, by type of message.
func factories(t *testing.T, k *keeper.Keeper) (own, byVote simsx.UniqueTypeRegistry) {
	t.Helper()
	am := institution.NewAppModule(testutil.Codec(), k)
	own, byVote = simsx.NewUniqueTypeRegistry(), simsx.NewUniqueTypeRegistry()
	weights := simsx.ParamWeightSource(simtypes.AppParams{})
	am.WeightedOperationsX(weights, own)
	am.ProposalMsgsX(weights, byVote)
	return own, byVote
}

func TestEveryMessageHasAFactory(t *testing.T) {
	_, k := testutil.NewKeeper(t)
	own, byVote := factories(t, k)
	messages := 0
	for _, name := range testutil.Codec().InterfaceRegistry().ListImplementations(sdk.MsgInterfaceProtoName) {
		if !strings.HasPrefix(name, "/creditd.institution.") {
			continue
		}
		messages++
		_, isOwn := own[name]
		_, isByVote := byVote[name]
		require.True(t, isOwn != isByVote, name)
	}
	require.Equal(t, 10, messages)
}

// start makes a random genesis with the accounts of the simulation.
func start(t *testing.T, r *rand.Rand) (sdk.Context, *keeper.Keeper, []simtypes.Account) {
	t.Helper()
	ctx, k := testutil.NewKeeper(t)
	accounts := simtypes.RandomAccounts(r, 9)
	state := &module.SimulationState{
		Cdc: testutil.Codec(), Rand: r, Accounts: accounts, NumBonded: 2, GenTimestamp: testutil.Start, GenState: map[string]json.RawMessage{},
	}
	am := institution.NewAppModule(testutil.Codec(), k)
	am.GenerateGenesisState(state)
	require.NoError(t, am.ValidateGenesis(testutil.Codec(), nil, state.GenState[types.ModuleName]))
	require.Len(t, am.InitGenesis(ctx, testutil.Codec(), state.GenState[types.ModuleName]), 4, "four validators at least")
	return ctx, k, accounts
}

// TestFactoriesMakeMessagesThatAreAccepted plays blocks with every factory, as the application's simulation does, but
// on the bare keeper. A vote may be refused for being the last validator's; an own message may not.
func TestFactoriesMakeMessagesThatAreAccepted(t *testing.T) {
	sent := map[string]int{}
	for seed := range int64(6) {
		r := rand.New(rand.NewSource(seed))
		ctx, k, accounts := start(t, r)
		own, byVote := factories(t, k)
		for block := range 60 {
			ctx = ctx.WithBlockHeight(ctx.BlockHeight() + 1).WithBlockTime(ctx.BlockTime().Add(time.Duration(r.Intn(48)) * time.Hour)).
				WithEventManager(sdk.NewEventManager()).WithCometInfo(evidenceOf(r, block, k, ctx))
			require.NoError(t, k.BeginBlock(ctx))
			for weight, create := range own.Iterator() {
				require.Positive(t, weight)
				play(t, ctx, k, r, accounts, create, sent, nil)
			}
			for _, create := range byVote.Iterator() {
				if r.Intn(3) == 0 {
					play(t, ctx, k, r, accounts, create, sent, types.ErrLastValidator)
				}
			}
			_, err := k.EndBlock(ctx)
			require.NoError(t, err)
			require.NoError(t, k.Invariants(ctx))
		}
	}
	for _, name := range []string{"Register", "Amend", "Suspend", "Reinstate", "Revoke", "UpdateProfile", "RotateConsensusKey", "UpdateParams"} {
		require.Positive(t, sent["/creditd.institution.v1.Msg"+name], name)
	}
}

func play(t *testing.T, ctx sdk.Context, k *keeper.Keeper, r *rand.Rand, accounts []simtypes.Account, create simsx.FactoryMethod,
	sent map[string]int, allowed error,
) {
	t.Helper()
	data := simsx.NewChainDataSource(ctx, r, govAccount{}, noBalances{}, k.AddressCodec(), accounts...)
	reporter := simsx.NewBasicSimulationReporter()
	_, msg := create(ctx, data, reporter)
	if reporter.IsSkipped() {
		return
	}
	cacheCtx, write := ctx.CacheContext()
	err := deliver(cacheCtx, k, msg)
	if allowed != nil && errorsmod.IsOf(err, allowed) {
		return
	}
	require.NoError(t, err, "%T", msg)
	write()
	sent[sdk.MsgTypeURL(msg)]++
}

func deliver(ctx sdk.Context, k *keeper.Keeper, msg sdk.Msg) error {
	server := keeper.NewMsgServer(k)
	var err error
	switch m := msg.(type) {
	case *types.MsgRegister:
		_, err = server.Register(ctx, m)
	case *types.MsgAmend:
		_, err = server.Amend(ctx, m)
	case *types.MsgSuspend:
		_, err = server.Suspend(ctx, m)
	case *types.MsgReinstate:
		_, err = server.Reinstate(ctx, m)
	case *types.MsgRevoke:
		_, err = server.Revoke(ctx, m)
	case *types.MsgUpdateProfile:
		_, err = server.UpdateProfile(ctx, m)
	case *types.MsgRotateConsensusKey:
		_, err = server.RotateConsensusKey(ctx, m)
	case *types.MsgUnjail:
		_, err = server.Unjail(ctx, m)
	case *types.MsgUpdateParams:
		_, err = server.UpdateParams(ctx, m)
	case *types.MsgCancelChange:
		_, err = server.CancelChange(ctx, m)
	}
	return err
}

func TestGenesisIsTheSameForASeed(t *testing.T) {
	export := func() string {
		ctx, k, _ := start(t, rand.New(rand.NewSource(7)))
		state, err := k.ExportGenesis(ctx)
		require.NoError(t, err)
		return string(testutil.Codec().MustMarshalJSON(state))
	}
	require.Equal(t, export(), export())
}

type govAccount struct{}

func (govAccount) GetModuleAddress(name string) sdk.AccAddress {
	return authtypes.NewModuleAddress(name)
}

type noBalances struct{}

func (noBalances) SpendableCoins(context.Context, sdk.AccAddress) sdk.Coins { return nil }
func (noBalances) IsSendEnabledDenom(context.Context, string) bool          { return true }

// evidenceOf lets a member equivocate now and then.
func evidenceOf(r *rand.Rand, block int, k *keeper.Keeper, ctx sdk.Context) comet.BlockInfo {
	if block%20 != 19 {
		return nil
	}
	members, err := k.Members(ctx)
	if err != nil || len(members) == 0 {
		return nil
	}
	address, err := types.ConsensusAddress(members[r.Intn(len(members))].ConsensusPubkey)
	if err != nil {
		return nil
	}
	return equivocation{address}
}

type equivocation struct{ address []byte }

func (e equivocation) GetEvidence() comet.EvidenceList { return e }
func (equivocation) GetValidatorsHash() []byte         { return nil }
func (equivocation) GetProposerAddress() []byte        { return nil }
func (equivocation) GetLastCommit() comet.CommitInfo   { return nil }
func (equivocation) Len() int                          { return 1 }
func (e equivocation) Get(int) comet.Evidence          { return e }
func (equivocation) Type() comet.MisbehaviorType       { return comet.DuplicateVote }
func (e equivocation) Validator() comet.Validator      { return e }
func (e equivocation) Address() []byte                 { return e.address }
func (equivocation) Power() int64                      { return 1 }
func (equivocation) Height() int64                     { return 1 }
func (equivocation) Time() time.Time                   { return testutil.Start }
func (equivocation) TotalVotingPower() int64           { return 4 }
