package types

import "time"

const (
	maxPolicyName        = 64
	maxPolicyDescription = 512
)

// Validate checks a repair policy by itself.
func (p RepairPolicy) Validate() error {
	if err := validatePolicyName(p.Name); err != nil {
		return err
	}
	if len(p.Jurisdictions) > 0 {
		if err := validateJurisdictions(p.Jurisdictions); err != nil {
			return ErrInvalidPolicy.Wrap(err.Error())
		}
	}
	if _, known := SubjectKind_name[int32(p.SubjectKind)]; !known {
		return ErrInvalidPolicy.Wrapf("subject_kind %d does not exist", p.SubjectKind)
	}
	if !p.AmountClass.Known() {
		return ErrInvalidPolicy.Wrapf("amount_class %d: choose one of AmountClass", p.AmountClass)
	}
	for _, each := range []struct {
		name string
		at   time.Time
	}{
		{"reported_from", p.ReportedFrom}, {"reported_until", p.ReportedUntil}, {"repaid_by", p.RepaidBy}, {"declare_until", p.DeclareUntil},
	} {
		if !Orderable(each.at) {
			return ErrInvalidPolicy.Wrapf("%s: choose a time from 1970 to before 2262", each.name)
		}
	}
	if p.ReportedUntil.Before(p.ReportedFrom) {
		return ErrInvalidPolicy.Wrap("reported_until is before reported_from")
	}
	if len(p.Description) > maxPolicyDescription {
		return ErrInvalidPolicy.Wrapf("description of %d bytes: write at most %d", len(p.Description), maxPolicyDescription)
	}
	return nil
}

func validatePolicyName(name string) error {
	if len(name) < 1 || len(name) > maxPolicyName {
		return ErrInvalidPolicy.Wrapf("name of %d characters: choose 1 to %d", len(name), maxPolicyName)
	}
	for _, c := range []byte(name) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return ErrInvalidPolicy.Wrapf("name %q: use a-z, 0-9 and hyphen", name)
		}
	}
	return nil
}

// Known says whether there is such a class.
func (c AmountClass) Known() bool {
	_, known := AmountClass_name[int32(c)]
	return known && c != AMOUNT_CLASS_UNSPECIFIED
}
