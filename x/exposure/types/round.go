package types

import (
	"time"

	sdk "github.com/cosmos/cosmos-sdk/types"

	"github.com/creditd/creditd/privacy/exposure"
)

// Sectors are NAICS codes of two to six digits.
const (
	minSector = 11
	maxSector = 999_999
)

// BalanceField is the summed field of a schema that an exposure adds up.
const BalanceField = "balance"

// MaxWrongShares is how many shares of one member a round checks that do not verify.
const MaxWrongShares = 3

// ValidSector says whether a code may be asked about.
func ValidSector(code uint32) bool { return code >= minSector && code <= maxSector }

// OfSubject says whether the kind is about a subject, and needs an inquiry.
func (k Kind) OfSubject() bool { return k == KIND_EXPOSURE || k == KIND_COUNT }

// Valid says whether there is such a kind.
func (k Kind) Valid() bool { return k.OfSubject() || k == KIND_SECTOR }

// Scope is whom or what the round is about: the subject, or the sector's id.
func (r Round) Scope() ID {
	if r.Kind.OfSubject() {
		return ID(r.Subject)
	}
	return SectorID(r.Sector)
}

// About is what the round's id and the proof of possession name: the inquiry, or the sector's id.
func (r Round) About() []byte {
	if r.Kind.OfSubject() {
		return r.InquiryId
	}
	return SectorID(r.Sector).Bytes()
}

// Over says that the round ended.
func (r Round) Over() bool { return r.Status == STATUS_OPENED || r.Status == STATUS_FAILED }

// Hides says that nothing was opened, nor can be: the sum was never fixed.
func (r Round) Hides() bool { return r.Failure == FAILURE_TOO_FEW_SUBMISSIONS }

// Due is when the round comes further by itself.
func (r Round) Due() time.Time {
	switch r.Status {
	case STATUS_SUBMITTING:
		return r.SubmitUntil
	case STATUS_OPENING:
		return r.ExpiresAt
	default:
		return r.ForgetAt
	}
}

// Statement is what every proof in the round is bound to, for package privacy/exposure.
func (r Round) Statement(chainID string, asker sdk.AccAddress) exposure.Round {
	return exposure.Round{
		ChainID: chainID, ID: [32]byte(r.Id), Kind: exposure.Kind(r.Kind), Scope: r.Scope(), Cohort: [32]byte(r.Cohort),
		Epoch: r.Epoch, Key: [32]byte(r.CommitteeKey), Asker: asker, AskerKey: [32]byte(r.AskerKey),
		Expiry: r.ExpiresAt.UnixNano(),
	}
}

// AttestedOf is the sum of what the member attested, as proofs take it: nil unless the kind is tied to it.
func (p Part) AttestedOf(kind Kind) []byte {
	if kind != KIND_EXPOSURE {
		return nil
	}
	return p.Attested
}

// Awaits says whether the round waits for this part's submission or share.
func (r Round) Awaits(part Part) bool {
	switch r.Status {
	case STATUS_SUBMITTING:
		return len(part.Ciphertext) == 0
	case STATUS_OPENING:
		return len(part.Share) == 0 && part.WrongShares < MaxWrongShares
	default:
		return false
	}
}
