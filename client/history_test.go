package client

import (
	"context"
	"errors"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	codectypes "github.com/cosmos/cosmos-sdk/codec/types"
	sdk "github.com/cosmos/cosmos-sdk/types"
	querytypes "github.com/cosmos/cosmos-sdk/types/query"
	txtypes "github.com/cosmos/cosmos-sdk/types/tx"

	credittypes "github.com/creditd/creditd/x/credit/types"
)

// trail answers with one line a page.
type trail struct {
	credittypes.QueryClient
	lines []credittypes.TrailEntry
	err   error
}

func (t *trail) InstitutionTrail(
	_ context.Context, request *credittypes.QueryInstitutionTrailRequest, _ ...grpc.CallOption,
) (*credittypes.QueryInstitutionTrailResponse, error) {
	at := 0
	if len(request.Pagination.Key) > 0 {
		at = int(request.Pagination.Key[0])
	}
	if t.err != nil || at >= len(t.lines) {
		return &credittypes.QueryInstitutionTrailResponse{}, t.err
	}
	answer := &credittypes.QueryInstitutionTrailResponse{Entries: t.lines[at : at+1], Pagination: &querytypes.PageResponse{}}
	if at+1 < len(t.lines) {
		answer.Pagination.NextKey = []byte{byte(at + 1)}
	}
	return answer, nil
}

// prunedNode has no block below one.
type prunedNode struct {
	*fakeNode
	from int64
}

func (p prunedNode) Block(ctx context.Context, height *int64) (*ctypes.ResultBlock, error) {
	if *height < p.from {
		return nil, errors.New("height 1 is not available, lowest height is 2")
	}
	return p.fakeNode.Block(ctx, height)
}

func encodeTx(t *testing.T, messages ...sdk.Msg) cmttypes.Tx {
	var body txtypes.TxBody
	for _, message := range messages {
		packed, err := codectypes.NewAnyWithValue(message)
		require.NoError(t, err)
		body.Messages = append(body.Messages, packed)
	}
	encoded, err := body.Marshal()
	require.NoError(t, err)
	raw, err := (&txtypes.TxRaw{BodyBytes: encoded}).Marshal()
	require.NoError(t, err)
	return raw
}

// Reports are those of the institution alone, in transactions that succeeded, and each tradeline is named once.
func TestWalkReports(t *testing.T) {
	bankAddress, otherAddress := sdk.AccAddress(make([]byte, 20)), sdk.AccAddress(append(make([]byte, 19), 1))
	bank, other := bankAddress.String(), otherAddress.String()
	report := func(subject byte) credittypes.Report {
		return credittypes.Report{Subject: append([]byte{subject}, make([]byte, 31)...), Account: make([]byte, 32)}
	}
	reported := func(subject byte) Reported {
		r := report(subject)
		return Reported{[32]byte(r.Subject), credittypes.TradelineID(bankAddress, r.Subject, r.Account)}
	}
	schema := append([]byte{9}, make([]byte, 31)...)
	one := reported(1)
	f := newFakeNode()
	f.blocks = []fakeBlock{
		{txs: []cmttypes.Tx{encodeTx(t, &credittypes.MsgFurnish{Furnisher: bank, Report: report(1)})}, results: []*abci.ExecTxResult{{}}},
		{txs: []cmttypes.Tx{
			encodeTx(t, &credittypes.MsgLeaveReceipt{Institution: bank}, &credittypes.MsgFurnishBatch{Furnisher: bank, Reports: []credittypes.Report{report(2), report(3)}}),
			encodeTx(t, &credittypes.MsgFurnishBatch{Furnisher: other, Reports: []credittypes.Report{report(4)}}),
			encodeTx(t, &credittypes.MsgFurnishBatch{Furnisher: bank, Reports: []credittypes.Report{report(5)}}),
			encodeTx(t, &credittypes.MsgFurnish{Furnisher: bank, Report: report(6)}, &credittypes.MsgUpdateBatch{Furnisher: bank, Reports: []credittypes.Report{report(1)}}),
		}, results: []*abci.ExecTxResult{{}, {}, {Code: 1}, {}}},
	}
	lines := &trail{lines: []credittypes.TrailEntry{
		{Height: 1, Kind: credittypes.TRAIL_KIND_ENROLLED, Subject: schema, Ref: schema},
		{Height: 1, Kind: credittypes.TRAIL_KIND_FURNISHED, Subject: one.Subject[:], Ref: one.Tradeline[:]},
		{Height: 2, Kind: credittypes.TRAIL_KIND_FURNISHED, Subject: schema, Ref: schema},
		{Height: 2, Kind: credittypes.TRAIL_KIND_FURNISHED, Subject: report(6).Subject, Ref: make([]byte, 32)},
		{Height: 3, Kind: credittypes.TRAIL_KIND_UPDATED, Subject: schema, Ref: schema},
	}}
	walk := func(n node) ([]Reports, error) {
		var all []Reports
		c := &Client{Credit: lines, node: n}
		err := c.WalkReports(t.Context(), bank, func(r Reports) error {
			all = append(all, r)
			return nil
		})
		return all, err
	}
	first := Reports{Height: 1, Tradelines: []Reported{one}}
	all, err := walk(f)
	require.NoError(t, err)
	require.Equal(t, []Reports{first, {Height: 2, Tradelines: []Reported{reported(2), reported(3), reported(6)}}}, all)

	all, err = walk(prunedNode{f, 3})
	require.NoError(t, err)
	require.Equal(t, first, all[0], "what the trail names itself needs no block")
	require.True(t, all[1].Pruned)

	f.blocks[1].results = f.blocks[1].results[:2]
	_, err = walk(f)
	require.ErrorContains(t, err, "ask another node")
	f.blocks[1].txs, f.blocks[1].results = []cmttypes.Tx{{0xff}}, []*abci.ExecTxResult{{}}
	_, err = walk(f)
	require.ErrorContains(t, err, "transaction 0 of block 2")
	stop := errors.New("stop")
	require.ErrorIs(t, (&Client{Credit: lines, node: f}).WalkReports(t.Context(), bank, func(Reports) error { return stop }), stop)
	lines.err = errors.New("away")
	_, err = walk(f)
	require.ErrorContains(t, err, "away")
	lines.err, lines.lines = nil, nil
	all, err = walk(f)
	require.NoError(t, err)
	require.Empty(t, all)
}
