package types

import (
	"errors"
	"regexp"
	"slices"

	"github.com/cosmos/cosmos-sdk/types/bech32"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/jsonschema"
	"github.com/creditd/creditd/x/attestation/schemas"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	// MaxFields of a schema.
	MaxFields = 64
	// MaxNameBytes of a schema's name and of a resolver's.
	MaxNameBytes = 64
	// MaxUnitBytes of a field's unit.
	MaxUnitBytes = 32
	// MaxIssuerRoles is the number of roles that there are.
	MaxIssuerRoles = 5
	// MaxIssuers that a schema lists.
	MaxIssuers = schemas.MaxIssuers
	// MaxJSONSchemaBytes of a schema's JSON Schema.
	MaxJSONSchemaBytes = jsonschema.MaxBytes
	// maxAddressText is longer than any address in text.
	maxAddressText = 128
)

var schemaName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)

// SchemaFromDefinition turns a definition of x/attestation/schemas into what the chain keeps. Built-in ones have
// neither creator nor listed issuers nor a version before them.
func SchemaFromDefinition(def schemas.Definition) Schema {
	fields := make([]Field, len(def.Fields))
	for i, field := range def.Fields {
		fields[i] = Field{
			Name: field.Name, Kind: FieldKind(field.Kind), Unit: field.Unit, Disclosable: field.Disclosable,
			Circuit: field.Circuit, Summed: field.Summed,
		}
	}
	var roles []institutiontypes.Role
	for _, role := range def.IssuerRoles {
		roles = append(roles, institutiontypes.Role(institutiontypes.Role_value[role]))
	}
	slices.Sort(roles)
	id := def.ID()
	return Schema{
		Id: id[:], Name: def.Name, Version: def.Version, Fields: fields, Revocable: def.Revocable, IssuerRoles: roles,
		Accredited: def.Accredited, Listed: def.Listed, Resolver: def.Resolver, JsonSchema: def.JSONSchema,
	}
}

// BuiltinSchemas are those that every chain is born with.
func BuiltinSchemas() []Schema {
	defs := schemas.All()
	list := make([]Schema, len(defs))
	for i, def := range defs {
		list[i] = SchemaFromDefinition(def)
	}
	return list
}

// BuiltinSchema is the one of that name; the program has no other names for them than those of x/attestation/schemas.
func BuiltinSchema(name string) (Schema, bool) {
	def, found := schemas.ByName(name)
	if !found {
		return Schema{}, false
	}
	return SchemaFromDefinition(def), true
}

// Definition is the schema as x/attestation/schemas knows it. An address that is none is left empty: Validate refuses
// it.
func (s Schema) Definition() schemas.Definition {
	def := schemas.Definition{
		Name: s.Name, Version: s.Version, Revocable: s.Revocable, Accredited: s.Accredited, Listed: s.Listed,
		Resolver: s.Resolver, JSONSchema: s.JsonSchema, Creator: addressBytes(s.Creator), Previous: s.Previous,
	}
	for _, field := range s.Fields {
		def.Fields = append(def.Fields, schemas.Field{
			Name: field.Name, Kind: commitment.Kind(field.Kind), Unit: field.Unit, Disclosable: field.Disclosable,
			Circuit: field.Circuit, Summed: field.Summed,
		})
	}
	for _, role := range s.IssuerRoles {
		def.IssuerRoles = append(def.IssuerRoles, role.String())
	}
	for _, issuer := range s.Issuers {
		def.Issuers = append(def.Issuers, addressBytes(issuer))
	}
	return def
}

// addressBytes reads an address whatever its prefix, which only the keeper knows.
func addressBytes(text string) []byte {
	if len(text) > maxAddressText {
		return nil
	}
	_, bz, err := bech32.DecodeAndConvert(text)
	if err != nil {
		return nil
	}
	return bz
}

// DeriveID derives the id from the content.
func (s Schema) DeriveID() ID { return s.Definition().ID() }

