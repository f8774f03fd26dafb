package types_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/credit/types"
)

func repeat(b byte, n int) []byte { return bytes.Repeat([]byte{b}, n) }

// Clients and vaults derive the ids too: the values below must never change.
func TestIDVectors(t *testing.T) {
	institution, subject, nonce := repeat(2, 20), repeat(3, 32), repeat(6, 16)
	for want, id := range map[string]types.ID{
		"6f675ac966350381bd9944ed95bda87fb41ecfb1348f39c36345cefb073c3565": types.TradelineID(institution, subject, repeat(5, 32)),
		"2a6762669dcd21923bed0bc6b801115ec18477c7b118d3764ec750496e5b6fcf": types.ConsentID(subject, institution, nonce),
		"71a3bdc985c28ed651e4649751b2e7e13d507821959ad2fcb27847c26fe6b6c3": types.InquiryID(institution, subject, nonce),
	} {
		require.Equal(t, want, id.String())
	}
}

func TestParseID(t *testing.T) {
	_, err := types.ParseID("subject", "xyz")
	require.ErrorIs(t, err, types.ErrInvalidID)
	require.ErrorContains(t, err, "subject")
	_, err = types.IDFromBytes("id", repeat(1, 31))
	require.ErrorIs(t, err, types.ErrInvalidID)
	require.ErrorContains(t, err, "id")
}

func TestTrailKey(t *testing.T) {
	key := types.TrailKey{Height: 258, Ref: types.ID(repeat(7, 32)), Kind: types.TRAIL_KIND_DATA_GIVEN, Actor: repeat(9, 20)}
	buffer := make([]byte, types.TrailKeyCodec.Size(key))
	n, err := types.TrailKeyCodec.Encode(buffer, key)
	require.NoError(t, err)
	require.Equal(t, len(buffer), n)
	want := append([]byte{0, 0, 0, 0, 0, 0, 1, 2}, repeat(7, 32)...)
	require.Equal(t, append(append(want, 9), repeat(9, 20)...), buffer)
	n, back, err := types.TrailKeyCodec.Decode(buffer)
	require.NoError(t, err)
	require.Equal(t, len(buffer), n)
	require.Equal(t, key, back)
	buffer[len(buffer)-1] = 0
	require.Equal(t, repeat(9, 20), back.Actor, "what is decoded does not share the buffer")

	bz, err := types.TrailKeyCodec.EncodeJSON(key)
	require.NoError(t, err)
	back, err = types.TrailKeyCodec.DecodeJSON(bz)
	require.NoError(t, err)
	require.Equal(t, key, back)

	_, _, err = types.TrailKeyCodec.Decode(buffer[:41])
	require.Error(t, err, "an actor is missing")
	buffer[0] = 0x80
	_, _, err = types.TrailKeyCodec.Decode(buffer)
	require.Error(t, err, "no block has such a height")
	for _, bad := range []types.TrailKey{{Height: -1}, {Kind: 256}, {Kind: -1}} {
		_, err = types.TrailKeyCodec.Encode(make([]byte, 41), bad)
		require.Error(t, err)
	}
	for _, bad := range []string{`7`, `"zz"`, `"00"`} {
		_, err = types.TrailKeyCodec.DecodeJSON([]byte(bad))
		require.Error(t, err)
	}
}

func TestDefaults(t *testing.T) {
	require.NoError(t, types.DefaultParams().Validate())
	require.NoError(t, types.DefaultGenesis().Validate())
	for _, profile := range types.DefaultProfiles() {
		require.NoError(t, profile.Validate(), profile.Code)
	}
}
