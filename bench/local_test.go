package bench

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// What a message writes is a promise of the modules' READMEs and does not depend on the machine: a change of
// these numbers is a change of what a record costs for ever. The nonce of an unordered transaction is one write
// in auth (and one deletion in a later block, once its timeout has passed).
func TestStoreWrites(t *testing.T) {
	costs, err := measureCosts(workloads(DefaultBatchSize), nil)
	require.NoError(t, err)
	for load, want := range map[string]map[string]int{
		// Two balances, and their entries in the index by denomination, which x/bank writes again.
		BankSend: {"acc": 1, "bank": 4},
		// All statements of a message are one entry.
		Attest:      {"acc": 1, "attestation": 1},
		AttestBatch: {"acc": 1, "attestation": 1},
		// The index by subject.
		AttestListed: {"acc": 1, "attestation": 2},
		// Attestation; tradeline, its retention, trail and that the furnisher reports about the subject; of the message one
		// line in the furnisher's trail.
		Furnish:      {"acc": 1, "attestation": 1, "credit": 5},
		FurnishBatch: {"acc": 1, "attestation": 100, "credit": 401},
		// Consent, its place in the queue, the trails of subject and data user.
		Consent: {"acc": 1, "credit": 4},
		// Inquiry, its place in the queue, both trails, the data user's day, and one use of the consent.
		Inquiry: {"acc": 1, "credit": 6},
	} {
		c := costs[load]
		require.Equal(t, want, c.perStore(), "%s:%s", load, c.stores())
	}
}

// Another tradeline about a subject that the furnisher reports about already is one write less.
func TestStoreWritesOfLaterTradelines(t *testing.T) {
	l, m, err := prepared(1, 1, nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, l.close()) }()
	l.listen()
	furnish := named(t, Furnish)
	first, err := l.measure(m, furnish)
	require.NoError(t, err)
	second, err := l.measure(m, furnish)
	require.NoError(t, err)
	require.Len(t, first.writes, 7)
	require.Len(t, second.writes, 6)
}

func named(t testing.TB, name string) workload {
	t.Helper()
	for _, w := range workloads(DefaultBatchSize) {
		if w.name == name {
			return w
		}
	}
	t.Fatalf("no workload %s", name)
	return workload{}
}

// Under the listed schema every statement has an entry in the index, and one more write keeps them all.
func TestStoreWritesOfPreload(t *testing.T) {
	costs, err := measureCosts([]workload{preloadLoad()}, nil)
	require.NoError(t, err)
	require.Equal(t, map[string]int{"acc": 1, "attestation": preloadBatch + 1}, costs[preload].perStore())
}

// The in-process chain refuses what it should: a benchmark of refusals would be a fast one.
func TestLocalBlockFailsWithItsTransactions(t *testing.T) {
	l, m, err := prepared(1, 1, nil)
	require.NoError(t, err)
	defer func() { require.NoError(t, l.close()) }()
	tx, err := m.sign(0, localGas, l.timeout(), m.furnish(0))
	require.NoError(t, err)
	_, err = l.block(tx)
	require.NoError(t, err)
	_, err = l.block(tx)
	require.ErrorContains(t, err, "transaction 0")
}

// Blocks of one kind of transaction in the application alone, without consensus, network or disk:
//
//	go test ./bench -run '^$' -bench 'Block/records=0/' -benchtime 10x
//
// The figures of different kinds compare directly: a record is a tradeline or a send. cpu-ns/record is processor
// time, which other programs on the machine change less. They grow with the tradelines that the chain holds already:
// a write costs as many new tree nodes as the tree is deep.
func BenchmarkBlock(b *testing.B) {
	for _, held := range []int{0, 100_000} {
		for _, w := range workloads(DefaultBatchSize) {
			b.Run(fmt.Sprintf("records=%d/%s", held, w.name), func(b *testing.B) { benchmarkBlock(b, held, w) })
		}
	}
}

func benchmarkBlock(b *testing.B, held int, w workload) {
	const records = 1000
	l, m, err := prepared(4, DefaultSubjects, nil)
	require.NoError(b, err)
	defer func() { require.NoError(b, l.close()) }()
	require.NoError(b, l.control(m, controlled))
	block := func(w workload) []*transaction {
		txs := make([]*transaction, records/w.records)
		for i := range txs {
			txs[i], err = m.sign(i, localGas, l.timeout(), w.message(m, i))
			require.NoError(b, err)
		}
		return txs
	}
	for range held / records {
		_, err := l.block(block(named(b, FurnishBatch))...)
		require.NoError(b, err)
	}
	var used time.Duration
	for b.Loop() {
		b.StopTimer()
		txs := block(w)
		before, err := ownCPU()
		require.NoError(b, err)
		b.StartTimer()
		_, err = l.block(txs...)
		require.NoError(b, err)
		after, err := ownCPU()
		require.NoError(b, err)
		used += after - before
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/records, "ns/record")
	b.ReportMetric(float64(used.Nanoseconds())/float64(b.N)/records, "cpu-ns/record")
}
