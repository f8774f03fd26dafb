package keeper_test

import (
	"testing"
	"time"

	"github.com/cosmos/gogoproto/proto"
	"github.com/stretchr/testify/require"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var (
	authority = testutil.Address("gov")
	bank      = testutil.Address("bank")    // furnisher
	utility   = testutil.Address("utility") // furnisher
	lender    = testutil.Address("lender")  // data user
	outsider  = testutil.Address("outsider")
)

type fixture struct {
	t            *testing.T
	ctx          sdk.Context
	store        *testutil.Store
	institutions *testutil.Institutions
	k            *keeper.Keeper
	msg          types.MsgServer
	query        types.QueryServer
	schema       []byte // built-in, revocable, for furnishers
}

func setup(t *testing.T) *fixture {
	t.Helper()
	ctx, stores := testutil.NewContext(t, types.StoreKey)
	f := &fixture{t: t, ctx: ctx, store: stores[0], institutions: &testutil.Institutions{}}
	f.institutions.License(bank, institutiontypes.ROLE_FURNISHER)
	f.institutions.License(utility, institutiontypes.ROLE_FURNISHER)
	f.institutions.License(lender, institutiontypes.ROLE_DATA_USER)
	f.k = keeper.NewKeeper(testutil.Codec(types.RegisterInterfaces), f.store, addresscodec.NewBech32Codec("cosmos"), f.institutions, authority.String())
	f.msg, f.query = keeper.NewMsgServer(f.k), keeper.NewQueryServer(f.k)
	require.NoError(t, f.k.InitGenesis(ctx, types.DefaultGenesis()))
	f.schema = types.BuiltinSchemas()[0].Id
	t.Cleanup(func() { require.NoError(t, f.k.Invariants(f.ctx)) })
	return f
}

func statement(subject, commitment string) types.Statement {
	return types.Statement{Subject: testutil.Bytes("%s", subject), Commitment: testutil.Bytes("%s", commitment)}
}

func (f *fixture) attest(issuer sdk.AccAddress, subject, commitment string) []byte {
	f.t.Helper()
	res, err := f.msg.Attest(f.ctx, &types.MsgAttest{Issuer: issuer.String(), SchemaId: f.schema, Statement: statement(subject, commitment)})
	require.NoError(f.t, err)
	return res.Id
}

// try runs a message as a transaction does: what it wrote is dropped when it fails.
func try[Res any](f *fixture, handle func(ctx sdk.Context) (Res, error)) (Res, error) {
	cached, write := f.ctx.CacheContext()
	res, err := handle(cached)
	if err == nil {
		write()
	}
	return res, err
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

func TestCreateSchema(t *testing.T) {
	f := setup(t)
	res, err := f.msg.CreateSchema(f.ctx, scored("lender.score", true))
	require.NoError(t, err)
	schema, err := f.k.GetSchema(f.ctx, res.Id)
	require.NoError(t, err)
	require.Equal(t, "lender.score", schema.Name)
	require.Equal(t, lender.String(), schema.Creator)
	require.Equal(t, schema.DeriveID().Bytes(), res.Id)
	requireEvent(t, f.ctx, &types.EventSchemaCreated{Id: types.ID(res.Id).String(), Name: "lender.score", Version: 1})

	tests := map[string]struct {
		change func(*types.MsgCreateSchema)
		want   error
	}{
		"same content":   {func(*types.MsgCreateSchema) {}, types.ErrSchemaExists},
		"bad creator":    {func(m *types.MsgCreateSchema) { m.Creator = "nobody" }, types.ErrInvalidAddress},
		"long creator":   {func(m *types.MsgCreateSchema) { m.Creator = string(make([]byte, 1000)) }, types.ErrInvalidAddress},
		"no institution": {func(m *types.MsgCreateSchema) { m.Creator = outsider.String() }, institutiontypes.ErrNotLicensed},
		"no name":        {func(m *types.MsgCreateSchema) { m.Name = "" }, types.ErrInvalidSchema},
		"upper case":     {func(m *types.MsgCreateSchema) { m.Name = "Score" }, types.ErrInvalidSchema},
		"empty word":     {func(m *types.MsgCreateSchema) { m.Name = "a..b" }, types.ErrInvalidSchema},
		"long name": {func(m *types.MsgCreateSchema) {
			m.Name = string(testutil.Bytes("a")) + string(testutil.Bytes("a")) + "a"
		}, types.ErrInvalidSchema},
		"version 0":        {func(m *types.MsgCreateSchema) { m.Version = 0 }, types.ErrInvalidSchema},
		"no fields":        {func(m *types.MsgCreateSchema) { m.Fields = nil }, types.ErrInvalidSchema},
		"too many fields":  {func(m *types.MsgCreateSchema) { m.Fields = make([]types.Field, types.MaxFields+1) }, types.ErrInvalidSchema},
		"field twice":      {func(m *types.MsgCreateSchema) { m.Fields = append(m.Fields, m.Fields[0]) }, types.ErrInvalidSchema},
		"kind unspecified": {func(m *types.MsgCreateSchema) { m.Fields[0].Kind = 0 }, types.ErrInvalidSchema},
		"kind unknown":     {func(m *types.MsgCreateSchema) { m.Fields[0].Kind = 99 }, types.ErrInvalidSchema},
		"kind wraps":       {func(m *types.MsgCreateSchema) { m.Fields[0].Kind = 256 + 1 }, types.ErrInvalidSchema},
		"long unit":        {func(m *types.MsgCreateSchema) { m.Fields[0].Unit = string(make([]byte, types.MaxUnitBytes+1)) }, types.ErrInvalidSchema},
		"no roles":         {func(m *types.MsgCreateSchema) { m.IssuerRoles = nil }, types.ErrInvalidSchema},
		"role unspecified": {func(m *types.MsgCreateSchema) { m.IssuerRoles = []institutiontypes.Role{0} }, types.ErrInvalidSchema},
		"role unknown":     {func(m *types.MsgCreateSchema) { m.IssuerRoles = []institutiontypes.Role{77} }, types.ErrInvalidSchema},
		"roles unordered":  {func(m *types.MsgCreateSchema) { m.IssuerRoles = []institutiontypes.Role{3, 1} }, types.ErrInvalidSchema},
		"role twice":       {func(m *types.MsgCreateSchema) { m.IssuerRoles = []institutiontypes.Role{1, 1} }, types.ErrInvalidSchema},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			msg := scored("lender.score", true)
			test.change(msg)
			writes := f.store.Writes
			_, err := f.msg.CreateSchema(f.ctx, msg)
			require.ErrorIs(t, err, test.want)
			require.Equal(t, writes, f.store.Writes)
		})
	}
}

