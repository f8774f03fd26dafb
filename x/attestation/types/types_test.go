package types_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/types"
)

func TestID(t *testing.T) {
	id := types.ID{1, 31: 0xff}
	text := "01000000000000000000000000000000000000000000000000000000000000ff"
	require.Equal(t, text, id.String())
	parsed, err := types.ParseID(text)
	require.NoError(t, err)
	require.Equal(t, id, parsed)
	read, err := types.IDFromBytes(id.Bytes())
	require.NoError(t, err)
	require.Equal(t, id, read)
	_, err = types.IDFromBytes(make([]byte, 31))
	require.ErrorIs(t, err, types.ErrInvalidID)
	_, err = types.IDFromBytes(nil)
	require.ErrorIs(t, err, types.ErrInvalidID)
}

func TestIDKey(t *testing.T) {
	id := types.ID{1, 2, 3}
	buffer := make([]byte, types.IDKey.Size(id)+1)
	n, err := types.IDKey.EncodeNonTerminal(buffer, id)
	require.NoError(t, err)
	require.Equal(t, types.IDSize, n)
	n, back, err := types.IDKey.DecodeNonTerminal(buffer)
	require.NoError(t, err)
	require.Equal(t, types.IDSize, n)
	require.Equal(t, id, back)
	_, _, err = types.IDKey.Decode(buffer[:31])
	require.Error(t, err)
	bz, err := types.IDKey.EncodeJSON(id)
	require.NoError(t, err)
	back, err = types.IDKey.DecodeJSON(bz)
	require.NoError(t, err)
	require.Equal(t, id, back)
	_, err = types.IDKey.DecodeJSON([]byte("7"))
	require.Error(t, err)
}

// Clients and vaults derive the id too: the value below must never change.
func TestAttestationIDVector(t *testing.T) {
	bytes := func(b byte) []byte {
		id := types.ID{}
		for i := range id {
			id[i] = b
		}
		return id.Bytes()
	}
	id := types.AttestationID(bytes(1), bytes(2)[:20], bytes(3), bytes(4))
	require.Equal(t, "ff589e4ce70021c4739d22000ae5cf99e68dc4235b2db9c0222baa8942c4f9c7", id.String())
}

func TestBuiltinSchemas(t *testing.T) {
	require.NotEmpty(t, types.BuiltinSchemas())
	for i, schema := range types.BuiltinSchemas() {
		require.NoError(t, schema.Validate())
		require.Equal(t, schemas.All()[i].ID(), [32]byte(schema.DeriveID()), "the id is that of the definition")
		require.Equal(t, schema.DeriveID().Bytes(), schema.Id)
	}
	require.NoError(t, types.DefaultGenesis().Validate())
}

// An error with code 0 or 1 would be read as success or as an internal error.
func TestErrorCodes(t *testing.T) {
	for _, err := range []*errorsmod.Error{types.ErrInvalidID, types.ErrInvariant, types.ErrDuplicate} {
		space, code, _ := errorsmod.ABCIInfo(err.Wrap("context"), false)
		require.Equal(t, types.ModuleName, space)
		require.GreaterOrEqual(t, code, uint32(2))
	}
}
