package keeper_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	cmtproto "github.com/cometbft/cometbft/proto/tendermint/types"
	"github.com/gtank/ristretto255"
	"github.com/stretchr/testify/require"

	"github.com/cosmos/cosmos-sdk/codec"
	"github.com/cosmos/cosmos-sdk/codec/address"
	codectestutil "github.com/cosmos/cosmos-sdk/codec/testutil"
	"github.com/cosmos/cosmos-sdk/runtime"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdktestutil "github.com/cosmos/cosmos-sdk/testutil"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/privacy/threshold"
	"github.com/creditd/creditd/x/committee/keeper"
	"github.com/creditd/creditd/x/committee/types"
	"github.com/creditd/creditd/x/institution/testutil"
	institutiontypes "github.com/creditd/creditd/x/institution/types"

	errorsmod "cosmossdk.io/errors"
)

var authority = func() string {
	testutil.SetPrefix()
	return authtypes.NewModuleAddress("gov").String()
}()

// register is an institution keeper of which the test says who may act.
type register struct{ barred, vaultless map[string]bool }

func (r register) RequireRole(_ context.Context, operator sdk.AccAddress, _ ...institutiontypes.Role) (institutiontypes.Institution, error) {
	if r.barred[operator.String()] {
		return institutiontypes.Institution{}, errorsmod.Wrap(institutiontypes.ErrNotLicensed, "suspended")
	}
	return institutiontypes.Institution{Operator: operator.String()}, nil
}

func (r register) HasVault(_ context.Context, operator sdk.AccAddress) (bool, error) {
	return !r.vaultless[operator.String()], nil
}

// fixture is the module with n institutions whose agents are the test.
type fixture struct {
	t     testing.TB
	ctx   sdk.Context
	k     *keeper.Keeper
	msg   types.MsgServer
	query types.QueryServer
	register
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	f := &fixture{t: t, register: register{map[string]bool{}, map[string]bool{}}}
	f.ctx, f.k = newKeeper(t, f.register)
	require.NoError(t, f.k.InitGenesis(f.ctx, genesis()))
	f.msg, f.query = keeper.NewMsgServer(f.k), keeper.NewQueryServer(f.k)
	return f
}

func genesis() *types.GenesisState {
	state := types.DefaultGenesis()
	for i := range state.Params.Policies {
		state.Params.Policies[i].Automatic = false
		state.Params.Policies[i].MinMembers = types.MinMembers
	}
	return state
}

func newKeeper(t testing.TB, institutions types.InstitutionKeeper) (sdk.Context, *keeper.Keeper) {
	t.Helper()
	registry := codectestutil.CodecOptions{AccAddressPrefix: testutil.Prefix}.NewInterfaceRegistry()
	types.RegisterInterfaces(registry)
	key := storetypes.NewKVStoreKey(types.StoreKey)
	ctx := sdktestutil.DefaultContextWithDB(t, key, storetypes.NewTransientStoreKey("transient")).Ctx.
		WithBlockHeader(cmtproto.Header{Height: 1, Time: testutil.Start, ChainID: "test"}).WithChainID("test")
	return ctx, keeper.NewKeeper(codec.NewProtoCodec(registry), runtime.NewKVStoreService(key), address.NewBech32Codec(testutil.Prefix), institutions, authority)
}

// block ends the block and begins the next, a second later. The invariants hold between them.
func (f *fixture) block() { f.pass(time.Second) }

func (f *fixture) pass(d time.Duration) {
	f.t.Helper()
	require.NoError(f.t, f.k.EndBlock(f.ctx))
	require.NoError(f.t, f.k.Invariants(f.ctx))
	f.ctx = f.ctx.WithBlockHeight(f.ctx.BlockHeight() + 1).WithBlockTime(f.ctx.BlockTime().Add(d)).WithEventManager(sdk.NewEventManager())
}

// endPhase goes on to where the phase is over: in this block if all did their part, else after its time.
func (f *fixture) endPhase(id uint64) {
	f.t.Helper()
	phase := f.get(id).Status
	f.block()
	if f.get(id).Status != phase {
		return
	}
	f.pass(types.DefaultParams().PhaseDuration)
	f.block()
	require.NotEqual(f.t, phase, f.get(id).Status)
}

func (f *fixture) get(id uint64) *types.Committee {
	f.t.Helper()
	c, err := f.k.Get(f.ctx, id)
	require.NoError(f.t, err)
	return &c
}

func operator(n int) string { return testutil.Operator(n).String() }

func operators(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = operator(i)
	}
	return list
}

// form calls a cohort by vote.
func (f *fixture) form(purpose types.Purpose, members []string, keep bool) uint64 {
	f.t.Helper()
	res, err := f.msg.FormCommittee(f.ctx, &types.MsgFormCommittee{Authority: authority, Purpose: purpose, Members: members, KeepKey: keep})
	require.NoError(f.t, err)
	return res.Id
}

// transport secret of an operator in a committee.
func transport(c *types.Committee, operator string) *ristretto255.Scalar {
	return secret(c, operator, "transport")
}

func secret(c *types.Committee, operator, name string) *ristretto255.Scalar {
	a := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", c.Id, operator, name))
	s, err := ristretto255.NewScalar().SetUniformBytes(append(a[:], a[:]...))
	if err != nil {
		panic(err)
	}
	return s
}

