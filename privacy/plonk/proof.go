package plonk

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	plonk "github.com/consensys/gnark/backend/plonk/bn254"
)

// ProofSize in bytes: nine points of G1 and seven elements, without prefixes.
const ProofSize = pointsOfProof*sizeG1 + elementsOfProof*sizeFr

const (
	pointsOfProof   = 9
	claimed         = 6 // evaluations that the batched opening claims
	elementsOfProof = claimed + 1
)

// Proof is a decoded proof.
type Proof struct{ inner plonk.Proof }

// ParseProof decodes a proof: exactly ProofSize bytes, every point compressed, canonical, on the curve, in the subgroup
// and not at infinity, every element below the modulus. An honest proof has no point at infinity: each is blinded.
func ParseProof(bz []byte) (*Proof, error) {
	if len(bz) != ProofSize {
		return nil, fmt.Errorf("a proof has %d bytes, not %d", ProofSize, len(bz))
	}
	var proof Proof
	p := &proof.inner
	p.BatchedProof.ClaimedValues = make([]fr.Element, claimed)
	p.Bsb22Commitments = []bn254.G1Affine{}
	r := &reader{rest: bz}
	for _, part := range parts(p) {
		if part.point != nil {
			r.g1(part.name, part.point)
		} else {
			r.element(part.name, part.element)
		}
		if r.err != nil {
			return nil, r.err
		}
	}
	return &proof, nil
}

// Bytes of the proof, as ParseProof reads them.
func (p *Proof) Bytes() []byte {
	out := make([]byte, 0, ProofSize)
	for _, part := range parts(&p.inner) {
		if part.point != nil {
			bz := part.point.Bytes()
			out = append(out, bz[:]...)
		} else {
			bz := part.element.Bytes()
			out = append(out, bz[:]...)
		}
	}
	return out
}

// FromGnark takes a proof that gnark made.
func FromGnark(proof *plonk.Proof) (*Proof, error) {
	if len(proof.BatchedProof.ClaimedValues) != claimed || len(proof.Bsb22Commitments) != 0 {
		return nil, errors.New("a proof of a circuit with commitments of its own is not supported")
	}
	return &Proof{inner: *proof}, nil
}

// part is a point or an element of a proof.
type part struct {
	name    string
	point   *bn254.G1Affine
	element *fr.Element
}

// parts of a proof in the order of its encoding, which is that of gnark without its prefixes.
func parts(p *plonk.Proof) []part {
	list := []part{
		{name: "L", point: &p.LRO[0]},
		{name: "R", point: &p.LRO[1]},
		{name: "O", point: &p.LRO[2]},
		{name: "Z", point: &p.Z},
		{name: "H0", point: &p.H[0]},
		{name: "H1", point: &p.H[1]},
		{name: "H2", point: &p.H[2]},
		{name: "opening", point: &p.BatchedProof.H},
	}
	for i := range p.BatchedProof.ClaimedValues {
		list = append(list, part{name: fmt.Sprintf("claimed value %d", i), element: &p.BatchedProof.ClaimedValues[i]})
	}
	return append(list,
		part{name: "shifted opening", point: &p.ZShiftedOpening.H},
		part{name: "shifted value", element: &p.ZShiftedOpening.ClaimedValue})
}
