package types

import "bytes"

const (
	// MaxUses of a consent.
	MaxUses = 1000
	// MaxConsentSchemas in the scope of a consent, and asked for by an inquiry.
	MaxConsentSchemas = 16
)

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
	if err := optionalID("replaced_by", c.ReplacedBy); err != nil {
		return err
	}
	if (len(c.ReplacedBy) != 0) != (c.Status == CONSENT_STATUS_REPLACED) {
		return ErrInvalidRenewal.Wrapf("replaced_by does not go with %s", c.Status)
	}
	return c.validateFetch()
}

// validateFetch checks how often the data user may look, at which records, and how long it may keep them.
func (c Consent) validateFetch() error {
	if err := ValidateFetch(c.Fetch, c.Frequency, c.Mode, c.DataLife); err != nil {
		return err
	}
	switch {
	case c.RecordsFrom != nil && c.RecordsUntil != nil && c.RecordsUntil.Before(*c.RecordsFrom):
		return ErrInvalidConsent.Wrap("records_from and records_until are no span of time")
	case c.LastUsed != nil && c.LastUsed.Before(c.ValidFrom):
		return ErrInvalidConsent.Wrap("last_used is before it was valid")
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
	if err := optionalID("consent_id", i.ConsentId); err != nil {
		return err
	}
	if len(i.SchemaIds) != 0 {
		if err := ValidateScope(i.SchemaIds); err != nil {
			return err
		}
	}
	_, kindKnown := InquiryKind_name[int32(i.Kind)]
	own := i.Kind == INQUIRY_KIND_OWN
	switch {
	case !i.Purpose.Known() || own != (i.Purpose == PURPOSE_OWN_REQUEST):
		return ErrInvalidPurpose.Wrapf("%s does not go with %s", i.Purpose, i.Kind)
	case !kindKnown || i.Kind == INQUIRY_KIND_UNSPECIFIED:
		return ErrInvalidInquiry.Wrapf("kind %d does not exist", i.Kind)
	case own && (len(i.ConsentId) != 0 || i.ApprovedBy != ""):
		return ErrInvalidInquiry.Wrap("one's own look needs neither consent nor approval")
	case i.ApprovedBy != "" && i.ApprovedBy == i.DataUser:
		return ErrSameInstitution.Wrap(i.ApprovedBy)
	case i.OpenedAt.IsZero() || !i.ExpiresAt.After(i.OpenedAt) || !Orderable(i.ExpiresAt):
		return ErrInvalidInquiry.Wrap("opened_at and expires_at are no span of time")
	}
	return i.validateStatus()
}

func (i Inquiry) validateStatus() error {
	switch {
	case i.Settled != (i.Status == INQUIRY_STATUS_EXPIRED) && i.Status != INQUIRY_STATUS_FULFILLED:
		return ErrInvalidInquiry.Wrapf("settled is %t and it is %s", i.Settled, i.Status)
	case i.Status == INQUIRY_STATUS_OPEN && i.ClosedAt == nil:
		return nil
	case i.Status == INQUIRY_STATUS_PENDING && i.ClosedAt == nil && i.ApprovedBy == "":
		return nil
	case i.Status == INQUIRY_STATUS_FULFILLED && i.ClosedAt != nil && !i.ClosedAt.Before(i.OpenedAt) && i.ClosedAt.Before(i.ExpiresAt):
		return nil
	case i.Status == INQUIRY_STATUS_EXPIRED && i.ClosedAt != nil && !i.ClosedAt.Before(i.ExpiresAt):
		return nil
	}
	return ErrInvalidInquiry.Wrapf("closed_at or approved_by does not go with %s", i.Status)
}

// Validate checks a stored adverse action.
func (a AdverseAction) Validate() error {
	if _, err := IDFromBytes("inquiry_id", a.InquiryId); err != nil {
		return err
	}
	if err := optionalCommitment("notice", a.Notice); err != nil {
		return err
	}
	switch {
	case a.DeclaredAt.IsZero() || !a.DueAt.After(a.DeclaredAt) || !Orderable(a.DueAt):
		return ErrInvalidGenesis.Wrap("declared_at and due_at are no span of time")
	case (len(a.Notice) != 0) != (a.GivenAt != nil):
		return ErrInvalidGenesis.Wrap("notice and given_at go together")
	case a.GivenAt != nil && a.GivenAt.Before(a.DeclaredAt):
		return ErrInvalidGenesis.Wrap("given_at is before declared_at")
	case a.Overdue && a.GivenAt != nil && a.GivenAt.Before(a.DueAt):
		return ErrInvalidGenesis.Wrap("overdue, and the notice was given in time")
	}
	return nil
}

// Validate checks stored counts of a day.
func (d InstitutionDay) Validate() error {
	if d.Institution == "" {
		return ErrInvalidAddress.Wrap("institution is missing")
	}
	if len(d.Inquiries) == 0 && d.Silences == 0 {
		return ErrInvalidGenesis.Wrapf("day %d counts nothing", d.Day)
	}
	if !ascending(d.Inquiries, func(a, b PurposeCount) int { return int(a.Purpose - b.Purpose) }) {
		return ErrInvalidPurpose.Wrap("inquiries: put purposes in ascending order, each once")
	}
	for _, of := range d.Inquiries {
		if !of.Purpose.Known() || of.Count == 0 {
			return ErrInvalidPurpose.Wrapf("inquiries: %d for %s", of.Count, of.Purpose)
		}
	}
	return nil
}

// Validate checks a stored line of an institution's trail. What the state keeps of it has no actor but the institution.
func (e InstitutionTrailEntry) Validate() error {
	if e.Entry.Actor != e.Institution {
		return ErrInvalidAddress.Wrap("actor: it is the institution itself")
	}
	return e.Entry.Validate()
}
