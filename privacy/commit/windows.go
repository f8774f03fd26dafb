package commit

import (
	"sync"

	"github.com/bwesterb/go-ristretto/edwards25519"
)

// A number is added up from the multiples of a base that a table holds: 1 to 8 times 256^i. Its digits to the base 16 are of -8 to 8;
// those at odd places are added first and the sum is multiplied by 16, so that the table serves both (Bernstein et al.,
// High-speed high-security signatures, s.4, https://ed25519.cr.yp.to).
const (
	blindingDigits = 64 // below the order of the group, which has 253 bits
	valueDigits    = 16 // of 64 bits with a sign
)

// Amount is the Pedersen commitment value*G + blinding*H, in the canonical encoding of ristretto255. It takes the same
// time for all values.
//
// Both products are one sum: it is doubled once for both, and the value has 16 digits where a number below the order of the group has
// 64. That is half of the work of the two apart.
func Amount(value int64, blinding Blinding) (encoded [32]byte) {
	var r [blindingDigits]int8
	var v [valueDigits]int8
	split(r[:], blinding.scalar.Bytes())
	splitValue(&v, value)
	h := tableH()
	var sum edwards25519.ExtendedPoint
	sum.SetZero()
	addEverySecond(&sum, h, r[:], 1)
	addEverySecond(&sum, &edwards25519.BaseScalarMultTable, v[:], 1)
	for range 4 {
		sum.Double(&sum)
	}
	addEverySecond(&sum, h, r[:], 0)
	addEverySecond(&sum, &edwards25519.BaseScalarMultTable, v[:], 0)
	sum.RistrettoInto(&encoded)
	return encoded
}

// tableH has the multiples of H, as the library has a table of those of G.
var tableH = sync.OnceValue(func() *edwards25519.ScalarMultTable {
	var h edwards25519.ExtendedPoint
	h.SetRistretto((*[32]byte)(generatorH.Bytes())) // an encoding that was just made
	table := new(edwards25519.ScalarMultTable)
	table.Compute(&h)
	return table
})

// split a number of 32 bytes, little-endian, that is below 2^253.
func split(digits []int8, number []byte) {
	for i, octet := range number {
		digits[2*i], digits[2*i+1] = int8(octet&15), int8(octet>>4)
	}
	carry(digits)
}

// splitValue splits a signed number: the highest digit has its sign, as in two's complement.
func splitValue(digits *[valueDigits]int8, value int64) {
	for i := range digits {
		digits[i] = int8(value >> (4 * i) & 15)
	}
	digits[valueDigits-1] = int8(value >> (4 * (valueDigits - 1)))
	carry(digits[:])
}

// carry makes digits of 0 to 15 ones of -8 to 7, but for the highest, which takes what is left.
func carry(digits []int8) {
	last := len(digits) - 1
	for i := range last {
		over := (digits[i] + 8) >> 4
		digits[i] -= over << 4
		digits[i+1] += over
	}
}

// addEverySecond adds the multiples that the digits at even places, or from 1 at odd ones, name.
func addEverySecond(sum *edwards25519.ExtendedPoint, table *edwards25519.ScalarMultTable, digits []int8, from int) {
	var term edwards25519.NielsPoint
	var added edwards25519.CompletedPoint
	for i := from; i < len(digits); i += 2 {
		choose(&term, &table[i/2], digits[i])
		sum.SetCompleted(added.AddExtendedNiels(sum, &term))
	}
}

// choose the multiple of a digit, by looking at all of them: neither time nor memory access depend on which it is.
func choose(into *edwards25519.NielsPoint, row *[8]edwards25519.NielsPoint, digit int8) {
	negative := int32(digit) >> 31 // -1 or 0
	magnitude := (int32(digit) ^ negative) - negative
	into.SetZero()
	for i := range row {
		into.ConditionalSet(&row[i], equal(magnitude, int32(i+1)))
	}
	var opposite edwards25519.NielsPoint
	opposite.Neg(into)
	into.ConditionalSet(&opposite, -negative)
}

// equal is 1 if two small numbers, which are not negative, are, and 0 otherwise.
func equal(a, b int32) int32 { return int32((uint32(a^b) - 1) >> 31) }
