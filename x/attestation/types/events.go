package types

import "time"

// NewEventSchemaCreated says that a schema came onto the chain.
func NewEventSchemaCreated(schema Schema) *EventSchemaCreated {
	return &EventSchemaCreated{Id: ID(schema.Id).String(), Name: schema.Name, Version: schema.Version}
}

// NewEventAttested says that an attestation was stated.
func NewEventAttested(id, schemaID ID, issuer string) *EventAttested {
	return &EventAttested{Id: id.String(), SchemaId: schemaID.String(), Issuer: issuer}
}

// NewEventBatchAttested says that many were, in one batch.
func NewEventBatchAttested(batch Batch) *EventBatchAttested {
	return &EventBatchAttested{
		BatchId: ContainerID(batch.Id).String(), SchemaId: ID(batch.SchemaId).String(), Issuer: batch.Issuer,
		Count: uint32(len(batch.Statements)),
	}
}

// NewEventRevoked says that an attestation was taken back.
func NewEventRevoked(id ID, reason RevocationReason) *EventRevoked {
	return &EventRevoked{Id: id.String(), Reason: reason}
}

// NewEventSuperseded says that one attestation replaces another.
func NewEventSuperseded(id, by ID) *EventSuperseded {
	return &EventSuperseded{Id: id.String(), By: by.String()}
}

// NewEventExpired says that attestations of a batch reached their end.
func NewEventExpired(batch ContainerID, at time.Time) *EventExpired {
	return &EventExpired{BatchId: batch.String(), ExpiresAt: at}
}

// NewEventSchemaDeprecated says that nothing new is stated under a schema.
func NewEventSchemaDeprecated(schema Schema) *EventSchemaDeprecated {
	event := &EventSchemaDeprecated{Id: ID(schema.Id).String()}
	if len(schema.ReplacedBy) > 0 {
		event.ReplacedBy = ID(schema.ReplacedBy).String()
	}
	return event
}

// NewEventAccredited says that an accreditation was granted.
func NewEventAccredited(accreditation Accreditation) *EventAccredited {
	event := &EventAccredited{Id: ID(accreditation.Id).String(), Grantee: accreditation.Grantee}
	if len(accreditation.Parent) > 0 {
		event.Parent = ID(accreditation.Parent).String()
	}
	return event
}

// NewEventAccreditationChanged says that the status of an accreditation changed.
func NewEventAccreditationChanged(accreditation Accreditation) *EventAccreditationChanged {
	return &EventAccreditationChanged{Id: ID(accreditation.Id).String(), Status: accreditation.Status}
}

// NewEventCredentialKeyRegistered says that an issuer published a credential key.
func NewEventCredentialKeyRegistered(issuer string, kid ID) *EventCredentialKeyRegistered {
	return &EventCredentialKeyRegistered{Issuer: issuer, Kid: kid.String()}
}

// NewEventCredentialKeyRetired says that an issuer retired one.
func NewEventCredentialKeyRetired(issuer string, kid ID) *EventCredentialKeyRetired {
	return &EventCredentialKeyRetired{Issuer: issuer, Kid: kid.String()}
}
