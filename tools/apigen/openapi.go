package main

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"google.golang.org/genproto/googleapis/api/annotations"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
)

// object of JSON; its members are written in the order of their names, so that the same source gives the same bytes.
type object = map[string]any

const about = `Every query of the chain over HTTP. Errors have the envelope of the schema Error; docs/api/errors.md lists them.

64-bit integers and amounts are strings, bytes are base64 (in a path or a query also of the URL alphabet), times are RFC 3339. Ask for
the state after a block with the header x-cosmos-block-height; such an answer never changes. Follow pagination.key from page to page.`

// document collects what it is made of.
type document struct {
	paths   map[string]object
	schemas object
	tags    map[string]string // with their descriptions
	shapes  map[string]bool   // methods and paths without the names of their parameters
}

// describe all services of which the set has a description.
func describe(files *protoregistry.Files, services []protoreflect.FullName) (object, error) {
	d := document{paths: map[string]object{}, schemas: object{}, tags: map[string]string{}, shapes: map[string]bool{}}
	for _, name := range services {
		found, err := files.FindDescriptorByName(name)
		if err != nil {
			return nil, fmt.Errorf("service %s is registered and in no .proto file: %w", name, err)
		}
		service, ok := found.(protoreflect.ServiceDescriptor)
		if !ok {
			return nil, fmt.Errorf("%s is no service", name)
		}
		for i := range service.Methods().Len() {
			if err := d.method(service, service.Methods().Get(i)); err != nil {
				return nil, err
			}
		}
	}
	d.schemas["Error"] = errorSchema
	var tags []object
	for _, name := range slices.Sorted(maps.Keys(d.tags)) {
		tags = append(tags, object{"name": name, "description": d.tags[name]})
	}
	return object{
		"openapi": "3.1.0",
		"info":    object{"title": "creditd REST API", "version": "v1", "description": about, "license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"servers": []object{{"url": "/", "description": "the node that serves this file"}},
		"tags":    tags,
		"paths":   d.paths,
		"components": object{
			"schemas": d.schemas,
			"parameters": object{"Height": object{
				"name": "x-cosmos-block-height", "in": "header", "description": "Height whose state is asked for; left out, the latest.",
				"schema": object{"type": "string", "format": "uint64", "pattern": "^[0-9]+$"},
			}},
			"headers": object{
				"Height": object{"description": "Height whose state was read.", "schema": object{"type": "string"}},
				"ETag":   object{"description": "Height and hash of the state that was read; send it back in If-None-Match.", "schema": object{"type": "string"}},
			},
			"responses": object{"Error": object{
				"description": "What went wrong, and the next step.",
				"content":     object{"application/json": object{"schema": object{"$ref": "#/components/schemas/Error"}}},
			}},
		},
	}, nil
}

var errorSchema = object{
	"type": "object", "required": []string{"code", "codespace", "name", "message", "hint"}, "additionalProperties": false,
	"properties": object{
		"code":      object{"type": "integer", "minimum": 0, "description": "Code of the error within its codespace."},
		"codespace": object{"type": "string", "description": "A module's name, sdk, api, or grpc where the code is one of gRPC."},
		"name":      object{"type": "string", "description": "Stable name: what programs compare."},
		"message":   object{"type": "string", "description": "For people; its words may change."},
		"hint":      object{"type": "string", "description": "The next step."},
	},
}

// method adds all routes of a method.
func (d *document) method(service protoreflect.ServiceDescriptor, m protoreflect.MethodDescriptor) error {
	rule, err := httpRule(m)
	if err != nil || rule == nil || m.IsStreamingClient() || m.IsStreamingServer() {
		return err
	}
	for i, binding := range append([]*annotations.HttpRule{rule}, rule.AdditionalBindings...) {
		verb, template := verbOf(binding)
		if verb == "" {
			return fmt.Errorf("%s: no method of HTTP that we know", m.FullName())
		}
		id := string(m.FullName())
		if i > 0 {
			id += fmt.Sprint("_", i+1)
		}
		if err := d.operation(service, m, binding, verb, template, id); err != nil {
			return err
		}
	}
	return nil
}

func (d *document) operation(
	service protoreflect.ServiceDescriptor, m protoreflect.MethodDescriptor, rule *annotations.HttpRule, verb, template, id string,
) error {
	path, inPath := pathOf(template)
	shape := verb + " " + templateParameter.ReplaceAllString(template, "{}")
	if d.shapes[shape] {
		return nil // the first one answers: cosmos.auth has two for /bech32/{}
	}
	d.shapes[shape] = true
	parameters := []object{}
	for _, name := range inPath {
		field, err := fieldAt(m.Input(), name)
		if err != nil {
			return fmt.Errorf("%s: %w", m.FullName(), err)
		}
		parameters = append(parameters, withText(object{"name": name, "in": "path", "required": true, "schema": d.single(field)}, textOf(field)))
	}
	op := object{
		"operationId": id, "tags": []string{tagOf(service)}, "x-grpc-method": "/" + string(service.FullName()) + "/" + string(m.Name()),
		"responses": object{
			"200": object{
				"description": "The answer.",
				"headers":     object{"x-cosmos-block-height": ref("headers/Height"), "ETag": ref("headers/ETag")},
				"content":     object{"application/json": object{"schema": d.message(m.Output())}},
			},
			"default": ref("responses/Error"),
		},
	}
	if rule.Body != "" {
		op["requestBody"] = object{"required": true, "content": object{"application/json": object{"schema": d.message(m.Input())}}}
	} else {
		parameters = append(parameters, d.queryParameters(m.Input(), "", inPath, nil)...)
		parameters = append(parameters, ref("parameters/Height"))
	}
	op["parameters"] = parameters
	if summary, rest := split(textOf(m)); summary != "" {
		op["summary"] = summary
		withText(op, rest)
	}
	if options := m.Options(); options != nil && isDeprecated(options) {
		op["deprecated"] = true
	}
	if d.paths[path] == nil {
		d.paths[path] = object{}
	}
	d.paths[path][verb] = op
	d.tags[tagOf(service)] = "`" + string(service.ParentFile().Package()) + "`"
	return nil
}

// queryParameters are the scalars of a request and of the messages in it, by dotted names.
func (d *document) queryParameters(message protoreflect.MessageDescriptor, prefix string, taken []string, within []protoreflect.FullName) []object {
	var list []object
	for i := range message.Fields().Len() {
		field := message.Fields().Get(i)
		name := prefix + string(field.Name())
		if slices.Contains(taken, name) || field.IsMap() {
			continue
		}
		if field.Kind() == protoreflect.MessageKind && !isText(field.Message()) {
			inner := field.Message().FullName()
			if !field.IsList() && !slices.Contains(within, inner) && inner != "google.protobuf.Any" {
				list = append(list, d.queryParameters(field.Message(), name+".", taken, append(within, inner))...)
			}
			continue
		}
		parameter := object{"name": name, "in": "query", "schema": d.single(field)}
		if field.IsList() {
			parameter["schema"] = object{"type": "array", "items": d.single(field)}
			parameter["explode"] = true
		}
		list = append(list, withText(parameter, textOf(field)))
	}
	return list
}

func ref(to string) object { return object{"$ref": "#/components/" + to} }

// httpRule of a method. protoc wrote the extension; whether its bytes were read as one depends on who linked its type first.
func httpRule(m protoreflect.MethodDescriptor) (*annotations.HttpRule, error) {
	options := m.Options()
	if options == nil {
		return nil, nil
	}
	if proto.HasExtension(options, annotations.E_Http) {
		rule, _ := proto.GetExtension(options, annotations.E_Http).(*annotations.HttpRule)
		return rule, nil
	}
	unknown := options.ProtoReflect().GetUnknown()
	for len(unknown) > 0 {
		number, kind, n := protowire.ConsumeTag(unknown)
		if n < 0 {
			return nil, protowire.ParseError(n)
		}
		length := protowire.ConsumeFieldValue(number, kind, unknown[n:])
		if length < 0 {
			return nil, protowire.ParseError(length)
		}
		if number == annotations.E_Http.TypeDescriptor().Number() {
			bz, _ := protowire.ConsumeBytes(unknown[n:])
			var rule annotations.HttpRule
			return &rule, proto.Unmarshal(bz, &rule)
		}
		unknown = unknown[n+length:]
	}
	return nil, nil
}

func verbOf(rule *annotations.HttpRule) (verb, template string) {
	switch pattern := rule.Pattern.(type) {
	case *annotations.HttpRule_Get:
		return "get", pattern.Get
	case *annotations.HttpRule_Post:
		return "post", pattern.Post
	case *annotations.HttpRule_Put:
		return "put", pattern.Put
	case *annotations.HttpRule_Delete:
		return "delete", pattern.Delete
	case *annotations.HttpRule_Patch:
		return "patch", pattern.Patch
	}
	return "", ""
}

var templateParameter = regexp.MustCompile(`\{([^}=]+)(=[^}]*)?\}`)

// pathOf a template of google.api.http, without the patterns of its parameters.
func pathOf(template string) (path string, parameters []string) {
	for _, match := range templateParameter.FindAllStringSubmatch(template, -1) {
		parameters = append(parameters, match[1])
	}
	return templateParameter.ReplaceAllString(template, "{$1}"), parameters
}

func fieldAt(message protoreflect.MessageDescriptor, name string) (protoreflect.FieldDescriptor, error) {
	parts := strings.Split(name, ".")
	for i, part := range parts {
		field := message.Fields().ByName(protoreflect.Name(part))
		if field == nil {
			return nil, fmt.Errorf("%s has no field %s", message.FullName(), part)
		}
		if i == len(parts)-1 {
			return field, nil
		}
		message = field.Message()
	}
	return nil, fmt.Errorf("no name")
}

// tagOf a service is its module: credit of creditd.credit.v1, tendermint of cosmos.base.tendermint.v1beta1.
func tagOf(service protoreflect.ServiceDescriptor) string {
	parts := strings.Split(string(service.ParentFile().Package()), ".")
	if len(parts) < 2 {
		return parts[0]
	}
	name := parts[len(parts)-2]
	if strings.HasPrefix(string(service.FullName()), "cosmos.") {
		name = "cosmos " + name
	}
	return name
}
