package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"

	"github.com/creditd/creditd/app"
)

const generated = "\nMade by `make docs` from the source; do not edit.\n"

// ours is the prefix of packages that the reference describes: those of the SDK have their own.
const ours = "creditd."

// writeReference writes docs/reference: a page for each module's messages, one for parameters, one for the command line.
func writeReference(files *protoregistry.Files, out string) error {
	pages := map[string][]byte{"cli.md": commandPage()}
	parameters, err := parameterPage(files)
	if err != nil {
		return err
	}
	pages["parameters.md"] = parameters
	var index bytes.Buffer
	index.WriteString("# Reference\n" + generated + `
| what | page |
|---|---|
| commands, their flags and examples | [cli.md](cli.md) |
| parameters, their defaults and meaning | [parameters.md](parameters.md) |
| error codes | [errors](../api/errors.md) |
| REST routes | [OpenAPI 3.1](../../api/spec/openapi.json), served by every node at ` + "`/docs/`" + ` |
`)
	packages := packagesOf(files)
	for _, name := range packages {
		file := "proto-" + strings.Split(string(name), ".")[1] + ".md"
		pages[file] = protoPage(files, name)
		fmt.Fprintf(&index, "| messages, queries, events and types of `%s` | [%s](%s) |\n", name, file, file)
	}
	pages["README.md"] = index.Bytes()
	for file, page := range pages {
		if err := os.WriteFile(filepath.Join(out, file), page, 0o644); err != nil { //nolint:gosec // to be committed
			return err
		}
	}
	return nil
}

func packagesOf(files *protoregistry.Files) []protoreflect.FullName {
	var names []protoreflect.FullName
	files.RangeFiles(func(f protoreflect.FileDescriptor) bool {
		if strings.HasPrefix(string(f.Package()), ours) && strings.Count(string(f.Package()), ".") == 2 && !slices.Contains(names, f.Package()) {
			names = append(names, f.Package())
		}
		return true
	})
	slices.Sort(names)
	return names
}

// protoPage of a package: services first, then events, then all other types, each file's in the order of its text.
func protoPage(files *protoregistry.Files, name protoreflect.FullName) []byte {
	var found []protoreflect.FileDescriptor
	files.RangeFilesByPackage(name, func(f protoreflect.FileDescriptor) bool {
		found = append(found, f)
		return true
	})
	slices.SortFunc(found, func(a, b protoreflect.FileDescriptor) int { return strings.Compare(a.Path(), b.Path()) })
	var out bytes.Buffer
	fmt.Fprintf(&out, "# %s\n%s", name, generated)
	for _, f := range found {
		for i := range f.Services().Len() {
			serviceTable(&out, f.Services().Get(i))
		}
	}
	for _, part := range []struct {
		title string
		has   func(protoreflect.MessageDescriptor) bool
	}{{"Messages", isRequest}, {"Events", isEvent}, {"Types", func(m protoreflect.MessageDescriptor) bool { return !isRequest(m) && !isEvent(m) }}} {
		var text bytes.Buffer
		for _, f := range found {
			for i := range f.Messages().Len() {
				if m := f.Messages().Get(i); part.has(m) {
					messageTable(&text, m)
				}
			}
			for i := range f.Enums().Len() {
				if part.title == "Types" {
					enumTable(&text, f.Enums().Get(i))
				}
			}
		}
		if text.Len() > 0 {
			fmt.Fprintf(&out, "\n## %s\n%s", part.title, text.String())
		}
	}
	return out.Bytes()
}

func isEvent(m protoreflect.MessageDescriptor) bool {
	return strings.HasPrefix(string(m.Name()), "Event")
}

// isRequest or answer of a service.
func isRequest(m protoreflect.MessageDescriptor) bool {
	return strings.HasPrefix(string(m.Name()), "Msg") || strings.HasPrefix(string(m.Name()), "Query")
}