func TestAttest(t *testing.T) {
	f := setup(t)
	f.store.Writes, f.store.Bytes = 0, 0
	expires := testutil.Now.Add(time.Hour)
	msg := &types.MsgAttest{Issuer: bank.String(), SchemaId: f.schema, Statement: statement("alice", "c1")}
	msg.Statement.ExpiresAt = &expires
	res, err := f.msg.Attest(f.ctx, msg)
	require.NoError(t, err)
	require.Equal(t, 2, f.store.Writes, "one attestation is two writes")
	require.LessOrEqual(t, f.store.Bytes, 280, "bytes of keys and values")

	id := types.AttestationID(f.schema, bank, msg.Statement.Subject, msg.Statement.Commitment)
	require.Equal(t, id.Bytes(), res.Id)
	attestation, err := f.k.GetAttestation(f.ctx, res.Id)
	require.NoError(t, err)
	require.Equal(t, types.Attestation{
		Id: res.Id, SchemaId: f.schema, Issuer: bank.String(), Subject: msg.Statement.Subject, Commitment: msg.Statement.Commitment,
		Status: types.STATUS_ACTIVE, IssuedAt: testutil.Now, ExpiresAt: &expires,
	}, attestation)
	requireEvent(t, f.ctx, &types.EventAttested{Id: id.String(), SchemaId: types.ID(f.schema).String(), Issuer: bank.String()})
}

