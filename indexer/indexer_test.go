package indexer_test

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	cmtbytes "github.com/cometbft/cometbft/libs/bytes"
	rpcclient "github.com/cometbft/cometbft/rpc/client"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	"github.com/cosmos/gogoproto/proto"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/indexer"
	chainproof "github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/proof/prooftest"
	"github.com/creditd/creditd/x/attestation/schemas"
	"github.com/creditd/creditd/x/attestation/types"
	credittypes "github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

var counter atomic.Int64

// place is the URL of a schema of its own.
func place() string {
	return shared.URL(shared.Superuser(), "postgres", "search_path", fmt.Sprintf("indexer_%d", counter.Add(1)))
}

// node answers as the chain does, unless a test makes it lie.
type node struct {
	*prooftest.Chain
	asked   atomic.Int64
	fail    func(n int64) error
	block   func(height int64, r *ctypes.ResultBlock)
	results func(height int64, r *ctypes.ResultBlockResults)
	answer  func(r *ctypes.ResultABCIQuery)
}

func (n *node) ask() error {
	if i := n.asked.Add(1); n.fail != nil {
		return n.fail(i)
	}
	return nil
}

func (n *node) Block(ctx context.Context, height *int64) (*ctypes.ResultBlock, error) {
	if err := n.ask(); err != nil {
		return nil, err
	}
	r, err := n.BlockAt(ctx, height)
	if err == nil && n.block != nil {
		n.block(*height, r)
	}
	return r, err
}

func (n *node) BlockResults(ctx context.Context, height *int64) (*ctypes.ResultBlockResults, error) {
	if err := n.ask(); err != nil {
		return nil, err
	}
	r, err := n.Chain.BlockResults(ctx, height)
	if err == nil && n.results != nil {
		n.results(*height, r)
	}
	return r, err
}

func (n *node) ABCIQueryWithOptions(ctx context.Context, path string, data cmtbytes.HexBytes, o rpcclient.ABCIQueryOptions) (*ctypes.ResultABCIQuery, error) {
	if err := n.ask(); err != nil {
		return nil, err
	}
	r, err := n.Chain.ABCIQueryWithOptions(ctx, path, data, o)
	if err == nil && n.answer != nil {
		n.answer(r)
	}
	return r, err
}

func bytes32(parts ...any) []byte {
	h := sha256.Sum256([]byte(fmt.Sprint(parts...)))
	return h[:]
}

func statement(name string) types.Statement {
	return types.Statement{Subject: bytes32("subject", name), Commitment: bytes32("commitment", name)}
}

// schema that the chain begins with, and any furnisher may use.
func schema() []byte {
	definition, _ := schemas.ByName(schemas.UtilityPayment)
	id := definition.ID()
	return id[:]
}

// history is a chain on which something happened: batches, statuses, an anchor, a look and a dispute.
func history(t *testing.T) (*node, []types.ID) {
	t.Helper()
	c := prooftest.New(t, 4)
	schema := schema()
	ids := []types.ID{}
	for i := range 3 {
		var answer types.MsgAttestResponse
		require.NoError(t, answer.Unmarshal(c.Send(0, &types.MsgAttest{Issuer: c.Operator(0).String(), SchemaId: schema, Statement: statement(fmt.Sprint(i))})))
		ids = append(ids, types.ID(answer.Id))
	}
	var batch types.MsgAttestBatchResponse
	require.NoError(t, batch.Unmarshal(c.Send(1, &types.MsgAttestBatch{
		Issuer: c.Operator(1).String(), SchemaId: schema, Statements: []types.Statement{statement("x"), statement("y"), statement("z")},
	})))
	for i := range uint32(3) {
		ids = append(ids, types.ContainerID(batch.BatchId).Item(i))
	}
	c.Send(0, &types.MsgRevoke{Issuer: c.Operator(0).String(), Id: ids[0].Bytes(), Reason: types.REVOCATION_REASON_ERROR})
	c.Send(1, &types.MsgSuspend{Issuer: c.Operator(1).String(), Id: ids[4].Bytes(), Reason: types.REVOCATION_REASON_DISPUTE})
	var anchor types.MsgAnchorResponse
	require.NoError(t, anchor.Unmarshal(c.Send(0, &types.MsgAnchor{Issuer: c.Operator(0).String(), SchemaId: schema, Root: bytes32("root"), Size_: 5})))
	anchored := types.ContainerID(anchor.Id).Item(3)
	c.Send(0, &types.MsgRevoke{Issuer: c.Operator(0).String(), Id: anchored.Bytes(), Reason: types.REVOCATION_REASON_NO_LONGER_TRUE})
	ids = append(ids, anchored)
	inquiry, dispute := [32]byte(bytes32("inquiry")), [32]byte(bytes32("dispute"))
	c.Write(credittypes.StoreKey, credittypes.InquiryStateKey(inquiry), &credittypes.Inquiry{
		DataUser: c.Operator(1).String(), Subject: bytes32("ben"), Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, Status: credittypes.INQUIRY_STATUS_OPEN,
		OpenedAt: c.Now, ExpiresAt: c.Now.Add(time.Hour),
	})
	c.Write(credittypes.StoreKey, append(credittypes.ReceiptsStateKey(inquiry), c.Operator(0)...), &credittypes.Receipt{Digest: bytes32("digest"), Records: 3, Time: c.Now})
	c.Write(credittypes.StoreKey, credittypes.DisputeStateKey(dispute), &credittypes.Dispute{
		Subject: bytes32("ben"), TradelineId: bytes32("line"), Furnisher: c.Operator(0).String(), Status: credittypes.DISPUTE_STATUS_OPEN, OpenedAt: c.Now,
		DueAt: c.Now.Add(time.Hour), StatusSince: c.Now,
	})
	c.Block([]byte("no transaction")) // a proposer may put in anything
	c.Send(2, &institutiontypes.MsgUpdateProfile{Operator: c.Operator(2).String(), Name: "Bank of Two", Vault: vault()})
	c.Block()
	return &node{Chain: c}, ids
}

