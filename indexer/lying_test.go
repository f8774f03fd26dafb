package indexer_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	ics23 "github.com/cosmos/ics23/go"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/indexer"
	"github.com/creditd/creditd/proof"
	"github.com/creditd/creditd/x/attestation/types"
)

// Whatever a node says instead of what is on the chain ends the indexer, and leaves the tables as they were.
func TestLyingNode(t *testing.T) {
	n, ids := history(t)
	first := n.Height() - 3 // has a transaction
	require.NotEmpty(t, n.Txs[first-1])
	at := func(height int64, change func(*cmttypes.Block)) func(int64, *ctypes.ResultBlock) {
		return func(h int64, r *ctypes.ResultBlock) {
			if h == height {
				change(r.Block)
			}
		}
	}
	for name, lie := range map[string]func(n *node){
		"transaction left out": func(n *node) { n.block = at(first, func(b *cmttypes.Block) { b.Txs = nil }) },
		"transaction forged": func(n *node) {
			n.block = at(first, func(b *cmttypes.Block) { b.Txs = cmttypes.Txs{[]byte("forged")}; b.DataHash = b.Txs.Hash() })
		},
		"another app hash": func(n *node) {
			n.block = at(first, func(b *cmttypes.Block) { b.AppHash = make([]byte, 32) })
		},
		"another block before": func(n *node) {
			n.block = at(first, func(b *cmttypes.Block) { b.LastBlockID.Hash = make([]byte, 32) })
		},
		"another time": func(n *node) {
			n.block = at(first, func(b *cmttypes.Block) { b.Time = b.Time.Add(time.Hour) })
		},
		"failure called success": func(n *node) {
			n.results = func(h int64, r *ctypes.ResultBlockResults) {
				if h == first {
					r.TxsResults = []*abci.ExecTxResult{{Code: 5}}
				}
			}
		},
		"result left out": func(n *node) {
			n.results = func(_ int64, r *ctypes.ResultBlockResults) { r.TxsResults = nil }
		},
		"app hash of results": func(n *node) {
			n.results = func(_ int64, r *ctypes.ResultBlockResults) { r.AppHash = make([]byte, 32) }
		},
		"event that is none": func(n *node) {
			n.results = func(_ int64, r *ctypes.ResultBlockResults) {
				r.FinalizeBlockEvents = []abci.Event{{Type: "creditd.credit.v1.EventDisputeOpened", Attributes: []abci.EventAttribute{{Key: "dispute_id", Value: `"\u0000"`}}}}
			}
		},
		"entry changed": func(n *node) {
			n.answer = func(r *ctypes.ResultABCIQuery) {
				p := new(ics23.CommitmentProof)
				require.NoError(t, p.Unmarshal(r.Response.ProofOps.Ops[0].Data))
				if p.GetExist() != nil {
					p.GetExist().Value[0] ^= 1
				}
				bz, err := p.Marshal()
				require.NoError(t, err)
				r.Response.ProofOps.Ops[0].Data = bz
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			liar, where := &node{Chain: n.Chain}, place()
			db := open(t, where)
			lie(liar)
			err := newIndexer(t, liar, db, nil).CatchUp(t.Context())
			require.Truef(t, isLie(err), "not caught: %v", err)
			status, err := db.Status(t.Context())
			require.NoError(t, err)
			require.False(t, status.Complete)
			require.NoError(t, newIndexer(t, n, db, nil).CatchUp(t.Context()), "nothing of it is kept")
			check(t, n, where, ids)
		})
	}
}

// An event is in no header: one that names what is not there makes the indexer look, and nothing else.
func TestEventsDecideNothing(t *testing.T) {
	n, ids := history(t)
	where := place()
	id := types.ID(bytes32("none")).String()
	n.results = func(h int64, r *ctypes.ResultBlockResults) {
		r.FinalizeBlockEvents = nil
		for _, kind := range []string{"credit.v1.EventDisputeExtended:dispute_id", "credit.v1.EventInquiryExpired:id", "attestation.v1.EventRevoked:id"} {
			name, key, _ := strings.Cut(kind, ":")
			r.FinalizeBlockEvents = append(r.FinalizeBlockEvents, abci.Event{Type: "creditd." + name, Attributes: []abci.EventAttribute{{Key: key, Value: `"` + id + `"`}}})
		}
	}
	require.NoError(t, newIndexer(t, n, open(t, where), nil).CatchUp(t.Context()))
	check(t, n, where, ids)
	n.results = nil
	whole := place()
	require.NoError(t, newIndexer(t, n, open(t, whole), nil).CatchUp(t.Context()))
	require.Equal(t, dump(t, whole), dump(t, where))
}

// A header of the operator's has to be on the way, whether the chain is there yet or not, and whenever it is named.
func TestPin(t *testing.T) {
	n, _ := history(t)
	right, wrong := n.Trusted(5), proof.Trusted{Height: 5, Hash: [32]byte(bytes32("wrong"))}
	pinned := func(pin proof.Trusted) func(*indexer.Config) {
		return func(c *indexer.Config) { c.Trust = &pin }
	}
	db := open(t, place())
	require.ErrorIs(t, newIndexer(t, n, db, pinned(wrong)).CatchUp(t.Context()), indexer.ErrUntrusted)
	require.NoError(t, newIndexer(t, n, db, pinned(right)).CatchUp(t.Context()))
	require.ErrorIs(t, newIndexer(t, n, db, pinned(wrong)).CatchUp(t.Context()), indexer.ErrUntrusted, "it was passed")
	ahead := proof.Trusted{Height: n.Height() + 2, Hash: wrong.Hash}
	require.NoError(t, newIndexer(t, n, db, pinned(ahead)).CatchUp(t.Context()))
	for range 4 {
		n.Chain.Block()
	}
	require.ErrorIs(t, newIndexer(t, n, db, nil).CatchUp(t.Context()), indexer.ErrUntrusted, "it is kept")
}

// Nobody follows a node's word alone without having said so, and once tables are begun nothing more need be said.
func TestNothingIsTrustedUnsaid(t *testing.T) {
	n, _ := history(t)
	db := open(t, place())
	unsaid := func(c *indexer.Config) { c.TrustNode = false }
	require.ErrorIs(t, newIndexer(t, n, db, unsaid).Run(t.Context()), indexer.ErrNoTrust)
	right := n.Trusted(5)
	require.NoError(t, newIndexer(t, n, db, func(c *indexer.Config) { unsaid(c); c.Trust = &right }).CatchUp(t.Context()))
	require.NoError(t, newIndexer(t, n, db, unsaid).CatchUp(t.Context()))
}

func TestAnotherChain(t *testing.T) {
	n, _ := history(t)
	db := open(t, place())
	require.NoError(t, newIndexer(t, n, db, nil).CatchUp(t.Context()))
	x := newIndexer(t, n, db, func(c *indexer.Config) { c.ChainID = "another" })
	require.ErrorIs(t, x.CatchUp(t.Context()), indexer.ErrWrongChain)
}

// isLie says that an error names a lie and no accident.
func isLie(err error) bool {
	return errors.Is(err, indexer.ErrUntrusted) || errors.Is(err, indexer.ErrUnproven)
}
