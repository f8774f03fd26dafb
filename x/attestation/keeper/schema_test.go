package keeper_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const incomeJSON = `{"$schema":"https://json-schema.org/draft/2020-12/schema","type":"object","additionalProperties":false,` +
	`"properties":{"income":{"type":"integer","minimum":0},"currency":{"type":"string","pattern":"^[A-Z]{3}$"}}}`

type lets struct{}

func (lets) BeforeAttest(context.Context, types.Schema, sdk.AccAddress, types.Batch) error {
	return nil
}

func (lets) BeforeStatus(context.Context, types.Schema, types.Attestation, types.StatusEntry) error {
	return nil
}

// income is a schema with all that one can have.
func income() *types.MsgCreateSchema {
	return &types.MsgCreateSchema{
		Creator: ministry.String(), Name: "ministry.income", Version: 1, Revocable: true, Listed: true, Resolver: "lets",
		Fields: []types.Field{
			{Name: "income", Kind: types.FIELD_KIND_AMOUNT, Unit: "minor", Circuit: true, Summed: true},
			{Name: "currency", Kind: types.FIELD_KIND_CODE, Unit: "iso4217", Disclosable: true},
		},
		Issuers: ascending(agency, office), JsonSchema: incomeJSON,
	}
}

func ascending(list ...sdk.AccAddress) (texts []string) {
	slices.SortFunc(list, func(a, b sdk.AccAddress) int { return bytes.Compare(a, b) })
	for _, each := range list {
		texts = append(texts, each.String())
	}
	return texts
}

func newSchemas(t *testing.T) *rights {
	f := newRights(t)
	f.k.AddResolver("lets", lets{})
	return f
}

func TestSchemaCreated(t *testing.T) {
	f := newSchemas(t)
	msg := income()
	f.store.Writes = 0
	id := granted(f, f.msg.CreateSchema, msg).Id
	require.Equal(t, 2, f.store.Writes, "the schema and its place among the versions")
	wantEvent(t, f.ctx, &types.EventSchemaCreated{Id: types.ID(id).String(), Name: "ministry.income", Version: 1})
	schema, err := f.k.GetSchema(f.ctx, id)
	require.NoError(t, err)
	require.Equal(t, types.Schema{
		Id: id, Name: msg.Name, Version: 1, Fields: msg.Fields, Revocable: true, Creator: ministry.String(), Issuers: msg.Issuers,
		JsonSchema: incomeJSON, Listed: true, Resolver: "lets",
	}, schema)
	require.Equal(t, schema.DeriveID().Bytes(), id)

	_, err = deliver(f, f.msg.CreateSchema, msg)
	require.ErrorIs(t, err, types.ErrSchemaExists)
	msg.Issuers = []string{strings.ToUpper(msg.Issuers[0]), msg.Issuers[1]}
	_, err = deliver(f, f.msg.CreateSchema, msg)
	require.ErrorIs(t, err, types.ErrSchemaExists, "another spelling is the same schema")
	msg.Name = "ministry.other"
	schema, err = f.k.GetSchema(f.ctx, granted(f, f.msg.CreateSchema, msg).Id)
	require.NoError(t, err)
	require.Equal(t, income().Issuers, schema.Issuers, "the state has one spelling")

	other := income()
	other.Creator = agency.String()
	require.NotEqual(t, id, granted(f, f.msg.CreateSchema, other).Id, "the creator is part of the id")
}

