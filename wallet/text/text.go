// Package text has everything that the wallet says to people, in English. Another language replaces this package's
// constants and maps, and wallet/cli/help.go. Nothing else in the wallet has words of its own, and no JSON field or flag
// depends on them. What the verbs stand for is in the order of the English sentence.
package text

import (
	"fmt"
	"time"

	"github.com/creditd/creditd/credential"
)

// Dates are local; a day is enough where the hour does not matter.
const (
	Day    = "2 January 2006"
	Moment = "2 January 2006 15:04"
)

// Names of things.
const (
	FileName    = "file %d"
	AConsent    = "consent"
	ADispute    = "dispute"
	ARecord     = "record"
	ACredential = "credential"
	You         = "you"
	Everyone    = "every lender"
	Unknown     = "somebody without a licence (%s)"
)

// Purposes of a look, after "for".
var Purposes = map[string]string{
	"credit-application": "an application for credit", "account-review": "a review of an account that you have there",
	"collection": "the collection of a debt", "employment": "employment", "legal-order": "an order of an authority",
	"own-request": "your own report", "supervision": "the inspection of a supervisor",
}

// Modes of a consent, after "may".
var Modes = map[string]string{
	"view": "look and keep nothing", "store": "look and keep what it sees for %s", "query": "ask questions and see no records",
}

// ConsentStates of a consent.
var ConsentStates = map[string]string{
	"live": "in force", "withdrawn": "withdrawn by you", "used-up": "used up", "expired": "over", "replaced": "renewed by another",
}

// LookKinds of a look, as it counts.
var LookKinds = map[string]string{
	"hard": "counts as an application for credit", "soft": "does not count as an application", "own": "your own look, which nobody else sees as one",
}

// LookStates of a look.
var LookStates = map[string]string{
	"open": "still open", "fulfilled": "done", "expired": "its time ran out", "pending": "waits for the approval of another institution",
}

// Reasons of a dispute, after "because".
var Reasons = map[string]string{
	"not-mine": "the account is not yours", "amount": "an amount is wrong", "status": "the payment status or history is wrong",
	"date": "a date is wrong", "fraud": "somebody used your identity", "no-notice": "you were not told before it was reported",
	"outdated": "it should no longer be shown", "other": "of what you wrote",
}

// DisputeStates of a dispute; the verb is the day on which it ends by itself.
var DisputeStates = map[string]string{
	"open": "has to be answered by %s", "silent": "was not answered in time; the record is hidden until it is",
	"answered": "was answered; you can ask a mediator until %s", "escalated": "is with a mediator, who has to decide by %s",
	"ordered": "was decided for you; the record is hidden until it is corrected", "closed": "is closed",
}

// Outcomes of a dispute, after "the answer:".
var Outcomes = map[string]string{
	"verified": "the record is right as it is", "modified": "the record was wrong and was corrected",
	"deleted": "the record is not shown any more", "reinserted": "the record came back after it was deleted",
	"frivolous": "there is nothing to investigate",
}

// RecordStates of a record.
var RecordStates = map[string]string{
	"active": "shown", "disputed": "shown, marked as disputed", "suppressed": "hidden", "superseded": "replaced",
	"expired": "no longer shown, its time is over", "erased": "erased",
}

// Kinds of a credit file.
var Kinds = map[string]string{"natural-person": "a person", "legal-entity": "a firm"}

// Schemas in plain words.
var Schemas = map[string]string{
	"creditd.licence": "licences", "creditd.score": "scores", "creditd.tax.standing": "tax standing",
	"creditd.tradeline.firm": "loans and credit lines of the firm", "creditd.tradeline.person": "loans, cards and credit lines",
	"creditd.utility.payment": "payments for utilities",
}

// Changes that institutions make.
var Changes = map[string]string{
	"recovery": "to give control of this file to another account", "merge": "to join this file with another one",
}

