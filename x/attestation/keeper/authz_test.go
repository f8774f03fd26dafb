package keeper_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// issuedBy is a schema with a list of issuers.
func (f *fixture) issuedBy(issuers ...string) []byte {
	f.t.Helper()
	schema, err := f.k.GetSchema(f.ctx, f.createSchema("lender.listing", func(*types.MsgCreateSchema) {}))
	require.NoError(f.t, err)
	schema.Name, schema.IssuerRoles, schema.Issuers = "lender.named", nil, issuers
	schema.Id = schema.DeriveID().Bytes()
	require.NoError(f.t, f.k.PutSchema(f.ctx, schema))
	return schema.Id
}

// Who may state: by role in TestAttestRefuses, here by list.
func TestIssuerList(t *testing.T) {
	f := setup(t)
	named := f.issuedBy(lender.String())
	f.attestUnder(named, lender, statement("alice", "c1"))
	valid := func() *types.MsgAttest {
		return &types.MsgAttest{Issuer: lender.String(), SchemaId: named, Statement: statement("alice", "c2")}
	}
	refuse(f, f.msg.Attest, valid, []refusal[*types.MsgAttest]{
		{"another institution", func(m *types.MsgAttest) { m.Issuer = bank.String() }, types.ErrUnauthorized},
		{"no institution", func(m *types.MsgAttest) { m.Issuer = outsider.String() }, institutiontypes.ErrNotLicensed},
		{"accreditation", func(m *types.MsgAttest) { m.AccreditationId = testutil.Bytes("a") }, types.ErrInvalidAccreditation},
	})
	f.institutions.Suspend(lender)
	_, err := send(f, f.msg.Attest, valid())
	require.ErrorIs(t, err, institutiontypes.ErrNotLicensed)
}

func TestUpdateParams(t *testing.T) {
	f := setup(t)
	want := types.Params{MaxBatch: 1, MaxDepth: 2, MaxExpiriesPerBlock: 3, MaxDelegationSeconds: 60}
	refuse(f, f.msg.UpdateParams, func() *types.MsgUpdateParams {
		return &types.MsgUpdateParams{Authority: authority.String(), Params: want}
	}, []refusal[*types.MsgUpdateParams]{
		{"an institution", func(m *types.MsgUpdateParams) { m.Authority = bank.String() }, types.ErrUnauthorized},
		{"nobody", func(m *types.MsgUpdateParams) { m.Authority = "" }, types.ErrUnauthorized},
		{"no batch", func(m *types.MsgUpdateParams) { m.Params.MaxBatch = 0 }, types.ErrInvalidParams},
		{"large batch", func(m *types.MsgUpdateParams) { m.Params.MaxBatch = 1001 }, types.ErrInvalidParams},
		{"no depth", func(m *types.MsgUpdateParams) { m.Params.MaxDepth = 0 }, types.ErrInvalidParams},
		{"deep", func(m *types.MsgUpdateParams) { m.Params.MaxDepth = 17 }, types.ErrInvalidParams},
		{"no expiries", func(m *types.MsgUpdateParams) { m.Params.MaxExpiriesPerBlock = 0 }, types.ErrInvalidParams},
		{"many expiries", func(m *types.MsgUpdateParams) { m.Params.MaxExpiriesPerBlock = 10_001 }, types.ErrInvalidParams},
		{"short delegation", func(m *types.MsgUpdateParams) { m.Params.MaxDelegationSeconds = 59 }, types.ErrInvalidParams},
		{"long delegation", func(m *types.MsgUpdateParams) { m.Params.MaxDelegationSeconds = 2_592_001 }, types.ErrInvalidParams},
	})
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: want})
	requireEvent(t, f.ctx, &types.EventParamsUpdated{})
	res, err := f.query.Params(f.ctx, &types.QueryParamsRequest{})
	require.NoError(t, err)
	require.Equal(t, want, res.Params)
	_, err = send(f, f.msg.AttestBatch, &types.MsgAttestBatch{Issuer: bank.String(), SchemaId: f.schema, Statements: statements(2, "c")})
	require.ErrorIs(t, err, types.ErrBatchSize)
}
