package types

// NewEventSubjectsEnrolled says how many pseudonyms came onto the chain.
func NewEventSubjectsEnrolled(institution string, created uint32) *EventSubjectsEnrolled {
	return &EventSubjectsEnrolled{Institution: institution, Created: created}
}

// NewEventControlOffered leaves the account out: the event stream should not link accounts to subjects.
func NewEventControlOffered(subject ID, institution string) *EventControlOffered {
	return &EventControlOffered{Subject: subject.String(), Institution: institution}
}

// NewEventControlClaimed says that a subject has a controller now.
func NewEventControlClaimed(subject ID) *EventControlClaimed {
	return &EventControlClaimed{Subject: subject.String()}
}

// NewEventFurnished says that a tradeline was reported.
func NewEventFurnished(tradeline, attestation ID, furnisher string) *EventFurnished {
	return &EventFurnished{TradelineId: tradeline.String(), AttestationId: attestation.String(), Furnisher: furnisher}
}

// NewEventBatchFurnished says that many were, under one schema.
func NewEventBatchFurnished(furnisher string, schema ID, count uint32) *EventBatchFurnished {
	return &EventBatchFurnished{Furnisher: furnisher, SchemaId: schema.String(), Count: count}
}

// NewEventCorrected says that a tradeline has a new version.
func NewEventCorrected(tradeline, attestation ID, version uint32, reason CorrectionReason) *EventCorrected {
	return &EventCorrected{
		TradelineId: tradeline.String(), AttestationId: attestation.String(), Version: version, Reason: reason,
	}
}

// NewEventConsentGranted says that a subject lets a data user look.
func NewEventConsentGranted(id, subject ID, grantee string, purpose Purpose) *EventConsentGranted {
	return &EventConsentGranted{Id: id.String(), Subject: subject.String(), Grantee: grantee, Purpose: purpose}
}

// NewEventConsentWithdrawn says that a subject took a consent back.
func NewEventConsentWithdrawn(id, subject ID) *EventConsentWithdrawn {
	return &EventConsentWithdrawn{Id: id.String(), Subject: subject.String()}
}

// NewEventConsentExpired says that the validity of a consent ended.
func NewEventConsentExpired(id, subject ID) *EventConsentExpired {
	return &EventConsentExpired{Id: id.String(), Subject: subject.String()}
}

// NewEventInquiryOpened says that a data user looks.
func NewEventInquiryOpened(id ID, dataUser string, subject ID, purpose Purpose) *EventInquiryOpened {
	return &EventInquiryOpened{Id: id.String(), DataUser: dataUser, Subject: subject.String(), Purpose: purpose}
}

// NewEventReceiptLeft says that data was given or got.
func NewEventReceiptLeft(inquiry ID, institution string, records uint32) *EventReceiptLeft {
	return &EventReceiptLeft{InquiryId: inquiry.String(), Institution: institution, Records: records}
}

// NewEventInquiryExpired says that an inquiry ran out of time.
func NewEventInquiryExpired(id ID) *EventInquiryExpired {
	return &EventInquiryExpired{Id: id.String()}
}

// NewEventQueueEntryFailed says that a due entry left its queue without effect.
func NewEventQueueEntryFailed(queue string, id ID, err error) *EventQueueEntryFailed {
	return &EventQueueEntryFailed{Queue: queue, Id: id.String(), Error: err.Error()}
}