func TestSchemaRefused(t *testing.T) {
	f := newSchemas(t)
	one := granted(f, f.msg.CreateSchema, income()).Id
	long := strings.Repeat("x", 1e6)
	for name, c := range map[string]struct {
		change func(*types.MsgCreateSchema)
		want   error
	}{
		"creator":             {func(m *types.MsgCreateSchema) { m.Creator = "x" }, types.ErrInvalidAddress},
		"no institution":      {func(m *types.MsgCreateSchema) { m.Creator = nobody.String() }, institutiontypes.ErrNotLicensed},
		"name":                {func(m *types.MsgCreateSchema) { m.Name = "Ministry" }, types.ErrInvalidSchema},
		"long name":           {func(m *types.MsgCreateSchema) { m.Name = long }, types.ErrInvalidSchema},
		"no field":            {func(m *types.MsgCreateSchema) { m.Fields = nil }, types.ErrInvalidSchema},
		"many fields":         {func(m *types.MsgCreateSchema) { m.Fields = make([]types.Field, 65) }, types.ErrInvalidSchema},
		"field twice":         {func(m *types.MsgCreateSchema) { m.Fields[1].Name = "income" }, types.ErrInvalidSchema},
		"field's name":        {func(m *types.MsgCreateSchema) { m.Fields[1].Name = "Currency" }, types.ErrInvalidSchema},
		"kind":                {func(m *types.MsgCreateSchema) { m.Fields[1].Kind = 0 }, types.ErrInvalidSchema},
		"kind of 257":         {func(m *types.MsgCreateSchema) { m.Fields[1].Kind = 257 }, types.ErrInvalidSchema},
		"unit":                {func(m *types.MsgCreateSchema) { m.Fields[1].Unit = strings.Repeat("x", 33) }, types.ErrInvalidSchema},
		"sum of codes":        {func(m *types.MsgCreateSchema) { m.Fields[1].Summed = true }, types.ErrInvalidSchema},
		"no way to issue":     {func(m *types.MsgCreateSchema) { m.Issuers = nil }, types.ErrInvalidSchema},
		"list and accredited": {func(m *types.MsgCreateSchema) { m.Accredited = true }, types.ErrInvalidSchema},
		"list and roles":      {func(m *types.MsgCreateSchema) { m.IssuerRoles = []institutiontypes.Role{1} }, types.ErrInvalidSchema},
		"roles and accredited": {func(m *types.MsgCreateSchema) {
			m.Issuers, m.IssuerRoles, m.Accredited = nil, []institutiontypes.Role{1}, true
		}, types.ErrInvalidSchema},
		"role":                 {func(m *types.MsgCreateSchema) { m.Issuers, m.IssuerRoles = nil, []institutiontypes.Role{99} }, types.ErrInvalidSchema},
		"no role":              {func(m *types.MsgCreateSchema) { m.Issuers, m.IssuerRoles = nil, []institutiontypes.Role{0} }, types.ErrInvalidSchema},
		"role twice":           {func(m *types.MsgCreateSchema) { m.Issuers, m.IssuerRoles = nil, []institutiontypes.Role{1, 1} }, types.ErrInvalidSchema},
		"many roles":           {func(m *types.MsgCreateSchema) { m.Issuers, m.IssuerRoles = nil, make([]institutiontypes.Role, 6) }, types.ErrInvalidSchema},
		"many issuers":         {func(m *types.MsgCreateSchema) { m.Issuers = make([]string, 65) }, types.ErrInvalidSchema},
		"issuer":               {func(m *types.MsgCreateSchema) { m.Issuers = []string{"x"} }, types.ErrInvalidAddress},
		"issuer long":          {func(m *types.MsgCreateSchema) { m.Issuers = []string{long} }, types.ErrInvalidAddress},
		"issuer of a chain":    {func(m *types.MsgCreateSchema) { m.Issuers = []string{sdk.MustBech32ifyAddressBytes("osmo", agency)} }, types.ErrInvalidAddress},
		"issuers descending":   {func(m *types.MsgCreateSchema) { slices.Reverse(m.Issuers) }, types.ErrInvalidSchema},
		"issuer twice":         {func(m *types.MsgCreateSchema) { m.Issuers[1] = strings.ToUpper(m.Issuers[0]) }, types.ErrInvalidSchema},
		"json schema":          {func(m *types.MsgCreateSchema) { m.JsonSchema = `{}` }, types.ErrInvalidJSONSchema},
		"json schema, long":    {func(m *types.MsgCreateSchema) { m.JsonSchema = incomeJSON + strings.Repeat(" ", 16<<10) }, types.ErrInvalidJSONSchema},
		"json of other fields": {func(m *types.MsgCreateSchema) { m.Fields[0].Name = "outcome" }, types.ErrInvalidJSONSchema},
		"json of another kind": {func(m *types.MsgCreateSchema) {
			m.Fields[0].Kind = types.FIELD_KIND_INTEGER
			m.Fields[1].Kind = types.FIELD_KIND_BOOLEAN
		}, types.ErrInvalidJSONSchema},
		"remote reference": {func(m *types.MsgCreateSchema) {
			m.JsonSchema = strings.Replace(incomeJSON, `"minimum":0`, `"$ref":"https://a.b/c"`, 1)
		}, types.ErrInvalidJSONSchema},
		"resolver":              {func(m *types.MsgCreateSchema) { m.Resolver = "unknown" }, types.ErrUnknownResolver},
		"resolver's name":       {func(m *types.MsgCreateSchema) { m.Resolver = "a b" }, types.ErrInvalidSchema},
		"resolver long":         {func(m *types.MsgCreateSchema) { m.Resolver = long }, types.ErrInvalidSchema},
		"version 0":             {func(m *types.MsgCreateSchema) { m.Version = 0 }, types.ErrInvalidSchema},
		"version 2 of nothing":  {func(m *types.MsgCreateSchema) { m.Version = 2 }, types.ErrInvalidSchema},
		"version 1 with one":    {func(m *types.MsgCreateSchema) { m.Previous = one }, types.ErrInvalidSchema},
		"version 3 of 1":        {func(m *types.MsgCreateSchema) { m.Version, m.Previous = 3, one }, types.ErrInvalidSchema},
		"previous unknown":      {func(m *types.MsgCreateSchema) { m.Version, m.Previous = 2, testutil.Bytes("x") }, types.ErrUnknownSchema},
		"previous no id":        {func(m *types.MsgCreateSchema) { m.Version, m.Previous = 2, one[:31] }, types.ErrInvalidSchema},
		"previous zero":         {func(m *types.MsgCreateSchema) { m.Version, m.Previous = 2, make([]byte, 32) }, types.ErrInvalidSchema},
		"previous of a name":    {func(m *types.MsgCreateSchema) { m.Version, m.Previous, m.Name = 2, one, "ministry.other" }, types.ErrInvalidSchema},
		"previous of another's": {func(m *types.MsgCreateSchema) { m.Version, m.Previous, m.Creator = 2, one, agency.String() }, types.ErrInvalidSchema},
		"previous of the chain": {func(m *types.MsgCreateSchema) { m.Version, m.Previous, m.Name = 2, f.schema, "creditd.licence" }, types.ErrInvalidSchema},
	} {
		t.Run(name, func(t *testing.T) {
			msg := income()
			msg.Fields = slices.Clone(msg.Fields)
			c.change(msg)
			f.store.Writes = 0
			_, err := deliver(f, f.msg.CreateSchema, msg)
			require.ErrorIs(t, err, c.want)
			require.Zero(t, f.store.Writes)
		})
	}
	f.institutions.Suspend(ministry)
	_, err := deliver(f, f.msg.CreateSchema, income())
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
}

