package cmd

import (
	"encoding/binary"
	"math/rand/v2"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/stretchr/testify/require"

	"cosmossdk.io/log/v2"

	"github.com/cosmos/cosmos-sdk/store/v2/rootmulti"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
)

// What the database costs a state tree that its cache cannot hold: random leaves are added to many in blocks of 500, as a chain's
// attestations are, under the SDK's settings of goleveldb and under ours, in turns. cpu-ms/leaf is processor time, which other
// programs on the machine change little; `ratio` is ours by the SDK's.
//
//	go test ./cmd/creditd/cmd -run '^$' -bench StateOnDisk -benchtime 200x -timeout 1h
func BenchmarkStateOnDisk(b *testing.B) {
	sdk := newTreeOnDisk(b, func(home string) (dbm.DB, error) {
		return dbm.NewDB("application", dbm.GoLevelDBBackend, filepath.Join(home, "data"))
	})
	ours := newTreeOnDisk(b, func(home string) (dbm.DB, error) { return openState(home, dbm.GoLevelDBBackend) })
	var ofSDK, ofOurs time.Duration
	for b.Loop() {
		ofSDK += sdk.block(b)
		ofOurs += ours.block(b)
	}
	leaves := float64(b.N) * leavesPerBlock
	b.ReportMetric(float64(ofSDK.Milliseconds())/leaves, "sdk-cpu-ms/leaf")
	b.ReportMetric(float64(ofOurs.Milliseconds())/leaves, "cpu-ms/leaf")
	b.ReportMetric(float64(ofOurs)/float64(ofSDK), "ratio")
}

const (
	leavesPerBlock = 500
	leavesBefore   = 200_000
	nodesCached    = 160_000 // of 400,000: the shortage of a million listed attestations under the default cache
)

type treeOnDisk struct {
	store *rootmulti.Store
	key   *storetypes.KVStoreKey
	keys  *rand.ChaCha8
}

func newTreeOnDisk(b *testing.B, open func(home string) (dbm.DB, error)) *treeOnDisk {
	b.Helper()
	db, err := open(b.TempDir())
	require.NoError(b, err)
	b.Cleanup(func() { require.NoError(b, db.Close()) })
	tree := &treeOnDisk{store: rootmulti.NewStore(db, log.NewNopLogger()), key: storetypes.NewKVStoreKey("attestation"), keys: rand.NewChaCha8([32]byte{})}
	tree.store.SetIAVLCacheSize(nodesCached)
	tree.store.MountStoreWithDB(tree.key, storetypes.StoreTypeIAVL, nil)
	require.NoError(b, tree.store.LoadLatestVersion())
	for range leavesBefore / leavesPerBlock {
		tree.block(b)
	}
	return tree
}

// block adds leaves and commits; it returns the processor time of that, of all of this process.
func (t *treeOnDisk) block(b *testing.B) time.Duration {
	b.Helper()
	before := processorTime(b)
	leaves := t.store.GetKVStore(t.key)
	for range leavesPerBlock {
		var key [32]byte
		for i := 0; i < len(key); i += 8 {
			binary.BigEndian.PutUint64(key[i:], t.keys.Uint64())
		}
		leaves.Set(key[:], key[:])
	}
	t.store.Commit()
	return processorTime(b) - before
}

func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
