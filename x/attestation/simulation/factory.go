package simulation

import (
	"context"
	"fmt"

	"github.com/cosmos/cosmos-sdk/testutil/simsx"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// A skip must end a factory at once: simsx goes on with the next operation while this one is still running,
// and both would draw from one source of random numbers. So every call that may skip is followed by a return.

// Institution returns an account that may act in one of the roles now; it skips when there is none.
func Institution(
	ctx context.Context, can func(context.Context, sdk.AccAddress, ...institutiontypes.Role) bool,
	testData *simsx.ChainDataSource, reporter simsx.SimulationReporter, roles ...institutiontypes.Role,
) simsx.SimAccount {
	first := testData.Rand().Intn(testData.AccountsCount())
	for i := range testData.AccountsCount() {
		account := testData.AccountAt(reporter, (first+i)%testData.AccountsCount())
		if can(ctx, account.Address, roles...) {
			return account
		}
	}
	reporter.Skipf("no active institution in any of %v", roles)
	return simsx.SimAccount{}
}

// RandomID returns an id that nothing has.
func RandomID(r *simsx.XRand) types.ID {
	var id types.ID
	r.Read(id[:])
	return id
}

// MsgCreateSchemaFactory creates a schema of a random institution.
func MsgCreateSchemaFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgCreateSchema] {
	return func(ctx context.Context, testData *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgCreateSchema) {
		r := testData.Rand()
		creator := Institution(ctx, k.CanAct, testData, reporter, institutiontypes.ROLE_FURNISHER, institutiontypes.ROLE_BUREAU)
		if reporter.IsSkipped() {
			return nil, nil
		}
		fields := make([]types.Field, 1+r.Intn(types.MaxFields))
		for i := range fields {
			fields[i] = types.Field{
				Name:        fmt.Sprintf("field_%d", i),
				Kind:        types.FieldKind(1 + r.Intn(len(types.FieldKind_name)-1)),
				Disclosable: r.Bool(),
			}
		}
		return []simsx.SimAccount{creator}, &types.MsgCreateSchema{
			Creator:     creator.AddressBech32,
			Name:        fmt.Sprintf("sim.schema_%d", r.Uint64()),
			Version:     1 + uint32(r.Intn(10)),
			Fields:      fields,
			Revocable:   r.Bool(),
			IssuerRoles: []institutiontypes.Role{institutiontypes.ROLE_FURNISHER},
		}
	}
}

// MsgAttestFactory attests under a random schema.
func MsgAttestFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAttest] {
	return func(ctx context.Context, testData *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgAttest) {
		issuer, schema := issuerAndSchema(ctx, k, testData, reporter)
		if reporter.IsSkipped() {
			return nil, nil
		}
		return []simsx.SimAccount{issuer}, &types.MsgAttest{
			Issuer: issuer.AddressBech32, SchemaId: schema.Id, Statement: randomStatement(ctx, testData.Rand()),
		}
	}
}

// MsgAttestBatchFactory attests some at once.
func MsgAttestBatchFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgAttestBatch] {
	return func(ctx context.Context, testData *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgAttestBatch) {
		issuer, schema := issuerAndSchema(ctx, k, testData, reporter)
		if reporter.IsSkipped() {
			return nil, nil
		}
		params, err := k.GetParams(ctx)
		if err != nil {
			reporter.Skip(err.Error())
			return nil, nil
		}
		statements := make([]types.Statement, 1+testData.Rand().Intn(min(int(params.MaxBatch), 20)))
		for i := range statements {
			statements[i] = randomStatement(ctx, testData.Rand())
		}
		return []simsx.SimAccount{issuer}, &types.MsgAttestBatch{
			Issuer: issuer.AddressBech32, SchemaId: schema.Id, Statements: statements,
		}
	}
}

// MsgRevokeFactory revokes one of the attestations that can be.
func MsgRevokeFactory(k *keeper.Keeper) simsx.SimMsgFactoryFn[*types.MsgRevoke] {
	return func(ctx context.Context, testData *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgRevoke) {
		attestation, found := revocable(ctx, k, testData)
		if !found {
			reporter.Skip("no attestation to revoke")
			return nil, nil
		}
		issuer := testData.GetAccount(reporter, attestation.Issuer)
		if reporter.IsSkipped() {
			return nil, nil
		}
		return []simsx.SimAccount{issuer}, &types.MsgRevoke{
			Issuer: attestation.Issuer,
			Id:     attestation.Id,
			Reason: types.RevocationReason(1 + testData.Rand().Intn(len(types.RevocationReason_name)-1)),
		}
	}
}

// MsgUpdateParamsFactory proposes random parameters.
func MsgUpdateParamsFactory() simsx.SimMsgFactoryFn[*types.MsgUpdateParams] {
	return func(_ context.Context, testData *simsx.ChainDataSource, reporter simsx.SimulationReporter) ([]simsx.SimAccount, *types.MsgUpdateParams) {
		return nil, &types.MsgUpdateParams{
			Authority: testData.ModuleAccountAddress(reporter, "gov"),
			Params:    randomParams(testData.Rand().Rand),
		}
	}
}

func issuerAndSchema(
	ctx context.Context, k *keeper.Keeper, testData *simsx.ChainDataSource, reporter simsx.SimulationReporter,
) (simsx.SimAccount, types.Schema) {
	schema, found := randomSchema(ctx, k, testData.Rand())
	if !found {
		reporter.Skip("no schema")
		return simsx.SimAccount{}, schema
	}
	return Institution(ctx, k.CanAct, testData, reporter, schema.IssuerRoles...), schema
}

// randomSchema returns the first schema from a random id on, or the first of all.
func randomSchema(ctx context.Context, k *keeper.Keeper, r *simsx.XRand) (schema types.Schema, found bool) {
	take := func(each types.Schema) (bool, error) {
		schema, found = each, true
		return true, nil
	}
	for _, from := range []types.ID{RandomID(r), {}} {
		if err := k.WalkSchemas(ctx, from, take); err == nil && found {
			return schema, true
		}
	}
	return schema, false
}

// revocable looks for an active attestation under a revocable schema of an institution that is active.
func revocable(ctx context.Context, k *keeper.Keeper, testData *simsx.ChainDataSource) (match types.Attestation, found bool) {
	looked := 0
	err := k.WalkAttestations(ctx, RandomID(testData.Rand()), func(each types.Attestation) (bool, error) {
		looked++
		schema, err := k.GetSchema(ctx, each.SchemaId)
		if err != nil {
			return true, err
		}
		issuer, err := testData.AddressCodec().StringToBytes(each.Issuer)
		if err != nil {
			return true, err
		}
		if each.Status == types.STATUS_ACTIVE && schema.Revocable && k.CanAct(ctx, issuer, schema.IssuerRoles...) {
			match, found = each, true
		}
		return found || looked == 50, nil
	})
	return match, found && err == nil
}

func randomStatement(ctx context.Context, r *simsx.XRand) types.Statement {
	statement := types.Statement{Subject: RandomID(r).Bytes(), Commitment: RandomID(r).Bytes()}
	if r.Bool() {
		expires := simsx.BlockTime(ctx).AddDate(0, 1+r.Intn(12), 0)
		statement.ExpiresAt = &expires
	}
	return statement
}
