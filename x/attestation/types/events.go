package types

// NewEventSchemaCreated says that a schema came onto the chain.
func NewEventSchemaCreated(schema Schema) *EventSchemaCreated {
	return &EventSchemaCreated{Id: ID(schema.Id).String(), Name: schema.Name, Version: schema.Version}
}

// NewEventAttested says that an attestation was stated.
func NewEventAttested(id, schemaID ID, issuer string) *EventAttested {
	return &EventAttested{Id: id.String(), SchemaId: schemaID.String(), Issuer: issuer}
}

// NewEventBatchAttested says that many were, under one schema.
func NewEventBatchAttested(schemaID ID, issuer string, count uint32) *EventBatchAttested {
	return &EventBatchAttested{SchemaId: schemaID.String(), Issuer: issuer, Count: count}
}

// NewEventRevoked says that an attestation was taken back.
func NewEventRevoked(id ID, reason RevocationReason) *EventRevoked {
	return &EventRevoked{Id: id.String(), Reason: reason}
}

// NewEventSuperseded says that one attestation replaces another.
func NewEventSuperseded(id, by ID) *EventSuperseded {
	return &EventSuperseded{Id: id.String(), By: by.String()}
}
