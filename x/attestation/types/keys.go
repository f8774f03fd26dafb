// Package types holds the types of x/attestation: messages, records, ids, keys, errors and events.
package types

import "cosmossdk.io/collections"

const (
	// ModuleName is the name of the module and its codespace.
	ModuleName = "attestation"
	// StoreKey of the module's state.
	StoreKey = ModuleName
)

// Prefixes of the collections. Never reuse one: what an old chain wrote under it would be misread.
var (
	ParamsPrefix       = collections.NewPrefix(0)
	SchemasPrefix      = collections.NewPrefix(1)
	AttestationsPrefix = collections.NewPrefix(2)
	BySubjectPrefix    = collections.NewPrefix(3)
)