// Validate checks all that the schema says by itself. Sizes come first: nothing is parsed before it is known to be
// small. What is left to the keeper is what only the state knows: that addresses have the chain's prefix and one
// spelling, that the previous version and the one to use instead are there, and that the program has the resolver.
func (s Schema) Validate() error {
	switch {
	case len(s.Name) > MaxNameBytes || !schemaName.MatchString(s.Name):
		return ErrInvalidSchema.Wrapf("name: use dotted lower case words of a-z, 0-9 and '_', at most %d bytes", MaxNameBytes)
	case len(s.Fields) < 1 || len(s.Fields) > MaxFields:
		return ErrInvalidSchema.Wrapf("%d fields: give 1 to %d", len(s.Fields), MaxFields)
	case len(s.IssuerRoles) > MaxIssuerRoles:
		return ErrInvalidSchema.Wrapf("%d issuer roles: give at most %d", len(s.IssuerRoles), MaxIssuerRoles)
	case len(s.Issuers) > MaxIssuers:
		return ErrInvalidSchema.Wrapf("%d issuers: give at most %d, or ask for an accreditation", len(s.Issuers), MaxIssuers)
	case len(s.Resolver) > MaxNameBytes:
		return ErrInvalidSchema.Wrapf("resolver: a name of at most %d bytes", MaxNameBytes)
	case len(s.JsonSchema) > MaxJSONSchemaBytes:
		return ErrInvalidJSONSchema.Wrapf("json_schema: %d bytes: at most %d", len(s.JsonSchema), MaxJSONSchemaBytes)
	}
	for _, check := range []func() error{s.checkFields, s.checkIssuers, s.checkVersions} {
		if err := check(); err != nil {
			return err
		}
	}
	err := s.Definition().Validate()
	switch {
	case errors.Is(err, schemas.ErrJSONSchema):
		return ErrInvalidJSONSchema.Wrap(err.Error())
	case err != nil:
		return ErrInvalidSchema.Wrap(err.Error())
	}
	return nil
}

func (s Schema) checkFields() error {
	for i, field := range s.Fields {
		// commitment.Kind is one byte, so a larger number must not reach it.
		if _, known := FieldKind_name[int32(field.Kind)]; !known || field.Kind == FIELD_KIND_UNSPECIFIED {
			return ErrInvalidSchema.Wrapf("field %d: kind %d does not exist: choose one of FieldKind", i, field.Kind)
		}
		if len(field.Unit) > MaxUnitBytes {
			return ErrInvalidSchema.Wrapf("field %d: unit of %d bytes: at most %d", i, len(field.Unit), MaxUnitBytes)
		}
	}
	return nil
}

func (s Schema) checkIssuers() error {
	for i, role := range s.IssuerRoles {
		if _, known := institutiontypes.Role_name[int32(role)]; !known || role == institutiontypes.ROLE_UNSPECIFIED {
			return ErrInvalidSchema.Wrapf("issuer role %d does not exist: choose one of institution.v1.Role", role)
		}
		if i > 0 && role <= s.IssuerRoles[i-1] {
			return ErrInvalidSchema.Wrap("issuer roles: put them in ascending order, each once")
		}
	}
	if s.Creator != "" && addressBytes(s.Creator) == nil {
		return ErrInvalidAddress.Wrap("creator: give a bech32 account address")
	}
	for i, issuer := range s.Issuers {
		if addressBytes(issuer) == nil {
			return ErrInvalidAddress.Wrapf("issuer %d: give a bech32 account address", i)
		}
	}
	return nil
}

// checkVersions: version 1 begins a line, and every later one names the one before it. A name and a version are no
// identity, anybody may use them: the id is, and through it the whole line is one creator's.
func (s Schema) checkVersions() error {
	if len(s.Previous) != 0 {
		if _, err := IDFromBytes(s.Previous); err != nil {
			return ErrInvalidSchema.Wrapf("previous: %s", err)
		}
	}
	if (s.Version > 1) != (len(s.Previous) != 0) {
		return ErrInvalidSchema.Wrapf("version %d: version 1 has no previous one, every later one names it", s.Version)
	}
	if len(s.ReplacedBy) != 0 {
		if _, err := IDFromBytes(s.ReplacedBy); err != nil || s.DeprecatedAt == nil {
			return ErrInvalidSchema.Wrap("replaced_by: the 32 bytes of the id to use instead, of a deprecated schema only")
		}
	}
	return nil
}
