package circuit

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	gnarkplonk "github.com/consensys/gnark/backend/plonk/bn254"
	"github.com/consensys/gnark/constraint"
	cs "github.com/consensys/gnark/constraint/bn254"
	"github.com/consensys/gnark/frontend"
	"github.com/consensys/gnark/frontend/cs/scs"

	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/predicate"
	"github.com/creditd/creditd/privacy/setup"
)

// Compiled is a circuit's constraints. Compiling gives the same ones everywhere and always.
type Compiled struct {
	circuit predicate.Circuit
	system  *cs.SparseR1CS
}

// Compile a circuit.
func Compile(c predicate.Circuit) (*Compiled, error) {
	if err := c.Validate(); err != nil {
		return nil, err
	}
	compiled, err := frontend.Compile(ecc.BN254.ScalarField(), scs.NewBuilder, newDefinition(c))
	if err != nil {
		return nil, fmt.Errorf("compile %s: %w", c.Name(), err)
	}
	system, ok := compiled.(*cs.SparseR1CS)
	if !ok {
		return nil, errors.New("not a constraint system for PLONK over BN254")
	}
	if commitments, ok := system.CommitmentInfo.(constraint.PlonkCommitments); ok && len(commitments) != 0 {
		return nil, fmt.Errorf("%s has commitments of its own: its proofs would have no fixed length", c.Name())
	}
	out := &Compiled{circuit: c, system: system}
	if out.Rows() > 1<<plonk.MaxLogRows {
		return nil, fmt.Errorf("%s has %d rows, more than 2^%d", c.Name(), out.Constraints(), plonk.MaxLogRows)
	}
	return out, nil
}

// Circuit that was compiled.
func (c *Compiled) Circuit() predicate.Circuit { return c.circuit }

// Constraints and public inputs: the rows that are used.
func (c *Compiled) Constraints() int {
	return c.system.GetNbConstraints() + c.system.GetNbPublicVariables()
}

// Rows that the circuit takes: the next power of two.
func (c *Compiled) Rows() int { return int(ecc.NextPowerOfTwo(uint64(c.Constraints()))) }

// Prover makes proofs in one circuit with one setup. It may be used by several goroutines.
type Prover struct {
	compiled *Compiled
	pk       *gnarkplonk.ProvingKey
	vk       *plonk.VerifyingKey
}

// NewProver makes a circuit's keys. Lagrange are the setup's powers in that basis for the circuit's rows.
func NewProver(c *Compiled, s *setup.Setup, lagrange []bn254.G1Affine) (*Prover, error) {
	canonical, evaluated, err := s.KZG(c.Rows(), lagrange)
	if err != nil {
		return nil, err
	}
	pk, inner, err := gnarkplonk.Setup(c.system, canonical, evaluated)
	if err != nil {
		return nil, err
	}
	vk, err := plonk.KeyFromGnark(inner, c.circuit.ID(), s.Hash())
	if err != nil {
		return nil, err
	}
	return &Prover{compiled: c, pk: pk, vk: vk}, nil
}

// VerifyingKey of the circuit.
func (p *Prover) VerifyingKey() *plonk.VerifyingKey { return p.vk }
