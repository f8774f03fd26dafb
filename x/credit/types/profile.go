package types

import (
	"time"
)

// Limits of a profile. Days are bounded by ten years, so that every deadline fits a time key.
const (
	MaxProfileDays     = 3660
	MaxRetentionYears  = 30
	MaxInquiryBudget   = 10_000_000
	maxProfileCode     = 16
	maxJurisdictions   = 64
	maxRetentionRules  = 4
	jurisdictionLength = 2
)

// ValidateProfileCode checks the code of a profile: 1 to 16 characters of A-Z and 0-9.
func ValidateProfileCode(code string) error {
	if len(code) < 1 || len(code) > maxProfileCode {
		return ErrInvalidProfile.Wrapf("code of %d characters: choose 1 to %d", len(code), maxProfileCode)
	}
	for _, c := range []byte(code) {
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') {
			return ErrInvalidProfile.Wrapf("code %q: use A-Z and 0-9", code)
		}
	}
	return nil
}

// Validate checks a profile by itself.
func (p Profile) Validate() error {
	if err := ValidateProfileCode(p.Code); err != nil {
		return err
	}
	if err := validateJurisdictions(p.Jurisdictions); err != nil {
		return err
	}
	if err := p.validatePurposes(); err != nil {
		return err
	}
	if err := p.validateDays(); err != nil {
		return err
	}
	return p.validateRetention()
}

func validateJurisdictions(jurisdictions []string) error {
	if len(jurisdictions) < 1 || len(jurisdictions) > maxJurisdictions {
		return ErrInvalidProfile.Wrapf("%d jurisdictions: name 1 to %d", len(jurisdictions), maxJurisdictions)
	}
	for i, jurisdiction := range jurisdictions {
		if len(jurisdiction) != jurisdictionLength || jurisdiction[0] < 'A' || jurisdiction[0] > 'Z' || jurisdiction[1] < 'A' || jurisdiction[1] > 'Z' {
			return ErrInvalidProfile.Wrapf("jurisdiction %.8q: write the ISO 3166-1 alpha-2 code", jurisdiction)
		}
		if i > 0 && jurisdiction <= jurisdictions[i-1] {
			return ErrInvalidProfile.Wrap("jurisdictions: put them in ascending order, each once")
		}
	}
	return nil
}

func (p Profile) validatePurposes() error {
	for i, rule := range p.Purposes {
		_, kindKnown := InquiryKind_name[int32(rule.Kind)]
		switch {
		case !rule.Purpose.OfDataUser():
			return ErrInvalidProfile.Wrapf("purposes: %s is no purpose of a data user", rule.Purpose)
		case !kindKnown || rule.Kind == INQUIRY_KIND_UNSPECIFIED || rule.Kind == INQUIRY_KIND_OWN:
			return ErrInvalidProfile.Wrapf("purposes: %s is HARD or SOFT, not %s", rule.Purpose, rule.Kind)
		case i > 0 && rule.Purpose <= p.Purposes[i-1].Purpose:
			return ErrInvalidProfile.Wrap("purposes: put them in ascending order, each once")
		}
	}
	if p.InquiryBudget < 1 || p.InquiryBudget > MaxInquiryBudget {
		return ErrInvalidProfile.Wrapf("inquiry_budget %d: choose 1 to %d", p.InquiryBudget, MaxInquiryBudget)
	}
	return nil
}

func (p Profile) validateDays() error {
	for _, days := range []struct {
		name       string
		value, min uint32
	}{
		{"dispute_days", p.DisputeDays, 1},
		{"dispute_extension_days", p.DisputeExtensionDays, 0},
		{"escalation_days", p.EscalationDays, 1},
		{"mediation_days", p.MediationDays, 1},
		{"outcome_lookback_days", p.OutcomeLookbackDays, 0},
		{"notice_lead_days", p.NoticeLeadDays, 0},
		{"reinsertion_notice_days", p.ReinsertionNoticeDays, 0},
		{"adverse_action_days", p.AdverseActionDays, 1},
		{"erasure_days", p.ErasureDays, 1},
		{"fraud_alert_days", p.FraudAlertDays, 1},
		{"extended_alert_days", p.ExtendedAlertDays, 1},
	} {
		if days.value < days.min || days.value > MaxProfileDays {
			return ErrInvalidProfile.Wrapf("%s %d: choose %d to %d", days.name, days.value, days.min, MaxProfileDays)
		}
	}
	_, partyKnown := DisputeParty_name[int32(p.DisputeExtensionBy)]
	if !partyKnown || (p.DisputeExtensionDays == 0) != (p.DisputeExtensionBy == DISPUTE_PARTY_UNSPECIFIED) {
		return ErrInvalidProfile.Wrap("dispute_extension_by: name a party if and only if there are dispute_extension_days")
	}
	return nil
}

func (p Profile) validateRetention() error {
	if len(p.Retention) < 1 || len(p.Retention) > maxRetentionRules {
		return ErrInvalidProfile.Wrapf("%d retention rules: give 1 to %d", len(p.Retention), maxRetentionRules)
	}
	for i, rule := range p.Retention {
		_, known := RetentionEvent_name[int32(rule.Event)]
		switch {
		case !known || rule.Event == RETENTION_EVENT_UNSPECIFIED:
			return ErrInvalidProfile.Wrapf("retention: event %d does not exist", rule.Event)
		case rule.Years < 1 || rule.Years > MaxRetentionYears || rule.StartDays > MaxProfileDays:
			return ErrInvalidProfile.Wrapf("retention: %d years from %d days: choose 1 to %d years from at most %d days",
				rule.Years, rule.StartDays, MaxRetentionYears, MaxProfileDays)
		case i > 0 && rule.Event <= p.Retention[i-1].Event:
			return ErrInvalidProfile.Wrap("retention: put events in ascending order, each once")
		}
	}
	return nil
}

// PurposeRule says on what terms data users may look for a purpose; false when they may not.
func (p Profile) PurposeRule(purpose Purpose) (PurposeRule, bool) {
	for _, rule := range p.Purposes {
		if rule.Purpose == purpose {
			return rule, true
		}
	}
	return PurposeRule{}, false
}

// ShowUntil is when a record of that event is no longer to be shown; date is that of the event as the profile counts it
// (its beginning, or its end where the rule says from_end). False when the profile has no rule for the event.
func (p Profile) ShowUntil(event RetentionEvent, date time.Time) (time.Time, bool) {
	for _, rule := range p.Retention {
		if rule.Event == event {
			return date.AddDate(int(rule.Years), 0, int(rule.StartDays)), true
		}
	}
	return time.Time{}, false
}

// LatestShowUntil is the longest that any record reported now may be shown. The chain holds every record to it, since it
// cannot know which of them count against their subjects.
func (p Profile) LatestShowUntil(now time.Time) time.Time {
	var latest time.Time
	for _, rule := range p.Retention {
		if until, _ := p.ShowUntil(rule.Event, now); until.After(latest) {
			latest = until
		}
	}
	return latest
}
