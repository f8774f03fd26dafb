package keeper

import (
	"testing"

	"github.com/stretchr/testify/require"

	"cosmossdk.io/collections"

	addresscodec "github.com/cosmos/cosmos-sdk/codec/address"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
)

// What proofs are asked for is where the keeper writes.
func TestStateKeys(t *testing.T) {
	ctx, stores := testutil.NewContext(t, types.StoreKey)
	k := NewKeeper(testutil.Codec(types.RegisterInterfaces), stores[0], addresscodec.NewBech32Codec("cosmos"), nil, &testutil.Institutions{}, "gov")
	id, container := types.ID(testutil.Bytes("id")), types.ContainerID(testutil.Bytes("container")[:types.ContainerIDSize])
	require.NoError(t, k.schemas.Set(ctx, id, types.Schema{Name: "schema"}))
	require.NoError(t, k.batches.Set(ctx, container, types.Batch{Issuer: "batch"}))
	require.NoError(t, k.statuses.Set(ctx, id, types.StatusEntry{Reason: 1}))
	require.NoError(t, k.anchors.Set(ctx, container, types.Anchor{Issuer: "anchor"}))
	require.NoError(t, k.checkpoints.Set(ctx, collections.Join(container, uint32(0x01020304)), types.Checkpoint{Root: []byte("checkpoint")}))
	require.NoError(t, k.accreditations.Set(ctx, id, types.Accreditation{Grantee: "accreditation"}))
	issuer := sdk.AccAddress(testutil.Bytes("issuer")[:20])
	require.NoError(t, k.anchorsByIssuer.Set(ctx, collections.Join(issuer, container)))
	listed, err := stores[0].OpenKVStore(ctx).Has(append(types.AnchorsOfIssuerStateKey(issuer), container[:]...))
	require.NoError(t, err)
	require.True(t, listed)
	for _, tc := range []struct {
		key  []byte
		want interface{ Marshal() ([]byte, error) }
	}{
		{types.SchemaStateKey(id), &types.Schema{Name: "schema"}},
		{types.BatchStateKey(container), &types.Batch{Issuer: "batch"}},
		{types.StatusStateKey(id), &types.StatusEntry{Reason: 1}},
		{types.AnchorStateKey(container), &types.Anchor{Issuer: "anchor"}},
		{types.CheckpointStateKey(container, 0x01020304), &types.Checkpoint{Root: []byte("checkpoint")}},
		{types.AccreditationStateKey(id), &types.Accreditation{Grantee: "accreditation"}},
	} {
		value, err := stores[0].OpenKVStore(ctx).Get(tc.key)
		require.NoError(t, err)
		want, err := tc.want.Marshal()
		require.NoError(t, err)
		require.Equal(t, want, value, "%x", tc.key)
	}
}
