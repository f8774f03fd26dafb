package circuit

import (
	"math/big"

	"github.com/consensys/gnark/frontend"

	"github.com/creditd/creditd/privacy/predicate"
)

// placeOfZero is the place of the character 0 in the alphabet of codes; A is 1. A payment history has 0 to 6, of which n is a level, B (before the
// account), D (not reported), E (nothing owed), and G, H, J, K, L (worse than 6).
const placeOfZero = 27

// history of a code of 24 characters: of the months that the mask has, at most some are late, and at least some are
// reported.
func (d *definition) history(api frontend.API, in *inputs) {
	index, mask, level, mostLate, leastReported := in.next(), in.next(), in.next(), in.next(), in.next()
	picked := pick(api, index, d.Openings[0].Tags, d.Openings[0].Values)
	api.AssertIsEqual(picked[0], uint8(predicate.TagCode))

	counts := api.ToBinary(mask, predicate.Months)
	length := new(big.Int).Lsh(big.NewInt(predicate.Months), 192)
	var code, late, reported frontend.Variable = length, 0, 0
	for month := range predicate.Months {
		m := newMonth(api, d.Months[6*month:6*month+6])
		shift := new(big.Int).Lsh(big.NewInt(1), uint(6*(predicate.Months-1-month)))
		code = api.Add(code, api.Mul(m.place, shift))
		late = api.Add(late, api.Mul(counts[month], m.late(level)))
		reported = api.Add(reported, api.Mul(counts[month], m.reported()))
	}
	api.AssertIsEqual(picked[1], code)
	assertBits(api, api.Sub(mostLate, late), 5)
	assertBits(api, api.Sub(reported, leastReported), 5)
}

// month is one character by its six bits, the lowest first, and its place in the alphabet.
type month struct {
	api   frontend.API
	bit   [6]frontend.Variable
	place frontend.Variable
	low   frontend.Variable // bit 0 and bit 1
	high  frontend.Variable // at least 16: not one of A to O
}

func newMonth(api frontend.API, bits []frontend.Variable) month {
	m := month{api: api, place: 0}
	for i, b := range bits {
		api.AssertIsBoolean(b)
		m.bit[5-i] = b
		m.place = api.Add(m.place, api.Mul(b, 1<<(5-i)))
	}
	m.low = api.And(m.bit[0], m.bit[1])
	m.high = api.Or(m.bit[5], m.bit[4])
	return m
}

// late is 1 for a digit of that level or above, and for a letter from G on; what is no digit and no letter counts as late.
func (m month) late(level frontend.Variable) frontend.Variable {
	// At least 7 (0b111) or 16, and at least 27 (0b011011).
	fromG := m.api.Or(m.high, m.api.Or(m.bit[3], m.api.And(m.bit[2], m.low)))
	digit := m.api.Or(m.bit[5], m.api.And(m.api.And(m.bit[4], m.bit[3]), m.api.Or(m.bit[2], m.low)))
	// place - 27 - level + 64 has 7 bits; the highest says that the place is at least 27 + level.
	worse := m.api.ToBinary(m.api.Add(m.place, m.api.Mul(level, -1), 64-placeOfZero), 7)[6]
	return m.api.Add(fromG, m.api.Mul(digit, -1), worse)
}

// reported is 0 for B and D, the places 2 and 4.
func (m month) reported() frontend.Variable {
	other := m.api.Or(m.api.Or(m.bit[0], m.bit[3]), m.high)
	either := m.api.Xor(m.bit[1], m.bit[2])
	return m.api.Sub(1, m.api.Mul(either, m.api.Sub(1, other)))
}
