package oprf

import (
	"crypto/rand"
	"fmt"
	"io"
	"math/big"
	"slices"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/zk/dleq"
)

// Key is a secret to evaluate with: a whole key, or an institution's share of one.
type Key struct {
	secret group.Scalar
	public group.Element
}

// Format keeps a key out of every log line, whatever the verb.
func (*Key) Format(w fmt.State, _ rune) { _, _ = io.WriteString(w, "oprf.Key(redacted)") }

// NewKey reads a secret: 32 bytes, little-endian, above 0 and below the order of the group.
func NewKey(secret [ScalarSize]byte) (*Key, error) {
	scalar, err := decodeScalar(secret)
	if err != nil {
		return nil, err
	}
	return &Key{secret: scalar, public: ristretto.NewElement().MulGen(scalar)}, nil
}

// GenerateKey makes a random key.
func GenerateKey() *Key {
	scalar := ristretto.RandomNonZeroScalar(nil)
	return &Key{secret: scalar, public: ristretto.NewElement().MulGen(scalar)}
}

// Secret is what NewKey reads.
func (k *Key) Secret() [ScalarSize]byte {
	encoded, err := k.secret.MarshalBinary()
	if err != nil {
		panic("oprf: ristretto255 encodes every scalar")
	}
	return [ScalarSize]byte(encoded)
}

// Public half of the key.
func (k *Key) Public() Element { return encodeElement(k.public) }

// Evaluate evaluates blinded elements, with one proof for each MaxBatch of them, in order (RFC 9497, s. 3.3.2, BlindEvaluate).
func (k *Key) Evaluate(blinded []Element) ([]Element, []Proof, error) {
	if len(blinded) == 0 {
		return nil, nil, fmt.Errorf("%w: no element to evaluate", ErrInput)
	}
	from, err := decodeElements(blinded)
	if err != nil {
		return nil, nil, err
	}
	to, evaluated, err := k.multiply(from)
	if err != nil {
		return nil, nil, err
	}
	proofs := make([]Proof, Batches(len(blinded)))
	return evaluated, proofs, each(len(proofs), func(b int) error {
		first, last := batch(b, len(from))
		proof, err := dleq.Prover{Params: proofParams}.ProveBatchRFC9497(k.secret, k.public, from[first:last], to[first:last], rand.Reader)
		if err != nil {
			return err
		}
		proofs[b], err = encodeProof(proof)
		return err
	})
}

// Multiply evaluates blinded elements without a proof.
func (k *Key) Multiply(blinded []Element) ([]Element, error) {
	from, err := decodeElements(blinded)
	if err != nil {
		return nil, err
	}
	_, evaluated, err := k.multiply(from)
	return evaluated, err
}

func (k *Key) multiply(from []group.Element) ([]group.Element, []Element, error) {
	to, evaluated := make([]group.Element, len(from)), make([]Element, len(from))
	return to, evaluated, each(len(from), func(i int) error {
		to[i] = ristretto.NewElement().Mul(from[i], k.secret)
		evaluated[i] = encodeElement(to[i])
		return nil
	})
}

// Output is the function itself, of an input that the holder of the whole key knows.
func (k *Key) Output(input []byte) (Output, error) {
	point, err := hashInput(input)
	if err != nil {
		return Output{}, err
	}
	return finalize(input, encodeElement(point.Mul(point, k.secret))), nil
}

// Verify checks that evaluations are under the key of that public half: one proof for each MaxBatch of them, in order.
func Verify(public Element, blinded, evaluated []Element, proofs []Proof) error {
	if len(blinded) == 0 || len(blinded) != len(evaluated) || len(proofs) != Batches(len(blinded)) {
		return fmt.Errorf("%w: %d elements, %d evaluations and %d proofs do not go together", ErrInput, len(blinded), len(evaluated), len(proofs))
	}
	key, err := decodeElement(public)
	if err != nil {
		return fmt.Errorf("public key: %w", err)
	}
	from, err := decodeElements(blinded)
	if err != nil {
		return fmt.Errorf("blinded %w", err)
	}
	to, err := decodeElements(evaluated)
	if err != nil {
		return fmt.Errorf("evaluated %w", err)
	}
	return each(len(proofs), func(b int) error {
		proof, err := decodeProof(proofs[b])
		if err != nil {
			return err
		}
		first, last := batch(b, len(from))
		if !(dleq.Verifier{Params: proofParams}).VerifyBatchRFC9497(key, from[first:last], to[first:last], proof) {
			return fmt.Errorf("%w: elements %d to %d were not evaluated under the key %x", ErrProof, first, last-1, public)
		}
		return nil
	})
}

// Batches is the number of proofs for that many elements.
func Batches(elements int) int { return (elements + MaxBatch - 1) / MaxBatch }

// batch returns the first element of a batch and the one after its last.
func batch(b, elements int) (first, after int) { return b * MaxBatch, min((b+1)*MaxBatch, elements) }

func encodeProof(proof *dleq.Proof) (Proof, error) {
	encoded, err := proof.MarshalBinary()
	if err != nil || len(encoded) != ProofSize {
		return Proof{}, fmt.Errorf("%w: a proof that cannot be encoded", ErrProof)
	}
	return Proof(encoded), nil
}

// wideScalar reduces 64 bytes, little-endian, by the order of the group.
func wideScalar(wide [64]byte) group.Scalar {
	slices.Reverse(wide[:])
	return ristretto.NewScalar().SetBigInt(new(big.Int).SetBytes(wide[:]))
}
