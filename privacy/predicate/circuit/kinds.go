package circuit

import (
	"math/big"

	"github.com/consensys/gnark/frontend"

	"github.com/creditd/creditd/privacy/predicate"
)

// field is the value at the place that the next two public inputs say: its index, and the tag it must have.
func (d *definition) field(api frontend.API, in *inputs, of int) frontend.Variable {
	index, tag := in.next(), in.next()
	picked := pick(api, index, d.Openings[of].Tags, d.Openings[of].Values)
	api.AssertIsEqual(picked[0], tag)
	return picked[1]
}

func (d *definition) inRange(api frontend.API, in *inputs) {
	value := d.field(api, in, 0)
	lower, upper := in.next(), in.next()
	assertBits(api, value, wide)
	// The bounds are numbers of 64 bits: the verifier makes them from such. Then neither difference wraps.
	assertBits(api, api.Sub(value, lower), wide)
	assertBits(api, api.Sub(upper, value), wide)
}

// ratio: value * q <= other * p, other being above zero. Numbers are stored with 2^63 added.
func (d *definition) ratio(api frontend.API, in *inputs) {
	value := d.field(api, in, 0)
	other := d.field(api, in, len(d.Openings)-1)
	p, q := in.next(), in.next()
	zero := new(big.Int).Lsh(big.NewInt(1), wide-1)
	assertBits(api, value, wide)
	assertBits(api, api.Sub(other, zero, 1), wide-1) // which bounds the other one too
	// Both products are below 2^95, as p and q are numbers of 32 bits by the verifier's making.
	left, right := api.Mul(q, api.Sub(value, zero)), api.Mul(p, api.Sub(other, zero))
	assertBits(api, api.Sub(right, left), 96)
}

// member: one of the differences is zero.
func (d *definition) member(api frontend.API, in *inputs) {
	value := d.field(api, in, 0)
	var product frontend.Variable = 1
	for range predicate.SetSize {
		product = api.Mul(product, api.Sub(value, in.next()))
	}
	api.AssertIsEqual(product, 0)
}

// count: an attestation counts if it is opened and its field is in the range. One that the prover cannot open has an
// opening of zeros, and does not count.
func (d *definition) count(api frontend.API, in *inputs, commitments []frontend.Variable) {
	opened := make([]frontend.Variable, len(commitments))
	for i, c := range commitments {
		opened[i] = api.IsZero(api.Sub(c, in.next()))
	}
	index, tag, lower, upper, atLeast := in.next(), in.next(), in.next(), in.next(), in.next()
	var sum frontend.Variable = 0
	for i := range d.Openings {
		picked := pick(api, index, d.Openings[i].Tags, d.Openings[i].Values)
		assertBits(api, picked[1], wide)
		inside := api.Mul(atMost(api, lower, picked[1]), atMost(api, picked[1], upper))
		kind := api.IsZero(api.Sub(picked[0], tag))
		sum = api.Add(sum, api.Mul(opened[i], inside, kind))
	}
	assertBits(api, api.Sub(sum, atLeast), 4)
}
