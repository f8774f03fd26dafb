package types

import "cosmossdk.io/collections"

const (
	// ModuleName of x/institution.
	ModuleName = "institution"
	// StoreKey of the module's store.
	StoreKey = ModuleName
)

// Prefixes of the collections. They are part of the state: a prefix is never given another meaning.
// The README has the key bytes of each with an example.
var (
	ParamsPrefix           = collections.NewPrefix(0)
	InstitutionsPrefix     = collections.NewPrefix(1)
	LicencesPrefix         = collections.NewPrefix(2)
	VaultsPrefix           = collections.NewPrefix(3)
	ValidatorsPrefix       = collections.NewPrefix(4)
	ConsensusKeysPrefix    = collections.NewPrefix(5)
	SetMembersPrefix       = collections.NewPrefix(6)
	PendingPrefix          = collections.NewPrefix(7)
	DeadlinesPrefix        = collections.NewPrefix(8)
	HistoryPrefix          = collections.NewPrefix(9)
	MissedPrefix           = collections.NewPrefix(10)
	MissedCountPrefix      = collections.NewPrefix(11)
	MissedWindowPrefix     = collections.NewPrefix(12)
	ScheduledChangesPrefix = collections.NewPrefix(13)
	ChangeQueuePrefix      = collections.NewPrefix(14)
	ChangeIDPrefix         = collections.NewPrefix(15)
)
