// Package contract is what the members' data contracts are written against: the inputs of each trigger, what may be done on
// it, the checks of a proposal, and the library of contracts that come with creditd. The language is in contract/expr, the
// state in x/credit/keeper, and docs/contracts.md describes all three. It is pure: it reads no state.
package contract

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/creditd/creditd/x/credit/contract/expr"
	"github.com/creditd/creditd/x/credit/types"
	institutiontypes "github.com/creditd/creditd/x/institution/types"
)

// ScopeOfCheck is the scope of scheduled checks. Every other scope is that of a trigger.
const ScopeOfCheck = types.CONTRACT_TRIGGER_UNSPECIFIED

// Walks for inputs end somewhere, and the inputs say so.
const (
	// MaxTrailLines of a subject's trail that the inputs inquiries.* look at, newest first.
	MaxTrailLines = 200
	// LookbackDays of inputs whose names end in _30d.
	LookbackDays = 30
)

// Input of contracts: a name, what it is, and where it can be used. There is none of personal data or of amounts.
type Input struct {
	expr.Input
	Scopes []types.ContractTrigger
	Doc    string
}

var (
	everywhere = []types.ContractTrigger{
		ScopeOfCheck, types.CONTRACT_TRIGGER_FURNISH, types.CONTRACT_TRIGGER_UPDATE, types.CONTRACT_TRIGGER_REPAID,
		types.CONTRACT_TRIGGER_CONSENT, types.CONTRACT_TRIGGER_INQUIRY, types.CONTRACT_TRIGGER_DISPUTE,
	}
	onTradeline = []types.ContractTrigger{
		ScopeOfCheck, types.CONTRACT_TRIGGER_FURNISH, types.CONTRACT_TRIGGER_UPDATE, types.CONTRACT_TRIGGER_REPAID,
		types.CONTRACT_TRIGGER_DISPUTE,
	}
	onMessage = everywhere[1:]
	onRepaid  = []types.ContractTrigger{types.CONTRACT_TRIGGER_REPAID}
	onConsent = []types.ContractTrigger{types.CONTRACT_TRIGGER_CONSENT}
	onInquiry = []types.ContractTrigger{types.CONTRACT_TRIGGER_INQUIRY}
	onDispute = []types.ContractTrigger{types.CONTRACT_TRIGGER_DISPUTE}
)

// Prefixes of the enumerations whose values contracts see, without them.
const (
	PrefixSubjectKind  = "SUBJECT_KIND_"
	PrefixRole         = "ROLE_"
	PrefixRecordState  = "RECORD_STATE_"
	PrefixStateReason  = "STATE_REASON_"
	PrefixCompliance   = "COMPLIANCE_CODE_"
	PrefixAnnotation   = "ANNOTATION_"
	PrefixPurpose      = "PURPOSE_"
	PrefixConsentMode  = "CONSENT_MODE_"
	PrefixConsentFetch = "CONSENT_FETCH_"
	PrefixInquiryKind  = "INQUIRY_KIND_"
	PrefixDispute      = "DISPUTE_REASON_"
	PrefixAmountClass  = "AMOUNT_CLASS_"
)

// ValueName is the value of an enumeration as contracts see it: without its prefix, and NONE for the unspecified one.
func ValueName(prefix string, value fmt.Stringer) string {
	name := strings.TrimPrefix(value.String(), prefix)
	if name == "UNSPECIFIED" {
		return "NONE"
	}
	return name
}

// valuesOf an enumeration in the order of its numbers.
func valuesOf(prefix string, names map[int32]string) []string {
	values := make([]string, 0, len(names))
	for number := int32(0); len(values) < len(names); number++ {
		if name, known := names[number]; known {
			values = append(values, strings.Replace(strings.TrimPrefix(name, prefix), "UNSPECIFIED", "NONE", 1))
		}
	}
	return values
}

func boolean(name string, scopes []types.ContractTrigger, doc string) Input {
	return Input{expr.Input{Name: name, Kind: expr.Bool}, scopes, doc}
}

func number(name string, scopes []types.ContractTrigger, doc string) Input {
	return Input{expr.Input{Name: name, Kind: expr.Int}, scopes, doc}
}

func text(name string, scopes []types.ContractTrigger, doc string, values ...string) Input {
	return Input{expr.Input{Name: name, Kind: expr.Text, Values: values}, scopes, doc}
}

func texts(name string, scopes []types.ContractTrigger, doc string, values ...string) Input {
	return Input{expr.Input{Name: name, Kind: expr.TextList, Values: values}, scopes, doc}
}

