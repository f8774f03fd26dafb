package circuit

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark/backend"
	gnarkplonk "github.com/consensys/gnark/backend/plonk/bn254"
	"github.com/consensys/gnark/frontend"

	"github.com/creditd/creditd/privacy/plonk"
	"github.com/creditd/creditd/privacy/predicate"
)

var (
	// ErrFalse is that the record does not fulfil the predicate. No proof of it can be made.
	ErrFalse = errors.New("the record does not fulfil the predicate, so there is nothing to prove")
	// ErrNotTheRecord is that what was given as record is not what was attested.
	ErrNotTheRecord = errors.New("this is not the record that was attested: values, salt, schema and subject must be those of the attestation")
	// ErrNotActive is that a hidden attestation is not under the root.
	ErrNotActive = errors.New("the attestation is not under the root of active attestations: it was withdrawn, or the root is not of now")
	// ErrNotAccredited is that its issuer is not under the root.
	ErrNotAccredited = errors.New("the issuer is not under the root of accredited issuers")
	// ErrExpires is that it expires before the question does.
	ErrExpires = errors.New("the attestation expires before the question does")
)

// Prove the statement: plonk.ProofSize bytes. The proof says nothing but that the statement is true. No error quotes a
// value.
func (p *Prover) Prove(s predicate.Statement, w Witness) ([]byte, error) {
	if s.Circuit != p.compiled.circuit {
		return nil, fmt.Errorf("a statement for circuit %s and the prover of %s", s.Circuit.Name(), p.compiled.circuit.Name())
	}
	assignment, err := assign(s, w)
	if err != nil {
		return nil, err
	}
	witness, err := frontend.NewWitness(assignment, ecc.BN254.ScalarField())
	if err != nil {
		return nil, errors.New("the witness does not fit the circuit") // gnark's error could quote it
	}
	// The quotient is blinded too: without it proofs would hide computationally in parts.
	proof, err := gnarkplonk.Prove(p.compiled.system, p.pk, witness, backend.WithStatisticalZeroKnowledge())
	if err != nil {
		return nil, ErrFalse // likewise
	}
	ours, err := plonk.FromGnark(proof)
	if err != nil {
		return nil, err
	}
	encoded := ours.Bytes()
	public, err := s.Public()
	if err != nil {
		return nil, err
	}
	if err := plonk.Verify(p.vk, public, encoded); err != nil {
		return nil, fmt.Errorf("the proof that was made: %w", err)
	}
	return encoded, nil
}
