package rangeproof

import (
	"fmt"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/commit/encoding"
	"github.com/creditd/creditd/privacy/transcript"
)

// Verify checks that the commitment, 32 bytes, is to a value in [0, 2^bits). The transcript must hold what the prover's did.
// Every error wraps ErrInvalid.
func Verify(commitment []byte, bits int, proof []byte, t *transcript.Transcript) error {
	if err := encoding.CheckPoint(commitment); err != nil {
		return fmt.Errorf("%w: the commitment: %w", ErrInvalid, err)
	}
	v, _ := ristretto255.NewIdentityElement().SetCanonicalBytes(commitment) // was checked
	return verify(v, bits, proof, t)
}

func verify(commitment *ristretto255.Element, bits int, bz []byte, t *transcript.Transcript) error {
	n, err := vector(bits)
	if err != nil {
		return err
	}
	p, err := decode(bz, n)
	if err != nil {
		return err
	}
	absorbStatement(t, bits, commitment.Bytes())
	c := challenges{bits: bits, n: n}
	if err := c.draw(t, p); err != nil {
		return err
	}
	if c.combination(p, commitment).Equal(generators().identity) != 1 {
		return fmt.Errorf("%w: the equations do not hold", ErrInvalid)
	}
	return nil
}

// challenges of one proof.
type challenges struct {
	bits, n       int
	y, z, x, w, c *ristretto255.Scalar
	u             []*ristretto255.Scalar
}

// draw repeats the conversation. A challenge of zero has no inverse; the prover would have to hit it, at 2^-252.
func (c *challenges) draw(t *transcript.Transcript, p *proof) error {
	c.y, c.z = challengesYZ(t, p)
	c.x = challengeX(t, p)
	c.w = challengeW(t, p)
	zero := isZero(c.y) || isZero(c.z) || isZero(c.x) || isZero(c.w)
	for i := range p.l {
		u := challengeU(t, &proof{l: p.l[:i+1], r: p.r[:i+1]})
		zero = zero || isZero(u)
		c.u = append(c.u, u)
	}
	t.Append("a", p.left.Bytes())
	t.Append("b", p.right.Bytes())
	c.c = t.Scalar("c")
	if zero || isZero(c.c) {
		return fmt.Errorf("%w: a challenge is zero", ErrInvalid)
	}
	return nil
}

// combination is the sum of both equations, the second times the challenge c: it is the identity if and, but for a chance
// of 2^-252 of c, only if both hold.
//
//	(65)      t*G + tauX*H = z^2*V + delta*G + x*T1 + x^2*T2
//	(66, 67)  A + x*S - mu*H - <z, L> + <z + z^2*d/y^i, R> + t*w*Q + sum(u^2*L_j + u^-2*R_j) = <a*s, L> + <b/s/y^i, R> + a*b*w*Q
func (c *challenges) combination(p *proof, commitment *ristretto255.Element) *ristretto255.Element {
	b := generators()
	z2 := mul(c.z, c.z)
	var m sum
	m.add(sub(p.t, c.delta()), b.g)
	m.add(sub(p.tauX, mul(c.c, p.mu)), b.h)
	m.add(negate(z2), commitment)
	m.add(negate(c.x), p.t1)
	m.add(negate(mul(c.x, c.x)), p.t2)

	m.add(c.c, p.a)
	m.add(mul(c.c, c.x), p.s)
	m.add(mul(mul(c.c, c.w), sub(p.t, mul(p.left, p.right))), b.q)
	for j, u := range c.u {
		inv := inverse(u)
		m.add(mul(c.c, mul(u, u)), p.l[j])
		m.add(mul(c.c, mul(inv, inv)), p.r[j])
	}
	s := c.folding()
	yInverse := powers(inverse(c.y), c.n)
	for i, d := range weights(c.bits, c.n) {
		m.add(mul(c.c, negate(add(c.z, mul(p.left, s[i])))), b.left[i])
		// 1/s[i] is s[n-1-i]: each u and its inverse change places.
		right := sub(mul(z2, d), mul(p.right, s[c.n-1-i]))
		m.add(mul(c.c, add(c.z, mul(right, yInverse[i]))), b.right[i])
	}
	return ristretto255.NewIdentityElement().VarTimeMultiScalarMult(m.scalars, m.points)
}

// delta is (z - z^2)*<1, y^n> - z^3*<1, d> (39).
func (c *challenges) delta() *ristretto255.Scalar {
	one := ristretto255.NewScalar()
	for _, y := range powers(c.y, c.n) {
		one.Add(one, y)
	}
	total := ristretto255.NewScalar()
	for _, d := range weights(c.bits, c.n) {
		total.Add(total, d)
	}
	z2 := mul(c.z, c.z)
	return sub(mul(sub(c.z, z2), one), mul(mul(z2, c.z), total))
}

// folding returns s: the factor of each entry after all rounds, the product of u_j where the bit of the entry's place that
// round j halves by is set, and of 1/u_j where it is not.
func (c *challenges) folding() []*ristretto255.Scalar {
	s := []*ristretto255.Scalar{unsigned(1)}
	for _, u := range c.u {
		inv := inverse(u)
		next := make([]*ristretto255.Scalar, 0, 2*len(s))
		for _, each := range s {
			next = append(next, mul(each, inv), mul(each, u))
		}
		s = next
	}
	return s
}

// sum collects the terms of a multi-exponentiation.
type sum struct {
	scalars []*ristretto255.Scalar
	points  []*ristretto255.Element
}

func (m *sum) add(scalar *ristretto255.Scalar, point *ristretto255.Element) {
	m.scalars, m.points = append(m.scalars, scalar), append(m.points, point)
}
