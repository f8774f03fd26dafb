package keeper_test

import (
	"context"
	"testing"
	"time"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/core/address"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	attestationkeeper "github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	"github.com/creditd/creditd/x/credit/keeper"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var (
	authority = testutil.Address("gov")
	bank      = testutil.Address("bank")    // furnisher
	utility   = testutil.Address("utility") // furnisher
	bureau    = testutil.Address("bureau")  // bureau
	lender    = testutil.Address("lender")  // data user
	rival     = testutil.Address("rival")   // data user
	alice     = testutil.Address("alice")   // a person's account
	mallory   = testutil.Address("mallory") // nobody in particular
)

// subject is alice's pseudonym.
var subject = testutil.Bytes("subject")

type accounts struct {
	address.Codec
	known map[string]sdk.AccountI
}

func (a accounts) AddressCodec() address.Codec { return a.Codec }

func (a accounts) GetAccount(_ context.Context, addr sdk.AccAddress) sdk.AccountI {
	return a.known[addr.String()]
}

func (a accounts) NewAccountWithAddress(_ context.Context, addr sdk.AccAddress) sdk.AccountI {
	return authtypes.NewBaseAccountWithAddress(addr)
}

func (a accounts) SetAccount(_ context.Context, account sdk.AccountI) {
	a.known[account.GetAddress().String()] = account
}

type fixture struct {
	t                  testing.TB
	ctx                sdk.Context
	store, attestStore *testutil.Store
	institutions       *testutil.Institutions
	accounts           accounts
	attestations       *attestationkeeper.Keeper
	k                  *keeper.Keeper
	msg                types.MsgServer
	query              types.QueryServer
	schema             []byte
}

// furnished is the schema that the tests report under: a furnisher's, with neither circuit nor summed fields.
func furnished(t testing.TB) attestationtypes.Schema {
	t.Helper()
	schema, found := attestationtypes.BuiltinSchema(schemas.UtilityPayment)
	require.True(t, found)
	return schema
}

// blank has licensed institutions and nothing else.
func blank(t testing.TB) *fixture {
	t.Helper()
	ctx, stores := testutil.NewContext(t, types.StoreKey, attestationtypes.StoreKey)
	return newFixture(t, ctx, stores)
}

// cheap is blank over stores without commitments, for long histories.
func cheap(t testing.TB) *fixture {
	t.Helper()
	ctx, stores := testutil.NewPlainContext(t, types.StoreKey, attestationtypes.StoreKey)
	return newFixture(t, ctx, stores)
}

func newFixture(t testing.TB, ctx sdk.Context, stores []*testutil.Store) *fixture {
	t.Helper()
	f := &fixture{
		t: t, ctx: ctx, store: stores[0], attestStore: stores[1], institutions: &testutil.Institutions{},
		accounts: accounts{addresscodec.NewBech32Codec("cosmos"), map[string]sdk.AccountI{}},
		schema:   furnished(t).Id,
	}
	f.license()
	cdc := testutil.Codec(types.RegisterInterfaces, attestationtypes.RegisterInterfaces)
	f.attestations = attestationkeeper.NewKeeper(cdc, f.attestStore, f.accounts.Codec, f.accounts, f.institutions, authority.String())
	f.k = keeper.NewKeeper(cdc, f.store, f.accounts, f.institutions, f.attestations, authority.String())
	f.msg, f.query = keeper.NewMsgServer(f.k), keeper.NewQueryServer(f.k)
	return f
}

// setup is blank with default genesis; when the test ends the invariants must hold.
func setup(t testing.TB) *fixture {
	t.Helper()
	f := blank(t)
	require.NoError(t, f.attestations.InitGenesis(f.ctx, attestationtypes.DefaultGenesis()))
	require.NoError(t, f.k.InitGenesis(f.ctx, types.DefaultGenesis()))
	t.Cleanup(func() { f.requireInvariants() })
	return f
}

func (f *fixture) license() {
	f.institutions.License(bank, institutiontypes.ROLE_FURNISHER)
	f.institutions.License(utility, institutiontypes.ROLE_FURNISHER)
	f.institutions.License(bureau, institutiontypes.ROLE_BUREAU)
	f.institutions.License(lender, institutiontypes.ROLE_DATA_USER)
	f.institutions.License(rival, institutiontypes.ROLE_DATA_USER)
}

func (f *fixture) requireInvariants() {
	f.t.Helper()
	require.NoError(f.t, f.attestations.Invariants(f.ctx))
	require.NoError(f.t, f.k.Invariants(f.ctx))
}

// next goes to a block this much later, after the end of the present one.
func (f *fixture) next(later time.Duration) {
	f.t.Helper()
	require.NoError(f.t, f.k.EndBlock(f.ctx))
	f.ctx = f.ctx.WithBlockHeight(f.ctx.BlockHeight() + 1).WithBlockTime(f.ctx.BlockTime().Add(later)).
		WithEventManager(sdk.NewEventManager())
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

// refuse sends each changed message and requires its error, and that no store was changed.
func refuse[Req, Res any](f *fixture, handle func(context.Context, Req) (Res, error), valid func() Req, cases []refusal[Req]) {
	f.t.Helper()
	for _, each := range cases {
		msg := valid()
		each.change(msg)
		before := f.export()
		_, err := send(f, handle, msg)
		require.ErrorIs(f.t, err, each.want, each.name)
		require.Equal(f.t, before, f.export(), each.name)
	}
}

func (f *fixture) export() *types.GenesisState {
	gs, err := f.k.ExportGenesis(f.ctx)
	require.NoError(f.t, err)
	return gs
}

func (f *fixture) requireEvent(want proto.Message) {
	f.t.Helper()
	event, err := sdk.TypedEventToEvent(want)
	require.NoError(f.t, err)
	require.Contains(f.t, f.ctx.EventManager().Events(), event)
}

func (f *fixture) trail(pseudonym []byte) []types.TrailEntry {
	f.t.Helper()
	res, err := f.query.Trail(f.ctx, &types.QueryTrailRequest{Subject: types.ID(pseudonym).String()})
	require.NoError(f.t, err)
	return res.Entries
}

func (f *fixture) requireTrail(want types.TrailEntry) {
	f.t.Helper()
	want.Height, want.Time = f.ctx.BlockHeight(), f.ctx.BlockTime()
	require.Contains(f.t, f.trail(want.Subject), want)
}

// The messages below are valid in the fixture that the function before them makes.

func enrolment() *types.MsgEnrolSubjects {
	return &types.MsgEnrolSubjects{
		Institution: bank.String(),
		Subjects:    []types.Enrolment{{Pseudonym: subject, Kind: types.SUBJECT_KIND_NATURAL_PERSON}},
	}
}

// enrolled has alice's pseudonym.
func enrolled(t testing.TB) *fixture {
	f := setup(t)
	must(f, f.msg.EnrolSubjects, enrolment())
	return f
}

func offer() *types.MsgOfferControl {
	return &types.MsgOfferControl{Institution: bank.String(), Subject: subject, Controller: alice.String()}
}

func claim() *types.MsgClaimControl {
	return &types.MsgClaimControl{Controller: alice.String(), Subject: subject}
}

func (f *fixture) furnishMsg() *types.MsgFurnish {
	return &types.MsgFurnish{Furnisher: bank.String(), SchemaId: f.schema, Report: report("account", "v1")}
}

func report(account, commitment string) types.Report {
	return types.Report{
		Subject: subject, Account: testutil.Bytes("%s", account), Commitment: testutil.Bytes("%s", commitment),
		Delinquency: testutil.Bytes("delinquency of %s", account), ShowUntil: testutil.Now.AddDate(2, 0, 0),
	}
}

// controlled has alice in control of her pseudonym, with one tradeline of bank.
func controlled(t testing.TB) *fixture {
	f := enrolled(t)
	must(f, f.msg.OfferControl, offer())
	must(f, f.msg.ClaimControl, claim())
	must(f, f.msg.Furnish, f.furnishMsg())
	f.next(time.Second)
	return f
}

func (f *fixture) grant() *types.MsgGrantConsent {
	return &types.MsgGrantConsent{
		Controller: alice.String(),
		Subject:    subject,
		Grantee:    lender.String(),
		Purpose:    types.PURPOSE_CREDIT_APPLICATION,
		SchemaIds:  [][]byte{f.schema},
		Mode:       types.CONSENT_MODE_VIEW,
		Fetch:      types.CONSENT_FETCH_ONE_TIME,
		Uses:       2,
		ValidUntil: f.ctx.BlockTime().Add(10 * 24 * time.Hour),
		Nonce:      testutil.Bytes("nonce")[:types.NonceSize],
	}
}

// consented has a consent for lender.
func consented(t testing.TB) (*fixture, []byte) {
	f := controlled(t)
	id := must(f, f.msg.GrantConsent, f.grant()).Id
	return f, id
}

func inquiry(consent []byte, nonce string) *types.MsgOpenInquiry {
	return &types.MsgOpenInquiry{
		DataUser: lender.String(), Subject: subject, Purpose: types.PURPOSE_CREDIT_APPLICATION, ConsentId: consent,
		Nonce: testutil.Bytes("%s", nonce)[:types.NonceSize],
	}
}

// inquired has an open inquiry of lender.
func inquired(t testing.TB) (*fixture, []byte) {
	f, consent := consented(t)
	return f, must(f, f.msg.OpenInquiry, inquiry(consent, "first")).Id
}

func receipt(by sdk.AccAddress, inquiry []byte) *types.MsgLeaveReceipt {
	return &types.MsgLeaveReceipt{Institution: by.String(), InquiryId: inquiry, Digest: testutil.Bytes("digest"), Records: 3}
}
