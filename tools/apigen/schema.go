package main

import (
	"strings"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// message gives the schema of a message: a reference to the component that it makes of it.
func (d *document) message(m protoreflect.MessageDescriptor) object {
	if known := wellKnown(m); known != nil {
		return known
	}
	name := string(m.FullName())
	if _, ok := d.schemas[name]; ok {
		return ref("schemas/" + name)
	}
	schema := object{"type": "object"}
	d.schemas[name] = schema // before its fields: a message may hold itself
	properties := object{}
	for i := range m.Fields().Len() {
		field := m.Fields().Get(i)
		properties[string(field.Name())] = d.property(field)
	}
	if len(properties) > 0 {
		schema["properties"] = properties
	}
	withText(schema, textOf(m))
	return ref("schemas/" + name)
}

// wellKnown messages of protobuf have a JSON of their own.
func wellKnown(m protoreflect.MessageDescriptor) object {
	switch m.FullName() {
	case "google.protobuf.Timestamp":
		return object{"type": "string", "format": "date-time"}
	case "google.protobuf.Duration":
		return object{"type": "string", "description": "Seconds, as 3.5s.", "pattern": `^-?[0-9]+(\.[0-9]+)?s$`}
	case "google.protobuf.Any":
		return object{
			"type": "object", "required": []string{"@type"}, "properties": object{"@type": object{"type": "string", "description": "Name of the message's type, as /cosmos.auth.v1beta1.BaseAccount; its fields stand beside it."}},
			"additionalProperties": true,
		}
	case "google.protobuf.Struct":
		return object{"type": "object", "additionalProperties": true}
	}
	return nil
}

// isText is true for messages that are one string in JSON, and so in a query.
func isText(m protoreflect.MessageDescriptor) bool {
	return m.FullName() == "google.protobuf.Timestamp" || m.FullName() == "google.protobuf.Duration"
}

func (d *document) property(field protoreflect.FieldDescriptor) object {
	var schema object
	switch {
	case field.IsMap():
		schema = object{"type": "object", "additionalProperties": d.single(field.MapValue())}
	case field.IsList():
		schema = object{"type": "array", "items": d.single(field)}
	case field.Message() != nil && isNullable(field):
		schema = object{"anyOf": []object{d.single(field), {"type": "null"}}}
	case field.Kind() == protoreflect.BytesKind:
		schema = d.single(field)
		schema["type"] = []string{"string", "null"} // no bytes are null
	default:
		schema = d.single(field)
	}
	return withText(schema, textOf(field))
}

// nullableOption is gogoproto.nullable, of which only false is ever written.
const nullableOption = 65001

// isNullable tells a message that may be left out, which is null in JSON, from one that generated code always has.
func isNullable(field protoreflect.FieldDescriptor) bool {
	options := field.Options()
	if options == nil {
		return true
	}
	bz, err := proto.Marshal(options)
	for err == nil && len(bz) > 0 {
		number, kind, n := protowire.ConsumeTag(bz)
		if n < 0 {
			return true
		}
		length := protowire.ConsumeFieldValue(number, kind, bz[n:])
		if length < 0 {
			return true
		}
		if value, _ := protowire.ConsumeVarint(bz[n:]); number == nullableOption && value == 0 {
			return false
		}
		bz = bz[n+length:]
	}
	return true
}

// single is the schema of one value of a field.
func (d *document) single(field protoreflect.FieldDescriptor) object {
	switch field.Kind() {
	case protoreflect.BoolKind:
		return object{"type": "boolean"}
	case protoreflect.Int32Kind, protoreflect.Sint32Kind, protoreflect.Sfixed32Kind:
		return object{"type": "integer", "format": "int32"}
	case protoreflect.Uint32Kind, protoreflect.Fixed32Kind:
		return object{"type": "integer", "format": "uint32", "minimum": 0}
	case protoreflect.Int64Kind, protoreflect.Sint64Kind, protoreflect.Sfixed64Kind:
		return object{"type": "string", "format": "int64"}
	case protoreflect.Uint64Kind, protoreflect.Fixed64Kind:
		return object{"type": "string", "format": "uint64"}
	case protoreflect.FloatKind, protoreflect.DoubleKind:
		return object{"type": "number"}
	case protoreflect.BytesKind:
		return object{"type": "string", "format": "byte", "contentEncoding": "base64"}
	case protoreflect.EnumKind:
		return d.enum(field.Enum())
	case protoreflect.MessageKind, protoreflect.GroupKind:
		return d.message(field.Message())
	default:
		return object{"type": "string"}
	}
}

func (d *document) enum(e protoreflect.EnumDescriptor) object {
	name := string(e.FullName())
	if _, ok := d.schemas[name]; !ok {
		var names []string
		text := []string{textOf(e)}
		for i := range e.Values().Len() {
			value := e.Values().Get(i)
			names = append(names, string(value.Name()))
			if said := textOf(value); said != "" {
				text = append(text, "- `"+string(value.Name())+"`: "+strings.ReplaceAll(said, "\n", " "))
			}
		}
		d.schemas[name] = withText(object{"type": "string", "enum": names}, strings.TrimSpace(strings.Join(text, "\n")))
	}
	return ref("schemas/" + name)
}

// withText adds a description. Beside a reference OpenAPI 3.1 allows one.
func withText(schema object, text string) object {
	if text == "" {
		return schema
	}
	described := object{}
	for k, v := range schema {
		described[k] = v
	}
	described["description"] = text
	for k, v := range described {
		schema[k] = v
	}
	return described
}

// textOf what stands before something in its .proto file, without what is for linters.
func textOf(d protoreflect.Descriptor) string {
	comment := d.ParentFile().SourceLocations().ByDescriptor(d).LeadingComments
	var lines []string
	for line := range strings.SplitSeq(comment, "\n") {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "buf:lint") && !strings.HasPrefix(line, "======") && !strings.HasPrefix(line, "-----") {
			lines = append(lines, line)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// split the first sentence from the rest.
func split(text string) (first, rest string) {
	text = strings.ReplaceAll(text, "\n", " ")
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i+1], strings.TrimSpace(text[i+2:])
	}
	return text, ""
}

func isDeprecated(options proto.Message) bool {
	o, ok := options.(*descriptorpb.MethodOptions)
	return ok && o.GetDeprecated()
}