// What is said when something is made or done.
const (
	WordsHead = `These 24 words are your wallet. Write them down on paper, in this order, and keep the paper where you keep your passport.
Whoever has them can act for you. They are shown only now, and nobody can tell you them again.`
	WordsAsk        = "Word number %d: "
	WordsSaved      = "Your 24 words are in %s. Whoever has them can act for you: move them to a safe place.\n"
	WordsEnter      = "Your 24 words, in order, in one line: "
	PassphraseNew   = "Choose a passphrase for this computer (at least %d characters): "
	PassphraseAgain = "The same again: "
	PassphraseAsk   = "Passphrase of the wallet: "
	Created         = "Your wallet is in %s.\nYour account is %s\nGive this account to the institution that knows you. When it has offered you control of your credit file, run\n  creditd wallet claim SUBJECT --name \"my file\"\nwhere SUBJECT is what the institution gives you.\n"
	AddressLine     = "%s\n"

	Agree       = "You are about to sign this:\n  %s\n"
	AgreeAsk    = "Sign it? [y/N] "
	Signed      = "Signed. Give %s to any institution to submit; it costs you nothing and is good until %s.\nAn institution submits it with: creditd tx credit submit-signed %s --from ITS-KEY\n"
	SignedOut   = "Signed, and good until %s. Give what is printed above to any institution to submit; it costs you nothing.\n"
	Sent        = "Done, in block %d.\n"
	MadeID      = "Its number is %s.\n"
	NoteSaved   = "What you wrote is in %s: give it to %s, who can check that it is what you meant. A copy is in your wallet.\n"
	Remembered  = "The wallet knows this credit file as %q.\n"
	HolderKey   = "%s\n"
	Received    = "Received and checked: %s from %s. Its number is %s.\n"
	Forgotten   = "Deleted from this wallet. Whoever was shown it still has what was shown.\n"
	Presented   = "Written to %s. It shows %s and nothing else, to %s, once.\n"
	Proven      = "%d looks in blocks %d to %d, proven, are in %s.\nWhoever trusts a block of this chain checks that there was no other look with\n  creditd audit verify %s --trusted-height %d --trusted-hash HASH\nwhere HASH is that of block %d, from a source of its own.\n"
	ProofsSaved = "The report and its proofs go into %s. Whoever trusts a block of this chain checks it with\n  creditd report verify %s --trusted-height %d --trusted-hash HASH\nwhere HASH is that of block %d, from a source of its own.\n"
	Yours       = "This credit file is yours already.\n"
)

// Sentences that are signed.
const (
	SayConsent   = "I let %s look at %s of %q for %s. It may %s, %s, until %s.%s"
	SayTimes     = "%d times"
	SayOnce      = "once"
	SayEvery     = "%d times, not more often than every %s"
	SayFrom      = " Only records of %s or later."
	SayUntil     = " Only records of %s or earlier."
	SayRenews    = " This replaces consent %s."
	SayClaim     = "I take control of the credit file that is %s, enrolled by %s, as %q."
	SayCancel    = "I object to the change of %q that %s proposed: %s."
	SayHandOver  = "I offer control of %q to the account %s, which has to claim it."
	SayWithdraw  = "I take back my consent %s to %s for %s, at once."
	SayFreeze    = "I freeze %q: nobody may look at it for a new credit until I lift that."
	SayUnfreeze  = "I end the freeze of %q."
	SayLift      = "I lift the freeze of %q until %s, for %s. After that it holds again."
	SayAlert     = "I put a fraud alert on %q: lenders have to check more closely that it is me."
	SayAlertLong = "I put an extended fraud alert on %q, with a report to the authorities as evidence."
	SayAlertOff  = "I take the fraud alert off %q."
	SayDispute   = "I dispute record %s of %s, because %s."
	SayExtend    = "I bring forward new facts in dispute %s and ask %s to look into it longer."
	SayEscalate  = "I ask %s to decide dispute %s with %s."
	SayStatement = "I put my own words beside record %s of %s, which stays after dispute %s."
	SayErase     = "I ask %s to erase record %s: its payload and keys, for good."
	SayReport    = "I ask all institutions that report about %q for my own report."
)

