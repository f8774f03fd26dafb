package expr

import (
	"errors"
	"strings"

	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	"github.com/google/cel-go/interpreter"
)

// Failure of a run: one of few words of our own. What the library says may change with its version, and goes into no state.
type Failure string

// The ways to fail.
const (
	FailedInput    Failure = "an input is missing or out of bounds"
	FailedCost     Failure = "cost limit exceeded"
	FailedOverflow Failure = "integer overflow"
	FailedDivision Failure = "division by zero"
	FailedOther    Failure = "evaluation failed"
)

// Result of a run.
type Result struct {
	Held    bool
	Cost    uint64 // actual
	Failure Failure
}

// Run evaluates the program over the inputs that it names: bool, int64, string and []string by name. Whatever happens inside
// is a Result; it reads nothing but its arguments, so that no panic of a store, for instance for gas, can rise in it.
func (p *Program) Run(inputs map[string]any) (result Result) {
	defer func() {
		if cause := recover(); cause != nil { // the library recovers itself: the last line of defence
			result = Result{Cost: p.limit, Failure: FailedOther}
		}
	}()
	bound := make(map[string]any, len(p.inputs))
	for _, input := range p.inputs {
		value := inputs[input.Name]
		if !fits(input.Kind, value) {
			return Result{Failure: FailedInput}
		}
		bound[input.Name] = value
	}
	out, details, err := p.eval.Eval(bound)
	result.Cost = p.limit
	if details != nil {
		if cost := details.ActualCost(); cost != nil {
			result.Cost = min(*cost, p.limit)
		}
	}
	if err != nil {
		result.Failure = failureOf(err)
		return result
	}
	return p.finish(result, out)
}

func (*Program) finish(result Result, out ref.Val) Result {
	held, isBool := out.(types.Bool)
	if !isBool {
		result.Failure = FailedOther
		return result
	}
	result.Held = bool(held)
	return result
}

func fits(kind Kind, value any) bool {
	switch v := value.(type) {
	case bool:
		return kind == Bool
	case int64:
		return kind == Int
	case string:
		return kind == Text && len(v) <= MaxText
	case []string:
		if kind != TextList || len(v) > MaxList {
			return false
		}
		for _, text := range v {
			if len(text) > MaxText {
				return false
			}
		}
		return true
	}
	return false
}

func failureOf(err error) Failure {
	var cancelled interpreter.EvalCancelledError
	if errors.As(err, &cancelled) && cancelled.Cause == interpreter.CostLimitExceeded {
		return FailedCost
	}
	switch text := err.Error(); {
	case strings.Contains(text, "overflow"):
		return FailedOverflow
	case strings.Contains(text, "by zero"):
		return FailedDivision
	}
	return FailedOther
}
