package keeper_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

func TestAttest(t *testing.T) {
	f := setup(t)
	msg := &types.MsgAttest{Issuer: bank.String(), SchemaId: f.schema, Statement: statement("alice", "c1")}
	var res *types.MsgAttestResponse
	writes, bytes := f.costs(func() { res = must(f, f.msg.Attest, msg) })
	require.Equal(t, 1, writes, "one attestation is one write")
	require.LessOrEqual(t, bytes, 220, "bytes of keys and values")
	require.Equal(t, types.AttestationID(f.schema, bank, msg.Statement).Bytes(), res.Id)
	require.Equal(t, types.Attestation{
		Id: res.Id, SchemaId: f.schema, Issuer: bank.String(), Subject: msg.Statement.Subject, Commitment: msg.Statement.Commitment,
		Status: types.STATUS_ACTIVE, IssuedAt: testutil.Now,
	}, f.attestation(res.Id))
	requireEvent(t, f.ctx, &types.EventAttested{Id: types.ID(res.Id).String(), SchemaId: types.ID(f.schema).String(), Issuer: bank.String()})
}

// A validity window is stored in UTC, and the zone that a client writes is no part of the id.
func TestAttestWindow(t *testing.T) {
	f := setup(t)
	said := statement("alice", "c1")
	said.ValidFrom, said.ExpiresAt = in(f.ctx, -400*day), in(f.ctx, time.Nanosecond)
	elsewhere := said
	zone := time.FixedZone("elsewhere", 9*60*60)
	from, to := said.ValidFrom.In(zone), said.ExpiresAt.In(zone)
	elsewhere.ValidFrom, elsewhere.ExpiresAt = &from, &to

	var id []byte
	writes, _ := f.costs(func() { id = f.attestUnder(f.schema, bank, elsewhere) })
	require.Equal(t, 2, writes, "one more for the queue")
	require.Equal(t, types.AttestationID(f.schema, bank, said).Bytes(), id)
	require.Equal(t, said.ValidFrom, f.attestation(id).ValidFrom)
	require.Equal(t, said.ExpiresAt, f.attestation(id).ExpiresAt)
	other := setup(t)
	other.attestUnder(f.schema, bank, said)
	require.Equal(t, other.state(), f.state())
}

func TestAttestListed(t *testing.T) {
	f := setup(t)
	listed := f.createSchema("lender.listed", func(m *types.MsgCreateSchema) { m.Listed = true })
	var id []byte
	writes, _ := f.costs(func() { id = f.attestUnder(listed, bank, statement("alice", "c1")) })
	require.Equal(t, 2, writes, "one more for the subject's list")
	f.attest(bank, "alice", "unlisted")
	res, err := f.query.AttestationsOfSubject(f.ctx, &types.QueryAttestationsOfSubjectRequest{Subject: types.ID(testutil.Bytes("alice")).String()})
	require.NoError(t, err)
	require.Equal(t, []types.Attestation{f.attestation(id)}, res.Attestations)
}

