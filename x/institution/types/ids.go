package types

import (
	"cosmossdk.io/collections"
	errorsmod "cosmossdk.io/errors"
)

// LicenceID identifies a licence by what its supervisor issued: unique within a jurisdiction.
type LicenceID struct {
	Jurisdiction string
	Number       string
}

// LicenceID of the institution.
func (i Institution) LicenceID() LicenceID {
	return LicenceID{Jurisdiction: i.Jurisdiction, Number: i.LicenceNumber}
}

// Validate checks both parts.
func (id LicenceID) Validate() error {
	if err := ValidateJurisdiction(id.Jurisdiction); err != nil {
		return err
	}
	return ValidateText("licence_number", id.Number, MaxLicenceNumberBytes)
}

// CollKey is the key in the index of licences.
func (id LicenceID) CollKey() collections.Pair[string, string] {
	return collections.Join(id.Jurisdiction, id.Number)
}

// String names the licence in errors.
func (id LicenceID) String() string { return id.Jurisdiction + " " + id.Number }

// ValidateJurisdiction wants two capital letters (ISO 3166-1 alpha-2). Which of the 676 are in use changes
// over time, so the list is no consensus rule.
func ValidateJurisdiction(code string) error {
	if len(code) != 2 || !isUpper(code[0]) || !isUpper(code[1]) {
		return errorsmod.Wrapf(ErrInvalidField, "jurisdiction %.8q; give an ISO 3166-1 alpha-2 code such as CN, US or DE", code)
	}
	return nil
}

func isUpper(b byte) bool { return b >= 'A' && b <= 'Z' }
