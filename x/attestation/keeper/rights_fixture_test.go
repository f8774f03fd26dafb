package keeper_test

import (
	"context"
	"testing"
	"time"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	corestore "cosmossdk.io/core/store"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// Who is who in the tests of schemas, accreditations and credential keys.
var (
	theVote  = testutil.Address("the vote")
	ministry = testutil.Address("ministry") // accreditor, depth 1
	agency   = testutil.Address("agency")   // accreditor, depth 2
	office   = testutil.Address("office")   // accreditor, depth 3
	desk     = testutil.Address("desk")     // issuer, depth 4
	stranger = testutil.Address("stranger") // an institution without accreditation
	nobody   = testutil.Address("nobody")   // no institution
)

// readStore counts what is read, beside the writes that testutil.Store counts.
type readStore struct {
	*testutil.Store
	reads int
}

func (s *readStore) OpenKVStore(ctx context.Context) corestore.KVStore {
	return readCounter{s.Store.OpenKVStore(ctx), s}
}

type readCounter struct {
	corestore.KVStore
	count *readStore
}

func (c readCounter) Get(key []byte) ([]byte, error) {
	c.count.reads++
	return c.KVStore.Get(key)
}

func (c readCounter) Has(key []byte) (bool, error) {
	c.count.reads++
	return c.KVStore.Has(key)
}

type rights struct {
	t            *testing.T
	ctx          sdk.Context
	store        *readStore
	institutions *testutil.Institutions
	k            *keeper.Keeper
	msg          types.MsgServer
	query        types.QueryServer
	schema       []byte // issued by accreditation
	other        []byte // the same
	byRole       []byte // not so
}

func newRights(t *testing.T) *rights {
	t.Helper()
	ctx, stores := testutil.NewContext(t, types.StoreKey)
	f := &rights{t: t, ctx: ctx, store: &readStore{Store: stores[0]}, institutions: &testutil.Institutions{}}
	for _, operator := range []sdk.AccAddress{ministry, agency, office, desk, stranger} {
		f.institutions.License(operator, institutiontypes.ROLE_FURNISHER)
	}
	f.k = keeper.NewKeeper(testutil.Codec(types.RegisterInterfaces), f.store, addresscodec.NewBech32Codec("cosmos"),
		nil, f.institutions, theVote.String())
	f.msg, f.query = keeper.NewMsgServer(f.k), keeper.NewQueryServer(f.k)
	require.NoError(t, f.k.InitGenesis(ctx, types.DefaultGenesis()))
	for name, into := range map[string]*[]byte{schemas.Licence: &f.schema, schemas.TaxStanding: &f.other, schemas.UtilityPayment: &f.byRole} {
		schema, found := types.BuiltinSchema(name)
		require.True(t, found)
		*into = schema.Id
	}
	return f
}

// deliver runs a message as a transaction does: what it wrote is dropped when it fails.
func deliver[Req, Res any](f *rights, handle func(context.Context, Req) (Res, error), msg Req) (Res, error) {
	cached, write := f.ctx.CacheContext()
	res, err := handle(cached, msg)
	if err == nil {
		write()
	}
	return res, err
}

func granted[Req, Res any](f *rights, handle func(context.Context, Req) (Res, error), msg Req) Res {
	f.t.Helper()
	res, err := deliver(f, handle, msg)
	require.NoError(f.t, err)
	return res
}

// pass lets time go by.
func (f *rights) pass(d time.Duration) { f.ctx = f.ctx.WithBlockTime(f.ctx.BlockTime().Add(d)) }

// grant is what the signer asks for below the parent: valid for a year, in the US, for the accredited schema.
func (f *rights) grant(signer sdk.AccAddress, parent []byte, grantee sdk.AccAddress) *types.MsgAccredit {
	return &types.MsgAccredit{
		Signer: signer.String(), Parent: parent, Grantee: grantee.String(), Accreditor: true, SchemaIds: [][]byte{f.schema},
		Jurisdictions: []string{"US"}, ValidFrom: testutil.Now, ValidUntil: testutil.Now.AddDate(1, 0, 0),
	}
}

// tree is vote -> ministry -> agency -> office -> desk; only the last one issues.
func (f *rights) tree() (ids [4][]byte) {
	f.t.Helper()
	var parent []byte
	for i, each := range []struct{ signer, grantee sdk.AccAddress }{{theVote, ministry}, {ministry, agency}, {agency, office}, {office, desk}} {
		msg := f.grant(each.signer, parent, each.grantee)
		if each.grantee.Equals(desk) {
			msg.Accreditor, msg.Issuer = false, true
		}
		parent = granted(f, f.msg.Accredit, msg).Id
		ids[i] = parent
	}
	return ids
}

// issue states something under an accreditation; each call another thing.
func (f *rights) issue(issuer sdk.AccAddress, schema, accreditation []byte) error {
	f.institutions.Calls++
	_, err := deliver(f, f.msg.Attest, &types.MsgAttest{
		Issuer: issuer.String(), SchemaId: schema, AccreditationId: accreditation,
		Statement: types.Statement{Subject: testutil.Bytes("alice"), Commitment: testutil.Bytes("c%d", f.institutions.Calls)},
	})
	return err
}

// wantEvent says whether the event is the last one of its type.
func wantEvent(t *testing.T, ctx sdk.Context, want proto.Message) {
	t.Helper()
	expected, err := sdk.TypedEventToEvent(want)
	require.NoError(t, err)
	events := ctx.EventManager().Events()
	for i := len(events) - 1; i >= 0; i-- {
		if events[i].Type == expected.Type {
			require.Equal(t, expected, events[i])
			return
		}
	}
	require.Fail(t, "no event "+expected.Type)
}