func TestAttestRefuses(t *testing.T) {
	f := setup(t)
	f.attest(bank, "alice", "c1")
	sealed := f.createSchema("lender.sealed", func(m *types.MsgCreateSchema) { m.Fields[0].Circuit, m.Fields[0].Summed = true, true })
	suspended, expired := testutil.Address("suspended"), testutil.Address("expired")
	for _, operator := range []sdk.AccAddress{suspended, expired} {
		f.institutions.License(operator, institutiontypes.ROLE_FURNISHER)
	}
	f.institutions.Suspend(suspended)
	f.institutions.Amend(expired, func(i *institutiontypes.Institution) { i.ValidUntil = testutil.Now })
	old := f.createSchema("lender.old", func(*types.MsgCreateSchema) {})
	schema, err := f.k.GetSchema(f.ctx, old)
	require.NoError(t, err)
	schema.DeprecatedAt = in(f.ctx, 0)
	require.NoError(t, f.k.PutSchema(f.ctx, schema))

	element, point := circuitCommitment(), amountCommitment(7)
	with := func(change func(*types.Statement)) func(*types.MsgAttest) {
		return func(m *types.MsgAttest) { change(&m.Statement) }
	}
	under := func(change func(*types.Statement)) func(*types.MsgAttest) {
		return func(m *types.MsgAttest) {
			m.SchemaId, m.Statement.CircuitCommitment, m.Statement.AmountCommitments = sealed, element, [][]byte{point}
			change(&m.Statement)
		}
	}
	refuse(f, f.msg.Attest, func() *types.MsgAttest {
		return &types.MsgAttest{Issuer: bank.String(), SchemaId: f.schema, Statement: statement("alice", "c1")}
	}, []refusal[*types.MsgAttest]{
		{"duplicate", func(*types.MsgAttest) {}, types.ErrDuplicate},
		{"bad issuer", func(m *types.MsgAttest) { m.Issuer = "x" }, types.ErrInvalidAddress},
		{"long issuer", func(m *types.MsgAttest) { m.Issuer = string(make([]byte, 1000)) }, types.ErrInvalidAddress},
		{"no institution", func(m *types.MsgAttest) { m.Issuer = outsider.String() }, institutiontypes.ErrNotLicensed},
		{"suspended", func(m *types.MsgAttest) { m.Issuer = suspended.String() }, institutiontypes.ErrNotLicensed},
		{"expired licence", func(m *types.MsgAttest) { m.Issuer = expired.String() }, institutiontypes.ErrNotLicensed},
		{"wrong role", func(m *types.MsgAttest) { m.Issuer = lender.String() }, institutiontypes.ErrWrongRole},
		{"no schema", func(m *types.MsgAttest) { m.SchemaId = nil }, types.ErrUnknownSchema},
		{"unknown schema", func(m *types.MsgAttest) { m.SchemaId = testutil.Bytes("s") }, types.ErrUnknownSchema},
		{"deprecated schema", func(m *types.MsgAttest) { m.SchemaId = old }, types.ErrSchemaDeprecated},
		{"accreditation unasked", func(m *types.MsgAttest) { m.AccreditationId = testutil.Bytes("a") }, types.ErrInvalidAccreditation},
		{"short subject", with(func(s *types.Statement) { s.Subject = []byte{1} }), types.ErrInvalidStatement},
		{"no subject", with(func(s *types.Statement) { s.Subject = make([]byte, 32) }), types.ErrInvalidStatement},
		{"long commitment", with(func(s *types.Statement) { s.Commitment = make([]byte, 33) }), types.ErrInvalidStatement},
		{"zero commitment", with(func(s *types.Statement) { s.Commitment = make([]byte, 32) }), types.ErrInvalidStatement},
		{"expired", with(func(s *types.Statement) { s.ExpiresAt = in(f.ctx, 0) }), types.ErrInvalidStatement},
		{"expires before it begins", with(func(s *types.Statement) { s.ValidFrom, s.ExpiresAt = in(f.ctx, day), in(f.ctx, day) }), types.ErrInvalidStatement},
		{"zero time", with(func(s *types.Statement) { s.ValidFrom = &time.Time{} }), types.ErrInvalidStatement},
		{"before 1970", with(func(s *types.Statement) { s.ValidFrom = in(f.ctx, -100*365*day) }), types.ErrInvalidStatement},
		{"after 2200", with(func(s *types.Statement) { s.ExpiresAt = in(f.ctx, 200*365*day) }), types.ErrInvalidStatement},
		{"circuit unasked", with(func(s *types.Statement) { s.CircuitCommitment = element }), types.ErrInvalidStatement},
		{"amounts unasked", with(func(s *types.Statement) { s.AmountCommitments = [][]byte{point} }), types.ErrInvalidStatement},
		{"no circuit", under(func(s *types.Statement) { s.CircuitCommitment = nil }), types.ErrInvalidStatement},
		{"long circuit", under(func(s *types.Statement) { s.CircuitCommitment = append(element, 0) }), types.ErrInvalidStatement},
		{"zero circuit", under(func(s *types.Statement) { s.CircuitCommitment = make([]byte, 32) }), types.ErrInvalidStatement},
		{"circuit not reduced", under(func(s *types.Statement) { s.CircuitCommitment = testutil.Bytes("x") }), types.ErrInvalidStatement},
		{"no amount", under(func(s *types.Statement) { s.AmountCommitments = nil }), types.ErrInvalidStatement},
		{"two amounts", under(func(s *types.Statement) { s.AmountCommitments = [][]byte{point, point} }), types.ErrInvalidStatement},
		{"many amounts", under(func(s *types.Statement) { s.AmountCommitments = slices.Repeat([][]byte{point}, 65) }), types.ErrInvalidStatement},
		{"short amount", under(func(s *types.Statement) { s.AmountCommitments = [][]byte{point[:31]} }), types.ErrInvalidStatement},
		{"no point", under(func(s *types.Statement) { s.AmountCommitments = [][]byte{testutil.Bytes("x")} }), types.ErrInvalidStatement},
		{"identity", under(func(s *types.Statement) { s.AmountCommitments = [][]byte{make([]byte, 32)} }), types.ErrInvalidStatement},
		{"short reference", with(func(s *types.Statement) { s.Reference = []byte{1} }), types.ErrInvalidStatement},
		{"unknown reference", with(func(s *types.Statement) { s.Reference = testutil.Bytes("x") }), types.ErrUnknownReference},
	})
}

