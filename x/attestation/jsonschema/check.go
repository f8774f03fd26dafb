// Package jsonschema says what a JSON Schema may be that the chain keeps beside a schema's fields, and checks payloads
// against it off the chain. It imports nothing of the Cosmos SDK.
package jsonschema

import (
	"fmt"
	"slices"
	"strings"

	"github.com/creditd/creditd/x/attestation/commitment"
)

// Dialect is the URI of JSON Schema 2020-12, the only one.
const Dialect = "https://json-schema.org/draft/2020-12/schema"

const (
	maxText = 256 // bytes of a title or description
	maxCost = 4096
)

// Check returns the first reason why the text is not a JSON Schema for a payload of those fields. It is what consensus
// asks, so it is written out here, without a library: which texts are accepted must never change with a dependency.
// Its rules are a profile of JSON Schema 2020-12, narrow enough that every implementation reads them alike, and every
// text that it accepts compiles with the library behind Compile (a fuzz target says so).
//
//   - The text is strict JSON (see parse): at most 16 KiB, 16 deep, 4096 values, no name twice, integers to 2^53-1.
//   - At the root: $schema is the 2020-12 URI; type is object; properties are exactly the fields, each with the type
//     of its kind (string, date and code are strings, integer and amount integers, boolean boolean);
//     additionalProperties is false.
//   - Only keywords of the list in keyword: those for flat objects of strings, integers and booleans. What would name,
//     load or extend a schema ($id, $anchor, $dynamicRef, $vocabulary, ...) is refused like any other word.
//   - $ref is "#/$defs/NAME", never in a circle, and with every reference written out there are at most 4096
//     subschemas: a validator's work is bounded too.
//   - pattern is of the regular expressions that all engines agree on (see checkPattern).
func Check(text string, fields []commitment.Field) error {
	root, err := parse(text, MaxBytes)
	if err != nil {
		return err
	}
	if root.kind != kindObject {
		return fmt.Errorf("a JSON object is expected")
	}
	c := &checker{fields: fields}
	if defs, given := root.member("$defs"); given {
		if err := c.addDefinitions(defs); err != nil {
			return fmt.Errorf("/$defs: %w", err)
		}
	}
	if err := c.root(root); err != nil {
		return err
	}
	cost, err := c.subschema(root, "")
	if err != nil {
		return err
	}
	for i := range c.defs { // also those that nothing refers to
		each, err := c.definition(i)
		if cost += each; err == nil && cost > maxCost {
			err = errCost
		}
		if err != nil {
			return err
		}
	}
	return nil
}

var errCost = fmt.Errorf("more than %d subschemas when every $ref is written out", maxCost)

// Type is the JSON type of a field's value.
func Type(kind commitment.Kind) string {
	switch kind {
	case commitment.Integer, commitment.Amount:
		return "integer"
	case commitment.Boolean:
		return "boolean"
	default:
		return "string"
	}
}

type checker struct {
	fields []commitment.Field
	defs   []definition
}

type definition struct {
	name  string
	body  value
	state int // 0 not looked at, -1 being looked at, else its cost
}

func (c *checker) addDefinitions(defs value) error {
	if defs.kind != kindObject {
		return fmt.Errorf("an object is expected")
	}
	for i, name := range defs.names {
		if !plainName(name) {
			return fmt.Errorf("name %d: 1 to 64 of A-Z, a-z, 0-9 and '_'", i)
		}
		c.defs = append(c.defs, definition{name: name, body: defs.values[i]})
	}
	return nil
}

func plainName(name string) bool {
	other := func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	}
	return name != "" && len(name) <= 64 && !strings.ContainsFunc(name, other)
}

// root checks what only the root must have.
func (c *checker) root(root value) error {
	if v, _ := root.member("$schema"); v.kind != kindString || v.text != Dialect {
		return fmt.Errorf("/$schema: write %q", Dialect)
	}
	if v, _ := root.member("type"); v.kind != kindString || v.text != "object" {
		return fmt.Errorf(`/type: write "object"`)
	}
	if v, given := root.member("additionalProperties"); !given || v.kind != kindBoolean || v.boolean {
		return fmt.Errorf("/additionalProperties: write false")
	}
	properties, _ := root.member("properties")
	if properties.kind != kindObject || len(properties.names) != len(c.fields) {
		return fmt.Errorf("/properties: an object with exactly the %d fields of the schema", len(c.fields))
	}
	for _, field := range c.fields {
		property, given := properties.member(field.Name)
		if !given {
			return fmt.Errorf("/properties: field %q is missing", field.Name)
		}
		if v, _ := property.member("type"); v.kind != kindString || v.text != Type(field.Kind) {
			return fmt.Errorf("/properties/%s/type: write %q", field.Name, Type(field.Kind))
		}
	}
	return nil
}

// subschema checks a schema at a place of the text (empty at the root) and returns its cost.
func (c *checker) subschema(v value, at string) (cost int, err error) {
	if v.kind == kindBoolean && at != "" {
		return 1, nil
	}
	if v.kind != kindObject {
		return 0, fmt.Errorf("%s: a schema is an object, or true or false", at)
	}
	cost = 1
	for i, name := range v.names {
		if at == "" && (name == "$schema" || name == "$defs" || name == "additionalProperties") {
			continue
		}
		each, err := c.keyword(name, v.values[i], at+"/"+name)
		if err != nil {
			return 0, err
		}
		if cost += each; cost > maxCost {
			return 0, errCost
		}
	}
	return cost, nil
}

