package main

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/types/typeutil"
)

// Directive before or beside a line accepts what is found there. It must give a reason and must be needed:
//
//	//determinism:ok the keys are sorted below
const Directive = "//determinism:ok"

const doc = `report what could make two validators compute different states

Every validator executes the same transactions and must reach the same bytes. Reported are: ranging over a map and its
kin, clocks and time zones, randomness, floating point, goroutines and select, and the process environment.
Left out are tests, generated code, and packages that no block executes: simulation, testutil and client.`

// Analyzer is the check.
var Analyzer = &analysis.Analyzer{Name: "determinism", Doc: doc, Run: run}

// offChain are path elements of packages that no block executes.
var offChain = []string{"simulation", "testutil", "client"}

// forbiddenImports are packages whose every use is a finding.
var forbiddenImports = map[string]string{
	"math/rand":    "randomness differs between validators",
	"math/rand/v2": "randomness differs between validators",
	"crypto/rand":  "randomness differs between validators",
}

// forbiddenFuncs are functions, methods and variables by full name as in the types package.
var forbiddenFuncs = map[string]string{
	"time.Now":                 "clocks differ between validators: use the block's time",
	"time.Since":               "clocks differ between validators: use the block's time",
	"time.Until":               "clocks differ between validators: use the block's time",
	"time.After":               "timers differ between validators",
	"time.AfterFunc":           "timers differ between validators",
	"time.Tick":                "timers differ between validators",
	"time.NewTimer":            "timers differ between validators",
	"time.NewTicker":           "timers differ between validators",
	"time.Sleep":               "the state machine does not wait",
	"time.Local":               "time zones differ between validators: use UTC",
	"time.LoadLocation":        "time zone data differ between validators: use UTC",
	"(time.Time).Local":        "time zones differ between validators: use UTC",
	"os.Getenv":                "the environment differs between validators",
	"os.LookupEnv":             "the environment differs between validators",
	"os.Environ":               "the environment differs between validators",
	"os.ExpandEnv":             "the environment differs between validators",
	"os.Hostname":              "the environment differs between validators",
	"(*sync.WaitGroup).Go":     "goroutines end in any order",
	"(*sync.Map).Range":        "the order of a map is random: collect and sort the keys",
	"(reflect.Value).MapKeys":  "the order of a map is random: collect and sort the keys",
	"(reflect.Value).MapRange": "the order of a map is random: collect and sort the keys",
}

// mapIterators give a map's entries in random order, unless what takes them sorts.
var mapIterators = []string{
	"maps.Keys", "maps.Values", "maps.All", "golang.org/x/exp/maps.Keys", "golang.org/x/exp/maps.Values",
}

var sorters = []string{"slices.Sorted", "slices.SortedFunc", "slices.SortedStableFunc"}

func run(pass *analysis.Pass) (any, error) {
	for _, element := range strings.Split(pass.Pkg.Path(), "/") {
		if slices.Contains(offChain, element) {
			return nil, nil
		}
	}
	for _, file := range pass.Files {
		name := pass.Fset.File(file.FileStart).Name()
		if strings.HasSuffix(name, "_test.go") || ast.IsGenerated(file) {
			continue
		}
		c, err := newChecker(pass, file, name)
		if err != nil {
			return nil, err
		}
		c.check()
	}
	return nil, nil
}

type acceptance struct {
	pos         token.Pos
	first, last int // lines that it speaks for
	reason      string
	used        bool
}

type checker struct {
	pass     *analysis.Pass
	file     *ast.File
	accepted []*acceptance
	seen     map[string]bool // one finding of a kind per line
	sorted   map[*ast.CallExpr]bool
}

func newChecker(pass *analysis.Pass, file *ast.File, name string) (*checker, error) {
	c := &checker{pass: pass, file: file, seen: map[string]bool{}, sorted: map[*ast.CallExpr]bool{}}
	src, err := pass.ReadFile(name)
	if err != nil {
		return nil, err
	}
	lines := strings.Split(string(src), "\n")
	for _, group := range file.Comments {
		for _, comment := range group.List {
			rest, ok := strings.CutPrefix(comment.Text, Directive)
			if !ok || rest != "" && rest[0] != ' ' {
				continue
			}
			at := pass.Fset.PositionFor(comment.Pos(), false)
			a := &acceptance{pos: comment.Pos(), first: at.Line, last: at.Line, reason: strings.TrimSpace(rest)}
			if strings.TrimSpace(lines[at.Line-1][:at.Column-1]) == "" { // alone on its line: speaks for the next
				a.last = pass.Fset.PositionFor(group.End(), false).Line + 1
			}
			c.accepted = append(c.accepted, a)
		}
	}
	return c, nil
}

