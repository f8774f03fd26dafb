// Package types holds what x/committee stores, sends and refuses.
package types

import "cosmossdk.io/collections"

const (
	// ModuleName of x/committee.
	ModuleName = "committee"
	// StoreKey of the module's store.
	StoreKey = ModuleName
)

// Prefixes of the collections. They are part of the state: a prefix is never given another meaning.
// The README has the key bytes of each with an example.
var (
	ParamsPrefix      = collections.NewPrefix(0)
	CommitteesPrefix  = collections.NewPrefix(1)
	DealingsPrefix    = collections.NewPrefix(2)
	EnlistmentsPrefix = collections.NewPrefix(3)
	PurposesPrefix    = collections.NewPrefix(4)
	DeadlinesPrefix   = collections.NewPrefix(5)
	ReviewsPrefix     = collections.NewPrefix(6)
	DutiesPrefix      = collections.NewPrefix(7)
)
