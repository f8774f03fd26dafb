package oprf

import (
	"crypto/rand"
	"fmt"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/zk/dleq"
)

// What follows is for evaluations that are returned in another order than they were asked for (package psi, size alone).

// BlindAlike is BlindFrom with one scalar for all inputs, the first: evaluations can then be unblinded without knowing which is of
// which input. That all elements have the same blind gives nothing away under the decisional Diffie-Hellman assumption.
func BlindAlike(seed [32]byte, inputs [][]byte) (*Client, error) {
	alike := deriveBlind(seed, 0)
	return blind(inputs, func(int) group.Scalar { return alike })
}

// Unblind evaluations of a client of BlindAlike, in any order.
func (c *Client) Unblind(evaluated []Element) ([]Element, error) {
	if len(evaluated) != len(c.inputs) {
		return nil, fmt.Errorf("%w: %d evaluations for %d inputs", ErrInput, len(evaluated), len(c.inputs))
	}
	inverse := ristretto.NewScalar().Inv(c.blinds[0])
	unblinded := make([]Element, len(evaluated))
	return unblinded, each(len(evaluated), func(i int) error {
		point, err := decodeElement(evaluated[i])
		if err != nil {
			return fmt.Errorf("evaluation %d: %w", i, err)
		}
		unblinded[i] = encodeElement(point.Mul(point, inverse))
		return nil
	})
}

// Elements are inputs mapped to the group and multiplied by the key: what Unblind gives.
func (k *Key) Elements(inputs [][]byte) ([]Element, error) {
	elements := make([]Element, len(inputs))
	return elements, each(len(inputs), func(i int) error {
		point, err := hashInput(inputs[i])
		if err != nil {
			return fmt.Errorf("input %d: %w", i, err)
		}
		elements[i] = encodeElement(point.Mul(point, k.secret))
		return nil
	})
}

// Outputs is Output for many inputs.
func (k *Key) Outputs(inputs [][]byte) ([]Output, error) {
	outputs := make([]Output, len(inputs))
	return outputs, each(len(inputs), func(i int) (err error) {
		if outputs[i], err = k.Output(inputs[i]); err != nil {
			err = fmt.Errorf("input %d: %w", i, err)
		}
		return err
	})
}

// ProveSum proves that the sum of the evaluations is that of the elements times the key, which does not say which is which.
func (k *Key) ProveSum(blinded, evaluated []Element) (Proof, error) {
	from, to, err := sums(blinded, evaluated)
	if err != nil {
		return Proof{}, err
	}
	proof, err := dleq.Prover{Params: proofParams}.ProveBatchRFC9497(k.secret, k.public, []group.Element{from}, []group.Element{to}, rand.Reader)
	if err != nil {
		return Proof{}, err
	}
	return encodeProof(proof)
}

// VerifySum checks what ProveSum proves, and no more: who evaluates two elements under two keys of which the mistakes cancel out is
// not found.
func VerifySum(public Element, blinded, evaluated []Element, encoded Proof) error {
	key, err := decodeElement(public)
	if err != nil {
		return fmt.Errorf("public key: %w", err)
	}
	proof, err := decodeProof(encoded)
	if err != nil {
		return err
	}
	from, to, err := sums(blinded, evaluated)
	if err != nil {
		return err
	}
	if !(dleq.Verifier{Params: proofParams}).VerifyBatchRFC9497(key, []group.Element{from}, []group.Element{to}, proof) {
		return fmt.Errorf("%w: the sum was not evaluated under the key %x", ErrProof, public)
	}
	return nil
}

func sums(blinded, evaluated []Element) (from, to group.Element, err error) {
	if len(blinded) == 0 || len(blinded) != len(evaluated) {
		return nil, nil, fmt.Errorf("%w: %d elements and %d evaluations do not go together", ErrInput, len(blinded), len(evaluated))
	}
	if from, err = sum(blinded); err != nil {
		return nil, nil, fmt.Errorf("blinded %w", err)
	}
	if to, err = sum(evaluated); err != nil {
		return nil, nil, fmt.Errorf("evaluated %w", err)
	}
	return from, to, nil
}

// sum of elements; one that is the identity proves nothing and is refused.
func sum(elements []Element) (group.Element, error) {
	points, err := decodeElements(elements)
	if err != nil {
		return nil, err
	}
	total := ristretto.Identity()
	for _, point := range points {
		total.Add(total, point)
	}
	if total.IsIdentity() {
		return nil, fmt.Errorf("elements: %w: their sum is the identity", ErrEncoding)
	}
	return total, nil
}