func circuitCommitment() []byte {
	element := testutil.Bytes("element")
	element[0] = 0x30 // below the modulus with what follows
	element[1] = 0x00
	return element
}

func amountCommitment(value int64) []byte {
	point := commit.Amount(value, commit.DeriveBlinding([32]byte{1}, 0))
	return point[:]
}

// Under a schema with circuit and summed fields the commitments are kept as they came.
func TestAttestCommitments(t *testing.T) {
	f := setup(t)
	sealed := f.createSchema("lender.sealed", func(m *types.MsgCreateSchema) {
		m.Fields[0].Circuit, m.Fields[0].Summed = true, true
		m.Fields = append(m.Fields, types.Field{Name: "total", Kind: types.FIELD_KIND_AMOUNT, Unit: "minor", Summed: true})
	})
	said := statement("alice", "c1")
	said.CircuitCommitment, said.AmountCommitments = circuitCommitment(), [][]byte{amountCommitment(1), amountCommitment(2)}
	got := f.attestation(f.attestUnder(sealed, bank, said))
	require.Equal(t, said, got.Statement())
	swapped := said
	swapped.AmountCommitments = [][]byte{amountCommitment(2), amountCommitment(1)}
	require.NotEqual(t, got.Id, f.attestUnder(sealed, bank, swapped), "each is at its place")
}

func TestReference(t *testing.T) {
	f := setup(t)
	first := f.attest(bank, "alice", "c1")
	said := statement("bob", "c2")
	said.Reference = first
	require.Equal(t, first, f.attestation(f.attestUnder(f.schema, utility, said)).Reference, "of another issuer, about another subject")
	beyond := said
	beyond.Reference = types.ContainerID(first[:28]).Item(1).Bytes()
	_, err := send(f, f.msg.Attest, &types.MsgAttest{Issuer: bank.String(), SchemaId: f.schema, Statement: beyond})
	require.ErrorIs(t, err, types.ErrUnknownReference, "its batch has one item")
}

func TestAttestBatch(t *testing.T) {
	f := setup(t)
	list := statements(100, "c")
	var id types.ContainerID
	f.institutions.Calls = 0
	writes, bytes := f.costs(func() { id = f.attestBatch(bank, list...) })
	require.Equal(t, 1, writes, "a hundred attestations are one write")
	require.Less(t, bytes, 7400, "and little more than their own bytes")
	require.Equal(t, 1, f.institutions.Calls, "the licence is read once")
	require.Equal(t, types.BatchID(f.schema, bank, nil, list), id)
	requireEvent(t, f.ctx, &types.EventBatchAttested{BatchId: id.String(), SchemaId: types.ID(f.schema).String(), Issuer: bank.String(), Count: 100})
	require.Empty(t, f.events("EventAttested"))
	for i, said := range list {
		require.Equal(t, said, f.attestation(id.Item(uint32(i)).Bytes()).Statement())
	}
	_, err := f.k.GetAttestation(f.ctx, id.Item(100).Bytes())
	require.ErrorIs(t, err, types.ErrUnknownAttestation)
	res, err := f.query.Batch(f.ctx, &types.QueryBatchRequest{Id: id.String()})
	require.NoError(t, err)
	require.Equal(t, types.Batch{Id: id.Bytes(), SchemaId: f.schema, Issuer: bank.String(), IssuedAt: testutil.Now, Statements: list}, res.Batch)
}

