package keeper_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	cryptotypes "github.com/cosmos/cosmos-sdk/crypto/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	chainID = "creditd-test-1"
	day     = 24 * time.Hour
)

var (
	authority = testutil.Address("gov")
	bank      = testutil.Address("bank")    // furnisher
	utility   = testutil.Address("utility") // furnisher
	lender    = testutil.Address("lender")  // data user
	outsider  = testutil.Address("outsider")
)

// accounts has the keys of the accounts that sent a transaction.
type accounts map[string]cryptotypes.PubKey

func (a accounts) GetAccount(_ context.Context, addr sdk.AccAddress) sdk.AccountI {
	key, known := a[addr.String()]
	if !known {
		return nil
	}
	account := authtypes.NewBaseAccountWithAddress(addr)
	if key != nil {
		if err := account.SetPubKey(key); err != nil {
			panic(err)
		}
	}
	return account
}

// keyOf is the key of an account that signs delegations. That the address does not follow from it matters to nobody
// here.
func keyOf(operator sdk.AccAddress) *secp256k1.PrivKey {
	return secp256k1.GenPrivKeyFromSecret(operator)
}

type fixture struct {
	t            testing.TB
	ctx          sdk.Context
	store        *testutil.Store
	institutions *testutil.Institutions
	accounts     accounts
	k            *keeper.Keeper
	msg          types.MsgServer
	query        types.QueryServer
	schema       []byte // built-in, revocable, for furnishers
}

// builtin is the schema that most tests state under: revocable, for furnishers, with neither circuit nor summed fields.
func builtin(t testing.TB) types.Schema {
	t.Helper()
	schema, found := types.BuiltinSchema(schemas.UtilityPayment)
	require.True(t, found)
	return schema
}

// blank has licensed institutions and nothing else.
func blank(t testing.TB) *fixture {
	t.Helper()
	ctx, stores := testutil.NewContext(t, types.StoreKey)
	f := &fixture{
		t: t, ctx: ctx.WithChainID(chainID), store: stores[0], institutions: &testutil.Institutions{}, accounts: accounts{},
		schema: builtin(t).Id,
	}
	f.institutions.License(bank, institutiontypes.ROLE_FURNISHER)
	f.institutions.License(utility, institutiontypes.ROLE_FURNISHER)
	f.institutions.License(lender, institutiontypes.ROLE_DATA_USER)
	for _, operator := range []sdk.AccAddress{bank, utility, lender} {
		f.accounts[operator.String()] = keyOf(operator).PubKey()
	}
	f.k = keeper.NewKeeper(testutil.Codec(types.RegisterInterfaces), f.store, addresscodec.NewBech32Codec("cosmos"),
		f.accounts, f.institutions, authority.String())
	f.msg, f.query = keeper.NewMsgServer(f.k), keeper.NewQueryServer(f.k)
	return f
}

// setup is blank with default genesis; when the test ends the invariants must hold.
func setup(t testing.TB) *fixture {
	t.Helper()
	f := blank(t)
	require.NoError(t, f.k.InitGenesis(f.ctx, types.DefaultGenesis()))
	t.Cleanup(func() { require.NoError(t, f.k.Invariants(f.ctx)) })
	return f
}

// next goes to a block this much later, after the end of the present one.
func (f *fixture) next(later time.Duration) {
	f.t.Helper()
	require.NoError(f.t, f.k.EndBlock(f.ctx))
	f.ctx = f.ctx.WithBlockHeight(f.ctx.BlockHeight() + 1).WithBlockTime(f.ctx.BlockTime().Add(later)).
		WithEventManager(sdk.NewEventManager())
}

func statement(subject, commitment string) types.Statement {
	return types.Statement{Subject: testutil.Bytes("%s", subject), Commitment: testutil.Bytes("%s", commitment)}
}

// statements about alice, as many as asked for.
func statements(count int, commitment string) []types.Statement {
	list := make([]types.Statement, count)
	for i := range list {
		list[i] = types.Statement{Subject: testutil.Bytes("alice"), Commitment: testutil.Bytes("%s %d of %d", commitment, i, count)}
	}
	return list
}

func in(ctx sdk.Context, later time.Duration) *time.Time {
	at := ctx.BlockTime().Add(later)
	return &at
}

