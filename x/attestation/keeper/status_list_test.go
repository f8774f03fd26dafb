package keeper_test

import (
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/types"
)

// The bits of a large container, changed at random, are those of a plain array; one change writes one chunk.
func TestStatusListBits(t *testing.T) {
	f := blank(t)
	container := types.ContainerID{1}
	const size = 5 * 2048 / 2 // two chunks and a half
	want := make([]byte, size/4)
	r := rand.New(rand.NewSource(1))
	places := []uint32{0, 3, 4, 2047, 2048, 4095, 4096, size - 1}
	for range 500 {
		places = append(places, uint32(r.Intn(size)))
	}
	for _, place := range places {
		status := types.Status(1 + r.Intn(4))
		shift := 6 - 2*(place%4)
		want[place/4] = want[place/4]&^(3<<shift) | byte(status-1)<<shift
		writes, bytes := f.costs(func() {
			require.NoError(t, f.k.PutStatus(f.ctx, container.Item(place), types.StatusEntry{Status: status}))
		})
		require.Equal(t, 2, writes)
		require.LessOrEqual(t, bytes, 512+150)
	}
	got, err := f.k.Bits(f.ctx, container, size)
	require.NoError(t, err)
	require.Equal(t, want, got)

	// All back to active: nothing is left of the list.
	for _, place := range places {
		require.NoError(t, f.k.PutStatus(f.ctx, container.Item(place), types.StatusEntry{Status: types.STATUS_ACTIVE}))
	}
	for key := range f.state() {
		require.NotEqual(t, types.StatusListsPrefix.Bytes()[0], key[0])
	}
}

// Two items of one container do not touch each other, nor those of another container.
func TestStatusListQuery(t *testing.T) {
	f := setup(t)
	batch := f.attestBatch(bank, statements(9, "c")...)
	other := f.attestBatch(bank, statements(3, "d")...)
	require.NoError(t, change["revoke"](f, bank, batch.Item(1).Bytes(), nil))
	require.NoError(t, change["suspend"](f, bank, batch.Item(3).Bytes(), nil))
	require.NoError(t, change["supersede"](f, bank, batch.Item(8).Bytes(), batch.Item(0).Bytes()))
	res, err := f.query.StatusList(f.ctx, &types.QueryStatusListRequest{Id: batch.String()})
	require.NoError(t, err)
	require.Equal(t, &types.QueryStatusListResponse{
		Size_: 9, StatusSize: 2, Issuer: bank.String(), Bits: []byte{0b00_01_00_10, 0, 0b11_00_00_00},
	}, res)
	require.NoError(t, change["reinstate"](f, bank, batch.Item(3).Bytes(), nil))
	require.Equal(t, []byte{0b00_01_00_00, 0, 0b11_00_00_00}, f.bits(batch.Item(0).Bytes()))
	require.Equal(t, []byte{0}, f.bits(other.Item(0).Bytes()))
}
