package types

import (
	"bytes"
	"encoding/binary"
	"slices"
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/x/attestation/commitment"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	// MaxAccreditationSchemas that one accreditation is for.
	MaxAccreditationSchemas = 32
	// MaxJurisdictions that one accreditation is for.
	MaxJurisdictions = 64
)

// Validate checks all that an accreditation says by itself, but for its id.
func (a Accreditation) Validate() error {
	if err := a.checkScope(); err != nil {
		return err
	}
	if err := a.checkTimes(); err != nil {
		return err
	}
	switch _, known := AccreditationStatus_name[int32(a.Status)]; {
	case !known || a.Status == ACCREDITATION_STATUS_UNSPECIFIED:
		return ErrInvalidAccreditation.Wrapf("status %d does not exist: choose one of AccreditationStatus", a.Status)
	case a.Depth < 1 || a.Depth > MaxDepthLimit || (a.Depth == 1) != (len(a.Parent) == 0):
		return ErrInvalidAccreditation.Wrapf("depth %d: 1 by vote, at most %d below it", a.Depth, MaxDepthLimit)
	case a.SuspendedFrom >= a.Depth || a.SuspendedFrom > 0 && a.Status != ACCREDITATION_STATUS_SUSPENDED:
		return ErrInvalidAccreditation.Wrapf("suspended_from %d: a depth above its own, of a suspended one", a.SuspendedFrom)
	}
	return nil
}

func (a Accreditation) checkScope() error {
	switch {
	case !a.Accreditor && !a.Issuer:
		return ErrInvalidAccreditation.Wrap("give the right to accredit (accreditor), to issue (issuer), or both")
	case len(a.SchemaIds) < 1 || len(a.SchemaIds) > MaxAccreditationSchemas:
		return ErrInvalidAccreditation.Wrapf("%d schema_ids: give 1 to %d", len(a.SchemaIds), MaxAccreditationSchemas)
	case len(a.Jurisdictions) < 1 || len(a.Jurisdictions) > MaxJurisdictions:
		return ErrInvalidAccreditation.Wrapf("%d jurisdictions: give 1 to %d", len(a.Jurisdictions), MaxJurisdictions)
	}
	if len(a.Parent) != 0 {
		if _, err := IDFromBytes(a.Parent); err != nil {
			return ErrInvalidAccreditation.Wrapf("parent: %s", err)
		}
	}
	for i, id := range a.SchemaIds {
		if _, err := IDFromBytes(id); err != nil {
			return ErrInvalidAccreditation.Wrapf("schema_ids %d: %s", i, err)
		}
		if i > 0 && bytes.Compare(a.SchemaIds[i-1], id) >= 0 {
			return ErrInvalidAccreditation.Wrapf("schema_ids %d: put them in ascending order, each once", i)
		}
	}
	for i, jurisdiction := range a.Jurisdictions {
		if err := institutiontypes.ValidateJurisdiction(jurisdiction); err != nil {
			return ErrInvalidAccreditation.Wrapf("jurisdictions %d: %s", i, err)
		}
		if i > 0 && a.Jurisdictions[i-1] >= jurisdiction {
			return ErrInvalidAccreditation.Wrapf("jurisdictions %d: put them in ascending order, each once", i)
		}
	}
	return nil
}

func (a Accreditation) checkTimes() error {
	for _, each := range []struct {
		name string
		at   time.Time
	}{{"valid_from", a.ValidFrom}, {"valid_until", a.ValidUntil}} {
		if each.at.Before(earliest) || !each.at.Before(latest) {
			return ErrInvalidAccreditation.Wrapf("%s: choose a time from %d to before %d", each.name, earliest.Year(), latest.Year())
		}
	}
	if !a.ValidUntil.After(a.ValidFrom) {
		return ErrInvalidAccreditation.Wrap("valid_until is not after valid_from")
	}
	return nil
}

// Within says what of a valid accreditation goes beyond the valid one above it; nil when nothing does. Validity and scope never
// change, so it holds for as long as both are there.
func (a Accreditation) Within(parent Accreditation) error {
	switch {
	case !parent.Accreditor:
		return ErrInvalidAccreditation.Wrap("parent: it gives no right to accredit")
	case a.ValidFrom.Before(parent.ValidFrom) || a.ValidUntil.After(parent.ValidUntil):
		return ErrInvalidAccreditation.Wrapf("validity: choose it within the parent's, %s to %s",
			parent.ValidFrom.UTC().Format(time.RFC3339), parent.ValidUntil.UTC().Format(time.RFC3339))
	}
	for i, id := range a.SchemaIds {
		if !parent.AllowsSchema(ID(id)) {
			return ErrInvalidAccreditation.Wrapf("schema_ids %d: the parent is not for %s", i, ID(id))
		}
	}
	for _, jurisdiction := range a.Jurisdictions {
		if !parent.AllowsJurisdiction(jurisdiction) {
			return ErrInvalidAccreditation.Wrapf("jurisdictions: the parent is not for %s", jurisdiction)
		}
	}
	return nil
}

// AllowsSchema says whether it is for that schema.
func (a Accreditation) AllowsSchema(id ID) bool {
	_, found := slices.BinarySearchFunc(a.SchemaIds, id[:], bytes.Compare)
	return found
}

// AllowsJurisdiction says whether it is for institutions of that jurisdiction.
func (a Accreditation) AllowsJurisdiction(jurisdiction string) bool {
	_, found := slices.BinarySearch(a.Jurisdictions, jurisdiction)
	return found
}

// DeriveID derives the id from the content and the time of granting; grantee is the bytes of its address.
func (a Accreditation) DeriveID(grantee sdk.AccAddress) ID {
	parts := [][]byte{a.Parent, grantee, {bit(a.Accreditor) | bit(a.Issuer)<<1}, count(len(a.SchemaIds))}
	parts = append(append(parts, a.SchemaIds...), count(len(a.Jurisdictions)))
	for _, jurisdiction := range a.Jurisdictions {
		parts = append(parts, []byte(jurisdiction))
	}
	parts = append(parts, nanoseconds(a.ValidFrom), nanoseconds(a.ValidUntil), nanoseconds(a.GrantedAt))
	return commitment.ID("creditd/accreditation/v1", parts...)
}

func bit(b bool) byte {
	if b {
		return 1
	}
	return 0
}

func count(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }

// NotInForceSince says since when this node alone gives no rights, the earliest reason counting; nil when it does. Of
// one that has not begun yet it is since it was granted.
func (a Accreditation) NotInForceSince(now time.Time) *time.Time {
	var since *time.Time
	if a.Status != ACCREDITATION_STATUS_ACTIVE {
		since = &a.StatusSince
	}
	if !now.Before(a.ValidUntil) {
		since = Earlier(since, &a.ValidUntil)
	}
	if now.Before(a.ValidFrom) {
		since = Earlier(since, &a.GrantedAt)
	}
	return since
}

// Earlier of two times, of which either may be absent.
func Earlier(a, b *time.Time) *time.Time {
	if a == nil || b != nil && b.Before(*a) {
		return b
	}
	return a
}