func serviceTable(out *bytes.Buffer, s protoreflect.ServiceDescriptor) {
	fmt.Fprintf(out, "\n## Service %s\n%s\n| method | does | REST |\n|---|---|---|\n", s.Name(), paragraph(textOf(s)))
	for i := range s.Methods().Len() {
		m := s.Methods().Get(i)
		route := ""
		if rule, err := httpRule(m); err == nil && rule != nil {
			verb, template := verbOf(rule)
			path, _ := pathOf(template)
			route = "`" + strings.ToUpper(verb) + " " + path + "`"
		}
		fmt.Fprintf(out, "| `%s` | %s | %s |\n", m.Name(), cell(textOf(m)), route)
	}
}

func messageTable(out *bytes.Buffer, m protoreflect.MessageDescriptor) {
	if m.IsMapEntry() || m.Fields().Len() == 0 && textOf(m) == "" {
		return
	}
	fmt.Fprintf(out, "\n### %s\n%s", m.Name(), paragraph(textOf(m)))
	if m.Fields().Len() > 0 {
		out.WriteString("\n| field | type | |\n|---|---|---|\n")
	}
	for i := range m.Fields().Len() {
		f := m.Fields().Get(i)
		fmt.Fprintf(out, "| %d `%s` | %s | %s |\n", f.Number(), f.Name(), kindOf(f), cell(textOf(f)))
	}
	for i := range m.Messages().Len() {
		messageTable(out, m.Messages().Get(i))
	}
	for i := range m.Enums().Len() {
		enumTable(out, m.Enums().Get(i))
	}
}

func enumTable(out *bytes.Buffer, e protoreflect.EnumDescriptor) {
	fmt.Fprintf(out, "\n### %s\n%s\n| number | value | |\n|---|---|---|\n", e.Name(), paragraph(textOf(e)))
	for i := range e.Values().Len() {
		v := e.Values().Get(i)
		fmt.Fprintf(out, "| %d | `%s` | %s |\n", v.Number(), v.Name(), cell(textOf(v)))
	}
}

func kindOf(f protoreflect.FieldDescriptor) string {
	name := f.Kind().String()
	switch {
	case f.IsMap():
		return "map of " + f.MapKey().Kind().String() + " to " + kindOf(f.MapValue())
	case f.Message() != nil:
		name = string(f.Message().Name())
	case f.Enum() != nil:
		name = string(f.Enum().Name())
	}
	if f.IsList() {
		return "list of " + name
	}
	return name
}

func paragraph(text string) string {
	if text == "" {
		return ""
	}
	return text + "\n"
}

// parameterPage shows what a chain has that was founded without saying otherwise.
func parameterPage(files *protoregistry.Files) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString("# Parameters\n" + generated + `
What a chain has that was founded without saying otherwise. The members change them by vote (` + "`creditd tx MODULE update-params`" + `);
` + "`creditd query MODULE params`" + ` shows what is in force. Profiles, the rules of a jurisdiction, are in [profiles.md](../profiles.md).
`)
	genesis := app.Basics.DefaultGenesis(app.NewEncodingConfig().Codec)
	for _, name := range packagesOf(files) {
		module := strings.Split(string(name), ".")[1]
		found, _ := files.FindDescriptorByName(name + ".Params")
		params, ok := found.(protoreflect.MessageDescriptor)
		if !ok || genesis[module] == nil {
			continue // a module without parameters, or no module
		}
		var state struct {
			Params map[string]json.RawMessage `json:"params"`
		}
		if err := json.Unmarshal(genesis[module], &state); err != nil {
			return nil, fmt.Errorf("genesis of %s: %w", module, err)
		}
		fmt.Fprintf(&out, "\n## %s\n%s\n| parameter | default | meaning |\n|---|---|---|\n", module, paragraph(textOf(params)))
		fields := params.Fields()
		for i := range fields.Len() {
			f := fields.Get(i)
			fmt.Fprintf(&out, "| `%s` | %s | %s |\n", f.Name(), valueCell(state.Params[string(f.Name())]), cell(textOf(f)))
		}
	}
	return out.Bytes(), nil
}

// longValue is longer than a table takes.
const longValue = 120

func valueCell(raw json.RawMessage) string {
	text := strings.Trim(string(raw), `"`)
	if len(text) > longValue {
		return "several: `creditd query` shows them"
	}
	return "`" + text + "`"
}
