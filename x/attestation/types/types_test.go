package types_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"cosmossdk.io/collections"
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

// Clients and vaults derive the ids too: the values below must never change.
func TestIDVectors(t *testing.T) {
	repeat := func(b byte, size int) []byte { return slices.Repeat([]byte{b}, size) }
	from, to := time.Unix(0, 1).UTC(), time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	short := types.Statement{Subject: repeat(3, 32), Commitment: repeat(4, 32)}
	full := types.Statement{
		Subject: repeat(3, 32), Commitment: repeat(4, 32), ValidFrom: &from, ExpiresAt: &to, CircuitCommitment: repeat(5, 32),
		AmountCommitments: [][]byte{repeat(6, 32), repeat(7, 32)}, Reference: repeat(8, 32),
	}
	schema, issuer := repeat(1, 32), repeat(2, 20)
	require.Equal(t, "9503ee759442dff147e32d66e3587af81c4946aa640aec6dd24be24000000000", types.AttestationID(schema, issuer, short).String())
	require.Equal(t, "fbd679e3c56b3194b187d06faec3e1801e94db5007ef1fc94b45ac93", types.BatchID(schema, issuer, repeat(9, 32), []types.Statement{short, full}).String())
}

func TestContainerID(t *testing.T) {
	text := "01000000000000000000000000000000000000000000000000000002"
	id, err := types.ParseContainerID(text)
	require.NoError(t, err)
	require.Equal(t, text, id.String())
	item := id.Item(0x01020304)
	require.Equal(t, text+"01020304", item.String())
	container, index := item.Container()
	require.Equal(t, id, container)
	require.Equal(t, uint32(0x01020304), index)
	read, err := types.ContainerIDFromBytes(id.Bytes())
	require.NoError(t, err)
	require.Equal(t, id, read)
	for _, bad := range []string{"", text[2:], text + "00", strings.Repeat("0", 56), strings.Repeat("x", 56)} {
		_, err = types.ParseContainerID(bad)
		require.ErrorIs(t, err, types.ErrInvalidID, bad)
	}
	_, err = types.ContainerIDFromBytes(make([]byte, 27))
	require.ErrorIs(t, err, types.ErrInvalidID)

	buffer := make([]byte, types.ContainerIDKey.Size(id)+1)
	n, err := types.ContainerIDKey.EncodeNonTerminal(buffer, id)
	require.NoError(t, err)
	require.Equal(t, types.ContainerIDSize, n)
	n, back, err := types.ContainerIDKey.DecodeNonTerminal(buffer)
	require.NoError(t, err)
	require.Equal(t, types.ContainerIDSize, n)
	require.Equal(t, id, back)
	_, _, err = types.ContainerIDKey.Decode(buffer[:27])
	require.Error(t, err)
	bz, err := types.ContainerIDKey.EncodeJSON(id)
	require.NoError(t, err)
	back, err = types.ContainerIDKey.DecodeJSON(bz)
	require.NoError(t, err)
	require.Equal(t, id, back)
}

// Keys sort as times do, keep nanoseconds, and are the same in every zone.
func TestTimeKey(t *testing.T) {
	encode := func(at time.Time) []byte {
		buffer := make([]byte, types.TimeKey.Size(at))
		n, err := types.TimeKey.EncodeNonTerminal(buffer, at)
		require.NoError(t, err)
		require.Equal(t, 8, n)
		return buffer
	}
	rapid.Check(t, func(rt *rapid.T) {
		a, b := time.Unix(0, rapid.Int64().Draw(rt, "a")), time.Unix(0, rapid.Int64().Draw(rt, "b"))
		require.Equal(rt, a.Compare(b), bytes.Compare(encode(a), encode(b)))
		zone := time.FixedZone("", rapid.IntRange(-80000, 80000).Draw(rt, "zone"))
		require.Equal(rt, encode(a), encode(a.In(zone)))
		_, back, err := types.TimeKey.DecodeNonTerminal(append(encode(a), 7))
		require.NoError(rt, err)
		require.Equal(rt, a.UTC(), back)
		bz, err := types.TimeKey.EncodeJSON(a)
		require.NoError(rt, err)
		back, err = types.TimeKey.DecodeJSON(bz)
		require.NoError(rt, err)
		require.True(rt, a.Equal(back))
	})
	now := time.Now() // has a monotonic clock reading
	require.Equal(t, encode(now.Round(0)), encode(now))
	for _, far := range []time.Time{{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)} {
		_, err := types.TimeKey.Encode(make([]byte, 8), far)
		require.ErrorIs(t, err, collections.ErrEncoding)
	}
	_, _, err := types.TimeKey.Decode(make([]byte, 7))
	require.ErrorIs(t, err, collections.ErrEncoding)
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
