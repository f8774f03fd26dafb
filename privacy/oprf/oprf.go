// Package oprf evaluates the verifiable oblivious pseudorandom function of RFC 9497, suite ristretto255-SHA512 in VOPRF
// mode, under a key that t of n institutions hold in shares.
//
// A client blinds its inputs (Blind), any t holders of shares evaluate what it sends (Key.Evaluate, each with a proof
// against its public share), the client checks every proof, combines t of them by interpolation in the exponent (Quorum.Combine)
// and unblinds (Client.Finalize). The result is that of the RFC under the whole key, which never exists in one place. README.md
// has the protocol, the adversary and the argument.
//
// Group, hash to the group and batched proofs are those of github.com/cloudflare/circl. The package does no I/O.
package oprf

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"

	"github.com/cloudflare/circl/group"
	"github.com/cloudflare/circl/zk/dleq"
)

const (
	// ElementSize is the length of an element of the group, in bytes.
	ElementSize = 32
	// ScalarSize is the length of a secret, in bytes.
	ScalarSize = 32
	// ProofSize is the length of a proof, in bytes: challenge and response.
	ProofSize = 64
	// OutputSize is the length of an output, in bytes.
	OutputSize = 64
	// MaxBatch is the number of elements under one proof.
	MaxBatch = 500
	// MaxInput bounds an input, in bytes; the RFC allows 65,535.
	MaxInput = 1024
)

type (
	// Element of ristretto255 in its one encoding (RFC 9496, s. 4.3.2).
	Element [ElementSize]byte
	// Proof that evaluations are under the key that they are said to be under (RFC 9497, s. 2.2).
	Proof [ProofSize]byte
	// Output of the function.
	Output [OutputSize]byte
)

var (
	// ErrEncoding is wrapped when bytes are no element, scalar or proof in the one encoding that there is, or the identity.
	ErrEncoding = errors.New("oprf: not a canonical encoding")
	// ErrProof is wrapped when a proof does not hold.
	ErrProof = errors.New("oprf: the proof does not hold")
	// ErrInput is wrapped when inputs cannot be used: none, too long, or counts that differ.
	ErrInput = errors.New("oprf: unusable input")
)

// Domain strings of the suite in VOPRF mode (RFC 9497, s. 3.1 and 4.1).
const (
	contextString = "OPRFV1-\x01-ristretto255-SHA512"
	hashToGroup   = "HashToGroup-" + contextString
	finalizeLabel = "Finalize"
)

var (
	ristretto   = group.Ristretto255
	proofParams = dleq.Params{G: ristretto, H: crypto.SHA512, DST: []byte(contextString)}
)

// CheckElement says whether 32 bytes are an element in its one encoding and not the identity.
func CheckElement(e Element) error {
	_, err := decodeElement(e)
	return err
}

func decodeElement(e Element) (group.Element, error) {
	point := ristretto.NewElement()
	if err := point.UnmarshalBinary(e[:]); err != nil || encodeElement(point) != e {
		return nil, fmt.Errorf("%w: 32 bytes that are no element of ristretto255", ErrEncoding)
	}
	if point.IsIdentity() {
		return nil, fmt.Errorf("%w: the identity, which hides and proves nothing", ErrEncoding)
	}
	return point, nil
}

func decodeElements(all []Element) ([]group.Element, error) {
	points := make([]group.Element, len(all))
	return points, each(len(all), func(i int) (err error) {
		if points[i], err = decodeElement(all[i]); err != nil {
			err = fmt.Errorf("element %d: %w", i, err)
		}
		return err
	})
}

func encodeElement(point group.Element) (e Element) {
	encoded, err := point.MarshalBinaryCompress()
	if err != nil || len(encoded) != ElementSize {
		panic("oprf: ristretto255 encodes every element") // of our own making, never of what was received
	}
	return Element(encoded)
}

func decodeScalar(encoded [ScalarSize]byte) (group.Scalar, error) {
	scalar := ristretto.NewScalar()
	if err := scalar.UnmarshalBinary(encoded[:]); err != nil || scalar.IsZero() {
		return nil, fmt.Errorf("%w: a secret is 32 bytes, little-endian, above 0 and below the order of the group", ErrEncoding)
	}
	return scalar, nil
}

func decodeProof(encoded Proof) (*dleq.Proof, error) {
	proof := new(dleq.Proof)
	if err := proof.UnmarshalBinary(ristretto, encoded[:]); err != nil {
		return nil, fmt.Errorf("%w: a proof is two scalars", ErrEncoding)
	}
	again, err := proof.MarshalBinary()
	if err != nil || !bytes.Equal(again, encoded[:]) {
		return nil, fmt.Errorf("%w: a proof is two scalars below the order of the group", ErrEncoding)
	}
	return proof, nil
}
