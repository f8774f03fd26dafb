// Package expr is the language of data contracts: a subset of CEL (https://cel.dev) in which every expression is a truth value
// over declared inputs, ends, costs little that is known before it runs, and gives the same result on every machine. It knows
// nothing of credit, of the chain or of its state.
//
// What is left of CEL: bool, int (64 bits), string and lists of these; the operators && || ! == != < <= > >= + - * / % ?: in;
// size of a list. There are no macros, hence no loops; no floating point, dyn, maps, messages, bytes, regular expressions or
// conversions; no time, which comes in as days and seconds of the block's.
package expr

import (
	"fmt"
	"slices"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/env"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/overloads"
)

// Bounds of an expression, checked before it is type-checked, and of what an input may hold.
const (
	MaxSource = 2048 // bytes
	MaxNodes  = 512  // of the syntax tree
	MaxDepth  = 48   // of the syntax tree, and of the parser's recursion
	MaxText   = 64   // bytes of a text in an input
	MaxList   = 16   // elements of a list in an input
)

// Kind of an input.
type Kind int

// The kinds of inputs.
const (
	Bool Kind = iota + 1
	Int
	Text
	TextList
)

var celTypes = map[Kind]*cel.Type{
	Bool: cel.BoolType, Int: cel.IntType, Text: cel.StringType, TextList: cel.ListType(cel.StringType),
}

// Input declares one input: a name with dots in it, and for texts the only values that it can have (none named: any).
type Input struct {
	Name   string
	Kind   Kind
	Values []string
}

// functions of the language, by CEL's name, with the overloads that are in it; none named: they take any type that is.
var functions = []struct {
	name      string
	overloads []string
}{
	{operators.LogicalAnd, nil},
	{operators.LogicalOr, nil},
	{operators.LogicalNot, nil},
	{operators.Conditional, nil},
	{operators.Equals, nil},
	{operators.NotEquals, nil},
	{operators.Less, []string{overloads.LessInt64}},
	{operators.LessEquals, []string{overloads.LessEqualsInt64}},
	{operators.Greater, []string{overloads.GreaterInt64}},
	{operators.GreaterEquals, []string{overloads.GreaterEqualsInt64}},
	{operators.Add, []string{overloads.AddInt64}},
	{operators.Subtract, []string{overloads.SubtractInt64}},
	{operators.Multiply, []string{overloads.MultiplyInt64}},
	{operators.Divide, []string{overloads.DivideInt64}},
	{operators.Modulo, []string{overloads.ModuloInt64}},
	{operators.Negate, []string{overloads.NegateInt64}},
	{operators.In, []string{overloads.InList}},
	{overloads.Size, []string{overloads.SizeList, overloads.SizeListInst}},
}

func isFunction(name string) bool {
	for _, function := range functions {
		if function.name == name {
			return true
		}
	}
	return false
}

// Language is CEL's subset over a set of inputs.
type Language struct {
	env    *cel.Env
	inputs []Input // by name, ascending
}

// NewLanguage of these inputs.
func NewLanguage(inputs ...Input) (*Language, error) {
	subset := env.NewLibrarySubset().SetDisableMacros(true)
	for _, function := range functions {
		included := env.NewFunction(function.name)
		for _, id := range function.overloads {
			included.Overloads = append(included.Overloads, env.NewOverload(id, nil, nil))
		}
		subset.AddIncludedFunctions(included)
	}
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(subset)),
		cel.ParserExpressionSizeLimit(MaxSource),
		cel.ParserRecursionLimit(MaxDepth),
	}
	l := &Language{inputs: slices.Clone(inputs)}
	slices.SortFunc(l.inputs, byName)
	for i, input := range l.inputs {
		if i > 0 && input.Name == l.inputs[i-1].Name {
			return nil, fmt.Errorf("input %s is declared twice", input.Name)
		}
		celType, known := celTypes[input.Kind]
		if !known || len(input.Values) > MaxList*MaxList {
			return nil, fmt.Errorf("input %s: kind %d with %d values", input.Name, input.Kind, len(input.Values))
		}
		options = append(options, cel.Variable(input.Name, celType))
	}
	var err error
	l.env, err = cel.NewCustomEnv(options...)
	return l, err
}

// Inputs of the language, by name.
func (l *Language) Inputs() []Input { return slices.Clone(l.inputs) }

// input of that name.
func (l *Language) input(name string) (Input, bool) {
	i, found := slices.BinarySearchFunc(l.inputs, Input{Name: name}, byName)
	if !found {
		return Input{}, false
	}
	return l.inputs[i], true
}

func byName(a, b Input) int {
	switch {
	case a.Name < b.Name:
		return -1
	case a.Name > b.Name:
		return 1
	}
	return 0
}
