package bench

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"sync"
	"testing"
	"time"

	abci "github.com/cometbft/cometbft/abci/types"
	ctypes "github.com/cometbft/cometbft/rpc/core/types"
	cmttypes "github.com/cometbft/cometbft/types"
	"github.com/stretchr/testify/require"

	"github.com/creditd/creditd/app"
)

// fakeChain makes a block every millisecond of what it was sent.
type fakeChain struct {
	mu      sync.Mutex
	mempool cmttypes.Txs
	blocks  []cmttypes.Txs // by height - 1
	sent    map[string]int // submissions by bytes
	most    int            // in the mempool at one time

	check     func(tx []byte, try int) (uint32, string, error) // code, codespace
	deliver   func(tx []byte) uint32
	drop      func(tx []byte) bool // taken, but in no block
	announce  func(height int64) bool
	blockErr  error
	announced chan announcement
}

func newFakeChain() *fakeChain {
	return &fakeChain{
		sent:      map[string]int{},
		check:     func([]byte, int) (uint32, string, error) { return 0, "", nil },
		deliver:   func([]byte) uint32 { return 0 },
		drop:      func([]byte) bool { return false },
		announce:  func(int64) bool { return true },
		announced: make(chan announcement, 1024),
	}
}

func (c *fakeChain) run(ctx context.Context) {
	ticker := time.NewTicker(time.Millisecond)
	defer ticker.Stop()
	defer close(c.announced)
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			c.mu.Lock()
			c.blocks = append(c.blocks, c.mempool)
			c.mempool = nil
			height := int64(len(c.blocks))
			c.mu.Unlock()
			if c.announce(height) {
				c.announced <- announcement{height, now}
			}
		}
	}
}

func (c *fakeChain) BroadcastTxSync(_ context.Context, tx cmttypes.Tx) (*ctypes.ResultBroadcastTx, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sent[string(tx)]++
	code, codespace, err := c.check(tx, c.sent[string(tx)])
	if err != nil {
		return nil, err
	}
	if code == 0 && !c.drop(tx) {
		c.mempool = append(c.mempool, tx)
		c.most = max(c.most, len(c.mempool))
	}
	return &ctypes.ResultBroadcastTx{Code: code, Codespace: codespace, Log: "the chain's own words"}, nil
}

func (c *fakeChain) Block(_ context.Context, height *int64) (*ctypes.ResultBlock, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.blockErr != nil {
		return nil, c.blockErr
	}
	return &ctypes.ResultBlock{Block: &cmttypes.Block{Data: cmttypes.Data{Txs: c.blocks[*height-1]}}}, nil
}

func (c *fakeChain) BlockResults(_ context.Context, height *int64) (*ctypes.ResultBlockResults, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	results := &ctypes.ResultBlockResults{Height: *height}
	for _, tx := range c.blocks[*height-1] {
		results.TxsResults = append(results.TxsResults, &abci.ExecTxResult{Code: c.deliver(tx), Codespace: "credit", Log: "in the block"})
	}
	return results, nil
}

// generate runs a burst of so many transactions against the chain.
func (c *fakeChain) generate(t *testing.T, count int, change func(*burst)) ([]*transaction, outcome, error) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	defer all.Wait()
	defer cancel()
	f := newFollower(c)
	all.Go(func() { c.run(ctx) })
	all.Go(func() { f.follow(ctx, c.announced) })
	b := burst{outstanding: 10, limit: 20 * time.Second}
	for i := range count {
		bz := fmt.Appendf(nil, "transaction %d", i)
		b.txs = append(b.txs, &transaction{bytes: bz, hash: sha256.Sum256(bz)})
	}
	if change != nil {
		change(&b)
	}
	g := &generator{nodes: []submitter{c}, follower: f, connections: 4}
	o, err := g.run(ctx, b)
	return b.txs, o, err
}

func TestBurst(t *testing.T) {
	chain := newFakeChain()
	txs, o, err := chain.generate(t, 500, nil)
	require.NoError(t, err)
	require.Len(t, o.latencies, 500)
	require.Positive(t, o.elapsed)
	require.GreaterOrEqual(t, o.blocks, 500/10, "no more than ten at a time")
	require.LessOrEqual(t, chain.most, 10)
	require.Zero(t, o.sentAgain)
	for _, tx := range txs {
		require.Equal(t, string(chain.blocks[tx.height-1][tx.index]), string(tx.bytes))
		require.Equal(t, 1, chain.sent[string(tx.bytes)])
	}
}

func TestBurstIsPaced(t *testing.T) {
	chain := newFakeChain()
	start := time.Now()
	_, _, err := chain.generate(t, 20, func(b *burst) { b.every = 5 * time.Millisecond })
	require.NoError(t, err)
	require.GreaterOrEqual(t, time.Since(start), 19*5*time.Millisecond)
}