// What status, lists and looks say.
const (
	StatusHead       = "Account %s on %s, %d credentials.\n"
	StatusNoFiles    = "No credit file yet. Give your account to the institution that knows you, and claim what it offers with 'creditd wallet claim'.\n"
	StatusFile       = "\n%s (%s, enrolled by %s)\n"
	StatusUnknown    = "\n%s\n  The chain does not know this credit file: ask the institution for the right number.\n"
	StatusYours      = "  control    yours\n"
	StatusOffered    = "  control    OFFERED to you: claim it with 'creditd wallet claim %s'\n"
	StatusOther      = "  control    NOT yours: another account has it. If that is not you, ask an institution to recover it.\n"
	StatusNone       = "  control    nobody's: ask %s to offer it to your account\n"
	StatusHanding    = "  control    you have offered it to %s\n"
	StatusMerged     = "  merged     this file was joined into another one: use that one\n"
	StatusAliases    = "  merged     %d other files were joined into this one\n"
	StatusNoFreeze   = "  freeze     none\n"
	StatusFreeze     = "  freeze     since %s: nobody may look for a new credit\n"
	StatusLifted     = "  freeze     since %s, lifted until %s for %s\n"
	StatusNoAlert    = "  alert      none\n"
	StatusAlert      = "  alert      fraud alert until %s\n"
	StatusAlertLong  = "  alert      extended fraud alert until %s\n"
	StatusChange     = "  WARNING    on %s, %s proposed %s.%s If that is not what you want: creditd wallet object\n"
	StatusChangeToMe = " It would give it to this wallet."
	StatusChangeAt   = " It takes effect on %s."
	StatusRecords    = "  records    %d shown, %d not shown ('creditd wallet records')\n"
	StatusConsents   = "  consents   %d in force ('creditd wallet consents')\n"
	StatusEnding     = "  ends soon  consent %s to %s, on %s\n"
	StatusDispute    = "  dispute    %s about a record of %s: it %s\n"
	StatusNoDispute  = "  disputes   none open\n"

	NoConsents    = "You have given no consent.\n"
	ConsentLine   = "%s  %s\n"
	ConsentText   = "%s may %s for %s: %s, %s, until %s"
	ConsentOver   = "%s, for %s: %s since %s"
	UsesLeft      = "looks left: %d"
	UsesEvery     = "looks left: %d, not more often than every %s"
	NoLooks       = "Nobody has looked.\n"
	LooksMore     = "There are earlier looks: --limit shows more.\n"
	LookLine      = "%s  %s, for %s"
	LookConsent   = ", under consent %s"
	LookNoConsent = ", without consent as the law allows"
	LookGave      = "    got %d records from %s\n"
	LookNothing   = "    got nothing\n"
	LookState     = "    %s; %s\n"
	LookDeclined  = "    declined because of what it saw, and has to tell you why\n"
	LookNotified  = "    declined because of what it saw, and says that it told you\n"
	NoDisputes    = "You have disputed nothing.\n"
	DisputeLine   = "%s  record %s of %s, since %s because %s: it %s\n"
	DisputeAnswer = "    the answer: %s\n"
	DisputeWords  = "    your own words stand beside the record\n"
	ReceiptsIn    = "%d receipts are in %s.\n"
	NoRecords     = "Nobody reports about this file.\n"
	RecordLine    = "%s  %s, since %s, %s, until %s at the latest\n"
	NoCredentials = "No credentials yet. Make a key with 'creditd wallet credential key' and give it to the institution.\n"
	CredLine      = "%s  %s from %s, received %s: %s\n"
	CredFields    = "    you can show: %s\n"
	CredValue     = "  %s: %s\n"
	CredUnchecked = "not checked now (%s); it was good when received"
	CredGood      = "good"
	CredOver      = "over: ask for a new one"
	CredNotYours  = "    it is about a credit file that this wallet does not have\n"
)

// CredentialState says in words whether a credential can be relied on.
func CredentialState(r *credential.Report) string {
	switch {
	case r.Status.Status == credential.Revoked:
		return fmt.Sprintf("REVOKED by its issuer%s: it is worth nothing any more, ask for a new one", on(r.Status.Since))
	case r.Status.Status == credential.Suspended:
		return fmt.Sprintf("SUSPENDED by its issuer%s: ask why", on(r.Status.Since))
	case r.Status.Status == credential.Superseded:
		return fmt.Sprintf("REPLACED by a newer statement%s: ask for a credential of that one", on(r.Status.Since))
	case r.Status.Validity == credential.ValidityExpired:
		return CredOver
	case r.Status.Validity == credential.ValidityNotYet:
		return "not valid yet"
	case r.Issuer.Standing != credential.StandingGood:
		return fmt.Sprintf("genuine, but its issuer may not issue any more (%s)%s", r.Issuer.Standing, on(r.Issuer.Since))
	}
	return CredGood
}

func on(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return " on " + t.Local().Format(Day)
}
