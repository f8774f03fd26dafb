package types

// The profiles of a new chain. docs/profiles.md has the source of each number and says which sources we have not read.
// They are the members' to change by vote, and no claim that a chain with them complies with a law.

// DefaultProfiles are CN, EU and US.
func DefaultProfiles() []Profile { return []Profile{ChinaProfile(), EuropeProfile(), AmericaProfile()} }

// ChinaProfile follows the Credit Reporting Industry Regulation (State Council Decree 631) and PIPL.
func ChinaProfile() Profile {
	return Profile{
		Code:          "CN",
		Jurisdictions: []string{"CN"},
		Purposes: []PurposeRule{
			{Purpose: PURPOSE_CREDIT_APPLICATION, Kind: INQUIRY_KIND_HARD},
			{Purpose: PURPOSE_ACCOUNT_REVIEW, Kind: INQUIRY_KIND_SOFT, FreezeExempt: true},
			{Purpose: PURPOSE_COLLECTION, Kind: INQUIRY_KIND_SOFT, FreezeExempt: true},
			{Purpose: PURPOSE_EMPLOYMENT, Kind: INQUIRY_KIND_SOFT},
			{Purpose: PURPOSE_LEGAL_ORDER, Kind: INQUIRY_KIND_SOFT, ConsentExempt: true, FreezeExempt: true},
			{Purpose: PURPOSE_SUPERVISION, Kind: INQUIRY_KIND_SOFT, ConsentExempt: true, FreezeExempt: true},
		},
		InquiryBudget:          100_000,
		DisputeDays:            20,
		EscalationDays:         60,
		MediationDays:          30,
		OutcomeLookbackDays:    180,
		NoticeRequired:         true,
		NoticeLeadDays:         0,
		ReinsertionNoticeDays:  5,
		AdverseActionDays:      30,
		ErasureDays:            15,
		FraudAlertDays:         365,
		ExtendedAlertDays:      7 * 365,
		RetentionOfPersonsOnly: true,
		Retention: []RetentionRule{
			{Event: RETENTION_EVENT_NONE, Years: 5},
			{Event: RETENTION_EVENT_DELINQUENCY, Years: 5, FromEnd: true},
			{Event: RETENTION_EVENT_CHARGE_OFF, Years: 5, FromEnd: true},
			{Event: RETENTION_EVENT_BANKRUPTCY, Years: 5, FromEnd: true},
		},
	}
}

// EuropeProfile follows the GDPR, with numbers that national laws would set.
func EuropeProfile() Profile {
	return Profile{
		Code: "EU",
		Jurisdictions: []string{
			"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT",
			"NL", "PL", "PT", "RO", "SE", "SI", "SK",
		},
		Purposes: []PurposeRule{
			{Purpose: PURPOSE_CREDIT_APPLICATION, Kind: INQUIRY_KIND_HARD},
			{Purpose: PURPOSE_ACCOUNT_REVIEW, Kind: INQUIRY_KIND_SOFT, FreezeExempt: true},
			{Purpose: PURPOSE_COLLECTION, Kind: INQUIRY_KIND_SOFT, FreezeExempt: true},
			{Purpose: PURPOSE_LEGAL_ORDER, Kind: INQUIRY_KIND_SOFT, ConsentExempt: true, FreezeExempt: true},
			{Purpose: PURPOSE_SUPERVISION, Kind: INQUIRY_KIND_SOFT, ConsentExempt: true, FreezeExempt: true},
		},
		InquiryBudget:          100_000,
		DisputeDays:            30,
		DisputeExtensionDays:   60,
		DisputeExtensionBy:     DISPUTE_PARTY_FURNISHER,
		EscalationDays:         90,
		MediationDays:          90,
		OutcomeLookbackDays:    365,
		NoticeRequired:         true,
		NoticeLeadDays:         14,
		ReinsertionNoticeDays:  14,
		AdverseActionDays:      30,
		ErasureDays:            30,
		FraudAlertDays:         365,
		ExtendedAlertDays:      7 * 365,
		RetentionOfPersonsOnly: true,
		Retention: []RetentionRule{
			{Event: RETENTION_EVENT_NONE, Years: 3},
			{Event: RETENTION_EVENT_DELINQUENCY, Years: 3, FromEnd: true},
			{Event: RETENTION_EVENT_CHARGE_OFF, Years: 3, FromEnd: true},
			{Event: RETENTION_EVENT_BANKRUPTCY, Years: 3, FromEnd: true},
		},
	}
}

// AmericaProfile follows the Fair Credit Reporting Act of the United States.
func AmericaProfile() Profile {
	return Profile{
		Code:          "US",
		Jurisdictions: []string{"US"},
		Purposes: []PurposeRule{
			{Purpose: PURPOSE_CREDIT_APPLICATION, Kind: INQUIRY_KIND_HARD},
			{Purpose: PURPOSE_ACCOUNT_REVIEW, Kind: INQUIRY_KIND_SOFT, ConsentExempt: true, FreezeExempt: true},
			{Purpose: PURPOSE_COLLECTION, Kind: INQUIRY_KIND_SOFT, ConsentExempt: true, FreezeExempt: true},
			{Purpose: PURPOSE_EMPLOYMENT, Kind: INQUIRY_KIND_SOFT},
			{Purpose: PURPOSE_LEGAL_ORDER, Kind: INQUIRY_KIND_SOFT, ConsentExempt: true, FreezeExempt: true},
			{Purpose: PURPOSE_SUPERVISION, Kind: INQUIRY_KIND_SOFT, ConsentExempt: true, FreezeExempt: true},
		},
		InquiryBudget:          100_000,
		DisputeDays:            30,
		DisputeExtensionDays:   15,
		DisputeExtensionBy:     DISPUTE_PARTY_SUBJECT,
		EscalationDays:         60,
		MediationDays:          30,
		OutcomeLookbackDays:    183,
		ReinsertionNoticeDays:  5,
		AdverseActionDays:      30,
		ErasureDays:            30,
		FraudAlertDays:         365,
		ExtendedAlertDays:      7 * 365,
		RetentionOfPersonsOnly: true,
		Retention: []RetentionRule{
			{Event: RETENTION_EVENT_NONE, Years: 10},
			{Event: RETENTION_EVENT_DELINQUENCY, Years: 7},
			{Event: RETENTION_EVENT_CHARGE_OFF, Years: 7, StartDays: 180},
			{Event: RETENTION_EVENT_BANKRUPTCY, Years: 10},
		},
	}
}
