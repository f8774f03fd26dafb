package types

import (
	"bytes"
	"slices"
	"time"
)

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
	case s.Controller != "" && s.Controller == s.OfferedTo:
		return ErrAlreadyControlled.Wrap("control is offered to the controller")
	case len(s.MergedInto) != 0 && len(s.Aliases) != 0:
		return ErrMerged.Wrap("a merged subject has no aliases: they are those of the one that stays")
	}
	if err := s.validateMerges(); err != nil {
		return err
	}
	if s.Freeze != nil {
		if err := s.Freeze.Validate(); err != nil {
			return err
		}
	}
	if s.FraudAlert != nil {
		return s.FraudAlert.Validate()
	}
	return nil
}

func (s Subject) validateMerges() error {
	if len(s.Aliases) > MaxAliases {
		return ErrTooManyAliases.Wrapf("%d: at most %d", len(s.Aliases), MaxAliases)
	}
	if err := optionalID("merged_into", s.MergedInto); err != nil {
		return err
	}
	for i, alias := range s.Aliases {
		if _, err := IDFromBytes("aliases", alias); err != nil {
			return err
		}
		twice := slices.ContainsFunc(s.Aliases[:i], func(other []byte) bool { return bytes.Equal(alias, other) })
		if twice || bytes.Equal(alias, s.Pseudonym) {
			return ErrInvalidGenesis.Wrapf("aliases: %x is there twice, or the subject itself", alias)
		}
	}
	if bytes.Equal(s.MergedInto, s.Pseudonym) {
		return ErrInvalidGenesis.Wrap("merged_into is the subject itself")
	}
	return nil
}

// Validate checks a stored freeze.
func (f Freeze) Validate() error {
	switch {
	case f.Since.IsZero():
		return ErrInvalidGenesis.Wrap("freeze: since is missing")
	case f.LiftedUntil != nil && !f.LiftedUntil.After(f.Since):
		return ErrInvalidLift.Wrap("lifted_until is before the freeze")
	case f.LiftedUntil == nil && f.LiftedFor != "":
		return ErrInvalidLift.Wrap("lifted_for goes with lifted_until alone")
	}
	return nil
}

// Validate checks a stored fraud alert.
func (a FraudAlert) Validate() error {
	if a.Since.IsZero() || !a.Until.After(a.Since) || !Orderable(a.Until) {
		return ErrInvalidGenesis.Wrap("fraud alert: since and until are no span of time")
	}
	if a.Extended {
		return requiredCommitment("evidence", a.Evidence)
	}
	if len(a.Evidence) != 0 {
		return ErrInvalidCommitment.Wrap("evidence goes with an extended alert alone")
	}
	return nil
}

// Validate checks a stored change of a subject.
func (c SubjectChange) Validate() error {
	if _, err := IDFromBytes("subject", c.Subject); err != nil {
		return err
	}
	switch c.Kind {
	case CHANGE_KIND_RECOVERY:
		if c.Controller == "" || len(c.Into) != 0 {
			return ErrInvalidChange.Wrap("a recovery has a controller and no into")
		}
	case CHANGE_KIND_MERGE:
		if _, err := IDFromBytes("into", c.Into); err != nil || c.Controller != "" || bytes.Equal(c.Into, c.Subject) {
			return ErrInvalidChange.Wrap("a merge has another subject as into and no controller")
		}
	default:
		return ErrInvalidChange.Wrapf("kind %d does not exist", c.Kind)
	}
	switch {
	case len(c.Approvals) < 1 || len(c.Approvals) > MaxChangeApprovals || c.Approvals[0] != c.ProposedBy:
		return ErrInvalidChange.Wrapf("approvals: the proposer is the first of at most %d", MaxChangeApprovals)
	case c.ProposedAt.IsZero():
		return ErrInvalidChange.Wrap("proposed_at is missing")
	case c.ReadyAt != nil && (c.ReadyAt.Before(c.ProposedAt) || !Orderable(*c.ReadyAt)):
		return ErrInvalidChange.Wrap("ready_at is before proposed_at")
	}
	for i, institution := range c.Approvals {
		if slices.Contains(c.Approvals[:i], institution) {
			return ErrAlreadyApproved.Wrap(institution)
		}
	}
	return nil
}

// Validate checks a stored order that was used.
func (o UsedOrder) Validate() error {
	switch {
	case o.Account == "":
		return ErrInvalidOrder.Wrap("account is missing")
	case len(o.Nonce) != NonceSize:
		return ErrInvalidNonce.Wrapf("%d bytes: a nonce has %d", len(o.Nonce), NonceSize)
	case !Orderable(o.Deadline):
		return ErrOrderDeadline.Wrap("it is before 1970 or after 2261")
	}
	return nil
}

// optionalID checks an id that may be missing.
func optionalID(field string, bz []byte) error {
	if len(bz) == 0 {
		return nil
	}
	_, err := IDFromBytes(field, bz)
	return err
}

// requiredCommitment and optionalCommitment check the length, which is all that a commitment shows.
func requiredCommitment(field string, bz []byte) error {
	if len(bz) != len(ID{}) {
		return ErrInvalidCommitment.Wrapf("%s: %d bytes: a commitment has %d", field, len(bz), len(ID{}))
	}
	return nil
}

func optionalCommitment(field string, bz []byte) error {
	if len(bz) == 0 {
		return nil
	}
	return requiredCommitment(field, bz)
}

// ascending says whether a list is in order, with nothing in it twice.
func ascending[T any](list []T, compare func(a, b T) int) bool {
	for i := 1; i < len(list); i++ {
		if compare(list[i-1], list[i]) >= 0 {
			return false
		}
	}
	return true
}

// span says whether both ends are times that can be keys, the first not after the second.
func span(from, until time.Time) bool {
	return Orderable(from) && Orderable(until) && !until.Before(from)
}