// A JSON Schema is paid for before it is read, and one that is too long is not read.
func TestSchemaGas(t *testing.T) {
	f := newSchemas(t)
	cost := func(text string) uint64 {
		ctx, _ := f.ctx.WithGasMeter(storetypes.NewGasMeter(1e9)).CacheContext()
		msg := income()
		msg.JsonSchema = text
		_, err := f.msg.CreateSchema(ctx, msg)
		require.ErrorIs(t, err, types.ErrInvalidJSONSchema)
		return ctx.GasMeter().GasConsumed()
	}
	short, full, over := cost("{"), cost(strings.Repeat("{", 16<<10)), cost(strings.Repeat("{", 16<<10+1))
	require.Equal(t, uint64(30*(16<<10-1)), full-short)
	require.Equal(t, short-30, over)
	ctx, _ := f.ctx.WithGasMeter(storetypes.NewGasMeter(1000)).CacheContext()
	require.Panics(t, func() { _, _ = f.msg.CreateSchema(ctx, income()) }, "out of gas")
}

func TestSchemaVersions(t *testing.T) {
	f := newSchemas(t)
	previous := granted(f, f.msg.CreateSchema, income()).Id
	ids := [][]byte{previous}
	for version := range uint32(3) {
		msg := income()
		msg.Version, msg.Previous = version+2, previous
		previous = granted(f, f.msg.CreateSchema, msg).Id
		ids = append(ids, previous)
	}
	other := income()
	other.Name = "ministry.incomes" // another name, of which the first is the beginning
	granted(f, f.msg.CreateSchema, other)

	var got [][]byte
	for page := (&query.PageRequest{Limit: 3}); ; {
		res, err := f.query.SchemaVersions(f.ctx, &types.QuerySchemaVersionsRequest{Name: "ministry.income", Pagination: page})
		require.NoError(t, err)
		require.LessOrEqual(t, len(res.Schemas), 3)
		for _, schema := range res.Schemas {
			got = append(got, schema.Id)
		}
		if page.Key = res.Pagination.NextKey; page.Key == nil {
			break
		}
	}
	require.Equal(t, ids, got, "by version")
	res, err := f.query.SchemaVersions(f.ctx, &types.QuerySchemaVersionsRequest{Name: "creditd.licence"})
	require.NoError(t, err)
	require.Len(t, res.Schemas, 1, "built-in ones too")
	res, err = f.query.SchemaVersions(f.ctx, &types.QuerySchemaVersionsRequest{Name: "none"})
	require.NoError(t, err)
	require.Empty(t, res.Schemas)
	for _, req := range []*types.QuerySchemaVersionsRequest{nil, {}, {Name: strings.Repeat("x", 65)}, {Name: "x", Pagination: &query.PageRequest{Offset: 1}}} {
		_, err := f.query.SchemaVersions(f.ctx, req)
		require.Equal(t, codes.InvalidArgument, status.Code(err), err)
	}
}

