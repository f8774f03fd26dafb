// Package setup is the universal setup that PLONK's keys are made with: powers of a number tau that nobody knows, as
// points of BN254. It comes from the file of the Ignition ceremony or from a ceremony of the institutions (ceremony.go),
// and is checked before it is believed. One setup serves every circuit of up to its size.
package setup

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	"github.com/consensys/gnark-crypto/ecc/bn254/kzg"

	"github.com/creditd/creditd/privacy/plonk"
)

const (
	// MaxPowers that a setup here has: those of the Ignition file.
	MaxPowers = 1<<15 + 1
	// Spare is how many powers more than rows a circuit needs: proofs are blinded.
	Spare = 3
	// minPowers: a circuit has sixteen rows.
	minPowers = 1<<4 + Spare
)

// Setup is powers of tau. It is not altered once made.
type Setup struct {
	g1     []bn254.G1Affine // tau^i of G1
	tau    bn254.G2Affine   // tau of G2
	powers [32]byte
}

// newSetup takes points that are in the subgroup. It does not check that they are powers of one number: Check does.
func newSetup(g1 []bn254.G1Affine, tau bn254.G2Affine) (*Setup, error) {
	if len(g1) < minPowers || len(g1) > MaxPowers {
		return nil, fmt.Errorf("a setup has %d to %d powers, not %d", minPowers, MaxPowers, len(g1))
	}
	h := sha256.New()
	for i := range g1 {
		bz := g1[i].Bytes()
		h.Write(bz[:])
	}
	return &Setup{g1: g1, tau: tau, powers: [32]byte(h.Sum(nil))}, nil
}

// Powers is how many the setup has in G1, the zeroth among them.
func (s *Setup) Powers() int { return len(s.g1) }

// Rows of the largest circuit that the setup serves: a power of two.
func (s *Setup) Rows() int {
	rows := 1
	for 2*rows+Spare <= len(s.g1) {
		rows *= 2
	}
	return rows
}

// Hash is SHA-256 over the powers in G1, 32 bytes each, compressed. It is in the verifying keys.
func (s *Setup) Hash() [32]byte { return s.powers }

// Digest names the setup: see plonk.SetupDigest.
func (s *Setup) Digest() [32]byte { return plonk.SetupDigest(s.powers, s.tau) }

// Check that the points are powers of one number other than 0 and 1: with random r_i,
// e(sum r_i * tau^(i+1) of G1, G2) = e(sum r_i * tau^i of G1, tau of G2). False powers pass with a chance of 2^-253.
func (s *Setup) Check() error {
	_, _, g1, g2 := bn254.Generators()
	switch {
	case !s.g1[0].Equal(&g1):
		return errors.New("the zeroth power is not the generator")
	case s.tau.IsInfinity() || !s.tau.IsInSubGroup() || s.tau.Equal(&g2):
		return errors.New("tau of G2 is no power")
	case s.g1[1].IsInfinity():
		return errors.New("tau of G1 is no power")
	}
	n := len(s.g1) - 1
	randoms := make([]fr.Element, n)
	for i := range randoms {
		if err := random(&randoms[i]); err != nil {
			return err
		}
	}
	var low, high bn254.G1Affine
	if _, err := low.MultiExp(s.g1[:n], randoms, ecc.MultiExpConfig{}); err != nil {
		return err
	}
	if _, err := high.MultiExp(s.g1[1:], randoms, ecc.MultiExpConfig{}); err != nil {
		return err
	}
	low.Neg(&low)
	same, err := bn254.PairingCheck([]bn254.G1Affine{high, low}, []bn254.G2Affine{g2, s.tau})
	if err != nil {
		return err
	}
	if !same {
		return errors.New("the points are not powers of one number")
	}
	return nil
}

// KZG is the setup as gnark takes it for a circuit of that many rows, a power of two; the second one is in the basis of
// Lagrange, which takes seconds to compute for the largest circuits (see Lagrange).
func (s *Setup) KZG(rows int, lagrange []bn254.G1Affine) (canonical, evaluated kzg.SRS, err error) {
	if rows < minPowers-Spare || rows&(rows-1) != 0 || rows > s.Rows() {
		return canonical, evaluated, fmt.Errorf("the setup has %d powers: it serves circuits of up to %d rows, not %d", len(s.g1), s.Rows(), rows)
	}
	if len(lagrange) != rows {
		return canonical, evaluated, fmt.Errorf("%d points in the basis of Lagrange for %d rows", len(lagrange), rows)
	}
	_, _, g1, g2 := bn254.Generators()
	vk := kzg.VerifyingKey{G1: g1, G2: [2]bn254.G2Affine{g2, s.tau}}
	vk.Lines[0], vk.Lines[1] = bn254.PrecomputeLines(g2), bn254.PrecomputeLines(s.tau)
	canonical = kzg.SRS{Pk: kzg.ProvingKey{G1: s.g1[:rows+Spare]}, Vk: vk}
	evaluated = kzg.SRS{Pk: kzg.ProvingKey{G1: lagrange}, Vk: vk}
	return canonical, evaluated, nil
}

// Lagrange computes the powers in the basis of Lagrange for circuits of that many rows.
func (s *Setup) Lagrange(rows int) ([]bn254.G1Affine, error) {
	if rows < 1 || rows > len(s.g1) {
		return nil, fmt.Errorf("the setup has %d powers, not %d", len(s.g1), rows)
	}
	return kzg.ToLagrangeG1(s.g1[:rows])
}

// random element: 48 bytes leave no bias worth naming.
func random(e *fr.Element) error {
	var wide [48]byte
	if _, err := rand.Read(wide[:]); err != nil {
		return err
	}
	e.SetBytes(wide[:])
	return nil
}
