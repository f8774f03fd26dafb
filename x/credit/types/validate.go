package types

import (
	"bytes"
	"time"
)

const (
	// MaxUses of a consent.
	MaxUses = 1000
	// MaxConsentSchemas in the scope of a consent.
	MaxConsentSchemas = 16
)

// The Validate methods check the shape of stored records, as genesis files and invariants need it: what
// follows from the record alone. That addresses are addresses is for the keeper, which can read them.

// Validate checks a stored subject.
func (s Subject) Validate() error {
	if _, err := IDFromBytes("pseudonym", s.Pseudonym); err != nil {
		return err
	}
	switch {
	case !s.Kind.Known():
		return ErrInvalidSubjectKind.Wrapf("kind %d does not exist", s.Kind)
	case s.EnrolledAt.IsZero():
		return ErrInvalidGenesis.Wrap("enrolled_at is missing")
	case s.Controller != "" && s.OfferedTo != "":
		return ErrAlreadyControlled.Wrap("controller and offered_to exclude each other")
	}
	return nil
}

// Validate checks a stored tradeline: what only later versions have is there from version 2 on.
func (t Tradeline) Validate() error {
	if _, err := IDFromBytes("id", t.Id); err != nil {
		return err
	}
	if _, err := IDFromBytes("subject", t.Subject); err != nil {
		return err
	}
	if _, err := IDFromBytes("attestation_id", t.AttestationId); err != nil {
		return err
	}
	_, stateKnown := RecordState_name[int32(t.State)]
	_, reasonKnown := CorrectionReason_name[int32(t.Reason)]
	corrected := t.Version > 1
	switch {
	case t.Version < 1:
		return ErrInvalidReport.Wrap("versions count from 1")
	case !stateKnown || t.State == RECORD_STATE_UNSPECIFIED:
		return ErrInvalidReport.Wrapf("state %d does not exist", t.State)
	case t.FurnishedAt.IsZero():
		return ErrInvalidReport.Wrap("furnished_at is missing")
	case !reasonKnown || corrected != (t.Reason != CORRECTION_REASON_UNSPECIFIED):
		return ErrInvalidReason.Wrapf("reason %d does not go with version %d", t.Reason, t.Version)
	case corrected != (t.UpdatedAt != nil):
		return ErrInvalidReport.Wrapf("updated_at does not go with version %d", t.Version)
	}
	return nil
}

// Validate checks a stored consent.
func (c Consent) Validate() error {
	if _, err := IDFromBytes("id", c.Id); err != nil {
		return err
	}
	if _, err := IDFromBytes("subject", c.Subject); err != nil {
		return err
	}
	if err := ValidateScope(c.SchemaIds); err != nil {
		return err
	}
	_, statusKnown := ConsentStatus_name[int32(c.Status)]
	switch {
	case !c.Purpose.OfDataUser():
		return ErrInvalidPurpose.Wrapf("%s is no purpose of a data user", c.Purpose)
	case !c.Mode.Known():
		return ErrInvalidConsentMode.Wrapf("mode %d does not exist", c.Mode)
	case !statusKnown || c.Status == CONSENT_STATUS_UNSPECIFIED:
		return ErrInvalidConsent.Wrapf("status %d does not exist", c.Status)
	case c.UsesLeft > MaxUses || (c.UsesLeft == 0) != (c.Status == CONSENT_STATUS_USED_UP):
		return ErrInvalidConsent.Wrapf("%d uses left do not go with %s", c.UsesLeft, c.Status)
	case c.ValidFrom.IsZero() || !c.ValidUntil.After(c.ValidFrom) || !Orderable(c.ValidUntil):
		return ErrInvalidConsent.Wrap("valid_from and valid_until are no span of time")
	case c.StatusSince.IsZero():
		return ErrInvalidConsent.Wrap("status_since is missing")
	}
	return nil
}

// ValidateScope checks the schemas of a consent: 1 to MaxConsentSchemas, ascending, each once.
func ValidateScope(ids [][]byte) error {
	if len(ids) < 1 || len(ids) > MaxConsentSchemas {
		return ErrInvalidConsent.Wrapf("%d schema_ids: give 1 to %d", len(ids), MaxConsentSchemas)
	}
	for i, id := range ids {
		if _, err := IDFromBytes("schema_ids", id); err != nil {
			return err
		}
		if i > 0 && bytes.Compare(id, ids[i-1]) <= 0 {
			return ErrInvalidConsent.Wrap("schema_ids: put them in ascending order, each once")
		}
	}
	return nil
}

// Validate checks a stored inquiry: it is closed in time when fulfilled, and after its time when expired.
func (i Inquiry) Validate() error {
	if _, err := IDFromBytes("id", i.Id); err != nil {
		return err
	}
	if _, err := IDFromBytes("subject", i.Subject); err != nil {
		return err
	}
	if len(i.ConsentId) != 0 {
		if _, err := IDFromBytes("consent_id", i.ConsentId); err != nil {
			return err
		}
	}
	switch {
	case !i.Purpose.OfDataUser():
		return ErrInvalidPurpose.Wrapf("%s is no purpose of a data user", i.Purpose)
	case i.OpenedAt.IsZero() || !i.ExpiresAt.After(i.OpenedAt) || !Orderable(i.ExpiresAt):
		return ErrInvalidGenesis.Wrap("opened_at and expires_at are no span of time")
	case i.Status == INQUIRY_STATUS_OPEN && i.ClosedAt == nil:
		return nil
	case i.Status == INQUIRY_STATUS_FULFILLED && i.ClosedAt != nil && !i.ClosedAt.Before(i.OpenedAt) && i.ClosedAt.Before(i.ExpiresAt):
		return nil
	case i.Status == INQUIRY_STATUS_EXPIRED && i.ClosedAt != nil && !i.ClosedAt.Before(i.ExpiresAt):
		return nil
	}
	return ErrInvalidGenesis.Wrapf("closed_at does not go with %s", i.Status)
}

// Validate checks a stored receipt.
func (r Receipt) Validate() error {
	if _, err := IDFromBytes("inquiry_id", r.InquiryId); err != nil {
		return err
	}
	if _, err := IDFromBytes("digest", r.Digest); err != nil {
		return err
	}
	if r.Time.IsZero() {
		return ErrInvalidReceipt.Wrap("time is missing")
	}
	return nil
}

// Validate checks a stored line of a trail.
func (e TrailEntry) Validate() error {
	if _, err := IDFromBytes("subject", e.Subject); err != nil {
		return err
	}
	if _, err := IDFromBytes("ref", e.Ref); err != nil {
		return err
	}
	_, kindKnown := TrailKind_name[int32(e.Kind)]
	_, purposeKnown := Purpose_name[int32(e.Purpose)]
	switch {
	case !kindKnown || e.Kind == TRAIL_KIND_UNSPECIFIED:
		return ErrInvalidGenesis.Wrapf("kind %d does not exist", e.Kind)
	case !purposeKnown:
		return ErrInvalidGenesis.Wrapf("purpose %d does not exist", e.Purpose)
	case e.Height < 0 || e.Time.IsZero():
		return ErrInvalidGenesis.Wrap("height and time name no block")
	}
	return nil
}

// Orderable says whether a time can be a key: its Unix nanoseconds must fit 64 bits, so it lies between
// 1970 and 2262.
func Orderable(t time.Time) bool {
	return t.Year() >= 1970 && t.Year() < 2262
}
