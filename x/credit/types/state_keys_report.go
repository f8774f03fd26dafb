package types

import "slices"

// The keys of what a report with proofs asks for besides (package vault/report); keeper/report_keys_test.go compares them with
// the collections'.

// DisputeStateKey is where a dispute is, without its id.
func DisputeStateKey(id ID) []byte { return slices.Concat(DisputesPrefix.Bytes(), id[:]) }

// SubjectDisputesStateKey is what the keys of a subject's index of disputes begin with; the dispute's id follows, and ends them.
func SubjectDisputesStateKey(subject ID) []byte {
	return slices.Concat(SubjectDisputesPrefix.Bytes(), subject[:])
}
