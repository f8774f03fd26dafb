package keeper_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/core/address"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	"github.com/cosmos/cosmos-sdk/crypto/keys/secp256k1"
	sdk "github.com/cosmos/cosmos-sdk/types"
	authtypes "github.com/cosmos/cosmos-sdk/x/auth/types"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/predicate"
	attestationkeeper "github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/testutil"
	attestationtypes "github.com/creditd/creditd/x/attestation/types"
	creditkeeper "github.com/creditd/creditd/x/credit/keeper"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
	"github.com/creditd/creditd/x/predicate/keeper"
	"github.com/creditd/creditd/x/predicate/simulation"
	"github.com/creditd/creditd/x/predicate/types"
)

const chainID = "predicate-test"

var (
	authority = testutil.Address("gov")
	bank      = testutil.Address("bank")   // furnisher
	second    = testutil.Address("second") // furnisher
	bureau    = testutil.Address("bureau") // bureau: states scores
	lender    = testutil.Address("lender") // data user
	rival     = testutil.Address("rival")  // data user
	mallory   = testutil.Address("mallory")
	aliceKey  = secp256k1.GenPrivKeyFromSecret([]byte("alice"))
	alice     = sdk.AccAddress(aliceKey.PubKey().Address()) // the subject's account

	subject  = testutil.Bytes("subject")
	stranger = testutil.Bytes("stranger") // another subject
)

type accounts struct{ address.Codec }

func (a accounts) AddressCodec() address.Codec { return a.Codec }
func (accounts) GetAccount(_ context.Context, addr sdk.AccAddress) sdk.AccountI {
	return authtypes.NewBaseAccountWithAddress(addr)
}

func (accounts) NewAccountWithAddress(_ context.Context, addr sdk.AccAddress) sdk.AccountI {
	return authtypes.NewBaseAccountWithAddress(addr)
}
func (accounts) SetAccount(context.Context, sdk.AccountI) {}

type fixture struct {
	t            testing.TB
	ctx          sdk.Context
	institutions *testutil.Institutions
	attestations *attestationkeeper.Keeper
	credit       *creditkeeper.Keeper
	k            *keeper.Keeper
	attestMsg    attestationtypes.MsgServer
	creditMsg    credittypes.MsgServer
	msg          types.MsgServer
	query        types.QueryServer
	nonces       byte
}

// blank has licensed institutions and nothing else.
func blank(t testing.TB) *fixture {
	t.Helper()
	ctx, stores := testutil.NewPlainContext(t, types.StoreKey, attestationtypes.StoreKey, credittypes.StoreKey)
	f := &fixture{t: t, ctx: ctx.WithChainID(chainID), institutions: &testutil.Institutions{}}
	f.institutions.License(bank, institutiontypes.ROLE_FURNISHER)
	f.institutions.License(second, institutiontypes.ROLE_FURNISHER)
	f.institutions.License(bureau, institutiontypes.ROLE_BUREAU)
	f.institutions.License(lender, institutiontypes.ROLE_DATA_USER)
	f.institutions.License(rival, institutiontypes.ROLE_DATA_USER)
	cdc := testutil.Codec(types.RegisterInterfaces, attestationtypes.RegisterInterfaces, credittypes.RegisterInterfaces)
	known := accounts{addresscodec.NewBech32Codec("cosmos")}
	f.attestations = attestationkeeper.NewKeeper(cdc, stores[1], known.Codec, known, f.institutions, authority.String())
	f.credit = creditkeeper.NewKeeper(cdc, stores[2], known, f.institutions, f.attestations, authority.String())
	f.k = keeper.NewKeeper(cdc, stores[0], known, f.institutions, f.attestations, f.credit, authority.String())
	f.attestations.AddStatusHook(keeper.Hooks{Keeper: f.k})
	f.credit.AddRecordHook(keeper.Hooks{Keeper: f.k})
	f.attestMsg, f.creditMsg = attestationkeeper.NewMsgServer(f.attestations), creditkeeper.NewMsgServer(f.credit)
	f.msg, f.query = keeper.NewMsgServer(f.k), keeper.NewQueryServer(f.k)
	return f
}

