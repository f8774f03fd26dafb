package cmd

import (
	"path/filepath"

	dbm "github.com/cosmos/cosmos-db"
	"github.com/syndtr/goleveldb/leveldb/filter"
	"github.com/syndtr/goleveldb/leveldb/opt"
)

// How goleveldb keeps the application's state. Its defaults are for small databases: buffers of 4 MiB and files of 2 MiB mean many
// merges. These take some 160 MiB of memory: two buffers and the cache, which must hold the index and filter blocks of all files.
const (
	stateWriteBuffer = 16 * opt.MiB
	stateFileSize    = 8 * opt.MiB
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
		BlockCacheCapacity:  stateBlockCache,
		// By default, reads of random keys make it merge the newest files with all of the level below after every few
		// blocks: a quarter of a validator's time (docs/figures.md).
		DisableSeeksCompaction: true,
	})
}
