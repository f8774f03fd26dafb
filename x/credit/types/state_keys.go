package types

import (
	"encoding/binary"
	"slices"
)

// The keys that proofs of a trail are asked for (package audit). They are those of the collections in keeper/keeper.go,
// which cannot be asked without a store; a test there compares both.

// TrailStateKey is what the keys of a subject's trail begin with.
func TrailStateKey(subject ID) []byte { return slices.Concat(TrailPrefix.Bytes(), subject[:]) }

// InstitutionTrailStateKey is what the keys of an institution's trail begin with.
func InstitutionTrailStateKey(institution []byte) []byte {
	return append(binary.AppendUvarint(slices.Clone(InstitutionTrailPrefix.Bytes()), uint64(len(institution))), institution...)
}

// FromHeight is the least key that a line of that height and trail can have.
func FromHeight(trail []byte, height int64) []byte {
	return binary.BigEndian.AppendUint64(slices.Clone(trail), uint64(height)) //nolint:gosec // heights are positive
}

// The keys of what a vault asks about (package vault/lightchain); keeper/proven_keys_test.go compares them likewise.

// ParamsStateKey is where the parameters are.
func ParamsStateKey() []byte { return ParamsPrefix.Bytes() }

// SubjectStateKey is where a subject is, without its pseudonym.
func SubjectStateKey(id ID) []byte { return slices.Concat(SubjectsPrefix.Bytes(), id[:]) }

// TradelinesStateKey is what the keys of a subject's tradelines begin with; the tradeline's id follows, and ends them.
func TradelinesStateKey(subject ID) []byte {
	return slices.Concat(TradelinesPrefix.Bytes(), subject[:])
}

// TradelineStateKey is where a tradeline is, without its subject and id.
func TradelineStateKey(subject, id ID) []byte { return append(TradelinesStateKey(subject), id[:]...) }

// ConsentsStateKey is what the keys of a subject's consents begin with; the consent's id follows, and ends them.
func ConsentsStateKey(subject ID) []byte { return slices.Concat(ConsentsPrefix.Bytes(), subject[:]) }

// ConsentStateKey is where a consent is, without its subject and id.
func ConsentStateKey(subject, id ID) []byte { return append(ConsentsStateKey(subject), id[:]...) }

// InquiryStateKey is where an inquiry is, without its id.
func InquiryStateKey(id ID) []byte { return slices.Concat(InquiriesPrefix.Bytes(), id[:]) }

// ReceiptsStateKey is what the keys of an inquiry's receipts begin with; the institution's address follows, and ends them.
func ReceiptsStateKey(inquiry ID) []byte { return slices.Concat(ReceiptsPrefix.Bytes(), inquiry[:]) }

// VersionsStateKey is what the keys of a tradeline's earlier versions begin with; the version follows in 4 bytes, big endian.
func VersionsStateKey(tradeline ID) []byte {
	return slices.Concat(VersionsPrefix.Bytes(), tradeline[:])
}

// ProfileStateKey is where a profile is, without its code.
func ProfileStateKey(code string) []byte { return slices.Concat(ProfilesPrefix.Bytes(), []byte(code)) }

// JurisdictionStateKey is where the code of a jurisdiction's profile is.
func JurisdictionStateKey(jurisdiction string) []byte {
	return slices.Concat(JurisdictionsPrefix.Bytes(), []byte(jurisdiction))
}
