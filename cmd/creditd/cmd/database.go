package cmd

import (
	"path/filepath"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/syndtr/goleveldb/leveldb/filter"
	"github.com/syndtr/goleveldb/leveldb/opt"
)

// How goleveldb keeps the application's state. Its defaults are for small databases: at a million attestations a third
// of a validator's processor time went into merging files of 2 MiB over three levels of 10, 100 and 1000 MiB
// (docs/figures.md). Larger buffers, files and levels mean fewer merges, at some 250 MiB of memory.
const (
	stateWriteBuffer = 64 * opt.MiB
	stateFileSize    = 16 * opt.MiB
	stateFirstLevel  = 256 * opt.MiB
	stateBlockCache  = 128 * opt.MiB
	stateBloomBits   = 10 // for each key: one miss in a hundred is read from disk
)

// openState opens the database of the application. What is on disk is the same as with the SDK's settings.
func openState(home string, backend dbm.BackendType) (dbm.DB, error) {
	folder := filepath.Join(home, "data")
	if backend != dbm.GoLevelDBBackend {
		return dbm.NewDB("application", backend, folder)
	}
	return dbm.NewGoLevelDBWithOpts("application", folder, &opt.Options{
		Filter:              filter.NewBloomFilter(stateBloomBits),
		WriteBuffer:         stateWriteBuffer,
		CompactionTableSize: stateFileSize,
		CompactionTotalSize: stateFirstLevel,
		BlockCacheCapacity:  stateBlockCache,
	})
}
