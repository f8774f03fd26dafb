package keeper_test

import (
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	cmttypes "github.com/cometbft/cometbft/types"
	dbm "github.com/cosmos/cosmos-db"
	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/collections"
	"cosmossdk.io/core/comet"
	corestore "cosmossdk.io/core/store"
	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/baseapp"
	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/address"
	codectestutil "github.com/cosmos/cosmos-sdk/codec/testutil"
	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	cryptocodec "github.com/cosmos/cosmos-sdk/crypto/codec"
	"github.com/cosmos/cosmos-sdk/runtime"
	"github.com/cosmos/cosmos-sdk/store/v2"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authkeeper "github.com/cosmos/cosmos-sdk/x/auth/keeper"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"
	bankkeeper "github.com/cosmos/cosmos-sdk/x/bank/keeper"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
	govkeeper "github.com/cosmos/cosmos-sdk/x/gov/keeper"
	govtypes "github.com/cosmos/cosmos-sdk/x/gov/types"
	govv1 "github.com/cosmos/cosmos-sdk/x/gov/types/v1"

	"github.com/creditd/creditd/x/institution/keeper"
	"github.com/creditd/creditd/x/institution/testutil"
	"github.com/creditd/creditd/x/institution/types"
)

const prefix = testutil.Prefix

var start = testutil.Start

func init() { testutil.SetPrefix() }

// fixture is the module with real keepers of x/auth, x/bank and x/gov, and a real CometBFT validator set that is told
// every update.
type fixture struct {
	t      testing.TB
	ctx    sdk.Context
	cdc    *codec.ProtoCodec
	k      *keeper.Keeper
	msg    types.MsgServer
	query  types.QueryServer
	ak     authkeeper.AccountKeeper
	gov    *govkeeper.Keeper
	router *baseapp.MsgServiceRouter
	store  *storetypes.KVStoreKey
	set    *cmttypes.ValidatorSet
	// voters of the commit that the next block carries; the present set unless given.
	voters *cmttypes.ValidatorSet
	// updates of the last block.
	updates []abci.ValidatorUpdate
	// absent consensus addresses do not sign; evidence comes with the next block.
	absent   map[string]bool
	evidence []misbehaviour
}

func newFixture(t testing.TB) *fixture {
	keys := storetypes.NewKVStoreKeys(types.StoreKey, authtypes.StoreKey, banktypes.StoreKey, govtypes.StoreKey)
	cms := store.NewCommitMultiStore(dbm.NewMemDB(), log.NewNopLogger())
	for _, name := range []string{types.StoreKey, authtypes.StoreKey, banktypes.StoreKey, govtypes.StoreKey} {
		cms.MountStoreWithDB(keys[name], storetypes.StoreTypeIAVL, nil)
	}
	require.NoError(t, cms.LoadLatestVersion())

	registry := codectestutil.CodecOptions{AccAddressPrefix: prefix, ValAddressPrefix: prefix + "valoper"}.NewInterfaceRegistry()
	sdk.RegisterInterfaces(registry)
	cryptocodec.RegisterInterfaces(registry)
	authtypes.RegisterInterfaces(registry)
	banktypes.RegisterInterfaces(registry)
	govv1.RegisterInterfaces(registry)
	types.RegisterInterfaces(registry)
	cdc := codec.NewProtoCodec(registry)
	addresses := address.NewBech32Codec(prefix)
	authority := authtypes.NewModuleAddress(govtypes.ModuleName).String()

	ak := authkeeper.NewAccountKeeper(cdc, runtime.NewKVStoreService(keys[authtypes.StoreKey]), authtypes.ProtoBaseAccount,
		map[string][]string{govtypes.ModuleName: {authtypes.Burner}}, addresses, prefix, authority)
	bk := bankkeeper.NewBaseKeeper(cdc, runtime.NewKVStoreService(keys[banktypes.StoreKey]), ak, nil, authority, log.NewNopLogger())
	router := baseapp.NewMsgServiceRouter()
	router.SetInterfaceRegistry(registry)
	k := keeper.NewKeeper(cdc, runtime.NewKVStoreService(keys[types.StoreKey]), ak, router, authority)
	gov := govkeeper.NewKeeper(cdc, runtime.NewKVStoreService(keys[govtypes.StoreKey]), ak, bk, nil,
		keeper.NewTimelockRouter(router, k), govtypes.DefaultConfig(), authority, k.Tally)
	gov.SetHooks(k.GovHooks(gov))
	types.RegisterMsgServer(router, keeper.NewMsgServer(k))
	govv1.RegisterMsgServer(router, govkeeper.NewMsgServerImpl(gov))

	ctx := sdk.NewContext(cms, cmtproto.Header{Height: 1, Time: start, ChainID: "test"}, false, log.NewNopLogger()).
		WithConsensusParams(cmtproto.ConsensusParams{Validator: &cmtproto.ValidatorParams{
			PubKeyTypes: []string{cmttypes.ABCIPubKeyTypeEd25519, cmttypes.ABCIPubKeyTypeMlDsa65},
		}})
	require.NoError(t, ak.Params.Set(ctx, authtypes.DefaultParams()))
	require.NoError(t, bk.SetParams(ctx, banktypes.DefaultParams()))
	gov.GetGovernanceAccount(ctx) // creates it, as x/gov's InitGenesis does
	params := govv1.DefaultParams()
	params.MinDepositRatio, params.MinInitialDepositRatio = "0", "0"
	require.NoError(t, gov.Params.Set(ctx, params))
	return &fixture{
		t: t, ctx: ctx, cdc: cdc, k: k, msg: keeper.NewMsgServer(k), query: keeper.NewQueryServer(k),
		ak: ak, gov: gov, router: router, store: keys[types.StoreKey], absent: map[string]bool{},
	}
}

