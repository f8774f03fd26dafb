// Package exposure adds up what institutions keep secret: each encrypts its own number to the key that a committee holds
// together (lifted ElGamal over ristretto255), the ciphertexts are added, and members of the committee turn the sum into a
// ciphertext for the one who asked. Nobody else learns the total, nobody at all a term. Every step has a proof that anybody
// can check. README.md has the protocol with its bytes, the adversary, the assumptions, what leaks, and the argument.
//
// The package is pure Go, imports nothing of the chain and does no I/O but reading crypto/rand. What verifies is
// deterministic, bounded and does not panic on input, so that a chain may do it in consensus.
package exposure

import (
	"errors"

	"github.com/creditd/creditd/privacy/rangeproof"
	"github.com/creditd/creditd/privacy/transcript"
)

// Kind of what is added up.
type Kind uint8

const (
	// Exposure of one subject: balances, each tied to what the institution attested.
	Exposure Kind = 1
	// Count of institutions: each says 0 or 1.
	Count Kind = 2
	// Sector totals: each says a number, with nothing to tie it to.
	Sector Kind = 3
)

// Sizes in bytes.
const (
	CiphertextSize = 64  // C1 || C2
	PossessionSize = 64  // e || s
	ShareSize      = 160 // U || W || e || sX || sK
)

// ErrInvalid is what every refusal of what somebody else made wraps.
var ErrInvalid = errors.New("refused")

// ErrOutOfRange: the number cannot be submitted.
var ErrOutOfRange = errors.New("the number is outside the range that can be submitted")

// ErrRecords: the records at hand are not those that were attested.
var ErrRecords = errors.New("the value and blinding do not open the sum of what was attested")

// Bits of the numbers that are added: each is in [0, 2^Bits). 0 for a kind that there is not.
func (k Kind) Bits() int {
	switch k {
	case Exposure, Sector:
		return 40
	case Count:
		return 1
	}
	return 0
}

// linked says whether the number is tied to what the institution attested.
func (k Kind) linked() bool { return k == Exposure }

// linkSize is that of the proof that ciphertext, commitment and attested sum have the same value: e || sR || sV || sQ, and
// sD where it is linked.
func (k Kind) linkSize() int {
	if k.linked() {
		return 5 * 32
	}
	return 4 * 32
}

// SubmissionSize is that of a submission of the kind: 928, 512 and 896 bytes; 0 for a kind that there is not.
func (k Kind) SubmissionSize() int {
	if k.Bits() == 0 {
		return 0
	}
	return CiphertextSize + 32 + k.linkSize() + rangeproof.Size(k.Bits())
}

// Max is the largest total that so many terms can have.
func (k Kind) Max(terms int) uint64 {
	if k.Bits() == 0 || terms < 0 {
		return 0
	}
	return uint64(terms) * (1<<k.Bits() - 1)
}

// Round is what every proof in a round is bound to. A proof is worth nothing in another round.
type Round struct {
	ChainID  string
	ID       [32]byte // of the round
	Kind     Kind
	Scope    [32]byte // whom or what it is about: the subject's pseudonym, or the id of the sector
	Cohort   [32]byte // digest of the members with their public shares
	Epoch    uint64   // of the committee's key
	Key      [32]byte // the committee's public key
	Asker    []byte   // address of the one who asks
	AskerKey [32]byte // to which the total is encrypted
	Expiry   int64    // end of the round, nanoseconds since 1970
}

// transcript begins every proof of a member.
func (r Round) transcript(domain string, member []byte) *transcript.Transcript {
	t := transcript.New(domain)
	t.Append("chain", []byte(r.ChainID))
	t.Append("round", r.ID[:])
	t.AppendUint64("kind", uint64(r.Kind))
	t.Append("scope", r.Scope[:])
	t.Append("cohort", r.Cohort[:])
	t.AppendUint64("epoch", r.Epoch)
	t.Append("key", r.Key[:])
	t.Append("asker", r.Asker)
	t.Append("asker key", r.AskerKey[:])
	t.AppendUint64("expiry", uint64(r.Expiry))
	t.Append("member", member)
	return t
}