func TestAttestRefuses(t *testing.T) {
	f := setup(t)
	f.attest(bank, "alice", "c1")
	past := testutil.Now
	tests := map[string]struct {
		change func(*types.MsgAttest)
		want   error
	}{
		"duplicate":       {func(*types.MsgAttest) {}, types.ErrDuplicate},
		"bad issuer":      {func(m *types.MsgAttest) { m.Issuer = "x" }, types.ErrInvalidAddress},
		"no institution":  {func(m *types.MsgAttest) { m.Issuer = outsider.String() }, institutiontypes.ErrNotLicensed},
		"wrong role":      {func(m *types.MsgAttest) { m.Issuer = lender.String() }, institutiontypes.ErrWrongRole},
		"no schema":       {func(m *types.MsgAttest) { m.SchemaId = nil }, types.ErrUnknownSchema},
		"unknown schema":  {func(m *types.MsgAttest) { m.SchemaId = testutil.Bytes("s") }, types.ErrUnknownSchema},
		"short subject":   {func(m *types.MsgAttest) { m.Statement.Subject = []byte{1} }, types.ErrInvalidStatement},
		"no subject":      {func(m *types.MsgAttest) { m.Statement.Subject = make([]byte, 32) }, types.ErrInvalidStatement},
		"long commitment": {func(m *types.MsgAttest) { m.Statement.Commitment = make([]byte, 33) }, types.ErrInvalidStatement},
		"zero commitment": {func(m *types.MsgAttest) { m.Statement.Commitment = make([]byte, 32) }, types.ErrInvalidStatement},
		"expired":         {func(m *types.MsgAttest) { m.Statement.ExpiresAt = &past }, types.ErrInvalidStatement},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			msg := &types.MsgAttest{Issuer: bank.String(), SchemaId: f.schema, Statement: statement("alice", "c1")}
			test.change(msg)
			writes := f.store.Writes
			_, err := f.msg.Attest(f.ctx, msg)
			require.ErrorIs(t, err, test.want)
			require.Equal(t, writes, f.store.Writes)
		})
	}
	t.Run("suspended", func(t *testing.T) {
		f.institutions.Suspend(bank)
		_, err := f.msg.Attest(f.ctx, &types.MsgAttest{Issuer: bank.String(), SchemaId: f.schema, Statement: statement("alice", "c2")})
		require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
	})
}

func TestAttestBatch(t *testing.T) {
	f := setup(t)
	batch := func(n int) *types.MsgAttestBatch {
		msg := &types.MsgAttestBatch{Issuer: bank.String(), SchemaId: f.schema}
		for i := range n {
			msg.Statements = append(msg.Statements, types.Statement{Subject: testutil.Bytes("alice"), Commitment: testutil.Bytes("batch %d", i)})
		}
		return msg
	}
	f.store.Writes, f.institutions.Calls = 0, 0
	_, err := f.msg.AttestBatch(f.ctx, batch(100))
	require.NoError(t, err)
	require.Equal(t, 200, f.store.Writes)
	require.Equal(t, 1, f.institutions.Calls, "the licence is read once")
	requireEvent(t, f.ctx, types.NewEventBatchAttested(types.ID(f.schema), bank.String(), 100))

	tests := map[string]struct {
		change func(*types.MsgAttestBatch)
		want   error
	}{
		"empty":        {func(m *types.MsgAttestBatch) { m.Statements = nil }, types.ErrBatchSize},
		"too many":     {func(m *types.MsgAttestBatch) { m.Statements = batch(101).Statements }, types.ErrBatchSize},
		"on the chain": {func(m *types.MsgAttestBatch) { m.Statements = append(m.Statements, batch(1).Statements...) }, types.ErrDuplicate},
		"in the batch": {func(m *types.MsgAttestBatch) { m.Statements = append(m.Statements, m.Statements[0]) }, types.ErrDuplicate},
		"one is bad":   {func(m *types.MsgAttestBatch) { m.Statements = append(m.Statements, types.Statement{}) }, types.ErrInvalidStatement},
		"wrong role":   {func(m *types.MsgAttestBatch) { m.Issuer = lender.String() }, institutiontypes.ErrWrongRole},
		"bad issuer":   {func(m *types.MsgAttestBatch) { m.Issuer = "" }, types.ErrInvalidAddress},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			msg := &types.MsgAttestBatch{Issuer: bank.String(), SchemaId: f.schema, Statements: []types.Statement{statement("bob", "c1")}}
			test.change(msg)
			_, err := try(f, func(ctx sdk.Context) (*types.MsgAttestBatchResponse, error) { return f.msg.AttestBatch(ctx, msg) })
			require.ErrorIs(t, err, test.want)
			if len(msg.Statements) > 0 {
				id := types.AttestationID(f.schema, bank, testutil.Bytes("bob"), testutil.Bytes("c1"))
				_, err = f.k.GetAttestation(f.ctx, id.Bytes())
				require.ErrorIs(t, err, types.ErrUnknownAttestation, "all or none")
			}
		})
	}
	_, err = f.k.Attest(f.ctx, bank, f.schema, nil)
	require.ErrorIs(t, err, types.ErrBatchSize)
}