func TestAttestBatchWrites(t *testing.T) {
	f := setup(t)
	list := statements(100, "c")
	for i := range list {
		if i%2 == 0 {
			list[i].ExpiresAt = in(f.ctx, time.Duration(1+i%7)*day)
		}
	}
	writes, _ := f.costs(func() { f.attestBatch(bank, list...) })
	require.Equal(t, 1+7, writes, "one for each distinct expiry")
	listed := f.createSchema("lender.listed", func(m *types.MsgCreateSchema) { m.Listed = true })
	writes, _ = f.costs(func() {
		must(f, f.msg.AttestBatch, &types.MsgAttestBatch{Issuer: bank.String(), SchemaId: listed, Statements: statements(100, "l")})
	})
	require.Equal(t, 1+100, writes, "one for each that is listed")
}

func TestAttestBatchRefuses(t *testing.T) {
	f := setup(t)
	f.attestBatch(bank, statement("bob", "c1"), statement("bob", "c2"))
	refuse(f, f.msg.AttestBatch, func() *types.MsgAttestBatch {
		return &types.MsgAttestBatch{
			Issuer: bank.String(), SchemaId: f.schema, Statements: []types.Statement{statement("bob", "c1"), statement("bob", "c2")},
		}
	}, []refusal[*types.MsgAttestBatch]{
		{"on the chain", func(*types.MsgAttestBatch) {}, types.ErrDuplicate},
		{"empty", func(m *types.MsgAttestBatch) { m.Statements = nil }, types.ErrBatchSize},
		{"too many", func(m *types.MsgAttestBatch) { m.Statements = statements(101, "x") }, types.ErrBatchSize},
		{"one is bad", func(m *types.MsgAttestBatch) { m.Statements = append(m.Statements, types.Statement{}) }, types.ErrInvalidStatement},
		{"wrong role", func(m *types.MsgAttestBatch) { m.Issuer = lender.String() }, institutiontypes.ErrWrongRole},
		{"bad issuer", func(m *types.MsgAttestBatch) { m.Issuer = "" }, types.ErrInvalidAddress},
		{"unknown schema", func(m *types.MsgAttestBatch) { m.SchemaId = testutil.Bytes("x") }, types.ErrUnknownSchema},
	})
	f.attestBatch(bank, statement("bob", "c2"), statement("bob", "c1"))
}

// What x/credit calls: each statement is an attestation of its own, under the id that it has when sent alone.
func TestKeeperAttest(t *testing.T) {
	f := setup(t)
	list := statements(3, "c")
	var ids [][]byte
	writes, _ := f.costs(func() {
		var err error
		ids, err = f.k.Attest(f.ctx, bank, f.schema, list)
		require.NoError(t, err)
	})
	require.Equal(t, 3, writes)
	require.Len(t, f.events("EventAttested"), 3)
	for i, id := range ids {
		require.Equal(t, types.AttestationID(f.schema, bank, list[i]).Bytes(), id)
	}
	_, err := f.k.Attest(f.ctx, bank, f.schema, list[2:])
	require.ErrorIs(t, err, types.ErrDuplicate)
	twice := statement("bob", "c1")
	cached, _ := f.ctx.CacheContext()
	_, err = f.k.Attest(cached, bank, f.schema, []types.Statement{twice, twice})
	require.ErrorIs(t, err, types.ErrDuplicate)
	_, err = f.k.Attest(f.ctx, bank, f.schema, nil)
	require.ErrorIs(t, err, types.ErrBatchSize)
}