// setup has two subjects, of which alice controls one; when the test ends the invariants must hold.
func setup(t testing.TB) *fixture {
	t.Helper()
	f := blank(t)
	require.NoError(t, f.attestations.InitGenesis(f.ctx, attestationtypes.DefaultGenesis()))
	require.NoError(t, f.credit.InitGenesis(f.ctx, credittypes.DefaultGenesis()))
	require.NoError(t, f.k.InitGenesis(f.ctx, types.DefaultGenesis()))
	must(f, f.creditMsg.EnrolSubjects, &credittypes.MsgEnrolSubjects{Institution: bank.String(), Subjects: []credittypes.Enrolment{
		{Pseudonym: stranger, Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY}, {Pseudonym: subject, Kind: credittypes.SUBJECT_KIND_LEGAL_ENTITY},
	}})
	must(f, f.creditMsg.OfferControl, &credittypes.MsgOfferControl{Institution: bank.String(), Subject: subject, Controller: alice.String()})
	must(f, f.creditMsg.ClaimControl, &credittypes.MsgClaimControl{Controller: alice.String(), Subject: subject})
	t.Cleanup(func() {
		require.NoError(t, f.k.EndBlock(f.ctx))
		require.NoError(t, f.k.Invariants(f.ctx))
	})
	return f
}