// Inputs of all scopes.
func Inputs() []Input {
	return []Input{
		number("block.day", everywhere, "days since 1970-01-01 (UTC) of the block's time"),
		number("block.seconds", everywhere, "seconds since 1970-01-01T00:00:00Z of the block's time"),

		text("subject.kind", everywhere, "kind of the subject", valuesOf(PrefixSubjectKind, types.SubjectKind_name)...),
		boolean("subject.frozen", everywhere, "the subject froze its file, and the institution has no lift"),
		boolean("subject.fraud_alert", everywhere, "a fraud alert stands on the file"),
		number("subject.age_days", everywhere, "days since it was enrolled"),

		boolean("institution.active", everywhere, "its licence is in force; in a message it always is, but for a furnisher whose record is disputed"),
		texts("institution.roles", everywhere, "roles of its licence; none when not in force", valuesOf(PrefixRole, institutiontypes.Role_name)...),
		text("institution.jurisdiction", everywhere, "ISO 3166-1 alpha-2; empty when the licence is not in force"),
		number("institution.licence_days_left", everywhere, "whole days until its licence ends; -1 when not in force"),
		number("institution.silences_30d", everywhere, "what it left unanswered past its time on this day and the 30 before"),
		boolean("institution.furnishes", everywhere, "it has, or had, a tradeline of the subject"),

		number("tradeline.version", onTradeline, "its version, from 1"),
		text("tradeline.state", onTradeline, "state of the record", valuesOf(PrefixRecordState, types.RecordState_name)...),
		text("tradeline.state_reason", onTradeline, "why it is in that state", valuesOf(PrefixStateReason, types.StateReason_name)...),
		number("tradeline.age_days", onTradeline, "days since it was first furnished"),
		number("tradeline.updated_days_ago", onTradeline, "days since its last version"),
		text("tradeline.compliance", onTradeline, "compliance code", valuesOf(PrefixCompliance, types.ComplianceCode_name)...),
		texts("tradeline.annotations", onTradeline, "marks that contracts put on it", valuesOf(PrefixAnnotation, types.Annotation_name)...),
		number("tradeline.notice_age_days", onTradeline, "days since the notice before negative reporting was given; -1 when none was"),
		number("tradeline.show_days_left", onTradeline, "whole days until its retention ends; negative after"),

		text("repaid.amount_class", onRepaid, "class of what was overdue, in the policy's terms", valuesOf(PrefixAmountClass, types.AmountClass_name)...),
		number("repaid.days_ago", onRepaid, "days since the last of it was paid"),

		text("consent.purpose", onConsent, "purpose it is given for", valuesOf(PrefixPurpose, types.Purpose_name)...),
		text("consent.mode", onConsent, "mode of use", valuesOf(PrefixConsentMode, types.ConsentMode_name)...),
		text("consent.fetch", onConsent, "how often", valuesOf(PrefixConsentFetch, types.ConsentFetch_name)...),
		number("consent.uses", onConsent, "uses it gives"),
		number("consent.validity_days", onConsent, "whole days from its beginning to its end"),

		text("inquiry.purpose", onInquiry, "purpose of the look", valuesOf(PrefixPurpose, types.Purpose_name)...),
		text("inquiry.kind", onInquiry, "kind of look", valuesOf(PrefixInquiryKind, types.InquiryKind_name)...),
		boolean("inquiry.with_consent", onInquiry, "it rests on a consent, and not on an exemption of its purpose"),

		text("dispute.reason", onDispute, "reason that the subject gives", valuesOf(PrefixDispute, types.DisputeReason_name)...),

		number("inquiries.looks_30d", onMessage, "looks at the subject's file in the last 30 days, before this message"),
		number("inquiries.data_users_30d", onMessage, "different data users that looked in them"),
		number("inquiries.lenders_30d", onMessage, "different data users that looked in them because of an application for credit"),
		boolean("inquiries.capped", onMessage, "the walk ended at 200 lines of the trail: the three above may be too low"),
	}
}

// languages by scope, made once: nothing of them changes.
var languages = sync.OnceValues(func() ([]*expr.Language, error) {
	list := make([]*expr.Language, len(everywhere))
	for _, scope := range everywhere {
		var inputs []expr.Input
		for _, input := range Inputs() {
			if slices.Contains(input.Scopes, scope) {
				inputs = append(inputs, input.Input)
			}
		}
		language, err := expr.NewLanguage(inputs...)
		if err != nil {
			return nil, err
		}
		list[scope] = language
	}
	return list, nil
})

// LanguageOf a trigger, or of checks.
func LanguageOf(scope types.ContractTrigger) (*expr.Language, error) {
	if !slices.Contains(everywhere, scope) {
		return nil, types.ErrInvalidContract.Wrapf("trigger %d: choose one of ContractTrigger", scope)
	}
	list, err := languages()
	if err != nil {
		return nil, types.ErrInvariant.Wrap(err.Error())
	}
	return list[scope], nil
}