func (f *fixture) attest(issuer sdk.AccAddress, subject, commitment string) []byte {
	f.t.Helper()
	return f.attestUnder(f.schema, issuer, statement(subject, commitment))
}

func (f *fixture) attestUnder(schema []byte, issuer sdk.AccAddress, said types.Statement) []byte {
	f.t.Helper()
	return must(f, f.msg.Attest, &types.MsgAttest{Issuer: issuer.String(), SchemaId: schema, Statement: said}).Id
}

// attestBatch returns the id of the batch.
func (f *fixture) attestBatch(issuer sdk.AccAddress, list ...types.Statement) types.ContainerID {
	f.t.Helper()
	res := must(f, f.msg.AttestBatch, &types.MsgAttestBatch{Issuer: issuer.String(), SchemaId: f.schema, Statements: list})
	return types.ContainerID(res.BatchId)
}

func (f *fixture) attestation(id []byte) types.Attestation {
	f.t.Helper()
	attestation, err := f.k.GetAttestation(f.ctx, id)
	require.NoError(f.t, err)
	return attestation
}

func scored(name string, revocable bool) *types.MsgCreateSchema {
	return &types.MsgCreateSchema{
		Creator:     lender.String(),
		Name:        name,
		Version:     1,
		Fields:      []types.Field{{Name: "score", Kind: types.FIELD_KIND_INTEGER, Disclosable: true}},
		Revocable:   revocable,
		IssuerRoles: []institutiontypes.Role{institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU},
	}
}

// createSchema creates a revocable one that the change makes different.
func (f *fixture) createSchema(name string, change func(*types.MsgCreateSchema)) []byte {
	f.t.Helper()
	msg := scored(name, true)
	change(msg)
	return must(f, f.msg.CreateSchema, msg).Id
}

// send runs a message as a transaction does: what it wrote is dropped when it fails.
func send[Req, Res any](f *fixture, handle func(context.Context, Req) (Res, error), msg Req) (Res, error) {
	cached, write := f.ctx.CacheContext()
	res, err := handle(cached, msg)
	if err == nil {
		write()
	}
	return res, err
}

// must is send of a message that has to succeed.
func must[Req, Res any](f *fixture, handle func(context.Context, Req) (Res, error), msg Req) Res {
	f.t.Helper()
	res, err := send(f, handle, msg)
	require.NoError(f.t, err)
	return res
}

// refusal is one reason to refuse a message: what is changed in a valid one, and the error that must come.
type refusal[M any] struct {
	name   string
	change func(M)
	want   error
}

// refuse sends each changed message and requires its error, and that the store is as before.
func refuse[Req, Res any](f *fixture, handle func(context.Context, Req) (Res, error), valid func() Req, cases []refusal[Req]) {
	f.t.Helper()
	before := f.state()
	for _, each := range cases {
		msg := valid()
		each.change(msg)
		_, err := send(f, handle, msg)
		require.ErrorIs(f.t, err, each.want, each.name)
		require.Equal(f.t, before, f.state(), each.name)
	}
}

// costs returns the writes of what is done, and their bytes.
func (f *fixture) costs(do func()) (writes, bytes int) {
	f.store.Writes, f.store.Bytes = 0, 0
	do()
	return f.store.Writes, f.store.Bytes
}

// state is all that the store has.
func (f *fixture) state() map[string]string {
	all := map[string]string{}
	iterator, err := f.store.OpenKVStore(f.ctx).Iterator(nil, nil)
	require.NoError(f.t, err)
	defer iterator.Close()
	for ; iterator.Valid(); iterator.Next() {
		all[string(iterator.Key())] = string(iterator.Value())
	}
	return all
}

// requireEvent finds exactly this event among those emitted.
func requireEvent(t testing.TB, ctx sdk.Context, want proto.Message) {
	t.Helper()
	event, err := sdk.TypedEventToEvent(want)
	require.NoError(t, err)
	require.Contains(t, ctx.EventManager().Events(), event)
}

// events of a type, by the short name of it.
func (f *fixture) events(name string) (list []sdk.Event) {
	for _, event := range f.ctx.EventManager().Events() {
		if strings.HasSuffix(event.Type, "."+name) {
			list = append(list, event)
		}
	}
	return list
}