func TestDeprecateSchema(t *testing.T) {
	f := newSchemas(t)
	create := func(name string) []byte {
		msg := income()
		msg.Name, msg.Fields, msg.JsonSchema = name, msg.Fields[1:], ""
		return granted(f, f.msg.CreateSchema, msg).Id
	}
	one, two, three := create("one"), create("two"), create("three")
	deprecate := func(signer sdk.AccAddress, id, replacedBy []byte) error {
		return outcome(deliver(f, f.msg.DeprecateSchema, &types.MsgDeprecateSchema{Signer: signer.String(), Id: id, ReplacedBy: replacedBy}))
	}
	require.NoError(t, f.issue(agency, one, nil))
	for name, c := range map[string]struct {
		signer         sdk.AccAddress
		id, replacedBy []byte
		want           error
	}{
		"no id":                {ministry, one[:31], nil, types.ErrUnknownSchema},
		"unknown":              {ministry, testutil.Bytes("x"), nil, types.ErrUnknownSchema},
		"another's":            {agency, one, nil, types.ErrUnauthorized},
		"nobody":               {nobody, one, nil, types.ErrUnauthorized},
		"built-in":             {ministry, f.byRole, nil, types.ErrUnauthorized},
		"by itself":            {ministry, one, one, types.ErrInvalidSchema},
		"by an unknown":        {ministry, one, testutil.Bytes("x"), types.ErrUnknownSchema},
		"by something shorter": {ministry, one, one[:1], types.ErrUnknownSchema},
	} {
		require.ErrorIs(t, deprecate(c.signer, c.id, c.replacedBy), c.want, name)
	}
	_, err := deliver(f, f.msg.DeprecateSchema, &types.MsgDeprecateSchema{Signer: "x", Id: one})
	require.ErrorIs(t, err, types.ErrInvalidAddress)
	licence := f.institutions.Licences[ministry.String()]
	f.institutions.Suspend(ministry)
	require.ErrorIs(t, deprecate(ministry, one, nil), institutiontypes.ErrNotLicensed)
	f.institutions.Licences[ministry.String()] = licence

	f.pass(time.Hour)
	require.NoError(t, deprecate(ministry, one, two))
	wantEvent(t, f.ctx, &types.EventSchemaDeprecated{Id: types.ID(one).String(), ReplacedBy: types.ID(two).String()})
	schema, err := f.k.GetSchema(f.ctx, one)
	require.NoError(t, err)
	require.Equal(t, f.ctx.BlockTime(), *schema.DeprecatedAt)
	require.Equal(t, two, schema.ReplacedBy)
	require.Equal(t, schema.DeriveID().Bytes(), one, "deprecation is no part of the id")
	require.NoError(t, schema.Validate())
	require.ErrorIs(t, f.issue(agency, one, nil), types.ErrSchemaDeprecated)
	require.NoError(t, f.issue(agency, two, nil))

	require.ErrorIs(t, deprecate(ministry, one, nil), types.ErrSchemaDeprecated, "once")
	require.ErrorIs(t, deprecate(ministry, two, one), types.ErrSchemaDeprecated, "no ring: the other is out of use")
	require.NoError(t, deprecate(theVote, three, nil), "the vote may too")
	wantEvent(t, f.ctx, &types.EventSchemaDeprecated{Id: types.ID(three).String()})
	require.NoError(t, deprecate(theVote, f.byRole, nil), "and it alone a built-in one")
}
