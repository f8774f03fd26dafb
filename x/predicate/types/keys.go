// Package types holds the types of x/predicate: messages, records, ids, keys, errors and events.
package types

import "cosmossdk.io/collections"

const (
	// ModuleName is the name of the module and its codespace.
	ModuleName = "predicate"
	// StoreKey of the module's state.
	StoreKey = ModuleName
)

// Prefixes of the collections. Never reuse one: what an old chain wrote under it would be misread.
var (
	ParamsPrefix           = collections.NewPrefix(0)
	SetupPrefix            = collections.NewPrefix(1)
	CircuitsPrefix         = collections.NewPrefix(2)
	CircuitVersionsPrefix  = collections.NewPrefix(3)
	AsksPrefix             = collections.NewPrefix(4)
	AnswersPrefix          = collections.NewPrefix(5)
	AnswersBySubjectPrefix = collections.NewPrefix(6)
	BudgetsPrefix          = collections.NewPrefix(7)
	ListingsPrefix         = collections.NewPrefix(8)
	ListingQueuePrefix     = collections.NewPrefix(9)
	IssuersPrefix          = collections.NewPrefix(10)
	TreesPrefix            = collections.NewPrefix(11)
	FreePlacesPrefix       = collections.NewPrefix(12)
	NodesPrefix            = collections.NewPrefix(13)
	RootsPrefix            = collections.NewPrefix(14)
	RootQueuePrefix        = collections.NewPrefix(15)
	ProofsInBlockPrefix    = collections.NewPrefix(16)
	ChangedTreesPrefix     = collections.NewPrefix(17)
)
