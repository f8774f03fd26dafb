package keeper_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	abcitypes "github.com/cometbft/cometbft/abci/types"

	sdk "github.com/cosmos/cosmos-sdk/types"
	"github.com/cosmos/cosmos-sdk/types/query"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/attestation/types"
)

func abci(event sdk.Event) abcitypes.Event { return abcitypes.Event(event) }

func TestQueryOne(t *testing.T) {
	f := setup(t)
	id := f.attest(bank, "alice", "c1")
	got, err := f.query.Attestation(f.ctx, &types.QueryAttestationRequest{Id: types.ID(id).String()})
	require.NoError(t, err)
	require.Equal(t, f.attestation(id), got.Attestation)
	schema, err := f.query.Schema(f.ctx, &types.QuerySchemaRequest{Id: types.ID(f.schema).String()})
	require.NoError(t, err)
	require.Equal(t, builtin(t), schema.Schema)

	unknown := types.ID(testutil.Bytes("x")).String()
	for text, want := range map[string]codes.Code{
		unknown:                  codes.NotFound,
		"":                       codes.InvalidArgument,
		"0x" + unknown[2:]:       codes.InvalidArgument,
		unknown + "00":           codes.InvalidArgument,
		strings.Repeat("0", 64):  codes.InvalidArgument,
		strings.Repeat("z", 64):  codes.InvalidArgument,
		strings.Repeat("1", 1e6): codes.InvalidArgument,
	} {
		_, err = f.query.Attestation(f.ctx, &types.QueryAttestationRequest{Id: text})
		require.Equal(t, want, status.Code(err), err)
		_, err = f.query.Schema(f.ctx, &types.QuerySchemaRequest{Id: text})
		require.Equal(t, want, status.Code(err), err)
	}
	for text, want := range map[string]codes.Code{
		unknown[:56]: codes.NotFound, unknown: codes.InvalidArgument, "": codes.InvalidArgument,
		strings.Repeat("0", 56): codes.InvalidArgument, strings.Repeat("g", 56): codes.InvalidArgument,
	} {
		_, err = f.query.Batch(f.ctx, &types.QueryBatchRequest{Id: text})
		require.Equal(t, want, status.Code(err), err)
		_, err = f.query.StatusList(f.ctx, &types.QueryStatusListRequest{Id: text})
		require.Equal(t, want, status.Code(err), err)
	}
}

func TestQueryPages(t *testing.T) {
	f := setup(t)
	listed := f.createSchema("lender.listed", func(m *types.MsgCreateSchema) { m.Listed = true })
	const total = 130
	for i := range total {
		f.attestUnder(listed, bank, statement("alice", fmt.Sprint(i)))
	}
	f.attestUnder(listed, bank, statement("bob", "c1"))
	ask := func(page *query.PageRequest) (*types.QueryAttestationsOfSubjectResponse, error) {
		return f.query.AttestationsOfSubject(f.ctx, &types.QueryAttestationsOfSubjectRequest{
			Subject: types.ID(testutil.Bytes("alice")).String(), Pagination: page,
		})
	}
	for _, reverse := range []bool{false, true} {
		var seen []string
		page := &query.PageRequest{Limit: 1000, Reverse: reverse}
		for {
			res, err := ask(page)
			require.NoError(t, err)
			require.LessOrEqual(t, len(res.Attestations), types.MaxPage)
			for _, attestation := range res.Attestations {
				require.Equal(t, testutil.Bytes("alice"), attestation.Subject)
				seen = append(seen, string(attestation.Id))
			}
			if page.Key = res.Pagination.NextKey; len(page.Key) == 0 {
				break
			}
		}
		require.Len(t, seen, total)
		for i := 1; i < len(seen); i++ {
			require.Equal(t, reverse, seen[i] < seen[i-1], "in the order of ids, each once")
		}
	}
	for name, page := range map[string]*query.PageRequest{
		"offset":      {Offset: 1},
		"count total": {CountTotal: true},
		"long key":    {Key: make([]byte, 1000)},
	} {
		_, err := ask(page)
		require.Equal(t, codes.InvalidArgument, status.Code(err), name)
	}
	res, err := ask(&query.PageRequest{Limit: 7})
	require.NoError(t, err)
	require.Len(t, res.Attestations, 7)

	// A key that is none of ours cannot lead to another subject.
	res, err = ask(&query.PageRequest{Key: []byte("\xff\xff\xff\xff")})
	require.NoError(t, err)
	require.Empty(t, res.Attestations)
	_, err = f.query.AttestationsOfSubject(f.ctx, &types.QueryAttestationsOfSubjectRequest{Subject: "x"})
	require.Equal(t, codes.InvalidArgument, status.Code(err))

	list, err := f.query.Schemas(f.ctx, &types.QuerySchemasRequest{})
	require.NoError(t, err)
	require.Len(t, list.Schemas, len(types.BuiltinSchemas())+1)
	require.NotEmpty(t, list.Schemas[0].Id)
	_, err = f.query.Schemas(f.ctx, &types.QuerySchemasRequest{Pagination: &query.PageRequest{Offset: 1}})
	require.Equal(t, codes.InvalidArgument, status.Code(err))
}
