package keeper_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"

	"github.com/creditd/creditd/x/attestation/keeper"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
)

// manyItems is a state of n attestations in batches of 100, of which every tenth is revoked and all expire.
func manyItems(n int) *types.GenesisState {
	gs := types.DefaultGenesis()
	plain, _ := types.BuiltinSchema(schemas.UtilityPayment)
	schema := plain.Id
	for i := range n / 100 {
		batch := types.Batch{SchemaId: schema, Issuer: bank.String(), IssuedAt: testutil.Now}
		end := testutil.Now.Add(time.Duration(i+1) * time.Second)
		for j := range 100 {
			s := types.Statement{Subject: testutil.Bytes("%d", j), Commitment: testutil.Bytes("%d %d", i, j), ExpiresAt: &end}
			batch.Statements = append(batch.Statements, s)
		}
		id := types.BatchID(schema, bank, nil, batch.Statements)
		batch.Id = id.Bytes()
		gs.Batches = append(gs.Batches, batch)
		gs.Expiries = append(gs.Expiries, types.Expiry{At: end, BatchId: batch.Id})
		for j := uint32(0); j < 100; j += 10 {
			entry := types.StatusEntry{Status: types.STATUS_REVOKED, Since: testutil.Now, Reason: types.REVOCATION_REASON_ERROR}
			gs.Statuses = append(gs.Statuses, types.GenesisStatus{Id: id.Item(j).Bytes(), Entry: entry})
		}
	}
	return gs
}

// The cost of an import grows with the state and no faster.
func BenchmarkInitGenesis(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		gs := manyItems(n)
		b.Run("", func(b *testing.B) {
			for b.Loop() {
				ctx, stores := testutil.NewContext(b, types.StoreKey)
				k := keeper.NewKeeper(testutil.Codec(types.RegisterInterfaces), stores[0], addresscodec.NewBech32Codec("cosmos"), nil, nil, "gov")
				require.NoError(b, k.InitGenesis(ctx, gs))
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "attestations/s")
		})
	}
}

func TestInitGenesisOfMany(t *testing.T) {
	f := setup(t)
	gs := manyItems(2000)
	require.NoError(t, f.k.InitGenesis(f.ctx, gs))
	exported, err := f.k.ExportGenesis(f.ctx)
	require.NoError(t, err)
	require.Len(t, exported.Batches, 20)
	require.Len(t, exported.Statuses, 200)
	require.True(t, slices.IsSortedFunc(exported.Expiries, func(a, b types.Expiry) int { return a.At.Compare(b.At) }))
}