func operator(n int) sdk.AccAddress { return testutil.Operator(n) }

func key(name string) *codectypes.Any { return testutil.Key(name) }

func keyOf(n int) *codectypes.Any { return testutil.KeyOf(n) }

func genesisInstitution(n int, power int64) types.GenesisInstitution {
	return testutil.Institution(n, power)
}

func consAddress(key *codectypes.Any) []byte {
	address, err := types.ConsensusAddress(key)
	if err != nil {
		panic(err)
	}
	return address
}

func vault() *types.Vault {
	return &types.Vault{Endpoint: "vault.example:9443", EncryptionKey: make([]byte, types.EncryptionKeyBytes)}
}

// withPowers starts a chain whose institution n has powers[n]; 0 is a furnisher only. There is no timelock.
func withPowers(t testing.TB, powers ...int64) *fixture {
	f := newFixture(t)
	f.init(testutil.Genesis(powers...))
	return f
}

func (f *fixture) init(state *types.GenesisState) {
	updates, err := f.k.InitGenesis(f.ctx, state)
	require.NoError(f.t, err)
	changes, err := cmttypes.PB2TM.ValidatorUpdates(updates)
	require.NoError(f.t, err)
	f.set = cmttypes.NewValidatorSet(changes)
	require.NoError(f.t, f.k.Invariants(f.ctx))
}

// begin starts the next block, some seconds later.
func (f *fixture) begin(seconds int) {
	voters := f.voters
	if voters == nil {
		voters = f.set
	}
	votes := make([]abci.VoteInfo, 0, voters.Size())
	for _, validator := range voters.Validators {
		vote := abci.VoteInfo{Validator: abci.Validator{Address: validator.Address, Power: validator.VotingPower}, BlockIdFlag: cmtproto.BlockIDFlagCommit}
		if f.absent[string(validator.Address)] {
			vote.BlockIdFlag = cmtproto.BlockIDFlagAbsent
		}
		votes = append(votes, vote)
	}
	f.ctx = f.ctx.WithBlockHeight(f.ctx.BlockHeight() + 1).WithBlockTime(f.ctx.BlockTime().Add(time.Duration(seconds) * time.Second)).
		WithVoteInfos(votes).WithCometInfo(blockInfo{f.evidence}).WithEventManager(sdk.NewEventManager())
	f.evidence = nil
	require.NoError(f.t, f.k.BeginBlock(f.ctx))
}

// end tells CometBFT's set the updates and checks what has to hold after every block.
func (f *fixture) end() {
	members, err := f.k.Members(f.ctx)
	require.NoError(f.t, err)
	f.updates, err = f.k.EndBlock(f.ctx)
	require.NoError(f.t, err)
	changes, err := cmttypes.PB2TM.ValidatorUpdates(f.updates)
	require.NoError(f.t, err)
	require.NoError(f.t, f.set.UpdateWithChangeSet(changes), "CometBFT halts on such updates")
	require.NoError(f.t, f.k.Invariants(f.ctx))
	f.checkBound(members)
	f.checkAgrees()
}

func (f *fixture) block() { f.blocks(1) }

func (f *fixture) blocks(n int) {
	for range n {
		f.begin(5)
		f.end()
	}
}

// checkBound: at most a third of the power left and at most a third joined, or one key was replaced and nothing else.
func (f *fixture) checkBound(before []types.SetMember) {
	after, err := f.k.Members(f.ctx)
	require.NoError(f.t, err)
	powers := map[string]int64{}
	var total, left, joined int64
	for _, member := range before {
		powers[string(consAddress(member.ConsensusPubkey))] = member.Power
		total += member.Power
	}
	for _, member := range after {
		address := string(consAddress(member.ConsensusPubkey))
		if change := member.Power - powers[address]; change > 0 {
			joined += change
		} else {
			left -= change
		}
		delete(powers, address)
	}
	for _, power := range powers {
		left += power
	}
	bound := max(total/3, 1)
	loneSwap := len(f.updates) == 2 && left == joined && len(before) == len(after)
	if !loneSwap {
		require.LessOrEqual(f.t, left, bound, "power that left")
		require.LessOrEqual(f.t, joined, bound, "power that joined")
	}
}