func joining(c *types.Committee, operator string) *types.MsgJoin {
	secret := transport(c, operator)
	proof, err := threshold.ProveTransportKey(rand.Reader, c.TransportContext("test", operator), secret)
	if err != nil {
		panic(err)
	}
	return &types.MsgJoin{Operator: operator, Id: c.Id, TransportKey: ristretto255.NewIdentityElement().ScalarBaseMult(secret).Bytes(), Proof: proof}
}

func (f *fixture) join(id uint64, members ...string) {
	f.t.Helper()
	for _, m := range members {
		_, err := f.msg.Join(f.ctx, joining(f.get(id), m))
		require.NoError(f.t, err)
	}
}

func (f *fixture) sharing(c *types.Committee) *threshold.Sharing {
	f.t.Helper()
	s, err := c.Sharing("test")
	require.NoError(f.t, err)
	return s
}

func (f *fixture) dealing(c *types.Committee, operator string) *types.MsgDeal {
	f.t.Helper()
	var share *ristretto255.Scalar
	if c.Predecessor != 0 {
		share = f.share(f.get(c.Predecessor), operator).Scalar
	}
	dealer, ok := c.Dealer(operator)
	require.True(f.t, ok)
	content, err := threshold.Deal(rand.Reader, f.sharing(c), dealer.Index, [32]byte(secret(c, operator, "seed").Bytes()), share)
	require.NoError(f.t, err)
	return &types.MsgDeal{Operator: operator, Id: c.Id, Dealing: content}
}

func (f *fixture) deal(id uint64, dealers ...string) {
	f.t.Helper()
	for _, d := range dealers {
		_, err := f.msg.Deal(f.ctx, f.dealing(f.get(id), d))
		require.NoError(f.t, err)
	}
}

// confirming has a complaint about each dealer that gave a wrong share.
func (f *fixture) confirming(c *types.Committee, operator string) *types.MsgConfirm {
	f.t.Helper()
	msg := &types.MsgConfirm{Operator: operator, Id: c.Id}
	member, ok := c.Member(operator)
	require.True(f.t, ok)
	for _, index := range c.Qualified() {
		dealing := f.stored(c, index)
		if _, err := threshold.Open(f.sharing(c), index, dealing, member.Index, transport(c, operator)); err != nil {
			msg.Complaints = append(msg.Complaints, f.complaint(c, operator, index))
		}
	}
	return msg
}

func (f *fixture) stored(c *types.Committee, dealer uint32) *threshold.Dealing {
	f.t.Helper()
	res, err := f.query.Dealings(f.ctx, &types.QueryDealingsRequest{Id: c.Id})
	require.NoError(f.t, err)
	i := slices.IndexFunc(res.Dealings, func(d types.Dealing) bool { return d.Dealer == dealer })
	require.GreaterOrEqual(f.t, i, 0)
	d, err := threshold.ParseDealing(res.Dealings[i].Content)
	require.NoError(f.t, err)
	return d
}

func (f *fixture) complaint(c *types.Committee, operator string, dealer uint32) types.Complaint {
	f.t.Helper()
	member, _ := c.Member(operator)
	common, proof, err := threshold.Complain(rand.Reader, f.sharing(c), dealer, f.stored(c, dealer), member.Index, transport(c, operator))
	require.NoError(f.t, err)
	return types.Complaint{Dealer: dealer, Secret: common, Proof: proof}
}

func (f *fixture) confirm(id uint64, members ...string) {
	f.t.Helper()
	for _, m := range members {
		_, err := f.msg.Confirm(f.ctx, f.confirming(f.get(id), m))
		require.NoError(f.t, err)
	}
}

// share of a member, from all qualified dealings.
func (f *fixture) share(c *types.Committee, operator string) threshold.Share {
	f.t.Helper()
	member, ok := c.Member(operator)
	require.True(f.t, ok)
	var parts []*ristretto255.Scalar
	for _, index := range c.Qualified() {
		part, err := threshold.Open(f.sharing(c), index, f.stored(c, index), member.Index, transport(c, operator))
		require.NoError(f.t, err)
		parts = append(parts, part)
	}
	if c.Predecessor == 0 {
		return threshold.NewShare(member.Index, parts)
	}
	share, err := threshold.KeptShare(member.Index, c.Qualified(), parts)
	require.NoError(f.t, err)
	return share
}

// active is a committee of n whose key is there.
func (f *fixture) active(purpose types.Purpose, n int) *types.Committee {
	f.t.Helper()
	id := f.form(purpose, operators(n), false)
	f.generate(id)
	return f.get(id)
}

// generate has everybody do its part.
func (f *fixture) generate(id uint64) {
	f.t.Helper()
	f.block()
	var members, dealers []string
	for _, m := range f.get(id).Members {
		members = append(members, m.Operator)
	}
	f.join(id, members...)
	f.block()
	for _, d := range f.get(id).Dealers {
		dealers = append(dealers, d.Operator)
	}
	f.deal(id, dealers...)
	f.block()
	f.confirm(id, members...)
	f.block()
	require.Equal(f.t, types.STATUS_ACTIVE, f.get(id).Status)
}
