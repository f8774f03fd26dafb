package types

import "bytes"

// Limits of the text of a data contract and of its log.
const (
	MaxConditionBytes = 2048
	MaxCheckAfterDays = 3660
	maxRunError       = 128
)

// Validate checks the shape of a stored contract. That its conditions compile is for the keeper.
func (c Contract) Validate() error {
	if err := validateName(c.Name, ErrInvalidContract); err != nil {
		return err
	}
	id := ContractID(c.Name, c.Version)
	_, statusKnown := ContractStatus_name[int32(c.Status)]
	switch {
	case c.Version < 1 || !bytes.Equal(c.Id, id[:]):
		return ErrInvalidContract.Wrapf("id %x is not that of version %d of %s", c.Id, c.Version, c.Name)
	case !statusKnown || c.Status == CONTRACT_STATUS_UNSPECIFIED:
		return ErrInvalidContract.Wrapf("status %d does not exist", c.Status)
	case c.StatusSince.IsZero():
		return ErrInvalidContract.Wrap("status_since is missing")
	}
	return c.Code.ValidateShape()
}

// ValidateShape checks code without compiling it.
func (c ContractCode) ValidateShape() error {
	_, triggerKnown := ContractTrigger_name[int32(c.Trigger)]
	_, actionKnown := ContractAction_name[int32(c.Action)]
	_, annotationKnown := Annotation_name[int32(c.Annotation)]
	switch {
	case !triggerKnown || c.Trigger == CONTRACT_TRIGGER_UNSPECIFIED:
		return ErrInvalidContract.Wrapf("trigger %d does not exist", c.Trigger)
	case !actionKnown || c.Action == CONTRACT_ACTION_UNSPECIFIED:
		return ErrInvalidContract.Wrapf("action %d does not exist", c.Action)
	case !annotationKnown || (c.Action == CONTRACT_ACTION_ANNOTATE) != (c.Annotation != ANNOTATION_UNSPECIFIED):
		return ErrInvalidContract.Wrapf("annotation %d does not go with %s", c.Annotation, c.Action)
	case len(c.Condition) < 1 || len(c.Condition) > MaxConditionBytes:
		return ErrInvalidContract.Wrapf("condition of %d bytes: write 1 to %d", len(c.Condition), MaxConditionBytes)
	case c.CheckAfterDays > MaxCheckAfterDays:
		return ErrInvalidContract.Wrapf("check_after_days %d: at most %d", c.CheckAfterDays, MaxCheckAfterDays)
	case len(c.Check) > MaxConditionBytes || (c.CheckAfterDays == 0) != (c.Check == ""):
		return ErrInvalidContract.Wrap("check: write one, within the limit, if and only if there are check_after_days")
	case c.CostLimit < 1 || c.CostLimit > MaxContractCostLimit:
		return ErrInvalidContract.Wrapf("cost_limit %d: choose 1 to %d", c.CostLimit, MaxContractCostLimit)
	}
	return nil
}

// Validate checks a line of the execution log.
func (r ContractRun) Validate() error {
	for _, id := range []struct {
		field string
		bytes []byte
	}{{"contract_id", r.ContractId}, {"ref", r.Ref}, {"subject", r.Subject}} {
		if _, err := IDFromBytes(id.field, id.bytes); err != nil {
			return err
		}
	}
	failed := r.Outcome == RUN_OUTCOME_FAILED
	switch {
	case r.Height < 0 || r.Time.IsZero():
		return ErrInvalidContract.Wrap("height and time name no block")
	case !failed && r.Outcome != RUN_OUTCOME_ACTED && r.Outcome != RUN_OUTCOME_SCHEDULED:
		return ErrInvalidContract.Wrapf("outcome %d is not logged", r.Outcome)
	case len(r.Error) > maxRunError || failed != (r.Error != ""):
		return ErrInvalidContract.Wrapf("error of %d bytes does not go with %s", len(r.Error), r.Outcome)
	}
	return nil
}

// Validate checks a scheduled check.
func (c ContractCheck) Validate() error {
	for _, id := range []struct {
		field string
		bytes []byte
	}{{"contract_id", c.ContractId}, {"subject", c.Subject}, {"tradeline_id", c.TradelineId}} {
		if _, err := IDFromBytes(id.field, id.bytes); err != nil {
			return err
		}
	}
	if !Orderable(c.DueAt) {
		return ErrInvalidContract.Wrap("due_at is before 1970 or after 2261")
	}
	return nil
}
