package app

import (
	"sync"
	"testing"

	abci "github.com/cometbft/cometbft/abci/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	simtestutil "github.com/cosmos/cosmos-sdk/testutil/sims"
	sdk "github.com/cosmos/cosmos-sdk/types"
	banktypes "github.com/cosmos/cosmos-sdk/x/bank/types"
)

// balance of institution 1 as a query sees it: at a height, or at the latest with 0.
func (c *testChain) balance(height int64) int64 {
	ctx, err := c.app.CreateQueryContext(height, false)
	if !assert.NoError(c.t, err) {
		return -1
	}
	return c.app.Keepers.Bank.GetBalance(ctx, c.operator(1), BaseDenom).Amount.Int64()
}

func (c *testChain) payment(units int64) []byte {
	return c.tx(0, banktypes.NewMsgSend(c.operator(0), c.operator(1), sdk.NewCoins(sdk.NewInt64Coin(BaseDenom, units))))
}

// A query sees the last committed block, whole, whatever is executed at the time, and older ones by their height.
func TestQueriesSeeWhatIsCommitted(t *testing.T) {
	c := newTestChain(t, 2, simtestutil.AppOptionsMap{"home": t.TempDir()})
	first, before := c.height, c.balance(0)
	require.Zero(t, c.block(c.payment(7))[0].Code)
	require.Equal(t, before+7, c.balance(0))
	require.Equal(t, before+7, c.balance(c.height))
	require.Equal(t, before, c.balance(first))

	c.height++
	_, err := c.app.FinalizeBlock(&abci.RequestFinalizeBlock{Height: c.height, Time: c.now, Txs: [][]byte{c.payment(5)}})
	require.NoError(t, err)
	require.Equal(t, before+7, c.balance(0), "the block is not committed")
	_, err = c.app.Commit()
	require.NoError(t, err)
	require.Equal(t, before+12, c.balance(0))

	ctx, err := c.app.CreateQueryContext(0, false)
	require.NoError(t, err)
	require.NoError(t, c.app.Keepers.Bank.SendCoins(ctx, c.operator(0), c.operator(1), sdk.NewCoins(sdk.NewInt64Coin(BaseDenom, 1))))
	require.Equal(t, before+12, c.balance(0), "what a query writes is seen by no other")
	_, err = c.app.CreateQueryContext(c.height+1, false)
	require.Error(t, err)
}

// Queries side by side, of which some are the first after a block.
func TestQueriesAtOnce(t *testing.T) {
	c := newTestChain(t, 2, simtestutil.AppOptionsMap{"home": t.TempDir()})
	for range 5 {
		c.block(c.payment(1))
		want := c.balance(c.height)
		var group sync.WaitGroup
		for range 8 {
			group.Go(func() {
				for range 20 {
					assert.Equal(t, want, c.balance(0))
				}
			})
		}
		group.Wait()
	}
}
