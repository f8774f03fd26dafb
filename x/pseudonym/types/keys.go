// Package types holds what x/pseudonym stores, sends and refuses.
package types

import "cosmossdk.io/collections"

const (
	// ModuleName of x/pseudonym.
	ModuleName = "pseudonym"
	// StoreKey of the module's store.
	StoreKey = ModuleName
)

// Prefixes of the collections. They are part of the state: a prefix is never given another meaning.
// The README has the key bytes of each with an example.
var (
	ParamsPrefix           = collections.NewPrefix(0)
	EpochsPrefix           = collections.NewPrefix(1)
	EvaluationsPrefix      = collections.NewPrefix(2)
	EvaluationExpiryPrefix = collections.NewPrefix(3)
	UsagesPrefix           = collections.NewPrefix(4)
	MatchesPrefix          = collections.NewPrefix(5)
	MatchExpiryPrefix      = collections.NewPrefix(6)
	MatchUsagesPrefix      = collections.NewPrefix(7)
	MigrationsPrefix       = collections.NewPrefix(8)
	MigrationDuePrefix     = collections.NewPrefix(9)
	LiveMatchesPrefix      = collections.NewPrefix(10)
)