// next goes to a block this much later, after the end of the present one.
func (f *fixture) next(later time.Duration) {
	f.t.Helper()
	require.NoError(f.t, f.k.EndBlock(f.ctx))
	f.ctx = f.ctx.WithBlockHeight(f.ctx.BlockHeight() + 1).WithBlockTime(f.ctx.BlockTime().Add(later)).
		WithEventManager(sdk.NewEventManager())
	require.NoError(f.t, f.k.BeginBlock(f.ctx))
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

// refused requires that a message fails with an error, and that nothing changed.
func refused[Req, Res any](f *fixture, handle func(context.Context, Req) (Res, error), msg Req, want error, name string) {
	f.t.Helper()
	before := f.export()
	_, err := send(f, handle, msg)
	require.ErrorIs(f.t, err, want, name)
	require.Equal(f.t, before, f.export(), name)
}

func (f *fixture) export() *types.GenesisState {
	gs, err := f.k.ExportGenesis(f.ctx)
	require.NoError(f.t, err)
	return gs
}

func schemaOf(t testing.TB, name string) attestationtypes.Schema {
	t.Helper()
	schema, found := attestationtypes.BuiltinSchema(name)
	require.True(t, found)
	return schema
}

// fieldOf a schema, in leaf order.
func fieldOf(t testing.TB, schema attestationtypes.Schema, name string) uint32 {
	t.Helper()
	for i, field := range schema.Fields {
		if field.Name == name {
			return uint32(i)
		}
	}
	require.Fail(t, "no field", name)
	return 0
}

// consent of alice to a data user, for these schemas.
func (f *fixture) consent(to sdk.AccAddress, change func(*credittypes.MsgGrantConsent), schemaIDs ...[]byte) []byte {
	f.t.Helper()
	f.nonces++
	msg := &credittypes.MsgGrantConsent{
		Controller: alice.String(), Subject: subject, Grantee: to.String(), Purpose: credittypes.PURPOSE_CREDIT_APPLICATION,
		SchemaIds: sorted(schemaIDs), Mode: credittypes.CONSENT_MODE_QUERY, Fetch: credittypes.CONSENT_FETCH_ONE_TIME, Uses: 1,
		ValidUntil: f.ctx.BlockTime().Add(24 * time.Hour), Nonce: testutil.Bytes("consent %d", f.nonces)[:credittypes.NonceSize],
	}
	msg.Nonce[15] = f.nonces
	if change != nil {
		change(msg)
	}
	return must(f, f.creditMsg.GrantConsent, msg).Id
}

func sorted(ids [][]byte) [][]byte {
	if len(ids) == 2 && string(ids[0]) > string(ids[1]) {
		return [][]byte{ids[1], ids[0]}
	}
	return ids
}

// inquiry of a data user about alice under a consent for these schemas.
func (f *fixture) inquiry(by sdk.AccAddress, schemaIDs ...[]byte) []byte {
	f.t.Helper()
	return f.inquiryUnder(by, f.consent(by, nil, schemaIDs...))
}

func (f *fixture) inquiryUnder(by sdk.AccAddress, consent []byte) []byte {
	f.t.Helper()
	f.nonces++
	nonce := testutil.Bytes("inquiry")[:credittypes.NonceSize]
	nonce[15] = f.nonces
	return must(f, f.creditMsg.OpenInquiry, &credittypes.MsgOpenInquiry{
		DataUser: by.String(), Subject: subject, Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, ConsentId: consent, Nonce: nonce,
	}).Id
}

// score that the bureau states about a subject; the salt follows from the seed.
func (f *fixture) score(about []byte, value int64, seed byte, change func(*attestationtypes.Statement)) []byte {
	f.t.Helper()
	schema := schemaOf(f.t, schemas.Score)
	circuit, err := commit.Circuit([32]byte(schema.Id), [32]byte(about), []commit.CircuitField{commit.IntegerField(value)}, commit.DeriveCircuitSalt([32]byte{seed}))
	require.NoError(f.t, err)
	statement := attestationtypes.Statement{Subject: about, Commitment: testutil.Bytes("score %d of %.4s", seed, about), CircuitCommitment: circuit[:]}
	if change != nil {
		change(&statement)
	}
	return must(f, f.attestMsg.Attest, &attestationtypes.MsgAttest{Issuer: bureau.String(), SchemaId: schema.Id, Statement: statement}).Id
}

// furnish a tradeline of alice with that balance, under the blinding that follows from the seed. The id is the attestation's.
func (f *fixture) furnish(by sdk.AccAddress, account string, balance int64, seed byte) (tradeline, attestation []byte) {
	f.t.Helper()
	amount := commit.Amount(balance, blinding(seed))
	circuit := append([]byte{0}, testutil.Bytes("circuit %d", seed)[1:]...)
	res := must(f, f.creditMsg.Furnish, &credittypes.MsgFurnish{Furnisher: by.String(), SchemaId: schemaOf(f.t, schemas.TradelineFirm).Id, Report: credittypes.Report{
		Subject: subject, Account: testutil.Bytes("%s", account), Commitment: testutil.Bytes("commitment %s %d", account, seed),
		Delinquency: testutil.Bytes("delinquency"), ShowUntil: f.ctx.BlockTime().AddDate(1, 0, 0),
		CircuitCommitment: circuit, AmountCommitments: [][]byte{amount[:]},
	}})
	return res.TradelineId, res.AttestationId
}

func blinding(seed byte) commit.Blinding { return commit.DeriveBlinding([32]byte{seed}, 7) }

// circuits agrees on the simulation's setup, which nobody can prove in, and registers circuits.
func (f *fixture) circuits(names ...string) (ids [][]byte) {
	f.t.Helper()
	digest, err := simulation.SimulatedSetup()
	require.NoError(f.t, err)
	must(f, f.msg.AgreeSetup, &types.MsgAgreeSetup{Authority: authority.String(), Digest: digest, TranscriptHash: testutil.Bytes("transcript")})
	for _, name := range names {
		circuit, err := predicate.ParseCircuit(name)
		require.NoError(f.t, err)
		key, err := simulation.SimulatedKey(circuit)
		require.NoError(f.t, err)
		ids = append(ids, must(f, f.msg.RegisterCircuit, &types.MsgRegisterCircuit{
			Authority: authority.String(), Spec: types.NewCircuitSpec(circuit), Version: 1, VerifyingKey: key,
		}).Id)
	}
	return ids
}

// scoreAtLeast is a range of the score, by a circuit.
func (f *fixture) scoreAtLeast(circuit []byte, least int64) types.Predicate {
	schema := schemaOf(f.t, schemas.Score)
	return types.Predicate{
		Kind: types.PREDICATE_KIND_RANGE, CircuitId: circuit, SchemaId: schema.Id, Field: fieldOf(f.t, schema, "score"), Lower: least, Upper: 1000,
	}
}

// owesAtMost is a sum of the balances.
func (f *fixture) owesAtMost(bound int64) types.Predicate {
	schema := schemaOf(f.t, schemas.TradelineFirm)
	return types.Predicate{Kind: types.PREDICATE_KIND_SUM, SchemaId: schema.Id, Field: fieldOf(f.t, schema, "balance"), Upper: bound}
}

// ask under an inquiry of its data user.
func (f *fixture) ask(by sdk.AccAddress, inquiry []byte, predicates ...types.Predicate) {
	f.t.Helper()
	must(f, f.msg.Ask, &types.MsgAsk{DataUser: by.String(), InquiryId: inquiry, Predicates: predicates})
}
