package expr

import (
	"slices"
	"strings"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/ast"
	"github.com/google/cel-go/common/operators"
	"github.com/google/cel-go/common/types"
)

// checkShape walks the syntax tree before anything costlier looks at it: it stops at the first node too many or too deep, and
// at the first that is not in the language.
func checkShape(tree *ast.AST) error {
	nodes := 0
	var visit func(e ast.Expr, depth int) error
	visit = func(e ast.Expr, depth int) error {
		at := tree.SourceInfo().GetStartLocation(e.ID())
		nodes++
		switch {
		case nodes > MaxNodes:
			return wrongAt(at, "more than %d parts: split the contract", MaxNodes)
		case depth > MaxDepth:
			return wrongAt(at, "nested deeper than %d: simplify it", MaxDepth)
		}
		if what := foreign(e); what != "" {
			return wrongAt(at, "%s: this is not in the language of contracts", what)
		}
		for _, child := range children(e) {
			if err := visit(child, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return visit(tree.Expr(), 1)
}

// foreign names what is not in the language; empty for what is.
func foreign(e ast.Expr) string {
	switch e.Kind() {
	case ast.IdentKind:
		return ""
	case ast.LiteralKind:
		switch e.AsLiteral().(type) {
		case types.Bool, types.Int, types.String:
			return ""
		}
		return "a literal of type " + e.AsLiteral().Type().TypeName()
	case ast.SelectKind:
		if e.AsSelect().IsTestOnly() {
			return "has()"
		}
		return ""
	case ast.ListKind:
		if len(e.AsList().OptionalIndices()) != 0 {
			return "an optional element"
		}
		return ""
	case ast.CallKind:
		if name := e.AsCall().FunctionName(); !isFunction(name) {
			return "function " + name
		}
		return ""
	case ast.MapKind:
		return "a map"
	case ast.StructKind:
		return "a message"
	case ast.ComprehensionKind:
		return "a loop"
	}
	return "an empty expression"
}

func children(e ast.Expr) []ast.Expr {
	switch e.Kind() {
	case ast.SelectKind:
		return []ast.Expr{e.AsSelect().Operand()}
	case ast.ListKind:
		return e.AsList().Elements()
	case ast.CallKind:
		call := e.AsCall()
		if call.IsMemberFunction() {
			return append([]ast.Expr{call.Target()}, call.Args()...)
		}
		return call.Args()
	}
	return nil
}

// checkMeaning walks the checked tree: every type is one of the language's, every name an input, and a text is only compared
// with values that it can have, since a misspelt one would make a condition that never holds. It returns the inputs named.
func (l *Language) checkMeaning(tree *ast.AST) ([]Input, error) {
	var named []Input
	var visit func(ast.Expr) error
	visit = func(e ast.Expr) error {
		at := tree.SourceInfo().GetStartLocation(e.ID())
		if of := tree.GetType(e.ID()); !inLanguage(of) {
			return wrongAt(at, "type %s: this is not in the language of contracts", of)
		}
		switch e.Kind() {
		case ast.IdentKind:
			input, known := l.input(e.AsIdent())
			if !known {
				return wrongAt(at, "%s is no input", e.AsIdent())
			}
			if place, found := slices.BinarySearchFunc(named, input, byName); !found {
				named = slices.Insert(named, place, input)
			}
		case ast.CallKind:
			if stray := l.strayValue(e.AsCall()); stray != nil {
				return wrongAt(tree.SourceInfo().GetStartLocation(stray.at), "%q is no value of %s: it is one of %s",
					stray.value, stray.input.Name, strings.Join(stray.input.Values, ", "))
			}
		case ast.SelectKind: // the checker made names of all that are inputs
			return wrongAt(at, "a field of a value: this is not in the language of contracts")
		}
		for _, child := range children(e) {
			if err := visit(child); err != nil {
				return err
			}
		}
		return nil
	}
	return named, visit(tree.Expr())
}

func inLanguage(t *cel.Type) bool {
	switch t.Kind() {
	case cel.BoolKind, cel.IntKind, cel.StringKind:
		return true
	case cel.ListKind:
		element := t.Parameters()[0].Kind()
		return element == cel.BoolKind || element == cel.IntKind || element == cel.StringKind
	}
	return false
}

// stray is a value that an input can never have.
type stray struct {
	input Input
	value string
	at    int64
}

// strayValue looks for one in a comparison of an input with literals.
func (l *Language) strayValue(call ast.CallExpr) *stray {
	switch call.FunctionName() {
	case operators.Equals, operators.NotEquals, operators.In:
	default:
		return nil
	}
	for i, side := range call.Args() {
		if side.Kind() != ast.IdentKind {
			continue
		}
		input, known := l.input(side.AsIdent())
		if !known || len(input.Values) == 0 {
			continue
		}
		other := call.Args()[1-i]
		literals := []ast.Expr{other}
		if other.Kind() == ast.ListKind {
			literals = other.AsList().Elements()
		}
		for _, literal := range literals {
			if literal.Kind() != ast.LiteralKind {
				continue
			}
			if value, isText := literal.AsLiteral().(types.String); isText && !slices.Contains(input.Values, string(value)) {
				return &stray{input: input, value: string(value), at: literal.ID()}
			}
		}
	}
	return nil
}
