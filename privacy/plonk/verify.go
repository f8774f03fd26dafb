package plonk

import (
	"errors"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	plonk "github.com/consensys/gnark/backend/plonk/bn254"
	"github.com/consensys/gnark/logger"
)

// Element is a public input: an element of BN254's scalar field.
type Element = fr.Element

// ErrInvalid is that a proof does not prove the statement. Which of its equations fails is nobody's business.
var ErrInvalid = errors.New("the proof does not hold")

// Gnark's verifier logs how long it took.
func init() { logger.Disable() }

// Verify decodes the proof and checks it against the key and the public inputs. It returns an error and never panics,
// whatever the proof; its cost is bounded by the fixed sizes. The caller builds the public inputs itself.
func Verify(vk *VerifyingKey, public []Element, proof []byte) error {
	if vk == nil {
		return errors.New("no verifying key")
	}
	if len(public) != vk.Public() {
		return fmt.Errorf("the circuit has %d public inputs, not %d", vk.Public(), len(public))
	}
	decoded, err := ParseProof(proof)
	if err != nil {
		return err
	}
	return decoded.Verify(vk, public)
}

// Verify checks a decoded proof.
func (p *Proof) Verify(vk *VerifyingKey, public []Element) error {
	if err := plonk.Verify(&p.inner, &vk.inner, public); err != nil {
		return ErrInvalid
	}
	return nil
}
