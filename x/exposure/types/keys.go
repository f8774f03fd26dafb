// Package types holds what x/exposure stores, sends and refuses.
package types

import "cosmossdk.io/collections"

const (
	// ModuleName of x/exposure.
	ModuleName = "exposure"
	// StoreKey of the module's store.
	StoreKey = ModuleName
)

// Prefixes of the collections. They are part of the state: a prefix is never given another meaning.
// The README has the key bytes of each with an example.
var (
	ParamsPrefix  = collections.NewPrefix(0)
	RoundsPrefix  = collections.NewPrefix(1)
	PartsPrefix   = collections.NewPrefix(2)
	ScopesPrefix  = collections.NewPrefix(3)
	QueuePrefix   = collections.NewPrefix(4)
	DutiesPrefix  = collections.NewPrefix(5)
	ConductPrefix = collections.NewPrefix(6)
)
