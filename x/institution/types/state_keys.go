package types

import "slices"

// InstitutionStateKey is where the institution of an operator is, for who asks for a proof of it (package proof). A
// test in keeper/ compares it with the collection's.
func InstitutionStateKey(operator []byte) []byte {
	return slices.Concat(InstitutionsPrefix.Bytes(), operator)
}

// VaultStateKey is where endpoint and encryption key of an operator's vault are.
func VaultStateKey(operator []byte) []byte {
	return slices.Concat(VaultsPrefix.Bytes(), operator)
}