func vault() *institutiontypes.Vault {
	return &institutiontypes.Vault{Endpoint: "127.0.0.1:9190", EncryptionKey: make([]byte, 1216)}
}

func newIndexer(t *testing.T, n *node, db *indexer.DB, change func(*indexer.Config)) *indexer.Indexer {
	t.Helper()
	config := indexer.Config{
		Node: n, DB: db, Codec: n.App.AppCodec(), Decode: n.App.TxConfig().TxDecoder(), Now: func() time.Time { return n.Now.Add(time.Second) },
		TrustNode: true, TrustingPeriod: chainproof.DefaultTrustingPeriod,
	}
	if change != nil {
		change(&config)
	}
	x, err := indexer.New(config)
	require.NoError(t, err)
	return x
}

func open(t *testing.T, where string) *indexer.DB {
	t.Helper()
	db, err := indexer.Open(t.Context(), where)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// dump is all that is in the tables, but when migrations were applied.
func dump(t *testing.T, where string) string {
	t.Helper()
	db := raw(t, where)
	var all strings.Builder
	for _, table := range []string{
		"progress", "pending", "blocks", "transactions", "transaction_addresses", "activity", "schemas", "institutions", "anchors", "attestations",
		"inquiries", "receipts", "disputes",
	} {
		rows, err := db.QueryContext(t.Context(), `SELECT t::text FROM `+table+` t ORDER BY 1`)
		require.NoError(t, err)
		defer rows.Close()
		for rows.Next() {
			var line string
			require.NoError(t, rows.Scan(&line))
			fmt.Fprintln(&all, table, line)
		}
		require.NoError(t, rows.Err())
	}
	return all.String()
}

func raw(t *testing.T, where string) *sql.DB {
	t.Helper()
	config, err := pgx.ParseConfig(where)
	require.NoError(t, err)
	db := stdlib.OpenDB(*config)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// query asks the application, as its API does.
func query[T proto.Message](t *testing.T, n *node, path string, req interface{ Marshal() ([]byte, error) }, into T) T {
	t.Helper()
	data, err := req.Marshal()
	require.NoError(t, err)
	res, err := n.App.Query(t.Context(), &abci.RequestQuery{Path: path, Data: data, Height: n.Height() - 1})
	require.NoError(t, err)
	require.Zero(t, res.Code, res.Log)
	require.NoError(t, proto.Unmarshal(res.Value, into))
	return into
}

// same checks that a table's content is what the chain's API answers.
func same(t *testing.T, n *node, db *sql.DB, table, where string, arg any, want proto.Message) {
	t.Helper()
	var content string
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT content::text FROM `+table+` WHERE `+where, arg).Scan(&content))
	text, err := n.App.AppCodec().MarshalJSON(want)
	require.NoError(t, err)
	require.JSONEq(t, string(text), content)
}

func check(t *testing.T, n *node, where string, ids []types.ID) {
	t.Helper()
	db := raw(t, where)
	for _, id := range ids {
		a := query(t, n, "/creditd.attestation.v1.Query/Attestation", &types.QueryAttestationRequest{Id: id.String()}, &types.QueryAttestationResponse{})
		same(t, n, db, "attestations", "id = $1", id[:], &a.Attestation)
	}
	all := query(t, n, "/creditd.institution.v1.Query/Institutions", &institutiontypes.QueryInstitutionsRequest{}, &institutiontypes.QueryInstitutionsResponse{})
	require.Len(t, all.Institutions, 4)
	for _, each := range all.Institutions {
		same(t, n, db, "institutions", "operator = $1", each.Operator, &each)
	}
	inquiry := query(t, n, "/creditd.credit.v1.Query/Inquiry", &credittypes.QueryInquiryRequest{Id: fmt.Sprintf("%x", bytes32("inquiry"))}, &credittypes.QueryInquiryResponse{})
	same(t, n, db, "inquiries", "id = $1", bytes32("inquiry"), &inquiry.Inquiry)
	same(t, n, db, "receipts", "inquiry_id = $1", bytes32("inquiry"), &inquiry.Receipts[0])
	dispute := query(t, n, "/creditd.credit.v1.Query/Dispute", &credittypes.QueryDisputeRequest{Id: fmt.Sprintf("%x", bytes32("dispute"))}, &credittypes.QueryDisputeResponse{})
	same(t, n, db, "disputes", "id = $1", bytes32("dispute"), &dispute.Dispute)
	var blocks, txs, attestations int64
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT (SELECT count(*) FROM blocks), (SELECT count(*) FROM transactions), (SELECT count(*) FROM attestations)`).
		Scan(&blocks, &txs, &attestations))
	require.Equal(t, n.Height()-1, blocks)
	want := 0
	for _, each := range n.Txs[:blocks] {
		want += len(each)
	}
	require.EqualValues(t, want, txs)
	require.EqualValues(t, len(ids), attestations)
}

