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

// NewEventConsentReplaced says that a consent was renewed by another.
func NewEventConsentReplaced(id, subject, by ID) *EventConsentReplaced {
	return &EventConsentReplaced{Id: id.String(), Subject: subject.String(), ReplacedBy: by.String()}
}

// NewEventInquiryOpened says that a data user looks.
func NewEventInquiryOpened(id ID, dataUser string, subject ID, purpose Purpose) *EventInquiryOpened {
	return &EventInquiryOpened{Id: id.String(), DataUser: dataUser, Subject: subject.String(), Purpose: purpose}
}

// NewEventInquiryPending says that a data contract requires a second approval.
func NewEventInquiryPending(id, contract ID) *EventInquiryPending {
	return &EventInquiryPending{Id: id.String(), ContractId: contract.String()}
}

// NewEventInquiryApproved says that a second institution approved an inquiry.
func NewEventInquiryApproved(id ID, institution string) *EventInquiryApproved {
	return &EventInquiryApproved{Id: id.String(), Institution: institution}
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

// NewEventControlRotated leaves the account out, as NewEventControlOffered does.
func NewEventControlRotated(subject ID) *EventControlRotated {
	return &EventControlRotated{Subject: subject.String()}
}

// NewEventChangeProposed says that an institution proposed a recovery or a merge.
func NewEventChangeProposed(subject ID, kind ChangeKind, institution string) *EventChangeProposed {
	return &EventChangeProposed{Subject: subject.String(), Kind: kind, Institution: institution}
}

// NewEventChangeApproved says that an institution approved it; readyAt is empty while approvals are missing.
func NewEventChangeApproved(subject ID, kind ChangeKind, institution, readyAt string) *EventChangeApproved {
	return &EventChangeApproved{Subject: subject.String(), Kind: kind, Institution: institution, ReadyAt: readyAt}
}

// NewEventChangeCancelled says that it will not take effect.
func NewEventChangeCancelled(subject ID, kind ChangeKind) *EventChangeCancelled {
	return &EventChangeCancelled{Subject: subject.String(), Kind: kind}
}

// NewEventControlRecovered says that institutions offered control to a new account, which it leaves out.
func NewEventControlRecovered(subject ID) *EventControlRecovered {
	return &EventControlRecovered{Subject: subject.String()}
}

// NewEventSubjectsMerged says which pseudonym stands for both from now on.
func NewEventSubjectsMerged(subject, into ID) *EventSubjectsMerged {
	return &EventSubjectsMerged{Subject: subject.String(), Into: into.String()}
}

// NewEventOrderSubmitted says that somebody submitted what an account signed, which it leaves out.
func NewEventOrderSubmitted(typeURL, submitter string) *EventOrderSubmitted {
	return &EventOrderSubmitted{TypeUrl: typeURL, Submitter: submitter}
}
