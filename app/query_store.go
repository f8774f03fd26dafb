package app

import (
	"sync/atomic"

	"github.com/cosmos/cosmos-sdk/store/v2/cachemulti"
	"github.com/cosmos/cosmos-sdk/store/v2/iavl"
	storetypes "github.com/cosmos/cosmos-sdk/store/v2/types"
)

// queryStore is the state as queries read it. BaseApp asks its store for the latest version several times for each query, for which
// the SDK's hashes all roots of the stores anew, and opens every store, of which a query reads one or two: together that is
// about half of what a point read costs a node. Here the version is a number, and the stores are opened once for each block.
type queryStore struct {
	storetypes.MultiStore // of the application; it answers for older versions
	keys                  []storetypes.StoreKey
	latest                atomic.Int64
	opened                atomic.Pointer[openedStores]
}

// openedStores are all stores as they were after a block. Nothing writes to them.
type openedStores struct {
	version int64
	stores  map[storetypes.StoreKey]storetypes.CacheWrapper
}

// committed is told of each block whose state is complete.
func (q *queryStore) committed(version int64) { q.latest.Store(version) }

// LatestVersion implements MultiStore.
func (q *queryStore) LatestVersion() int64 { return q.latest.Load() }

// CacheMultiStoreWithVersion implements MultiStore.
func (q *queryStore) CacheMultiStoreWithVersion(version int64) (storetypes.CacheMultiStore, error) {
	if version != q.latest.Load() {
		return q.MultiStore.CacheMultiStoreWithVersion(version)
	}
	opened := q.opened.Load()
	if opened == nil || opened.version != version {
		var err error
		if opened, err = q.open(version); err != nil {
			return nil, err
		}
		q.opened.Store(opened) // two at once are as good as one
	}
	return cachemulti.NewFromParent(func(key storetypes.StoreKey) storetypes.CacheWrapper { return opened.stores[key] }), nil
}

func (q *queryStore) open(version int64) (*openedStores, error) {
	opened := &openedStores{version: version, stores: make(map[storetypes.StoreKey]storetypes.CacheWrapper, len(q.keys))}
	for _, key := range q.keys {
		store := q.GetStore(key)
		tree, ok := store.(*iavl.Store)
		if !ok { // of the present block alone
			opened.stores[key] = store
			continue
		}
		at, err := tree.GetImmutable(version)
		if err != nil {
			return nil, err
		}
		opened.stores[key] = at
	}
	return opened, nil
}