func TestTablesAreTheChain(t *testing.T) {
	n, ids := history(t)
	where := place()
	db := open(t, where)
	require.NoError(t, newIndexer(t, n, db, nil).CatchUp(t.Context()))
	check(t, n, where, ids)

	// It goes on where it was, and sees what changed since.
	n.Send(1, &types.MsgReinstate{Issuer: n.Operator(1).String(), Id: ids[4].Bytes()})
	n.Send(3, &institutiontypes.MsgUpdateProfile{Operator: n.Operator(3).String(), Name: "Bank of Three", Vault: vault()})
	inquiry := [32]byte(bytes32("inquiry"))
	n.Write(credittypes.StoreKey, credittypes.InquiryStateKey(inquiry), &credittypes.Inquiry{
		DataUser: n.Operator(1).String(), Subject: bytes32("ben"), Purpose: credittypes.PURPOSE_CREDIT_APPLICATION, Status: credittypes.INQUIRY_STATUS_FULFILLED,
		OpenedAt: n.Now, ExpiresAt: n.Now.Add(-time.Second), Settled: true, // by the clock: no event says so
	})
	n.Now = n.Now.Add(2 * time.Hour)
	n.Chain.Block()
	n.Chain.Block()
	require.NoError(t, newIndexer(t, n, db, nil).CatchUp(t.Context()))
	check(t, n, where, ids)
	before := dump(t, where)

	x := newIndexer(t, n, db, nil)
	require.NoError(t, x.Rescan(t.Context()))
	require.NoError(t, x.CatchUp(t.Context()))
	require.Equal(t, withoutScan(before), withoutScan(dump(t, where)), "walking again changes nothing")

	var signer bool
	require.NoError(t, raw(t, where).QueryRowContext(t.Context(), `SELECT bool_or(signer) FROM transaction_addresses WHERE address = $1`, n.Operator(0).String()).Scan(&signer))
	require.True(t, signer)
	var unreadable int
	require.NoError(t, raw(t, where).QueryRowContext(t.Context(), `SELECT count(*) FROM transactions WHERE messages IS NULL AND code <> 0`).Scan(&unreadable))
	require.Equal(t, 1, unreadable)
}

// withoutScan leaves out the line of progress, which knows in which steps the walk was taken.
func withoutScan(dump string) string {
	var kept []string
	for line := range strings.SplitSeq(dump, "\n") {
		if !strings.HasPrefix(line, "progress ") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// A run that dies at any question to the node, and one that begins anew each time, end with the same tables.
func TestInterruptedAnywhere(t *testing.T) {
	n, ids := history(t)
	whole := place()
	require.NoError(t, newIndexer(t, n, open(t, whole), nil).CatchUp(t.Context()))
	where := place()
	db := open(t, where)
	dead := errors.New("dead")
	for deaths := int64(0); ; deaths += 3 { // every third question, for time
		require.Less(t, deaths, int64(200))
		ctx, kill := context.WithCancel(t.Context())
		n.asked.Store(0)
		n.fail = func(i int64) error {
			if i > 20+deaths {
				kill()
				return dead
			}
			return nil
		}
		err := newIndexer(t, n, db, nil).CatchUp(ctx)
		killed := ctx.Err() != nil
		kill()
		require.NoError(t, err)
		if !killed {
			break
		}
	}
	n.fail = nil
	check(t, n, where, ids)
	require.Equal(t, dump(t, whole), dump(t, where))
}

func TestTwoIndexersDoNotMix(t *testing.T) {
	n, ids := history(t)
	where := place()
	first, second := newIndexer(t, n, open(t, where), nil), newIndexer(t, n, open(t, where), nil)
	require.NoError(t, first.CatchUp(t.Context()))
	require.NoError(t, second.CatchUp(t.Context()))
	n.Chain.Block()
	require.NoError(t, first.CatchUp(t.Context()))
	require.ErrorIs(t, second.CatchUp(t.Context()), indexer.ErrOther)
	check(t, n, where, ids)
}
