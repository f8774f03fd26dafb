package keeper_test

import (
	"encoding/binary"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/testutil"
	"github.com/creditd/creditd/x/credit/types"
)

// deadlines has that many disputes and that many consents whose time ends in the same nanosecond, which is now. Messages
// made them, but for the records of institutions, which stand in bulk.
func deadlines(tb testing.TB, count int) *fixture {
	f := disputable(tb, "US")
	over := f.ctx.BlockTime().Add(30 * day)
	number := func(n int) []byte {
		return slices.Concat(testutil.Bytes("bulk")[:28], binary.BigEndian.AppendUint32(nil, uint32(n)))
	}
	for n := 0; n < count; {
		batch := &types.MsgFurnishBatch{Furnisher: bank.String(), SchemaId: f.schema}
		first := n
		for ; n < count && n < first+int(types.DefaultParams().MaxBatch); n++ {
			each := report("account", "v1")
			each.Account, each.Commitment, each.Delinquency = number(n), number(n), number(n)
			batch.Reports = append(batch.Reports, each)
		}
		must(f, f.msg.FurnishBatch, batch)
		for n := first; n < first+len(batch.Reports); n++ {
			dispute := openingOf("", nil)
			dispute.TradelineId, dispute.Nonce = types.TradelineID(bank, subject, number(n)).Bytes(), number(n)[16:]
			must(f, f.msg.OpenDispute, dispute)
			grant := f.grant()
			grant.Nonce, grant.ValidUntil = number(n)[16:], over
			must(f, f.msg.GrantConsent, grant)
		}
	}
	f.later(30 * day)
	return f
}

// queued counts what is left in the queues of disputes and consents.
func (f *fixture) queued() (disputes, consents int) {
	f.t.Helper()
	store := f.store.OpenKVStore(f.ctx)
	for prefix, count := range map[byte]*int{16: &disputes, 6: &consents} {
		iterator, err := store.Iterator([]byte{prefix}, []byte{prefix + 1})
		require.NoError(f.t, err)
		for ; iterator.Valid(); iterator.Next() {
			*count++
		}
		require.NoError(f.t, iterator.Close())
	}
	return disputes, consents
}

// However many deadlines fall on one moment, a block works off queue_cap of each queue and the next block goes on, with the
// same number of writes, until all are done.
func TestDeadlinesAtOnce(t *testing.T) {
	const count, limit = 95, 20
	f := deadlines(t, count)
	params := types.DefaultParams()
	params.QueueCap = limit
	must(f, f.msg.UpdateParams, &types.MsgUpdateParams{Authority: authority.String(), Params: params})
	var writes []int
	for block, left := 0, count; left > 0; block++ {
		f.store.Writes = 0
		f.next(time.Second)
		writes = append(writes, f.store.Writes)
		left = max(left-limit, 0)
		disputes, consents := f.queued()
		require.Equal(t, left, disputes, "block %d", block)
		require.Equal(t, left, consents, "block %d", block)
		require.Equal(t, count-left, f.silencesUntilNow(), "block %d", block)
	}
	require.Len(t, writes, (count+limit-1)/limit)
	for block, each := range writes[:len(writes)-1] {
		require.Equal(t, writes[0], each, "block %d", block)
	}
	require.Less(t, writes[len(writes)-1], writes[0])
	f.store.Writes = 0
	f.next(time.Second)
	require.Zero(t, f.store.Writes, "empty queues write nothing")
	list, err := f.query.Disputes(f.ctx, &types.QueryDisputesRequest{Subject: types.ID(subject).String()})
	require.NoError(t, err)
	require.Len(t, list.Disputes, count)
	for _, dispute := range list.Disputes {
		require.Equal(t, types.DISPUTE_STATUS_SILENT, dispute.Status)
		record, err := f.k.GetTradeline(f.ctx, types.ID(subject), types.ID(dispute.TradelineId))
		require.NoError(t, err)
		require.Equal(t, types.RECORD_STATE_SUPPRESSED, record.State)
	}
}

// silencesUntilNow of bank; the blocks of the test are within one day.
func (f *fixture) silencesUntilNow() int { return int(f.silencesToday(bank)) }

// BenchmarkDeadlinesAtOnce works off 100,000 disputes and 100,000 consents that end in the same nanosecond, at the default
// queue_cap, each block committed to IAVL. The first, middle and last blocks cost the same when the work of a block does not depend on
// what is left. cpu is the time of the processor, which says it on a busy machine too.
//
//	go test ./x/credit/keeper -run '^$' -bench DeadlinesAtOnce -benchtime 1x -timeout 60m
func BenchmarkDeadlinesAtOnce(b *testing.B) {
	const count = 100_000
	for b.Loop() {
		b.StopTimer()
		f := deadlines(b, count)
		f.ctx.MultiStore().(storetypes.CommitMultiStore).Commit()
		b.StartTimer()
		wall, cpu := f.workOff(count / int(types.DefaultParams().QueueCap))
		reportBlocks(b, "ms", wall)
		reportBlocks(b, "cpu-ms", cpu)
		b.ReportMetric(float64(len(wall)), "blocks")
	}
}

// workOff ends at least that many blocks, and goes on until the queues are empty; it returns how long each took.
func (f *fixture) workOff(atLeast int) (wall, cpu []time.Duration) {
	for disputes, consents := 1, 1; disputes+consents > 0; {
		began, used := time.Now(), processorTime(f.t)
		f.block()
		wall, cpu = append(wall, time.Since(began)), append(cpu, processorTime(f.t)-used)
		if len(wall) >= atLeast {
			disputes, consents = f.queued()
		}
	}
	return wall, cpu
}

// reportBlocks gives the median of a few blocks at a time: one alone says more about the garbage collector.
func reportBlocks(b *testing.B, unit string, blocks []time.Duration) {
	window := min(20, len(blocks))
	middle := (len(blocks) - window) / 2
	for name, part := range map[string][]time.Duration{
		"first": blocks[:window], "middle": blocks[middle : middle+window], "last": blocks[len(blocks)-window:],
	} {
		sorted := slices.Sorted(slices.Values(part))
		b.ReportMetric(float64(sorted[window/2].Microseconds())/1000, unit+"/block_"+name)
	}
}

func processorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var used syscall.Rusage
	require.NoError(tb, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// block ends a block as BaseApp does: on a branch of the state that is written and committed.
func (f *fixture) block() {
	cached, write := f.ctx.CacheContext()
	require.NoError(f.t, f.k.EndBlock(cached))
	write()
	f.ctx.MultiStore().(storetypes.CommitMultiStore).Commit()
	f.ctx = f.ctx.WithBlockHeight(f.ctx.BlockHeight() + 1).WithBlockTime(f.ctx.BlockTime().Add(time.Second)).
		WithEventManager(sdk.NewEventManager())
}