func TestRevoke(t *testing.T) {
	f := setup(t)
	id := f.attest(bank, "alice", "c1")
	fixed, err := f.msg.CreateSchema(f.ctx, scored("lender.fixed", false))
	require.NoError(t, err)
	res, err := f.msg.Attest(f.ctx, &types.MsgAttest{Issuer: bank.String(), SchemaId: fixed.Id, Statement: statement("alice", "c1")})
	require.NoError(t, err)

	tests := map[string]struct {
		change func(*types.MsgRevoke)
		want   error
	}{
		"bad issuer":     {func(m *types.MsgRevoke) { m.Issuer = "x" }, types.ErrInvalidAddress},
		"bad id":         {func(m *types.MsgRevoke) { m.Id = []byte{1} }, types.ErrInvalidID},
		"unknown":        {func(m *types.MsgRevoke) { m.Id = testutil.Bytes("x") }, types.ErrUnknownAttestation},
		"of another":     {func(m *types.MsgRevoke) { m.Issuer = utility.String() }, types.ErrNotIssuer},
		"no reason":      {func(m *types.MsgRevoke) { m.Reason = 0 }, types.ErrInvalidReason},
		"unknown reason": {func(m *types.MsgRevoke) { m.Reason = 99 }, types.ErrInvalidReason},
		"not revocable":  {func(m *types.MsgRevoke) { m.Id = res.Id }, types.ErrNotRevocable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			msg := &types.MsgRevoke{Issuer: bank.String(), Id: id, Reason: types.REVOCATION_REASON_ERROR}
			test.change(msg)
			_, err := f.msg.Revoke(f.ctx, msg)
			require.ErrorIs(t, err, test.want)
		})
	}
	msg := &types.MsgRevoke{Issuer: bank.String(), Id: id, Reason: types.REVOCATION_REASON_DISPUTE}
	f.institutions.Suspend(bank)
	_, err = f.msg.Revoke(f.ctx, msg)
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed, "a suspended institution cannot write")

	f.institutions.License(bank, institutiontypes.ROLE_VALIDATOR) // no furnisher any more, and still its own word
	f.ctx = f.ctx.WithBlockTime(testutil.Now.Add(time.Minute))
	_, err = f.msg.Revoke(f.ctx, msg)
	require.NoError(t, err)
	attestation, err := f.k.GetAttestation(f.ctx, id)
	require.NoError(t, err)
	require.Equal(t, types.STATUS_REVOKED, attestation.Status)
	require.Equal(t, types.REVOCATION_REASON_DISPUTE, attestation.Reason)
	require.Equal(t, f.ctx.BlockTime(), *attestation.StatusSince)
	requireEvent(t, f.ctx, types.NewEventRevoked(types.ID(id), types.REVOCATION_REASON_DISPUTE))

	_, err = f.msg.Revoke(f.ctx, msg)
	require.ErrorIs(t, err, types.ErrNotActive)
}

