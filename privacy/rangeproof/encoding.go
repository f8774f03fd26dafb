package rangeproof

import (
	"fmt"

	"github.com/gtank/ristretto255"
)

// proof is a decoded proof. Its bytes are, of 32 each and in this order: the points A, S, T1, T2; the scalars tauX, mu, t;
// for each round of halving the points L and R; the scalars a and b.
type proof struct {
	a, s, t1, t2 *ristretto255.Element
	tauX, mu, t  *ristretto255.Scalar
	l, r         []*ristretto255.Element
	left, right  *ristretto255.Scalar
}

// encode writes the proof.
func (p *proof) encode() []byte {
	var out []byte
	for _, point := range []*ristretto255.Element{p.a, p.s, p.t1, p.t2} {
		out = append(out, point.Bytes()...)
	}
	for _, scalar := range []*ristretto255.Scalar{p.tauX, p.mu, p.t} {
		out = append(out, scalar.Bytes()...)
	}
	for i := range p.l {
		out = append(append(out, p.l[i].Bytes()...), p.r[i].Bytes()...)
	}
	return append(append(out, p.left.Bytes()...), p.right.Bytes()...)
}

// decode reads a proof for vectors of n entries. It takes exactly one length, and of each point and scalar the one encoding
// that RFC 9496 s.4.3.1 and s.4.4 allow; the identity is refused, for no honest prover sends it.
func decode(bz []byte, n int) (*proof, error) {
	k := rounds(n)
	if len(bz) != 32*(9+2*k) {
		return nil, fmt.Errorf("%w: %d bytes, not %d", ErrInvalid, len(bz), 32*(9+2*k))
	}
	r := reader{rest: bz}
	p := &proof{a: r.point(), s: r.point(), t1: r.point(), t2: r.point(), tauX: r.scalar(), mu: r.scalar(), t: r.scalar()}
	for range k {
		p.l, p.r = append(p.l, r.point()), append(p.r, r.point())
	}
	p.left, p.right = r.scalar(), r.scalar()
	if r.bad != "" {
		return nil, fmt.Errorf("%w: %s", ErrInvalid, r.bad)
	}
	return p, nil
}

// reader takes 32 bytes at a time off input whose length was checked, and remembers the first that are not canonical.
type reader struct {
	rest []byte
	bad  string
}

func (r *reader) next() []byte {
	bz := r.rest[:32]
	r.rest = r.rest[32:]
	return bz
}

func (r *reader) point() *ristretto255.Element {
	element, err := ristretto255.NewIdentityElement().SetCanonicalBytes(r.next())
	if r.bad == "" {
		switch {
		case err != nil:
			r.bad = "a point is not in its canonical encoding"
		case element.Equal(ristretto255.NewIdentityElement()) == 1:
			r.bad = "a point is the identity"
		}
	}
	return element
}

func (r *reader) scalar() *ristretto255.Scalar {
	scalar, err := ristretto255.NewScalar().SetCanonicalBytes(r.next())
	if err != nil && r.bad == "" {
		r.bad = "a number is not below the order of the group"
	}
	return scalar
}
