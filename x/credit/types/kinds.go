package types

// Known says whether there is such a kind of subject.
func (k SubjectKind) Known() bool {
	_, known := SubjectKind_name[int32(k)]
	return known && k != SUBJECT_KIND_UNSPECIFIED
}

// Known says whether there is such a mode.
func (m ConsentMode) Known() bool {
	_, known := ConsentMode_name[int32(m)]
	return known && m != CONSENT_MODE_UNSPECIFIED
}

// Known says whether there is such a kind of inquiry.
func (k InquiryKind) Known() bool {
	_, known := InquiryKind_name[int32(k)]
	return known && k != INQUIRY_KIND_UNSPECIFIED
}

// Known says whether there is such a purpose.
func (p Purpose) Known() bool {
	_, known := Purpose_name[int32(p)]
	return known && p != PURPOSE_UNSPECIFIED
}

// OfDataUser says whether a data user may look for this purpose; the subject's own look is no inquiry of
// an institution.
func (p Purpose) OfDataUser() bool { return p.Known() && p != PURPOSE_OWN_REQUEST }
