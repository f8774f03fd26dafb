package rangeproof

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"

	"github.com/gtank/ristretto255"

	"github.com/creditd/creditd/privacy/commit"
	"github.com/creditd/creditd/privacy/transcript"
)

// ErrOutOfRange says that the value is not in the range: there is no proof of it.
var ErrOutOfRange = errors.New("the value is outside the range that is to be proved")

// Prove shows that the commitment value*G + blinding*H is to a value of that many bits: 1, 32, 40 or 64. What the transcript
// holds already is bound by the proof: who proves, to whom, for what. The verifier's must hold the same.
func Prove(value uint64, blinding commit.Blinding, bits int, t *transcript.Transcript) ([]byte, error) {
	bz := blinding.Bytes()
	gamma, err := ristretto255.NewScalar().SetCanonicalBytes(bz[:])
	if err != nil {
		return nil, err
	}
	return prove(value, gamma, bits, t, rand.Reader)
}

func prove(value uint64, gamma *ristretto255.Scalar, bits int, t *transcript.Transcript, random io.Reader) ([]byte, error) {
	n, err := vector(bits)
	if err != nil {
		return nil, err
	}
	if bits < 64 && value>>bits != 0 {
		return nil, fmt.Errorf("%w: %d bits", ErrOutOfRange, bits)
	}
	b := generators()
	commitment := constantTime([]*ristretto255.Scalar{unsigned(value), gamma}, []*ristretto255.Element{b.g, b.h})
	absorbStatement(t, bits, commitment.Bytes())

	w := &witness{n: n, value: value, gamma: gamma, nonces: nonces{t: t, random: random, secrets: [][]byte{unsigned(value).Bytes(), gamma.Bytes()}}}
	p := &proof{}
	w.commitBits(p)
	w.commitPolynomial(p, bits, t)
	l, r := w.evaluate(p, t)
	if w.nonces.err != nil {
		return nil, w.nonces.err
	}
	w.halve(p, l, r, t)
	return p.encode(), nil
}

// witness is what the prover knows, and its coins.
type witness struct {
	n      int
	value  uint64
	gamma  *ristretto255.Scalar
	nonces nonces

	aL, aR, sL, sR []*ristretto255.Scalar
	alpha, rho     *ristretto255.Scalar
	tau1, tau2     *ristretto255.Scalar
	l0, l1, r0, r1 []*ristretto255.Scalar
	x, y, z        *ristretto255.Scalar
}

// nonces hands out secret coins and keeps the first failure of the random source.
type nonces struct {
	t       *transcript.Transcript
	random  io.Reader
	secrets [][]byte
	err     error
}

func (s *nonces) next(label string) *ristretto255.Scalar {
	scalar, err := s.t.Nonce(label, s.random, s.secrets...)
	if err != nil {
		s.err = err
		return ristretto255.NewScalar()
	}
	return scalar
}

// commitBits makes A, the commitment to the bits aL and to aR = aL - 1, and S, that to their blindings (ePrint 2017/1066
// s.4.2, (39) to (47)). Bits above the range are zero and of weight zero.
func (w *witness) commitBits(p *proof) {
	b := generators()
	one := unsigned(1)
	for i := range w.n {
		bit := unsigned(w.value >> uint(i) & 1)
		w.aL, w.aR = append(w.aL, bit), append(w.aR, sub(bit, one))
		w.sL, w.sR = append(w.sL, w.nonces.next("sL")), append(w.sR, w.nonces.next("sR"))
	}
	w.alpha, w.rho = w.nonces.next("alpha"), w.nonces.next("rho")
	points := append(append([]*ristretto255.Element{b.h}, b.left[:w.n]...), b.right[:w.n]...)
	p.a = constantTime(append(append([]*ristretto255.Scalar{w.alpha}, w.aL...), w.aR...), points)
	p.s = constantTime(append(append([]*ristretto255.Scalar{w.rho}, w.sL...), w.sR...), points)
}

