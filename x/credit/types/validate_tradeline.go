package types

import (
	"slices"

	errorsmod "cosmossdk.io/errors"
)

// reasonsOf the states that a tradeline can be in; the state of an earlier version is no state of a tradeline.
var reasonsOf = map[RecordState][]StateReason{
	RECORD_STATE_ACTIVE: { // the others say from what it came back
		STATE_REASON_UNSPECIFIED, STATE_REASON_DISPUTE, STATE_REASON_REINSERTED, STATE_REASON_SILENCE, STATE_REASON_MEDIATION,
		STATE_REASON_CONTRACT,
	},
	RECORD_STATE_DISPUTED: {STATE_REASON_DISPUTE, STATE_REASON_MEDIATION, STATE_REASON_CONTRACT},
	RECORD_STATE_SUPPRESSED: {
		STATE_REASON_SILENCE, STATE_REASON_DELETED, STATE_REASON_MEDIATION, STATE_REASON_REPAIR, STATE_REASON_CONTRACT,
	},
	RECORD_STATE_EXPIRED: {STATE_REASON_RETENTION},
	RECORD_STATE_ERASED:  {STATE_REASON_DESTROYED},
}

// Validate checks a stored tradeline: what only later versions have is there from version 2 on.
func (t Tradeline) Validate() error {
	for _, id := range []struct {
		field string
		bytes []byte
	}{{"id", t.Id}, {"subject", t.Subject}, {"attestation_id", t.AttestationId}} {
		if _, err := IDFromBytes(id.field, id.bytes); err != nil {
			return err
		}
	}
	_, reasonKnown := CorrectionReason_name[int32(t.Reason)]
	corrected := t.Version > 1
	switch {
	case t.Version < 1:
		return ErrInvalidReport.Wrap("versions count from 1")
	case t.FurnishedAt.IsZero():
		return ErrInvalidReport.Wrap("furnished_at is missing")
	case !reasonKnown || corrected != (t.Reason != CORRECTION_REASON_UNSPECIFIED):
		return ErrInvalidReason.Wrapf("reason %d does not go with version %d", t.Reason, t.Version)
	case corrected != (t.UpdatedAt != nil):
		return ErrInvalidReport.Wrapf("updated_at does not go with version %d", t.Version)
	case t.UpdatedAt != nil && t.UpdatedAt.Before(t.FurnishedAt):
		return ErrInvalidReport.Wrap("updated_at is before furnished_at")
	}
	if err := t.validateClock(); err != nil {
		return err
	}
	return t.validateState()
}

func (t Tradeline) validateClock() error {
	if err := requiredCommitment("delinquency", t.Delinquency); err != nil {
		return err
	}
	if t.DelinquencySince.Before(t.FurnishedAt) || !Orderable(t.ShowUntil) || !t.ShowUntil.After(t.DelinquencySince) {
		return ErrShowUntil.Wrap("furnished_at, delinquency_since and show_until follow one another")
	}
	return nil
}

// validateState checks that the state has one of its reasons, and what the reason rests on.
func (t Tradeline) validateState() error {
	reasons, stateKnown := reasonsOf[t.State]
	_, codeKnown := ComplianceCode_name[int32(t.Compliance)]
	if !stateKnown {
		return ErrInvalidReport.Wrapf("state %d is not that of a tradeline", t.State)
	}
	if !slices.Contains(reasons, t.StateReason) {
		return ErrInvalidReport.Wrapf("%s does not go with %s", t.StateReason, t.State)
	}
	if err := optionalID("dispute_id", t.DisputeId); err != nil {
		return err
	}
	hidden := t.State == RECORD_STATE_SUPPRESSED
	disputed := t.State == RECORD_STATE_DISPUTED ||
		(hidden && (t.StateReason == STATE_REASON_DELETED || t.StateReason == STATE_REASON_MEDIATION))
	switch {
	case disputed && len(t.DisputeId) == 0:
		return ErrInvalidDispute.Wrapf("dispute_id is missing where the record is %s by %s", t.State, t.StateReason)
	case !codeKnown:
		return ErrInvalidReport.Wrapf("compliance code %d does not exist", t.Compliance)
	case t.StateReason == STATE_REASON_REPAIR && t.RepairPolicy == "", t.RepairPolicy != "" && !hidden && t.State != RECORD_STATE_EXPIRED:
		return ErrInvalidPolicy.Wrapf("repair_policy %.64q does not go with %s", t.RepairPolicy, t.StateReason)
	case !ascending(t.Annotations, func(a, b Annotation) int { return int(a - b) }):
		return ErrInvalidReport.Wrap("annotations: put them in ascending order, each once")
	}
	for _, annotation := range t.Annotations {
		if _, known := Annotation_name[int32(annotation)]; !known || annotation == ANNOTATION_UNSPECIFIED {
			return ErrInvalidReport.Wrapf("annotation %d does not exist", annotation)
		}
	}
	return nil
}

// Validate checks a stored earlier version.
func (v TradelineVersion) Validate() error {
	if _, err := IDFromBytes("tradeline_id", v.TradelineId); err != nil {
		return err
	}
	if _, err := IDFromBytes("attestation_id", v.AttestationId); err != nil {
		return err
	}
	if err := requiredCommitment("delinquency", v.Delinquency); err != nil {
		return err
	}
	_, reasonKnown := CorrectionReason_name[int32(v.Reason)]
	switch {
	case v.Version < 1:
		return ErrInvalidReport.Wrap("versions count from 1")
	case !reasonKnown || (v.Version > 1) != (v.Reason != CORRECTION_REASON_UNSPECIFIED):
		return ErrInvalidReason.Wrapf("reason %d does not go with version %d", v.Reason, v.Version)
	case v.SupersededAt.IsZero() || !Orderable(v.ShowUntil):
		return ErrInvalidReport.Wrap("superseded_at or show_until is missing")
	}
	return nil
}

// Validate checks a stored notice. One that a data contract asked for and that is still to be given has no commitment.
func (n Notice) Validate() error {
	if _, err := IDFromBytes("tradeline_id", n.TradelineId); err != nil {
		return err
	}
	if err := optionalID("requested_by", n.RequestedBy); err != nil {
		return err
	}
	_, known := NoticeKind_name[int32(n.Kind)]
	if !known || n.Kind == NOTICE_KIND_UNSPECIFIED {
		return ErrInvalidNotice.Wrapf("kind %d does not exist", n.Kind)
	}
	if len(n.Commitment) == 0 && n.GivenAt.IsZero() && len(n.RequestedBy) != 0 {
		return nil
	}
	if n.GivenAt.IsZero() {
		return ErrInvalidNotice.Wrap("given_at is missing")
	}
	return requiredCommitment("commitment", n.Commitment)
}

// validateName checks the name of a policy or a contract.
func validateName(name string, invalid error) error {
	if len(name) < 1 || len(name) > maxPolicyName {
		return errorsmod.Wrapf(invalid, "name of %d characters: choose 1 to %d", len(name), maxPolicyName)
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return errorsmod.Wrapf(invalid, "name %q: use a-z, 0-9 and hyphen", name)
		}
	}
	return nil
}