// keyword checks the value of one keyword. Keywords are a closed list.
func (c *checker) keyword(name string, v value, at string) (cost int, err error) {
	switch name {
	case "$ref":
		return c.reference(v, at)
	case "not", "if", "then", "else":
		return c.subschema(v, at)
	case "allOf", "anyOf", "oneOf":
		return c.list(v, at)
	case "properties":
		return c.properties(v, at)
	}
	return 0, prefixed(at, c.assertion(name, v))
}

func prefixed(at string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	return nil
}

// reference follows "#/$defs/NAME".
func (c *checker) reference(v value, at string) (int, error) {
	name, local := strings.CutPrefix(v.text, "#/$defs/")
	i := slices.IndexFunc(c.defs, func(d definition) bool { return d.name == name })
	if v.kind != kindString || !local || i < 0 {
		return 0, fmt.Errorf(`%s: write "#/$defs/NAME" with a name that is there; nothing outside the text is referred to`, at)
	}
	return c.definition(i)
}

func (c *checker) definition(i int) (int, error) {
	switch at := "/$defs/" + c.defs[i].name; {
	case c.defs[i].state < 0:
		return 0, fmt.Errorf("%s: refers to itself", at)
	case c.defs[i].state == 0:
		c.defs[i].state = -1
		cost, err := c.subschema(c.defs[i].body, at)
		if err != nil {
			return 0, err
		}
		c.defs[i].state = cost
	}
	return c.defs[i].state, nil
}

func (c *checker) list(v value, at string) (cost int, err error) {
	if v.kind != kindArray || len(v.values) == 0 {
		return 0, fmt.Errorf("%s: a list of one schema or more", at)
	}
	return c.sum(v.values, func(i int) string { return fmt.Sprintf("%s/%d", at, i) })
}

func (c *checker) properties(v value, at string) (cost int, err error) {
	if v.kind != kindObject {
		return 0, fmt.Errorf("%s: an object is expected", at)
	}
	for i, name := range v.names {
		if !c.isField(name) {
			return 0, fmt.Errorf("%s: name %d is no field of the schema", at, i)
		}
	}
	return c.sum(v.values, func(i int) string { return at + "/" + v.names[i] })
}

func (c *checker) sum(values []value, at func(int) string) (cost int, err error) {
	for i, each := range values {
		one, err := c.subschema(each, at(i))
		if err != nil {
			return 0, err
		}
		if cost += one; cost > maxCost {
			return 0, errCost
		}
	}
	return cost, nil
}

func (c *checker) isField(name string) bool {
	return slices.ContainsFunc(c.fields, func(field commitment.Field) bool { return field.Name == name })
}

// assertion checks the value of a keyword that holds no schema.
func (c *checker) assertion(name string, v value) error {
	switch name {
	case "type":
		return oneOf(v, "string", "integer", "boolean", "object")
	case "format":
		return oneOf(v, "date")
	case "title", "description":
		if v.kind != kindString || len(v.text) > maxText {
			return fmt.Errorf("a text of at most %d bytes", maxText)
		}
	case "pattern":
		if v.kind != kindString {
			return fmt.Errorf("a text is expected")
		}
		return checkPattern(v.text)
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
		return integerFrom(v, -maxInteger)
	case "multipleOf":
		return integerFrom(v, 1)
	case "minLength", "maxLength", "minProperties", "maxProperties":
		return integerFrom(v, 0)
	case "const":
		return scalar(v)
	case "enum":
		return distinctScalars(v)
	case "required":
		return c.fieldNames(v)
	case "dependentRequired":
		return c.dependentRequired(v)
	default:
		return fmt.Errorf("not a keyword that a schema of this chain may have")
	}
	return nil
}

func oneOf(v value, words ...string) error {
	if v.kind != kindString || !slices.Contains(words, v.text) {
		return fmt.Errorf("write one of %q", words)
	}
	return nil
}

func integerFrom(v value, least int64) error {
	if v.kind != kindInteger || v.integer < least {
		return fmt.Errorf("an integer from %d is expected", least)
	}
	return nil
}

func scalar(v value) error {
	if v.kind != kindString && v.kind != kindInteger && v.kind != kindBoolean {
		return fmt.Errorf("a string, an integer or a boolean: fields have no other values")
	}
	return nil
}

func distinctScalars(v value) error {
	if v.kind != kindArray || len(v.values) == 0 {
		return fmt.Errorf("a list of one value or more")
	}
	for i, each := range v.values {
		if err := scalar(each); err != nil {
			return err
		}
		for _, earlier := range v.values[:i] {
			if each.kind == earlier.kind && each.text == earlier.text && each.integer == earlier.integer && each.boolean == earlier.boolean {
				return fmt.Errorf("value %d is there twice", i)
			}
		}
	}
	return nil
}

// fieldNames checks a list of fields, each once.
func (c *checker) fieldNames(v value) error {
	if v.kind != kindArray {
		return fmt.Errorf("a list is expected")
	}
	for i, each := range v.values {
		if each.kind != kindString || !c.isField(each.text) {
			return fmt.Errorf("name %d is no field of the schema", i)
		}
		if slices.ContainsFunc(v.values[:i], func(earlier value) bool { return earlier.text == each.text }) {
			return fmt.Errorf("name %d is there twice", i)
		}
	}
	return nil
}

func (c *checker) dependentRequired(v value) error {
	if v.kind != kindObject {
		return fmt.Errorf("an object is expected")
	}
	for i, name := range v.names {
		if !c.isField(name) {
			return fmt.Errorf("name %d is no field of the schema", i)
		}
		if err := c.fieldNames(v.values[i]); err != nil {
			return err
		}
	}
	return nil
}