func (c *checker) report(pos token.Pos, kind, why string) {
	line := c.pass.Fset.PositionFor(pos, false).Line
	for _, a := range c.accepted {
		if a.reason != "" && a.first <= line && line <= a.last {
			a.used = true
			return
		}
	}
	key := kind + ":" + strconv.Itoa(line)
	if c.seen[key] {
		return
	}
	c.seen[key] = true
	c.pass.Reportf(pos, "%s: %s", kind, why)
}

func (c *checker) check() {
	for _, spec := range c.file.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			if why, ok := forbiddenImports[p]; ok {
				c.report(spec.Pos(), "import of "+p, why)
			}
		}
	}
	ast.Inspect(c.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.GoStmt:
			c.report(n.Pos(), "goroutine", "the order in which goroutines run differs between validators")
		case *ast.SelectStmt:
			c.report(n.Pos(), "select", "the case that is chosen differs between validators")
		case *ast.RangeStmt:
			if t := c.pass.TypesInfo.TypeOf(n.X); t != nil && isMap(t) {
				c.report(n.Pos(), "range over a map", "its order is random: collect and sort the keys")
			}
		case *ast.CallExpr:
			c.call(n)
		case *ast.Ident:
			c.use(n)
		}
		if e, ok := n.(ast.Expr); ok && c.isFloat(e) {
			c.report(e.Pos(), "floating point", "results differ between processors and compilers: use cosmossdk.io/math")
		}
		return true
	})
	for _, a := range c.accepted {
		switch {
		case a.reason == "":
			c.pass.Reportf(a.pos, "%s without a reason", Directive)
		case !a.used:
			c.pass.Reportf(a.pos, "%s accepts nothing here: remove it", Directive)
		}
	}
}

func (c *checker) call(call *ast.CallExpr) {
	fn := fullName(typeutil.Callee(c.pass.TypesInfo, call))
	if slices.Contains(sorters, fn) && len(call.Args) > 0 {
		if inner, ok := ast.Unparen(call.Args[0]).(*ast.CallExpr); ok {
			c.sorted[inner] = true // Inspect visits the outer call first
		}
	}
	if slices.Contains(mapIterators, fn) && !c.sorted[call] {
		c.report(call.Pos(), fn, "the order of a map is random: use slices.Sorted(maps.Keys(m))")
	}
}

func (c *checker) use(id *ast.Ident) {
	name := fullName(c.pass.TypesInfo.Uses[id])
	if why, ok := forbiddenFuncs[name]; ok {
		c.report(id.Pos(), name, why)
	}
}

func fullName(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Func:
		return obj.Origin().FullName()
	case *types.Var:
		if obj.Pkg() != nil && obj.Parent() == obj.Pkg().Scope() {
			return obj.Pkg().Path() + "." + obj.Name()
		}
	}
	return ""
}

// isMap also holds for a type parameter that a map may be put in for.
func isMap(t types.Type) bool {
	if param, ok := types.Unalias(t).(*types.TypeParam); ok {
		constraint, ok := param.Constraint().Underlying().(*types.Interface)
		if !ok {
			return false
		}
		for i := range constraint.NumEmbeddeds() {
			switch e := constraint.EmbeddedType(i).(type) {
			case *types.Union:
				for j := range e.Len() {
					if isMap(e.Term(j).Type()) {
						return true
					}
				}
			default:
				if isMap(e) {
					return true
				}
			}
		}
		return false
	}
	_, ok := t.Underlying().(*types.Map)
	return ok
}

// isFloat holds for typed values and for the types themselves. Untyped constants are exact and known to the compiler.
func (c *checker) isFloat(e ast.Expr) bool {
	tv, ok := c.pass.TypesInfo.Types[e]
	if !ok || tv.Type == nil {
		return false
	}
	basic, ok := tv.Type.Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsUntyped == 0 && basic.Info()&(types.IsFloat|types.IsComplex) != 0
}
