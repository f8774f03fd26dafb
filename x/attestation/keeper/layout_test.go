package keeper_test

import (
	"encoding/binary"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
)

// keyTime is a time in a key: Unix nanoseconds, big endian, sign bit flipped.
func keyTime(at time.Time) []byte {
	return binary.BigEndian.AppendUint64(nil, uint64(at.UnixNano())^1<<63)
}

// Proofs and other programs rely on the keys: they do not change without an upgrade.
func TestKeyLayout(t *testing.T) {
	f := setup(t)
	listed := f.createSchema("lender.listed", func(m *types.MsgCreateSchema) { m.Listed = true })
	before := f.state()
	msg := f.delegated("c")
	msg.SchemaId, msg.Statements[0].ExpiresAt = listed, in(f.ctx, day)
	id := must(f, f.msg.AttestDelegated, f.signAttest(bank, msg)).BatchId
	alice, first, second := testutil.Bytes("alice"), []byte{0, 0, 0, 0}, []byte{0, 0, 0, 1}
	require.NoError(t, change["suspend"](f, bank, slices.Concat(id, second), nil))

	list := string(slices.Concat([]byte{6}, id, first))
	want := []string{
		string(slices.Concat([]byte{3}, alice, id, first)),
		string(slices.Concat([]byte{3}, alice, id, second)),
		string(slices.Concat([]byte{4}, id)),
		string(slices.Concat([]byte{5}, id, second)),
		list,
		string(slices.Concat([]byte{7}, keyTime(*msg.Statements[0].ExpiresAt), id)),
		string(slices.Concat([]byte{15}, keyTime(msg.Deadline), []byte{20}, bank, msg.Nonce)),
	}
	after := f.state()
	require.Equal(t, "\x20", after[list], "the second item of four is suspended: 00 10 00 00")
	var got []string
	for key := range after {
		if _, old := before[key]; !old {
			got = append(got, key)
		}
	}
	slices.Sort(got)
	require.Equal(t, want, got)
}

// The worked example of the README.
func TestReadmeExample(t *testing.T) {
	f := blank(t)
	f.schema = slices.Repeat([]byte{0x5c}, 32)
	require.NoError(t, f.k.SetParams(f.ctx, types.DefaultParams()))
	schema := builtin(t)
	schema.Id = f.schema
	require.NoError(t, f.k.PutSchema(f.ctx, schema))
	said := types.Statement{Subject: slices.Repeat([]byte{0xaa}, 32), Commitment: slices.Repeat([]byte{0xcc}, 32)}
	said.ExpiresAt = in(f.ctx, 365*day)
	id := f.attestUnder(f.schema, bank, said)
	f.next(time.Hour)
	require.NoError(t, change["revoke"](f, bank, id, nil))
	readme, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	for key, value := range f.state() {
		if key[0] <= 1 || key[0] == 0x10 {
			continue // parameters and the schema
		}
		require.True(t, strings.Contains(string(readme), fmt.Sprintf("%x", key)), "%x", key)
		if len(value) > 0 && len(value) < 32 {
			require.True(t, strings.Contains(string(readme), fmt.Sprintf("-> %x", value)), "%x", value)
		}
	}
}
