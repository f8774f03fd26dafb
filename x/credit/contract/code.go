package contract

import (
	"slices"

	"github.com/creditd/creditd/x/credit/contract/expr"
	"github.com/creditd/creditd/x/credit/types"
)

const (
	// MaxName of a contract, in characters.
	MaxName = 64
	// MaxCheckDays is ten years.
	MaxCheckDays = 3660
)

// actionsOf says what may be done on which trigger. Nothing refuses a dispute, which is the subject's right, and nothing
// suppresses a record when it is disputed: its dispute decides what becomes of it.
func actionsOf(trigger types.ContractTrigger) []types.ContractAction {
	switch trigger {
	case types.CONTRACT_TRIGGER_FURNISH, types.CONTRACT_TRIGGER_UPDATE, types.CONTRACT_TRIGGER_REPAID:
		return []types.ContractAction{
			types.CONTRACT_ACTION_ANNOTATE, types.CONTRACT_ACTION_SUPPRESS, types.CONTRACT_ACTION_OPEN_NOTICE, types.CONTRACT_ACTION_REFUSE,
		}
	case types.CONTRACT_TRIGGER_DISPUTE:
		return []types.ContractAction{types.CONTRACT_ACTION_ANNOTATE, types.CONTRACT_ACTION_OPEN_NOTICE}
	case types.CONTRACT_TRIGGER_INQUIRY:
		return []types.ContractAction{types.CONTRACT_ACTION_SECOND_APPROVAL, types.CONTRACT_ACTION_REFUSE}
	case types.CONTRACT_TRIGGER_CONSENT:
		return []types.ContractAction{types.CONTRACT_ACTION_REFUSE}
	}
	return nil
}

// ValidateName of a contract.
func ValidateName(name string) error {
	if len(name) < 1 || len(name) > MaxName {
		return types.ErrInvalidContract.Wrapf("name of %d characters: choose 1 to %d", len(name), MaxName)
	}
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return types.ErrInvalidContract.Wrapf("name %q: choose from a-z, 0-9 and hyphen", name)
		}
	}
	return nil
}

// Validate checks the code of a contract, whose cost_limit may be up to maxCost: that its parts go together, and that its
// expressions compile and cost no more than cost_limit in the worst case.
func Validate(code types.ContractCode, maxCost uint64) error {
	if err := validateAction(code); err != nil {
		return err
	}
	if code.CostLimit < 1 || code.CostLimit > maxCost {
		return types.ErrInvalidContract.Wrapf("cost_limit %d: choose 1 to %d (params.contract_cost_limit)", code.CostLimit, maxCost)
	}
	language, err := LanguageOf(code.Trigger)
	if err != nil {
		return err
	}
	if err := compiles("condition", language, code.Condition, code.CostLimit); err != nil {
		return err
	}
	if code.CheckAfterDays == 0 {
		if code.Check != "" {
			return types.ErrInvalidContract.Wrap("check without check_after_days: set the days, or leave the check out")
		}
		return nil
	}
	return validateCheck(code)
}

func compiles(field string, language *expr.Language, source string, limit uint64) error {
	if _, err := language.Compile(source, limit); err != nil {
		return types.ErrInvalidContract.Wrapf("%s: %s", field, err)
	}
	return nil
}

func validateAction(code types.ContractCode) error {
	actions := actionsOf(code.Trigger)
	if len(actions) == 0 {
		return types.ErrInvalidContract.Wrapf("trigger %d: choose one of ContractTrigger", code.Trigger)
	}
	if !slices.Contains(actions, code.Action) {
		return types.ErrInvalidContract.Wrapf("action %s does not go with %s: choose one of %v", code.Action, code.Trigger, actions)
	}
	_, known := types.Annotation_name[int32(code.Annotation)]
	named := known && code.Annotation != types.ANNOTATION_UNSPECIFIED
	switch annotates := code.Action == types.CONTRACT_ACTION_ANNOTATE; {
	case annotates && !named:
		return types.ErrInvalidContract.Wrapf("annotation %d: choose one of Annotation", code.Annotation)
	case !annotates && code.Annotation != types.ANNOTATION_UNSPECIFIED:
		return types.ErrInvalidContract.Wrapf("annotation %s goes with ANNOTATE alone: leave it out", code.Annotation)
	}
	return nil
}

// validateCheck lets a contract look again later when there is a record to look at and something to do about it.
func validateCheck(code types.ContractCode) error {
	switch {
	case code.CheckAfterDays > MaxCheckDays:
		return types.ErrInvalidContract.Wrapf("check_after_days %d: choose at most %d", code.CheckAfterDays, MaxCheckDays)
	case !ActsOnTradeline(code.Action):
		return types.ErrInvalidContract.Wrapf("%s cannot wait for a check: leave check_after_days out", code.Action)
	}
	language, err := LanguageOf(ScopeOfCheck)
	if err != nil {
		return err
	}
	return compiles("check", language, code.Check, code.CostLimit)
}

// ActsOnTradeline says whether the action is one on the record, and not on the message.
func ActsOnTradeline(action types.ContractAction) bool {
	switch action {
	case types.CONTRACT_ACTION_ANNOTATE, types.CONTRACT_ACTION_SUPPRESS, types.CONTRACT_ACTION_OPEN_NOTICE:
		return true
	}
	return false
}
