package types

import "time"

// DefaultGenesis is a new chain's state: the built-in schemas.
func DefaultGenesis() *GenesisState {
	return &GenesisState{Params: DefaultParams(), Schemas: BuiltinSchemas()}
}

// Validate checks all that can be checked without an address codec.
func (gs GenesisState) Validate() error {
	if err := gs.Params.Validate(); err != nil {
		return err
	}
	schemas := make(map[ID]Schema, len(gs.Schemas))
	for i, schema := range gs.Schemas {
		if err := schema.Validate(); err != nil {
			return ErrInvalidGenesis.Wrapf("schema %d: %s", i, err)
		}
		id, err := IDFromBytes(schema.Id)
		if err != nil {
			return ErrInvalidGenesis.Wrapf("schema %d: %s", i, err)
		}
		if id != schema.DeriveID() {
			return ErrInvalidGenesis.Wrapf("schema %d: its content has the id %s, not %s", i, schema.DeriveID(), id)
		}
		if _, twice := schemas[id]; twice {
			return ErrInvalidGenesis.Wrapf("schema %d: %s is there twice", i, id)
		}
		schemas[id] = schema
	}
	seen := make(map[ID]Attestation, len(gs.Attestations))
	for i, attestation := range gs.Attestations {
		if err := attestation.Validate(); err != nil {
			return ErrInvalidGenesis.Wrapf("attestation %d: %s", i, err)
		}
		if _, known := schemas[ID(attestation.SchemaId)]; !known {
			return ErrInvalidGenesis.Wrapf("attestation %d: schema %X is not in the genesis", i, attestation.SchemaId)
		}
		if _, twice := seen[ID(attestation.Id)]; twice {
			return ErrInvalidGenesis.Wrapf("attestation %d: %X is there twice", i, attestation.Id)
		}
		seen[ID(attestation.Id)] = attestation
	}
	for i, attestation := range gs.Attestations {
		if attestation.Status != STATUS_SUPERSEDED {
			continue
		}
		by, known := seen[ID(attestation.SupersededBy)]
		if !known || !by.MayReplace(attestation) {
			return ErrInvalidGenesis.Wrapf("attestation %d: superseded_by %X is no attestation of the same issuer and subject", i, attestation.SupersededBy)
		}
	}
	return nil
}

// MayReplace says whether a can supersede the other: same issuer, same subject, not itself.
func (a Attestation) MayReplace(other Attestation) bool {
	return a.Issuer == other.Issuer && string(a.Subject) == string(other.Subject) && string(a.Id) != string(other.Id)
}

// Validate checks the shape of a stored attestation; its id against its content is for the keeper, which
// can read addresses.
func (a Attestation) Validate() error {
	for _, field := range []struct {
		name string
		id   []byte
	}{{"id", a.Id}, {"schema_id", a.SchemaId}, {"subject", a.Subject}, {"commitment", a.Commitment}} {
		if _, err := IDFromBytes(field.id); err != nil {
			return ErrInvalidStatement.Wrapf("%s: %s", field.name, err)
		}
	}
	if a.IssuedAt.IsZero() {
		return ErrInvalidStatement.Wrap("issued_at is missing")
	}
	if a.ExpiresAt != nil && !a.ExpiresAt.After(a.IssuedAt) {
		return ErrInvalidStatement.Wrap("expires_at is not after issued_at")
	}
	return a.validateStatus()
}

// validateStatus checks that exactly the fields that a status needs are there.
func (a Attestation) validateStatus() error {
	_, reasonKnown := RevocationReason_name[int32(a.Reason)]
	var since time.Time
	if a.StatusSince != nil {
		since = *a.StatusSince
	}
	changed := !since.IsZero() && !since.Before(a.IssuedAt)
	given := a.Reason != REVOCATION_REASON_UNSPECIFIED
	switch {
	case !reasonKnown:
		return ErrInvalidStatement.Wrapf("reason %d does not exist", a.Reason)
	case a.Status == STATUS_ACTIVE && a.StatusSince == nil && !given && len(a.SupersededBy) == 0:
		return nil
	case a.Status == STATUS_REVOKED && changed && given && len(a.SupersededBy) == 0:
		return nil
	case a.Status == STATUS_SUPERSEDED && changed && !given && len(a.SupersededBy) == IDSize:
		return nil
	}
	return ErrInvalidStatement.Wrapf("status %s does not go with status_since, reason and superseded_by", a.Status)
}
