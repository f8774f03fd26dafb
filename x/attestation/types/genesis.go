package types

import (
	"errors"
	"fmt"
	"time"
)

// DefaultGenesis is a new chain's state: the built-in schemas.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Params: DefaultParams(), Schemas: BuiltinSchemas()}
}

// Validate checks all that can be checked without an address codec. The entries may stand in any order; each stands
// once. It takes time and memory in proportion to the state.
func (gs GenesisState) Validate() error {
	if err := gs.Params.Validate(); err != nil {
		return err
	}
	c := &genesisCheck{gs: gs}
	for _, check := range []func() error{
		c.checkSchemas, c.checkAccreditations, c.checkKeys, c.checkBatches, c.checkAnchors, c.checkCheckpoints,
		c.checkReferences, c.checkStatuses, c.checkExpiries, c.checkNonces,
	} {
		if err := check(); err != nil {
			return ErrInvalidGenesis.Wrap(err.Error())
		}
	}
	return nil
}

// genesisCheck finds entries by what others refer to them by.
type genesisCheck struct {
	gs             GenesisState
	schemas        map[ID]*Schema
	accreditations map[ID]*Accreditation
	batches        map[ContainerID]*Batch
	anchors        map[ContainerID]*Anchor
	checkpoints    map[ContainerID][]*Checkpoint // ascending by size
	statuses       map[ID]*StatusEntry
}

// entry says which entry of a list an error is about.
func entry(kind string, i int, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s %d: %w", kind, i, err)
}

// index makes a map from what identifies each entry, which check gives after it looked at the entry, to the entry.
func index[K comparable, E any](kind string, entries []E, check func(*E) (K, error)) (map[K]*E, error) {
	byKey := make(map[K]*E, len(entries))
	for i := range entries {
		key, err := check(&entries[i])
		if err != nil {
			return nil, entry(kind, i, err)
		}
		if _, twice := byKey[key]; twice {
			return nil, entry(kind, i, fmt.Errorf("%v is there twice: keep one", key))
		}
		byKey[key] = &entries[i]
	}
	return byKey, nil
}

// ordered says whether times follow each other, and that the first was not left out.
func ordered(what string, times ...time.Time) error {
	var before time.Time
	for _, at := range times {
		if at.IsZero() {
			return fmt.Errorf("%s: a time is missing", what)
		}
		if at.Before(before) {
			return fmt.Errorf("%s: %s is before %s", what, at.UTC().Format(time.RFC3339Nano), before.UTC().Format(time.RFC3339Nano))
		}
		before = at
	}
	return nil
}

func (c *genesisCheck) checkSchemas() (err error) {
	c.schemas, err = index("schema", c.gs.Schemas, func(schema *Schema) (ID, error) {
		if err := schema.Validate(); err != nil {
			return ID{}, err
		}
		id, err := IDFromBytes(schema.Id)
		if err == nil && id != schema.DeriveID() {
			err = fmt.Errorf("its content has the id %s, not %s", schema.DeriveID(), id)
		}
		return id, err
	})
	if err != nil {
		return err
	}
	for i, schema := range c.gs.Schemas {
		if err := c.checkLinks(schema); err != nil {
			return entry("schema", i, err)
		}
	}
	return nil
}

// checkLinks follows a schema's references to others.
func (c *genesisCheck) checkLinks(schema Schema) error {
	if schema.DeprecatedAt != nil && schema.DeprecatedAt.IsZero() {
		return errors.New("deprecated_at: a time is missing")
	}
	if len(schema.ReplacedBy) > 0 {
		if string(schema.ReplacedBy) == string(schema.Id) {
			return errors.New("replaced_by: it is the schema itself")
		}
		if _, err := c.schema(schema.ReplacedBy); err != nil {
			return fmt.Errorf("replaced_by: %w", err)
		}
	}
	if len(schema.Previous) > 0 {
		previous, err := c.schema(schema.Previous)
		if err != nil {
			return fmt.Errorf("previous: %w", err)
		}
		if previous.Name != schema.Name || previous.Creator != schema.Creator || previous.Version != schema.Version-1 {
			return errors.New("previous: it has another name or creator, or is not of the version before")
		}
	}
	return nil
}

func (c *genesisCheck) schema(bz []byte) (*Schema, error) {
	id, err := IDFromBytes(bz)
	if err != nil {
		return nil, err
	}
	schema, known := c.schemas[id]
	if !known {
		return nil, fmt.Errorf("there is no schema %s", id)
	}
	return schema, nil
}

// checkRight checks by which right a batch or an anchor was stated. Licences change, so roles and lists are not looked
// at; schemas and the scope of an accreditation do not.
func (c *genesisCheck) checkRight(schemaID []byte, issuer string, accreditationID []byte) (*Schema, error) {
	schema, err := c.schema(schemaID)
	if err != nil {
		return nil, err
	}
	if !schema.Accredited {
		if len(accreditationID) > 0 {
			return nil, fmt.Errorf("accreditation_id: schema %s asks for none", ID(schema.Id))
		}
		return schema, nil
	}
	accreditation, err := c.accreditation(accreditationID)
	switch {
	case err != nil:
		return nil, fmt.Errorf("accreditation_id: %w", err)
	case !accreditation.Issuer || accreditation.Grantee != issuer || !accreditation.AllowsSchema(ID(schema.Id)):
		return nil, fmt.Errorf("accreditation_id: %s does not let %s issue under schema %s", ID(accreditationID), issuer, ID(schema.Id))
	}
	return schema, nil
}
