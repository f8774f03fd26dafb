package expr

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/checker"
	"github.com/google/cel-go/common"
)

// maxMessage of an error: the parser quotes its input.
const maxMessage = 200

// Error says what is wrong with a source, and where.
type Error struct {
	Line, Column int // from 1; 0 when it is about the whole
	Message      string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d, column %d: %s", e.Line, e.Column, e.Message)
}

func wrong(format string, a ...any) *Error { return &Error{Message: fmt.Sprintf(format, a...)} }

func wrongAt(at common.Location, format string, a ...any) *Error {
	message := fmt.Sprintf(format, a...)
	if len(message) > maxMessage {
		message = message[:maxMessage] + "..."
	}
	if at.Line() < 1 || at.Column() < 0 {
		return &Error{Message: message}
	}
	return &Error{Line: at.Line(), Column: at.Column() + 1, Message: message}
}

// Program is a compiled expression. It is safe for use by several goroutines and never changes.
type Program struct {
	eval   cel.Program
	inputs []Input // that it names
	cost   uint64  // worst case
	limit  uint64
}

// Inputs are the names of the inputs that it reads, ascending.
func (p *Program) Inputs() []string {
	names := make([]string, len(p.inputs))
	for i, input := range p.inputs {
		names[i] = input.Name
	}
	return names
}

// Cost is the most that a run can cost, in CEL cost units.
func (p *Program) Cost() uint64 { return p.cost }

// Compile checks the source, in this order: size and alphabet, syntax, shape (what is in the language, nodes, depth), types,
// values, and that its worst case is within the limit. The result must be a truth value.
func (l *Language) Compile(source string, limit uint64) (program *Program, err error) {
	defer func() {
		if cause := recover(); cause != nil { // of the library: the last line of defence
			program, err = nil, wrong("the compiler gave up on it")
		}
	}()
	if err := checkText(source); err != nil {
		return nil, err
	}
	parsed, issues := l.env.Parse(source)
	if err := firstIssue(issues); err != nil {
		return nil, err
	}
	if err := checkShape(parsed.NativeRep()); err != nil {
		return nil, err
	}
	checked, issues := l.env.Check(parsed)
	if err := firstIssue(issues); err != nil {
		return nil, err
	}
	if checked.OutputType().Kind() != cel.BoolKind {
		return nil, wrong("it is of type %s: write a condition, which is true or false", checked.OutputType())
	}
	program = &Program{limit: limit}
	if program.inputs, err = l.checkMeaning(checked.NativeRep()); err != nil {
		return nil, err
	}
	return program, l.plan(program, checked)
}

// plan estimates the worst case and makes it runnable.
func (l *Language) plan(program *Program, checked *cel.Ast) error {
	estimate, err := l.env.EstimateCost(checked, sizes{})
	if err != nil {
		return wrong("its cost cannot be estimated: %s", err)
	}
	program.cost = estimate.Max
	if program.cost > program.limit {
		return wrong("it may cost %d units and the limit is %d: raise the limit or simplify it", program.cost, program.limit)
	}
	program.eval, err = l.env.Program(checked, cel.EvalOptions(cel.OptTrackCost), cel.CostLimit(program.limit))
	if err != nil {
		return wrong("it cannot be planned: %s", err)
	}
	return nil
}

// checkText lets ASCII through, so that what the members read is what runs: no look-alikes, no text that runs backwards.
func checkText(source string) error {
	if len(source) == 0 || len(source) > MaxSource {
		return wrong("%d bytes: write 1 to %d", len(source), MaxSource)
	}
	line, column := 1, 1
	for i := range len(source) {
		switch char := source[i]; {
		case char == '\n':
			line, column = line+1, 0
		case char != '\t' && (char < ' ' || char > '~'):
			return &Error{Line: line, Column: column, Message: fmt.Sprintf("byte %#x: write printable ASCII, tabs and line feeds", char)}
		}
		column++
	}
	return nil
}

// firstIssue in the order of the source: the others often follow from it.
func firstIssue(issues *cel.Issues) error {
	if issues == nil || issues.Err() == nil {
		return nil
	}
	list := slices.Clone(issues.Errors())
	slices.SortStableFunc(list, func(a, b *common.Error) int {
		if a.Location.Line() != b.Location.Line() {
			return a.Location.Line() - b.Location.Line()
		}
		return a.Location.Column() - b.Location.Column()
	})
	message := strings.TrimSuffix(list[0].Message, " (in container '')")
	return wrongAt(list[0].Location, "%s", message)
}

// sizes of inputs for the estimate: the largest that a run lets in.
type sizes struct{}

// EstimateSize implements checker.CostEstimator.
func (sizes) EstimateSize(node checker.AstNode) *checker.SizeEstimate {
	switch node.Type().Kind() {
	case cel.StringKind:
		return &checker.SizeEstimate{Max: MaxText}
	case cel.ListKind:
		return &checker.SizeEstimate{Max: MaxList}
	}
	return nil
}

// EstimateCallCost implements checker.CostEstimator: CEL's own figures hold.
func (sizes) EstimateCallCost(string, string, *checker.AstNode, []checker.AstNode) *checker.CallEstimate {
	return nil
}
