package keeper_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
)

// history makes a state with an attestation of every status and two schemas of institutions.
func (f *fixture) history() {
	f.t.Helper()
	for _, msg := range []*types.MsgCreateSchema{scored("lender.score", true), scored("lender.fixed", false)} {
		_, err := f.msg.CreateSchema(f.ctx, msg)
		require.NoError(f.t, err)
	}
	first, second := f.attest(bank, "alice", "c1"), f.attest(bank, "alice", "c2")
	third := f.attest(utility, "alice", "c3")
	f.attest(utility, "bob", "c4")
	f.ctx = f.ctx.WithBlockTime(testutil.Now.Add(time.Hour))
	require.NoError(f.t, f.k.Supersede(f.ctx, bank, first, second))
	_, err := f.msg.Revoke(f.ctx, &types.MsgRevoke{Issuer: utility.String(), Id: third, Reason: types.REVOCATION_REASON_ERASURE})
	require.NoError(f.t, err)
}

func TestGenesisRoundTrip(t *testing.T) {
	f := setup(t)
	f.history()
	exported, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Len(t, exported.Attestations, 4)
	require.Len(t, exported.Schemas, len(types.BuiltinSchemas())+2)

	// The same records in another order, as a hand-written file may have them.
	shuffled := *exported
	shuffled.Attestations = append([]types.Attestation(nil), exported.Attestations...)
	shuffled.Attestations[0], shuffled.Attestations[3] = shuffled.Attestations[3], shuffled.Attestations[0]
	fresh := setup(t)
	require.NoError(t, fresh.k.InitGenesis(fresh.ctx, &shuffled))
	again, err := fresh.k.ExportGenesis(fresh.ctx)
	require.NoError(t, err)
	cdc := testutil.Codec(types.RegisterInterfaces)
	require.Equal(t, string(cdc.MustMarshalJSON(exported)), string(cdc.MustMarshalJSON(again)))
	require.NoError(t, fresh.k.Invariants(fresh.ctx))
}

func TestGenesisRefuses(t *testing.T) {
	f := setup(t)
	f.history()
	valid, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	with := func(gs *types.GenesisState, status types.Status) *types.Attestation {
		for i := range gs.Attestations {
			if gs.Attestations[i].Status == status {
				return &gs.Attestations[i]
			}
		}
		t.Fatalf("no attestation is %s", status)
		return nil
	}
	created := func(gs *types.GenesisState) *types.Schema {
		for i := range gs.Schemas {
			if gs.Schemas[i].Creator != "" {
				return &gs.Schemas[i]
			}
		}
		t.Fatal("no schema has a creator")
		return nil
	}
	tests := map[string]func(gs *types.GenesisState){
		"params":              func(gs *types.GenesisState) { gs.Params.MaxBatch = 0 },
		"schema id":           func(gs *types.GenesisState) { gs.Schemas[0].Id = testutil.Bytes("x") },
		"schema without id":   func(gs *types.GenesisState) { gs.Schemas[0].Id = nil },
		"schema content":      func(gs *types.GenesisState) { gs.Schemas[0].Version++ },
		"schema shape":        func(gs *types.GenesisState) { gs.Schemas[0].Fields = nil },
		"schema twice":        func(gs *types.GenesisState) { gs.Schemas = append(gs.Schemas, gs.Schemas[0]) },
		"schema creator":      func(gs *types.GenesisState) { created(gs).Creator = "nobody" },
		"creator upper case":  func(gs *types.GenesisState) { created(gs).Creator = strings.ToUpper(lender.String()) },
		"schema missing":      func(gs *types.GenesisState) { gs.Schemas = nil },
		"attestation twice":   func(gs *types.GenesisState) { gs.Attestations = append(gs.Attestations, gs.Attestations[0]) },
		"attestation id":      func(gs *types.GenesisState) { with(gs, types.STATUS_ACTIVE).Id = testutil.Bytes("x") },
		"attestation content": func(gs *types.GenesisState) { with(gs, types.STATUS_REVOKED).Commitment = testutil.Bytes("x") },
		"issuer":              func(gs *types.GenesisState) { with(gs, types.STATUS_REVOKED).Issuer = "nobody" },
		"short subject":       func(gs *types.GenesisState) { gs.Attestations[0].Subject = []byte{1} },
		"no time":             func(gs *types.GenesisState) { gs.Attestations[0].IssuedAt = time.Time{} },
		"status":              func(gs *types.GenesisState) { gs.Attestations[0].Status = 0 },
		"no reason":           func(gs *types.GenesisState) { with(gs, types.STATUS_REVOKED).Reason = 0 },
		"unknown reason":      func(gs *types.GenesisState) { with(gs, types.STATUS_REVOKED).Reason = 99 },
		"revoked before":      func(gs *types.GenesisState) { with(gs, types.STATUS_REVOKED).StatusSince = &time.Time{} },
		"superseded by none":  func(gs *types.GenesisState) { with(gs, types.STATUS_SUPERSEDED).SupersededBy = nil },
		"superseded by other": func(gs *types.GenesisState) {
			with(gs, types.STATUS_SUPERSEDED).SupersededBy = with(gs, types.STATUS_REVOKED).Id
		},
		"superseded by self": func(gs *types.GenesisState) { a := with(gs, types.STATUS_SUPERSEDED); a.SupersededBy = a.Id },
		"expires before": func(gs *types.GenesisState) {
			before := testutil.Now.Add(-time.Hour)
			gs.Attestations[0].ExpiresAt = &before
		},
	}
	cdc := testutil.Codec(types.RegisterInterfaces)
	for name, spoil := range tests {
		t.Run(name, func(t *testing.T) {
			var gs types.GenesisState
			cdc.MustUnmarshalJSON(cdc.MustMarshalJSON(valid), &gs)
			spoil(&gs)
			ctx, _ := f.ctx.CacheContext()
			want := types.ErrInvalidGenesis
			if name == "params" {
				want = types.ErrInvalidParams
			}
			require.ErrorIs(t, f.k.InitGenesis(ctx, &gs), want)
		})
	}
}
