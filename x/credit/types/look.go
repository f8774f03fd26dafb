package types

import (
	"bytes"
	"slices"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"
)

// Look is an inquiry under which its data user may ask questions and be answered now, with what the consent limits them to.
type Look struct {
	Inquiry  Inquiry
	DataUser sdk.AccAddress
	// SchemaIds in scope, ascending; none: every one, for a purpose that needs no consent.
	SchemaIds [][]byte
	// RecordsFrom and RecordsUntil bound the times of records in scope; nil for no bound.
	RecordsFrom, RecordsUntil *time.Time
}

// Covers says whether records under the schema are in scope.
func (l Look) Covers(schemaID []byte) bool {
	if len(l.SchemaIds) == 0 {
		return true
	}
	_, found := slices.BinarySearchFunc(l.SchemaIds, schemaID, bytes.Compare)
	return found
}

// CoversTime says whether a record of that time is in scope.
func (l Look) CoversTime(at time.Time) bool {
	return (l.RecordsFrom == nil || !at.Before(*l.RecordsFrom)) && (l.RecordsUntil == nil || !at.After(*l.RecordsUntil))
}

// ShownAt says whether the record is shown to who may look: active or disputed, and in its time whether or not the queue that
// ends it is behind.
func (m Tradeline) ShownAt(now time.Time) bool {
	return (m.State == RECORD_STATE_ACTIVE || m.State == RECORD_STATE_DISPUTED) && now.Before(m.ShowUntil)
}

// RecordTime is the time of the version that counts, which consents bound.
func (m Tradeline) RecordTime() time.Time {
	if m.UpdatedAt != nil {
		return *m.UpdatedAt
	}
	return m.FurnishedAt
}