// Each statement of a batch has its price, and what all share is paid once.
func TestBatchGas(t *testing.T) {
	f := setup(t)
	gas := func(n int) uint64 {
		ctx := f.ctx.WithGasMeter(storetypes.NewInfiniteGasMeter())
		_, err := f.msg.AttestBatch(ctx, &types.MsgAttestBatch{Issuer: bank.String(), SchemaId: f.schema, Statements: statements(n, "gas")})
		require.NoError(t, err)
		return ctx.GasMeter().GasConsumed()
	}
	one, hundred := gas(1), gas(100)
	require.Greater(t, hundred, one+99*200)
	require.Less(t, hundred, 100*one/2)
	t.Logf("gas: %d for one, %d for each of a hundred", one, hundred/100)
}

// guard is a resolver that refuses on demand and pays gas for its work.
type guard struct {
	refusal error
	asked   []string
}

func (g *guard) BeforeAttest(ctx context.Context, schema types.Schema, issuer sdk.AccAddress, batch types.Batch) error {
	sdk.UnwrapSDKContext(ctx).GasMeter().ConsumeGas(12345, "guard")
	g.asked = append(g.asked, "attest "+schema.Name+" "+issuer.String()+" "+types.ContainerID(batch.Id).String())
	return g.refusal
}

func (g *guard) BeforeStatus(_ context.Context, _ types.Schema, before types.Attestation, entry types.StatusEntry) error {
	g.asked = append(g.asked, before.Status.String()+" to "+entry.Status.String())
	return g.refusal
}

func TestResolver(t *testing.T) {
	f := setup(t)
	g := &guard{}
	f.k.AddResolver("guard", g)
	guarded := f.createSchema("lender.guarded", func(m *types.MsgCreateSchema) { m.Resolver = "guard" })
	plain := f.createSchema("lender.plainer", func(*types.MsgCreateSchema) {})
	gas := func(schema []byte) uint64 {
		before := f.ctx.GasMeter().GasConsumed()
		f.attestUnder(schema, bank, statement("alice", "gas"))
		return f.ctx.GasMeter().GasConsumed() - before
	}
	f.ctx = f.ctx.WithGasMeter(storetypes.NewInfiniteGasMeter())
	require.GreaterOrEqual(t, gas(guarded), gas(plain)+12345, "it pays with the transaction's gas")

	id := f.attestUnder(guarded, bank, statement("alice", "c1"))
	revoke := &types.MsgRevoke{Issuer: bank.String(), Id: id, Reason: types.REVOCATION_REASON_ERROR}
	suspend := &types.MsgSuspend{Issuer: bank.String(), Id: id, Reason: types.REVOCATION_REASON_DISPUTE}
	must(f, f.msg.Suspend, suspend)
	require.Equal(t, "attest lender.guarded "+bank.String()+" "+types.ContainerID(id[:28]).String(), g.asked[1])
	require.Equal(t, "STATUS_ACTIVE to STATUS_SUSPENDED", g.asked[2])

	g.refusal = errors.New("not today")
	before := f.state()
	for name, err := range map[string]error{
		"attest": second(send(f, f.msg.Attest, &types.MsgAttest{Issuer: bank.String(), SchemaId: guarded, Statement: statement("alice", "c2")})),
		"batch": second(send(f, f.msg.AttestBatch,
			&types.MsgAttestBatch{Issuer: bank.String(), SchemaId: guarded, Statements: statements(2, "x")})),
		"revoke":    second(send(f, f.msg.Revoke, revoke)),
		"reinstate": second(send(f, f.msg.Reinstate, &types.MsgReinstate{Issuer: bank.String(), Id: id})),
	} {
		require.ErrorIs(t, err, types.ErrRefused, name)
		require.ErrorContains(t, err, "guard: not today", name)
	}
	require.Equal(t, before, f.state())

	// A genesis may come from a program that had another hook.
	schema, err := f.k.GetSchema(f.ctx, guarded)
	require.NoError(t, err)
	schema.Resolver = "gone"
	cached, _ := f.ctx.CacheContext()
	require.NoError(t, f.k.PutSchema(cached, schema))
	_, err = f.msg.Attest(cached, &types.MsgAttest{Issuer: bank.String(), SchemaId: guarded, Statement: statement("alice", "c2")})
	require.ErrorIs(t, err, types.ErrUnknownResolver)
	_, err = f.msg.Revoke(cached, revoke)
	require.ErrorIs(t, err, types.ErrUnknownResolver)
}

func second[T any](_ T, err error) error { return err }
