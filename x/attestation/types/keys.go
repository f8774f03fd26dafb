// Package types holds the types of x/attestation: messages, records, ids, keys, errors and events.
package types

import "cosmossdk.io/collections"

const (
	// ModuleName is the name of the module and its codespace.
	ModuleName = "attestation"
	// StoreKey of the module's state.
	StoreKey = ModuleName
)

// Prefixes of the collections. Never reuse one: what an old chain wrote under it would be misread. 2 was
// attestations one by one.
var (
	ParamsPrefix                  = collections.NewPrefix(0)
	SchemasPrefix                 = collections.NewPrefix(1)
	BySubjectPrefix               = collections.NewPrefix(3)
	BatchesPrefix                 = collections.NewPrefix(4)
	StatusesPrefix                = collections.NewPrefix(5)
	StatusListsPrefix             = collections.NewPrefix(6)
	ExpiriesPrefix                = collections.NewPrefix(7)
	AnchorsPrefix                 = collections.NewPrefix(8)
	AnchorsByIssuerPrefix         = collections.NewPrefix(9)
	CheckpointsPrefix             = collections.NewPrefix(10)
	AccreditationsPrefix          = collections.NewPrefix(11)
	AccreditationsByParentPrefix  = collections.NewPrefix(12)
	AccreditationsByGranteePrefix = collections.NewPrefix(13)
	CredentialKeysPrefix          = collections.NewPrefix(14)
	UsedNoncesPrefix              = collections.NewPrefix(15)
	SchemaVersionsPrefix          = collections.NewPrefix(16)
)