// What a node refuses for the present block only is sent again, and the wait counts.
func TestBurstSendsAgain(t *testing.T) {
	for name, refusal := range map[string]func() (uint32, string, error){
		"over the gas budget": func() (uint32, string, error) { return app.ErrGasBudget.ABCICode(), app.ErrGasBudget.Codespace(), nil },
		"mempool full": func() (uint32, string, error) {
			return 0, "", errors.New("RPC error -32603: mempool is full: number of txs 5000")
		},
	} {
		t.Run(name, func(t *testing.T) {
			chain := newFakeChain()
			chain.check = func(_ []byte, try int) (uint32, string, error) {
				if try <= 2 {
					return refusal()
				}
				return 0, "", nil
			}
			_, o, err := chain.generate(t, 30, nil)
			require.NoError(t, err)
			require.Equal(t, int64(60), o.sentAgain)
			require.Len(t, o.latencies, 30)
		})
	}
}

// An answer that is lost says nothing about the transaction: it is sent again, and what the node says then may be
// because it has it already.
func TestBurstSurvivesLostAnswers(t *testing.T) {
	for name, then := range map[string]func() (uint32, string, error){
		"in the mempool": func() (uint32, string, error) {
			return 0, "", errors.New("RPC error -32603: tx already exists in cache")
		},
		"committed meanwhile": func() (uint32, string, error) { return 18, "sdk", nil },
	} {
		t.Run(name, func(t *testing.T) {
			chain := newFakeChain()
			chain.check = func(tx []byte, try int) (uint32, string, error) {
				if try == 1 {
					chain.mempool = append(chain.mempool, tx) // it arrived
					return 0, "", io.ErrUnexpectedEOF
				}
				return then()
			}
			_, o, err := chain.generate(t, 30, nil)
			require.NoError(t, err)
			require.Len(t, o.latencies, 30)
			require.Equal(t, int64(30), o.sentAgain)
		})
	}
}

func TestBurstFails(t *testing.T) {
	third := func(tx []byte) bool { return len(tx)%3 == 0 } // "transaction 10" to 99: 14 bytes; 0 to 9: 13; 100 on: 15
	t.Run("refused by the node", func(t *testing.T) {
		chain := newFakeChain()
		chain.check = func(tx []byte, _ int) (uint32, string, error) {
			if third(tx) {
				return 5, "credit", nil
			}
			return 0, "", nil
		}
		_, o, err := chain.generate(t, 110, nil)
		require.ErrorIs(t, err, ErrFailed)
		require.ErrorContains(t, err, "10 of 110")
		require.ErrorContains(t, err, "the chain's own words (credit/5)")
		require.Len(t, o.latencies, 100, "the others went through")
	})
	t.Run("failed in its block", func(t *testing.T) {
		chain := newFakeChain()
		chain.deliver = func(tx []byte) uint32 {
			if third(tx) {
				return 7
			}
			return 0
		}
		_, _, err := chain.generate(t, 110, nil)
		require.ErrorIs(t, err, ErrFailed)
		require.ErrorContains(t, err, "10 of 110")
		require.ErrorContains(t, err, "in the block (credit/7")
	})
	t.Run("all refused", func(t *testing.T) {
		chain := newFakeChain()
		chain.check = func([]byte, int) (uint32, string, error) { return 5, "credit", nil }
		_, _, err := chain.generate(t, 20, nil)
		require.ErrorIs(t, err, ErrFailed)
		require.ErrorContains(t, err, "20 of 20")
	})
	t.Run("node away", func(t *testing.T) {
		chain := newFakeChain()
		chain.check = func([]byte, int) (uint32, string, error) { return 0, "", errors.New("connection refused") }
		_, _, err := chain.generate(t, 20, nil)
		require.ErrorContains(t, err, "connection refused")
		require.NotErrorIs(t, err, ErrFailed)
	})
	t.Run("in no block", func(t *testing.T) {
		chain := newFakeChain()
		chain.drop = third
		_, _, err := chain.generate(t, 105, func(b *burst) { b.limit = 300 * time.Millisecond })
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorContains(t, err, "5 of 105 transactions are in no block")
		require.ErrorContains(t, err, "--round-limit")
	})
	t.Run("blocks cannot be read", func(t *testing.T) {
		chain := newFakeChain()
		chain.blockErr = errors.New("no such block")
		_, _, err := chain.generate(t, 20, nil)
		require.ErrorContains(t, err, "no such block")
	})
}

// An announcement may be lost, a block is not.
func TestFollowerReadsEveryBlock(t *testing.T) {
	chain := newFakeChain()
	chain.announce = func(height int64) bool { return height%5 == 1 }
	txs, o, err := chain.generate(t, 200, nil)
	require.NoError(t, err)
	require.Len(t, o.latencies, 200)
	between := 0
	for _, tx := range txs {
		if tx.height%5 != 1 {
			between++
		}
	}
	require.Positive(t, between)
}
