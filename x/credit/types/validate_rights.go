package types

// Validate checks a stored dispute.
func (d Dispute) Validate() error {
	for _, id := range []struct {
		field string
		bytes []byte
	}{{"id", d.Id}, {"subject", d.Subject}, {"tradeline_id", d.TradelineId}} {
		if _, err := IDFromBytes(id.field, id.bytes); err != nil {
			return err
		}
	}
	for _, commitment := range []struct {
		field string
		bytes []byte
	}{{"facts", d.Facts}, {"evidence", d.Evidence}, {"statement", d.Statement}} {
		if err := optionalCommitment(commitment.field, commitment.bytes); err != nil {
			return err
		}
	}
	_, reasonKnown := DisputeReason_name[int32(d.Reason)]
	switch {
	case !reasonKnown || d.Reason == DISPUTE_REASON_UNSPECIFIED:
		return ErrInvalidDispute.Wrapf("reason %d does not exist", d.Reason)
	case d.Furnisher == "":
		return ErrInvalidDispute.Wrap("furnisher is missing")
	case d.Version < 1:
		return ErrInvalidDispute.Wrap("versions count from 1")
	case d.OpenedAt.IsZero() || d.StatusSince.Before(d.OpenedAt):
		return ErrInvalidDispute.Wrap("opened_at and status_since are no span of time")
	}
	if err := ValidateProfileCode(d.Profile); err != nil {
		return err
	}
	return d.validateStatus()
}

// validateStatus checks what goes with each status: a clock that runs, an outcome, a mediator.
func (d Dispute) validateStatus() error {
	_, outcomeKnown := DisputeOutcome_name[int32(d.Outcome)]
	if !outcomeKnown {
		return ErrInvalidOutcome.Wrapf("outcome %d does not exist", d.Outcome)
	}
	clock := d.HasClock()
	if clock && (!Orderable(d.DueAt) || !d.DueAt.After(d.OpenedAt)) {
		return ErrInvalidDispute.Wrap("due_at is before the dispute was opened")
	}
	switch d.Status {
	case DISPUTE_STATUS_OPEN:
		if !clock || d.Outcome != DISPUTE_OUTCOME_UNSPECIFIED || d.Mediator != "" {
			return ErrDisputeState.Wrap("an open dispute has a due_at, and neither outcome nor mediator")
		}
	case DISPUTE_STATUS_ANSWERED:
		if !clock || d.Outcome == DISPUTE_OUTCOME_UNSPECIFIED {
			return ErrDisputeState.Wrap("an answered dispute has a due_at and an outcome")
		}
	case DISPUTE_STATUS_ESCALATED:
		if !clock || d.Mediator == "" {
			return ErrDisputeState.Wrap("an escalated dispute has a due_at and a mediator")
		}
	case DISPUTE_STATUS_ORDERED:
		if d.Mediator == "" {
			return ErrDisputeState.Wrap("an ordered dispute has a mediator")
		}
	case DISPUTE_STATUS_SILENT:
	case DISPUTE_STATUS_CLOSED:
		if clock {
			return ErrDisputeState.Wrap("a closed dispute has no due_at")
		}
	default:
		return ErrDisputeState.Wrapf("status %d does not exist", d.Status)
	}
	return nil
}

// HasClock says whether the present status ends by itself.
func (d Dispute) HasClock() bool { return !d.DueAt.IsZero() }

// Pending says whether something is still to come of the dispute; a tradeline has one such dispute at most.
func (d Dispute) Pending() bool { return d.Status != DISPUTE_STATUS_CLOSED }

// Validate checks how far an outcome has been told.
func (c OutcomeCursor) Validate() error {
	if _, err := IDFromBytes("dispute_id", c.DisputeId); err != nil {
		return err
	}
	if err := validateOutcome(c.Outcome); err != nil {
		return err
	}
	if !span(c.Since, c.ClosedAt) {
		return ErrInvalidDispute.Wrap("since and closed_at are no span of time")
	}
	return nil
}

// Validate checks a stored note of an outcome.
func (n OutcomeNote) Validate() error {
	for _, id := range []struct {
		field string
		bytes []byte
	}{{"dispute_id", n.DisputeId}, {"subject", n.Subject}, {"tradeline_id", n.TradelineId}} {
		if _, err := IDFromBytes(id.field, id.bytes); err != nil {
			return err
		}
	}
	if !Orderable(n.Time) {
		return ErrInvalidDispute.Wrap("time is missing")
	}
	return validateOutcome(n.Outcome)
}

func validateOutcome(outcome DisputeOutcome) error {
	if _, known := DisputeOutcome_name[int32(outcome)]; !known || outcome == DISPUTE_OUTCOME_UNSPECIFIED {
		return ErrInvalidOutcome.Wrapf("outcome %d does not exist", outcome)
	}
	return nil
}

// Validate checks a stored hold.
func (h LegalHold) Validate() error {
	if _, err := IDFromBytes("id", h.Id); err != nil {
		return err
	}
	if _, err := IDFromBytes("subject", h.Subject); err != nil {
		return err
	}
	if err := optionalID("tradeline_id", h.TradelineId); err != nil {
		return err
	}
	if !Orderable(h.Until) {
		return ErrInvalidHold.Wrap("until is before 1970 or after 2261")
	}
	return requiredCommitment("order", h.Order)
}

// Validate checks a stored erasure.
func (e Erasure) Validate() error {
	if _, err := IDFromBytes("tradeline_id", e.TradelineId); err != nil {
		return err
	}
	if _, err := IDFromBytes("subject", e.Subject); err != nil {
		return err
	}
	if err := optionalCommitment("evidence", e.Evidence); err != nil {
		return err
	}
	asked := e.RequestedAt != nil
	if asked != (e.DueAt != nil) || (asked && !span(*e.RequestedAt, *e.DueAt)) {
		return ErrErasureState.Wrap("requested_at and due_at are no span of time")
	}
	_, groundKnown := ErasureGround_name[int32(e.Ground)]
	refused := e.Status == ERASURE_STATUS_REFUSED
	answered := refused || e.Status == ERASURE_STATUS_DONE
	switch {
	case !answered && e.Status != ERASURE_STATUS_REQUESTED && e.Status != ERASURE_STATUS_SILENT:
		return ErrErasureState.Wrapf("status %d does not exist", e.Status)
	case e.Status != ERASURE_STATUS_DONE && !asked:
		return ErrErasureState.Wrapf("%s where nobody asked", e.Status)
	case answered != (e.AnsweredAt != nil) || answered != (len(e.Evidence) != 0):
		return ErrErasureState.Wrapf("answered_at and evidence do not go with %s", e.Status)
	case !groundKnown || refused != (e.Ground != ERASURE_GROUND_UNSPECIFIED):
		return ErrInvalidGround.Wrapf("ground %d does not go with %s", e.Ground, e.Status)
	}
	return nil
}
