// Package commit makes the two commitments that computing on hidden values needs beside the Merkle root of a record:
// Pedersen commitments to amounts, which can be added up (this file), and one Poseidon2 hash of a record's fields, which
// a circuit can open (circuit.go). docs/commitment-format.md specifies both byte by byte and argues their security.
//
// The package is pure Go, imports no Cosmos SDK package and does no I/O. What a chain asks of such commitments is in
// the subpackage encoding, which links no proving system.
package commit

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/commit/encoding"
)

const (
	domainGenerator = "creditd/pedersen/v1/H"
	domainBlinding  = "creditd/blinding/v1"
)

// MaxTerms bounds what Add takes at once.
const MaxTerms = 1 << 16

// generatorH is the base of the blinding: SHA-512 of a domain string, mapped to the group by RFC 9496 s.4.3.4. Nobody
// knows its logarithm to the base of the values, the group's generator G; who knew it could open a commitment to any
// value.
var generatorH = func() *ristretto255.Element {
	seed := sha512.Sum512([]byte(domainGenerator))
	h, _ := ristretto255.NewIdentityElement().SetUniformBytes(seed[:]) // fails for a length other than 64 alone
	return h
}()

// H returns the base of the blindings, for proofs about commitments.
func H() *ristretto255.Element { return ristretto255.NewIdentityElement().Set(generatorH) }

// Blinding hides the value of an amount commitment. It stays with whoever may open it; destroying it, and the seed it
// comes from, is the erasure: the commitment then fits every value.
type Blinding struct{ scalar ristretto255.Scalar }

// Format keeps a blinding out of every log line and error message, whatever the verb.
func (Blinding) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "Blinding(redacted)") }

// DeriveBlinding derives the blinding of the field at that index from the record's seed: HMAC-SHA512(seed,
// "creditd/blinding/v1" || u16be(index)), as a little-endian number reduced by the order of the group. 512 bits leave
// no bias worth naming.
func DeriveBlinding(seed [32]byte, index uint16) Blinding {
	wide := derive(seed, binary.BigEndian.AppendUint16([]byte(domainBlinding), index))
	var b Blinding
	_, _ = b.scalar.SetUniformBytes(wide[:]) // fails for a length other than 64 alone
	return b
}

// derive is HMAC-SHA512, of whose 64 bytes a number is made by reduction.
func derive(seed [32]byte, info []byte) (wide [64]byte) {
	mac := hmac.New(sha512.New, seed[:])
	mac.Write(info)
	mac.Sum(wide[:0])
	return wide
}

// ParseBlinding reads 32 bytes, little-endian, below the order of the group; zero hides nothing and is refused.
func ParseBlinding(bz []byte) (Blinding, error) {
	var b Blinding
	if _, err := b.scalar.SetCanonicalBytes(bz); err != nil {
		return Blinding{}, errors.New("a blinding is 32 bytes, little-endian, below the order of ristretto255")
	}
	if b.scalar.Equal(ristretto255.NewScalar()) == 1 {
		return Blinding{}, errors.New("a blinding of zero hides nothing")
	}
	return b, nil
}

// Bytes of the blinding, as ParseBlinding reads them. They are a secret.
func (b Blinding) Bytes() [32]byte { return [32]byte(b.scalar.Bytes()) }

// Add returns the blinding of the sum of two commitments.
func (b Blinding) Add(other Blinding) Blinding {
	var sum Blinding
	sum.scalar.Add(&b.scalar, &other.scalar)
	return sum
}

// VerifyAmount tells whether the commitment opens to that value. For a sum this says that the terms' values add up to
// it if each was of 64 bits, which its issuer vouches for or a range proof shows.
func VerifyAmount(commitment []byte, value int64, blinding Blinding) bool {
	if encoding.CheckPoint(commitment) != nil {
		return false
	}
	return Amount(value, blinding) == [32]byte(commitment)
}

// Add returns the commitment to the sum of the values, under the sum of the blindings, of 1 to MaxTerms commitments. It
// refuses one that is no point, and a sum that is the identity.
func Add(commitments ...[]byte) ([32]byte, error) {
	if len(commitments) == 0 || len(commitments) > MaxTerms {
		return [32]byte{}, fmt.Errorf("1 to %d commitments are added at once, not %d", MaxTerms, len(commitments))
	}
	sum, term := ristretto255.NewIdentityElement(), ristretto255.NewIdentityElement()
	for i, bz := range commitments {
		if err := encoding.CheckPoint(bz); err != nil {
			return [32]byte{}, fmt.Errorf("commitment %d: %w", i, err)
		}
		_, _ = term.SetCanonicalBytes(bz) // was checked
		sum.Add(sum, term)
	}
	encoded := [32]byte(sum.Bytes())
	if err := encoding.CheckPoint(encoded[:]); err != nil {
		return [32]byte{}, fmt.Errorf("the sum: %w", err)
	}
	return encoded, nil
}

// signBit is 2^63: flipping it maps the signed numbers of 64 bits to the unsigned ones in order.
const signBit = 1 << 63