// checkAgrees: what the module believes that CometBFT knows is what CometBFT knows.
func (f *fixture) checkAgrees() {
	members, err := f.k.Members(f.ctx)
	require.NoError(f.t, err)
	require.NotEmpty(f.t, members)
	require.Equal(f.t, f.set.Size(), len(members))
	for _, member := range members {
		_, validator := f.set.GetByAddress(consAddress(member.ConsensusPubkey))
		require.NotNil(f.t, validator)
		require.Equal(f.t, validator.VotingPower, member.Power)
	}
}

// power that CometBFT knows for institution n.
func (f *fixture) power(n int) int64 {
	member, err := f.k.SetMembers.Get(f.ctx, operator(n))
	if err != nil {
		return 0
	}
	return member.Power
}

func (f *fixture) validator(n int) types.Validator {
	validator, err := f.k.GetValidator(f.ctx, operator(n))
	require.NoError(f.t, err)
	return validator
}

func (f *fixture) institution(n int) types.Institution {
	institution, err := f.k.GetInstitution(f.ctx, operator(n))
	require.NoError(f.t, err)
	return institution
}

func (f *fixture) suspend(n int) error {
	_, err := f.msg.Suspend(f.ctx, &types.MsgSuspend{Authority: f.k.Authority(), Operator: operator(n).String(), Reason: types.REASON_BREACH})
	return err
}

func (f *fixture) reinstate(n int) error {
	_, err := f.msg.Reinstate(f.ctx, &types.MsgReinstate{Authority: f.k.Authority(), Operator: operator(n).String()})
	return err
}

func (f *fixture) rotate(n int, key *codectypes.Any) error {
	_, err := f.msg.RotateConsensusKey(f.ctx, &types.MsgRotateConsensusKey{Operator: operator(n).String(), ConsensusPubkey: key})
	return err
}

func (f *fixture) unjail(n int) error {
	_, err := f.msg.Unjail(f.ctx, &types.MsgUnjail{Operator: operator(n).String()})
	return err
}

// events of a type in this block.
func (f *fixture) events(event proto.Message) int { return countEvents(f.ctx, event) }

func countEvents(ctx sdk.Context, event proto.Message) int {
	found, name := 0, sdk.MsgTypeURL(event)[1:]
	for _, emitted := range ctx.EventManager().Events() {
		if emitted.Type == name {
			found++
		}
	}
	return found
}

// blockInfo is what CometBFT says about a block.
type blockInfo struct{ evidence []misbehaviour }

func (b blockInfo) GetEvidence() comet.EvidenceList { return evidenceList(b.evidence) }
func (blockInfo) GetValidatorsHash() []byte         { return nil }
func (blockInfo) GetProposerAddress() []byte        { return nil }
func (blockInfo) GetLastCommit() comet.CommitInfo   { return nil }

type evidenceList []misbehaviour

func (l evidenceList) Len() int                 { return len(l) }
func (l evidenceList) Get(i int) comet.Evidence { return l[i] }

type misbehaviour struct {
	kind    comet.MisbehaviorType
	address []byte
}

func (m misbehaviour) Type() comet.MisbehaviorType { return m.kind }
func (m misbehaviour) Validator() comet.Validator  { return m }
func (m misbehaviour) Address() []byte             { return m.address }
func (misbehaviour) Power() int64                  { return 1 }
func (misbehaviour) Height() int64                 { return 7 }
func (misbehaviour) Time() time.Time               { return start }
func (misbehaviour) TotalVotingPower() int64       { return 4 }

func (f *fixture) storeService() corestore.KVStoreService { return runtime.NewKVStoreService(f.store) }

// stubRouter routes every message to one handler.
type stubRouter struct{ handler baseapp.MsgServiceHandler }

func (r stubRouter) Handler(sdk.Msg) baseapp.MsgServiceHandler         { return r.handler }
func (r stubRouter) HandlerByTypeURL(string) baseapp.MsgServiceHandler { return r.handler }

func absentVote(address []byte) []abci.VoteInfo {
	return []abci.VoteInfo{{Validator: abci.Validator{Address: address, Power: 1}, BlockIdFlag: cmtproto.BlockIDFlagAbsent}}
}

func joinVote(proposal uint64, n int) collections.Pair[uint64, sdk.AccAddress] {
	return collections.Join(proposal, operator(n))
}
