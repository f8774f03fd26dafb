package circuit

import (
	"github.com/consensys/gnark/frontend"

	"github.com/creditd/creditd/privacy/predicate"
)

// definition is one circuit as gnark compiles it. Its public inputs are one list, in the order of Statement.Public.
type definition struct {
	circuit predicate.Circuit

	Public   []frontend.Variable `gnark:",public"`
	Openings []opening
	Hidden   []hidden            // one or none
	Months   []frontend.Variable // bits of a payment history, six a month, newest first, highest first
}

// opening of a circuit commitment.
type opening struct {
	Tags, Values []frontend.Variable
	Salt         frontend.Variable
}

// hidden is what leads from a commitment to the public roots.
type hidden struct {
	Issuer, Expires          frontend.Variable
	ActiveIndex, IssuerIndex frontend.Variable
	ActivePath, IssuerPath   []frontend.Variable
	Secret                   frontend.Variable
}

// newDefinition has the shape of a circuit; its variables are unset.
func newDefinition(c predicate.Circuit) *definition {
	d := &definition{
		circuit:  c,
		Public:   make([]frontend.Variable, c.Public()),
		Openings: make([]opening, c.Attestations),
	}
	for i := range d.Openings {
		d.Openings[i].Tags = make([]frontend.Variable, c.Fields)
		d.Openings[i].Values = make([]frontend.Variable, c.Fields)
	}
	if c.Hidden {
		d.Hidden = []hidden{{
			ActivePath: make([]frontend.Variable, predicate.ActiveDepth),
			IssuerPath: make([]frontend.Variable, predicate.IssuerDepth),
		}}
	}
	if c.Kind == predicate.History {
		d.Months = make([]frontend.Variable, 6*predicate.Months)
	}
	return d
}

// Define implements frontend.Circuit.
func (d *definition) Define(api frontend.API) error {
	h := newHasher(api)
	in := inputs(d.Public)
	context := in.next()
	api.Mul(context, context) // a public input that no row uses binds nothing of its own
	starts := []frontend.Variable{in.next()}
	if d.circuit.Kind == predicate.Ratio && d.circuit.Attestations == 2 {
		starts = append(starts, in.next())
	}
	commitments := make([]frontend.Variable, len(d.Openings))
	for i := range d.Openings {
		commitments[i] = d.Openings[i].commitment(h, starts[i%len(starts)])
	}
	switch {
	case d.circuit.Kind == predicate.Count:
		d.count(api, &in, commitments)
		return nil
	case d.circuit.Hidden:
		d.Hidden[0].define(h, &in, commitments[0])
	default:
		for _, c := range commitments {
			api.AssertIsEqual(c, in.next())
		}
	}
	switch d.circuit.Kind {
	case predicate.Range:
		d.inRange(api, &in)
	case predicate.Ratio:
		d.ratio(api, &in)
	case predicate.Member:
		d.member(api, &in)
	case predicate.History:
		d.history(api, &in)
	}
	return nil
}

// inputs are the public ones that are still to be read.
type inputs []frontend.Variable

func (in *inputs) next() frontend.Variable {
	v := (*in)[0]
	*in = (*in)[1:]
	return v
}

// commitment is docs/commitment-format.md section 7, from the state after what is public in it.
func (o *opening) commitment(h hasher, start frontend.Variable) frontend.Variable {
	state := start
	for i := range o.Tags {
		state = h.absorb(state, o.Tags[i], o.Values[i])
	}
	return h.absorb(state, o.Salt)
}

// define leads from the commitment to the roots: an active attestation, by an accredited issuer, that does not expire
// before the question does. Session and nullifier are of the secret.
func (x *hidden) define(h hasher, in *inputs, commitment frontend.Variable) {
	root, issuers, expiry, session, nullifier := in.next(), in.next(), in.next(), in.next(), in.next()
	start := predicate.ActiveStart()
	leaf := h.absorb(start, x.Issuer, x.Expires, commitment)
	h.api.AssertIsEqual(h.root(leaf, x.ActiveIndex, x.ActivePath), root)
	h.api.AssertIsEqual(h.root(x.Issuer, x.IssuerIndex, x.IssuerPath), issuers)
	assertAtMost(h.api, expiry, x.Expires)
	h.api.AssertIsEqual(h.compress(x.Secret, predicate.SessionDomain), session)
	h.api.AssertIsEqual(h.compress(x.Secret, commitment), nullifier)
}
