package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"

	errorsmod "cosmossdk.io/errors"

	"github.com/creditd/creditd/api"
)

// registrars are the functions of cosmossdk.io/errors that register an error.
var registrars = []string{"Register", "RegisterWithGRPCCode"}

const errorsPackage = "cosmossdk.io/errors"

// goPackage is what `go list` says of a package.
type goPackage struct {
	ImportPath, Dir string
	GoFiles         []string
	Standard        bool
	Imports         []string
}

// findErrors that the packages of the node register, by codespace and code. A name is that of the variable.
func findErrors() ([]api.RegisteredError, error) {
	packages, err := linked()
	if err != nil {
		return nil, err
	}
	constants := map[string]map[string]string{} // of strings, by package
	var found []api.RegisteredError
	for _, p := range packages {
		if p.Standard || (p.ImportPath != errorsPackage && !slices.Contains(p.Imports, errorsPackage)) {
			continue
		}
		in, err := scan(p, packages, constants)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.ImportPath, err)
		}
		found = append(found, in...)
	}
	// The same error may be registered by a package and by its successor: whoever registered last is what the node has.
	byCode := map[string]api.RegisteredError{}
	for _, e := range found {
		var root *errorsmod.Error
		if !errors.As(errorsmod.ABCIError(e.Codespace, e.Code, ""), &root) || root.Error() != e.Description {
			continue
		}
		byCode[fmt.Sprintf("%s %08d", e.Codespace, e.Code)] = e
	}
	list := make([]api.RegisteredError, 0, len(byCode))
	for _, code := range slices.Sorted(maps.Keys(byCode)) {
		list = append(list, byCode[code])
	}
	return list, nil
}

// linked packages of the node, by import path.
func linked() (map[string]goPackage, error) {
	cmd := exec.Command("go", "list", "-deps", "-tags", "libsecp256k1_sdk,pebbledb", "-json=ImportPath,Dir,GoFiles,Standard,Imports", "./cmd/creditd")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, stderr.String())
	}
	packages := map[string]goPackage{}
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages, nil
		} else if err != nil {
			return nil, err
		}
		packages[p.ImportPath] = p
	}
}

// scan a package for variables that hold a newly registered error.
func scan(p goPackage, packages map[string]goPackage, constants map[string]map[string]string) ([]api.RegisteredError, error) {
	var found []api.RegisteredError
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, 0)
		if err != nil {
			return nil, err
		}
		imports := importsOf(file)
		for _, declaration := range file.Decls {
			vars, ok := declaration.(*ast.GenDecl)
			if !ok || vars.Tok != token.VAR {
				continue
			}
			for _, spec := range vars.Specs {
				value, ok := spec.(*ast.ValueSpec)
				if !ok || len(value.Names) != len(value.Values) {
					continue
				}
				for i, call := range value.Values {
					if e, ok := registration(call, value.Names[i].Name, p.ImportPath, imports, func(pkg, constant string) string {
						return constantOf(pkg, constant, packages, constants)
					}); ok {
						found = append(found, e)
					}
				}
			}
		}
	}
	return found, nil
}

func registration(
	expr ast.Expr, variable, pkg string, imports map[string]string, constant func(pkg, name string) string,
) (api.RegisteredError, bool) {
	call, ok := expr.(*ast.CallExpr)
	if !ok || len(call.Args) < 3 {
		return api.RegisteredError{}, false
	}
	switch function := call.Fun.(type) {
	case *ast.SelectorExpr:
		of, ok := function.X.(*ast.Ident)
		if !ok || imports[of.Name] != errorsPackage || !slices.Contains(registrars, function.Sel.Name) {
			return api.RegisteredError{}, false
		}
	case *ast.Ident:
		if pkg != errorsPackage || !slices.Contains(registrars, function.Name) {
			return api.RegisteredError{}, false
		}
	default:
		return api.RegisteredError{}, false
	}
	code, ok := call.Args[1].(*ast.BasicLit)
	if !ok {
		return api.RegisteredError{}, false
	}
	number, err := strconv.ParseUint(code.Value, 0, 32)
	if err != nil {
		return api.RegisteredError{}, false
	}
	text := func(e ast.Expr) string {
		switch e := e.(type) {
		case *ast.BasicLit:
			s, _ := strconv.Unquote(e.Value)
			return s
		case *ast.Ident:
			return constant(pkg, e.Name)
		case *ast.SelectorExpr:
			if of, ok := e.X.(*ast.Ident); ok {
				return constant(imports[of.Name], e.Sel.Name)
			}
		}
		return ""
	}
	return api.RegisteredError{
		Codespace: text(call.Args[0]), Code: uint32(number), Name: snake(variable), Description: text(call.Args[len(call.Args)-1]),
	}, true
}

func importsOf(file *ast.File) map[string]string {
	imports := map[string]string{}
	for _, spec := range file.Imports {
		path, _ := strconv.Unquote(spec.Path.Value)
		name := path[strings.LastIndex(path, "/")+1:]
		if spec.Name != nil {
			name = spec.Name.Name
		}
		imports[name] = path
	}
	return imports
}

// constantOf a package that is a string.
func constantOf(pkg, name string, packages map[string]goPackage, known map[string]map[string]string) string {
	if _, ok := known[pkg]; !ok {
		known[pkg] = map[string]string{}
		for _, file := range packages[pkg].GoFiles {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(packages[pkg].Dir, file), nil, 0)
			if err != nil {
				continue // it would not have been linked
			}
			for _, declaration := range parsed.Decls {
				collect(declaration, known[pkg])
			}
		}
	}
	return known[pkg][name]
}

func collect(declaration ast.Decl, into map[string]string) {
	constants, ok := declaration.(*ast.GenDecl)
	if !ok || constants.Tok != token.CONST {
		return
	}
	for _, spec := range constants.Specs {
		value, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i := range min(len(value.Names), len(value.Values)) {
			if literal, ok := value.Values[i].(*ast.BasicLit); ok && literal.Kind == token.STRING {
				into[value.Names[i].Name], _ = strconv.Unquote(literal.Value)
			}
		}
	}
}

// snake turns ErrUnknownSubject into UNKNOWN_SUBJECT, as google.rpc.ErrorInfo wants a reason.
func snake(variable string) string {
	name := strings.TrimPrefix(strings.TrimPrefix(strings.TrimPrefix(variable, "ErrorInvalid"), "Error"), "Err")
	if strings.HasPrefix(variable, "ErrorInvalid") {
		name = "Invalid" + name
	}
	name = strings.TrimPrefix(name, "err")
	runes := []rune(name)
	var out strings.Builder
	for i, r := range runes {
		after := i+1 < len(runes) && unicode.IsLower(runes[i+1])
		if i > 0 && unicode.IsUpper(r) && (unicode.IsLower(runes[i-1]) || after) {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToUpper(r))
	}
	return out.String()
}