// commitPolynomial makes T1 and T2, the commitments to the coefficients of t(X) = <l(X), r(X)> ((48) to (54)).
func (w *witness) commitPolynomial(p *proof, bits int, t *transcript.Transcript) {
	b := generators()
	w.y, w.z = challengesYZ(t, p)
	yn, d, z2 := powers(w.y, w.n), weights(bits, w.n), mul(w.z, w.z)
	for i := range w.n {
		w.l0 = append(w.l0, sub(w.aL[i], w.z))
		w.l1 = append(w.l1, w.sL[i])
		w.r0 = append(w.r0, add(mul(yn[i], add(w.aR[i], w.z)), mul(z2, d[i])))
		w.r1 = append(w.r1, mul(yn[i], w.sR[i]))
	}
	w.tau1, w.tau2 = w.nonces.next("tau1"), w.nonces.next("tau2")
	first := add(inner(w.l0, w.r1), inner(w.l1, w.r0))
	pair := []*ristretto255.Element{b.g, b.h}
	p.t1 = constantTime([]*ristretto255.Scalar{first, w.tau1}, pair)
	p.t2 = constantTime([]*ristretto255.Scalar{inner(w.l1, w.r1), w.tau2}, pair)
}

// evaluate answers the challenge x with t, tauX and mu, and returns the vectors l and r at x ((56) to (62)).
func (w *witness) evaluate(p *proof, t *transcript.Transcript) (l, r []*ristretto255.Scalar) {
	w.x = challengeX(t, p)
	for i := range w.n {
		l = append(l, add(w.l0[i], mul(w.l1[i], w.x)))
		r = append(r, add(w.r0[i], mul(w.r1[i], w.x)))
	}
	p.t = inner(l, r)
	p.tauX = add(add(mul(w.tau2, mul(w.x, w.x)), mul(w.tau1, w.x)), mul(mul(w.z, w.z), w.gamma))
	p.mu = add(w.alpha, mul(w.rho, w.x))
	return l, r
}

// halve is the argument of inner products (s.3, protocol 2): in each round the vectors are folded to half their length.
func (w *witness) halve(p *proof, l, r []*ristretto255.Scalar, t *transcript.Transcript) {
	b := generators()
	q := ristretto255.NewIdentityElement().ScalarMult(challengeW(t, p), b.q)
	left := append([]*ristretto255.Element(nil), b.left[:w.n]...)
	right := make([]*ristretto255.Element, w.n)
	for i, inv := range powers(inverse(w.y), w.n) {
		right[i] = ristretto255.NewIdentityElement().ScalarMult(inv, b.right[i])
	}
	for n := w.n / 2; n >= 1; n /= 2 {
		p.l = append(p.l, cross(l[:n], r[n:], left[n:], right[:n], q))
		p.r = append(p.r, cross(l[n:], r[:n], left[:n], right[n:], q))
		u := challengeU(t, p)
		inv := inverse(u)
		for i := range n {
			l[i] = add(mul(l[i], u), mul(l[n+i], inv))
			r[i] = add(mul(r[i], inv), mul(r[n+i], u))
			left[i] = constantTime([]*ristretto255.Scalar{inv, u}, []*ristretto255.Element{left[i], left[n+i]})
			right[i] = constantTime([]*ristretto255.Scalar{u, inv}, []*ristretto255.Element{right[i], right[n+i]})
		}
		l, r, left, right = l[:n], r[:n], left[:n], right[:n]
	}
	p.left, p.right = l[0], r[0]
}

// cross is <l, left> + <r, right> + <l, r>*q.
func cross(l, r []*ristretto255.Scalar, left, right []*ristretto255.Element, q *ristretto255.Element) *ristretto255.Element {
	scalars := append(append(append([]*ristretto255.Scalar(nil), l...), r...), inner(l, r))
	return constantTime(scalars, append(append(append([]*ristretto255.Element(nil), left...), right...), q))
}

// constantTime is the sum of the products, in a time that does not depend on the scalars.
func constantTime(scalars []*ristretto255.Scalar, points []*ristretto255.Element) *ristretto255.Element {
	return ristretto255.NewIdentityElement().MultiScalarMult(scalars, points)
}