func TestSupersede(t *testing.T) {
	f := setup(t)
	first, second := f.attest(bank, "alice", "c1"), f.attest(bank, "alice", "c2")
	others, bobs := f.attest(utility, "alice", "c3"), f.attest(bank, "bob", "c4")

	require.ErrorIs(t, f.k.Supersede(f.ctx, utility, first, others), types.ErrNotIssuer)
	require.ErrorIs(t, f.k.Supersede(f.ctx, bank, first, others), types.ErrNotIssuer)
	require.ErrorIs(t, f.k.Supersede(f.ctx, bank, first, bobs), types.ErrInvalidSupersede)
	require.ErrorIs(t, f.k.Supersede(f.ctx, bank, first, first), types.ErrInvalidSupersede)
	require.ErrorIs(t, f.k.Supersede(f.ctx, bank, first, testutil.Bytes("x")), types.ErrUnknownAttestation)

	f.store.Writes = 0
	require.NoError(t, f.k.Supersede(f.ctx, bank, first, second))
	require.Equal(t, 1, f.store.Writes)
	attestation, err := f.k.GetAttestation(f.ctx, first)
	require.NoError(t, err)
	require.Equal(t, types.STATUS_SUPERSEDED, attestation.Status)
	require.Equal(t, second, attestation.SupersededBy)
	requireEvent(t, f.ctx, types.NewEventSuperseded(types.ID(first), types.ID(second)))
	require.ErrorIs(t, f.k.Supersede(f.ctx, bank, first, second), types.ErrNotActive)
}

func TestUpdateParams(t *testing.T) {
	f := setup(t)
	_, err := f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: bank.String(), Params: types.Params{MaxBatch: 1}})
	require.ErrorIs(t, err, types.ErrUnauthorized)
	for _, bad := range []uint32{0, types.MaxBatchLimit + 1} {
		_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority.String(), Params: types.Params{MaxBatch: bad}})
		require.ErrorIs(t, err, types.ErrInvalidParams)
	}
	_, err = f.msg.UpdateParams(f.ctx, &types.MsgUpdateParams{Authority: authority.String(), Params: types.Params{MaxBatch: 1}})
	require.NoError(t, err)
	_, err = f.msg.AttestBatch(f.ctx, &types.MsgAttestBatch{
		Issuer: bank.String(), SchemaId: f.schema, Statements: []types.Statement{statement("a", "1"), statement("a", "2")},
	})
	require.ErrorIs(t, err, types.ErrBatchSize)
}

// Each statement of a batch has its price, and what all share is paid once.
func TestBatchGas(t *testing.T) {
	f := setup(t)
	gas := func(n int) uint64 {
		ctx := f.ctx.WithGasMeter(storetypes.NewInfiniteGasMeter())
		statements := make([]types.Statement, n)
		for i := range statements {
			statements[i] = types.Statement{Subject: testutil.Bytes("alice"), Commitment: testutil.Bytes("gas %d of %d", i, n)}
		}
		_, err := f.k.Attest(ctx, bank, f.schema, statements)
		require.NoError(t, err)
		return ctx.GasMeter().GasConsumed()
	}
	one, hundred := gas(1), gas(100)
	require.Greater(t, hundred, 50*one/2)
	require.Less(t, hundred, 100*one)
	t.Logf("gas: %d for one, %d for each of a hundred", one, hundred/100)
}

// requireEvent finds exactly this event among those emitted.
func requireEvent(t *testing.T, ctx sdk.Context, want proto.Message) {
	t.Helper()
	event, err := sdk.TypedEventToEvent(want)
	require.NoError(t, err)
	require.Contains(t, ctx.EventManager().Events(), event)
}
