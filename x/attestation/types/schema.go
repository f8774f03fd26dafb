package types

import (
	"regexp"
	"slices"

	"github.com/creditd/creditd/x/attestation/commitment"
	"github.com/creditd/creditd/x/attestation/schemas"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

const (
	// MaxFields of a schema.
	MaxFields = 64
	// MaxNameBytes of a schema's name.
	MaxNameBytes = 64
	// MaxUnitBytes of a field's unit.
	MaxUnitBytes = 32
	// MaxIssuerRoles is the number of roles that there are.
	MaxIssuerRoles = 5
)

var schemaName = regexp.MustCompile(`^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*$`)

// SchemaFromDefinition turns a definition of x/attestation/schemas into what the chain keeps.
func SchemaFromDefinition(def schemas.Definition) Schema {
	fields := make([]Field, len(def.Fields))
	for i, field := range def.Fields {
		fields[i] = Field{Name: field.Name, Kind: FieldKind(field.Kind), Unit: field.Unit, Disclosable: field.Disclosable}
	}
	roles := make([]institutiontypes.Role, len(def.IssuerRoles))
	for i, role := range def.IssuerRoles {
		roles[i] = institutiontypes.Role(institutiontypes.Role_value[role])
	}
	slices.Sort(roles)
	id := def.ID()
	return Schema{
		Id: id[:], Name: def.Name, Version: def.Version, Fields: fields, Revocable: def.Revocable, IssuerRoles: roles,
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

// definition is the schema as x/attestation/schemas knows it; the creator is no part of it.
func (s Schema) definition() schemas.Definition {
	fields := make([]schemas.Field, len(s.Fields))
	for i, field := range s.Fields {
		fields[i] = schemas.Field{
			Name: field.Name, Kind: commitment.Kind(field.Kind), Unit: field.Unit, Disclosable: field.Disclosable,
		}
	}
	roles := make([]string, len(s.IssuerRoles))
	for i, role := range s.IssuerRoles {
		roles[i] = role.String()
	}
	return schemas.Definition{
		Name: s.Name, Version: s.Version, Revocable: s.Revocable, IssuerRoles: roles, Fields: fields,
	}
}

// DeriveID derives the id from the content.
func (s Schema) DeriveID() ID { return s.definition().ID() }

// Validate checks everything but the creator, whose address only the keeper can read. Sizes come first:
// nothing is parsed before it is known to be small.
func (s Schema) Validate() error {
	switch {
	case len(s.Name) > MaxNameBytes || !schemaName.MatchString(s.Name):
		return ErrInvalidSchema.Wrapf("name: use dotted lower case words of a-z, 0-9 and '_', at most %d bytes", MaxNameBytes)
	case len(s.Fields) < 1 || len(s.Fields) > MaxFields:
		return ErrInvalidSchema.Wrapf("%d fields: give 1 to %d", len(s.Fields), MaxFields)
	case len(s.IssuerRoles) < 1 || len(s.IssuerRoles) > MaxIssuerRoles:
		return ErrInvalidSchema.Wrapf("%d issuer roles: give 1 to %d", len(s.IssuerRoles), MaxIssuerRoles)
	}
	for i, field := range s.Fields {
		// commitment.Kind is one byte, so a larger number must not reach it.
		if _, known := FieldKind_name[int32(field.Kind)]; !known || field.Kind == FIELD_KIND_UNSPECIFIED {
			return ErrInvalidSchema.Wrapf("field %d: kind %d does not exist: choose one of FieldKind", i, field.Kind)
		}
		if len(field.Unit) > MaxUnitBytes {
			return ErrInvalidSchema.Wrapf("field %d: unit of %d bytes: at most %d", i, len(field.Unit), MaxUnitBytes)
		}
	}
	for i, role := range s.IssuerRoles {
		if _, known := institutiontypes.Role_name[int32(role)]; !known || role == institutiontypes.ROLE_UNSPECIFIED {
			return ErrInvalidSchema.Wrapf("issuer role %d does not exist: choose one of institution.v1.Role", role)
		}
		if i > 0 && role <= s.IssuerRoles[i-1] {
			return ErrInvalidSchema.Wrap("issuer roles: put them in ascending order, each once")
		}
	}
	if err := s.definition().Validate(); err != nil {
		return ErrInvalidSchema.Wrap(err.Error())
	}
	return nil
}
