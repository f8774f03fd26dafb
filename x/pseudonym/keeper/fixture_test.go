package keeper_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/oprf"
	"github.com/creditd/creditd/x/attestation/testutil"
	committeetypes "github.com/creditd/creditd/x/committee/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/pseudonym/keeper"
	"github.com/creditd/creditd/x/pseudonym/types"
)

var (
	authority = testutil.Address("gov")
	bank      = testutil.Address("bank")
	utility   = testutil.Address("utility")
	lender    = testutil.Address("lender")
	validator = testutil.Address("validator") // a licence without a role that deals with subjects
	outsider  = testutil.Address("outsider")
	alice     = testutil.Address("alice")
)

// committees is x/committee as far as this module asks.
type committees struct {
	all    map[uint64]committeetypes.Committee
	active uint64
}

func (c *committees) Get(_ context.Context, id uint64) (committeetypes.Committee, error) {
	committee, known := c.all[id]
	if !known {
		return committee, committeetypes.ErrUnknownCommittee
	}
	return committee, nil
}

func (c *committees) Active(ctx context.Context, _ committeetypes.Purpose) (committeetypes.Committee, error) {
	if c.active == 0 {
		return committeetypes.Committee{}, committeetypes.ErrNoCommittee
	}
	return c.Get(ctx, c.active)
}

// form adds an active committee with a new key, in use.
func (c *committees) form(id, epoch uint64) oprf.Element {
	public := oprf.GenerateKey().Public()
	c.all[id] = committeetypes.Committee{
		Id: id, Epoch: epoch, Purpose: committeetypes.PURPOSE_PSEUDONYM, Status: committeetypes.STATUS_ACTIVE, PublicKey: public[:],
	}
	c.active = id
	return public
}

// credit knows subjects by who knows them.
type credit struct {
	known      map[types.ID][]sdk.AccAddress
	controller map[types.ID]string
	migrated   map[types.ID]types.ID
	refuse     error
}

func (c *credit) GetSubject(_ context.Context, id types.ID) (credittypes.Subject, error) {
	if c.known[id] == nil {
		return credittypes.Subject{}, credittypes.ErrUnknownSubject
	}
	return credittypes.Subject{Pseudonym: id.Bytes(), Controller: c.controller[id]}, nil
}

func (c *credit) KnownBy(ctx context.Context, id types.ID, limit int) ([]sdk.AccAddress, error) {
	_, err := c.GetSubject(ctx, id)
	return c.known[id][:min(limit, len(c.known[id]))], err
}

func (c *credit) WalkSubjects(context.Context, types.ID, func(credittypes.Subject) (bool, error)) error {
	return nil
}

func (c *credit) CheckMigration(context.Context, types.ID, types.ID) error { return c.refuse }

func (c *credit) Migrate(_ context.Context, from, to types.ID, approvals []sdk.AccAddress) error {
	if c.refuse == nil {
		c.migrated[from] = to
	}
	return c.refuse
}

type fixture struct {
	t            testing.TB
	ctx          sdk.Context
	store        *testutil.Store
	institutions *testutil.Institutions
	committees   *committees
	credit       *credit
	k            *keeper.Keeper
	msg          types.MsgServer
	query        types.QueryServer
}

func blank(t testing.TB) *fixture {
	t.Helper()
	ctx, stores := testutil.NewContext(t, types.StoreKey)
	f := &fixture{
		t: t, ctx: ctx, store: stores[0], institutions: &testutil.Institutions{}, committees: &committees{all: map[uint64]committeetypes.Committee{}},
		credit: &credit{map[types.ID][]sdk.AccAddress{}, map[types.ID]string{}, map[types.ID]types.ID{}, nil},
	}
	f.institutions.License(bank, institutiontypes.ROLE_FURNISHER)
	f.institutions.License(utility, institutiontypes.ROLE_FURNISHER)
	f.institutions.License(lender, institutiontypes.ROLE_DATA_USER)
	f.institutions.License(validator, institutiontypes.ROLE_VALIDATOR)
	f.k = keeper.NewKeeper(testutil.Codec(types.RegisterInterfaces), stores[0], addresscodec.NewBech32Codec("cosmos"),
		f.institutions, f.committees, f.credit, authority.String())
	f.msg, f.query = keeper.NewMsgServer(f.k), keeper.NewQueryServer(f.k)
	return f
}

// setup has default parameters and key epoch 1; when the test ends the invariants must hold.
func setup(t testing.TB) *fixture {
	t.Helper()
	f := blank(t)
	require.NoError(t, f.k.InitGenesis(f.ctx, types.DefaultGenesis()))
	f.committees.form(1, 1)
	_, err := f.msg.AdoptKey(f.ctx, &types.MsgAdoptKey{Authority: authority.String(), CommitteeId: 1})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.k.Invariants(f.ctx)) })
	return f
}

// next goes to a block this much later, after the end of the present one.
func (f *fixture) next(later time.Duration) {
	f.t.Helper()
	require.NoError(f.t, f.k.EndBlock(f.ctx))
	f.ctx = f.ctx.WithBlockHeight(f.ctx.BlockHeight() + 1).WithBlockTime(f.ctx.BlockTime().Add(later)).
		WithEventManager(sdk.NewEventManager())
	require.NoError(f.t, f.k.EndBlock(f.ctx))
}

// params changes the parameters.
func (f *fixture) params(change func(*types.Params)) {
	f.t.Helper()
	params, err := f.k.GetParams(f.ctx)
	require.NoError(f.t, err)
	change(&params)
	_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	require.NoError(f.t, err)
}

func (f *fixture) request(by sdk.AccAddress, count uint32, name string) (*types.MsgRequestEvaluationsResponse, error) {
	return f.msg.RequestEvaluations(f.ctx, &types.MsgRequestEvaluations{
		Institution: by.String(), Epoch: 1, Count: count, Hash: testutil.Bytes("%s", name),
	})
}

func id(name string) types.ID { return types.ID(testutil.Bytes("%s", name)) }
